import type { KeyObject } from 'node:crypto';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import forge from 'node-forge';
import { z } from 'zod';

/** An enterprise certificate that can sign grants: everything about it judged but the time. */
export interface ReadCertificate {
  /** Nine digits: whom the certificate is issued to. */
  readonly organisationNumber: string;
  readonly validFrom: Date;
  readonly validTo: Date;
  /** Each as standard base64 of its DER: the organisation's own first, then the one that issued it; a root is left out. */
  readonly chain: readonly string[];
  /** PKCS#8 PEM. */
  readonly privateKey: string;
}

/** What is wrong, in words that quote nothing, and which of the settings is at fault. */
export interface CertificateFlaw {
  readonly at: 'chain' | 'privateKey' | 'p12' | 'passphrase';
  readonly flaw: string;
}

const LEAST_RSA_BITS = 2048;

const OUT_OF_ORDER =
  'must lead to the organisation’s own certificate first, then the one that issued it, and so on, and no other';

/**
 * Reads a certificate kept as PEM.
 *
 * @param chain certificates one after another, the organisation's own first; whatever stands between them is skipped
 * @param privateKey PKCS#8 PEM of the first one's key
 */
export function readPemCertificate(chain: string, privateKey: string): ReadCertificate | CertificateFlaw {
  const [own, ...issuers] = certificatesIn(chain);
  if (own === undefined) return { at: 'chain', flaw: 'does not lead to certificates (PEM, BEGIN CERTIFICATE)' };
  const all = [own, ...issuers];
  if (!issuers.every((issuer, at) => all[at] !== undefined && isIssuedBy(all[at], issuer))) {
    return { at: 'chain', flaw: OUT_OF_ORDER };
  }
  const key = createPrivateKey(privateKey);
  const flaw = flawOf(own);
  if (flaw !== undefined) return { at: 'chain', flaw };
  if (!own.checkPrivateKey(key)) return { at: 'privateKey', flaw: 'is not the key of the certificate' };
  return readOut([own, ...issuers], key, 'chain');
}

/**
 * Reads a certificate kept in a keystore (PKCS#12: .p12, .pfx) made by a modern program, or encrypted with RC2 or 3DES
 * by an older one. Of several certificates whose key is there, the one for signatures is taken, rather than the one that
 * binds its holder (`nonRepudiation`), and of two alike the one that holds longest.
 *
 * @param p12 in base64
 */
export function readKeystore(p12: string, passphrase: string): ReadCertificate | CertificateFlaw {
  if (!/^[ -~]*$/.test(passphrase)) {
    return {
      at: 'passphrase',
      flaw: 'has letters outside ASCII, which do not open a keystore here: give the keystore another passphrase',
    };
  }
  const opened = open(p12, passphrase);
  if ('flaw' in opened) return opened;
  const { certificates, keys } = opened;
  const candidates = certificates.flatMap((certificate) => {
    const key = keys.find((each) => certificate.checkPrivateKey(each));
    return key === undefined ? [] : [{ certificate, key, unfitness: unfitnessOf(certificate) }];
  });
  const [best] = candidates.toSorted(
    (one, other) =>
      one.unfitness - other.unfitness ||
      other.certificate.validToDate.getTime() - one.certificate.validToDate.getTime(),
  );
  if (best === undefined) {
    return { at: 'p12', flaw: 'leads to a keystore in which no certificate lies together with its private key' };
  }
  const flaw = flawOf(best.certificate);
  if (flaw !== undefined) return { at: 'p12', flaw };
  return readOut(upwards(best.certificate, certificates), best.key, 'p12');
}

/** The certificate, its issuer, the issuer's issuer and so on, as far as they are there. */
function upwards(own: X509Certificate, all: readonly X509Certificate[]): [X509Certificate, ...X509Certificate[]] {
  const chain: [X509Certificate, ...X509Certificate[]] = [own];
  let last = own;
  for (const _ of all) {
    const issuer = isRoot(last) ? undefined : all.find((other) => isIssuedBy(last, other));
    if (issuer === undefined) break;
    chain.push(issuer);
    last = issuer;
  }
  return chain;
}

function readOut(
  [own, ...issuers]: [X509Certificate, ...X509Certificate[]],
  key: KeyObject,
  at: 'chain' | 'p12',
): ReadCertificate | CertificateFlaw {
  const organisationNumber = organisationIn(own);
  if (organisationNumber === undefined) {
    return { at, flaw: 'leads to a certificate that names no organisation, so it is no enterprise certificate' };
  }
  return {
    organisationNumber,
    validFrom: own.validFromDate,
    validTo: own.validToDate,
    chain: [own, ...issuers.filter((issuer) => !isRoot(issuer))].map(({ raw }) => raw.toString('base64')),
    privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** What keeps a certificate from signing grants, whenever it is tried. */
function flawOf(certificate: X509Certificate): string | undefined {
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  if (asymmetricKeyType !== 'rsa' || (asymmetricKeyDetails?.modulusLength ?? 0) < LEAST_RSA_BITS) {
    return 'leads to a certificate whose key is not RSA of at least 2048 bits, which is what Maskinporten takes';
  }
  return isRoot(certificate) ? 'leads to a certificate that signed itself, which Maskinporten refuses' : undefined;
}

/** The certificates in a text, in its order; none when one of them cannot be read. */
function certificatesIn(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----/gs) ?? [];
  return attempt(() => blocks.map((block) => new X509Certificate(block))) ?? [];
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function isRoot(certificate: X509Certificate): boolean {
  return certificate.verify(certificate.publicKey);
}

// --- The organisation ----------------------------------------------------------------------------------------------

// A member that is there twice is a list, and says nothing.
const member = z.string().optional().catch(undefined);
const subjectSchema = z.object({ serialNumber: member, O: member, organizationIdentifier: member });

/**
 * The organisation number in a certificate, looked for where Digdir's validator looks and in its order: `serialNumber`
 * (nine digits), `O` (ending in `- ` and nine digits), `organizationIdentifier` (`NTRNO-`, `PSDNO-FSA-` or nothing before
 * nine digits).
 */
function organisationIn(certificate: X509Certificate): string | undefined {
  const subject = subjectSchema.safeParse(certificate.toLegacyObject().subject).data;
  return (
    /^\d{9}$/.exec(subject?.serialNumber ?? '')?.[0] ??
    /- (\d{9})$/.exec(subject?.O ?? '')?.[1] ??
    /^(?:NTRNO-|PSDNO-[A-Z]+-)?(\d{9})$/.exec(subject?.organizationIdentifier ?? '')?.[1]
  );
}

// --- The keystore --------------------------------------------------------------------------------------------------

const NO_KEYSTORE: CertificateFlaw = {
  at: 'p12',
  flaw: 'does not lead to a keystore (.p12: the file as it is, or its base64 in a variable)',
};

interface Keystore {
  readonly certificates: readonly X509Certificate[];
  readonly keys: readonly KeyObject[];
}

const NOT_UNDERSTOOD: CertificateFlaw = {
  at: 'p12',
  flaw: 'leads to a keystore made or encrypted in a way that is not read here: make it anew with AES or 3DES',
};

/** Members of the library's errors that name what it does not understand. A wrong passphrase leaves none of them. */
const MISUNDERSTOOD = ['oid', 'errors', 'version', 'supported'];

function open(p12: string, passphrase: string): Keystore | CertificateFlaw {
  const outline = attempt(() => forge.asn1.fromDer(Buffer.from(p12, 'base64').toString('binary')));
  if (outline === undefined) return NO_KEYSTORE;
  try {
    const { safeContents } = forge.pkcs12.pkcs12FromAsn1(outline, false, passphrase);
    const bags = safeContents.flatMap(({ safeBags }) => safeBags);
    const { certBag, keyBag, pkcs8ShroudedKeyBag } = forge.pki.oids;
    return {
      certificates: bags.flatMap((bag) => (bag.type === certBag ? [certificateIn(bag)] : [])),
      keys: bags.flatMap((bag) => (bag.type === keyBag || bag.type === pkcs8ShroudedKeyBag ? [keyIn(bag)] : [])),
    };
  } catch (error) {
    return error instanceof Error && MISUNDERSTOOD.some((name) => name in error)
      ? NOT_UNDERSTOOD
      : { at: 'passphrase', flaw: 'is not the one that opens the keystore' };
  }
}

// The library understands RSA alone; what else there is it leaves as it was.

function certificateIn({ cert, asn1 }: forge.pkcs12.Bag): X509Certificate {
  return new X509Certificate(derOf(cert ? forge.pki.certificateToAsn1(cert) : asn1));
}

function keyIn({ key, asn1 }: forge.pkcs12.Bag): KeyObject {
  const info = key ? forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(key)) : asn1;
  return createPrivateKey({ key: derOf(info), format: 'der', type: 'pkcs8' });
}

function derOf(info: forge.asn1.Asn1): Buffer {
  return Buffer.from(forge.asn1.toDer(info).getBytes(), 'binary');
}

const usageSchema = z.object({ digitalSignature: z.boolean(), nonRepudiation: z.boolean() });

/** How far a certificate is from what grants are signed with: 0 for signatures, 1 for binding its holder, 2 for all else. */
function unfitnessOf(certificate: X509Certificate): 0 | 1 | 2 {
  const usage = attempt(() =>
    usageSchema.parse(
      forge.pki.certificateFromAsn1(forge.asn1.fromDer(certificate.raw.toString('binary'))).getExtension('keyUsage'),
    ),
  );
  if (usage?.digitalSignature) return 0;
  return usage?.nonRepudiation ? 1 : 2;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
