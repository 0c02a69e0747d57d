import type { Clock, SettableClock } from '../clock.ts';
import { AAP_PERSON_HEADERS, createAap } from './aap.ts';
import type { Altinn2 } from './altinn2.ts';
import { createAltinn2 } from './altinn2.ts';
import { keyOwner } from './altinn2-access.ts';
import type { Altinn3 } from './altinn3.ts';
import { createAltinn3 } from './altinn3.ts';
import type { Callers } from './callers.ts';
import { createCallers, GATEWAY_AUDIENCE } from './callers.ts';
import { createControl } from './control.ts';
import type { Double, DoubleResponse } from './double.ts';
import type { Faults, Wait } from './faults.ts';
import { createFaults } from './faults.ts';
import { createInnsyn, INNSYN_PATH } from './innsyn.ts';
import type { Journal } from './journal.ts';
import { createJournal } from './journal.ts';
import { listenerDouble } from './listener-double.ts';
import type { Maskinporten } from './maskinporten.ts';
import { createMaskinporten } from './maskinporten.ts';
import type { MaskinportenClient } from './maskinporten-state.ts';
import type { MigratedConsent } from './migrated.ts';
import { plantMigrated } from './migrated.ts';
import type { Trace } from './sporingslogg.ts';
import { createSporingslogg } from './sporingslogg.ts';
import type { SandboxState } from './state.ts';
import { newSandboxState } from './state.ts';
import type { Switches } from './switches.ts';
import { restingSwitches } from './switches.ts';
import type { Describe } from './traits.ts';
import { describeAltinn2Call, describeConsentCall, describeGrant, describeNavCall } from './traits.ts';
import type { Transport } from './transport.ts';
import { doublesTransport } from './transport.ts';
import { createUforeopplysninger, UFORE_PERSON_HEADERS } from './uforeopplysninger.ts';
import type { Origins, PlayedUpstream, UpstreamKey } from './upstreams.ts';
import { personByCastId } from './world.ts';

/** What a sandbox is made from. */
export interface SandboxOptions {
  readonly clock: SettableClock;
  /** Where the doubles will be found; part of issuers and of links on pages. */
  readonly origins: Origins;
  /** Taken over and changed in place; without it, a fresh world. */
  readonly state?: SandboxState;
  /** Called after each request that may have changed the state. */
  readonly onChange?: () => void;
  /** How latency passes; by the machine's timers unless told. */
  readonly wait?: Wait;
  /** Where the gateway in front of it is found, for its pages to lead back to; undefined: there is none, or not yet. */
  readonly gateway?: (() => string | undefined) | undefined;
}

/** The whole pretended world in one process. */
export interface Sandbox {
  readonly clock: SettableClock;
  readonly origins: Origins;
  readonly doubles: Readonly<Record<UpstreamKey, Double>>;
  /** The doubles as the network: dispatches by origin, without a port. */
  readonly transport: Transport;
  readonly switches: Switches;
  readonly faults: Faults;
  readonly journal: Journal;
  /** All that is remembered, live: whoever holds it may change any part between two calls. */
  readonly state: SandboxState;
  /**
   * The clients registered with Maskinporten that have a key, the key included, for whoever configures a gateway: of A, B, the
   * supplier and E. Those with a certificate are made when asked for, see {@link Maskinporten}.
   */
  readonly clients: readonly MaskinportenClient[];
  /** Organisation number to its ApiKey at Altinn 2, for whoever configures a gateway. D has none: it is served with the supplier's. */
  readonly apiKeys: Readonly<Record<string, string>>;
  readonly altinn3: Altinn3;
  readonly altinn2: Altinn2;
  readonly maskinporten: Maskinporten;
  readonly callers: Callers;
  /** NAV's records of disclosures, oldest first. */
  traces(): readonly Trace[];
  /** Puts consents of Altinn 2 into Altinn 3 and onto their insurers' lists; a code that is there already is passed over. */
  plantMigrated(consents: readonly MigratedConsent[]): void;
  /** A copy of all that is remembered, with the clock's present moment. */
  snapshot(): SandboxState;
}

/** Builds the world: every double with the journal in front of it, and the faults between the two. */
export async function createSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { clock, origins, onChange: changed = () => undefined } = options;
  const state = options.state ?? (await newSandboxState());
  const switches = restingSwitches();
  const faults = createFaults(options.wait);
  const journal = createJournal(clock);
  const sporingslogg = createSporingslogg(state.traces, { clock, switches, changed });

  const maskinportenClock: Clock = {
    now: () => new Date(clock.now().getTime() + switches.maskinportenAheadSeconds * 1000),
  };
  const maskinporten: Maskinporten = createMaskinporten({
    clock: maskinportenClock,
    origin: origins.maskinporten,
    state: state.maskinporten,
    lookupConsent: (request) => altinn3.lookup(request),
  });
  const altinn3 = createAltinn3({
    clock,
    origin: origins.altinn3,
    state: state.altinn3,
    maskinporten,
    looked: `${origins.nav}${INNSYN_PATH}`,
  });
  const callers = createCallers({ origin: origins.callers, state: state.callers, audience: GATEWAY_AUDIENCE });
  const altinn2 = createAltinn2({
    clock,
    origin: origins.altinn2,
    state: state.altinn2,
    maskinporten,
    looked: `${origins.nav}${INNSYN_PATH}`,
  });
  const navParts = { clock, maskinporten, altinn2, switches, sporingslogg };

  function played(upstream: PlayedUpstream, double: Double, describe: Describe): Double {
    return async (request) => {
      const traits = describe(request);
      const answered = journal.arrived(upstream, request, traits);
      const target = { upstream, method: request.method, path: request.url.pathname, traits };
      const response = await faults.play(target, () => remembering(double)(request));
      answered(response.status);
      return dated(upstream, response);
    };
  }

  /** Every server says what its clock shows. The identity provider's is the machine's, which the server below it adds. */
  function dated(upstream: PlayedUpstream, response: DoubleResponse): DoubleResponse {
    if (upstream === 'callers') return response;
    const own = upstream === 'maskinporten' ? maskinportenClock : clock;
    return { ...response, headers: { ...response.headers, date: own.now().toUTCString() } };
  }

  function remembering(double: Double): Double {
    return async (request) => {
      try {
        return await double(request);
      } finally {
        if (request.method !== 'GET' && request.method !== 'HEAD') changed();
      }
    };
  }

  const doubles = {
    control: remembering(
      createControl({
        clock,
        faults,
        journal,
        switches,
        origins,
        maskinporten,
        codes: state.altinn2Codes,
        gateway: options.gateway ?? (() => undefined),
      }),
    ),
    altinn3: played(
      'altinn3',
      altinn3.double,
      describeConsentCall((id) => altinn3.register.find(id)?.from),
    ),
    maskinporten: played('maskinporten', maskinporten.double, describeGrant),
    aap: played('aap', createAap(navParts), describeNavCall(AAP_PERSON_HEADERS)),
    uforeopplysninger: played(
      'uforeopplysninger',
      createUforeopplysninger(navParts),
      describeNavCall(UFORE_PERSON_HEADERS),
    ),
    callers: played('callers', listenerDouble(callers.listener), () => ({})),
    altinn2: played(
      'altinn2',
      altinn2.double,
      describeAltinn2Call(
        (code) => altinn2.register.find(code)?.offeredBy,
        (key) => keyOwner(state.altinn2, key),
      ),
    ),
    nav: played('nav', createInnsyn(sporingslogg), ({ url }) => ({
      person: personByCastId(url.searchParams.get('person') ?? '')?.id,
    })),
  };

  return {
    clock,
    origins,
    doubles,
    transport: doublesTransport(doubles, origins),
    switches,
    faults,
    journal,
    state,
    clients: state.maskinporten.clients,
    apiKeys: state.altinn2.apiKeys,
    altinn3,
    altinn2,
    maskinporten,
    callers,
    traces: sporingslogg.records,
    plantMigrated: (consents) => {
      plantMigrated(consents, { register: altinn3.register, codes: state.altinn2Codes });
      changed();
    },
    snapshot: () => structuredClone({ ...state, now: clock.now().toISOString() }),
  };
}
