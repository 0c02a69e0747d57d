import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pass } from 'node:timers/promises';
import type { Measured, Size } from './figure.ts';
import type { Sample } from './open-loop.ts';
import { closedLoop, openLoop } from './open-loop.ts';
import type { Client, Heard } from './open-loop-client.ts';
import { openClient, timeToLife } from './open-loop-client.ts';
import type { Rig } from './open-loop-rig.ts';
import { CONSENTING, openRig } from './open-loop-rig.ts';
import { median, quantile, rounded } from './statistics.ts';

/** More case handlers than any limit of one caller could hold back. */
const CALLERS = 200;
/** Who is never idle, to find what the gateway sustains. */
const SENDERS = 64;
const OVERLOAD = 10;
const WATCH_EVERY_MS = 200;
const MEGABYTE = 1024 * 1024;

const SIZES: Readonly<
  Record<Size, { readonly seconds: number; readonly connections: number; readonly requestsUnderWay?: number }>
> = {
  // A bound that overload reaches within seconds, however slow the machine.
  bounded: { seconds: 4, connections: 600, requestsUnderWay: 100 },
  long: { seconds: 60, connections: 2000 },
};

/**
 * Half of what the gateway sustains, ten times that, and half again without a pause, by more callers than their own limits hold
 * back.
 *
 * @returns how long an answer takes after the overload against before it
 * @throws Error when an answer is not documented or does not come, when overload is not shed, when the process dies, or when what
 *   clients were given and what the log calls DELIVERED differ by one record
 */
export async function measureLoad(size: Size): Promise<Measured> {
  const { seconds, connections, ...limits } = SIZES[size];
  await using rig = await openRig({ navLatencyMs: 50, callers: CALLERS, ...limits });
  await using served = await rig.serve('memory');
  await using client = await openClient(served.address, connections);
  const heard: Heard[] = [];
  const send = async (at: number) => {
    const answer = await askInTurn(client, rig, at);
    heard.push(answer);
    return answer;
  };

  await closedLoop(SENDERS, seconds / 2, send);
  const capacity = await closedLoop(SENDERS, seconds, send);
  const before = await served.memory();
  const watching = new AbortController();
  const watched = watch(served.address, watching.signal);
  // Awaited once the load has passed; until then nobody listens.
  watched.catch(() => undefined);
  const half = capacity / 2;
  const [calm = [], crowded = [], after = []] = await openLoop(
    [half, half * OVERLOAD, half].map((ratePerSecond) => ({ ratePerSecond, seconds })),
    send,
  );
  watching.abort();
  const lifeMs = await watched;
  const behind = await served.memory();

  assertDocumented(heard);
  const delivered = count(crowded, 'delivered');
  const shed = count(crowded, 'shed');
  if (shed === 0) throw new Error('ten times the load was taken in without a word');
  const record = compare(heard, rig.databaseFile);
  if (record.lost + record.unheard + record.unsettled > 0) {
    throw new Error(`clients and log differ: ${JSON.stringify(record)}`);
  }
  const calmMs = median(latencies(calm));
  // The first part still shares the gateway with what the overload left behind.
  const recoveredMs = median(latencies(after.slice(after.length / 2)));
  return {
    value: rounded(recoveredMs / calmMs, 3),
    parts: {
      sustainedPerSecond: rounded(capacity, 0),
      calmP50Ms: rounded(calmMs, 1),
      calmP99Ms: rounded(quantile(latencies(calm), 0.99), 1),
      overloadDeliveredOfSustained: rounded(delivered / seconds / capacity, 3),
      overloadShed: shed,
      overloadFailed: count(crowded, 'failed'),
      overloadDeliveredP50Ms: rounded(median(latencies(of(crowded, 'delivered'))), 1),
      overloadShedP50Ms: rounded(median(latencies(of(crowded, 'shed'))), 1),
      overloadP99Ms: rounded(quantile(latencies(crowded), 0.99), 1),
      recoveredP50Ms: rounded(recoveredMs, 1),
      shedAfterwards: count(after, 'shed'),
      healthP50Ms: rounded(median(lifeMs), 1),
      healthSlowestMs: rounded(Math.max(...lifeMs), 1),
      heapBeforeMb: rounded(before.heapBytes / MEGABYTE, 1),
      heapAfterMb: rounded(behind.heapBytes / MEGABYTE, 1),
      rssBeforeMb: rounded(before.rssBytes / MEGABYTE, 0),
      rssAfterMb: rounded(behind.rssBytes / MEGABYTE, 0),
      disclosuresHeard: record.heard,
      disclosuresLost: record.lost,
      disclosuresUnheard: record.unheard,
    },
  };
}

/** Asks time and again whether the process lives, until told to stop. @returns how long each answer took, in milliseconds */
async function watch(address: string, signal: AbortSignal): Promise<readonly number[]> {
  const found: number[] = [];
  do {
    found.push(await timeToLife(address));
    await pass(WATCH_EVERY_MS);
  } while (!signal.aborted);
  return found;
}

/** Asks about the people in turn, each time as another case handler. */
export function askInTurn(client: Client, { tokens }: Pick<Rig, 'tokens'>, at: number): Promise<Heard> {
  const person = CONSENTING[at % CONSENTING.length] ?? 'P04';
  return client.ask(tokens[at % tokens.length] ?? '', [person]);
}

/** @throws Error when anything came back that no caller can be prepared for */
export function assertDocumented(heard: readonly Heard[]): void {
  const wrong = heard.flatMap(({ kind, says }) => {
    // INTERNAL is documented as a defect, which load must not bring about.
    return kind === 'unheard' || kind === 'undocumented' || says === 'INTERNAL' ? `${kind}: ${says}` : [];
  });
  const [first] = wrong;
  if (first !== undefined) throw new Error(`${wrong.length} of ${heard.length} answers were none, such as ${first}`);
}

/** What clients were given against what the log holds. */
interface Comparison {
  readonly heard: number;
  /** Given to a client, and not DELIVERED in the log. */
  readonly lost: number;
  /** DELIVERED in the log, and given to nobody. */
  readonly unheard: number;
  /** Without an outcome. */
  readonly unsettled: number;
}

/** Compares once every answer is heard. */
function compare(heard: readonly Heard[], databaseFile: string): Comparison {
  const given = new Set(heard.flatMap(({ disclosures }) => disclosures));
  using store = new DatabaseSync(databaseFile, { readOnly: true });
  const ids = (sql: string) =>
    new Set(
      store
        .prepare(sql)
        .all()
        .map(({ id }) => String(id)),
    );
  const delivered = ids("SELECT disclosure AS id FROM settlements WHERE outcome = 'DELIVERED'");
  const settled = ids('SELECT disclosure AS id FROM settlements');
  const intended = ids('SELECT id FROM disclosures');
  return {
    heard: given.size,
    lost: countWithout(given, delivered),
    unheard: countWithout(delivered, given),
    unsettled: countWithout(intended, settled),
  };
}

function countWithout(ids: ReadonlySet<string>, others: ReadonlySet<string>): number {
  return [...ids].filter((id) => !others.has(id)).length;
}

function of(samples: readonly Sample<Heard>[], kind: Heard['kind']): readonly Sample<Heard>[] {
  return samples.filter(({ answer }) => answer.kind === kind);
}

function count(samples: readonly Sample<Heard>[], kind: Heard['kind']): number {
  return of(samples, kind).length;
}

function latencies(samples: readonly Sample<unknown>[]): readonly number[] {
  return samples.map(({ latencyMs }) => latencyMs);
}
