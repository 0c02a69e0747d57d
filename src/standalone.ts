import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config, Mistake } from './config.ts';
import { readConfig } from './config.ts';
import { createGateway } from './gateway.ts';
import type { Log } from './log.ts';
import { GATEWAY_AUDIENCE } from './sandbox/callers.ts';
import { GRAPHIQL_CLIENT } from './sandbox/callers-state.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import { seed } from './sandbox/seed.ts';
import { startSandbox } from './sandbox/server.ts';
import type { Origins } from './sandbox/upstreams.ts';
import { UPSTREAMS } from './sandbox/upstreams.ts';
import { ORGANISATIONS } from './sandbox/world.ts';
import { guideOf } from './standalone-guide.ts';

/** How many ports the sandbox takes, in a row from its first one. */
export const SANDBOX_PORTS = UPSTREAMS.length;

/** How gateway and sandbox are started together. */
export interface StandaloneOptions {
  /** Port of the gateway; 0 takes a free one. */
  readonly port: number;
  /** First port of the sandbox; 0 takes free ones. */
  readonly sandboxPort: number;
  /** Where gateway and sandbox keep their state. */
  readonly dataDirectory: string;
  /** Where GraphiQL's built files lie, if not where the build leaves them. */
  readonly graphiqlDirectory?: string;
  /** The rail of new requests; Altinn 3 unless told. */
  readonly newRequests?: Config['consent']['newRequests'];
  readonly log: Log;
  readonly onDefect: (error: unknown) => void;
}

/** Gateway and sandbox on one clock. Disposing of it closes the gateway first. */
export interface Standalone extends AsyncDisposable {
  readonly addresses: Origins & { readonly gateway: string };
  /**
   * Fills the world through GraphQL and the citizen's pages, unless an earlier start has done so.
   * @throws Error when gateway or doubles do not do what they should
   */
  seed(): Promise<void>;
}

/**
 * Starts the sandbox, then the gateway against it.
 *
 * @throws Error, one sentence, when a port is taken or the data cannot be read
 */
export async function startStandalone(options: StandaloneOptions): Promise<Standalone> {
  await using starting = new AsyncDisposableStack();
  const { sandboxPort, dataDirectory, log, onDefect } = options;
  const { sandbox, clock, origins } = starting.use(await startSandbox({ port: sandboxPort, dataDirectory, onDefect }));
  const parts = { log, clock, guide: guideOf(origins), graphiqlDirectory: options.graphiqlDirectory };
  const gateway = starting.use(await createGateway(sandboxConfig(sandbox, options), parts));
  const address = await gateway.listen();
  const started = starting.move();
  return {
    addresses: { ...origins, gateway: address },
    seed: () => seed(sandbox, `${address}/graphql`),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** Removes what gateway and sandbox have stored, and nothing else that lies in the directory. */
export async function wipe(dataDirectory: string): Promise<void> {
  const files = [
    'samtykkeporten.db',
    'samtykkeporten.db-wal',
    'samtykkeporten.db-shm',
    'keys.json',
    'sandbox.json',
    'sandbox.json.next',
  ];
  for (const file of files) await rm(join(dataDirectory, file), { force: true });
}

/** The configuration of a gateway that stands in front of a sandbox: what an operator would write, with the sandbox's addresses and keys. */
export function sandboxConfig(
  sandbox: Sandbox,
  options: Pick<StandaloneOptions, 'port' | 'dataDirectory' | 'newRequests'>,
): Config {
  const { origins, clients, apiKeys } = sandbox;
  const keys = Object.fromEntries([
    ...clients.map(({ organisation, privateJwk }) => [`KEY_${organisation}`, JSON.stringify(privateJwk)]),
    ...Object.entries(apiKeys).map(([organisation, apiKey]) => [`API_KEY_${organisation}`, apiKey]),
  ]);
  const text = JSON.stringify({
    profile: 'sandbox',
    nav: {
      aap: { baseUrl: origins.aap },
      uforeopplysninger: { baseUrl: `${origins.uforeopplysninger}/dsop-ufo` },
    },
    altinn3: { baseUrl: origins.altinn3 },
    altinn2: { baseUrl: origins.altinn2 },
    maskinporten: { issuer: `${origins.maskinporten}/`, tokenEndpoint: `${origins.maskinporten}/token` },
    supplier: {
      organisationNumber: SUPPLIER,
      client: clientOf(SUPPLIER, clients),
      altinn2: { apiKey: { env: `API_KEY_${SUPPLIER}` } },
    },
    dataConsumers: ORGANISATIONS.filter(({ shortName }) => shortName === 'A' || shortName === 'B').map(
      ({ organisationNumber, name }) => ({
        organisationNumber,
        name,
        client: clientOf(organisationNumber, clients),
        altinn2: { apiKey: { env: `API_KEY_${organisationNumber}` } },
        purposes: ['OCCUPATIONAL_PENSION', 'DISABILITY_INSURANCE'],
        returnUrls: [`${origins.control}/`],
      }),
    ),
    callers: {
      issuers: [
        { issuer: sandbox.callers.issuer, audience: GATEWAY_AUDIENCE, jwksUri: `${sandbox.callers.issuer}/jwks` },
      ],
    },
    consent: { newRequests: options.newRequests },
    graphiql: { issuer: sandbox.callers.issuer, clientId: GRAPHIQL_CLIENT },
    store: { directory: options.dataDirectory },
    server: { port: options.port },
  });
  const read = readConfig({
    text,
    env: keys,
    readFile: () => {
      throw new Error('the sandbox keeps its keys in memory');
    },
  });
  if ('config' in read) return read.config;
  throw new Error(read.mistakes.map(describeMistake).join('; '));
}

const SUPPLIER = ORGANISATIONS.find(({ shortName }) => shortName === 'supplier')?.organisationNumber ?? '';

function clientOf(organisation: string, clients: Sandbox['clients']) {
  const client = clients.find((candidate) => candidate.organisation === organisation);
  return { clientId: client?.clientId, keys: [{ kid: client?.kid, privateKey: { env: `KEY_${organisation}` } }] };
}

/** One mistake in a configuration, as one line. */
export function describeMistake({ path, message }: Mistake): string {
  return path === '' ? message : `${path}: ${message}`;
}
