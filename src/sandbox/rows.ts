import type { Period } from './nav-door.ts';

/** A row with the span it holds for; `tom` null: open. */
interface Dated {
  readonly fom: string;
  readonly tom: string | null;
}

/** Tells whether a row shares a day with a span. */
export function overlapsPeriod({ fom, tom }: Dated, period: Period): boolean {
  return fom <= period.tom && (tom === null || tom >= period.fom);
}

/** The days of a row that lie in a span they are known to share; an open row ends where the span does. */
export function cutTo({ fom, tom }: Dated, period: Period): Period {
  return {
    fom: fom > period.fom ? fom : period.fom,
    tom: tom !== null && tom < period.tom ? tom : period.tom,
  };
}
