import { describe, expect, test } from 'vitest';
import {
  CAST,
  CONSENT_RESOURCES,
  judgeNumber,
  ORGANISATIONS,
  organisationByNumber,
  personByCastId,
  personByNumber,
  SANDBOX_START,
  SANDBOX_TODAY,
} from '../../src/sandbox/world.ts';
import { isOrganisationNumber, isSyntheticOrganisation, NationalId, SYNTHETIC_NATIONAL_IDS } from '../../src/values.ts';

describe('the cast', () => {
  test('is P01 to P13, each with a name and a story', () => {
    expect(CAST.map(({ id }) => id)).toEqual(
      Array.from({ length: 13 }, (_, at) => `P${String(at + 1).padStart(2, '0')}`),
    );
    expect(new Set(CAST.map(({ name }) => name)).size).toBe(13);
    expect(CAST.filter(({ story }) => story.length < 10)).toEqual([]);
  });

  test.each(CAST.map(({ id, nationalId }) => [id, nationalId]))(
    '%s has a synthetic number, sound under the rules of 1964 too',
    (_, number) => {
      expect(NationalId.parse(number, SYNTHETIC_NATIONAL_IDS)).toBeInstanceOf(NationalId);
      expect(Number(number[2])).toBeGreaterThanOrEqual(8);
      expect(weighted(number, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11).toBe(0);
      expect(weighted(number, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11).toBe(0);
    },
  );

  test('is found by number and by id', () => {
    expect(personByNumber('30817429498')?.id).toBe('P04');
    expect(personByCastId('P04')?.nationalId).toBe('30817429498');
    expect([personByNumber('13428238030'), personByCastId('P14')]).toEqual([undefined, undefined]);
  });

  test('has no id twice among decisions or cards', () => {
    const decisions = CAST.flatMap(({ vedtak }) => vedtak.map(({ vedtakId }) => vedtakId));
    const cards = CAST.flatMap(({ meldekort }) => meldekort.map(({ meldekortId }) => meldekortId));

    expect(decisions).toHaveLength(41);
    expect(new Set(decisions).size).toBe(decisions.length);
    expect(new Set(cards).size).toBe(cards.length);
  });

  test('gives decisions the variants of their type', () => {
    const odd = CAST.flatMap(({ vedtak }) => vedtak).filter(
      ({ vedtakstype, vedtaksvariant }) => vedtaksvariant !== null && !vedtaksvariant.startsWith(`${vedtakstype}_`),
    );

    expect(odd).toEqual([]);
  });

  test('has cards of fourteen days from a Monday, in a row', () => {
    expect(personByCastId('P04')?.meldekort.slice(0, 2)).toEqual([
      { meldekortId: 9100401, fom: '2026-07-06', tom: '2026-07-19', antallTimerArbeidet: 30 },
      { meldekortId: 9100402, fom: '2026-07-20', tom: '2026-08-02', antallTimerArbeidet: 30 },
    ]);
    const mondays = CAST.flatMap(({ meldekort }) =>
      meldekort.map(({ fom }) => new Date(`${fom}T00:00:00Z`).getUTCDay()),
    );
    expect(new Set(mondays)).toEqual(new Set([1]));
  });

  test('has calculation rows that start on the first of a month', () => {
    const rows = CAST.flatMap(({ uforeopplysninger }) => uforeopplysninger.beregningsperioder);

    expect(rows).toHaveLength(7);
    expect(rows.filter(({ fom }) => !fom.endsWith('-01'))).toEqual([]);
  });

  test('has in P13 a stans inside a grant that was never shortened', () => {
    const [, grant, stans] = personByCastId('P13')?.vedtak ?? [];

    expect(grant).toMatchObject({ vedtaksvariant: 'O_INNV_SOKNAD', vedtaksstatus: 'IVERK' });
    expect(stans).toMatchObject({ vedtakstype: 'S', tom: null });
    expect(String(stans?.fom) > String(grant?.fom) && String(stans?.fom) < String(grant?.tom)).toBe(true);
    expect(String(stans?.fom) < SANDBOX_TODAY && SANDBOX_TODAY < String(grant?.tom)).toBe(true);
  });
});

test('the organisations are synthetic and sound', () => {
  expect(ORGANISATIONS.map(({ organisationNumber, shortName }) => [organisationNumber, shortName])).toEqual([
    ['210483713', 'A'],
    ['313772403', 'B'],
    ['310990183', 'supplier'],
    ['311482076', 'C'],
    ['315609321', 'D'],
    ['212975486', 'E'],
  ]);
  for (const { organisationNumber } of ORGANISATIONS) {
    expect(isOrganisationNumber(organisationNumber) && isSyntheticOrganisation(organisationNumber)).toBe(true);
    expect(organisationByNumber(organisationNumber)?.organisationNumber).toBe(organisationNumber);
  }
});

test('the consent resource wants both ends of the period, and nobody can ask for what Altinn 2 left', () => {
  expect(CONSENT_RESOURCES).toMatchObject([
    { id: 'nav_samtykke_dsop_aap-ufore', metadataKeys: ['fraogmed', 'tilogmed'], allowedConsumers: 'any' },
    { id: 'nav_5252_2', allowedConsumers: [] },
  ]);
});

test('the sandbox starts in the morning of its today', () => {
  expect(SANDBOX_START.toISOString()).toBe('2026-11-16T09:00:00.000Z');
});

describe('a number given to the sandbox', () => {
  test.each([
    ['a Dolly number', '13428238030'],
    ['a synthetic D-number of the rules of 2032', '48889932190'],
    ['remainder 1 in the first check digit', '21819045884'],
    ['29 February 2000', '29820099921'],
  ])('is taken: %s', (_, number) => {
    expect(judgeNumber(number)).toBeInstanceOf(NationalId);
  });

  test.each([
    ['could belong to a real person', '31123955539', /could belong to a real person/],
    ['has a wrong check digit', '14838841033', /check digits/],
    ['has ten digits', '1483884103', /eleven digits/],
    ['has an impossible date', '31828849959', /date that exists/],
    ['is of the NPID series', '12727740293', /date that exists/],
  ])('is refused without echo when it %s', (_, number, message) => {
    const verdict = judgeNumber(number);

    expect(verdict).toMatchObject({ refused: expect.stringMatching(message) });
    expect(JSON.stringify(verdict)).not.toContain(number);
  });
});

function weighted(number: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, at) => sum + weight * Number(number[at]), 0);
}
