import { createHash, createPrivateKey, generateKeyPair, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import { SignJWT } from 'jose';
import forge from 'node-forge';

/** A signing key of Altinn 2 with the certificate that it is known by. */
export interface Altinn2Key {
  /** PKCS#8, PEM. */
  readonly privateKey: string;
  /** Self-signed, DER in base64. */
  readonly certificate: string;
}

/** A public key as Altinn 2 publishes it. */
export interface Altinn2Jwk {
  readonly kty: 'RSA';
  readonly use: 'sig';
  /** Base64url of the SHA-1 of the certificate: 27 characters. `x5t` is the same. */
  readonly kid: string;
  readonly x5t: string;
  readonly e: string;
  /** Plain base64 with padding, not base64url. */
  readonly n: string;
  readonly x5c: readonly [string];
}

const BITS = 2048;
const FIRST_DAY = new Date('2020-01-01T00:00:00Z');
const LAST_DAY = new Date('2050-01-01T00:00:00Z');

/** A new RSA 2048 key with a certificate signed by itself. */
export async function newAltinn2Key(): Promise<Altinn2Key> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const certificate = forge.pki.createCertificate();
  const name = [{ name: 'commonName', value: 'Altinn 2 (sandbox)' }];
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  certificate.serialNumber = '01';
  certificate.validity.notBefore = FIRST_DAY;
  certificate.validity.notAfter = LAST_DAY;
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create());
  const der = forge.asn1.toDer(forge.pki.certificateToAsn1(certificate)).getBytes();
  return { privateKey, certificate: forge.util.encode64(der) };
}

/** The public part as it stands on `/api/metadata/jwk`: without `alg`, the modulus in plain base64. */
export function publishedKey({ certificate }: Altinn2Key): Altinn2Jwk {
  const { n = '', e = '' } = new X509Certificate(Buffer.from(certificate, 'base64')).publicKey.export({
    format: 'jwk',
  });
  const kid = thumbprintOf(certificate);
  return {
    kty: 'RSA',
    use: 'sig',
    kid,
    x5t: kid,
    e,
    n: Buffer.from(n, 'base64url').toString('base64'),
    x5c: [certificate],
  };
}

/** Signs claims with RS256, the key named by `kid` and `x5t`. */
export async function signClaims(claims: Record<string, unknown>, key: Altinn2Key): Promise<string> {
  const kid = thumbprintOf(key.certificate);
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', kid, x5t: kid, typ: 'JWT' })
    .sign(createPrivateKey(key.privateKey));
}

function thumbprintOf(certificate: string): string {
  return createHash('sha1').update(Buffer.from(certificate, 'base64')).digest('base64url');
}
