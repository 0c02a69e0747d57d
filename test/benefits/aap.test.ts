import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AapBetydning, AapVedtakRow } from '../../src/benefits/aap.ts';
import { betydning, readVedtak } from '../../src/benefits/aap.ts';
import type { ReadBounds } from '../../src/benefits/reading.ts';
import type { BoundedPeriode } from '../../src/periode.ts';
import { civilDate } from '../../src/periode.ts';
import type { Person } from '../fixtures/cast.ts';
import { kode, NUMBERS, vedtakOf } from '../fixtures/cast.ts';

function span(text: string): BoundedPeriode {
  const [fom = '', tom = ''] = text.split('..');
  return { fom: civilDate(fom), tom: civilDate(tom) };
}

function bounds(consent: string, asked = consent): ReadBounds {
  return { consentPeriode: span(consent), uttrekksperiode: span(asked) };
}

/** One decision as one line: id, dates, and `<` or `>` where an end may be cut. */
function shown(rows: readonly AapVedtakRow[], within: ReadBounds): string[] {
  return readVedtak(rows, within).answer.vedtaksliste.map((vedtak) => {
    const { fom, tom } = vedtak.virkningsperiode;
    return `${vedtak.vedtakId} ${vedtak.fomKanVaereKuttet ? '<' : ''}${fom}..${tom}${vedtak.tomKanVaereKuttet ? '>' : ''}`;
  });
}

const ALL_TIME = '2010-03-01..2099-12-31';

describe('which decisions are shown, and with which dates', () => {
  it.each<[string, ReadBounds, string[]]>([
    [
      'all that the consent allows',
      bounds('2024-01-01..2026-08-02'),
      [
        '35110201 <2024-01-01..2026-08-02>',
        '35144870 <2024-01-01..2024-09-01',
        '35790312 2024-09-02..2025-08-31',
        '36655108 2025-09-01..2026-08-02>',
      ],
    ],
    [
      'a span asked about: it selects rows and does not cut them',
      bounds('2024-01-01..2026-12-31', '2026-08-10..2026-09-20'),
      ['35110201 <2024-01-01..2026-12-31>', '36655108 2025-09-01..2026-08-30', '37188420 2026-08-31..2026-12-31>'],
    ],
    [
      'only a first day given',
      bounds('2024-01-01..2026-12-31', '2026-10-20..2026-12-31'),
      ['35110201 <2024-01-01..2026-12-31>', '37188420 2026-08-31..2026-12-31>'],
    ],
    [
      'only a last day given: a row that starts the day after is out',
      bounds('2024-01-01..2026-12-31', '2024-01-01..2024-09-01'),
      ['35110201 <2024-01-01..2026-12-31>', '35144870 <2024-01-01..2024-09-01'],
    ],
    [
      'a consent of two days',
      bounds('2026-08-30..2026-08-31'),
      ['35110201 <2026-08-30..2026-08-31>', '36655108 <2026-08-30..2026-08-30', '37188420 2026-08-31..2026-08-31>'],
    ],
    [
      'a single day',
      bounds('2024-01-01..2026-12-31', '2026-07-19..2026-07-19'),
      ['35110201 <2024-01-01..2026-12-31>', '36655108 2025-09-01..2026-08-30'],
    ],
    [
      'a consent in the middle of a decision',
      bounds('2026-07-08..2026-07-14'),
      ['35110201 <2026-07-08..2026-07-14>', '36655108 <2026-07-08..2026-07-14>'],
    ],
  ])('P04, %s', (_, within, expected) => {
    expect(shown(vedtakOf('P04'), within)).toEqual(expected);
  });

  it.each<[string, ReadBounds]>([
    ['a first day before the consent', bounds('2024-01-01..2026-12-31', '2023-12-31..2024-06-30')],
    ['a last day after the consent', bounds('2024-01-01..2026-12-31', '2024-01-01..2027-01-01')],
  ])('nothing is read with %s', (_, within) => {
    expect(() => readVedtak(vedtakOf('P04'), within)).toThrow(RangeError);
  });

  it('P07: the first grant, invalidated by the change of the basic amount, is dropped, so that the first money row is an E', () => {
    const { answer, drift } = readVedtak(vedtakOf('P07'), bounds('2025-01-01..2027-12-31'));
    expect(answer.vedtaksliste.map(({ vedtakId }) => vedtakId)).toEqual(['36150020', '36231877', '36988402']);
    expect(drift.invalidated).toBe(1);
  });

  it('P08: rows stand by first day, though their ids run the other way', () => {
    const { answer } = readVedtak(vedtakOf('P08').reverse(), bounds('2022-01-01..2027-12-31'));
    expect(answer.vedtaksliste.map(({ vedtakId }) => vedtakId)).toEqual([
      '35611008',
      '35990144',
      '35702250',
      '36870931',
    ]);
  });

  it('rows of one first day stand by id, numbers by size', () => {
    const rows = ['100', '9', 'k-10', 'k-9'].map((vedtakId) => ({ ...someRow(), vedtakId }));
    const { answer } = readVedtak(rows, bounds('2022-01-01..2027-12-31'));
    expect(answer.vedtaksliste.map(({ vedtakId }) => vedtakId)).toEqual(['9', '100', 'k-9', 'k-10']);
  });

  it('what NAV did not filter or cut itself is counted', () => {
    const { drift } = readVedtak(vedtakOf('P04'), bounds('2024-01-01..2026-08-02'));
    // A and B start before the consent, D ends after it, E lies outside.
    expect(drift).toEqual({ invalidated: 0, outside: 1, cut: 3, unknownCodes: [] });
  });

  it.each(Object.keys(NUMBERS) as Person[])('reading what was read finds nothing more to drop or cut: %s', (person) => {
    const within = bounds('2023-12-01..2026-07-15', '2025-01-01..2026-02-20');
    const once = readVedtak(vedtakOf(person), within);
    const twice = readVedtak(once.answer.vedtaksliste, within);
    expect(twice.answer).toEqual(once.answer);
    expect(twice.drift).toEqual({ invalidated: 0, outside: 0, cut: 0, unknownCodes: [] });
  });

  it('does not depend on the order in which rows came', () => {
    const rows = [...vedtakOf('P05'), ...vedtakOf('P10'), ...vedtakOf('P12')];
    const within = bounds('2023-08-10..2027-12-31');
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
        expect(readVedtak(shuffled, within)).toEqual(readVedtak(rows, within));
      }),
    );
  });
});

describe('what a decision means', () => {
  it('every decision of the cast', () => {
    const people = [...Object.keys(NUMBERS), 'P13'] as Person[];
    const meanings = Object.fromEntries(
      people.map((person) => [
        person,
        readVedtak(vedtakOf(person), bounds(ALL_TIME)).answer.vedtaksliste.map(betydning).join(' '),
      ]),
    );
    expect(meanings).toEqual({
      P01: '',
      P02: 'ARBEIDSEVNE_NEDSATT',
      P03: 'ARBEIDSEVNE_IKKE_NEDSATT',
      P04: 'ARBEIDSEVNE_NEDSATT INNVILGET INNVILGET INNVILGET INNVILGET',
      P05: 'ARBEIDSEVNE_NEDSATT INNVILGET STANSET INNVILGET INNVILGET STANSET AVSLATT',
      P06: 'ARBEIDSEVNE_NEDSATT INNVILGET INNVILGET INNVILGET INNVILGET INNVILGET',
      P07: 'ARBEIDSEVNE_NEDSATT INNVILGET INNVILGET',
      P08: 'ARBEIDSEVNE_NEDSATT INNVILGET INNVILGET INNVILGET',
      P09: '',
      P10: 'ARBEIDSEVNE_NEDSATT INNVILGET INNVILGET',
      P11: 'ARBEIDSEVNE_NEDSATT INNVILGET STANSET',
      P12: 'INNVILGET INNVILGET STANSET INNVILGET',
      P13: 'INNVILGET STANSET',
    });
  });

  it.each<[AapBetydning, string, Partial<AapVedtakRow>]>([
    ['INNVILGET', 'no variant, as newer cases have it', { vedtaksvariant: null }],
    ['INNVILGET', 'a phase that is not listed', { aktivitetsfase: kode('BISTANDSBEHOV') }],
    ['INNVILGET', 'a closed grant', { vedtaksstatus: kode('AVSLU') }],
    [
      'AVSLATT',
      'a refused resumption',
      { vedtakstype: kode('G'), vedtaksvariant: kode('G_AVSLAG'), utfall: kode('NEI') },
    ],
    ['STANSET', 'JA on a stop', { vedtakstype: kode('S'), vedtaksvariant: kode('S_OPPHOR') }],
    ['UKJENT', 'NEI on a stop', { vedtakstype: kode('S'), utfall: kode('NEI') }],
    ['UKJENT', 'an unknown type', { vedtakstype: kode('R') }],
    ['UKJENT', 'an unknown status', { vedtaksstatus: kode('LØPENDE') }],
    ['UKJENT', 'an unknown right', { rettighetstype: kode('AAUNGUFOR') }],
    ['UKJENT', 'an unknown outcome', { utfall: kode('AVBRUTT') }],
    ['UKJENT', 'no outcome', { utfall: null }],
    ['UKJENT', 'an unknown outcome of AA115', { rettighetstype: kode('AA115'), utfall: kode('DELVIS') }],
    ['UKJENT', 'a code in small letters', { utfall: kode('ja') }],
    ['UKJENT', 'a code named like a property of every object', { vedtakstype: kode('constructor') }],
  ])('%s: %s', (expected, _, codes) => {
    expect(betydning({ ...someRow(), ...codes })).toBe(expected);
  });

  it('unknown codes pass through raw, with their terms, and only the fields’ names are reported', () => {
    const odd = {
      ...someRow(),
      vedtakstype: { kode: 'Z', termnavn: 'Noe nytt' },
      aktivitetsfase: kode('STUDENT'),
      utfall: null,
    };
    const { answer, drift } = readVedtak([odd, someRow()], bounds(ALL_TIME));
    expect(answer.vedtaksliste[0]).toMatchObject({ vedtakstype: { kode: 'Z', termnavn: 'Noe nytt' }, utfall: null });
    expect(drift.unknownCodes).toEqual(['aktivitetsfase', 'vedtakstype']);
  });

  it('codes of rows that are not shown are not reported', () => {
    const elsewhere = { ...someRow(), vedtakstype: kode('Z') };
    const { drift } = readVedtak([elsewhere], bounds('2020-01-01..2020-12-31'));
    expect(drift).toEqual({ invalidated: 0, outside: 1, cut: 0, unknownCodes: [] });
  });
});

/** A grant in 2025. */
function someRow(): AapVedtakRow {
  return {
    vedtakId: '1',
    virkningsperiode: span('2025-01-01..2025-12-31'),
    vedtakstype: kode('O'),
    vedtaksvariant: kode('O_INNV_SOKNAD'),
    vedtaksstatus: kode('IVERK'),
    rettighetstype: kode('AAP'),
    utfall: kode('JA'),
    aktivitetsfase: kode('UA'),
  };
}
