import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Consent, Disclosure, Intention, Lookup, Settlement } from '../../src/access/ports.ts';
import type { SourceName } from '../../src/benefits/index.ts';
import { GatewayError } from '../../src/errors.ts';
import { civilDate } from '../../src/periode.ts';
import { later, START } from '../contracts/remembered.ts';
import type { Scene } from '../support/ports.ts';
import { ALL_SOURCES, BOTH_PURPOSES, fault, openScene, someCaller } from '../support/ports.ts';

const OPEN_ENDS = { fom: null, tom: null };

function readOf<N extends SourceName>(scene: Scene, source: N, session = scene.session()) {
  return session.read({ source, applicant: scene.applicant(), periode: OPEN_ENDS, purpose: null });
}

function throwing(error: Error): () => never {
  return () => {
    throw error;
  };
}

const outcomesOf = (records: readonly Disclosure[]) =>
  records.map(({ outcome, refusedBecause, errorCode, attempts }) => [outcome, refusedBecause ?? errorCode, attempts]);

describe('the staircase', () => {
  it.each(ALL_SOURCES)(
    'climbs policy, consent, record, credentials, NAV, record, in this order: %s',
    async (source) => {
      const scene = openScene();
      const consent = await scene.granted({ reference: 'SAK-1' });
      const result = await readOf(scene, source);
      // The second opening is free: the rail holds the credential, unless it has grown old while the read waited.
      expect(scene.journal).toEqual([
        'store.consentsOf',
        'log.intend',
        'rail.open',
        'rail.open',
        `nav.${source}`,
        'log.settle',
      ]);
      expect(result).toMatchObject({
        kind: 'delivered',
        source,
        consent: { id: consent.id },
        uttrekksperiode: consent.periode,
        retrievedAt: START,
      });
      expect(await scene.records()).toMatchObject([
        {
          outcome: 'DELIVERED',
          source,
          consentId: consent.id,
          attempts: 1,
          reference: 'SAK-1',
          id: 'delivered' === result.kind && result.disclosureId,
        },
      ]);
      expect(scene.nav.requests[0]?.request).toMatchObject({
        periode: OPEN_ENDS,
        bounds: { consentPeriode: consent.periode, uttrekksperiode: consent.periode },
      });
      expect(scene.nav.requests[0]?.request.person.reveal()).toBe(consent.applicant.nationalId.reveal());
      expect(scene.nav.requests[0]?.request.headers['authorization']?.reveal()).toBe(`Bearer ${consent.id}`);
    },
  );

  it('asks NAV for the ends given and bounds the answer by both spans', async () => {
    const scene = openScene();
    const consent = await scene.granted();
    const periode = { fom: civilDate('2024-02-01'), tom: null };
    await scene.session().read({ source: 'aapVedtak', applicant: scene.applicant(), periode, purpose: null });
    expect(scene.nav.requests[0]?.request).toMatchObject({
      periode,
      bounds: { consentPeriode: consent.periode, uttrekksperiode: { fom: '2024-02-01', tom: consent.periode.tom } },
    });
    expect(await scene.records()).toMatchObject([{ requested: periode }]);
  });

  it.each([
    ['a role that may not read', someCaller({ role: 'AUDITOR' }), null],
    ['a source that is not the caller’s', someCaller({ sources: ['uforeopplysninger'] }), null],
    ['a purpose that is not the caller’s', someCaller(), 'OCCUPATIONAL_PENSION'],
    ['a caller without purpose', someCaller({ purposes: [] }), null],
  ] as const)('stops %s at policy, records that, and looks nothing up', async (_, caller, purpose) => {
    const scene = openScene();
    await scene.granted();
    const read = scene
      .session(caller)
      .read({ source: 'aapVedtak', applicant: scene.applicant(), periode: OPEN_ENDS, purpose });
    await expect(read).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(scene.journal).toEqual(['log.refuse']);
    expect(await scene.records()).toMatchObject([
      {
        outcome: 'REFUSED',
        errorCode: 'FORBIDDEN',
        refusedBecause: null,
        attempts: 0,
        consentId: null,
        purpose,
        role: caller.role,
      },
    ]);
  });

  it('does not record what was never a read: a purpose left open, or ends the wrong way round', async () => {
    const scene = openScene();
    const session = scene.session(someCaller({ purposes: BOTH_PURPOSES }));
    await expect(readOf(scene, 'aapVedtak', session)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'purpose',
    });
    const periode = { fom: civilDate('2024-02-02'), tom: civilDate('2024-02-01') };
    const turned = scene.session().read({ source: 'aapVedtak', applicant: scene.applicant(), periode, purpose: null });
    await expect(turned).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'periode.fom' });
    expect(scene.journal).toEqual([]);
  });

  it('without consent answers why, records that, and asks neither rail nor NAV', async () => {
    const scene = openScene();
    expect(await readOf(scene, 'aapVedtak')).toEqual({
      kind: 'consent required',
      source: 'aapVedtak',
      reason: 'NEVER_ASKED',
      decidedBy: null,
      allowedPerioder: [],
    });
    expect(scene.journal).toEqual(['store.consentsOf', 'log.refuse']);
    expect(outcomesOf(await scene.records())).toEqual([['REFUSED', 'NEVER_ASKED', 0]]);
  });

  it('names the consent that decided in the record of a refusal', async () => {
    const scene = openScene();
    const consent = await scene.granted({ validTo: later(1), reference: 'SAK-1' });
    scene.clock.set(later(1));
    expect(await readOf(scene, 'aapVedtak')).toMatchObject({ reason: 'EXPIRED', decidedBy: { id: consent.id } });
    expect(await scene.records()).toMatchObject([
      { consentId: consent.id, refusedBecause: 'EXPIRED', reference: 'SAK-1' },
    ]);
  });
});

describe('a read that cannot be recorded', () => {
  it.each([
    ['intend', async (scene: Scene) => void (await scene.granted()), ['store.consentsOf', 'log.intend']],
    ['refuse', async () => undefined, ['store.consentsOf', 'log.refuse']],
  ] as const)('before it (%s) does not happen: neither rail nor NAV is called', async (step, prepare, journal) => {
    const scene = openScene();
    await prepare(scene);
    scene.before.set(`log.${step}`, throwing(new Error('the disk is full')));
    await expect(readOf(scene, 'aapVedtak')).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE', retry: 'later' });
    expect(scene.journal).toEqual(journal);
    expect(scene.events).toMatchObject([{ event: 'record failed', step, name: 'Error' }]);
  });

  it('because policy said no says that it was not recorded, rather than no', async () => {
    const scene = openScene();
    scene.before.set('log.refuse', throwing(new Error('the disk is full')));
    await expect(readOf(scene, 'aapVedtak', scene.session(someCaller({ role: 'OPERATOR' })))).rejects.toMatchObject({
      code: 'AUDIT_UNAVAILABLE',
    });
  });

  it('after it shows nothing', async () => {
    const scene = openScene();
    await scene.granted();
    scene.before.set('log.settle', throwing(new Error('the disk is full')));
    const error = await readOf(scene, 'aapVedtak').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'AUDIT_UNAVAILABLE', message: expect.stringContaining('not shown') });
    expect(error).not.toHaveProperty('answer');
    expect(scene.events).toMatchObject([{ event: 'record failed', step: 'settle', name: 'Error' }]);
    expect(outcomesOf(await scene.records())).toEqual([['UNSETTLED', null, 0]]);
  });

  it('keeps its own fault when that cannot be recorded either', async () => {
    const scene = openScene();
    await scene.granted();
    scene.before.set('nav.fetch', throwing(fault('NAV_UNAVAILABLE')));
    scene.before.set('log.settle', throwing(new Error('the disk is full')));
    await expect(readOf(scene, 'aapVedtak')).rejects.toMatchObject({ code: 'NAV_UNAVAILABLE' });
    expect(scene.events).toMatchObject([{ event: 'record failed', step: 'settle', name: 'Error' }]);
  });
});

describe('a consent that ends under a read', () => {
  it('before credentials are fetched: the rail refuses, NAV is not asked, and the store knows from then on', async () => {
    const scene = openScene();
    const consent = await scene.granted();
    scene.says(consent, 'WITHDRAWN');
    expect(await readOf(scene, 'aapVedtak')).toMatchObject({
      kind: 'consent required',
      reason: 'WITHDRAWN',
      decidedBy: { id: consent.id },
    });
    expect(scene.journal).toEqual([
      'store.consentsOf',
      'log.intend',
      'rail.open',
      'log.settle',
      'store.change',
      'store.consentsOf',
    ]);
    expect(outcomesOf(await scene.records())).toEqual([['REFUSED', 'WITHDRAWN', 0]]);
    expect(await scene.stored(consent)).toMatchObject({ status: 'WITHDRAWN', endedAt: START });
  });

  it('while the read waits for its place: NAV is not asked', async () => {
    const scene = openScene({ bound: 1 });
    const consent = await scene.granted();
    const block = scene.queue.lane();
    let free: () => void = () => undefined;
    const blocked = block(
      () =>
        new Promise<void>((resolve) => {
          free = resolve;
        }),
    );
    const read = readOf(scene, 'aapVedtak');
    await new Promise((resolve) => setImmediate(resolve));
    expect(scene.journal.at(-1)).toBe('rail.open');
    scene.says(consent, 'WITHDRAWN');
    free();
    expect(await read).toMatchObject({ reason: 'WITHDRAWN' });
    await blocked;
    expect(scene.nav.requests).toEqual([]);
  });

  it.each([
    ['withdrawn', 'WITHDRAWN'],
    ['given up', 'RELINQUISHED'],
    ['run out', 'EXPIRED'],
  ] as const)('while NAV answers (%s): the answer is withheld and dropped', async (how, reason) => {
    const scene = openScene();
    const consent = await scene.granted({ validTo: later(1) });
    scene.before.set('nav.fetch', async () => {
      if (how === 'run out') scene.clock.set(later(1));
      else if (how === 'given up') await scene.session().relinquishConsent(consent.id);
      else {
        scene.says(consent, 'WITHDRAWN');
        await scene.session().refreshConsent(consent.id);
      }
    });
    const result = await readOf(scene, 'aapVedtak');
    expect(result).toMatchObject({ kind: 'consent required', reason, decidedBy: { id: consent.id } });
    expect(result).not.toHaveProperty('answer');
    expect(outcomesOf(await scene.records())).toEqual([['WITHHELD', reason, 1]]);
    expect(await scene.stored(consent)).toMatchObject({ lastReadAt: null });
  });

  it('is found out by asking the rail after NAV’s 403', async () => {
    const scene = openScene();
    const consent = await scene.granted();
    scene.nav.refuses = true;
    scene.before.set('nav.fetch', () => scene.says(consent, 'WITHDRAWN'));
    expect(await readOf(scene, 'aapVedtak')).toMatchObject({ kind: 'consent required', reason: 'WITHDRAWN' });
    expect(outcomesOf(await scene.records())).toEqual([['WITHHELD', 'WITHDRAWN', 1]]);
    expect(await scene.stored(consent)).toMatchObject({ status: 'WITHDRAWN' });
  });

  it('leaves another usable one to read under, with exactly one record for each', async () => {
    const scene = openScene();
    const first = await scene.granted({ validTo: later(300) });
    const second = await scene.granted({ validTo: later(200) });
    const third = await scene.granted({ validTo: later(100) });
    scene.says(first, 'WITHDRAWN');
    scene.before.set('nav.fetch', async () => {
      scene.before.delete('nav.fetch');
      await scene.session().relinquishConsent(second.id);
    });
    expect(await readOf(scene, 'aapVedtak')).toMatchObject({ kind: 'delivered', consent: { id: third.id } });
    const byConsent = new Map((await scene.records()).map((record) => [record.consentId, record]));
    expect(await scene.records()).toHaveLength(3);
    expect(byConsent.get(first.id)).toMatchObject({ outcome: 'REFUSED', refusedBecause: 'WITHDRAWN', attempts: 0 });
    expect(byConsent.get(second.id)).toMatchObject({
      outcome: 'WITHHELD',
      refusedBecause: 'RELINQUISHED',
      attempts: 1,
    });
    expect(byConsent.get(third.id)).toMatchObject({ outcome: 'DELIVERED', attempts: 1 });
  });

  it('is settled although what became of it cannot be stored', async () => {
    const scene = openScene();
    const consent = await scene.granted();
    scene.says(consent, 'WITHDRAWN');
    scene.before.set('store.change', throwing(new Error('the disk is full')));
    await expect(readOf(scene, 'aapVedtak')).rejects.toThrow('the disk is full');
    expect(outcomesOf(await scene.records())).toEqual([['REFUSED', 'WITHDRAWN', 0]]);
  });
});

describe('a refusal that one witness alone claims', () => {
  it('by NAV’s 403 while the rail says that the consent stands is NAV_REFUSED, and the store stays as it is', async () => {
    const scene = openScene();
    const consent = await scene.granted();
    scene.nav.refuses = true;
    await expect(readOf(scene, 'aapVedtak')).rejects.toMatchObject({
      code: 'NAV_REFUSED',
      evidence: { upstream: 'nav', status: 403 },
    });
    expect(outcomesOf(await scene.records())).toEqual([['FAILED', 'NAV_REFUSED', 1]]);
    expect(scene.journal.slice(-2)).toEqual(['rail.lookup', 'log.settle']);
    expect(await scene.stored(consent)).toEqual(consent);
  });

  it.each([
    ['does not know the consent', (scene: Scene) => scene.register.clear(), 'ALTINN_REJECTED'],
    [
      'cannot be asked',
      (scene: Scene) => {
        scene.before.set('rail.lookup', throwing(fault('ALTINN_UNAVAILABLE')));
      },
      'ALTINN_UNAVAILABLE',
    ],
    [
      'says that the person never answered',
      (scene: Scene) => {
        for (const [id, word] of scene.register) scene.register.set(id, { ...word, status: 'PENDING' });
      },
      'ALTINN_REJECTED',
    ],
  ] as const)('by NAV’s 403 while the rail %s is a fault, and the store stays as it is', async (_, happens, code) => {
    const scene = openScene();
    const consent = await scene.granted();
    scene.nav.refuses = true;
    scene.before.set('nav.fetch', () => happens(scene));
    await expect(readOf(scene, 'aapVedtak')).rejects.toMatchObject({ code });
    expect(outcomesOf(await scene.records())).toEqual([['FAILED', code, 1]]);
    expect(await scene.stored(consent)).toEqual(consent);
  });

  it('by a rail that refuses and does not say that the consent has ended is a fault, and asked once', async () => {
    const scene = openScene();
    const consent = await scene.granted();
    scene.says(consent, 'PENDING');
    await expect(readOf(scene, 'aapVedtak')).rejects.toMatchObject({ code: 'ALTINN_REJECTED' });
    expect(outcomesOf(await scene.records())).toEqual([['FAILED', 'ALTINN_REJECTED', 0]]);
    expect(scene.count('rail.open')).toBe(1);
    expect(await scene.stored(consent)).toEqual(consent);
  });
});

describe('a consent that was given in Altinn 2', () => {
  it('is read under like any other', async () => {
    const scene = openScene();
    const consent = await scene.migrated();
    expect(await readOf(scene, 'aapVedtak')).toMatchObject({ kind: 'delivered', consent: { id: consent.id } });
    expect(await scene.stored(consent)).toMatchObject({ status: 'ACTIVE', lastReadAt: START });
  });

  it('is unusable when NAV refuses the first read while the rail says that it stands', async () => {
    const scene = openScene();
    const consent = await scene.migrated();
    scene.nav.refuses = true;
    const refused = { kind: 'consent required', reason: 'UNUSABLE', decidedBy: { id: consent.id, status: 'UNUSABLE' } };
    expect(await readOf(scene, 'aapVedtak')).toMatchObject(refused);
    expect(outcomesOf(await scene.records())).toEqual([['WITHHELD', 'UNUSABLE', 1]]);

    scene.nav.refuses = false;
    expect(await readOf(scene, 'uforeopplysninger')).toMatchObject(refused);
    expect(scene.nav.requests).toHaveLength(1);
  });

  it('leaves the reads of all its sources unusable when NAV refuses each of them at once', async () => {
    const scene = openScene();
    const consent = await scene.migrated();
    scene.nav.refuses = true;
    const session = scene.session();
    const results = await Promise.all(ALL_SOURCES.map((source) => readOf(scene, source, session)));
    expect(results.map((result) => result.kind === 'consent required' && result.reason)).toEqual(
      ALL_SOURCES.map(() => 'UNUSABLE'),
    );
    expect(await scene.stored(consent)).toMatchObject({ status: 'UNUSABLE' });
  });

  it('leaves another usable one to read under', async () => {
    const scene = openScene();
    await scene.migrated({ validTo: later(300) });
    const asked = await scene.granted({ validTo: later(200) });
    scene.nav.refuses = true;
    scene.before.set('store.change', () => {
      scene.nav.refuses = false;
    });
    expect(await readOf(scene, 'aapVedtak')).toMatchObject({ kind: 'delivered', consent: { id: asked.id } });
  });

  it.each(['before', 'meanwhile'])(
    'stays in force when NAV has delivered another source under it %s: the refusal is a fault',
    async (when) => {
      const scene = openScene();
      const consent = await scene.migrated();
      const delivered = async () => void (await readOf(scene, 'uforeopplysninger'));
      if (when === 'before') await delivered();
      scene.before.set('nav.fetch', async () => {
        scene.before.delete('nav.fetch');
        if (when === 'meanwhile') await delivered();
        scene.nav.refuses = true;
      });
      await expect(readOf(scene, 'aapVedtak')).rejects.toMatchObject({ code: 'NAV_REFUSED' });
      expect(await scene.stored(consent)).toMatchObject({ status: 'ACTIVE' });
    },
  );

  it('is withdrawn, not unusable, when the rail says so after NAV’s refusal', async () => {
    const scene = openScene();
    const consent = await scene.migrated();
    scene.nav.refuses = true;
    scene.before.set('nav.fetch', () => scene.says(consent, 'WITHDRAWN'));
    expect(await readOf(scene, 'aapVedtak')).toMatchObject({ kind: 'consent required', reason: 'WITHDRAWN' });
  });

  it('that is unusable is not revived by a look-up', async () => {
    const scene = openScene();
    const consent = await scene.migrated();
    scene.nav.refuses = true;
    await readOf(scene, 'aapVedtak');
    expect(await scene.session().refreshConsent(consent.id)).toMatchObject({ status: 'UNUSABLE' });
    scene.says(consent, 'WITHDRAWN');
    expect(await scene.session().refreshConsent(consent.id)).toMatchObject({ status: 'WITHDRAWN' });
  });
});

describe('a read that fails', () => {
  it.each([
    ['rail.open', fault('MASKINPORTEN_UNAVAILABLE'), 'MASKINPORTEN_UNAVAILABLE', 0],
    ['rail.open', fault('DELEGATION_MISSING'), 'DELEGATION_MISSING', 0],
    ['nav.fetch', fault('NAV_UNAVAILABLE'), 'NAV_UNAVAILABLE', 1],
    ['nav.fetch', fault('NAV_UNREADABLE'), 'NAV_UNREADABLE', 1],
    ['nav.fetch', new TypeError('a defect'), 'INTERNAL', 1],
  ] as const)('at %s is settled with its code and attempts: %s', async (step, error, code, attempts) => {
    const scene = openScene();
    await scene.granted();
    scene.before.set(step, throwing(error));
    await expect(readOf(scene, 'aapVedtak')).rejects.toBe(error);
    expect(outcomesOf(await scene.records())).toEqual([['FAILED', code, attempts]]);
  });

  it('counts every attempt that may have reached NAV', async () => {
    const scene = openScene();
    await scene.granted();
    scene.before.set('nav.fetch', () => {
      scene.nav.requests[0]?.request.onAttempt();
      scene.nav.requests[0]?.request.onAttempt();
    });
    await readOf(scene, 'aapVedtak');
    expect(outcomesOf(await scene.records())).toEqual([['DELIVERED', null, 3]]);
  });

  it('is not begun under a consent on a rail that is not configured any more', async () => {
    const scene = openScene();
    await scene.granted({ rail: 'ALTINN_2' });
    expect(await readOf(scene, 'aapVedtak')).toMatchObject({ reason: 'NEVER_ASKED', decidedBy: null });
    expect(scene.count('rail.open')).toBe(0);
  });
});

describe('what NAV answers', () => {
  const card = (meldekortId: string, fom: string, tom: string) => ({
    meldekortId,
    periode: { fom: civilDate(fom), tom: civilDate(tom) },
    antallTimerArbeidet: 12.5,
  });

  it('is recorded as it is shown', async () => {
    const scene = openScene();
    await scene.granted();
    scene.nav.cards.push(card('1', '2024-01-01', '2024-01-14'));
    let payload: string | null = null;
    scene.before.set('log.settle', (_: Intention, settlement: Settlement) => {
      payload = settlement.payload;
    });
    const result = await readOf(scene, 'aapMeldekort');
    expect(result).toMatchObject({ kind: 'delivered', answer: { meldekortliste: [{ meldekortId: '1' }] } });
    expect(payload).toBe(JSON.stringify(result.kind === 'delivered' ? result.answer : undefined));
    expect(scene.events).toEqual([]);
  });

  it('beyond the consent is not shown, and told of in counts', async () => {
    const scene = openScene();
    await scene.granted();
    scene.nav.cards.push(card('before', '2021-12-06', '2021-12-19'), card('over', '2021-12-20', '2022-01-02'));
    expect(await readOf(scene, 'aapMeldekort')).toMatchObject({
      answer: { meldekortliste: [{ meldekortId: 'over', periode: { fom: '2022-01-01', tom: '2022-01-02' } }] },
    });
    expect(scene.events).toMatchObject([
      { event: 'contract drift', source: 'aapMeldekort', outside: 1, cut: 1, invalidated: 0 },
    ]);
  });
});

describe('a request that nobody waits for any more', () => {
  it('asks NAV nothing that is still waiting for its place, and settles what it intended', async () => {
    const scene = openScene({ bound: 1 });
    await scene.granted();
    const controller = new AbortController();
    const session = scene.session(someCaller(), controller.signal);
    scene.before.set('nav.fetch', () => controller.abort());
    const results = await Promise.allSettled(ALL_SOURCES.map((source) => readOf(scene, source, session)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(results[1]).toMatchObject({ reason: { code: 'ABANDONED', evidence: { failure: 'cancelled' } } });
    expect(scene.nav.requests).toHaveLength(1);
    expect(outcomesOf(await scene.records()).toSorted()).toEqual([
      ['DELIVERED', null, 1],
      ['FAILED', 'ABANDONED', 0],
      ['FAILED', 'ABANDONED', 0],
    ]);
    // The place is free for others.
    scene.before.clear();
    expect(await readOf(scene, 'aapVedtak')).toMatchObject({ kind: 'delivered' });
  });
});

// What the world does at one step of one read.
const trouble = fc.record({
  step: fc.constantFrom(
    'rail.open',
    'nav.fetch',
    'rail.lookup',
    'store.change',
    'store.consentsOf',
    'log.settle',
    'log.intend',
  ),
  nth: fc.integer({ min: 1, max: 3 }),
  what: fc.constantFrom('fault', 'defect', 'withdrawn', 'given up', 'expired', 'later', 'approved'),
});

describe('whatever happens', () => {
  it('every intention has exactly one settlement or the log itself failed, and data is shown only under DELIVERED', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(trouble, { maxLength: 4 }),
        fc.integer({ min: 0, max: 3 }),
        fc.boolean(),
        async (troubles, active, refuses) => {
          const scene = openScene();
          const consents: Consent[] = [await scene.asked({ validTo: later(300) })];
          for (let at = 0; at < active; at++) consents.push(await scene.granted({ validTo: later(10 + at) }));
          scene.nav.refuses = refuses;
          const began = new Map<string, number>();
          const settled = new Map<string, number>();
          let logFailed = false;

          for (const step of new Set(troubles.map((each) => each.step))) {
            scene.before.set(step, () => {
              const nth = (began.get(step) ?? 0) + 1;
              began.set(step, nth);
              for (const each of troubles.filter((one) => one.step === step && one.nth === nth)) {
                if (each.what === 'later') scene.clock.set(later(11));
                const word: Partial<Record<string, Lookup['status']>> = {
                  withdrawn: 'WITHDRAWN',
                  expired: 'EXPIRED',
                  approved: 'ACTIVE',
                };
                const status = word[each.what];
                if (status !== undefined)
                  for (const consent of consents)
                    if (status !== 'ACTIVE' || consent === consents[0]) scene.says(consent, status);
                if (each.what === 'fault' || each.what === 'defect') {
                  logFailed ||= step.startsWith('log.');
                  throw each.what === 'fault' ? fault('ALTINN_UNAVAILABLE') : new Error('a defect');
                }
              }
            });
          }
          scene.after.set('log.settle', ({ id }: { id: string }) => void settled.set(id, (settled.get(id) ?? 0) + 1));

          const results = await Promise.allSettled([readOf(scene, 'aapVedtak'), readOf(scene, 'uforeopplysninger')]);
          const records = await scene.records();
          for (const count of settled.values()) expect(count).toBe(1);
          if (!logFailed) expect(records.filter(({ outcome }) => outcome === 'UNSETTLED')).toEqual([]);
          for (const result of results) {
            if (result.status === 'rejected') continue;
            if (result.value.kind === 'delivered') {
              const { disclosureId } = result.value;
              expect(records.find(({ id }) => id === disclosureId)).toMatchObject({ outcome: 'DELIVERED' });
            } else expect(result.value).not.toHaveProperty('answer');
          }
          const delivered = records.filter(({ outcome }) => outcome === 'DELIVERED').length;
          const shown = results.filter(
            (result) => result.status === 'fulfilled' && result.value.kind === 'delivered',
          ).length;
          expect(shown).toBe(delivered);
          // NAV knows of no read that the log does not.
          expect(
            records.reduce((sum, { attempts, outcome }) => sum + (outcome === 'UNSETTLED' ? 1 : attempts), 0),
          ).toBeGreaterThanOrEqual(scene.nav.requests.length);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('a defect of the gateway is no coded error, for nobody may be told its text', async () => {
    const scene = openScene();
    await scene.granted();
    scene.before.set('store.consentsOf', throwing(new Error('a defect')));
    const error = await readOf(scene, 'aapVedtak').catch((thrown: unknown) => thrown);
    expect(error).not.toBeInstanceOf(GatewayError);
    expect(outcomesOf(await scene.records())).toEqual([['FAILED', 'INTERNAL', 0]]);
  });

  it('a request waiting at the rail is answered as the rail says, not as the store remembers', async () => {
    const scene = openScene();
    const { consent } = await scene.session().requestConsent(scene.inquiry());
    scene.says(consent, 'ACTIVE');
    expect(await readOf(scene, 'aapVedtak')).toMatchObject({ kind: 'delivered', consent: { id: consent.id } });
  });
});
