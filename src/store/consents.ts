import type { Expression, ExpressionBuilder, Kysely, SqlBool } from 'kysely';
import type {
  Applicant,
  Consent,
  ConsentChange,
  ConsentFilter,
  ConsentOrder,
  ConsentStatus,
  ConsentStore,
  MigratedConsent,
  NewConsent,
} from '../access/ports.ts';
import type { Clock } from '../clock.ts';
import type { OrganisationNumber } from '../values.ts';
import { Secret } from '../values.ts';
import type { Applicants } from './applicants.ts';
import type { KeyRing } from './keys.ts';
import { fromColumn, toColumn } from './moments.ts';
import { cursorsOf, cutPage } from './paging.ts';
import type { ConsentRow, StoredConsent, Tables } from './tables.ts';
import { selectConsents } from './tables.ts';
import type { Operations, Write } from './writes.ts';

/** What a store is made of, whatever the engine: queries for reading, a way to have writes done, keys, time. */
export interface StoreParts {
  readonly read: Kysely<Tables>;
  readonly write: Write;
  readonly keys: KeyRing;
  readonly applicants: Applicants;
  readonly clock: Clock;
}

/** The {@link ConsentStore} over SQL. Everything that names a person is sealed before a row leaves this file. */
export function consentStore({ read, write, keys, applicants, clock }: StoreParts): ConsentStore {
  const toConsent = (row: StoredConsent): Consent => {
    const unseal = (column: string, sealed: string) => keys.unseal(sealed, placeOf(row.data_consumer, row.id, column));
    return {
      id: row.id,
      applicant: applicants.fromRow({ ...row, row_key: row.applicant }),
      rail: row.rail,
      origin: row.origin,
      railId: new Secret(unseal('rail_id', row.rail_id_sealed), 'rail id'),
      status: row.status,
      version: row.version,
      periode: { fom: row.fom, tom: row.tom },
      validTo: new Date(row.valid_to),
      purpose: row.purpose,
      requestedAt: new Date(row.requested_at),
      confirmedAt: fromColumn(row.confirmed_at),
      changedAt: new Date(row.changed_at),
      answeredAt: fromColumn(row.answered_at),
      endedAt: fromColumn(row.ended_at),
      lastReadAt: fromColumn(row.last_read_at),
      pageUrl:
        row.page_url_sealed === null ? null : new Secret(unseal('page_url', row.page_url_sealed), 'consent page'),
      reference: row.reference,
      returnUrl: row.return_url,
      returnReference: unseal('return_reference', row.return_reference_sealed),
    };
  };

  return {
    identify: applicants.identify,

    findApplicants: async (dataConsumer, ids) => {
      if (ids.length === 0) return [];
      const rows = await read
        .selectFrom('applicants')
        .selectAll()
        .where('data_consumer', '=', dataConsumer)
        .where('applicant_id', 'in', ids)
        .execute();
      const found = new Map(rows.map((row): [string, Applicant] => [row.applicant_id, applicants.fromRow(row)]));
      return ids.map((id) => found.get(id));
    },

    consentsOf: async (dataConsumer, ids) => {
      if (ids.length === 0) return [];
      const rows = await selectConsents(read)
        .where('applicants.data_consumer', '=', dataConsumer)
        .where('applicants.applicant_id', 'in', ids)
        .orderBy('consents.requested_at', 'desc')
        .orderBy('consents.id', 'desc')
        .execute();
      const consents = Map.groupBy(rows.map(toConsent), ({ applicant }) => applicant.id);
      return ids.map((id) => consents.get(id) ?? []);
    },

    find: async (dataConsumer, ids) => {
      if (ids.length === 0) return [];
      const rows = await selectConsents(read)
        .where('consents.data_consumer', '=', dataConsumer)
        .where('consents.id', 'in', ids)
        .execute();
      const found = new Map(rows.map((row): [string, Consent] => [row.id, toConsent(row)]));
      return ids.map((id) => found.get(id));
    },

    findByReturnReference: async (returnReference) => {
      const row = await selectConsents(read)
        .where('consents.return_reference_hash', '=', keys.returnReferenceHash(returnReference))
        .executeTakeFirst();
      return row && toConsent(row);
    },

    insert: async (consent) => {
      const { inserted, consent: stored } = await write({
        name: 'insertConsent',
        takes: {
          applicant: applicants.toRow(consent.applicant),
          consent: toRow(keys, consent),
          now: clock.now().getTime(),
        },
      });
      return { consent: toConsent(stored), inserted };
    },

    identifyCode: keys.migratedConsentId,

    migrate: async (consent) => {
      const { inserted, consent: stored } = await write({
        name: 'migrateConsent',
        takes: {
          applicant: applicants.toRow(consent.applicant),
          consent: toMigratedRow(keys, consent, clock.now()),
        },
      });
      return { consent: toConsent(stored), inserted };
    },

    change: async (consent, change) => {
      const stored = await write({
        name: 'changeConsent',
        takes: {
          consent: keyOf(consent),
          version: consent.version,
          change: toColumns(keys, consent, change),
          now: clock.now().getTime(),
        },
      });
      return stored && toConsent(stored);
    },

    discard: async (consent) => {
      await write({ name: 'discardConsent', takes: keyOf(consent) });
    },

    page: async (dataConsumer, request, filter, order) => {
      const cursors = cursorsOf(keys, dataConsumer, ['consents', order, ...fingerprintOf(filter)]);
      const { column, direction, beyond } = ORDERS[order];
      let query = selectConsents(read)
        .where('consents.data_consumer', '=', dataConsumer)
        .where((eb) => matches(eb, filter, clock.now().getTime()))
        .orderBy(`consents.${column}`, direction)
        .orderBy('consents.id', direction)
        .limit(request.first + 1);
      if (request.after !== null) {
        const { at, id } = cursors.read(request.after);
        query = query.where(({ eb, refTuple, tuple }) =>
          eb(refTuple(`consents.${column}`, 'consents.id'), beyond, tuple(at, id)),
        );
      }
      return cutPage(await query.execute(), request, (row) => ({
        cursor: cursors.write({ at: row[column], id: row.id }),
        node: toConsent(row),
      }));
    },
  };
}

const ORDERS = {
  REQUESTED_AT_DESC: { column: 'requested_at', direction: 'desc', beyond: '<' },
  VALID_TO_ASC: { column: 'valid_to', direction: 'asc', beyond: '>' },
  CHANGED_AT_ASC: { column: 'changed_at', direction: 'asc', beyond: '>' },
} as const satisfies Record<ConsentOrder, { column: keyof ConsentRow; direction: 'asc' | 'desc'; beyond: '<' | '>' }>;

/** What a cursor is bound to; the same filter always in the same form. */
function fingerprintOf(filter: ConsentFilter): readonly unknown[] {
  return [
    filter.applicant,
    filter.status?.toSorted() ?? null,
    filter.rails?.toSorted() ?? null,
    toColumn(filter.expiresBefore),
    toColumn(filter.lastReadBefore),
    toColumn(filter.changedAfter),
    filter.reference,
  ];
}

function matches(
  eb: ExpressionBuilder<Tables, 'consents' | 'applicants'>,
  filter: ConsentFilter,
  now: number,
): Expression<SqlBool> {
  const conditions: Expression<SqlBool>[] = [];
  if (filter.applicant !== null) conditions.push(eb('applicants.applicant_id', '=', filter.applicant));
  if (filter.status !== null) conditions.push(eb.or(filter.status.map((status) => hasStatus(eb, status, now))));
  if (filter.rails !== null) conditions.push(eb.or(filter.rails.map((rail) => eb('consents.rail', '=', rail))));
  if (filter.expiresBefore !== null) conditions.push(eb('consents.valid_to', '<', filter.expiresBefore.getTime()));
  if (filter.lastReadBefore !== null) {
    const readEarlier = eb('consents.last_read_at', '<', filter.lastReadBefore.getTime());
    conditions.push(eb.or([readEarlier, eb('consents.last_read_at', 'is', null)]));
  }
  if (filter.changedAfter !== null) conditions.push(eb('consents.changed_at', '>', filter.changedAfter.getTime()));
  if (filter.reference !== null) conditions.push(eb('consents.reference', '=', filter.reference));
  return eb.and(conditions);
}

/** The status of this moment: one that time has ended is EXPIRED, though the row does not say so yet. */
function hasStatus(eb: ExpressionBuilder<Tables, 'consents'>, status: ConsentStatus, now: number): Expression<SqlBool> {
  const stored = eb('consents.status', '=', status);
  switch (status) {
    case 'PENDING':
    case 'ACTIVE':
      return eb.and([stored, eb('consents.valid_to', '>', now)]);
    case 'EXPIRED':
      return eb.or([
        stored,
        eb.and([eb('consents.status', 'in', ['PENDING', 'ACTIVE']), eb('consents.valid_to', '<=', now)]),
      ]);
    case 'DECLINED':
    case 'WITHDRAWN':
    case 'RELINQUISHED':
    case 'UNUSABLE':
      return stored;
  }
}

function toRow(keys: KeyRing, consent: NewConsent): Omit<ConsentRow, 'applicant'> {
  const { id, applicant, periode } = consent;
  const requested_at = consent.requestedAt.getTime();
  return {
    data_consumer: applicant.dataConsumer,
    id,
    rail: consent.rail,
    rail_id_sealed: keys.seal(consent.railId.reveal(), placeOf(applicant.dataConsumer, id, 'rail_id')),
    origin: 'REQUESTED',
    status: 'PENDING',
    version: 1,
    purpose: consent.purpose,
    fom: periode.fom,
    tom: periode.tom,
    valid_to: consent.validTo.getTime(),
    requested_at,
    confirmed_at: null,
    changed_at: requested_at,
    answered_at: null,
    ended_at: null,
    last_read_at: null,
    page_url_sealed: null,
    reference: consent.reference,
    return_url: consent.returnUrl,
    return_reference_sealed: keys.seal(
      consent.returnReference,
      placeOf(applicant.dataConsumer, id, 'return_reference'),
    ),
    return_reference_hash: keys.returnReferenceHash(consent.returnReference),
  };
}

/** Nobody is sent back to this gateway by it, and it becomes known here only now. */
function toMigratedRow(keys: KeyRing, consent: MigratedConsent, now: Date): Omit<ConsentRow, 'applicant'> {
  return {
    ...toRow(keys, { ...consent, reference: null, returnUrl: '' }),
    origin: 'MIGRATED',
    status: consent.status,
    confirmed_at: consent.confirmedAt.getTime(),
    changed_at: now.getTime(),
    answered_at: toColumn(consent.answeredAt),
    ended_at: toColumn(consent.endedAt),
  };
}

function toColumns(
  keys: KeyRing,
  consent: Consent,
  change: ConsentChange,
): Operations['changeConsent']['takes']['change'] {
  const { status, validTo, confirmedAt, answeredAt, endedAt, pageUrl, railId } = change;
  const place = (column: string) => placeOf(consent.applicant.dataConsumer, consent.id, column);
  return {
    ...(railId !== undefined && { rail_id_sealed: keys.seal(railId.reveal(), place('rail_id')) }),
    ...(status !== undefined && { status }),
    ...(validTo !== undefined && { valid_to: validTo.getTime() }),
    ...(confirmedAt !== undefined && { confirmed_at: confirmedAt.getTime() }),
    ...(answeredAt !== undefined && { answered_at: toColumn(answeredAt) }),
    ...(endedAt !== undefined && { ended_at: toColumn(endedAt) }),
    ...(pageUrl !== undefined && { page_url_sealed: pageUrl && keys.seal(pageUrl.reveal(), place('page_url')) }),
  };
}

function keyOf({ id, applicant }: Consent) {
  return { dataConsumer: applicant.dataConsumer, id };
}

function placeOf(dataConsumer: OrganisationNumber, row: string, column: string) {
  return { table: 'consents', column, row, dataConsumer };
}
