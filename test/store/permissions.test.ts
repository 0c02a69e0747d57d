import { randomUUID } from 'node:crypto';
import { chmodSync, chownSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { Job } from '../../src/store/group-commit.ts';
import { commitTogether } from '../../src/store/group-commit.ts';
import { makeFile, openWritable } from '../../src/store/opening.ts';
import { A } from '../contracts/remembered.ts';
import { freshFile } from './support.ts';

describe('permissions', () => {
  const NOBODY = 65_534;

  /** Root may write anywhere, so that it does this as somebody else. */
  async function asOrdinaryUser<T>(work: () => Promise<T>): Promise<T> {
    if (process.geteuid?.() !== 0) return work();
    process.seteuid?.(NOBODY);
    try {
      return await work();
    } finally {
      process.seteuid?.(0);
    }
  }

  /** Nothing in a folder of the ordinary user's own. */
  function ownFile(): string {
    const file = freshFile();
    if (process.geteuid?.() === 0) chownSync(dirname(file), NOBODY, NOBODY);
    return file;
  }

  // As the writer does, in this thread: another one would have to load its modules as the ordinary user.
  const writeAndClose = (file: string) =>
    asOrdinaryUser(async () => {
      makeFile(file);
      const store = openWritable(file);
      expect(await commitTogether(store, [anIntention()])).toEqual([{ number: 1, value: null }]);
      store.database.close();
    });

  it.each<[what: string, forbid: (file: string) => void, sentence: string]>([
    [
      'a folder',
      (file) => chmodSync(dirname(file), 0o500),
      'cannot be written: check the permissions of the file and its folder',
    ],
    [
      'a file',
      (file) => chmodSync(file, 0o400),
      'cannot be written: check that it is a file and that its folder can be written',
    ],
  ])(
    '%s that may not be written is told in one sentence at the opening, and all is there once it may',
    async (_, forbid, sentence) => {
      const file = ownFile();
      await writeAndClose(file);
      forbid(file);
      await expect(writeAndClose(file)).rejects.toMatchObject({
        name: 'StoreError',
        message: `The store ${file} ${sentence}.`,
      });
      chmodSync(dirname(file), 0o700);
      chmodSync(file, 0o600);
      await writeAndClose(file);
      expect(recordsIn(file)).toBe(2);
    },
  );

  it('of the folder above decide whether a folder can be made', async () => {
    const file = ownFile();
    chmodSync(dirname(file), 0o500);
    const below = join(dirname(file), 'below', 'store.sqlite');
    await expect(writeAndClose(below)).rejects.toMatchObject({
      message: `The store ${below} cannot be written: check that it is a file and that its folder can be written.`,
    });
    chmodSync(dirname(file), 0o700);
  });

  it('taken away from under an open store stop nothing, and nothing is lost', async () => {
    const file = ownFile();
    await asOrdinaryUser(async () => {
      const store = openWritable(file);
      await commitTogether(store, [anIntention()]);
      for (const each of [file, `${file}-wal`, `${file}-shm`]) chmodSync(each, 0o400);
      chmodSync(dirname(file), 0o500);
      expect(await commitTogether(store, [anIntention()])).toEqual([{ number: 1, value: null }]);
      store.database.close();
    });
    chmodSync(dirname(file), 0o700);
    for (const each of [file, `${file}-wal`, `${file}-shm`]) if (existsSync(each)) chmodSync(each, 0o600);
    expect(recordsIn(file)).toBe(2);
  });
});

function anIntention(): Job {
  const applicant = { data_consumer: A, row_key: 'r1', applicant_id: 'p1_x', national_id_sealed: 'sealed' };
  const disclosure = {
    data_consumer: A,
    id: randomUUID(),
    consent_id: null,
    source: 'aapVedtak',
    purpose: null,
    requested_fom: null,
    requested_tom: null,
    intended_at: 1,
    caller: 'caller',
    role: 'CASE_HANDLER',
    supplier: null,
    reference: null,
    call_id: 'call',
  } as const;
  return { number: 1, operation: { name: 'intend', takes: { applicant, disclosure } } };
}

function recordsIn(file: string): unknown {
  using database = new DatabaseSync(file);
  return database.prepare('SELECT count(*) AS n FROM disclosures').get()?.['n'];
}
