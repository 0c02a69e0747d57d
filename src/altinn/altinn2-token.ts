import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import { createRemoteJWKSet, customFetch, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Consent, Lookup } from '../access/ports.ts';
import { GatewayError } from '../errors.ts';
import type { IssuedToken } from '../maskinporten/tokens.ts';
import type { Upstream } from '../upstream.ts';
import { parseJson, unavailable } from '../upstream.ts';
import type { OrganisationNumber } from '../values.ts';
import { Secret } from '../values.ts';
import type { Altinn2Service } from './altinn2-wire.ts';
import { periodeOf } from './altinn2-wire.ts';

/** `iss` of every consent token, in both environments; Altinn’s metadata name another. */
const ISSUER = 'altinn.no';
const KEYS = '/api/metadata/jwk';
const KEYS_LAST_MS = 86_400_000;
/** How far Altinn’s clock may be from ours, in seconds; a token lives for half of it. */
export const CLOCK_SKEW_S = 60;

/** Without a whole RSA key that has a name nothing can be verified, so such a set is none. */
const keySet = z
  .object({ keys: z.array(z.record(z.string(), z.unknown())) })
  .refine(({ keys }) =>
    keys.some((key) => key['kty'] === 'RSA' && ['kid', 'n', 'e'].every((name) => typeof key[name] === 'string')),
  );

/** The keys of consent tokens; `reload` fetches them anew. */
export type ConsentKeys = JWTVerifyGetKey & { reload(): Promise<void> };

/**
 * The public keys that consent tokens are signed with, as Altinn publishes them, kept for a day; an unknown key id fetches
 * them anew. Altinn names no `alg` and writes the modulus in plain base64, which a strict reader refuses.
 *
 * @param baseUrl the one `upstream` leads to
 */
export function createConsentKeys(upstream: Upstream, baseUrl: string): ConsentKeys {
  return createRemoteJWKSet(new URL(`${baseUrl}${KEYS}`), {
    cacheMaxAge: KEYS_LAST_MS,
    // Whoever waits for the same keys shares the fetch: only the upstream’s own deadline ends it.
    [customFetch]: async () => {
      const answer = await upstream.call({
        method: 'GET',
        path: KEYS,
        headers: { accept: 'application/json' },
        repeat: 'idempotent',
        callId: 'consent-keys',
        signal: new AbortController().signal,
      });
      const found = answer.status === 200 ? parseJson(answer, keySet) : undefined;
      if (found !== undefined) return Response.json({ keys: found.keys.map(normalised) });
      upstream.report('consent-keys', { upstream: 'altinn', status: answer.status, failure: 'unreadable' });
      throw unavailable({ upstream: 'altinn', status: answer.status, failure: 'unreadable' });
    },
  });
}

function normalised(key: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { kty, use, kid, n, e } = key;
  return { kty, use, kid, n: base64url(n), e: base64url(e), alg: 'RS256' };
}

function base64url(value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '') : value;
}

/** A consent token that proves what it is used for. */
export interface ConsentToken extends IssuedToken {
  /** When the person gave the consent. */
  readonly consentedAt: Date;
  /** When the consent ends at Altinn, to the second. */
  readonly validTo: Date;
}

const seconds = z.coerce
  .number()
  .positive()
  .max(8_640_000_000_000)
  .transform((s) => new Date(s * 1000));

const claims = z.object({
  Services: z.union([z.string().transform((one) => [one]), z.array(z.string())]),
  AuthorizationCode: z.string(),
  OfferedBy: z.string(),
  CoveredBy: z.string(),
  HandledBy: z.string().optional(),
  DelegatedDate: seconds,
  ValidToDate: seconds,
  nbf: z.number(),
  exp: z.number(),
});

type Claims = z.output<typeof claims>;

/** Which consent a token must be for. */
export interface Expected {
  readonly consent: Consent;
  /** Who fetches the token on behalf of the data consumer; null: it does so itself. */
  readonly supplier: OrganisationNumber | null;
  readonly service: Altinn2Service;
  /** When the token was asked for: its age is counted from there, by our clock. */
  readonly fetchedAt: Date;
  readonly now: Date;
}

/**
 * Verifies a consent token: signature, issuer, lifetime, code, every party, service, period and validity.
 *
 * @returns the token, or the name of the first thing that is not as it should be, which holds nothing of the token
 * @throws GatewayError `ALTINN_UNAVAILABLE` when the keys cannot be had
 */
export async function verifyConsentToken(
  jwt: string,
  keys: ConsentKeys,
  expected: Expected,
): Promise<ConsentToken | { readonly flaw: string }> {
  let payload = await signedPayload(jwt, keys, expected.now);
  if ('flaw' in payload && payload.flaw === 'signature') {
    // The token comes from Altinn itself, so it may be the keys that came damaged.
    await keys.reload();
    payload = await signedPayload(jwt, keys, expected.now);
  }
  if ('flaw' in payload) return payload;
  const parsed = claims.safeParse(payload.signed).data;
  if (parsed === undefined) return { flaw: 'claims' };
  const [flaw] = flawsOf(parsed, expected);
  if (flaw !== undefined) return { flaw };
  return {
    token: new Secret(jwt, 'consent token'),
    fetchedAt: expected.fetchedAt,
    expiresAt: new Date(expected.fetchedAt.getTime() + (parsed.exp - parsed.nbf) * 1000),
    consentedAt: parsed.DelegatedDate,
    validTo: parsed.ValidToDate,
  };
}

/**
 * What a token says of its consent: that it stands. Where Altinn ends it earlier than we do, whose zone it may read
 * otherwise, that end counts: by ours alone, a consent that has run out there would look withdrawn.
 */
export function wordOf({ consentedAt, validTo }: ConsentToken, consent: Consent): Lookup {
  // It has whole seconds, so a fraction of one is no difference.
  const isEarlier = validTo.getTime() + 1000 <= consent.validTo.getTime();
  return {
    status: 'ACTIVE',
    answeredAt: consentedAt,
    endedAt: null,
    pageUrl: null,
    ...(isEarlier ? { validTo } : {}),
  };
}

async function signedPayload(
  jwt: string,
  keys: JWTVerifyGetKey,
  now: Date,
): Promise<{ readonly signed: JWTPayload } | { readonly flaw: string }> {
  try {
    const { payload } = await jwtVerify(jwt, keys, {
      issuer: ISSUER,
      algorithms: ['RS256'],
      requiredClaims: ['exp', 'nbf'],
      currentDate: now,
      clockTolerance: CLOCK_SKEW_S,
    });
    return { signed: payload };
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    if (error instanceof errors.JWTClaimValidationFailed) return { flaw: error.claim };
    return { flaw: error instanceof errors.JWTExpired ? 'exp' : 'signature' };
  }
}

function flawsOf(found: Claims, { consent, supplier, service, now }: Expected): readonly string[] {
  const { railId, applicant } = consent;
  const prefix = `${service.code}_${service.edition}`;
  const metadata = new Map(
    found.Services.filter((entry) => entry.startsWith(`${prefix}_`)).map((entry) => {
      const at = entry.indexOf('=');
      return [entry.slice(prefix.length + 1, at).toLowerCase(), entry.slice(at + 1)];
    }),
  );
  const isPeriode = Object.entries(periodeOf(consent, service)).every(
    ([key, date]) => metadata.get(key.toLowerCase()) === date,
  );
  const checks: readonly (readonly [string, boolean])[] = [
    ['AuthorizationCode', found.AuthorizationCode.toLowerCase() === railId.reveal().toLowerCase()],
    ['CoveredBy', found.CoveredBy === applicant.dataConsumer],
    ['HandledBy', (found.HandledBy ?? null) === supplier],
    ['OfferedBy', found.OfferedBy === applicant.nationalId.reveal()],
    ['service', found.Services.includes(prefix)],
    ['period', isPeriode],
    ['ValidToDate', found.ValidToDate > now],
    ['lifetime', found.exp > found.nbf],
  ];
  return checks.flatMap(([name, holds]) => (holds ? [] : [name]));
}
