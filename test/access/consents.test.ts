import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latestValidTo } from '../../src/access/consent.ts';
import type { Consent, ConsentWish, Lookup, NewConsent } from '../../src/access/ports.ts';
import type { ErrorCode } from '../../src/errors.ts';
import { abandoned } from '../../src/errors.ts';
import { civilDate } from '../../src/periode.ts';
import { A, ALL_CONSENTS, B, DAY, later, newConsent, START } from '../contracts/remembered.ts';
import type { Scene } from '../support/ports.ts';
import { ALL_SOURCES, BOTH_PURPOSES, fault, openScene, someCaller } from '../support/ports.ts';

async function allConsents(scene: Scene): Promise<readonly Consent[]> {
  const page = await scene.store.consents.page(A, { first: 100, after: null }, ALL_CONSENTS, 'REQUESTED_AT_DESC');
  return page.edges.map(({ node }) => node);
}

/** Fails the first so many calls of a step. */
function failing(times: number, error: Error): () => void {
  let left = times;
  return () => {
    if (left-- > 0) throw error;
  };
}

/** Holds back whoever waits for `passed` until it is opened. */
function gate(): { readonly open: () => void; readonly passed: Promise<void> } {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, passed };
}

const untilIdle = () => new Promise((resolve) => setImmediate(resolve));

describe('asking a person', () => {
  it('stores the request under an id of its own before the rail is called, and what the rail says after', async () => {
    const scene = openScene();
    let seenBefore: readonly Consent[] = [];
    let wish: ConsentWish | undefined;
    scene.before.set('rail.request', async (asked: ConsentWish) => {
      wish = asked;
      seenBefore = await allConsents(scene);
    });
    const message = { nb: 'Hei', nn: null, en: null };
    const { consent, created } = await scene
      .session()
      .requestConsent(scene.inquiry({ message, portalViewMode: 'SHOW', reference: 'SAK-1', validTo: later(30) }));
    expect(scene.journal).toEqual(['store.consentsOf', 'store.insert', 'rail.request', 'store.change']);
    expect(seenBefore).toMatchObject([{ id: consent.id, status: 'PENDING', confirmedAt: null, pageUrl: null }]);
    expect(wish).toEqual({
      consent: seenBefore[0],
      redirectUrl: `https://gateway.example/return/${consent.returnReference}`,
      message,
      portalViewMode: 'SHOW',
    });
    expect(created).toBe(true);
    expect(consent).toMatchObject({
      status: 'PENDING',
      confirmedAt: START,
      requestedAt: START,
      validTo: later(30),
      purpose: 'DISABILITY_INSURANCE',
      reference: 'SAK-1',
      rail: 'ALTINN_3',
    });
    expect(consent.railId.reveal()).toMatch(/^[0-9a-f-]{36}$/);
    expect(consent.returnReference).toMatch(/^[\w-]{22}$/);
    expect(consent.pageUrl?.reveal()).toBe('https://altinn.example/consent');
    expect(await allConsents(scene)).toEqual([consent]);
  });

  it.each([
    [undefined, latestValidTo(START)],
    [30, later(30)],
  ])('for a time left open lasts what the operator says: %s days', async (validityDays, validTo) => {
    const scene = openScene(validityDays === undefined ? {} : { validityDays });
    const { consent } = await scene.session().requestConsent(scene.inquiry());
    expect(consent.validTo).toEqual(validTo);
  });

  it.each([
    ['the rail cannot be reached', 'before', fault('ALTINN_UNAVAILABLE')],
    ['the answer of the rail is lost', 'after', fault('ALTINN_UNAVAILABLE')],
    ['the gateway fails while the rail answers', 'after', new Error('crash')],
  ] as const)(
    'when %s leaves a request that the next identical call completes under the same id',
    async (_, when, error) => {
      const scene = openScene();
      scene[when].set('rail.request', failing(1, error));
      await expect(scene.session().requestConsent(scene.inquiry())).rejects.toBe(error);
      const [unheard] = await allConsents(scene);
      expect(unheard).toMatchObject({ status: 'PENDING', confirmedAt: null });

      const { consent } = await scene.session().requestConsent(scene.inquiry());
      expect(consent).toMatchObject({ id: unheard?.id, status: 'PENDING', confirmedAt: START });
      expect([...scene.register.keys()]).toEqual([unheard?.railId.reveal()]);
      expect(await allConsents(scene)).toEqual([consent]);
    },
  );

  it('after a crash looks first whether the rail has it, and finds that the person has answered already', async () => {
    const scene = openScene();
    scene.after.set('rail.request', failing(1, fault('ALTINN_UNAVAILABLE')));
    await expect(scene.session().requestConsent(scene.inquiry())).rejects.toThrow();
    const [unheard] = await allConsents(scene);
    if (unheard === undefined) throw new Error('stored');
    scene.says(unheard, 'ACTIVE');
    const answer = await scene.session().requestConsent(scene.inquiry());
    expect(answer).toMatchObject({ created: false, consent: { id: unheard.id, status: 'ACTIVE' } });
    expect(scene.count('rail.request')).toBe(1);
  });

  it('when the rail refuses for good leaves nothing behind', async () => {
    const scene = openScene();
    scene.before.set('rail.request', failing(1, fault('ALTINN_REJECTED')));
    await expect(scene.session().requestConsent(scene.inquiry())).rejects.toMatchObject({ code: 'ALTINN_REJECTED' });
    expect(await allConsents(scene)).toEqual([]);
    expect(await scene.session().requestConsent(scene.inquiry())).toMatchObject({ created: true });
  });

  it('keeps a request that the rail may have when the rail refuses the look-up', async () => {
    const scene = openScene();
    scene.after.set('rail.request', failing(1, fault('ALTINN_UNAVAILABLE')));
    await expect(scene.session().requestConsent(scene.inquiry())).rejects.toThrow();
    scene.before.set('rail.lookup', failing(1, fault('ALTINN_REJECTED')));
    await expect(scene.session().requestConsent(scene.inquiry())).rejects.toMatchObject({ code: 'ALTINN_REJECTED' });
    expect(await allConsents(scene)).toHaveLength(1);
  });

  it('when nothing can be stored asks nobody', async () => {
    const scene = openScene();
    scene.before.set('store.insert', failing(1, new Error('disk')));
    await expect(scene.session().requestConsent(scene.inquiry())).rejects.toThrow('disk');
    expect(scene.count('rail.request')).toBe(0);
  });

  it('on a rail that is not configured asks nobody, and says so', async () => {
    const scene = openScene();
    scene.rails.clear();
    await expect(scene.session().requestConsent(scene.inquiry())).rejects.toMatchObject({
      code: 'ALTINN_UNAVAILABLE',
      retry: 'never',
    });
  });
});

describe('asking at the same time', () => {
  it('puts one request to the person, however many ask, from however many sessions', async () => {
    const scene = openScene();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => scene.session().requestConsent(scene.inquiry())),
    );
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(answers.map(({ consent }) => consent.id)).size).toBe(1);
    expect(scene.count('rail.request')).toBe(1);
    expect(scene.register.size).toBe(1);
  });

  it('of another purpose, person, period or insurer is not the same', async () => {
    const scene = openScene();
    const both = someCaller({ purposes: BOTH_PURPOSES });
    const inquiries = [
      scene.inquiry({ purpose: 'DISABILITY_INSURANCE' }),
      scene.inquiry({ purpose: 'OCCUPATIONAL_PENSION' }),
      scene.inquiry({ purpose: 'DISABILITY_INSURANCE', applicant: scene.applicant(1) }),
      scene.inquiry({
        purpose: 'DISABILITY_INSURANCE',
        periode: { fom: civilDate('2022-01-02'), tom: civilDate('2027-12-31') },
      }),
      scene.inquiry({
        purpose: 'DISABILITY_INSURANCE',
        periode: { fom: civilDate('2022-01-01'), tom: civilDate('2027-12-30') },
      }),
    ];
    const other = scene.session(someCaller({}, B)).requestConsent(scene.inquiry({ applicant: scene.applicant(0, B) }));
    const answers = await Promise.all([
      ...inquiries.map((inquiry) => scene.session(both).requestConsent(inquiry)),
      other,
    ]);
    expect(answers.every(({ created }) => created)).toBe(true);
    expect(scene.register.size).toBe(6);
  });

  it('for longer than the consent in force lasts does not settle for it', async () => {
    const scene = openScene();
    const active = await scene.granted({ validTo: later(30) });
    const [short, long] = await Promise.all([
      scene.session().requestConsent(scene.inquiry()),
      scene.session().requestConsent(scene.inquiry({ validTo: later(60) })),
    ]);
    expect(short).toMatchObject({ created: false, consent: { id: active.id } });
    expect(long).toMatchObject({ created: true, consent: { status: 'PENDING', validTo: later(60) } });
  });

  it('fails for all when the rail is down, with one attempt', async () => {
    const scene = openScene();
    scene.before.set('rail.request', failing(50, fault('ALTINN_UNAVAILABLE')));
    const answers = await Promise.allSettled(
      Array.from({ length: 50 }, () => scene.session().requestConsent(scene.inquiry())),
    );
    expect(answers.every((answer) => answer.status === 'rejected' && answer.reason.code === 'ALTINN_UNAVAILABLE')).toBe(
      true,
    );
    expect(scene.count('rail.request')).toBe(1);
  });

  it('does not fail because the one who asked first has gone away', async () => {
    const scene = openScene();
    const gone = abandoned('altinn');
    scene.before.set('rail.request', failing(1, gone));
    const [first, ...others] = await Promise.allSettled(
      [1, 2, 3].map(() => scene.session().requestConsent(scene.inquiry())),
    );
    expect(first).toMatchObject({ status: 'rejected', reason: gone });
    expect(others).toMatchObject([{ value: { created: true } }, { value: { created: false } }]);
    expect(scene.register.size).toBe(1);
  });

  it('does not fail for what the one who asked first wrote', async () => {
    const scene = openScene();
    scene.before.set('rail.request', failing(1, fault('ALTINN_REJECTED')));
    const [first, ...others] = await Promise.allSettled(
      [1, 2, 3].map(() => scene.session().requestConsent(scene.inquiry())),
    );
    expect(first).toMatchObject({ status: 'rejected', reason: { code: 'ALTINN_REJECTED' } });
    expect(others).toMatchObject([{ value: { created: true } }, { value: { created: false } }]);
    expect(scene.register.size).toBe(1);
  });

  it('in another process finds the same request and completes it once', async () => {
    const scene = openScene();
    // The other process has stored its request and is about to call the rail.
    scene.before.set('store.insert', async (wish: NewConsent) => {
      await scene.store.consents.insert({ ...wish, id: 'theirs' });
    });
    const { consent } = await scene.session().requestConsent(scene.inquiry());
    expect(consent.id).toBe('theirs');
    expect(scene.register.size).toBe(1);
  });
});

describe('asking again', () => {
  it('returns the request that waits, confirmed anew', async () => {
    const scene = openScene();
    const asked = await scene.asked();
    scene.clock.set(later(1));
    const answer = await scene.session().requestConsent(scene.inquiry());
    expect(answer).toMatchObject({
      created: false,
      consent: { id: asked.id, status: 'PENDING', confirmedAt: later(1) },
    });
    expect(answer.consent.pageUrl).not.toBeNull();
  });

  it.each([
    ['ACTIVE', 'ACTIVE', false],
    ['DECLINED', 'DECLINED', false],
    ['WITHDRAWN', 'PENDING', true],
    ['EXPIRED', 'PENDING', true],
  ] as const)('notices that what was waiting is %s meanwhile', async (status, expected, created) => {
    const scene = openScene();
    const asked = await scene.asked();
    scene.says(asked, status);
    const answer = await scene.session().requestConsent(scene.inquiry());
    expect(answer).toMatchObject({ created, consent: { status: expected } });
    expect(answer.consent.id === asked.id).toBe(!created);
  });

  it('finds the other consent that stands when the first turns out to have ended', async () => {
    const scene = openScene();
    const other = await scene.granted({ requestedAt: START });
    const latest = await scene.granted({ requestedAt: later(0.1) });
    scene.says(latest, 'WITHDRAWN');
    const answer = await scene.session().requestConsent(scene.inquiry());
    expect(answer).toMatchObject({ created: false, consent: { id: other.id, status: 'ACTIVE' } });
    expect(await scene.stored(latest)).toMatchObject({ status: 'WITHDRAWN' });
    expect(scene.count('rail.request')).toBe(0);
  });

  it('within seven days of a refusal asks neither person nor rail; after them it asks', async () => {
    const scene = openScene();
    const asked = await scene.asked();
    scene.says(asked, 'DECLINED');
    await scene.session().refreshConsent(asked.id);
    scene.journal.length = 0;
    scene.clock.set(new Date(START.getTime() + 7 * DAY - 1));
    expect(await scene.session().requestConsent(scene.inquiry())).toMatchObject({
      created: false,
      consent: { status: 'DECLINED' },
    });
    expect(scene.journal).toEqual(['store.consentsOf']);
    scene.clock.set(later(7));
    expect(await scene.session().requestConsent(scene.inquiry())).toMatchObject({ created: true });
  });

  it('is not made possible early by giving up what the person declined', async () => {
    const scene = openScene();
    const asked = await scene.asked();
    scene.says(asked, 'DECLINED');
    await scene.session().refreshConsent(asked.id);
    expect(await scene.session().relinquishConsent(asked.id)).toMatchObject({ status: 'DECLINED', endedAt: START });
    expect(await scene.session().requestConsent(scene.inquiry())).toMatchObject({
      created: false,
      consent: { id: asked.id },
    });
  });

  it('fails while the rail cannot confirm what stands', async () => {
    const scene = openScene();
    await scene.granted();
    scene.before.set('rail.lookup', failing(1, fault('ALTINN_UNAVAILABLE')));
    await expect(scene.session().requestConsent(scene.inquiry())).rejects.toMatchObject({ code: 'ALTINN_UNAVAILABLE' });
  });
});

describe('asking when new requests have left the rail of an older one', () => {
  const byId = async (scene: Scene) => new Map((await allConsents(scene)).map((consent) => [consent.id, consent]));
  const standing = (scene: Scene, status: 'PENDING' | 'ACTIVE') =>
    status === 'ACTIVE' ? scene.granted({ rail: 'ALTINN_2' }) : scene.asked({ rail: 'ALTINN_2' });

  /** The older rail is served, and fails to say anything. */
  const silent = (code: ErrorCode) => (scene: Scene) => {
    scene.rails.set('ALTINN_2', ALL_SOURCES);
    scene.before.set('rail.lookup', ({ rail }: Consent) => {
      if (rail === 'ALTINN_2') throw fault(code);
    });
  };

  const SILENCES: readonly (readonly [string, (scene: Scene) => void])[] = [
    ['is not served', () => undefined],
    ['does not answer', silent('ALTINN_UNAVAILABLE')],
    ['refuses to say', silent('ALTINN_REJECTED')],
  ];

  it.each(['PENDING', 'ACTIVE'] as const)('returns one that is %s there when its rail says so', async (status) => {
    const scene = openScene();
    const known = await standing(scene, status);
    scene.rails.set('ALTINN_2', ALL_SOURCES);
    expect(await scene.session().requestConsent(scene.inquiry())).toMatchObject({
      created: false,
      consent: { id: known.id, status },
    });
    expect(scene.count('rail.request')).toBe(0);
  });

  it.each(SILENCES)('asks anew, once, when that rail %s, and the older request is given up', async (_, silence) => {
    const scene = openScene();
    const asked = await standing(scene, 'PENDING');
    silence(scene);
    scene.clock.set(later(1));
    const { consent, created } = await scene.session().requestConsent(scene.inquiry());
    expect(created).toBe(true);
    expect(consent).toMatchObject({ rail: 'ALTINN_3', status: 'PENDING' });
    expect((await byId(scene)).get(asked.id)).toMatchObject({
      status: 'RELINQUISHED',
      endedAt: later(1),
      changedAt: later(1),
      pageUrl: null,
      version: asked.version + 1,
    });
    expect(await scene.session().requestConsent(scene.inquiry())).toMatchObject({
      created: false,
      consent: { id: consent.id },
    });
    expect(scene.count('rail.request')).toBe(1);
  });

  it.each(SILENCES)(
    'asks anew, once, when that rail %s, and the older consent is left as it is',
    async (_, silence) => {
      const scene = openScene();
      const given = await standing(scene, 'ACTIVE');
      silence(scene);
      const { consent, created } = await scene.session().requestConsent(scene.inquiry());
      expect(created).toBe(true);
      expect(consent).toMatchObject({ rail: 'ALTINN_3', status: 'PENDING' });
      expect((await byId(scene)).get(given.id)).toEqual(given);
      expect(await scene.session().requestConsent(scene.inquiry())).toMatchObject({
        created: false,
        consent: { id: consent.id },
      });
      expect(scene.count('rail.request')).toBe(1);
    },
  );

  it('puts one that never reached that rail to the person on the new one', async () => {
    const scene = openScene();
    scene.rails.set('ALTINN_2', ALL_SOURCES);
    const { consent: unheard } = await scene.store.consents.insert(newConsent(scene.applicant(), { rail: 'ALTINN_2' }));
    expect(await scene.session().requestConsent(scene.inquiry())).toMatchObject({
      created: true,
      consent: { rail: 'ALTINN_3', status: 'PENDING' },
    });
    expect((await byId(scene)).get(unheard.id)).toMatchObject({ status: 'RELINQUISHED' });
  });

  it('respects a refusal there, served or not', async () => {
    const scene = openScene();
    const declined = await scene.granted({ rail: 'ALTINN_2' });
    await scene.store.consents.change(declined, { status: 'DECLINED', endedAt: START });
    expect(await scene.session().requestConsent(scene.inquiry())).toMatchObject({
      created: false,
      consent: { id: declined.id, status: 'DECLINED' },
    });
  });

  it.each(['ABANDONED', 'STORE_UNAVAILABLE'] as const)('fails by what is not that rail’s silence: %s', async (code) => {
    const scene = openScene();
    const given = await standing(scene, 'ACTIVE');
    silent(code)(scene);
    await expect(scene.session().requestConsent(scene.inquiry())).rejects.toMatchObject({ code });
    expect(await allConsents(scene)).toEqual([given]);
  });
});

describe('what a rail says', () => {
  it('is stored although somebody else changes the consent at the same time', async () => {
    const scene = openScene();
    const asked = await scene.asked();
    scene.says(asked, 'ACTIVE');
    let interferences = 3;
    scene.before.set('store.change', async () => {
      const current = await scene.stored(asked);
      if (interferences-- > 0 && current) await scene.store.consents.change(current, { confirmedAt: START });
    });
    expect(await scene.session().refreshConsent(asked.id)).toMatchObject({
      status: 'ACTIVE',
      version: asked.version + 4,
    });
  });

  it('too late does not undo what was said after it', async () => {
    const scene = openScene();
    const consent = await scene.granted();
    const { open, passed } = gate();
    let first = true;
    scene.after.set('rail.lookup', async () => {
      const slow = first;
      first = false;
      if (slow) await passed;
    });
    const stale = scene.session().refreshConsent(consent.id);
    await untilIdle();
    scene.says(consent, 'WITHDRAWN');
    expect(await scene.session().refreshConsent(consent.id)).toMatchObject({ status: 'WITHDRAWN' });
    open();
    expect(await stale).toMatchObject({ status: 'WITHDRAWN' });
    expect(await scene.stored(consent)).toMatchObject({ status: 'WITHDRAWN' });
  });

  it('of a request that was discarded meanwhile is NOT_FOUND', async () => {
    const scene = openScene();
    scene.before.set('store.change', async (consent: Consent) => scene.store.consents.discard(consent));
    await expect(scene.session().requestConsent(scene.inquiry())).rejects.toMatchObject({
      code: 'NOT_FOUND',
      retry: 'later',
    });
  });

  it('of a request that expired too early, by a clock that was ahead, does not revive it beside the one that took its place', async () => {
    const scene = openScene();
    const early = await scene.asked({ validTo: later(1) });
    scene.clock.set(later(2));
    const { consent } = await scene.session().requestConsent(scene.inquiry());
    scene.clock.set(START);
    expect(await scene.session().refreshConsent(early.id)).toMatchObject({
      status: 'EXPIRED',
      endedAt: later(1),
      confirmedAt: START,
      pageUrl: null,
    });
    scene.says(early, 'ACTIVE');
    expect(await scene.session().refreshConsent(early.id)).toMatchObject({ status: 'ACTIVE', endedAt: null });
    expect(await scene.session().consent(consent.id)).toMatchObject({ status: 'PENDING' });
  });

  it('when it does not know a consent that it has confirmed is a fault that changes nothing', async () => {
    const scene = openScene();
    const consent = await scene.granted();
    scene.register.clear();
    await expect(scene.session().refreshConsent(consent.id)).rejects.toMatchObject({ code: 'ALTINN_REJECTED' });
    expect(await scene.stored(consent)).toEqual(consent);
  });

  it('when it does not know a request that it never confirmed is no fault', async () => {
    const scene = openScene();
    scene.before.set('rail.request', failing(1, fault('ALTINN_UNAVAILABLE')));
    await expect(scene.session().requestConsent(scene.inquiry())).rejects.toThrow();
    const [unheard] = await allConsents(scene);
    expect(await scene.session().refreshConsent(unheard?.id ?? '')).toEqual(unheard);
  });
});

describe('giving a consent up', () => {
  it.each(['PENDING', 'ACTIVE'] as const)(
    'is final for one that is %s, whatever the rail says later',
    async (status) => {
      const scene = openScene();
      const consent = status === 'ACTIVE' ? await scene.granted() : await scene.asked();
      scene.clock.set(later(1));
      const given = await scene.session().relinquishConsent(consent.id);
      expect(given).toMatchObject({ status: 'RELINQUISHED', endedAt: later(1), pageUrl: null });
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom<Lookup['status'][]>('PENDING', 'ACTIVE', 'DECLINED', 'WITHDRAWN', 'EXPIRED'),
          async (word) => {
            scene.says(consent, word);
            expect(await scene.session().refreshConsent(consent.id)).toMatchObject({
              status: 'RELINQUISHED',
              endedAt: later(1),
            });
          },
        ),
        { numRuns: 20 },
      );
    },
  );

  it('needs no rail: where it is not served, nobody is told', async () => {
    const scene = openScene();
    const consent = await scene.granted({ rail: 'ALTINN_2' });
    expect(await scene.session().relinquishConsent(consent.id)).toMatchObject({ status: 'RELINQUISHED' });
  });

  it('twice keeps the first moment', async () => {
    const scene = openScene();
    const consent = await scene.granted();
    await scene.session().relinquishConsent(consent.id);
    scene.clock.set(later(1));
    expect(await scene.session().relinquishConsent(consent.id)).toMatchObject({ endedAt: START });
  });

  it('succeeds although somebody else changes the consent at the same time', async () => {
    const scene = openScene();
    const consent = await scene.granted();
    let interferences = 2;
    scene.before.set('store.change', async () => {
      const current = await scene.stored(consent);
      if (interferences-- > 0 && current) await scene.store.consents.change(current, { confirmedAt: START });
    });
    expect(await scene.session().relinquishConsent(consent.id)).toMatchObject({ status: 'RELINQUISHED' });
  });

  it('while the request is on its way to the person is not undone by its arrival', async () => {
    const scene = openScene();
    scene.before.set('rail.request', async ({ consent }: ConsentWish) => {
      await scene.session().relinquishConsent(consent.id);
    });
    const { consent } = await scene.session().requestConsent(scene.inquiry());
    expect(consent).toMatchObject({ status: 'RELINQUISHED', pageUrl: null });
  });

  it('is not for another insurer’s consent, nor for roles that may not ask', async () => {
    const scene = openScene();
    const consent = await scene.granted();
    await expect(scene.session(someCaller({}, B)).relinquishConsent(consent.id)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    for (const role of ['ANALYST', 'AUDITOR', 'OPERATOR'] as const) {
      await expect(scene.session(someCaller({ role })).relinquishConsent(consent.id)).rejects.toMatchObject({
        code: 'FORBIDDEN',
      });
      await expect(scene.session(someCaller({ role })).requestConsent(scene.inquiry())).rejects.toMatchObject({
        code: 'FORBIDDEN',
      });
    }
    expect(await scene.stored(consent)).toEqual(consent);
  });
});
