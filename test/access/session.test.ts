import { describe, expect, it, vi } from 'vitest';
import type { Consent, ConsentFilter } from '../../src/access/ports.ts';
import type { Session } from '../../src/access/session.ts';
import { addDays, civilDate } from '../../src/periode.ts';
import { ALL_CONSENTS, ALL_DISCLOSURES, B, later, START } from '../contracts/remembered.ts';
import type { Scene } from '../support/ports.ts';
import { ALL_SOURCES, BOTH_PURPOSES, fault, openScene, someCaller } from '../support/ports.ts';

const OPEN_ENDS = { fom: null, tom: null };
const LONGER = { fom: civilDate('2020-01-01'), tom: civilDate('2027-12-31') };

/** Where a person answers; secrets are compared by what they reveal, for unequal ones look equal. */
const PAGE = 'https://altinn.example/consent';

function readAll(scene: Scene, session: Session, people: readonly number[]) {
  return Promise.all(
    people.flatMap((at) =>
      ALL_SOURCES.map((source) =>
        session.read({ source, applicant: scene.applicant(at), periode: OPEN_ENDS, purpose: null }),
      ),
    ),
  );
}

/** Fails the first call of a step. */
function failingOnce(error: Error): () => void {
  let failed = false;
  return () => {
    if (failed) return;
    failed = true;
    throw error;
  };
}

describe('the reads of one request', () => {
  it('that are identical are one read with one record', async () => {
    const scene = openScene();
    await scene.granted();
    const session = scene.session();
    const request = { source: 'aapVedtak', applicant: scene.applicant(), periode: OPEN_ENDS, purpose: null } as const;
    const [one, two] = await Promise.all([
      session.read(request),
      session.read({ ...request, applicant: scene.applicant() }),
    ]);
    expect(two).toBe(one);
    expect(await session.read(request)).toBe(one);
    // To name the only purpose is to ask the same.
    expect(await session.read({ ...request, purpose: 'DISABILITY_INSURANCE' })).toBe(one);
    expect(scene.nav.requests).toHaveLength(1);
    expect(await scene.records()).toHaveLength(1);
  });

  it.each([
    ['person', { applicant: 1 }],
    ['first day', { periode: { fom: civilDate('2022-01-02'), tom: null } }],
    ['last day', { periode: { fom: null, tom: civilDate('2022-01-02') } }],
    ['source', { source: 'aapMeldekort' }],
  ] as const)('of another %s are another read', async (_, difference) => {
    const scene = openScene();
    for (const at of [0, 1]) await scene.granted({ applicant: scene.applicant(at) });
    const session = scene.session();
    const usual = { source: 'aapVedtak', applicant: scene.applicant(), periode: OPEN_ENDS, purpose: null } as const;
    await session.read(usual);
    await session.read({
      ...usual,
      ...difference,
      applicant: scene.applicant('applicant' in difference ? difference.applicant : 0),
    });
    expect(scene.nav.requests).toHaveLength(2);
  });

  it('for two purposes are two reads, each under its own consent', async () => {
    const scene = openScene();
    const consents = [
      await scene.granted({ purpose: 'DISABILITY_INSURANCE' }),
      await scene.granted({ purpose: 'OCCUPATIONAL_PENSION' }),
    ];
    const session = scene.session(someCaller({ purposes: BOTH_PURPOSES }));
    const results = await Promise.all(
      consents.map(({ purpose }) =>
        session.read({ source: 'aapVedtak', applicant: scene.applicant(), periode: OPEN_ENDS, purpose }),
      ),
    );
    expect(results).toMatchObject(consents.map(({ id }) => ({ kind: 'delivered', consent: { id } })));
  });

  it('are not shared with another request', async () => {
    const scene = openScene();
    await scene.granted();
    await readAll(scene, scene.session(), [0]);
    await readAll(scene, scene.session(), [0]);
    expect(scene.nav.requests).toHaveLength(6);
  });

  it('gather the consents of a wave in one query, however many people and sources', async () => {
    const scene = openScene();
    const people = Array.from({ length: 12 }, (_, at) => at);
    for (const at of people) await scene.granted({ applicant: scene.applicant(at) });
    const results = await readAll(scene, scene.session(), people);
    expect(results.every(({ kind }) => kind === 'delivered')).toBe(true);
    expect(scene.count('store.consentsOf')).toBe(1);
    expect(scene.nav.requests).toHaveLength(36);
  });

  it('have no more calls at NAV at the same time than the queue allows, and leave room for another request', async () => {
    const scene = openScene({ bound: 2 });
    for (const at of [0, 1, 2, 3]) await scene.granted({ applicant: scene.applicant(at) });
    let [now, most] = [0, 0];
    const order: string[] = [];
    scene.before.set('nav.fetch', async () => {
      const last = scene.nav.requests.at(-1);
      order.push(last?.request.person.reveal() ?? '');
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
    });
    await Promise.all([readAll(scene, scene.session(), [0, 1, 2]), readAll(scene, scene.session(), [3])]);
    expect(most).toBe(2);
    // The three of the small request are served long before the nine of the large one.
    expect(order.lastIndexOf(scene.applicant(3).nationalId.reveal())).toBeLessThan(8);
  });

  it('cost each other nothing when one fails', async () => {
    const scene = openScene();
    await scene.granted();
    scene.before.set('nav.fetch', () => {
      if (scene.nav.requests.at(-1)?.source === 'aapVedtak') throw fault('NAV_UNAVAILABLE');
    });
    const session = scene.session();
    const request = { applicant: scene.applicant(), periode: OPEN_ENDS, purpose: null };
    const results = await Promise.allSettled(ALL_SOURCES.map((source) => session.read({ ...request, source })));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    // The failure is the answer of this request; only another one asks again.
    await expect(session.read({ ...request, source: 'aapVedtak' })).rejects.toMatchObject({ code: 'NAV_UNAVAILABLE' });
    expect(scene.nav.requests).toHaveLength(3);
  });

  it('that find their consent ended find the next one together', async () => {
    const scene = openScene();
    const first = await scene.granted({ validTo: later(300) });
    const second = await scene.granted({ validTo: later(200) });
    scene.says(first, 'WITHDRAWN');
    const results = await readAll(scene, scene.session(), [0]);
    expect(results).toMatchObject(ALL_SOURCES.map(() => ({ kind: 'delivered', consent: { id: second.id } })));
    const outcomes = (await scene.records()).map(({ consentId, outcome }) => [consentId === first.id, outcome]);
    expect(outcomes.filter(([ofFirst, outcome]) => ofFirst && outcome === 'REFUSED')).toHaveLength(3);
    expect(outcomes.filter(([ofFirst, outcome]) => !ofFirst && outcome === 'DELIVERED')).toHaveLength(3);
    expect(outcomes).toHaveLength(6);
  });
});

/** Keeps whoever reaches a step waiting, and says whose consents came there, in that order. */
function holdUp(scene: Scene, step: string, holds: (consent: Consent) => boolean = () => true) {
  const gate = Promise.withResolvers<void>();
  const held: Consent[] = [];
  scene.before.set(step, async (consent: Consent) => {
    if (!holds(consent)) return;
    held.push(consent);
    await gate.promise;
  });
  return { held, release: gate.resolve };
}

/** One day of each: as many consents of one person as there are days. */
const dayOf = (at: number) => {
  const day = addDays(civilDate('2022-01-01'), at);
  return { fom: day, tom: day };
};

/** More than there are places. */
const MANY = 90;

describe('the credentials of many reads', () => {
  const readDay = (scene: Scene, session: Session, at: number, person = 0) =>
    session.read({ source: 'aapVedtak', applicant: scene.applicant(person), periode: dayOf(at), purpose: null });

  /** As many consents as there are days, on a rail; that of somebody else has a day too. */
  async function grantDays(scene: Scene, rail: 'ALTINN_3' | 'ALTINN_2'): Promise<void> {
    scene.rails.set('ALTINN_2', ALL_SOURCES);
    for (let at = 0; at < MANY; at += 1) await scene.granted({ rail, periode: dayOf(at) });
    await scene.granted({ applicant: scene.applicant(1), periode: dayOf(0) });
  }

  it('are fetched in turn with that of one, which does not wait for all of them', async () => {
    const scene = openScene();
    await grantDays(scene, 'ALTINN_3');
    const { held, release } = holdUp(scene, 'rail.open');
    const large = scene.session();
    const all = Array.from({ length: MANY }, (_, at) => readDay(scene, large, at));
    await vi.waitFor(() => expect(held.length).toBeGreaterThan(0));
    all.push(readDay(scene, scene.session(), 0, 1));
    await vi.waitFor(() => expect(scene.count('log.intend')).toBe(MANY + 1));
    release();
    await Promise.all(all);
    const first = held.findIndex(({ applicant }) => applicant.id === scene.applicant(1).id);
    expect(first).toBeGreaterThan(-1);
    expect(first).toBeLessThan(MANY - 20);
  });

  it('of one rail, which hangs, hold up nobody who reads under the other', async () => {
    const scene = openScene();
    await grantDays(scene, 'ALTINN_2');
    const { held, release } = holdUp(scene, 'rail.open', ({ rail }) => rail === 'ALTINN_2');
    const large = scene.session();
    const all = Array.from({ length: MANY }, (_, at) => readDay(scene, large, at));
    await vi.waitFor(() => expect(scene.count('log.intend')).toBe(MANY));
    expect(await readDay(scene, scene.session(), 0, 1)).toMatchObject({ kind: 'delivered' });
    expect(held.length).toBeLessThan(MANY);
    release();
    await Promise.all(all);
  });

  it('that are the same one take a single place, and leave the others to everybody else', async () => {
    const scene = openScene();
    await scene.granted();
    await scene.granted({ applicant: scene.applicant(1) });
    const { held, release } = holdUp(scene, 'rail.open', ({ applicant }) => applicant.id === scene.applicant().id);
    const large = scene.session();
    const all = Array.from({ length: MANY }, (_, at) => readDay(scene, large, at));
    await vi.waitFor(() => expect(scene.count('log.intend')).toBe(MANY));
    expect(await readDay(scene, scene.session(), 0, 1)).toMatchObject({ kind: 'delivered' });
    expect(held).toHaveLength(1);
    release();
    await Promise.all(all);
  });
});

describe('the look-ups of many requests', () => {
  it('are made in turn with that of one, and never all at once', async () => {
    const scene = openScene();
    for (let at = 0; at < MANY; at += 1) await scene.asked({ periode: dayOf(at) });
    await scene.asked({ applicant: scene.applicant(1) });
    const { held, release } = holdUp(scene, 'rail.lookup');
    const large = scene.session().decidingConsent(scene.applicant(), null, null);
    await vi.waitFor(() => expect(held.length).toBeGreaterThan(0));
    const small = scene.session().decidingConsent(scene.applicant(1), null, null);
    await vi.waitFor(() => expect(scene.count('store.consentsOf')).toBe(2));
    expect(held.length).toBeLessThan(MANY);
    release();
    await Promise.all([large, small]);
    const first = held.findIndex(({ applicant }) => applicant.id === scene.applicant(1).id);
    expect(first).toBeGreaterThan(-1);
    expect(first).toBeLessThan(MANY - 20);
  });

  it('on a rail that hangs hold up no look-up on the other, and no credential on the same', async () => {
    const scene = openScene();
    scene.rails.set('ALTINN_2', ALL_SOURCES);
    for (let at = 0; at < MANY; at += 1) await scene.asked({ rail: 'ALTINN_2', periode: dayOf(at) });
    await scene.asked({ applicant: scene.applicant(1) });
    await scene.granted({ rail: 'ALTINN_2', applicant: scene.applicant(2) });
    const { held, release } = holdUp(scene, 'rail.lookup', ({ rail }) => rail === 'ALTINN_2');
    const hanging = scene.session().decidingConsent(scene.applicant(), null, null);
    await vi.waitFor(() => expect(held.length).toBeGreaterThan(0));
    expect(await scene.session().decidingConsent(scene.applicant(1), null, null)).toMatchObject({ status: 'PENDING' });
    const delivered = await readAll(scene, scene.session(), [2]);
    expect(delivered).toMatchObject(ALL_SOURCES.map(() => ({ kind: 'delivered' })));
    release();
    await hanging;
  });
});

describe('a request that waits for its answer', () => {
  it('is looked up once, however many reads wait for it, and nothing is queried anew', async () => {
    const scene = openScene();
    const asked = await Promise.all([0, 1, 2].map((at) => scene.asked({ applicant: scene.applicant(at) })));
    for (const consent of asked) scene.says(consent, 'ACTIVE');
    const session = scene.session();
    const results = await readAll(scene, session, [0, 1, 2]);
    expect(results.every(({ kind }) => kind === 'delivered')).toBe(true);
    await session.decidingConsent(scene.applicant(), null, null);
    expect(scene.count('rail.lookup')).toBe(3);
    expect(scene.count('store.consentsOf')).toBe(1);
  });

  it('and still waits is looked up once, and answered with its page', async () => {
    const scene = openScene();
    const asked = await scene.asked();
    const session = scene.session();
    const results = await readAll(scene, session, [0]);
    await readAll(scene, session, [0]);
    expect(results).toMatchObject(ALL_SOURCES.map(() => ({ reason: 'PENDING', decidedBy: { id: asked.id } })));
    for (const result of results) expect('decidedBy' in result && result.decidedBy?.pageUrl?.reveal()).toBe(PAGE);
    expect(scene.count('rail.lookup')).toBe(1);
    expect(await scene.records()).toHaveLength(3);
  });

  it('does not hide that another one has been granted', async () => {
    const scene = openScene();
    await scene.asked({ validTo: later(300) });
    const granted = await scene.asked({
      validTo: later(200),
      periode: { fom: civilDate('2020-01-01'), tom: civilDate('2027-12-31') },
    });
    scene.says(granted, 'ACTIVE');
    expect(await readAll(scene, scene.session(), [0])).toMatchObject(
      ALL_SOURCES.map(() => ({ kind: 'delivered', consent: { id: granted.id } })),
    );
  });

  it('for other dates is looked up too, since what became of it is the reason that counts', async () => {
    const scene = openScene();
    const asked = { periode: { fom: civilDate('2020-01-01'), tom: civilDate('2020-12-31') } };
    const consent = await scene.asked(asked);
    const periode = { fom: civilDate('2024-01-01'), tom: null };
    const wish = { source: 'aapVedtak', applicant: scene.applicant(), periode, purpose: null } as const;
    expect(await scene.session().read(wish)).toMatchObject({ reason: 'NEVER_ASKED' });
    scene.says(consent, 'ACTIVE');
    expect(await scene.session().read(wish)).toMatchObject({
      reason: 'OUTSIDE_PERIOD',
      allowedPerioder: [asked.periode],
    });
  });

  it('is not looked up when a consent in force answers', async () => {
    const scene = openScene();
    await scene.asked({ periode: { fom: civilDate('2020-01-01'), tom: civilDate('2020-12-31') } });
    await scene.granted();
    await readAll(scene, scene.session(), [0]);
    expect(scene.count('rail.lookup')).toBe(0);
  });

  it('and cannot be looked up fails its reads and no other, and leaves no rejection behind', async () => {
    const scene = openScene();
    const unhandled: unknown[] = [];
    const listen = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', listen);
    await scene.asked();
    await scene.asked({ periode: { fom: civilDate('2020-01-01'), tom: civilDate('2027-12-31') } });
    await scene.granted({ applicant: scene.applicant(1) });
    scene.before.set('rail.lookup', () => {
      throw fault('ALTINN_UNAVAILABLE');
    });
    const session = scene.session();
    const results = await Promise.allSettled(
      [0, 1].flatMap((at) =>
        ALL_SOURCES.map((source) =>
          session.read({ source, applicant: scene.applicant(at), periode: OPEN_ENDS, purpose: null }),
        ),
      ),
    );
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', listen);
    expect(results.map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ]);
    expect(results[0]).toMatchObject({ reason: { code: 'ALTINN_UNAVAILABLE' } });
    expect(scene.count('rail.lookup')).toBe(2);
    expect(unhandled).toEqual([]);
  });

  it('and may not have reached the rail is PENDING without a page', async () => {
    const scene = openScene();
    scene.before.set('rail.request', failingOnce(fault('ALTINN_UNAVAILABLE')));
    await expect(scene.session().requestConsent(scene.inquiry())).rejects.toThrow();
    expect(await readAll(scene, scene.session(), [0])).toMatchObject(
      ALL_SOURCES.map(() => ({ reason: 'PENDING', decidedBy: { pageUrl: null } })),
    );
  });
});

describe('what a request changes', () => {
  it('it sees itself: reads after a mutation are made anew', async () => {
    const scene = openScene();
    const session = scene.session();
    const read = async () =>
      (await readAll(scene, session, [0])).map((result) => ('reason' in result ? result.reason : result.kind));
    expect(await read()).toEqual(['NEVER_ASKED', 'NEVER_ASKED', 'NEVER_ASKED']);
    expect(await session.applicant(scene.applicant().id)).toBeDefined();
    const { consent } = await session.requestConsent(scene.inquiry());
    expect(await read()).toEqual(['PENDING', 'PENDING', 'PENDING']);
    scene.says(consent, 'ACTIVE');
    await session.refreshConsent(consent.id);
    expect(await read()).toEqual(['delivered', 'delivered', 'delivered']);
    expect(await session.consent(consent.id)).toMatchObject({ status: 'ACTIVE' });
    await session.relinquishConsent(consent.id);
    expect(await read()).toEqual(['RELINQUISHED', 'RELINQUISHED', 'RELINQUISHED']);
    expect(await session.consent(consent.id)).toMatchObject({ status: 'RELINQUISHED' });
  });

  it('it sees the page of a request that reached the rail only at the second attempt', async () => {
    const scene = openScene();
    const session = scene.session();
    scene.before.set('rail.request', failingOnce(fault('ALTINN_UNAVAILABLE')));
    await expect(session.requestConsent(scene.inquiry())).rejects.toThrow();
    expect(await session.decidingConsent(scene.applicant(), null, null)).toMatchObject({ pageUrl: null });
    const { consent } = await session.requestConsent(scene.inquiry());
    expect(consent.pageUrl?.reveal()).toBe(PAGE);
    expect((await session.decidingConsent(scene.applicant(), null, null))?.pageUrl?.reveal()).toBe(PAGE);
  });

  it('it sees by id too, when a read has found out', async () => {
    const scene = openScene();
    const [asked, granted] = [await scene.asked(), await scene.granted({ applicant: scene.applicant(1) })];
    const session = scene.session();
    expect(await session.consent(asked.id)).toMatchObject({ status: 'PENDING' });
    expect(await session.consent(granted.id)).toMatchObject({ status: 'ACTIVE' });
    scene.says(asked, 'DECLINED');
    scene.says(granted, 'WITHDRAWN');
    await readAll(scene, session, [0, 1]);
    expect(await session.consent(asked.id)).toMatchObject({ status: 'DECLINED' });
    expect(await session.consent(granted.id)).toMatchObject({ status: 'WITHDRAWN' });
  });

  it('it finds an applicant whom it has just asked', async () => {
    const scene = openScene();
    const session = scene.session();
    const { id } = scene.applicant();
    expect(await session.applicant(id)).toBeUndefined();
    await session.requestConsent(scene.inquiry());
    expect(await session.applicant(id)).toMatchObject({ id });
  });
});

describe('what a caller sees', () => {
  it('is the deciding consent: the one a read would use, else the one that decides, else none', async () => {
    const scene = openScene();
    const decides = (source: 'uforeopplysninger' | null = null) =>
      scene.session().decidingConsent(scene.applicant(), source, null);
    expect(await decides()).toBeNull();
    const old = await scene.granted({ validTo: later(1) });
    scene.clock.set(later(1));
    expect(await decides()).toMatchObject({ id: old.id });
    const asked = await scene.asked();
    expect(await decides()).toMatchObject({ id: asked.id });
    const other = await scene.granted({ rail: 'ALTINN_2', periode: LONGER });
    scene.rails.set('ALTINN_2', ['aapVedtak']);
    expect(await decides()).toMatchObject({ id: other.id });
    expect(await decides('uforeopplysninger')).toMatchObject({ id: asked.id });
  });

  it.each(['PENDING', 'ACTIVE'] as const)(
    'is no consent that is %s on a rail that is not served, and nobody is asked about it',
    async (status) => {
      const scene = openScene();
      const consent = await scene.asked({ rail: 'ALTINN_2' });
      if (status === 'ACTIVE') await scene.store.consents.change(consent, { status });
      const session = scene.session();
      expect(await session.decidingConsent(scene.applicant(), null, null)).toBeNull();
      expect(await readAll(scene, session, [0])).toMatchObject(
        ALL_SOURCES.map(() => ({ reason: 'NEVER_ASKED', decidedBy: null })),
      );
      expect(scene.count('rail.lookup')).toBe(0);
    },
  );

  it('is what has ended on a rail that is not served', async () => {
    const scene = openScene();
    const consent = await scene.granted({ rail: 'ALTINN_2' });
    await scene.store.consents.change(consent, { status: 'WITHDRAWN', endedAt: START });
    expect(await scene.session().decidingConsent(scene.applicant(), null, null)).toMatchObject({ id: consent.id });
    expect(await readAll(scene, scene.session(), [0])).toMatchObject(ALL_SOURCES.map(() => ({ reason: 'WITHDRAWN' })));
  });

  it('is which sources a consent opens, in the order of the register, and lists narrowed by that', async () => {
    const scene = openScene();
    scene.rails.set('ALTINN_2', ['aapMeldekort', 'aapVedtak']);
    const [three, two] = [await scene.granted(), await scene.granted({ rail: 'ALTINN_2', requestedAt: later(0.1) })];
    const session = scene.session();
    expect(session.covers(three)).toEqual(ALL_SOURCES);
    expect(session.covers(two)).toEqual(['aapVedtak', 'aapMeldekort']);
    const { rails: _, ...all } = ALL_CONSENTS satisfies ConsentFilter;
    const idsFor = async (source: 'aapVedtak' | 'uforeopplysninger' | null) =>
      (await session.consents({ first: 10, after: null }, { ...all, source }, 'REQUESTED_AT_DESC')).edges.map(
        ({ node }) => node.id,
      );
    expect(await idsFor(null)).toEqual([two.id, three.id]);
    expect(await idsFor('aapVedtak')).toEqual([two.id, three.id]);
    expect(await idsFor('uforeopplysninger')).toEqual([three.id]);
    scene.rails.clear();
    expect(scene.session().covers(three)).toEqual([]);
  });

  it('is never what belongs to another insurer', async () => {
    const scene = openScene();
    const consent = await scene.granted();
    const stranger = scene.session(someCaller({}, B));
    expect(stranger.identify(consent.applicant.nationalId).id).not.toBe(consent.applicant.id);
    expect(await stranger.applicant(consent.applicant.id)).toBeUndefined();
    expect(await stranger.consent(consent.id)).toBeUndefined();
    await expect(stranger.refreshConsent(consent.id)).rejects.toMatchObject({ code: 'NOT_FOUND', field: 'id' });
    expect(await stranger.decidingConsent(stranger.identify(consent.applicant.nationalId), null, null)).toBeNull();
    expect(scene.count('rail.lookup')).toBe(0);
  });

  it('are disclosures only for auditors', async () => {
    const scene = openScene();
    const page = { first: 10, after: null };
    const ask = (role: 'AUDITOR' | 'CASE_HANDLER' | 'PARTNER' | 'ANALYST' | 'OPERATOR') =>
      scene.session(someCaller({ role })).disclosures(page, ALL_DISCLOSURES);
    expect(await ask('AUDITOR')).toEqual({ edges: [], hasNextPage: false });
    for (const role of ['CASE_HANDLER', 'PARTNER', 'ANALYST', 'OPERATOR'] as const) {
      await expect(ask(role)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    }
  });
});
