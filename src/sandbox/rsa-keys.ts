import type { JWK } from 'jose';
import { exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';

const publicMembers = z.object({ kty: z.literal('RSA'), n: z.string(), e: z.string(), kid: z.string() });

/** The public part of an RSA key, described as one for RS256 signatures. Throws when the key is not RSA or has no `kid`. */
export function publicPart(key: JWK) {
  return { ...publicMembers.parse(key), use: 'sig', alg: 'RS256' } as const;
}

/** A new RSA 2048 pair for RS256 signatures, as JWKs that carry the given `kid`. */
export async function newRsaKey(kid: string): Promise<{ readonly publicJwk: JWK; readonly privateJwk: JWK }> {
  const { privateKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
  const privateJwk: JWK = { ...(await exportJWK(privateKey)), kid, use: 'sig', alg: 'RS256' };
  return { publicJwk: publicPart(privateJwk), privateJwk };
}
