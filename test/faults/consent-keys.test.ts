import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { World } from '../support/world.ts';
import { REFRESH_CONSENT } from '../support/world.ts';
import { expectOutcome, FAULTED, openFaultyWorld, under } from './faulty-world.ts';
import { FAULTS } from './table.ts';

/** What jose grants a fetch of keys, where nobody else ends it; far less than the deadline here, as in earnest. */
const [PATIENCE_MS, SHORT_MS] = [5_000, 20];

beforeEach(() => {
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(ms === PATIENCE_MS ? SHORT_MS : ms));
});
afterEach(() => {
  vi.restoreAllMocks();
});

const AIM = { upstream: 'altinn2', method: 'GET', path: '/api/metadata/jwk' } as const;
const ACTIVE = { data: { refreshConsent: { consent: { status: 'ACTIVE' } } } };

/** What leaves the keys whole is no fault of theirs. */
const FAILURES = FAULTS.filter(({ exchange: [code] }) => code !== 'ok');

describe('the keys of Altinn 2’s consent tokens, which nobody knows yet', () => {
  let world: World;
  let id: string;
  beforeAll(async () => {
    world = await openFaultyWorld({ rail: 'ALTINN_2' });
    id = await world.grant(FAULTED);
  });
  afterAll(() => world[Symbol.asyncDispose]());
  const refresh = () => world.query('case-handler-a', REFRESH_CONSENT, { id });

  it.each(FAILURES)(
    '$name: no consent is doubted for it, and the next one has them fetched anew',
    async ({ fault, exchange: [, expectedCalls] }) => {
      const { seen, calls } = await under(world, AIM, fault, refresh);
      expectOutcome(seen, 'refreshConsent', 'ALTINN_UNAVAILABLE');
      expect(calls).toBe(expectedCalls);
    },
  );

  it('are fetched once they can be had, and serve on through whatever happens then', async () => {
    expect(await refresh()).toMatchObject(ACTIVE);
    for (const { name, fault } of FAILURES) {
      const { seen, calls } = await under(world, AIM, fault, refresh);
      expect([name, seen.errors, calls]).toEqual([name, [], 0]);
    }
  });
});
