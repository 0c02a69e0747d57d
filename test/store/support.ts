import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { onTestFinished } from 'vitest';
import { stillClock } from '../../src/clock.ts';
import type { EmbeddedStoreOptions, Store } from '../../src/store/embedded.ts';
import { openEmbeddedStore } from '../../src/store/embedded.ts';
import { StoreError } from '../../src/store/failure.ts';
import { newKeyFile, parseKeyFile } from '../../src/store/keys.ts';
import { START } from '../contracts/remembered.ts';

/** A path in a folder of its own, where no file is yet; gone when the test has finished. */
export function freshFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'store-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'store.sqlite');
}

const keys = parseKeyFile(newKeyFile());

/** Opens a store on a clock that stands still; under the same keys every time. */
export function openStore(file: string, options: Partial<EmbeddedStoreOptions> = {}): Promise<Store> {
  return openEmbeddedStore({ file, keys, clock: stillClock(START), ...options });
}

/** The sentence with which a store is refused. */
export async function refusal(file: string, options: Partial<EmbeddedStoreOptions> = {}): Promise<string> {
  const error = await openStore(file, options).then(
    (store) => store.close(),
    (reason: unknown) => reason,
  );
  if (!(error instanceof StoreError)) throw new Error(`not refused with a StoreError: ${String(error)}`);
  return error.message;
}

/** What takes a file of each format back to the one before. */
const STEPS_BACK: readonly (readonly [format: number, sql: string])[] = [
  [
    5,
    `DROP TRIGGER intended_is_undelivered; DROP TRIGGER settled_is_no_longer_unsettled; DROP TABLE undelivered;
     DROP INDEX disclosures_by_reference; DROP INDEX disclosures_by_time;
     CREATE INDEX disclosures_by_time ON disclosures (data_consumer, intended_at, id)`,
  ],
  [4, 'DROP TABLE canaries'],
  [3, 'ALTER TABLE consents DROP COLUMN origin'],
];

/** Makes of a closed store one that an earlier program wrote. */
export function setBack(file: string, toFormat: number): void {
  using database = new DatabaseSync(file);
  for (const [format, sql] of STEPS_BACK) if (format > toFormat) database.exec(sql);
  database.exec(`PRAGMA user_version = ${toFormat}`);
}

/**
 * How many transactions the write-ahead log holds. In the frame of a transaction's last page, bytes 4 to 7 are the size
 * of the database after it; in every other frame they are zero (SQLite's file format, section 4.1).
 */
export function commitsIn(file: string): number {
  const wal = readFileSync(`${file}-wal`);
  const frame = 24 + wal.readUInt32BE(8);
  const salt = wal.subarray(16, 24);
  let commits = 0;
  for (let at = 32; at + frame <= wal.length; at += frame) {
    const isOfThisLog = wal.subarray(at + 8, at + 16).equals(salt);
    if (isOfThisLog && wal.readUInt32BE(at + 4) > 0) commits++;
  }
  return commits;
}
