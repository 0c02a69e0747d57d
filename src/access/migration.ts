import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { BoundedPeriode } from '../periode.ts';
import type { NationalId, OrganisationNumber, Secret } from '../values.ts';
import { latestValidTo, statusAt } from './consent.ts';
import type { Consents, Rails } from './consents.ts';
import { railOf } from './consents.ts';
import { assertReturnUrl, judgeInquiry } from './inquiry.ts';
import type { Finding, MigrationOutcome, MigrationReason } from './migration-findings.ts';
import { findingOf, judgeTried } from './migration-findings.ts';
import { purposeOf } from './policy.ts';
import type {
  Applicant,
  Caller,
  ConsentStore,
  DataConsumer,
  NavSources,
  OpenRails,
  Purpose,
  RequestedPeriode,
} from './ports.ts';

/** A consent of Altinn 2 as its data consumer holds it. */
export interface HeldConsent {
  readonly person: NationalId;
  /** Its `AuthorizationCode`: a GUID, lower case. */
  readonly code: Secret;
  /** Until when it is valid, by the data consumer's own list: for how long the person is asked anew; null: as is usual. */
  readonly validTo: Date | null;
  /** Which dates it shows, by the same list; an end counts where Altinn has none. */
  readonly periode: RequestedPeriode;
}

/** Whose consents are migrated, and what for. */
export interface MigrationWish {
  readonly dataConsumer: OrganisationNumber;
  /** Null: the data consumer's only one. */
  readonly purpose: Purpose | null;
  /** Where people who are asked anew are sent after answering; null: nobody is asked. */
  readonly returnUrl: string | null;
}

/** What has become of a consent of Altinn 2. */
export interface MigrationResult {
  /** `ASKED`: it was of no use, and the person has a new request to answer. */
  readonly outcome: MigrationOutcome | 'ASKED';
  /** Why the old one is not usable; null when it is, or another in its place. */
  readonly reason: MigrationReason | null;
  /** Id of the consent that counts now; null: nothing is stored. */
  readonly consent: string | null;
}

/** Takes consents of Altinn 2 over into Altinn 3, in any order, as often as wanted: what is stored stays as it is. */
export interface Migration {
  /**
   * Takes one consent over. What is stored of it stands; otherwise Altinn and Maskinporten are asked, and NAV never is.
   *
   * @param callId goes to the upstreams as request id, and into the log; a UUID
   * @throws GatewayError `ALTINN_*`, `MASKINPORTEN_*` or `DELEGATION_MISSING` when nobody can tell now: nothing new is stored,
   *   and the same consent may be tried again. With Altinn 2 for new requests, asking fails with `INVALID_INPUT`: no list
   *   holds family names.
   */
  migrate(held: HeldConsent, callId: string): Promise<MigrationResult>;
}

/** What migrations lean on. */
export interface MigrationOptions {
  readonly store: ConsentStore;
  readonly consents: Consents;
  readonly openRails: OpenRails;
  readonly sources: NavSources;
  readonly dataConsumers: ReadonlyMap<OrganisationNumber, DataConsumer>;
  readonly clock: Clock;
}

/**
 * Opens the migration of one data consumer's consents.
 *
 * @throws GatewayError `NOT_FOUND`, `FORBIDDEN` or `INVALID_INPUT` when the wish does not fit the configuration
 */
export function openMigration(options: MigrationOptions, wish: MigrationWish): Migration {
  const { store, clock } = options;
  const dataConsumer = options.dataConsumers.get(wish.dataConsumer);
  const [sourceName] = dataConsumer?.sources ?? [];
  if (dataConsumer === undefined || sourceName === undefined)
    throw new GatewayError('NOT_FOUND', 'There is no such data consumer in the configuration, or none that may read.');
  const caller = operatorFor(dataConsumer);
  const purpose = purposeOf(caller, wish.purpose);
  if (wish.returnUrl !== null) assertReturnUrl(wish.returnUrl, dataConsumer.returnUrls);
  // One that opens a source opens all of them; its own scope is the first of those it surely has.
  const source = options.sources[sourceName];
  const underWay = new Map<string, Promise<MigrationResult>>();

  async function find(id: string, applicant: Applicant, held: HeldConsent, rails: Rails): Promise<Finding> {
    const [stored] = await store.find(wish.dataConsumer, [id]);
    if (stored !== undefined) return findingOf(stored, applicant, purpose, clock.now());
    const { name: rail, tryCode } = railOf('ALTINN_3', rails);
    if (tryCode === undefined) throw new Error('the rail that took the consents over can try their codes');
    const judged = judgeTried(await tryCode({ applicant, code: held.code }, source), held.periode);
    if ('outcome' in judged) return judged;
    const { status, periode, validTo, lookup } = judged;
    const now = clock.now();
    const { consent } = await store.migrate({
      id,
      applicant,
      rail,
      railId: held.code,
      status,
      periode,
      validTo,
      purpose,
      requestedAt: judged.requestedAt ?? lookup.answeredAt ?? now,
      confirmedAt: now,
      answeredAt: lookup.answeredAt,
      endedAt: lookup.endedAt,
      returnReference: randomBytes(16).toString('base64url'),
    });
    return findingOf(consent, applicant, purpose, now);
  }

  async function ask(
    terms: { readonly applicant: Applicant; readonly periode: BoundedPeriode; readonly returnUrl: string },
    reason: MigrationReason | null,
    { validTo }: HeldConsent,
    rails: Rails,
  ): Promise<MigrationResult> {
    const now = clock.now();
    const unsaid = { reference: null, message: null, portalViewMode: 'HIDE' } as const;
    const raw = { ...terms, ...unsaid, purpose, validTo: ifPossible(validTo, now) };
    const { consent } = await options.consents.request(judgeInquiry(raw, caller, now), rails);
    const status = statusAt(consent, clock.now());
    if (status === 'ACTIVE') return { outcome: 'USABLE', reason: null, consent: consent.id };
    if (status === 'PENDING') return { outcome: 'ASKED', reason, consent: consent.id };
    return { outcome: 'ASK_AGAIN', reason: status, consent: consent.id };
  }

  /** Nobody is asked for what cannot be named, nor for what the data consumer itself gave up. */
  async function migrate(id: string, applicant: Applicant, held: HeldConsent, rails: Rails): Promise<MigrationResult> {
    const { periode, ...found } = await find(id, applicant, held, rails);
    const isAskable = found.outcome === 'ASK_AGAIN' && found.reason !== 'RELINQUISHED' && periode !== null;
    if (wish.returnUrl === null || !isAskable) return found;
    return ask({ applicant, periode, returnUrl: wish.returnUrl }, found.reason, held, rails);
  }

  return {
    async migrate(held, callId) {
      const applicant = store.identify(wish.dataConsumer, held.person);
      const id = store.identifyCode(wish.dataConsumer, held.code);
      // A list may hold a line twice: the second shares the first one's answer, for the store cannot have it yet.
      const key = `${id} ${applicant.id}`;
      const known = underWay.get(key);
      if (known !== undefined) return known;
      const rails = options.openRails({ dataConsumer, callId, signal: new AbortController().signal });
      const result = migrate(id, applicant, held, rails).finally(() => underWay.delete(key));
      underWay.set(key, result);
      return result;
    },
  };
}

/** In whose name consents are migrated: the operator's, with all that the data consumer may. */
function operatorFor(dataConsumer: DataConsumer): Caller {
  const { purposes, sources } = dataConsumer;
  return { subject: 'import-consents', role: 'OPERATOR', dataConsumer, purposes, sources };
}

/** The end of the old consent, where a new one may have it. */
function ifPossible(validTo: Date | null, now: Date): Date | null {
  return validTo !== null && validTo > now && validTo <= latestValidTo(now) ? validTo : null;
}
