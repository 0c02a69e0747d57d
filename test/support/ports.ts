import { randomUUID } from 'node:crypto';
import type { Access } from '../../src/access/index.ts';
import { createAccess } from '../../src/access/index.ts';
import type { RawInquiry } from '../../src/access/inquiry.ts';
import type {
  Applicant,
  Caller,
  Consent,
  ConsentRail,
  DataConsumer,
  Disclosure,
  Lookup,
  MigratedConsent,
  NavRequest,
  NavSources,
  NewConsent,
  Purpose,
  Rail,
} from '../../src/access/ports.ts';
import type { Queue } from '../../src/access/queue.ts';
import { createQueue } from '../../src/access/queue.ts';
import type { Session } from '../../src/access/session.ts';
import { readVedtak } from '../../src/benefits/aap.ts';
import type { MeldekortRow } from '../../src/benefits/aap-meldekort.ts';
import { readMeldekort } from '../../src/benefits/aap-meldekort.ts';
import type { SourceName } from '../../src/benefits/index.ts';
import { readUforeopplysninger } from '../../src/benefits/uforeopplysninger.ts';
import type { SettableClock } from '../../src/clock.ts';
import { stillClock } from '../../src/clock.ts';
import type { ErrorCode } from '../../src/errors.ts';
import { GatewayError } from '../../src/errors.ts';
import type { LogEvent } from '../../src/log.ts';
import { civilDate } from '../../src/periode.ts';
import type { Store } from '../../src/store/embedded.ts';
import type { OrganisationNumber } from '../../src/values.ts';
import { Secret } from '../../src/values.ts';
import {
  A,
  ALL_DISCLOSURES,
  activeConsent,
  migratedConsent,
  newConsent,
  person,
  START,
} from '../contracts/remembered.ts';
import { openMemoryStore } from './memory-store.ts';

export const BOTH_PURPOSES: readonly Purpose[] = ['DISABILITY_INSURANCE', 'OCCUPATIONAL_PENSION'];
export const ALL_SOURCES: readonly SourceName[] = ['aapVedtak', 'aapMeldekort', 'uforeopplysninger'];

/** A case handler of insurer A with one purpose and every source, unless told otherwise. */
export function someCaller(
  wish: Partial<Omit<Caller, 'dataConsumer'>> = {},
  organisationNumber: OrganisationNumber = A,
): Caller {
  const dataConsumer: DataConsumer = {
    organisationNumber,
    name: { nb: 'Insurer', nn: 'Insurer', en: 'Insurer' },
    purposes: BOTH_PURPOSES,
    sources: ALL_SOURCES,
    returnUrls: ['https://insurer.example/back'],
    reads: 'OPEN',
    supplier: null,
  };
  return {
    subject: 'case-handler-7',
    role: 'CASE_HANDLER',
    purposes: ['DISABILITY_INSURANCE'],
    sources: ALL_SOURCES,
    ...wish,
    dataConsumer,
  };
}

/** A fault as an adapter throws it. */
export function fault(code: ErrorCode): GatewayError {
  return new GatewayError(code, `a fault: ${code}`);
}

type Step = (...args: readonly never[]) => unknown;

/** What the room under test stands in: ports that work, a record of who was called, and a way to interfere. */
export interface Scene {
  readonly clock: SettableClock;
  readonly store: Store;
  readonly access: Access;
  readonly queue: Queue;
  /** Every call of a port, as `port.method`, in the order in which they began. */
  readonly journal: string[];
  /** Runs when the step begins; what it throws is the step's failure. */
  readonly before: Map<string, Step>;
  /** Runs when the step has had its effect; what it throws is the step's failure all the same. */
  readonly after: Map<string, Step>;
  readonly events: LogEvent[];
  /** What the rail knows, by its own ids. */
  readonly register: Map<string, Lookup>;
  /** Rails that are configured, and the sources each opens. */
  readonly rails: Map<Rail, readonly SourceName[]>;
  /** NAV: whether it answers 403, the report cards it has, and what it was asked. */
  readonly nav: {
    refuses: boolean;
    readonly cards: MeldekortRow[];
    readonly requests: { readonly source: SourceName; readonly request: NavRequest }[];
  };
  applicant(at?: number, dataConsumer?: OrganisationNumber): Applicant;
  session(caller?: Caller, signal?: AbortSignal): Session;
  /** What an insurer asks, on the usual terms. */
  inquiry(wish?: Partial<RawInquiry>): RawInquiry;
  /** A consent that the person has given and the gateway knows of. */
  granted(wish?: Partial<NewConsent>): Promise<Consent>;
  /** A consent that the person has given in Altinn 2, and that was taken over. */
  migrated(wish?: Partial<MigratedConsent>): Promise<Consent>;
  /** A request that lies before the person. */
  asked(wish?: Partial<NewConsent>): Promise<Consent>;
  /** The person answers or withdraws, at the rail. */
  says(consent: Consent, status: Lookup['status']): void;
  stored(consent: Consent): Promise<Consent | undefined>;
  /** The log of insurer A. */
  records(): Promise<readonly Disclosure[]>;
  /** How often a step began. */
  count(step: string): number;
}

/** Opens a scene of its own, at {@link START}. */
export function openScene(options: { readonly bound?: number; readonly validityDays?: number } = {}): Scene {
  const clock = stillClock(START);
  const journal: string[] = [];
  const events: LogEvent[] = [];
  const before: Scene['before'] = new Map();
  const after: Scene['after'] = new Map();
  const register = new Map<string, Lookup>();
  const rails: Scene['rails'] = new Map([['ALTINN_3', ALL_SOURCES]]);
  const nav: Scene['nav'] = { refuses: false, cards: [], requests: [] };
  const store = openMemoryStore(clock);
  const queue = createQueue(options.bound ?? 4);

  /** Writes every asynchronous call of a port into the journal and lets tests interfere. */
  function watched<P extends object>(name: string, port: P): P {
    return new Proxy(port, {
      get(target, key) {
        const member: unknown = Reflect.get(target, key);
        if (typeof member !== 'function' || ['identify', 'identifyCode', 'covers'].includes(String(key))) return member;
        const step = `${name}.${String(key)}`;
        return async (...args: never[]) => {
          journal.push(step);
          await before.get(step)?.(...args);
          const answer: unknown = await member(...args);
          await after.get(step)?.(...args);
          return answer;
        };
      },
    });
  }

  function railNamed(name: Rail): ConsentRail {
    const known = ({ railId, validTo }: Consent): Lookup | undefined => {
      const word = register.get(railId.reveal());
      const open = word?.status === 'PENDING' || word?.status === 'ACTIVE';
      return word && open && validTo <= clock.now() ? { ...word, status: 'EXPIRED', endedAt: validTo } : word;
    };
    return watched('rail', {
      name,
      covers: (source: SourceName) => rails.get(name)?.includes(source) ?? false,
      async request({ consent }) {
        if (!register.has(consent.railId.reveal())) register.set(consent.railId.reveal(), PENDING);
        return known(consent) ?? PENDING;
      },
      lookup: async (consent) => known(consent),
      async open(consent) {
        const word = known(consent);
        if (word === undefined) throw fault('ALTINN_REJECTED');
        if (word.status !== 'ACTIVE') return { refused: word };
        return { headers: { authorization: new Secret(`Bearer ${consent.id}`, 'bearer') } };
      },
    } satisfies ConsentRail);
  }

  async function atNav(source: SourceName, request: NavRequest) {
    journal.push(`nav.${source}`);
    nav.requests.push({ source, request });
    request.onAttempt();
    await before.get('nav.fetch')?.();
    return nav.refuses ? { refused: { upstream: 'nav', status: 403 } as const } : undefined;
  }

  const sources: NavSources = {
    aapVedtak: {
      name: 'aapVedtak',
      scope: 'aap',
      fetch: async (request) => (await atNav('aapVedtak', request)) ?? readVedtak([], request.bounds),
    },
    aapMeldekort: {
      name: 'aapMeldekort',
      scope: 'aap',
      fetch: async (request) => (await atNav('aapMeldekort', request)) ?? readMeldekort(nav.cards, request.bounds),
    },
    uforeopplysninger: {
      name: 'uforeopplysninger',
      scope: 'ufore',
      fetch: async (request) =>
        (await atNav('uforeopplysninger', request)) ??
        readUforeopplysninger(
          { statuskode: 'LOPENDE', forsteVirkningstidspunkt: null, beregningsperioder: [] },
          request.bounds,
        ),
    },
  };

  const { dataConsumer } = someCaller();
  const access = createAccess({
    store: watched('store', store.consents),
    disclosures: watched('log', store.disclosures),
    openRails: () => Object.fromEntries([...rails.keys()].map((name) => [name, railNamed(name)])),
    sources,
    queues: { aapVedtak: queue, aapMeldekort: queue, uforeopplysninger: queue },
    clock,
    log: (event) => void events.push(event),
    dataConsumers: new Map([[dataConsumer.organisationNumber, dataConsumer]]),
    newRequests: 'ALTINN_3',
    askAgainAfterDays: 7,
    validityDays: options.validityDays ?? null,
    returnAddress: () => 'https://gateway.example/return',
  });

  const applicant: Scene['applicant'] = (at = 0, dataConsumer = A) => store.consents.identify(dataConsumer, person(at));

  return {
    clock,
    store,
    access,
    queue,
    journal,
    before,
    after,
    events,
    register,
    rails,
    nav,
    applicant,
    session: (caller = someCaller(), signal = new AbortController().signal) =>
      access.openSession(caller, randomUUID(), signal),
    inquiry: (wish = {}) => ({
      applicant: applicant(),
      purpose: null,
      periode: { fom: civilDate('2022-01-01'), tom: civilDate('2027-12-31') },
      validTo: null,
      returnUrl: 'https://insurer.example/back',
      reference: null,
      message: null,
      portalViewMode: 'HIDE',
      ...wish,
    }),
    async granted(wish = {}) {
      const consent = await activeConsent(store, wish.applicant ?? applicant(), wish);
      register.set(consent.railId.reveal(), { ...PENDING, status: 'ACTIVE', answeredAt: START, pageUrl: null });
      return consent;
    },
    async migrated(wish = {}) {
      const { consent } = await store.consents.migrate(migratedConsent(wish.applicant ?? applicant(), wish));
      register.set(consent.railId.reveal(), { ...PENDING, status: 'ACTIVE', answeredAt: START, pageUrl: null });
      return consent;
    },
    async asked(wish = {}) {
      const { consent } = await store.consents.insert(newConsent(wish.applicant ?? applicant(), wish));
      register.set(consent.railId.reveal(), PENDING);
      const confirmed = await store.consents.change(consent, {
        status: 'PENDING',
        confirmedAt: START,
        pageUrl: PENDING.pageUrl,
      });
      if (confirmed === undefined) throw new Error('somebody else changed it');
      return confirmed;
    },
    says({ railId }, status) {
      const ends = status === 'ACTIVE' || status === 'PENDING' ? null : clock.now();
      const answeredAt = status === 'PENDING' ? null : clock.now();
      register.set(railId.reveal(), {
        status,
        answeredAt,
        endedAt: ends,
        pageUrl: status === 'PENDING' ? PENDING.pageUrl : null,
      });
    },
    stored: async (consent) => (await store.consents.find(consent.applicant.dataConsumer, [consent.id]))[0],
    async records() {
      const page = await store.disclosures.page(A, { first: 1000, after: null }, ALL_DISCLOSURES);
      return page.edges.map(({ node }) => node);
    },
    count: (step) => journal.filter((each) => each === step).length,
  };
}

const PENDING: Lookup = {
  status: 'PENDING',
  answeredAt: null,
  endedAt: null,
  pageUrl: new Secret('https://altinn.example/consent', 'consent page'),
};
