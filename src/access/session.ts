import DataLoader from 'dataloader';
import type { SourceName } from '../benefits/index.ts';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { NationalId, Secret } from '../values.ts';
import type { Decision } from './consent.ts';
import { awaited, decide } from './consent.ts';
import type { Consents } from './consents.ts';
import { railOf, servedOf } from './consents.ts';
import type { RawInquiry } from './inquiry.ts';
import { assertOrdered, judgeInquiry } from './inquiry.ts';
import { assertMay, onlyPurposeOf, purposeOf } from './policy.ts';
import type {
  Applicant,
  Caller,
  Consent,
  ConsentFilter,
  ConsentOrder,
  ConsentRail,
  ConsentStore,
  Disclosure,
  DisclosureFilter,
  DisclosureLog,
  NavSource,
  OpenRails,
  Page,
  PageRequest,
  Purpose,
  Rail,
} from './ports.ts';
import type { Lane, Queue } from './queue.ts';
import type { ChoiceWish, Read, ReadContext, ReadRequest, ReadResult } from './read.ts';

/** Which consents a caller lists; `source`: only those that open it. */
export type ConsentListFilter = Omit<ConsentFilter, 'rails'> & { readonly source: SourceName | null };

/**
 * One request of one caller: its own look-ups, its own rails and credentials. Nothing in it outlives the request, and
 * nothing of another data consumer exists for it. Every method fails with a coded `GatewayError`.
 */
export interface Session {
  readonly caller: Caller;
  /** The applicant that a national id is for this data consumer; no look-up. */
  identify(nationalId: NationalId): Applicant;
  /** Undefined: nobody was asked and nothing was decided under this id for this data consumer. */
  applicant(id: string): Promise<Applicant | undefined>;
  consent(id: string): Promise<Consent | undefined>;
  /** The consent that a read would use now; if none is usable, the one that decides the answer; null: never asked. */
  decidingConsent(applicant: Applicant, source: SourceName | null, purpose: Purpose | null): Promise<Consent | null>;
  consents(request: PageRequest, filter: ConsentListFilter, order: ConsentOrder): Promise<Page<Consent>>;
  /** Auditors only. */
  disclosures(request: PageRequest, filter: DisclosureFilter): Promise<Page<Disclosure>>;
  /** Identical reads within the request are one read. */
  read<N extends SourceName>(request: ReadRequest<N>): Promise<ReadResult<N>>;
  /** The sources a consent opens. */
  covers(consent: Consent): readonly SourceName[];
  /** @param familyName for a rail that needs it; never stored */
  requestConsent(
    inquiry: RawInquiry,
    familyName?: Secret,
  ): Promise<{ readonly consent: Consent; readonly created: boolean }>;
  /** @throws GatewayError `NOT_FOUND` too */
  refreshConsent(id: string): Promise<Consent>;
  /** @throws GatewayError `NOT_FOUND` too */
  relinquishConsent(id: string): Promise<Consent>;
  /** From when the person who declined may be asked again on the same terms. */
  askAgainFrom(declined: Consent): Date;
}

/** A queue to each rail. */
export type RailQueues = { readonly [R in Rail]: Queue };

/** What every session leans on. */
export interface SessionOptions {
  readonly store: ConsentStore;
  readonly disclosures: DisclosureLog;
  readonly consents: Consents;
  readonly openRails: OpenRails;
  readonly read: Read;
  /** The queue to each source's host; sources on one host share one. */
  readonly queues: { readonly [N in SourceName]: Queue };
  /** The queues in which credentials are fetched. */
  readonly credentials: RailQueues;
  /** The queues in which rails are asked what has become of a request. */
  readonly lookups: RailQueues;
  readonly sourceNames: readonly SourceName[];
  readonly clock: Clock;
}

/** Opens the session of one request. */
export function openSession(options: SessionOptions, caller: Caller, callId: string, signal: AbortSignal): Session {
  const { store, clock } = options;
  const { organisationNumber } = caller.dataConsumer;
  const rails = options.openRails({ dataConsumer: caller.dataConsumer, callId, signal });
  const lanes = new Map<Queue, Lane>();
  const reads: { readonly [N in SourceName]: Map<string, Promise<ReadResult<N>>> } = {
    aapVedtak: new Map(),
    aapMeldekort: new Map(),
    uforeopplysninger: new Map(),
  };
  const refreshed = new Map<string, Promise<Consent>>();
  const opening = new Map<string, ReturnType<ConsentRail['open']>>();

  const applicants = new DataLoader<string, Applicant | undefined>((ids) =>
    store.findApplicants(organisationNumber, ids),
  );
  const consentsById = new DataLoader<string, Consent | undefined>((ids) => store.find(organisationNumber, ids));
  const consentsOf = new DataLoader<string, readonly Consent[]>((ids) => store.consentsOf(organisationNumber, ids));

  const covers = (consent: Consent, source: SourceName) => rails[consent.rail]?.covers(source) ?? false;

  function forget(consent: Consent): void {
    consentsOf.clear(consent.applicant.id);
    consentsById.clear(consent.id);
  }

  /** After a mutation, what was read before it is read anew: the next one in the request may select it again. */
  function startOver(consent: Consent): Consent {
    forget(consent);
    applicants.clear(consent.applicant.id);
    refreshed.clear();
    for (const known of Object.values(reads)) known.clear();
    return consent;
  }

  /** This request's own lane in a queue, so that others take their turn beside it. */
  function laneIn(queue: Queue): Lane {
    const lane = lanes.get(queue) ?? queue.lane();
    lanes.set(queue, lane);
    return lane;
  }

  /** A request that waits for its answer is looked up once in a request, however many reads wait for it. */
  async function refreshOnce(consent: Consent): Promise<Consent> {
    const lane = laneIn(options.lookups[consent.rail]);
    const underWay = refreshed.get(consent.id) ?? lane(() => options.consents.refresh(consent, rails));
    refreshed.set(consent.id, underWay);
    const current = await underWay;
    consentsById.clear(current.id);
    return current;
  }

  /** Whoever needs the same credential while it is fetched waits for it without a place of their own. */
  function open(consent: Consent, source: NavSource<SourceName>): ReturnType<ConsentRail['open']> {
    const key = `${consent.id} ${source.scope}`;
    const underWay =
      opening.get(key) ??
      laneIn(options.credentials[consent.rail])(() => railOf(consent.rail, rails).open(consent, source)).finally(() =>
        opening.delete(key),
      );
    opening.set(key, underWay);
    return underWay;
  }

  async function choose(applicant: Applicant, choice: ChoiceWish): Promise<Decision> {
    const consents = servedOf(rails, await consentsOf.load(applicant.id), clock.now());
    const wish = { ...choice, now: clock.now(), covers };
    const decision = decide(consents, wish);
    const waiting = 'use' in decision ? [] : awaited(consents, wish);
    if (waiting.length === 0) return decision;
    // What the rails said is put into the list at hand: nobody needs to query the store again.
    const answered = await Promise.all(waiting.map(refreshOnce));
    const current = new Map(answered.map((consent) => [consent.id, consent]));
    return decide(
      consents.map((consent) => current.get(consent.id) ?? consent),
      { ...wish, now: clock.now() },
    );
  }

  const context: ReadContext = {
    caller,
    callId,
    signal,
    rails,
    laneTo: (source) => laneIn(options.queues[source]),
    open,
    choose,
    async confirm(consent, lookup) {
      forget(await options.consents.confirm(consent, lookup));
    },
    async reject(consent) {
      forget(await options.consents.reject(consent));
    },
    forget: (applicant) => consentsOf.clear(applicant.id),
  };

  /** Reads, and once the data is recorded as delivered lets the rail know. The answer does not wait for that. */
  async function readAndTell<N extends SourceName>(request: ReadRequest<N>): Promise<ReadResult<N>> {
    const result = await options.read(request, context);
    if (result.kind === 'delivered') {
      const disclosure = { dataConsumer: organisationNumber, id: result.disclosureId };
      void rails[result.consent.rail]?.disclosed?.(result.consent, (logged) =>
        // What cannot be noted stays unknown in the record; the read itself is recorded.
        options.disclosures.noteUse(disclosure, { at: clock.now(), logged }).catch(() => undefined),
      );
    }
    return result;
  }

  async function own(id: string): Promise<Consent> {
    const consent = await consentsById.load(id);
    if (consent === undefined)
      throw new GatewayError('NOT_FOUND', 'There is no such consent. Ids come from requestConsent and consents.', {
        field: 'id',
      });
    return consent;
  }

  return {
    caller,
    identify(nationalId) {
      assertMay(caller, 'see consents');
      return store.identify(organisationNumber, nationalId);
    },
    async applicant(id) {
      assertMay(caller, 'see consents');
      return applicants.load(id);
    },
    async consent(id) {
      assertMay(caller, 'see consents');
      return consentsById.load(id);
    },
    async decidingConsent(applicant, source, purpose) {
      assertMay(caller, 'see consents');
      const decision = await choose(applicant, {
        source,
        purpose: purposeOf(caller, purpose),
        periode: { fom: null, tom: null },
      });
      return 'use' in decision ? decision.use : decision.decidedBy;
    },
    async consents(request, { source, ...filter }, order) {
      assertMay(caller, 'see consents');
      const covering = source === null ? null : RAIL_NAMES.filter((rail) => rails[rail]?.covers(source) ?? false);
      return store.page(organisationNumber, request, { ...filter, rails: covering }, order);
    },
    async disclosures(request, filter) {
      assertMay(caller, 'see disclosures');
      return options.disclosures.page(organisationNumber, request, filter);
    },
    async read<N extends SourceName>(request: ReadRequest<N>) {
      assertOrdered(request.periode, 'periode');
      const known: Map<string, Promise<ReadResult<N>>> = reads[request.source];
      const { applicant, periode } = request;
      const key = JSON.stringify([applicant.id, periode.fom, periode.tom, request.purpose ?? onlyPurposeOf(caller)]);
      const underWay = known.get(key) ?? readAndTell(request);
      known.set(key, underWay);
      return underWay;
    },
    covers: (consent) => options.sourceNames.filter((source) => covers(consent, source)),
    async requestConsent(raw, familyName) {
      assertMay(caller, 'ask for consent');
      const inquiry = judgeInquiry(raw, caller, clock.now());
      const { consent, created } = await options.consents.request(inquiry, rails, familyName);
      return { consent: startOver(consent), created };
    },
    async refreshConsent(id) {
      assertMay(caller, 'see consents');
      return startOver(await options.consents.refresh(await own(id), rails));
    },
    async relinquishConsent(id) {
      assertMay(caller, 'ask for consent');
      return startOver(await options.consents.relinquish(await own(id), rails));
    },
    askAgainFrom: options.consents.askAgainFrom,
  };
}

const RAIL_NAMES: readonly Rail[] = ['ALTINN_3', 'ALTINN_2'];
