import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { decodeJwt, decodeProtectedHeader, exportJWK, importSPKI, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { stillClock } from '../../src/clock.ts';
import type { GrantClaims } from '../../src/maskinporten/assertion.ts';
import { createSigner } from '../../src/maskinporten/assertion.ts';
import { Secret } from '../../src/values.ts';

const ISSUER = 'https://maskinporten.example/';
const NOW = new Date('2026-11-16T09:00:00.987Z');
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const publicKey = await importSPKI(pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'RS256');
const jwk = JSON.stringify(pair.privateKey.export({ format: 'jwk' }));

function signerWith(privateKey: string, lifetimeSeconds = 120) {
  return createSigner({
    clientId: 'client',
    kid: 'key-1',
    privateKey: new Secret(privateKey, 'signing key'),
    issuer: ISSUER,
    lifetimeSeconds,
    clock: stillClock(NOW),
  });
}

const IAT = 1_794_819_600;
const CONSENT = {
  id: new Secret('5b0f6d1e-7c52-4d0e-9d55-0c3b1f3a9e21', 'id'),
  from: new Secret('urn:altinn:person:identifier-no:30817429498', 'from'),
};
const DETAILS = [{ type: 'urn:altinn:consent', id: CONSENT.id.reveal(), from: CONSENT.from.reveal() }];
const COMMON = {
  iss: 'client',
  aud: ISSUER,
  iat: IAT,
  exp: IAT + 120,
  scope: 'a:b',
  jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
};

describe('a grant', () => {
  it.each<[string, GrantClaims, object]>([
    ['of a data consumer', { scope: 'a:b' }, COMMON],
    ['of a supplier', { scope: 'a:b', consumerOrg: '210483713' }, { ...COMMON, consumer_org: '210483713' }],
    ['with a consent', { scope: 'a:b', consent: CONSENT }, { ...COMMON, authorization_details: DETAILS }],
    [
      'of a supplier with a consent',
      { scope: 'a:b', consumerOrg: '210483713', consent: CONSENT },
      { ...COMMON, consumer_org: '210483713', authorization_details: DETAILS },
    ],
  ])('%s holds exactly the claims that Maskinporten knows, and holds under bare jose', async (_, claims, expected) => {
    const sign = await signerWith(pem);
    const grant = (await sign(claims)).reveal();
    expect(decodeProtectedHeader(grant)).toEqual({ alg: 'RS256', kid: 'key-1' });
    expect(decodeJwt(grant)).toEqual(expected);
    await jwtVerify(grant, publicKey, { issuer: 'client', audience: ISSUER, algorithms: ['RS256'], currentDate: NOW });
  });

  it('is as long as configured', async () => {
    const { iat, exp } = decodeJwt((await (await signerWith(pem, 30))({ scope: 'a:b' })).reveal());
    expect([iat, exp]).toEqual([IAT, IAT + 30]);
  });

  it('is another one each time', async () => {
    const sign = await signerWith(pem);
    const grants = await Promise.all(Array.from({ length: 20 }, () => sign({ scope: 'a:b' })));
    expect(new Set(grants.map((grant) => decodeJwt(grant.reveal()).jti)).size).toBe(20);
  });

  it('prints as a mask', async () => {
    const grant = await (await signerWith(pem))({ scope: 'a:b', consent: CONSENT });
    expect(`${grant} ${JSON.stringify(grant)} ${inspect(grant)}`).toBe('[grant] "[grant]" [grant]');
  });
});

describe('the private key', () => {
  it.each([
    ['PKCS#8 PEM', pem],
    ['PKCS#8 PEM with blank lines around it', `\n\n${pem}\n`],
    ['JWK', jwk],
    [
      'JWK with a name of its own, an algorithm and a use',
      JSON.stringify({ ...JSON.parse(jwk), kid: 'other', alg: 'RS256', use: 'sig' }),
    ],
  ])('may be a %s', async (_, key) => {
    const sign = await signerWith(key);
    await jwtVerify((await sign({ scope: 'a:b' })).reveal(), publicKey, { currentDate: NOW });
  });

  const unusable: [string, () => string | Promise<string>][] = [
    ['nothing', () => ''],
    ['half a PEM', () => pem.slice(0, 800)],
    ['PKCS#1', () => pair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()],
    [
      'an encrypted PEM',
      () => pair.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString(),
    ],
    ['half a JWK', () => jwk.slice(0, 300)],
    ['a public JWK', async () => JSON.stringify(await exportJWK(publicKey))],
    ['a shared secret', () => JSON.stringify({ kty: 'oct', k: 'c2hhcmVkIHNlY3JldCBvZiBzb21lIGxlbmd0aCBhbmQgbW9yZQ' })],
    [
      'an elliptic curve JWK',
      () => JSON.stringify(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })),
    ],
    [
      'an elliptic curve PEM',
      () =>
        generateKeyPairSync('ec', { namedCurve: 'P-256' })
          .privateKey.export({ type: 'pkcs8', format: 'pem' })
          .toString(),
    ],
    [
      'a short RSA key',
      () =>
        generateKeyPairSync('rsa', { modulusLength: 1024 })
          .privateKey.export({ type: 'pkcs8', format: 'pem' })
          .toString(),
    ],
  ];
  it.each(unusable)('cannot be %s, which is said at once and without it', async (_, make) => {
    const key = await make();
    const error: unknown = await signerWith(key).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    const shown = inspect(error, { depth: 9, showHidden: true });
    expect(shown).toContain('neither a PKCS#8 PEM nor a JWK of an RSA key');
    for (const part of key.match(/[A-Za-z0-9+/_-]{20,}/g) ?? []) expect(shown).not.toContain(part);
  });
});
