/** By what a store knows its encryption keys again: an empty text, sealed under each that was ever active. */
export const canaries = `
CREATE TABLE canaries (
  key_id TEXT NOT NULL PRIMARY KEY,
  sealed TEXT NOT NULL
);
`;
