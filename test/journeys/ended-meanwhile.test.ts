import { expect, it } from 'vitest';
import { refuseConsentsAtAap } from '../support/altinn.ts';
import { hold, isVedtakRead } from '../support/hold.ts';
import type { World } from '../support/world.ts';
import { numberOf, openWorld, REFRESH_CONSENT } from '../support/world.ts';

const VEDTAK = `query ($id: NationalId!) {
  applicant(by: { nationalId: $id }) {
    aapVedtak {
      __typename
      ... on ConsentRequired { reason decidedBy { id } }
      ... on AapVedtaksliste { consent { id } vedtaksliste { vedtakId } }
    }
  }
}`;

/** The person withdraws the consent that lasts until 2028, and keeps the other. */
async function revokeLongest({ altinn, proveKey }: World): Promise<void> {
  await proveKey();
  const longest = altinn.askedOf('P04').find(({ validTo }) => validTo.startsWith('2028'));
  expect(altinn.revoke(longest?.id ?? '', 'P04')).toBe(true);
}

/** What ends a consent while NAV’s answer is on its way. */
const ENDINGS: readonly [reason: string, end: (world: World, id: string) => Promise<void>][] = [
  [
    'WITHDRAWN',
    async (world, id) => {
      await world.withdraw('P04');
      await world.query('case-handler-a', REFRESH_CONSENT, { id });
    },
  ],
  [
    'RELINQUISHED',
    async (world, id) => {
      await world.query('case-handler-a', `mutation ($id: ID!) { relinquishConsent(id: $id) { consent { id } } }`, {
        id,
      });
    },
  ],
  ['EXPIRED', async (world) => world.clock.set(new Date('2026-12-01T00:00:00Z'))],
];

it.each(ENDINGS)(
  'what NAV answers after a consent has become %s is dropped, and the log says so',
  async (reason, end) => {
    const onItsWay = hold(isVedtakRead);
    await using world = await openWorld({ transport: onItsWay.transport });
    const id = await world.grantKnown('P04', { validTo: '2026-12-01T00:00:00Z' });
    const reading = world.query('case-handler-a', VEDTAK, { id: numberOf('P04') });
    await onItsWay.holds;
    await end(world, id);
    onItsWay.release();

    const seen = await reading;
    expect(seen.errors).toEqual([]);
    expect(seen.data.applicant.aapVedtak).toEqual({ __typename: 'ConsentRequired', reason, decidedBy: { id } });
    expect(seen.text).not.toContain('37188420');
    expect(world.navCalls()).toBe(1);
    expect(world.sandbox.traces()).toHaveLength(1);
    expect(await world.audit('a')).toMatchObject([
      { outcome: 'WITHHELD', refusedBecause: reason, attempts: 1, consent: { id }, errorCode: null },
    ]);
  },
);

it('what NAV answers under a consent that was withdrawn is dropped even where another allows the read, which is then made anew', async () => {
  const onItsWay = hold(isVedtakRead);
  await using world = await openWorld({ transport: onItsWay.transport });
  const kept = await world.grantKnown('P04', {
    periode: { fom: '2023-01-01', tom: '2027-12-31' },
    validTo: '2027-01-01T00:00:00Z',
  });
  const withdrawn = await world.grantKnown('P04', { validTo: '2028-01-01T00:00:00Z' });
  const reading = world.query('case-handler-a', VEDTAK, { id: numberOf('P04') });
  await onItsWay.holds;
  await revokeLongest(world);
  await world.query('case-handler-a', REFRESH_CONSENT, { id: withdrawn });
  onItsWay.release();

  const seen = await reading;
  expect(seen.data.applicant.aapVedtak.consent.id).toBe(kept);
  const log = await world.audit('a');
  expect(
    new Set(log.map(({ outcome, refusedBecause, consent }) => `${outcome} ${refusedBecause} ${consent?.id}`)),
  ).toEqual(new Set([`WITHHELD WITHDRAWN ${withdrawn}`, `DELIVERED null ${kept}`]));
  expect(world.navCalls()).toBe(2);
});

it('a consent that is merely looked up meanwhile opens the read all the same', async () => {
  const onItsWay = hold(isVedtakRead);
  await using world = await openWorld({ transport: onItsWay.transport });
  const id = await world.grantKnown('P04');
  const reading = world.query('case-handler-a', VEDTAK, { id: numberOf('P04') });
  await onItsWay.holds;
  await world.query('case-handler-a', REFRESH_CONSENT, { id });
  onItsWay.release();
  expect((await reading).data.applicant.aapVedtak).toMatchObject({ __typename: 'AapVedtaksliste', consent: { id } });
  expect(await world.audit('a')).toMatchObject([{ outcome: 'DELIVERED', attempts: 1 }]);
});

it('a read that waited in the queue until its credential had grown old is made with a new one', async () => {
  const onItsWay = hold(isVedtakRead);
  await using world = await openWorld({
    transport: onItsWay.transport,
    config: (config) => ({ ...config, nav: { ...config.nav, bound: 1 } }),
  });
  await world.grantKnown('P04');
  world.sandbox.journal.clear();
  const reading = world.read('P04');
  await onItsWay.holds;
  // AAP’s tokens live 29 seconds; the meldekort wait behind the vedtak.
  world.clock.set(new Date('2026-11-16T09:00:30Z'));
  onItsWay.release();
  const { errors, data } = await reading;
  expect(errors).toEqual([]);
  expect(data.applicant.aapMeldekort.retrievedAt).toBe('2026-11-16T09:00:30.000Z');
  const calls = world.sandbox.journal.entries('aap');
  expect(calls.map(({ status }) => status)).toEqual([200, 200]);
  expect(new Set(calls.map(({ tokenDigest }) => tokenDigest)).size).toBe(2);
});

it('a credential that grows old on its way to NAV is replaced once, and both calls are counted', async () => {
  const onItsWay = hold(isVedtakRead, 'sent');
  await using world = await openWorld({ transport: onItsWay.transport });
  await world.grantKnown('P04');
  world.sandbox.journal.clear();
  const reading = world.query('case-handler-a', VEDTAK, { id: numberOf('P04') });
  await onItsWay.holds;
  world.clock.set(new Date('2026-11-16T09:00:30Z'));
  onItsWay.release();
  const { errors, data } = await reading;
  expect(errors).toEqual([]);
  expect(data.applicant.aapVedtak.__typename).toBe('AapVedtaksliste');
  expect(world.sandbox.journal.entries('aap').map(({ status }) => status)).toEqual([401, 200]);
  expect(world.sandbox.traces()).toHaveLength(1);
  expect(await world.audit('a')).toMatchObject([{ outcome: 'DELIVERED', attempts: 2 }]);
});

it('when the credential is refused since the consent was withdrawn, another consent that allows the read is used', async () => {
  await using world = await openWorld();
  const kept = await world.grantKnown('P04', {
    periode: { fom: '2023-01-01', tom: '2027-12-31' },
    validTo: '2027-01-01T00:00:00Z',
  });
  const withdrawn = await world.grantKnown('P04', { validTo: '2028-01-01T00:00:00Z' });
  await revokeLongest(world);
  const seen = await world.query('case-handler-a', VEDTAK, { id: numberOf('P04') });
  expect(seen.data.applicant.aapVedtak.consent.id).toBe(kept);
  const log = await world.audit('a');
  expect(
    new Set(log.map(({ outcome, refusedBecause, consent }) => `${outcome} ${refusedBecause} ${consent?.id}`)),
  ).toEqual(new Set([`REFUSED WITHDRAWN ${withdrawn}`, `DELIVERED null ${kept}`]));
  expect(world.navCalls()).toBe(1);
});

it('a consent withdrawn after the decision but before its credential opens nothing: NAV is never asked', async () => {
  await using world = await openWorld();
  const id = await world.grantKnown('P04');
  // The gateway still believes in it: only Altinn, behind Maskinporten, knows.
  await world.withdraw('P04');
  const seen = await world.read('P04');
  expect(seen.errors).toEqual([]);
  expect(seen.data.applicant.uforeopplysninger).toMatchObject({ reason: 'WITHDRAWN', decidedBy: { id } });
  expect(world.navCalls()).toBe(0);
  // Altinn 3 refuses through Maskinporten, Altinn 2 by itself.
  const refused = [...world.sandbox.journal.entries('maskinporten'), ...world.altinn.calls()].filter(
    ({ path, status }) => (path.endsWith('/token') ? status === 400 : status === 403),
  );
  expect(refused.length).toBeGreaterThan(0);
  expect(
    new Set(
      (await world.audit('a')).map(
        ({ outcome, refusedBecause, attempts }) => `${outcome} ${refusedBecause} ${attempts}`,
      ),
    ),
  ).toEqual(new Set(['REFUSED WITHDRAWN 0']));
});

it('a read whose credential was good, and that NAV refuses, is decided by Altinn: withdrawn there, it is withdrawn', async () => {
  const beforeNav = hold(isVedtakRead, 'sent');
  await using world = await openWorld({ transport: beforeNav.transport });
  await world.grantKnown('P04');
  const reading = world.query('case-handler-a', VEDTAK, { id: numberOf('P04') });
  await beforeNav.holds;
  await world.withdraw('P04');
  refuseConsentsAtAap(world.sandbox, world.altinn.rail);
  beforeNav.release();
  const seen = await reading;
  expect(seen.errors).toEqual([]);
  expect(seen.data.applicant.aapVedtak).toMatchObject({ __typename: 'ConsentRequired', reason: 'WITHDRAWN' });
  expect(world.sandbox.traces()).toEqual([]);
  expect(await world.audit('a')).toMatchObject([{ outcome: 'WITHHELD', refusedBecause: 'WITHDRAWN', attempts: 1 }]);
});
