import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../src/store/failure.ts';
import type { Place } from '../../src/store/keys.ts';
import { newKeyFile, parseKeyFile } from '../../src/store/keys.ts';
import { Secret } from '../../src/values.ts';
import { A, B, CAST_NUMBERS, person } from '../contracts/remembered.ts';

const place: Place = { table: 'applicants', column: 'national_id', row: 'r1', dataConsumer: A };
const key = (fill: number) => Buffer.alloc(32, fill).toString('base64');
const file = { active: 'k1', keys: [{ id: 'k1', key: key(1) }], identityKey: key(9) };
const ringOf = (change: object = {}) => parseKeyFile(JSON.stringify({ ...file, ...change }));

describe('sealing', () => {
  it('gives back the text at the place where it was sealed, and never the same bytes twice', () => {
    const ring = ringOf();
    const [one, two] = [ring.seal('Ærlig tekst', place), ring.seal('Ærlig tekst', place)];
    expect(one).toMatch(/^k1\.[\w-]{16}\.[\w-]+$/);
    expect(one).not.toBe(two);
    expect([one, two].map((sealed) => ring.unseal(sealed, place))).toEqual(['Ærlig tekst', 'Ærlig tekst']);
    expect(ring.unseal(ring.seal('', place), place)).toBe('');
  });

  it('opens nowhere else: not in another table, column or row, nor for another data consumer', () => {
    const ring = ringOf();
    const sealed = ring.seal('secret', place);
    const elsewhere: Partial<Place>[] = [
      { table: 'consents' },
      { column: 'rail_id' },
      { row: 'r2' },
      { dataConsumer: B },
    ];
    for (const change of elsewhere)
      expect(() => ring.unseal(sealed, { ...place, ...change })).toThrow('does not open with key "k1"');
  });

  it('does not open once any character was altered, nor cut short, nor under another key of the same name', () => {
    const ring = ringOf();
    const sealed = ring.seal('secret', place);
    for (let at = 3; at < sealed.length - 1; at++) {
      if (sealed[at] === '.') continue;
      const altered = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`;
      expect(() => ring.unseal(altered, place)).toThrow('applicants.national_id');
    }
    for (const cut of [sealed.slice(0, -4), 'k1..', 'k1'])
      expect(() => ring.unseal(cut, place)).toThrow('does not open');
    expect(() => ringOf({ keys: [{ id: 'k1', key: key(2) }] }).unseal(sealed, place)).toThrow(
      'does not open with key "k1"',
    );
  });

  it('uses the active key, while those that were active before still open', () => {
    const sealed = ringOf().seal('secret', place);
    const rotated = ringOf({
      active: 'k2',
      keys: [
        { id: 'k1', key: key(1) },
        { id: 'k2', key: key(2) },
      ],
    });
    expect(rotated.unseal(sealed, place)).toBe('secret');
    expect(rotated.seal('secret', place)).toMatch(/^k2\./);
  });

  it('names a key that is missing, and nothing of the value', () => {
    const sealed = ringOf().seal('secret', place);
    const without = ringOf({ active: 'k2', keys: [{ id: 'k2', key: key(2) }] });
    expect(() => without.unseal(sealed, place)).toThrow(
      'The store needs the encryption key "k1", which is not in the key file.',
    );
  });
});

describe('names and digests', () => {
  it('stay what they are under the same identity key, whatever the encryption keys', () => {
    const rotated = ringOf({ active: 'k2', keys: [{ id: 'k2', key: key(2) }] });
    expect(rotated.applicantId(A, person())).toBe(ringOf().applicantId(A, person()));
    expect(rotated.identityFingerprint).toBe(ringOf().identityFingerprint);
    // Written down once: ids that change would cut every insurer off from its applicants.
    expect(ringOf().applicantId(A, person())).toBe('p1_meZGntBU322jF8vPz7HwGg');
    const code = new Secret('b2c4a1de-7f30-4e1b-9c55-0d1e8a6f4b01', 'code');
    expect(rotated.migratedConsentId(A, code)).toBe(ringOf().migratedConsentId(A, code));
    expect(ringOf().migratedConsentId(A, code)).toBe('775a232e-945b-875d-95a5-5b45205f08ba');
  });

  it('differ between people, data consumers and identity keys', () => {
    const rings = [ringOf(), ringOf({ identityKey: key(8) })];
    const ids = rings.flatMap((ring) =>
      [A, B].flatMap((who) => CAST_NUMBERS.map((_, at) => ring.applicantId(who, person(at)))),
    );
    expect(new Set(ids).size).toBe(2 * 2 * CAST_NUMBERS.length);
    for (const id of ids) expect(id).toMatch(/^p1_[\w-]{22}$/);
    expect(rings[0]?.payloadDigest(A, '{}')).not.toBe(rings[0]?.payloadDigest(B, '{}'));
    expect(rings[0]?.cursorMac(A, 'x')).not.toEqual(rings[0]?.cursorMac(B, 'x'));
    expect(rings[0]?.identityFingerprint).not.toBe(rings[1]?.identityFingerprint);
  });
});

describe('a key file', () => {
  it('made fresh is different every time and can be used', () => {
    expect(newKeyFile()).not.toBe(newKeyFile());
    const ring = parseKeyFile(newKeyFile());
    expect(ring.unseal(ring.seal('secret', place), place)).toBe('secret');
  });

  it('that cannot be used is refused with every fault and without a value', () => {
    const short = Buffer.alloc(31, 7).toString('base64');
    expect(() => ringOf({ keys: [{ id: 'k1', key: short }], identityKey: 'no' })).toThrow(
      /keys\.0\.key .*identityKey /,
    );
    expect(() => ringOf({ keys: [{ id: 'k1', key: short }] })).not.toThrow(short);
    expect(() => ringOf({ active: 'k7' })).toThrow('active must be the id of one of the keys');
    expect(() => ringOf({ keys: [...file.keys, ...file.keys] })).toThrow('keys must have different ids');
    expect(() => ringOf({ keys: [{ id: 'k.1', key: key(1) }] })).toThrow('keys.0.id');
    expect(() => ringOf({ extra: 1 })).toThrow('The key file cannot be used');
    const broken = `{"identityKey": ${key(9)}`;
    const message = 'The key file cannot be used: it is not JSON.';
    expect(() => parseKeyFile(broken)).toThrow(new StoreError(message));
  });

  it('makes a ring that cannot be printed', () => {
    const ring = ringOf();
    ring.applicantId(A, person());
    const shown = inspect(ring, { depth: 9, showHidden: true }) + JSON.stringify(ring);
    for (const secret of [key(1), key(9), Buffer.alloc(32, 1).toString('hex')]) expect(shown).not.toContain(secret);
  });
});
