import { describe, expect, it } from 'vitest';
import type { World } from '../support/world.ts';
import { openWorld, REFRESH_CONSENT, sharedWorld } from '../support/world.ts';

const FIELDS = ['aapVedtak', 'aapMeldekort', 'uforeopplysninger'] as const;

const GIVE_UP = `mutation ($id: ID!) { relinquishConsent(id: $id) { consent { id status endedAt pageUrl } } }`;
const CONSENT = `query ($id: ID!) { consent(id: $id) { id status changedAt answeredAt endedAt lastReadAt pageUrl } }`;

/** Every field refuses for this reason, nobody at NAV has heard of it, and the log says so. */
async function expectRefused(world: World, reason: string, decidedBy: string | null): Promise<void> {
  const calls = world.navCalls();
  const logged = new Set((await world.audit('a')).map(({ id }) => id));
  const seen = await world.read('P04');
  expect(seen.errors).toEqual([]);
  for (const field of FIELDS) {
    expect(seen.data.applicant[field]).toMatchObject({ __typename: 'ConsentRequired', reason, allowedPerioder: [] });
    expect(seen.data.applicant[field].decidedBy?.id ?? null).toBe(decidedBy);
  }
  expect(world.navCalls()).toBe(calls);
  const records = (await world.audit('a')).filter(({ id }) => !logged.has(id));
  expect(records.map(({ outcome, refusedBecause, attempts }) => [outcome, refusedBecause, attempts])).toEqual(
    FIELDS.map(() => ['REFUSED', reason, 0]),
  );
}

async function expectDelivered(world: World, consent: string): Promise<void> {
  const seen = await world.read('P04');
  expect(seen.errors).toEqual([]);
  for (const field of FIELDS) expect(seen.data.applicant[field]).toMatchObject({ consent: { id: consent } });
}

describe('a person', () => {
  it('who was never asked is not read about', async () => {
    await using world = await openWorld();
    await expectRefused(world, 'NEVER_ASKED', null);
    expect(world.altinn.calls()).toEqual([]);
  });

  it('who declines is not read about, and stays unread', async () => {
    await using world = await openWorld();
    const { id, pageUrl } = await world.ask('P04');
    await world.citizen('P04').answer(pageUrl, 'decline');
    await expectRefused(world, 'DECLINED', id);
    const { data } = await world.query('case-handler-a', CONSENT, { id });
    expect(data.consent).toMatchObject({ status: 'DECLINED', answeredAt: '2026-11-16T09:00:00.000Z', pageUrl: null });
  });

  it('who has not answered is pointed to the page, and read about once they have', async () => {
    await using world = await openWorld();
    const { id, pageUrl } = await world.ask('P04');
    const before = await world.read('P04');
    expect(before.data.applicant.aapVedtak).toMatchObject({
      reason: 'PENDING',
      decidedBy: { id, status: 'PENDING', pageUrl },
    });
    await expectRefused(world, 'PENDING', id);
    await world.citizen('P04').answer(pageUrl, 'approve');
    await expectDelivered(world, id);
  });

  it('who approves and never comes back is read about, three reads costing one look-up', async () => {
    await using world = await openWorld();
    const id = await world.grant('P04');
    world.sandbox.journal.clear();
    await expectDelivered(world, id);
    expect(world.altinn.lookups()).toHaveLength(1);
  });

  it('who withdraws between two reads is read about no more, and nothing revives the consent', async () => {
    await using world = await openWorld();
    const id = await world.grant('P04');
    await expectDelivered(world, id);
    world.clock.set(new Date('2026-11-17T09:00:00Z'));
    expect(await world.withdraw('P04')).toBe(1);
    await expectRefused(world, 'WITHDRAWN', id);
    const { data } = await world.query('case-handler-a', CONSENT, { id });
    expect(data.consent).toMatchObject({
      status: 'WITHDRAWN',
      answeredAt: '2026-11-16T09:00:00.000Z',
      endedAt: '2026-11-17T09:00:00.000Z',
      lastReadAt: '2026-11-16T09:00:00.000Z',
    });
    await expectRefused(world, 'WITHDRAWN', id);
  });

  it('whose consent has expired is not read about, to the millisecond', async () => {
    await using world = await openWorld();
    const id = await world.grant('P04', { validTo: '2026-12-01T00:00:00Z' });
    world.clock.set(new Date('2026-11-30T23:59:59.999Z'));
    await expectDelivered(world, id);
    world.clock.set(new Date('2026-12-01T00:00:00Z'));
    await expectRefused(world, 'EXPIRED', id);
    const { data } = await world.query('case-handler-a', CONSENT, { id });
    expect(data.consent).toMatchObject({ status: 'EXPIRED', endedAt: '2026-12-01T00:00:00.000Z' });
  });

  it('who lets the request run out unanswered is shown no page any more', async () => {
    await using world = await openWorld();
    const { id } = await world.ask('P04', { validTo: '2026-12-01T00:00:00Z' });
    world.clock.set(new Date('2026-12-01T00:00:00Z'));
    await expectRefused(world, 'EXPIRED', id);
    const { data } = await world.query('case-handler-a', CONSENT, { id });
    expect(data.consent).toMatchObject({ status: 'EXPIRED', pageUrl: null });
  });

  it('whose request expired early, by a clock that was ahead, has one request once it is set right', async () => {
    await using world = await openWorld();
    const early = await world.ask('P04', { validTo: '2026-12-01T00:00:00Z' });
    world.clock.set(new Date('2026-12-02T00:00:00Z'));
    const later = await world.ask('P04');
    expect(later.id).not.toBe(early.id);
    world.clock.set(new Date('2026-11-16T09:00:00Z'));
    const refreshed = await world.query('case-handler-a', REFRESH_CONSENT, { id: early.id });
    expect(refreshed.errors).toEqual([]);
    expect(refreshed.data.refreshConsent.consent).toMatchObject({ status: 'EXPIRED', pageUrl: null });
    const { data } = await world.query('case-handler-a', CONSENT, { id: later.id });
    expect(data.consent).toMatchObject({ status: 'PENDING', pageUrl: later.pageUrl });
    await world.citizen('P04').answer(early.pageUrl, 'approve');
    const answered = await world.query('case-handler-a', REFRESH_CONSENT, { id: early.id });
    expect(answered.data.refreshConsent.consent).toMatchObject({ status: 'ACTIVE', endedAt: null });
  });

  it('whom a request does not concern is refused at the page, and the request stays open', async () => {
    await using world = await openWorld();
    const { id, pageUrl } = await world.ask('P04');
    for (const answer of ['approve', 'decline'] as const) {
      expect(await world.citizen('P05').answer(pageUrl, answer)).toBeNull();
    }
    await expectRefused(world, 'PENDING', id);
    const other = await world.read('P05');
    expect(other.data.applicant.aapVedtak.reason).toBe('NEVER_ASKED');
  });
});

describe('a consent that the insurer gives up', () => {
  it('is final, whatever Altinn still says', async () => {
    await using world = await openWorld();
    const id = await world.grant('P04');
    await expectDelivered(world, id);
    const given = await world.query('case-handler-a', GIVE_UP, { id });
    expect(given.data.relinquishConsent.consent).toMatchObject({
      status: 'RELINQUISHED',
      endedAt: '2026-11-16T09:00:00.000Z',
    });
    await expectRefused(world, 'RELINQUISHED', id);
    const [atAltinn] = world.altinn.askedOf('P04');
    expect(atAltinn?.status).toBe('Accepted');
    const refreshed = await world.query('case-handler-a', REFRESH_CONSENT, { id });
    expect(refreshed.data.refreshConsent.consent.status).toBe('RELINQUISHED');
    await expectRefused(world, 'RELINQUISHED', id);
  });

  it('before the person answers stays given up when they approve, and the page is not shown again', async () => {
    await using world = await openWorld();
    const { id, pageUrl } = await world.ask('P04');
    await world.query('case-handler-a', GIVE_UP, { id });
    // Altinn 2 takes the request back; on Altinn 3 the person may still answer it.
    expect(world.altinn.askedOf('P04')).toHaveLength(world.altinn.rail === 'ALTINN_3' ? 1 : 0);
    if (world.altinn.rail === 'ALTINN_3') {
      const back = await world.citizen('P04').answer(pageUrl, 'approve');
      expect((await world.visit(back ?? '')).status).toBe(303);
    }
    await world.query('case-handler-a', REFRESH_CONSENT, { id });
    await expectRefused(world, 'RELINQUISHED', id);
    const { data } = await world.query('case-handler-a', CONSENT, { id });
    expect(data.consent).toMatchObject({ status: 'RELINQUISHED', pageUrl: null, endedAt: '2026-11-16T09:00:00.000Z' });
  });

  it('twice is given up once', async () => {
    await using world = await openWorld();
    const id = await world.grant('P04');
    const first = await world.query('case-handler-a', GIVE_UP, { id });
    world.clock.set(new Date('2026-11-18T09:00:00Z'));
    const second = await world.query('case-handler-a', GIVE_UP, { id });
    expect(second.data).toEqual(first.data);
  });

  it('may be followed by a new one, under which alone is read', async () => {
    await using world = await openWorld();
    const first = await world.grant('P04');
    await world.query('case-handler-a', GIVE_UP, { id: first });
    const second = await world.grant('P04');
    expect(second).not.toBe(first);
    await expectDelivered(world, second);
    const { data } = await world.query('case-handler-a', CONSENT, { id: first });
    expect(data.consent.status).toBe('RELINQUISHED');
  });
});

describe('the period of a consent', () => {
  const consented = { fom: '2024-01-01', tom: '2025-12-31' };
  const shared = sharedWorld((world) => world.grantKnown('P04', { periode: consented }));

  it.each([
    ['begins before it', { fom: '2023-12-31', tom: '2025-12-31' }],
    ['ends after it', { fom: '2024-01-01', tom: '2026-01-01' }],
    ['begins before it, its end left out', { fom: '2023-12-31' }],
    ['ends after it, its beginning left out', { tom: '2026-01-01' }],
    ['lies wholly after it', { fom: '2026-02-01', tom: '2026-02-28' }],
  ])('is told, and NAV is not asked, when a read %s', async (_, periode) => {
    const world = shared();
    const calls = world.navCalls();
    const seen = await world.read('P04', { periode });
    expect(seen.errors).toEqual([]);
    for (const field of FIELDS) {
      expect(seen.data.applicant[field]).toMatchObject({
        reason: 'OUTSIDE_PERIOD',
        allowedPerioder: [consented],
        decidedBy: { status: 'ACTIVE' },
      });
    }
    expect(world.navCalls()).toBe(calls);
  });

  it.each([
    ['the whole of it', consented, consented],
    ['one day of it', { fom: '2024-02-29', tom: '2024-02-29' }, { fom: '2024-02-29', tom: '2024-02-29' }],
    ['from a day on', { fom: '2025-06-01' }, { fom: '2025-06-01', tom: '2025-12-31' }],
    ['until a day', { tom: '2024-06-30' }, { fom: '2024-01-01', tom: '2024-06-30' }],
    ['everything', undefined, consented],
  ])('is told with the answer, when a read asks for %s', async (_, periode, uttrekksperiode) => {
    const seen = await shared().read('P04', periode === undefined ? {} : { periode });
    expect(seen.errors).toEqual([]);
    for (const field of FIELDS) expect(seen.data.applicant[field]).toMatchObject({ uttrekksperiode });
  });

  it('is never joined with that of another consent', async () => {
    await using world = await openWorld();
    const later = { fom: '2026-01-01', tom: '2027-12-31' };
    await world.grantKnown('P04', { periode: later });
    await world.grantKnown('P04', { periode: consented });
    const seen = await world.read('P04', { periode: { fom: '2025-12-31', tom: '2026-01-01' } });
    expect(seen.data.applicant.aapVedtak).toMatchObject({
      reason: 'OUTSIDE_PERIOD',
      allowedPerioder: [consented, later],
    });
  });
});
