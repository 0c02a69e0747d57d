import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { example, keyFile, pem } from '../config/files.ts';
import { launch } from './program.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Takes nothing, as a full disk does. */
const FULL = '/dev/full';
const COMMANDS = [['--help'], ['config', 'check'], ['doctor'], ['demo']].map((args) => [args.join(' '), args] as const);

let directory: string;
let scratch: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'samtykkeporten-listener-'));
  scratch = await mkdtemp(join(directory, 'scratch-'));
  const at = (name: string) => join(directory, name);
  await writeFile(at('store.json'), JSON.stringify(keyFile));
  const store = { directory: at('data'), encryptionKeys: { file: at('store.json') } };
  await writeFile(at('config.json'), JSON.stringify({ ...example('test'), store }));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const argumentsOf = (args: readonly string[]) =>
  args[0] === 'config' ? [...args, '--config', join(directory, 'config.json')] : args;
/** What a command says beside what it prints. */
const besideOf = (args: readonly string[]) =>
  args[0] === 'config' ? `${join(directory, 'config.json')} can be used: profile test, 2 data consumers.\n` : '';
const env = () => ({ TMPDIR: scratch, FORSIKRING_A_KEY: pem, PENSJON_B_KEY: pem });

describe.each(COMMANDS)('%s', (_, args) => {
  it('goes on to its ordinary end when nobody listens', async () => {
    using program = launch(argumentsOf(args), env());
    program.process.stdout?.destroy();
    expect(await program.ended()).toMatchObject({ code: 0, stderr: besideOf(args) });
    expect(await readdir(scratch)).toEqual([]);
  });

  it.runIf(existsSync(FULL))('says in one sentence that the disk is full', async () => {
    await using full = await open(FULL, 'w');
    const ended = spawnSync(process.execPath, ['src/start.mjs', ...argumentsOf(args)], {
      cwd: ROOT,
      env: { ...process.env, ...env() },
      stdio: ['ignore', full.fd, 'pipe'],
      encoding: 'utf8',
    });
    expect(ended.stderr).toBe(`${besideOf(args)}What is printed cannot be written: the disk it goes to is full.\n`);
    expect(ended.status).toBe(2);
    expect(await readdir(scratch)).toEqual([]);
  });
});
