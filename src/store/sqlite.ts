import type { SQLInputValue, StatementSync } from 'node:sqlite';
import { DatabaseSync } from 'node:sqlite';
import { Kysely, SqliteDialect } from 'kysely';
import type { Tables } from './tables.ts';

/** How long a statement waits for another process that holds the file, in milliseconds. */
const BUSY_TIMEOUT = 5_000;

/** Preparing costs more than running. The texts differ in the length of their lists and in their filters, so they are bounded. */
const PREPARED_AT_MOST = 500;

/** Opens, or makes, the file for the one thread that writes. Not durable until {@link makeDurable}. */
export function openForWriting(file: string): DatabaseSync {
  return new DatabaseSync(file, { timeout: BUSY_TIMEOUT });
}

/** What the write-ahead log may keep of the disk, in bytes, once it begins anew: it grows beyond that while somebody reads for long. */
const LARGEST_LOG = 16 * 1024 * 1024;

/** Write-ahead log, and the disk is waited for at every commit: what is acknowledged survives a power cut. */
export function makeDurable(database: DatabaseSync): void {
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = ${LARGEST_LOG}`);
}

/** Opens an existing file for reading only. Each statement sees everything that was committed before it began. */
export function openForReading(file: string): DatabaseSync {
  return new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT });
}

/** Kysely's query builder over a connection of `node:sqlite`, which it neither opens nor closes. */
export function queriesOver(database: DatabaseSync): Kysely<Tables> {
  const prepared = new Map<string, ReturnType<typeof adapt>>();
  const prepare = (sql: string) => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const statement = adapt(database.prepare(sql));
    if (prepared.size >= PREPARED_AT_MOST) prepared.clear();
    prepared.set(sql, statement);
    return statement;
  };
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database: { prepare, close: () => database.close() } }) });
}

function adapt(statement: StatementSync) {
  return {
    reader: statement.columns().length > 0,
    all: (parameters: readonly unknown[]) => statement.all(...parameters.map(bindable)),
    run: (parameters: readonly unknown[]) => statement.run(...parameters.map(bindable)),
    iterate: (parameters: readonly unknown[]) => statement.iterate(...parameters.map(bindable)),
  };
}

function bindable(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  throw new TypeError(`a ${typeof value} cannot be stored`);
}
