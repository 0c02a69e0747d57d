/** The roles a caller's token can name. */
export const ROLES = ['CASE_HANDLER', 'ANALYST', 'PARTNER', 'AUDITOR', 'OPERATOR'] as const;
/** The purposes for which DSOP allows an insurer to ask. */
export const PURPOSES = ['OCCUPATIONAL_PENSION', 'DISABILITY_INSURANCE'] as const;
/** The sources that can be read, by the names they have in the GraphQL schema. */
export const SOURCES = ['AAP_VEDTAK', 'AAP_MELDEKORT', 'UFOREOPPLYSNINGER'] as const;
/** Signatures callers' tokens may bear. All asymmetric: with `none` or a shared secret anyone could make them. */
export const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;
