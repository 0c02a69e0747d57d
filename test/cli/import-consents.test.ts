import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { CAST } from '../../src/sandbox/cast.ts';
import type { MigratedConsent } from '../../src/sandbox/migrated.ts';
import type { RunningSandbox } from '../../src/sandbox/server.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { openEmbeddedStore, storeFileIn } from '../../src/store/embedded.ts';
import { parseKeyFile } from '../../src/store/keys.ts';
import { isOrganisationNumber } from '../../src/values.ts';
import { ALL_CONSENTS } from '../contracts/remembered.ts';
import { manyMigrated } from '../sandbox/support/many-migrated.ts';
import { numberOf } from '../support/world.ts';
import type { Ended, Program } from './program.ts';
import { launch, run } from './program.ts';

const YEAR_MS = 365 * 86_400_000;

let sandbox: RunningSandbox;
let insurer: RunningSandbox['sandbox']['clients'][number];
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'samtykkeporten-import-'));
  sandbox = await startSandbox({ port: 0, onDefect: (error) => expect.fail(String(error)) });
  // The program goes by the machine's clock.
  sandbox.clock.set(systemClock.now());
  const [client] = sandbox.sandbox.clients;
  if (client === undefined) throw new Error('no client');
  insurer = client;
  for (const each of sandbox.sandbox.state.maskinporten.clients) each.registeredAt = systemClock.now().toISOString();
});
afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

interface Configured {
  readonly file: string;
  readonly store: string;
}

async function configured(name: string, change: object = {}): Promise<Configured> {
  const { origins } = sandbox;
  const [file, store] = [join(directory, `${name}.json`), join(directory, name)];
  const registeredOn = systemClock.now().toISOString().slice(0, 10);
  const json = {
    profile: 'sandbox',
    nav: { aap: { baseUrl: origins.aap }, uforeopplysninger: { baseUrl: `${origins.uforeopplysninger}/dsop-ufo` } },
    altinn3: { baseUrl: origins.altinn3 },
    altinn2: { baseUrl: origins.altinn2 },
    maskinporten: { issuer: `${origins.maskinporten}/`, tokenEndpoint: `${origins.maskinporten}/token` },
    dataConsumers: [
      {
        organisationNumber: insurer.organisation,
        name: 'Fjordlund Forsikring',
        client: {
          clientId: insurer.clientId,
          keys: [{ kid: insurer.kid, privateKey: { env: 'THE_KEY' }, registeredOn }],
        },
        altinn2: { apiKey: { env: 'THE_API_KEY' } },
        purposes: ['DISABILITY_INSURANCE'],
        returnUrls: [`${origins.control}/`],
      },
    ],
    callers: { issuers: [{ issuer: origins.callers, audience: 'x', jwksUri: `${origins.callers}/jwks` }] },
    store: { directory: store },
    server: { port: 0, publicUrl: 'http://127.0.0.1:4000' },
    ...change,
  };
  await writeFile(file, JSON.stringify(json));
  return { file, store };
}

function planted(from: number, to: number): MigratedConsent[] {
  const validTo = new Date(systemClock.now().getTime() + YEAR_MS).toISOString();
  const consents = manyMigrated(insurer.organisation, to)
    .slice(from)
    .map((each) => ({ ...each, validTo }));
  sandbox.sandbox.plantMigrated(consents);
  return consents;
}

function listOf(consents: readonly MigratedConsent[]): string {
  const rows = consents.map(({ person, code, validTo, fom, tom }) => [person, code, validTo, fom, tom].join());
  return `${['person,code,validTo,fom,tom', ...rows].join('\n')}\n`;
}

function start({ file }: Configured, ...args: string[]): Program {
  const command = ['import-consents', '--config', file, '--data-consumer', insurer.organisation, ...args];
  return launch(command, {
    THE_KEY: JSON.stringify(insurer.privateJwk),
    THE_API_KEY: sandbox.sandbox.apiKeys[insurer.organisation] ?? '',
  });
}

function feed({ process: { stdin } }: Program, list: string): void {
  // A program that is killed closes its end.
  stdin?.on('error', () => undefined);
  stdin?.end(list);
}

async function imported(settings: Configured, list: string, ...args: string[]): Promise<Ended> {
  using program = start(settings, ...args);
  feed(program, list);
  return await program.ended();
}

/** Codes of the consents in the store; each as often as it is there. */
async function storedCodes({ store: stored }: Configured): Promise<readonly string[]> {
  const { organisation } = insurer;
  if (!isOrganisationNumber(organisation)) throw new Error('no organisation');
  await using store = await openEmbeddedStore({
    file: storeFileIn(stored),
    keys: parseKeyFile(await readFile(join(stored, 'keys.json'), 'utf8')),
    clock: systemClock,
  });
  const page = await store.consents.page(
    organisation,
    { first: 10_000, after: null },
    { ...ALL_CONSENTS, status: ['ACTIVE'] },
    'REQUESTED_AT_DESC',
  );
  return page.edges.map(({ node }) => node.railId.reveal());
}

/** Codes that Maskinporten has been asked to put into a token since the journal was cleared. */
function codesAtMaskinporten(): readonly string[] {
  return sandbox.sandbox.journal.entries('maskinporten').flatMap(({ consentId }) => consentId ?? []);
}

function rowsOf({ stdout }: Pick<Ended, 'stdout'>): readonly string[] {
  return stdout.trimEnd().split('\n').slice(1);
}

describe('an import of 2000 codes', { timeout: 300_000 }, () => {
  it('that is killed in the middle and begun again stores each of them once, loses none, and asks for none that was stored', async () => {
    const settings = await configured('killed');
    const codes = planted(0, 2_000);
    const list = listOf(codes);

    using first = start(settings);
    feed(first, list);
    await first.says('\n701,USABLE,');
    first.process.kill('SIGKILL');
    const killed = await first.ended();
    expect(killed.code).toBeNull();
    const before = await storedCodes(settings);
    // What was told to be usable is stored, and hardly more: the rest was under way.
    expect(before.length).toBeGreaterThanOrEqual(rowsOf(killed).filter((row) => row.includes(',USABLE,')).length - 1);
    expect(before.length).toBeGreaterThanOrEqual(700);
    expect(before.length).toBeLessThan(2_000);
    expect(new Set(before).size).toBe(before.length);

    sandbox.sandbox.journal.clear();
    const ended = await imported(settings, list);
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('2000 lines\n  2000 USABLE\n') });
    const rows = rowsOf(ended).map((row) => row.split(','));
    expect(rows.map(([line]) => Number(line))).toEqual(codes.map((_, at) => at + 2));
    expect(new Set(rows.map(([, result, reason]) => `${result}${reason}`))).toEqual(new Set(['USABLE']));
    expect(new Set(rows.map(([, , , consent]) => consent)).size).toBe(2_000);

    const all = codes.map(({ code }) => code);
    expect((await storedCodes(settings)).toSorted()).toEqual(all.toSorted());
    const lately = codesAtMaskinporten();
    expect(lately.toSorted()).toEqual(all.filter((code) => !before.includes(code)).toSorted());
    const lookups = sandbox.sandbox.journal.entries('altinn3');
    expect(lookups).toHaveLength(lately.length);
    for (const upstream of ['aap', 'uforeopplysninger'] as const)
      expect(sandbox.sandbox.journal.entries(upstream)).toEqual([]);

    const said = ended.stdout + ended.stderr + killed.stdout + killed.stderr;
    expect(codes.filter(({ person, code }) => said.includes(person) || said.includes(code))).toEqual([]);
  });
});

describe('an import', { timeout: 120_000 }, () => {
  it('that is stopped finishes what is under way, says that it is not done, and goes on when begun again', async () => {
    const settings = await configured('stopped');
    const codes = planted(2_000, 2_040);
    using program = start(settings);
    const { stdin } = program.process;
    stdin?.on('error', () => undefined);
    // The end of the list is still to come.
    stdin?.write(listOf(codes));
    await program.says('\n3,USABLE,');
    const stopped = await program.stop('SIGINT');
    expect(stopped).toMatchObject({ code: 1, stderr: expect.stringContaining('Stopped before the end of the list.') });
    const told = rowsOf(stopped);
    expect(told.every((row) => /^\d+,USABLE,,[\da-f-]{36}$/.test(row))).toBe(true);
    expect(await storedCodes(settings)).toHaveLength(told.length);

    sandbox.sandbox.journal.clear();
    expect(await imported(settings, listOf(codes))).toMatchObject({ code: 0 });
    expect(codesAtMaskinporten()).toHaveLength(codes.length - told.length);
    expect(await storedCodes(settings)).toHaveLength(codes.length);
  });

  it('goes on behind a line that cannot be used, and behind what nobody can tell now, and says so', async () => {
    const settings = await configured('flawed');
    const [one, two, lost] = planted(2_040, 2_043);
    if (one === undefined || two === undefined || lost === undefined) throw new Error('three codes');
    delete sandbox.sandbox.state.altinn3.consents[lost.code];
    const mistyped = { ...two, person: `${two.person.slice(0, 10)}${(Number(two.person[10]) + 1) % 10}` };
    const ended = await imported(settings, listOf([one, mistyped, lost]));
    expect(ended).toMatchObject({ code: 1 });
    expect(rowsOf(ended)).toEqual([
      expect.stringMatching(/^2,USABLE,,[\da-f-]{36}$/),
      '3,BAD_LINE,person,',
      '4,UNKNOWN,NOT_FOUND,',
    ]);
    expect(ended.stderr).toBe(
      '3 lines\n  1 USABLE\n  1 BAD_LINE (person)\n  1 UNKNOWN (NOT_FOUND)\nRun it again with the same list: what is done is not done twice.\n',
    );

    sandbox.sandbox.faults.add({ upstream: 'altinn3', kind: 'status', status: 400 });
    const failed = await imported(settings, listOf([one, two]));
    sandbox.sandbox.faults.clear();
    expect(failed).toMatchObject({ code: 1 });
    expect(rowsOf(failed)).toEqual([rowsOf(ended)[0], '3,FAILED,ALTINN_REJECTED,']);
    expect(failed.stderr).toContain('"event":"upstream failed"');
    expect(failed.stderr).toContain('1 FAILED (ALTINN_REJECTED): Altinn finds the request invalid.');
    const said = ended.stdout + ended.stderr + failed.stdout + failed.stderr;
    for (const { person, code } of [one, mistyped, two, lost])
      expect([said.includes(person), said.includes(code)]).toEqual([false, false]);
  });

  it('stops where the store cannot be written, and says why in one sentence', async () => {
    const settings = await configured('unwritable');
    const [one, two] = planted(2_050, 2_052);
    if (one === undefined || two === undefined) throw new Error('two codes');
    expect(await imported(settings, listOf([one]))).toMatchObject({ code: 0 });
    const file = storeFileIn(settings.store);
    {
      using store = new DatabaseSync(file);
      store.exec("CREATE TRIGGER full BEFORE INSERT ON consents BEGIN SELECT RAISE(ABORT, 'no room'); END");
    }
    const ended = await imported(settings, listOf([one, two]));
    expect(ended).toMatchObject({ code: 2 });
    expect(rowsOf(ended)).toEqual([expect.stringMatching(/^2,USABLE,/)]);
    expect(ended.stderr).toMatch(new RegExp(`^The store ${file} failed: no room\\.$`, 'm'));
  });

  it('asks anew whose consent is of no use, and tells the consent’s id and no page', async () => {
    const settings = await configured('asking');
    // Altinn knows the cast alone.
    const [model] = planted(2_043, 2_044);
    if (model === undefined) throw new Error('one code');
    const withdrawn = { ...model, person: numberOf('P01'), code: 'b2c4a1de-7f30-4e1b-9c55-0d1e8a6f4c01' };
    sandbox.sandbox.plantMigrated([withdrawn]);
    sandbox.sandbox.altinn3.register.revoke(withdrawn.code, withdrawn.person);
    const ndjson = `${JSON.stringify({ person: withdrawn.person, code: withdrawn.code })}\n`;
    const told = rowsOf(await imported(settings, ndjson));
    expect(told).toEqual([expect.stringMatching(/^1,ASK_AGAIN,WITHDRAWN,[\da-f-]{36}$/)]);
    const asking = ['--request', '--return-url', `${sandbox.origins.control}/`];
    const asked = await imported(settings, ndjson, ...asking);
    expect(asked).toMatchObject({
      code: 0,
      stderr: 'The whole list is taken over. Now whoever needs it is asked.\n1 line\n  1 ASKED (WITHDRAWN)\n',
    });
    expect(rowsOf(asked)).toEqual([expect.stringMatching(/^1,ASKED,WITHDRAWN,[\da-f-]{36}$/)]);
    expect(rowsOf(asked)).not.toEqual(told);
    expect(asked.stdout).not.toContain('http');
    expect(rowsOf(await imported(settings, ndjson, ...asking))).toEqual(rowsOf(asked));
    expect(sandbox.sandbox.altinn3.register.askedOf(withdrawn.person)).toHaveLength(2);
  });

  it('asks nobody of whom another line of the list holds a consent that stands, however far behind', async () => {
    const settings = await configured('twice');
    const others = planted(2_060, 2_100);
    const [model] = others;
    if (model === undefined) throw new Error('one code');
    const sound = { ...model, person: numberOf('P02'), code: 'b2c4a1de-7f30-4e1b-9c55-0d1e8a6f4c02' };
    const dead = { ...sound, code: 'b2c4a1de-7f30-4e1b-9c55-0d1e8a6f4c03', fom: '2018-01-01', tom: '2021-12-31' };
    sandbox.sandbox.plantMigrated([sound, dead]);
    sandbox.sandbox.altinn3.register.revoke(dead.code, dead.person);
    const list = listOf([dead, ...others, sound]);
    const asking = ['--request', '--return-url', `${sandbox.origins.control}/`];
    const ended = await imported(settings, list, ...asking);
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('42 lines\n  42 USABLE\n') });
    const rows = rowsOf(ended).map((row) => row.split(','));
    expect(rows.map(([line]) => Number(line))).toEqual(Array.from({ length: 42 }, (_, at) => at + 2));
    expect(rows[0]?.[3]).toBe(rows.at(-1)?.[3]);
    expect(sandbox.sandbox.altinn3.register.askedOf(dead.person)).toHaveLength(2);
    expect(rowsOf(await imported(settings, list, ...asking))).toEqual(rowsOf(ended));
  });

  it('that is killed while people are asked and begun again asks each of them once', async () => {
    const settings = await configured('killed-asking');
    const [model] = planted(2_100, 2_101);
    if (model === undefined) throw new Error('one code');
    const dead = CAST.slice(2).map(({ nationalId }, at) => {
      return { ...model, person: nationalId, code: `b2c4a1de-7f30-4e1b-9c55-0d1e8a6f5c${String(at).padStart(2, '0')}` };
    });
    sandbox.sandbox.plantMigrated(dead);
    const { register } = sandbox.sandbox.altinn3;
    for (const { code, person } of dead) register.revoke(code, person);
    const asked = () => dead.map(({ person }) => register.askedOf(person).length);
    const before = asked();
    const asking = ['--request', '--return-url', `${sandbox.origins.control}/`];

    // The last one’s request arrives, and its answer never does.
    const lost = { upstream: 'altinn3', method: 'POST', person: 'P13', kind: 'hang', afterEffect: true } as const;
    sandbox.sandbox.faults.add(lost);
    using first = start(settings, ...asking);
    feed(first, listOf(dead));
    await first.says('\n2,ASKED,');
    first.process.kill('SIGKILL');
    expect((await first.ended()).code).toBeNull();
    sandbox.sandbox.faults.clear();
    const ended = await imported(settings, listOf(dead), ...asking);
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining(`  ${dead.length} ASKED (WITHDRAWN)\n`) });
    expect(asked()).toEqual(before.map((count) => count + 1));
  });

  it.each<[string, string[], object, RegExp]>([
    [
      'for a data consumer that is not configured',
      ['--data-consumer', '310000003'],
      {},
      /^There is no such data consumer in the configuration\. There are: \d{9}\.\n$/,
    ],
    ['for an unknown purpose', ['--purpose', 'CURIOSITY'], {}, /--purpose.*CURIOSITY/],
    [
      'for a purpose that the data consumer does not have',
      ['--purpose', 'OCCUPATIONAL_PENSION'],
      {},
      /^Say with --purpose which one it is: DISABILITY_INSURANCE\.\n$/,
    ],
    ['that asks and does not say where people go', ['--request'], {}, /^Say with --return-url/],
    [
      'that sends people where nobody may be sent',
      ['--request', '--return-url', 'https://elsewhere.example/'],
      {},
      /not registered/,
    ],
    [
      'that asks without a public address',
      ['--request', '--return-url', 'x'],
      { server: { port: 0 } },
      /^Configure server\.publicUrl/,
    ],
    [
      'that asks on Altinn 2',
      ['--request', '--return-url', 'x'],
      { consent: { newRequests: 'ALTINN_2' } },
      /family name/,
    ],
    ['of a list without a header', [], {}, /^The list needs a header/],
  ])('%s ends with code 2 and one sentence', async (name, args, change, says) => {
    const settings = await configured(name.replaceAll(' ', '-'), change);
    const ended = await imported(settings, `${manyMigrated(insurer.organisation, 1)[0]?.person},x\n`, ...args);
    expect(ended).toMatchObject({ code: 2, stdout: expect.stringMatching(/^(line,result,reason,consent\n)?$/) });
    expect(ended.stderr).toMatch(says);
    expect(ended.stderr).not.toMatch(/^ +at |Error:/m);
  });
});

it('an import without a configuration shows itself on a sandbox of its own, list first', async () => {
  const ended = await run(['import-consents', '--request']);
  expect(ended.code).toBe(0);
  expect(ended.stderr).toContain('person,code,validTo,fom,tom\n');
  const [header, ...rows] = ended.stdout.trimEnd().split('\n');
  expect(header).toBe('line,result,reason,consent');
  expect(rows.map((row) => row.split(',').slice(1, 3).join(' ').trim()).toSorted()).toEqual([
    'ASKED EXPIRED',
    'ASKED WITHDRAWN',
    'UNKNOWN NOT_FOUND',
    'USABLE',
    'USABLE',
    'USABLE',
  ]);
});
