import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { FaultInput } from '../../src/sandbox/faults.ts';
import type { JournalEntry } from '../../src/sandbox/journal.ts';
import type { Seen, World } from '../support/world.ts';
import { consentInput, numberOf, openWorld, REFRESH_CONSENT, REQUEST_CONSENT } from '../support/world.ts';
import type { Outcome } from './table.ts';
import { ATTEMPTS, asDocumented, DEADLINE_MS, FAULTS, LONGEST_ANSWER } from './table.ts';

const READ = `query ($ids: [ApplicantKey!]!) {
  applicants(by: $ids) {
    maskedNationalId
    consent { status }
    aapVedtak { __typename ... on AapVedtaksliste { vedtaksliste { vedtakId } } }
    uforeopplysninger { __typename ... on Uforeopplysninger { statuskode } }
  }
}`;
/** Far beyond the deadline, for a busy machine, and far below forever, which is how long a hanging upstream takes. */
const LONGEST_WAIT_MS = 15_000;
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const RELINQUISH = 'mutation ($id: ID!) { relinquishConsent(id: $id) { consent { status } } }';
const AAP = 'nav:arbeid/v1/aap';
const READ_SCOPE = 'altinn:consentrequests.read';
const WRITE_SCOPE = 'altinn:consentrequests.write';

/** The one a fault is aimed at, and one in the same query whom it must not touch. */
const [FAULTED, BYSTANDER] = ['P04', 'P05'] as const;

interface Aim extends Pick<FaultInput, 'upstream' | 'person' | 'method' | 'scope'> {}

interface Settled {
  readonly source: string;
  readonly outcome: string;
  readonly errorCode: string | null;
  readonly attempts: number;
}

/** A world for many faults in turn. Between two, the cached tokens grow old and the person is asked anew. */
async function openFaultyWorld(): Promise<World> {
  return openWorld({
    config: (config) => ({
      ...config,
      deadlines: { maskinporten: DEADLINE_MS, altinn: DEADLINE_MS, nav: DEADLINE_MS },
      retries: { attempts: ATTEMPTS, backoffMs: 0 },
      maxAnswerBytes: LONGEST_ANSWER,
    }),
    wait: async () => undefined,
  });
}

function later(world: World): void {
  world.clock.set(new Date(world.clock.now().getTime() + 10 * 60_000));
}

function hits({ upstream, person, method, scope }: Aim) {
  return (entry: JournalEntry) =>
    entry.upstream === upstream &&
    (person === undefined || entry.person === person) &&
    (method === undefined || entry.method === method) &&
    (scope === undefined || entry.scope === scope);
}

/** Does something under a fault, and says how many calls it hit. Nothing may wait for an upstream beyond its deadline. */
async function under(
  world: World,
  aim: Aim,
  fault: object,
  work: () => Promise<Seen>,
): Promise<{ seen: Seen; calls: number }> {
  const before = world.sandbox.journal.entries().length;
  world.sandbox.faults.add({ ...aim, ...fault } as FaultInput);
  const startedAt = performance.now();
  const seen = await work();
  const tookMs = performance.now() - startedAt;
  const calls = world.sandbox.journal.entries().slice(before).filter(hits(aim)).length;
  world.sandbox.faults.clear();
  expect(tookMs).toBeLessThan(LONGEST_WAIT_MS);
  return { seen, calls };
}

/** The disclosures about a person that were recorded after the first `known` ones, by source. Each is settled. */
async function recorded(world: World, known: number, person: 'P04' | 'P05'): Promise<Settled[]> {
  const log = await world.audit('a');
  const masked = `${numberOf(person).slice(0, 6)}*****`;
  const fresh = log.slice(0, log.length - known).filter(({ applicant }) => applicant.maskedNationalId === masked);
  for (const { settledAt } of fresh) expect(settledAt).not.toBeNull();
  return fresh
    .map(({ source, outcome, errorCode, attempts }) => ({ source, outcome, errorCode, attempts }))
    .toSorted((one, other) => one.source.localeCompare(other.source));
}

const delivered = (source: string, attempts = 1): Settled => ({
  source,
  outcome: 'DELIVERED',
  errorCode: null,
  attempts,
});
const failed = (source: string, errorCode: string, attempts: number): Settled => ({
  source,
  outcome: 'FAILED',
  errorCode,
  attempts,
});
const BOTH = [delivered('AAP_VEDTAK'), delivered('UFOREOPPLYSNINGER')];

const READ_STEPS = [
  // The person has answered, and the gateway has yet to hear of it: nothing is read before it has.
  {
    step: 'the token for Altinn',
    column: 'maskinporten',
    aim: { upstream: 'maskinporten', scope: READ_SCOPE },
    knows: 'PENDING',
    fails: ['consent', 'aapVedtak', 'uforeopplysninger'],
  },
  {
    step: 'the look-up at Altinn',
    column: 'altinn',
    aim: { upstream: 'altinn3', method: 'GET', person: FAULTED },
    knows: 'PENDING',
    fails: ['consent', 'aapVedtak', 'uforeopplysninger'],
  },
  {
    step: 'the grant with the consent',
    column: 'maskinporten',
    aim: { upstream: 'maskinporten', scope: AAP, person: FAULTED },
    knows: 'ACTIVE',
    fails: ['aapVedtak'],
  },
  { step: 'AAP', column: 'nav', aim: { upstream: 'aap', person: FAULTED }, knows: 'ACTIVE', fails: ['aapVedtak'] },
  {
    step: 'uføreopplysninger',
    column: 'nav',
    aim: { upstream: 'uforeopplysninger', person: FAULTED },
    knows: 'ACTIVE',
    fails: ['uforeopplysninger'],
  },
] as const satisfies readonly {
  step: string;
  column: 'maskinporten' | 'altinn' | 'nav';
  aim: Aim;
  knows: string;
  fails: readonly string[];
}[];

const SOURCES: Readonly<Record<string, string>> = { aapVedtak: 'AAP_VEDTAK', uforeopplysninger: 'UFOREOPPLYSNINGER' };

describe.each(READ_STEPS)('a read whose step is at fault: $step', ({ column, aim, knows, fails }) => {
  let world: World;
  let asked = 0;
  beforeAll(async () => {
    world = await openFaultyWorld();
    await world.grantKnown(BYSTANDER);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it.each(FAULTS)('$name', async ({ fault, [column]: [code, expectedCalls] }) => {
    const ask = knows === 'ACTIVE' ? world.grantKnown : world.grant;
    const id = await ask(FAULTED, {
      periode: { fom: '2022-01-01', tom: `2027-01-${String(++asked).padStart(2, '0')}` },
    });
    // The next one begins without this one's consent.
    onTestFinished(async () => void (await world.query('case-handler-a', RELINQUISH, { id })));
    later(world);
    const known = (await world.audit('a')).length;
    const traces = world.sandbox.traces().length;
    const read = () =>
      world.query('case-handler-a', READ, {
        ids: [FAULTED, BYSTANDER].map((person) => ({ nationalId: numberOf(person) })),
      });

    const { seen, calls } = await under(world, aim, fault, read);
    const [faulted, bystander] = seen.data.applicants;
    const broken: readonly string[] = code === 'ok' ? [] : fails;

    expect(calls).toBe(expectedCalls);
    expect(
      seen.errors
        .map(({ path, extensions: { code: at, retry, source } }) => ({ path, code: at, retry, source }))
        .toSorted(byPath),
    ).toEqual(
      broken
        .map((field) => ({ path: ['applicants', 0, field], ...asDocumented(code), source: SOURCES[field] }))
        .toSorted(byPath),
    );
    expect(bystander).toMatchObject({
      consent: { status: 'ACTIVE' },
      aapVedtak: { __typename: 'AapVedtaksliste' },
      uforeopplysninger: { __typename: 'Uforeopplysninger' },
    });
    expect(faulted.maskedNationalId).toBe('308174*****');
    for (const field of ['consent', 'aapVedtak', 'uforeopplysninger']) {
      if (broken.includes(field)) expect(faulted[field]).toBeNull();
      else expect(faulted[field]).not.toBeNull();
    }

    const attempts = column === 'nav' ? calls : 0;
    const settled = [...Object.values(SOURCES)].flatMap((source) => {
      const isBroken = broken.some((field) => SOURCES[field] === source);
      if (isBroken) return [failed(source, code, knows === 'ACTIVE' ? attempts : 0)];
      return [delivered(source, column === 'nav' && fails.some((field) => SOURCES[field] === source) ? calls : 1)];
    });
    expect(await recorded(world, known, FAULTED)).toEqual(settled);
    expect(await recorded(world, known, BYSTANDER)).toEqual(BOTH);
    // NAV counts what it has answered; the log never counts less.
    const seenByPerson = world.sandbox.traces().length - traces;
    expect(seenByPerson).toBeLessThanOrEqual(settled.reduce((sum, each) => sum + each.attempts, 0) + BOTH.length);

    const again = await read();
    expect(again.errors).toEqual([]);
    expect(again.data.applicants[0]).toMatchObject({
      consent: { status: 'ACTIVE' },
      aapVedtak: { __typename: 'AapVedtaksliste' },
      uforeopplysninger: { __typename: 'Uforeopplysninger' },
    });
  });
});

const REQUEST_STEPS = [
  { step: 'the token for Altinn', column: 'maskinporten', aim: { upstream: 'maskinporten', scope: WRITE_SCOPE } },
  { step: 'the request itself', column: 'altinn', aim: { upstream: 'altinn3', method: 'POST', person: FAULTED } },
] as const;

describe.each(REQUEST_STEPS)('a consent request whose step is at fault: $step', ({ column, aim }) => {
  let world: World;
  let asked = 0;
  beforeAll(async () => {
    world = await openFaultyWorld();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it.each(FAULTS)('$name', async ({ fault, [column]: [code, expectedCalls] }) => {
    later(world);
    const input = consentInput(FAULTED, {
      periode: { fom: '2022-01-01', tom: `2027-01-${String(++asked).padStart(2, '0')}` },
    });
    const before = world.sandbox.altinn3.register.askedOf(numberOf(FAULTED)).length;
    const request = () => world.query('case-handler-a', REQUEST_CONSENT, { input });

    const { seen, calls } = await under(world, aim, fault, request);
    expectOutcome(seen, 'requestConsent', code);
    expect(calls).toBe(expectedCalls);

    const again = await request();
    expect(again.errors).toEqual([]);
    expect(again.data.requestConsent.consent).toMatchObject({
      status: 'PENDING',
      pageUrl: expect.stringContaining('http'),
    });
    // Whatever went wrong, the person was asked once.
    expect(world.sandbox.altinn3.register.askedOf(numberOf(FAULTED)).length - before).toBe(1);
  });
});

const REFRESH_STEPS = [
  { step: 'the token for Altinn', column: 'maskinporten', aim: { upstream: 'maskinporten', scope: READ_SCOPE } },
  { step: 'the look-up at Altinn', column: 'altinn', aim: { upstream: 'altinn3', method: 'GET' } },
] as const;

describe.each(REFRESH_STEPS)('a refresh whose step is at fault: $step', ({ column, aim }) => {
  let world: World;
  let id: string;
  beforeAll(async () => {
    world = await openFaultyWorld();
    id = await world.grant(FAULTED);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it.each(FAULTS)('$name', async ({ fault, [column]: [code, expectedCalls] }) => {
    later(world);
    const refresh = () => world.query('case-handler-a', REFRESH_CONSENT, { id });
    const { seen, calls } = await under(world, aim, fault, refresh);
    expectOutcome(seen, 'refreshConsent', code);
    expect(calls).toBe(expectedCalls);

    const again = await refresh();
    expect(again.data.refreshConsent.consent).toMatchObject({ id, status: 'ACTIVE' });
  });
});

function expectOutcome(seen: Seen, field: string, code: Outcome[0]): void {
  expect(seen.errors.map(({ path, extensions }) => ({ path, code: extensions.code, retry: extensions.retry }))).toEqual(
    code === 'ok' ? [] : [{ path: [field], ...asDocumented(code) }],
  );
  if (code !== 'ok') expect(seen.data[field]).toBeNull();
}

function byPath(one: { readonly path?: unknown }, other: { readonly path?: unknown }): number {
  return JSON.stringify(one.path).localeCompare(JSON.stringify(other.path));
}
