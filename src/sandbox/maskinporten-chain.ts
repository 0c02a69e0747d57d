import type { KeyObject } from 'node:crypto';
import { X509Certificate } from 'node:crypto';
import forge from 'node-forge';
import type { Judged } from './maskinporten-refusals.ts';
import { accepted, REFUSALS, refused } from './maskinporten-refusals.ts';
import type { EnterpriseState } from './maskinporten-state.ts';
import { ENTERPRISE_POLICY } from './test-ca.ts';

/** A certificate that may be trusted: whose it is, and the key it speaks for. */
export interface TrustedCertificate {
  /** Nine digits; undefined when it names nobody. */
  readonly organisation: string | undefined;
  readonly publicKey: KeyObject;
}

const KEY_USAGE = '2.5.29.15';
const BASIC_CONSTRAINTS = '2.5.29.19';
const POLICIES = '2.5.29.32';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const KNOWN = [KEY_USAGE, BASIC_CONSTRAINTS, POLICIES, EXTENDED_KEY_USAGE];

const SERIAL_NUMBER = '2.5.4.5';
const ORGANISATION = '2.5.4.10';
const ORGANISATION_IDENTIFIER = '2.5.4.97';

/**
 * Judges the `x5c` of a grant, as Digdir's validator library is reported to: a path to the pinned root, every
 * certificate on it within its dates, none revoked; the first one no authority and not signed by itself, its `keyUsage`
 * there and critical, a policy of enterprise certificates, no critical extension unknown. What the key may be used for
 * is not looked at. The issuing authority is known, so the first certificate alone will do.
 *
 * @returns MP-123 for what is no list of certificates, MP-120 for one that may not be trusted (which of the two the real
 * one answers in each case is not published)
 */
export function judgeChain(
  x5c: readonly string[],
  { ca, revokedSerials }: EnterpriseState,
  now: Date,
): Judged<TrustedCertificate> {
  const sent = x5c.flatMap(decode);
  const [own] = sent;
  if (own === undefined || sent.length < x5c.length) return refused(REFUSALS.malformedChain);
  const path = pathToRoot(sent, new X509Certificate(ca.issuing.certificate), new X509Certificate(ca.root.certificate));
  const read = attempt(() => forge.pki.certificateFromPem(own.toString()));
  const trusted =
    read !== undefined &&
    path.length > 1 &&
    path.every(({ validFromDate, validToDate }) => validFromDate <= now && now <= validToDate) &&
    path.every(({ serialNumber }) => !revokedSerials.includes(serialNumber)) &&
    !own.ca &&
    isForEnterprises(read);
  return trusted
    ? accepted({ organisation: organisationOf(read), publicKey: own.publicKey })
    : refused(REFUSALS.untrustedCertificate);
}

/** Standard base64 of DER and nothing else: no PEM, no line break, no base64url. */
function decode(text: string): X509Certificate[] {
  const der = Buffer.from(text, 'base64');
  if (der.toString('base64') !== text) return [];
  const certificate = attempt(() => new X509Certificate(der));
  return certificate?.raw.equals(der) ? [certificate] : [];
}

/** What was sent, each issued by the next, and what leads from there to the root; empty when nothing does. */
function pathToRoot(
  sent: readonly X509Certificate[],
  issuing: X509Certificate,
  root: X509Certificate,
): readonly X509Certificate[] {
  const last = sent.at(-1);
  if (last === undefined) return [];
  const missing = last.raw.equals(root.raw) ? [] : isIssuedBy(last, root) ? [root] : [issuing, root];
  const path = [...sent, ...missing];
  const isPath = path.every((certificate, at) => {
    const next = path[at + 1];
    return next === undefined || isIssuedBy(certificate, next);
  });
  return isPath ? path : [];
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

interface Extension {
  readonly id: string;
  readonly critical?: boolean;
  readonly value: string;
}

function isForEnterprises(certificate: forge.pki.Certificate): boolean {
  const extensions: readonly Extension[] = certificate.extensions;
  return (
    extensions.some(({ id, critical }) => id === KEY_USAGE && critical === true) &&
    extensions.every(({ id, critical }) => critical !== true || KNOWN.includes(id)) &&
    extensions.some(({ id, value }) => id === POLICIES && policiesIn(value).includes(ENTERPRISE_POLICY))
  );
}

function policiesIn(der: string): string[] {
  const { asn1 } = forge;
  return partsOf(asn1.fromDer(der)).flatMap((information) => {
    const [number] = partsOf(information);
    return typeof number?.value === 'string' ? [asn1.derToOid(number.value)] : [];
  });
}

function partsOf({ value }: forge.asn1.Asn1): readonly forge.asn1.Asn1[] {
  return typeof value === 'string' ? [] : value;
}

/** The organisation in a subject: `serialNumber`, then the end of `O`, then `organizationIdentifier`. */
function organisationOf({ subject }: forge.pki.Certificate): string | undefined {
  const part = (type: string) => String(subject.attributes.find((each) => each.type === type)?.value ?? '');
  return (
    part(SERIAL_NUMBER).match(/^\d{9}$/)?.[0] ??
    part(ORGANISATION).match(/- (\d{9})$/)?.[1] ??
    part(ORGANISATION_IDENTIFIER).match(/^(?:[A-Z]{5}-(?:[A-Z]+-)?)?(\d{9})$/)?.[1]
  );
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
