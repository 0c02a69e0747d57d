import { expect, it } from 'vitest';
import { SANDBOX_START } from '../../src/sandbox/world.ts';
import { hold, isVedtakRead } from '../support/hold.ts';
import type { TwoClocks } from '../support/two-clocks.ts';
import { twoClocks } from '../support/two-clocks.ts';
import type { World } from '../support/world.ts';
import { consentInput, numberOf, openWorld, REFRESH_CONSENT, REQUEST_CONSENT } from '../support/world.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Jumps of the clock, in milliseconds, after which every token fetched before is of no use or of unknown age. */
const JUMPS: readonly (readonly [name: string, ms: number])[] = [
  ['a second back', -SECOND],
  ['five minutes back', -5 * MINUTE],
  ['an hour back', -HOUR],
  ['a day back', -DAY],
  ['two minutes on', 2 * MINUTE],
  ['six hours on', 6 * HOUR],
  ['a month on', 30 * DAY],
];

/** Moves the clock from where it stands. */
function jump(world: World, ms: number): void {
  world.clock.set(new Date(world.clock.now().getTime() + ms));
}

type Asked = Awaited<ReturnType<World['ask']>>;

const VEDTAK = `query ($id: NationalId!) {
  applicant(by: { nationalId: $id }) { aapVedtak { ... on AapVedtaksliste { retrievedAt disclosureId } } }
}`;

const CONSENT = 'query ($id: ID!) { consent(id: $id) { status endedAt } }';

const LOG = `query ($after: String) {
  disclosures(first: 2, after: $after) { nodes { id intendedAt } pageInfo { hasNextPage endCursor } }
}`;

/** P04 is asked by our clock, answers by theirs, and the gateway knows. @returns the consent's id */
async function grantThere(world: World, { there }: TwoClocks, input: Record<string, unknown> = {}): Promise<string> {
  const { id, pageUrl } = await world.ask('P04', input);
  const back = await there(() => world.citizen('P04').answer(pageUrl, 'approve'));
  await world.visit(back ?? '');
  return id;
}

/** The digests of the tokens that upstreams have been shown since the journal was cleared. */
function tokensSeen(world: World): Set<string> {
  return new Set(world.sandbox.journal.entries().flatMap(({ tokenDigest }) => tokenDigest ?? []));
}

it('a clock that jumps, far or not, back or on, costs new tokens and nothing else', async () => {
  await using world = await openWorld();
  const id = await world.grantKnown('P04');
  await world.read('P04');
  for (const [name, ms] of JUMPS) {
    const before = tokensSeen(world);
    world.sandbox.journal.clear();
    jump(world, ms);
    const answers = [
      await world.query('case-handler-a', REFRESH_CONSENT, { id }),
      await world.read('P04'),
      await world.query('case-handler-a', REQUEST_CONSENT, { input: consentInput('P05') }),
    ];
    expect([name, ...answers.flatMap(({ errors }) => errors)]).toEqual([name]);
    expect(answers[1]?.data.applicant.aapVedtak).toMatchObject({ __typename: 'AapVedtaksliste', consent: { id } });
    const after = tokensSeen(world);
    expect(after.size).toBeGreaterThan(0);
    expect([name, ...[...after].filter((token) => before.has(token))]).toEqual([name]);
  }
});

it('a clock that is put back does not make a token live on: NAV is shown none that has run out', async () => {
  const clocks = twoClocks(10);
  await using world = await openWorld(clocks.world);
  await grantThere(world, clocks);
  expect((await world.read('P04')).errors).toEqual([]);
  // As far back as everyone still takes: from ten seconds ahead to fifty behind.
  clocks.ours.set(new Date(clocks.theirs.now().getTime() - 50 * SECOND));
  for (let minute = 0; minute < 4; minute += 1) {
    clocks.later(31 * SECOND);
    expect((await world.read('P04')).errors).toEqual([]);
  }
  expect(world.sandbox.journal.entries('aap').every(({ status }) => status === 200)).toBe(true);
});

it('a refusal that is held back for ten seconds is forgotten when the clock is put back', async () => {
  await using world = await openWorld();
  await world.grantKnown('P04');
  const { access } = world.sandbox.state.maskinporten;
  const opened = { ...access };
  for (const organisation of Object.keys(access)) access[organisation] = [];
  jump(world, 2 * HOUR);
  const codes = (await world.read('P04')).errors.map(({ extensions }) => extensions.code);
  expect(new Set(codes)).toEqual(new Set(['MASKINPORTEN_REJECTED']));
  Object.assign(access, opened);
  jump(world, -HOUR);
  expect((await world.read('P04')).errors).toEqual([]);
});

it('a caller who has asked too often waits no longer for a clock that was put back', async () => {
  await using world = await openWorld({
    config: (config) => ({
      ...config,
      graphql: { ...config.graphql, limits: { ...config.graphql.limits, requestsPerMinute: 2 } },
    }),
  });
  const ask = () => world.query('case-handler-a', '{ viewer { role } }');
  expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
  for (const ms of [MINUTE, HOUR, DAY]) {
    jump(world, -ms);
    const refused = await ask();
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '30']);
    jump(world, 30 * SECOND);
    expect((await ask()).status).toBe(200);
  }
});

it('a person who comes back after the clock was put back is looked up again, and then once in ten seconds as ever', async () => {
  await using world = await openWorld();
  const { id, pageUrl } = await world.ask('P04');
  const back = (await world.citizen('P04').answer(pageUrl, 'approve')) ?? '';
  const questions = () => world.altinn.lookups().length;
  world.sandbox.journal.clear();
  const visit = async () => expect((await world.visit(back)).status).toBe(303);
  await visit();
  for (const ms of [-MINUTE, -HOUR, -DAY]) {
    jump(world, ms);
    const before = questions();
    await visit();
    await visit();
    expect(questions()).toBe(before + 1);
  }
  jump(world, 10 * SECOND);
  const before = questions();
  await visit();
  expect(questions()).toBe(before + 1);
  const { data } = await world.query('case-handler-a', CONSENT, { id });
  expect(data.consent.status).toBe('ACTIVE');
});

/** What ends a consent for good. */
const ENDINGS: readonly (readonly [status: string, end: (world: World, consent: Asked) => Promise<unknown>])[] = [
  ['DECLINED', (world, { pageUrl }) => world.citizen('P04').answer(pageUrl, 'decline')],
  [
    'WITHDRAWN',
    async (world, { pageUrl }) => {
      const back = await world.citizen('P04').answer(pageUrl, 'approve');
      await world.visit(back ?? '');
      await world.withdraw('P04');
    },
  ],
  [
    'RELINQUISHED',
    (world, { id }) =>
      world.query('case-handler-a', 'mutation ($id: ID!) { relinquishConsent(id: $id) { consent { id } } }', { id }),
  ],
];

it.each(ENDINGS)('a consent that is %s stays so, however far the clock is put back or on', async (status, end) => {
  await using world = await openWorld();
  jump(world, DAY);
  const consent = await world.ask('P04');
  await end(world, consent);
  const { id } = consent;
  await world.query('case-handler-a', REFRESH_CONSENT, { id });
  for (const ms of [0, -MINUTE, -HOUR, -2 * DAY, 400 * DAY, -400 * DAY]) {
    jump(world, ms);
    const { data } = await world.query('case-handler-a', CONSENT, { id });
    expect(data.consent).toMatchObject({ status, endedAt: expect.any(String) });
    expect((await world.read('P04')).data.applicant.aapVedtak).toMatchObject({ reason: status, decidedBy: { id } });
  }
  expect(world.navCalls()).toBe(0);
});

it('a consent that ran out by a clock that was wrong counts again once the clock is right, and no earlier', async () => {
  await using world = await openWorld();
  const id = await world.grantKnown('P04', { validTo: '2026-12-01T00:00:00Z' });
  const read = async () => (await world.read('P04')).data.applicant.aapVedtak;
  jump(world, 30 * DAY);
  expect(await read()).toMatchObject({ reason: 'EXPIRED', decidedBy: { id, status: 'EXPIRED' } });
  expect(world.navCalls()).toBe(0);
  world.clock.set(new Date('2026-12-01T00:00:00Z'));
  expect(await read()).toMatchObject({ reason: 'EXPIRED' });
  jump(world, -30 * DAY);
  expect(await read()).toMatchObject({ __typename: 'AapVedtaksliste', consent: { id } });
});

it('a consent that ran out at Altinn opens nothing when our clock alone is put back', async () => {
  const clocks = twoClocks(0);
  await using world = await openWorld(clocks.world);
  const id = await grantThere(world, clocks, { validTo: '2026-11-16T09:01:00Z' });
  expect((await world.read('P04')).errors).toEqual([]);
  const calls = world.navCalls();
  clocks.later(61 * SECOND);
  expect((await world.read('P04')).data.applicant.aapVedtak).toMatchObject({ reason: 'EXPIRED' });
  clocks.ours.set(new Date(SANDBOX_START.getTime() + 30 * SECOND));
  const { errors, data } = await world.read('P04');
  expect(errors).toEqual([]);
  expect(data.applicant.aapVedtak).toMatchObject({ reason: 'EXPIRED', decidedBy: { id, status: 'EXPIRED' } });
  expect(world.navCalls()).toBe(calls);
});

it('a clock put back while NAV answers neither drops the answer nor breaks its record', async () => {
  const onItsWay = hold(isVedtakRead);
  await using world = await openWorld({ transport: onItsWay.transport });
  await world.grantKnown('P04');
  const reading = world.query('case-handler-a', VEDTAK, { id: numberOf('P04') });
  await onItsWay.holds;
  jump(world, -HOUR);
  onItsWay.release();
  const { errors, data } = await reading;
  expect(errors).toEqual([]);
  expect(data.applicant.aapVedtak.retrievedAt).toBe('2026-11-16T08:00:00.000Z');
  const [record, ...others] = await world.audit('a');
  expect(others).toEqual([]);
  expect(record).toMatchObject({ outcome: 'DELIVERED', attempts: 1, settledAt: '2026-11-16T08:00:00.000Z' });
});

it('the log is whole and in one order after a clock that jumped back and forth, also read page by page meanwhile', async () => {
  await using world = await openWorld();
  await world.grantKnown('P04');
  const told: string[] = [];
  const read = async (ms: number) => {
    jump(world, ms);
    told.push(
      (await world.query('case-handler-a', VEDTAK, { id: numberOf('P04') })).data.applicant.aapVedtak.disclosureId,
    );
  };
  const page = async (after: string | null) => {
    const { data } = await world.query('auditor-a', LOG, { after });
    return data.disclosures;
  };
  for (const ms of [HOUR, -3 * HOUR, 0, 0, 2 * HOUR, -DAY, DAY, -MINUTE]) await read(ms);
  const begun = [...told];

  const seen: { id: string; intendedAt: string }[] = [];
  let after: string | null = null;
  for (const ms of [-DAY, HOUR, 2 * DAY, -DAY, 0, 0, 0, 0, 0]) {
    const { nodes, pageInfo } = await page(after);
    seen.push(...nodes);
    after = pageInfo.endCursor;
    if (!pageInfo.hasNextPage) break;
    if (ms !== 0) await read(ms);
  }
  const ids = seen.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining(begun));
  const moments = seen.map(({ intendedAt }) => intendedAt);
  expect(moments).toEqual(moments.toSorted().toReversed());
  expect(new Set((await world.audit('a')).map(({ id }) => id))).toEqual(new Set(told));
  expect(world.sandbox.traces()).toHaveLength(told.length);
});
