import forge from 'node-forge';
import type { CertifiedKey, TestCa } from '../../src/sandbox/test-ca.ts';
import { certify, enterpriseExtensions, enterpriseName, newKeyPair } from '../../src/sandbox/test-ca.ts';
import { SANDBOX_START } from '../../src/sandbox/world.ts';

/** Insurer A of the sandbox. */
export const ENTERPRISE = { organisation: '210483713', name: 'Fjordlund Forsikring' };

/** Keys take long to make, and what is wrong with a certificate is seldom its key. */
const keys = newKeyPair();

/** An enterprise certificate of that CA (null: signed by itself), changed so that it may no longer be a sound one. */
export function enterpriseCertificate(
  ca: TestCa | null,
  change: Partial<Parameters<typeof certify>[0]> = {},
): CertifiedKey {
  return certify({
    keys,
    subject: enterpriseName(ENTERPRISE),
    issuer: ca?.issuing ?? null,
    from: SANDBOX_START,
    days: 1095,
    extensions: enterpriseExtensions(),
    ...change,
  });
}

/** The extensions of an enterprise certificate with its `keyUsage` replaced (null: left out). */
export function withKeyUsage(usage: object | null): object[] {
  const others = enterpriseExtensions().filter(({ name }) => name !== 'keyUsage');
  return usage === null ? others : [...others, { name: 'keyUsage', ...usage }];
}

/** A certificate (PEM) as it stands in `x5c`: standard base64 of its DER. */
export function derOf(pem: string): string {
  return pem.replaceAll(/-----[A-Z ]+-----|\s/g, '');
}

/** A keystore with a key and certificates, base64. */
export function keystoreOf(key: string, certificates: readonly string[], passphrase: string, useMac = true): string {
  const asn1 = forge.pkcs12.toPkcs12Asn1(
    forge.pki.privateKeyFromPem(key),
    certificates.map((each) => forge.pki.certificateFromPem(each)),
    passphrase,
    {
      algorithm: 'aes256',
      useMac,
    },
  );
  return Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'binary').toString('base64');
}

/** One keystore with what two hold: as issuers deliver one key for signatures and one that binds its holder. */
export function joinedKeystore(one: CertifiedKey, other: CertifiedKey, issuer: string, passphrase: string): string {
  const { asn1 } = forge;
  const { UNIVERSAL } = asn1.Class;
  const [first, second] = [one, other].map(({ certificate, privateKey }) =>
    asn1.fromDer(
      Buffer.from(keystoreOf(privateKey, [certificate, issuer], passphrase, false), 'base64').toString('binary'),
    ),
  );
  const safes = (keystore: typeof first) => {
    const content = partsOf(partsOf(partsOf(keystore)[1])[1])[0];
    return partsOf(asn1.fromDer(String(content?.value)));
  };
  const all = asn1.create(UNIVERSAL, asn1.Type.SEQUENCE, true, [...safes(first), ...safes(second)]);
  const content = partsOf(partsOf(partsOf(first)[1])[1])[0];
  if (first === undefined || content === undefined) throw new Error('no keystore');
  content.value = asn1.toDer(all).getBytes();
  return Buffer.from(asn1.toDer(first).getBytes(), 'binary').toString('base64');
}

function partsOf(asn1: forge.asn1.Asn1 | undefined): forge.asn1.Asn1[] {
  return Array.isArray(asn1?.value) ? asn1.value : [];
}
