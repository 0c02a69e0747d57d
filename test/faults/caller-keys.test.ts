import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FaultInput } from '../../src/sandbox/faults.ts';
import type { Seen, World } from '../support/world.ts';
import { openWorld, sharedWorld } from '../support/world.ts';
import { asDocumented } from './table.ts';

/** How the fetch of an issuer's keys may fail. */
const FAILURES = [
  { name: 'a broken connection', fault: { kind: 'reset' } },
  { name: '503', fault: { kind: 'status', status: 503 } },
  { name: '404', fault: { kind: 'status', status: 404 } },
  { name: '204', fault: { kind: 'success', status: 204 } },
  { name: 'a redirect', fault: { kind: 'redirect' } },
  { name: 'a page', fault: { kind: 'content', contentType: 'text/html', body: '<p>' } },
  { name: 'half an answer', fault: { kind: 'truncated' } },
  { name: 'no key set', fault: { kind: 'content', contentType: 'application/json', body: '{"keys":{}}' } },
  { name: 'a set without a key', fault: { kind: 'content', contentType: 'application/json', body: '{"keys":[]}' } },
  { name: 'a key that is none', fault: { kind: 'content', contentType: 'application/json', body: '{"keys":[{}]}' } },
  { name: 'wrong types', fault: { kind: 'wrong-types' } },
  { name: 'an endless answer', fault: { kind: 'huge', bytes: 300_000 } },
  { name: 'silence', fault: { kind: 'hang' } },
] as const;

/** What the gateway grants a fetch of keys, and what these tests have the patience for. */
const [TIMEOUT_MS, SHORT_MS] = [5_000, 40];
const REFRESH_MS = 10 * 60_000;
/** For so long an unknown key fetches none anew. */
const COOL_DOWN_MS = 30_000;
const WHO = { viewer: { role: 'CASE_HANDLER' } };

beforeEach(() => {
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(ms === TIMEOUT_MS ? SHORT_MS : ms));
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const failKeys = (world: World, fault: object) =>
  world.sandbox.faults.add({ upstream: 'callers', path: '/jwks', ...fault } as FaultInput);
const fetches = (world: World) =>
  world.sandbox.journal.entries('callers').filter(({ path }) => path === '/jwks').length;

/** Somebody asks who they are, with a token that the gateway has never seen unless told otherwise. */
async function ask(world: World, token?: string): Promise<Seen> {
  const bearer = token ?? (await world.sandbox.callers.tokenFor('case-handler-a'));
  return world.query(null, '{ viewer { role } }', {}, { authorization: `Bearer ${bearer}` });
}

/** The caller is not told that the token is bad. */
function expectLater(seen: Seen): void {
  expect(seen.status).toBe(500);
  expect(seen.errors.map(({ extensions }) => extensions)).toMatchObject([asDocumented('INTERNAL')]);
}

describe('an issuer whose keys nobody knows yet', () => {
  const world = sharedWorld();

  it.each(FAILURES)(
    '$name: its caller is told to come again, and the next one has the keys fetched anew',
    async ({ fault }) => {
      for (const turn of [1, 2]) {
        const before = fetches(world());
        failKeys(world(), fault);
        expectLater(await ask(world()));
        world().sandbox.faults.clear();
        expect([turn, fetches(world())]).toEqual([turn, before + 1]);
      }
    },
  );

  it('silence: whoever waits, waits for the same fetch and no longer than it', async () => {
    const before = fetches(world());
    failKeys(world(), { kind: 'hang' });
    const seen = await Promise.all([ask(world()), ask(world()), ask(world())]);
    for (const each of seen) expectLater(each);
    expect(fetches(world())).toBe(before + 1);
    world().sandbox.faults.clear();
  });

  it('silence: whoever sends no token is told so at once', async () => {
    vi.mocked(AbortSignal.timeout).mockRestore();
    const before = fetches(world());
    failKeys(world(), { kind: 'hang' });
    const waiting = ask(world());
    await vi.waitFor(() => expect(fetches(world())).toBe(before + 1), 30_000);
    const seen = await world().query(null, '{ viewer { role } }');
    expect(seen.errors.map(({ extensions }) => extensions)).toMatchObject([asDocumented('UNAUTHENTICATED')]);
    // Only now does the fetch end.
    world().sandbox.faults.clear();
    expectLater(await waiting);
  });

  it('after all that its callers are let in, without a restart', async () => {
    expect((await ask(world())).data).toEqual(WHO);
  });
});

describe('an issuer whose keys are known', () => {
  it('they serve on, without anybody waiting, whatever happens when they are fetched anew', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    await using world = await openWorld();
    await ask(world);
    for (const [at, { name, fault }] of FAILURES.entries()) {
      failKeys(world, fault);
      vi.advanceTimersByTime(REFRESH_MS);
      await vi.waitFor(() => expect([name, fetches(world)]).toEqual([name, at + 2]), 30_000);
      expect([name, (await ask(world)).data]).toEqual([name, WHO]);
      expect(fetches(world)).toBe(at + 2);
      world.sandbox.faults.clear();
    }
  });

  it('a name that no known key has is looked for in silence, and holds up only who came with it', async () => {
    await using world = await openWorld();
    const token = await world.sandbox.callers.tokenFor('case-handler-a');
    await ask(world, token);
    vi.mocked(AbortSignal.timeout).mockRestore();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + COOL_DOWN_MS + 1_000 });
    failKeys(world, { kind: 'hang' });
    const stranger = ask(world, renamed(token));
    await vi.waitFor(() => expect(fetches(world)).toBe(2), 30_000);
    expect((await ask(world)).data).toEqual(WHO);
    // Only now does the fetch end.
    world.sandbox.faults.clear();
    expectLater(await stranger);
    expect((await ask(world)).data).toEqual(WHO);
  });
});

/** The token as if it were signed with a key of another name. */
function renamed(token: string): string {
  const [header = '', ...rest] = token.split('.');
  const claims: object = JSON.parse(Buffer.from(header, 'base64url').toString());
  return [Buffer.from(JSON.stringify({ ...claims, kid: 'new' })).toString('base64url'), ...rest].join('.');
}
