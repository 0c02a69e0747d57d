import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { stillClock } from '../../src/clock.ts';
import type { EmbeddedStoreOptions, Store } from '../../src/store/embedded.ts';
import { openEmbeddedStore } from '../../src/store/embedded.ts';
import { newKeyFile, parseKeyFile } from '../../src/store/keys.ts';
import { SYNTHETIC_NATIONAL_IDS } from '../../src/values.ts';
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
  return openEmbeddedStore({ file, keys, clock: stillClock(START), nationalIds: SYNTHETIC_NATIONAL_IDS, ...options });
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
