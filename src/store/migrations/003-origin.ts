/** How the gateway came by a consent. All that were stored before this step, it had asked for itself. */
export const origin = `
ALTER TABLE consents ADD COLUMN origin TEXT NOT NULL DEFAULT 'REQUESTED';
`;
