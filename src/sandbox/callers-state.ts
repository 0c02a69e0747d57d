import { randomBytes, randomUUID } from 'node:crypto';
import type { JWK } from 'jose';
import { newRsaKey } from './rsa-keys.ts';
import { NUMBERS } from './world.ts';

/** What a caller may be. */
export type CallerRole = 'CASE_HANDLER' | 'ANALYST' | 'PARTNER' | 'AUDITOR';

/** What a caller may ask for. */
export type CallerPurpose = 'OCCUPATIONAL_PENSION' | 'DISABILITY_INSURANCE';

/** A caller the identity provider knows; its name is its client id and the `sub` of its tokens. */
export interface CallerProfile {
  readonly role: CallerRole;
  /** Organisation numbers the token is valid for. */
  readonly organisations: readonly string[];
  readonly purposes: readonly CallerPurpose[];
  readonly authentication: 'client_secret_basic' | 'private_key_jwt';
}

const { A, B, C, D, E } = NUMBERS;
const ONE_PURPOSE = ['DISABILITY_INSURANCE'] as const;
const BOTH_PURPOSES = ['OCCUPATIONAL_PENSION', 'DISABILITY_INSURANCE'] as const;
const bySecret = { authentication: 'client_secret_basic' } as const;
const byKey = { authentication: 'private_key_jwt' } as const;

/**
 * The callers by name: one of each role for insurers A and B, a case handler whose token is valid for both, and one case
 * handler each for C, D and E. B's case handler has two purposes and must choose, as does the one for both; all others
 * have one. Partners, which are machines, authenticate
 * with a key, the others with a secret.
 */
export const CALLERS = {
  'case-handler-a': { role: 'CASE_HANDLER', organisations: [A], purposes: ONE_PURPOSE, ...bySecret },
  'analyst-a': { role: 'ANALYST', organisations: [A], purposes: ONE_PURPOSE, ...bySecret },
  'partner-a': { role: 'PARTNER', organisations: [A], purposes: ONE_PURPOSE, ...byKey },
  'auditor-a': { role: 'AUDITOR', organisations: [A], purposes: ONE_PURPOSE, ...bySecret },
  'case-handler-b': { role: 'CASE_HANDLER', organisations: [B], purposes: BOTH_PURPOSES, ...bySecret },
  'analyst-b': { role: 'ANALYST', organisations: [B], purposes: ONE_PURPOSE, ...bySecret },
  'partner-b': { role: 'PARTNER', organisations: [B], purposes: ONE_PURPOSE, ...byKey },
  'auditor-b': { role: 'AUDITOR', organisations: [B], purposes: ONE_PURPOSE, ...bySecret },
  'case-handler-c': { role: 'CASE_HANDLER', organisations: [C], purposes: ONE_PURPOSE, ...bySecret },
  'case-handler-d': { role: 'CASE_HANDLER', organisations: [D], purposes: ONE_PURPOSE, ...bySecret },
  'case-handler-e': { role: 'CASE_HANDLER', organisations: [E], purposes: ONE_PURPOSE, ...bySecret },
  'case-handler-ab': { role: 'CASE_HANDLER', organisations: [A, B], purposes: BOTH_PURPOSES, ...bySecret },
} as const satisfies Record<string, CallerProfile>;

/** The public client of the gateway's GraphiQL: people sign in through it, and get tokens as themselves. */
export const GRAPHIQL_CLIENT = 'graphiql';

/** The name of a caller. */
export type CallerName = keyof typeof CALLERS;

/** Tells whether a text names a caller. */
export function isCallerName(text: string): text is CallerName {
  return Object.hasOwn(CALLERS, text);
}

/** Every caller's name, in the order of {@link CALLERS}. */
export const CALLER_NAMES: readonly CallerName[] = Object.keys(CALLERS).filter(isCallerName);

/** What the identity provider keeps between starts, as plain JSON. */
export interface CallersState {
  /** Private RSA key that signs tokens. */
  readonly signingKey: JWK;
  readonly cookieKeys: readonly string[];
  /** By caller; for those that authenticate with a secret. */
  readonly secrets: Readonly<Record<string, string>>;
  /** By caller; private RSA keys of those that authenticate with one. */
  readonly keys: Readonly<Record<string, JWK>>;
}

/** New keys and secrets for every caller. */
export async function newCallersState(): Promise<CallersState> {
  const named = (authentication: CallerProfile['authentication']) =>
    CALLER_NAMES.filter((name) => CALLERS[name].authentication === authentication);
  return {
    signingKey: (await newRsaKey(randomUUID())).privateJwk,
    cookieKeys: [randomBytes(32).toString('base64url')],
    secrets: Object.fromEntries(
      named('client_secret_basic').map((name) => [name, randomBytes(32).toString('base64url')]),
    ),
    keys: Object.fromEntries(
      await Promise.all(
        named('private_key_jwt').map(async (name) => [name, (await newRsaKey(randomUUID())).privateJwk] as const),
      ),
    ),
  };
}
