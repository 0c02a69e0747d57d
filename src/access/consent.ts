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

/** When a consent ended; null while it may still be answered or used. Where nobody said when, the moment it became known. */
export function endedAt(consent: Consent, now: Date): Date | null {
  const status = statusAt(consent, now);
  if (!isEnded(status)) return null;
  return consent.endedAt ?? (status === 'EXPIRED' ? consent.validTo : consent.changedAt);
}

/** The statuses after which a consent gives no access any more, each a reason why a read may not happen. */
type Ended = Extract<ConsentStatus, 'DECLINED' | 'WITHDRAWN' | 'RELINQUISHED' | 'EXPIRED'>;

/** Tells whether a status is an end. UNUSABLE is none: it is in force, and NAV does not accept it. */
export function isEnded(status: ConsentStatus): status is Ended {
  return status === 'DECLINED' || status === 'WITHDRAWN' || status === 'RELINQUISHED' || status === 'EXPIRED';
}

/**
 * Whether nothing but NAV's first answer tells if NAV accepts the consent: it was given in Altinn 2, for another resource, and
 * NAV has not delivered under it. Of every other consent NAV's refusal alone says nothing.
 */
export function isUntried({ origin, status, lastReadAt }: Consent): boolean {
  return origin === 'MIGRATED' && status === 'ACTIVE' && lastReadAt === null;
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
  const active = preferred(consents, wish, 'ACTIVE');
  const use = active.find((consent) => allows(consent, wish));
  if (use !== undefined) return { use };

  const pending = awaited(consents, wish).find((consent) => allows(consent, wish));
  if (pending !== undefined) return refusal('PENDING', pending);
  const outside = active.filter((consent) => opens(consent, wish));
  if (outside[0] !== undefined) {
    const allowedPerioder = outside.map((consent) => consent.periode).toSorted(byFom);
    return { reason: 'OUTSIDE_PERIOD', decidedBy: outside[0], allowedPerioder };
  }
  if (active[0] !== undefined) return refusal('SOURCE_NOT_COVERED', active[0]);
  const [unusable] = preferred(consents, wish, 'UNUSABLE');
  if (unusable !== undefined) return refusal('UNUSABLE', unusable);
  return refusalByLastEnded(consents, wish);
}

/**
 * The requests not answered yet that would open the source, for whichever dates; their rail may know more than the store,
 * and what it knows decides the reason of a refusal too. Most preferred first.
 */
export function awaited(consents: readonly Consent[], wish: ReadWish): readonly Consent[] {
  return preferred(consents, wish, 'PENDING').filter((consent) => opens(consent, wish));
}

function preferred(
  consents: readonly Consent[],
  { purpose, now }: ReadWish,
  status: ConsentStatus,
): readonly Consent[] {
  return consents
    .filter((consent) => consent.purpose === purpose && statusAt(consent, now) === status)
    .toSorted(byPreference);
}

function opens(consent: Consent, { source, covers }: ReadWish): boolean {
  return source === null || covers(consent, source);
}

function allows(consent: Consent, wish: ReadWish): boolean {
  return opens(consent, wish) && containsEnds(consent.periode, wish.periode);
}

function refusalByLastEnded(consents: readonly Consent[], { purpose, now }: ReadWish): Refusal {
  const ended = consents.flatMap((consent) => {
    const status = statusAt(consent, now);
    return consent.purpose === purpose && isEnded(status)
      ? [{ consent, status, at: Number(endedAt(consent, now)) }]
      : [];
  });
  const [last] = ended.toSorted((one, other) => other.at - one.at || compareText(one.consent.id, other.consent.id));
  if (last === undefined) return { reason: 'NEVER_ASKED', decidedBy: null, allowedPerioder: [] };
  return refusal(last.status, last.consent);
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
 * What a rail's word changes on a stored consent; only `confirmedAt`: nothing but the time of confirmation. The first word
 * brings the rail's own id where the rail chose it; no later one may put another in its place. An end that the rail puts
 * earlier counts, a later one never does.
 *
 * Answers of a rail may arrive late and out of order, but a consent only moves forwards: what a person declined or withdrew
 * and what the insurer gave up stays so, and what NAV does not accept stays so until it ends. EXPIRED alone is no more
 * than what `validTo` says, so the rail may correct it.
 */
export function changeBy(consent: Consent, lookup: Lookup, now: Date): ConsentChange {
  const { status, answeredAt, endedAt, pageUrl, railId, validTo } = lookup;
  const isNamed = railId !== undefined && consent.confirmedAt === null;
  const isShortened = validTo !== undefined && validTo < consent.validTo;
  const confirmed: ConsentChange = {
    confirmedAt: now,
    ...(isNamed ? { railId } : {}),
    ...(isShortened ? { validTo } : {}),
  };
  const same = consent.status === status && consent.pageUrl?.reveal() === pageUrl?.reveal();
  if (same || !MOVES[consent.status].includes(status)) return confirmed;
  return { ...confirmed, status, answeredAt, endedAt, pageUrl };
}

const ENDS: readonly Lookup['status'][] = ['DECLINED', 'WITHDRAWN', 'EXPIRED'];

const MOVES: { readonly [S in ConsentStatus]: readonly Lookup['status'][] } = {
  PENDING: ['PENDING', 'ACTIVE', ...ENDS],
  EXPIRED: ['PENDING', 'ACTIVE', ...ENDS],
  ACTIVE: ENDS,
  UNUSABLE: ENDS,
  DECLINED: [],
  WITHDRAWN: [],
  RELINQUISHED: [],
};

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

const DAY_MS = 86_400_000;

/** From when a person who declined may be asked again on the same terms. */
export function askAgainFrom(declined: Consent, askAgainAfterDays: number, now: Date): Date {
  return new Date(Number(endedAt(declined, now)) + askAgainAfterDays * DAY_MS);
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
  return (
    same.find((consent) => statusAt(consent, now) === 'ACTIVE' && lastsLongEnough(consent)) ??
    same.find((consent) => statusAt(consent, now) === 'PENDING') ??
    same.find((consent) => consent.status === 'DECLINED' && askAgainFrom(consent, askAgainAfterDays, now) > now)
  );
}
