import { createHash, createPublicKey, X509Certificate } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { newAltinn2Key } from '../../src/sandbox/altinn2-keys.ts';
import type { Altinn2Consent } from '../../src/sandbox/altinn2-state.ts';
import type { Altinn2World } from './support/altinn2-world.ts';
import {
  ALTINN2,
  claimsIn,
  newAltinn2World,
  READ,
  requestBody,
  resource,
  STRANGE_CODE,
  TOKENS_READ,
  TOKENS_WRITE,
  UNUSABLE,
  WRITE,
} from './support/altinn2-world.ts';
import { A, B, PERSON, read, SUPPLIER } from './support/consent-chain.ts';

const USE = { ServiceCode: '5252', ServiceEditionCode: 2, UsageDateTime: '2026-11-16T10:20:05' };
const SECONDS = Date.parse('2026-11-16T09:00:00Z') / 1000;

const logUse = (world: Altinn2World, code: string, how: Parameters<Altinn2World['call']>[2] = {}) =>
  world.call('POST', `/api/authorization/token/${code}/loguse`, { body: USE, ...how });

/** A service without metadata, for one use. */
const ONE_TIME = {
  code: '4711',
  edition: 1,
  title: 'Engangstjeneste',
  template: 'standard',
  metadataKeys: [],
  blankKeys: [],
  requestMessage: 'optional',
  isOneTime: true,
} as const;

async function oneTime(world: Altinn2World): Promise<Altinn2Consent> {
  world.state.services.push(ONE_TIME);
  return world.given({ RequestResources: [{ ServiceCode: '4711', ServiceEditionCode: 1, Metadata: {} }] });
}

/** Once for each state of a code: what every way of asking about it comes to. */
const STATES: readonly (readonly [
  state: string,
  reach: (world: Altinn2World) => Promise<string>,
  answers: { readonly read: [number, string?]; readonly token: number; readonly use: number; readonly remove: number },
])[] = [
  ['unknown', async () => STRANGE_CODE, { read: [403], token: 403, use: 403, remove: 403 }],
  [
    'another party’s',
    async (world) => (await world.given({}, B)).code,
    { read: [403], token: 403, use: 403, remove: 403 },
  ],
  ['no GUID', async () => 'no-guid', { read: [403], token: 403, use: 403, remove: 403 }],
  [
    'unopened',
    async (world) => (await world.pending()).code,
    { read: [200, 'Unopened'], token: 403, use: 403, remove: 204 },
  ],
  [
    'opened',
    async (world) => {
      const consent = await world.pending();
      world.altinn2.register.open(consent);
      return consent.code;
    },
    { read: [200, 'Opened'], token: 403, use: 403, remove: 204 },
  ],
  [
    'rejected',
    async (world) => {
      const { code } = await world.pending();
      world.altinn2.register.answer(code, PERSON, 'Rejected');
      return code;
    },
    { read: [200, 'Rejected'], token: 403, use: 403, remove: 400 },
  ],
  [
    'accepted and alive',
    async (world) => (await world.given()).code,
    { read: [200, 'Accepted'], token: 200, use: 204, remove: 400 },
  ],
  [
    'accepted, then revoked',
    async (world) => {
      const { code } = await world.given();
      expect(world.altinn2.register.revoke(code, PERSON)).toBe(true);
      return code;
    },
    { read: [200, 'Accepted'], token: 403, use: 403, remove: 400 },
  ],
  [
    'accepted, then given up by its receiver',
    async (world) => {
      const { code } = await world.given();
      expect((await world.call('DELETE', `/api/authorization/token/${code}`)).status).toBe(204);
      return code;
    },
    { read: [200, 'Accepted'], token: 403, use: 403, remove: 400 },
  ],
  [
    'accepted, then past its end',
    async (world) => {
      const { code } = await world.given();
      world.clock.set(new Date('2027-03-01T12:00:00Z'));
      return code;
    },
    { read: [200, 'Accepted'], token: 403, use: 403, remove: 400 },
  ],
  [
    'for one use, and used',
    async (world) => {
      const { code } = await oneTime(world);
      const body = { ...USE, ServiceCode: '4711', ServiceEditionCode: 1 };
      expect((await logUse(world, code, { body })).status).toBe(204);
      return code;
    },
    { read: [200, 'Accepted'], token: 403, use: 403, remove: 400 },
  ],
  [
    'unanswered, past its end',
    async (world) => {
      const { code } = await world.pending();
      world.clock.set(new Date('2027-03-01T12:00:00Z'));
      return code;
    },
    { read: [200, 'Unopened'], token: 403, use: 403, remove: 204 },
  ],
];

describe.each(STATES)('a code that is %s', (_, reach, expected) => {
  test(`reads ${expected.read.join(' ')}`, async () => {
    const world = newAltinn2World();
    const path = `/api/consentRequests/${await reach(world)}`;
    const response = await world.call('GET', path, { bearer: await world.token(A, READ) });

    expect([response.status, ...(response.status === 200 ? [read(response).RequestStatus] : [])]).toEqual(
      expected.read,
    );
  });

  test(`is exchanged with ${expected.token}`, async () => {
    const world = newAltinn2World();
    const { status, statusText, body } = await world.exchange(await reach(world));

    expect(status).toBe(expected.token);
    if (status === 403) expect([statusText, body]).toEqual([UNUSABLE, '']);
    else expect(body).toMatch(/^"eyJ[\w-]+\.[\w-]+\.[\w-]+"$/);
  });

  test(`has its use logged with ${expected.use}`, async () => {
    const world = newAltinn2World();

    expect(await logUse(world, await reach(world))).toMatchObject({ status: expected.use, body: '' });
  });

  test(`is deleted with ${expected.remove}`, async () => {
    const world = newAltinn2World();
    const code = await reach(world);
    const path = `/api/consentRequests/${code}`;
    const { status } = await world.call('DELETE', path, { bearer: await world.token(A, WRITE) });

    expect(status).toBe(expected.remove);
    // What is another's is not this caller's to remove.
    const shouldBeThere = status !== 204 && code.length === 36 && code !== STRANGE_CODE;
    expect(code in world.state.consents).toBe(shouldBeThere);
  });
});

test('what the documentation leaves open is chosen in the state', async () => {
  const world = newAltinn2World();
  Object.assign(world.state.choices, { logUseRefused: 400, deleteAnswered: 403, deleteExpired: 400 });
  const { code } = await world.given();
  const pending = await world.pending();
  world.clock.set(new Date('2028-01-01T00:00:00Z'));
  const remove = async (id: string) =>
    (await world.call('DELETE', `/api/consentRequests/${id}`, { bearer: await world.token(A, WRITE) })).status;
  world.clientOf(A).registeredAt = '2027-12-31T00:00:00Z';

  expect((await logUse(world, code)).status).toBe(400);
  expect(await remove(code)).toBe(403);
  expect(await remove(pending.code)).toBe(400);
});

describe('an exchange', () => {
  test('gives what was consented to, by claim, for thirty seconds', async () => {
    const world = newAltinn2World();
    const consent = await world.given();
    world.later(60);
    const response = await world.exchange(consent.code);

    expect(response.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8' });
    expect(claimsIn(response)).toEqual({
      Services: [
        '5252_2',
        '5252_2_Navn=Fjordlund Forsikring',
        '5252_2_fraOgMed=01.01.2022',
        '5252_2_tilOgMed=31.12.2027',
      ],
      AuthorizationCode: consent.code,
      OfferedBy: PERSON,
      CoveredBy: A,
      DelegatedDate: SECONDS,
      ValidToDate: Date.parse('2027-03-01T12:00:00Z') / 1000,
      iss: 'altinn.no',
      nbf: SECONDS + 60,
      exp: SECONDS + 90,
      iat: SECONDS + 60,
    });
  });

  test('can be repeated, each time for a fresh token, by either address and in any case', async () => {
    const world = newAltinn2World();
    const { code } = await world.given();
    const tokens = new Set<string>();
    for (const suffix of [`/${code}`, `/${code.toUpperCase()}`, `?authcode=${code}`]) {
      const response = await world.call('GET', `/api/Authorization/Token${suffix}`);
      expect(response.status).toBe(200);
      tokens.add(read(response));
      world.later(1);
    }

    expect(tokens.size).toBe(3);
  });

  test('has its one service as a string', async () => {
    const world = newAltinn2World();
    const { code } = await oneTime(world);

    expect(claimsIn(await world.exchange(code)).Services).toBe('4711_1');
  });

  test('lists the entries of several services one after the other', async () => {
    const world = newAltinn2World();
    const { code } = await world.given({ RequestResources: [resource(), resource({}, { ServiceEditionCode: 3 })] });
    const { Services: services } = claimsIn(await world.exchange(code));

    expect(services).toHaveLength(8);
    expect(services).toContain('5252_3_tilOgMed=31.12.2027');
  });

  test('needs a key (400), one that somebody has (403), and that may exchange (403)', async () => {
    const world = newAltinn2World();
    const { code } = await world.given();
    const answer = async (how: Parameters<Altinn2World['call']>[2]) => {
      const { status, statusText } = await world.exchange(code, how);
      return [status, statusText];
    };

    expect(await answer({ key: null })).toEqual([400, "Required header 'ApiKey' is missing."]);
    expect(await answer({ key: '' })).toEqual([400, "Required header 'ApiKey' is missing."]);
    expect(await answer({ key: STRANGE_CODE })).toEqual([403, UNUSABLE]);
    expect(await answer({ organisation: B })).toEqual([403, UNUSABLE]);
    world.state.authorizationReaders = [B];
    expect(await answer({})).toEqual([403, 'The API key is not authorized for this operation']);
  });

  test('judges a token that is sent beside the key', async () => {
    const world = newAltinn2World();
    const { code } = await world.given();
    const spent = await world.token(A, TOKENS_READ);
    const status = async (bearer: string, organisation = A) =>
      (await world.exchange(code, { bearer, organisation })).status;

    expect(await status(spent)).toBe(200);
    expect(await status(await world.token(A, TOKENS_WRITE))).toBe(403);
    expect(await status(await world.token(B, TOKENS_READ))).toBe(403);
    expect(await status('x.y.z')).toBe(401);
    world.later(121);
    const { statusText } = await world.exchange(code, { bearer: spent });
    expect(statusText).toMatch(/^IDX10223: Lifetime validation failed\. The token is expired\./);
  });

  test('by a supplier takes its key and a token for the insurer, or its registration; it is then named', async () => {
    const world = newAltinn2World();
    const bearer = await world.token(SUPPLIER, WRITE, { consumer_org: A });
    const body = { ...requestBody(), HandledBy: SUPPLIER };
    const made = await world.call('POST', '/api/consentRequests', { organisation: SUPPLIER, bearer, body });
    const code: string = read(made).AuthorizationCode;
    world.altinn2.register.answer(code, PERSON, 'Accepted');
    const asSupplier = async (consumer: string) => {
      const token = await world.token(SUPPLIER, TOKENS_READ, { consumer_org: consumer });
      return world.exchange(code, { organisation: SUPPLIER, bearer: token });
    };

    expect((await world.exchange(code, { organisation: SUPPLIER })).status).toBe(403);
    expect((await asSupplier(B)).status).toBe(403);
    expect(claimsIn(await asSupplier(A))).toMatchObject({ CoveredBy: A, HandledBy: SUPPLIER });
    expect(Object.keys(claimsIn(await world.exchange(code)))).not.toContain('HandledBy');
    world.state.handlers.push({ consumer: A, supplier: SUPPLIER });
    expect(claimsIn(await world.exchange(code, { organisation: SUPPLIER })).HandledBy).toBe(SUPPLIER);
  });
});

describe('the use of a consent', () => {
  test('is written down: who, what and when', async () => {
    const world = newAltinn2World();
    const consent = await world.given();
    const headers = { 'content-type': 'application/hal+json' };
    const body = { ...USE, UsageDateTime: '2026-11-16T09:20:05.1234567+00:00' };

    expect(await logUse(world, consent.code)).toEqual({ status: 204, headers: {}, body: '' });
    expect((await logUse(world, consent.code, { headers, body })).status).toBe(204);
    expect(world.state.consents[consent.code]?.uses).toEqual([
      { by: A, code: '5252', edition: 2, usedAt: '2026-11-16T09:20:05.000Z', loggedAt: '2026-11-16T09:00:00.000Z' },
      { by: A, code: '5252', edition: 2, usedAt: '2026-11-16T09:20:05.123Z', loggedAt: '2026-11-16T09:00:00.000Z' },
    ]);
    expect((await world.exchange(consent.code)).status).toBe(200);
  });

  test.each<[string, unknown, number]>([
    ['a day before the month', { ...USE, UsageDateTime: '16.11.2026 10:20' }, 400],
    ['a service that is not in it', { ...USE, ServiceEditionCode: 3 }, 400],
    ['an edition as text', { ...USE, ServiceEditionCode: '2' }, 400],
    ['no JSON', '{', 400],
  ])('with %s is refused', async (_, body, status) => {
    const world = newAltinn2World();
    const { code } = await world.given();

    expect((await logUse(world, code, { body })).status).toBe(status);
    expect(world.state.consents[code]?.uses).toEqual([]);
  });

  test('in another type is refused', async () => {
    const world = newAltinn2World();
    const { code } = await world.given();

    expect((await logUse(world, code, { headers: { 'content-type': 'text/plain' } })).status).toBe(415);
  });

  test('is logged with the key alone; a token beside it has the scope to write', async () => {
    const world = newAltinn2World();
    const { code } = await world.given();

    expect((await logUse(world, code, { key: null })).status).toBe(400);
    expect((await logUse(world, code, { bearer: await world.token(A, TOKENS_WRITE) })).status).toBe(204);
    expect((await logUse(world, code, { bearer: await world.token(A, TOKENS_READ) })).status).toBe(403);
    expect((await logUse(world, code, { organisation: B })).statusText).toBe(UNUSABLE);
  });

  test('is logged by the handler under its own key', async () => {
    const world = newAltinn2World();
    const bearer = await world.token(SUPPLIER, WRITE, { consumer_org: A });
    const body = { ...requestBody(), HandledBy: SUPPLIER };
    const made = await world.call('POST', '/api/consentRequests', { organisation: SUPPLIER, bearer, body });
    const code: string = read(made).AuthorizationCode;
    world.altinn2.register.answer(code, PERSON, 'Accepted');

    expect((await logUse(world, code, { organisation: SUPPLIER })).status).toBe(204);
    expect(world.state.consents[code]?.uses[0]?.by).toBe(SUPPLIER);
  });
});

describe('the keys', () => {
  test('are told by the metadata, without a key or a token, and may be kept for a day', async () => {
    const world = newAltinn2World();
    for (const path of ['/.well-known/oauth-authorization-server', '/api/metadata/well-known']) {
      const response = await world.call('GET', path, { key: null });
      expect(response.headers['cache-control']).toBe('public, max-age=86400');
      expect(read(response)).toEqual({
        issuer: `${ALTINN2}/`,
        jwks_uri: `${ALTINN2}/api/metadata/jwk`,
        response_types_supported: ['code'],
      });
    }
  });

  test('are published without an algorithm, the modulus in plain base64, each with its certificate', async () => {
    const response = await newAltinn2World().call('GET', '/api/metadata/jwk', { key: null });
    const { keys } = read(response);

    expect(keys).toHaveLength(2);
    for (const key of keys) {
      expect(Object.keys(key).sort()).toEqual(['e', 'kid', 'kty', 'n', 'use', 'x5c', 'x5t']);
      expect(key).toMatchObject({ kty: 'RSA', use: 'sig', e: 'AQAB', x5t: key.kid });
      // 256 bytes: two characters of padding, which base64url has not.
      expect(key.n).toMatch(/^[A-Za-z0-9+/]{342}==$/);
      const [certificate] = key.x5c;
      const der = Buffer.from(certificate, 'base64');
      expect(key.kid).toBe(createHash('sha1').update(der).digest('base64url'));
      expect(key.kid).toHaveLength(27);
      const parsed = new X509Certificate(der);
      expect(parsed.verify(parsed.publicKey)).toBe(true);
      expect(parsed.publicKey.export({ format: 'jwk' }).n).toBe(Buffer.from(key.n, 'base64').toString('base64url'));
    }
  });

  test('verify tokens, by the published form as it is and by the certificate', async () => {
    const world = newAltinn2World();
    const [key] = world.altinn2.jwks().keys;
    const { code } = await world.given();
    const token: string = read(await world.exchange(code));
    if (key === undefined) throw new Error('there are two');
    const { kid, x5t, e, n } = key;

    expect(decodeProtectedHeader(token)).toEqual({ alg: 'RS256', kid, x5t, typ: 'JWT' });
    const options = { issuer: 'altinn.no', currentDate: world.clock.now() };
    for (const publicKey of [
      createPublicKey({ key: { kty: 'RSA', e, n }, format: 'jwk' }),
      new X509Certificate(Buffer.from(key.x5c[0], 'base64')).publicKey,
    ]) {
      expect((await jwtVerify(token, publicKey, options)).payload).toMatchObject({ CoveredBy: A });
    }
  });

  test('change: the new one signs, and the old ones are still published', async () => {
    const world = newAltinn2World();
    const { code } = await world.given();
    const before = decodeProtectedHeader(read(await world.exchange(code))).kid;
    world.state.signingKeys.unshift(await newAltinn2Key());
    const kids = world.altinn2.jwks().keys.map(({ kid }) => kid);

    expect(decodeProtectedHeader(read(await world.exchange(code))).kid).toBe(kids[0]);
    expect(kids.indexOf(before ?? '')).toBe(1);
  });
});
