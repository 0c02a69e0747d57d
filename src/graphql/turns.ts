import { setImmediate } from 'node:timers/promises';

/** Hands out turns, one by one, in the order they were asked for. */
export type Turns = () => Promise<void>;

/**
 * The turns of one request. The store answers at once, so that pages within pages would be looked up and told in one go,
 * which holds up everybody else; with a turn of the event loop for each, others get in between.
 */
export function createTurns(): Turns {
  let last = Promise.resolve();
  return () => {
    last = last.then(() => setImmediate());
    return last;
  };
}
