import { randomUUID } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { importJWK, importPKCS8, SignJWT } from 'jose';
import type { Clock } from '../clock.ts';
import { Secret } from '../values.ts';

const ALGORITHM = 'RS256';

/** What a grant asks for beyond identifying the client. */
export interface GrantClaims {
  /** One scope per token: NAV compares the whole claim with the one it requires. */
  readonly scope: string;
  /** The insurer on whose behalf a supplier asks: nine digits, without prefix. Never the client's own. */
  readonly consumerOrg?: string;
  /** One consent to be put into the token. */
  readonly consent?: { readonly id: Secret; readonly from: Secret };
}

/**
 * What tells Maskinporten which key signed: `kid` of the key registered on the client, or, where none is registered, the
 * `x5c` of its enterprise certificate. Never both: what Maskinporten makes of that is not documented.
 */
export type KeyName = { readonly kid: string } | { readonly x5c: readonly string[] };

/** How a client signs its grants. */
export type SignerOptions = KeyName & {
  /** Becomes `iss`. */
  readonly clientId: string;
  /** PKCS#8 PEM or a JWK as JSON: RSA, since Maskinporten takes RS256, RS384 and RS512 only. */
  readonly privateKey: Secret;
  /** Becomes `aud`: the issuer with its trailing slash, one value. */
  readonly issuer: string;
  /** At most 120. The whole span helps when our clock runs behind. */
  readonly lifetimeSeconds: number;
  readonly clock: Clock;
};

/** Signs one grant. A grant serves once: sign anew for every attempt. */
export type Signer = (claims: GrantClaims) => Promise<Secret>;

/**
 * Makes the signer of one client. The claims are exactly those that Maskinporten knows; it refuses any other.
 *
 * @throws Error without key material when the key cannot be read or cannot sign: a mistake in the configuration
 */
export async function createSigner(options: SignerOptions): Promise<Signer> {
  const key = await readKey(options.privateKey);
  const name = 'kid' in options ? { kid: options.kid } : { x5c: [...options.x5c] };
  return async ({ scope, consumerOrg, consent }) => {
    const now = Math.floor(options.clock.now().getTime() / 1000);
    const claims: JWTPayload = { scope };
    if (consumerOrg !== undefined) claims['consumer_org'] = consumerOrg;
    if (consent !== undefined) {
      claims['authorization_details'] = [
        { type: 'urn:altinn:consent', id: consent.id.reveal(), from: consent.from.reveal() },
      ];
    }
    const assertion = await new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM, ...name })
      .setIssuer(options.clientId)
      .setAudience(options.issuer)
      .setIssuedAt(now)
      .setExpirationTime(now + options.lifetimeSeconds)
      .setJti(randomUUID())
      .sign(key);
    return new Secret(assertion, 'grant');
  };
}

async function readKey(privateKey: Secret) {
  const text = privateKey.reveal().trim();
  try {
    const key = text.startsWith('{')
      ? await importJWK(JSON.parse(text), ALGORITHM)
      : await importPKCS8(text, ALGORITHM);
    // A public key, one of another kind or one too short can be read, and shows only when it is to sign.
    await new SignJWT().setProtectedHeader({ alg: ALGORITHM }).sign(key);
    return key;
  } catch {
    // The library's message may quote the key.
    throw new Error('the private key is neither a PKCS#8 PEM nor a JWK of an RSA key of at least 2048 bits');
  }
}
