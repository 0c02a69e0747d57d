import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { importJWK, SignJWT } from 'jose';
import { stillClock } from '../../src/clock.ts';
import { GATEWAY_AUDIENCE } from '../../src/sandbox/callers.ts';
import type { SandboxState } from '../../src/sandbox/state.ts';
import { newSandboxState } from '../../src/sandbox/state.ts';
import type { Origins } from '../../src/sandbox/upstreams.ts';
import type { CastId } from '../../src/sandbox/world.ts';
import { NUMBERS } from '../../src/sandbox/world.ts';
import { storeFileIn } from '../../src/store/embedded.ts';
import { configOf, environmentOf } from '../support/one-insurer.ts';
import { openWorld } from '../support/world.ts';

/** People whose consent insurer A has in every rig. */
export const CONSENTING = [
  'P01',
  'P02',
  'P03',
  'P04',
  'P05',
  'P06',
  'P07',
  'P09',
  'P11',
  'P12',
] as const satisfies readonly CastId[];

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DOUBLES = fileURLToPath(new URL('./open-loop-doubles.ts', import.meta.url));
const PROBE = fileURLToPath(new URL('./memory-probe.ts', import.meta.url));

/** What a gateway is measured with: a directory that knows consents, and doubles as a process of their own that know them too. */
export interface Rig extends AsyncDisposable {
  /** Where the doubles are found. */
  readonly origins: Origins;
  /** The gateway's store. */
  readonly databaseFile: string;
  /** Access tokens for insurer A, each of a case handler of its own. */
  readonly tokens: readonly string[];
  /** Starts the product as an operator does, over the directory; with `memory`, so that it can be asked about that. One at a time. */
  serve(asked?: 'memory'): Promise<Served>;
}

/** A gateway that serves, as a process of its own. Disposing of it stops it. */
export interface Served extends AsyncDisposable {
  readonly address: string;
  /** What it holds after garbage collection, which it does for the question. @throws Error when it was not started for that */
  memory(): Promise<Memory>;
  /** Whether the process still lives. */
  lives(): boolean;
}

/** What a process holds, in bytes. */
export interface Memory {
  readonly heapBytes: number;
  readonly rssBytes: number;
  readonly externalBytes: number;
}

/** How a rig differs. */
export interface RigOptions {
  /** How long NAV takes for an answer. */
  readonly navLatencyMs: number;
  /** How many case handlers there are to ask. */
  readonly callers: number;
  /** The gateway's own bound on requests under way; the usual one when left out. */
  readonly requestsUnderWay?: number;
}

/** Prepares directory and doubles. */
export async function openRig({ navLatencyMs, callers, requestsUnderWay }: RigOptions): Promise<Rig> {
  await using opening = new AsyncDisposableStack();
  const directory = mkdtempSync(join(tmpdir(), 'samtykkeporten-load-'));
  opening.defer(() => rmSync(directory, { recursive: true, force: true }));
  const state = await furnished(directory);
  const stateFile = join(directory, 'doubles.json');
  writeFileSync(stateFile, JSON.stringify(state));
  const doubles = spawn(process.execPath, [DOUBLES, stateFile, String(navLatencyMs)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  opening.defer(() => killed(doubles));
  const [origins]: Origins[] = await Promise.race([once(doubles, 'message'), endOf(doubles, 'the doubles')]);
  if (origins === undefined) throw new Error('the doubles did not say where they are');

  const configFile = join(directory, 'config.json');
  const [client] = state.maskinporten.clients;
  writeFileSync(
    configFile,
    JSON.stringify({ ...configOf(client, origins, directory), graphql: { limits: { requestsUnderWay } } }),
  );
  const env = environmentOf(client);
  const tokens = await tokensFor(callers, state, origins);
  const opened = opening.move();
  return {
    origins,
    tokens,
    databaseFile: storeFileIn(directory),
    serve: (asked) => serve({ configFile, logFile: join(directory, 'gateway.log'), env, asked }),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** A store with everybody's consent in it. @returns what the doubles have to know for it to be true */
async function furnished(directory: string): Promise<SandboxState> {
  const now = new Date();
  const state = await newSandboxState();
  // Maskinporten refuses a key a year after it was registered, and the program measured has no clock but the machine's.
  for (const client of state.maskinporten.clients) client.registeredAt = now.toISOString();
  await using world = await openWorld({ rail: 'ALTINN_3', directory, state, clock: stillClock(now) });
  for (const person of CONSENTING) await world.grantKnown(person);
  return world.sandbox.snapshot();
}

async function tokensFor(callers: number, { callers: issuer }: SandboxState, origins: Origins): Promise<string[]> {
  const key = await importJWK(issuer.signingKey, 'RS256');
  const header = { alg: 'RS256', typ: 'at+jwt', kid: issuer.signingKey.kid ?? '' };
  return Promise.all(
    Array.from({ length: callers }, (_, at) =>
      new SignJWT({ role: 'CASE_HANDLER', organisations: [NUMBERS.A], purposes: ['DISABILITY_INSURANCE'] })
        .setProtectedHeader(header)
        .setIssuer(origins.callers)
        .setAudience(GATEWAY_AUDIENCE)
        .setSubject(`case-handler-${at}`)
        .setIssuedAt()
        .setExpirationTime('2h')
        .sign(key),
    ),
  );
}

async function serve({ configFile, logFile, env, asked }: Serving): Promise<Served> {
  const log = openSync(logFile, 'w');
  const { PORT: _, DATA_DIR: __, LOG_LEVEL: ___, ...clean } = process.env;
  const probe = asked === 'memory' ? ['--expose-gc', '--import', PROBE] : [];
  const child = spawn(process.execPath, [...probe, 'src/start.mjs', 'serve', '--config', configFile], {
    cwd: ROOT,
    // Into a file: a pipe would make the gateway wait for whoever measures it.
    stdio: ['ignore', log, log, 'ipc'],
    env: { ...clean, ...env },
  });
  closeSync(log);
  const ended = endOf(child, 'the gateway');
  // Of interest to whoever waits for an answer alone.
  ended.catch(() => undefined);
  const address = await addressIn(logFile, child);
  return {
    address,
    async memory() {
      if (asked !== 'memory') throw new Error('it was not started to be asked about memory');
      const told = Promise.race([once(child, 'message'), ended]);
      child.send('how much?');
      const [memory] = await told;
      return memory;
    },
    lives: () => isAlive(child),
    [Symbol.asyncDispose]: () => killed(child),
  };
}

interface Serving {
  readonly configFile: string;
  readonly logFile: string;
  readonly env: Readonly<Record<string, string>>;
  readonly asked: 'memory' | undefined;
}

/** Where the gateway says that it listens, in its first line. */
async function addressIn(logFile: string, child: ChildProcess): Promise<string> {
  for (;;) {
    const said = readFileSync(logFile, 'utf8');
    const [, address] = /"address":"([^"]+)","event":"started"/.exec(said) ?? [];
    if (address !== undefined) return address;
    if (!isAlive(child)) throw new Error(`the gateway ended by itself: ${said}`);
    await pass(2);
  }
}

function isAlive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

async function endOf(child: ChildProcess, name: string): Promise<never> {
  await once(child, 'close');
  throw new Error(`${name} ended by itself`);
}

async function killed(child: ChildProcess): Promise<void> {
  if (!isAlive(child)) return;
  const ended = once(child, 'close');
  child.kill('SIGKILL');
  await ended;
}
