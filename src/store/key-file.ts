import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from './failure.ts';
import { newKeyFile } from './keys.ts';

/** Profile production refuses a key with this name. */
const KEY_ID = 'sandbox-1';

/**
 * The key file that the sandbox keeps beside its store, made at first start and readable by its owner alone. Elsewhere keys
 * lie apart from what they protect, and are configured. It appears when it is whole, and once, however many ask for it at
 * the same moment.
 *
 * @throws StoreError, one sentence for the operator, when it cannot be made; the next start tries again
 */
export function ownKeyFile(directory: string): string {
  const file = join(directory, 'keys.json');
  if (!existsSync(file)) makeKeyFile(directory, file);
  return readFileSync(file, 'utf8');
}

function makeKeyFile(directory: string, file: string): void {
  const growing = join(directory, `keys.${randomUUID()}.next`);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(growing, newKeyFile(KEY_ID), { mode: 0o600, flag: 'wx' });
    // A link and no renaming: that would replace a key under which another process writes already.
    linkSync(growing, file);
  } catch (cause) {
    if (existsSync(file)) return;
    throw new StoreError(
      `The key file ${file} cannot be written: check that its folder can be written and that the disk has room.`,
      { cause },
    );
  } finally {
    rmSync(growing, { force: true });
  }
}
