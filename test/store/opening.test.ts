import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { newKeyFile, parseKeyFile } from '../../src/store/keys.ts';
import { A, newConsent, person } from '../contracts/remembered.ts';
import { freshFile, openStore, refusal, setBack } from './support.ts';

describe('opening a store', () => {
  it('makes folder and file, for their owner only, and finds everything again', async () => {
    const file = join(dirname(freshFile()), 'deep', 'er', 'store.sqlite');
    const store = await openStore(file);
    const { consent } = await store.consents.insert(newConsent(store.consents.identify(A, person())));
    for (const each of [file, `${file}-wal`, `${file}-shm`]) expect(statSync(each).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
    await store.ping();
    await store.close();
    await store.close();
    await using again = await openStore(file);
    expect(await again.consents.find(A, [consent.id])).toEqual([consent]);
  });

  it('migrates once when several open an empty file at the same moment, and lets all of them work', async () => {
    const file = freshFile();
    const stores = await Promise.all(Array.from({ length: 4 }, () => openStore(file)));
    const [first] = stores;
    if (first === undefined) throw new Error('four stores');
    const inserted = await Promise.all(
      stores.map(({ consents }, at) => consents.insert(newConsent(consents.identify(A, person(at))))),
    );
    const found = await first.consents.find(
      A,
      inserted.map(({ consent }) => consent.id),
    );
    expect(found.map((consent) => consent?.status)).toEqual(['PENDING', 'PENDING', 'PENDING', 'PENDING']);
    await Promise.all(stores.map((store) => store.close()));
    const database = new DatabaseSync(file);
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 5 });
    expect(database.prepare('SELECT count(*) AS identities FROM identity').get()).toEqual({ identities: 1 });
    database.close();
  });

  it('brings an older file to its own format, and knows that all in it was asked for here', async () => {
    const file = freshFile();
    const store = await openStore(file);
    const { consent } = await store.consents.insert(newConsent(store.consents.identify(A, person())));
    await store.close();
    setBack(file, 2);
    await using again = await openStore(file);
    expect(await again.consents.find(A, [consent.id])).toEqual([{ ...consent, origin: 'REQUESTED' }]);
  });

  it('refuses a newer file in one sentence and leaves it as it was', async () => {
    const file = freshFile();
    await (await openStore(file)).close();
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)');
    database.close();
    const before = readFileSync(file);
    expect(await refusal(file)).toBe(
      `The store ${file} has format 99 and this program knows formats up to 5: start the newer program that wrote it, or restore the backup from before the upgrade.`,
    );
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('refuses a file that is no database, or another program’s, and leaves it as it was', async () => {
    const letter = freshFile();
    writeFileSync(letter, 'Dear reader, this is a letter and not a database at all. '.repeat(100));
    expect(await refusal(letter)).toBe(`The store ${letter} is not a store of Samtykkeporten: name another file.`);
    expect(readFileSync(letter, 'utf8')).toMatch(/^Dear reader/);

    const foreign = freshFile();
    const database = new DatabaseSync(foreign);
    database.exec('CREATE TABLE songs (title TEXT)');
    database.close();
    const before = readFileSync(foreign);
    expect(await refusal(foreign)).toContain('belongs to another program');
    expect(readFileSync(foreign).equals(before)).toBe(true);
  });

  it('says when there can be no file at that place', async () => {
    const file = freshFile();
    writeFileSync(file, '');
    expect(await refusal(join(file, 'below-a-file.sqlite'))).toContain('cannot be written');
    const folder = freshFile();
    mkdirSync(folder);
    expect(await refusal(folder)).toContain('cannot be written');
    const walled = freshFile();
    mkdirSync(`${walled}-wal`);
    expect(await refusal(walled)).toBe(
      `The store ${walled} could not be read or written: check the disk, and that it has room.`,
    );
  });

  it('refuses another identity key, before a person gets a second name', async () => {
    const file = freshFile();
    await (await openStore(file)).close();
    expect(await refusal(file, { keys: parseKeyFile(newKeyFile()) })).toBe(
      `The store ${file} was made with another identity key: start with the key file that belongs to it.`,
    );
    await (await openStore(file)).close();
  });

  it('waits for nobody who has died: a file left behind open is taken over', async () => {
    const file = freshFile();
    const left = await openStore(file);
    const { consent } = await left.consents.insert(newConsent(left.consents.identify(A, person())));
    await using store = await openStore(file);
    expect(await store.consents.find(A, [consent.id])).toEqual([consent]);
    await left.close();
  });
});
