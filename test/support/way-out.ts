import { randomBytes, randomUUID } from 'node:crypto';
import type { Consent, ConsentWish, DataConsumer, NavRequest, RequestScope } from '../../src/access/ports.ts';
import { openAltinn3 } from '../../src/altinn/altinn3.ts';
import type { LogEvent } from '../../src/log.ts';
import { createSigner } from '../../src/maskinporten/assertion.ts';
import type { TokenCache, Tokens } from '../../src/maskinporten/tokens.ts';
import { createTokens } from '../../src/maskinporten/tokens.ts';
import { createSources } from '../../src/nav/index.ts';
import { civilDate } from '../../src/periode.ts';
import { organisationUrn } from '../../src/sandbox/altinn3-parties.ts';
import type { JournalEntry } from '../../src/sandbox/journal.ts';
import { newSandboxState } from '../../src/sandbox/state.ts';
import type { CastId } from '../../src/sandbox/world.ts';
import { ORGANISATIONS, personByCastId } from '../../src/sandbox/world.ts';
import { openTokenCache } from '../../src/store/tokens.ts';
import type { Transport, UpstreamOptions } from '../../src/upstream.ts';
import { createUpstream } from '../../src/upstream.ts';
import { isOrganisationNumber, NationalId, Secret, SYNTHETIC_NATIONAL_IDS } from '../../src/values.ts';
import { testSandbox } from '../sandbox/support/test-sandbox.ts';

/** Keys take time to make, so every way out of a test file has the same. */
const fresh = await newSandboxState();

export const READ = 'altinn:consentrequests.read';
export const WRITE = 'altinn:consentrequests.write';
export const AAP = 'nav:arbeid/v1/aap';
export const UFORE = 'nav:helse/v1/uforeopplysninger';
export const RESOURCE = 'nav_samtykke_dsop_aap-ufore';
export const REQUESTS = '/accessmanagement/api/v1/enterprise/consentrequests';

/** The synthetic number of one of the cast. */
export function nationalIdOf(person: CastId): NationalId {
  const parsed = NationalId.parse(personByCastId(person)?.nationalId ?? '', SYNTHETIC_NATIONAL_IDS);
  if ('flaw' in parsed) throw new Error(`no ${person} in the cast`);
  return parsed;
}

/** Insurer A or B, or the supplier. */
export function dataConsumer(shortName: 'A' | 'B' | 'supplier' = 'A'): DataConsumer {
  const organisation = ORGANISATIONS.find((one) => one.shortName === shortName);
  const organisationNumber = organisation?.organisationNumber ?? '';
  if (organisation === undefined || !isOrganisationNumber(organisationNumber)) throw new Error(`no ${shortName}`);
  return {
    organisationNumber,
    name: { nb: organisation.name, nn: organisation.name, en: organisation.name },
    purposes: ['DISABILITY_INSURANCE'],
    sources: [],
    returnUrls: [],
    reads: 'OPEN',
    supplier: null,
  };
}

/** A consent as it is stored before Altinn is asked, for A and P04 unless told otherwise. */
export function aConsent(
  change: Partial<Consent> = {},
  person: CastId = 'P04',
  receiver: DataConsumer = dataConsumer(),
): Consent {
  const requestedAt = new Date('2026-11-16T09:00:00Z');
  return {
    id: randomUUID(),
    applicant: { id: 'p1_test', dataConsumer: receiver.organisationNumber, nationalId: nationalIdOf(person) },
    rail: 'ALTINN_3',
    railId: new Secret(randomUUID(), 'consent request id'),
    origin: 'REQUESTED',
    status: 'PENDING',
    version: 1,
    periode: { fom: civilDate('2022-01-01'), tom: civilDate('2027-12-31') },
    validTo: new Date('2027-03-01T12:00:00Z'),
    purpose: 'DISABILITY_INSURANCE',
    requestedAt,
    confirmedAt: null,
    changedAt: requestedAt,
    answeredAt: null,
    lastReadAt: null,
    endedAt: null,
    pageUrl: null,
    reference: null,
    returnUrl: 'https://insurer.example/',
    returnReference: randomBytes(16).toString('base64url'),
    ...change,
  };
}

/** The wish to put a consent to its person. */
export function aWish(consent: Consent, change: Partial<ConsentWish> = {}): ConsentWish {
  return {
    consent,
    redirectUrl: 'https://gateway.example/consent/return/abc',
    message: null,
    portalViewMode: 'HIDE',
    ...change,
  };
}

/** What a read asks a source for; the whole consent unless told otherwise. */
export function aNavRequest(change: Partial<NavRequest> = {}): NavRequest {
  const consentPeriode = { fom: civilDate('2022-01-01'), tom: civilDate('2027-12-31') };
  return {
    person: nationalIdOf('P04'),
    periode: { fom: null, tom: null },
    bounds: { consentPeriode, uttrekksperiode: consentPeriode },
    headers: { authorization: new Secret('Bearer none', 'bearer') },
    callId: '7d0f5a4e-0000-4000-8000-000000000001',
    signal: new AbortController().signal,
    onAttempt: () => undefined,
    ...change,
  };
}

/** One request of one caller. */
export function aScope(change: Partial<RequestScope> = {}): RequestScope {
  return {
    dataConsumer: dataConsumer(),
    callId: '7d0f5a4e-0000-4000-8000-000000000002',
    signal: new AbortController().signal,
    ...change,
  };
}

/** How a Maskinporten client differs from the usual one. */
export interface ClientOptions {
  readonly consumerOrg?: string;
  readonly cache?: TokenCache;
  readonly transport?: Transport;
}

/** How a way out differs from the usual one. */
export interface WayOutOptions {
  /** Stands between the adapters and the doubles. */
  readonly through?: (doubles: Transport) => Transport;
  readonly upstream?: Partial<UpstreamOptions>;
}

/** The real adapters over the sandbox's network, without the rest of the gateway. */
export async function openWayOut({ through = (doubles) => doubles, upstream: change = {} }: WayOutOptions = {}) {
  const state = structuredClone(fresh);
  const sandbox = await testSandbox({ state });
  const { clock, origins } = sandbox;
  const events: LogEvent[] = [];
  const transport = through(sandbox.transport);
  const to = (name: 'altinn' | 'maskinporten' | 'nav', baseUrl: string, over: Transport = transport) =>
    createUpstream({
      name,
      baseUrl,
      transport: over,
      deadlineMs: 5_000,
      maxBytes: 1_000_000,
      attempts: 3,
      pauseMs: 0,
      log: (event) => void events.push(event),
      ...change,
    });
  const stored = new Map<string, unknown>();
  const cache = openTokenCache({ clock, storage: stored });

  /** The Maskinporten client of an organisation; for a supplier, on behalf of a consumer. */
  async function tokensOf(shortName: 'A' | 'B' | 'supplier' = 'A', by: ClientOptions = {}): Promise<Tokens> {
    const { consumerOrg } = by;
    const { organisationNumber } = dataConsumer(shortName);
    const client = sandbox.clients.find(({ organisation }) => organisation === organisationNumber);
    if (client === undefined) throw new Error(`${shortName} has no client`);
    const { clientId, kid } = client;
    const { issuer } = sandbox.maskinporten;
    const privateKey = new Secret(JSON.stringify(client.privateJwk), 'signing key');
    return createTokens({
      client: {
        issuer,
        clientId,
        delegation: consumerOrg === undefined ? undefined : { consumer: consumerOrg, supplier: organisationNumber },
      },
      upstream: to('maskinporten', origins.maskinporten, by.transport),
      path: '/token',
      credentials: {
        name: () => kid,
        sign: await createSigner({ clientId, kid, privateKey, issuer, lifetimeSeconds: 120, clock }),
      },
      cache: by.cache ?? cache,
      clock,
    });
  }

  const tokens = await tokensOf();
  const altinn3 = {
    resource: RESOURCE,
    metadataKeys: { fom: 'fraogmed', tom: 'tilogmed' },
    scopes: { read: READ, write: WRITE },
    upstream: to('altinn', origins.altinn3),
    clock,
  };

  return {
    sandbox,
    state,
    clock,
    /** What was logged, oldest first. */
    events,
    /** What the token cache has stored. */
    stored,
    tokens,
    tokensOf,
    altinn3,
    rail: (change: Partial<RequestScope> = {}, by: Tokens = tokens) => openAltinn3(altinn3, by, aScope(change)),
    sources: createSources({
      aapVedtak: {
        upstream: to('nav', origins.aap),
        path: '/api/v1/aap/vedtak',
        personHeader: 'NAV-PersonIdent',
        scope: AAP,
      },
      aapMeldekort: {
        upstream: to('nav', origins.aap),
        path: '/api/v1/aap/meldekort',
        personHeader: 'NAV-PersonIdent',
        scope: AAP,
      },
      uforeopplysninger: {
        upstream: to('nav', `${origins.uforeopplysninger}/dsop-ufo`),
        path: '/uforeopplysninger',
        personHeader: 'fnr',
        scope: UFORE,
      },
    }),
    upstreamTo: to,
    /** The sandbox's clock, that many milliseconds later. */
    later: (ms: number) => clock.set(new Date(clock.now().getTime() + ms)),
    calls: (upstream: JournalEntry['upstream']) => sandbox.journal.entries(upstream),
    receiver: organisationUrn(dataConsumer().organisationNumber),
  };
}

/** The real adapters over the sandbox. */
export type WayOut = Awaited<ReturnType<typeof openWayOut>>;
