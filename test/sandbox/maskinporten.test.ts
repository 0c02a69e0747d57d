import { randomUUID } from 'node:crypto';
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  jwtVerify,
  SignJWT,
  UnsecuredJWT,
} from 'jose';
import { describe, expect, it } from 'vitest';
import { newMaskinportenClient } from '../../src/sandbox/maskinporten-state.ts';
import type { ConsentChain } from './support/consent-chain.ts';
import {
  A,
  B,
  JWT_BEARER,
  MASKINPORTEN,
  newConsentChain,
  OTHER_PERSON,
  organisationUrn,
  PERSON,
  personUrn,
  REQUESTS,
  RESOURCE,
  read,
  requestBody,
  right,
  SUPPLIER,
} from './support/consent-chain.ts';

const AAP = 'nav:arbeid/v1/aap';
const UFORE = 'nav:helse/v1/uforeopplysninger';
const WRITE = 'altinn:consentrequests.write';

/** Status, `error` and the code in `error_uri` of a refusal, after its form has been checked. */
function refusalIn(response: Awaited<ReturnType<ConsentChain['post']>>) {
  const { error, error_description, error_uri, ...rest } = read(response);
  expect(rest).toEqual({});
  expect(error_description).toMatch(/ \(trace_id: [0-9a-f]{32}\)$/);
  if (error_uri !== undefined) expect(error_uri).toMatch(new RegExp(`^${MASKINPORTEN}/errors/MP-\\d{3}$`));
  return [response.status, error, error_uri?.slice(-6)];
}

describe('a token', () => {
  it('carries exactly the documented claims, signed with the published key', async () => {
    const chain = newConsentChain();
    const response = await chain.grant(A, UFORE);
    expect(response.status).toBe(200);
    expect(response.headers['content-type']).toBe('application/json');
    const { access_token, ...rest } = read(response);
    expect(rest).toEqual({ token_type: 'Bearer', expires_in: 120, scope: UFORE });
    expect(decodeProtectedHeader(access_token)).toEqual({
      alg: 'RS256',
      kid: chain.maskinportenState.signingKeys[0]?.kid,
    });
    const { payload } = await jwtVerify(access_token, createLocalJWKSet(chain.maskinporten.jwks()), {
      currentDate: chain.clock.now(),
      issuer: `${MASKINPORTEN}/`,
    });
    expect(payload).toEqual({
      iss: `${MASKINPORTEN}/`,
      client_amr: 'private_key_jwt',
      token_type: 'Bearer',
      client_id: chain.clientOf(A).clientId,
      scope: UFORE,
      consumer: { authority: 'iso6523-actorid-upis', ID: `0192:${A}` },
      iat: chain.seconds(),
      exp: chain.seconds() + 120,
      jti: expect.stringMatching(/^[\w-]{43}$/),
    });
  });

  it('lives 29 seconds for AAP, and as long as its shortest scope for several', async () => {
    const chain = newConsentChain();
    expect(read(await chain.grant(A, AAP)).expires_in).toBe(29);
    expect(read(await chain.grant(A, `${UFORE} ${AAP}`))).toMatchObject({ expires_in: 29, scope: `${UFORE} ${AAP}` });
  });

  it('says how many whole seconds are left, never more', async () => {
    const chain = newConsentChain();
    chain.later(0.4);
    expect(read(await chain.grant(A, AAP)).expires_in).toBe(28);
  });

  it('has an audience only when a resource was asked for, and the person only when one was named', async () => {
    const chain = newConsentChain();
    const token = await chain.token(A, AAP, { resource: ['https://nav.example'], pid: PERSON });
    expect(decodeJwt(token)).toMatchObject({ aud: ['https://nav.example'], pid: PERSON });
  });

  it('names consumer, supplier and source of the delegation when a supplier asks', async () => {
    const chain = newConsentChain();
    expect(decodeJwt(await chain.token(SUPPLIER, AAP, { consumer_org: B }))).toMatchObject({
      consumer: { ID: `0192:${B}` },
      supplier: { authority: 'iso6523-actorid-upis', ID: `0192:${SUPPLIER}` },
      delegation_source: 'https://tt02.altinn.no/',
      client_id: chain.clientOf(SUPPLIER).clientId,
    });
  });

  it.each(['RS256', 'RS384', 'RS512'])('is issued for a grant signed with %s', async (alg) => {
    const chain = newConsentChain();
    expect((await chain.post(await chain.sign(A, chain.claimsOf(A, AAP), { alg }))).status).toBe(200);
  });

  it('is signed with the first key after a rotation, while the old one stays published', async () => {
    const chain = newConsentChain();
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    chain.maskinportenState.signingKeys.unshift({ ...(await exportJWK(privateKey)), kid: 'next' });
    expect(decodeProtectedHeader(await chain.token(A, AAP)).kid).toBe('next');
    const { keys } = chain.maskinporten.jwks();
    expect(keys.map(({ kid }) => kid)).toEqual(['next', chain.maskinportenState.signingKeys[1]?.kid]);
    expect(keys.flatMap((key) => Object.keys(key))).not.toContain('d');
  });
});

describe('a grant', () => {
  const chain = newConsentChain();
  const cases: readonly [string, (chain: ConsentChain) => Promise<string> | string, readonly unknown[]][] = [
    ['that is no JWT', () => 'not-a-jwt', [400, 'invalid_request', 'MP-011']],
    [
      'without a signature',
      ({ claimsOf }) => new UnsecuredJWT(claimsOf(A, AAP)).encode(),
      [400, 'invalid_request', 'MP-011'],
    ],
    [
      'signed with PS256',
      ({ sign, claimsOf }) => sign(A, claimsOf(A, AAP), { alg: 'PS256' }),
      [400, 'invalid_request', 'MP-011'],
    ],
    [
      'signed with ES256',
      async ({ claimsOf, clientOf }) =>
        new SignJWT(claimsOf(A, AAP))
          .setProtectedHeader({ alg: 'ES256', kid: clientOf(A).kid })
          .sign((await generateKeyPair('ES256')).privateKey),
      [400, 'invalid_request', 'MP-011'],
    ],
    [
      'with a claim nobody knows',
      ({ sign, claimsOf }) => sign(A, claimsOf(A, AAP, { reference: 'x' })),
      [400, 'invalid_request', 'MP-011'],
    ],
    [
      'on behalf of someone the old way',
      ({ sign, claimsOf }) => sign(A, claimsOf(A, AAP, { iss_onbehalfof: B })),
      [400, 'invalid_request', 'MP-011'],
    ],
    [
      'with a fraction in its time',
      ({ sign, claimsOf, seconds }) => sign(A, claimsOf(A, AAP, { iat: seconds() - 0.5 })),
      [400, 'invalid_request', 'MP-011'],
    ],
    ['without a scope', ({ sign, claimsOf }) => sign(A, claimsOf(A, ' ')), [400, 'invalid_request', 'MP-011']],
    [
      'with a consumer that has a wrong check digit',
      ({ sign, claimsOf }) => sign(A, claimsOf(A, AAP, { consumer_org: '210483714' })),
      [400, 'invalid_request', 'MP-011'],
    ],
    [
      'with a consumer in the long form',
      ({ sign, claimsOf }) => sign(A, claimsOf(A, AAP, { consumer_org: `0192:${B}` })),
      [400, 'invalid_request', 'MP-011'],
    ],
    [
      'with a resource that is no list',
      ({ sign, claimsOf }) => sign(A, claimsOf(A, AAP, { resource: 'https://nav.example' })),
      [400, 'invalid_request', 'MP-011'],
    ],
    [
      'for a number that could be a real person’s',
      ({ sign, claimsOf }) => sign(A, claimsOf(A, AAP, { pid: '31123955539' })),
      [400, 'invalid_request', 'MP-011'],
    ],
    [
      'of an unknown client',
      ({ sign, claimsOf }) => sign(A, claimsOf(A, AAP, { iss: randomUUID() })),
      [400, 'invalid_grant', 'MP-100'],
    ],
    [
      'whose audience lacks the slash',
      ({ sign, claimsOf }) => sign(A, claimsOf(A, AAP, { aud: MASKINPORTEN })),
      [400, 'invalid_grant', 'MP-110'],
    ],
    [
      'whose audience is the token endpoint',
      ({ sign, claimsOf }) => sign(A, claimsOf(A, AAP, { aud: `${MASKINPORTEN}/token` })),
      [400, 'invalid_grant', 'MP-110'],
    ],
    [
      'whose audience is a list',
      ({ sign, claimsOf }) => sign(A, claimsOf(A, AAP, { aud: [`${MASKINPORTEN}/`] })),
      [400, 'invalid_grant', 'MP-110'],
    ],
    [
      'with an unknown key id',
      ({ sign, claimsOf }) => sign(A, claimsOf(A, AAP), { kid: 'someone-else' }),
      [400, 'invalid_grant', undefined],
    ],
    [
      'without a key id',
      ({ sign, claimsOf }) => sign(A, claimsOf(A, AAP), { kid: undefined }),
      [400, 'invalid_grant', undefined],
    ],
    [
      'with a certificate though the client has a key',
      ({ sign, claimsOf }) => sign(A, claimsOf(A, AAP), { kid: undefined, x5c: ['MIIB'] }),
      [400, 'invalid_grant', undefined],
    ],
    [
      'with a certificate chain that is no list',
      ({ sign, claimsOf }) => sign(A, claimsOf(A, AAP), { x5c: 'MIIB' }),
      [400, 'invalid_grant', 'MP-123'],
    ],
    [
      'signed with another client’s key',
      async ({ claimsOf, clientOf }) =>
        new SignJWT(claimsOf(A, AAP))
          .setProtectedHeader({ alg: 'RS256', kid: clientOf(A).kid })
          .sign(await importJWK(clientOf(B).privateJwk, 'RS256')),
      [400, 'invalid_grant', 'MP-124'],
    ],
    [
      'that lives 121 seconds',
      ({ sign, claimsOf, seconds }) => sign(A, claimsOf(A, AAP, { exp: seconds() + 121 })),
      [400, 'invalid_grant', undefined],
    ],
    [
      'issued 11 seconds ahead',
      ({ sign, claimsOf, seconds }) => sign(A, claimsOf(A, AAP, { iat: seconds() + 11 })),
      [400, 'invalid_grant', undefined],
    ],
    [
      'that ended 11 seconds ago',
      ({ sign, claimsOf, seconds }) => sign(A, claimsOf(A, AAP, { iat: seconds() - 60, exp: seconds() - 11 })),
      [400, 'invalid_grant', 'MP-130'],
    ],
    [
      'for a scope the client lacks',
      ({ sign, claimsOf }) => sign(A, claimsOf(A, 'nav:helse/v1/sykepenger')),
      [400, 'invalid_scope', 'MP-200'],
    ],
    [
      'by a supplier that left out the consumer',
      ({ sign, claimsOf }) => sign(SUPPLIER, claimsOf(SUPPLIER, AAP)),
      [403, 'forbidden', 'MP-250'],
    ],
    [
      'whose consumer is the client’s owner',
      ({ sign, claimsOf }) => sign(A, claimsOf(A, AAP, { consumer_org: A })),
      [400, 'invalid_request', undefined],
    ],
    [
      'for a consumer that delegated nothing',
      ({ sign, claimsOf }) => sign(A, claimsOf(A, AAP, { consumer_org: B })),
      [403, 'forbidden', 'MP-251'],
    ],
  ];

  it.each(cases)('%s is refused', async (_name, assertion, expected) => {
    expect(refusalIn(await chain.post(await assertion(chain)))).toEqual(expected);
  });

  it.each([
    ['sub and nbf', (seconds: number) => ({ sub: 'x', nbf: seconds })],
    ['a clock ten seconds ahead', (seconds: number) => ({ iat: seconds + 10, exp: seconds + 130 })],
    ['an end ten seconds ago', (seconds: number) => ({ iat: seconds - 130, exp: seconds - 10 })],
    ['no jti', () => ({ jti: undefined })],
  ])('with %s is accepted', async (_name, change: (seconds: number) => Record<string, unknown>) => {
    expect((await chain.grant(A, AAP, change(chain.seconds()))).status).toBe(200);
  });

  it('is used once: the same grant, and another with its jti, are refused', async () => {
    const claims = chain.claimsOf(A, AAP);
    const assertion = await chain.sign(A, claims);
    expect((await chain.post(assertion)).status).toBe(200);
    expect(refusalIn(await chain.post(assertion))).toEqual([400, 'invalid_grant', 'MP-012']);
    const sameId = await chain.sign(A, { ...claims, scope: UFORE });
    expect(refusalIn(await chain.post(sameId))).toEqual([400, 'invalid_grant', 'MP-012']);
    const withoutId = await chain.sign(A, chain.claimsOf(A, UFORE, { jti: undefined }));
    expect((await chain.post(withoutId)).status).toBe(200);
    expect(refusalIn(await chain.post(withoutId))).toEqual([400, 'invalid_grant', 'MP-012']);
  });

  it('is spent even when what it asks for is refused afterwards', async () => {
    const assertion = await chain.sign(A, chain.claimsOf(A, 'nav:helse/v1/sykepenger'));
    expect(refusalIn(await chain.post(assertion))[2]).toBe('MP-200');
    expect(refusalIn(await chain.post(assertion))[2]).toBe('MP-012');
  });

  it('may use the jti of another client, and spent grants are forgotten once they could only be late', async () => {
    const chain = newConsentChain();
    const jti = randomUUID();
    expect((await chain.grant(A, AAP, { jti })).status).toBe(200);
    expect((await chain.grant(B, AAP, { jti })).status).toBe(200);
    expect(Object.keys(chain.maskinportenState.spentGrants)).toHaveLength(4);
    chain.later(131);
    await chain.grant(A, AAP, { jti: undefined });
    expect(Object.keys(chain.maskinportenState.spentGrants)).toHaveLength(1);
  });

  it('of a key registered a year ago is refused, and accepted again once the key is uploaded anew', async () => {
    const chain = newConsentChain();
    chain.later(365 * 86_400);
    expect((await chain.grant(A, AAP)).status).toBe(200);
    chain.later(1);
    expect(refusalIn(await chain.grant(A, AAP))).toEqual([400, 'invalid_grant', 'MP-121']);
    chain.clientOf(A).registeredAt = chain.clock.now().toISOString();
    expect((await chain.grant(A, AAP)).status).toBe(200);
  });

  it('for a scope that is closed to Maskinporten, ungranted or no longer delegated is refused from the next call on', async () => {
    const chain = newConsentChain();
    const { scopes, access, delegations } = chain.maskinportenState;
    chain.clientOf(A).scopes.push('other:scope');
    scopes['other:scope'] = { lifetimeSeconds: 120, openToMaskinporten: false };
    expect(refusalIn(await chain.grant(A, 'other:scope'))).toEqual([400, 'invalid_scope', 'MP-201']);
    access[A] = [UFORE];
    expect(refusalIn(await chain.grant(A, AAP))).toEqual([403, 'forbidden', 'MP-250']);
    expect((await chain.grant(SUPPLIER, AAP, { consumer_org: B })).status).toBe(200);
    delegations.length = 0;
    const response = await chain.grant(SUPPLIER, AAP, { consumer_org: B });
    expect(refusalIn(response)).toEqual([403, 'forbidden', 'MP-251']);
    expect(read(response).error_description).toContain(
      `Consumer ${B} has not delegated access to the scope ${AAP} to supplier ${SUPPLIER}.`,
    );
  });
});

it('knows a client from the moment it is added to the state', async () => {
  const chain = newConsentChain();
  const added = await newMaskinportenClient({
    clientId: randomUUID(),
    organisation: A,
    registeredAt: chain.clock.now(),
  });
  const key = await importJWK(added.privateJwk, 'RS256');
  const grant = () =>
    new SignJWT({ ...chain.claimsOf(A, AAP), iss: added.clientId })
      .setProtectedHeader({ alg: 'RS256', kid: added.kid })
      .sign(key);
  expect(refusalIn(await chain.post(await grant()))).toEqual([400, 'invalid_grant', 'MP-100']);
  chain.maskinportenState.clients.push(added);
  expect(decodeJwt(read(await chain.post(await grant())).access_token)).toMatchObject({ client_id: added.clientId });
});

describe('the token endpoint', () => {
  const chain = newConsentChain();
  const send = (body: string, type = 'application/x-www-form-urlencoded', method = 'POST', path = '/token') =>
    chain.maskinporten.double({ method, url: new URL(path, MASKINPORTEN), headers: { 'content-type': type }, body });

  it('takes the JWT bearer grant alone', async () => {
    const assertion = await chain.sign(A, chain.claimsOf(A, AAP));
    expect(refusalIn(await chain.post(assertion, 'client_credentials'))).toEqual([
      400,
      'unsupported_grant_type',
      undefined,
    ]);
    expect(refusalIn(await send('{}', 'application/json'))).toEqual([400, 'invalid_request', undefined]);
    const form = new URLSearchParams({ grant_type: JWT_BEARER, assertion });
    expect(refusalIn(await send(`grant_type=${encodeURIComponent(JWT_BEARER)}`))).toEqual([
      400,
      'invalid_request',
      undefined,
    ]);
    expect(refusalIn(await send(`${form}&assertion=x`))).toEqual([400, 'invalid_request', undefined]);
    expect((await send(`${form}`, 'application/x-www-form-urlencoded; charset=utf-8')).status).toBe(200);
    expect((await send('', '', 'GET')).status).toBe(404);
  });

  it('is found through discovery, as are the keys', async () => {
    const metadata = read(await send('', '', 'GET', '/.well-known/oauth-authorization-server'));
    expect(metadata).toEqual({
      issuer: `${MASKINPORTEN}/`,
      token_endpoint: `${MASKINPORTEN}/token`,
      jwks_uri: `${MASKINPORTEN}/jwk`,
      grant_types_supported: [JWT_BEARER],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['RS256', 'RS384', 'RS512'],
      authorization_details_types_supported: ['urn:altinn:systemuser', 'urn:altinn:consent'],
    });
    expect(read(await send('', '', 'GET', '/jwk'))).toEqual(chain.maskinporten.jwks());
  });
});

describe('a grant for a consent', () => {
  const consentGrant = (
    chain: ConsentChain,
    id: string,
    change: Record<string, unknown> = {},
    organisation = A,
    more: Record<string, unknown> = {},
  ) =>
    chain.grant(organisation, UFORE, {
      authorization_details: [{ type: 'urn:altinn:consent', id, from: personUrn(PERSON), ...change }],
      ...more,
    });

  async function given(chain: ConsentChain, change: Record<string, unknown> = {}): Promise<string> {
    const { id } = read(await chain.ask(change));
    expect(chain.altinn3.register.accept(id, PERSON)).toHaveProperty('done');
    return id;
  }

  it('carries the consent into the token, the receiver as an object and the giver as a URN', async () => {
    const chain = newConsentChain();
    const id = await given(chain);
    const { authorization_details } = decodeJwt(read(await consentGrant(chain, id.toUpperCase())).access_token);
    const consented = '2026-11-16T09:00:00+00:00';
    expect(authorization_details).toEqual([
      {
        type: 'urn:altinn:consent',
        id,
        from: personUrn(PERSON),
        to: { authority: 'iso6523-actorid-upis', ID: `0192:${A}` },
        consented,
        validTo: '2027-03-01T12:00:00+00:00',
        consentRights: [
          {
            action: ['consent'],
            resource: [{ type: 'urn:altinn:resource', value: RESOURCE }],
            metadata: { fraogmed: '01.01.2022', tilogmed: '31.12.2027' },
          },
        ],
      },
    ]);
  });

  it('writes the receiver’s id in lower case as well when told to', async () => {
    const chain = newConsentChain();
    chain.maskinportenState.toWithLowerCaseId = true;
    const { authorization_details } = decodeJwt(read(await consentGrant(chain, await given(chain))).access_token);
    expect(authorization_details).toMatchObject([{ to: { ID: `0192:${A}`, id: `0192:${A}` } }]);
  });

  it('may come from a supplier, on behalf of the receiver', async () => {
    const chain = newConsentChain();
    const id = await given(chain);
    expect((await consentGrant(chain, id, {}, SUPPLIER, { consumer_org: A })).status).toBe(200);
    expect(refusalIn(await consentGrant(chain, id, {}, SUPPLIER, { consumer_org: B }))[2]).toBe('MP-303');
  });

  it.each<[string, (chain: ConsentChain) => Promise<string> | string, Record<string, unknown>]>([
    ['unknown', () => randomUUID(), {}],
    ['not answered', async (chain) => read(await chain.ask()).id, {}],
    [
      'declined',
      async (chain) => {
        const { id } = read(await chain.ask());
        chain.altinn3.register.reject(id, PERSON);
        return id;
      },
      {},
    ],
    [
      'withdrawn',
      async (chain) => {
        const id = await given(chain);
        chain.altinn3.register.revoke(id, PERSON);
        return id;
      },
      {},
    ],
    [
      'past its end',
      async (chain) => {
        const id = await given(chain, { validTo: '2026-11-16T09:00:01Z' });
        chain.later(1);
        return id;
      },
      {},
    ],
    ['given by someone else', (chain) => given(chain), { from: personUrn(OTHER_PERSON) }],
  ])('that is %s is refused, with the error that was chosen', async (_name, prepare, change) => {
    const chain = newConsentChain();
    const id = await prepare(chain);
    expect(refusalIn(await consentGrant(chain, id, change))).toEqual([400, 'invalid_grant', 'MP-303']);
    chain.maskinportenState.consentRefusalError = 'invalid_altinn_customer_configuration';
    expect(refusalIn(await consentGrant(chain, id, change))).toEqual([
      400,
      'invalid_altinn_customer_configuration',
      'MP-303',
    ]);
  });

  it('that another organisation received is refused', async () => {
    const chain = newConsentChain();
    expect(refusalIn(await consentGrant(chain, await given(chain), {}, B))).toEqual([400, 'invalid_grant', 'MP-303']);
  });

  it.each<[string, unknown, readonly unknown[]]>([
    ['of a type nobody knows', [{ type: 'urn:example:other' }], [400, 'invalid_authorization_details', 'MP-301']],
    ['of a system user', [{ type: 'urn:altinn:systemuser' }], [400, 'invalid_altinn_customer_configuration', 'MP-303']],
    [
      'with a field nobody knows',
      [{ type: 'urn:altinn:consent', id: randomUUID(), from: personUrn(PERSON), to: organisationUrn(A) }],
      [400, 'invalid_authorization_details', 'MP-302'],
    ],
    ['without a giver', [{ type: 'urn:altinn:consent', id: randomUUID() }], [400, 'invalid_grant', 'MP-303']],
    [
      'with an id that is no UUID',
      [{ type: 'urn:altinn:consent', id: '1', from: personUrn(PERSON) }],
      [400, 'invalid_grant', 'MP-303'],
    ],
    [
      'with a real person’s number',
      [{ type: 'urn:altinn:consent', id: randomUUID(), from: personUrn('31123955539') }],
      [400, 'invalid_grant', 'MP-303'],
    ],
    ['twice over', [{ type: 'urn:altinn:consent' }, { type: 'urn:altinn:consent' }], [400, 'invalid_grant', 'MP-303']],
    ['as no list', { type: 'urn:altinn:consent' }, [400, 'invalid_grant', 'MP-303']],
  ])('%s is refused', async (_name, authorization_details, expected) => {
    const chain = newConsentChain();
    const response = await chain.grant(A, UFORE, { authorization_details });
    expect(refusalIn(response)).toEqual(expected);
    for (const number of [PERSON, '31123955539']) expect(response.body).not.toContain(number);
  });

  it('leaves metadata out when the consent has none, as a migrated one may', async () => {
    const chain = newConsentChain();
    const id = await given(chain);
    const consent = chain.altinnState.consents[id];
    if (consent === undefined) throw new Error('not stored');
    chain.altinnState.consents[id] = { ...consent, consentRights: [{ ...right(), metadata: null }] };
    const [details] = Object(decodeJwt(read(await consentGrant(chain, id)).access_token)['authorization_details']);
    expect(details.consentRights[0]).not.toHaveProperty('metadata');
  });

  it('is judged anew each time: withdrawn between two calls, the second is refused', async () => {
    const chain = newConsentChain();
    const id = await given(chain);
    expect((await consentGrant(chain, id)).status).toBe(200);
    chain.altinn3.register.revoke(id, PERSON);
    expect(refusalIn(await consentGrant(chain, id))[2]).toBe('MP-303');
  });
});

it('gives tokens that Altinn accepts until they end', async () => {
  const chain = newConsentChain();
  const bearer = await chain.token(A, WRITE);
  chain.later(119);
  expect((await chain.altinn('POST', REQUESTS, { bearer, body: requestBody() })).status).toBe(201);
  chain.later(1);
  expect((await chain.altinn('POST', REQUESTS, { bearer, body: requestBody() })).status).toBe(401);
});
