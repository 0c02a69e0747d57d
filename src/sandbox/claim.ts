import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Claims a directory, which is made when missing, for this process alone, until disposed of. The operating system lets go of
 * a claim whose process has died, so none is ever left behind; the empty `sandbox.lock` is.
 *
 * @throws Error, one sentence, when another process holds it, or it cannot be written
 */
export async function claim(directory: string): Promise<Disposable> {
  try {
    await mkdir(directory, { recursive: true });
    const file = join(directory, 'sandbox.lock');
    await writeFile(file, '', { mode: 0o600, flag: 'a' });
    using claiming = new DisposableStack();
    const lock = new DatabaseSync(file, { timeout: 0 });
    claiming.defer(() => lock.close());
    lock.exec('BEGIN EXCLUSIVE');
    return claiming.move();
  } catch (error) {
    throw new Error(
      isLocked(error)
        ? `Another sandbox runs on ${directory}: stop it, or set DATA_DIR to another directory.`
        : `${directory} cannot be written: check its permissions and that the disk has room, or set DATA_DIR to another directory.`,
    );
  }
}

/** SQLite's code for what another holds. */
const SQLITE_BUSY = 5;

function isLocked(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
