import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backUp } from '../../src/store/backup.ts';
import { storeFileIn } from '../../src/store/embedded.ts';
import { A, intention, person } from '../contracts/remembered.ts';
import { openWorld } from '../support/world.ts';
import { freshFile, openStore } from './support.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'samtykkeporten-backup-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const CONSENTS = '{ consents { nodes { id status reference } } }';

function countIn(file: string): unknown {
  using database = new DatabaseSync(file, { readOnly: true });
  return database.prepare('SELECT count(*) AS n FROM disclosures').get()?.['n'];
}

describe('a backup', () => {
  it('made while the gateway works is restored to a gateway that knows all that was acknowledged before', async () => {
    await using world = await openWorld();
    await world.grantKnown('P04', { reference: 'SAK-1' });
    await world.read('P04');
    const consents = (await world.query('case-handler-a', CONSENTS)).data.consents.nodes;
    const log = await world.audit('a');
    const copy = join(directory, 'copy.db');
    const [, ...meanwhile] = await Promise.all([
      backUp(storeFileIn(world.directory), copy),
      world.read('P04'),
      world.grantKnown('P05'),
    ]);
    expect(meanwhile).toHaveLength(2);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['copy.db']);

    const restored = mkdtempSync(join(directory, 'restored-'));
    copyFileSync(copy, storeFileIn(restored));
    copyFileSync(join(world.directory, 'keys.json'), join(restored, 'keys.json'));
    await using again = await openWorld({ directory: restored, state: world.sandbox.snapshot() });
    const restoredConsents = (await again.query('case-handler-a', CONSENTS)).data.consents.nodes;
    expect(restoredConsents).toEqual(expect.arrayContaining(consents));
    expect(await again.audit('a')).toEqual(expect.arrayContaining([...log]));
    expect((await again.read('P04')).errors).toEqual([]);
  });

  it('is of the moment it was asked for, however much is written until it is there', async () => {
    const file = freshFile();
    await using store = await openStore(file);
    const written = (at: number) => store.disclosures.intend(intention(store.consents.identify(A, person(at % 12))));
    // More pages than SQLite copies at a time.
    await Promise.all(Array.from({ length: 3000 }, (_, at) => written(at)));
    const copy = join(directory, 'copy.db');
    const isMade = backUp(file, copy).then(() => true);
    let meanwhile = 0;
    while ((await Promise.race([isMade, written(meanwhile)])) === undefined) meanwhile += 1;
    expect(countIn(copy)).toBe(3000);
    expect(countIn(file)).toBeGreaterThanOrEqual(3000 + meanwhile);
  });

  it('overwrites nothing, and is not made of what is not there', async () => {
    const taken = join(directory, 'taken.db');
    writeFileSync(taken, 'another backup');
    await using world = await openWorld();
    const file = storeFileIn(world.directory);
    await expect(backUp(file, taken)).rejects.toThrow(/exists already/);
    await expect(backUp(join(directory, 'nothing.db'), join(directory, 'copy.db'))).rejects.toThrow(/no store/);
    expect(readdirSync(directory)).toEqual(['taken.db']);
  });

  it('is readable by its owner alone from the first moment, and so is whatever lies beside it meanwhile', async () => {
    const file = freshFile();
    await using store = await openStore(file);
    const applicant = store.consents.identify(A, person());
    await Promise.all(Array.from({ length: 3000 }, () => store.disclosures.intend(intention(applicant))));
    const seen = new Set<string>();
    const look = () => {
      for (const name of readdirSync(directory)) {
        const found = statSync(join(directory, name), { throwIfNoEntry: false });
        if (found !== undefined) seen.add(`${name.replace(/[\da-f-]{36}/, '*')} ${(found.mode & 0o777).toString(8)}`);
      }
    };
    let isGrowing = true;
    const made = backUp(file, join(directory, 'copy.db')).finally(() => {
      isGrowing = false;
    });
    while (isGrowing) {
      look();
      await store.disclosures.intend(intention(applicant));
    }
    await made;
    look();
    expect(seen).toContain('copy.db.*.next 600');
    expect(seen).toContain('copy.db 600');
    expect([...seen].filter((each) => !each.endsWith(' 600'))).toEqual([]);
  });

  it.each([
    ['lies nowhere', () => join(directory, 'no-folder')],
    ['is a file', () => join(directory, 'text.txt')],
  ])('into a folder that %s is refused for that folder’s sake', async (_, folder) => {
    writeFileSync(join(directory, 'text.txt'), '');
    const file = freshFile();
    await using _store = await openStore(file);
    await expect(backUp(file, join(folder(), 'copy.db'))).rejects.toMatchObject({
      name: 'StoreError',
      message: `The copy cannot be written to ${folder()}: check that this folder exists, can be written and has room.`,
    });
  });

  it('for which there is no room is broken off, and leaves nothing', async () => {
    const file = freshFile();
    await using store = await openStore(file);
    await store.disclosures.intend(intention(store.consents.identify(A, person())));
    const program = `import(${JSON.stringify(import.meta.resolve('../../src/store/backup.ts'))})
      .then(({ backUp }) => backUp(process.argv[1], process.argv[2]))
      .catch(({ message }) => process.stdout.write(message));`;
    // 16 KiB or 32 KiB, of a store that takes more.
    const { stdout } = await promisify(execFile)('sh', [
      '-c',
      'ulimit -S -f 32 && exec "$@"',
      'sh',
      process.execPath,
      '-e',
      program,
      file,
      join(directory, 'copy.db'),
    ]);
    expect(stdout).toBe(
      `The copy cannot be written to ${directory}: check that this folder exists, can be written and has room.`,
    );
    expect(readdirSync(directory)).toEqual([]);
  });

  it('of a file that is no store is refused, and leaves nothing', async () => {
    const file = join(directory, 'text.db');
    writeFileSync(file, 'this is a letter and no database, long enough to be looked at by its first page');
    await expect(backUp(file, join(directory, 'copy.db'))).rejects.toThrow('is not a store of Samtykkeporten');
    expect(readdirSync(directory)).toEqual(['text.db']);
  });
});
