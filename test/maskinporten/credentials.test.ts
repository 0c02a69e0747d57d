import { X509Certificate } from 'node:crypto';
import { compactVerify, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { stillClock } from '../../src/clock.ts';
import { createSigner } from '../../src/maskinporten/assertion.ts';
import { ageOf, currentOf, fingerprintOf, lastsUntil, x5cOf } from '../../src/maskinporten/credentials.ts';
import { newTestCa } from '../../src/sandbox/test-ca.ts';
import { SANDBOX_START } from '../../src/sandbox/world.ts';
import { Secret } from '../../src/values.ts';
import { derOf, enterpriseCertificate } from '../support/certificates.ts';

const ca = newTestCa(SANDBOX_START);
const own = enterpriseCertificate(ca);
const chain = [own.certificate, ca.issuing.certificate].map((pem) => new Secret(derOf(pem), 'certificate'));

const at = (text: string) => new Date(`${text}T00:00:00Z`);
const span = (startsAt: string | undefined, expiresAt: string | undefined) => ({
  startsAt: startsAt === undefined ? undefined : at(startsAt),
  expiresAt: expiresAt === undefined ? undefined : at(expiresAt),
});

describe('of two credentials', () => {
  const old = span(undefined, '2026-12-31');
  const next = span('2026-12-01', '2027-12-01');
  it.each([
    ['2026-11-30', old],
    ['2026-12-01', next],
    ['2026-12-31', next],
    ['2027-12-02', next],
  ])('on %s the one whose time has come signs', (today, expected) => {
    expect(currentOf([old, next], at(today))).toBe(expected);
    expect(currentOf([next, old], at(today))).toBe(expected);
  });

  it.each([
    [
      'the one that still serves, where the newer has expired',
      span('2026-01-01', '2027-06-01'),
      span('2026-06-01', '2026-07-01'),
    ],
    [
      'the one that begins first, where neither has begun',
      span('2027-01-01', undefined),
      span('2027-02-01', undefined),
    ],
    ['the newer, where both have expired', span('2026-02-01', '2026-06-01'), span('2026-01-01', '2026-07-01')],
  ])('%s signs', (_, expected, other) => {
    expect(currentOf([expected, other], at('2026-11-16'))).toBe(expected);
    expect(currentOf([other, expected], at('2026-11-16'))).toBe(expected);
  });
});

describe('a client lasts', () => {
  it.each([
    ['as long as its only credential', [span(undefined, '2027-01-01')], '2027-01-01'],
    [
      'as long as the one that takes over in time',
      [span(undefined, '2027-01-01'), span('2026-12-01', '2027-12-01')],
      '2027-12-01',
    ],
    [
      'no longer than the first, where the next begins too late',
      [span(undefined, '2027-01-01'), span('2027-01-02', '2027-12-01')],
      '2027-01-01',
    ],
    ['nobody knows how long, where nobody said when its key was registered', [span(undefined, undefined)], undefined],
    [
      'nobody knows how long, where that is so of the one that takes over',
      [span(undefined, '2027-01-01'), span('2026-12-01', undefined)],
      undefined,
    ],
  ] as const)('%s', (_, credentials, end) => {
    const [first, ...others] = credentials;
    expect(lastsUntil([first, ...others], at('2026-11-16'))).toEqual(end === undefined ? undefined : at(end));
    expect(lastsUntil([...others, first] as [typeof first], at('2026-11-16'))).toEqual(
      end === undefined ? undefined : at(end),
    );
  });
});

describe('the age of a credential', () => {
  const validity = { startsAt: new Date('2026-01-01T00:00:00Z'), expiresAt: new Date('2026-12-31T23:59:59Z') };
  it.each([
    ['2025-12-31T23:59:59Z', 'not yet valid'],
    ['2026-01-01T00:00:00Z', 'valid'],
    ['2026-11-01T23:59:58Z', 'valid'],
    ['2026-11-01T23:59:59Z', 'expires soon'],
    ['2026-12-31T23:59:59Z', 'expires soon'],
    ['2027-01-01T00:00:00Z', 'expired'],
  ])('at %s is: %s', (moment, age) => {
    expect(ageOf([validity], new Date(moment))).toBe(age);
  });

  it('is unknown without an end', () => {
    expect(ageOf([span(undefined, undefined)], SANDBOX_START)).toBe('unknown');
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
