import type { BoundedPeriode, Periode } from '../periode.ts';
import type { ReadBounds, Reading } from './reading.ts';
import { compareRows, countCut, markCuts, placeRows } from './reading.ts';

/** A code of NAV's and NAV's Norwegian term for it, both as they were sent; null: no term was sent. */
export interface Kodeverdi {
  readonly kode: string;
  readonly termnavn: string | null;
}

/**
 * The codes of a decision. `vedtaksvariant` is null on some rows of NAV's newer case system; `utfall` and `aktivitetsfase`
 * are filled in practice, though the case system's own tables allow the first to be empty.
 */
interface AapKoder {
  readonly vedtakstype: Kodeverdi;
  readonly vedtaksvariant: Kodeverdi | null;
  readonly vedtaksstatus: Kodeverdi;
  readonly rettighetstype: Kodeverdi;
  readonly utfall: Kodeverdi | null;
  readonly aktivitetsfase: Kodeverdi | null;
}

/** A decision as NAV sent it, its wire form checked and nothing else. `tom` null: no end, which NAV normally replaces by the consent's. */
export interface AapVedtakRow extends AapKoder {
  readonly vedtakId: string;
  readonly virkningsperiode: Periode;
}

/** A decision as far as the consent allows it to be seen. */
export interface AapVedtak extends AapKoder {
  /** NAV's id, set when the decision was created: no timeline. */
  readonly vedtakId: string;
  /** Within the consent's period; may reach beyond the uttrekksperiode on either side. */
  readonly virkningsperiode: BoundedPeriode;
  /** The first day is the consent's first day, so the decision's own may lie before it. */
  readonly fomKanVaereKuttet: boolean;
  /** The last day is the consent's last day, so the decision may go on, or have no end. */
  readonly tomKanVaereKuttet: boolean;
}

/** The decisions that share a day with the uttrekksperiode, oldest first day first, then by id. */
export interface AapVedtaksliste {
  readonly uttrekksperiode: BoundedPeriode;
  readonly vedtaksliste: readonly AapVedtak[];
}

/** What the codes of a decision say together. */
export type AapBetydning =
  | 'INNVILGET'
  | 'STANSET'
  | 'AVSLATT'
  | 'ARBEIDSEVNE_NEDSATT'
  | 'ARBEIDSEVNE_IKKE_NEDSATT'
  | 'UKJENT';

/** The codes NAV lists for its interface. Its case systems hold more of them, which are not expected here. */
const LISTED_CODES: Record<keyof AapKoder, ReadonlySet<string>> = {
  vedtakstype: new Set(['O', 'E', 'G', 'S']),
  vedtaksvariant: new Set([
    'O_INNV_SOKNAD',
    'O_INNV_NAV',
    'O_AVSLAG',
    'E_VERDI',
    'E_FORLENGE',
    'G_INNV_SOKNAD',
    'G_INNV_NAV',
    'G_AVSLAG',
    'S_STANS',
    'S_OPPHOR',
    'S_DOD',
  ]),
  vedtaksstatus: new Set(['IVERK', 'AVSLU']),
  rettighetstype: new Set(['AAP', 'AA115']),
  utfall: new Set(['JA', 'NEI']),
  aktivitetsfase: new Set(['UA', 'AU', 'FA', 'UVUP', 'SPE', 'IKKE']),
};

/**
 * Reads NAV's decisions: drops invalidated rows (NAV replaces a first grant by a change from the same date in that way)
 * and rows that were not asked about, cuts the others to the consent's period and sorts them. The order they came in and
 * the order of ids say nothing. Reading an answer again changes nothing.
 *
 * @throws RangeError when the uttrekksperiode reaches outside the consent's period.
 */
export function readVedtak(rows: readonly AapVedtakRow[], bounds: ReadBounds): Reading<AapVedtaksliste> {
  const { placed, invalidated, outside } = placeRows(rows, virkningsperiodeOf, bounds);
  const vedtaksliste = placed
    .map(({ row, periode }) => ({ ...row, virkningsperiode: periode, ...markCuts(periode, bounds.consentPeriode) }))
    .sort((one, other) => compareRows(orderOf(one), orderOf(other)));
  return {
    answer: { uttrekksperiode: bounds.uttrekksperiode, vedtaksliste },
    drift: {
      invalidated,
      outside,
      cut: countCut(placed, virkningsperiodeOf),
      unknownCodes: findUnlistedCodes(vedtaksliste),
    },
  };
}

/**
 * What the codes of a decision say together. `JA` on a stop means that AAP is stopped; on every other type it means granted.
 * Whether the ability to work is reduced (`AA115`) is a decision of its own beside those about money. Codes that are not
 * known, or not known together, give UKJENT: also a stop with `NEI`, for which NAV has no published meaning.
 */
export function betydning(vedtak: AapKoder): AapBetydning {
  const utfall = vedtak.utfall?.kode;
  if (!isListed('vedtaksstatus', vedtak.vedtaksstatus) || (utfall !== 'JA' && utfall !== 'NEI')) return 'UKJENT';
  switch (vedtak.rettighetstype.kode) {
    case 'AA115':
      return utfall === 'JA' ? 'ARBEIDSEVNE_NEDSATT' : 'ARBEIDSEVNE_IKKE_NEDSATT';
    case 'AAP':
      return meaningForMoney(vedtak.vedtakstype.kode, utfall);
    default:
      return 'UKJENT';
  }
}

function meaningForMoney(vedtakstype: string, utfall: 'JA' | 'NEI'): AapBetydning {
  switch (vedtakstype) {
    case 'O':
    case 'E':
    case 'G':
      return utfall === 'JA' ? 'INNVILGET' : 'AVSLATT';
    case 'S':
      return utfall === 'JA' ? 'STANSET' : 'UKJENT';
    default:
      return 'UKJENT';
  }
}

function isListed(field: keyof AapKoder, value: Kodeverdi): boolean {
  return LISTED_CODES[field].has(value.kode);
}

const CODE_FIELDS = [
  'aktivitetsfase',
  'rettighetstype',
  'utfall',
  'vedtaksstatus',
  'vedtakstype',
  'vedtaksvariant',
] as const satisfies (keyof AapKoder)[];

function findUnlistedCodes(vedtaksliste: readonly AapVedtak[]): string[] {
  return CODE_FIELDS.filter((field) =>
    vedtaksliste.some((vedtak) => {
      const value = vedtak[field];
      return value !== null && !isListed(field, value);
    }),
  );
}

function virkningsperiodeOf(row: AapVedtakRow): Periode {
  return row.virkningsperiode;
}

function orderOf(vedtak: AapVedtak) {
  return { fom: vedtak.virkningsperiode.fom, id: vedtak.vedtakId };
}
