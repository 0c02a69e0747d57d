import type { BoundedPeriode, CivilDate, Periode } from '../periode.ts';
import { contains } from '../periode.ts';
import type { JaNeiUkjent } from './ja-nei-ukjent.ts';
import type { ReadBounds, Reading } from './reading.ts';
import { placeRows } from './reading.ts';

/** NAV's nine values. `UKJENT_STATUS` is its own and means that NAV cannot tell. */
const LISTED_STATUSES = [
  'IKKE_SOKT',
  'AVSLAG',
  'KLAGE_PA_AVSLAG',
  'REKONSTRUKSJON',
  'LOPENDE',
  'OPPHORT',
  'UNDER_BEHANDLING',
  'EKSPORT',
  'UKJENT_STATUS',
] as const;

/** The situation of a case now. `UKJENT`: NAV sent a value that is not among its nine. */
export type UforeStatus = (typeof LISTED_STATUSES)[number] | 'UKJENT';

/**
 * A calculation period: a new one whenever grade, income before disability or income used changes. Null: NAV sent none.
 */
export interface Beregningsperiode extends Periode {
  readonly uforetidspunkt: CivilDate | null;
  /** Percent, 0 to 100. */
  readonly uforegrad: number | null;
  /** Income before disability, kroner a year, not indexed. */
  readonly ifu: number | null;
  /** Kroner a year; filled by income revisions only. */
  readonly inntektBruktIAvkortingen: number | null;
  /** The income used is the one assessed for tax for the whole year. */
  readonly ferdiglignetInntekt: boolean | null;
  readonly klagebehandles: boolean | null;
}

/** NAV's answer, its wire form checked and nothing else. */
export interface UforeopplysningerRows {
  readonly statuskode: string;
  readonly forsteVirkningstidspunkt: CivilDate | null;
  readonly beregningsperioder: readonly Beregningsperiode[];
}

/** What is known of a person's uføretrygd: the status now, and the calculation periods that share a day with the uttrekksperiode. */
export interface Uforeopplysninger {
  readonly uttrekksperiode: BoundedPeriode;
  /** The situation when NAV answered, whatever was asked about. */
  readonly status: UforeStatus;
  /** The status as NAV wrote it. */
  readonly statuskode: string;
  /** First effective date of the case, whatever was asked about; null: there has never been a grant. */
  readonly forsteVirkningstidspunkt: CivilDate | null;
  /** With NAV's own dates, oldest first day first. */
  readonly beregningsperioder: readonly Beregningsperiode[];
}

/** The grade on a date. `uforegrad` null: no period covers the date, or what covers it gives no one grade. */
export interface UforegradPaaDato {
  readonly harUforegrad: JaNeiUkjent;
  /** Percent, 0 to 100. */
  readonly uforegrad: number | null;
}

/**
 * Reads NAV's answer: drops calculation periods that end before they start or were not asked about, and sorts the others.
 * They are not cut to the consent's period: NAV's description of this interface has no such cut, and nothing beside a
 * period could tell a cut `tom` from the end of the benefit. Status and first effective date are never touched.
 *
 * @throws RangeError when the uttrekksperiode reaches outside the consent's period.
 */
export function readUforeopplysninger(rows: UforeopplysningerRows, bounds: ReadBounds): Reading<Uforeopplysninger> {
  const { placed, invalidated, outside } = placeRows(rows.beregningsperioder, (row) => row, bounds);
  const status = readStatus(rows.statuskode);
  return {
    answer: {
      uttrekksperiode: bounds.uttrekksperiode,
      status,
      statuskode: rows.statuskode,
      forsteVirkningstidspunkt: rows.forsteVirkningstidspunkt,
      beregningsperioder: placed.map(({ row }) => row).sort(compareSpans),
    },
    drift: { invalidated, outside, cut: 0, unknownCodes: status === 'UKJENT' ? ['status'] : [] },
  };
}

/**
 * The grade on a date, as known when NAV answered. UKJENT: the date was not asked about; or no period covers it while the
 * status leaves that open, as when the case is being rebuilt and only looks ended; or what covers it does not tell. Never throws.
 */
export function uforegradPaa(answer: Uforeopplysninger, dato: CivilDate): UforegradPaaDato {
  if (!contains(answer.uttrekksperiode, dato)) return { harUforegrad: 'UKJENT', uforegrad: null };
  const rows = answer.beregningsperioder.filter((row) => contains(row, dato));
  if (rows.length === 0) return { harUforegrad: isSilenceTelling(answer.status) ? 'NEI' : 'UKJENT', uforegrad: null };
  const [grade, ...others] = new Set(rows.map((row) => row.uforegrad));
  // Periods do not overlap in NAV's description; should they, no one grade is picked.
  if (grade === undefined || grade === null || others.length > 0) return { harUforegrad: 'UKJENT', uforegrad: null };
  return { harUforegrad: grade > 0 ? 'JA' : 'NEI', uforegrad: grade };
}

/** The calculation period that covers the date, usually today's; the latest should several do. Null: none does, or the date was not asked about. */
export function gjeldendeBeregningsperiode(answer: Uforeopplysninger, today: CivilDate): Beregningsperiode | null {
  if (!contains(answer.uttrekksperiode, today)) return null;
  return answer.beregningsperioder.findLast((row) => contains(row, today)) ?? null;
}

/** NAV's nine values as they are; any other text is UKJENT. */
function readStatus(statuskode: string): UforeStatus {
  return LISTED_STATUSES.find((status) => status === statuskode) ?? 'UKJENT';
}

/** Whether a date without a calculation period is thereby a date without a grade. */
function isSilenceTelling(status: UforeStatus): boolean {
  switch (status) {
    case 'REKONSTRUKSJON':
    case 'UNDER_BEHANDLING':
    case 'UKJENT_STATUS':
    case 'UKJENT':
      return false;
    case 'IKKE_SOKT':
    case 'AVSLAG':
    case 'KLAGE_PA_AVSLAG':
    case 'LOPENDE':
    case 'OPPHORT':
    case 'EKSPORT':
      return true;
  }
}

function compareSpans(one: Periode, other: Periode): number {
  if (one.fom !== other.fom) return one.fom < other.fom ? -1 : 1;
  if (one.tom === other.tom) return 0;
  if (one.tom === null || other.tom === null) return one.tom === null ? 1 : -1;
  return one.tom < other.tom ? -1 : 1;
}
