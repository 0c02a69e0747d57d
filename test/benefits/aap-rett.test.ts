import { describe, expect, it } from 'vitest';
import type { AapVedtakRow, AapVedtaksliste } from '../../src/benefits/aap.ts';
import { readVedtak } from '../../src/benefits/aap.ts';
import { aapPerioder, gjeldendeAapPeriode, harAapPaa } from '../../src/benefits/aap-rett.ts';
import type { JaNeiUkjent } from '../../src/benefits/ja-nei-ukjent.ts';
import type { BoundedPeriode } from '../../src/periode.ts';
import { civilDate } from '../../src/periode.ts';
import type { Person } from '../fixtures/cast.ts';
import { kode, TODAY, vedtakOf } from '../fixtures/cast.ts';

function span(text: string): BoundedPeriode {
  const [fom = '', tom = ''] = text.split('..');
  return { fom: civilDate(fom), tom: civilDate(tom) };
}

function read(rows: readonly AapVedtakRow[], consent: string, asked = consent): AapVedtaksliste {
  return readVedtak(rows, { consentPeriode: span(consent), uttrekksperiode: span(asked) }).answer;
}

/** One span as one line: dates with `?` at an end that is not known, who stopped it, who gave it. */
function lines(answer: AapVedtaksliste): string[] {
  return aapPerioder(answer).map(({ periode, fomErKjent, tomErKjent, stansetAv, vedtak }) => {
    const ends = `${fomErKjent ? '' : '?'}${periode.fom}..${periode.tom}${tomErKjent ? '' : '?'}`;
    const stop = stansetAv === null ? '' : ` stopped by ${stansetAv.vedtakId}`;
    return `${ends}${stop}: ${vedtak.map(({ vedtakId }) => vedtakId).join(' ')}`;
  });
}

const DEMO = '2022-01-01..2027-12-31';

describe('the spans with a right to AAP and the answer for today, of the whole cast', () => {
  it.each<[Person, JaNeiUkjent, string[]]>([
    ['P01', 'NEI', []],
    ['P02', 'NEI', []],
    ['P03', 'NEI', []],
    ['P04', 'JA', ['2023-09-04..2027-02-28: 35144870 35790312 36655108 37188420']],
    [
      'P05',
      'NEI',
      [
        '2022-10-17..2023-05-31 stopped by 34988213: 34455901',
        '2023-08-07..2024-08-04: 35077640',
        '2024-09-02..2025-03-02 stopped by 36102745: 35801199',
      ],
    ],
    ['P06', 'NEI', []],
    ['P07', 'JA', ['2025-05-12..2027-05-09: 36231877 36988402']],
    ['P08', 'JA', ['2024-07-29..2026-11-29: 35990144 35702250 36870931']],
    ['P09', 'NEI', []],
    ['P10', 'JA', ['2025-01-27..2027-01-10: 36044512 36812209']],
    ['P11', 'NEI', ['2025-06-16..2026-02-13 stopped by 36902015: 36311902']],
    ['P12', 'JA', ['2026-01-05..2026-06-28 stopped by 82950: 81204 81377', '2026-08-10..2027-01-04: 83611']],
    ['P13', 'NEI', ['2025-03-03..2025-09-14 stopped by 36450002: 36020001']],
  ])('%s', (person, today, spans) => {
    const answer = read(vedtakOf(person), DEMO);
    expect(lines(answer)).toEqual(spans);
    expect(harAapPaa(answer, TODAY)).toBe(today);
    expect(gjeldendeAapPeriode(answer, TODAY)).toEqual(today === 'JA' ? aapPerioder(answer).at(-1) : null);
  });

  it('P06 seen with a consent that reaches back: four years in one span', () => {
    expect(lines(read(vedtakOf('P06'), '2016-01-01..2022-12-31'))).toEqual([
      '2016-11-07..2021-04-30: 27140516 28066201 29301877 30288440 31340019',
    ]);
  });
});

describe('the right on a date', () => {
  it.each<[string, Person, string, string, JaNeiUkjent]>([
    ['the day before the first grant, though AA115 runs', 'P04', DEMO, '2023-09-03', 'NEI'],
    ['the first day of the first grant', 'P04', DEMO, '2023-09-04', 'JA'],
    ['the last day of a grant that is followed by another', 'P04', DEMO, '2024-09-01', 'JA'],
    ['the last day of the last grant', 'P04', DEMO, '2027-02-28', 'JA'],
    ['the day after the last grant', 'P04', DEMO, '2027-03-01', 'NEI'],
    ['the day a stop takes effect', 'P05', DEMO, '2023-06-01', 'NEI'],
    ['a grant that follows an open stop', 'P05', DEMO, '2023-08-07', 'JA'],
    ['a gap between two grants', 'P05', DEMO, '2024-08-20', 'NEI'],
    ['a refused resumption after the end', 'P05', DEMO, '2026-01-12', 'NEI'],
    ['an adjusted first day that overlaps the grant before', 'P10', DEMO, '2026-01-20', 'JA'],
    ['the day after death', 'P11', DEMO, '2026-02-14', 'NEI'],
    ['a grant without cards', 'P07', DEMO, '2026-11-16', 'JA'],
    ['an extension made without a variant', 'P12', DEMO, '2026-04-01', 'JA'],
    ['a grant that follows a stop still marked as in force', 'P12', DEMO, '2026-08-10', 'JA'],
    ['the last day before a stop inside a grant', 'P13', DEMO, '2025-09-14', 'JA'],
    ['a stop inside a grant that was never shortened', 'P13', DEMO, '2025-09-15', 'NEI'],
    ['the day before the consent', 'P04', DEMO, '2021-12-31', 'UKJENT'],
    ['the day after the consent', 'P04', DEMO, '2028-01-01', 'UKJENT'],
    // The consent's first day hides which of two came last.
    ['a closed stop and a grant, both cut: the grant came last', 'P05', '2023-08-10..2024-12-31', '2023-08-10', 'JA'],
    ['the same where the grant really starts there', 'P05', '2023-08-07..2024-12-31', '2023-08-07', 'JA'],
    ['only the stop cut', 'P05', '2023-08-06..2024-12-31', '2023-08-07', 'JA'],
    ['an end in force, cut, and no grant beside it', 'P05', '2025-06-01..2027-12-31', '2026-11-16', 'NEI'],
    ['a stop in force and a later grant, both cut', 'P12', '2026-08-20..2027-12-31', '2026-11-16', 'UKJENT'],
    ['the same after the grant has run out', 'P12', '2026-08-20..2027-12-31', '2027-01-05', 'NEI'],
    ['a stop in force, cut, before a grant that is not', 'P12', '2026-08-09..2027-12-31', '2026-11-16', 'JA'],
    ['a stop in force after a grant, both cut', 'P13', '2025-10-01..2027-12-31', '2025-12-01', 'UKJENT'],
    ['only the grant cut', 'P13', '2025-09-14..2027-12-31', '2025-12-01', 'NEI'],
    ['a consent that ends while the grant runs', 'P04', '2024-01-01..2026-11-16', '2026-11-16', 'JA'],
  ])('%s (%s, consent %s, on %s) is %s', (_, person, consent, dato, expected) => {
    expect(harAapPaa(read(vedtakOf(person), consent), civilDate(dato))).toBe(expected);
  });

  it('is not known on a date that was not asked about, though a decision shown covers it', () => {
    const answer = read(vedtakOf('P04'), DEMO, '2026-08-10..2026-09-20');
    expect(answer.vedtaksliste.map(({ virkningsperiode }) => virkningsperiode.fom)).toContain('2025-09-01');
    expect(harAapPaa(answer, civilDate('2026-08-09'))).toBe('UKJENT');
    expect(harAapPaa(answer, civilDate('2026-08-10'))).toBe('JA');
    expect(gjeldendeAapPeriode(answer, TODAY)).toBeNull();
  });
});

describe('the ends of a span', () => {
  it('are not known where the span meets the dates asked about', () => {
    expect(lines(read(vedtakOf('P04'), DEMO, '2026-08-10..2026-09-20'))).toEqual([
      '?2026-08-10..2026-09-20?: 36655108 37188420',
    ]);
  });

  it('are not known where the consent hides which of two came last', () => {
    const grant = { ...row('1', '2026-01-01..2026-03-31'), utfall: kode('JA') };
    const stop = { ...row('2', '2026-01-01..2026-02-28'), vedtakstype: kode('S') };
    const answer = read([grant, stop], '2026-01-01..2026-12-31');
    expect(harAapPaa(answer, civilDate('2026-02-28'))).toBe('UKJENT');
    expect(lines(answer)).toEqual(['?2026-03-01..2026-03-31: 1']);
  });

  it('name no stop that began before the span or after a gap', () => {
    const before = { ...row('1', '2026-01-01..2026-12-31'), vedtakstype: kode('S') };
    const grant = row('2', '2026-02-01..2026-02-28');
    const later = { ...row('3', '2026-03-02..2026-12-31'), vedtakstype: kode('S') };
    expect(lines(read([before, grant, later], '2025-01-01..2027-12-31'))).toEqual(['2026-02-01..2026-02-28: 2']);
  });

  it('leave out a grant that was stopped before the span', () => {
    const first = row('1', '2026-01-01..2026-12-31');
    const stop = { ...row('2', '2026-03-01..2026-12-31'), vedtakstype: kode('S') };
    const second = row('3', '2026-05-01..2026-06-30');
    expect(lines(read([first, stop, second], '2025-01-01..2027-12-31'))).toEqual([
      '2026-01-01..2026-02-28 stopped by 2: 1',
      '2026-05-01..2026-06-30: 3',
    ]);
  });

  it('hold at the last day of the calendar', () => {
    const open = {
      ...row('1', '2026-01-01..2026-12-31'),
      virkningsperiode: { fom: civilDate('2026-01-01'), tom: null },
    };
    expect(lines(read([open], '2025-01-01..9999-12-31'))).toEqual(['2026-01-01..9999-12-31?: 1']);
  });
});

describe('a decision about money whose codes are not known', () => {
  const dato = civilDate('2026-06-01');
  const grant = row('1', '2026-01-01..2026-12-31');

  it.each<[string, Partial<AapVedtakRow>]>([
    ['type', { vedtakstype: kode('R') }],
    ['status', { vedtaksstatus: kode('LØPENDE') }],
    ['outcome', { utfall: kode('DELVIS') }],
    ['missing outcome', { utfall: null }],
    ['right', { rettighetstype: kode('AAP_NY') }],
  ])('leaves it open whether there is a right, alone on the date: unknown %s', (_, codes) => {
    expect(harAapPaa(read([{ ...grant, ...codes }], DEMO), dato)).toBe('UKJENT');
    expect(lines(read([{ ...grant, ...codes }], DEMO))).toEqual([]);
  });

  it('does not touch the days it does not cover', () => {
    const odd = { ...row('2', '2026-07-01..2026-07-31'), vedtakstype: kode('R') };
    expect(lines(read([grant, odd], DEMO))).toEqual(['2026-01-01..2026-06-30?: 1', '?2026-08-01..2026-12-31: 1']);
  });

  it.each<[string, Partial<AapVedtakRow>, JaNeiUkjent]>([
    ['a grant of unknown status beside it', { vedtaksstatus: kode('LØPENDE') }, 'JA'],
    ['a stop of unknown status after it', { vedtakstype: kode('S'), vedtaksstatus: kode('LØPENDE') }, 'UKJENT'],
    ['a stop of unknown outcome after it', { vedtakstype: kode('S'), utfall: null }, 'UKJENT'],
    ['an unknown type after it', { vedtakstype: kode('T') }, 'UKJENT'],
    ['an unknown type with NEI after it', { vedtakstype: kode('T'), utfall: kode('NEI') }, 'JA'],
    ['a stop with NEI after it', { vedtakstype: kode('S'), utfall: kode('NEI') }, 'JA'],
    [
      'AA115 with unknown codes after it',
      { rettighetstype: kode('AA115'), vedtakstype: kode('T'), utfall: null },
      'JA',
    ],
  ])('can stop a grant only if it may be a stop: %s', (_, codes, expected) => {
    const after = { ...row('2', '2026-03-01..2026-12-31'), ...codes };
    expect(harAapPaa(read([grant, after], DEMO), dato)).toBe(expected);
  });

  it('is never a grant when it is a stop', () => {
    const stop = { ...grant, vedtakstype: kode('S'), vedtaksstatus: kode('LØPENDE') };
    expect(harAapPaa(read([stop], DEMO), dato)).toBe('NEI');
  });

  it('may be a grant that follows a stop', () => {
    const stop = { ...row('2', '2026-03-01..2026-12-31'), vedtakstype: kode('S') };
    const odd = { ...row('3', '2026-05-01..2026-12-31'), vedtaksstatus: kode('LØPENDE') };
    expect(harAapPaa(read([grant, stop], DEMO), dato)).toBe('NEI');
    expect(harAapPaa(read([grant, stop, odd], DEMO), dato)).toBe('UKJENT');
  });

  it('does not count as the closed stop that a grant followed, when both meet the consent’s first day', () => {
    const odd = { ...row('2', '2026-01-01..2026-12-31'), vedtakstype: kode('T'), vedtaksstatus: kode('AVSLU') };
    expect(harAapPaa(read([grant, odd], '2026-01-01..2026-12-31'), dato)).toBe('UKJENT');
  });
});

/** A grant in force. */
function row(vedtakId: string, dates: string): AapVedtakRow {
  return {
    vedtakId,
    virkningsperiode: span(dates),
    vedtakstype: kode('O'),
    vedtaksvariant: null,
    vedtaksstatus: kode('IVERK'),
    rettighetstype: kode('AAP'),
    utfall: kode('JA'),
    aktivitetsfase: kode('UA'),
  };
}
