import type { FastifyInstance } from 'fastify';
import type { Access } from './access/index.ts';
import { createAccess, PLACES_ON_A_RAIL } from './access/index.ts';
import type { DataConsumer } from './access/ports.ts';
import { createRails } from './altinn/index.ts';
import { sourceNameOf } from './benefits/index.ts';
import type { Clock } from './clock.ts';
import { osloDate, systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { createAltinn2 } from './gateway-altinn2.ts';
import { createCallers } from './gateway-callers.ts';
import { createMaskinportenClients } from './gateway-maskinporten.ts';
import { createNav } from './gateway-nav.ts';
import { actorFor } from './gateway-suppliers.ts';
import { upstreamsOver } from './gateway-upstreams.ts';
import { createGraphql } from './graphql/server.ts';
import { createHost, RETURN_PATH } from './host.ts';
import type { Guide } from './host-guide.ts';
import { addressOf, close, listen } from './host-listening.ts';
import type { Log } from './log.ts';
import { openEmbeddedStore, storeFileIn } from './store/embedded.ts';
import { ownKeyFile } from './store/key-file.ts';
import { parseKeyFile } from './store/keys.ts';
import type { Transport } from './upstream.ts';
import { createNetwork } from './upstream.ts';
import type { OrganisationNumber } from './values.ts';

/** What a gateway may be handed instead of making it: time, network and log. */
export interface GatewayParts {
  readonly log: Log;
  readonly clock?: Clock;
  /** The network; undici's when left out. */
  readonly transport?: Transport;
  /** What a newcomer to the sandbox is shown; for profile `sandbox` alone. */
  readonly guide?: Guide | undefined;
  /** Where GraphiQL's built files lie; where the build leaves them when left out. */
  readonly graphiqlDirectory?: string | undefined;
}

/** A gateway. Disposing of it finishes what is in flight, and cuts off what takes longer than a second. */
export interface Gateway extends AsyncDisposable {
  readonly app: FastifyInstance;
  /**
   * Listens where the configuration says.
   * @returns the address
   * @throws Error, one sentence, when the port is taken
   */
  listen(): Promise<string>;
  /** See {@link Access.openMigration}; needs no listening, unless people are asked and no public address is configured. */
  readonly openMigration: Access['openMigration'];
}

/**
 * The composition root: configuration in, gateway out.
 *
 * @throws StoreError or Error, one sentence for the operator, when store or keys cannot be used
 */
export async function createGateway(config: Config, parts: GatewayParts): Promise<Gateway> {
  await using building = new AsyncDisposableStack();
  const { log, clock = systemClock } = parts;

  const network = createNetwork({ connections: connectionsFor(config), maxBytes: config.maxAnswerBytes });
  building.defer(() => network.close());
  const transport = parts.transport ?? network.transport;
  const upstream = upstreamsOver(config, { transport, log });

  const store = building.use(
    await openEmbeddedStore({
      file: storeFileIn(config.store.directory),
      keys: parseKeyFile(config.store.encryptionKeys?.reveal() ?? ownKeyFile(config.store.directory)),
      clock,
      onFailure: (reason) => log({ event: 'store failed', reason }),
    }),
  );

  const dataConsumers = dataConsumersOf(config);
  const maskinporten = await createMaskinportenClients(config, { upstream: upstream('maskinporten'), clock, log });
  const altinn3 = { ...config.altinn3, upstream: upstream('altinn')(config.altinn3.baseUrl), clock };
  const altinn2 = building.use(createAltinn2(config, { upstream: upstream('altinn'), clock }));
  const access = createAccess({
    ...createNav(config.nav, upstream('nav')),
    openRails: createRails({ altinn3, altinn2: altinn2.rail, tokensFor: maskinporten.tokensFor }),
    store: store.consents,
    disclosures: store.disclosures,
    dataConsumers,
    newRequests: config.consent.newRequests,
    askAgainAfterDays: config.consent.askAgainAfterDeclinedDays,
    validityDays: config.consent.defaultValidityDays ?? null,
    returnAddress: () => `${config.server.publicUrl ?? addressOf(host.app)}${RETURN_PATH}`,
    clock,
    log,
  });

  const callers = building.use(createCallers(config.callers, dataConsumers, transport));
  const { limits, introspection } = config.graphql;
  const graphql = createGraphql({
    access,
    readCaller: callers.read,
    limits,
    introspection,
    nationalIds: config.nationalIds,
    clock,
    log,
  });
  const host = await createHost({
    graphql,
    access,
    dependencies: [{ name: 'store', check: () => store.ping() }, ...callers.dependencies],
    credentialsRunningOut: maskinporten.watch.runningOut,
    bodyBytes: limits.bodyBytes,
    requestsUnderWay: limits.requestsUnderWay,
    loopbackOnly: config.profile === 'sandbox',
    allowedOrigins: config.server.allowedOrigins,
    graphiql: config.graphiql.enabled ? graphiqlOf(config, parts, clock) : undefined,
    log,
  });
  building.defer(() => close(host, graphql));
  building.defer(() => altinn2.closeSoon());

  const { app } = host;
  const built = building.move();
  return {
    app,
    listen: () => listen(app, config.server),
    openMigration: access.openMigration,
    [Symbol.asyncDispose]: () => built.disposeAsync(),
  };
}

/**
 * Connections to one host: enough for all that our queues let through, and for what is asked without one. In the pool calls
 * take no turns, and their deadlines run.
 */
function connectionsFor({ nav, graphql }: Config): number {
  return Math.max(nav.bound, 2 * PLACES_ON_A_RAIL + graphql.limits.requestsUnderWay);
}

function graphiqlOf({ profile, graphiql }: Config, { guide, graphiqlDirectory }: GatewayParts, clock: Clock) {
  const { issuer, tokenOrigin, clientId, scope } = graphiql;
  return {
    issuer,
    tokenOrigin,
    clientId,
    scope,
    directory: graphiqlDirectory,
    guide: profile === 'sandbox' ? guide : undefined,
    today: () => osloDate(clock.now()),
  };
}

function dataConsumersOf(config: Config): ReadonlyMap<OrganisationNumber, DataConsumer> {
  return new Map(
    config.dataConsumers.map((configured) => {
      const { organisationNumber, name, purposes, sources, returnUrls, reads } = configured;
      const supplier = actorFor(config, configured).delegation?.supplier ?? null;
      const known = { organisationNumber, name, purposes, returnUrls, reads, supplier };
      return [organisationNumber, { ...known, sources: sources.map(sourceNameOf) }];
    }),
  );
}
