import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Evidence } from '../errors.ts';
import { abandoned } from '../errors.ts';
import type { Upstream, WireResponse } from '../upstream.ts';
import { readJson } from '../upstream.ts';
import { Secret } from '../values.ts';
import type { GrantClaims } from './assertion.ts';
import type { Credentials } from './credentials.ts';
import type { Delegation, Refused } from './outcomes.ts';
import { faultOf, HELD_BACK, judgeRefusal } from './outcomes.ts';

/** A token and the span in which it may be used, by our clock. */
export interface IssuedToken {
  readonly token: Secret;
  /** When it was asked for: its age is counted from there, not from the answer. */
  readonly fetchedAt: Date;
  readonly expiresAt: Date;
}

/** Where tokens without a person are kept between requests. Losing one costs a fetch; failures never reach the caller. */
export interface TokenCache {
  get(key: string): Promise<IssuedToken | undefined>;
  set(key: string, token: IssuedToken): Promise<void>;
  delete(key: string): Promise<void>;
}

/** What ties a token call to the request that needs it. */
export interface TokenScope {
  readonly callId: string;
  readonly signal: AbortSignal;
}

/** The Maskinporten client of one data consumer. Fails with `MASKINPORTEN_*` or `DELEGATION_MISSING`. */
export interface Tokens {
  /** A token without a person: cached, and fetched once however many ask at the same time. */
  forScope(scope: string, request: TokenScope): Promise<Secret>;
  /** Forgets a token that its API refused, so that the next call fetches a new one. */
  forget(scope: string, token: Secret): Promise<void>;
  /**
   * A token that carries a consent: never cached here. `doubtful`: so Maskinporten refuses, and the consent may be why; a
   * second witness must say.
   */
  forConsent(
    scope: string,
    consent: NonNullable<GrantClaims['consent']>,
    request: TokenScope,
  ): Promise<IssuedToken | { readonly doubtful: Evidence }>;
}

/** How the tokens of one client are fetched. */
export interface TokensOptions {
  /** What changes a token besides scope, consent and key: environment, client, consumer. */
  readonly client: {
    readonly issuer: string;
    readonly clientId: string;
    /** Undefined: the client's owner asks for itself. */
    readonly delegation?: Delegation | undefined;
  };
  readonly upstream: Upstream;
  /** Path of the token endpoint below the upstream's base URL. */
  readonly path: string;
  readonly credentials: Credentials;
  readonly cache: TokenCache;
  readonly clock: Clock;
}

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const HOLD_BACK_MS = 10_000;

/** A lifetime is two hours at most; what claims to last for days is not one. */
const LONGEST_LIFETIME_S = 86_400;

const tokenBody = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().max(LONGEST_LIFETIME_S),
});

/** Makes the Maskinporten client of one data consumer. */
export function createTokens(options: TokensOptions): Tokens {
  const { client, credentials, upstream, cache, clock } = options;
  const consumerOrg = client.delegation?.consumer;
  const inFlight = new Map<string, Promise<IssuedToken>>();
  const heldBack = new Map<string, { readonly since: number; readonly refused: Refused }>();

  function keyOf(scope: string): string {
    return JSON.stringify([client.issuer, client.clientId, credentials.name(), consumerOrg ?? null, scope]);
  }

  async function exchange(claims: GrantClaims, request: TokenScope): Promise<IssuedToken | Refused> {
    const held = heldBack.get(claims.scope);
    if (held !== undefined && isWithin(HOLD_BACK_MS, held.since, clock.now().getTime())) return held.refused;
    heldBack.delete(claims.scope);

    let fetchedAt = clock.now();
    const answer = await upstream.call({
      method: 'POST',
      path: options.path,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: async () => {
        fetchedAt = clock.now();
        const assertion = await credentials.sign(claims);
        return new Secret(
          new URLSearchParams({ grant_type: GRANT_TYPE, assertion: assertion.reveal() }).toString(),
          'grant',
        );
      },
      repeat: 'idempotent',
      again: curedByNewGrant(),
      callId: request.callId,
      signal: request.signal,
    });
    if (answer.status === 200) {
      const body = readJson(upstream, request.callId, answer, tokenBody);
      return {
        token: new Secret(body.access_token, 'access token'),
        fetchedAt,
        expiresAt: new Date(fetchedAt.getTime() + body.expires_in * 1000),
      };
    }
    const refused = judgeRefusal(answer);
    upstream.report(request.callId, refused.evidence);
    if (HELD_BACK.has(refused.evidence.upstreamCode ?? '')) {
      heldBack.set(claims.scope, { since: clock.now().getTime(), refused });
    }
    return refused;
  }

  function faultIn({ refusal, evidence }: Refused, scope: string) {
    return faultOf(refusal, evidence, client.delegation && { ...client.delegation, scope });
  }

  function grantFor(scope: string): GrantClaims {
    return consumerOrg === undefined ? { scope } : { scope, consumerOrg };
  }

  async function cachedOrFetched(scope: string, callId: string): Promise<IssuedToken> {
    const cached = await cache.get(keyOf(scope));
    if (cached !== undefined && isFresh(cached, clock.now())) return cached;
    // No caller's abort ends a fetch that others wait for; the upstream's own deadline does.
    const issued = await exchange(grantFor(scope), { callId, signal: new AbortController().signal });
    if ('refusal' in issued) throw faultIn(issued, scope);
    await cache.set(keyOf(scope), issued);
    return issued;
  }

  function shared(scope: string, callId: string): Promise<IssuedToken> {
    const fetching = inFlight.get(scope) ?? cachedOrFetched(scope, callId).finally(() => inFlight.delete(scope));
    inFlight.set(scope, fetching);
    return fetching;
  }

  return {
    async forScope(scope, { callId, signal }) {
      return (await unlessAborted(() => shared(scope, callId), signal)).token;
    },
    async forget(scope, token) {
      const cached = await cache.get(keyOf(scope));
      if (cached?.token.reveal() === token.reveal()) await cache.delete(keyOf(scope));
    },
    async forConsent(scope, consent, request) {
      const issued = await exchange({ ...grantFor(scope), consent }, request);
      if (!('refusal' in issued)) return issued;
      if (issued.refusal === 'consent') return { doubtful: issued.evidence };
      throw faultIn(issued, scope);
    },
  };
}

/**
 * Whether a token may still be handed out: more than 30 seconds are left, or more than a quarter of its life where that
 * is shorter. Lifetimes are set per scope, from 29 seconds to two hours, so no fixed margin fits them all. One that was
 * fetched later than now is not: the clock was put back, and nobody knows how old it is.
 */
export function isFresh(issued: IssuedToken, now: Date): boolean {
  if (issued.fetchedAt > now) return false;
  const lifetime = issued.expiresAt.getTime() - issued.fetchedAt.getTime();
  const margin = Math.min(30_000, lifetime / 4);
  return issued.expiresAt.getTime() - now.getTime() > margin;
}

/** Whether less than a span has passed since a moment; a clock that was put back before it ends the span too. */
function isWithin(ms: number, since: number, now: number): boolean {
  return since <= now && now < since + ms;
}

/** Whether another attempt helps: after 500 as after any outage, since the grant is new; after a grant was refused, once. */
function curedByNewGrant(): (answer: WireResponse) => boolean {
  let renewed = false;
  return (answer) => {
    if (answer.status === 500) return true;
    if (renewed || answer.status < 400 || judgeRefusal(answer).refusal !== 'again') return false;
    renewed = true;
    return true;
  };
}

/** Waits for work that goes on for others, for as long as its own request is there. */
async function unlessAborted<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: gone, reject } = Promise.withResolvers<never>();
  const leave = () => reject(abandoned('maskinporten'));
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  try {
    return await Promise.race(signal.aborted ? [gone] : [gone, work()]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
