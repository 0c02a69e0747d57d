import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NationalIdFlaw, NationalIdKind } from '../src/values.ts';
import {
  isOrganisationNumber,
  isSyntheticOrganisation,
  NationalId,
  REAL_NATIONAL_IDS,
  resemblesNationalId,
  Secret,
  SYNTHETIC_NATIONAL_IDS,
} from '../src/values.ts';
import { NUMBERS } from './fixtures/cast.ts';

function parse(text: string): NationalId {
  const id = NationalId.parse(text, SYNTHETIC_NATIONAL_IDS);
  if (!(id instanceof NationalId)) throw new Error(`refused: ${id.flaw}`);
  return id;
}

/** Every way in which a value slips into a text or a log. */
function printed(value: object): string[] {
  return [
    String(value),
    `${value}`,
    JSON.stringify(value),
    JSON.stringify({ in: [value] }),
    inspect(value),
    inspect({ deep: { in: [value] } }, { depth: null, showHidden: true }),
    Object.entries(value).flat().join(),
  ];
}

describe('a national id', () => {
  it.each(Object.entries(NUMBERS))('of the cast is accepted where synthetic people are: %s', (person, digits) => {
    const id = parse(digits);
    expect(id.reveal()).toBe(digits);
    expect(id.kind).toBe(person === 'P09' ? 'dnr-and-tnr' : 'tnr');
  });

  it.each(Object.values(NUMBERS))('of the cast is refused where only real people are, number %#', (digits) => {
    expect(NationalId.parse(digits, REAL_NATIONAL_IDS)).toEqual({ flaw: 'kind' });
  });

  it.each<[string, string, NationalIdKind]>([
    ['month + 40, as NAV’s test people', '13428238030', 'hnr'],
    ['a D-number that is valid under the rules of 2032 only', '48889932190', 'dnr-and-tnr'],
    ['first check digit with remainder 0', '21819045876', 'tnr'],
    ['first check digit with remainder 1, from 2032 on', '21819045884', 'tnr'],
    ['first check digit with remainder 2, from 2032 on', '21819045892', 'tnr'],
    ['born on a leap day', '29820099921', 'tnr'],
  ])('is accepted: %s', (_, digits, kind) => {
    expect(parse(digits).kind).toBe(kind);
  });

  it.each<[string, string, NationalIdFlaw]>([
    ['31 February', '31828849959', 'date'],
    ['29 February of a year without one', '29829949839', 'date'],
    ['month 13', '01938849974', 'date'],
    ['month + 60, a number of another kind', '12727740293', 'date'],
    ['a wrong last digit', '14838841033', 'checksum'],
    ['ten digits', '1483884103', 'length'],
    ['twelve digits', '148388410320', 'length'],
    ['a space after the birth date', '148388 41032', 'length'],
    ['a line break at the end', '14838841032\n', 'length'],
    ['digits of another script', '١٤٨٣٨٨٤١٠٣٢', 'length'],
    ['nothing', '', 'length'],
  ])('is refused, and the refusal does not hold it: %s', (_, text, flaw) => {
    expect(NationalId.parse(text, SYNTHETIC_NATIONAL_IDS)).toEqual({ flaw });
  });

  it('shows six digits and five stars when masked', () => {
    expect(parse(NUMBERS.P01).masked()).toBe('148388*****');
  });

  it.each(Object.values(NUMBERS))('is never printed by accident, number %#', (digits) => {
    const id = parse(digits);
    for (const text of printed(id)) expect(text).not.toMatch(/\d{6}/);
    expect(String(id)).toBe('[national id]');
    expect(() => Number.parseInt(`${id}`, 10)).not.toThrow();
  });
});

describe('a secret', () => {
  it('prints what it is and never itself', () => {
    const secret = new Secret('eyJhbGciOi.payload.signature', 'access token');
    for (const text of printed(secret)) expect(text).not.toMatch(/eyJ|payload|signature/);
    expect(JSON.stringify({ secret })).toBe('{"secret":"[access token]"}');
    expect(secret.reveal()).toBe('eyJhbGciOi.payload.signature');
  });
});

describe('an organisation number', () => {
  it.each(['210483713', '313772403', '310990183'])('of the cast is well formed and synthetic: %s', (text) => {
    expect(isOrganisationNumber(text) && isSyntheticOrganisation(text)).toBe(true);
  });

  it.each([
    ['a wrong check digit', '210483714'],
    ['eight digits', '21048371'],
    ['ten digits', '2104837130'],
    ['letters', '21048371X'],
    ['the form of Maskinporten', '0192:210483713'],
    ['a line break at the end', '210483713\n'],
    ['nothing', ''],
  ])('is refused: %s', (_, text) => {
    expect(isOrganisationNumber(text)).toBe(false);
  });

  it('does not exist when its check digit would be ten', () => {
    // 3 * 2 + 2 * 3 = 12, which leaves 1
    expect(Array.from({ length: 10 }, (_, digit) => `23000000${digit}`).some(isOrganisationNumber)).toBe(false);
  });

  it('has the check digit 0 when the weighted sum divides by eleven', () => {
    // 3 * 3 + 2 * 1 = 11
    expect(isOrganisationNumber('310000000')).toBe(true);
    expect(isOrganisationNumber('310000001')).toBe(false);
  });
});

describe('what resembles a national id', () => {
  it.each([NUMBERS.P01, `sak ${NUMBERS.P01}`, '148388 41032', '148388-41032', `a${NUMBERS.P01}b`, '00000000000'])(
    'is found whether or not it is valid, text %#',
    (text) => {
      expect(resemblesNationalId(text)).toBe(true);
    },
  );

  it.each(['2026-11-16', '1483884103', '148388410321', 'sak 2026/148388', '148388*****', ''])('is not %j', (text) => {
    expect(resemblesNationalId(text)).toBe(false);
  });

  const uuid = fc.uuid({ version: [4, 7] });
  const written = fc.constantFrom<(id: string) => string>(
    (id) => id,
    (id) => id.toUpperCase(),
    (id) => id.replaceAll('-', ''),
    (id) => `urn:uuid:${id}`,
    (id) => `sak_${id}/${id}`,
  );

  it('is no UUID, however it is written', () => {
    // One in 235 by chance alone; half of these have eleven digits in a row.
    const withDigits = fc
      .tuple(uuid, fc.constantFrom('a', 'f'), fc.integer({ min: 1e10, max: 1e11 - 1 }), fc.boolean())
      .map(
        ([id, letter, digits, isFirst]) =>
          `${id.slice(0, 24)}${isFirst ? letter : ''}${digits}${isFirst ? '' : letter}`,
      );
    fc.assert(
      fc.property(fc.oneof(uuid, withDigits), written, (id, write) => {
        expect(resemblesNationalId(write(id))).toBe(false);
      }),
      { seed: 20_261_116, numRuns: 5_000 },
    );
  });

  it('is found beside a UUID, and whatever it is glued to', () => {
    const glue = fc.constantFrom('', ' ', ':', '-', '_', '/', '.', '|', 'fnr', 'x', 'aaaa-', 'urn:uuid:');
    fc.assert(
      fc.property(uuid, written, glue, glue, (id, write, before, behind) => {
        expect(resemblesNationalId(`${before}${NUMBERS.P04}${behind}`)).toBe(true);
        expect(resemblesNationalId(`${write(id)} ${before}${NUMBERS.P04}${behind}`)).toBe(true);
        expect(resemblesNationalId(`${before}${NUMBERS.P04}${behind} ${write(id)}`)).toBe(true);
      }),
      { seed: 20_261_116 },
    );
  });

  it.each([
    `0000000a-0000-0000-0000-a${NUMBERS.P04}`,
    `6f9619ff-8b86-d011-b42d-a${NUMBERS.P04}`,
    `6f9619ff-8b86-4011-742d-a${NUMBERS.P04}`,
    `x6f9619ff-8b86-4011-b42d-a${NUMBERS.P04}`,
    `6f9619ff-8b86-4011-b42d-a${NUMBERS.P04}x`,
    `6f9619ff-8b864011-b42d-a${NUMBERS.P04}`,
  ])('is found in what only looks like a UUID, text %#', (text) => {
    expect(resemblesNationalId(text)).toBe(true);
  });
});
