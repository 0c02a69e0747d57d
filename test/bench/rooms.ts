import { createAccess } from '../../src/access/index.ts';
import type { DataConsumer, DisclosureLog } from '../../src/access/ports.ts';
import { createRails } from '../../src/altinn/index.ts';
import { sourceNameOf } from '../../src/benefits/index.ts';
import type { Clock } from '../../src/clock.ts';
import type { Config } from '../../src/config.ts';
import { createAltinn2 } from '../../src/gateway-altinn2.ts';
import { createCallers } from '../../src/gateway-callers.ts';
import { createMaskinportenClients } from '../../src/gateway-maskinporten.ts';
import { createNav } from '../../src/gateway-nav.ts';
import { upstreamsOver } from '../../src/gateway-upstreams.ts';
import type { Graphql } from '../../src/graphql/server.ts';
import { createGraphql } from '../../src/graphql/server.ts';
import type { Host } from '../../src/host.ts';
import { createHost } from '../../src/host.ts';
import type { Log } from '../../src/log.ts';
import type { Store } from '../../src/store/embedded.ts';
import { openEmbeddedStore, storeFileIn } from '../../src/store/embedded.ts';
import { ownKeyFile } from '../../src/store/key-file.ts';
import { parseKeyFile } from '../../src/store/keys.ts';
import { createNetwork } from '../../src/upstream.ts';
import type { OrganisationNumber } from '../../src/values.ts';

/** The rooms behind a door, furnished as the composition root does. */
export interface Rooms {
  readonly graphql: Graphql;
  /** The gateway's own door. */
  host(): Promise<Host>;
}

/** What every variant of the gateway is made from. */
export interface RoomsParts {
  readonly clock: Clock;
  readonly log: Log;
  /** The log of disclosures; the store's own when left out. */
  readonly disclosures?: DisclosureLog;
}

/** The store of a gateway, as the composition root opens it. */
export function openStore(config: Config, clock: Clock): Promise<Store> {
  return openEmbeddedStore({
    file: storeFileIn(config.store.directory),
    keys: parseKeyFile(ownKeyFile(config.store.directory)),
    clock,
  });
}

/** A log that keeps nothing and refuses nothing. */
export const noDisclosures: DisclosureLog = {
  intend: async () => undefined,
  settle: async () => 'SETTLED',
  refuse: async () => undefined,
  noteUse: async () => undefined,
  page: async () => ({ edges: [], hasNextPage: false }),
};

/** Furnishes the rooms; they last until the process ends. */
export async function furnish(config: Config, { clock, log, disclosures }: RoomsParts): Promise<Rooms> {
  const { transport } = createNetwork({ connections: config.nav.bound, maxBytes: config.maxAnswerBytes });
  const upstream = upstreamsOver(config, { transport, log });
  const store = await openStore(config, clock);
  const dataConsumers = dataConsumersOf(config);
  const maskinporten = await createMaskinportenClients(config, { upstream: upstream('maskinporten'), clock, log });
  const altinn2 = createAltinn2(config, { upstream: upstream('altinn'), clock });
  const altinn3 = { ...config.altinn3, upstream: upstream('altinn')(config.altinn3.baseUrl), clock };
  const access = createAccess({
    ...createNav(config.nav, upstream('nav')),
    openRails: createRails({ altinn3, altinn2: altinn2.rail, tokensFor: maskinporten.tokensFor }),
    store: store.consents,
    disclosures: disclosures ?? store.disclosures,
    dataConsumers,
    newRequests: config.consent.newRequests,
    askAgainAfterDays: config.consent.askAgainAfterDeclinedDays,
    validityDays: null,
    returnAddress: () => 'http://127.0.0.1/return',
    clock,
    log,
  });
  const { limits, introspection } = config.graphql;
  const graphql = createGraphql({
    access,
    readCaller: createCallers(config.callers, dataConsumers, transport).read,
    limits,
    introspection,
    nationalIds: config.nationalIds,
    clock,
    log,
  });
  return {
    graphql,
    host: () =>
      createHost({
        graphql,
        access,
        dependencies: [],
        credentialsRunningOut: maskinporten.watch.runningOut,
        bodyBytes: limits.bodyBytes,
        requestsUnderWay: limits.requestsUnderWay,
        loopbackOnly: true,
        allowedOrigins: [],
        graphiql: undefined,
        log,
      }),
  };
}

function dataConsumersOf(config: Config): ReadonlyMap<OrganisationNumber, DataConsumer> {
  return new Map(
    config.dataConsumers.map(({ organisationNumber, name, purposes, sources, returnUrls, reads }) => [
      organisationNumber,
      { organisationNumber, name, purposes, returnUrls, reads, supplier: null, sources: sources.map(sourceNameOf) },
    ]),
  );
}
