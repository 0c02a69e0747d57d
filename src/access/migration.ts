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
  Consent,
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

/** What has become of a consent that was taken over, and how to ask the person of one that is of no use. */
export interface Migrated extends MigrationResult {
  /**
   * Asks the person anew on the same terms, by the rules of `requestConsent`; left out: nobody is to be asked. It is for when
   * the whole list is taken over, since whoever has another consent in force for the purpose is left alone, whatever its
   * dates: `USABLE` under that one. So is whoever has one that this migration could not judge: as before.
   *
   * @param callId goes to the upstreams as request id, and into the log; a UUID
   * @throws GatewayError `ALTINN_*`, `MASKINPORTEN_*` or `DELEGATION_MISSING`; called again, it asks nobody twice. With Altinn 2
   *   for new requests it fails with `INVALID_INPUT`: no list holds family names.
   */
  readonly ask?: (callId: string) => Promise<MigrationResult>;
}

/** Takes consents of Altinn 2 over into Altinn 3, in any order, as often as wanted: what is stored stays as it is. */
export interface Migration {
  /**
   * Takes one consent over, and asks nobody. What is stored of it stands; otherwise Altinn and Maskinporten are asked, and NAV
   * never is.
   *
   * @param callId goes to the upstreams as request id, and into the log; a UUID
   * @throws GatewayError `ALTINN_*`, `MASKINPORTEN_*` or `DELEGATION_MISSING` when nobody can tell now: nothing new is stored,
   *   and the same consent may be tried again
   */
  migrate(held: HeldConsent, callId: string): Promise<Migrated>;
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
  const underWay = new Map<string, Promise<Migrated>>();
  /** Ids of people with a consent that nobody could judge. It may stand, so they are not asked. */
  const undecided = new Set<string>();

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

  const railsFor = (callId: string): Rails =>
    options.openRails({ dataConsumer, callId, signal: new AbortController().signal });

  /** The person's consent that serves in the place of others, as its rail has just confirmed. */
  async function inForce(consents: readonly Consent[], rails: Rails): Promise<Consent | undefined> {
    const [first, ...others] = consents.filter((each) => each.purpose === purpose && rails[each.rail] !== undefined);
    if (first === undefined) return undefined;
    const status = statusAt(first, clock.now());
    // What waits for an answer here may have one at the rail.
    const current = status === 'ACTIVE' || status === 'PENDING' ? await options.consents.refresh(first, rails) : first;
    return statusAt(current, clock.now()) === 'ACTIVE' ? current : inForce(others, rails);
  }

  async function ask({ person, stranger, terms, known }: Question, callId: string): Promise<MigrationResult> {
    if (undecided.has(person)) return known;
    const rails = railsFor(callId);
    const [consents = []] = await store.consentsOf(wish.dataConsumer, [person]);
    const other = await inForce(consents, rails);
    if (other !== undefined) return { outcome: 'USABLE', reason: null, consent: other.id };
    const applicant = consents[0]?.applicant ?? stranger;
    if (applicant === null) throw new GatewayError('NOT_FOUND', 'What was stored of the person is gone. Run it again.');
    const now = clock.now();
    const unsaid = { reference: null, message: null, portalViewMode: 'HIDE' } as const;
    const raw = { ...terms, ...unsaid, applicant, purpose, validTo: ifPossible(terms.validTo, now) };
    const { consent } = await options.consents.request(judgeInquiry(raw, caller, now), rails);
    const status = statusAt(consent, clock.now());
    if (status === 'ACTIVE') return { outcome: 'USABLE', reason: null, consent: consent.id };
    if (status === 'PENDING') return { outcome: 'ASKED', reason: known.reason, consent: consent.id };
    return { outcome: 'ASK_AGAIN', reason: status, consent: consent.id };
  }

  /** Holds the question alone, and nothing of the list beside it. */
  function asking(question: Question): Required<Migrated>['ask'] {
    return (callId) => ask(question, callId);
  }

  /** Nobody is asked for what cannot be named, nor for what the data consumer itself gave up. */
  async function migrate(id: string, applicant: Applicant, held: HeldConsent, rails: Rails): Promise<Migrated> {
    const { periode, ...known } = await find(id, applicant, held, rails);
    const { returnUrl } = wish;
    const isAskable = known.outcome === 'ASK_AGAIN' && known.reason !== 'RELINQUISHED';
    if (returnUrl === null || !isAskable || periode === null) return known;
    const terms = { periode, validTo: held.validTo, returnUrl };
    const stranger = known.consent === null ? applicant : null;
    return { ...known, ask: asking({ person: applicant.id, stranger, terms, known }) };
  }

  return {
    async migrate(held, callId) {
      const applicant = store.identify(wish.dataConsumer, held.person);
      const id = store.identifyCode(wish.dataConsumer, held.code);
      // A list may hold a line twice: the second shares the first one's answer, for the store cannot have it yet.
      const key = `${id} ${applicant.id}`;
      const known = underWay.get(key);
      if (known !== undefined) return known;
      const result = migrate(id, applicant, held, railsFor(callId))
        .catch((error: unknown) => {
          undecided.add(applicant.id);
          throw error;
        })
        .finally(() => underWay.delete(key));
      underWay.set(key, result);
      return result;
    },
  };
}

/** What is kept of a consent until its person is asked: neither its code nor, where the store can tell it, the national id. */
interface Question {
  /** Id of the applicant. */
  readonly person: string;
  /** The applicant where nothing of them is stored. */
  readonly stranger: Applicant | null;
  readonly terms: { readonly periode: BoundedPeriode; readonly validTo: Date | null; readonly returnUrl: string };
  /** What has become of the consent. */
  readonly known: MigrationResult;
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
