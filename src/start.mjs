// Plain JavaScript, so that a Node too old for TypeScript can still say so.
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { nodeVersionFlaw } from './node-version.mjs';

const flaw = nodeVersionFlaw(process.version);
if (flaw === undefined) {
  // Most of a start is compiling. Where the directory cannot be written, it stays so.
  module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/samtykkeporten', import.meta.url)));
  const { main } = await import(process.argv[2] === 'serve' ? './cli-serve.ts' : './cli.ts');
  await main();
} else {
  process.stderr.write(`${flaw}\n`);
  process.exitCode = 2;
}
