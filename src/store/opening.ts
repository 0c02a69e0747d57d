import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { describeFailure, StoreError } from './failure.ts';
import type { WritableStore } from './group-commit.ts';
import { writable } from './group-commit.ts';
import { migrate } from './migrate.ts';
import { makeDurable, openForWriting } from './sqlite.ts';

/**
 * Makes folder and file where they are missing. SQLite would let everybody read them.
 * @throws StoreError, one sentence for the operator
 */
export function makeFile(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'a', 0o600));
  } catch (cause) {
    throw new StoreError(
      `The store ${file} cannot be written: check that it is a file and that its folder can be written.`,
      { cause },
    );
  }
}

/**
 * Opens a file for the one who writes: migrated, and durable from now on.
 * @throws StoreError, one sentence for the operator; nothing stays open then
 */
export function openWritable(file: string): WritableStore {
  let database: DatabaseSync | undefined;
  try {
    database = openForWriting(file);
    migrate(database, file);
    makeDurable(database);
    return writable(file, database);
  } catch (error) {
    database?.close();
    throw new StoreError(describeFailure(file, error));
  }
}
