import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startSandbox } from '../../src/sandbox/server.ts';
import { storeFileIn } from '../../src/store/embedded.ts';
import { A, intention, person } from '../contracts/remembered.ts';
import { numberOf } from '../support/altinn.ts';
import { startGatewayProcess } from '../support/gateway-process.ts';
import { openWorld } from '../support/world.ts';
import { freshFile, openStore } from './support.ts';

/** Another process with the file open, in the middle of a transaction. */
async function otherProcess(file: string, sql: string): Promise<{ end(): Promise<unknown> }> {
  const program = `
    const database = new (require('node:sqlite').DatabaseSync)(process.argv[1], { timeout: 30000 });
    database.exec(process.argv[2]);
    process.stdout.write('in it');
    process.stdin.once('end', () => database.close()).resume();`;
  const child = spawn(process.execPath, ['-e', program, file, sql], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return {
    end: () => {
      child.stdin.end();
      return once(child, 'exit');
    },
  };
}

const WRITING = 'BEGIN IMMEDIATE; UPDATE identity SET fingerprint = fingerprint';
const READING = 'BEGIN; SELECT count(*) FROM disclosures';

describe('another process that writes', () => {
  it('is waited for, while everything that is only looked at is answered', async () => {
    await using world = await openWorld({ rail: 'ALTINN_3' });
    await world.grantKnown('P04');
    const other = await otherProcess(world.databaseFile, WRITING);
    const reading = world.read('P04');
    expect(await world.audit('a')).toEqual([]);
    expect(world.navCalls()).toBe(0);
    await other.end();
    expect((await reading).errors).toEqual([]);
    expect((await world.audit('a')).map(({ outcome }) => outcome)).toEqual(Array(3).fill('DELIVERED'));
  });

  it('for longer than five seconds ends reads with a code before NAV is asked, stops nothing else, and is got over', async () => {
    await using world = await openWorld({ rail: 'ALTINN_3' });
    await world.grantKnown('P04');
    const other = await otherProcess(world.databaseFile, WRITING);
    let isOver = false;
    const reading = world.read('P04').finally(() => {
      isOver = true;
    });
    const health = await world.gateway.app.inject({ url: '/health', headers: { host: 'localhost' } });
    expect([health.statusCode, isOver]).toEqual([200, false]);
    const seen = await reading;
    expect(seen.errors.map(({ extensions }) => [extensions.code, extensions.retry])).toEqual(
      Array(3).fill(['AUDIT_UNAVAILABLE', 'later']),
    );
    expect(world.navCalls()).toBe(0);
    await other.end();
    expect((await world.read('P04')).errors).toEqual([]);
    expect(await world.audit('a')).toHaveLength(3);
  });

  it('and is killed in the middle of it holds nobody up', async () => {
    const file = freshFile();
    await using store = await openStore(file);
    const other = spawn(
      process.execPath,
      [
        '-e',
        `new (require('node:sqlite').DatabaseSync)(process.argv[1]).exec('${WRITING}'); process.kill(process.pid, 'SIGKILL')`,
        file,
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    expect(await once(other, 'exit')).toEqual([null, 'SIGKILL']);
    await store.ping();
  });
});

describe('another process that reads for a long time', () => {
  it('stops no write and loses none; the log of writes grows meanwhile, and gives its room back afterwards', async () => {
    const file = freshFile();
    const logBytes = () => statSync(`${file}-wal`).size;
    await using store = await openStore(file);
    const write = (each: number) => store.disclosures.intend(intention(store.consents.identify(A, person(each % 12))));
    const other = await otherProcess(file, READING);
    let written = 0;
    const writeMany = async () => {
      await Promise.all(Array.from({ length: 500 }, (_, each) => write(each)));
      written += 500;
    };
    while (logBytes() < 20_000_000) await writeMany();
    await other.end();
    // The first write after it folds the log into the file, the second begins the log anew.
    await write(0);
    await write(0);
    expect(logBytes()).toBeLessThan(17_000_000);
    using database = new DatabaseSync(file, { readOnly: true });
    expect(database.prepare('SELECT count(*) AS n FROM disclosures').get()).toEqual({ n: written + 2 });
  });
});

it('two gateways that start at the same moment over one empty folder serve both: each knows all that the other did', async () => {
  await using running = await startSandbox({ port: 0, onDefect: (error) => expect.fail(String(error)) });
  const directory = mkdtempSync(join(tmpdir(), 'samtykkeporten-two-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const [first, second] = await Promise.all([
    startGatewayProcess(running, { directory }),
    startGatewayProcess(running, { directory }),
  ]);
  using _ = first;
  using __ = second;
  await first.grantKnown('P04');

  const asked = await Promise.all([first.ask('P05'), second.ask('P05'), first.ask('P05'), second.ask('P05')]);
  expect(asked.flatMap(({ errors }) => errors)).toEqual([]);
  expect(new Set(asked.map(({ data }) => data.requestConsent.consent.id)).size).toBe(1);
  expect(running.sandbox.altinn3.register.askedOf(numberOf('P05'))).toHaveLength(1);

  const readers = [first, second, first, second, first, second];
  const seen = await Promise.all(
    readers.map(async (gateway) => [await gateway.read('P04'), await gateway.read('P04'), await gateway.read('P04')]),
  );
  expect(seen.flat().flatMap(({ errors }) => errors)).toEqual([]);
  const log = await first.audit();
  expect(log.map(({ outcome }) => outcome)).toEqual(Array(54).fill('DELIVERED'));
  expect(await second.audit()).toEqual(log);
  expect(running.sandbox.traces()).toHaveLength(54);
  expect([await first.stop(), await second.stop()]).toEqual([0, 0]);
  using database = new DatabaseSync(storeFileIn(directory));
  expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
});
