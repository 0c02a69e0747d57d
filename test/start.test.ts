import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { nodeVersionFlaw } from '../src/node-version.mjs';

const run = promisify(execFile);
const start = fileURLToPath(new URL('../src/start.mjs', import.meta.url));

describe('the Node version', () => {
  it.each(['v24.11.0', 'v24.21.0', 'v25.0.0', 'v100.0.0'])('%s is new enough', (version) => {
    expect(nodeVersionFlaw(version)).toBeUndefined();
  });

  it.each(['v24.10.9', 'v23.99.0', 'v20.20.2', 'v9.11.0'])(
    '%s is told in one line that it is too old, and two ways out of it',
    (version) => {
      expect(nodeVersionFlaw(version)).toBe(
        `Samtykkeporten needs Node 24.11 or newer, but this is Node ${version.slice(1)}. Install one; or, on Linux with Node 20.17 or newer, \`npm install -g npm@11 && npm ci\`, which brings one for \`npm start\` and \`npm run …\`.`,
      );
    },
  );
});

/** This Node under an older one's name; and the machine's own where that is an older one. */
async function olderNodes(): Promise<[path: string, ...args: string[]][]> {
  const disguise = 'data:text/javascript,Object.defineProperty(process,"version",{value:"v20.20.2"})';
  const disguised: [string, ...string[]] = [process.execPath, '--import', disguise];
  const machine = '/usr/bin/node';
  if (!existsSync(machine)) return [disguised];
  const { stdout } = await run(machine, ['--version']);
  return nodeVersionFlaw(stdout.trim()) === undefined ? [disguised] : [disguised, [machine]];
}

it.each(await olderNodes())('the launcher ends with code 2 and one clear line under %s', async (node, ...args) => {
  const ended = await run(node, [...args, start, '--help']).then(
    () => ({ code: 0, stdout: '', stderr: '' }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toMatch(
    /^Samtykkeporten needs Node 24\.11 or newer, but this is Node 20[\d.]+\. Install one; [^\n]+\n$/,
  );
});
