import { afterEach, describe, expect, it, vi } from 'vitest';
import { osloDate, stillClock, systemClock, threeYearsAfter, tickingClock } from '../src/clock.ts';

const MIDNIGHTS: [string, string][] = [
  // Winter: an hour ahead of UTC.
  ['2026-01-14T22:59:59.999Z', '2026-01-14'],
  ['2026-01-14T23:00:00.000Z', '2026-01-15'],
  ['2026-03-28T22:59:59.999Z', '2026-03-28'],
  ['2026-03-28T23:00:00.000Z', '2026-03-29'],
  // Summer time began on 29 March: two hours ahead.
  ['2026-03-29T21:59:59.999Z', '2026-03-29'],
  ['2026-03-29T22:00:00.000Z', '2026-03-30'],
  ['2026-10-24T21:59:59.999Z', '2026-10-24'],
  ['2026-10-24T22:00:00.000Z', '2026-10-25'],
  // It ended on 25 October, a day of 25 hours.
  ['2026-10-25T22:59:59.999Z', '2026-10-25'],
  ['2026-10-25T23:00:00.000Z', '2026-10-26'],
  ['2026-12-31T23:00:00.000Z', '2027-01-01'],
  // The nights of 2027 in which summer time begins and ends: the hour that is left out, and the one that comes twice.
  ['2027-03-28T00:59:59.999Z', '2027-03-28'],
  ['2027-03-28T01:00:00.000Z', '2027-03-28'],
  ['2027-03-28T21:59:59.999Z', '2027-03-28'],
  ['2027-03-28T22:00:00.000Z', '2027-03-29'],
  ['2027-10-30T22:00:00.000Z', '2027-10-31'],
  ['2027-10-31T00:30:00.000Z', '2027-10-31'],
  ['2027-10-31T01:30:00.000Z', '2027-10-31'],
  ['2027-10-31T22:59:59.999Z', '2027-10-31'],
  ['2027-10-31T23:00:00.000Z', '2027-11-01'],
  ['2028-02-28T23:00:00.000Z', '2028-02-29'],
  ['2028-02-29T22:59:59.999Z', '2028-02-29'],
  ['2028-02-29T23:00:00.000Z', '2028-03-01'],
];

afterEach(() => {
  vi.unstubAllEnvs();
});

describe.each(['UTC', 'America/Los_Angeles', 'Pacific/Auckland'])('on a machine set to %s', (zone) => {
  it.each(MIDNIGHTS)('%s is %s in Norway', (moment, date) => {
    vi.stubEnv('TZ', zone);
    expect(osloDate(new Date(moment))).toBe(date);
  });

  it.each([
    ['an ordinary day', '2026-11-16T08:15:00.123Z', '2029-11-16T08:15:00.123Z'],
    ['a leap day, which becomes the 28th', '2028-02-29T11:00:00.000Z', '2031-02-28T11:00:00.000Z'],
    ['the last hour of a leap day in Norway', '2028-02-29T22:59:59.999Z', '2031-02-28T22:59:59.999Z'],
    ['winter to summer time: the hour in Norway stays', '2026-03-28T11:00:00.000Z', '2029-03-28T10:00:00.000Z'],
    ['summer to winter time: the hour in Norway stays', '2027-10-30T10:00:00.000Z', '2030-10-30T11:00:00.000Z'],
    [
      'an hour that summer time leaves out then: the one after it',
      '2025-03-26T01:30:00.000Z',
      '2028-03-26T01:30:00.000Z',
    ],
    ['an hour that comes twice then: the first of them', '2024-10-31T01:30:00.000Z', '2027-10-31T00:30:00.000Z'],
    ['New Year in Norway', '2026-12-31T23:00:00.000Z', '2029-12-31T23:00:00.000Z'],
  ])('three years after %s', (_, moment, later) => {
    vi.stubEnv('TZ', zone);
    expect(threeYearsAfter(new Date(moment)).toISOString()).toBe(later);
  });
});

describe('a clock', () => {
  const start = new Date('2026-11-16T08:00:00Z');

  it('that stands still shows its moment until it is set', () => {
    const clock = stillClock(start);
    expect(clock.now()).toEqual(start);
    clock.set(new Date('2027-01-01T00:00:00Z'));
    expect(clock.now().toISOString()).toBe('2027-01-01T00:00:00.000Z');
  });

  it('that stands still does not move when its start or what it showed is changed', () => {
    const changing = new Date(start);
    const clock = stillClock(changing);
    changing.setFullYear(1999);
    clock.now().setFullYear(1999);
    expect(clock.now()).toEqual(start);
  });

  it('that ticks goes at the machine’s pace from where it was put, forwards or back', () => {
    const machine = stillClock(new Date('2030-05-05T12:00:00Z'));
    const clock = tickingClock(start, machine);
    expect(clock.now()).toEqual(start);
    machine.set(new Date('2030-05-05T12:00:01.500Z'));
    expect(clock.now().toISOString()).toBe('2026-11-16T08:00:01.500Z');
    clock.set(new Date('2026-01-01T00:00:00Z'));
    machine.set(new Date('2030-05-05T12:01:01.500Z'));
    expect(clock.now().toISOString()).toBe('2026-01-01T00:01:00.000Z');
  });

  it('of the machine shows the machine’s time', () => {
    vi.useFakeTimers({ now: start });
    expect(systemClock.now()).toEqual(start);
    vi.useRealTimers();
  });
});
