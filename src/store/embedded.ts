import { join } from 'node:path';
import type { ConsentStore, DisclosureLog } from '../access/ports.ts';
import type { Clock } from '../clock.ts';
import { applicantsUnder } from './applicants.ts';
import { claim } from './claim.ts';
import { consentStore } from './consents.ts';
import { disclosureLog } from './disclosures.ts';
import type { KeyRing } from './keys.ts';
import { makeFile } from './opening.ts';
import { openForReading, queriesOver } from './sqlite.ts';
import { startWriter } from './writer-thread.ts';

/** What the gateway remembers. */
export interface Store extends AsyncDisposable {
  readonly consents: ConsentStore;
  readonly disclosures: DisclosureLog;
  /** Resolves when the store can be read and written right now. @throws GatewayError `STORE_UNAVAILABLE`, or what reading throws */
  ping(): Promise<void>;
  /** Lets accepted writes finish, refuses later ones, and releases the file. Closing twice is closing once. */
  close(): Promise<void>;
}

/** Where the store lies in its directory. */
export function storeFileIn(directory: string): string {
  return join(directory, 'samtykkeporten.db');
}

/** Where an embedded store lies and under what it is kept. */
export interface EmbeddedStoreOptions {
  /** The SQLite file, made where there is none, readable by its owner only. SQLite lays `-wal` and `-shm` beside it. */
  readonly file: string;
  readonly keys: KeyRing;
  readonly clock: Clock;
  /** Told why writes failed, in one sentence for the operator, for the log: once for all that failed together. */
  readonly onFailure?: (sentence: string) => void;
}

/**
 * Opens the store in a file. All writes go through one thread, in shared transactions; reads happen here, on a connection
 * of their own that sees whatever an awaited write has written.
 *
 * @throws StoreError, one sentence for the operator: no such folder, not a store, a newer format, other keys than its own.
 */
export async function openEmbeddedStore(options: EmbeddedStoreOptions): Promise<Store> {
  const { file, keys, clock, onFailure = () => {} } = options;
  makeFile(file);
  const writer = await startWriter(file, onFailure);
  try {
    await claim(file, keys, writer.write);
    const reader = openForReading(file);
    const read = queriesOver(reader);
    const { write } = writer;
    const applicants = applicantsUnder(keys);

    const close = async (): Promise<void> => {
      // The writer goes last: whoever closes a file last folds the write-ahead log into it, which a reader may not.
      if (reader.isOpen) reader.close();
      await writer.close();
    };
    return {
      consents: consentStore({ read, write, keys, applicants, clock }),
      disclosures: disclosureLog({ read, write, keys, applicants }),
      ping: async () => {
        await write({ name: 'ping', takes: null });
        await read.selectFrom('identity').select('fingerprint').executeTakeFirstOrThrow();
      },
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await writer.close();
    throw error;
  }
}
