import { stillClock } from '../../../src/clock.ts';
import type { Config } from '../../../src/config.ts';
import type { ConfiguredClient } from '../../../src/config-client.ts';
import { checklist } from '../../../src/doctor/checklist.ts';
import type { Findings } from '../../../src/doctor/findings.ts';
import { runDoctor } from '../../../src/doctor/index.ts';
import { integrationReport } from '../../../src/doctor/report.ts';
import { NEUTRAL_PAGE } from '../../../src/host-return.ts';
import { CAST } from '../../../src/sandbox/cast.ts';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import { createSandbox } from '../../../src/sandbox/sandbox.ts';
import { newSandboxState } from '../../../src/sandbox/state.ts';
import type { Organisation } from '../../../src/sandbox/world.ts';
import { NUMBERS, SANDBOX_START } from '../../../src/sandbox/world.ts';
import { sandboxConfig } from '../../../src/standalone-config.ts';
import type { Transport, WireResponse } from '../../../src/upstream.ts';
import type { Planted } from '../../leaks/search.ts';
import { ORIGINS } from '../../support/world.ts';

/** Something that is not as it should be: in the sandbox, in the configuration, or on the way between the two. */
export interface Fault {
  /** Changes the world before the doctor comes. */
  readonly world?: (sandbox: Sandbox) => void;
  readonly config?: (config: Config, sandbox: Sandbox) => Config;
  readonly transport?: (doubles: Transport) => Transport;
  /** Whom the doctor looks at; insurer A, with its own key, if left out. */
  readonly whom?: Organisation['shortName'];
}

/** What came of it. */
export interface Examined {
  readonly findings: Findings;
  /** The checklist and the report, trace ids masked. */
  readonly printed: string;
  readonly report: string;
  /** All that must not come to light. */
  readonly secrets: readonly Planted[];
  readonly sandbox: Sandbox;
}

/** Where the gateway is reached from outside. */
export const PUBLIC_URL = 'http://127.0.0.1:4000';

/** Keys take time to make, so every examination begins from the same. */
const state = await newSandboxState();
const prototype = await createSandbox({ clock: stillClock(SANDBOX_START), origins: ORIGINS, state });
// Certificates are kept in the state once they are made.
prototype.maskinporten.certifiedClients();

/** Lets the doctor look at a fresh world with this fault in it. Time stands still, and nothing leaves the process. */
export async function examine(fault: Fault = {}): Promise<Examined> {
  const clock = stillClock(SANDBOX_START);
  const sandbox = await createSandbox({ clock, origins: ORIGINS, state: structuredClone(state) });
  const own = fault.whom ?? 'A';
  const insurers = own === 'A' || own === 'B' ? 'A_AND_B' : 'EVERYBODY';
  const usual = sandboxConfig(sandbox, { port: 0, dataDirectory: 'nowhere', insurers });
  const base: Config = {
    ...usual,
    server: { ...usual.server, publicUrl: PUBLIC_URL },
    retries: { attempts: 1, backoffMs: 0 },
    // Deadlines run on the machine's clock: a busy machine must not decide a test.
    deadlines: { maskinporten: 60_000, altinn: 60_000, nav: 60_000 },
  };
  fault.world?.(sandbox);
  const config = fault.config?.(base, sandbox) ?? base;

  const tokens: Planted[] = [];
  const network = withGateway(sandbox.transport);
  const transport = noting(fault.transport?.(network) ?? network, tokens);
  let calls = 0;
  const newCallId = () => {
    calls += 1;
    return `00000000-0000-4000-8000-${String(calls).padStart(12, '0')}`;
  };
  const findings = await runDoctor(config, { clock, transport, newCallId }, [NUMBERS[own]]);
  return {
    findings,
    printed: steady(checklist(findings)),
    report: steady(integrationReport(findings)),
    secrets: [...tokens, ...secretsOf(config, sandbox)],
    sandbox,
  };
}

/** Changes the data consumer that is examined. */
export function patient(
  config: Config,
  change: (dataConsumer: Config['dataConsumers'][number]) => Partial<Config['dataConsumers'][number]>,
  whom: Organisation['shortName'] = 'A',
): Config {
  const dataConsumers = config.dataConsumers.map((each) =>
    each.organisationNumber === NUMBERS[whom] ? { ...each, ...change(each) } : each,
  );
  return { ...config, dataConsumers };
}

/** The configured client of an organisation of the sandbox, whoever it is configured for. */
export function clientOf({ dataConsumers, supplier }: Config, whom: Organisation['shortName']): ConfiguredClient {
  const configured = [...dataConsumers, ...(supplier === undefined ? [] : [supplier])];
  const client = configured.find(({ organisationNumber }) => organisationNumber === NUMBERS[whom])?.client;
  if (client === undefined) throw new Error(`${whom} has no client`);
  return client;
}

/** A client with a second key, unlike its first in what is given. */
export function withNext({ credentials: [first], ...client }: ConfiguredClient, next: object): ConfiguredClient {
  if (first === undefined) throw new Error('this client has no key');
  return { ...client, credentials: [first, { ...first, ...next }] };
}

/** The same client with each of its keys or certificates changed. */
export function withCredential(
  { client, ...rest }: Config['dataConsumers'][number],
  change: object,
): Config['dataConsumers'][number] {
  if (client === undefined) throw new Error('this data consumer has no client');
  return { ...rest, client: { ...client, credentials: client.credentials.map((each) => ({ ...each, ...change })) } };
}

/** The gateway at its public address: alive, and nobody has yet to come back to it. */
function withGateway(doubles: Transport): Transport {
  return async (request) => {
    if (request.url === `${PUBLIC_URL}/health`) return answer(200, '{"status":"alive"}');
    return request.url.startsWith(`${PUBLIC_URL}/return/`) ? answer(404, NEUTRAL_PAGE) : doubles(request);
  };
}

/** An answer off the wire. */
export function answer(status: number, body: string): WireResponse {
  return { status, headers: {}, body: new TextEncoder().encode(body) };
}

function noting(network: Transport, tokens: Planted[]): Transport {
  return async (request) => {
    const assertion = new URLSearchParams(request.body ?? '').get('assertion');
    if (assertion !== null) tokens.push({ name: 'a grant', value: assertion });
    const answered = await network(request);
    const token = /"access_token":"([^"]+)"/.exec(new TextDecoder().decode(answered.body))?.[1];
    if (token !== undefined) tokens.push({ name: 'an access token', value: token });
    return answered;
  };
}

/** Keys, ApiKeys, ids of clients and keys, and the people. */
function secretsOf(config: Config, sandbox: Sandbox): Planted[] {
  const secrets: Planted[] = CAST.map(({ id, nationalId }) => ({
    name: `the national id of ${id}`,
    value: nationalId,
  }));
  for (const each of [config.supplier, ...config.dataConsumers]) {
    if (each?.altinn2 !== undefined) secrets.push({ name: 'an ApiKey', value: each.altinn2.apiKey.reveal() });
    if (each?.client === undefined) continue;
    secrets.push({ name: 'the id of a client', value: each.client.clientId });
    for (const { privateKey, kid, certificate } of each.client.credentials) {
      if (kid !== undefined) secrets.push({ name: 'the id of a key', value: kid });
      for (const line of privateKey.reveal().split('\n').slice(2, -2))
        secrets.push({ name: 'a private key', value: line });
      for (const der of certificate?.chain ?? []) secrets.push({ name: 'a certificate', value: der.reveal() });
    }
  }
  for (const { privateJwk } of sandbox.clients)
    secrets.push({ name: 'a private key, JWK', value: String(privateJwk.d) });
  return secrets.filter(({ value }) => value.length > 8);
}

/** Trace ids are made by chance, and the next release has another version. */
function steady(text: string): string {
  return text.replaceAll(/\b[0-9a-f]{32}\b/g, '<trace id>').replace(/(Samtykkeporten) \d+\.\d+\.\d+/, '$1 <version>');
}
