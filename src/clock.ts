import { Temporal } from 'temporal-polyfill';
import type { CivilDate } from './periode.ts';
import { civilDate } from './periode.ts';

/**
 * Where the time is read. Passed in everywhere, so that a test or the sandbox decides what time it is. Callers' own
 * tokens are the one exception: they are judged by the machine's clock, as their issuer's are.
 */
export interface Clock {
  /** The present moment (UTC, millisecond precision). */
  now(): Date;
}

/** A clock that can be put to another moment and ticks on from there: the sandbox's, and the tests'. */
export interface SettableClock extends Clock {
  set(moment: Date): void;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() };

/** A clock that shows `start` now and runs at the machine's pace; `set` moves it, forwards or back. */
export function tickingClock(start: Date, machine: Clock = systemClock): SettableClock {
  let ahead = start.getTime() - machine.now().getTime();
  return {
    now: () => new Date(machine.now().getTime() + ahead),
    set: (moment) => {
      ahead = moment.getTime() - machine.now().getTime();
    },
  };
}

/** A clock that stands still until it is set. For tests. */
export function stillClock(start: Date): SettableClock {
  let shown = start.getTime();
  return {
    now: () => new Date(shown),
    set: (moment) => {
      shown = moment.getTime();
    },
  };
}

const OSLO = 'Europe/Oslo';

/** The civil date in Norway at a moment: what consent rules and `gjeldende` call today. */
export function osloDate(moment: Date): CivilDate {
  return civilDate(inOslo(moment).toPlainDate().toString());
}

/** The same wall-clock moment in Norway three years later (29 February becomes the 28th): the longest validity of a consent. */
export function threeYearsAfter(moment: Date): Date {
  return new Date(inOslo(moment).add({ years: 3 }).epochMilliseconds);
}

function inOslo(moment: Date): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(moment.getTime()).toZonedDateTimeISO(OSLO);
}
