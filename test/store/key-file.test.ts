import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ownKeyFile } from '../../src/store/key-file.ts';
import { example, mistakesOf, secrets } from '../config/files.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'key-file-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

it.each([
  ['production', '/run/secrets/store-keys.json', ['store.encryptionKeys']],
  ['test', 'keys/store.json', []],
])(
  'the key file that the sandbox makes, taken along to profile %s, is judged there by its name',
  (profile, at, paths) => {
    const files = { ...secrets.files, [at]: ownKeyFile(directory) };
    expect(mistakesOf(example(profile), { files }).map(({ path }) => path)).toEqual(paths);
  },
);

it('the key file of the sandbox is read by its owner alone', async () => {
  ownKeyFile(join(directory, 'new'));
  expect((await stat(join(directory, 'new', 'keys.json'))).mode & 0o777).toBe(0o600);
  expect((await stat(join(directory, 'new'))).mode & 0o777).toBe(0o700);
});
