import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from './failure.ts';
import { consentsAndDisclosures } from './migrations/001-consents-and-disclosures.ts';
import { uses } from './migrations/002-uses.ts';
import { origin } from './migrations/003-origin.ts';
import { canaries } from './migrations/004-canaries.ts';
import { findingDisclosures } from './migrations/005-finding-disclosures.ts';

/** Every step in the life of the file, in order; step n brings it to format n. Steps are added, never edited. */
const MIGRATIONS: readonly string[] = [consentsAndDisclosures, uses, origin, canaries, findingDisclosures];

/** `SAMT`, written into the file's header: tells a store from any other SQLite file. */
const APPLICATION_ID = 0x53414d54;

/**
 * Brings an open file to the format this program knows: all steps or none, and once only, however many processes open it
 * at the same moment. Forward only.
 *
 * @throws StoreError when a newer program wrote the file, or another one altogether. The file is left as it was.
 */
export function migrate(database: DatabaseSync, file: string): void {
  assertOurs(database, file);
  database.exec('BEGIN IMMEDIATE');
  try {
    // Judged again under the lock: another process may have migrated while this one waited for it.
    for (const step of MIGRATIONS.slice(assertOurs(database, file))) database.exec(step);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`);
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** The format of a file that is ours or empty. */
function assertOurs(database: DatabaseSync, file: string): number {
  const format = header(database, 'user_version');
  const isEmpty = database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
  if (!isEmpty && header(database, 'application_id') !== APPLICATION_ID) {
    throw new StoreError(`The file ${file} belongs to another program: name another file for the store.`);
  }
  if (format > MIGRATIONS.length) {
    throw new StoreError(
      `The store ${file} has format ${format} and this program knows formats up to ${MIGRATIONS.length}: start the newer program that wrote it, or restore the backup from before the upgrade.`,
    );
  }
  return format;
}

function header(database: DatabaseSync, field: 'user_version' | 'application_id'): number {
  return Number(database.prepare(`PRAGMA ${field}`).get()?.[field]);
}
