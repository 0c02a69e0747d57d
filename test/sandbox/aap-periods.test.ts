import { describe, expect, test } from 'vitest';
import { AAP_SCOPE, call, consentDetail, MELDEKORT, navWorld, numberOf, token, VEDTAK } from './support/nav-world.ts';

interface WorkedCase {
  readonly name: string;
  readonly consent: readonly [string, string];
  readonly query: string;
  /** `id fom..tom`, or the status of a refusal. */
  readonly vedtak: readonly string[] | 403;
  /** `id fom..tom hours`, or the status of a refusal. */
  readonly meldekort: readonly string[] | 403;
}

const WIDE = ['2024-01-01', '2026-12-31'] as const;
const A_TO_YEAR_END = '35110201 2024-01-01..2026-12-31';

const CASES: readonly WorkedCase[] = [
  {
    name: 'a consent that ends in the middle of a decision cuts it and keeps whole cards',
    consent: ['2024-01-01', '2026-08-02'],
    query: '',
    vedtak: [
      '35110201 2024-01-01..2026-08-02',
      '35144870 2024-01-01..2024-09-01',
      '35790312 2024-09-02..2025-08-31',
      '36655108 2025-09-01..2026-08-02',
    ],
    meldekort: ['9100401 2026-07-06..2026-07-19 30', '9100402 2026-07-20..2026-08-02 30'],
  },
  {
    name: 'the requested dates select rows and never cut them',
    consent: WIDE,
    query: '?fomDato=2026-08-10&tomDato=2026-09-20',
    vedtak: [A_TO_YEAR_END, '36655108 2025-09-01..2026-08-30', '37188420 2026-08-31..2026-12-31'],
    meldekort: [
      '9100403 2026-08-03..2026-08-16 22.5',
      '9100404 2026-08-17..2026-08-30 0',
      '9100405 2026-08-31..2026-09-13 15',
      '9100406 2026-09-14..2026-09-27 30',
    ],
  },
  {
    name: 'a from-date alone reaches to the end of the consent',
    consent: WIDE,
    query: '?fomDato=2026-10-20',
    vedtak: [A_TO_YEAR_END, '37188420 2026-08-31..2026-12-31'],
    meldekort: ['9100408 2026-10-12..2026-10-25 30', '9100409 2026-10-26..2026-11-08 37.5'],
  },
  {
    name: 'a to-date alone reaches from the start of the consent',
    consent: WIDE,
    query: '?tomDato=2024-09-01',
    vedtak: [A_TO_YEAR_END, '35144870 2024-01-01..2024-09-01'],
    meldekort: [],
  },
  {
    name: 'a consent of two days shows two days, and hours of those days alone',
    consent: ['2026-08-30', '2026-08-31'],
    query: '?fomDato=2026-08-30&tomDato=2026-08-31',
    vedtak: ['35110201 2026-08-30..2026-08-31', '36655108 2026-08-30..2026-08-30', '37188420 2026-08-31..2026-08-31'],
    meldekort: ['9100404 2026-08-30..2026-08-30 0', '9100405 2026-08-31..2026-08-31 7.5'],
  },
  {
    name: 'one requested day brings the whole card with all its hours',
    consent: WIDE,
    query: '?fomDato=2026-07-19&tomDato=2026-07-19',
    vedtak: [A_TO_YEAR_END, '36655108 2025-09-01..2026-08-30'],
    meldekort: ['9100401 2026-07-06..2026-07-19 30'],
  },
  {
    name: 'a day before the consent is refused',
    consent: WIDE,
    query: '?fomDato=2023-12-31&tomDato=2024-06-30',
    vedtak: 403,
    meldekort: 403,
  },
  {
    name: 'a day after the consent is refused',
    consent: WIDE,
    query: '?fomDato=2024-01-01&tomDato=2027-01-01',
    vedtak: 403,
    meldekort: 403,
  },
  {
    name: 'a consent inside a card cuts the card and counts the hours inside',
    consent: ['2026-07-08', '2026-07-14'],
    query: '',
    vedtak: ['35110201 2026-07-08..2026-07-14', '36655108 2026-07-08..2026-07-14'],
    meldekort: ['9100401 2026-07-08..2026-07-14 15'],
  },
];

describe('the period rules of AAP, worked on P04', () => {
  test.each(CASES)('$name', async ({ consent: [fom, tom], query, vedtak, meldekort }) => {
    const world = navWorld();
    const bearer = await token({ scope: AAP_SCOPE, details: [consentDetail('P04', fom, tom)] });
    const options = { bearer, person: numberOf('P04'), query };

    const decisions = await call(world.aap, VEDTAK, options);
    const cards = await call(world.aap, MELDEKORT, options);

    expect(decisions.status === 200 ? decisionLines(decisions.body) : decisions.status).toEqual(vedtak);
    expect(cards.status === 200 ? cardLines(cards.body) : cards.status).toEqual(meldekort);
  });
});

interface WirePeriod {
  fomDato: string;
  tomDato: string;
}

function decisionLines(body: string): string[] {
  const { vedtaksliste } = JSON.parse(body) as { vedtaksliste: { vedtakId: number; virkningsperiode: WirePeriod }[] };
  return vedtaksliste.map(({ vedtakId, virkningsperiode: p }) => `${vedtakId} ${p.fomDato}..${p.tomDato}`);
}

function cardLines(body: string): string[] {
  const { meldekortliste } = JSON.parse(body) as {
    meldekortliste: { meldekortId: number; periode: WirePeriod; antallTimerArbeidet: number }[];
  };
  return meldekortliste.map(
    ({ meldekortId, periode: p, antallTimerArbeidet }) =>
      `${meldekortId} ${p.fomDato}..${p.tomDato} ${antallTimerArbeidet}`,
  );
}
