/**
 * The first shape of the store. Moments are milliseconds since 1970, dates `yyyy-MM-dd`; `*_sealed` columns are encrypted.
 * The data consumer leads every key. But for the triggers it is the SQL that SQLite and PostgreSQL share.
 */
export const consentsAndDisclosures = `
CREATE TABLE identity (
  fingerprint TEXT NOT NULL PRIMARY KEY
);

CREATE TABLE applicants (
  data_consumer TEXT NOT NULL,
  row_key TEXT NOT NULL,
  applicant_id TEXT NOT NULL,
  national_id_sealed TEXT NOT NULL,
  PRIMARY KEY (data_consumer, row_key),
  UNIQUE (data_consumer, applicant_id)
);

CREATE TABLE consents (
  data_consumer TEXT NOT NULL,
  id TEXT NOT NULL,
  applicant TEXT NOT NULL,
  rail TEXT NOT NULL,
  rail_id_sealed TEXT NOT NULL,
  status TEXT NOT NULL,
  version INTEGER NOT NULL,
  purpose TEXT NOT NULL,
  fom TEXT NOT NULL,
  tom TEXT NOT NULL,
  valid_to BIGINT NOT NULL,
  requested_at BIGINT NOT NULL,
  confirmed_at BIGINT,
  changed_at BIGINT NOT NULL,
  answered_at BIGINT,
  ended_at BIGINT,
  last_read_at BIGINT,
  page_url_sealed TEXT,
  reference TEXT,
  return_url TEXT NOT NULL,
  return_reference_sealed TEXT NOT NULL,
  return_reference_hash TEXT NOT NULL UNIQUE,
  PRIMARY KEY (data_consumer, id),
  FOREIGN KEY (data_consumer, applicant) REFERENCES applicants (data_consumer, row_key)
);

CREATE INDEX consents_by_applicant ON consents (data_consumer, applicant, requested_at, id);
CREATE INDEX consents_by_request ON consents (data_consumer, requested_at, id);
CREATE INDEX consents_by_validity ON consents (data_consumer, valid_to, id);
CREATE INDEX consents_by_change ON consents (data_consumer, changed_at, id);
CREATE UNIQUE INDEX one_pending_consent ON consents (data_consumer, applicant, purpose, fom, tom) WHERE status = 'PENDING';

-- The applicant is a row key and no foreign key: erasing the person's row unlinks the log and leaves it standing.
CREATE TABLE disclosures (
  data_consumer TEXT NOT NULL,
  id TEXT NOT NULL,
  applicant TEXT NOT NULL,
  consent_id TEXT,
  source TEXT NOT NULL,
  purpose TEXT,
  requested_fom TEXT,
  requested_tom TEXT,
  intended_at BIGINT NOT NULL,
  caller TEXT NOT NULL,
  role TEXT NOT NULL,
  supplier TEXT,
  reference TEXT,
  call_id TEXT NOT NULL,
  PRIMARY KEY (data_consumer, id)
);

CREATE INDEX disclosures_by_time ON disclosures (data_consumer, intended_at, id);
CREATE INDEX disclosures_by_applicant ON disclosures (data_consumer, applicant, intended_at, id);

CREATE TABLE settlements (
  data_consumer TEXT NOT NULL,
  disclosure TEXT NOT NULL,
  settled_at BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  refused_because TEXT,
  error_code TEXT,
  attempts INTEGER NOT NULL,
  payload_digest TEXT,
  PRIMARY KEY (data_consumer, disclosure),
  FOREIGN KEY (data_consumer, disclosure) REFERENCES disclosures (data_consumer, id)
);

CREATE TRIGGER disclosures_stay_as_written BEFORE UPDATE ON disclosures BEGIN SELECT RAISE(ABORT, 'disclosures is append-only'); END;
CREATE TRIGGER disclosures_stay BEFORE DELETE ON disclosures BEGIN SELECT RAISE(ABORT, 'disclosures is append-only'); END;
CREATE TRIGGER settlements_stay_as_written BEFORE UPDATE ON settlements BEGIN SELECT RAISE(ABORT, 'settlements is append-only'); END;
CREATE TRIGGER settlements_stay BEFORE DELETE ON settlements BEGIN SELECT RAISE(ABORT, 'settlements is append-only'); END;
`;
