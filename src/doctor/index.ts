import { randomUUID } from 'node:crypto';
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { actorFor } from '../gateway-suppliers.ts';
import { createNetwork } from '../upstream.ts';
import type { Bench, DoctorParts } from './bench.ts';
import { createBench } from './bench.ts';
import { examineResource } from './consent-resource.ts';
import { OPERATOR } from './contacts.ts';
import { examineDiscovery } from './discovery.ts';
import type { Findings, Rung } from './findings.ts';
import { SHARED_RUNGS } from './findings.ts';
import { climb } from './ladder.ts';
import { examineReturnPath } from './return-path.ts';
import { scopesOf } from './scopes.ts';
import { gatewayVersion } from './version.ts';

/**
 * Walks the ladder from configuration to NAV for each data consumer, as the gateway itself would go it, and tells at each rung what is
 * seen. A rung that is wrong keeps those that rest on it from being examined, and no others. Asks about no person, uses no
 * consent, changes nothing.
 *
 * @param parts the network is undici's, and the clock the machine's, when left out
 * @param only the data consumers to examine, by organisation number; all of them, if left out
 */
export async function runDoctor(
  config: Config,
  parts: Partial<DoctorParts> = {},
  only?: readonly string[],
): Promise<Findings> {
  const network = createNetwork({ connections: 1, maxBytes: config.maxAnswerBytes });
  try {
    const { clock = systemClock, transport = network.transport, newCallId = randomUUID } = parts;
    return await examine(createBench(config, { clock, transport, newCallId }), only);
  } finally {
    await network.close();
  }
}

async function examine(bench: Bench, only: readonly string[] | undefined): Promise<Findings> {
  const { config, clock } = bench;
  const startedAt = clock.now().toISOString();
  const configuration = await bench.examine({ rung: 'configuration' }, async () => ({
    state: 'ok',
    seen: `Can be used; the environment is ${config.profile}. Every key and certificate can be read.`,
  }));
  const discovered = await examineDiscovery(bench);
  const shared = [
    configuration,
    ...discovered.rungs,
    ...(await examineResource(bench)),
    await examineReturnPath(bench),
  ];
  const dataConsumers: Findings['dataConsumers'][number][] = [];
  // One after another: a doctor is in no hurry, and the upstreams' logs stay readable.
  for (const dataConsumer of config.dataConsumers) {
    const { organisationNumber, name } = dataConsumer;
    if (only?.includes(organisationNumber) === false) continue;
    const actor = actorFor(config, dataConsumer);
    dataConsumers.push({
      organisationNumber,
      name: name.nb,
      supplier: actor.delegation?.supplier ?? null,
      ladder: await climb(
        bench,
        { dataConsumer, actor, scopes: scopesOf(config, dataConsumer, actor) },
        discovered.obstacle,
      ),
    });
  }
  return {
    version: 1,
    gatewayVersion: gatewayVersion(),
    profile: config.profile,
    startedAt,
    endedAt: clock.now().toISOString(),
    shared,
    dataConsumers,
    isHealthy: [...shared, ...dataConsumers.flatMap(({ ladder }) => ladder)].every(({ state }) => state !== 'wrong'),
  };
}

/**
 * The findings when the configuration cannot be used: nothing beyond it can be examined.
 *
 * @param mistakes one line each, as `config check` tells them
 */
export function unusableConfiguration(mistakes: readonly string[], { clock }: Pick<DoctorParts, 'clock'>): Findings {
  const at = clock.now().toISOString();
  const [, ...others] = SHARED_RUNGS;
  const configuration: Rung = {
    rung: 'configuration',
    state: 'wrong',
    seen: 'The configuration cannot be used:',
    details: mistakes,
    todo: 'Correct what is listed. The settings are described in README.md, and docs/config has examples.',
    ask: [OPERATOR],
    at,
    tookMs: 0,
  };
  const rest = others.map((rung): Rung => {
    return { rung, state: 'not examined', seen: 'The configuration has to be usable first.', at, tookMs: 0 };
  });
  return {
    version: 1,
    gatewayVersion: gatewayVersion(),
    profile: null,
    startedAt: at,
    endedAt: at,
    shared: [configuration, ...rest],
    dataConsumers: [],
    isHealthy: false,
  };
}
