import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { ConfigSources } from '../../src/config.ts';
import { maskedConfig, readConfig } from '../../src/config.ts';
import { enterpriseName, issueEnterpriseCertificate, newKeyPair, newTestCa } from '../../src/sandbox/test-ca.ts';
import { SANDBOX_START } from '../../src/sandbox/world.ts';
import keystores from '../fixtures/keystores.json' with { type: 'json' };
import {
  derOf,
  ENTERPRISE,
  enterpriseCertificate,
  joinedKeystore,
  keystoreOf,
  withKeyUsage,
} from '../support/certificates.ts';
import { changed, configOf, mistakesOf, pem, secrets } from './files.ts';

const ca = newTestCa(SANDBOX_START);
const own = issueEnterpriseCertificate(ca, ENTERPRISE, SANDBOX_START);
const issuing = ca.issuing.certificate;
const root = ca.root.certificate;
const chain = own.certificate + issuing;
const AT = 'dataConsumers[0].client';

const AS_PEM = { chain: { env: 'CHAIN' }, privateKey: { env: 'OWN_KEY' } };
const AS_KEYSTORE = { p12: { env: 'P12' }, passphrase: { env: 'PASSPHRASE' } };

/** The `test` example, its first client with a certificate in place of its key. */
function withCertificate(certificate: unknown, profile = 'test') {
  const json = changed(profile, `${AT}.certificates`, [certificate]);
  delete (json['dataConsumers'] as { client: { keys?: unknown } }[])[0]?.client.keys;
  return json;
}

/** What variables hold, over a sound chain with its key. */
function holding(env: Record<string, string> = {}) {
  return { env: { ...secrets.env, CHAIN: chain, OWN_KEY: own.privateKey, PASSPHRASE: 'correct-horse', ...env } };
}

function certificateOf(certificate: unknown, env: Record<string, string> = {}) {
  return configOf(withCertificate(certificate), holding(env)).dataConsumers[0]?.client?.credentials[0];
}

function complaints(certificate: unknown, env: Record<string, string> = {}) {
  return mistakesOf(withCertificate(certificate), holding(env)).map(({ path, message }) => [
    path.replace(`${AT}.certificates[0]`, ''),
    message,
  ]);
}

describe('a certificate kept as PEM', () => {
  it('is read with whom it is issued to, its validity and its chain, and sent whole unless told otherwise', () => {
    const certificate = certificateOf(AS_PEM);
    expect(certificate).toMatchObject({
      startsAt: SANDBOX_START,
      expiresAt: new Date('2029-11-15T09:00:00Z'),
      certificate: { organisationNumber: ENTERPRISE.organisation, send: 'chain' },
    });
    expect(certificate?.certificate?.chain.map((each) => each.reveal())).toEqual([
      derOf(own.certificate),
      derOf(issuing),
    ]);
    expect(certificate?.privateKey.reveal()).toBe(own.privateKey);
    expect(certificateOf({ ...AS_PEM, send: 'leaf' })?.certificate?.send).toBe('leaf');
  });

  it('may come with text between its parts, with its root, which is left out, or alone', () => {
    const chatty = `subject=/CN=x\n${own.certificate}\nissuer=/CN=y\n${issuing}${root}`;
    expect(certificateOf(AS_PEM, { CHAIN: chatty })?.certificate?.chain).toHaveLength(2);
    expect(certificateOf(AS_PEM, { CHAIN: own.certificate })?.certificate?.chain).toHaveLength(1);
  });

  const orderly =
    'must lead to the organisation’s own certificate first, then the one that issued it, and so on, and no other';
  const notRsa = 'leads to a certificate whose key is not RSA of at least 2048 bits, which is what Maskinporten takes';
  it.each<[string, Record<string, string>, string, string]>([
    ['is none', { CHAIN: 'hemmelig' }, '.chain', 'does not lead to certificates (PEM, BEGIN CERTIFICATE)'],
    [
      'is broken',
      { CHAIN: own.certificate.replace(/MII\w{20}/, 'MIIhemmelig') },
      '.chain',
      'does not lead to certificates (PEM, BEGIN CERTIFICATE)',
    ],
    ['begins with its issuer', { CHAIN: issuing + own.certificate }, '.chain', orderly],
    ['skips an issuer', { CHAIN: own.certificate + root }, '.chain', orderly],
    ['has a stranger in its chain', { CHAIN: chain + enterpriseCertificate(ca).certificate }, '.chain', orderly],
    [
      'has an issuer’s twin by name in its chain',
      { CHAIN: own.certificate + newTestCa(SANDBOX_START).issuing.certificate },
      '.chain',
      orderly,
    ],
    ['has another key', { OWN_KEY: pem }, '.privateKey', 'is not the key of the certificate'],
    ['is for an elliptic curve', { CHAIN: keystores.ellipticCurvePem }, '.chain', notRsa],
    [
      'comes with the key of an elliptic curve',
      {
        OWN_KEY: generateKeyPairSync('ec', { namedCurve: 'P-256' })
          .privateKey.export({ type: 'pkcs8', format: 'pem' })
          .toString(),
      },
      '.privateKey',
      'must lead to an RSA key of at least 2048 bits, which is what Maskinporten takes',
    ],
  ])('that %s is reported, in one sentence', (_, env, path, message) => {
    expect(complaints(AS_PEM, env)).toEqual([[path, message]]);
  });

  it('that signed itself, or names no organisation, is reported', () => {
    const alone = enterpriseCertificate(null);
    expect(complaints(AS_PEM, { CHAIN: alone.certificate, OWN_KEY: alone.privateKey })).toEqual([
      ['.chain', 'leads to a certificate that signed itself, which Maskinporten refuses'],
    ]);
    const nameless = enterpriseCertificate(ca, { subject: enterpriseName(ENTERPRISE).slice(0, 3) });
    expect(complaints(AS_PEM, { CHAIN: nameless.certificate, OWN_KEY: nameless.privateKey })).toEqual([
      ['.chain', 'leads to a certificate that names no organisation, so it is no enterprise certificate'],
    ]);
  });
});

describe('the organisation of a certificate', () => {
  const [country, name, commonName] = enterpriseName(ENTERPRISE);
  const part = (type: string, value: string) => ({ type, value });
  const SERIAL = '2.5.4.5';
  const IDENTIFIER = '2.5.4.97';
  const subjects: [string, readonly { type: string; value: string }[]][] = [
    ['serialNumber', [part(SERIAL, '210483713')]],
    ['serialNumber before all else', [part(SERIAL, '210483713'), part(IDENTIFIER, 'NTRNO-313772403')]],
    ['the end of O', [part('2.5.4.10', 'Fjordlund - 210483713'), part(SERIAL, 'UN:NO-1')]],
    ['organizationIdentifier', [part(IDENTIFIER, 'NTRNO-210483713')]],
    ['organizationIdentifier of a payment service', [part(IDENTIFIER, 'PSDNO-FSA-210483713')]],
    ['organizationIdentifier, bare', [part(IDENTIFIER, '210483713')]],
  ];
  it.each(subjects)('is found in %s', (_, parts) => {
    const subject = [country, ...(parts[0]?.type === '2.5.4.10' ? [] : [name]), commonName, ...parts].flatMap((each) =>
      each === undefined ? [] : [each],
    );
    const { certificate, privateKey } = enterpriseCertificate(ca, { subject });
    expect(certificateOf(AS_PEM, { CHAIN: certificate, OWN_KEY: privateKey })?.certificate?.organisationNumber).toBe(
      '210483713',
    );
  });

  it('that is another than the data consumer’s is reported, whatever else is wrong with the entry', () => {
    const other = enterpriseCertificate(ca, { subject: enterpriseName({ organisation: '313772403', name: 'B' }) });
    const env = holding({ CHAIN: other.certificate, OWN_KEY: other.privateKey });
    const mistake = {
      path: `${AT}.certificates`,
      message: 'must be issued to the organisation they are configured for',
    };
    const json = withCertificate(AS_PEM);
    expect(mistakesOf(json, env)).toEqual([mistake]);
    Object.assign((json['dataConsumers'] as object[])[0] ?? {}, { purposes: [] });
    expect(mistakesOf(json, env)).toContainEqual(mistake);
  });
});

describe('a certificate kept in a keystore', () => {
  it.each(['aes', 'rc2', 'tripleDes'] as const)('is read, whichever way it is encrypted: %s', (kind) => {
    const certificate = certificateOf(AS_KEYSTORE, { P12: keystores[kind] });
    expect(certificate?.certificate?.organisationNumber).toBe(keystores.organisationNumber);
    expect(certificate?.certificate?.chain).toHaveLength(2);
    expect(certificate?.privateKey.reveal()).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  });

  it('is read from a file, binary or base64, its passphrase from one with a line break at its end', () => {
    const bytes = Buffer.from(keystores.aes, 'base64');
    for (const content of [bytes, keystores.aes, Buffer.from(`${keystores.aes.replaceAll(/.{64}/g, '$&\n')}\n`)]) {
      const readFile: ConfigSources['readFile'] = (path) => {
        if (path === 'a.p12') return content;
        return path === 'passphrase' ? Buffer.from('correct-horse\n') : (secrets.files[path] ?? '');
      };
      const text = JSON.stringify(withCertificate({ p12: { file: 'a.p12' }, passphrase: { file: 'passphrase' } }));
      expect(readConfig({ text, env: secrets.env, readFile })).toHaveProperty('config');
    }
  });

  it.each<[string, Record<string, string>, string, string]>([
    [
      'is none',
      { P12: 'hemmelig' },
      '.p12',
      'does not lead to a keystore (.p12: the file as it is, or its base64 in a variable)',
    ],
    [
      'does not open with that passphrase',
      { P12: keystores.aes, PASSPHRASE: 'hemmelig' },
      '.passphrase',
      'is not the one that opens the keystore',
    ],
    [
      'has a passphrase beyond ASCII',
      { P12: keystores.aes, PASSPHRASE: 'nøkkel' },
      '.passphrase',
      'has letters outside ASCII, which do not open a keystore here: give the keystore another passphrase',
    ],
    [
      'is encrypted in an uncommon way',
      { P12: keystores.camellia },
      '.p12',
      'leads to a keystore made or encrypted in a way that is not read here: make it anew with AES or 3DES',
    ],
    [
      'holds the key of an elliptic curve',
      { P12: keystores.ellipticCurve },
      '.p12',
      'leads to a certificate whose key is not RSA of at least 2048 bits, which is what Maskinporten takes',
    ],
    [
      'holds a key without its certificate',
      { P12: keystoreOf(own.privateKey, [issuing], 'correct-horse') },
      '.p12',
      'leads to a keystore in which no certificate lies together with its private key',
    ],
  ])('that %s is reported, in one sentence', (_, env, path, message) => {
    expect(complaints(AS_KEYSTORE, env)).toEqual([[path, message]]);
  });

  it('is the one for signatures where another binds its holder, in whichever order they lie', () => {
    const binding = enterpriseCertificate(ca, {
      keys: newKeyPair(),
      extensions: withKeyUsage({ critical: true, nonRepudiation: true }),
    });
    const encrypting = enterpriseCertificate(ca, {
      extensions: withKeyUsage({ critical: true, keyEncipherment: true }),
    });
    const chosen = (one: typeof own, other: typeof own) =>
      certificateOf(AS_KEYSTORE, {
        P12: joinedKeystore(one, other, issuing, 'correct-horse'),
      })?.certificate?.chain[0]?.reveal();
    expect(chosen(own, binding)).toBe(derOf(own.certificate));
    expect(chosen(binding, own)).toBe(derOf(own.certificate));
    expect(chosen(encrypting, binding)).toBe(derOf(binding.certificate));
  });

  it('is the one that holds longest of two alike', () => {
    const older = enterpriseCertificate(ca, { days: 30 });
    const P12 = joinedKeystore(older, own, issuing, 'correct-horse');
    expect(certificateOf(AS_KEYSTORE, { P12 })?.certificate?.chain[0]?.reveal()).toBe(derOf(own.certificate));
  });
});

describe('a client', () => {
  const mixture = 'must have chain and privateKey, or p12 and passphrase, and no mixture of them';
  it.each([
    ['a chain without its key', { chain: AS_PEM.chain }],
    ['a keystore without its passphrase', { p12: AS_KEYSTORE.p12 }],
    ['both', { ...AS_PEM, ...AS_KEYSTORE }],
    ['a chain and a passphrase', { ...AS_PEM, passphrase: AS_KEYSTORE.passphrase }],
    ['nothing', {}],
  ])('whose certificate is %s is reported', (_, certificate) => {
    expect(complaints(certificate, { P12: keystores.aes })).toEqual([['', mixture]]);
  });

  it('has keys or certificates, never both and never neither', () => {
    const message = 'must have keys or certificates, and not both';
    expect(mistakesOf(changed('test', `${AT}.certificates`, [AS_PEM]), holding())).toEqual([{ path: AT, message }]);
    expect(mistakesOf(changed('test', `${AT}.keys`, undefined))).toEqual([{ path: AT, message }]);
  });

  it('must not have its secrets in the file', () => {
    for (const literal of [
      { ...AS_PEM, privateKey: own.privateKey },
      { ...AS_KEYSTORE, passphrase: 'hemmelig' },
    ]) {
      const told = JSON.stringify(complaints(literal, { P12: keystores.aes }));
      expect(told).toContain('a secret is never written into this file');
      expect(told).not.toContain('hemmelig');
    }
  });

  it('with a certificate of the sandbox is refused in production', () => {
    const organisation = '964338531';
    const real = enterpriseCertificate(ca, { subject: enterpriseName({ organisation, name: 'Forsikring' }) });
    const json = withCertificate(AS_PEM, 'production');
    Object.assign((json['dataConsumers'] as object[])[0] ?? {}, { organisationNumber: organisation });
    const env = holding({ CHAIN: real.certificate, OWN_KEY: real.privateKey });
    expect(mistakesOf(json, { ...env, files: secrets.files })).toEqual([
      { path: `${AT}.certificates[0].chain`, message: 'belongs to the sandbox and is refused in profile production' },
    ]);
  });

  it('shows in print whose its certificate is and until when, and neither the key nor the passphrase', () => {
    const config = configOf(withCertificate(AS_KEYSTORE), holding({ P12: keystores.aes }));
    expect(JSON.parse(maskedConfig(config)).dataConsumers[0].client.credentials).toEqual([
      {
        privateKey: '[signing key]',
        startsAt: '2026-11-16T09:00:00.000Z',
        expiresAt: '2029-11-15T09:00:00.000Z',
        certificate: {
          organisationNumber: '210483713',
          send: 'chain',
          chain: ['[certificate]', '[certificate]'],
        },
      },
    ]);
    const printed = inspect(config, { depth: null });
    const key = config.dataConsumers[0]?.client?.credentials[0]?.privateKey.reveal().split('\n')[2] ?? '';
    expect(key).not.toBe('');
    for (const secret of ['correct-horse', key]) expect(printed).not.toContain(secret);
  });
});
