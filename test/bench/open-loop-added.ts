import { Pool } from 'undici';
import type { CastId } from '../../src/sandbox/world.ts';
import type { Measured, Size } from './figure.ts';
import { assertDocumented } from './load.ts';
import { closedLoop, openLoop } from './open-loop.ts';
import { openClient } from './open-loop-client.ts';
import { CONSENTING, openRig } from './open-loop-rig.ts';
import { quantile, rounded } from './statistics.ts';

const NAV_MS = 50;
const CONNECTIONS = 64;

interface Rates {
  readonly seconds: number;
  /** Queries per second about one applicant, and about ten. */
  readonly one: number;
  readonly ten: number;
}

const SIZES: Readonly<Record<Size, Rates>> = {
  bounded: { seconds: 2, one: 20, ten: 4 },
  long: { seconds: 30, one: 100, ten: 20 },
};

/**
 * What a query costs beyond NAV's own time: in open loop, through the gateway and as a bare GET of what NAV answers, in turn.
 *
 * @returns the median that is added to a query about one applicant, in seconds
 * @throws Error when an answer is not the data
 */
export async function measureAddedLatency(size: Size): Promise<Measured> {
  const { seconds, one, ten } = SIZES[size];
  await using rig = await openRig({ navLatencyMs: NAV_MS, callers: CONNECTIONS });
  await using served = await rig.serve();
  await using client = await openClient(served.address, CONNECTIONS);
  await using direct = new AsyncDisposableStack();
  const nav = new Pool(rig.origins.aap, { connections: CONNECTIONS });
  direct.defer(() => nav.destroy());

  const ask = async (at: number, people: readonly CastId[]) => {
    const answer = await client.ask(rig.tokens[at % rig.tokens.length] ?? '', people);
    assertDocumented([answer]);
    if (answer.kind !== 'delivered') throw new Error(`an answer is not the data: ${answer.says}`);
  };
  const askOne = (at: number) => ask(at, CONSENTING.slice(at % CONSENTING.length).slice(0, 1));
  const askTen = (at: number) => ask(at, CONSENTING);
  const bare = async () => {
    const answer = await nav.request({ method: 'GET', path: '/bare' });
    await answer.body.dump();
  };
  const measured = async (ratePerSecond: number, send: (at: number) => Promise<void>) => {
    const [samples = []] = await openLoop([{ ratePerSecond, seconds }], send);
    const latencies = samples.map(({ latencyMs }) => latencyMs);
    return { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) };
  };

  // A quarter at most of what this machine sustains: beyond that it is the queue which is measured.
  const onePerSecond = Math.min(one, (await closedLoop(CONNECTIONS / 8, seconds, askOne)) / 4);
  const tenPerSecond = Math.min(ten, (await closedLoop(2, seconds, askTen)) / 4);
  await closedLoop(CONNECTIONS / 8, 1, bare);
  const bareOne = await measured(onePerSecond, bare);
  const throughOne = await measured(onePerSecond, askOne);
  const bareTen = await measured(tenPerSecond, bare);
  const throughTen = await measured(tenPerSecond, askTen);
  return {
    value: rounded((throughOne.p50 - bareOne.p50) / 1000, 4),
    parts: {
      bareP50Ms: rounded(bareOne.p50, 1),
      bareP99Ms: rounded(bareOne.p99, 1),
      oneP50Ms: rounded(throughOne.p50, 1),
      oneP99Ms: rounded(throughOne.p99, 1),
      oneAddedP50Ms: rounded(throughOne.p50 - bareOne.p50, 1),
      oneAddedP99Ms: rounded(throughOne.p99 - bareOne.p99, 1),
      tenP50Ms: rounded(throughTen.p50, 1),
      tenP99Ms: rounded(throughTen.p99, 1),
      tenAddedP50Ms: rounded(throughTen.p50 - bareTen.p50, 1),
      tenAddedP99Ms: rounded(throughTen.p99 - bareTen.p99, 1),
      onePerSecond: rounded(onePerSecond, 1),
      tenPerSecond: rounded(tenPerSecond, 1),
    },
  };
}
