import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { CertificateFlaw, ReadCertificate } from './config-certificate.ts';
import { readKeystore, readPemCertificate } from './config-certificate.ts';
import type { Profile } from './config-profiles.ts';
import { SANDBOX_MARK } from './config-profiles.ts';
import type { SecretReader } from './config-values.ts';
import * as value from './config-values.ts';
import { Secret } from './values.ts';

/** An enterprise certificate, ready to sign with. */
export interface ConfiguredCertificate {
  /** Whom it is issued to: nine digits. */
  readonly organisationNumber: string;
  readonly validFrom: Date;
  readonly validTo: Date;
  /** Whether the issuers' certificates go along with each grant. */
  readonly send: 'leaf' | 'chain';
  /** Standard base64 of the DER of each, the organisation's own first, without a root. Masked because it is long. */
  readonly chain: readonly Secret[];
  /** PKCS#8 PEM of an RSA key. */
  readonly privateKey: Secret;
}

/** A client at Maskinporten and the one thing it proves itself by. */
export type ConfiguredClient = { readonly clientId: string } & (
  | { readonly key: { readonly kid: string; readonly privateKey: Secret }; readonly certificate?: undefined }
  | { readonly certificate: ConfiguredCertificate; readonly key?: undefined }
);

/** A client at Maskinporten: by a key registered on it, or by an enterprise certificate, never both. */
export function maskinportenClient(profile: Profile, read: SecretReader) {
  return z
    .strictObject({
      clientId: value.name(profile).describe('Its client at Maskinporten (`iss` of the grant).'),
      key: z
        .strictObject({
          kid: value
            .name(profile)
            .describe('Id of the key registered on the client; a client has `key` or `certificate`, not both.'),
          privateKey: value
            .signingKey(read)
            .describe('Reference to the private key: RSA of at least 2048 bits, PEM (PKCS#8) or JWK.'),
        })
        .optional(),
      certificate: certificate(profile, read).optional(),
    })
    .transform(({ clientId, key, certificate: own }, judgement): ConfiguredClient => {
      if (key !== undefined && own === undefined) return { clientId, key };
      if (own !== undefined && key === undefined) return { clientId, certificate: own };
      judgement.addIssue({ code: 'custom', message: 'must have a key or a certificate, and not both' });
      return z.NEVER;
    });
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
    })
    .transform(({ chain, privateKey, p12, passphrase, send }, judgement): ConfiguredCertificate => {
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
      return {
        ...found,
        send,
        chain: found.chain.map((each) => new Secret(each, 'certificate')),
        privateKey: new Secret(found.privateKey, 'signing key'),
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

const twoOrganisations = z.object({
  organisationNumber: z.string(),
  client: z.object({ certificate: z.object({ organisationNumber: z.string() }) }),
});

/**
 * Whether a data consumer and the certificate of its client are of one organisation. True also as long as one of the two
 * is not known: what is wrong with it is reported by itself.
 */
export function isItsOwnCertificate(dataConsumer: unknown): boolean {
  const both = twoOrganisations.safeParse(dataConsumer).data;
  return both === undefined || both.organisationNumber === both.client.certificate.organisationNumber;
}
