import type { NationalIdKind } from './values.ts';
import { REAL_NATIONAL_IDS, SYNTHETIC_NATIONAL_IDS } from './values.ts';

/**
 * Where the gateway runs. `sandbox`: every upstream is a double on this machine. `test`: TT02, test.maskinporten.no and
 * NAV's dev environment, with synthetic people. `production`: the real ones.
 */
export type Profile = 'sandbox' | 'test' | 'production';

/** The profiles, harmless first. */
export const PROFILES = ['sandbox', 'test', 'production'] as const satisfies readonly Profile[];

/** What a profile fills in where the file is silent, and what it accepts at all. */
export interface ProfileDefaults {
  /** Documented addresses. Those of AAP are documented nowhere, and the sandbox's are known only to who starts it. */
  readonly hosts?: {
    readonly altinn3: string;
    readonly altinn2: string;
    readonly maskinportenIssuer: string;
    readonly maskinportenTokenEndpoint: string;
    readonly uforeopplysninger: string;
  };
  /** Calls to one NAV host that may be under way at once. */
  readonly bound: number;
  /** Kinds of national id accepted unless the file says otherwise. */
  readonly nationalIds: readonly NationalIdKind[];
  /** Kinds the file may name. */
  readonly acceptableNationalIds: readonly NationalIdKind[];
}

/**
 * Each profile's own. The addresses are those Altinn and Digdir document for their two environments, and those NAV's
 * public specification of uføreopplysninger names; NAV states no limit on calls, so the bound is ours and cautious.
 */
export const PROFILE_DEFAULTS: Readonly<Record<Profile, ProfileDefaults>> = {
  sandbox: {
    bound: 256,
    nationalIds: SYNTHETIC_NATIONAL_IDS,
    acceptableNationalIds: SYNTHETIC_NATIONAL_IDS,
  },
  test: {
    hosts: {
      altinn3: 'https://platform.tt02.altinn.no',
      altinn2: 'https://tt02.altinn.no',
      maskinportenIssuer: 'https://test.maskinporten.no/',
      maskinportenTokenEndpoint: 'https://test.maskinporten.no/token',
      uforeopplysninger: 'https://pensjon-gw.ekstern.dev.nav.no/dsop-ufo',
    },
    bound: 32,
    nationalIds: SYNTHETIC_NATIONAL_IDS,
    acceptableNationalIds: [...SYNTHETIC_NATIONAL_IDS, ...REAL_NATIONAL_IDS],
  },
  production: {
    hosts: {
      altinn3: 'https://platform.altinn.no',
      altinn2: 'https://www.altinn.no',
      maskinportenIssuer: 'https://maskinporten.no/',
      maskinportenTokenEndpoint: 'https://maskinporten.no/token',
      uforeopplysninger: 'https://pensjon-gw.nav.no/dsop-ufo',
    },
    bound: 32,
    nationalIds: REAL_NATIONAL_IDS,
    acceptableNationalIds: REAL_NATIONAL_IDS,
  },
};

/** Hosts of the test environments, which production must never be pointed at: theirs, and every name below them. */
export const TEST_HOSTS = ['tt02.altinn.no', 'test.maskinporten.no', 'dev.nav.no'] as const;

/** Hosts whose tokens are for upstreams and never for callers of the gateway, and every name below them. */
export const UPSTREAM_TOKEN_HOSTS = ['maskinporten.no', 'altinn.no'] as const;

/** Production refuses every name of a key, a client or an audience that holds this word. */
export const SANDBOX_MARK = 'sandbox';
