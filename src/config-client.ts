import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { CertificateFlaw, ReadCertificate } from './config-certificate.ts';
import { readKeystore, readPemCertificate } from './config-certificate.ts';
import type { Profile } from './config-profiles.ts';
import { SANDBOX_MARK } from './config-profiles.ts';
import type { SecretReader } from './config-values.ts';
import * as value from './config-values.ts';
import { Secret } from './values.ts';

/** The certificates that go along with a grant instead of a key id. */
export interface ConfiguredCertificate {
  /** Whom it is issued to: nine digits. */
  readonly organisationNumber: string;
  /** Whether the issuers' certificates go along with each grant. */
  readonly send: 'leaf' | 'chain';
  /** Standard base64 of the DER of each, the organisation's own first, without a root. Masked because it is long. */
  readonly chain: readonly Secret[];
}

/** What a client proves itself by: a key registered on it, or an enterprise certificate. */
export type ConfiguredCredential = {
  /** PKCS#8 PEM of an RSA key. */
  readonly privateKey: Secret;
  /** Grants are signed with it from this moment on; undefined: since always. Never before a certificate is valid. */
  readonly startsAt: Date | undefined;
  /** After this Maskinporten refuses it; undefined: nobody has said when the key was registered. */
  readonly expiresAt: Date | undefined;
} & (
  | { readonly kid: string; readonly certificate?: undefined }
  | { readonly certificate: ConfiguredCertificate; readonly kid?: undefined }
);

/** A client at Maskinporten. */
export interface ConfiguredClient {
  readonly clientId: string;
  /**
   * One, or two while one takes over from the other; no two keys start at the same moment. All keys or all certificates: a
   * client with keys refuses certificates.
   */
  readonly credentials: readonly ConfiguredCredential[];
}

/** As many as take part when one takes over from the other. */
const MOST_CREDENTIALS = 2;

/** A client at Maskinporten: by keys registered on it, or by enterprise certificates, never both. */
export function maskinportenClient(profile: Profile, read: SecretReader) {
  return z
    .strictObject({
      clientId: value.name(profile).describe('Id of the client (`iss` of the grant).'),
      keys: z
        .array(registeredKey(profile, read))
        .min(1)
        .max(MOST_CREDENTIALS, { error: TOO_MANY })
        .refine((keys) => areDistinct(keys.map(({ kid }) => kid)), { error: 'has one kid twice' })
        // A start that is no moment is still its text here, and reported by itself.
        .refine((keys) => areDistinct(keys.map((key) => key.startsAt?.valueOf())), { error: AT_ONCE })
        .optional()
        .describe('Keys registered on the client: one, or two while one takes over from the other.'),
      certificates: z
        .array(certificate(profile, read))
        .min(1)
        .max(MOST_CREDENTIALS, { error: TOO_MANY })
        .optional()
        .describe('Enterprise certificates instead of keys: one, or two while one takes over from the other.'),
    })
    .transform(({ clientId, keys, certificates }, judgement): ConfiguredClient => {
      const credentials = keys ?? certificates;
      if (credentials !== undefined && (keys === undefined || certificates === undefined))
        return { clientId, credentials };
      judgement.addIssue({ code: 'custom', message: 'must have keys or certificates, and not both' });
      return z.NEVER;
    });
}

const TOO_MANY = 'must not be more than two: the one in use, and the one that takes over';
const AT_ONCE = 'must start at different moments: give the one that takes over its own startsAt';

function areDistinct(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length;
}

function registeredKey(profile: Profile, read: SecretReader) {
  return z
    .strictObject({
      kid: value.name(profile).describe('Id of the key registered on the client.'),
      privateKey: value
        .signingKey(read)
        .describe('Reference to the private key: RSA of at least 2048 bits, PEM (PKCS#8) or JWK.'),
      registeredOn: z.iso
        .date({ error: 'must be a date, such as 2026-11-16' })
        .optional()
        .describe('Date on which the key was last uploaded. It lives a year from there, and its end is warned of.'),
      startsAt: startsAt().describe(
        'Moment from which grants are signed with this key, with its time zone. Mandatory for the one of two that takes over; the other signs until then.',
      ),
    })
    .transform(
      ({ registeredOn, ...key }): ConfiguredCredential => ({
        ...key,
        startsAt: key.startsAt,
        expiresAt: registeredOn === undefined ? undefined : yearAfter(registeredOn),
      }),
    );
}

/** The moment, in UTC, at which a registered key is a year old. */
function yearAfter(date: string): Date {
  const end = new Date(`${date}T00:00:00Z`);
  end.setUTCFullYear(end.getUTCFullYear() + 1);
  return end;
}

function startsAt() {
  return z.iso
    .datetime({ offset: true, error: 'must be a moment with its time zone, such as 2026-11-16T08:00:00+01:00' })
    .transform((text) => new Date(text))
    .optional();
}

function certificate(profile: Profile, read: SecretReader) {
  return z
    .strictObject({
      chain: value
        .secret('certificates', read)
        .optional()
        .describe('Reference to the certificates, PEM: its own first, then the one that issued it, and so on.'),
      privateKey: value
        .signingKey(read)
        .optional()
        .describe('Reference to the private key of the first of them: RSA of at least 2048 bits, PEM (PKCS#8) or JWK.'),
      p12: value
        .secret('keystore', read, 'base64')
        .optional()
        .describe('Reference to a keystore instead: a .p12 file, or a variable with its base64.'),
      passphrase: value
        .secret('passphrase', read)
        .optional()
        .describe('Reference to the passphrase of the keystore: letters of ASCII only.'),
      send: z
        .enum(['leaf', 'chain'])
        .default('chain')
        .describe('Whether each grant carries the certificate alone or its issuers’ too; a root is never sent.'),
      startsAt: startsAt().describe(
        'Moment from which grants are signed with this certificate, with its time zone; as soon as it is valid, if left out.',
      ),
    })
    .transform(({ chain, privateKey, p12, passphrase, send, ...given }, judgement): ConfiguredCredential => {
      const found = readCertificate({ chain, privateKey, p12, passphrase });
      if ('flaw' in found) {
        judgement.addIssue({ code: 'custom', message: found.flaw, path: found.at === undefined ? [] : [found.at] });
        return z.NEVER;
      }
      if (profile === 'production' && found.chain.some(isOfTheSandbox)) {
        judgement.addIssue({
          code: 'custom',
          message: 'belongs to the sandbox and is refused in profile production',
          path: [p12 === undefined ? 'chain' : 'p12'],
        });
        return z.NEVER;
      }
      const { organisationNumber, validFrom, validTo } = found;
      return {
        privateKey: new Secret(found.privateKey, 'signing key'),
        startsAt: given.startsAt !== undefined && given.startsAt > validFrom ? given.startsAt : validFrom,
        expiresAt: validTo,
        certificate: {
          organisationNumber,
          send,
          chain: found.chain.map((each) => new Secret(each, 'certificate')),
        },
      };
    });
}

function readCertificate(given: {
  readonly chain: Secret | undefined;
  readonly privateKey: Secret | undefined;
  readonly p12: Secret | undefined;
  readonly passphrase: Secret | undefined;
}): ReadCertificate | CertificateFlaw | { readonly at?: undefined; readonly flaw: string } {
  const { chain, privateKey, p12, passphrase } = given;
  const asPem = p12 === undefined && passphrase === undefined;
  const asKeystore = chain === undefined && privateKey === undefined;
  if (asPem && chain !== undefined && privateKey !== undefined) {
    return readPemCertificate(chain.reveal(), privateKey.reveal());
  }
  if (asKeystore && p12 !== undefined && passphrase !== undefined) {
    // An editor ends a file with a line break; no passphrase does.
    return readKeystore(p12.reveal(), passphrase.reveal().replace(/\r?\n$/, ''));
  }
  return { flaw: 'must have chain and privateKey, or p12 and passphrase, and no mixture of them' };
}

function isOfTheSandbox(der: string): boolean {
  const { subject, issuer } = new X509Certificate(Buffer.from(der, 'base64'));
  return `${subject} ${issuer}`.toLowerCase().includes(SANDBOX_MARK);
}

const oneOfTwoOrganisations = z.object({
  organisationNumber: z.string(),
  client: z.object({
    credentials: z.array(z.object({ certificate: z.object({ organisationNumber: z.string() }).optional() })),
  }),
});

/**
 * Whether the certificates of a client are of the organisation that the client is configured for. True also as long as one
 * of the two is not known: what is wrong with it is reported by itself.
 */
export function hasItsOwnCertificates(organisation: unknown): boolean {
  const known = oneOfTwoOrganisations.safeParse(organisation).data;
  return (
    known?.client.credentials.every(
      ({ certificate }) => certificate === undefined || certificate.organisationNumber === known.organisationNumber,
    ) ?? true
  );
}
