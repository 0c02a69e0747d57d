import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Disclosure } from '../../src/access/ports.ts';
import { newKeyFile, parseKeyFile } from '../../src/store/keys.ts';
import { A, ALL_CONSENTS, ALL_DISCLOSURES, intention, newConsent, person } from '../contracts/remembered.ts';
import { commitsIn, freshFile, openStore } from './support.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** What a caller hears of a write that was not made, with what the operator is told beneath it. */
const unwritten = (sentence: string) => ({
  code: 'STORE_UNAVAILABLE',
  cause: { name: 'StoreError', message: expect.stringContaining(sentence) },
});

describe('writing', () => {
  it('commits what comes at once together, and what comes one by one each for itself', async () => {
    const file = freshFile();
    await using store = await openStore(file);
    const applicant = store.consents.identify(A, person());
    // An open read keeps SQLite from starting the log anew, so that it holds every commit of this test.
    const reader = new DatabaseSync(file, { readOnly: true });
    reader.exec('BEGIN; SELECT 1 FROM disclosures');
    const opened = commitsIn(file);
    for (let turn = 0; turn < 20; turn++) await store.disclosures.intend(intention(applicant));
    expect(commitsIn(file) - opened).toBe(20);
    await Promise.all(Array.from({ length: 1000 }, () => store.disclosures.intend(intention(applicant))));
    expect(commitsIn(file) - opened - 20).toBeLessThan(50);
    reader.close();
  });

  it('fails one write of many alone', async () => {
    await using store = await openStore(freshFile());
    const applicant = store.consents.identify(A, person());
    const known = intention(applicant);
    await store.disclosures.intend(known);
    const all = Array.from({ length: 100 }, (_, at) => (at === 50 ? known : intention(applicant)));
    const results = await Promise.allSettled(all.map((each) => store.disclosures.intend(each)));
    expect(results.flatMap(({ status }, at) => (status === 'rejected' ? [at] : []))).toEqual([50]);
    expect(results[50]).toMatchObject({ reason: unwritten('UNIQUE') });
  });

  it('that fails tells the operator why, once for all that failed together', async () => {
    const file = freshFile();
    const told: string[] = [];
    await using store = await openStore(file, { onFailure: (sentence) => void told.push(sentence) });
    using other = new DatabaseSync(file, { timeout: 5_000 });
    other.exec("CREATE TRIGGER broken BEFORE INSERT ON disclosures BEGIN SELECT RAISE(ABORT, 'broken'); END");
    const applicant = store.consents.identify(A, person());
    const writes = Array.from({ length: 20 }, () => store.disclosures.intend(intention(applicant)));
    for (const { status } of await Promise.allSettled(writes)) expect(status).toBe('rejected');
    expect(told).toEqual([`The store ${file} failed: broken.`]);
  });

  it('is seen by whoever reads after it', async () => {
    await using store = await openStore(freshFile());
    const applicant = store.consents.identify(A, person());
    const consents = Array.from({ length: 50 }, (_, at) => newConsent(store.consents.identify(A, person(at % 12))));
    const seen = await Promise.all(
      consents.map(async (wish) => {
        const { consent } = await store.consents.insert(wish);
        return (await store.consents.find(A, [consent.id]))[0]?.id === consent.id;
      }),
    );
    expect(seen).toEqual(consents.map(() => true));
    expect(await store.consents.consentsOf(A, [applicant.id])).toHaveLength(1);
  });

  it('is finished before the store closes, and refused afterwards', async () => {
    const file = freshFile();
    const store = await openStore(file);
    const applicant = store.consents.identify(A, person());
    const writes = Array.from({ length: 50 }, () => store.disclosures.intend(intention(applicant)));
    await store.close();
    await Promise.all(writes);
    await expect(store.disclosures.intend(intention(applicant))).rejects.toMatchObject(
      unwritten('The store is closed.'),
    );
    await expect(store.ping()).rejects.toMatchObject(unwritten('The store is closed.'));
    await expect(store.consents.page(A, { first: 1, after: null }, ALL_CONSENTS, 'VALID_TO_ASC')).rejects.toThrow();
    await using again = await openStore(file);
    expect(await allRecords(again)).toHaveLength(50);
  });

  it('is rejected, pending or new, when the writer dies: nothing hangs', async () => {
    const posting = vi.spyOn(Worker.prototype, 'postMessage');
    const told: string[] = [];
    await using store = await openStore(freshFile(), { onFailure: (sentence) => void told.push(sentence) });
    const applicant = store.consents.identify(A, person());
    await store.disclosures.intend(intention(applicant));
    const [writer] = posting.mock.contexts;
    if (!(writer instanceof Worker)) throw new Error('no writer');
    const pending = Array.from({ length: 20 }, () => store.disclosures.intend(intention(applicant)));
    const settled = Promise.allSettled(pending);
    await writer.terminate();
    // Whatever was acknowledged before the end was done; the rest is told so.
    for (const result of await settled) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject(unwritten('lost its writer'));
    }
    await expect(store.disclosures.intend(intention(applicant))).rejects.toMatchObject(unwritten('lost its writer'));
    await expect(store.consents.insert(newConsent(applicant))).rejects.toMatchObject(unwritten('lost its writer'));
    await expect(store.ping()).rejects.toMatchObject(unwritten('lost its writer'));
    expect(told).toEqual([expect.stringContaining('lost its writer: restart the gateway.')]);
  });

  it('survives a killed process: every acknowledged record is there, and what was not settled says so', async () => {
    const file = freshFile();
    const keyFile = join(dirname(file), 'keys.json');
    writeFileSync(keyFile, newKeyFile(), { mode: 0o600 });
    const program = fileURLToPath(new URL('./busy-program.ts', import.meta.url));
    const child = spawn(process.execPath, [program, file, keyFile], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    const intended = new Set<string>();
    const settled = new Set<string>();
    const hanging: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      const [what, id] = line.split(' ');
      if (id?.length !== 36) continue;
      if (what === 'hanging') hanging.push(id);
      else (what === 'settled' ? settled : intended).add(id);
      if (intended.size === 2000) child.kill('SIGKILL');
    }
    expect(await exited).toEqual([null, 'SIGKILL']);

    await using store = await openStore(file, { keys: parseKeyFile(readFileSync(keyFile, 'utf8')) });
    const found = new Map((await allRecords(store)).map((record) => [record.id, record]));
    expect([...intended].filter((id) => !found.has(id))).toEqual([]);
    expect([...settled].filter((id) => found.get(id)?.outcome !== 'FAILED')).toEqual([]);
    expect(hanging.map((id) => found.get(id))).toMatchObject([{ outcome: 'UNSETTLED', settledAt: null, attempts: 0 }]);
  });
});

async function allRecords(store: Awaited<ReturnType<typeof openStore>>): Promise<Disclosure[]> {
  const found: Disclosure[] = [];
  let after: string | null = null;
  for (;;) {
    const page = await store.disclosures.page(A, { first: 100, after }, ALL_DISCLOSURES);
    found.push(...page.edges.map(({ node }) => node));
    if (!page.hasNextPage) return found;
    after = page.edges.at(-1)?.cursor ?? null;
  }
}
