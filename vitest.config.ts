import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';
import { nodeVersionFlaw } from './src/node-version.mjs';

const flaw = nodeVersionFlaw(process.version);
if (flaw !== undefined) throw new Error(flaw);

export default defineConfig({
  // As Node itself resolves: graphql must exist once, not as one module for us and another for the server.
  resolve: { alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') }] },
  test: {
    pool: 'forks',
    // Real processes, keys and files on a machine that may be busy: a limit against hanging, not a measure.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    maxWorkers: '100%',
    projects: [
      { extends: true, test: { name: 'Altinn 3', include: ['test/**/*.test.ts'], provide: { rail: 'ALTINN_3' } } },
      // What callers and people live through is the same on either rail, and so is the table of faults.
      {
        extends: true,
        test: {
          name: 'Altinn 2',
          include: [
            'test/{journeys,leaks}/*.test.ts',
            'test/faults/*-steps.test.ts',
            'test/fuzz/{consent-events,upstream-answers}.test.ts',
          ],
          provide: { rail: 'ALTINN_2' },
        },
      },
    ],
  },
});
