import type { Kysely } from 'kysely';
import type {
  ConsentOrigin,
  ConsentRequiredReason,
  ConsentStatus,
  Disclosure,
  Intention,
  Purpose,
  Rail,
  Role,
  Settlement,
} from '../access/ports.ts';
import type { ErrorCode } from '../errors.ts';
import type { CivilDate } from '../periode.ts';
import type { OrganisationNumber } from '../values.ts';

/** A person as one data consumer knows them. */
export interface ApplicantRow {
  readonly data_consumer: OrganisationNumber;
  /** A random UUID: what consents and the log refer to. */
  readonly row_key: string;
  readonly applicant_id: string;
  readonly national_id_sealed: string;
}

/** A consent. Moments in milliseconds since 1970, as in every table. */
export interface ConsentRow {
  readonly data_consumer: OrganisationNumber;
  readonly id: string;
  /** {@link ApplicantRow.row_key} */
  readonly applicant: string;
  readonly rail: Rail;
  readonly rail_id_sealed: string;
  readonly origin: ConsentOrigin;
  readonly status: ConsentStatus;
  readonly version: number;
  readonly purpose: Purpose;
  readonly fom: CivilDate;
  readonly tom: CivilDate;
  readonly valid_to: number;
  readonly requested_at: number;
  readonly confirmed_at: number | null;
  readonly changed_at: number;
  readonly answered_at: number | null;
  readonly ended_at: number | null;
  readonly last_read_at: number | null;
  readonly page_url_sealed: string | null;
  readonly reference: string | null;
  readonly return_url: string;
  readonly return_reference_sealed: string;
  readonly return_reference_hash: string;
}

/** What a caller meant to read. Never changed, never removed. */
export interface DisclosureRow {
  readonly data_consumer: OrganisationNumber;
  readonly id: string;
  /** {@link ApplicantRow.row_key}; the row may have been erased since. */
  readonly applicant: string;
  readonly consent_id: string | null;
  readonly source: Intention['source'];
  readonly purpose: Purpose | null;
  readonly requested_fom: CivilDate | null;
  readonly requested_tom: CivilDate | null;
  readonly intended_at: number;
  readonly caller: string;
  readonly role: Role;
  readonly supplier: OrganisationNumber | null;
  readonly reference: string | null;
  readonly call_id: string;
}

/** How it ended: one row at most for each disclosure. Never changed, never removed. */
export interface SettlementRow {
  readonly data_consumer: OrganisationNumber;
  /** {@link DisclosureRow.id} */
  readonly disclosure: string;
  readonly settled_at: number;
  readonly outcome: Settlement['outcome'];
  readonly refused_because: ConsentRequiredReason | null;
  readonly error_code: ErrorCode | null;
  readonly attempts: number;
  readonly payload_digest: string | null;
}

/** Whether the consent system kept account of a delivered read: one row at most for each. Never changed, never removed. */
export interface UseRow {
  readonly data_consumer: OrganisationNumber;
  /** {@link DisclosureRow.id} */
  readonly disclosure: string;
  readonly noted_at: number;
  readonly logged: 0 | 1;
}

/** An empty text sealed under an encryption key, by which the store knows that key again. */
export interface CanaryRow {
  readonly key_id: string;
  readonly sealed: string;
}

/** A disclosure of which nothing was shown, or nothing yet. The file itself keeps these rows: nothing here writes them. */
export interface UndeliveredRow {
  readonly data_consumer: OrganisationNumber;
  readonly outcome: Disclosure['outcome'];
  /** {@link DisclosureRow.id} */
  readonly disclosure: string;
}

/** The tables by name, for the query builder. */
export interface Tables {
  /** One row: the fingerprint of the identity key with which the store was made. */
  readonly identity: { readonly fingerprint: string };
  readonly canaries: CanaryRow;
  readonly applicants: ApplicantRow;
  readonly consents: ConsentRow;
  readonly disclosures: DisclosureRow;
  readonly settlements: SettlementRow;
  readonly uses: UseRow;
  readonly undelivered: UndeliveredRow;
}

/** A consent together with its person's row. */
export type StoredConsent = ConsentRow & Pick<ApplicantRow, 'applicant_id' | 'national_id_sealed'>;

/** The query for consents with their persons, to be narrowed; no order is set. */
export function selectConsents(db: Kysely<Tables>) {
  return db
    .selectFrom('consents')
    .innerJoin('applicants', (join) =>
      join
        .onRef('applicants.data_consumer', '=', 'consents.data_consumer')
        .onRef('applicants.row_key', '=', 'consents.applicant'),
    )
    .selectAll('consents')
    .select(['applicants.applicant_id', 'applicants.national_id_sealed']);
}
