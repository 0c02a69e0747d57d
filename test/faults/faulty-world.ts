import { expect, vi } from 'vitest';
import type { FaultInput } from '../../src/sandbox/faults.ts';
import type { JournalEntry } from '../../src/sandbox/journal.ts';
import type { Seen, World, WorldOptions } from '../support/world.ts';
import { consentInput, numberOf, openWorld } from '../support/world.ts';
import type { Outcome } from './table.ts';
import { ATTEMPTS, asDocumented, LONGEST_ANSWER } from './table.ts';

/** The one a fault is aimed at, and one in the same query whom it must not touch. */
export const [FAULTED, BYSTANDER] = ['P04', 'P05'] as const;

/** Which calls a fault hits, and which are counted. */
export interface Aim extends Pick<FaultInput, 'upstream' | 'person' | 'path' | 'method' | 'scope'> {}

/** The deadline, which a busy machine does not meet; and what it is shortened to where an upstream hangs and it has to come. */
const [DEADLINE_MS, SHORT_DEADLINE_MS] = [59_000, 1_500];
/** Far beyond the short deadline, for a busy machine, and far below forever, which is how long a hanging upstream takes. */
const LONGEST_WAIT_MS = 15_000;
/** Past the life of every token, and past the time for which one consent vouches for the ApiKey of another. */
const LATER_MS = 11 * 60_000;

/** A world for many faults in turn, on the rail of the project unless told. Between two, tokens grow old, see {@link later}. */
export function openFaultyWorld(options: Pick<WorldOptions, 'rail'> = {}): Promise<World> {
  return openWorld({
    ...options,
    config: (config) => ({
      ...config,
      deadlines: { maskinporten: DEADLINE_MS, altinn: DEADLINE_MS, nav: DEADLINE_MS },
      retries: { attempts: ATTEMPTS, backoffMs: 0 },
      maxAnswerBytes: LONGEST_ANSWER,
    }),
    wait: async () => undefined,
  });
}

/** Lets the tokens of the fault before grow old. */
export function later(world: World): void {
  world.clock.set(new Date(world.clock.now().getTime() + LATER_MS));
}

/** Terms that nobody was asked for yet, so that the person is asked. @param turn from 1 to 99 */
export function freshTerms(turn: number): Record<string, unknown> {
  const tom = new Date(Date.UTC(2027, 0, turn)).toISOString().slice(0, 10);
  return consentInput(FAULTED, { periode: { fom: '2022-01-01', tom } });
}

/** Does something under a fault, and says how many calls it hit. Nothing may wait for an upstream beyond its deadline. */
export async function under(
  world: World,
  aim: Aim,
  fault: object,
  work: () => Promise<Seen>,
): Promise<{ readonly seen: Seen; readonly calls: number }> {
  const before = world.sandbox.journal.entries().length;
  world.sandbox.faults.add({ ...aim, ...fault } as FaultInput);
  using _ = 'kind' in fault && fault.kind === 'hang' ? shortDeadlines() : undefined;
  const startedAt = performance.now();
  const seen = await work();
  const tookMs = performance.now() - startedAt;
  const calls = world.sandbox.journal.entries().slice(before).filter(hits(aim)).length;
  world.sandbox.faults.clear();
  expect(tookMs).toBeLessThan(LONGEST_WAIT_MS);
  return { seen, calls };
}

/** Calls that begin until it is disposed of have the short deadline. */
function shortDeadlines(): Disposable {
  const { setTimeout: wait } = globalThis;
  const shortened = (act: () => void, ms?: number) => wait(act, ms === DEADLINE_MS ? SHORT_DEADLINE_MS : ms);
  const spy = vi.spyOn(globalThis, 'setTimeout').mockImplementation(shortened as typeof setTimeout);
  return { [Symbol.dispose]: () => spy.mockRestore() };
}

function hits({ upstream, person, path = '/', method, scope }: Aim) {
  return (entry: JournalEntry) =>
    entry.upstream === upstream &&
    entry.path.startsWith(path) &&
    (person === undefined || entry.person === person) &&
    (method === undefined || entry.method === method) &&
    (scope === undefined || entry.scope === scope);
}

/** A mutation of one field has ended as documented. */
export function expectOutcome(seen: Seen, field: string, code: Outcome[0]): void {
  expect(seen.errors.map(({ path, extensions }) => ({ path, code: extensions.code, retry: extensions.retry }))).toEqual(
    code === 'ok' ? [] : [{ path: [field], ...asDocumented(code) }],
  );
  if (code !== 'ok') expect(seen.data[field]).toBeNull();
}

/** How a read has ended in the log. */
export interface Settled {
  readonly source: string;
  readonly outcome: string;
  readonly errorCode: string | null;
  readonly attempts: number;
}

interface Recorded extends Settled {
  readonly id: string;
  readonly settledAt: string | null;
  readonly applicant: { readonly maskedNationalId: string };
}

const NEWEST = `{ disclosures(first: 50) {
  nodes { id source outcome errorCode attempts settledAt applicant { maskedNationalId } }
} }`;

async function newest(world: World): Promise<readonly Recorded[]> {
  const seen = await world.query('auditor-a', NEWEST);
  return seen.data.disclosures.nodes;
}

/** Where the log stands. @returns what tells the records since, by person: their outcomes by source, each of them settled */
export async function markLog(world: World): Promise<(person: 'P04' | 'P05') => Promise<readonly Settled[]>> {
  const [last] = await newest(world);
  return async (person) => {
    const log = await newest(world);
    const known = log.findIndex(({ id }) => id === last?.id);
    const masked = `${numberOf(person).slice(0, 6)}*****`;
    const fresh = log
      .slice(0, known < 0 ? log.length : known)
      .filter(({ applicant }) => applicant.maskedNationalId === masked);
    for (const { settledAt } of fresh) expect(settledAt).not.toBeNull();
    return fresh
      .map(({ source, outcome, errorCode, attempts }) => ({ source, outcome, errorCode, attempts }))
      .toSorted((one, other) => one.source.localeCompare(other.source));
  };
}
