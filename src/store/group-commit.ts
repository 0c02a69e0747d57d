import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { describeFailure } from './failure.ts';
import { recordOver } from './record.ts';
import { queriesOver } from './sqlite.ts';
import type { Operation, OperationName, Writable } from './writes.ts';
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
export interface WritableStore extends Writable {
  readonly file: string;
  readonly database: DatabaseSync;
  /** What a group and each write in it begin and end with, prepared once. */
  readonly bounds: Readonly<Record<keyof typeof BOUNDS, StatementSync>>;
}

const BOUNDS = {
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
  beginOne: 'SAVEPOINT one_write',
  endOne: 'RELEASE one_write',
} as const;

/** Makes ready for writing what is open and migrated. */
export function writable(file: string, database: DatabaseSync): WritableStore {
  const prepared = (name: keyof typeof BOUNDS) => database.prepare(BOUNDS[name]);
  return {
    file,
    database,
    db: queriesOver(database),
    record: recordOver(database),
    bounds: {
      begin: prepared('begin'),
      commit: prepared('commit'),
      beginOne: prepared('beginOne'),
      endOne: prepared('endOne'),
    },
  };
}

/**
 * Does many writes in one transaction, so that the disk is waited for once. A write that fails is undone alone, by its
 * savepoint; when the transaction itself fails (disk full, I/O error), every write of the group failed. Never throws.
 */
export async function commitTogether(store: WritableStore, jobs: readonly Job[]): Promise<readonly Reply[]> {
  const { database, file, bounds } = store;
  try {
    bounds.begin.run();
    const replies: Reply[] = [];
    for (const job of jobs) replies.push(await attempt(store, job));
    bounds.commit.run();
    return replies;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    const failure = describeFailure(file, error);
    return jobs.map(({ number }) => ({ number, failure }));
  }
}

async function attempt(store: WritableStore, { number, operation }: Job): Promise<Reply> {
  const { file, database, bounds } = store;
  bounds.beginOne.run();
  try {
    const value = await perform(store, operation);
    bounds.endOne.run();
    return { number, value };
  } catch (error) {
    // SQLite answers a full disk or an I/O error by ending the whole transaction: the others' work is gone as well.
    if (!database.isTransaction) throw error;
    database.exec('ROLLBACK TO one_write; RELEASE one_write');
    return { number, failure: describeFailure(file, error) };
  }
}
