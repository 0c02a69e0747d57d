import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { prepareTabs } from '../../src/graphiql/prepared-tabs.ts';
import type { Settings } from '../../src/graphiql/settings.ts';
import { createLog } from '../../src/log.ts';
import { createCitizen } from '../../src/sandbox/citizen.ts';
import type { Transport } from '../../src/sandbox/transport.ts';
import { SANDBOX_START, SANDBOX_TODAY } from '../../src/sandbox/world.ts';
import type { Standalone } from '../../src/standalone.ts';
import { startStandalone } from '../../src/standalone.ts';
import { launch } from '../cli/program.ts';
import { consentInput, numberOf, READ, REQUEST_CONSENT } from '../support/world.ts';

/** The machine's clock on the day a newcomer starts the sandbox for the first time. */
const TODAY = new Date('2026-11-20T12:00:00Z');

/** Who runs each of GraphiQL's examples, and what must be seen in the answer. */
const EXAMPLES: readonly (readonly [name: string, caller: string, seen: string])[] = [
  ['case-screen', 'case-handler-a', '"harAapPaa":"JA"'],
  ['ask-for-consent', 'case-handler-a', '"status":"PENDING"'],
  ['night-run', 'partner-a', '"gjeldende":{"periode":'],
  ['what-runs-out', 'analyst-a', '"status":"ACTIVE"'],
  ['vedtak-and-meldekort', 'analyst-a', '"arbeidsandel":'],
  ['disclosures', 'auditor-a', '"outcome":"DELIVERED"'],
];

/** What a start of today has left behind. */
let today: string;
let left: unknown;
beforeAll(async () => {
  directory = today = await mkdtemp(join(tmpdir(), 'samtykkeporten-years-'));
  machineClock(0);
  await using started = await start();
  await ask(started, 'c');
  left = await consents(started);
});
afterAll(() => rm(today, { recursive: true, force: true }));

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'samtykkeporten-years-'));
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(directory, { recursive: true, force: true });
});

/** Sets the machine's clock, which everything in this process reads and nothing but the test moves. */
function machineClock(years: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: yearsAfter(TODAY, years) });
}

function yearsAfter(moment: Date, years: number): Date {
  const later = new Date(moment);
  later.setUTCFullYear(later.getUTCFullYear() + years);
  return later;
}

async function start(): Promise<Standalone> {
  const onDefect = (error: unknown) => expect.fail(String(error));
  const started = await startStandalone({
    port: 0,
    sandboxPort: 0,
    dataDirectory: directory,
    log: createLog('silent'),
    onDefect,
  });
  await started.seed();
  return started;
}

async function query({ addresses }: Standalone, caller: string, document: string, variables: object = {}) {
  const token = (await (await fetch(`${addresses.callers}/tokens/${caller}`)).text()).trim();
  const answer = await fetch(`${addresses.gateway}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: document, variables }),
  });
  const text = await answer.text();
  // biome-ignore lint/suspicious/noExplicitAny: the query of each test decides the form
  return { text, ...(JSON.parse(text) as { data: any; errors?: { extensions: { code: string } }[] }) };
}

async function json<T>(address: string): Promise<T> {
  return (await fetch(address)).json() as Promise<T>;
}

const now = async ({ addresses }: Standalone) => (await json<{ now: string }>(`${addresses.control}/clock`)).now;

/** What GraphiQL's page is filled in with. */
const settingsOf = ({ addresses }: Standalone) => json<Settings>(`${addresses.gateway}/graphiql/settings.json`);

async function consents(started: Standalone): Promise<{ reference: string; status: string }[]> {
  const { data } = await query(started, 'case-handler-a', '{ consents { nodes { id reference status } } }');
  return data.consents.nodes;
}

/** Runs GraphiQL's examples with the variables that its page fills in. */
async function runExamples(started: Standalone): Promise<void> {
  const settings = await settingsOf(started);
  expect(settings.sandbox?.today).toBe(SANDBOX_TODAY);
  for (const [name, caller, seen] of EXAMPLES) {
    const [tab] = prepareTabs(`?example=${name}`, settings, '').tabs;
    const { errors, text } = await query(started, caller, tab?.query ?? '', JSON.parse(tab?.variables ?? '{}'));
    expect([name, errors]).toEqual([name, undefined]);
    expect(text).toContain(seen);
  }
}

/** Sets the sandbox's own clock. */
async function moveClock({ addresses }: Standalone, moment: Date): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ now: moment.toISOString() });
  expect((await fetch(`${addresses.control}/clock`, { method: 'PUT', headers, body })).status).toBe(200);
}

/** Terms on which nobody in the stories was asked. */
function inputOf({ addresses }: Standalone) {
  return consentInput('P05', {
    periode: { fom: '2022-01-01', tom: '2028-12-31' },
    returnUrl: `${addresses.control}/`,
  });
}

/** Insurer asks, person approves on Altinn's page unless they have already, insurer reads. @returns what is read of the vedtak */
async function ask(started: Standalone, insurer: string) {
  const input = inputOf(started);
  const asked = await query(started, `case-handler-${insurer}`, REQUEST_CONSENT, { input });
  expect(asked.errors).toBeUndefined();
  const { pageUrl } = asked.data.requestConsent.consent;
  if (pageUrl !== null) await createCitizen('P05', started.addresses.altinn3, browser).answer(pageUrl, 'approve');
  const read = await query(started, `case-handler-${insurer}`, READ, {
    id: numberOf('P05'),
    purpose: 'DISABILITY_INSURANCE',
  });
  expect(read.errors).toBeUndefined();
  return read.data.applicant.aapVedtak;
}

/** The network as a browser has it. */
const browser: Transport = async ({ method, url, headers, body, signal }) => {
  const init = { method, headers, signal, redirect: 'manual' as const, ...(body === undefined ? {} : { body }) };
  const response = await fetch(url, init);
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: new Uint8Array(await response.arrayBuffer()),
  };
};

it('a sandbox that is started for the first time twenty years on tells the same stories on the same day: consents, certificates, tokens and every example', async () => {
  machineClock(20);
  await using started = await start();
  expect(await now(started)).toBe(`${SANDBOX_TODAY}T09:00:00.000Z`);
  const statuses = (await consents(started)).map(({ reference, status }) => `${reference} ${status}`);
  expect(statuses.toSorted()).toEqual([
    'SAK-P03 DECLINED',
    'SAK-P04 ACTIVE',
    'SAK-P05 ACTIVE',
    'SAK-P06 ACTIVE',
    'SAK-P07 WITHDRAWN',
    'SAK-P08 PENDING',
    'SAK-P09 ACTIVE',
    'SAK-P11 ACTIVE',
    'SAK-P12 ACTIVE',
  ]);
  await runExamples(started);
  for (const insurer of ['a', 'b', 'c']) {
    const vedtak = await ask(started, insurer);
    expect([insurer, vedtak.vedtaksliste?.length > 0]).toEqual([insurer, true]);
  }
});

it.each([5, 20])(
  'a sandbox of today that is started %i years on goes on where it was left; and by its own clock as far on it has keys and certificates that serve',
  async (years) => {
    await cp(today, directory, { recursive: true });
    machineClock(years);
    {
      await using started = await start();
      expect(await consents(started)).toEqual(left);
      expect(await json(`${started.addresses.control}/journal?upstream=altinn3`)).toEqual({ calls: [] });
      await runExamples(started);
      expect((await ask(started, 'c')).vedtaksliste.length).toBeGreaterThan(0);
      await moveClock(started, yearsAfter(SANDBOX_START, years));
      const by = { id: numberOf('P04'), purpose: 'DISABILITY_INSURANCE' };
      const { data } = await query(started, 'case-handler-a', READ, by);
      expect(data.applicant.aapVedtak).toMatchObject({ reason: 'EXPIRED' });
    }
    await using started = await start();
    expect(await now(started)).toMatch(new RegExp(`^${2026 + years}-11-16`));
    for (const insurer of ['a', 'c']) {
      expect([insurer, (await ask(started, insurer)).vedtaksliste?.length > 0]).toEqual([insurer, true]);
    }
    // What is wrong on purpose stays wrong.
    const input = inputOf(started);
    const refused = await query(started, 'case-handler-e', REQUEST_CONSENT, { input });
    expect(refused.errors).toMatchObject([{ extensions: { code: 'MASKINPORTEN_REJECTED' } }]);
  },
);

it('GraphiQL is filled in with the day in Norway, on both sides of both changes of the clock', async () => {
  await cp(today, directory, { recursive: true });
  machineClock(0);
  await using started = await start();
  for (const [moment, date] of [
    ['2027-03-27T23:00:00Z', '2027-03-28'],
    ['2027-03-28T21:59:59.999Z', '2027-03-28'],
    ['2027-03-28T22:00:00Z', '2027-03-29'],
    ['2027-10-30T22:00:00Z', '2027-10-31'],
    ['2027-10-31T22:59:59.999Z', '2027-10-31'],
    ['2027-10-31T23:00:00Z', '2027-11-01'],
  ] as const) {
    await moveClock(started, new Date(moment));
    const { sandbox } = await settingsOf(started);
    expect([moment, sandbox?.today]).toEqual([moment, date]);
  }
});

it('the command that a start prints works on a machine whose clock is five years on', async () => {
  const ahead = yearsAfter(TODAY, 5).getTime() - Date.now();
  const shim = `const Machine = Date;
    globalThis.Date = class extends Machine {
      constructor(...given) { given.length > 0 ? super(...given) : super(Machine.now() + ${ahead}); }
      static now() { return Machine.now() + ${ahead}; }
    };`;
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(shim)}`;
  using program = launch(['start'], { PORT: '0', SANDBOX_PORT: '0', DATA_DIR: directory, NODE_OPTIONS });
  const said = await program.says('Ctrl-C');
  const command = /^ {2}(curl [\s\S]+?')$/m.exec(said)?.[1] ?? '';
  const { stdout } = await promisify(execFile)('bash', ['-c', command]);
  const { data, errors } = JSON.parse(stdout);
  expect(errors).toBeUndefined();
  expect(data.applicant.aapVedtak.vedtaksliste.length).toBeGreaterThan(1);
  const token = await (await fetch(`${/curl -s (\S+)\/tokens/.exec(said)?.[1]}/tokens/case-handler-a`)).text();
  const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  expect(new Date(exp * 1000).getUTCFullYear()).toBe(2031);
  expect(await program.stop('SIGTERM')).toMatchObject({ code: 0, stderr: '' });
});
