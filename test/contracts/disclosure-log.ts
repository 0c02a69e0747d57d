import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Consent, Disclosure, DisclosureFilter, Intention } from '../../src/access/ports.ts';
import { stillClock } from '../../src/clock.ts';
import { civilDate } from '../../src/periode.ts';
import type { Store } from '../../src/store/embedded.ts';
import type { OrganisationNumber } from '../../src/values.ts';
import type { OpenStore } from './remembered.ts';
import {
  A,
  ALL_DISCLOSURES,
  activeConsent,
  B,
  callerOf,
  DAY,
  intention,
  later,
  newConsent,
  organisation,
  person,
  START,
  settlement,
} from './remembered.ts';

/** What every {@link Store} owes the rest of the house about the record of disclosures. */
export function disclosureLogContract(engine: string, open: OpenStore): void {
  const fresh = () => open(stillClock(START));

  describe(`the disclosure log in ${engine}`, () => {
    it('shows an intention as unsettled from the moment it is recorded, and knows its applicant from then on', async () => {
      await using store = await fresh();
      const applicant = store.consents.identify(A, person());
      const intended = intention(applicant, {
        caller: callerOf(A, B),
        requested: { fom: civilDate('2023-01-01'), tom: null },
      });
      await store.disclosures.intend(intended);
      const [record] = await recordsOf(store, A);
      expect(record).toEqual({
        id: intended.id,
        intendedAt: START,
        settledAt: null,
        source: 'aapVedtak',
        purpose: 'DISABILITY_INSURANCE',
        outcome: 'UNSETTLED',
        refusedBecause: null,
        errorCode: null,
        applicant,
        consentId: null,
        requested: { fom: '2023-01-01', tom: null },
        attempts: 0,
        useLogged: null,
        caller: 'case-handler-7',
        role: 'CASE_HANDLER',
        supplier: B,
        reference: null,
        callId: intended.callId,
      });
      const [found] = await store.consents.findApplicants(A, [applicant.id]);
      expect(found?.nationalId.reveal()).toBe(applicant.nationalId.reveal());
      expect(record?.applicant?.nationalId.reveal()).toBe(applicant.nationalId.reveal());
    });

    it('settles a delivery and dates the last read without a new version of the consent', async () => {
      await using store = await fresh();
      const consent = await activeConsent(store, store.consents.identify(A, person()), { reference: 'SAK-1' });
      const intended = intention(consent.applicant, { consent });
      await store.disclosures.intend(intended);
      expect(await store.disclosures.settle(intended, settlement({ attempts: 2, at: later(0.5) }))).toBe('SETTLED');
      expect(await recordsOf(store, A)).toMatchObject([
        { outcome: 'DELIVERED', settledAt: later(0.5), attempts: 2, consentId: consent.id, reference: 'SAK-1' },
      ]);
      expect(await store.consents.find(A, [consent.id])).toEqual([{ ...consent, lastReadAt: later(0.5) }]);

      // One that began earlier and ends later does not set the date back.
      const slow = intention(consent.applicant, { consent });
      await store.disclosures.intend(slow);
      await store.disclosures.settle(slow, settlement({ at: later(0.25) }));
      expect(await store.consents.find(A, [consent.id])).toMatchObject([{ lastReadAt: later(0.5) }]);
    });

    it('withholds what would be delivered under a consent that ended meanwhile, and says why', async () => {
      await using store = await fresh();
      const applicant = store.consents.identify(A, person());
      const withdrawn = await activeConsent(store, applicant);
      const expiring = await activeConsent(store, applicant, { validTo: later(1) });
      const { consent: pending } = await store.consents.insert(newConsent(applicant));
      const cases = [
        { consent: withdrawn, at: later(0.5), because: 'WITHDRAWN' },
        { consent: expiring, at: later(1), because: 'EXPIRED' },
        { consent: pending, at: later(0.5), because: 'PENDING' },
        { consent: { ...withdrawn, id: randomUUID() }, at: later(0.5), because: null },
        { consent: null, at: later(0.5), because: null },
      ];
      const intended = cases.map(({ consent }) => intention(applicant, { consent }));
      for (const each of intended) await store.disclosures.intend(each);
      await store.consents.change(withdrawn, { status: 'WITHDRAWN', endedAt: START });

      for (const [at, each] of intended.entries()) {
        const how = settlement({ at: cases[at]?.at ?? START, attempts: 1 });
        expect(await store.disclosures.settle(each, how)).toBe('CONSENT_ENDED');
      }
      const records = new Map((await recordsOf(store, A)).map((record) => [record.id, record]));
      expect(intended.map(({ id }) => records.get(id))).toMatchObject(
        cases.map(({ because, at }) => ({ outcome: 'WITHHELD', refusedBecause: because, settledAt: at, attempts: 1 })),
      );
      expect(await store.consents.find(A, [withdrawn.id, expiring.id])).toMatchObject([
        { lastReadAt: null },
        { lastReadAt: null },
      ]);
      // One millisecond earlier the consent still stood.
      const inTime = intention(applicant, { consent: expiring });
      await store.disclosures.intend(inTime);
      expect(await store.disclosures.settle(inTime, settlement({ at: new Date(later(1).getTime() - 1) }))).toBe(
        'SETTLED',
      );
    });

    it('records failures and what else was withheld as they are, whatever the consent says', async () => {
      await using store = await fresh();
      const applicant = store.consents.identify(A, person());
      const intended = intention(applicant);
      await store.disclosures.intend(intended);
      const failure = settlement({ outcome: 'FAILED', errorCode: 'NAV_UNAVAILABLE', payload: null, attempts: 3 });
      expect(await store.disclosures.settle(intended, failure)).toBe('SETTLED');
      expect(await recordsOf(store, A)).toMatchObject([
        { outcome: 'FAILED', errorCode: 'NAV_UNAVAILABLE', attempts: 3 },
      ]);
    });

    it('settles once: a second settlement throws and the first stands', async () => {
      await using store = await fresh();
      const consent = await activeConsent(store, store.consents.identify(A, person()));
      const intended = intention(consent.applicant, { consent });
      await store.disclosures.intend(intended);
      const both = await Promise.allSettled([
        store.disclosures.settle(intended, settlement()),
        store.disclosures.settle(intended, settlement({ outcome: 'FAILED', payload: null })),
      ]);
      expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
      await expect(store.disclosures.settle(intended, settlement())).rejects.toThrow();
      expect(await recordsOf(store, A)).toMatchObject([{ outcome: 'DELIVERED' }]);
    });

    it('settles nothing that was not intended, and intends nothing twice', async () => {
      await using store = await fresh();
      const intended = intention(store.consents.identify(A, person()));
      await expect(store.disclosures.settle(intended, settlement())).rejects.toMatchObject(NEVER_INTENDED);
      await store.disclosures.intend(intended);
      await expect(store.disclosures.intend(intended)).rejects.toThrow();
      expect(await recordsOf(store, A)).toHaveLength(1);
    });

    it('notes once whether a delivered read was logged as a use, and of nothing else', async () => {
      const store = await fresh();
      const consent = await activeConsent(store, store.consents.identify(A, person()));
      const intended = intention(consent.applicant, { consent });
      const disclosure = { dataConsumer: A, id: intended.id };
      const use = { at: later(1), logged: true };
      await store.disclosures.intend(intended);
      await expect(store.disclosures.noteUse(disclosure, use)).rejects.toThrow();
      await store.disclosures.settle(intended, settlement({}));
      expect(await recordsOf(store, A)).toMatchObject([{ useLogged: null }]);
      await expect(store.disclosures.noteUse({ ...disclosure, dataConsumer: B }, use)).rejects.toThrow();
      await store.disclosures.noteUse(disclosure, use);
      expect(await recordsOf(store, A)).toMatchObject([{ useLogged: true }]);
      await expect(store.disclosures.noteUse(disclosure, use)).rejects.toThrow();
    });

    it('records a refusal in one', async () => {
      await using store = await fresh();
      const refused = intention(store.consents.identify(A, person()), { purpose: null });
      const how = settlement({ outcome: 'REFUSED', refusedBecause: 'NEVER_ASKED', attempts: 0, payload: null });
      await store.disclosures.refuse(refused, how);
      expect(await recordsOf(store, A)).toMatchObject([
        { outcome: 'REFUSED', refusedBecause: 'NEVER_ASKED', purpose: null, attempts: 0, settledAt: how.at },
      ]);
    });

    it('refuses an intention about another data consumer’s applicant', async () => {
      await using store = await fresh();
      const mixed = intention(store.consents.identify(A, person()), { caller: callerOf(B) });
      await expect(store.disclosures.intend(mixed)).rejects.toThrow('another');
      expect([...(await recordsOf(store, A)), ...(await recordsOf(store, B))]).toEqual([]);
    });

    it('shows each data consumer its own records only, by any filter and cursor', async () => {
      await using store = await fresh();
      const own = intention(store.consents.identify(A, person()));
      const foreign = intention(store.consents.identify(B, person()));
      for (const each of [own, foreign, intention(own.applicant)]) await store.disclosures.intend(each);
      expect(await recordsOf(store, B)).toMatchObject([{ id: foreign.id }]);
      expect(await recordsOf(store, B, { applicant: own.applicant.id })).toEqual([]);
      const stranger: Intention = { ...own, caller: callerOf(B), applicant: foreign.applicant };
      await expect(store.disclosures.settle(stranger, settlement())).rejects.toMatchObject(NEVER_INTENDED);

      const { edges } = await store.disclosures.page(A, { first: 1, after: null }, ALL_DISCLOSURES);
      const after = edges[0]?.cursor ?? '';
      const refused = { code: 'INVALID_INPUT', field: 'after' };
      await expect(store.disclosures.page(B, { first: 1, after }, ALL_DISCLOSURES)).rejects.toMatchObject(refused);
      const otherFilter = { ...ALL_DISCLOSURES, source: 'aapVedtak' as const };
      await expect(store.disclosures.page(A, { first: 1, after }, otherFilter)).rejects.toMatchObject(refused);
      const consents = store.consents.page(
        A,
        { first: 1, after },
        {
          applicant: null,
          status: null,
          rails: null,
          expiresBefore: null,
          lastReadBefore: null,
          changedAfter: null,
          reference: null,
        },
        'REQUESTED_AT_DESC',
      );
      await expect(consents).rejects.toMatchObject(refused);
    });

    it('is the whole list, newest first and filtered, when its pages are joined', async () => {
      await using store = await fresh();
      let consumers = 10;
      const property = fc.asyncProperty(
        fc.array(record, { maxLength: 12 }),
        someFilter,
        fc.integer({ min: 1, max: 5 }),
        async (wishes, wish, first) => {
          const dataConsumer = organisation(consumers++);
          const people = [0, 1].map((at) => store.consents.identify(dataConsumer, person(at)));
          const consents: Consent[] = [];
          for (const each of people)
            for (const reference of CASES) consents.push(await activeConsent(store, each, { reference }));
          const filter = { ...wish, applicant: wish.who === null ? null : (people[wish.who]?.id ?? null) };
          const all: { intended: Intention; outcome: Disclosure['outcome'] }[] = [];
          for (const { who, source, day, outcome, reference } of wishes) {
            const applicant = people[who];
            if (applicant === undefined) throw new Error('nobody');
            const consent =
              consents.find((each) => each.applicant.id === applicant.id && each.reference === reference) ?? null;
            const intended = intention(applicant, { source, consent, at: later(day) });
            await store.disclosures.intend(intended);
            if (outcome !== 'UNSETTLED')
              await store.disclosures.settle(intended, settlement({ outcome, payload: null }));
            all.push({ intended, outcome: outcome === 'DELIVERED' && consent === null ? 'WITHHELD' : outcome });
          }
          const expected = all
            .filter(({ intended, outcome }) => passes(intended, outcome, filter))
            .map(({ intended }) => intended)
            .sort((one, other) => other.at.getTime() - one.at.getTime() || (one.id < other.id ? 1 : -1));

          const found: string[] = [];
          let after: string | null = null;
          for (;;) {
            const page = await store.disclosures.page(dataConsumer, { first, after }, filter);
            found.push(...page.edges.map(({ node }) => node.id));
            if (!page.hasNextPage) break;
            expect(page.edges).toHaveLength(first);
            after = page.edges.at(-1)?.cursor ?? null;
          }
          expect(found).toEqual(expected.map(({ id }) => id));
        },
      );
      await fc.assert(property, { numRuns: 60 });
    });
  });
}

async function recordsOf(
  store: Store,
  dataConsumer: OrganisationNumber,
  filter: Partial<DisclosureFilter> = {},
): Promise<Disclosure[]> {
  const page = await store.disclosures.page(
    dataConsumer,
    { first: 100, after: null },
    { ...ALL_DISCLOSURES, ...filter },
  );
  return page.edges.map(({ node }) => node);
}

const NEVER_INTENDED = { code: 'STORE_UNAVAILABLE', cause: { message: expect.stringContaining('never intended') } };

const CASES = ['SAK-1', 'SAK-2'];

const OUTCOMES: readonly Disclosure['outcome'][] = ['DELIVERED', 'REFUSED', 'FAILED', 'WITHHELD', 'UNSETTLED'];

const record = fc.record({
  who: fc.constantFrom(0, 1),
  source: fc.constantFrom<Intention['source'][]>('aapVedtak', 'aapMeldekort', 'uforeopplysninger'),
  day: fc.integer({ min: 0, max: 3 }),
  outcome: fc.constantFrom(...OUTCOMES),
  reference: fc.constantFrom(null, ...CASES),
});

const someFilter = fc.record({
  who: fc.option(fc.constantFrom(0, 1), { freq: 2 }),
  outcome: fc.option(fc.subarray([...OUTCOMES])),
  source: fc.option(fc.constantFrom<Intention['source'][]>('aapVedtak', 'aapMeldekort'), { freq: 2 }),
  from: fc.option(
    fc.integer({ min: 0, max: 2 }).map((day) => later(day)),
    { freq: 2 },
  ),
  to: fc.option(
    fc.integer({ min: 1, max: 4 }).map((day) => new Date(START.getTime() + day * DAY)),
    { freq: 2 },
  ),
  reference: fc.option(fc.constantFrom(...CASES, 'SAK-3'), { freq: 2 }),
});

function passes(intended: Intention, outcome: Disclosure['outcome'], filter: DisclosureFilter): boolean {
  return (
    (filter.applicant === null || intended.applicant.id === filter.applicant) &&
    (filter.outcome === null || filter.outcome.includes(outcome)) &&
    (filter.source === null || intended.source === filter.source) &&
    (filter.from === null || intended.at >= filter.from) &&
    (filter.to === null || intended.at < filter.to) &&
    (filter.reference === null || intended.consent?.reference === filter.reference)
  );
}
