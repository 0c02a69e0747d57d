import type { Expression, ExpressionBuilder, Nullable, SqlBool } from 'kysely';
import type { Disclosure, DisclosureFilter, DisclosureLog, Intention, Settlement } from '../access/ports.ts';
import type { OrganisationNumber } from '../values.ts';
import type { Applicants } from './applicants.ts';
import type { StoreParts } from './consents.ts';
import { StoreError } from './failure.ts';
import type { KeyRing } from './keys.ts';
import { fromColumn, toColumn } from './moments.ts';
import { cursorsOf, cutPage } from './paging.ts';
import type { ApplicantRow, DisclosureRow, SettlementRow, Tables, UseRow } from './tables.ts';
import type { Operations } from './writes.ts';

/** The {@link DisclosureLog} over SQL: an intention and its settlement are one row each, and neither is ever changed. */
export function disclosureLog({ read, write, keys, applicants }: Omit<StoreParts, 'clock'>): DisclosureLog {
  return {
    intend: async (intention) => {
      await write({ name: 'intend', takes: toRows(applicants, intention) });
    },

    settle: (intention, settlement) => write({ name: 'settle', takes: toSettlementRow(keys, intention, settlement) }),

    refuse: async (intention, settlement) => {
      await write({
        name: 'refuse',
        takes: {
          ...toRows(applicants, intention),
          settlement: toSettlementRow(keys, intention, settlement),
        },
      });
    },

    noteUse: async ({ dataConsumer, id }, { at, logged }) => {
      const takes = {
        data_consumer: dataConsumer,
        disclosure: id,
        noted_at: at.getTime(),
        logged: logged ? 1 : 0,
      } as const;
      await write({ name: 'noteUse', takes });
    },

    page: async (dataConsumer, request, filter) => {
      const cursors = cursorsOf(keys, dataConsumer, ['disclosures', ...fingerprintOf(filter)]);
      let query = read
        .selectFrom('disclosures')
        .leftJoin('settlements', (join) =>
          join
            .onRef('settlements.data_consumer', '=', 'disclosures.data_consumer')
            .onRef('settlements.disclosure', '=', 'disclosures.id'),
        )
        .leftJoin('uses', (join) =>
          join
            .onRef('uses.data_consumer', '=', 'disclosures.data_consumer')
            .onRef('uses.disclosure', '=', 'disclosures.id'),
        )
        .leftJoin('applicants', (join) =>
          join
            .onRef('applicants.data_consumer', '=', 'disclosures.data_consumer')
            .onRef('applicants.row_key', '=', 'disclosures.applicant'),
        )
        .selectAll('disclosures')
        .select([
          'settled_at',
          'outcome',
          'refused_because',
          'error_code',
          'attempts',
          'logged',
          'applicant_id',
          'national_id_sealed',
        ])
        .where('disclosures.data_consumer', '=', dataConsumer)
        .where((eb) => matches(eb, dataConsumer, filter))
        .orderBy('disclosures.intended_at', 'desc')
        .orderBy('disclosures.id', 'desc')
        .limit(request.first + 1);
      if (request.after !== null) {
        const { at, id } = cursors.read(request.after);
        query = query.where(({ eb, refTuple, tuple }) =>
          eb(refTuple('disclosures.intended_at', 'disclosures.id'), '<', tuple(at, id)),
        );
      }
      return cutPage(await query.execute(), request, (row) => ({
        cursor: cursors.write({ at: row.intended_at, id: row.id }),
        node: toDisclosure(applicants, row),
      }));
    },
  };
}

/** A disclosure with its settlement and its person, as far as they are there. */
type StoredDisclosure = DisclosureRow &
  Nullable<Pick<SettlementRow, 'settled_at' | 'outcome' | 'refused_because' | 'error_code' | 'attempts'>> &
  Nullable<Pick<UseRow, 'logged'>> &
  Nullable<Pick<ApplicantRow, 'applicant_id' | 'national_id_sealed'>>;

function toDisclosure(applicants: Applicants, row: StoredDisclosure): Disclosure {
  const { applicant_id, national_id_sealed } = row;
  return {
    id: row.id,
    intendedAt: new Date(row.intended_at),
    settledAt: fromColumn(row.settled_at),
    source: row.source,
    purpose: row.purpose,
    outcome: row.outcome ?? 'UNSETTLED',
    refusedBecause: row.refused_because,
    errorCode: row.error_code,
    applicant:
      applicant_id === null || national_id_sealed === null
        ? null
        : applicants.fromRow({
            data_consumer: row.data_consumer,
            row_key: row.applicant,
            applicant_id,
            national_id_sealed,
          }),
    consentId: row.consent_id,
    requested: { fom: row.requested_fom, tom: row.requested_tom },
    attempts: row.attempts ?? 0,
    useLogged: row.logged === null ? null : row.logged === 1,
    caller: row.caller,
    role: row.role,
    supplier: row.supplier,
    reference: row.reference,
    callId: row.call_id,
  };
}

/** What a cursor is bound to; the same filter always in the same form. */
function fingerprintOf(filter: DisclosureFilter): readonly unknown[] {
  return [
    filter.applicant,
    filter.outcome?.toSorted() ?? null,
    filter.source,
    toColumn(filter.from),
    toColumn(filter.to),
    filter.reference,
  ];
}

type LogExpressions = ExpressionBuilder<Joined, 'disclosures' | 'settlements' | 'uses' | 'applicants'>;

type Joined = Tables & {
  settlements: Nullable<SettlementRow>;
  uses: Nullable<UseRow>;
  applicants: Nullable<ApplicantRow>;
};

function matches(eb: LogExpressions, dataConsumer: OrganisationNumber, filter: DisclosureFilter): Expression<SqlBool> {
  const conditions: Expression<SqlBool>[] = [];
  if (filter.applicant !== null) conditions.push(eb('applicants.applicant_id', '=', filter.applicant));
  if (filter.outcome !== null) conditions.push(hasOutcome(eb, dataConsumer, filter.outcome));
  if (filter.source !== null) conditions.push(eb('disclosures.source', '=', filter.source));
  if (filter.from !== null) conditions.push(eb('disclosures.intended_at', '>=', filter.from.getTime()));
  if (filter.to !== null) conditions.push(eb('disclosures.intended_at', '<', filter.to.getTime()));
  if (filter.reference !== null) conditions.push(eb('disclosures.reference', '=', filter.reference));
  return eb.and(conditions);
}

function hasOutcome(
  eb: LogExpressions,
  dataConsumer: OrganisationNumber,
  outcomes: readonly Disclosure['outcome'][],
): Expression<SqlBool> {
  const oneOf = eb.or(
    outcomes.map((outcome) =>
      outcome === 'UNSETTLED' ? eb('settlements.outcome', 'is', null) : eb('settlements.outcome', '=', outcome),
    ),
  );
  if (outcomes.includes('DELIVERED')) return oneOf;
  // Without the list every record of the log would be looked up among the settlements, for the few there may be.
  const listed = eb
    .selectFrom('undelivered')
    .select('undelivered.disclosure')
    .where('undelivered.data_consumer', '=', dataConsumer)
    .where('undelivered.outcome', 'in', outcomes);
  return eb.and([oneOf, eb('disclosures.id', 'in', listed)]);
}

function toRows(applicants: Applicants, intention: Intention): Operations['intend']['takes'] {
  const { caller, applicant, consent, requested } = intention;
  const data_consumer = caller.dataConsumer.organisationNumber;
  if (applicant.dataConsumer !== data_consumer) {
    throw new StoreError('A disclosure of one data consumer names another one’s applicant.');
  }
  return {
    applicant: applicants.toRow(applicant),
    disclosure: {
      data_consumer,
      id: intention.id,
      consent_id: consent?.id ?? null,
      source: intention.source,
      purpose: intention.purpose,
      requested_fom: requested.fom,
      requested_tom: requested.tom,
      intended_at: intention.at.getTime(),
      caller: caller.subject,
      role: caller.role,
      supplier: caller.dataConsumer.supplier,
      reference: consent?.reference ?? null,
      call_id: intention.callId,
    },
  };
}

function toSettlementRow(keys: KeyRing, intention: Intention, settlement: Settlement): SettlementRow {
  const data_consumer = intention.caller.dataConsumer.organisationNumber;
  return {
    data_consumer,
    disclosure: intention.id,
    settled_at: settlement.at.getTime(),
    outcome: settlement.outcome,
    refused_because: settlement.refusedBecause,
    error_code: settlement.errorCode,
    attempts: settlement.attempts,
    payload_digest: settlement.payload === null ? null : keys.payloadDigest(data_consumer, settlement.payload),
  };
}
