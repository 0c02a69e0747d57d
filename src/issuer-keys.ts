import type { JWTVerifyGetKey } from 'jose';
import { createRemoteJWKSet, customFetch } from 'jose';
import { z } from 'zod';
import type { Transport } from './upstream.ts';

/** The public keys of an issuer of callers' tokens. */
export interface IssuerKeys {
  readonly get: JWTVerifyGetKey;
  /** Resolves when keys are at hand, fetched now if need be; rejects when they cannot be had. */
  check(): Promise<void>;
  /** Stops refreshing, and gives up a fetch under way. */
  close(): void;
}

/** An issuer without a key signs nothing, so a set without one is a fault of the answer and takes no known key away. */
const keySet = z
  .object({ keys: z.array(z.looseObject({})) })
  .refine(({ keys }) => keys.some(({ kty }) => typeof kty === 'string'));

const REFRESH_MS = 10 * 60_000;
const TIMEOUT_MS = 5_000;
const LONGEST_KEY_SET_BYTES = 256 * 1024;

/**
 * Fetches an issuer's keys and keeps them fresh in the background, so that no caller waits for a refresh; an unknown key id
 * fetches them at once, unless they are younger than half a minute. When a refresh fails, the last known keys serve on.
 */
export function createIssuerKeys(jwksUri: string, transport: Transport): IssuerKeys {
  const closing = new AbortController();
  const keys = createRemoteJWKSet(new URL(jwksUri), {
    timeoutDuration: TIMEOUT_MS,
    cacheMaxAge: Number.POSITIVE_INFINITY,
    [customFetch]: async (url, { signal }) => {
      const answer = await transport({
        method: 'GET',
        url,
        headers: { accept: 'application/json' },
        signal: AbortSignal.any([signal, closing.signal]),
        maxBytes: LONGEST_KEY_SET_BYTES,
      });
      if (answer.status !== 200) throw new Error('the issuer does not give its keys');
      return Response.json(keySet.parse(JSON.parse(new TextDecoder().decode(answer.body))));
    },
  });
  const refresh = setInterval(() => {
    keys.reload().catch(() => {
      // The last known keys serve on; readiness tells when there are none.
    });
  }, REFRESH_MS);
  refresh.unref();
  return {
    get: keys,
    async check() {
      if (keys.jwks() === undefined) await keys.reload();
    },
    close: () => {
      clearInterval(refresh);
      closing.abort();
    },
  };
}
