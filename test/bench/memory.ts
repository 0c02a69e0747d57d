import type { Measured, Size } from './figure.ts';
import { askInTurn, assertDocumented } from './load.ts';
import { closedLoop, openLoop } from './open-loop.ts';
import type { Heard } from './open-loop-client.ts';
import { openClient } from './open-loop-client.ts';
import type { Memory } from './open-loop-rig.ts';
import { openRig } from './open-loop-rig.ts';
import { rounded } from './statistics.ts';

const SENDERS = 32;
/** Queries in a bounded sample: as many however slow the machine, so that a leak of some 10 kB for each shows everywhere. */
const QUERIES = 160;
/** The long form: ten minutes at a third of what is sustained, where nothing waits. */
const MINUTES = 10;
const SAMPLE_S = 10;
const SHARE = 1 / 3;
const MEGABYTE = 1024 * 1024;

/**
 * Steady work by many callers, and what the process holds after garbage collection, time and again.
 *
 * @returns by which factor it grows over the second half of that time. Bounded: the heap and what hangs on it. Long: or the whole
 *   process, if that grows more; it takes minutes to settle
 * @throws Error when an answer is not the data
 */
export async function measureMemory(size: Size): Promise<Measured> {
  await using rig = await openRig({ navLatencyMs: 10, callers: 100 });
  await using served = await rig.serve('memory');
  await using client = await openClient(served.address, SENDERS * 2);
  let asked = 0;
  const others: Heard[] = [];
  const send = async () => {
    asked += 1;
    const answer = await askInTurn(client, rig, asked);
    if (answer.kind !== 'delivered') others.push(answer);
  };
  const oneAfterAnother = async () => {
    for (let turn = 0; turn < QUERIES / SENDERS; turn += 1) await send();
  };
  const someQueries = () => Promise.all(Array.from({ length: SENDERS }, oneAfterAnother));

  // Until caches are full and functions are compiled.
  for (let time = 0; time < 3; time += 1) await someQueries();
  const found: Memory[] = [];
  if (size === 'bounded') {
    while (found.length < 8) {
      await someQueries();
      found.push(await served.memory());
    }
  } else {
    const ratePerSecond = SHARE * (await closedLoop(SENDERS, SAMPLE_S, send));
    while (found.length < (MINUTES * 60) / SAMPLE_S) {
      await openLoop([{ ratePerSecond, seconds: SAMPLE_S }], send);
      found.push(await served.memory());
    }
  }
  assertDocumented(others);
  if (others.length > 0) throw new Error(`${others.length} of ${asked} answers were not the data`);

  const half = found.slice(found.length / 2);
  const heapGrowth = growth(half.map(({ heapBytes, externalBytes }) => heapBytes + externalBytes));
  const rssGrowth = growth(half.map(({ rssBytes }) => rssBytes));
  const [first, last] = [found[0], found.at(-1)];
  if (first === undefined || last === undefined) throw new Error('nothing was measured');
  return {
    value: rounded(size === 'bounded' ? heapGrowth : Math.max(heapGrowth, rssGrowth), 4),
    parts: {
      heapGrowth: rounded(heapGrowth, 4),
      rssGrowth: rounded(rssGrowth, 4),
      firstHeapMb: rounded(first.heapBytes / MEGABYTE, 1),
      lastHeapMb: rounded(last.heapBytes / MEGABYTE, 1),
      firstRssMb: rounded(first.rssBytes / MEGABYTE, 0),
      lastRssMb: rounded(last.rssBytes / MEGABYTE, 0),
      queries: asked,
    },
  };
}

/** The straight line that fits best: its end against its beginning. */
function growth(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const covariance = values.reduce((sum, value, at) => sum + (at - middle) * (value - mean), 0);
  const variance = values.reduce((sum, _, at) => sum + (at - middle) ** 2, 0);
  const slope = covariance / variance;
  return (mean + slope * middle) / (mean - slope * middle);
}
