import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JaNeiUkjent } from '../../src/benefits/ja-nei-ukjent.ts';
import type { Beregningsperiode, UforeopplysningerRows } from '../../src/benefits/uforeopplysninger.ts';
import {
  gjeldendeBeregningsperiode,
  readUforeopplysninger,
  uforegradPaa,
} from '../../src/benefits/uforeopplysninger.ts';
import type { BoundedPeriode } from '../../src/periode.ts';
import { addDays, civilDate, contains } from '../../src/periode.ts';
import type { Person } from '../fixtures/cast.ts';
import { TODAY, uforeopplysningerOf } from '../fixtures/cast.ts';

function span(text: string): BoundedPeriode {
  const [fom = '', tom = ''] = text.split('..');
  return { fom: civilDate(fom), tom: civilDate(tom) };
}

function read(rows: UforeopplysningerRows, consent: string, asked = consent) {
  return readUforeopplysninger(rows, { consentPeriode: span(consent), uttrekksperiode: span(asked) });
}

const DEMO = '2022-01-01..2027-12-31';
const NINE = [
  'IKKE_SOKT',
  'AVSLAG',
  'KLAGE_PA_AVSLAG',
  'REKONSTRUKSJON',
  'LOPENDE',
  'OPPHORT',
  'UNDER_BEHANDLING',
  'EKSPORT',
  'UKJENT_STATUS',
];

describe('the whole cast today', () => {
  it.each<[Person, string, JaNeiUkjent, number | null, string[]]>([
    ['P01', 'IKKE_SOKT', 'NEI', null, []],
    ['P02', 'IKKE_SOKT', 'NEI', null, []],
    ['P03', 'AVSLAG', 'NEI', null, []],
    ['P04', 'UNDER_BEHANDLING', 'UKJENT', null, []],
    ['P05', 'IKKE_SOKT', 'NEI', null, []],
    ['P06', 'LOPENDE', 'JA', 80, ['2021-05-01', '2023-01-01', '2024-01-01']],
    ['P07', 'IKKE_SOKT', 'NEI', null, []],
    ['P08', 'KLAGE_PA_AVSLAG', 'NEI', null, []],
    ['P09', 'EKSPORT', 'JA', 100, ['2015-01-01']],
    ['P10', 'REKONSTRUKSJON', 'UKJENT', null, []],
    ['P11', 'OPPHORT', 'NEI', null, ['2019-03-01', '2024-01-01']],
    ['P12', 'UKJENT_STATUS', 'UKJENT', null, []],
  ])('%s', (person, status, harUforegrad, uforegrad, fom) => {
    const { answer } = read(uforeopplysningerOf(person), DEMO);
    expect(answer).toMatchObject({ status, statuskode: status, uttrekksperiode: span(DEMO) });
    expect(answer.beregningsperioder.map((row) => row.fom)).toEqual(fom);
    expect(uforegradPaa(answer, TODAY)).toEqual({ harUforegrad, uforegrad });
    const gjeldende = gjeldendeBeregningsperiode(answer, TODAY);
    expect(gjeldende).toEqual(harUforegrad === 'JA' ? answer.beregningsperioder.at(-1) : null);
  });
});

describe('which calculation periods are shown', () => {
  it('those that share a day with the dates asked about, with NAV’s own dates', () => {
    const { answer, drift } = read(uforeopplysningerOf('P06'), DEMO, '2022-12-31..2023-01-01');
    expect(answer.beregningsperioder).toMatchObject([
      { fom: '2021-05-01', tom: '2022-12-31', uforegrad: 60, inntektBruktIAvkortingen: 0 },
      { fom: '2023-01-01', tom: '2023-12-31', inntektBruktIAvkortingen: 198400, ferdiglignetInntekt: true },
    ]);
    expect(drift).toEqual({ invalidated: 0, outside: 1, cut: 0, unknownCodes: [] });
  });

  it('a running one keeps its open end, so that the consent’s last day is never read as the end of the benefit', () => {
    const { answer } = read(uforeopplysningerOf('P06'), '2024-06-01..2024-06-30');
    expect(answer.beregningsperioder).toMatchObject([{ fom: '2024-01-01', tom: null }]);
  });

  it('none of those wholly outside the consent, while status and first effective date stay', () => {
    const { answer } = read(uforeopplysningerOf('P09'), '2000-01-01..2009-10-31');
    expect(answer).toEqual({
      uttrekksperiode: span('2000-01-01..2009-10-31'),
      status: 'EKSPORT',
      statuskode: 'EKSPORT',
      forsteVirkningstidspunkt: '2009-11-01',
      beregningsperioder: [],
    });
  });

  it('rows with nothing but a first day, and those that end before they start are dropped', () => {
    const bare = { ...emptyRow('2024-01-01'), tom: null };
    const backwards = { ...emptyRow('2024-01-01'), tom: civilDate('2023-12-31') };
    const { answer, drift } = read({ ...casesOf('LOPENDE'), beregningsperioder: [backwards, bare] }, DEMO);
    expect(answer.beregningsperioder).toEqual([bare]);
    expect(drift.invalidated).toBe(1);
  });

  it('nothing is read when dates outside the consent are asked about', () => {
    expect(() => read(uforeopplysningerOf('P06'), '2024-01-01..2024-12-31', '2023-12-31..2024-12-31')).toThrow(
      RangeError,
    );
  });

  it('whatever the order in which they came', () => {
    const rows = [...uforeopplysningerOf('P06').beregningsperioder, ...uforeopplysningerOf('P11').beregningsperioder];
    const sorted = read({ ...casesOf('LOPENDE'), beregningsperioder: rows }, DEMO).answer;
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (beregningsperioder) => {
        expect(read({ ...casesOf('LOPENDE'), beregningsperioder }, DEMO).answer).toEqual(sorted);
      }),
    );
    expect(sorted.beregningsperioder.map(({ fom, tom }) => `${fom}..${tom}`)).toEqual([
      '2019-03-01..2023-12-31',
      '2021-05-01..2022-12-31',
      '2023-01-01..2023-12-31',
      '2024-01-01..2026-02-28',
      '2024-01-01..null',
    ]);
  });
});

describe('the status', () => {
  it.each(NINE)('is NAV’s own: %s', (statuskode) => {
    const { answer, drift } = read(casesOf(statuskode), DEMO);
    expect(answer).toMatchObject({ status: statuskode, statuskode });
    expect(drift.unknownCodes).toEqual([]);
  });

  it.each(['EKSPORTERT', 'lopende', '', 'UKJENT', 'toString'])(
    'is UKJENT beside the raw text for any other: %j',
    (statuskode) => {
      const { answer, drift } = read(casesOf(statuskode), DEMO);
      expect(answer).toMatchObject({ status: 'UKJENT', statuskode });
      expect(drift.unknownCodes).toEqual(['status']);
    },
  );
});

describe('the grade on a date', () => {
  it.each<[string, JaNeiUkjent]>([
    ['IKKE_SOKT', 'NEI'],
    ['AVSLAG', 'NEI'],
    ['KLAGE_PA_AVSLAG', 'NEI'],
    ['REKONSTRUKSJON', 'UKJENT'],
    ['LOPENDE', 'NEI'],
    ['OPPHORT', 'NEI'],
    ['UNDER_BEHANDLING', 'UKJENT'],
    ['EKSPORT', 'NEI'],
    ['UKJENT_STATUS', 'UKJENT'],
    ['PAUSE', 'UKJENT'],
  ])('where no period covers it, under %s: %s', (statuskode, harUforegrad) => {
    const ended = { ...casesOf(statuskode), beregningsperioder: uforeopplysningerOf('P11').beregningsperioder };
    const { answer } = read(ended, DEMO);
    expect(uforegradPaa(answer, civilDate('2026-03-01'))).toEqual({ harUforegrad, uforegrad: null });
    expect(uforegradPaa(answer, civilDate('2026-02-28'))).toEqual({ harUforegrad: 'JA', uforegrad: 50 });
  });

  it.each<[string, JaNeiUkjent, number | null]>([
    ['2021-12-31', 'UKJENT', null],
    ['2022-01-01', 'JA', 60],
    ['2023-12-31', 'JA', 60],
    ['2024-01-01', 'JA', 80],
    ['2027-12-31', 'JA', 80],
    ['2028-01-01', 'UKJENT', null],
  ])('P06 on %s: %s %s', (dato, harUforegrad, uforegrad) => {
    const { answer } = read(uforeopplysningerOf('P06'), DEMO);
    expect(uforegradPaa(answer, civilDate(dato))).toEqual({ harUforegrad, uforegrad });
  });

  it('is not known on a date that was not asked about, though a period shown covers it', () => {
    const { answer } = read(uforeopplysningerOf('P06'), DEMO, '2024-06-01..2024-06-30');
    expect(uforegradPaa(answer, TODAY)).toEqual({ harUforegrad: 'UKJENT', uforegrad: null });
    expect(gjeldendeBeregningsperiode(answer, TODAY)).toBeNull();
  });

  it.each<[string, (number | null)[], JaNeiUkjent, number | null]>([
    ['35 percent, as for some', [35], 'JA', 35],
    ['0 percent', [0], 'NEI', 0],
    ['no grade', [null], 'UKJENT', null],
    ['two periods of one grade', [50, 50], 'JA', 50],
    ['two periods of different grades', [50, 60], 'UKJENT', null],
    ['one with a grade and one without', [50, null], 'UKJENT', null],
  ])('where what covers it has %s', (_, grades, harUforegrad, uforegrad) => {
    const beregningsperioder = grades.map((grade) => ({ ...emptyRow('2024-01-01'), uforegrad: grade }));
    const { answer } = read({ ...casesOf('LOPENDE'), beregningsperioder }, DEMO);
    expect(uforegradPaa(answer, TODAY)).toEqual({ harUforegrad, uforegrad });
  });

  it('is never NEI under a status that leaves it open, and never told outside the dates asked about', () => {
    const days = Array.from({ length: 40 }, (_, day) => addDays(civilDate('2026-01-01'), day));
    const date = fc.constantFrom(...days);
    const row = fc
      .tuple(date, fc.option(fc.nat(15)), fc.option(fc.integer({ min: 1, max: 100 })))
      .map(([fom, more, uforegrad]) => ({
        ...emptyRow(fom),
        tom: more === null ? null : addDays(fom, more),
        uforegrad,
      }));
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 5 }),
        fc.constantFrom(...NINE, 'PAUSE'),
        fc.tuple(date, date).map(([one, other]) => (one < other ? `${one}..${other}` : `${other}..${one}`)),
        (beregningsperioder, statuskode, asked) => {
          const { answer } = read({ ...casesOf(statuskode), beregningsperioder }, '2026-01-01..2026-02-28', asked);
          for (const dato of days) {
            const { harUforegrad, uforegrad } = uforegradPaa(answer, dato);
            const covering = beregningsperioder.filter((one) => contains(one, dato));
            if (!contains(answer.uttrekksperiode, dato)) expect(harUforegrad).toBe('UKJENT');
            if (harUforegrad === 'NEI') expect(answer.status).toMatch(/SOKT|AVSLAG|LOPENDE|OPPHORT|EKSPORT/);
            if (harUforegrad === 'NEI') expect(covering).toEqual([]);
            if (harUforegrad === 'JA')
              expect(new Set(covering.map((one) => one.uforegrad))).toEqual(new Set([uforegrad]));
            if (harUforegrad !== 'JA') expect(uforegrad).toBeNull();
          }
        },
      ),
    );
  });
});

function casesOf(statuskode: string): UforeopplysningerRows {
  return { statuskode, forsteVirkningstidspunkt: null, beregningsperioder: [] };
}

function emptyRow(fom: string): Beregningsperiode {
  return {
    fom: civilDate(fom),
    tom: null,
    uforetidspunkt: null,
    uforegrad: null,
    ifu: null,
    inntektBruktIAvkortingen: null,
    ferdiglignetInntekt: null,
    klagebehandles: null,
  };
}
