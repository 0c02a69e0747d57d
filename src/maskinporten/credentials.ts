import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Secret } from '../values.ts';
import type { Signer } from './assertion.ts';

/** The span in which a key or a certificate serves. */
export interface Validity {
  /** Grants are signed with it from this moment on; undefined: since always. */
  readonly startsAt: Date | undefined;
  /** After this Maskinporten refuses it; undefined: unknown. */
  readonly expiresAt: Date | undefined;
}

/** A key or certificate, ready to sign. */
export interface Credential extends Validity {
  /** Tells it from the client's others: `kid`, or a certificate's fingerprint. */
  readonly name: string;
  readonly sign: Signer;
}

/** What a client signs its grants with. It changes by itself when the time of the next credential has come. */
export interface Credentials {
  /** The name of the one that signs now. */
  name(): string;
  readonly sign: Signer;
}

/** Where a client stands with all that it can sign with. `expires soon`: within sixty days, while there is time to get another. */
export type CredentialAge = 'not yet valid' | 'valid' | 'expires soon' | 'expired' | 'unknown';

const SOON_DAYS = 60;
const MS_PER_DAY = 86_400_000;

/**
 * Of one or more credentials the one to sign with: the one that started last among those that serve now. When none
 * does, the one that comes nearest, and Maskinporten says what is wrong with it.
 */
export function currentOf<C extends Validity>(credentials: readonly [C, ...C[]], now: Date): C {
  const byStart = credentials.toSorted((one, other) => startOf(other) - startOf(one));
  const started = byStart.filter((each) => startOf(each) <= now.getTime());
  return started.find((each) => endOf(each) >= now.getTime()) ?? started[0] ?? byStart.at(-1) ?? credentials[0];
}

/**
 * Until when a client can sign: the end of the current credential, or of the one that takes over before that.
 *
 * @returns undefined: unknown
 */
export function lastsUntil<C extends Validity>(credentials: readonly [C, ...C[]], now: Date): Date | undefined {
  let current = currentOf(credentials, now);
  for (const next of credentials.toSorted((one, other) => startOf(one) - startOf(other))) {
    if (startOf(next) <= endOf(current) && endOf(next) > endOf(current)) current = next;
  }
  return current.expiresAt;
}

/** Tells where a client stands with its credentials. */
export function ageOf<C extends Validity>(credentials: readonly [C, ...C[]], now: Date): CredentialAge {
  if (startOf(currentOf(credentials, now)) > now.getTime()) return 'not yet valid';
  const end = lastsUntil(credentials, now);
  if (end === undefined) return 'unknown';
  if (end < now) return 'expired';
  return end.getTime() - now.getTime() <= SOON_DAYS * MS_PER_DAY ? 'expires soon' : 'valid';
}

/** Makes the credentials of one client. */
export function rotate(credentials: readonly [Credential, ...Credential[]], clock: Clock): Credentials {
  const current = () => currentOf(credentials, clock.now());
  return { name: () => current().name, sign: (claims) => current().sign(claims) };
}

/**
 * The `x5c` of a grant (RFC 7515 4.1.6): standard base64 of DER, the client's own certificate first.
 *
 * @param chain the own certificate first, never empty, no root
 */
export function x5cOf(chain: readonly Secret[], send: 'leaf' | 'chain'): readonly string[] {
  return (send === 'leaf' ? chain.slice(0, 1) : chain).map((certificate) => certificate.reveal());
}

/** Tells one certificate from another: SHA-256 of it, hex. */
export function fingerprintOf(x5c: readonly string[]): string {
  return createHash('sha256')
    .update(x5c[0] ?? '', 'base64')
    .digest('hex');
}

function startOf({ startsAt }: Validity): number {
  return startsAt?.getTime() ?? Number.NEGATIVE_INFINITY;
}

function endOf({ expiresAt }: Validity): number {
  return expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
}
