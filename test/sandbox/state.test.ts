import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStateFile } from '../../src/sandbox/state.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sandbox-state-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

test('a new directory holds a fresh world, which is found again', async () => {
  const nested = join(directory, 'a', 'b');
  const first = await openStateFile(nested);
  expect(first.state.now).toBe('2026-11-16T09:00:00.000Z');
  first.state.now = '2026-12-24T17:00:00.000Z';
  await first[Symbol.asyncDispose]();

  await using second = await openStateFile(nested);
  expect(second.state).toEqual(first.state);
});

test('what was saved is on disk when the file is disposed of', async () => {
  {
    await using file = await openStateFile(directory);
    file.state.now = '2027-01-01T00:00:00.000Z';
    file.save();
  }

  expect(JSON.parse(await readFile(join(directory, 'sandbox.json'), 'utf8')).now).toBe('2027-01-01T00:00:00.000Z');
});

test('the file is the owner’s alone, and no half-written one is left beside it', async () => {
  {
    await using file = await openStateFile(directory);
    file.save();
  }

  expect((await readdir(directory)).toSorted()).toEqual(['sandbox.json', 'sandbox.lock']);
  expect((await stat(join(directory, 'sandbox.json'))).mode & 0o777).toBe(0o600);
});

test.each([
  ['is no JSON', '{'],
  ['is of another version', '{"version":0}'],
  [
    'is from before Altinn 2',
    '{"version":1,"now":"2026-11-16T09:00:00.000Z","maskinporten":{"signingKeys":[],"clients":[]},"altinn3":{"consents":{}},"callers":{},"traces":[]}',
  ],
  [
    'is from before there were insurers C, D and E',
    '{"version":2,"now":"2026-11-16T09:00:00.000Z","maskinporten":{"signingKeys":[],"clients":[]},"altinn3":{"consents":{}},"altinn2":{"consents":{},"signingKeys":[]},"callers":{},"traces":[]}',
  ],
  ['lacks a part', '{"version":3,"now":"2026-11-16T09:00:00.000Z","traces":[]}'],
])('a file that %s is refused in one sentence', async (_, text) => {
  await writeFile(join(directory, 'sandbox.json'), text);

  await expect(openStateFile(directory)).rejects.toThrow(/sandbox\.json is not a state .* --fresh/);
});

test('a directory serves one at a time', async () => {
  const first = await openStateFile(directory);
  await expect(openStateFile(directory)).rejects.toThrow(/^Another sandbox runs on [^\n]+ DATA_DIR [^\n]+\.$/);
  await first[Symbol.asyncDispose]();
  await using second = await openStateFile(directory);
  expect(second.state).toEqual(first.state);
});

test('a last write that fails is told', async () => {
  const file = await openStateFile(join(directory, 'gone'));
  await rm(join(directory, 'gone'), { recursive: true });
  file.save();

  await expect(file[Symbol.asyncDispose]()).rejects.toMatchObject({ code: 'ENOENT' });
});
