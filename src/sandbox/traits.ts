import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import { z } from 'zod';
import type { DoubleRequest } from './double.ts';
import type { CastId } from './person.ts';
import { personByNumber } from './world.ts';

/**
 * What can be told about a call before anybody has judged it, for the journal and for choosing a fault. Read from
 * tokens whose signatures are not verified, and never holding a national id, a token or a key.
 */
export interface CallTraits {
  /** Whom the call is about, when it is one of the cast. */
  readonly person?: CastId | undefined;
  /** The organisation that the token speaks for, nine digits; in a grant, on whose behalf a supplier asks. */
  readonly consumer?: string | undefined;
  /** The client that asks for a token. */
  readonly client?: string | undefined;
  readonly consentId?: string | undefined;
  /** Scope asked for (Maskinporten) or granted (NAV, Altinn). */
  readonly scope?: string | undefined;
  /** First sixteen hex digits of the SHA-256 of the access token: tells which token was used, not what it is. */
  readonly tokenDigest?: string | undefined;
  readonly fomDato?: string | undefined;
  readonly tomDato?: string | undefined;
}

/** Describes a call of one upstream. */
export type Describe = (request: DoubleRequest) => CallTraits;

const CONSENT_TYPE = 'urn:altinn:consent';
const GUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/i;
const GUIDS_AND_DIGITS = new RegExp(`${GUID.source}|\\d{11}`, 'gi');

const claimsSchema = z.object({
  iss: z.string().optional(),
  scope: z.string().optional(),
  /** On whose behalf a supplier asks for a token. */
  consumer_org: z.string().optional(),
  /** The id of the consent in a token of Altinn 2. */
  AuthorizationCode: z.string().optional(),
  consumer: z.object({ ID: z.string() }).optional(),
  authorization_details: z
    .array(z.object({ type: z.string(), id: z.string().optional(), from: z.string().optional() }))
    .default([]),
});

const consentRequestSchema = z.object({ id: z.string().optional(), from: z.string().optional() });

/** Describes a call of a NAV service, whose person number travels in one of the given headers. */
export function describeNavCall(personHeaders: readonly string[]): Describe {
  return ({ url, headers }) => {
    const digits = personHeaders.map((name) => headers[name]).find((value) => value !== undefined);
    const beside = claimsOf(headers['nav-samtykke-token'] ?? '');
    return {
      ...bearerTraits(headers['authorization']),
      ...(beside === undefined ? {} : { consentId: withoutDigits(beside.AuthorizationCode) }),
      person: digits === undefined ? undefined : personByNumber(digits)?.id,
      fomDato: dateParameter(url, 'fomDato'),
      tomDato: dateParameter(url, 'tomDato'),
    };
  };
}

/** Describes a token request to Maskinporten by the claims of its grant. */
export function describeGrant({ body }: DoubleRequest): CallTraits {
  const claims = claimsOf(new URLSearchParams(body).get('assertion') ?? '');
  return { ...consentTraits(claims), client: claims?.iss, consumer: claims?.consumer_org, scope: claims?.scope };
}

/**
 * Describes a call to Altinn's consent API: by the request being made, or by the consent id in the path.
 *
 * @param giverOf the URN of whoever a consent was asked of, by its id
 */
export function describeConsentCall(giverOf: (consentId: string) => string | undefined): Describe {
  return ({ url, headers, body }) => {
    const asked = consentRequestSchema.safeParse(parsedJson(body)).data;
    const inPath = /\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\/|$)/i.exec(url.pathname)?.[1]?.toLowerCase();
    return {
      ...bearerTraits(headers['authorization']),
      person: castIdOf(asked?.from ?? (inPath === undefined ? undefined : giverOf(inPath))),
      consentId: withoutDigits(asked?.id ?? inPath),
    };
  };
}

const altinn2RequestSchema = z.preprocess(
  (body) =>
    typeof body === 'object' && body !== null
      ? Object.fromEntries(Object.entries(body).map(([name, value]) => [name.toLowerCase(), value]))
      : body,
  z.object({ offeredby: z.string() }),
);

/**
 * Describes a call to Altinn 2: by the request being made, or by the code in the address; the caller by its token, else by
 * whose key it sends. The key itself is not part of it.
 *
 * @param giverOf the number of whoever a consent was asked of, by its code
 * @param ownerOf the organisation that an ApiKey was issued to
 */
export function describeAltinn2Call(
  giverOf: (code: string) => string | undefined,
  ownerOf: (key: string | undefined) => string | undefined,
): Describe {
  return ({ url, headers, body }) => {
    const asked = altinn2RequestSchema.safeParse(parsedJson(body)).data?.offeredby;
    const code = GUID.exec(`${url.pathname} ${url.search}`)?.[0].toLowerCase();
    const bearer = bearerTraits(headers['authorization']);
    return {
      ...bearer,
      consumer: bearer.consumer ?? ownerOf(headers['apikey']),
      person: castIdOf(asked ?? (code === undefined ? undefined : giverOf(code))),
      consentId: withoutDigits(code),
    };
  };
}

/** Text that may be shown: eleven digits in a row are replaced, since they may be a national id; within a GUID they are chance. */
export function withoutDigits(text: string): string;
export function withoutDigits(text: string | undefined): string | undefined;
export function withoutDigits(text: string | undefined): string | undefined {
  return text?.replace(GUIDS_AND_DIGITS, (found) => (found.includes('-') ? found : '[digits]'));
}

type Claims = z.output<typeof claimsSchema>;

function bearerTraits(authorization: string | undefined): CallTraits {
  const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) return {};
  const claims = claimsOf(token);
  return {
    tokenDigest: createHash('sha256').update(token).digest('hex').slice(0, 16),
    ...consentTraits(claims),
    scope: claims?.scope,
    consumer: claims?.consumer?.ID.split(':')[1],
  };
}

function consentTraits(claims: Claims | undefined): CallTraits {
  const consent = claims?.authorization_details.find(({ type }) => type === CONSENT_TYPE);
  return { person: castIdOf(consent?.from), consentId: withoutDigits(consent?.id) };
}

function claimsOf(token: string): Claims | undefined {
  try {
    return claimsSchema.safeParse(decodeJwt(token)).data;
  } catch {
    return undefined;
  }
}

function castIdOf(urn: string | undefined): CastId | undefined {
  const digits = urn?.split(':').at(-1);
  return digits === undefined ? undefined : personByNumber(digits)?.id;
}

/** Only what is a date: a parameter may hold anything, a national id included. */
function dateParameter(url: URL, name: string): string | undefined {
  return z.iso.date().safeParse(url.searchParams.get(name)).data;
}

function parsedJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
