import { createHash } from 'node:crypto';
import type { Secret } from '../values.ts';

const SOON_DAYS = 60;
const MS_PER_DAY = 86_400_000;

/** The span a certificate is valid in, as it says itself. */
export interface Validity {
  readonly validFrom: Date;
  readonly validTo: Date;
}

/** Where a moment stands in that span. `expires soon`: within sixty days, while a new certificate can still be ordered. */
export type CertificateAge = 'not yet valid' | 'valid' | 'expires soon' | 'expired';

/** Tells where a moment stands in the validity of a certificate. */
export function ageOf({ validFrom, validTo }: Validity, now: Date): CertificateAge {
  if (now < validFrom) return 'not yet valid';
  if (now > validTo) return 'expired';
  return validTo.getTime() - now.getTime() <= SOON_DAYS * MS_PER_DAY ? 'expires soon' : 'valid';
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
