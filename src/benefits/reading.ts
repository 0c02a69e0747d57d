import type { BoundedPeriode, CivilDate, Periode } from '../periode.ts';
import { covers, intersect, isOrdered, overlaps } from '../periode.ts';

/** The two spans that decide what of NAV's rows is shown. The uttrekksperiode lies within the consent's. */
export interface ReadBounds {
  /** Which dates the consent allows to be seen: it cuts rows. */
  readonly consentPeriode: BoundedPeriode;
  /** Which dates NAV was asked about: it selects rows, whole. */
  readonly uttrekksperiode: BoundedPeriode;
}

/**
 * Where NAV's answer was not what its contract says: counts and names of fields, never a value, so that it can be logged.
 */
export interface Drift {
  /** Rows dropped because they end before they start. NAV says that it drops them itself. */
  readonly invalidated: number;
  /** Rows dropped because they share no day with the uttrekksperiode. NAV should not have sent them. */
  readonly outside: number;
  /** Rows cut because they reached beyond the consent's period, or had no end. NAV should have cut them. */
  readonly cut: number;
  /** Fields of rows shown that held a code outside NAV's published lists, in alphabetical order. */
  readonly unknownCodes: readonly string[];
}

/** What a source's rows say, and where they departed from the contract. */
export interface Reading<A> {
  readonly answer: A;
  readonly drift: Drift;
}

/** A row to be shown, with the part of its span that the consent allows to be seen. */
export interface PlacedRow<R> {
  readonly row: R;
  readonly periode: BoundedPeriode;
}

/** The rows to be shown, in the order they came, and how many were not. */
export interface Placement<R> {
  readonly placed: readonly PlacedRow<R>[];
  readonly invalidated: number;
  readonly outside: number;
}

/**
 * Selects the rows that share a day with the uttrekksperiode and limits each to the consent's period: what NAV does on
 * its side (both ends inclusive), done again here because its newer case system leaves it to whoever stands in front.
 *
 * @throws RangeError when the uttrekksperiode reaches outside the consent's period: a defect of the caller, for such a
 * read must not be made.
 */
export function placeRows<R>(rows: readonly R[], periodeOf: (row: R) => Periode, bounds: ReadBounds): Placement<R> {
  const { consentPeriode, uttrekksperiode } = bounds;
  if (!covers(consentPeriode, uttrekksperiode)) throw new RangeError('uttrekksperiode outside the consent period');
  const valid = rows.filter((row) => isOrdered(periodeOf(row)));
  const placed = valid.flatMap((row) => {
    const periode = periodeOf(row);
    const seen = overlaps(periode, uttrekksperiode) ? intersect(periode, consentPeriode) : undefined;
    return seen === undefined ? [] : [{ row, periode: seen }];
  });
  return { placed, invalidated: rows.length - valid.length, outside: valid.length - placed.length };
}

/** How many of the placed rows had days, or an open end, beyond the consent's period. */
export function countCut<R>(placed: readonly PlacedRow<R>[], periodeOf: (row: R) => Periode): number {
  return placed.filter(({ row, periode }) => !covers(periode, periodeOf(row))).length;
}

/** Which ends of a placed row meet a bound of the consent, so that NAV's own date may lie beyond it. */
export function markCuts(
  periode: BoundedPeriode,
  consentPeriode: BoundedPeriode,
): { fomKanVaereKuttet: boolean; tomKanVaereKuttet: boolean } {
  return {
    fomKanVaereKuttet: periode.fom === consentPeriode.fom,
    tomKanVaereKuttet: periode.tom === consentPeriode.tom,
  };
}

const idOrder = new Intl.Collator('en', { numeric: true });

/** Orders by first day, then by id: numbers by size, other ids as text. Ids are compared for a fixed order only; they are no timeline. */
export function compareRows(
  one: { readonly fom: CivilDate; readonly id: string },
  other: { readonly fom: CivilDate; readonly id: string },
): number {
  if (one.fom !== other.fom) return one.fom < other.fom ? -1 : 1;
  return idOrder.compare(one.id, other.id);
}
