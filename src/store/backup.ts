import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { backup } from 'node:sqlite';
import { describeFailure, StoreError } from './failure.ts';
import { openForReading } from './sqlite.ts';

/**
 * Copies an embedded store into a file of its own, as it stands at this moment, while a gateway may go on writing to it: its
 * write-ahead log grows until the copy is made. The copy needs neither `-wal` nor `-shm`, is readable by its owner alone from
 * its first byte, and is of no use without the key file. It appears when it is whole: a copy that is broken off leaves nothing
 * under its name.
 *
 * @param to must not exist yet: a backup is never overwritten
 * @throws StoreError, one sentence for the operator
 */
export async function backUp(file: string, to: string): Promise<void> {
  if (!existsSync(file)) throw new StoreError(`There is no store ${file}: nothing was copied.`);
  if (existsSync(to)) throw new StoreError(`${to} exists already and is not overwritten: name another file.`);
  using source = openSnapshot(file);
  const growing = `${to}.${randomUUID()}.next`;
  try {
    // SQLite would let everybody read it; it gives its journal the permissions that it finds here.
    closeSync(openSync(growing, 'wx', 0o600));
    await backup(source, growing);
    renameSync(growing, to);
  } catch (cause) {
    if (existsSync(growing)) for (const each of [growing, `${growing}-journal`]) rmSync(each, { force: true });
    throw new StoreError(
      `The copy cannot be written to ${dirname(to)}: check that this folder exists, can be written and has room.`,
      { cause },
    );
  }
}

/** @throws StoreError, one sentence for the operator */
function openSnapshot(file: string): DatabaseSync {
  let source: DatabaseSync | undefined;
  try {
    source = openForReading(file);
    // One snapshot for all of it: else SQLite begins anew after each write of the gateway's, and may never come to an end.
    source.exec('BEGIN; SELECT 1 FROM sqlite_schema');
    return source;
  } catch (error) {
    source?.close();
    throw new StoreError(describeFailure(file, error), { cause: error });
  }
}
