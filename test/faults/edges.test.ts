import { describe, expect, it } from 'vitest';
import { newSandboxState } from '../../src/sandbox/state.ts';
import type { Transport } from '../../src/upstream.ts';
import type { World } from '../support/world.ts';
import { consentInput, numberOf, openWorld, REQUEST_CONSENT } from '../support/world.ts';
import { asDocumented } from './table.ts';

const READ = `query ($id: NationalId!) {
  applicant(by: { nationalId: $id }) {
    aapVedtak { __typename ... on ConsentRequired { reason } }
    uforeopplysninger { __typename ... on ConsentRequired { reason } }
  }
}`;
const READ_AAP = `query ($id: NationalId!) { applicant(by: { nationalId: $id }) { aapVedtak { __typename ... on ConsentRequired { reason } } } }`;

/** Made here, since keys take longer to make than a test may last. */
const state = await newSandboxState();

const read = (world: World) => world.query('case-handler-a', READ, { id: numberOf('P04') });

async function activeWorld(options: Parameters<typeof openWorld>[0] = {}): Promise<World> {
  const world = await openWorld(options);
  await world.grantKnown('P04');
  return world;
}

/** What the log says of each source, of which each was read once. */
async function recorded(world: World): Promise<Record<string, unknown>> {
  const log = await world.audit('a');
  expect(new Set(log.map(({ source }) => source)).size).toBe(log.length);
  return Object.fromEntries(
    log.map(({ source, outcome, errorCode, refusedBecause, attempts }) => [
      source,
      { outcome, errorCode, refusedBecause, attempts },
    ]),
  );
}

const FAILED = { outcome: 'FAILED', refusedBecause: null };
const DELIVERED = { outcome: 'DELIVERED', errorCode: null, refusedBecause: null, attempts: 1 };

describe('an upstream to which there is no connection', () => {
  it.each([
    { origin: 'maskinporten', code: 'MASKINPORTEN_UNAVAILABLE' },
    { origin: 'aap', code: 'NAV_UNAVAILABLE' },
  ] as const)('$origin: is tried three times, none of which NAV can have seen', async ({ origin, code }) => {
    let refusals: number | undefined;
    await using world = await activeWorld({
      transport: (doubles) =>
        refusing(
          doubles,
          () => refusals !== undefined,
          (url) => {
            if (!url.startsWith(world.sandbox.origins[origin])) return false;
            refusals = (refusals ?? 0) + 1;
            return true;
          },
        ),
    });
    refusals = 0;
    const seen = await read(world);
    expect(seen.errors.find(({ path }) => path?.includes('aapVedtak'))?.extensions).toMatchObject(asDocumented(code));
    expect(refusals).toBe(origin === 'aap' ? 3 : 6);
    expect(await recorded(world)).toMatchObject({ AAP_VEDTAK: { ...FAILED, errorCode: code, attempts: 0 } });
    refusals = undefined;
    expect((await read(world)).errors).toEqual([]);
  });

  it('Altinn: a request that never got there is stored, and put to the person by the next call', async () => {
    let down = true;
    await using world = await openWorld({
      transport: (doubles) =>
        refusing(
          doubles,
          () => down,
          (url) => url.startsWith(world.sandbox.origins.altinn3),
        ),
    });
    const input = consentInput('P04');
    const first = await world.query('case-handler-a', REQUEST_CONSENT, { input });
    expect(first.errors.map(({ extensions }) => extensions)).toMatchObject([asDocumented('ALTINN_UNAVAILABLE')]);
    expect(world.sandbox.altinn3.register.askedOf(numberOf('P04'))).toHaveLength(0);
    down = false;
    const second = await world.query('case-handler-a', REQUEST_CONSENT, { input });
    expect(second.data.requestConsent).toMatchObject({ created: true, consent: { status: 'PENDING' } });
    expect(world.sandbox.altinn3.register.askedOf(numberOf('P04'))).toHaveLength(1);
  });
});

describe('two witnesses', () => {
  it('NAV alone, refusing, ends no consent: the read is NAV_REFUSED and the other source is delivered', async () => {
    await using world = await activeWorld();
    world.sandbox.switches.aapRefusesAltinn3 = true;
    const seen = await read(world);
    expect(seen.errors.map(({ extensions }) => extensions)).toMatchObject([
      { ...asDocumented('NAV_REFUSED'), source: 'AAP_VEDTAK' },
    ]);
    expect(await recorded(world)).toEqual({
      AAP_VEDTAK: { ...FAILED, errorCode: 'NAV_REFUSED', attempts: 1 },
      UFOREOPPLYSNINGER: DELIVERED,
    });
    world.sandbox.switches.aapRefusesAltinn3 = false;
    expect((await read(world)).errors).toEqual([]);
  });

  it.each([
    {
      fault: 'the look-up fails',
      code: 'ALTINN_UNAVAILABLE',
      play: { upstream: 'altinn3', method: 'GET', kind: 'status', status: 500 },
    },
    {
      fault: 'the token for the look-up fails',
      code: 'MASKINPORTEN_UNAVAILABLE',
      play: { upstream: 'maskinporten', scope: 'altinn:consentrequests.read', kind: 'html' },
    },
  ] as const)('a withdrawn consent is not called withdrawn while $fault', async ({ code, play }) => {
    await using world = await activeWorld();
    await world.citizen('P04').withdrawAll();
    world.clock.set(new Date(world.clock.now().getTime() + 600_000));
    world.sandbox.faults.add(play);
    const seen = await read(world);
    expect(seen.errors.map(({ extensions }) => extensions)).toMatchObject([asDocumented(code), asDocumented(code)]);
    expect(world.navCalls()).toBe(0);
    const failed = { ...FAILED, errorCode: code, attempts: 0 };
    expect(await recorded(world)).toEqual({ AAP_VEDTAK: failed, UFOREOPPLYSNINGER: failed });

    world.sandbox.faults.clear();
    const again = await read(world);
    expect(again.data.applicant).toMatchObject({
      aapVedtak: { reason: 'WITHDRAWN' },
      uforeopplysninger: { reason: 'WITHDRAWN' },
    });
    expect(world.navCalls()).toBe(0);
  });

  it('a consent withdrawn on the way to NAV has ended once NAV and Altinn both say no', async () => {
    let atTheDoor: (() => Promise<unknown>) | undefined;
    await using world = await activeWorld({
      transport: (doubles) => async (request) => {
        if (atTheDoor !== undefined && request.url.startsWith(world.sandbox.origins.aap)) await atTheDoor();
        return doubles(request);
      },
    });
    atTheDoor = () => world.citizen('P04').withdrawAll();
    world.sandbox.faults.add({ upstream: 'aap', kind: 'status', status: 403 });
    const seen = await world.query('case-handler-a', READ_AAP, { id: numberOf('P04') });
    expect(seen.errors).toEqual([]);
    expect(seen.data.applicant.aapVedtak).toEqual({ __typename: 'ConsentRequired', reason: 'WITHDRAWN' });
    expect(await recorded(world)).toMatchObject({
      AAP_VEDTAK: { errorCode: null, refusedBecause: 'WITHDRAWN', attempts: 1 },
    });
  });
});

it('NAV that cannot trace delivers nothing, and is asked three times at most', async () => {
  await using world = await activeWorld();
  world.sandbox.switches.failingTrace = true;
  const seen = await read(world);
  expect(seen.errors.map(({ extensions }) => extensions)).toMatchObject([
    asDocumented('NAV_UNAVAILABLE'),
    asDocumented('NAV_UNAVAILABLE'),
  ]);
  const failed = { ...FAILED, errorCode: 'NAV_UNAVAILABLE', attempts: 3 };
  expect(await recorded(world)).toEqual({ AAP_VEDTAK: failed, UFOREOPPLYSNINGER: failed });
  expect(world.navCalls()).toBe(6);
  expect(world.sandbox.traces()).toEqual([]);
  world.sandbox.switches.failingTrace = false;
  expect((await read(world)).errors).toEqual([]);
});

it('a scope without access is asked for once in ten seconds, and works without a restart once access is given', async () => {
  await using world = await activeWorld({ state });
  const { access } = state.maskinporten;
  const given = structuredClone(access);
  for (const consumer of Object.keys(access))
    access[consumer] = (access[consumer] ?? []).filter((scope) => scope !== 'nav:arbeid/v1/aap');
  const grants = () =>
    world.sandbox.journal.entries('maskinporten').filter(({ scope }) => scope === 'nav:arbeid/v1/aap').length;

  for (let time = 0; time < 5; time += 1) {
    const seen = await read(world);
    expect(seen.errors.map(({ extensions }) => extensions)).toMatchObject([
      { ...asDocumented('MASKINPORTEN_REJECTED'), source: 'AAP_VEDTAK' },
    ]);
    expect(seen.data.applicant.uforeopplysninger.__typename).toBe('Uforeopplysninger');
  }
  expect(grants()).toBe(1);

  Object.assign(access, given);
  world.clock.set(new Date(world.clock.now().getTime() + 10_000));
  expect((await read(world)).errors).toEqual([]);
  expect(grants()).toBe(2);
});

it('a caller that goes away ends its own read only: it is recorded, and NAV is not asked again', async () => {
  await using world = await activeWorld();
  const address = await world.gateway.listen();
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${await world.sandbox.callers.tokenFor('case-handler-a')}`,
  };
  const body = JSON.stringify({ query: READ, variables: { id: numberOf('P04') } });
  const leaving = new AbortController();
  world.sandbox.faults.add({ upstream: 'aap', kind: 'hang', times: 1 });
  const left = fetch(`${address}/graphql`, { method: 'POST', headers, body, signal: leaving.signal }).then(
    () => 'answered',
    () => 'left',
  );
  await until(() => world.sandbox.journal.entries('aap').length === 1);
  const stayed = await fetch(`${address}/graphql`, { method: 'POST', headers, body });
  expect(await stayed.json()).toMatchObject({ data: { applicant: { aapVedtak: { __typename: 'AapVedtaksliste' } } } });
  leaving.abort();
  expect(await left).toBe('left');
  await until(async () => (await world.audit('a')).every(({ settledAt }) => settledAt !== null));
  const read = (await world.audit('a')).filter(({ source }) => source === 'AAP_VEDTAK');
  expect(read.map(({ outcome, errorCode, attempts }) => [outcome, errorCode, attempts]).toSorted()).toEqual([
    ['DELIVERED', null, 1],
    ['FAILED', 'ABANDONED', 1],
  ]);
  expect(world.sandbox.journal.entries('aap')).toHaveLength(2);
});

/** A network on which some hosts refuse connections while `on` says so. */
function refusing(network: Transport, on: () => boolean, hit: (url: string) => boolean): Transport {
  return async (request) => {
    if (on() && hit(request.url)) throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    return network(request);
  };
}

/** Resolves once the condition holds; work in this process goes on meanwhile. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}
