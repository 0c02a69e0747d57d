import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BoundedPeriode, CivilDate, Periode } from '../src/periode.ts';
import {
  addDays,
  civilDate,
  contains,
  covers,
  intersect,
  isCivilDate,
  isOrdered,
  lengthInDays,
  overlaps,
} from '../src/periode.ts';

// Spans are held against plain lists of days over a year's turn with a leap day; an open end reaches past the last day shown.
const DAYS = Array.from({ length: 40 }, (_, day) => addDays(civilDate('2028-02-10'), day));

function dayAt(day: number): CivilDate {
  const date = DAYS[day];
  if (date === undefined) throw new RangeError('outside the days of this test');
  return date;
}

function daysOf(...spans: Periode[]): CivilDate[] {
  return DAYS.filter((date) => spans.some((span) => contains(span, date)));
}

function daysOfBoth(one: Periode, other: Periode): CivilDate[] {
  return DAYS.filter((date) => contains(one, date) && contains(other, date));
}

function daysOfFirstOnly(one: Periode, other: Periode): CivilDate[] {
  return DAYS.filter((date) => contains(one, date) && !contains(other, date));
}

const bounded: fc.Arbitrary<BoundedPeriode> = fc
  .tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 8 }))
  .map(([fom, more]) => ({ fom: dayAt(fom), tom: dayAt(fom + more) }));
const open: fc.Arbitrary<Periode> = fc.integer({ min: 0, max: 38 }).map((fom) => ({ fom: dayAt(fom), tom: null }));
const periode: fc.Arbitrary<Periode> = fc.oneof({ weight: 3, arbitrary: bounded }, { weight: 1, arbitrary: open });

function holds(law: (one: Periode, other: Periode) => void) {
  fc.assert(fc.property(periode, periode, law));
}

describe('a civil date', () => {
  it.each(['2026-11-16', '2028-02-29', '2000-02-29', '0001-01-01', '9999-12-31'])('is %s', (text) => {
    expect(isCivilDate(text)).toBe(true);
    expect(civilDate(text)).toBe(text);
  });

  it.each([
    '2026-02-30',
    '2027-02-29',
    '1900-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '20260101',
    '2026-1-1',
    '16.11.2026',
    '2026-11-16T00:00:00Z',
    ' 2026-11-16',
    '2026-11-16\n',
    '+002026-11-16',
    '',
  ])('is not %j, and the refusal does not repeat it', (text) => {
    expect(isCivilDate(text)).toBe(false);
    expect(() => civilDate(text)).toThrow(new RangeError('not a civil date (yyyy-MM-dd)'));
  });

  it('moves by days across months, leap days and summer time', () => {
    expect(addDays(civilDate('2028-02-28'), 1)).toBe('2028-02-29');
    expect(addDays(civilDate('2027-02-28'), 1)).toBe('2027-03-01');
    expect(addDays(civilDate('2028-02-29'), 1)).toBe('2028-03-01');
    expect(addDays(civilDate('2028-03-01'), -1)).toBe('2028-02-29');
    expect(addDays(civilDate('2028-02-29'), 366)).toBe('2029-03-01');
    expect(addDays(civilDate('2100-02-28'), 1)).toBe('2100-03-01');
    expect(addDays(civilDate('2026-01-01'), -1)).toBe('2025-12-31');
    expect(addDays(civilDate('2026-03-28'), 2)).toBe('2026-03-30');
    expect(addDays(civilDate('2026-10-24'), 2)).toBe('2026-10-26');
  });

  it('comes back when moved there and back again', () => {
    fc.assert(
      fc.property(fc.constantFrom(...DAYS), fc.integer({ min: -5000, max: 5000 }), (date, days) => {
        expect(addDays(addDays(date, days), -days)).toBe(date);
      }),
    );
  });
});

describe('a span', () => {
  it('is ordered unless it ends before it starts', () => {
    expect(isOrdered({ fom: civilDate('2025-05-12'), tom: civilDate('2025-05-12') })).toBe(true);
    expect(isOrdered({ fom: civilDate('2025-05-12'), tom: null })).toBe(true);
    expect(isOrdered({ fom: civilDate('2025-05-12'), tom: civilDate('2025-05-11') })).toBe(false);
  });

  it('counts both its ends as days of its own', () => {
    fc.assert(
      fc.property(bounded, (span) => {
        expect(lengthInDays(span)).toBe(daysOf(span).length);
        expect(contains(span, span.fom) && contains(span, span.tom)).toBe(true);
        expect(contains(span, addDays(span.fom, -1)) || contains(span, addDays(span.tom, 1))).toBe(false);
      }),
    );
  });

  it('overlaps another when they share a day', () => {
    holds((one, other) => {
      expect(overlaps(one, other)).toBe(daysOfBoth(one, other).length > 0);
    });
  });

  it('covers another when it has all its days, and an open end is covered by an open end only', () => {
    holds((one, other) => {
      const reachesAsFar = one.tom === null || other.tom !== null;
      expect(covers(one, other)).toBe(reachesAsFar && daysOfFirstOnly(other, one).length === 0);
    });
  });

  it('meets another in the days they share, whichever is named first', () => {
    holds((one, other) => {
      const shared = intersect(one, other);
      expect(shared === undefined ? [] : daysOf(shared)).toEqual(daysOfBoth(one, other));
      expect(intersect(other, one)).toEqual(shared);
      if (shared !== undefined) expect(covers(one, shared) && covers(other, shared)).toBe(true);
    });
  });

  it('is itself when met with itself', () => {
    fc.assert(
      fc.property(periode, (span) => {
        expect(intersect(span, span)).toEqual(span);
        expect(covers(span, span)).toBe(true);
      }),
    );
  });
});
