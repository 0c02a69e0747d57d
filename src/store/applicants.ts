import { randomUUID } from 'node:crypto';
import type { Applicant } from '../access/ports.ts';
import type { OrganisationNumber } from '../values.ts';
import { NationalId, REAL_NATIONAL_IDS, SYNTHETIC_NATIONAL_IDS } from '../values.ts';
import { StoreError } from './failure.ts';
import type { KeyRing } from './keys.ts';
import type { ApplicantRow } from './tables.ts';

/** Turns persons into rows and rows into persons. */
export interface Applicants {
  identify(dataConsumer: OrganisationNumber, nationalId: NationalId): Applicant;
  /** A row for the person under a fresh row key; it is not used where the person has a row already. */
  toRow(applicant: Applicant): ApplicantRow;
  /** Of whatever kind the national id is: which are accepted is asked of what comes in. @throws StoreError when the row was altered */
  fromRow(row: ApplicantRow): Applicant;
}

const EVERY_KIND = [...REAL_NATIONAL_IDS, ...SYNTHETIC_NATIONAL_IDS];

/** People as they are stored under a key ring. */
export function applicantsUnder(keys: KeyRing): Applicants {
  return {
    identify: (dataConsumer, nationalId) => ({
      id: keys.applicantId(dataConsumer, nationalId),
      dataConsumer,
      nationalId,
    }),

    toRow: (applicant) => {
      const row_key = randomUUID();
      return {
        data_consumer: applicant.dataConsumer,
        row_key,
        applicant_id: applicant.id,
        national_id_sealed: keys.seal(applicant.nationalId.reveal(), placeOf(applicant.dataConsumer, row_key)),
      };
    },

    fromRow: (row) => {
      const digits = keys.unseal(row.national_id_sealed, placeOf(row.data_consumer, row.row_key));
      const nationalId = NationalId.parse(digits, EVERY_KIND);
      if ('flaw' in nationalId) throw new StoreError('The store holds a person under a number that is no national id.');
      return { id: row.applicant_id, dataConsumer: row.data_consumer, nationalId };
    },
  };
}

function placeOf(dataConsumer: OrganisationNumber, row: string) {
  return { table: 'applicants', column: 'national_id', row, dataConsumer };
}
