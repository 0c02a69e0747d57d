import type { JSONWebKeySet } from 'jose';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { isOrganisationNumber } from '../values.ts';
import type { DoubleRequest } from './double.ts';

/** Who trusts whom: the issuer of tokens and its public keys at this moment. */
export interface TokenIssuer {
  readonly issuer: string;
  jwks(): JSONWebKeySet;
}

/** What a bearer token says. Organisations are nine digits; null where the claim is missing or not of the agreed form. */
export interface Bearer {
  readonly scopes: ReadonlySet<string>;
  readonly consumer: string | null;
  readonly supplier: string | null;
}

const claimsSchema = z.object({
  scope: z.string().catch(''),
  consumer: z.unknown().optional(),
  supplier: z.unknown().optional(),
});

const identifierSchema = z
  .object({ authority: z.literal('iso6523-actorid-upis'), ID: z.string() })
  .transform(({ ID }) => ID.split(':')[1] ?? '')
  .refine(isOrganisationNumber);

/** Verifies the token of a request at the clock's time; null when there is none that holds. */
export async function readBearer(
  request: DoubleRequest,
  { issuer, jwks }: TokenIssuer,
  clock: Clock,
): Promise<Bearer | null> {
  const [, token] = /^Bearer +(\S+)$/i.exec(request.headers['authorization'] ?? '') ?? [];
  if (token === undefined) return null;
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(jwks()), {
      issuer,
      algorithms: ['RS256'],
      currentDate: clock.now(),
      requiredClaims: ['exp'],
    });
    const { scope, consumer, supplier } = claimsSchema.parse(payload);
    return {
      scopes: new Set(scope.split(' ')),
      consumer: organisationIn(consumer),
      supplier: organisationIn(supplier),
    };
  } catch {
    return null;
  }
}

function organisationIn(claim: unknown): string | null {
  const identifier = identifierSchema.safeParse(claim);
  return identifier.success ? identifier.data : null;
}
