import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from './failure.ts';
import type { ApplicantRow, DisclosureRow, SettlementRow } from './tables.ts';

/** An intention and the person it is about. */
export interface IntendedDisclosure {
  readonly applicant: ApplicantRow;
  readonly disclosure: Omit<DisclosureRow, 'applicant'>;
}

/**
 * The two writes that every read makes, as statements that are prepared once: built anew for each read, they cost more than
 * all else that is written. Within the caller's transaction. @throws what SQLite throws
 */
export interface Recording {
  intend(intended: IntendedDisclosure): void;
  /**
   * Settles with the consent as it stands in this transaction: of a delivery under one that has ended, WITHHELD is written.
   * @throws StoreError when the disclosure was never intended
   */
  settle(settlement: SettlementRow): 'SETTLED' | 'CONSENT_ENDED';
}

const INSERT_APPLICANT = `
  INSERT INTO applicants (data_consumer, row_key, applicant_id, national_id_sealed)
  VALUES (:data_consumer, :row_key, :applicant_id, :national_id_sealed)
  ON CONFLICT (data_consumer, applicant_id) DO NOTHING`;

const INSERT_DISCLOSURE = `
  INSERT INTO disclosures (
    data_consumer, id, applicant, consent_id, source, purpose, requested_fom, requested_tom, intended_at, caller, role,
    supplier, reference, call_id
  )
  SELECT
    :data_consumer, :id, row_key, :consent_id, :source, :purpose, :requested_fom, :requested_tom, :intended_at, :caller, :role,
    :supplier, :reference, :call_id
  FROM applicants WHERE data_consumer = :data_consumer AND applicant_id = :applicant_id`;

/** What an auditor reads beside WITHHELD is null where the consent is no longer there; an ACTIVE one can only have run out. */
const INSERT_SETTLEMENT = `
  INSERT INTO settlements (
    data_consumer, disclosure, settled_at, outcome, refused_because, error_code, attempts, payload_digest
  )
  SELECT
    :data_consumer, :disclosure, :settled_at,
    CASE WHEN has_ended THEN 'WITHHELD' ELSE :outcome END,
    CASE WHEN NOT has_ended THEN :refused_because WHEN status = 'ACTIVE' THEN 'EXPIRED' ELSE status END,
    :error_code, :attempts,
    CASE WHEN has_ended THEN NULL ELSE :payload_digest END
  FROM (
    SELECT
      consents.status,
      :outcome = 'DELIVERED'
        AND (consents.id IS NULL OR consents.status <> 'ACTIVE' OR consents.valid_to <= :settled_at) AS has_ended
    FROM disclosures
    LEFT JOIN consents ON consents.data_consumer = disclosures.data_consumer AND consents.id = disclosures.consent_id
    WHERE disclosures.data_consumer = :data_consumer AND disclosures.id = :disclosure
  )
  RETURNING outcome`;

const NOTE_LAST_READ = `
  UPDATE consents SET last_read_at = :settled_at
  WHERE data_consumer = :data_consumer
    AND id = (SELECT consent_id FROM disclosures WHERE data_consumer = :data_consumer AND id = :disclosure)
    AND (last_read_at IS NULL OR last_read_at < :settled_at)`;

/** Prepares the statements over a connection whose file is migrated. */
export function recordOver(database: DatabaseSync): Recording {
  const insertApplicant = database.prepare(INSERT_APPLICANT);
  const insertDisclosure = database.prepare(INSERT_DISCLOSURE);
  const insertSettlement = database.prepare(INSERT_SETTLEMENT);
  const noteLastRead = database.prepare(NOTE_LAST_READ);
  return {
    intend({ applicant, disclosure }) {
      insertApplicant.run({ ...applicant });
      insertDisclosure.run({ ...disclosure, applicant_id: applicant.applicant_id });
    },
    settle(settlement) {
      const written = insertSettlement.get({ ...settlement });
      if (written === undefined) throw new StoreError('A disclosure that was never intended cannot be settled.');
      if (settlement.outcome !== 'DELIVERED') return 'SETTLED';
      if (written['outcome'] !== 'DELIVERED') return 'CONSENT_ENDED';
      const { data_consumer, disclosure, settled_at } = settlement;
      noteLastRead.run({ data_consumer, disclosure, settled_at });
      return 'SETTLED';
    },
  };
}
