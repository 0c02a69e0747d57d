import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CallerName } from '../../src/sandbox/callers-state.ts';
import { createCitizen } from '../../src/sandbox/citizen.ts';
import type { RunningSandbox } from '../../src/sandbox/server.ts';
import type { CastId } from '../../src/sandbox/world.ts';
import { configOf, environmentOf } from './one-insurer.ts';
import type { Seen } from './world.ts';
import { consentInput, numberOf, READ, REFRESH_CONSENT, REQUEST_CONSENT } from './world.ts';

const PROGRAM = fileURLToPath(new URL('./gateway-program.ts', import.meta.url));
const START = fileURLToPath(new URL('../../src/start.mjs', import.meta.url));

/** An answer of a gateway in a process of its own. */
export type Answer = Pick<Seen, 'data' | 'errors' | 'text'>;

/** A gateway in a process of its own: asked over HTTP, told to stop by a signal. Disposing of it kills it. */
export interface GatewayProcess extends Disposable {
  query(caller: CallerName, document: string, variables?: Record<string, unknown>): Promise<Answer>;
  /** Reads all three sources of a person as insurer A's case handler. */
  read(person: CastId): Promise<Answer>;
  /** Asks the person for consent as insurer A's case handler. */
  ask(person: CastId, input?: Record<string, unknown>): Promise<Answer>;
  /** Asks, has the person approve, and looks it up. @returns the consent's id */
  grantKnown(person: CastId): Promise<string>;
  /** Insurer A's log of disclosures, the newest hundred. */
  audit(): Promise<readonly { readonly id: string; readonly outcome: string; readonly attempts: number }[]>;
  /** The status of an address: `/health`, `/ready`. */
  status(path: string): Promise<number>;
  /** The events logged so far; its log comes later than its answers. */
  events(): readonly { readonly event: string; readonly [field: string]: unknown }[];
  /** Asks it to end. @returns the exit code */
  stop(): Promise<number | null>;
}

/** How such a gateway is started. */
export interface GatewayProcessOptions {
  /** Where its store is. */
  readonly directory: string;
  /** No file may grow beyond so many blocks (`ulimit -f`, of 512 or 1024 bytes as the shell has it). */
  readonly mostBlocks?: number;
}

/** Starts a gateway of insurer A against a sandbox. */
export async function startGatewayProcess(
  running: RunningSandbox,
  { directory, mostBlocks }: GatewayProcessOptions,
): Promise<GatewayProcess> {
  const { sandbox, origins, clock } = running;
  const child = spawnLimited(
    [PROGRAM, writeConfig(running, directory), clock.now().toISOString()],
    mostBlocks,
    environmentOf(sandbox.clients[0]),
  );
  let said = '';
  let complaints = '';
  child.stdout.on('data', (chunk) => {
    said += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    complaints += String(chunk);
  });
  const closed = once(child, 'close').then(([code]): number | null => code);
  const address = /^listens (\S+)$/m;
  while (!address.test(said)) {
    const more = await Promise.race([once(child.stdout, 'data'), closed]);
    if (!Array.isArray(more)) throw new Error(`the gateway ended: ${complaints}`);
  }
  const base = address.exec(said)?.[1] ?? '';

  const query: GatewayProcess['query'] = async (caller, document, variables = {}) => {
    const response = await fetch(`${base}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await sandbox.callers.tokenFor(caller)}`,
      },
      body: JSON.stringify({ query: document, variables }),
    });
    const text = await response.text();
    return { errors: [], ...JSON.parse(text), text };
  };
  const ask: GatewayProcess['ask'] = (person, input = {}) =>
    query('case-handler-a', REQUEST_CONSENT, {
      input: consentInput(person, { returnUrl: `${origins.control}/`, ...input }),
    });

  return {
    query,
    ask,
    read: (person) => query('case-handler-a', READ, { id: numberOf(person) }),
    async grantKnown(person) {
      const asked = await ask(person);
      if (asked.errors.length > 0) throw new Error(asked.text);
      const { id, pageUrl } = asked.data.requestConsent.consent;
      await createCitizen(person, origins.altinn3, sandbox.transport).answer(pageUrl, 'approve');
      await query('case-handler-a', REFRESH_CONSENT, { id });
      return id;
    },
    async audit() {
      const seen = await query('auditor-a', '{ disclosures(first: 100) { nodes { id outcome attempts } } }');
      return seen.data.disclosures.nodes;
    },
    status: async (path) => (await fetch(`${base}${path}`)).status,
    events: () =>
      said
        .slice(0, said.lastIndexOf('\n') + 1)
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line)),
    stop() {
      child.kill('SIGTERM');
      return closed;
    },
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  };
}

/** Runs the command `serve` in the same surroundings, to its end: for starts that are refused. */
export async function serveLimited(
  running: RunningSandbox,
  { directory, mostBlocks }: GatewayProcessOptions,
): Promise<{ readonly code: number | null; readonly said: string }> {
  const configFile = writeConfig(running, directory);
  const child = spawnLimited(
    [START, 'serve', '--config', configFile],
    mostBlocks,
    environmentOf(running.sandbox.clients[0]),
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      said += String(chunk);
    });
  }
  const [code] = await once(child, 'close');
  return { code, said };
}

/** Starts Node in a shell that has been given a limit: for the child alone, and lowered by no privilege. */
function spawnLimited(args: readonly string[], mostBlocks: number | undefined, env: Record<string, string>) {
  const limit = mostBlocks === undefined ? '' : `ulimit -S -f ${mostBlocks} && `;
  return spawn('sh', ['-c', `${limit}exec "$@"`, 'sh', process.execPath, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
}

/** @returns the file, in the directory of the store */
function writeConfig({ sandbox, origins }: RunningSandbox, directory: string): string {
  const file = join(directory, 'config.json');
  const limits = { requestsPerMinute: 1_000_000, concurrentRequests: 10_000 };
  writeFileSync(file, JSON.stringify({ ...configOf(sandbox.clients[0], origins, directory), graphql: { limits } }));
  return file;
}
