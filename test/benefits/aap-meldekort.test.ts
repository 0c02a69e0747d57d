import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MeldekortRow } from '../../src/benefits/aap-meldekort.ts';
import { readMeldekort } from '../../src/benefits/aap-meldekort.ts';
import type { ReadBounds } from '../../src/benefits/reading.ts';
import type { BoundedPeriode } from '../../src/periode.ts';
import { civilDate } from '../../src/periode.ts';
import type { Person } from '../fixtures/cast.ts';
import { meldekortOf } from '../fixtures/cast.ts';

function span(text: string): BoundedPeriode {
  const [fom = '', tom = ''] = text.split('..');
  return { fom: civilDate(fom), tom: civilDate(tom) };
}

function bounds(consent: string, asked = consent): ReadBounds {
  return { consentPeriode: span(consent), uttrekksperiode: span(asked) };
}

/** One card as one line: id, dates, `cut` when it may be, and the share worked. */
function shown(rows: readonly MeldekortRow[], within: ReadBounds): string[] {
  return readMeldekort(rows, within).answer.meldekortliste.map(
    ({ meldekortId, periode, kanVaereKuttet, arbeidsandel }) =>
      `${meldekortId} ${periode.fom}..${periode.tom} ${kanVaereKuttet ? 'cut' : 'whole'} ${arbeidsandel}`,
  );
}

const YEARS = '2024-01-01..2026-12-31';

describe('which report cards are shown, and with which dates', () => {
  it.each<[string, ReadBounds, string[]]>([
    [
      'all that the consent allows: the second card ends on its last day',
      bounds('2024-01-01..2026-08-02'),
      ['9100401 2026-07-06..2026-07-19 whole 0.4', '9100402 2026-07-20..2026-08-02 cut null'],
    ],
    [
      'a span asked about: it selects cards and does not cut them',
      bounds(YEARS, '2026-08-10..2026-09-20'),
      [
        '9100403 2026-08-03..2026-08-16 whole 0.3',
        '9100404 2026-08-17..2026-08-30 whole 0',
        '9100405 2026-08-31..2026-09-13 whole 0.2',
        '9100406 2026-09-14..2026-09-27 whole 0.4',
      ],
    ],
    [
      'only a first day given',
      bounds(YEARS, '2026-10-20..2026-12-31'),
      ['9100408 2026-10-12..2026-10-25 whole 0.4', '9100409 2026-10-26..2026-11-08 whole 0.5'],
    ],
    ['only a last day given, before the first card', bounds(YEARS, '2024-01-01..2024-09-01'), []],
    [
      'a consent of two days',
      bounds('2026-08-30..2026-08-31'),
      ['9100404 2026-08-30..2026-08-30 cut null', '9100405 2026-08-31..2026-08-31 cut null'],
    ],
    ['a single day', bounds(YEARS, '2026-07-19..2026-07-19'), ['9100401 2026-07-06..2026-07-19 whole 0.4']],
    [
      'a consent in the middle of a card',
      bounds('2026-07-08..2026-07-14'),
      ['9100401 2026-07-08..2026-07-14 cut null'],
    ],
  ])('P04, %s', (_, within, expected) => {
    expect(shown(meldekortOf('P04'), within)).toEqual(expected);
  });

  it.each<[string, ReadBounds]>([
    ['a first day before the consent', bounds(YEARS, '2023-12-31..2024-06-30')],
    ['a last day after the consent', bounds(YEARS, '2024-01-01..2027-01-01')],
  ])('nothing is read with %s', (_, within) => {
    expect(() => readMeldekort(meldekortOf('P04'), within)).toThrow(RangeError);
  });

  it('a card NAV had cut keeps the hours NAV counted', () => {
    const cutByNav = [{ meldekortId: '9100401', periode: span('2026-07-08..2026-07-14'), antallTimerArbeidet: 15 }];
    expect(readMeldekort(cutByNav, bounds('2026-07-08..2026-07-14'))).toEqual({
      answer: {
        uttrekksperiode: span('2026-07-08..2026-07-14'),
        meldekortliste: [{ ...cutByNav[0], kanVaereKuttet: true, arbeidsandel: null }],
      },
      drift: { invalidated: 0, outside: 0, cut: 0, unknownCodes: [] },
    });
  });

  it('a card NAV should have cut is cut, counted, keeps its hours and gives no share', () => {
    const { answer, drift } = readMeldekort(meldekortOf('P04'), bounds('2026-07-08..2026-07-14'));
    expect(answer.meldekortliste).toMatchObject([
      { antallTimerArbeidet: 30, kanVaereKuttet: true, arbeidsandel: null },
    ]);
    expect(drift).toEqual({ invalidated: 0, outside: 8, cut: 1, unknownCodes: [] });
  });

  it('a card that ends before it starts is dropped', () => {
    const backwards = { meldekortId: '1', periode: span('2026-07-19..2026-07-06'), antallTimerArbeidet: 0 };
    const { answer, drift } = readMeldekort([backwards], bounds(YEARS));
    expect(answer.meldekortliste).toEqual([]);
    expect(drift.invalidated).toBe(1);
  });
});

describe('the share worked', () => {
  it.each<[Person, (number | null)[]]>([
    ['P01', []],
    ['P05', [0, 0.16, 0.24666, 0.6, 0.64666]],
    ['P07', [0, 0, 0, 0]],
    ['P08', [0, 0.1, 0.1, 0.15333]],
    ['P12', [0, 0.3, 0.54666]],
  ])('is hours out of 75, fractions included: %s', (person, shares) => {
    const { answer } = readMeldekort(meldekortOf(person), bounds('2022-01-01..2027-12-31'));
    const found = answer.meldekortliste.map(({ arbeidsandel }) => arbeidsandel);
    expect(found.length).toBe(shares.length);
    for (const [at, share] of shares.entries()) expect(found[at]).toBeCloseTo(share ?? 0, 4);
  });

  it('P06: overlapping cards are both shown whole, for the fortnight was moved', () => {
    expect(shown(meldekortOf('P06'), bounds('2019-01-01..2019-12-31'))).toEqual([
      `4500771 2019-06-03..2019-06-16 whole ${20 / 75}`,
      '4500772 2019-06-10..2019-06-23 whole 0.2',
    ]);
  });

  it('can be more than full time', () => {
    const much = { meldekortId: '1', periode: span('2026-07-06..2026-07-19'), antallTimerArbeidet: 90 };
    expect(shown([much], bounds(YEARS))).toEqual(['1 2026-07-06..2026-07-19 whole 1.2']);
  });

  it.each(['2026-07-06..2026-07-18', '2026-07-06..2026-07-20'])(
    'is not told of a card that is not 14 days: %s',
    (dates) => {
      const odd = { meldekortId: '1', periode: span(dates), antallTimerArbeidet: 30 };
      expect(shown([odd], bounds(YEARS))).toEqual([`1 ${dates} whole null`]);
    },
  );
});

it('cards do not depend on the order in which they came', () => {
  const cards = [...meldekortOf('P04'), ...meldekortOf('P12')];
  const within = bounds('2026-01-10..2026-10-01');
  fc.assert(
    fc.property(fc.shuffledSubarray(cards, { minLength: cards.length }), (shuffled) => {
      expect(readMeldekort(shuffled, within)).toEqual(readMeldekort(cards, within));
    }),
  );
});
