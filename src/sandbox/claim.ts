import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Claims a directory, which is made when missing, for this process alone, until disposed of. The operating system lets go of
 * a claim whose process has died, so none is ever left behind; the empty `sandbox.lock` is.
 *
 * @throws Error, one sentence, when another process holds it
 */
export async function claim(directory: string): Promise<Disposable> {
  await mkdir(directory, { recursive: true });
  const lock = new DatabaseSync(join(directory, 'sandbox.lock'), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch {
    lock.close();
    throw new Error(`Another sandbox runs on ${directory}: stop it, or set DATA_DIR to another directory.`);
  }
  return { [Symbol.dispose]: () => lock.close() };
}
