import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AapVedtakRow, AapVedtaksliste } from '../../src/benefits/aap.ts';
import { readVedtak } from '../../src/benefits/aap.ts';
import { aapPerioder, gjeldendeAapPeriode, harAapPaa } from '../../src/benefits/aap-rett.ts';
import type { JaNeiUkjent } from '../../src/benefits/ja-nei-ukjent.ts';
import type { BoundedPeriode, CivilDate } from '../../src/periode.ts';
import { addDays, civilDate, contains } from '../../src/periode.ts';
import { kode } from '../fixtures/cast.ts';

// Two months of days, numbered. Whole histories fit, so that every day of every history is asked about.
const DAYS = Array.from({ length: 60 }, (_, day) => addDays(civilDate('2026-02-01'), day));
const LAST = DAYS.length - 1;

function dayAt(day: number): CivilDate {
  const date = DAYS[Math.min(Math.max(day, 0), LAST)];
  if (date === undefined) throw new RangeError('outside the days of this test');
  return date;
}

function spanOf(fom: number, tom: number): BoundedPeriode {
  return { fom: dayAt(fom), tom: dayAt(tom) };
}

const EVERYTHING = spanOf(0, LAST);

function read(rows: readonly AapVedtakRow[], consentPeriode = EVERYTHING, uttrekksperiode = consentPeriode) {
  return readVedtak(rows, { consentPeriode, uttrekksperiode }).answer;
}

function answersByDay(answer: AapVedtaksliste): JaNeiUkjent[] {
  return DAYS.map((date) => harAapPaa(answer, date));
}

interface Codes {
  readonly type: string;
  readonly status: string;
  readonly utfall: string | null;
  readonly rettighetstype: string;
}

function rowOf(vedtakId: string, fom: number, tom: number | null, codes: Codes): AapVedtakRow {
  return {
    vedtakId,
    virkningsperiode: { fom: dayAt(fom), tom: tom === null ? null : dayAt(tom) },
    vedtakstype: kode(codes.type),
    vedtaksvariant: null,
    vedtaksstatus: kode(codes.status),
    rettighetstype: kode(codes.rettighetstype),
    utfall: codes.utfall === null ? null : kode(codes.utfall),
    aktivitetsfase: null,
  };
}

/** A history as told, and as written down: the days with a right come from the telling, not from the reading rule. */
interface History {
  readonly rows: AapVedtakRow[];
  readonly truth: JaNeiUkjent[];
}

const chapter = fc.record({
  beginning: fc.constantFrom('after a gap', 'the day after', 'adjusted'),
  shift: fc.integer({ min: 1, max: 6 }),
  length: fc.integer({ min: 1, max: 10 }),
  type: fc.constantFrom('O', 'E', 'G'),
  ending: fc.constantFrom('runs out', 'stopped', 'stopped and left long'),
  stopStaysInForce: fc.boolean(),
});

const history: fc.Arbitrary<History> = fc
  .tuple(
    fc.array(chapter, { minLength: 1, maxLength: 4 }),
    fc.uniqueArray(fc.nat(99_999), { minLength: 8, maxLength: 8 }),
  )
  .map(([chapters, ids]) => {
    const rows: AapVedtakRow[] = [];
    const truth: JaNeiUkjent[] = DAYS.map(() => 'NEI');
    const write = (fom: number, tom: number | null, type: string, status: string) => {
      rows.push(rowOf(String(ids[rows.length]), fom, tom, { type, status, utfall: 'JA', rettighetstype: 'AAP' }));
    };
    let before = { fom: 1, tom: 1, wasStopped: true };
    for (const [at, { beginning, shift, length, type, ending, stopStaysInForce }] of chapters.entries()) {
      const isLast = at === chapters.length - 1;
      // An adjusted first day lies within the grant before, and the grant goes on at least as long.
      const isAdjusted = beginning === 'adjusted' && !before.wasStopped;
      const gap = beginning === 'after a gap' ? shift : 0;
      const fom = isAdjusted ? Math.max(before.fom + 1, before.tom + 1 - shift) : before.tom + 1 + gap;
      const tom = Math.max(fom + length - 1, before.tom);
      // NAV shortens a grant that it goes back upon, so one left long is the last word.
      const isLeftLong = ending === 'stopped and left long' && isLast && tom > fom;
      const lastDay = isLeftLong ? Math.max(fom, tom - shift) : tom;
      write(fom, tom, type, isLast ? 'IVERK' : 'AVSLU');
      truth.fill('JA', fom, lastDay + 1).fill('NEI', lastDay + 1);
      const wasStopped = isLeftLong || ending === 'stopped';
      // A later grant closes a stop in one case system and leaves it in force in the other.
      if (wasStopped) write(lastDay + 1, null, 'S', isLast || stopStaysInForce ? 'IVERK' : 'AVSLU');
      before = { fom, tom, wasStopped };
    }
    return { rows, truth };
  });

const anyCodes: fc.Arbitrary<Codes> = fc.record({
  type: fc.constantFrom('O', 'E', 'G', 'S', 'S', 'T', 'R'),
  status: fc.constantFrom('IVERK', 'AVSLU', 'LØPENDE'),
  utfall: fc.constantFrom('JA', 'JA', 'JA', 'NEI', 'DELVIS', null),
  rettighetstype: fc.constantFrom('AAP', 'AAP', 'AAP', 'AA115', 'AAP_NY'),
});

/** Rows that make no sense together: the rule must keep its promises on them as well. */
const jumble: fc.Arbitrary<AapVedtakRow[]> = fc.array(
  fc
    .tuple(fc.nat(99_999), fc.nat(LAST), fc.option(fc.nat(20)), anyCodes)
    .map(([id, fom, more, codes]) => rowOf(String(id), fom, more === null ? null : fom + more, codes)),
  { maxLength: 7 },
);

const within: fc.Arbitrary<BoundedPeriode> = fc
  .tuple(fc.nat(LAST), fc.nat(LAST))
  .map(([one, other]) => spanOf(Math.min(one, other), Math.max(one, other)));

const anything = fc.oneof(
  jumble,
  history.map(({ rows }) => rows),
);

describe('the right to AAP, whatever the history', () => {
  it('is what the history tells, on every day, when nothing is cut', () => {
    fc.assert(
      fc.property(history, ({ rows, truth }) => {
        expect(answersByDay(read(rows))).toEqual(truth);
      }),
      { numRuns: 500 },
    );
  });

  it('is what the history tells or not known when the consent is narrower, and never known outside it', () => {
    fc.assert(
      fc.property(history, within, ({ rows, truth }, consent) => {
        const seen = answersByDay(read(rows, consent));
        const told = DAYS.map((date, day) => (contains(consent, date) ? truth[day] : 'UKJENT'));
        expect(seen.map((answer, day) => (answer === 'UKJENT' ? 'UKJENT' : told[day]))).toEqual(seen);
      }),
      { numRuns: 500 },
    );
  });

  it('is not known only while a stop in force and a grant both meet the consent’s first day', () => {
    fc.assert(
      fc.property(history, within, ({ rows }, consent) => {
        const answer = read(rows, consent);
        for (const date of DAYS.filter((day) => contains(consent, day) && harAapPaa(answer, day) === 'UKJENT')) {
          const cut = answer.vedtaksliste.filter(
            (vedtak) => vedtak.fomKanVaereKuttet && contains(vedtak.virkningsperiode, date),
          );
          expect(cut.some((v) => v.vedtakstype.kode === 'S' && v.vedtaksstatus.kode === 'IVERK')).toBe(true);
          expect(cut.some((v) => v.vedtakstype.kode !== 'S')).toBe(true);
        }
      }),
    );
  });

  it('is said the same about a day whether much or little was asked about', () => {
    fc.assert(
      fc.property(anything, within, within, (rows, consent, asked) => {
        const uttrekksperiode = {
          fom: asked.fom < consent.fom ? consent.fom : asked.fom > consent.tom ? consent.tom : asked.fom,
          tom: asked.tom > consent.tom ? consent.tom : asked.tom < consent.fom ? consent.fom : asked.tom,
        };
        const little = read(rows, consent, uttrekksperiode);
        const much = read(rows, consent);
        for (const date of DAYS) {
          const expected = contains(uttrekksperiode, date) ? harAapPaa(much, date) : 'UKJENT';
          expect(harAapPaa(little, date)).toBe(expected);
        }
      }),
    );
  });

  it('is not changed by decisions on the ability to work, refusals and invalidated rows', () => {
    const idle = fc
      .tuple(fc.nat(LAST), fc.option(fc.nat(20)), anyCodes, fc.constantFrom('AA115', 'NEI', 'invalidated'))
      .map(([fom, more, codes, kind]) => {
        const tom = more === null ? null : fom + more;
        if (kind === 'AA115') return rowOf('7', fom, tom, { ...codes, rettighetstype: 'AA115' });
        if (kind === 'NEI') return rowOf('7', fom, tom, { ...codes, utfall: 'NEI' });
        return rowOf('7', Math.max(fom, 1), Math.max(fom, 1) - 1, codes);
      });
    fc.assert(
      fc.property(anything, fc.array(idle, { minLength: 1, maxLength: 3 }), within, (rows, extra, consent) => {
        const [before, after] = [read(rows, consent), read([...rows, ...extra], consent)];
        expect(answersByDay(after)).toEqual(answersByDay(before));
        expect(aapPerioder(after)).toEqual(aapPerioder(before));
      }),
    );
  });

  it('does not depend on ids or on the order in which rows came', () => {
    fc.assert(
      fc.property(
        anything.chain((rows) =>
          fc.tuple(
            fc.constant(rows),
            fc.shuffledSubarray(rows, { minLength: rows.length }),
            fc.array(fc.nat(99_999), { minLength: rows.length, maxLength: rows.length }),
          ),
        ),
        within,
        ([rows, shuffled, ids], consent) => {
          const renamed = shuffled.map((row, at) => ({ ...row, vedtakId: String(ids[at]) }));
          expect(answersByDay(read(renamed, consent))).toEqual(answersByDay(read(rows, consent)));
        },
      ),
    );
  });

  it('only ever becomes less certain by a decision that is not known, and is never NEI where that may be a grant', () => {
    const odd = fc.tuple(fc.nat(LAST), fc.option(fc.nat(20))).map(([fom, more]) =>
      rowOf('7', fom, more === null ? null : fom + more, {
        type: 'R',
        status: 'LØPENDE',
        utfall: null,
        rettighetstype: 'AAP',
      }),
    );
    fc.assert(
      fc.property(anything, odd, within, (rows, extra, consent) => {
        const before = answersByDay(read(rows, consent));
        const answer = read([...rows, extra], consent);
        const [shown] = answer.vedtaksliste.filter(
          ({ vedtaksstatus, utfall }) => vedtaksstatus.kode === 'LØPENDE' && utfall === null,
        );
        for (const [day, after] of answersByDay(answer).entries()) {
          if (after !== before[day]) expect(after).toBe('UKJENT');
          const date = dayAt(day);
          const covered = shown !== undefined && contains(extra.virkningsperiode, date) && contains(consent, date);
          if (covered && before[day] === 'NEI' && !stoppedOn(answer, date)) expect(after).toBe('UKJENT');
        }
      }),
    );
  });
});

function stoppedOn(answer: AapVedtaksliste, date: CivilDate): boolean {
  return answer.vedtaksliste.some(
    ({ vedtakstype, virkningsperiode }) => vedtakstype.kode === 'S' && contains(virkningsperiode, date),
  );
}

describe('the spans with a right to AAP, whatever the rows', () => {
  it('hold exactly the days that are answered with JA', () => {
    fc.assert(
      fc.property(anything, within, (rows, consent) => {
        const answer = read(rows, consent);
        const spans = aapPerioder(answer);
        for (const date of DAYS) {
          const holding = spans.filter(({ periode }) => contains(periode, date));
          expect(holding.length).toBe(harAapPaa(answer, date) === 'JA' ? 1 : 0);
          expect(gjeldendeAapPeriode(answer, date)).toEqual(holding[0] ?? null);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('stand oldest first and never overlap or touch', () => {
    fc.assert(
      fc.property(anything, within, (rows, consent) => {
        const spans = aapPerioder(read(rows, consent)).map(({ periode }) => periode);
        for (const [at, span] of spans.entries()) {
          expect(span.fom <= span.tom).toBe(true);
          const next = spans[at + 1];
          if (next === undefined) continue;
          expect(next.fom > addDays(span.tom, 1)).toBe(true);
        }
      }),
    );
  });

  it('know an end exactly when the day beyond it is answered with NEI', () => {
    fc.assert(
      fc.property(anything, within, (rows, consent) => {
        const answer = read(rows, consent);
        for (const { periode, fomErKjent, tomErKjent, stansetAv } of aapPerioder(answer)) {
          expect(fomErKjent).toBe(harAapPaa(answer, addDays(periode.fom, -1)) === 'NEI');
          expect(tomErKjent).toBe(harAapPaa(answer, addDays(periode.tom, 1)) === 'NEI');
          if (stansetAv === null) continue;
          expect(tomErKjent).toBe(true);
          expect(stansetAv.vedtakstype.kode).toBe('S');
          expect(stansetAv.virkningsperiode.fom).toBe(addDays(periode.tom, 1));
        }
      }),
    );
  });

  it('name the decisions that give the right: each day has one that covers it, and each one named covers a day', () => {
    fc.assert(
      fc.property(anything, within, (rows, consent) => {
        for (const { periode, vedtak } of aapPerioder(read(rows, consent))) {
          const days = DAYS.filter((date) => contains(periode, date));
          expect(days.every((date) => vedtak.some((v) => contains(v.virkningsperiode, date)))).toBe(true);
          expect(vedtak.every((v) => days.some((date) => contains(v.virkningsperiode, date)))).toBe(true);
          expect(vedtak.every((v) => v.rettighetstype.kode === 'AAP' && /^[OEG]$/.test(v.vedtakstype.kode))).toBe(true);
        }
      }),
    );
  });
});
