import { LRUCache } from 'lru-cache';
import type { Caller } from '../access/ports.ts';
import type { Clock } from '../clock.ts';

/** How much one caller may ask for at one data consumer. */
export interface CallerLimits {
  /** Over time; as many at once when the caller has been quiet for a minute. */
  readonly requestsPerMinute: number;
  /** Requests that are not answered yet. */
  readonly concurrentRequests: number;
}

/** What becomes of a request at the gate: it is let in until it has left, or turned away for some whole seconds. */
export type Entry = { readonly leave: () => void } | { readonly retryAfterSeconds: number };

/** Lets the requests of callers in. */
export type CallerGate = (caller: Pick<Caller, 'subject' | 'dataConsumer'>) => Entry;

/**
 * Callers that are remembered. Whoever has been quiet longest is forgotten first, and begins anew: with the whole allowance,
 * and nothing under way. As many others must have come meanwhile, each with a token of its own.
 */
const KNOWN_CALLERS = 10_000;
const SECONDS_PER_MINUTE = 60;

interface Known {
  /** Requests that may begin now. */
  allowance: number;
  countedAt: number;
  running: number;
}

/**
 * Makes the gate. Each caller has an allowance of its own that grows evenly with time, so that a program that asks too often
 * costs nobody else an answer.
 */
export function createCallerGate(limits: CallerLimits, clock: Clock): CallerGate {
  const perSecond = limits.requestsPerMinute / SECONDS_PER_MINUTE;
  const callers = new LRUCache<string, Known>({ max: KNOWN_CALLERS });

  return ({ subject, dataConsumer }) => {
    const key = JSON.stringify([dataConsumer.organisationNumber, subject]);
    const now = clock.now().getTime();
    const known = callers.get(key) ?? { allowance: limits.requestsPerMinute, countedAt: now, running: 0 };
    callers.set(key, known);
    const grown = known.allowance + (Math.max(0, now - known.countedAt) / 1000) * perSecond;
    known.allowance = Math.min(limits.requestsPerMinute, grown);
    known.countedAt = now;
    if (known.running >= limits.concurrentRequests) return { retryAfterSeconds: 1 };
    if (known.allowance < 1) return { retryAfterSeconds: Math.ceil((1 - known.allowance) / perSecond) };
    known.allowance -= 1;
    known.running += 1;
    let isIn = true;
    return {
      leave: () => {
        if (isIn) known.running -= 1;
        isIn = false;
      },
    };
  };
}
