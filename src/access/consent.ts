import type { SourceName } from '../benefits/index.ts';
import { threeYearsAfter } from '../clock.ts';
import type { BoundedPeriode } from '../periode.ts';
import { contains } from '../periode.ts';
import type {
  Consent,
  ConsentChange,
  ConsentRequiredReason,
  ConsentStatus,
  Lookup,
  Purpose,
  RequestedPeriode,
} from './ports.ts';

/** The status at a moment: what is answered or pending runs out with `validTo`, whether or not anybody noticed. */
export function statusAt(consent: Consent, now: Date): ConsentStatus {
  const runsOut = consent.status === 'ACTIVE' || consent.status === 'PENDING';
  return runsOut && consent.validTo <= now ? 'EXPIRED' : consent.status;
}

/** When a consent that gives no access any more ended; null while it may still give some. */
export function endedAt(consent: Consent, now: Date): Date | null {
  return statusAt(consent, now) === 'EXPIRED' ? consent.validTo : consent.endedAt;
}

/** What a read wants. `source` null: any source. */
export interface ReadWish {
  readonly source: SourceName | null;
  readonly purpose: Purpose;
  readonly periode: RequestedPeriode;
  readonly now: Date;
  /** Whether the consent's rail opens the source. */
  readonly covers: (consent: Consent, source: SourceName) => boolean;
}

/** Why a read may not happen. */
export interface Refusal {
  readonly reason: ConsentRequiredReason;
  /** The consent that decides the answer; null when nobody was ever asked. */
  readonly decidedBy: Consent | null;
  /** What the consents in force do allow for this source; empty unless OUTSIDE_PERIOD. Oldest first. */
  readonly allowedPerioder: readonly BoundedPeriode[];
}

/** The consent a read uses, or why there is none. */
export type Decision = { readonly use: Consent } | Refusal;

/**
 * Which consent allows a read, if any.
 *
 * Usable is one that is ACTIVE with `validTo` ahead, covers the source, was given for the same purpose, and whose span
 * contains both given ends. Of several, Altinn 3 goes before Altinn 2, then the latest `validTo`, the latest answer, the id.
 * Two consents are never joined to cover one span. Consents for another purpose do not exist for this read.
 */
export function decide(consents: readonly Consent[], wish: ReadWish): Decision {
  const samePurpose = consents.filter((consent) => consent.purpose === wish.purpose);
  const inStatus = (...statuses: ConsentStatus[]) =>
    samePurpose.filter((consent) => statuses.includes(statusAt(consent, wish.now))).toSorted(byPreference);
  const opens = (consent: Consent) => wish.source === null || wish.covers(consent, wish.source);
  const allows = (consent: Consent) => opens(consent) && containsEnds(consent.periode, wish.periode);

  const active = inStatus('ACTIVE');
  const use = active.find(allows);
  if (use !== undefined) return { use };

  const pending = inStatus('PENDING').find(allows);
  if (pending !== undefined) return refusal('PENDING', pending);
  const outside = active.filter(opens);
  if (outside[0] !== undefined) {
    const allowedPerioder = outside.map((consent) => consent.periode).toSorted(byFom);
    return { reason: 'OUTSIDE_PERIOD', decidedBy: outside[0], allowedPerioder };
  }
  if (active[0] !== undefined) return refusal('SOURCE_NOT_COVERED', active[0]);
  const unusable = inStatus('UNUSABLE')[0];
  if (unusable !== undefined) return refusal('UNUSABLE', unusable);
  return refusalByLastEnded(samePurpose, wish.now);
}

function refusalByLastEnded(consents: readonly Consent[], now: Date): Refusal {
  const ended = consents
    .filter((consent) => endedAt(consent, now) !== null)
    .toSorted((one, other) => Number(endedAt(other, now)) - Number(endedAt(one, now)) || compareText(one.id, other.id));
  const last = ended[0];
  if (last === undefined) return { reason: 'NEVER_ASKED', decidedBy: null, allowedPerioder: [] };
  const status = statusAt(last, now);
  switch (status) {
    case 'RELINQUISHED':
    case 'WITHDRAWN':
    case 'EXPIRED':
    case 'DECLINED':
    case 'UNUSABLE':
    case 'PENDING':
      return refusal(status, last);
    case 'ACTIVE':
      // An end was noted without the status following: nothing may be read under it.
      return refusal('WITHDRAWN', last);
  }
}

function refusal(reason: ConsentRequiredReason, decidedBy: Consent): Refusal {
  return { reason, decidedBy, allowedPerioder: [] };
}

function containsEnds(periode: BoundedPeriode, ends: RequestedPeriode): boolean {
  return (ends.fom === null || contains(periode, ends.fom)) && (ends.tom === null || contains(periode, ends.tom));
}

function byPreference(one: Consent, other: Consent): number {
  return (
    compareText(other.rail, one.rail) ||
    other.validTo.getTime() - one.validTo.getTime() ||
    Number(other.answeredAt) - Number(one.answeredAt) ||
    compareText(one.id, other.id)
  );
}

function byFom(one: BoundedPeriode, other: BoundedPeriode): number {
  return compareText(one.fom, other.fom) || compareText(one.tom, other.tom);
}

function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** The span a read asks NAV for: an omitted end is the consent's own. */
export function effectivePeriode(consent: Consent, requested: RequestedPeriode): BoundedPeriode {
  return { fom: requested.fom ?? consent.periode.fom, tom: requested.tom ?? consent.periode.tom };
}

/**
 * What a rail's word changes on a stored consent; undefined: nothing but the time of confirmation.
 *
 * What the insurer gave up stays given up, and what NAV does not accept stays so, until the consent has ended at the rail.
 */
export function changeBy(consent: Consent, lookup: Lookup, now: Date): ConsentChange {
  const confirmed: ConsentChange = { confirmedAt: now };
  if (consent.status === 'RELINQUISHED') return confirmed;
  if (consent.status === 'UNUSABLE' && lookup.status === 'ACTIVE') return confirmed;
  const { status, answeredAt, pageUrl } = lookup;
  const same = consent.status === status && consent.pageUrl?.reveal() === pageUrl?.reveal();
  if (same) return confirmed;
  return { ...confirmed, status, answeredAt, endedAt: lookup.endedAt, pageUrl };
}

/** The terms on which a person is asked. */
export interface Terms {
  readonly purpose: Purpose;
  readonly periode: BoundedPeriode;
  /** Until when the insurer wishes to ask; null: as long as allowed. */
  readonly validTo: Date | null;
}

/** The longest a consent asked for now may last. */
export function latestValidTo(now: Date): Date {
  return threeYearsAfter(now);
}

/**
 * The consent that makes asking again needless: one in force on these terms, a request the person has not answered, or a
 * refusal too recent to ask again. Undefined: the person may be asked.
 *
 * @param askAgainAfterDays days that must pass after a refusal on the same terms
 */
export function standingAnswer(
  consents: readonly Consent[],
  terms: Terms,
  askAgainAfterDays: number,
  now: Date,
): Consent | undefined {
  const same = consents.filter(
    (consent) =>
      consent.purpose === terms.purpose &&
      consent.periode.fom === terms.periode.fom &&
      consent.periode.tom === terms.periode.tom,
  );
  const lastsLongEnough = (consent: Consent) => terms.validTo === null || terms.validTo <= consent.validTo;
  const declinedSince = now.getTime() - askAgainAfterDays * 86_400_000;
  return (
    same.find((consent) => statusAt(consent, now) === 'ACTIVE' && lastsLongEnough(consent)) ??
    same.find((consent) => statusAt(consent, now) === 'PENDING') ??
    same.find((consent) => consent.status === 'DECLINED' && Number(consent.answeredAt) > declinedSince)
  );
}
