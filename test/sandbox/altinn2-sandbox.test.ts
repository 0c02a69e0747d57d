import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importJWK, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { requestBody, STRANGE_CODE, UNUSABLE, WRITE } from './support/altinn2-world.ts';
import { A, PERSON } from './support/consent-chain.ts';
import { AAP_SCOPE, numberOf, UFORE, UFORE_SCOPE, VEDTAK } from './support/nav-world.ts';
import { ORIGINS, send, testSandbox } from './support/test-sandbox.ts';

const fail = (defect: unknown) => {
  throw defect;
};

/** A token of insurer A without a consent, over the sandbox's own network. */
async function plainToken(sandbox: Sandbox, scope: string): Promise<string> {
  const client = sandbox.clients.find(({ organisation }) => organisation === A);
  if (client === undefined) throw new Error('insurer A has no client');
  const now = Math.floor(sandbox.clock.now().getTime() / 1000);
  const claims = { aud: sandbox.maskinporten.issuer, iss: client.clientId, scope, iat: now, exp: now + 60 };
  const assertion = await new SignJWT({ ...claims, jti: randomUUID() })
    .setProtectedHeader({ alg: 'RS256', kid: client.kid })
    .sign(await importJWK(client.privateJwk, 'RS256'));
  const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
  const { text } = await send(sandbox, `${sandbox.origins.maskinporten}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(grant).toString(),
  });
  return JSON.parse(text).access_token;
}

/** The headers of insurer A's own calls. */
async function ownHeaders(sandbox: Sandbox, scope?: string): Promise<Record<string, string>> {
  const ApiKey = sandbox.apiKeys[A] ?? '';
  if (scope === undefined) return { ApiKey };
  return { ApiKey, 'content-type': 'application/json', authorization: `Bearer ${await plainToken(sandbox, scope)}` };
}

async function given(sandbox: Sandbox): Promise<string> {
  const { text } = await send(sandbox, `${sandbox.origins.altinn2}/api/consentRequests`, {
    method: 'POST',
    headers: await ownHeaders(sandbox, WRITE),
    body: JSON.stringify(requestBody()),
  });
  const code: string = JSON.parse(text).AuthorizationCode;
  expect(sandbox.altinn2.register.answer(code, PERSON, 'Accepted')).toBe(true);
  return code;
}

async function exchanged(sandbox: Sandbox, code: string): Promise<string> {
  const url = `${sandbox.origins.altinn2}/api/authorization/token/${code}`;
  const { status, text } = await send(sandbox, url, { headers: await ownHeaders(sandbox) });
  expect(status).toBe(200);
  return JSON.parse(text);
}

test('a consent of Altinn 2 opens both of NAV’s services, with access tokens that carry none', async () => {
  const sandbox = await testSandbox();
  const code = await given(sandbox);
  const consent = await exchanged(sandbox, code);
  for (const [url, scope] of [
    [`${ORIGINS.aap}${VEDTAK}`, AAP_SCOPE],
    [`${ORIGINS.uforeopplysninger}${UFORE}`, UFORE_SCOPE],
  ] as const) {
    const headers = {
      authorization: `Bearer ${await plainToken(sandbox, scope)}`,
      fnr: PERSON,
      'NAV-Samtykke-Token': consent,
    };
    expect((await send(sandbox, url, { headers })).status).toBe(200);
  }

  expect(sandbox.traces().map(({ tema, samtykkeToken }) => [tema, samtykkeToken])).toEqual([
    ['AAP', consent],
    ['UFO', consent],
  ]);
});

test('a token that grew old between exchange and NAV is refused; a fresh one of the same code is not', async () => {
  const sandbox = await testSandbox();
  const code = await given(sandbox);
  const consent = await exchanged(sandbox, code);
  const headers = { authorization: `Bearer ${await plainToken(sandbox, UFORE_SCOPE)}`, fnr: PERSON };
  sandbox.clock.set(new Date(sandbox.clock.now().getTime() + 30_000));
  const read = async (token: string) =>
    (
      await send(sandbox, `${ORIGINS.uforeopplysninger}${UFORE}`, {
        headers: { ...headers, 'NAV-Samtykke-Token': token },
      })
    ).status;

  expect(await read(consent)).toBe(403);
  expect(await read(await exchanged(sandbox, code))).toBe(200);
});

test('the journal tells whose key called about whom and which consent, and holds no key, token or number', async () => {
  const sandbox = await testSandbox();
  const code = await given(sandbox);
  const consent = await exchanged(sandbox, code);
  await send(sandbox, `${ORIGINS.altinn2}/api/authorization/token?authcode=${code}`, {
    headers: { ApiKey: STRANGE_CODE },
  });
  const headers = { authorization: `Bearer ${await plainToken(sandbox, AAP_SCOPE)}`, fnr: PERSON };
  await send(sandbox, `${ORIGINS.aap}${VEDTAK}`, { headers: { ...headers, 'NAV-Samtykke-Token': consent } });
  await send(sandbox, `${ORIGINS.altinn2}/${PERSON}`);

  expect(sandbox.journal.entries('altinn2')).toMatchObject([
    { method: 'POST', path: '/api/consentRequests', status: 201, person: 'P04', consumer: A, scope: WRITE },
    { path: `/api/authorization/token/${code}`, status: 200, person: 'P04', consumer: A, consentId: code },
    { path: '/api/authorization/token', status: 403, person: 'P04', consumer: undefined, consentId: code },
    { path: '/[digits]', status: 404 },
  ]);
  expect(sandbox.journal.entries('aap')).toMatchObject([{ person: 'P04', consentId: code, status: 200 }]);
  const written = JSON.stringify(sandbox.journal.entries());
  for (const secret of [...Object.values(sandbox.apiKeys), STRANGE_CODE, consent, PERSON, numberOf('P04')]) {
    expect(written).not.toContain(secret);
  }
});

test('faults are played on Altinn 2 by person and path, before or after it did its work', async () => {
  const sandbox = await testSandbox();
  sandbox.faults.add({
    upstream: 'altinn2',
    kind: 'status',
    status: 503,
    person: 'P04',
    path: '/api/consentRequests',
    times: 1,
    afterEffect: true,
  });
  const made = await send(sandbox, `${ORIGINS.altinn2}/api/consentRequests`, {
    method: 'POST',
    headers: await ownHeaders(sandbox, WRITE),
    body: JSON.stringify({ ...requestBody(), offeredBy: PERSON }),
  });

  expect(made.status).toBe(503);
  expect(sandbox.altinn2.register.all()).toHaveLength(1);
});

test('every organisation but one has a key of its own, which neither the front page nor the control shows', async () => {
  const sandbox = await testSandbox();
  const keys = Object.values(sandbox.apiKeys);
  expect(new Set(keys).size).toBe(5);
  const landing = (await send(sandbox, `${ORIGINS.control}/`)).text;
  expect(landing).toContain(`href="${ORIGINS.altinn2}/ui/AccessConsent/active"`);
  for (const path of ['/', '/clock', '/faults', '/journal', '/switches']) {
    const { text } = await send(sandbox, `${ORIGINS.control}${path}`);
    for (const key of keys) expect(text).not.toContain(key);
  }
});

test('the page links to NAV’s page of who has looked', async () => {
  const sandbox = await testSandbox();
  const code = await given(sandbox);
  const headers = { cookie: `altinn2_sandbox=${'x'.repeat(43)}` };
  const state = sandbox.snapshot();
  state.altinn2.sessions['x'.repeat(43)] = { person: 'P04', until: sandbox.clock.now().getTime() + 1000 };
  const again = await testSandbox({ state });
  const { text } = await send(again, `${ORIGINS.altinn2}/ui/AccessConsent/active`, { headers });

  expect(text).toContain(`href="${ORIGINS.nav}/innsyn?lang=nb"`);
  expect(again.altinn2.register.find(code)?.status).toBe('Accepted');
});

test('over HTTP/1.1, reason phrases are on the status line; consents and keys outlive the process', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sandbox-altinn2-'));
  const get = async (url: string, headers: Record<string, string>): Promise<IncomingMessage> => {
    const [response] = await once(request(url, { headers, agent: false }).end(), 'response');
    return response.resume();
  };
  let code: string;
  let keys: Readonly<Record<string, string>>;
  {
    await using running = await startSandbox({ port: 0, dataDirectory: directory, onDefect: fail });
    const { sandbox, origins } = running;
    code = await given(sandbox);
    keys = sandbox.apiKeys;
    const at = `${origins.altinn2}/api/authorization/token/${STRANGE_CODE}`;
    const refused = await get(at, { ApiKey: keys[A] ?? '' });
    expect([refused.httpVersion, refused.statusCode, refused.statusMessage]).toEqual(['1.1', 403, UNUSABLE]);
    expect(refused.headers['content-length']).toBe('0');
    expect((await get(at, {})).statusMessage).toBe("Required header 'ApiKey' is missing.");
    expect((await get(`${origins.altinn2}/api/annet`, {})).statusMessage).toBe('Not Found');
  }
  {
    await using running = await startSandbox({ port: 0, dataDirectory: directory, onDefect: fail });
    expect(running.sandbox.apiKeys).toEqual(keys);
    const at = `${running.origins.altinn2}/api/authorization/token/${code}`;
    expect((await get(at, { ApiKey: keys[A] ?? '' })).statusCode).toBe(200);
  }
  await rm(directory, { recursive: true });
});
