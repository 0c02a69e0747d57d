import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { World } from '../support/world.ts';
import { REFRESH_CONSENT, REQUEST_CONSENT } from '../support/world.ts';
import type { Aim } from './faulty-world.ts';
import { expectOutcome, FAULTED, freshTerms, later, openFaultyWorld, under } from './faulty-world.ts';
import type { Column } from './table.ts';
import { FAULTS } from './table.ts';

interface Step {
  readonly step: string;
  readonly column: Column;
  readonly aim: Aim;
}
type ByRail = Readonly<Record<World['altinn']['rail'], readonly Step[]>>;

const tokenFor = (scope: string): Step => ({
  step: 'the token for Altinn',
  column: 'maskinporten',
  aim: { upstream: 'maskinporten', scope },
});

const REQUEST_STEPS: ByRail = {
  ALTINN_3: [
    tokenFor('altinn:consentrequests.write'),
    {
      step: 'the request itself',
      column: 'altinn',
      aim: { upstream: 'altinn3', method: 'POST', person: FAULTED },
    },
  ],
  ALTINN_2: [
    tokenFor('altinn:consentrequests.write'),
    {
      step: 'the request itself',
      column: 'creation',
      aim: { upstream: 'altinn2', method: 'POST', path: '/api/consentRequests', person: FAULTED },
    },
  ],
};

describe.each(REQUEST_STEPS[inject('rail')])('a consent request whose step is at fault: $step', ({ column, aim }) => {
  let world: World;
  let asked = 0;
  beforeAll(async () => {
    world = await openFaultyWorld();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it.each(FAULTS)('$name', async ({ fault, [column]: [code, expectedCalls] }) => {
    later(world);
    const input = freshTerms(++asked);
    const before = world.altinn.askedOf(FAULTED).length;
    const request = () => world.query('case-handler-a', REQUEST_CONSENT, { input });

    const { seen, calls } = await under(world, aim, fault, request);
    expectOutcome(seen, 'requestConsent', code);
    expect(calls).toBe(expectedCalls);

    const again = await request();
    expect(again.errors).toEqual([]);
    expect(again.data.requestConsent.consent).toMatchObject({
      status: 'PENDING',
      pageUrl: expect.stringContaining('http'),
    });
    // Whatever went wrong, the person was asked once.
    expect(world.altinn.askedOf(FAULTED).length - before).toBe(1);
  });
});

const REFRESH_STEPS: ByRail = {
  ALTINN_3: [
    tokenFor('altinn:consentrequests.read'),
    { step: 'the look-up at Altinn', column: 'altinn', aim: { upstream: 'altinn3', method: 'GET' } },
  ],
  ALTINN_2: [
    tokenFor('altinn:consentrequests.read'),
    {
      step: 'the look-up at Altinn',
      column: 'altinn',
      aim: { upstream: 'altinn2', method: 'GET', path: '/api/consentRequests' },
    },
    {
      step: 'the exchange of the code',
      column: 'exchange',
      aim: { upstream: 'altinn2', method: 'GET', path: '/api/authorization/token' },
    },
  ],
};

describe.each(REFRESH_STEPS[inject('rail')])('a refresh whose step is at fault: $step', ({ column, aim }) => {
  let world: World;
  let id: string;
  beforeAll(async () => {
    world = await openFaultyWorld();
    id = await world.grant(FAULTED);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it.each(FAULTS)('$name', async ({ fault, [column]: [code, expectedCalls] }) => {
    later(world);
    const refresh = () => world.query('case-handler-a', REFRESH_CONSENT, { id });
    const { seen, calls } = await under(world, aim, fault, refresh);
    expectOutcome(seen, 'refreshConsent', code);
    expect(calls).toBe(expectedCalls);

    const again = await refresh();
    expect(again.data.refreshConsent.consent).toMatchObject({ id, status: 'ACTIVE' });
  });
});
