import type { Answers, ReadBounds, Reading, SourceName } from '../benefits/index.ts';
import type { ErrorCode, Evidence } from '../errors.ts';
import type { BoundedPeriode, CivilDate } from '../periode.ts';
import type { NationalId, OrganisationNumber, Secret } from '../values.ts';
import type { Lookup } from './ports-rail.ts';

/** The purposes for which DSOP allows an insurer to ask. A consent is given for one of them. */
export type Purpose = 'OCCUPATIONAL_PENSION' | 'DISABILITY_INSURANCE';

/** What a caller does for a living, as its token says. */
export type Role = 'CASE_HANDLER' | 'ANALYST' | 'PARTNER' | 'AUDITOR' | 'OPERATOR';

/** The insurer or pension company that receives the data (`to` in Altinn 3, `CoveredBy` in Altinn 2, `consumer` at Maskinporten). */
export interface DataConsumer {
  readonly organisationNumber: OrganisationNumber;
  /** In bokmål, nynorsk and English. */
  readonly name: { readonly nb: string; readonly nn: string; readonly en: string };
  readonly purposes: readonly Purpose[];
  readonly sources: readonly SourceName[];
  /** Addresses a person may be sent back to; compared by origin and path prefix. */
  readonly returnUrls: readonly string[];
  /** `STOPPED`: the operator lets nothing be read for it. */
  readonly reads: 'OPEN' | 'STOPPED';
  /** The supplier that acts for it, when there is one. */
  readonly supplier: OrganisationNumber | null;
}

/** Whom the gateway takes the sender of a request for. */
export interface Caller {
  /** The `sub` of the token: a person's or machine's id at the issuer, never a national id. */
  readonly subject: string;
  readonly role: Role;
  readonly dataConsumer: DataConsumer;
  /** What token and configuration both allow. */
  readonly purposes: readonly Purpose[];
  readonly sources: readonly SourceName[];
}

/** A person as one data consumer knows them. The same person has another `id` with every data consumer. */
export interface Applicant {
  /** `p1_` and 22 characters; opaque, stable per person and data consumer. */
  readonly id: string;
  readonly dataConsumer: OrganisationNumber;
  readonly nationalId: NationalId;
}

/** The consent systems. */
export type Rail = 'ALTINN_2' | 'ALTINN_3';

/**
 * What has become of a consent. `EXPIRED` follows from `validTo` and is stored only when the store next touches the
 * row: read it through `statusAt` in `consent.ts`.
 */
export type ConsentStatus = 'PENDING' | 'ACTIVE' | 'DECLINED' | 'WITHDRAWN' | 'RELINQUISHED' | 'EXPIRED' | 'UNUSABLE';

/** How the gateway came by a consent: it asked for it, or it was given in Altinn 2 and migrated to Altinn 3. */
export type ConsentOrigin = 'REQUESTED' | 'MIGRATED';

/** A consent or the request for one, as stored. Two clocks in it never mix: `validTo` says until when one may ask, `periode` which dates one may see. */
export interface Consent {
  /** The gateway's own UUID. */
  readonly id: string;
  readonly applicant: Applicant;
  readonly rail: Rail;
  /**
   * The id by which the rail knows it (Altinn 3: a UUID that we chose; Altinn 2: the authorisation code, and until the rail
   * has confirmed the request a UUID that nobody else knows).
   */
  readonly railId: Secret;
  readonly origin: ConsentOrigin;
  readonly status: ConsentStatus;
  /** Rises with every change of the row: who changes it says which version they saw. */
  readonly version: number;
  readonly periode: BoundedPeriode;
  readonly validTo: Date;
  readonly purpose: Purpose;
  readonly requestedAt: Date;
  /** When the rail last confirmed the status; null: it has never answered for this request, which may not have reached it. */
  readonly confirmedAt: Date | null;
  readonly changedAt: Date;
  readonly answeredAt: Date | null;
  readonly endedAt: Date | null;
  readonly lastReadAt: Date | null;
  /** Where the person answers; null unless PENDING and confirmed. Whoever holds it can open the request. */
  readonly pageUrl: Secret | null;
  readonly reference: string | null;
  /** Where the person is sent after answering; empty for one that was migrated, whose person has answered elsewhere. */
  readonly returnUrl: string;
  /** 128 random bits, base64url: names the consent in the address that Altinn returns to. */
  readonly returnReference: string;
}

/** A consent about to be requested: what is stored before the outside world is asked. */
export type NewConsent = Pick<
  Consent,
  | 'id'
  | 'applicant'
  | 'rail'
  | 'railId'
  | 'periode'
  | 'validTo'
  | 'purpose'
  | 'requestedAt'
  | 'reference'
  | 'returnUrl'
  | 'returnReference'
>;

/** A consent that was given before the gateway knew of it, with what its rail says of it. */
export type MigratedConsent = Omit<NewConsent, 'reference' | 'returnUrl'> &
  Pick<Consent, 'answeredAt' | 'endedAt'> & {
    readonly status: Exclude<Lookup['status'], 'PENDING'>;
    readonly confirmedAt: Date;
  };

/** What can change on a stored consent. Left out: stays as it is. A changed status sets `changedAt`. */
export interface ConsentChange {
  /** The id that the rail chose; see {@link Lookup}. */
  readonly railId?: Secret;
  readonly status?: ConsentStatus;
  /** An earlier end, where the rail has one; see {@link Lookup}. */
  readonly validTo?: Date;
  readonly confirmedAt?: Date;
  readonly answeredAt?: Date | null;
  readonly endedAt?: Date | null;
  readonly pageUrl?: Secret | null;
}

/** Why no consent allows a read, most telling first; see `decide` in `consent.ts`. */
export type ConsentRequiredReason =
  | 'PENDING'
  | 'OUTSIDE_PERIOD'
  | 'SOURCE_NOT_COVERED'
  | 'UNUSABLE'
  | 'RELINQUISHED'
  | 'WITHDRAWN'
  | 'EXPIRED'
  | 'DECLINED'
  | 'NEVER_ASKED';

// --- The rails ---------------------------------------------------------------------------------------------------

export type {
  ConsentRail,
  ConsentWish,
  HeldCode,
  Lookup,
  Opened,
  OpenRails,
  RequestScope,
  TriedCode,
} from './ports-rail.ts';

// --- The sources -------------------------------------------------------------------------------------------------

/** The ends a read asks for; an absent end means that end of the consent, as NAV reads it. */
export interface RequestedPeriode {
  readonly fom: CivilDate | null;
  readonly tom: CivilDate | null;
}

/** One call to a source of NAV. */
export interface NavRequest {
  readonly person: NationalId;
  readonly periode: RequestedPeriode;
  /** What the consent lets the caller see, and what was asked for: rows beyond are dropped, overhang is cut. */
  readonly bounds: ReadBounds;
  readonly headers: Readonly<Record<string, Secret>>;
  readonly callId: string;
  readonly signal: AbortSignal;
  /** Called for each attempt that may have reached NAV: the person can see as many entries on nav.no. */
  onAttempt(): void;
}

/** What a source says. `refused`: NAV answered 403, which alone decides nothing. */
export type NavAnswer<N extends SourceName> = Reading<Answers[N]> | { readonly refused: Evidence };

/**
 * A source of NAV: given a person, a span and headers, it reads. Fails with `NAV_UNAVAILABLE`, `NAV_UNREADABLE`, `ABANDONED`,
 * or `NAV_REFUSED`, whose evidence has status 401 where the headers were not accepted.
 */
export interface NavSource<N extends SourceName> {
  readonly name: N;
  /** The Maskinporten scope that opens it. */
  readonly scope: string;
  fetch(request: NavRequest): Promise<NavAnswer<N>>;
}

/** Every source, by the name of its GraphQL field. */
export type NavSources = { readonly [N in SourceName]: NavSource<N> };

// --- What is remembered ------------------------------------------------------------------------------------------

/** One page of a list, in the order asked for. */
export interface Page<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[];
  readonly hasNextPage: boolean;
}

/** Which page: `first` rows (1..100) after a cursor. A cursor serves only the data consumer, filter and order it was made for; another is `INVALID_INPUT` on `after`. */
export interface PageRequest {
  readonly first: number;
  readonly after: string | null;
}

/** In which order consents are listed; ties go by id. `CHANGED_AT_ASC` is for whoever asks what is new since a moment. */
export type ConsentOrder = 'REQUESTED_AT_DESC' | 'VALID_TO_ASC' | 'CHANGED_AT_ASC';

/** Which consents; null: not narrowed. Statuses are those of the present moment, so that EXPIRED finds what ran out. */
export interface ConsentFilter {
  readonly applicant: string | null;
  readonly status: readonly ConsentStatus[] | null;
  readonly rails: readonly Rail[] | null;
  readonly expiresBefore: Date | null;
  readonly lastReadBefore: Date | null;
  readonly changedAfter: Date | null;
  readonly reference: string | null;
}

/**
 * Applicants and consents. Every method throws when the storage fails, a write with `STORE_UNAVAILABLE`; nothing is lost
 * silently. What belongs to another data consumer is not found, as if it were not there, at the same cost.
 */
export interface ConsentStore {
  /** The applicant that a national id is for a data consumer. Pure computation: no look-up, nothing stored. */
  identify(dataConsumer: OrganisationNumber, nationalId: NationalId): Applicant;
  /** In the order of `ids`; undefined where there is none. One query. */
  findApplicants(dataConsumer: OrganisationNumber, ids: readonly string[]): Promise<readonly (Applicant | undefined)[]>;
  /** All consents of each applicant, in the order of `applicants`, each newest request first. One query. */
  consentsOf(dataConsumer: OrganisationNumber, applicants: readonly string[]): Promise<readonly (readonly Consent[])[]>;
  /** In the order of `ids`; undefined where there is none. One query. */
  find(dataConsumer: OrganisationNumber, ids: readonly string[]): Promise<readonly (Consent | undefined)[]>;
  findByReturnReference(returnReference: string): Promise<Consent | undefined>;
  /**
   * Stores a request as PENDING, unconfirmed, together with its applicant. If the applicant already has a pending request
   * for the same purpose and span on that rail, that one is returned and nothing is stored; one on another rail is
   * RELINQUISHED, since this takes its place.
   */
  insert(consent: NewConsent): Promise<{ readonly consent: Consent; readonly inserted: boolean }>;
  /** The id under which a consent from another system is stored: the same for every look at the same code. Pure computation. */
  identifyCode(dataConsumer: OrganisationNumber, code: Secret): string;
  /**
   * Stores a consent that was migrated as it stands, together with its applicant. If there is one under this id already,
   * that one is returned and nothing is stored.
   */
  migrate(consent: MigratedConsent): Promise<{ readonly consent: Consent; readonly inserted: boolean }>;
  /**
   * Applies the change if the stored version is still that of `consent`; undefined: somebody else changed it meanwhile, read it
   * again. Only one request for the same purpose and span may be pending: another that becomes so again stays as it ended.
   */
  change(consent: Consent, change: ConsentChange): Promise<Consent | undefined>;
  /** Removes a request that the rail refused to put to the person. Does nothing once the rail has confirmed it. */
  discard(consent: Consent): Promise<void>;
  page(
    dataConsumer: OrganisationNumber,
    request: PageRequest,
    filter: ConsentFilter,
    order: ConsentOrder,
  ): Promise<Page<Consent>>;
}

/** What a caller means to read, written before anything else happens. */
export interface Intention {
  /** The id of the disclosure, a UUID. */
  readonly id: string;
  readonly at: Date;
  readonly caller: Caller;
  readonly applicant: Applicant;
  readonly source: SourceName;
  /** Null only when policy refused before a purpose was settled. */
  readonly purpose: Purpose | null;
  readonly requested: RequestedPeriode;
  /** The consent that allows it; null when none does. */
  readonly consent: Consent | null;
  readonly callId: string;
}

/** How a read ended. */
export interface Settlement {
  readonly at: Date;
  readonly outcome: 'DELIVERED' | 'REFUSED' | 'FAILED' | 'WITHHELD';
  readonly refusedBecause: ConsentRequiredReason | null;
  readonly errorCode: ErrorCode | null;
  /** Calls that may have reached NAV. */
  readonly attempts: number;
  /** What is about to be shown, as JSON, of which only a keyed digest is kept; null when nothing is shown. */
  readonly payload: string | null;
}

/** A record of the log, as auditors see it. */
export interface Disclosure {
  readonly id: string;
  readonly intendedAt: Date;
  readonly settledAt: Date | null;
  readonly source: SourceName;
  readonly purpose: Purpose | null;
  /** UNSETTLED: still running, or the gateway ended before it could say; NAV may have been asked. */
  readonly outcome: Settlement['outcome'] | 'UNSETTLED';
  readonly refusedBecause: ConsentRequiredReason | null;
  readonly errorCode: string | null;
  /** Null once the person's row was erased. */
  readonly applicant: Applicant | null;
  readonly consentId: string | null;
  readonly requested: RequestedPeriode;
  readonly attempts: number;
  /** Whether the consent system has kept account of the use for the person; null: it is not told of uses, or nobody knows. */
  readonly useLogged: boolean | null;
  readonly caller: string;
  readonly role: Role;
  readonly supplier: OrganisationNumber | null;
  readonly reference: string | null;
  readonly callId: string;
}

/** Which records; null: not narrowed. `from` is included, `to` is not. */
export interface DisclosureFilter {
  readonly applicant: string | null;
  readonly outcome: readonly Disclosure['outcome'][] | null;
  readonly source: SourceName | null;
  readonly from: Date | null;
  readonly to: Date | null;
  readonly reference: string | null;
}

/**
 * The record of every disclosure: append-only, durable before the promise resolves. Whatever goes wrong is thrown; the
 * staircase turns it into `AUDIT_UNAVAILABLE`.
 */
export interface DisclosureLog {
  /** Records the intention (and the applicant, so that its id resolves from now on). */
  intend(intention: Intention): Promise<void>;
  /**
   * Records how an intended read ended. For DELIVERED the consent is read again in the same transaction: if it is no
   * longer ACTIVE with `validTo` ahead, WITHHELD is recorded instead and `CONSENT_ENDED` returned, and the data must not
   * leave. A second settlement of the same intention throws.
   */
  settle(intention: Intention, settlement: Settlement): Promise<'SETTLED' | 'CONSENT_ENDED'>;
  /** Records a read that was refused before NAV was asked: intention and outcome in one. */
  refuse(intention: Intention, settlement: Settlement): Promise<void>;
  /** Records whether the consent system kept account of a delivered read. A second note of the same disclosure throws. */
  noteUse(
    disclosure: { readonly dataConsumer: OrganisationNumber; readonly id: string },
    use: { readonly at: Date; readonly logged: boolean },
  ): Promise<void>;
  /** Newest first. */
  page(dataConsumer: OrganisationNumber, request: PageRequest, filter: DisclosureFilter): Promise<Page<Disclosure>>;
}
