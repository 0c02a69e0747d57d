import type { SourceName } from '../benefits/index.ts';
import type { Secret } from '../values.ts';
import type { Applicant, Consent, DataConsumer, Rail, RequestedPeriode } from './ports.ts';

/** What a rail says about a consent right now. */
export interface Lookup {
  readonly status: 'PENDING' | 'ACTIVE' | 'DECLINED' | 'WITHDRAWN' | 'EXPIRED';
  readonly answeredAt: Date | null;
  readonly endedAt: Date | null;
  readonly pageUrl: Secret | null;
  /** The rail's id of the consent, where the rail chose it. It is stored with the first confirmation, and never after. */
  readonly railId?: Secret;
  /** When the consent ends at the rail, where that is earlier than its own `validTo`: it becomes that. */
  readonly validTo?: Date;
}

/** A consent that another system asked for, as its data consumer holds it. */
export interface HeldCode {
  readonly applicant: Applicant;
  /** The code that the other system gave it: a GUID, lower case. */
  readonly code: Secret;
}

/**
 * What trying a code shows. `MISMATCH`: the rail knows the code, but the consent is not this person's, or not given to this
 * data consumer.
 */
export type TriedCode =
  | 'MISMATCH'
  | {
      readonly lookup: Lookup;
      /** Whether a token that carries the consent was issued; never where it is not ACTIVE. */
      readonly opens: boolean;
      readonly requestedAt: Date | null;
      readonly validTo: Date;
      /** The dates it shows; an end is null where none is stored with it. Undefined: what is stored cannot be read as dates. */
      readonly periode: RequestedPeriode | undefined;
    };

/** A request to be put to a person. */
export interface ConsentWish {
  readonly consent: Consent;
  /** Where Altinn sends the person afterwards: the gateway's own return address. */
  readonly redirectUrl: string;
  readonly message: { readonly nb: string; readonly nn: string | null; readonly en: string | null } | null;
  readonly portalViewMode: 'HIDE' | 'SHOW';
  /** The consent was stored just now, so that the rail cannot have heard of it; told to a rail that chooses ids. Left out: it may have. */
  readonly isFirst?: true;
  /** The person's family name, for a rail that needs it; never stored. */
  readonly familyName?: Secret;
}

/** What opens NAV's door: request headers. They are credentials and live no longer than the request they were made for. */
export interface Opened {
  readonly headers: Readonly<Record<string, Secret>>;
  /** Whether it is so old by now that NAV's 403 may be due to that. Left out: NAV answers 401 to an old one. */
  readonly hasGrownOld?: () => boolean;
  /** The rail's word on the consent, where issuing this has told more than is stored. */
  readonly word?: Lookup;
}

/**
 * A consent system, bound to one data consumer and one request. Every method fails with a coded `GatewayError`
 * (`ALTINN_*`, `MASKINPORTEN_*`, `DELEGATION_MISSING`); what the error says about retrying holds.
 */
export interface ConsentRail {
  readonly name: Rail;
  /** The rail itself chooses the ids of consents, so that it cannot tell a repeated request from a new one. */
  readonly choosesId?: true;
  /** A request on this rail names the person by family name too. */
  readonly needsFamilyName?: true;
  /** Whether a consent on this rail opens the source at all. */
  covers(source: SourceName): boolean;
  /** Puts the request to the person. Repeating it for the same consent is safe: nobody is asked twice. */
  request(wish: ConsentWish): Promise<Lookup>;
  /** Asks what has become of the consent; undefined: the rail does not know it. */
  lookup(consent: Consent): Promise<Lookup | undefined>;
  /**
   * Turns a granted consent into the headers for one source. `refused`: a second witness confirms that the consent no
   * longer stands. One credential serves all calls for the same consent and scope in this request.
   * @param notAccepted what NAV has just refused, by 401 or for its age: the token in it is not handed out again
   */
  open(
    consent: Consent,
    source: { readonly name: SourceName; readonly scope: string },
    notAccepted?: Opened,
  ): Promise<Opened | { readonly refused: Lookup }>;
  /**
   * Tries whether a code of another system names a consent here, and whether it opens that source, by a token that is then
   * thrown away. On a rail that has taken over the other system's consents. Undefined: the rail does not know it.
   */
  tryCode?(held: HeldCode, source: { readonly scope: string }): Promise<TriedCode | undefined>;
  /** Tells the rail that the insurer has given the consent or the request for it up. Repeating it is safe. */
  relinquish?(consent: Consent): Promise<void>;
  /**
   * Tells the rail that data was delivered under the consent, where the rail keeps account of it for the person. Best effort:
   * outlives its request, since nobody waits for it.
   * @param note called with whether the rail has kept account of it, once it has said so; not at all where that is not known.
   *   Never fails
   */
  disclosed?(consent: Consent, note: (logged: boolean) => Promise<void>): Promise<void>;
}

/** What ties a rail's work to one request. */
export interface RequestScope {
  readonly dataConsumer: DataConsumer;
  /** Goes to the upstreams as request id; a UUID. */
  readonly callId: string;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** Makes the rails of one request. A rail that is not configured is absent. */
export type OpenRails = (scope: RequestScope) => { readonly [R in Rail]?: ConsentRail };
