/**
 * Whether the consent system kept account of a delivered read: known only after the answer, so it is a row of its own, and
 * what was settled stays as written.
 */
export const uses = `
CREATE TABLE uses (
  data_consumer TEXT NOT NULL,
  disclosure TEXT NOT NULL,
  noted_at BIGINT NOT NULL,
  logged INTEGER NOT NULL,
  PRIMARY KEY (data_consumer, disclosure),
  FOREIGN KEY (data_consumer, disclosure) REFERENCES settlements (data_consumer, disclosure)
);

CREATE TRIGGER uses_stay_as_written BEFORE UPDATE ON uses BEGIN SELECT RAISE(ABORT, 'uses is append-only'); END;
CREATE TRIGGER uses_stay BEFORE DELETE ON uses BEGIN SELECT RAISE(ABORT, 'uses is append-only'); END;
`;
