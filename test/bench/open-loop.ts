import { setImmediate as nextTurn, setTimeout as pass } from 'node:timers/promises';

/** One request as it went: its answer, and how long that took from the moment at which it was due. */
export interface Sample<A> {
  readonly latencyMs: number;
  readonly answer: A;
}

/** For so long, so many. */
export interface Phase {
  readonly ratePerSecond: number;
  readonly seconds: number;
}

/** Below this many milliseconds a timer is too coarse. */
const TIMER_MS = 2;
/** How many are sent in a row before answers are heard, by a sender who is behind. */
const IN_A_ROW = 8;

/**
 * Sends at the rate of one phase after the other and waits for no answer, as a crowd would. Latency is counted from the moment
 * at which a request was due, so that a sender or a gateway that falls behind is not flattered.
 *
 * @param send sends the request of that number, counted from zero; never rejects
 * @returns the samples of each phase, in the order in which they were due, once all are answered
 */
export async function openLoop<A>(
  phases: readonly Phase[],
  send: (at: number) => Promise<A>,
): Promise<readonly (readonly Sample<A>[])[]> {
  const sent: Promise<Sample<A>>[][] = [];
  let beginsAt = performance.now();
  let at = 0;
  for (const { ratePerSecond, seconds } of phases) {
    const ofPhase: Promise<Sample<A>>[] = [];
    const wanted = Math.max(1, Math.round(ratePerSecond * seconds));
    while (ofPhase.length < wanted) {
      const dueAt = beginsAt + (ofPhase.length * 1000) / ratePerSecond;
      await until(dueAt);
      ofPhase.push(timed(dueAt, send(at)));
      at += 1;
      if (at % IN_A_ROW === 0) await nextTurn();
    }
    beginsAt += seconds * 1000;
    sent.push(ofPhase);
  }
  return Promise.all(sent.map((ofPhase) => Promise.all(ofPhase)));
}

/**
 * Keeps that many requests under way for that long: what somebody gets who is never idle and never crowded.
 * @returns answers per second
 */
export async function closedLoop(
  senders: number,
  seconds: number,
  send: (at: number) => Promise<unknown>,
): Promise<number> {
  const startedAt = performance.now();
  let begun = 0;
  const oneAfterAnother = async () => {
    while (performance.now() - startedAt < seconds * 1000) {
      begun += 1;
      await send(begun);
    }
  };
  await Promise.all(Array.from({ length: senders }, oneAfterAnother));
  return (begun * 1000) / (performance.now() - startedAt);
}

async function until(moment: number): Promise<void> {
  for (;;) {
    const earlyMs = moment - performance.now();
    if (earlyMs <= 0) return;
    if (earlyMs > TIMER_MS) await pass(earlyMs - TIMER_MS);
    else await nextTurn();
  }
}

async function timed<A>(dueAt: number, answering: Promise<A>): Promise<Sample<A>> {
  const answer = await answering;
  return { latencyMs: performance.now() - dueAt, answer };
}
