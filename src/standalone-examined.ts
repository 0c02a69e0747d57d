import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { createGateway } from './gateway.ts';
import type { Log } from './log.ts';
import { MIGRATED } from './sandbox/migrated-set.ts';
import { startSandbox } from './sandbox/server.ts';
import type { Organisation } from './sandbox/world.ts';
import { ORGANISATIONS } from './sandbox/world.ts';
import { sandboxConfig } from './standalone-config.ts';

/** A gateway in front of a sandbox, both running, for whoever wants to look whether all is in order. */
export interface ExaminedSandbox extends AsyncDisposable {
  /** With the address that the gateway listens on as its public one. */
  readonly config: Config;
  /** The sandbox's. */
  readonly clock: Clock;
  /** The insurers with which something is wrong on purpose, and what. */
  readonly planted: readonly Organisation[];
  /** What an insurer held in Altinn 2 by its own list, as CSV. */
  codesOf(organisationNumber: string): Promise<string>;
}

/** With these something is wrong from the beginning: see their stories. */
const PLANTED: readonly Organisation['shortName'][] = ['D', 'E'];

/**
 * Starts a fresh sandbox and a gateway with every insurer in it, on free ports.
 *
 * @param dataDirectory an empty directory for what they store
 */
export async function openExaminedSandbox(options: {
  readonly dataDirectory: string;
  readonly log: Log;
  readonly onDefect: (error: unknown) => void;
}): Promise<ExaminedSandbox> {
  await using starting = new AsyncDisposableStack();
  const { dataDirectory, log, onDefect } = options;
  const { sandbox, clock, origins } = starting.use(await startSandbox({ port: 0, onDefect }));
  sandbox.plantMigrated(MIGRATED);
  const config = sandboxConfig(sandbox, { port: 0, dataDirectory, insurers: 'EVERYBODY' });
  const gateway = starting.use(
    await createGateway({ ...config, graphiql: { ...config.graphiql, enabled: false } }, { log, clock }),
  );
  const publicUrl = await gateway.listen();
  const started = starting.move();
  return {
    config: { ...config, server: { ...config.server, publicUrl } },
    clock,
    codesOf: async (organisationNumber) =>
      (await fetch(`${origins.control}/altinn2-codes/${organisationNumber}.csv`)).text(),
    planted: ORGANISATIONS.filter(({ shortName }) => PLANTED.includes(shortName)),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}
