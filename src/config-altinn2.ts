import { z } from 'zod';
import type { Profile } from './config-profiles.ts';
import { PROFILE_DEFAULTS } from './config-profiles.ts';
import type { SecretReader } from './config-values.ts';
import * as value from './config-values.ts';
import type { Secret } from './values.ts';

/** Altinn 2, which serves the data consumers that have an ApiKey. */
export interface Altinn2Config {
  /** Undefined in the sandbox only, and then no data consumer has an ApiKey. */
  readonly baseUrl?: string | undefined;
  readonly service: { readonly code: string; readonly edition: number };
  readonly metadataKeys: { readonly fom: string; readonly tom: string; readonly name: string };
  /** `read` and `write` for requests; `readTokens` and `writeTokens` for a supplier that fetches consent tokens, logs their use and gives consents up. */
  readonly scopes: {
    readonly read: string;
    readonly write: string;
    readonly readTokens: string;
    readonly writeTokens: string;
  };
}

/** What a data consumer or a supplier has at Altinn 2. */
export interface Altinn2Access {
  readonly apiKey: Secret;
}

/** The section `altinn2` of the configuration file. */
export function altinn2(profile: Profile) {
  return z
    .strictObject({
      baseUrl: baseUrl(profile),
      service: z
        .strictObject({
          code: value
            .words()
            .prefault('5252')
            .describe('Code of the consent service at Altinn 2, as registered by NAV.'),
          edition: z
            .int()
            .min(1)
            .max(999)
            .default(2)
            .describe('Edition of the service; uføreopplysninger need 2 or higher.'),
        })
        .prefault({}),
      metadataKeys: z
        .strictObject({
          fom: value.words().prefault('fraOgMed').describe('Metadata key of the first date, in Altinn 2.'),
          tom: value.words().prefault('tilOgMed').describe('Metadata key of the last date, in Altinn 2.'),
          name: value
            .words()
            .prefault('Navn')
            .describe(
              'Metadata key of the data consumer’s name, in Altinn 2; whether it is still used is unconfirmed.',
            ),
        })
        .prefault({}),
      scopes: z
        .strictObject({
          read: value
            .words()
            .prefault('altinn:consentrequests.read')
            .describe('Scope for looking requests up in Altinn 2.'),
          write: value
            .words()
            .prefault('altinn:consentrequests.write')
            .describe('Scope for making requests in Altinn 2.'),
          readTokens: value
            .words()
            .prefault('altinn:consenttokens.read')
            .describe('Scope for fetching consent tokens as a supplier, in Altinn 2.'),
          writeTokens: value
            .words()
            .prefault('altinn:consenttokens.write')
            .describe('Scope for logging the use of a consent and for giving one up as a supplier, in Altinn 2.'),
        })
        .prefault({}),
    })
    .prefault({});
}

function baseUrl(profile: Profile) {
  const documented = PROFILE_DEFAULTS[profile].hosts?.altinn2;
  const address = value.address(profile);
  return (documented === undefined ? address.optional() : address.prefault(documented)).describe(
    'Base address of Altinn 2, which serves the data consumers that have an ApiKey.',
  );
}

/** The section `altinn2` of a data consumer or a supplier. */
export function altinn2Access(profile: Profile, read: SecretReader) {
  return z
    .strictObject({
      apiKey: value.apiKey(profile, read).describe('Reference to its ApiKey, bound to its organisation number.'),
    })
    .optional();
}

/** The setting `consent.newRequests`. */
export function newRequests() {
  return z
    .enum(['ALTINN_3', 'ALTINN_2'])
    .default('ALTINN_3')
    .describe('Which consent system gets new requests; consents of both are used.');
}

/** What in the configuration asks for Altinn 2 without what it takes. */
export function altinn2Gaps(config: {
  readonly altinn2: Altinn2Config;
  readonly consent: { readonly newRequests: 'ALTINN_3' | 'ALTINN_2' };
  readonly supplier?: MayHaveAccess | undefined;
  readonly dataConsumers: readonly (MayHaveAccess & { readonly client?: unknown })[];
}): { path: string; message: string }[] {
  const { altinn2, consent, supplier, dataConsumers } = config;
  const isUsed = [supplier, ...dataConsumers].some((each) => each?.altinn2 !== undefined);
  const lacking = dataConsumers.flatMap(({ client, altinn2: own }, at) => {
    if (client !== undefined) return own === undefined ? [`dataConsumers[${at}].altinn2`] : [];
    return supplier?.altinn2 === undefined ? ['supplier.altinn2'] : [];
  });
  return [
    ...(isUsed && altinn2.baseUrl === undefined ? [{ path: 'altinn2.baseUrl', message: 'is missing' }] : []),
    ...(consent.newRequests === 'ALTINN_2' ? [...new Set(lacking)] : []).map((path) => ({
      path,
      message: 'is missing: new requests go to Altinn 2',
    })),
  ];
}

interface MayHaveAccess {
  readonly altinn2?: Altinn2Access | undefined;
}
