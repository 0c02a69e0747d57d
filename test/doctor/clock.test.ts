import { expect, it } from 'vitest';
import { judgeClock } from '../../src/doctor/clock.ts';

const LIFETIME_S = 120;

/** A clock that is so many seconds ahead of what Maskinporten's header says. */
function ahead(seconds: number, tookMs = 0) {
  const shown = new Date('2026-11-16T09:00:00Z');
  const middle = shown.getTime() + 500 + seconds * 1000;
  return judgeClock(shown, { at: new Date(middle - tookMs / 2).toISOString(), tookMs }, LIFETIME_S);
}

it.each([
  [0, 'ok', 'the same'],
  [10, 'ok', 'Within 10 seconds'],
  [-10, 'ok', 'Within 10 seconds'],
  [11, 'wrong', '11 seconds ahead'],
  [-11, 'warning', '11 seconds behind'],
  [-60, 'warning', '60 seconds behind'],
  [-61, 'wrong', '61 seconds behind'],
])('a clock that is %i seconds ahead is %s', (seconds, state, seen) => {
  expect(ahead(seconds)).toMatchObject({ state, seen: expect.stringContaining(seen) });
});

it('the time that the call takes is not held against the clock', () => {
  expect(ahead(0, 20_000)).toMatchObject({ state: 'ok' });
});

it('an answer without a time leaves it open', () => {
  const timing = { at: '2026-11-16T09:00:00.000Z', tookMs: 0 };
  expect(judgeClock(new Date(''), timing, LIFETIME_S)).toMatchObject({ state: 'warning' });
});
