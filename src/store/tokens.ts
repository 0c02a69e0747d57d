import type { KeyvStoreAdapter } from 'keyv';
import { Keyv } from 'keyv';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { Secret } from '../values.ts';

/** A token as it was fetched. */
export interface CachedToken {
  readonly token: Secret;
  readonly expiresAt: Date;
  readonly fetchedAt: Date;
}

/**
 * Where tokens that belong to no person are kept between requests. A token bound to a consent never comes here.
 *
 * Nothing here throws: a cache that fails costs a fetch, never a request.
 */
export interface TokenCache {
  /** The token under this key unless it has expired; how long it must still last is for the asker to judge. */
  get(key: string): Promise<CachedToken | undefined>;
  set(key: string, token: CachedToken): Promise<void>;
  delete(key: string): Promise<void>;
}

/** What a token cache is made of. */
export interface TokenCacheOptions {
  readonly clock: Clock;
  /** Told of every failure of the cache, for the log. */
  readonly onFailure?: (failure: unknown) => void;
  /** Where the entries lie; this process's memory when left out. */
  readonly storage?: KeyvStoreAdapter | Map<string, unknown>;
}

// The revealed token is what is stored: a Secret turns into its mask on the way.
const stored = z.object({ token: z.string(), expiresAt: z.number(), fetchedAt: z.number() });

/** A token cache over keyv. Keyv forgets by the machine's clock, so that what is judged by ours lies in the entry itself. */
export function openTokenCache({ clock, onFailure = () => {}, storage = new Map() }: TokenCacheOptions): TokenCache {
  // Without throwOnErrors a failed write would look like one that succeeded.
  const entries = new Keyv(storage, { namespace: 'tokens', throwOnErrors: true });
  const now = () => clock.now().getTime();

  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (failure) {
      onFailure(failure);
      return undefined;
    }
  };

  return {
    get: (key) =>
      attempt(async () => {
        const entry: unknown = await entries.get(key);
        if (entry === undefined) return undefined;
        const { token, expiresAt, fetchedAt } = stored.parse(entry);
        if (expiresAt <= now()) return undefined;
        return {
          token: new Secret(token, 'access token'),
          expiresAt: new Date(expiresAt),
          fetchedAt: new Date(fetchedAt),
        };
      }),

    set: async (key, { token, expiresAt, fetchedAt }) => {
      const lifetime = expiresAt.getTime() - now();
      if (lifetime <= 0) return;
      const entry = { token: token.reveal(), expiresAt: expiresAt.getTime(), fetchedAt: fetchedAt.getTime() };
      await attempt(() => entries.set(key, entry, lifetime));
    },

    delete: async (key) => {
      await attempt(() => entries.delete(key));
    },
  };
}
