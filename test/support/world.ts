import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, inject } from 'vitest';
import type { SettableClock } from '../../src/clock.ts';
import { stillClock } from '../../src/clock.ts';
import type { Config } from '../../src/config.ts';
import type { Gateway } from '../../src/gateway.ts';
import { createGateway } from '../../src/gateway.ts';
import { createLog } from '../../src/log.ts';
import { ALTINN2_PAGES } from '../../src/sandbox/altinn2-pages.ts';
import type { CallerName } from '../../src/sandbox/callers-state.ts';
import type { Citizen } from '../../src/sandbox/citizen.ts';
import { createCitizen } from '../../src/sandbox/citizen.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { newSandboxState } from '../../src/sandbox/state.ts';
import type { CastId } from '../../src/sandbox/world.ts';
import { personByCastId, SANDBOX_START } from '../../src/sandbox/world.ts';
import { sandboxConfig } from '../../src/standalone-config.ts';
import type { Transport } from '../../src/upstream.ts';
import type { Altinn } from './altinn.ts';
import { altinnOf, numberOf } from './altinn.ts';

export { numberOf };

declare module 'vitest' {
  export interface ProvidedContext {
    /** The rail on which the tests of a project run. */
    readonly rail: 'ALTINN_3' | 'ALTINN_2';
  }
}

/** Where the doubles of a world are found. */
export const ORIGINS = {
  control: 'http://127.0.0.1:4100',
  altinn3: 'http://127.0.0.1:4101',
  maskinporten: 'http://127.0.0.1:4102',
  aap: 'http://127.0.0.1:4103',
  uforeopplysninger: 'http://127.0.0.1:4104',
  callers: 'http://127.0.0.1:4105',
  nav: 'http://127.0.0.1:4106',
  altinn2: 'http://127.0.0.1:4107',
};

/** Keys take time to make, so every world of a test file has the same. */
const fresh = await newSandboxState();

/** An error as a caller sees it. */
export interface SeenError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: {
    readonly code: string;
    readonly retry: 'never' | 'later';
    readonly callId: string;
    readonly field?: string;
    readonly source?: string;
  };
}

/** An answer as a caller sees it. `data` is what the query says; a test knows its own query. */
export interface Seen {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: the query of each test decides the form
  readonly data: any;
  readonly errors: readonly SeenError[];
  /** The body, letter by letter. */
  readonly text: string;
}

/** How a world differs from the usual one. */
export interface WorldOptions {
  /** The rail of new requests, on which people answer and withdraw; that of the project when left out. */
  readonly rail?: 'ALTINN_3' | 'ALTINN_2';
  /** Changes the configuration that the sandbox gives the gateway. */
  readonly config?: (config: Config) => Config;
  /** Stands between gateway and doubles. */
  readonly transport?: (doubles: Transport) => Transport;
  /** How latency passes in the doubles. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** A directory with the state of an earlier world. */
  readonly directory?: string;
  readonly state?: Awaited<ReturnType<typeof newSandboxState>>;
  readonly clock?: SettableClock;
}

/** The real gateway over the sandbox, without ports: requests go in as HTTP, upstream calls go to the doubles' functions. */
export interface World extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly gateway: Gateway;
  readonly clock: SettableClock;
  readonly directory: string;
  /** Everything logged, one JSON object a line. */
  log(): string;
  /** Sends a query as one of the sandbox's callers; null: without a token. */
  query(
    caller: CallerName | null,
    document: string,
    variables?: Record<string, unknown>,
    headers?: Record<string, string>,
  ): Promise<Seen>;
  /** Asks the person for consent as insurer A's case handler unless told otherwise. @returns the consent */
  ask(
    person: CastId,
    input?: Record<string, unknown>,
    caller?: CallerName,
  ): Promise<{ readonly id: string; readonly pageUrl: string; readonly status: string }>;
  /** Asks and has the person approve, without their coming back to the gateway. @returns the consent's id */
  grant(person: CastId, input?: Record<string, unknown>, caller?: CallerName): Promise<string>;
  /** As `grant`, and the gateway knows of the answer. */
  grantKnown(person: CastId, input?: Record<string, unknown>, caller?: CallerName): Promise<string>;
  citizen(person: CastId): Citizen;
  /** The consent system of new requests. */
  readonly altinn: Altinn;
  /**
   * The person withdraws every consent on their page, at a time when the gateway knows that insurer A's key works: on Altinn 2
   * a refused consent is withdrawn only where another one was exchanged within ten minutes.
   * @returns how many they withdrew
   */
  withdraw(person: CastId): Promise<number>;
  /** What `withdraw` begins with: somebody else's consent is looked up anew, on Altinn 2. */
  proveKey(): Promise<void>;
  /** Reads all three sources of one person, see {@link READ}. As insurer A's case handler unless told otherwise. */
  read(person: CastId, how?: HowToRead): Promise<Seen>;
  /** The whole log of disclosures of an insurer, newest first, as its auditor sees it. */
  audit(insurer: 'a' | 'b'): Promise<readonly AuditedDisclosure[]>;
  /** What comes back from one of the gateway's own addresses, such as the one a person returns to. */
  visit(
    address: string,
  ): Promise<{ readonly status: number; readonly location: string | undefined; readonly text: string }>;
  /** Calls that NAV's services have received. */
  navCalls(): number;
  /** The store's file, for a test that does to it what a broken disk would. */
  readonly databaseFile: string;
}

/** Who reads, and what for. */
export interface HowToRead {
  readonly caller?: CallerName;
  readonly purpose?: 'OCCUPATIONAL_PENSION' | 'DISABILITY_INSURANCE';
  readonly periode?: { readonly fom?: string; readonly tom?: string };
}

/** A record of the log, as far as tests look at it. */
export interface AuditedDisclosure {
  readonly id: string;
  readonly source: string;
  readonly purpose: string | null;
  readonly outcome: string;
  readonly refusedBecause: string | null;
  readonly errorCode: string | null;
  readonly attempts: number;
  readonly settledAt: string | null;
  readonly applicant: { readonly id: string; readonly maskedNationalId: string };
  readonly consent: { readonly id: string } | null;
  readonly requestedFom: string | null;
  readonly requestedTom: string | null;
  readonly caller: string;
  readonly role: string;
  readonly reference: string | null;
  readonly callId: string;
}

/** All three sources of one person, with what each refusal says. */
export const READ = `query ($id: NationalId!, $purpose: Purpose, $periode: PeriodeInput) {
  applicant(by: { nationalId: $id }, purpose: $purpose) {
    aapVedtak(periode: $periode) { __typename ...refused ...delivered ... on AapVedtaksliste { vedtaksliste { vedtakId virkningsperiode { fom tom } } } }
    aapMeldekort(periode: $periode) { __typename ...refused ...delivered ... on AapMeldekortliste { meldekortliste { meldekortId periode { fom tom } } } }
    uforeopplysninger(periode: $periode) { __typename ...refused ...delivered ... on Uforeopplysninger { statuskode beregningsperioder { fom tom } } }
  }
}
fragment refused on ConsentRequired { reason message allowedPerioder { fom tom } decidedBy { id status pageUrl } }
fragment delivered on Delivered { consent { id } uttrekksperiode { fom tom } retrievedAt disclosureId }`;

const AUDIT = `query ($after: String) {
  disclosures(first: 100, after: $after) {
    nodes {
      id source purpose outcome refusedBecause errorCode attempts settledAt applicant { id maskedNationalId } consent { id }
      requestedFom requestedTom caller role reference callId
    }
    pageInfo { hasNextPage endCursor }
  }
}`;

export const REQUEST_CONSENT = `mutation ($input: RequestConsentInput!) {
  requestConsent(input: $input) { created consent { id status pageUrl validTo } }
}`;

export const REFRESH_CONSENT = `mutation ($id: ID!) {
  refreshConsent(id: $id) { consent { id status answeredAt endedAt confirmedAt pageUrl } }
}`;

/** Whose consent shows that the key works; no journey is about this person. */
const WITNESS: CastId = 'P01';

/** Usual arguments of a consent request. */
export function consentInput(person: CastId, input: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    applicant: { nationalId: numberOf(person) },
    purpose: 'DISABILITY_INSURANCE',
    periode: { fom: '2022-01-01', tom: '2027-12-31' },
    returnUrl: `${ORIGINS.control}/`,
    // Altinn 2 alone asks for it.
    familyName: familyNameOf(person),
    ...input,
  };
}

/** The family name of one of the cast, as the population register has it. */
export function familyNameOf(person: CastId): string {
  return personByCastId(person)?.name.split(' ').at(-1) ?? '';
}

/**
 * One world for all tests of a `describe`, for tables whose cases leave it as they found it; `prepare` furnishes it.
 * @returns the world, from within a test
 */
export function sharedWorld(
  prepare: (world: World) => Promise<unknown> = async () => undefined,
  options: WorldOptions = {},
): () => World {
  let world: World | undefined;
  beforeAll(async () => {
    world = await openWorld(options);
    await prepare(world);
  });
  afterAll(() => world?.[Symbol.asyncDispose]());
  return () => {
    if (world === undefined) throw new Error('the world opens when the tests of its describe begin');
    return world;
  };
}

/** Opens a world of its own: fresh store, fresh sandbox, a clock that stands at the cast's date. */
export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const clock = options.clock ?? stillClock(SANDBOX_START);
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'samtykkeporten-')));
  const sandbox = await createSandbox({
    clock,
    origins: ORIGINS,
    state: options.state ?? structuredClone(fresh),
    ...(options.wait === undefined ? {} : { wait: options.wait }),
  });
  const usual = sandboxConfig(sandbox, { port: 0, dataDirectory: directory, insurers: 'A_AND_B' });
  const base: Config = {
    ...usual,
    server: { ...usual.server, publicUrl: 'http://127.0.0.1:4000' },
    retries: { attempts: 3, backoffMs: 0 },
    // Deadlines run on the machine's clock: a busy machine must not decide a test.
    deadlines: { maskinporten: 60_000, altinn: 60_000, nav: 60_000 },
    // Tests ask for more at once than anybody would.
    graphql: {
      ...usual.graphql,
      limits: {
        ...usual.graphql.limits,
        requestsPerMinute: 1_000_000,
        concurrentRequests: 10_000,
        requestsUnderWay: 10_000,
      },
    },
  };
  const rail = options.rail ?? inject('rail');
  const railed: Config = { ...base, consent: { ...base.consent, newRequests: rail } };
  const config = options.config?.(railed) ?? railed;
  const lines: string[] = [];
  const log = createLog('trace', { write: (line) => void lines.push(line) });
  const transport = options.transport?.(sandbox.transport) ?? sandbox.transport;
  const gateway = await createGateway(config, { log, clock, transport });

  const tokens = new Map<CallerName, Promise<string>>();
  function tokenOf(caller: CallerName): Promise<string> {
    const token = tokens.get(caller) ?? sandbox.callers.tokenFor(caller);
    tokens.set(caller, token);
    return token;
  }

  async function query(
    caller: CallerName | null,
    document: string,
    variables: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ): Promise<Seen> {
    const token = caller === null ? undefined : await tokenOf(caller);
    const answer = await gateway.app.inject({
      method: 'POST',
      url: '/graphql',
      headers: {
        host: '127.0.0.1:4000',
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      payload: JSON.stringify({ query: document, variables }),
    });
    const body = answer.json<{ data?: unknown; errors?: SeenError[] }>();
    return {
      status: answer.statusCode,
      headers: answer.headers,
      data: body.data,
      errors: body.errors ?? [],
      text: answer.body,
    };
  }

  const isAltinn2 = rail === 'ALTINN_2';
  const citizen = (person: CastId) =>
    isAltinn2
      ? createCitizen(person, ORIGINS.altinn2, sandbox.transport, ALTINN2_PAGES)
      : createCitizen(person, ORIGINS.altinn3, sandbox.transport);

  const ask: World['ask'] = async (person, input = {}, caller = 'case-handler-a') => {
    const seen = await query(caller, REQUEST_CONSENT, { input: consentInput(person, input) });
    if (seen.errors.length > 0) throw new Error(`the request failed: ${seen.text}\n${lines.join('')}`);
    return seen.data.requestConsent.consent;
  };

  const grant: World['grant'] = async (person, input = {}, caller = 'case-handler-a') => {
    const consent = await ask(person, input, caller);
    await citizen(person).answer(consent.pageUrl, 'approve');
    return consent.id;
  };

  async function grantKnown(person: CastId, input = {}, caller: CallerName = 'case-handler-a'): Promise<string> {
    const id = await grant(person, input, caller);
    const seen = await query(caller, REFRESH_CONSENT, { id });
    if (seen.data.refreshConsent?.consent.status !== 'ACTIVE')
      throw new Error(`the consent is not in force: ${seen.text}`);
    return id;
  }

  let witness: Promise<string> | undefined;
  async function proveKey(): Promise<void> {
    if (!isAltinn2) return;
    witness ??= grantKnown(WITNESS);
    await query('case-handler-a', REFRESH_CONSENT, { id: await witness });
  }

  return {
    sandbox,
    gateway,
    clock,
    directory,
    altinn: altinnOf(sandbox, rail),
    proveKey,
    async withdraw(person) {
      await proveKey();
      return citizen(person).withdrawAll();
    },
    log: () => lines.join(''),
    query,
    ask,
    grant,
    grantKnown,
    citizen,
    read: (person, { caller = 'case-handler-a', purpose, periode } = {}) =>
      query(caller, READ, { id: numberOf(person), purpose, periode }),
    async audit(insurer) {
      const found: AuditedDisclosure[] = [];
      let after: string | null = null;
      do {
        const seen: Seen = await query(`auditor-${insurer}`, AUDIT, { after });
        if (seen.errors.length > 0) throw new Error(`the log cannot be read: ${seen.text}`);
        const { nodes, pageInfo } = seen.data.disclosures;
        found.push(...nodes);
        after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
      } while (after !== null);
      return found;
    },
    async visit(address) {
      const { pathname, search } = new URL(address, config.server.publicUrl);
      const answer = await gateway.app.inject({
        method: 'GET',
        url: pathname + search,
        headers: { host: '127.0.0.1:4000' },
      });
      return { status: answer.statusCode, location: answer.headers.location, text: answer.body };
    },
    databaseFile: join(directory, 'samtykkeporten.db'),
    navCalls: () => sandbox.journal.entries('aap').length + sandbox.journal.entries('uforeopplysninger').length,
    async [Symbol.asyncDispose]() {
      sandbox.faults.clear();
      await gateway[Symbol.asyncDispose]();
      if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
    },
  };
}
