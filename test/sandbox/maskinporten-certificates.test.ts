import { X509Certificate } from 'node:crypto';
import { decodeJwt, importPKCS8, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { CertifiedClient } from '../../src/sandbox/maskinporten-enterprise.ts';
import type { EnterpriseState } from '../../src/sandbox/maskinporten-state.ts';
import type { CertifiedKey } from '../../src/sandbox/test-ca.ts';
import { enterpriseExtensions, newTestCa } from '../../src/sandbox/test-ca.ts';
import { NUMBERS, SANDBOX_START } from '../../src/sandbox/world.ts';
import keystores from '../fixtures/keystores.json' with { type: 'json' };
import { derOf, enterpriseCertificate, withKeyUsage } from '../support/certificates.ts';
import type { ConsentChain } from './support/consent-chain.ts';
import { A, B, newConsentChain, read, SUPPLIER } from './support/consent-chain.ts';

const UFORE = 'nav:helse/v1/uforeopplysninger';
const CHAIN_EXPIRED = new Date('2030-01-01T00:00:00Z');

// Keys take long to make: the test CA is made once, and copied into each chain.
const made = newConsentChain();
made.maskinporten.certifiedClients();
const pristine = made.maskinportenState.enterprise;

/** Maskinporten with its test CA, as a state of its own. */
function enterpriseChain(): ConsentChain & { readonly enterprise: EnterpriseState } {
  if (pristine === undefined) throw new Error('no certificates were made');
  const chain = newConsentChain();
  const enterprise = structuredClone(pristine);
  chain.maskinportenState.enterprise = enterprise;
  return { ...chain, enterprise };
}

type Enterprise = ReturnType<typeof enterpriseChain>;

function clientOf(chain: ConsentChain, organisation = A): CertifiedClient {
  const found = chain.maskinporten.certifiedClients().find((client) => client.organisation === organisation);
  if (found === undefined) throw new Error('no such client');
  return found;
}

/** Sends a grant of A's client with a certificate, signed with that key, under that header. */
async function send(chain: ConsentChain, privateKey: string, header: object, claims: object = {}) {
  const iss = clientOf(chain).clientId;
  const grant = new SignJWT({ ...chain.claimsOf(A, UFORE, { iss }), ...claims });
  grant.setProtectedHeader({ alg: 'RS256', ...header });
  return chain.post(await grant.sign(await importPKCS8(privateKey, 'RS256')));
}

function codeOf(response: Awaited<ReturnType<typeof send>>) {
  return [response.status, read(response).error, read(response).error_uri?.slice(-6)];
}

const certificatesIn = (pem: string) => (pem.match(/-----BEGIN.+?-----END CERTIFICATE-----/gs) ?? []).map(derOf);

const UNTRUSTED = [400, 'invalid_grant', 'MP-120'];

describe('a client with an enterprise certificate', () => {
  it('gets a token that says so, with its issuer along or the certificate alone', async () => {
    const chain = enterpriseChain();
    const client = clientOf(chain);
    const x5c = certificatesIn(client.chain);
    expect(x5c).toHaveLength(2);
    const root = derOf(chain.enterprise.ca.root.certificate);
    for (const sent of [x5c, x5c.slice(0, 1), [...x5c, root]]) {
      const response = await send(chain, client.privateKey, { x5c: sent });
      expect(response.status).toBe(200);
      expect(decodeJwt(read(response).access_token)).toMatchObject({
        client_amr: 'virksomhetssertifikat',
        client_id: client.clientId,
        consumer: { ID: `0192:${A}` },
        scope: UFORE,
      });
    }
  });

  it('is another than the insurer’s client with a key, and C has no other', () => {
    const chain = enterpriseChain();
    const clients = chain.maskinporten.certifiedClients();
    expect(clients.map(({ organisation }) => organisation)).toEqual([A, B, NUMBERS.C]);
    expect(chain.maskinportenState.clients.map(({ organisation }) => organisation)).not.toContain(NUMBERS.C);
    const ids = [...clients, ...chain.maskinportenState.clients].map(({ clientId }) => clientId);
    expect(new Set(ids).size).toBe(7);
    expect(chain.clientOf(SUPPLIER).kid).not.toBe('');
  });

  it('has its number in both places, a critical key usage and a policy', () => {
    const { subject, issuer, ca } = new X509Certificate(clientOf(enterpriseChain()).chain);
    expect(subject).toContain(`organizationIdentifier=NTRNO-${A}\nserialNumber=${A}`);
    expect(issuer).toContain('Sandbox');
    expect(ca).toBe(false);
  });

  it('is refused a key id, and what has none of the two', async () => {
    const chain = enterpriseChain();
    const { privateKey } = clientOf(chain);
    expect(codeOf(await send(chain, privateKey, { kid: chain.clientOf(A).kid }))).toEqual([
      400,
      'invalid_grant',
      undefined,
    ]);
    expect(codeOf(await send(chain, privateKey, {}))).toEqual([400, 'invalid_grant', undefined]);
  });

  it('is refused a key id beside its certificate, as is a client with a key', async () => {
    const chain = enterpriseChain();
    const { privateKey, chain: pem } = clientOf(chain);
    const both = { kid: chain.clientOf(A).kid, x5c: certificatesIn(pem) };
    const refusal = [400, 'invalid_request', 'MP-011'];
    expect(codeOf(await send(chain, privateKey, both))).toEqual(refusal);
    const response = await chain.post(await chain.sign(A, chain.claimsOf(A, UFORE), both));
    expect(codeOf(response)).toEqual(refusal);
  });

  it('cannot be told from a client with a key by a sound certificate: that one must name its key', async () => {
    const chain = enterpriseChain();
    const { privateKey, chain: pem } = clientOf(chain);
    const response = await send(chain, privateKey, { x5c: certificatesIn(pem) }, { iss: chain.clientOf(A).clientId });
    expect(codeOf(response)).toEqual([400, 'invalid_grant', undefined]);
    expect(read(response).error_description).toContain(
      'The client requires pre-registered jwk and no key identifier (kid) provided',
    );
  });

  it('is refused the same grant twice', async () => {
    const chain = enterpriseChain();
    const { privateKey, chain: pem } = clientOf(chain);
    const again = { jti: 'one-and-the-same' };
    expect((await send(chain, privateKey, { x5c: certificatesIn(pem) }, again)).status).toBe(200);
    expect(codeOf(await send(chain, privateKey, { x5c: certificatesIn(pem) }, again))[2]).toBe('MP-012');
  });

  it.each([
    ['a bare text', (x5c: string[]) => x5c[0]],
    ['an empty list', () => []],
    ['a list of something else', () => [1]],
    ['PEM', (x5c: string[]) => [`-----BEGIN CERTIFICATE-----\n${x5c[0]}\n-----END CERTIFICATE-----`]],
    ['base64 with line breaks', (x5c: string[]) => [x5c[0]?.replaceAll(/.{64}/g, '$&\n')]],
    ['base64url', (x5c: string[]) => [x5c[0]?.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')]],
    ['no certificate', () => ['MIIB']],
    ['a certificate and no certificate', (x5c: string[]) => [x5c[0], 'MIIB']],
  ])('is refused an x5c that is %s', async (_, change) => {
    const chain = enterpriseChain();
    const { privateKey, chain: pem } = clientOf(chain);
    const response = await send(chain, privateKey, { x5c: change(certificatesIn(pem)) });
    expect(codeOf(response)).toEqual([400, 'invalid_grant', 'MP-123']);
    expect(read(response).error_description).toMatch(/^Invalid JWT header x5c \(/);
  });

  const untrusted: [string, (chain: Enterprise) => CertifiedKey][] = [
    ['of another CA with the same names', () => enterpriseCertificate(newTestCa(SANDBOX_START))],
    ['that signed itself', () => enterpriseCertificate(null)],
    ['that says not what its key is for', ({ enterprise: { ca } }) => extended(ca, withKeyUsage(null))],
    [
      'whose key usage is not critical',
      ({ enterprise: { ca } }) => extended(ca, withKeyUsage({ critical: false, digitalSignature: true })),
    ],
    [
      'without the policy of enterprise certificates',
      ({ enterprise: { ca } }) =>
        extended(
          ca,
          enterpriseExtensions().filter(({ name }) => name !== 'certificatePolicies'),
        ),
    ],
    [
      'with a critical extension that nobody knows',
      ({ enterprise: { ca } }) =>
        extended(ca, [...enterpriseExtensions(), { id: '1.3.6.1.4.1.32473.2', critical: true, value: '\u0005\u0000' }]),
    ],
    ['that is an authority', ({ enterprise: { ca } }) => ca.issuing],
    ['that is not valid yet', ({ enterprise: { ca } }) => enterpriseCertificate(ca, { from: later(1) })],
    ['that has expired', ({ enterprise: { ca } }) => enterpriseCertificate(ca, { from: later(-400), days: 399 })],
  ];
  it.each(untrusted)('is refused with a certificate %s', async (_, make) => {
    const chain = enterpriseChain();
    const { certificate, privateKey } = make(chain);
    const response = await send(chain, privateKey, { x5c: [derOf(certificate)] });
    expect(codeOf(response)).toEqual(UNTRUSTED);
    expect(read(response).error_description).toMatch(
      /^Invalid assertion. Client authentication failed. The JWT is signed with an invalid certificate. \(/,
    );
  });

  it('is refused with a certificate that another enterprise issued', async () => {
    const chain = enterpriseChain();
    const { ca } = chain.enterprise;
    // The second does not say that its key may sign no certificates.
    for (const issuer of [enterpriseCertificate(ca), extended(ca, withKeyUsage(null))]) {
      const { certificate, privateKey } = enterpriseCertificate(null, { issuer });
      const x5c = [derOf(certificate), derOf(issuer.certificate)];
      expect(codeOf(await send(chain, privateKey, { x5c }))).toEqual(UNTRUSTED);
    }
  });

  it('is refused with the certificate of an elliptic curve, whichever key signed', async () => {
    const chain = enterpriseChain();
    const response = await send(chain, clientOf(chain).privateKey, { x5c: [derOf(keystores.ellipticCurvePem)] });
    expect(codeOf(response)).toEqual(UNTRUSTED);
  });

  it('is refused with a chain out of order, or with a stranger in it', async () => {
    const chain = enterpriseChain();
    const { privateKey, chain: pem } = clientOf(chain);
    const [own = '', issuing = ''] = certificatesIn(pem);
    const root = derOf(chain.enterprise.ca.root.certificate);
    const stranger = derOf(newTestCa(SANDBOX_START).issuing.certificate);
    for (const x5c of [
      [issuing, own],
      [own, root],
      [own, root, issuing],
      [own, stranger],
      [own, issuing, issuing],
    ]) {
      expect(codeOf(await send(chain, privateKey, { x5c }))).toEqual(UNTRUSTED);
    }
  });

  it('may use a certificate that binds its holder: what the key is for is not looked at', async () => {
    const chain = enterpriseChain();
    const binding = enterpriseCertificate(chain.enterprise.ca, {
      extensions: withKeyUsage({ critical: true, nonRepudiation: true }),
    });
    expect((await send(chain, binding.privateKey, { x5c: [derOf(binding.certificate)] })).status).toBe(200);
  });

  it('is refused once its certificate is revoked, or its issuer’s', async () => {
    const chain = enterpriseChain();
    const { privateKey, chain: pem } = clientOf(chain);
    const x5c = certificatesIn(pem);
    expect((await send(chain, privateKey, { x5c })).status).toBe(200);
    for (const der of x5c) {
      chain.enterprise.revokedSerials = [new X509Certificate(Buffer.from(der, 'base64')).serialNumber];
      expect(codeOf(await send(chain, privateKey, { x5c }))).toEqual(UNTRUSTED);
    }
  });

  it('is refused with the certificate of another organisation', async () => {
    const chain = enterpriseChain();
    const { privateKey, chain: pem } = clientOf(chain, B);
    const response = await send(chain, privateKey, { x5c: certificatesIn(pem) });
    expect(codeOf(response)).toEqual([400, 'invalid_grant', 'MP-122']);
    expect(read(response).error_description).toMatch(
      /^Invalid JWT. Invalid organization number for client. Does not match certificate orgno \(/,
    );
  });

  it.each<[string, { type: string; value: string }[]]>([
    ['serialNumber before all else', [part('2.5.4.5', A), part('2.5.4.97', `NTRNO-${B}`)]],
    ['the end of O', [part('2.5.4.10', `Fjordlund - ${A}`), part('2.5.4.97', `NTRNO-${B}`)]],
    ['organizationIdentifier', [part('2.5.4.97', `NTRNO-${A}`)]],
    ['organizationIdentifier of a payment service', [part('2.5.4.97', `PSDNO-FSA-${A}`)]],
    ['organizationIdentifier, bare', [part('2.5.4.97', A)]],
  ])('is known by its number in %s', async (_, subject) => {
    const chain = enterpriseChain();
    const { certificate, privateKey } = enterpriseCertificate(chain.enterprise.ca, { subject });
    expect((await send(chain, privateKey, { x5c: [derOf(certificate)] })).status).toBe(200);
  });

  it('is refused what another key signed', async () => {
    const chain = enterpriseChain();
    const response = await send(chain, clientOf(chain, B).privateKey, { x5c: certificatesIn(clientOf(chain).chain) });
    expect(codeOf(response)).toEqual([400, 'invalid_grant', 'MP-124']);
  });
});

describe('the test CA', () => {
  it('is made when first needed: by a client with a certificate, or by whoever configures one', async () => {
    const chain = newConsentChain();
    expect((await chain.grant(A, UFORE)).status).toBe(200);
    await chain.grant(A, UFORE, { iss: 'nobody' });
    expect(chain.maskinportenState.enterprise).toBeUndefined();
    chain.maskinporten.certifiedClients();
    const enterprise = chain.maskinportenState.enterprise;
    expect(enterprise).toBeDefined();
    expect(chain.maskinporten.certifiedClients()).toHaveLength(3);
    expect(chain.maskinportenState.enterprise).toBe(enterprise);
  });

  it('makes the certificate of one alone, and none for whoever proves itself by a key', () => {
    const chain = newConsentChain();
    expect(chain.maskinporten.certifiedClient(SUPPLIER)).toBeUndefined();
    expect(chain.maskinportenState.enterprise).toBeUndefined();
    const own = chain.maskinporten.certifiedClient(NUMBERS.C);
    expect(own?.organisation).toBe(NUMBERS.C);
    const made = chain.maskinportenState.enterprise?.clients.filter(({ certificate }) => certificate !== undefined);
    expect(made).toMatchObject([{ clientId: own?.clientId }]);
    expect(chain.maskinporten.certifiedClients()).toContainEqual(own);
  });

  it('judges at the sandbox’s time, and whoever asks afterwards gets a certificate that holds', async () => {
    const chain = enterpriseChain();
    const before = clientOf(chain);
    chain.clock.set(CHAIN_EXPIRED);
    const sent = { x5c: certificatesIn(before.chain) };
    const { clientId: iss } = before;
    const grant = new SignJWT(chain.claimsOf(A, UFORE, { iss })).setProtectedHeader({ alg: 'RS256', ...sent });
    const response = await chain.post(await grant.sign(await importPKCS8(before.privateKey, 'RS256')));
    expect(codeOf(response)).toEqual(UNTRUSTED);
    const after = clientOf(chain);
    expect(after.clientId).toBe(iss);
    expect((await send(chain, after.privateKey, { x5c: certificatesIn(after.chain) })).status).toBe(200);
  });

  it.each([
    ['long after', '2045-01-01T00:00:00Z'],
    ['before', '2020-01-01T00:00:00Z'],
  ])('is made anew %s its own time', async (_, moment) => {
    const chain = enterpriseChain();
    const { root } = chain.enterprise.ca;
    chain.clock.set(new Date(moment));
    const { privateKey, chain: pem } = clientOf(chain);
    expect(chain.enterprise.ca.root).not.toEqual(root);
    expect((await send(chain, privateKey, { x5c: certificatesIn(pem) })).status).toBe(200);
  });

  it('gives the same certificate as long as that holds for a year', () => {
    const chain = enterpriseChain();
    const before = clientOf(chain).chain;
    chain.clock.set(new Date('2028-11-14T00:00:00Z'));
    expect(clientOf(chain).chain).toBe(before);
    chain.clock.set(new Date('2028-11-16T00:00:00Z'));
    expect(clientOf(chain).chain).not.toBe(before);
  });
});

function extended(ca: EnterpriseState['ca'], extensions: object[]): CertifiedKey {
  return enterpriseCertificate(ca, { extensions });
}

function later(days: number): Date {
  return new Date(SANDBOX_START.getTime() + days * 86_400_000);
}

function part(type: string, value: string) {
  return { type, value };
}
