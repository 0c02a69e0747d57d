import { join } from 'node:path';
import { defineConfig } from 'vite';

/** GraphiQL as the gateway serves it below /graphiql/: built in seconds, everything in it from this package. */
export default defineConfig({
  root: join(import.meta.dirname, 'src/graphiql'),
  base: '/graphiql/',
  publicDir: false,
  // Warnings are about directives in others' packages that mean nothing outside React's servers.
  logLevel: 'error',
  worker: { format: 'es' },
  build: {
    outDir: join(import.meta.dirname, 'dist/graphiql'),
    emptyOutDir: true,
    // The editor with its three workers is large, and loaded from the gateway itself.
    chunkSizeWarningLimit: 10_000,
  },
});
