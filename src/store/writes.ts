import type { Kysely } from 'kysely';
import type { OrganisationNumber } from '../values.ts';
import type { IntendedDisclosure, Recording } from './record.ts';
import type { Specimen } from './specimens.ts';
import { specimensIn } from './specimens.ts';
import type { ApplicantRow, CanaryRow, ConsentRow, SettlementRow, StoredConsent, Tables, UseRow } from './tables.ts';
import { selectConsents } from './tables.ts';

/** Names one consent. */
interface ConsentKey {
  readonly dataConsumer: OrganisationNumber;
  readonly id: string;
}

/**
 * Every way to change what is stored: what it takes and what it gives. All of it crosses a thread boundary, so it is
 * rows and plain values, sealed already.
 */
export interface Operations {
  /** Does nothing, durably: proves that a transaction can be begun and committed. */
  ping: { takes: null; gives: null };
  /**
   * Remembers whose identity key the store was made with, or compares, and keeps the canaries of keys that have none here yet;
   * or, while there are keys that have not been shown to open what lies here, gives what they must open and changes nothing.
   */
  claim: {
    takes: {
      readonly fingerprint: string;
      /** The ids of the keys that have. */
      readonly opened: readonly string[];
      readonly canaries: readonly CanaryRow[];
    };
    gives: readonly Specimen[] | 'ANOTHER_KEY';
  };
  insertConsent: {
    takes: { readonly applicant: ApplicantRow; readonly consent: Omit<ConsentRow, 'applicant'>; readonly now: number };
    gives: { readonly consent: StoredConsent; readonly inserted: boolean };
  };
  migrateConsent: {
    takes: { readonly applicant: ApplicantRow; readonly consent: Omit<ConsentRow, 'applicant'> };
    gives: { readonly consent: StoredConsent; readonly inserted: boolean };
  };
  changeConsent: {
    takes: {
      readonly consent: ConsentKey;
      readonly version: number;
      readonly change: Partial<
        Pick<
          ConsentRow,
          'rail_id_sealed' | 'status' | 'valid_to' | 'confirmed_at' | 'answered_at' | 'ended_at' | 'page_url_sealed'
        >
      >;
      readonly now: number;
    };
    gives: StoredConsent | undefined;
  };
  discardConsent: { takes: ConsentKey; gives: null };
  intend: { takes: IntendedDisclosure; gives: null };
  settle: { takes: SettlementRow; gives: 'SETTLED' | 'CONSENT_ENDED' };
  noteUse: { takes: UseRow; gives: null };
  refuse: { takes: IntendedDisclosure & { readonly settlement: SettlementRow }; gives: null };
}

/** The name of a write. */
export type OperationName = keyof Operations;

/** A write to be done. */
export type Operation<N extends OperationName = OperationName> = {
  [Each in N]: { readonly name: Each; readonly takes: Operations[Each]['takes'] };
}[N];

/**
 * Has a write done, durably: resolves after the commit.
 * @throws GatewayError `STORE_UNAVAILABLE`, whose cause is a StoreError. Nothing of this write is stored then, unless the writer
 *   died over it: whether it was committed is not known.
 */
export type Write = <N extends OperationName>(operation: Operation<N>) => Promise<Operations[N]['gives']>;

/** An open file, as far as one write needs it. */
export interface Writable {
  /** The query builder over the connection. */
  readonly db: Kysely<Tables>;
  readonly record: Recording;
}

/**
 * Does one write. The caller provides the transaction, which no other writer may enter meanwhile, and undoes it when this
 * throws.
 */
export function perform<N extends OperationName>(
  { db, record }: Writable,
  { name, takes }: Operation<N>,
): Promise<Operations[N]['gives']> {
  return OPERATIONS[name](db, takes, record);
}

const OPERATIONS: {
  readonly [N in OperationName]: (
    db: Kysely<Tables>,
    takes: Operations[N]['takes'],
    record: Recording,
  ) => Promise<Operations[N]['gives']>;
} = {
  ping: async (db) => {
    // Something is written, for a full disk is noticed by nothing less.
    await db
      .updateTable('identity')
      .set((eb) => ({ fingerprint: eb.ref('fingerprint') }))
      .execute();
    return null;
  },

  claim: async (db, { fingerprint, opened, canaries }) => {
    const known = await db.selectFrom('identity').selectAll().executeTakeFirst();
    if (known !== undefined && known.fingerprint !== fingerprint) return 'ANOTHER_KEY';
    const unopened = (await specimensIn(db)).filter(({ key }) => !opened.includes(key));
    if (unopened.length > 0) return unopened;
    if (known === undefined) await db.insertInto('identity').values({ fingerprint }).execute();
    await db
      .insertInto('canaries')
      .values(canaries)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return [];
  },

  insertConsent: async (db, { applicant, consent, now }) => {
    const rowKey = await ensureApplicant(db, applicant);
    await expireConsents(db, consent.data_consumer, rowKey, now);
    const pending = await pendingLike(db, { ...consent, applicant: rowKey }).executeTakeFirst();
    if (pending?.rail === consent.rail) return { consent: pending, inserted: false };
    // One on another rail, which cannot be asked about it: this one takes its place.
    if (pending !== undefined) {
      const { data_consumer, id } = pending;
      await endConsents(db, 'RELINQUISHED', now)
        .where('data_consumer', '=', data_consumer)
        .where('id', '=', id)
        .execute();
    }
    await db
      .insertInto('consents')
      .values({ ...consent, applicant: rowKey })
      .execute();
    const stored = await consentOf(db, {
      dataConsumer: consent.data_consumer,
      id: consent.id,
    }).executeTakeFirstOrThrow();
    return { consent: stored, inserted: true };
  },

  migrateConsent: async (db, { applicant, consent }) => {
    const key: ConsentKey = { dataConsumer: consent.data_consumer, id: consent.id };
    const known = await consentOf(db, key).executeTakeFirst();
    if (known !== undefined) return { consent: known, inserted: false };
    const rowKey = await ensureApplicant(db, applicant);
    await db
      .insertInto('consents')
      .values({ ...consent, applicant: rowKey })
      .execute();
    return { consent: await consentOf(db, key).executeTakeFirstOrThrow(), inserted: true };
  },

  changeConsent: async (db, { consent, version, change, now }) => {
    const { rail_id_sealed, confirmed_at, ...move } = change;
    // Another may have been asked since this one expired, by a clock that was ahead: only one waits at a time.
    const isTaken = move.status === 'PENDING' && (await hasSuccessor(db, consent));
    const { status, ...moved }: typeof move = isTaken ? {} : move;
    let update = db
      .updateTable('consents')
      .set({ rail_id_sealed, confirmed_at, status, ...moved })
      .set((eb) => ({ version: eb('version', '+', 1) }))
      .where('data_consumer', '=', consent.dataConsumer)
      .where('id', '=', consent.id)
      .where('version', '=', version);
    if (status !== undefined) {
      update = update.set((eb) => ({
        changed_at: eb.case().when('status', '<>', status).then(now).else(eb.ref('changed_at')).end(),
      }));
    }
    // Whoever holds the page's address can open the request, so it is not kept beyond the answer.
    if (status !== undefined && status !== 'PENDING') update = update.set({ page_url_sealed: null });
    const { numUpdatedRows } = await update.executeTakeFirst();
    return numUpdatedRows === 0n ? undefined : consentOf(db, consent).executeTakeFirstOrThrow();
  },

  discardConsent: async (db, { dataConsumer, id }) => {
    await db
      .deleteFrom('consents')
      .where('data_consumer', '=', dataConsumer)
      .where('id', '=', id)
      .where('status', '=', 'PENDING')
      .where('confirmed_at', 'is', null)
      .execute();
    return null;
  },

  intend: async (_, intended, record) => {
    record.intend(intended);
    return null;
  },

  settle: async (_, settlement, record) => record.settle(settlement),

  noteUse: async (db, use) => {
    await db.insertInto('uses').values(use).execute();
    return null;
  },

  refuse: async (_, { settlement, ...intended }, record) => {
    record.intend(intended);
    record.settle(settlement);
    return null;
  },
};

/** The row key of the person, whose row is made where there is none yet. */
async function ensureApplicant(db: Kysely<Tables>, applicant: ApplicantRow): Promise<string> {
  const known = await db
    .selectFrom('applicants')
    .select('row_key')
    .where('data_consumer', '=', applicant.data_consumer)
    .where('applicant_id', '=', applicant.applicant_id)
    .executeTakeFirst();
  if (known !== undefined) return known.row_key;
  await db.insertInto('applicants').values(applicant).execute();
  return applicant.row_key;
}

/** Writes down what the clock has already decided, so that a request which ran out does not stand in a new one's way. */
async function expireConsents(
  db: Kysely<Tables>,
  dataConsumer: OrganisationNumber,
  applicant: string,
  now: number,
): Promise<void> {
  await endConsents(db, 'EXPIRED', now)
    .where('data_consumer', '=', dataConsumer)
    .where('applicant', '=', applicant)
    .where('status', 'in', ['PENDING', 'ACTIVE'])
    .where('valid_to', '<=', now)
    .execute();
}

/** The write that ends consents, to be narrowed. */
function endConsents(db: Kysely<Tables>, status: 'EXPIRED' | 'RELINQUISHED', now: number) {
  return db.updateTable('consents').set((eb) => ({
    status,
    version: eb('version', '+', 1),
    changed_at: now,
    ended_at: status === 'EXPIRED' ? eb.ref('valid_to') : now,
    page_url_sealed: null,
  }));
}

/** The request on the same terms that waits for its answer; there is never more than one. */
function pendingLike(db: Kysely<Tables>, { data_consumer, applicant, purpose, fom, tom }: Omit<ConsentRow, 'id'>) {
  return selectConsents(db)
    .where('consents.data_consumer', '=', data_consumer)
    .where('consents.applicant', '=', applicant)
    .where('consents.status', '=', 'PENDING')
    .where('consents.purpose', '=', purpose)
    .where('consents.fom', '=', fom)
    .where('consents.tom', '=', tom);
}

async function hasSuccessor(db: Kysely<Tables>, key: ConsentKey): Promise<boolean> {
  const consent = await consentOf(db, key).executeTakeFirst();
  const pending = consent && (await pendingLike(db, consent).executeTakeFirst());
  return pending !== undefined && pending.id !== key.id;
}

function consentOf(db: Kysely<Tables>, { dataConsumer, id }: ConsentKey) {
  return selectConsents(db).where('consents.data_consumer', '=', dataConsumer).where('consents.id', '=', id);
}
