import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  importJWK,
  jwtVerify,
  SignJWT,
} from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Callers } from '../../src/sandbox/callers.ts';
import { createCallers, GATEWAY_AUDIENCE } from '../../src/sandbox/callers.ts';
import { CALLER_NAMES, newCallersState } from '../../src/sandbox/callers-state.ts';

const [A, B] = ['210483713', '313772403'];
const state = await newCallersState();
const tokenBody = z.object({ access_token: z.string(), expires_in: z.number(), token_type: z.string() });

let callers: Callers;
let listener: RequestListener = (_request, response) => response.writeHead(503).end();
const server = createServer((request, response) => listener(request, response));

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  callers = createCallers({ origin: `http://127.0.0.1:${port}`, state, audience: GATEWAY_AUDIENCE });
  listener = callers.listener;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

async function discovered() {
  const response = await fetch(`${callers.issuer}/.well-known/openid-configuration`);
  return z
    .object({ issuer: z.string(), jwks_uri: z.string(), token_endpoint: z.string() })
    .loose()
    .parse(await response.json());
}

async function ask(form: Record<string, string>, authorization?: string): Promise<Response> {
  const { token_endpoint } = await discovered();
  return fetch(token_endpoint, {
    method: 'POST',
    headers: authorization === undefined ? {} : { authorization },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...form }),
  });
}

const basic = (name: string, secret = state.secrets[name] ?? '') =>
  `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;

async function assertionOf(name: string, jti: string = randomUUID()): Promise<Record<string, string>> {
  const key = state.keys[name];
  if (key?.kid === undefined) throw new Error('no such key');
  const client_assertion = await new SignJWT({ iss: name, sub: name, aud: callers.issuer, jti })
    .setProtectedHeader({ alg: 'RS256', kid: key.kid })
    .setIssuedAt()
    .setExpirationTime('1m')
    .sign(await importJWK(key, 'RS256'));
  return { client_assertion, client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' };
}

describe('the identity provider for callers', () => {
  it('is found by discovery, and publishes the key it signs with and nothing private', async () => {
    const { issuer, jwks_uri } = await discovered();
    expect(issuer).toBe(callers.issuer);
    const published = z
      .object({ keys: z.array(z.looseObject({ kid: z.string() })) })
      .parse(await (await fetch(jwks_uri)).json());
    expect(published.keys).toEqual([expect.objectContaining({ kid: state.signingKey.kid })]);
    expect(published.keys.flatMap((key) => Object.keys(key))).not.toContain('d');
    expect((await callers.jwks()).keys).toEqual([expect.objectContaining({ kid: state.signingKey.kid })]);
  });

  it('gives a machine with a secret an access token for the gateway that lives an hour', async () => {
    const response = await ask({}, basic('case-handler-b'));
    expect(response.status).toBe(200);
    const { access_token, expires_in, token_type } = tokenBody.parse(await response.json());
    expect([expires_in, token_type]).toEqual([3600, 'Bearer']);
    const { jwks_uri } = await discovered();
    const { payload, protectedHeader } = await jwtVerify(access_token, createRemoteJWKSet(new URL(jwks_uri)), {
      issuer: callers.issuer,
      audience: GATEWAY_AUDIENCE,
      typ: 'at+jwt',
    });
    expect(protectedHeader.alg).toBe('RS256');
    expect(payload).toMatchObject({
      sub: 'case-handler-b',
      client_id: 'case-handler-b',
      role: 'CASE_HANDLER',
      organisations: [B],
      purposes: ['OCCUPATIONAL_PENSION', 'DISABILITY_INSURANCE'],
    });
    expect(Number(payload.exp) - Number(payload.iat)).toBe(3600);
  });

  it('gives a machine with a key the same, once for each signed assertion', async () => {
    const assertion = await assertionOf('partner-a');
    const response = await ask(assertion);
    expect(response.status).toBe(200);
    const { access_token } = tokenBody.parse(await response.json());
    expect(decodeJwt(access_token)).toMatchObject({
      role: 'PARTNER',
      organisations: [A],
      purposes: ['DISABILITY_INSURANCE'],
    });
    expect((await ask(assertion)).status).toBe(401);
  });

  it.each([
    ['a wrong secret', () => ask({}, basic('analyst-a', 'wrong')), 401, 'invalid_client'],
    ['another caller’s secret', () => ask({}, basic('analyst-a', state.secrets['analyst-b'])), 401, 'invalid_client'],
    ['a secret where a key is agreed', () => ask({}, basic('partner-a', 'x')), 401, 'invalid_client'],
    ['an unknown caller', () => ask({}, basic('nobody', 'x')), 401, 'invalid_client'],
    ['no credential', () => ask({ client_id: 'analyst-a' }), 401, 'invalid_client'],
  ])('refuses %s', async (_name, send, status, error) => {
    const response = await send();
    expect([response.status, await response.json()]).toEqual([status, expect.objectContaining({ error })]);
  });

  it('gives no token for another audience than the gateway', async () => {
    const response = await ask({ resource: 'https://other.example' }, basic('analyst-a'));
    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({ error: 'invalid_target' }),
    ]);
  });
});

describe('a token without a port', () => {
  it.each([
    ['case-handler-a', 'CASE_HANDLER', [A], ['DISABILITY_INSURANCE']],
    ['analyst-a', 'ANALYST', [A], ['DISABILITY_INSURANCE']],
    ['partner-a', 'PARTNER', [A], ['DISABILITY_INSURANCE']],
    ['auditor-a', 'AUDITOR', [A], ['DISABILITY_INSURANCE']],
    ['case-handler-b', 'CASE_HANDLER', [B], ['OCCUPATIONAL_PENSION', 'DISABILITY_INSURANCE']],
    ['analyst-b', 'ANALYST', [B], ['DISABILITY_INSURANCE']],
    ['partner-b', 'PARTNER', [B], ['DISABILITY_INSURANCE']],
    ['auditor-b', 'AUDITOR', [B], ['DISABILITY_INSURANCE']],
    ['case-handler-ab', 'CASE_HANDLER', [A, B], ['OCCUPATIONAL_PENSION', 'DISABILITY_INSURANCE']],
  ] as const)('for %s says %s of %s', async (name, role, organisations, purposes) => {
    const offline = createCallers({ origin: 'http://callers.test', state, audience: GATEWAY_AUDIENCE });
    const token = await offline.tokenFor(name);
    expect(decodeProtectedHeader(token).typ).toBe('at+jwt');
    const { payload } = await jwtVerify(token, createLocalJWKSet(await offline.jwks()), {
      issuer: 'http://callers.test',
      audience: GATEWAY_AUDIENCE,
    });
    expect(payload).toMatchObject({ sub: name, role, organisations, purposes });
  });

  it('comes from the terminal too, by name; an unknown name answers with those there are', async () => {
    const response = await fetch(`${callers.issuer}/tokens/auditor-a`);
    expect([response.status, response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual([
      200,
      'text/plain; charset=utf-8',
      'no-store',
    ]);
    expect(decodeJwt((await response.text()).trim())).toMatchObject({ role: 'AUDITOR' });
    const unknown = await fetch(`${callers.issuer}/tokens/toString`);
    expect(unknown.status).toBe(404);
    const text = await unknown.text();
    for (const name of CALLER_NAMES) expect(text).toContain(name);
    expect((await fetch(`${callers.issuer}/tokens/auditor-a`, { method: 'POST' })).status).toBe(404);
  });

  it('can be checked after a restart with the same state', async () => {
    const stored = structuredClone(state);
    const again = createCallers({ origin: callers.issuer, state: stored, audience: GATEWAY_AUDIENCE });
    const token = await callers.tokenFor('analyst-a');
    await expect(jwtVerify(token, createLocalJWKSet(await again.jwks()))).resolves.toBeDefined();
  });
});
