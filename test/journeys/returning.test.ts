import { describe, expect, it } from 'vitest';
import { ORIGINS, openWorld, sharedWorld } from '../support/world.ts';

const CONSENT = 'query ($id: ID!) { consent(id: $id) { status answeredAt } }';

it.each([
  ['approve', 'ACTIVE', 'OK'],
  ['decline', 'DECLINED', 'Failed'],
] as const)(
  'a person who chose to %s comes back through the gateway, which asks Altinn and sends them on',
  async (answer, status, told) => {
    await using world = await openWorld();
    const { id, pageUrl } = await world.ask('P04', { returnUrl: `${ORIGINS.control}/sak/77?fane=samtykke` });
    const back = await world.citizen('P04').answer(pageUrl, answer);
    expect(back).toMatch(/^http:\/\/127\.0\.0\.1:4000\/return\/[\w-]{22}\?/);
    expect(new URL(back ?? '').searchParams.get('Status')).toBe(told);

    const sent = await world.visit(back ?? '');
    expect(sent).toMatchObject({ status: 303, location: `${ORIGINS.control}/sak/77?fane=samtykke&consent=${id}` });
    const calls = world.altinn.lookups().length;
    const { data } = await world.query('case-handler-a', CONSENT, { id });
    expect(data.consent).toEqual({ status, answeredAt: '2026-11-16T09:00:00.000Z' });
    expect(world.altinn.lookups()).toHaveLength(calls);
  },
);

it.each([
  ['an approval that was not given', '?Status=OK'],
  ['a refusal that was not given', '?Status=Failed&ErrorMessage=User+did+not+give+consent'],
  ['another place to go', '?returnUrl=https://elsewhere.example/&redirect=https://elsewhere.example/'],
  ['another consent', '?consent=3f0a4d55-9a1e-4c05-b5a7-5a1c1c6a0f11&id=3f0a4d55-9a1e-4c05-b5a7-5a1c1c6a0f11'],
])('an address forged to tell of %s tells nothing', async (_, forged) => {
  await using world = await openWorld();
  const { id } = await world.ask('P04');
  const [request] = world.altinn.askedOf('P04');
  const sent = await world.visit(`${request?.redirectUrl}${forged}`);
  expect(sent).toMatchObject({ status: 303, location: `${ORIGINS.control}/?consent=${id}` });
  const { data } = await world.query('case-handler-a', CONSENT, { id });
  expect(data.consent).toEqual({ status: 'PENDING', answeredAt: null });
});

describe('an address below /return', () => {
  const shared = sharedWorld((world) => world.grantKnown('P04'));

  it.each([
    ['a reference nobody was given', 'AAAAAAAAAAAAAAAAAAAAAA'],
    ['a consent’s id', '3f0a4d55-9a1e-4c05-b5a7-5a1c1c6a0f11'],
    ['something else', '..%2f..%2fhealth'],
  ])('%s leads to a page that tells nothing', async (_, reference) => {
    const world = shared();
    world.sandbox.journal.clear();
    const seen = await world.visit(`/return/${reference}?Status=OK`);
    expect(seen).toMatchObject({ status: 404, location: undefined });
    expect(seen.text).toContain('Her er det ingenting å vise');
    expect(seen.text).not.toContain(reference);
    expect(world.sandbox.journal.entries()).toEqual([]);
  });
});

it('a person who comes back again and again costs Altinn one question in ten seconds', async () => {
  await using world = await openWorld();
  const { pageUrl } = await world.ask('P04');
  const back = (await world.citizen('P04').answer(pageUrl, 'approve')) ?? '';
  world.sandbox.journal.clear();
  const questions = () => world.altinn.lookups().length;
  for (let visit = 0; visit < 5; visit += 1) expect((await world.visit(back)).status).toBe(303);
  expect(questions()).toBe(1);
  world.clock.set(new Date('2026-11-16T09:00:10Z'));
  expect((await world.visit(back)).status).toBe(303);
  expect(questions()).toBe(2);
});

it('a person who comes back while Altinn is down is sent on all the same, and the next read learns the answer', async () => {
  await using world = await openWorld();
  const { id, pageUrl } = await world.ask('P04');
  const back = (await world.citizen('P04').answer(pageUrl, 'approve')) ?? '';
  world.sandbox.faults.add({ kind: 'status', upstream: world.altinn.upstream, status: 500 });
  expect(await world.visit(back)).toMatchObject({ status: 303, location: `${ORIGINS.control}/?consent=${id}` });
  world.sandbox.faults.clear();
  expect((await world.read('P04')).data.applicant.aapVedtak.consent.id).toBe(id);
});

it('a person is sent to no address that has since been struck from the configuration', async () => {
  await using first = await openWorld();
  const { pageUrl } = await first.ask('P04', { returnUrl: `${ORIGINS.control}/sak/77` });
  const back = (await first.citizen('P04').answer(pageUrl, 'approve')) ?? '';
  await using second = await openWorld({
    directory: first.directory,
    state: first.sandbox.snapshot(),
    config: (config) => ({
      ...config,
      dataConsumers: config.dataConsumers.map((each) => ({ ...each, returnUrls: [`${ORIGINS.control}/annet`] })),
    }),
  });
  expect((await first.visit(back)).status).toBe(303);
  expect(await second.visit(back)).toMatchObject({ status: 404, location: undefined });
});
