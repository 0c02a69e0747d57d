import type { Timing } from './bench.ts';
import { OPERATOR } from './contacts.ts';
import type { Verdict } from './findings.ts';

/** What Maskinporten documents: `iat` of a grant lies within this of its own clock. */
const DOCUMENTED_SECONDS = 10;

/** A header has whole seconds, rounded down. */
const HALF_A_SECOND_MS = 500;

const TODO = 'Let this machine take its time from a time server (NTP), then run the doctor again.';

/**
 * Judges the clock of this machine by Maskinporten's. Ahead by more than ten seconds, every grant is refused. Behind by
 * more than that, Maskinporten’s documentation says the same, though a grant’s long life is known to save it: a warning, until
 * half of that life is used up.
 *
 * @param shown what Maskinporten's header `Date` said; an invalid date when it said nothing
 * @param timing when, by our own clock
 * @param grantLifetimeSeconds from `iat` to `exp`
 */
export function judgeClock(shown: Date, { at, tookMs }: Timing, grantLifetimeSeconds: number): Verdict {
  if (Number.isNaN(shown.getTime())) {
    return {
      state: 'warning',
      seen: 'Maskinporten’s answer does not say what time it is, so the clock of this machine could not be compared.',
      todo: 'Make sure that this machine takes its time from a time server (NTP).',
      ask: [OPERATOR],
    };
  }
  const ahead = Math.round(apart(new Date(at).getTime(), tookMs, shown.getTime() + HALF_A_SECOND_MS) / 1000);
  const seconds = Math.abs(ahead);
  if (seconds <= DOCUMENTED_SECONDS) {
    return {
      state: 'ok',
      seen: seconds <= 1 ? 'Shows the same as Maskinporten’s.' : `Within ${seconds} seconds of Maskinporten’s.`,
    };
  }
  if (ahead > 0) {
    return {
      state: 'wrong',
      seen: `The clock of this machine is ${seconds} seconds ahead of Maskinporten’s. With more than ${DOCUMENTED_SECONDS}, every grant is refused.`,
      todo: TODO,
      ask: [OPERATOR],
    };
  }
  return {
    state: seconds > grantLifetimeSeconds / 2 ? 'wrong' : 'warning',
    seen: `The clock of this machine is ${seconds} seconds behind Maskinporten’s. At most ${DOCUMENTED_SECONDS} are allowed, though some more may pass.`,
    todo: TODO,
    ask: [OPERATOR],
  };
}

/** By how much, in milliseconds, a span lies after a moment (negative: before it). The header was written at some time within the span. */
function apart(from: number, tookMs: number, moment: number): number {
  if (from > moment) return from - moment;
  return Math.min(0, from + tookMs - moment);
}
