import { AsyncLocalStorage } from 'node:async_hooks';
import type { SettableClock } from '../../src/clock.ts';
import { stillClock } from '../../src/clock.ts';
import { SANDBOX_START } from '../../src/sandbox/world.ts';
import type { Transport } from '../../src/upstream.ts';

/** A gateway whose clock is not that of the world around it. */
export interface TwoClocks {
  /** What `openWorld` takes: the gateway reads `ours`, and whatever answers a call of it reads `theirs`. `set` moves both. */
  readonly world: { readonly clock: SettableClock; readonly transport: (doubles: Transport) => Transport };
  readonly ours: SettableClock;
  readonly theirs: SettableClock;
  /** Does something where their clock counts: what people do on Altinn's pages. */
  there<T>(work: () => T): T;
  /** Lets the same time pass on both. */
  later(ms: number): void;
}

/** Two clocks that stand still until they are moved. @param oursAheadSeconds negative: ours is behind */
export function twoClocks(oursAheadSeconds: number): TwoClocks {
  const theirs = stillClock(SANDBOX_START);
  const ours = stillClock(new Date(SANDBOX_START.getTime() + oursAheadSeconds * 1000));
  const among = new AsyncLocalStorage<'them'>();
  const there = <T>(work: () => T): T => among.run('them', work);
  return {
    ours,
    theirs,
    there,
    world: {
      clock: {
        now: () => (among.getStore() === 'them' ? theirs : ours).now(),
        set: (moment) => {
          ours.set(moment);
          theirs.set(moment);
        },
      },
      transport: (doubles) => (request) => there(() => doubles(request)),
    },
    later(ms) {
      for (const clock of [ours, theirs]) clock.set(new Date(clock.now().getTime() + ms));
    },
  };
}
