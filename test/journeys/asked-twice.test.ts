import { describe, expect, inject, it } from 'vitest';
import { newSandboxState } from '../../src/sandbox/state.ts';
import { hold, isConsentCreation } from '../support/hold.ts';
import type { World } from '../support/world.ts';
import { consentInput, familyNameOf, numberOf, openWorld, REQUEST_CONSENT } from '../support/world.ts';

const RAIL = inject('rail');

const state = await newSandboxState();

const REQUESTS = `{ consents { nodes { id status pageUrl confirmedAt } } }`;

function request(world: World, input: Record<string, unknown> = {}) {
  return world.query('case-handler-a', REQUEST_CONSENT, { input: consentInput('P04', input) });
}

/** Requests that lie before the person at Altinn. */
function atAltinn(world: World): number {
  return world.altinn.askedOf('P04').length;
}

describe('asking again on the same terms', () => {
  it('returns the request that waits for its answer', async () => {
    await using world = await openWorld();
    const first = await request(world);
    const second = await request(world);
    expect(first.data.requestConsent.created).toBe(true);
    expect(second.data.requestConsent).toEqual({ ...first.data.requestConsent, created: false });
    expect(atAltinn(world)).toBe(1);
  });

  it('returns the consent that is in force, even when nobody had noticed the answer', async () => {
    await using world = await openWorld();
    const id = await world.grant('P04');
    const { data } = await request(world);
    expect(data.requestConsent).toMatchObject({ created: false, consent: { id, status: 'ACTIVE', pageUrl: null } });
    expect(atAltinn(world)).toBe(1);
  });

  it('at the same moment asks once', async () => {
    await using world = await openWorld();
    const answers = await Promise.all(Array.from({ length: 20 }, () => request(world)));
    expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
    expect(new Set(answers.map(({ data }) => data.requestConsent.consent.id)).size).toBe(1);
    expect(answers.filter(({ data }) => data.requestConsent.created)).toHaveLength(1);
    expect(atAltinn(world)).toBe(1);
    expect(world.altinn.creations()).toHaveLength(1);
  });

  // Altinn 2 alone needs the family name.
  if (RAIL === 'ALTINN_2')
    it.each([
      ['somebody else’s', 'Annenmann', { code: 'ALTINN_REJECTED' }],
      ['none', null, { code: 'INVALID_INPUT', field: 'input.familyName' }],
    ])('as another who writes a wrong family name (%s) asks all the same', async (_, familyName, extensions) => {
      await using world = await openWorld();
      // Once their token is known, requests are worked on in the order in which they come.
      await world.query('case-handler-a', '{ viewer { role } }');
      const [wrong, ...right] = await Promise.all([request(world, { familyName }), request(world), request(world)]);
      expect(wrong?.errors).toMatchObject([{ extensions }]);
      expect(right.flatMap(({ errors }) => errors)).toEqual([]);
      expect(right.map(({ data }) => data.requestConsent.created)).toEqual([true, false]);
      expect(atAltinn(world)).toBe(1);
    });

  it('within seven days of a refusal returns the refusal, and asks anew once they have passed', async () => {
    await using world = await openWorld();
    const { id, pageUrl } = await world.ask('P04');
    const back = (await world.citizen('P04').answer(pageUrl, 'decline')) ?? '';
    // Altinn 2 tells no moment that can be relied on: the days run from when the gateway learns of the refusal.
    if (RAIL === 'ALTINN_2') await world.visit(back);
    world.clock.set(new Date('2026-11-23T08:59:59.999Z'));
    const early = await request(world);
    expect(early.data.requestConsent).toMatchObject({
      created: false,
      consent: { id, status: 'DECLINED', pageUrl: null },
    });
    expect(atAltinn(world)).toBe(1);
    world.clock.set(new Date('2026-11-23T09:00:00Z'));
    const late = await request(world);
    expect(late.data.requestConsent).toMatchObject({ created: true, consent: { status: 'PENDING' } });
    expect(late.data.requestConsent.consent.id).not.toBe(id);
    expect(atAltinn(world)).toBe(2);
  });

  it.each([
    ['withdrew', async (world: World) => void (await world.withdraw('P04'))],
    ['let the consent expire', async (world: World) => world.clock.set(new Date('2026-12-01T00:00:00Z'))],
  ])('asks anew when the person %s', async (_, ending) => {
    await using world = await openWorld();
    const first = await world.grantKnown('P04', { validTo: '2026-12-01T00:00:00Z' });
    await ending(world);
    const { data } = await request(world);
    expect(data.requestConsent).toMatchObject({ created: true, consent: { status: 'PENDING' } });
    expect(data.requestConsent.consent.id).not.toBe(first);
  });

  it('but until later than the consent in force lasts asks anew', async () => {
    await using world = await openWorld();
    const first = await world.grantKnown('P04', { validTo: '2026-12-01T00:00:00Z' });
    const sooner = await request(world, { validTo: '2026-11-30T00:00:00Z' });
    expect(sooner.data.requestConsent).toMatchObject({ created: false, consent: { id: first } });
    const later = await request(world, { validTo: '2026-12-02T00:00:00Z' });
    expect(later.data.requestConsent).toMatchObject({ created: true, consent: { status: 'PENDING' } });
  });

  it.each([
    ['another period', { periode: { fom: '2022-01-01', tom: '2027-12-30' } }],
    ['another person', { applicant: { nationalId: numberOf('P05') }, familyName: familyNameOf('P05') }],
  ])('is not asking for %s', async (_, input) => {
    await using world = await openWorld();
    const first = await request(world);
    const second = await request(world, input);
    expect(second.data.requestConsent.created).toBe(true);
    expect(second.data.requestConsent.consent.id).not.toBe(first.data.requestConsent.consent.id);
  });
});

describe('a request whose answer from Altinn is lost', () => {
  // Altinn 2 chooses the ids itself: to repeat a request there would be to ask twice.
  if (RAIL === 'ALTINN_3')
    it('is repeated under its own id, so that the person has one request', async () => {
      await using world = await openWorld();
      world.sandbox.faults.add({
        kind: 'reset',
        upstream: world.altinn.upstream,
        method: 'POST',
        afterEffect: true,
        times: 1,
      });
      const { data, errors } = await request(world);
      expect(errors).toEqual([]);
      expect(data.requestConsent.consent).toMatchObject({ status: 'PENDING', pageUrl: expect.any(String) });
      expect(atAltinn(world)).toBe(1);
      await world.citizen('P04').answer(data.requestConsent.consent.pageUrl, 'approve');
      expect((await world.read('P04')).data.applicant.aapVedtak.consent.id).toBe(data.requestConsent.consent.id);
    });

  it('every time is an outage, and asking again finds it and asks nobody twice', async () => {
    await using world = await openWorld();
    world.sandbox.faults.add({ kind: 'reset', upstream: world.altinn.upstream, method: 'POST', afterEffect: true });
    const lost = await request(world);
    expect(lost.data.requestConsent).toBeNull();
    expect(lost.errors).toMatchObject([
      { path: ['requestConsent'], extensions: { code: 'ALTINN_UNAVAILABLE', retry: 'later' } },
    ]);
    const meanwhile = await world.query('case-handler-a', REQUESTS);
    expect(meanwhile.data.consents.nodes).toMatchObject([{ status: 'PENDING', pageUrl: null, confirmedAt: null }]);

    world.sandbox.faults.clear();
    const again = await request(world);
    expect(again.data.requestConsent.consent).toMatchObject({
      id: meanwhile.data.consents.nodes[0].id,
      status: 'PENDING',
      pageUrl: expect.any(String),
    });
    expect(atAltinn(world)).toBe(1);
  });

  it('is found by a read too, once Altinn answers', async () => {
    await using world = await openWorld();
    world.sandbox.faults.add({ kind: 'reset', upstream: world.altinn.upstream, method: 'POST', afterEffect: true });
    await request(world);
    world.sandbox.faults.clear();
    const { data } = await world.read('P04');
    expect(data.applicant.aapVedtak).toMatchObject({ reason: 'PENDING', decidedBy: { pageUrl: expect.any(String) } });
  });

  it('and that never reached Altinn is PENDING without a page, and asking again puts it to the person', async () => {
    await using world = await openWorld();
    world.sandbox.faults.add({ kind: 'reset', upstream: world.altinn.upstream, method: 'POST' });
    await request(world);
    world.sandbox.faults.clear();
    const { data } = await world.read('P04');
    expect(data.applicant.aapVedtak).toMatchObject({ reason: 'PENDING', decidedBy: { pageUrl: null } });
    expect(data.applicant.aapVedtak.message).toContain('Call requestConsent again');
    const again = await request(world);
    expect(again.data.requestConsent).toMatchObject({
      created: true,
      consent: { id: data.applicant.aapVedtak.decidedBy.id },
    });
    expect(atAltinn(world)).toBe(1);
  });
});

it('a request that Altinn refuses is forgotten, so that it stands in nobody’s way', async () => {
  await using world = await openWorld();
  world.sandbox.faults.add({ kind: 'status', upstream: world.altinn.upstream, method: 'POST', status: 403, times: 1 });
  const refused = await request(world);
  expect(refused.errors).toMatchObject([{ extensions: { code: 'ALTINN_REJECTED', retry: 'never' } }]);
  expect((await world.query('case-handler-a', REQUESTS)).data.consents.nodes).toEqual([]);
  expect((await request(world)).data.requestConsent.created).toBe(true);
});

it.each([
  ['the repeat', 'POST'],
  ['the look-up after the repeat', 'GET'],
] as const)('a request that landed is not forgotten when its answer is lost and %s is refused', async (_, method) => {
  await using world = await openWorld();
  const altinn = { upstream: world.altinn.upstream, times: 1 } as const;
  world.sandbox.faults.add({ ...altinn, method: 'POST', kind: 'reset', afterEffect: true });
  world.sandbox.faults.add({ ...altinn, method, kind: 'status', status: 403 });
  // Altinn 2 repeats and looks up nothing within the question that was lost: that is for the next one.
  for (let question = 1; question < (RAIL === 'ALTINN_3' ? 2 : 3); question += 1) await request(world);
  const { data } = await request(world);
  expect(data.requestConsent.consent).toMatchObject({ status: 'PENDING', pageUrl: expect.any(String) });
  expect(atAltinn(world)).toBe(1);
});

describe('a gateway that dies while it asks', () => {
  it.each([
    ['before Altinn hears of it', 'sent', true],
    ['before it hears Altinn’s answer', 'answered', false],
  ] as const)('%s finds the request after its restart, and the person has one', async (_, when, created) => {
    const own = structuredClone(state);
    const stuck = hold(isConsentCreation, when);
    await using dying = await openWorld({ state: own, transport: stuck.transport });
    const lost = request(dying);
    await stuck.holds;

    // The first gateway never gets any further: the second opens the same store, as it was left.
    await using world = await openWorld({ state: own, directory: dying.directory });
    const stored = await world.query('case-handler-a', REQUESTS);
    expect(stored.data.consents.nodes).toMatchObject([{ status: 'PENDING', pageUrl: null, confirmedAt: null }]);
    const again = await request(world);
    expect(again.data.requestConsent).toMatchObject({
      created,
      consent: { id: stored.data.consents.nodes[0].id, status: 'PENDING', pageUrl: expect.any(String) },
    });
    expect(atAltinn(world)).toBe(1);

    await world.citizen('P04').answer(again.data.requestConsent.consent.pageUrl, 'approve');
    expect((await world.read('P04')).data.applicant.aapVedtak.consent.id).toBe(stored.data.consents.nodes[0].id);
    stuck.lose();
    await lost;
    expect(atAltinn(world)).toBe(1);
  });
});
