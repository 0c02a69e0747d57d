import { describe, expect, it } from 'vitest';
import type { CastId } from '../../src/sandbox/world.ts';
import type { World } from '../support/world.ts';
import { consentInput, numberOf, openWorld, REQUEST_CONSENT } from '../support/world.ts';

const STATUS = 'query ($id: ID!) { consent(id: $id) { status rail endedAt covers } }';
const GIVE_UP = 'mutation ($id: ID!) { relinquishConsent(id: $id) { consent { status } } }';
const REFRESH = 'mutation ($id: ID!) { refreshConsent(id: $id) { consent { status } } }';
const NOW = 'query ($n: NationalId!) { applicant(by: { nationalId: $n }) { consent { id } } }';

/** A world on Altinn 2 has ended, and the next one begins over the same store, on Altinn 3. */
async function nextWorld(before: World, altinn2: 'SERVED' | 'NOT SERVED'): Promise<World> {
  await before.gateway[Symbol.asyncDispose]();
  const without = <T extends { altinn2?: unknown }>(one: T) => ({ ...one, altinn2: undefined });
  return openWorld({
    rail: 'ALTINN_3',
    directory: before.directory,
    clock: before.clock,
    state: before.sandbox.snapshot(),
    config: (config) =>
      altinn2 === 'SERVED'
        ? config
        : {
            ...config,
            dataConsumers: config.dataConsumers.map(without),
            supplier: config.supplier && without(config.supplier),
          },
  });
}

/** @returns the id of a consent, or of the request for one, on Altinn 2 */
async function leaveBehind(before: World, status: 'PENDING' | 'ACTIVE', person: CastId = 'P04'): Promise<string> {
  return status === 'ACTIVE' ? before.grantKnown(person) : (await before.ask(person)).id;
}

const request = (world: World) => world.query('case-handler-a', REQUEST_CONSENT, { input: consentInput('P04') });
const statusOf = async (world: World, id: string) => (await world.query('case-handler-a', STATUS, { id })).data.consent;

describe('once Altinn 2 is not served any more, what was left there', () => {
  it.each(['PENDING', 'ACTIVE'] as const)(
    '(%s) keeps nobody from being asked and read about on Altinn 3',
    async (status) => {
      await using before = await openWorld({ rail: 'ALTINN_2' });
      const old = await leaveBehind(before, status);
      await using world = await nextWorld(before, 'NOT SERVED');
      const { errors, data } = await request(world);
      expect(errors).toEqual([]);
      const { created, consent } = data.requestConsent;
      expect({ created, ...consent }).toMatchObject({ created: true, status: 'PENDING', pageUrl: expect.any(String) });
      expect(await statusOf(world, old)).toEqual({
        rail: 'ALTINN_2',
        covers: [],
        status: status === 'PENDING' ? 'RELINQUISHED' : 'ACTIVE',
        endedAt: status === 'PENDING' ? '2026-11-16T09:00:00.000Z' : null,
      });
      expect((await request(world)).data.requestConsent).toMatchObject({ created: false, consent: { id: consent.id } });
      await world.citizen('P04').answer(consent.pageUrl, 'approve');
      expect((await world.read('P04')).data.applicant.aapVedtak.consent).toEqual({ id: consent.id });
    },
  );

  it.each(['PENDING', 'ACTIVE'] as const)('(%s) decides no answer', async (status) => {
    await using before = await openWorld({ rail: 'ALTINN_2' });
    await leaveBehind(before, status);
    await using world = await nextWorld(before, 'NOT SERVED');
    const seen = await world.read('P04');
    expect(seen.errors).toEqual([]);
    expect(seen.data.applicant.aapVedtak).toMatchObject({ reason: 'NEVER_ASKED', decidedBy: null });
    const now = await world.query('case-handler-a', NOW, { n: numberOf('P04') });
    expect(now.errors).toEqual([]);
    expect(now.data.applicant.consent).toBeNull();
    expect(world.sandbox.journal.entries('altinn2')).toEqual([]);
  });

  it.each(['PENDING', 'ACTIVE'] as const)('(%s) can be given up, and is said to be out of reach', async (status) => {
    await using before = await openWorld({ rail: 'ALTINN_2' });
    const id = await leaveBehind(before, status);
    await using world = await nextWorld(before, 'NOT SERVED');
    const refreshed = await world.query('case-handler-a', REFRESH, { id });
    expect(refreshed.errors).toMatchObject([{ extensions: { code: 'ALTINN_UNAVAILABLE', retry: 'never' } }]);
    const given = await world.query('case-handler-a', GIVE_UP, { id });
    expect(given.errors).toEqual([]);
    expect(given.data.relinquishConsent.consent.status).toBe('RELINQUISHED');
  });

  it('as a refusal is still respected for seven days', async () => {
    await using before = await openWorld({ rail: 'ALTINN_2' });
    const { id, pageUrl } = await before.ask('P04');
    await before.visit((await before.citizen('P04').answer(pageUrl, 'decline')) ?? '');
    await using world = await nextWorld(before, 'NOT SERVED');
    expect((await request(world)).data.requestConsent).toMatchObject({
      created: false,
      consent: { id, status: 'DECLINED' },
    });
    expect((await world.read('P04')).data.applicant.aapVedtak).toMatchObject({
      reason: 'DECLINED',
      decidedBy: { id },
    });
  });
});

describe('while new requests go to Altinn 3 and Altinn 2 is served', () => {
  it.each(['PENDING', 'ACTIVE'] as const)(
    'what was left there (%s) makes asking needless when it stands',
    async (status) => {
      await using before = await openWorld({ rail: 'ALTINN_2' });
      const id = await leaveBehind(before, status);
      await using world = await nextWorld(before, 'SERVED');
      expect((await request(world)).data.requestConsent).toMatchObject({ created: false, consent: { id, status } });
      expect(world.altinn.askedOf('P04')).toEqual([]);
    },
  );

  it.each([
    ['PENDING', 503],
    ['ACTIVE', 503],
    ['PENDING', 404],
    ['ACTIVE', 404],
  ] as const)(
    'what was left there (%s) is asked for anew, once, when Altinn 2 answers %s to everything',
    async (left, status) => {
      await using before = await openWorld({ rail: 'ALTINN_2' });
      await leaveBehind(before, left);
      await using world = await nextWorld(before, 'SERVED');
      world.sandbox.faults.add({ upstream: 'altinn2', kind: 'status', status });
      const first = await request(world);
      expect(first.errors).toEqual([]);
      expect(first.data.requestConsent).toMatchObject({ created: true, consent: { status: 'PENDING' } });
      const again = await request(world);
      expect(again.data.requestConsent).toEqual({ ...first.data.requestConsent, created: false });
      expect(world.altinn.askedOf('P04')).toHaveLength(1);
    },
  );
});
