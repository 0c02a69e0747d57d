import { generateKeyPairSync } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { exportJWK, exportSPKI, UnsecuredJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Transport } from '../../src/upstream.ts';
import type { World } from '../support/world.ts';
import { openWorld } from '../support/world.ts';
import type { Answer } from './support.ts';
import { send, signed, strangeKey } from './support.ts';

const [A, B, SUPPLIER] = ['210483713', '313772403', '310990183'];
const ISSUER = 'http://127.0.0.1:4105';
const AUDIENCE = 'https://samtykkeporten.sandbox';
const NOW = new Date('2026-11-16T09:00:00Z');
const VIEWER = '{ viewer { role purposes sources dataConsumer { organisationNumber } } }';

const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
const later = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicJwk = async (key: typeof own, kid: string) => ({
  ...(await exportJWK(key.publicKey)),
  kid,
  use: 'sig',
});

const FAILURES = ['down', 'slow', 'html', 'another form', 'not found'] as const;

/** What the issuer's address of keys does now, and how often it was asked. */
const issuer = {
  keys: [await publicJwk(own, 'k1')] as unknown[],
  asked: 0,
  answer: 'keys' as 'keys' | (typeof FAILURES)[number],
};

function withOwnIssuer(doubles: Transport): Transport {
  return async (request) => {
    if (request.url !== `${ISSUER}/jwks`) return doubles(request);
    issuer.asked += 1;
    if (issuer.answer === 'down') throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    if (issuer.answer === 'slow') throw new DOMException('too slow', 'TimeoutError');
    if (issuer.answer === 'another form') return { status: 200, headers: {}, body: new TextEncoder().encode('{}') };
    const text = issuer.answer === 'html' ? '<html>' : JSON.stringify({ keys: issuer.keys });
    return { status: issuer.answer === 'not found' ? 404 : 200, headers: {}, body: new TextEncoder().encode(text) };
  };
}

const seconds = (from: Date) => Math.floor(from.getTime() / 1000);

/** The claims of a sound token; undefined takes one out. */
function claims(changes: Record<string, unknown> = {}): JWTPayload {
  const sound = {
    iss: ISSUER,
    sub: 'somebody',
    aud: AUDIENCE,
    iat: seconds(new Date()),
    exp: seconds(new Date()) + 300,
    role: 'CASE_HANDLER',
    organisations: [A],
    purposes: ['DISABILITY_INSURANCE'],
    ...changes,
  };
  return Object.fromEntries(Object.entries(sound).filter(([, value]) => value !== undefined));
}

const token = (changes: Record<string, unknown> = {}, header: Record<string, string> = {}) =>
  signed(own.privateKey, { alg: 'RS256', kid: 'k1', ...header }, claims(changes));

let world: World;

async function viewer(bearer: string | null, headers: Record<string, string> = {}): Promise<Answer> {
  return send(world, {
    headers: {
      'content-type': 'application/json',
      ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      ...headers,
    },
    body: JSON.stringify({ query: VIEWER }),
  });
}

function expectRefused(seen: Answer, status: number, code: string, says: RegExp): void {
  expect(seen.status).toBe(status);
  expect(seen.data).toBeUndefined();
  expect(seen.errors).toMatchObject([
    { message: expect.stringMatching(says), extensions: { code, callId: seen.headers['x-request-id'] } },
  ]);
  expect(seen.headers['www-authenticate']).toBe(status === 401 ? 'Bearer realm="samtykkeporten"' : undefined);
}

beforeAll(async () => {
  world = await openWorld({ transport: withOwnIssuer });
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a sound token', () => {
  it('says who asks, and what they may ask for', async () => {
    const seen = await viewer(await token());
    expect(seen.errors).toEqual([]);
    expect(seen.data.viewer).toEqual({
      role: 'CASE_HANDLER',
      purposes: ['DISABILITY_INSURANCE'],
      sources: ['AAP_VEDTAK', 'AAP_MELDEKORT', 'UFOREOPPLYSNINGER'],
      dataConsumer: { organisationNumber: A },
    });
  });

  it.each([
    [
      'claims written as texts',
      { organisations: A, purposes: 'DISABILITY_INSURANCE', role: ['nobody', 'ANALYST'] },
      'ANALYST',
    ],
    ['several audiences', { aud: ['https://elsewhere.example', AUDIENCE] }, 'CASE_HANDLER'],
  ])('may have %s', async (_, changes, role) => {
    const seen = await viewer(await token(changes));
    expect(seen.data.viewer).toMatchObject({ role, purposes: ['DISABILITY_INSURANCE'] });
  });

  it.each([
    ['no purposes', { purposes: undefined }],
    ['purposes nobody knows', { purposes: ['CURIOSITY', 'constructor', 7] }],
    ['purposes of another form', { purposes: { DISABILITY_INSURANCE: true } }],
  ])('with %s may ask for nothing, but knows who it is', async (_, changes) => {
    const seen = await viewer(await token(changes));
    expect(seen.data.viewer).toMatchObject({ role: 'CASE_HANDLER', purposes: [] });
  });

  it.each(['30a17429-4980-4123-8abc-a30817429498', '30a17429498041238abca30817429498'])(
    'may be of somebody whose name is a UUID, though it has eleven digits in a row: %s',
    async (sub) => {
      const seen = await viewer(await token({ sub }));
      expect(seen.errors).toEqual([]);
    },
  );

  it('is sent under either spelling of the scheme', async () => {
    const seen = await viewer(null, { authorization: `bearer ${await token()}` });
    expect(seen.errors).toEqual([]);
  });
});

describe('a request is UNAUTHENTICATED', () => {
  it.each([
    ['no header', {}],
    ['another scheme', { authorization: 'Basic Zm9vOmJhcg==' }],
    ['nothing behind the scheme', { authorization: 'Bearer ' }],
    ['two words behind it', { authorization: 'Bearer a b' }],
  ])('with %s', async (_, headers) => {
    expectRefused(await viewer(null, headers), 401, 'UNAUTHENTICATED', /Authorization: Bearer/);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['for another audience', { aud: 'https://elsewhere.example' }, /audience/],
    ['for no audience', { aud: undefined }, /not valid/],
    ['that has expired', { exp: seconds(NOW) - 1 }, /expired/],
    ['that expires this very second', { exp: seconds(NOW) }, /expired/],
    ['that is not yet valid', { nbf: seconds(NOW) + 60 }, /not valid/],
    ['that never expires', { exp: undefined }, /not valid/],
    ['whose end is no number', { exp: 'never' }, /not valid/],
    ['whose subject is a national id', { sub: '30817429498' }, /looks like a national id/],
    ['whose subject holds a national id', { sub: 'urn:fnr:30817429498' }, /looks like a national id/],
    ['whose subject hides a national id', { sub: 'fnr30817429498x' }, /looks like a national id/],
    ['of nobody', { sub: undefined }, /not valid/],
    ['from an unknown issuer', { iss: 'https://login.example' }, /does not trust/],
    ['from an issuer whose name only begins alike', { iss: `${ISSUER}/` }, /does not trust/],
    ['from no issuer', { iss: undefined }, /does not trust/],
    ['that is an ID token, by its nonce', { nonce: 'n' }, /ID token/],
    ['that is an ID token, by its hash of an access token', { at_hash: 'h' }, /ID token/],
  ])('by a token %s', async (_, changes, says) => {
    expectRefused(await viewer(await token(changes)), 401, 'UNAUTHENTICATED', says);
  });

  it('by an unsigned token', async () => {
    expectRefused(
      await viewer(new UnsecuredJWT(claims()).encode()),
      401,
      'UNAUTHENTICATED',
      /not valid|no access token/,
    );
  });

  it('by a token signed with the public key as if it were a password', async () => {
    const forged = await signed(
      new TextEncoder().encode(await exportSPKI(own.publicKey)),
      { alg: 'HS256', kid: 'k1' },
      claims(),
    );
    expectRefused(await viewer(forged), 401, 'UNAUTHENTICATED', /not valid/);
  });

  it('by a token signed with another key under a known name', async () => {
    const forged = await signed(strangeKey, { alg: 'RS256', kid: 'k1' }, claims());
    expectRefused(await viewer(forged), 401, 'UNAUTHENTICATED', /signature/);
  });

  it('by a token signed with an algorithm that the issuer does not use', async () => {
    const other = await signed(own.privateKey, { alg: 'PS256', kid: 'k1' }, claims());
    expectRefused(await viewer(other), 401, 'UNAUTHENTICATED', /not valid/);
  });

  it('by a token with one letter changed, though the whole one was just accepted', async () => {
    const sound = await token();
    expect((await viewer(sound)).errors).toEqual([]);
    const [head, body, signature = ''] = sound.split('.');
    const tampered = `${head}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    expectRefused(await viewer(tampered), 401, 'UNAUTHENTICATED', /not valid/);
  });

  it.each(['a.b.c', 'abc', `${'e30.'.repeat(2)}x`, 'e30.e30.e30.e30.e30'])('by %s, which is no token', async (text) => {
    expectRefused(await viewer(text), 401, 'UNAUTHENTICATED', /no access token/);
  });

  it('by a token of Maskinporten, which is for interfaces of others', async () => {
    const theirs = await signed(
      own.privateKey,
      { alg: 'RS256', kid: 'k1' },
      claims({
        iss: 'http://127.0.0.1:4102/',
        scope: 'nav:arbeid/v1/aap',
        client_id: 'fjordlund',
        consumer: { authority: 'iso6523-actorid-upis', ID: `0192:${A}` },
      }),
    );
    expectRefused(await viewer(theirs), 401, 'UNAUTHENTICATED', /does not trust/);
  });

  it('by a token in Altinn’s shape, even signed with the right key for the right audience', async () => {
    const theirs = await token({
      sub: undefined,
      iss: 'https://platform.altinn.no/authentication/api/v1/openid/',
      'urn:altinn:org': 'nav',
      'urn:altinn:orgNumber': A,
    });
    expectRefused(await viewer(theirs), 401, 'UNAUTHENTICATED', /does not trust/);
  });
});

describe('a request is FORBIDDEN', () => {
  it.each([
    ['without a role', { role: undefined }],
    ['with a role that nobody mapped', { role: 'ADMIN' }],
    ['with a role that is a word of the language', { role: 'constructor' }],
    ['with a role that is no text', { role: { CASE_HANDLER: true } }],
  ])('by a token %s', async (_, changes) => {
    expectRefused(await viewer(await token(changes)), 403, 'FORBIDDEN', /no role/);
  });

  it.each([
    ['no organisation', undefined],
    ['a stranger', ['999999999']],
    ['a number instead of a text', [Number(A)]],
    ['the supplier, which is no data consumer', [SUPPLIER]],
  ])('by a token for %s', async (_, organisations) => {
    expectRefused(await viewer(await token({ organisations })), 403, 'FORBIDDEN', /no data consumer/);
  });

  it.each([
    ['not in the token', B],
    ['unknown', '999999999'],
    ['nothing', ''],
  ])('by a header Data-Consumer that names one %s', async (_, named) => {
    expectRefused(await viewer(await token(), { 'data-consumer': named }), 403, 'FORBIDDEN', /Data-Consumer/);
  });
});

describe('a token for several organisations', () => {
  it('must say which, in a header', async () => {
    const seen = await viewer(await token({ organisations: [A, B] }));
    expectRefused(seen, 200, 'INVALID_INPUT', /Data-Consumer/);
    expect(seen.errors[0]?.extensions.field).toBe('Data-Consumer');
  });

  it.each([A, B])('is used for %s when the header says so', async (named) => {
    const seen = await viewer(await token({ organisations: [A, B] }), { 'data-consumer': named ?? '' });
    expect(seen.data.viewer.dataConsumer).toEqual({ organisationNumber: named });
  });

  it('needs no header where only one of them is a data consumer here', async () => {
    const seen = await viewer(await token({ organisations: ['999999999', B] }));
    expect(seen.data.viewer.dataConsumer).toEqual({ organisationNumber: B });
  });
});

describe('keys', () => {
  it('are fetched once for many callers, and verified tokens are remembered until they expire and no longer', async () => {
    const sound = await token({ exp: seconds(NOW) + 10 });
    await viewer(await token());
    const asked = issuer.asked;
    for (let at = 0; at < 3; at += 1) expect((await viewer(sound)).errors).toEqual([]);
    expect(issuer.asked).toBe(asked);
    vi.setSystemTime(NOW.getTime() + 9_999);
    expect((await viewer(sound)).errors).toEqual([]);
    vi.setSystemTime(NOW.getTime() + 10_000);
    expectRefused(await viewer(sound), 401, 'UNAUTHENTICATED', /expired/);
  });

  it('are fetched once more for a name that is new, and the token is then accepted', async () => {
    await viewer(await token());
    const rotated = await signed(later.privateKey, { alg: 'RS256', kid: 'k2' }, claims({ exp: seconds(NOW) + 600 }));
    issuer.keys = [await publicJwk(own, 'k1'), await publicJwk(later, 'k2')];
    vi.setSystemTime(NOW.getTime() + 60_000);
    const asked = issuer.asked;
    expect((await viewer(rotated)).errors).toEqual([]);
    expect(issuer.asked).toBe(asked + 1);
  });

  it('are not fetched for every invented name', async () => {
    vi.setSystemTime(NOW.getTime() + 120_000);
    const invented = (kid: string) => signed(strangeKey, { alg: 'RS256', kid }, claims());
    const asked = issuer.asked;
    for (const kid of ['x1', 'x2', 'x3']) {
      expectRefused(await viewer(await invented(kid)), 401, 'UNAUTHENTICATED', /not valid/);
    }
    expect(issuer.asked).toBe(asked + 1);
  });
});

describe.each(FAILURES)('an issuer whose keys are %s', (answer) => {
  it('is named by readiness, and its callers are told to try later', async () => {
    issuer.answer = answer;
    await using without = await openWorld({ transport: withOwnIssuer });
    const body = JSON.stringify({ query: VIEWER });
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await token()}` };

    const ready = await send(without, { method: 'GET', url: '/ready' });
    expect(ready.status).toBe(503);
    expect(JSON.parse(ready.text)).toEqual({
      status: 'not ready',
      dependencies: { store: 'up', [`caller keys of ${ISSUER}`]: 'down' },
      credentialsRunningOut: [],
    });
    const seen = await send(without, { headers, body });
    expect(seen.status).toBe(500);
    expect(seen.errors).toMatchObject([
      { message: expect.stringMatching(/keys/), extensions: { code: 'INTERNAL', retry: 'later' } },
    ]);

    issuer.answer = 'keys';
    vi.setSystemTime(NOW.getTime() + 60_000);
    expect((await send(without, { method: 'GET', url: '/ready' })).status).toBe(200);
    expect((await send(without, { headers, body })).errors).toEqual([]);
  });
});

it('whoever is turned away is in the log by code alone', async () => {
  const expired = await token({ exp: seconds(NOW) - 1, sub: 'somebody-in-particular' });
  const seen = await viewer(expired);
  const line = world.log().trim().split('\n').at(-1) ?? '';
  expect(JSON.parse(line)).toMatchObject({
    event: 'request answered',
    callId: seen.headers['x-request-id'],
    codes: ['UNAUTHENTICATED'],
    dataConsumer: null,
    role: null,
  });
  expect(world.log()).not.toContain('somebody-in-particular');
  expect(world.log()).not.toContain(expired.split('.')[2]);
  expect(world.log()).not.toContain('"event":"defect"');
});
