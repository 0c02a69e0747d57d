import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { RunningSandbox } from '../../src/sandbox/server.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { storeFileIn } from '../../src/store/embedded.ts';
import { numberOf } from '../support/altinn.ts';
import type { Answer, GatewayProcess } from '../support/gateway-process.ts';
import { serveLimited, startGatewayProcess } from '../support/gateway-process.ts';

// A full disk is played by the operating system itself: the gateway is a process under `ulimit -f`, and another process lets
// the write-ahead log grow to where the kernel refuses the gateway every byte. It refuses with EFBIG where a full disk says
// ENOSPC; SQLite’s own SQLITE_FULL is played in group-commit.test.ts, and docs/drills.md fills a real disk.

/** Beyond the four megabytes at which SQLite folds its log into the file: until the disk fills, nothing is out of order. */
const MOST_BLOCKS = 16_384;
/** What so many blocks are at most: a shell counts in 512 or in 1024 bytes. */
const MOST_BYTES = MOST_BLOCKS * 1024;
const FOR_EVER = 600_000;
const PATIENCE = { timeout: 30_000, interval: 5 };

/** Leaves the gateway no room in its write-ahead log, until disposed of. */
function fillDisk(directory: string): Disposable {
  const file = storeFileIn(directory);
  // An open read keeps the gateway from starting its log anew while it is filled.
  const reader = new DatabaseSync(file, { readOnly: true });
  reader.exec('BEGIN; SELECT 1 FROM identity');
  const filler = new DatabaseSync(file, { timeout: 30_000 });
  filler.exec('PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 0');
  while (statSync(`${file}-wal`).size <= MOST_BYTES) filler.exec('UPDATE identity SET fingerprint = fingerprint');
  return {
    [Symbol.dispose]: () => {
      reader.close();
      filler.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      filler.close();
    },
  };
}

function freshDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'samtykkeporten-disk-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const codesOf = ({ errors }: Answer) => errors.map(({ extensions }) => extensions.code);
const idsOf = ({ data }: Answer): string[] =>
  ['aapVedtak', 'aapMeldekort', 'uforeopplysninger'].flatMap((field) => data.applicant[field]?.disclosureId ?? []);
const ALL_AUDIT_UNAVAILABLE = ['AUDIT_UNAVAILABLE', 'AUDIT_UNAVAILABLE', 'AUDIT_UNAVAILABLE'];

let running: RunningSandbox;
beforeAll(async () => {
  running = await startSandbox({ port: 0, onDefect: (error) => expect.fail(String(error)) });
});
afterAll(() => running[Symbol.asyncDispose]());

const navCalls = () => (['aap', 'uforeopplysninger'] as const).flatMap((key) => running.sandbox.journal.entries(key));

describe('a gateway whose disk is full', () => {
  let directory: string;
  let gateway: GatewayProcess;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'samtykkeporten-disk-'));
    gateway = await startGatewayProcess(running, { directory, mostBlocks: MOST_BLOCKS });
    await gateway.grantKnown('P04');
  });
  afterAll(() => {
    gateway[Symbol.dispose]();
    rmSync(directory, { recursive: true, force: true });
  });

  it('reads nothing, asks NAV nothing, is alive but not ready, and goes on by itself when there is room', async () => {
    const calls = navCalls().length;
    const records = await gateway.audit();
    const told = gateway.events().length;
    {
      using _ = fillDisk(directory);
      const seen = await gateway.read('P04');
      expect(codesOf(seen)).toEqual(ALL_AUDIT_UNAVAILABLE);
      expect(seen.data.applicant).toEqual({ aapVedtak: null, aapMeldekort: null, uforeopplysninger: null });
      expect(navCalls()).toHaveLength(calls);
      expect([await gateway.status('/health'), await gateway.status('/ready')]).toEqual([200, 503]);
      // What is stored already can be seen all the while.
      expect(await gateway.audit()).toEqual(records);
    }
    expect(await gateway.status('/ready')).toBe(200);
    expect((await gateway.read('P04')).errors).toEqual([]);
    expect(await gateway.audit()).toHaveLength(records.length + 3);
    await vi.waitFor(() => {
      const events = gateway.events().slice(told);
      const reasons = events.flatMap(({ event, reason }) => (event === 'store failed' ? [reason] : []));
      expect(reasons).not.toEqual([]);
      for (const reason of reasons)
        expect(reason).toMatch(/^The store [^\n]+: check the disk, and that it has room\.$/);
      const failures = events.filter(({ event }) => event === 'record failed');
      expect(failures.map(({ step, name }) => [step, name])).toEqual(Array(3).fill(['intend', 'GatewayError']));
    }, PATIENCE);
  });

  it('does not show what NAV answers, and the read stays UNSETTLED', async () => {
    running.sandbox.faults.add({ upstream: 'aap', path: '/api/v1/aap/vedtak', kind: 'latency', ms: FOR_EVER });
    const calls = navCalls().length;
    const reading = gateway.query(
      'case-handler-a',
      'query ($id: NationalId!) { applicant(by: { nationalId: $id }) { aapVedtak { __typename } } }',
      { id: numberOf('P04') },
    );
    await vi.waitFor(() => expect(navCalls()).toHaveLength(calls + 1), PATIENCE);
    {
      using _ = fillDisk(directory);
      running.sandbox.faults.clear();
      const seen = await reading;
      expect(seen.errors).toMatchObject([
        { message: expect.stringContaining('is not shown'), extensions: { code: 'AUDIT_UNAVAILABLE', retry: 'later' } },
      ]);
      expect(seen.data.applicant).toEqual({ aapVedtak: null });
    }
    expect((await gateway.audit())[0]).toMatchObject({ outcome: 'UNSETTLED' });
  });

  it('asks nobody for a consent that it could not remember', async () => {
    {
      using _ = fillDisk(directory);
      expect(codesOf(await gateway.ask('P05'))).toEqual(['STORE_UNAVAILABLE']);
      expect(running.sandbox.altinn3.register.askedOf(numberOf('P05'))).toEqual([]);
    }
    expect((await gateway.ask('P05')).data.requestConsent.created).toBe(true);
    expect(running.sandbox.altinn3.register.askedOf(numberOf('P05'))).toHaveLength(1);
  });

  it('finds again what Altinn took over while the disk filled: nobody is asked twice', async () => {
    const asked = () => running.sandbox.altinn3.register.askedOf(numberOf('P06'));
    running.sandbox.faults.add({
      upstream: 'altinn3',
      method: 'POST',
      kind: 'latency',
      ms: FOR_EVER,
      afterEffect: true,
    });
    const asking = gateway.ask('P06');
    await vi.waitFor(() => expect(asked()).toHaveLength(1), PATIENCE);
    {
      using _ = fillDisk(directory);
      running.sandbox.faults.clear();
      expect(codesOf(await asking)).toEqual(['STORE_UNAVAILABLE']);
    }
    const again = await gateway.ask('P06');
    expect(again.errors).toEqual([]);
    const [request, ...more] = asked();
    expect(more).toEqual([]);
    expect(again.data.requestConsent.consent.pageUrl).toContain(request?.id);
  });

  it('loses nothing that was acknowledged while it filled, and knows of every call to NAV', async () => {
    running.sandbox.journal.clear();
    const [newest] = await gateway.audit();
    const answers: Answer[] = [];
    const readers = Array.from({ length: 8 }, async () => {
      let seen: Answer;
      do {
        seen = await gateway.read('P04');
        answers.push(seen);
      } while (seen.errors.length === 0);
    });
    await vi.waitFor(() => expect(answers.length).toBeGreaterThan(24), PATIENCE);
    {
      using _ = fillDisk(directory);
      await Promise.all(readers);
    }
    using store = new DatabaseSync(storeFileIn(directory), { readOnly: true });
    const rows = store
      .prepare(
        `SELECT d.id, s.outcome FROM disclosures d LEFT JOIN settlements s ON s.disclosure = d.id
         WHERE d.rowid > (SELECT rowid FROM disclosures WHERE id = ?)`,
      )
      .all(newest?.id ?? '');
    const delivered = rows.filter(({ outcome }) => outcome === 'DELIVERED').map(({ id }) => String(id));
    expect(answers.flatMap(idsOf).toSorted()).toEqual(delivered.toSorted());
    const withheld = answers.flatMap(({ errors }) => errors).filter(({ message }) => message.includes('is not shown'));
    expect(rows.filter(({ outcome }) => outcome === null)).toHaveLength(withheld.length);
    expect(navCalls()).toHaveLength(rows.length);
  });
});

it('a gateway that is stopped while its disk is full ends as always, and the next one knows all that was stored', async () => {
  const directory = freshDirectory();
  using gateway = await startGatewayProcess(running, { directory, mostBlocks: MOST_BLOCKS });
  await gateway.grantKnown('P09');
  const delivered = idsOf(await gateway.read('P09'));
  expect(delivered).toHaveLength(3);
  {
    using _ = fillDisk(directory);
    expect(codesOf(await gateway.read('P09'))).toEqual(ALL_AUDIT_UNAVAILABLE);
    expect(await gateway.stop()).toBe(0);
  }
  using next = await startGatewayProcess(running, { directory });
  const records = await next.audit();
  expect(records.map(({ id, outcome }) => `${id} ${outcome}`).toSorted()).toEqual(
    delivered.map((id) => `${id} DELIVERED`).toSorted(),
  );
  expect((await next.read('P09')).errors).toEqual([]);
});

describe('a start on a disk that is full', () => {
  it('is refused in one sentence about the keys that would be made, and the next one finds nothing half made', async () => {
    const directory = freshDirectory();
    expect(await serveLimited(running, { directory, mostBlocks: 0 })).toEqual({
      code: 2,
      said: `The key file ${join(directory, 'keys.json')} cannot be written: check that its folder can be written and that the disk has room.\n`,
    });
    expect(existsSync(join(directory, 'keys.json'))).toBe(false);
    using gateway = await startGatewayProcess(running, { directory });
    expect(await gateway.status('/ready')).toBe(200);
  });

  it('is refused in one sentence about the store, where there are keys, and the next one finds nothing half made', async () => {
    const directory = freshDirectory();
    // 16 KiB or 32 KiB: room for the keys, not for the tables.
    expect(await serveLimited(running, { directory, mostBlocks: 32 })).toEqual({
      code: 2,
      said: `The store ${storeFileIn(directory)} could not be read or written: check the disk, and that it has room.\n`,
    });
    using gateway = await startGatewayProcess(running, { directory });
    expect(await gateway.status('/ready')).toBe(200);
  });
});
