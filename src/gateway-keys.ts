import { rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreError } from './store/failure.ts';
import { newKeyFile } from './store/keys.ts';

/**
 * Makes the key file of a new store, readable by its owner alone.
 *
 * @param to must not exist yet: a store is of no use without the keys it was written with
 * @throws StoreError, one sentence for the operator
 */
export function writeNewKeys(to: string): void {
  try {
    writeFileSync(to, newKeyFile(), { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')
      throw new StoreError(`${to} exists already and is not overwritten: name another file.`);
    // What was begun is ours, for it was not there.
    rmSync(to, { force: true });
    throw new StoreError(
      `The keys cannot be written to ${dirname(to)}: check that this folder exists, can be written and has room.`,
      { cause },
    );
  }
}
