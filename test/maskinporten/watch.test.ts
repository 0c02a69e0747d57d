import { expect, it } from 'vitest';
import { stillClock } from '../../src/clock.ts';
import type { LogEvent } from '../../src/log.ts';
import type { Credential } from '../../src/maskinporten/credentials.ts';
import { rotate } from '../../src/maskinporten/credentials.ts';
import { createWatch } from '../../src/maskinporten/watch.ts';
import { SANDBOX_START } from '../../src/sandbox/world.ts';
import { Secret } from '../../src/values.ts';

const SUPPLIER = '310990183';

function endingOn(day: string | undefined): Credential {
  const expiresAt = day === undefined ? undefined : new Date(`${day}T00:00:00Z`);
  return { name: day ?? 'some day', startsAt: undefined, expiresAt, sign: async () => new Secret('grant', 'grant') };
}

it('both clients of an organisation are watched, when one is its own and the other it has as a supplier', () => {
  const told: LogEvent[] = [];
  const clock = stillClock(SANDBOX_START);
  const watch = createWatch(clock, (event) => void told.push(event));
  for (const day of ['2026-12-01', '2027-06-01', '2026-11-01']) {
    const all = [endingOn(day)] as const;
    watch.over(SUPPLIER, all, rotate(all, clock));
  }
  const expected = [
    { organisation: SUPPLIER, age: 'expires soon', lastsUntil: '2026-12-01T00:00:00.000Z' },
    { organisation: SUPPLIER, age: 'expired', lastsUntil: '2026-11-01T00:00:00.000Z' },
  ];
  expect(watch.runningOut()).toEqual(expected);
  watch.look();
  watch.look();
  expect(told).toEqual(expected.map((each) => ({ event: 'credential runs out', ...each })));
});

it('a key of which nobody has said when it was registered is told of once, at start, and does not count as running out', () => {
  const told: LogEvent[] = [];
  const clock = stillClock(SANDBOX_START);
  const watch = createWatch(clock, (event) => void told.push(event));
  const all = [endingOn(undefined)] as const;
  const { sign } = watch.over(SUPPLIER, all, rotate(all, clock));
  watch.look();
  const once = [{ event: 'credential runs out', organisation: SUPPLIER, age: 'unknown', lastsUntil: null }];
  expect(told).toEqual(once);
  clock.set(new Date(SANDBOX_START.getTime() + 86_400_000));
  void sign({ scope: 'a:b' });
  watch.look();
  expect(told).toEqual(once);
  expect(watch.runningOut()).toEqual([]);
});
