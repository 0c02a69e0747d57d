import { StoreError } from './failure.ts';
import type { KeyRing } from './keys.ts';
import type { Specimen } from './specimens.ts';
import { canaryPlace } from './specimens.ts';
import type { CanaryRow } from './tables.ts';
import type { Write } from './writes.ts';

/**
 * Makes sure that a key ring belongs to a file before anything is read or written under it: people have the same ids under it,
 * and it opens what was written under every key that was ever active here. From now on its active key is one of these.
 *
 * @throws StoreError, one sentence for the operator; the file is left as it was
 * @throws GatewayError `STORE_UNAVAILABLE`
 */
export async function claim(file: string, keys: KeyRing, write: Write): Promise<void> {
  const opened = new Set<string>();
  for (;;) {
    const unopened = await write({
      name: 'claim',
      takes: {
        fingerprint: keys.identityFingerprint,
        opened: [...opened],
        canaries: [...new Set([...opened, keys.activeKey])].map((key) => canaryUnder(keys, key)),
      },
    });
    if (unopened === 'ANOTHER_KEY') {
      throw new StoreError(
        `The store ${file} was made with another identity key: start with the key file that belongs to it.`,
      );
    }
    if (unopened.length === 0) return;
    for (const specimen of unopened) {
      open(file, keys, specimen);
      opened.add(specimen.key);
    }
  }
}

function canaryUnder(keys: KeyRing, key: string): CanaryRow {
  return { key_id: key, sealed: keys.seal('', canaryPlace(key), key) };
}

function open(file: string, keys: KeyRing, { key, sealed, place }: Specimen): void {
  try {
    keys.unseal(sealed, place);
  } catch (cause) {
    throw new StoreError(
      `The store ${file} needs the encryption key "${key}" that it was written under, and the key file has none or another of that name: start with the key file that belongs to it.`,
      { cause },
    );
  }
}
