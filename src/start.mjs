// Plain JavaScript, so that a Node too old for TypeScript can still say so.
import { nodeVersionFlaw } from './node-version.mjs';

const flaw = nodeVersionFlaw(process.version);
if (flaw === undefined) {
  const { main } = await import('./cli.ts');
  await main();
} else {
  process.stderr.write(`${flaw}\n`);
  process.exitCode = 2;
}
