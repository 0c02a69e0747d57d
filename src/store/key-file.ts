import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newKeyFile } from './keys.ts';

/** Profile production refuses a key with this name. */
const KEY_ID = 'sandbox-1';

/**
 * The key file that the sandbox keeps beside its store, made at first start and readable by its owner alone. Elsewhere keys
 * lie apart from what they protect, and are configured.
 */
export function ownKeyFile(directory: string): string {
  const file = join(directory, 'keys.json');
  if (!existsSync(file)) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(file, newKeyFile(KEY_ID), { mode: 0o600, flag: 'wx' });
  }
  return readFileSync(file, 'utf8');
}
