import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { OrganisationNumber } from '../values.ts';
import type { Place } from './keys.ts';
import type { Tables } from './tables.ts';

/** A sealed value, and where it lies: whoever opens it holds the encryption key that it names. */
export interface Specimen {
  readonly key: string;
  readonly sealed: string;
  readonly place: Place;
}

/** The place of the canary of an encryption key. */
export function canaryPlace(key: string): Place {
  return { table: 'canaries', column: 'sealed', row: key, dataConsumer: null };
}

/** One value for each encryption key that the file was ever written under, by its canary; none where nothing was written. */
export async function specimensIn(db: Kysely<Tables>): Promise<readonly Specimen[]> {
  const canaries = await db.selectFrom('canaries').selectAll().execute();
  if (canaries.length === 0) return specimensAmongRows(db);
  return canaries.map(({ key_id, sealed }) => ({ key: key_id, sealed, place: canaryPlace(key_id) }));
}

/** People first: of all that was ever sealed, they were sealed before the rest. */
const SEALED_COLUMNS = [
  { table: 'applicants', column: 'national_id', row: 'row_key' },
  { table: 'consents', column: 'return_reference', row: 'id' },
  { table: 'consents', column: 'rail_id', row: 'id' },
  { table: 'consents', column: 'page_url', row: 'id' },
] as const;

/**
 * A file from before there were canaries has only its rows to show: under each key the first that was written. Of two keys
 * with one name that is the one that belongs to the file.
 */
async function specimensAmongRows(db: Kysely<Tables>): Promise<readonly Specimen[]> {
  const found = new Map<string, Specimen>();
  for (const { table, column, row } of SEALED_COLUMNS) {
    // SQLite takes what stands beside MIN from the row that has it.
    const { rows } = await sql<{ key: string; sealed: string; row_id: string; data_consumer: OrganisationNumber }>`
      SELECT SUBSTR(sealed, 1, INSTR(sealed, '.') - 1) AS key, sealed, row_id, data_consumer, MIN(written)
      FROM (
        SELECT ${sql.ref(`${column}_sealed`)} AS sealed, ${sql.ref(row)} AS row_id, data_consumer, rowid AS written
        FROM ${sql.table(table)}
      )
      WHERE sealed IS NOT NULL
      GROUP BY 1`.execute(db);
    for (const { key, sealed, row_id, data_consumer } of rows) {
      if (!found.has(key))
        found.set(key, { key, sealed, place: { table, column, row: row_id, dataConsumer: data_consumer } });
    }
  }
  return [...found.values()];
}
