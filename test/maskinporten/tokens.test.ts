import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose';
import { describe, expect, it, vi } from 'vitest';
import type { IssuedToken } from '../../src/maskinporten/tokens.ts';
import { isFresh } from '../../src/maskinporten/tokens.ts';
import { openTokenCache } from '../../src/store/tokens.ts';
import type { Transport, WireRequest } from '../../src/upstream.ts';
import { Secret } from '../../src/values.ts';
import { answer, script } from '../support/scripted.ts';
import type { WayOut } from '../support/way-out.ts';
import {
  AAP,
  aConsent,
  aScope,
  aWish,
  dataConsumer,
  nationalIdOf,
  openWayOut,
  READ,
  UFORE,
  WRITE,
} from '../support/way-out.ts';

const REJECTED = { code: 'MASKINPORTEN_REJECTED', retry: 'never' };
const UNAVAILABLE = { code: 'MASKINPORTEN_UNAVAILABLE', retry: 'later' };

/** Asks a person for consent and has them give it. @returns what a grant says of it */
async function given(world: WayOut) {
  const consent = aConsent();
  await world.rail().request(aWish(consent));
  world.sandbox.altinn3.register.accept(consent.railId.reveal(), nationalIdOf('P04').reveal());
  return {
    id: consent.railId,
    from: new Secret(`urn:altinn:person:identifier-no:${nationalIdOf('P04').reveal()}`, 'person'),
  };
}

function grantsOf(world: WayOut, scope?: string) {
  return world.calls('maskinporten').filter((call) => scope === undefined || call.scope === scope);
}

describe('a token without a person', () => {
  it('is one that the double issues for that scope alone, to the data consumer', async () => {
    const world = await openWayOut();
    const token = await world.tokens.forScope(READ, aScope());
    const { payload } = await jwtVerify(token.reveal(), createLocalJWKSet(world.sandbox.maskinporten.jwks()), {
      currentDate: world.clock.now(),
    });
    expect(payload).toMatchObject({ scope: READ, consumer: { ID: `0192:${dataConsumer().organisationNumber}` } });
    expect(payload['authorization_details']).toBeUndefined();
  });

  it('of a supplier speaks for the data consumer', async () => {
    const world = await openWayOut();
    const tokens = await world.tokensOf('supplier', { consumerOrg: dataConsumer('A').organisationNumber });
    expect(decodeJwt((await tokens.forScope(READ, aScope())).reveal())).toMatchObject({
      consumer: { ID: `0192:${dataConsumer('A').organisationNumber}` },
      supplier: { ID: `0192:${dataConsumer('supplier').organisationNumber}` },
    });
  });

  it('is fetched once however many ask at the same time', async () => {
    const world = await openWayOut();
    const tokens = await Promise.all(Array.from({ length: 1000 }, () => world.tokens.forScope(READ, aScope())));
    expect(grantsOf(world)).toHaveLength(1);
    expect(new Set(tokens.map((token) => token.reveal())).size).toBe(1);
  });

  it('is one for each scope and each client, though they share a cache', async () => {
    const world = await openWayOut();
    const others = [
      world.tokens,
      await world.tokensOf('B'),
      await world.tokensOf('supplier', { consumerOrg: dataConsumer('A').organisationNumber }),
      await world.tokensOf('supplier', { consumerOrg: dataConsumer('B').organisationNumber }),
    ];
    const ask = () =>
      Promise.all(others.flatMap((tokens) => [READ, WRITE].map((scope) => tokens.forScope(scope, aScope()))));
    const first = (await ask()).map((token) => token.reveal());
    expect(new Set(first).size).toBe(8);
    expect((await ask()).map((token) => token.reveal())).toEqual(first);
    expect(grantsOf(world)).toHaveLength(8);
  });

  it('is fetched for those who wait, though the one who asked first has left', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const world = await openWayOut({ through: (doubles) => async (request) => held.then(() => doubles(request)) });
    const leaving = new AbortController();
    const first = world.tokens.forScope(READ, aScope({ signal: leaving.signal }));
    const second = world.tokens.forScope(READ, aScope());
    leaving.abort();
    await expect(first).rejects.toMatchObject({ code: 'ABANDONED', evidence: { failure: 'cancelled' } });
    release();
    await expect(second).resolves.toBeInstanceOf(Secret);
    expect(grantsOf(world)).toHaveLength(1);
  });

  it('that fails is nobody’s unhandled rejection when everyone who waited has left', async () => {
    const { promise: held, reject } = Promise.withResolvers<never>();
    let asked = 0;
    const world = await openWayOut({
      through: () => () => {
        asked += 1;
        return held;
      },
      upstream: { attempts: 1 },
    });
    const leaving = new AbortController();
    const waits = [1, 2].map(() => world.tokens.forScope(READ, aScope({ signal: leaving.signal })));
    await vi.waitFor(() => expect(asked).toBe(1), 30_000);
    leaving.abort();
    for (const { status } of await Promise.allSettled(waits)) expect(status).toBe('rejected');
    reject(Object.assign(new Error('gone'), { code: 'ECONNRESET' }));
    await vi.waitFor(() => expect(world.events).toHaveLength(1), 30_000);
  });

  it('is not asked for by one who has left already', async () => {
    const world = await openWayOut();
    const left = aScope({ signal: AbortSignal.abort() });
    await expect(world.tokens.forScope(READ, left)).rejects.toMatchObject({ code: 'ABANDONED' });
    await world.tokens.forScope(WRITE, aScope());
    expect(grantsOf(world).map(({ scope }) => scope)).toEqual([WRITE]);
  });

  it('is used until a quarter of its 29 seconds is left, by our clock and no other', async () => {
    const world = await openWayOut();
    const token = await world.tokens.forScope(AAP, aScope());
    world.later(21_749);
    expect((await world.tokens.forScope(AAP, aScope())).reveal()).toBe(token.reveal());
    world.later(1);
    expect((await world.tokens.forScope(AAP, aScope())).reveal()).not.toBe(token.reveal());
    expect(grantsOf(world)).toHaveLength(2);
  });

  it('that was forgotten is fetched anew, unless another has taken its place', async () => {
    const world = await openWayOut();
    const first = await world.tokens.forScope(READ, aScope());
    await world.tokens.forget(READ, first);
    const second = await world.tokens.forScope(READ, aScope());
    expect(second.reveal()).not.toBe(first.reveal());
    await world.tokens.forget(READ, first);
    expect((await world.tokens.forScope(READ, aScope())).reveal()).toBe(second.reveal());
    expect(grantsOf(world)).toHaveLength(2);
  });

  it.each(['get', 'set', 'delete'] as const)(
    'costs a fetch and no request when the cache fails at %s',
    async (method) => {
      const world = await openWayOut();
      const storage = new Map<string, unknown>();
      storage[method] = () => {
        throw new Error('the cache is down');
      };
      let failures = 0;
      const cache = openTokenCache({
        clock: world.clock,
        storage,
        onFailure: () => {
          failures += 1;
        },
      });
      const tokens = await world.tokensOf('A', { cache });
      const token = await tokens.forScope(READ, aScope());
      await tokens.forget(READ, token);
      await expect(tokens.forScope(READ, aScope())).resolves.toBeInstanceOf(Secret);
      expect(failures).toBeGreaterThan(0);
    },
  );
});

describe('a grant', () => {
  it.each([
    ['answered 503 after it was spent', { kind: 'status', status: 503 }],
    ['answered 500 after it was spent', { kind: 'status', status: 500 }],
    ['answered 429 after it was spent', { kind: 'status', status: 429, retryAfter: 0 }],
    ['lost after it was spent', { kind: 'reset' }],
  ] as const)('%s is followed by a new one, since the old one would be refused', async (_, fault) => {
    const sent: WireRequest[] = [];
    const world = await openWayOut({
      through: (doubles) => (request) => {
        sent.push(request);
        return doubles(request);
      },
    });
    world.sandbox.faults.add({ upstream: 'maskinporten', afterEffect: true, times: 2, ...fault });
    await expect(world.tokens.forScope(READ, aScope())).resolves.toBeInstanceOf(Secret);
    const ids = sent.map(({ body }) => decodeJwt(new URLSearchParams(body).get('assertion') ?? '').jti);
    expect(new Set(ids).size).toBe(3);
    const [first] = sent;
    if (first === undefined) throw new Error('nothing was sent');
    const replayed = await world.sandbox.transport({ ...first, signal: new AbortController().signal });
    expect(new TextDecoder().decode(replayed.body)).toContain('MP-012');
  });

  it.each(['MP-012', 'MP-130'])('refused with %s is followed by one new one', async (code) => {
    const refusal = answer(400, { error: 'invalid_grant', error_uri: `https://maskinporten.example/errors/${code}` });
    const world = await openWayOut();
    const { transport, requests } = script(refusal, answer(200, { access_token: 't', expires_in: 120 }));
    const tokens = await world.tokensOf('A', { transport });
    await expect(tokens.forScope(READ, aScope())).resolves.toBeInstanceOf(Secret);
    expect(new Set(requests.map(({ body }) => body)).size).toBe(2);
  });

  it('counts the age of its token from its own signing, not from an earlier one’s', async () => {
    const world = await openWayOut();
    const start = world.clock.now().getTime();
    let attempt = 0;
    const transport: Transport = async () => {
      attempt += 1;
      world.later(5_000);
      return attempt === 1 ? answer(503) : answer(200, { access_token: 't', expires_in: 29 });
    };
    const tokens = await world.tokensOf('A', { transport });
    const issued = await tokens.forConsent(AAP, { id: new Secret('i', 'id'), from: new Secret('f', 'from') }, aScope());
    expect(issued).toMatchObject({ fetchedAt: new Date(start + 5_000), expiresAt: new Date(start + 34_000) });
  });

  it('that was signed long before its answer makes a token that is as old', async () => {
    const world = await openWayOut();
    const slow: Transport = async (request) => {
      const got = await world.sandbox.transport(request);
      world.later(100_000);
      return got;
    };
    const tokens = await world.tokensOf('A', { transport: slow });
    await tokens.forScope(READ, aScope());
    await tokens.forScope(READ, aScope());
    expect(grantsOf(world)).toHaveLength(2);
  });
});

describe('a refusal', () => {
  const refusals = {
    'MP-200': (world: WayOut) => {
      for (const client of world.state.maskinporten.clients)
        client.scopes = client.scopes.filter((scope) => scope !== READ);
      return () => {
        for (const client of world.state.maskinporten.clients) client.scopes.push(READ);
      };
    },
    'MP-250': (world: WayOut) => {
      const { access } = world.state.maskinporten;
      const before = { ...access };
      for (const organisation of Object.keys(access)) access[organisation] = [];
      return () => void Object.assign(access, before);
    },
    'MP-251': (world: WayOut) => {
      const before = world.state.maskinporten.delegations;
      world.state.maskinporten.delegations = [];
      return () => {
        world.state.maskinporten.delegations = before;
      };
    },
    'MP-121': (world: WayOut) => {
      for (const client of world.state.maskinporten.clients) client.registeredAt = '2025-01-01T00:00:00Z';
      return () => {
        for (const client of world.state.maskinporten.clients) client.registeredAt = '2026-11-01T00:00:00Z';
      };
    },
    'MP-201': (world: WayOut) => {
      const scope = world.state.maskinporten.scopes[READ];
      if (scope !== undefined) scope.openToMaskinporten = false;
      return () => {
        if (scope !== undefined) scope.openToMaskinporten = true;
      };
    },
  };

  const clientFor = (world: WayOut, code: string) =>
    code === 'MP-251'
      ? world.tokensOf('supplier', { consumerOrg: dataConsumer().organisationNumber })
      : Promise.resolve(world.tokens);

  it.each([
    ['MP-200', REJECTED],
    ['MP-250', REJECTED],
    ['MP-251', { code: 'DELEGATION_MISSING', retry: 'never' }],
  ] as const)('%s holds its scope back for ten seconds, by our clock, and no other scope', async (code, fault) => {
    const world = await openWayOut();
    const tokens = await clientFor(world, code);
    const cure = refusals[code](world);
    for (const _ of [1, 2, 3]) {
      await expect(tokens.forScope(READ, aScope())).rejects.toMatchObject({
        ...fault,
        evidence: { upstreamCode: code },
      });
    }
    expect(grantsOf(world, READ)).toHaveLength(1);
    cure();
    await expect(tokens.forScope(WRITE, aScope())).resolves.toBeInstanceOf(Secret);
    world.later(9_999);
    await expect(tokens.forScope(READ, aScope())).rejects.toMatchObject(fault);
    expect(grantsOf(world, READ)).toHaveLength(1);
    world.later(1);
    await expect(tokens.forScope(READ, aScope())).resolves.toBeInstanceOf(Secret);
  });

  it.each(['MP-121', 'MP-201'] as const)('%s is not remembered', async (code) => {
    const world = await openWayOut();
    const cure = refusals[code](world);
    await expect(world.tokens.forScope(READ, aScope())).rejects.toMatchObject({
      ...REJECTED,
      evidence: { upstreamCode: code },
    });
    cure();
    await expect(world.tokens.forScope(READ, aScope())).resolves.toBeInstanceOf(Secret);
  });

  it('holds back grants with a consent for the same scope too', async () => {
    const world = await openWayOut();
    const consent = await given(world);
    for (const client of world.state.maskinporten.clients) client.scopes = [];
    for (const _ of [1, 2])
      await expect(world.tokens.forConsent(AAP, consent, aScope())).rejects.toMatchObject(REJECTED);
    expect(grantsOf(world, AAP)).toHaveLength(1);
  });

  it.each(['status', 'reset', 'html', 'truncated'] as const)(
    'an outage (%s) is not remembered either',
    async (kind) => {
      const world = await openWayOut({ upstream: { attempts: 1 } });
      world.sandbox.faults.add({
        upstream: 'maskinporten',
        times: 1,
        ...(kind === 'status' ? { kind, status: 503 } : { kind }),
      });
      await expect(world.tokens.forScope(READ, aScope())).rejects.toMatchObject(UNAVAILABLE);
      expect(world.stored.size).toBe(0);
      await expect(world.tokens.forScope(READ, aScope())).resolves.toBeInstanceOf(Secret);
    },
  );

  it('is logged with status, error, code and trace id, and carries the same', async () => {
    const world = await openWayOut();
    refusals['MP-250'](world);
    const evidence = {
      upstream: 'maskinporten',
      status: 403,
      error: 'forbidden',
      upstreamCode: 'MP-250',
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    };
    const request = aScope();
    await expect(world.tokens.forScope(READ, request)).rejects.toMatchObject({ evidence });
    expect(world.events).toEqual([{ event: 'upstream failed', callId: request.callId, evidence }]);
  });
});

describe('a token that carries a consent', () => {
  it('carries that consent, and never comes into the cache', async () => {
    const world = await openWayOut();
    const consent = await given(world);
    const before = JSON.stringify([...world.stored]);
    const issued = await world.tokens.forConsent(AAP, consent, aScope());
    if ('doubtful' in issued) throw new Error('refused');
    expect(decodeJwt(issued.token.reveal())).toMatchObject({
      scope: AAP,
      authorization_details: [{ id: consent.id.reveal() }],
    });
    expect(issued.expiresAt.getTime() - issued.fetchedAt.getTime()).toBe(29_000);
    expect(JSON.stringify([...world.stored])).toBe(before);
    expect(before).toContain(WRITE);
  });

  it('is fetched each time it is asked for', async () => {
    const world = await openWayOut();
    const consent = await given(world);
    await world.tokens.forConsent(UFORE, consent, aScope());
    await world.tokens.forConsent(UFORE, consent, aScope());
    expect(grantsOf(world, UFORE)).toHaveLength(2);
  });

  it('is doubtful once the person has withdrawn', async () => {
    const world = await openWayOut();
    const consent = await given(world);
    world.sandbox.altinn3.register.revoke(consent.id.reveal(), nationalIdOf('P04').reveal());
    expect(await world.tokens.forConsent(AAP, consent, aScope())).toMatchObject({
      doubtful: { upstreamCode: 'MP-303', status: 400 },
    });
  });

  it('is given up when its request is', async () => {
    const world = await openWayOut();
    const consent = await given(world);
    await expect(world.tokens.forConsent(AAP, consent, aScope({ signal: AbortSignal.abort() }))).rejects.toMatchObject({
      code: 'ABANDONED',
    });
    expect(grantsOf(world, AAP)).toHaveLength(0);
  });
});

describe('what Maskinporten answers', () => {
  it.each([
    ['as documented', { access_token: 't', token_type: 'Bearer', expires_in: 119, scope: READ }, 119],
    ['with a lifetime written as text', { access_token: 't', expires_in: '119' }, 119],
    ['with a fraction of a second', { access_token: 't', expires_in: 0.5 }, 0.5],
  ])('is taken %s', async (_, body, seconds) => {
    const world = await openWayOut();
    const tokens = await world.tokensOf('A', { transport: script(answer(200, body)).transport });
    const issued = await tokens.forConsent(AAP, { id: new Secret('i', 'id'), from: new Secret('f', 'from') }, aScope());
    expect(issued).toMatchObject({
      fetchedAt: world.clock.now(),
      expiresAt: new Date(world.clock.now().getTime() + seconds * 1000),
    });
  });

  it.each([
    ['without a token', { expires_in: 120 }],
    ['with an empty token', { access_token: '', expires_in: 120 }],
    ['without a lifetime', { access_token: 't' }],
    ['with no lifetime left', { access_token: 't', expires_in: 0 }],
    ['with a lifetime below nothing', { access_token: 't', expires_in: -1 }],
    ['with a lifetime of null', { access_token: 't', expires_in: null }],
    ['with a lifetime beyond all calendars', { access_token: 't', expires_in: 1e300 }],
    ['as a list', []],
  ])('is unreadable %s, and nothing is stored', async (_, body) => {
    const world = await openWayOut();
    const tokens = await world.tokensOf('A', { transport: script(answer(200, body)).transport });
    await expect(tokens.forScope(READ, aScope())).rejects.toMatchObject({
      ...UNAVAILABLE,
      evidence: { failure: 'unreadable' },
    });
    expect(world.stored.size).toBe(0);
  });
});

it.each([
  ['29 s, new', 29, 0, true],
  ['29 s, 21.749 s old', 29, 21.749, true],
  ['29 s, 21.75 s old: a quarter is left', 29, 21.75, false],
  ['120 s, 89.999 s old', 120, 89.999, true],
  ['120 s, 90 s old: 30 s are left', 120, 90, false],
  ['7200 s, 7169.999 s old', 7200, 7169.999, true],
  ['7200 s, 7170 s old: 30 s are left', 7200, 7170, false],
  ['1 s, new', 1, 0, true],
  ['1 s, 0.75 s old', 1, 0.75, false],
  ['120 s, expired', 120, 120, false],
  ['120 s, expired long ago', 120, 9000, false],
])('a token of %s is fresh or not', (_, lifetime, age, fresh) => {
  const fetchedAt = new Date('2026-11-16T09:00:00Z');
  const issued: IssuedToken = {
    token: new Secret('t', 'token'),
    fetchedAt,
    expiresAt: new Date(fetchedAt.getTime() + lifetime * 1000),
  };
  expect(isFresh(issued, new Date(fetchedAt.getTime() + age * 1000))).toBe(fresh);
});
