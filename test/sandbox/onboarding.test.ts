import { randomUUID } from 'node:crypto';
import type { CryptoKey } from 'jose';
import { decodeJwt, importJWK, importPKCS8, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { NUMBERS } from '../../src/sandbox/world.ts';
import { derOf } from '../support/certificates.ts';
import { AAP_SCOPE, numberOf, UFORE, UFORE_SCOPE, VEDTAK } from './support/nav-world.ts';
import { ORIGINS, send, testSandbox } from './support/test-sandbox.ts';

const { A, B, C, D, E, supplier: SUPPLIER } = NUMBERS;
const REQUESTS_READ = 'altinn:consentrequests.read';
const TODAY = 'Mon, 16 Nov 2026 09:00:00 GMT';

/** Sends a grant that lives a minute and is signed as the header says. */
async function grant(sandbox: Sandbox, claims: Record<string, unknown>, header: object, key: CryptoKey | Uint8Array) {
  const iat = Math.floor(sandbox.clock.now().getTime() / 1000);
  const assertion = await new SignJWT({
    aud: sandbox.maskinporten.issuer,
    scope: AAP_SCOPE,
    iat,
    exp: iat + 60,
    jti: randomUUID(),
    ...claims,
  })
    .setProtectedHeader({ alg: 'RS256', ...header })
    .sign(key);
  const response = await send(sandbox, `${ORIGINS.maskinporten}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }).toString(),
  });
  const { access_token = '', error_uri, error_description = '' } = JSON.parse(response.text);
  const answer = String(error_uri?.split('/').at(-1) ?? error_description.split(' (')[0]);
  return { answer: response.status === 200 ? 'token' : answer, token: String(access_token) };
}

/** As {@link grant}, by an organisation's client with a key. */
async function byKey(sandbox: Sandbox, organisation: string, claims: Record<string, unknown> = {}) {
  const client = sandbox.clients.find((candidate) => candidate.organisation === organisation);
  if (client === undefined) throw new Error('no such client');
  const key = await importJWK(client.privateJwk, 'RS256');
  return grant(sandbox, { iss: client.clientId, ...claims }, { kid: client.kid }, key);
}

function clientOf(sandbox: Sandbox, organisation: string) {
  const client = sandbox.clients.find((candidate) => candidate.organisation === organisation);
  if (client === undefined) throw new Error('no such client');
  return client;
}

describe('the insurers beside A and B', () => {
  it('have the clients that their stories say', async () => {
    const sandbox = await testSandbox();
    expect(sandbox.clients.map(({ organisation }) => organisation)).toEqual([A, B, SUPPLIER, E]);
    expect(Object.keys(sandbox.apiKeys).toSorted()).toEqual([A, B, SUPPLIER, C, E].toSorted());
    for (const insurer of [A, B, C, D, E]) expect(sandbox.state.maskinporten.access[insurer]).toHaveLength(6);
  });

  it('C gets a token by its certificate', async () => {
    const sandbox = await testSandbox();
    const client = sandbox.maskinporten.certifiedClient(C);
    const x5c = (client?.chain.match(/-----BEGIN.+?-----END CERTIFICATE-----/gs) ?? []).map(derOf);
    const key = await importPKCS8(client?.privateKey ?? '', 'RS256');
    const { token } = await grant(sandbox, { iss: client?.clientId }, { x5c }, key);
    expect(decodeJwt(token)).toMatchObject({
      consumer: { ID: `0192:${C}` },
      client_amr: 'virksomhetssertifikat',
    });
  });

  it('D is served by the supplier from the moment it delegates until it takes that back', async () => {
    const sandbox = await testSandbox();
    const forD = (scope = AAP_SCOPE) => byKey(sandbox, SUPPLIER, { consumer_org: D, scope });
    expect((await forD()).answer).toBe('MP-251');

    sandbox.maskinporten.delegate({ consumer: D, supplier: SUPPLIER });
    expect(decodeJwt((await forD()).token)).toMatchObject({
      consumer: { ID: `0192:${D}` },
      supplier: { ID: `0192:${SUPPLIER}` },
    });

    sandbox.maskinporten.revokeDelegation({ consumer: D, supplier: SUPPLIER }, [AAP_SCOPE]);
    expect([(await forD()).answer, (await forD(UFORE_SCOPE)).answer]).toEqual(['MP-251', 'token']);
    sandbox.maskinporten.revokeDelegation({ consumer: D, supplier: SUPPLIER });
    expect((await forD(UFORE_SCOPE)).answer).toBe('MP-251');
    expect((await byKey(sandbox, SUPPLIER, { consumer_org: A })).answer).toBe('token');
  });

  it('E is refused for its expired key, and let in once the key is uploaded anew', async () => {
    const sandbox = await testSandbox();
    expect((await byKey(sandbox, E)).answer).toBe('MP-121');
    clientOf(sandbox, E).registeredAt = sandbox.clock.now().toISOString();
    expect((await byKey(sandbox, E)).answer).toBe('token');
  });
});

describe('Maskinporten, when something is not in place', () => {
  it.each<[string, string, (sandbox: Sandbox) => void]>([
    [
      'a key id that is not registered',
      'Invalid assertion. Client authentication failed. Unknown key identifier',
      (sandbox) => {
        sandbox.state.maskinporten.clients = [{ ...clientOf(sandbox, A), kid: 'another' }];
      },
    ],
    [
      'the key of another organisation',
      'MP-124',
      (sandbox) => {
        clientOf(sandbox, A).publicJwk = clientOf(sandbox, B).publicJwk;
      },
    ],
    [
      'a client without the scope',
      'MP-200',
      (sandbox) => {
        clientOf(sandbox, A).scopes = [UFORE_SCOPE];
      },
    ],
    [
      'a scope that NAV has not opened',
      'MP-250',
      (sandbox) => {
        sandbox.state.maskinporten.access[A] = [UFORE_SCOPE];
      },
    ],
    [
      'its clock two minutes behind',
      'Issue time is after now',
      (sandbox) => {
        sandbox.switches.maskinportenAheadSeconds = -120;
      },
    ],
    [
      'its clock two minutes ahead',
      'MP-130',
      (sandbox) => {
        sandbox.switches.maskinportenAheadSeconds = 120;
      },
    ],
  ])('answers accordingly: %s', async (_, answer, change) => {
    const sandbox = await testSandbox();
    // The grant is signed as before, whatever is registered by then.
    const { clientId, kid, privateJwk } = clientOf(sandbox, A);
    const key = await importJWK(privateJwk, 'RS256');
    const asBefore = () => grant(sandbox, { iss: clientId }, { kid }, key);
    expect((await asBefore()).answer).toBe('token');
    change(sandbox);
    expect((await asBefore()).answer).toBe(answer);
  });

  it('describes itself by the seven fields that the real one has', async () => {
    const { text } = await send(await testSandbox(), `${ORIGINS.maskinporten}/.well-known/oauth-authorization-server`);
    expect(JSON.parse(text)).toEqual({
      issuer: `${ORIGINS.maskinporten}/`,
      token_endpoint: `${ORIGINS.maskinporten}/token`,
      jwks_uri: `${ORIGINS.maskinporten}/jwk`,
      grant_types_supported: ['urn:ietf:params:oauth:grant-type:jwt-bearer'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['RS256', 'RS384', 'RS512'],
      authorization_details_types_supported: ['urn:altinn:systemuser', 'urn:altinn:consent'],
    });
  });

  it('dates every answer by its own clock, those of a fault among them', async () => {
    const sandbox = await testSandbox();
    const dateOf = async (path: string) => (await send(sandbox, `${ORIGINS.maskinporten}${path}`)).headers['date'];
    for (const path of ['/.well-known/oauth-authorization-server', '/jwk', '/token', '/nowhere']) {
      expect(await dateOf(path)).toBe(TODAY);
    }
    sandbox.switches.maskinportenAheadSeconds = 120;
    sandbox.faults.add({ upstream: 'maskinporten', kind: 'status', status: 503, times: 1 });
    expect(await dateOf('/jwk')).toBe('Mon, 16 Nov 2026 09:02:00 GMT');
    expect((await send(sandbox, `${ORIGINS.aap}${VEDTAK}`)).headers['date']).toBe(TODAY);
  });
});

describe('the resource registry', () => {
  const resource = (sandbox: Sandbox, id: string) =>
    send(sandbox, `${ORIGINS.altinn3}/resourceregistry/api/v1/resource/${id}`);

  it('tells everybody which metadata a resource wants, as long as it has the resource', async () => {
    const sandbox = await testSandbox();
    const { status, text } = await resource(sandbox, 'nav_samtykke_dsop_aap-ufore');
    expect([status, JSON.parse(text)]).toEqual([
      200,
      expect.objectContaining({
        identifier: 'nav_samtykke_dsop_aap-ufore',
        consentMetadata: { fraogmed: { optional: false }, tilogmed: { optional: false } },
      }),
    ]);
    expect(await resource(sandbox, 'nav_5252_2')).toMatchObject({ status: 200 });

    sandbox.state.altinn3.resources = [];
    expect(await resource(sandbox, 'nav_samtykke_dsop_aap-ufore')).toMatchObject({ status: 404, text: '' });
  });

  it('tells of a metadata key that is new', async () => {
    const sandbox = await testSandbox();
    sandbox.state.altinn3.resources = sandbox.state.altinn3.resources.map((known) => ({
      ...known,
      metadataKeys: [...known.metadataKeys, 'sak'],
    }));
    const { text } = await resource(sandbox, 'nav_samtykke_dsop_aap-ufore');
    expect(Object.keys(JSON.parse(text).consentMetadata)).toEqual(['fraogmed', 'tilogmed', 'sak']);
  });

  it('is read and not written to', async () => {
    const { status, headers } = await send(
      await testSandbox(),
      `${ORIGINS.altinn3}/resourceregistry/api/v1/resource/nav_5252_2`,
      { method: 'POST' },
    );
    expect([status, headers['allow']]).toEqual([405, 'GET']);
  });
});

describe('the feed of Altinn 2', () => {
  const feed = (sandbox: Sandbox, token: string, key: string | undefined) =>
    send(sandbox, `${ORIGINS.altinn2}/api/consentRequests`, {
      headers: { authorization: `Bearer ${token}`, ...(key === undefined ? {} : { ApiKey: key }) },
    });

  it('tells the right ApiKey from none, a wrong one and another organisation’s', async () => {
    const sandbox = await testSandbox();
    const { token } = await byKey(sandbox, A, { scope: REQUESTS_READ });
    const statuses: number[] = [];
    for (const key of [sandbox.apiKeys[A], undefined, randomUUID(), sandbox.apiKeys[B], sandbox.apiKeys[SUPPLIER]]) {
      statuses.push((await feed(sandbox, token, key)).status);
    }
    expect(statuses).toEqual([200, 400, 403, 403, 403]);
  });

  it('serves D by the supplier’s ApiKey', async () => {
    const sandbox = await testSandbox();
    sandbox.maskinporten.delegate({ consumer: D, supplier: SUPPLIER }, [REQUESTS_READ]);
    const { token } = await byKey(sandbox, SUPPLIER, { consumer_org: D, scope: REQUESTS_READ });
    expect((await feed(sandbox, token, sandbox.apiKeys[SUPPLIER])).status).toBe(200);
  });
});

describe('NAV, asked without a consent', () => {
  const SERVICES = [
    ['AAP', `${ORIGINS.aap}${VEDTAK}`, 'aap', AAP_SCOPE, UFORE_SCOPE],
    ['uføre', `${ORIGINS.uforeopplysninger}${UFORE}`, 'uforeopplysninger', UFORE_SCOPE, AAP_SCOPE],
  ] as const;

  it.each(SERVICES)('tells a token that opens %s from one that does not', async (_, url, upstream, own, others) => {
    const sandbox = await testSandbox();
    const status = async (scope: string | null, headers: Record<string, string> = {}) => {
      const bearer = scope === null ? {} : { authorization: `Bearer ${(await byKey(sandbox, A, { scope })).token}` };
      return (await send(sandbox, url, { headers: { ...bearer, ...headers } })).status;
    };
    expect(await status(null)).toBe(401);
    expect(await status(others)).toBe(403);
    expect(await status(own)).toBe(400);
    expect(await status(own, { fnr: numberOf('P04') })).toBe(403);

    sandbox.faults.add({ upstream, kind: 'status', status: 403, times: 1 });
    expect(await status(own)).toBe(403);
    sandbox.faults.add({ upstream, kind: 'status', status: 503, times: 1 });
    expect(await status(own)).toBe(503);
    expect(sandbox.traces()).toEqual([]);
  });
});
