import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { osloDate } from './clock.ts';
import type { Config } from './config.ts';
import { createGateway } from './gateway.ts';
import type { Log } from './log.ts';
import { claim } from './sandbox/claim.ts';
import type { Rail } from './sandbox/seed.ts';
import { seed } from './sandbox/seed.ts';
import { startSandbox } from './sandbox/server.ts';
import type { Origins } from './sandbox/upstreams.ts';
import { UPSTREAMS } from './sandbox/upstreams.ts';
import type { SandboxConfigOptions } from './standalone-config.ts';
import { sandboxConfig } from './standalone-config.ts';
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
  /** Who is served, and by whom; everybody unless told. */
  readonly insurers?: SandboxConfigOptions['insurers'];
  readonly log: Log;
  readonly onDefect: (error: unknown) => void;
}

/** Gateway and sandbox on one clock. Disposing of it closes the gateway first. */
export interface Standalone extends AsyncDisposable {
  readonly addresses: Origins & { readonly gateway: string };
  /**
   * Fills the world through GraphQL and the citizen's pages, unless an earlier start has done so.
   * @returns the consent system on which P04 was asked then; another one, maybe, than new requests go to
   * @throws Error when gateway or doubles do not do what they should
   */
  seed(): Promise<Rail>;
  /** The day by the sandbox's own clock, `2026-11-16`. */
  today(): string;
}

/**
 * Starts the sandbox, then the gateway against it.
 *
 * @throws Error, one sentence, when a port is taken or the data cannot be read
 */
export async function startStandalone(options: StandaloneOptions): Promise<Standalone> {
  await using starting = new AsyncDisposableStack();
  const { sandboxPort, dataDirectory, log, onDefect } = options;
  let address: string | undefined;
  const { sandbox, clock, origins, flush } = starting.use(
    await startSandbox({ port: sandboxPort, dataDirectory, onDefect, gateway: () => address }),
  );
  const config = sandboxConfig(sandbox, { insurers: 'EVERYBODY', ...options });
  const guide = guideOf(origins, config.consent.newRequests);
  const gateway = starting.use(
    await createGateway(config, { log, clock, guide, graphiqlDirectory: options.graphiqlDirectory }),
  );
  const listening = await gateway.listen();
  address = listening;
  const started = starting.move();
  return {
    addresses: { ...origins, gateway: listening },
    seed: async () => {
      const rail = await seed(sandbox, `${listening}/graphql`);
      await flush();
      return rail;
    },
    today: () => osloDate(clock.now()),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/**
 * Removes what gateway and sandbox have stored, and nothing else that lies in the directory.
 * @throws Error, one sentence, when a sandbox runs on it
 */
export async function wipe(dataDirectory: string): Promise<void> {
  using _ = await claim(dataDirectory);
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
