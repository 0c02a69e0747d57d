import { chmodSync, existsSync, renameSync, rmSync } from 'node:fs';
import { backup } from 'node:sqlite';
import { describeFailure, StoreError } from './failure.ts';
import { openForReading } from './sqlite.ts';

/**
 * Copies an embedded store into a file of its own, as it stands at this moment, while a gateway may go on writing to it: its
 * write-ahead log grows until the copy is made. The copy needs neither `-wal` nor `-shm`, is readable by its owner alone, and
 * is of no use without the key file. It appears when it is whole: a copy that is broken off leaves nothing under its name.
 *
 * @param to must not exist yet: a backup is never overwritten
 * @throws StoreError, one sentence for the operator
 */
export async function backUp(file: string, to: string): Promise<void> {
  if (!existsSync(file)) throw new StoreError(`There is no store ${file}: nothing was copied.`);
  if (existsSync(to)) throw new StoreError(`${to} exists already and is not overwritten: name another file.`);
  const growing = `${to}.next`;
  try {
    using source = openForReading(file);
    // One snapshot for all of it: else SQLite begins anew after each write of the gateway's, and may never come to an end.
    source.exec('BEGIN; SELECT 1 FROM sqlite_schema');
    await backup(source, growing);
    chmodSync(growing, 0o600);
    renameSync(growing, to);
  } catch (error) {
    rmSync(growing, { force: true });
    throw new StoreError(describeFailure(file, error), { cause: error });
  }
}
