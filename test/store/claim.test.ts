import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { Consent } from '../../src/access/ports.ts';
import { backUp } from '../../src/store/backup.ts';
import type { KeyRing } from '../../src/store/keys.ts';
import { newKeyFile, parseKeyFile } from '../../src/store/keys.ts';
import { A, ALL_DISCLOSURES, activeConsent, intention, person } from '../contracts/remembered.ts';
import { freshFile, openStore, refusal, setBack } from './support.ts';

const { identityKey } = JSON.parse(newKeyFile());
/** Fresh bytes by the names that the cases below call them. */
const BYTES = new Map<string, string>();
const bytesOf = (name: string): string => {
  const known = BYTES.get(name) ?? JSON.parse(newKeyFile()).keys[0].key;
  BYTES.set(name, known);
  return known;
};

/**
 * A key file, always with the same identity key, as an operator would tell of it: the active key first. `k1` has the bytes
 * that belong to this name, `k1!` others under the same name.
 */
function keyFile(...names: readonly string[]): KeyRing {
  const keys = names.map((name) => ({ id: name.replace('!', ''), key: bytesOf(name) }));
  return parseKeyFile(JSON.stringify({ active: keys[0]?.id, keys, identityKey }));
}

const needs = (file: string, id: string) =>
  `The store ${file} needs the encryption key "${id}" that it was written under, and the key file has none or another of that name: start with the key file that belongs to it.`;

/** Opens the store and closes it again, having stored a consent about somebody who was unknown until then. */
async function work(file: string, keys: KeyRing, who = 0): Promise<Consent> {
  await using store = await openStore(file, { keys });
  return await activeConsent(store, store.consents.identify(A, person(who)));
}

const openAndClose = async (file: string, keys: KeyRing) => (await openStore(file, { keys })).close();

/** What can be read of it under these keys. */
async function found(file: string, keys: KeyRing, ...consents: readonly Consent[]) {
  await using store = await openStore(file, { keys });
  const ids = consents.map(({ id }) => id);
  return await store.consents.find(A, ids);
}

describe('a key file that does not belong to the store', () => {
  it.each([
    ['has another encryption key', keyFile('k2')],
    ['has another one under the same name', keyFile('k1!')],
    ['has another one beside its own under the same name', keyFile('k2', 'k1!')],
  ])('is refused at start where it %s, and the right one opens all afterwards', async (_, wrong) => {
    const file = freshFile();
    const consent = await work(file, keyFile('k1'));
    expect(await refusal(file, { keys: wrong })).toBe(needs(file, 'k1'));
    expect(await found(file, keyFile('k1'), consent)).toEqual([consent]);
  });

  it('is refused where nothing was stored yet, for its first start said which key is its own', async () => {
    const file = freshFile();
    await openAndClose(file, keyFile('k1'));
    expect(await refusal(file, { keys: keyFile('k1!') })).toBe(needs(file, 'k1'));
    expect(await refusal(file, { keys: keyFile('k2') })).toBe(needs(file, 'k1'));
    await openAndClose(file, keyFile('k1'));
  });

  it('is refused for its identity key first, and leaves nothing that would refuse the right one', async () => {
    const file = freshFile();
    await openAndClose(file, keyFile('k1'));
    expect(await refusal(file, { keys: parseKeyFile(newKeyFile('k7')) })).toContain('made with another identity key');
    await openAndClose(file, keyFile('k1'));
  });

  it('is refused for a copy that was restored', async () => {
    const file = freshFile();
    const consent = await work(file, keyFile('k1'));
    const copy = freshFile();
    await backUp(file, copy);
    expect(await refusal(copy, { keys: keyFile('k1!') })).toBe(needs(copy, 'k1'));
    expect(await found(copy, keyFile('k1'), consent)).toEqual([consent]);
  });

  it('and one that does, both started at the same moment over nothing: one of them owns the store, the other is refused', async () => {
    const file = freshFile();
    const both = [keyFile('k1'), keyFile('k1!')];
    const started = await Promise.allSettled(both.map((keys) => openStore(file, { keys })));
    expect(started.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    for (const each of started) if (each.status === 'fulfilled') await each.value.close();
    for (const [at, { status }] of started.entries()) {
      const keys = both[at] ?? keyFile('k1');
      if (status === 'fulfilled') await openAndClose(file, keys);
      else expect(await refusal(file, { keys })).toBe(needs(file, 'k1'));
    }
  });
});

describe('a new encryption key', () => {
  it('is made active beside the old one, and all that was stored is read', async () => {
    const file = freshFile();
    const old = await work(file, keyFile('k1'), 0);
    const recent = await work(file, keyFile('k2', 'k1'), 1);
    expect(await found(file, keyFile('k2', 'k1'), old, recent)).toEqual([old, recent]);
    // Back to the old one as the active key, with the new one still there: a key that was active stays in the file.
    expect(await found(file, keyFile('k1', 'k2'), old, recent)).toEqual([old, recent]);
  });

  it.each([
    ['the old one was taken out of the file', keyFile('k2'), 'k1'],
    ['the old one was changed', keyFile('k2', 'k1!'), 'k1'],
    ['the new one was taken out again', keyFile('k1'), 'k2'],
    ['the new one was changed', keyFile('k2!', 'k1'), 'k2'],
  ])('was active once: a start after %s is refused', async (_, wrong, needed) => {
    const file = freshFile();
    const consent = await work(file, keyFile('k1'));
    await openAndClose(file, keyFile('k2', 'k1'));
    expect(await refusal(file, { keys: wrong })).toBe(needs(file, needed));
    expect(await found(file, keyFile('k2', 'k1'), consent)).toEqual([consent]);
  });

  it('that was never active may still be changed or taken out', async () => {
    const file = freshFile();
    const consent = await work(file, keyFile('k1', 'k2'));
    for (const keys of [keyFile('k1', 'k2!'), keyFile('k1'), keyFile('k2', 'k1')]) {
      expect(await found(file, keys, consent)).toEqual([consent]);
    }
  });
});

describe('a store from before keys were remembered', () => {
  it('takes the keys that open what lies in it, and no others from then on', async () => {
    const file = freshFile();
    const old = await work(file, keyFile('k1'), 0);
    const recent = await work(file, keyFile('k2', 'k1'), 1);
    setBack(file, 3);
    expect(await found(file, keyFile('k3', 'k2', 'k1'), old, recent)).toEqual([old, recent]);
    for (const id of ['k1', 'k2', 'k3']) {
      const others = ['k3', 'k2', 'k1'].filter((each) => each !== id);
      expect(await refusal(file, { keys: keyFile(...others) })).toBe(needs(file, id));
      expect(await refusal(file, { keys: keyFile(...others, `${id}!`) })).toBe(needs(file, id));
    }
  });

  it.each([
    ['lacks a key', keyFile('k2')],
    ['has another under its name', keyFile('k1!')],
  ])('refuses a file that %s at its next start already, and keeps nothing of it', async (_, wrong) => {
    const file = freshFile();
    const consent = await work(file, keyFile('k1'));
    setBack(file, 3);
    expect(await refusal(file, { keys: wrong })).toBe(needs(file, 'k1'));
    expect(await found(file, keyFile('k1'), consent)).toEqual([consent]);
  });

  it('finds a key under which consents alone were written', async () => {
    const file = freshFile();
    await work(file, keyFile('k1'));
    const consent = await work(file, keyFile('k2', 'k1'));
    setBack(file, 3);
    expect(await refusal(file, { keys: keyFile('k1') })).toBe(needs(file, 'k2'));
    expect(await found(file, keyFile('k2', 'k1'), consent)).toEqual([consent]);
  });

  it('takes the active key where there is nothing to open, and no other from then on', async () => {
    const file = freshFile();
    await openAndClose(file, keyFile('k1'));
    setBack(file, 3);
    await openAndClose(file, keyFile('k1!'));
    expect(await refusal(file, { keys: keyFile('k1') })).toBe(needs(file, 'k1'));
  });

  it('and into which another key of the same name has written belongs to the one that wrote first', async () => {
    const file = freshFile();
    const consent = await work(file, keyFile('k1'), 0);
    const other = freshFile();
    await work(other, keyFile('k1!'), 1);
    {
      using database = new DatabaseSync(file);
      database.exec(`ATTACH '${other}' AS other; INSERT INTO applicants SELECT * FROM other.applicants`);
    }
    setBack(file, 3);
    expect(await refusal(file, { keys: keyFile('k1!') })).toBe(needs(file, 'k1'));
    expect(await found(file, keyFile('k1'), consent)).toEqual([consent]);
  });
});

it('keys remembered in the store tell nothing of them, and are no part of the log', async () => {
  const file = freshFile();
  await using store = await openStore(file, { keys: keyFile('k1') });
  await store.disclosures.intend(intention(store.consents.identify(A, person())));
  using database = new DatabaseSync(file, { readOnly: true });
  const canaries = database.prepare('SELECT * FROM canaries').all();
  expect(canaries).toEqual([{ key_id: 'k1', sealed: expect.stringMatching(/^k1\.[\w-]{16}\.[\w-]{22}$/) }]);
  expect((await store.disclosures.page(A, { first: 9, after: null }, ALL_DISCLOSURES)).edges).toHaveLength(1);
});
