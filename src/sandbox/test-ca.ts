import { generateKeyPairSync, randomBytes } from 'node:crypto';
import forge from 'node-forge';

/** A certificate and its private key (PKCS#8), both PEM. */
export interface CertifiedKey {
  readonly certificate: string;
  readonly privateKey: string;
}

/** A key pair, PEM: the public one as SPKI, the private one as PKCS#8. */
export interface KeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** A test CA as there are for real ones: a root that is pinned, and an authority below it that issues to enterprises. */
export interface TestCa {
  readonly root: CertifiedKey;
  readonly issuing: CertifiedKey;
}

/** Whom an enterprise certificate is issued to. */
export interface Enterprise {
  /** Nine digits. */
  readonly organisation: string;
  readonly name: string;
}

/** Subject of a certificate: its parts by their numbers. */
export type SubjectName = readonly { readonly type: string; readonly value: string }[];

/** Policy of the sandbox's enterprise certificates: below the number that IANA keeps for examples. */
export const ENTERPRISE_POLICY = '1.3.6.1.4.1.32473.1.1';

const RSA_BITS = 2048;
const MS_PER_DAY = 86_400_000;
const CA_DAYS = 20 * 365;
/** As those of Buypass and Commfides: three years. */
export const ENTERPRISE_DAYS = 3 * 365;

const COMMON_NAME = '2.5.4.3';
const SERIAL_NUMBER = '2.5.4.5';
const COUNTRY = '2.5.4.6';
const ORGANISATION = '2.5.4.10';
const ORGANISATION_IDENTIFIER = '2.5.4.97';
const POLICIES = '2.5.29.32';

/** Makes a test CA whose certificates are valid from that moment on for twenty years. New keys each time (RSA 2048). */
export function newTestCa(now: Date): TestCa {
  const root = certify({
    keys: newKeyPair(),
    subject: authorityName('Samtykkeporten Sandbox Root CA'),
    issuer: null,
    from: now,
    days: CA_DAYS,
    extensions: authorityExtensions(),
  });
  const issuing = certify({
    keys: newKeyPair(),
    subject: authorityName('Samtykkeporten Sandbox Business CA'),
    issuer: root,
    from: now,
    days: CA_DAYS,
    extensions: [...authorityExtensions(), policies(ENTERPRISE_POLICY)],
  });
  return { root, issuing };
}

/** Issues an enterprise certificate with a new key, valid from that moment on for {@link ENTERPRISE_DAYS}. */
export function issueEnterpriseCertificate(ca: TestCa, enterprise: Enterprise, now: Date): CertifiedKey {
  return certify({
    keys: newKeyPair(),
    subject: enterpriseName(enterprise),
    issuer: ca.issuing,
    from: now,
    days: ENTERPRISE_DAYS,
    extensions: enterpriseExtensions(),
  });
}

/** The subject of an enterprise certificate: the number stands in both places that SEID 2 knows. */
export function enterpriseName({ organisation, name }: Enterprise): SubjectName {
  return [
    { type: COUNTRY, value: 'NO' },
    { type: ORGANISATION, value: name },
    { type: COMMON_NAME, value: name },
    { type: ORGANISATION_IDENTIFIER, value: `NTRNO-${organisation}` },
    { type: SERIAL_NUMBER, value: organisation },
  ];
}

/** What an enterprise certificate says beside its subject: that it is no authority, may sign, and under which policy. */
export function enterpriseExtensions(): { readonly name: string; readonly [member: string]: unknown }[] {
  return [
    { name: 'basicConstraints', cA: false },
    { name: 'keyUsage', critical: true, digitalSignature: true },
    policies(ENTERPRISE_POLICY),
  ];
}

/** A new RSA 2048 pair, PEM. Takes a moment. */
export function newKeyPair(): KeyPair {
  // The library's own way to make keys takes seconds.
  return generateKeyPairSync('rsa', {
    modulusLength: RSA_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

/**
 * Signs a certificate for a key.
 *
 * @param wanted.issuer null: the certificate signs itself
 * @param wanted.extensions as node-forge takes them
 */
export function certify(wanted: {
  readonly keys: KeyPair;
  readonly subject: SubjectName;
  readonly issuer: CertifiedKey | null;
  readonly from: Date;
  readonly days: number;
  readonly extensions: readonly object[];
}): CertifiedKey {
  const { keys, subject, issuer, from, days, extensions } = wanted;
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(keys.publicKey);
  // A serial number is positive: its first bit is 0.
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`;
  certificate.validity.notBefore = from;
  certificate.validity.notAfter = new Date(from.getTime() + days * MS_PER_DAY);
  const name = subject.map((part) => ({ ...part }));
  certificate.setSubject(name);
  certificate.setIssuer(issuer === null ? name : forge.pki.certificateFromPem(issuer.certificate).subject.attributes);
  certificate.setExtensions([...extensions, { name: 'subjectKeyIdentifier' }]);
  certificate.sign(forge.pki.privateKeyFromPem(issuer?.privateKey ?? keys.privateKey), forge.md.sha256.create());
  return { certificate: forge.pki.certificateToPem(certificate).replaceAll('\r', ''), privateKey: keys.privateKey };
}

function authorityName(commonName: string): SubjectName {
  return [
    { type: COUNTRY, value: 'NO' },
    { type: ORGANISATION, value: 'Samtykkeporten Sandbox' },
    { type: COMMON_NAME, value: commonName },
  ];
}

function authorityExtensions(): object[] {
  return [
    { name: 'basicConstraints', critical: true, cA: true },
    { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
  ];
}

/** RFC 5280 4.2.1.4: a list of policies, each a list that begins with its number. */
function policies(policy: string) {
  const { asn1 } = forge;
  const { UNIVERSAL } = asn1.Class;
  const number = asn1.create(UNIVERSAL, asn1.Type.OID, false, asn1.oidToDer(policy).getBytes());
  const information = asn1.create(UNIVERSAL, asn1.Type.SEQUENCE, true, [number]);
  const list = asn1.create(UNIVERSAL, asn1.Type.SEQUENCE, true, [information]);
  return { name: 'certificatePolicies', id: POLICIES, value: asn1.toDer(list).getBytes() };
}
