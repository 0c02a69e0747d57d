import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Job } from '../../src/store/group-commit.ts';
import { commitTogether, writable } from '../../src/store/group-commit.ts';
import { migrate } from '../../src/store/migrate.ts';
import { makeDurable, openForWriting } from '../../src/store/sqlite.ts';
import { A } from '../contracts/remembered.ts';
import { freshFile } from './support.ts';

function openWritable() {
  const file = freshFile();
  const database = openForWriting(file);
  migrate(database, file);
  makeDurable(database);
  return writable(file, database);
}

function job(number: number, { id = randomUUID(), filler = '' } = {}): Job {
  return {
    number,
    operation: {
      name: 'intend',
      takes: {
        applicant: { data_consumer: A, row_key: 'r1', applicant_id: 'p1_x', national_id_sealed: 'k1.sealed' },
        disclosure: {
          data_consumer: A,
          id,
          consent_id: null,
          source: 'aapVedtak',
          purpose: null,
          requested_fom: null,
          requested_tom: null,
          intended_at: number,
          caller: `caller${filler}`,
          role: 'CASE_HANDLER',
          supplier: null,
          reference: null,
          call_id: 'call',
        },
      },
    },
  };
}

describe('a group of writes', () => {
  it('loses the one that fails and keeps the others', async () => {
    const store = openWritable();
    const id = randomUUID();
    const replies = await commitTogether(store, [job(1), job(2, { id }), job(3, { id }), job(4)]);
    expect(replies).toEqual([
      { number: 1, value: null },
      { number: 2, value: null },
      { number: 3, failure: expect.stringContaining('UNIQUE constraint failed') },
      { number: 4, value: null },
    ]);
    expect(store.database.isTransaction).toBe(false);
    expect(store.database.prepare('SELECT intended_at AS n FROM disclosures ORDER BY n').all()).toEqual([
      { n: 1 },
      { n: 2 },
      { n: 4 },
    ]);
    store.database.close();
  });

  it('undoes the first half of a write whose second half fails', async () => {
    const store = openWritable();
    const { operation } = job(1);
    if (operation.name !== 'intend') throw new Error('an intention');
    const settlement = {
      data_consumer: A,
      disclosure: randomUUID(),
      settled_at: 1,
      outcome: 'REFUSED' as const,
      refused_because: null,
      error_code: null,
      attempts: 0,
      payload_digest: null,
    };
    const refusal: Job = { number: 1, operation: { name: 'refuse', takes: { ...operation.takes, settlement } } };
    expect(await commitTogether(store, [refusal, job(2)])).toEqual([
      { number: 1, failure: 'A disclosure that was never intended cannot be settled.' },
      { number: 2, value: null },
    ]);
    expect(store.database.prepare('SELECT intended_at AS n FROM disclosures').all()).toEqual([{ n: 2 }]);
    store.database.close();
  });

  it('loses the one for which the disk has no room, and keeps the others', async () => {
    const store = openWritable();
    await commitTogether(store, [job(1)]);
    const { page_count: pages } = store.database.prepare('PRAGMA page_count').get() ?? {};
    store.database.exec(`PRAGMA max_page_count = ${Number(pages) + 2}`);
    const replies = await commitTogether(store, [job(2), job(3, { filler: 'x'.repeat(100_000) }), job(4)]);
    expect(replies).toEqual([
      { number: 2, value: null },
      { number: 3, failure: expect.stringContaining('the disk is full') },
      { number: 4, value: null },
    ]);
    store.database.close();
  });

  it('fails as a whole on a full disk, keeps nothing of it, and works again when there is room', async () => {
    const store = openWritable();
    await commitTogether(store, [job(1)]);
    const { page_count: pages } = store.database.prepare('PRAGMA page_count').get() ?? {};
    store.database.exec(`PRAGMA max_page_count = ${Number(pages) + 2}`);
    // Of a statement with triggers or a copy SQLite undoes the statement alone, of this one the whole transaction.
    const tooLarge: Job = {
      number: 3,
      operation: { name: 'claim', takes: { fingerprint: 'x'.repeat(100_000), opened: ['k1'], canaries: [] } },
    };
    const replies = await commitTogether(store, [job(2), tooLarge, job(4)]);
    const failure = `The store ${store.file} cannot grow because the disk is full: nothing of this write was kept, free some space.`;
    expect(replies).toEqual([
      { number: 2, failure },
      { number: 3, failure },
      { number: 4, failure },
    ]);
    expect(store.database.isTransaction).toBe(false);
    expect(store.database.prepare('SELECT intended_at AS n FROM disclosures').all()).toEqual([{ n: 1 }]);

    store.database.exec('PRAGMA max_page_count = 1000000');
    expect(await commitTogether(store, [job(5)])).toEqual([{ number: 5, value: null }]);
    store.database.close();
  });
});
