import { createLocalJWKSet, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { isOrganisationNumber } from '../values.ts';
import type { Altinn2State } from './altinn2-state.ts';
import type { TokenIssuer } from './altinn3-access.ts';
import type { DoubleRequest, DoubleResponse } from './double.ts';

/** What Altinn 2 says in place of a body. The text is the reason phrase of the status line. */
export const REASONS = {
  keyMissing: "Required header 'ApiKey' is missing.",
  nobody: 'Authorization failed: There is no authenticated organization number set on this request.',
  tokenExpired: 'IDX10223: Lifetime validation failed. The token is expired.',
  keyNotAuthorized: 'The API key is not authorized for this operation',
  unusableCode:
    'The API key is not authorized for this operation, or the supplied authorization code is either expired or invalid.',
} as const;

/** A refusal as Altinn 2 words it: no body, the text in the status line; without a text, the status' own. */
export function refuse(status: number, reason?: keyof typeof REASONS): DoubleResponse {
  return { status, headers: {}, body: '', ...(reason === undefined ? {} : { statusText: REASONS[reason] }) };
}

/** Whom a Maskinporten token speaks for; nine digits each. */
export interface Altinn2Bearer {
  readonly consumer: string;
  /** Null: the consumer acts itself. */
  readonly supplier: string | null;
  readonly scopes: ReadonlySet<string>;
}

/** Who calls: the owner of the ApiKey, and the token beside it when one was sent. */
export interface Altinn2Caller {
  readonly organisation: string;
  readonly bearer: Altinn2Bearer | null;
}

const SCOPES = {
  readRequests: ['altinn:consentrequests.read', 'altinn:enduser/consentrequest.read'],
  writeRequests: ['altinn:consentrequests.write', 'altinn:enduser/consentrequest.write'],
  // The name without a suffix stands in the guides and not in the list of scopes; it opens both.
  readTokens: ['altinn:consenttokens.read', 'altinn:consenttokens'],
  writeTokens: ['altinn:consenttokens.write', 'altinn:consenttokens'],
} as const;

/** The scope that opens everything an ApiKey does. */
const EVERYTHING = 'altinn:enduser';

/** What is about to be done. */
export type Altinn2Deed = keyof typeof SCOPES;

const organisationSchema = z
  .object({ authority: z.literal('iso6523-actorid-upis'), ID: z.string() })
  .transform(({ ID }) => ID.split(':')[1] ?? '')
  .refine(isOrganisationNumber);

const claimsSchema = z.object({
  scope: z.string(),
  consumer: organisationSchema,
  supplier: organisationSchema.optional(),
});

/** Lets a caller in, or says why not. */
export type Altinn2Door = (request: DoubleRequest, deed: Altinn2Deed) => Promise<Altinn2Caller | DoubleResponse>;

/**
 * The checks in front of everything but the metadata: an ApiKey (400 without one, 403 when it is nobody's), a token that
 * Maskinporten signed (401), its scope (403), and that both belong to one organisation (403). Requests need the token, as the
 * double knows no client certificates; at the exchange the key may stand alone, if it is registered for that.
 */
export function createAltinn2Door(state: Altinn2State, maskinporten: TokenIssuer, clock: Clock): Altinn2Door {
  return async (request, deed) => {
    const key = request.headers['apikey'];
    if (key === undefined || key === '') return refuse(400, 'keyMissing');
    const organisation = keyOwner(state, key);
    const isExchange = deed === 'readTokens' || deed === 'writeTokens';
    if (organisation === undefined) return refuse(403, isExchange ? 'unusableCode' : 'keyNotAuthorized');
    if (isExchange && !state.authorizationReaders.includes(organisation)) return refuse(403, 'keyNotAuthorized');

    const authorization = request.headers['authorization'];
    if (authorization === undefined) return isExchange ? { organisation, bearer: null } : refuse(401, 'nobody');
    const bearer = await readBearer(authorization, maskinporten, clock);
    if (typeof bearer === 'string') return refuse(401, bearer);
    const isOpened = [...SCOPES[deed], EVERYTHING].some((scope) => bearer.scopes.has(scope));
    if (!isOpened) return refuse(403);
    return (bearer.supplier ?? bearer.consumer) === organisation
      ? { organisation, bearer }
      : refuse(403, 'keyNotAuthorized');
  };
}

/** The organisation that an ApiKey was issued to. */
export function keyOwner({ apiKeys }: Pick<Altinn2State, 'apiKeys'>, key: string | undefined): string | undefined {
  return Object.entries(apiKeys).find(([, value]) => value === key)?.[0];
}

async function readBearer(
  authorization: string,
  { issuer, jwks }: TokenIssuer,
  clock: Clock,
): Promise<Altinn2Bearer | 'nobody' | 'tokenExpired'> {
  const [, token = ''] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(jwks()), {
      issuer,
      algorithms: ['RS256'],
      currentDate: clock.now(),
      requiredClaims: ['exp'],
    });
    const { scope, consumer, supplier = null } = claimsSchema.parse(payload);
    return { consumer, supplier, scopes: new Set(scope.split(' ')) };
  } catch (error) {
    return error instanceof errors.JWTExpired ? 'tokenExpired' : 'nobody';
  }
}
