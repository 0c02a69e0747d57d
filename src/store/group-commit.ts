import type { DatabaseSync } from 'node:sqlite';
import type { Kysely } from 'kysely';
import { describeFailure } from './failure.ts';
import type { Tables } from './tables.ts';
import type { Operation, OperationName } from './writes.ts';
import { perform } from './writes.ts';

/** A write on its way to the writer, numbered so that the answer finds back. */
export interface Job<N extends OperationName = OperationName> {
  readonly number: number;
  readonly operation: Operation<N>;
}

/** What became of a {@link Job}: what the operation gave, or why nothing of it was stored. */
export type Reply =
  | { readonly number: number; readonly value: unknown }
  | { readonly number: number; readonly failure: string };

/** An open file, for the one who writes. */
export interface WritableStore {
  readonly file: string;
  readonly database: DatabaseSync;
  /** The query builder over the same connection. */
  readonly db: Kysely<Tables>;
}

/**
 * Does many writes in one transaction, so that the disk is waited for once. A write that fails is undone alone, by its
 * savepoint; when the transaction itself fails (disk full, I/O error), every write of the group failed. Never throws.
 */
export async function commitTogether(store: WritableStore, jobs: readonly Job[]): Promise<readonly Reply[]> {
  const { database, file } = store;
  try {
    database.exec('BEGIN IMMEDIATE');
    const replies: Reply[] = [];
    for (const job of jobs) replies.push(await attempt(store, job));
    database.exec('COMMIT');
    return replies;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    const failure = describeFailure(file, error);
    return jobs.map(({ number }) => ({ number, failure }));
  }
}

async function attempt({ file, database, db }: WritableStore, { number, operation }: Job): Promise<Reply> {
  database.exec('SAVEPOINT one_write');
  try {
    const value = await perform(db, operation);
    database.exec('RELEASE one_write');
    return { number, value };
  } catch (error) {
    // SQLite answers a full disk or an I/O error by ending the whole transaction: the others' work is gone as well.
    if (!database.isTransaction) throw error;
    database.exec('ROLLBACK TO one_write; RELEASE one_write');
    return { number, failure: describeFailure(file, error) };
  }
}
