import type { BoundedPeriode, Periode } from '../periode.ts';
import { lengthInDays } from '../periode.ts';
import type { ReadBounds, Reading } from './reading.ts';
import { compareRows, countCut, markCuts, placeRows } from './reading.ts';

/** A report card as NAV sent it, its wire form checked and nothing else. */
export interface MeldekortRow {
  readonly meldekortId: string;
  readonly periode: Periode;
  /** Hours worked, fractions included. */
  readonly antallTimerArbeidet: number;
}

/** A report card as far as the consent allows it to be seen. */
export interface Meldekort {
  readonly meldekortId: string;
  /** Within the consent's period; a whole card is 14 days, Monday to Sunday. */
  readonly periode: BoundedPeriode;
  /**
   * Hours as NAV sent them. NAV counts only days that the consent allows; where it sent a whole card that had to be cut here,
   * the hours are the whole card's, for they cannot be divided by day.
   */
  readonly antallTimerArbeidet: number;
  /** An end meets the consent's first or last day, so days and hours may be missing. */
  readonly kanVaereKuttet: boolean;
  /** Hours / 75, the full time of a fortnight; above 1 is possible. Null: the card may be cut, or is not 14 days. */
  readonly arbeidsandel: number | null;
}

/** The cards that share a day with the uttrekksperiode, oldest first day first, then by id. They may overlap each other. */
export interface AapMeldekortliste {
  readonly uttrekksperiode: BoundedPeriode;
  readonly meldekortliste: readonly Meldekort[];
}

const FULL_TIME_HOURS = 75;
const CARD_DAYS = 14;

/**
 * Reads NAV's report cards: drops those that end before they start or were not asked about, cuts the others to the
 * consent's period and sorts them. Overlapping cards are both shown: the person's fortnight was moved, and a day counts once.
 *
 * @throws RangeError when the uttrekksperiode reaches outside the consent's period.
 */
export function readMeldekort(rows: readonly MeldekortRow[], bounds: ReadBounds): Reading<AapMeldekortliste> {
  const { placed, invalidated, outside } = placeRows(rows, periodeOf, bounds);
  const meldekortliste = placed
    .map(({ row, periode }) => describeCard(row, periode, bounds.consentPeriode))
    .sort((one, other) => compareRows(orderOf(one), orderOf(other)));
  return {
    answer: { uttrekksperiode: bounds.uttrekksperiode, meldekortliste },
    drift: { invalidated, outside, cut: countCut(placed, periodeOf), unknownCodes: [] },
  };
}

function describeCard(
  { meldekortId, antallTimerArbeidet }: MeldekortRow,
  periode: BoundedPeriode,
  consentPeriode: BoundedPeriode,
): Meldekort {
  const { fomKanVaereKuttet, tomKanVaereKuttet } = markCuts(periode, consentPeriode);
  const kanVaereKuttet = fomKanVaereKuttet || tomKanVaereKuttet;
  const isWhole = !kanVaereKuttet && lengthInDays(periode) === CARD_DAYS;
  return {
    meldekortId,
    periode,
    antallTimerArbeidet,
    kanVaereKuttet,
    arbeidsandel: isWhole ? antallTimerArbeidet / FULL_TIME_HOURS : null,
  };
}

function periodeOf(row: MeldekortRow): Periode {
  return row.periode;
}

function orderOf(meldekort: Meldekort) {
  return { fom: meldekort.periode.fom, id: meldekort.meldekortId };
}
