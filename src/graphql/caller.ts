import { hash } from 'node:crypto';
import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Caller, DataConsumer, Role } from '../access/ports.ts';
import { GatewayError } from '../errors.ts';
import type { OrganisationNumber } from '../values.ts';
import { resemblesNationalId } from '../values.ts';

/** Somebody who issues tokens for this gateway. */
export interface CallerIssuer {
  readonly issuer: string;
  /** Our own name there: a token for somebody else is refused. */
  readonly audience: string;
  readonly algorithms: readonly string[];
  /** Names of the claims that hold the role, the organisation numbers and the purposes. */
  readonly claims: { readonly role: string; readonly organisations: string; readonly purposes: string };
  /** The role that each value of the role claim stands for. */
  readonly roles: Readonly<Record<string, Role>>;
  /** The issuer's public keys. */
  readonly keys: JWTVerifyGetKey;
}

/** What of a request says who sends it. */
export interface Credentials {
  readonly authorization: string | undefined;
  /** Header `Data-Consumer`: which of several organisations a token is used for. */
  readonly dataConsumer: string | undefined;
}

/**
 * Tells who sends a request.
 *
 * @throws GatewayError `UNAUTHENTICATED` for a token that is missing, expired, forged or meant for something else;
 *   `FORBIDDEN` when it gives no role or organisation here; `INVALID_INPUT` when it gives several organisations and
 *   `Data-Consumer` names none; `INTERNAL` when the issuer's keys cannot be had
 */
export type ReadCaller = (credentials: Credentials) => Promise<Caller>;

const textList = z.union([z.string().transform((text) => [text]), z.array(z.string())]).catch([]);
/**
 * Makes the reader of callers' tokens. Tokens are judged by the machine's clock, as their issuer's is not ours to set. A token
 * found sound is remembered by its digest until it expires, since verifying costs more than all else a small query does.
 */
export function createCallerReader(
  issuers: readonly CallerIssuer[],
  dataConsumers: ReadonlyMap<OrganisationNumber, DataConsumer>,
): ReadCaller {
  const verified = new LRUCache<string, { payload: JWTPayload; issuer: CallerIssuer }>({ max: 10_000 });

  async function verify(token: string): Promise<{ payload: JWTPayload; issuer: CallerIssuer }> {
    const digest = hash('sha256', token, 'base64url');
    const known = verified.get(digest);
    if (known !== undefined && Number(known.payload.exp) * 1000 > Date.now()) return known;
    const issuer = issuers.find((candidate) => candidate.issuer === issuerOf(token));
    if (issuer === undefined)
      throw unauthenticated('The token is from an issuer that this gateway does not trust, or is no access token.');
    const payload = await judge(token, issuer);
    const entry = { payload, issuer };
    verified.set(digest, entry);
    return entry;
  }

  return async ({ authorization, dataConsumer }) => {
    const token = /^Bearer ([\w.~+/=-]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw unauthenticated('Send an access token in the header Authorization: Bearer <token>.');
    const { payload, issuer } = await verify(token);

    const { claims, roles } = issuer;
    const role = textList
      .parse(payload[claims.role])
      .map((value) => (Object.hasOwn(roles, value) ? roles[value] : undefined))
      .find((known) => known !== undefined);
    if (role === undefined)
      throw new GatewayError(
        'FORBIDDEN',
        'The token gives no role here. The operator maps roles in the configuration.',
      );
    const receiver = choose(textList.parse(payload[claims.organisations]), dataConsumer, dataConsumers);
    const purposes: readonly string[] = textList.parse(payload[claims.purposes]);
    const subject = String(payload.sub);
    if (resemblesNationalId(subject))
      throw unauthenticated(
        'The `sub` of the token looks like a national id, which is not kept. The issuer must send another.',
      );
    return {
      subject,
      role,
      dataConsumer: receiver,
      purposes: receiver.purposes.filter((purpose) => purposes.includes(purpose)),
      sources: receiver.sources,
    };
  };
}

function choose(
  organisations: readonly string[],
  named: string | undefined,
  dataConsumers: ReadonlyMap<OrganisationNumber, DataConsumer>,
): DataConsumer {
  const own = [...dataConsumers.values()].filter(({ organisationNumber }) =>
    organisations.includes(organisationNumber),
  );
  const [only, ...others] = own;
  if (only === undefined)
    throw new GatewayError('FORBIDDEN', 'The token is valid for no data consumer of this gateway.');
  if (named !== undefined) {
    const chosen = own.find(({ organisationNumber }) => organisationNumber === named);
    if (chosen === undefined)
      throw new GatewayError('FORBIDDEN', 'The token is not valid for the organisation that Data-Consumer names.');
    return chosen;
  }
  if (others.length > 0) {
    throw new GatewayError(
      'INVALID_INPUT',
      'The token is valid for several organisations: name one in the header Data-Consumer.',
      {
        field: 'Data-Consumer',
      },
    );
  }
  return only;
}

function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

async function judge(token: string, issuer: CallerIssuer): Promise<JWTPayload> {
  let payload: JWTPayload;
  try {
    ({ payload } = await jwtVerify(token, issuer.keys, {
      issuer: issuer.issuer,
      audience: issuer.audience,
      algorithms: [...issuer.algorithms],
      requiredClaims: ['exp', 'sub'],
    }));
  } catch (error) {
    throw refusalBy(error);
  }
  // An ID token tells an application who logged in; it opens no interface.
  const isIdToken =
    payload['nonce'] !== undefined || payload['at_hash'] !== undefined || payload['c_hash'] !== undefined;
  if (isIdToken || decodeProtectedHeader(token).typ === 'logout+jwt')
    throw unauthenticated('This is an ID token. Send the access token.');
  return payload;
}

function refusalBy(error: unknown): GatewayError {
  if (error instanceof errors.JWTExpired) return unauthenticated('The token has expired. Fetch a new one.');
  const keysAreMissing = KEYS_ARE_MISSING.some((kind) => error instanceof kind);
  if (error instanceof errors.JOSEError && error.code !== errors.JOSEError.code && !keysAreMissing) {
    return unauthenticated(
      'The token is not valid here: signature, issuer, audience or time is wrong. Fetch a new one for this gateway.',
    );
  }
  return new GatewayError(
    'INTERNAL',
    'The keys of the token’s issuer cannot be fetched. Try again later; tell the operator.',
    { cause: error },
  );
}

/** Beside the network's own errors and jose's nameless one, which it throws for an answer that is no key set. */
const KEYS_ARE_MISSING = [errors.JWKSTimeout, errors.JWKSInvalid];

function unauthenticated(message: string): GatewayError {
  return new GatewayError('UNAUTHENTICATED', message);
}
