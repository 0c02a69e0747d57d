import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Consent, ConsentFilter, ConsentOrder, ConsentStatus, Rail } from '../../src/access/ports.ts';
import { stillClock } from '../../src/clock.ts';
import { civilDate } from '../../src/periode.ts';
import type { Store } from '../../src/store/embedded.ts';
import type { OrganisationNumber } from '../../src/values.ts';
import { Secret } from '../../src/values.ts';
import type { OpenStore } from './remembered.ts';
import {
  A,
  ALL_CONSENTS,
  activeConsent,
  B,
  intention,
  later,
  migratedConsent,
  newConsent,
  organisation,
  person,
  START,
  settlement,
} from './remembered.ts';

/** What every {@link Store} owes the rest of the house about applicants and consents. */
export function consentStoreContract(engine: string, open: OpenStore): void {
  const clock = () => stillClock(START);

  describe(`applicants in ${engine}`, () => {
    it('are the same person under another id for every data consumer, and stored by nobody asking', async () => {
      await using store = await open(clock());
      const { identify, findApplicants } = store.consents;
      const applicant = identify(A, person());
      expect(applicant.id).toMatch(/^p1_[\w-]{22}$/);
      expect(identify(A, person()).id).toBe(applicant.id);
      expect(identify(A, person(1)).id).not.toBe(applicant.id);
      expect(identify(B, person()).id).not.toBe(applicant.id);
      expect(await findApplicants(A, [applicant.id])).toEqual([undefined]);
    });

    it('are found in the order asked for, once they were asked for a consent', async () => {
      await using store = await open(clock());
      const [one, two] = [person(0), person(1)].map((who) => store.consents.identify(A, who));
      if (one === undefined || two === undefined) throw new Error('two people');
      await store.consents.insert(newConsent(one));
      await store.consents.insert(newConsent(two));
      const found = await store.consents.findApplicants(A, [two.id, 'p1_nobody', one.id, two.id]);
      expect(found.map((each) => each?.nationalId.reveal())).toEqual([
        two.nationalId.reveal(),
        undefined,
        one.nationalId.reveal(),
        two.nationalId.reveal(),
      ]);
      expect(await store.consents.findApplicants(A, [])).toEqual([]);
    });
  });

  describe(`consents in ${engine}`, () => {
    it('start as pending and unconfirmed, with all that was asked for', async () => {
      await using store = await open(clock());
      const wish = newConsent(store.consents.identify(A, person()), { reference: 'SAK-1', rail: 'ALTINN_2' });
      const { consent, inserted } = await store.consents.insert(wish);
      expect(inserted).toBe(true);
      expect(consent).toEqual({
        ...wish,
        railId: expect.any(Secret),
        origin: 'REQUESTED',
        status: 'PENDING',
        version: 1,
        confirmedAt: null,
        changedAt: wish.requestedAt,
        answeredAt: null,
        endedAt: null,
        lastReadAt: null,
        pageUrl: null,
      });
      expect(consent.railId.reveal()).toBe(wish.railId.reveal());
      expect(consent.applicant.nationalId.reveal()).toBe(person().reveal());
      expect(await store.consents.find(A, [randomUUID(), wish.id])).toEqual([undefined, consent]);
      expect(await store.consents.findByReturnReference(wish.returnReference)).toEqual(consent);
      expect(await store.consents.findByReturnReference('unknown')).toBeUndefined();
      expect(await store.consents.find(A, [])).toEqual([]);
    });

    it('are asked for once while the same request is pending, however many ask at once', async () => {
      await using store = await open(clock());
      const applicant = store.consents.identify(A, person());
      const answers = await Promise.all(Array.from({ length: 20 }, () => store.consents.insert(newConsent(applicant))));
      expect(answers.filter(({ inserted }) => inserted)).toHaveLength(1);
      expect(new Set(answers.map(({ consent }) => consent.id)).size).toBe(1);

      const others = [
        newConsent(applicant, { purpose: 'OCCUPATIONAL_PENSION' }),
        newConsent(applicant, { periode: { fom: civilDate('2022-01-02'), tom: civilDate('2027-12-31') } }),
        newConsent(applicant, { periode: { fom: civilDate('2022-01-01'), tom: civilDate('2027-12-30') } }),
        newConsent(store.consents.identify(A, person(1))),
        newConsent(store.consents.identify(B, person())),
      ];
      for (const other of others) expect(await store.consents.insert(other)).toMatchObject({ inserted: true });
    });

    it('do not stand in the way of a new request once they have run out', async () => {
      const time = clock();
      await using store = await open(time);
      const applicant = store.consents.identify(A, person());
      const { consent: first } = await store.consents.insert(newConsent(applicant, { validTo: later(1) }));
      const active = await activeConsent(store, applicant, { purpose: 'OCCUPATIONAL_PENSION', validTo: later(2) });
      time.set(later(1));
      const second = await store.consents.insert(newConsent(applicant, { requestedAt: later(1) }));
      expect(second.inserted).toBe(true);
      expect(await store.consents.find(A, [first.id, active.id])).toMatchObject([
        { status: 'EXPIRED', version: 2, changedAt: later(1), endedAt: first.validTo, pageUrl: null },
        { status: 'ACTIVE', version: 2 },
      ]);
    });

    it('change only from the version that was read, and date a change of status only', async () => {
      const time = clock();
      await using store = await open(time);
      const { consent } = await store.consents.insert(newConsent(store.consents.identify(A, person())));
      time.set(later(1));
      const pageUrl = new Secret('https://altinn.example/consent/1', 'consent page');
      const confirmed = await store.consents.change(consent, { status: 'PENDING', confirmedAt: later(1), pageUrl });
      expect(confirmed).toMatchObject({ version: 2, status: 'PENDING', changedAt: START, confirmedAt: later(1) });
      expect(confirmed?.pageUrl?.reveal()).toBe(pageUrl.reveal());
      expect(await store.consents.change(consent, { status: 'DECLINED' })).toBeUndefined();
      if (confirmed === undefined) throw new Error('confirmed');

      time.set(later(2));
      const active = await store.consents.change(confirmed, { status: 'ACTIVE', answeredAt: later(2) });
      expect(active).toMatchObject({
        version: 3,
        changedAt: later(2),
        answeredAt: later(2),
        confirmedAt: later(1),
        pageUrl: null,
      });
      if (active === undefined) throw new Error('active');
      const ended = await store.consents.change(active, { status: 'WITHDRAWN', endedAt: later(2), answeredAt: null });
      expect(ended).toMatchObject({ version: 4, status: 'WITHDRAWN', endedAt: later(2), answeredAt: null });
      expect(await store.consents.find(A, [consent.id])).toEqual([ended]);
    });

    it('may be given an earlier end, by which they count from then on', async () => {
      const time = clock();
      await using store = await open(time);
      const active = await activeConsent(store, store.consents.identify(A, person()), { validTo: later(2) });
      const shortened = await store.consents.change(active, { validTo: later(1) });
      expect(shortened).toEqual({ ...active, version: active.version + 1, validTo: later(1) });
      expect(await store.consents.find(A, [active.id])).toEqual([shortened]);
      time.set(later(1));
      expect(await idsOf(store, A, { status: ['EXPIRED'] })).toEqual([active.id]);
    });

    it('change for one of those who try at once', async () => {
      await using store = await open(clock());
      const { consent } = await store.consents.insert(newConsent(store.consents.identify(A, person())));
      const tries = ['ACTIVE', 'DECLINED', 'WITHDRAWN'] as const;
      const results = await Promise.all(tries.map((status) => store.consents.change(consent, { status })));
      expect(results.filter((result) => result !== undefined)).toHaveLength(1);
    });

    it('can be discarded until the rail has confirmed them, and not later', async () => {
      await using store = await open(clock());
      const applicant = store.consents.identify(A, person());
      const { consent: refused } = await store.consents.insert(newConsent(applicant));
      await store.consents.discard(refused);
      expect(await store.consents.find(A, [refused.id])).toEqual([undefined]);
      const { consent: kept } = await store.consents.insert(newConsent(applicant));
      const confirmed = await store.consents.change(kept, { confirmedAt: START });
      await store.consents.discard(kept);
      expect(await store.consents.find(A, [kept.id])).toEqual([confirmed]);
    });

    it('are listed for each applicant, newest request first', async () => {
      await using store = await open(clock());
      const [one, two] = [store.consents.identify(A, person(0)), store.consents.identify(A, person(1))];
      const ids: string[] = [];
      for (const days of [0, 2, 1]) ids.push((await activeConsent(store, one, { requestedAt: later(days) })).id);
      const other = await activeConsent(store, two);
      const lists = await store.consents.consentsOf(A, [two.id, 'p1_nobody', one.id]);
      expect(lists.map((list) => list.map(({ id }) => id))).toEqual([[other.id], [], [ids[1], ids[2], ids[0]]]);
      expect(await store.consents.consentsOf(A, [])).toEqual([]);
    });

    it('of another data consumer are not there, by any way of asking', async () => {
      await using store = await open(clock());
      const { consents } = store;
      const mine = await activeConsent(store, consents.identify(A, person()), { reference: 'SAK-1' });
      const own = await activeConsent(store, consents.identify(B, person()), { reference: 'SAK-1' });
      expect(await consents.findApplicants(B, [mine.applicant.id])).toEqual([undefined]);
      expect(await consents.find(B, [mine.id])).toEqual([undefined]);
      expect(await consents.consentsOf(B, [mine.applicant.id])).toEqual([[]]);
      expect(await idsOf(store, B, { reference: 'SAK-1' })).toEqual([own.id]);
      expect(await idsOf(store, B, { applicant: mine.applicant.id })).toEqual([]);

      const forged: Consent = { ...mine, applicant: { ...mine.applicant, dataConsumer: B } };
      expect(await consents.change(forged, { status: 'WITHDRAWN' })).toBeUndefined();
      const { consent: pending } = await consents.insert(newConsent(mine.applicant));
      await consents.discard({ ...pending, applicant: forged.applicant });
      expect(await consents.find(A, [mine.id, pending.id])).toEqual([mine, pending]);
    });
  });

  describe(`migrated consents in ${engine}`, () => {
    const code = new Secret('b2c4a1de-7f30-4e1b-9c55-0d1e8a6f4b01', 'code');

    it('have an id that follows from their code, and is another for every data consumer', async () => {
      await using store = await open(clock());
      const { identifyCode } = store.consents;
      const id = identifyCode(A, code);
      expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
      expect(identifyCode(A, new Secret(code.reveal(), 'the same'))).toBe(id);
      expect(identifyCode(B, code)).not.toBe(id);
      expect(identifyCode(A, new Secret('b2c4a1de-7f30-4e1b-9c55-0d1e8a6f4b02', 'another'))).not.toBe(id);
    });

    it('are stored as they stand, and known from the moment they were stored', async () => {
      const time = clock();
      await using store = await open(time);
      const wish = migratedConsent(store.consents.identify(A, person()), { id: store.consents.identifyCode(A, code) });
      time.set(later(1));
      const { consent, inserted } = await store.consents.migrate(wish);
      expect(inserted).toBe(true);
      expect(consent).toEqual({
        ...wish,
        railId: expect.any(Secret),
        origin: 'MIGRATED',
        version: 1,
        changedAt: later(1),
        lastReadAt: null,
        pageUrl: null,
        reference: null,
        returnUrl: '',
      });
      expect(consent.railId.reveal()).toBe(wish.railId.reveal());
      expect(await store.consents.find(A, [wish.id])).toEqual([consent]);
      expect(await store.consents.consentsOf(A, [wish.applicant.id])).toEqual([[consent]]);
      expect(await idsOf(store, A, { changedAfter: START })).toEqual([wish.id]);
    });

    it('are stored once, however many try at once, and what was stored first stands', async () => {
      await using store = await open(clock());
      const wish = migratedConsent(store.consents.identify(A, person()));
      const answers = await Promise.all(
        Array.from({ length: 20 }, () =>
          store.consents.migrate({ ...wish, returnReference: newConsent(wish.applicant).returnReference }),
        ),
      );
      expect(answers.filter(({ inserted }) => inserted)).toHaveLength(1);
      const [first] = await store.consents.find(A, [wish.id]);
      const second = await store.consents.migrate({ ...wish, status: 'WITHDRAWN', endedAt: START });
      expect(second).toEqual({ consent: first, inserted: false });
    });

    it('change as any other does', async () => {
      await using store = await open(clock());
      const { consent } = await store.consents.migrate(migratedConsent(store.consents.identify(A, person())));
      expect(await store.consents.change(consent, { status: 'UNUSABLE' })).toMatchObject({
        origin: 'MIGRATED',
        status: 'UNUSABLE',
        version: 2,
        endedAt: null,
      });
      expect(await store.consents.find(B, [consent.id])).toEqual([undefined]);
    });
  });

  describe(`pages of consents in ${engine}`, () => {
    it('go by the status of the present moment', async () => {
      const time = clock();
      await using store = await open(time);
      const applicant = store.consents.identify(A, person());
      const active = await activeConsent(store, applicant, { validTo: later(2) });
      const { consent: pending } = await store.consents.insert(newConsent(applicant, { validTo: later(1) }));
      const withdrawn = await activeConsent(store, applicant, { validTo: later(1), purpose: 'OCCUPATIONAL_PENSION' });
      await store.consents.change(withdrawn, { status: 'WITHDRAWN' });
      const having = async (...status: ConsentStatus[]) => new Set(await idsOf(store, A, { status }));

      expect(await having('ACTIVE')).toEqual(new Set([active.id]));
      expect(await having('PENDING', 'WITHDRAWN')).toEqual(new Set([pending.id, withdrawn.id]));
      expect(await having('EXPIRED')).toEqual(new Set());
      time.set(later(1));
      expect(await having('PENDING')).toEqual(new Set());
      expect(await having('EXPIRED')).toEqual(new Set([pending.id]));
      time.set(later(2));
      expect(await having('ACTIVE')).toEqual(new Set());
      expect(await having('EXPIRED')).toEqual(new Set([pending.id, active.id]));
      expect(await having('WITHDRAWN')).toEqual(new Set([withdrawn.id]));
      expect(await having()).toEqual(new Set());
    });

    it('are narrowed by reference, rail, end and change', async () => {
      const time = clock();
      await using store = await open(time);
      const one = await activeConsent(store, store.consents.identify(A, person(0)), {
        reference: 'SAK-1',
        validTo: later(10),
      });
      time.set(later(1));
      const two = await activeConsent(store, store.consents.identify(A, person(1)), {
        rail: 'ALTINN_2',
        validTo: later(20),
      });
      expect(await idsOf(store, A, { reference: 'SAK-1' })).toEqual([one.id]);
      expect(await idsOf(store, A, { rails: ['ALTINN_2'] })).toEqual([two.id]);
      expect(await idsOf(store, A, { rails: [] })).toEqual([]);
      expect(await idsOf(store, A, { expiresBefore: later(20) })).toEqual([one.id]);
      expect(await idsOf(store, A, { changedAfter: START })).toEqual([two.id]);
      expect(await idsOf(store, A, { applicant: two.applicant.id })).toEqual([two.id]);
    });

    it('are narrowed to those last read before a moment, among which are those never read', async () => {
      const time = clock();
      await using store = await open(time);
      const never = await activeConsent(store, store.consents.identify(A, person(0)));
      time.set(later(1));
      const read = await activeConsent(store, store.consents.identify(A, person(1)));
      const intended = intention(read.applicant, { consent: read });
      await store.disclosures.intend(intended);
      await store.disclosures.settle(intended, settlement({ at: later(2) }));
      const unreadBefore = async (moment: Date) => new Set(await idsOf(store, A, { lastReadBefore: moment }));
      expect(await unreadBefore(later(2))).toEqual(new Set([never.id]));
      expect(await unreadBefore(later(2.5))).toEqual(new Set([never.id, read.id]));
    });

    it('refuse a cursor that was altered or made for another list', async () => {
      await using store = await open(clock());
      for (const at of [0, 1, 2]) await activeConsent(store, store.consents.identify(A, person(at)));
      const page = await store.consents.page(A, { first: 1, after: null }, ALL_CONSENTS, 'REQUESTED_AT_DESC');
      const cursor = page.edges[0]?.cursor ?? '';
      const ask = (
        after: string,
        who = A,
        filter: Partial<ConsentFilter> = {},
        order: ConsentOrder = 'REQUESTED_AT_DESC',
      ) => store.consents.page(who, { first: 1, after }, { ...ALL_CONSENTS, ...filter }, order);
      const refused = { code: 'INVALID_INPUT', field: 'after' };

      expect(page.hasNextPage).toBe(true);
      expect(await ask(cursor)).toMatchObject({ edges: [{ node: expect.anything() }] });
      await expect(ask(cursor, B)).rejects.toMatchObject(refused);
      await expect(ask(cursor, A, { reference: 'SAK-1' })).rejects.toMatchObject(refused);
      await expect(ask(cursor, A, { status: [] })).rejects.toMatchObject(refused);
      await expect(ask(cursor, A, {}, 'VALID_TO_ASC')).rejects.toMatchObject(refused);
      for (let at = 0; at < cursor.length; at++) {
        const altered = `${cursor.slice(0, at)}${cursor[at] === 'x' ? 'y' : 'x'}${cursor.slice(at + 1)}`;
        await expect(ask(altered)).rejects.toMatchObject(refused);
      }
      for (const junk of ['', 'x', `${cursor}!`, `${cursor}=`, cursor.slice(0, -1), 'æ'.repeat(10_000)]) {
        await expect(ask(junk)).rejects.toMatchObject(refused);
      }
      // The same filter written in another order is the same list.
      const [one, two]: ConsentStatus[][] = [
        ['ACTIVE', 'PENDING'],
        ['PENDING', 'ACTIVE'],
      ];
      const narrowed = await store.consents.page(
        A,
        { first: 1, after: null },
        { ...ALL_CONSENTS, status: one ?? [] },
        'VALID_TO_ASC',
      );
      expect(await ask(narrowed.edges[0]?.cursor ?? '', A, { status: two ?? [] }, 'VALID_TO_ASC')).toMatchObject({
        hasNextPage: true,
      });
    });

    it('joined together are the whole list, sorted and filtered', async () => {
      const time = clock();
      await using store = await open(time);
      let consumers = 10;
      await fc.assert(
        fc.asyncProperty(
          fc.array(storedConsent, { maxLength: 12 }),
          someFilter,
          someOrder,
          fc.integer({ min: 1, max: 5 }),
          async (wishes, filter, order, first) => {
            time.set(START);
            const dataConsumer = organisation(consumers++);
            const all: Consent[] = [];
            for (const [at, wish] of wishes.entries()) {
              const { consent } = await store.consents.insert(
                newConsent(store.consents.identify(dataConsumer, person(at)), {
                  rail: wish.rail,
                  requestedAt: later(-wish.requested),
                  validTo: later(wish.validFor),
                  reference: wish.reference,
                }),
              );
              time.set(later(wish.changed));
              const changed =
                wish.status === 'PENDING' ? consent : await store.consents.change(consent, { status: wish.status });
              if (changed === undefined) throw new Error('changed meanwhile');
              all.push(changed);
              time.set(START);
            }
            time.set(later(3));
            const expected = all.filter((consent) => passes(consent, filter, later(3))).sort(comparing(order));

            const found: Consent[] = [];
            let after: string | null = null;
            for (;;) {
              const page = await store.consents.page(dataConsumer, { first, after }, filter, order);
              found.push(...page.edges.map(({ node }) => node));
              expect(page.edges.length).toBe(Math.min(first, expected.length - found.length + page.edges.length));
              if (!page.hasNextPage) break;
              after = page.edges.at(-1)?.cursor ?? null;
            }
            expect(found.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
          },
        ),
        { numRuns: 60 },
      );
    });
  });
}

async function idsOf(
  store: Store,
  dataConsumer: OrganisationNumber,
  filter: Partial<ConsentFilter>,
): Promise<string[]> {
  const page = await store.consents.page(
    dataConsumer,
    { first: 100, after: null },
    { ...ALL_CONSENTS, ...filter },
    'REQUESTED_AT_DESC',
  );
  return page.edges.map(({ node }) => node.id);
}

// Few different moments, so that many are equal and the id decides.
const storedConsent = fc.record({
  rail: fc.constantFrom<Rail[]>('ALTINN_2', 'ALTINN_3'),
  status: fc.constantFrom<ConsentStatus[]>('PENDING', 'ACTIVE', 'WITHDRAWN', 'EXPIRED'),
  requested: fc.integer({ min: 0, max: 2 }),
  validFor: fc.integer({ min: 2, max: 5 }),
  changed: fc.integer({ min: 0, max: 2 }),
  reference: fc.constantFrom(null, 'SAK-1'),
});

const someFilter = fc.record({
  applicant: fc.constant(null),
  status: fc.option(fc.subarray<ConsentStatus>(['PENDING', 'ACTIVE', 'WITHDRAWN', 'EXPIRED'])),
  rails: fc.option(fc.subarray<Rail>(['ALTINN_2', 'ALTINN_3'])),
  expiresBefore: fc.option(
    fc.integer({ min: 2, max: 5 }).map((days) => later(days)),
    { freq: 2 },
  ),
  lastReadBefore: fc.constant(null),
  changedAfter: fc.option(
    fc.integer({ min: -2, max: 2 }).map((days) => later(days)),
    { freq: 2 },
  ),
  reference: fc.option(fc.constant('SAK-1'), { freq: 2 }),
});

const someOrder = fc.constantFrom<ConsentOrder[]>('REQUESTED_AT_DESC', 'VALID_TO_ASC', 'CHANGED_AT_ASC');

function passes(consent: Consent, filter: ConsentFilter, now: Date): boolean {
  const hasRunOut = (consent.status === 'PENDING' || consent.status === 'ACTIVE') && consent.validTo <= now;
  return (
    (filter.status === null || filter.status.includes(hasRunOut ? 'EXPIRED' : consent.status)) &&
    (filter.rails === null || filter.rails.includes(consent.rail)) &&
    (filter.expiresBefore === null || consent.validTo < filter.expiresBefore) &&
    (filter.changedAfter === null || consent.changedAt > filter.changedAfter) &&
    (filter.reference === null || consent.reference === filter.reference)
  );
}

function comparing(order: ConsentOrder): (one: Consent, other: Consent) => number {
  const byId = (one: Consent, other: Consent) => (one.id < other.id ? -1 : 1);
  switch (order) {
    case 'REQUESTED_AT_DESC':
      return (one, other) => other.requestedAt.getTime() - one.requestedAt.getTime() || byId(other, one);
    case 'VALID_TO_ASC':
      return (one, other) => one.validTo.getTime() - other.validTo.getTime() || byId(one, other);
    case 'CHANGED_AT_ASC':
      return (one, other) => one.changedAt.getTime() - other.changedAt.getTime() || byId(one, other);
  }
}
