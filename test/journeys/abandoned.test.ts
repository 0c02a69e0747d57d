import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { CallerName } from '../../src/sandbox/callers-state.ts';
import type { CastId } from '../../src/sandbox/world.ts';
import type { WireRequest } from '../../src/upstream.ts';
import { createNetwork } from '../../src/upstream.ts';
import { hold, isConsentCreation, isVedtakRead } from '../support/hold.ts';
import { slow } from '../support/slow.ts';
import type { World } from '../support/world.ts';
import { consentInput, numberOf, ORIGINS, openWorld, REQUEST_CONSENT } from '../support/world.ts';

const VEDTAK = 'query ($id: NationalId!) { applicant(by: { nationalId: $id }) { aapVedtak { __typename } } }';
const DATA = { data: { applicant: { aapVedtak: { __typename: 'AapVedtaksliste' } } } };
const PATIENCE = { timeout: 30_000, interval: 5 };

/** What an auditor reads of somebody who left: neither delivered, nor the fault of an upstream. */
const ABANDONED = { outcome: 'FAILED', errorCode: 'ABANDONED', refusedBecause: null };

/** Somebody who has asked, over a connection of their own. */
interface Asker {
  /** What they are told; rejects when they leave. */
  readonly answer: Promise<unknown>;
  /** Breaks their connection. Resolves when the gateway knows. */
  leave(): Promise<void>;
}

type Send = (caller: CallerName, document: string, variables: Record<string, unknown>) => Promise<Asker>;

/** Has the gateway of a world listen. @returns a way to ask it */
async function reach(world: World): Promise<Send & { read(person: CastId, caller?: CallerName): Promise<Asker> }> {
  const address = await world.gateway.listen();
  const send: Send = async (caller, document, variables) => {
    const token = await world.sandbox.callers.tokenFor(caller);
    const connected = once(world.gateway.app.server, 'connection');
    const sent = request(`${address}/graphql`, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    });
    sent.end(JSON.stringify({ query: document, variables }));
    const answer = once(sent, 'response').then(async ([response]): Promise<unknown> => {
      let text = '';
      for await (const chunk of response) text += String(chunk);
      return JSON.parse(text);
    });
    answer.catch(() => undefined);
    const [socket] = await connected;
    return {
      answer,
      leave: async () => {
        const closed = once(socket, 'close');
        sent.destroy();
        await expect(answer).rejects.toThrow();
        await closed;
      },
    };
  };
  return Object.assign(send, {
    read: (person: CastId, caller: CallerName = 'case-handler-a') => send(caller, VEDTAK, { id: numberOf(person) }),
  });
}

/** Insurer A's log once nothing is under way any more. */
function settledLog(world: World, records: number) {
  return vi.waitFor(async () => {
    const log = await world.audit('a');
    expect(log.map(({ outcome }) => outcome)).not.toContain('UNSETTLED');
    expect(log).toHaveLength(records);
    return log;
  }, PATIENCE);
}

function logged(world: World, event: string): readonly Record<string, unknown>[] {
  const events = world.log().trim().split('\n');
  return events.map((line) => JSON.parse(line)).filter((each) => each.event === event);
}

const isAt = (origin: string, path: RegExp) => (wire: WireRequest) =>
  wire.url.startsWith(origin) && path.test(new URL(wire.url).pathname);
const isTokenRequest = isAt(ORIGINS.maskinporten, /\/token$/);
const isExchange = isAt(ORIGINS.altinn2, /\/token\//i);
const isLookup = (wire: WireRequest) =>
  [ORIGINS.altinn3, ORIGINS.altinn2].some((origin) => isAt(origin, /\/consentrequests\//i)(wire));

/** When every token of the first minute has grown old. */
const SIX_HOURS_LATER = new Date('2026-11-16T15:00:00Z');

describe('whoever leaves while', () => {
  it('a token is fetched that others may use too is in the log as gone, and the token is fetched once, for those who stay', async () => {
    const tokens = slow(isTokenRequest);
    await using world = await openWorld({ transport: tokens.transport });
    for (const person of ['P04', 'P06'] as const) await world.grant(person);
    world.clock.set(SIX_HOURS_LATER);
    world.sandbox.journal.clear();
    const ask = await reach(world);
    tokens.begin();
    const leaving = await ask.read('P04');
    await tokens.heard;
    const staying = [await ask.read('P06'), await ask.read('P06', 'partner-a')];
    await leaving.leave();
    expect(await vi.waitFor(async () => (await world.audit('a')).at(0) ?? expect.fail(), PATIENCE)).toMatchObject({
      ...ABANDONED,
      attempts: 0,
    });
    tokens.end();
    expect(await Promise.all(staying.map(({ answer }) => answer))).toEqual([DATA, DATA]);
    const log = await settledLog(world, 3);
    expect(log.map(({ outcome }) => outcome).toSorted()).toEqual(['DELIVERED', 'DELIVERED', 'FAILED']);
    expect(new Set(world.sandbox.traces().map(({ person }) => person))).toEqual(new Set([numberOf('P06')]));
    const scopes = world.sandbox.journal.entries('maskinporten').map(({ scope }) => scope);
    const [shared] = scopes;
    expect(scopes.filter((scope) => scope === shared)).toEqual([shared]);
    expect(logged(world, 'defect')).toEqual([]);
  });

  it.each<[what: string, matches: (wire: WireRequest) => boolean, isKnown: boolean, attempts: number]>([
    ['their consent is looked up', isLookup, false, 0],
    ['its credential is fetched', (wire) => isTokenRequest(wire) || isExchange(wire), true, 0],
    ['NAV answers', isVedtakRead, true, 1],
  ])('%s ends that call, and is in the log once, as gone', async (_, matches, isKnown, attempts) => {
    const call = slow(matches);
    await using world = await openWorld({ transport: call.transport });
    await (isKnown ? world.grantKnown('P04') : world.grant('P04'));
    const ask = await reach(world);
    call.begin();
    const leaving = await ask.read('P04');
    await call.heard;
    await leaving.leave();
    await call.givenUp;
    expect(await settledLog(world, 1)).toMatchObject([{ ...ABANDONED, attempts }]);
    expect(logged(world, 'upstream failed')).toMatchObject([{ evidence: { failure: 'cancelled' } }]);
    expect(logged(world, 'defect')).toEqual([]);
    expect(world.navCalls()).toBe(0);

    call.end();
    expect(await (await ask.read('P04')).answer).toEqual(DATA);
  });

  it('NAV answers closes the connection to NAV', async () => {
    const nav = createServer();
    nav.listen(0, '127.0.0.1');
    await once(nav, 'listening');
    const { port } = Object(nav.address());
    const network = createNetwork({ connections: 1, maxBytes: 1_000 });
    onTestFinished(async () => {
      await network.close();
      nav.close();
    });
    await using world = await openWorld({
      transport: (doubles) => (wire) =>
        isVedtakRead(wire) ? network.transport({ ...wire, url: `http://127.0.0.1:${port}/` }) : doubles(wire),
    });
    await world.grantKnown('P04');
    const leaving = await (await reach(world)).read('P04');
    const [incoming] = await once(nav, 'request');
    const closed = once(incoming.socket, 'close');
    await leaving.leave();
    await closed;
    expect(await settledLog(world, 1)).toMatchObject([{ ...ABANDONED, attempts: 1 }]);
  });

  it('they wait behind another at NAV is not read about, and the other gets what they asked for', async () => {
    const ahead = hold(isVedtakRead);
    await using world = await openWorld({
      transport: ahead.transport,
      config: (config) => ({ ...config, nav: { ...config.nav, bound: 1 } }),
    });
    for (const person of ['P04', 'P06'] as const) await world.grantKnown(person);
    const ask = await reach(world);
    const staying = await ask.read('P04');
    await ahead.holds;
    const leaving = await ask.read('P06');
    await vi.waitFor(async () => expect(await world.audit('a')).toHaveLength(2), PATIENCE);
    await leaving.leave();
    ahead.release();
    expect(await staying.answer).toEqual(DATA);
    const log = await settledLog(world, 2);
    expect(log.find(({ outcome }) => outcome === 'DELIVERED')).toMatchObject({ attempts: 1 });
    expect(log.find(({ outcome }) => outcome !== 'DELIVERED')).toMatchObject({ ...ABANDONED, attempts: 0 });
    expect(world.sandbox.traces().map(({ person }) => person)).toEqual([numberOf('P04')]);
  });

  it('Altinn takes over a request for consent leaves it to be found: the next to ask gets it, and nobody is asked twice', async () => {
    const creation = hold(isConsentCreation);
    await using world = await openWorld({ transport: creation.transport });
    const ask = await reach(world);
    const variables = { input: consentInput('P05') };
    const leaving = await ask('case-handler-a', REQUEST_CONSENT, variables);
    await creation.holds;
    const staying = await ask('partner-a', REQUEST_CONSENT, variables);
    await leaving.leave();
    creation.release();
    expect(await staying.answer).toMatchObject({ data: { requestConsent: { consent: { status: 'PENDING' } } } });
    expect(world.altinn.askedOf('P05')).toHaveLength(1);
    expect(logged(world, 'defect')).toEqual([]);
  });
});

describe('whoever leaves while the record is written', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** Keeps everybody from writing until disposed of. */
  function writeLock({ databaseFile }: World): Disposable {
    const other = new DatabaseSync(databaseFile, { timeout: 5_000 });
    other.exec('BEGIN IMMEDIATE');
    return { [Symbol.dispose]: () => other.close() };
  }

  /** Resolves when that write is on its way to the file. */
  function writing(name: 'intend' | 'settle'): () => Promise<void> {
    const posted = vi.spyOn(Worker.prototype, 'postMessage');
    const names = () => posted.mock.calls.flatMap(([jobs]) => [...jobs].map(({ operation }) => operation?.name));
    return () => vi.waitFor(() => expect(names()).toContain(name), PATIENCE);
  }

  it('before NAV is asked is not read about, and is in the log as gone', async () => {
    await using world = await openWorld();
    await world.grantKnown('P04');
    const ask = await reach(world);
    const isIntended = writing('intend');
    {
      using _ = writeLock(world);
      const leaving = await ask.read('P04');
      await isIntended();
      await leaving.leave();
    }
    expect(await settledLog(world, 1)).toMatchObject([{ ...ABANDONED, attempts: 0 }]);
    expect(world.navCalls()).toBe(0);
  });

  it('after NAV has answered is in the log as answered: nobody can tell how far the answer came', async () => {
    const answer = hold(isVedtakRead);
    await using world = await openWorld({ transport: answer.transport });
    await world.grantKnown('P04');
    const leaving = await (await reach(world)).read('P04');
    await answer.holds;
    const isSettled = writing('settle');
    {
      using _ = writeLock(world);
      answer.release();
      await isSettled();
      await leaving.leave();
    }
    expect(await settledLog(world, 1)).toMatchObject([{ outcome: 'DELIVERED', attempts: 1 }]);
    expect(logged(world, 'defect')).toEqual([]);
  });
});
