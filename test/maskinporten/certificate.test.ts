import { X509Certificate } from 'node:crypto';
import { compactVerify, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { stillClock } from '../../src/clock.ts';
import { createSigner } from '../../src/maskinporten/assertion.ts';
import { ageOf, fingerprintOf, x5cOf } from '../../src/maskinporten/certificate.ts';
import { newTestCa } from '../../src/sandbox/test-ca.ts';
import { SANDBOX_START } from '../../src/sandbox/world.ts';
import { Secret } from '../../src/values.ts';
import { derOf, enterpriseCertificate } from '../support/certificates.ts';

const ca = newTestCa(SANDBOX_START);
const own = enterpriseCertificate(ca);
const chain = [own.certificate, ca.issuing.certificate].map((pem) => new Secret(derOf(pem), 'certificate'));

describe('the age of a certificate', () => {
  const validity = { validFrom: new Date('2026-01-01T00:00:00Z'), validTo: new Date('2026-12-31T23:59:59Z') };
  it.each([
    ['2025-12-31T23:59:59Z', 'not yet valid'],
    ['2026-01-01T00:00:00Z', 'valid'],
    ['2026-11-01T23:59:58Z', 'valid'],
    ['2026-11-01T23:59:59Z', 'expires soon'],
    ['2026-12-31T23:59:59Z', 'expires soon'],
    ['2027-01-01T00:00:00Z', 'expired'],
  ])('at %s is: %s', (moment, age) => {
    expect(ageOf(validity, new Date(moment))).toBe(age);
  });
});

describe('a grant signed with a certificate', () => {
  it.each(['leaf', 'chain'] as const)('names it by x5c (%s) and by no key id, and holds under it', async (send) => {
    const x5c = x5cOf(chain, send);
    const sign = await createSigner({
      clientId: 'client',
      x5c,
      privateKey: new Secret(own.privateKey, 'signing key'),
      issuer: 'https://maskinporten.example/',
      lifetimeSeconds: 120,
      clock: stillClock(SANDBOX_START),
    });
    const grant = (await sign({ scope: 'a:b' })).reveal();
    expect(decodeProtectedHeader(grant)).toEqual({ alg: 'RS256', x5c: [...x5c] });
    expect(x5c).toHaveLength(send === 'leaf' ? 1 : 2);
    const [first = ''] = x5c;
    await compactVerify(grant, new X509Certificate(Buffer.from(first, 'base64')).publicKey);
  });

  it('is told from one signed with another certificate', () => {
    const fingerprint = new X509Certificate(own.certificate).fingerprint256.replaceAll(':', '').toLowerCase();
    expect(fingerprintOf(x5cOf(chain, 'leaf'))).toBe(fingerprint);
    expect(fingerprintOf(x5cOf(chain, 'chain'))).toBe(fingerprint);
    expect(fingerprintOf(x5cOf(chain.slice(1), 'chain'))).not.toBe(fingerprint);
  });
});
