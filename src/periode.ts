import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';

/**
 * A civil date, `yyyy-MM-dd`, that exists in the calendar. Written this way, dates sort as text.
 */
export type CivilDate = string & { readonly civilDate: unique symbol };

/** A span of civil dates, both ends included; `tom` null: no end is set. */
export interface Periode {
  readonly fom: CivilDate;
  readonly tom: CivilDate | null;
}

/** A span whose end is set: what a consent allows, what a read asks for. */
export interface BoundedPeriode extends Periode {
  readonly tom: CivilDate;
}

const isoDate = z.iso.date();

/** Tells whether a text is a civil date, strictly: `2026-02-30`, `20260101` and `2026-1-1` are not. */
export function isCivilDate(text: string): text is CivilDate {
  // Temporal alone is lenient (it takes 20260101), so the notation is judged first.
  return isoDate.safeParse(text).success;
}

/** A civil date written `yyyy-MM-dd` or `dd.MM.yyyy`, with or without a time of day behind it; undefined: the text is none. */
export function parseCivilDate(text: string): CivilDate | undefined {
  const [, date = '', day, month, year] = /^(\d{4}-\d{2}-\d{2}|(\d{2})\.(\d{2})\.(\d{4}))(?:[ T].*)?$/.exec(text) ?? [];
  const iso = day === undefined ? date : `${year}-${month}-${day}`;
  return isCivilDate(iso) ? iso : undefined;
}

/** A civil date from a text known to be one. @throws RangeError without the text, when it is not: a defect of the caller. */
export function civilDate(text: string): CivilDate {
  if (!isCivilDate(text)) throw new RangeError('not a civil date (yyyy-MM-dd)');
  return text;
}

/** The date that many days later; negative: earlier. */
export function addDays(date: CivilDate, days: number): CivilDate {
  return civilDate(Temporal.PlainDate.from(date).add({ days }).toString());
}

/** Number of days in a span, both ends counted: one for a single day, never below one for a span that {@link isOrdered}. */
export function lengthInDays(periode: BoundedPeriode): number {
  return Temporal.PlainDate.from(periode.fom).until(periode.tom, { largestUnit: 'days' }).days + 1;
}

/** Tells whether the span does not end before it starts. */
export function isOrdered(periode: Periode): boolean {
  return periode.tom === null || periode.fom <= periode.tom;
}

/** Tells whether the date lies in the span; both ends are inside. */
export function contains(periode: Periode, date: CivilDate): boolean {
  return periode.fom <= date && endsNoEarlierThan(periode, date);
}

/** Tells whether the whole of `inner` lies in `outer`; equal ends are inside. */
export function covers(outer: Periode, inner: Periode): boolean {
  if (inner.fom < outer.fom) return false;
  if (outer.tom === null) return true;
  return inner.tom !== null && inner.tom <= outer.tom;
}

/** Tells whether two spans share at least one day. */
export function overlaps(one: Periode, other: Periode): boolean {
  return endsNoEarlierThan(one, other.fom) && endsNoEarlierThan(other, one.fom);
}

/** The days two spans share, or undefined when they share none. */
export function intersect(one: Periode, other: BoundedPeriode): BoundedPeriode | undefined;
export function intersect(one: Periode, other: Periode): Periode | undefined;
export function intersect(one: Periode, other: Periode): Periode | undefined {
  if (!overlaps(one, other)) return undefined;
  return { fom: later(one.fom, other.fom), tom: earlierEnd(one.tom, other.tom) };
}

function endsNoEarlierThan(periode: Periode, date: CivilDate): boolean {
  return periode.tom === null || date <= periode.tom;
}

function later(one: CivilDate, other: CivilDate): CivilDate {
  return one >= other ? one : other;
}

function earlierEnd(one: CivilDate | null, other: CivilDate | null): CivilDate | null {
  if (one === null) return other;
  return other === null || one <= other ? one : other;
}
