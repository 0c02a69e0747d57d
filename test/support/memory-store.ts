import { createHash, createHmac } from 'node:crypto';
import type {
  Applicant,
  Consent,
  ConsentFilter,
  ConsentOrder,
  ConsentStore,
  Disclosure,
  DisclosureFilter,
  DisclosureLog,
  Intention,
  NewConsent,
  Page,
  PageRequest,
  Settlement,
} from '../../src/access/ports.ts';
import type { Clock } from '../../src/clock.ts';
import { invalidInput } from '../../src/errors.ts';
import type { Store } from '../../src/store/embedded.ts';
import { StoreError, unwritten } from '../../src/store/failure.ts';

/** A store that forgets when it is dropped: a second reading of what the ports promise, held to the same contract suites. */
export function openMemoryStore(clock: Clock): Store {
  const applicants = new Map<string, Applicant>();
  const consents = new Map<string, Consent>();
  return {
    consents: memoryConsents(applicants, consents, clock),
    disclosures: memoryDisclosures(applicants, consents),
    ping: async () => undefined,
    close: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function memoryConsents(
  applicants: Map<string, Applicant>,
  consents: Map<string, Consent>,
  clock: Clock,
): ConsentStore {
  const ofConsumer = (dataConsumer: string) =>
    [...consents.values()].filter(({ applicant }) => applicant.dataConsumer === dataConsumer);
  const owned = (dataConsumer: string, id: string) => {
    const consent = consents.get(id);
    return consent?.applicant.dataConsumer === dataConsumer ? consent : undefined;
  };
  const pendingLike = ({ applicant, purpose, periode }: NewConsent) =>
    ofConsumer(applicant.dataConsumer).find(
      (consent) =>
        consent.applicant.id === applicant.id &&
        consent.status === 'PENDING' &&
        consent.purpose === purpose &&
        consent.periode.fom === periode.fom &&
        consent.periode.tom === periode.tom,
    );

  return {
    identify(dataConsumer, nationalId) {
      const digest = createHash('sha256').update(`${dataConsumer} ${nationalId.reveal()}`).digest();
      return { id: `p1_${digest.subarray(0, 16).toString('base64url')}`, dataConsumer, nationalId };
    },
    findApplicants: async (dataConsumer, ids) =>
      ids.map((id) => (applicants.get(id)?.dataConsumer === dataConsumer ? applicants.get(id) : undefined)),
    consentsOf: async (dataConsumer, ids) =>
      ids.map((id) =>
        ofConsumer(dataConsumer)
          .filter(({ applicant }) => applicant.id === id)
          .toSorted((one, other) => comparing(other.requestedAt, one.requestedAt) || comparing(other.id, one.id)),
      ),
    find: async (dataConsumer, ids) => ids.map((id) => owned(dataConsumer, id)),
    findByReturnReference: async (reference) =>
      [...consents.values()].find(({ returnReference }) => returnReference === reference),
    async insert(wish) {
      applicants.set(wish.applicant.id, wish.applicant);
      const now = clock.now();
      const others = ofConsumer(wish.applicant.dataConsumer).filter(
        ({ applicant }) => applicant.id === wish.applicant.id,
      );
      for (const other of others) {
        if ((other.status !== 'PENDING' && other.status !== 'ACTIVE') || other.validTo > now) continue;
        const { version, validTo } = other;
        consents.set(other.id, {
          ...other,
          status: 'EXPIRED',
          version: version + 1,
          changedAt: now,
          endedAt: validTo,
          pageUrl: null,
        });
      }
      const pending = pendingLike(wish);
      if (pending?.rail === wish.rail) return { consent: pending, inserted: false };
      if (pending !== undefined) {
        const { version } = pending;
        const ended = { status: 'RELINQUISHED', changedAt: now, endedAt: now, pageUrl: null } as const;
        consents.set(pending.id, { ...pending, ...ended, version: version + 1 });
      }
      const consent: Consent = {
        ...wish,
        origin: 'REQUESTED',
        status: 'PENDING',
        version: 1,
        confirmedAt: null,
        changedAt: wish.requestedAt,
        answeredAt: null,
        endedAt: null,
        lastReadAt: null,
        pageUrl: null,
      };
      consents.set(consent.id, consent);
      return { consent, inserted: true };
    },
    identifyCode(dataConsumer, code) {
      const hex = createHash('sha256').update(`${dataConsumer} ${code.reveal()}`).digest('hex');
      return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5');
    },
    async migrate(wish) {
      const known = owned(wish.applicant.dataConsumer, wish.id);
      if (known !== undefined) return { consent: known, inserted: false };
      applicants.set(wish.applicant.id, wish.applicant);
      const consent: Consent = {
        ...wish,
        origin: 'MIGRATED',
        version: 1,
        changedAt: clock.now(),
        lastReadAt: null,
        pageUrl: null,
        reference: null,
        returnUrl: '',
      };
      consents.set(consent.id, consent);
      return { consent, inserted: true };
    },
    async change({ id, applicant, version }, change) {
      const stored = owned(applicant.dataConsumer, id);
      if (stored === undefined || stored.version !== version) return undefined;
      const rival = change.status === 'PENDING' ? pendingLike(stored) : undefined;
      const { railId = stored.railId, confirmedAt = stored.confirmedAt } = change;
      const wanted = rival === undefined || rival.id === id ? change : { railId, confirmedAt };
      const changed: Consent = { ...stored, ...wanted, version: version + 1 };
      const current: Consent = {
        ...changed,
        changedAt: changed.status === stored.status ? stored.changedAt : clock.now(),
        pageUrl: changed.status === 'PENDING' ? changed.pageUrl : null,
      };
      consents.set(id, current);
      return current;
    },
    async discard({ id, applicant }) {
      const stored = owned(applicant.dataConsumer, id);
      if (stored?.status === 'PENDING' && stored.confirmedAt === null) consents.delete(id);
    },
    async page(dataConsumer, request, filter, order) {
      const now = clock.now();
      const narrowed = { ...filter, status: filter.status?.toSorted(), rails: filter.rails?.toSorted() };
      return pageOf(
        ofConsumer(dataConsumer)
          .filter((consent) => passes(consent, filter, now))
          .toSorted(ORDERS[order]),
        request,
        [dataConsumer, order, narrowed],
      );
    },
  };
}

const ORDERS: { readonly [O in ConsentOrder]: (one: Consent, other: Consent) => number } = {
  REQUESTED_AT_DESC: (one, other) => comparing(other.requestedAt, one.requestedAt) || comparing(other.id, one.id),
  VALID_TO_ASC: (one, other) => comparing(one.validTo, other.validTo) || comparing(one.id, other.id),
  CHANGED_AT_ASC: (one, other) => comparing(one.changedAt, other.changedAt) || comparing(one.id, other.id),
};

function comparing<T extends Date | string>(one: T, other: T): number {
  if (one < other) return -1;
  return one > other ? 1 : 0;
}

function passes(consent: Consent, filter: ConsentFilter, now: Date): boolean {
  const open = consent.status === 'PENDING' || consent.status === 'ACTIVE';
  const status = open && consent.validTo <= now ? 'EXPIRED' : consent.status;
  return (
    (filter.applicant === null || consent.applicant.id === filter.applicant) &&
    (filter.status === null || filter.status.includes(status)) &&
    (filter.rails === null || filter.rails.includes(consent.rail)) &&
    (filter.expiresBefore === null || consent.validTo < filter.expiresBefore) &&
    (filter.lastReadBefore === null || consent.lastReadAt === null || consent.lastReadAt < filter.lastReadBefore) &&
    (filter.changedAfter === null || consent.changedAt > filter.changedAfter) &&
    (filter.reference === null || consent.reference === filter.reference)
  );
}

function memoryDisclosures(applicants: Map<string, Applicant>, consents: Map<string, Consent>): DisclosureLog {
  const records = new Map<string, DisclosureRecord>();

  function intend(intention: Intention): void {
    const { applicant, caller, id } = intention;
    if (applicant.dataConsumer !== caller.dataConsumer.organisationNumber)
      throw new Error('the applicant is another’s');
    if (records.has(id)) throw new Error('intended before');
    applicants.set(applicant.id, applicant);
    records.set(id, { intention });
  }

  function settle({ id, caller }: Intention, settlement: Settlement): 'SETTLED' | 'CONSENT_ENDED' {
    const record = records.get(id);
    const own = record?.intention.caller.dataConsumer.organisationNumber === caller.dataConsumer.organisationNumber;
    if (record === undefined || !own) throw unwritten(new StoreError('never intended'));
    if (record.settlement !== undefined) throw new Error('settled before');
    record.settlement = settlement;
    if (settlement.outcome !== 'DELIVERED') return 'SETTLED';
    const consent = consents.get(record.intention.consent?.id ?? '');
    if (consent?.status !== 'ACTIVE' || consent.validTo <= settlement.at) {
      const refusedBecause = consent?.status === 'ACTIVE' ? 'EXPIRED' : (consent?.status ?? null);
      record.settlement = { ...settlement, outcome: 'WITHHELD', refusedBecause, payload: null };
      return 'CONSENT_ENDED';
    }
    const lastReadAt =
      consent.lastReadAt !== null && consent.lastReadAt > settlement.at ? consent.lastReadAt : settlement.at;
    consents.set(consent.id, { ...consent, lastReadAt });
    return 'SETTLED';
  }

  return {
    intend: async (intention) => intend(intention),
    settle: async (intention, settlement) => settle(intention, settlement),
    async refuse(intention, settlement) {
      intend(intention);
      settle(intention, settlement);
    },
    async noteUse({ dataConsumer, id }, { logged }) {
      const record = records.get(id);
      const isOwn = record?.intention.caller.dataConsumer.organisationNumber === dataConsumer;
      if (!isOwn || record.settlement === undefined) throw new Error('never settled');
      if (record.useLogged !== undefined) throw new Error('noted before');
      record.useLogged = logged;
    },
    async page(dataConsumer, request, filter) {
      const rows = [...records.values()]
        .filter(({ intention }) => intention.caller.dataConsumer.organisationNumber === dataConsumer)
        .map(disclosureOf)
        .filter((disclosure) => passesLog(disclosure, filter))
        .toSorted((one, other) => comparing(other.intendedAt, one.intendedAt) || comparing(other.id, one.id));
      return pageOf(rows, request, [dataConsumer, 'disclosures', { ...filter, outcome: filter.outcome?.toSorted() }]);
    },
  };
}

interface DisclosureRecord {
  readonly intention: Intention;
  settlement?: Settlement;
  useLogged?: boolean;
}

function disclosureOf({ intention, settlement, useLogged = undefined }: DisclosureRecord): Disclosure {
  const { id, at, source, purpose, applicant, consent, requested, caller, callId } = intention;
  return {
    id,
    intendedAt: at,
    settledAt: settlement?.at ?? null,
    source,
    purpose,
    outcome: settlement?.outcome ?? 'UNSETTLED',
    refusedBecause: settlement?.refusedBecause ?? null,
    errorCode: settlement?.errorCode ?? null,
    applicant,
    consentId: consent?.id ?? null,
    requested,
    attempts: settlement?.attempts ?? 0,
    useLogged: useLogged ?? null,
    caller: caller.subject,
    role: caller.role,
    supplier: caller.dataConsumer.supplier,
    reference: consent?.reference ?? null,
    callId,
  };
}

function passesLog(disclosure: Disclosure, filter: DisclosureFilter): boolean {
  return (
    (filter.applicant === null || disclosure.applicant?.id === filter.applicant) &&
    (filter.outcome === null || filter.outcome.includes(disclosure.outcome)) &&
    (filter.source === null || disclosure.source === filter.source) &&
    (filter.from === null || disclosure.intendedAt >= filter.from) &&
    (filter.to === null || disclosure.intendedAt < filter.to) &&
    (filter.reference === null || disclosure.reference === filter.reference)
  );
}

/** A cursor names the row before the next page and proves which list it belongs to. */
function pageOf<T extends { readonly id: string }>(
  rows: readonly T[],
  { first, after }: PageRequest,
  list: unknown,
): Page<T> {
  const cursorTo = (id: string) =>
    `${id}_${createHmac('sha256', 'list')
      .update(JSON.stringify([list, id]))
      .digest('hex')}`;
  const start = after === null ? 0 : rows.findIndex(({ id }) => cursorTo(id) === after) + 1;
  if (after !== null && start === 0) throw invalidInput('after', 'This cursor belongs to another list.');
  const edges = rows.slice(start, start + first).map((node) => ({ cursor: cursorTo(node.id), node }));
  return { edges, hasNextPage: rows.length > start + first };
}
