import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { numberOf } from '../support/world.ts';
import { launch } from './program.ts';

const PLANTED = numberOf('P04');

let dataDirectory: string;
beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'samtykkeporten-defect-'));
});
afterEach(() => rm(dataDirectory, { recursive: true, force: true }));

/** Loaded before the program: a defect that strikes on a signal, its error full of what must not be told. */
const defect = (strike: string) =>
  `data:text/javascript,${encodeURIComponent(`process.on('SIGUSR2', () => {
    const planted = process.env.PLANTED;
    const error = Object.assign(new TypeError('about ' + planted, { cause: new Error(planted) }), { body: planted });
    ${strike};
  });`)}`;

it.each([
  ['thrown where nobody catches it', 'throw error'],
  ['in a promise that nobody waits for', 'Promise.reject(error)'],
])('a defect %s ends the process, and its last words hold nothing of what was worked on', async (_, strike) => {
  using program = launch(['start'], {
    PORT: '0',
    SANDBOX_PORT: '0',
    DATA_DIR: dataDirectory,
    PLANTED,
    NODE_OPTIONS: `--import=${defect(strike)}`,
  });
  await program.says('Ctrl-C');
  const spoken = once(program.process, 'close');
  program.process.kill('SIGUSR2');
  await spoken;
  const { code, stderr } = await program.ended();
  expect(code).toBe(1);
  expect(stderr).toMatch(/^A defect ends the process \(TypeError\)\. [^\n]+\n +at /);
  expect(stderr).not.toContain(PLANTED);
  // The store is whole: the next start reads it.
  using next = launch(['start'], { PORT: '0', SANDBOX_PORT: '0', DATA_DIR: dataDirectory });
  await next.says('Ctrl-C');
});
