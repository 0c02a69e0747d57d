import { afterAll, expect, inject, it } from 'vitest';
import type { CastId } from '../../src/sandbox/world.ts';
import type { Transport, WireRequest } from '../../src/upstream.ts';
import type { Seen, World } from '../support/world.ts';
import { consentInput, numberOf, openWorld, REFRESH_CONSENT, REQUEST_CONSENT } from '../support/world.ts';
import { expectNowhere, expectWellFormed, logReader } from './answers.ts';
import type { Draw } from './draw.ts';
import { drawn } from './draw.ts';
import { EVERYTHING } from './everything.ts';
import type { Mutation, Plants } from './mutations.ts';
import { drawMutation } from './mutations.ts';
import { fuzz, PATIENCE_MS, renewedAfter } from './seed.ts';

/** Calls to upstreams, by what they are for. */
const TARGETS = {
  token: ({ url }: WireRequest) => url.endsWith('/token'),
  'new request': ({ method, url }: WireRequest) => method === 'POST' && /\/consentrequests$/i.test(url),
  'look-up': ({ method, url }: WireRequest) => method === 'GET' && /\/consentrequests/i.test(url),
  'consent token': ({ url }: WireRequest) => url.includes('/authorization/token/'),
  vedtak: ({ url }: WireRequest) => url.includes('/aap/vedtak'),
  meldekort: ({ url }: WireRequest) => url.includes('/aap/meldekort'),
  uforeopplysninger: ({ url }: WireRequest) => url.includes('/uforeopplysninger'),
} as const;
type Target = keyof typeof TARGETS;

/** Who is read about; who is asked is somebody else, so that requests nobody answers stand in no read's way. */
const READ_ABOUT = ['P04', 'P06', 'P07', 'P09'] as const satisfies readonly CastId[];
const ASKED: CastId = 'P11';

const PLANTS: Plants = { nationalId: numberOf('P12'), secret: 'hemmelig: æ/+ {nøkkel}' };
const SOURCES = { aapVedtak: 'AAP_VEDTAK', aapMeldekort: 'AAP_MELDEKORT', uforeopplysninger: 'UFOREOPPLYSNINGER' };
const NO_TOKEN_IS_YOUNG_MS = 3 * 3_600_000;
/** How long Maskinporten is not asked again after some of its refusals. */
const HELD_BACK_MS = 10_000;
const RECORDS = '{ disclosures(first: 50) { nodes { id source outcome errorCode refusedBecause attempts callId } } }';

/** What is done to the answers of one kind of call now, and how many calls to NAV's sources may have been heard. */
const now = { target: undefined as Target | undefined, mutations: [] as readonly Mutation[], hit: 0 };
const heard = new Map<string, number>();
const mutating =
  (doubles: Transport): Transport =>
  async (request) => {
    const source = (['vedtak', 'meldekort', 'uforeopplysninger'] as const).find((each) => TARGETS[each](request));
    if (source !== undefined) heard.set(source, (heard.get(source) ?? 0) + 1);
    const answer = await doubles(request);
    if (now.target === undefined || !TARGETS[now.target](request)) return answer;
    now.hit += 1;
    return now.mutations.reduce((changed, { mutate }) => mutate(changed, PLANTS), answer);
  };

let world: World;
let freshLog: () => string;
const consents = new Map<CastId, string>();
const baseline = new Map<CastId, unknown>();
let asked = 0;

/** A world lasts for some weeks of its own time, in which nothing of the stories told of its people changes. */
const begin = renewedAfter(200, async () => {
  await world?.[Symbol.asyncDispose]();
  world = await openWorld({ transport: mutating });
  freshLog = logReader(world.log);
  await world.proveKey();
  for (const person of READ_ABOUT) {
    consents.set(person, await world.grantKnown(person));
    baseline.set(person, shown(await readAll(person)));
  }
});
afterAll(() => world?.[Symbol.asyncDispose]());

/** What a read shows of the person, without what differs between two reads. */
function shown({ errors, data }: Seen): unknown {
  expect(errors).toEqual([]);
  return JSON.parse(
    JSON.stringify(data, (name, value: unknown) =>
      ['retrievedAt', 'disclosureId', 'consent'].includes(name) ? undefined : value,
    ),
  );
}

interface Case {
  readonly person: (typeof READ_ABOUT)[number];
  readonly action: 'read' | 'refresh' | 'ask' | 'return';
  readonly target: Target;
  readonly mutations: readonly Mutation[];
}

const RAIL = inject('rail');
const TOUCHED: Readonly<Record<Case['action'], readonly Target[]>> = {
  read:
    RAIL === 'ALTINN_3'
      ? ['token', 'vedtak', 'meldekort', 'uforeopplysninger']
      : ['consent token', 'token', 'vedtak', 'meldekort', 'uforeopplysninger'],
  refresh: RAIL === 'ALTINN_3' ? ['look-up', 'token'] : ['look-up', 'consent token', 'token'],
  ask: ['new request', 'token'],
  return: ['look-up', 'token'],
};

function drawCase(draw: Draw): Case {
  const action = draw.of(['read', 'read', 'read', 'refresh', 'refresh', 'ask', 'return'] as const);
  const mutations = [drawMutation(draw), ...(draw.chance(20) ? [drawMutation(draw)] : [])];
  return { person: draw.of(READ_ABOUT), action, target: draw.of(TOUCHED[action]), mutations };
}

it(
  'whatever an upstream answers, a caller gets data or a documented code, one outcome is recorded, and nothing of it stays behind',
  async () => {
    await fuzz(200, drawn(drawCase), async ({ person, action, target, mutations }) => {
      await begin();
      freshLog();
      pass(NO_TOKEN_IS_YOUNG_MS);
      heard.clear();
      Object.assign(now, { target, mutations, hit: 0 });
      try {
        await act(action, person);
      } finally {
        now.target = undefined;
      }
      expectSoundLog();
      pass(HELD_BACK_MS);
      await expectRecovered(person, target);
      expectSoundLog();
    });
  },
  PATIENCE_MS,
);

function readAll(person: CastId): Promise<Seen> {
  return world.query('case-handler-a', EVERYTHING, { id: numberOf(person) });
}

function pass(ms: number): void {
  world.clock.set(new Date(world.clock.now().getTime() + ms));
}

function expectSoundLog(): void {
  const log = freshLog();
  expect(log).not.toContain('"defect"');
  expectNowhere({ ...PLANTS }, log, 'the log');
}

async function act(action: Case['action'], person: CastId): Promise<void> {
  switch (action) {
    case 'read':
      return expectRecorded(await readAll(person));
    case 'refresh':
      return expectSound(await world.query('case-handler-a', REFRESH_CONSENT, { id: consents.get(person) }));
    case 'ask':
      return expectSound(await askAnew());
    case 'return': {
      const seen = await askAnew();
      expectSound(seen);
      const [request] = world.altinn.askedOf(ASKED);
      if (request === undefined) return;
      const back = await world.visit(request.redirectUrl);
      expect([303, 404]).toContain(back.status);
      expectNowhere({ ...PLANTS }, back.text + back.location, 'the return');
    }
  }
}

function askAnew(): Promise<Seen> {
  asked += 1;
  const fom = new Date(Date.UTC(2020, 0, 1 + asked)).toISOString().slice(0, 10);
  return world.query('case-handler-a', REQUEST_CONSENT, {
    input: consentInput(ASKED, { periode: { fom, tom: '2027-12-31' } }),
  });
}

function expectSound(seen: Seen): void {
  const codes = expectWellFormed(seen);
  expect(seen.status).toBe(200);
  expect(codes).not.toContain('INTERNAL');
  expectNowhere({ ...PLANTS }, JSON.stringify(seen.errors), 'the errors');
}

/** Expects of a read that the log tells of each source what the caller was told, once. */
async function expectRecorded(seen: Seen): Promise<void> {
  expectSound(seen);
  const log = await world.query('auditor-a', RECORDS);
  for (const [field, source] of Object.entries(SOURCES)) {
    const records = log.data.disclosures.nodes.filter(
      (node: { callId: string; source: string }) =>
        node.callId === seen.headers['x-request-id'] && node.source === source,
    );
    expect(records).toHaveLength(1);
    const [record] = records;
    const answer = seen.data.applicant[field];
    const [error] = seen.errors.filter(({ path }) => path?.[1] === field);
    if (answer === null) expect(record).toMatchObject({ outcome: 'FAILED', errorCode: error?.extensions.code });
    else if (answer.__typename === 'ConsentRequired') {
      expect(record).toMatchObject({
        outcome: record.attempts > 0 ? 'WITHHELD' : 'REFUSED',
        refusedBecause: answer.reason,
      });
    } else expect(record).toMatchObject({ id: answer.disclosureId, outcome: 'DELIVERED' });
    expect(record.attempts).toBe(
      heard.get(field === 'aapVedtak' ? 'vedtak' : field === 'aapMeldekort' ? 'meldekort' : field) ?? 0,
    );
  }
}

/** Expects that the same gateway, its upstreams sound again, shows what it showed before. Only Altinn's own word may have ended the consent. */
async function expectRecovered(person: CastId, target: Target): Promise<void> {
  const seen = await readAll(person);
  if (seen.data.applicant.aapVedtak?.__typename === 'ConsentRequired') {
    expect(['look-up', 'new request', 'consent token']).toContain(target);
    consents.set(person, await world.grantKnown(person));
    return expectRecovered(person, 'token');
  }
  expect(shown(seen)).toEqual(baseline.get(person));
}
