import { createHash } from 'node:crypto';
import type { CryptoKey, KeyObject } from 'jose';
import { compactVerify, decodeJwt, decodeProtectedHeader, importJWK } from 'jose';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { isOrganisationNumber } from '../values.ts';
import { judgeChain } from './maskinporten-chain.ts';
import { enterpriseClient, enterpriseOf } from './maskinporten-enterprise.ts';
import type { Judged } from './maskinporten-refusals.ts';
import { accepted, REFUSALS, refused } from './maskinporten-refusals.ts';
import type {
  EnterpriseClient,
  EnterpriseState,
  MaskinportenClient,
  MaskinportenState,
  RegisteredClient,
} from './maskinporten-state.ts';
import { judgeNumber } from './world.ts';

/** RSA with PKCS#1 v1.5 alone; PS, ES and EdDSA are not supported by Maskinporten. */
export const GRANT_ALGORITHMS = ['RS256', 'RS384', 'RS512'] as const;

const MAX_LIFETIME_SECONDS = 120;
const LEEWAY_SECONDS = 10;

const headerSchema = z.looseObject({
  alg: z.enum(GRANT_ALGORITHMS),
  kid: z.string().min(1).optional(),
  x5c: z.unknown().optional(),
});

const chainSchema = z.array(z.string().min(1)).min(1).optional();

const claimsSchema = z.strictObject({
  aud: z.unknown().optional(),
  iss: z.string().min(1),
  iat: z.int(),
  exp: z.int(),
  jti: z.string().min(1).optional(),
  scope: z.string().trim().min(1),
  resource: z.array(z.string().min(1)).min(1).optional(),
  pid: z.string().optional(),
  consumer_org: z.string().refine(isOrganisationNumber).optional(),
  authorization_details: z.unknown().optional(),
  sub: z.unknown().optional(),
  nbf: z.unknown().optional(),
});

/** The claims of a grant. Any claim beside these is refused; `sub` and `nbf` are tolerated and not read. */
export type GrantClaims = z.infer<typeof claimsSchema>;

/** A grant that passed authentication, and the client that signed it. */
export interface Grant {
  readonly client: RegisteredClient;
  /** How the client proved itself: `client_amr` of the token. */
  readonly clientAmr: 'private_key_jwt' | 'virksomhetssertifikat';
  readonly claims: GrantClaims;
}

/**
 * Judges the assertion alone: form, claims, client, audience, key, signature, time and single use, in that order (the
 * order is the double's own choice; the real one is not published). A grant that gets as far as the last step is spent,
 * whatever the request comes to afterwards.
 */
export async function judgeGrant(
  assertion: string,
  parties: { readonly issuer: string; readonly state: MaskinportenState; readonly clock: Clock },
): Promise<Judged<Grant>> {
  const { issuer, state, clock } = parties;
  const header = headerSchema.safeParse(attempt(() => decodeProtectedHeader(assertion)));
  if (!header.success) return refused(REFUSALS.malformed);
  const { alg, kid } = header.data;
  const chain = chainSchema.safeParse(header.data.x5c);
  if (!chain.success) return refused(REFUSALS.malformedChain);
  const x5c = chain.data;
  if (kid === undefined && x5c === undefined) return refused(REFUSALS.keyIdMissing);
  // What the real one makes of both is unknown; exactly one is documented.
  if (kid !== undefined && x5c !== undefined) return refused(REFUSALS.malformed);

  const parsed = claimsSchema.safeParse(attempt(() => decodeJwt(assertion)));
  if (!parsed.success) return refused(REFUSALS.malformed);
  const claims = parsed.data;
  if (claims.pid !== undefined && 'refused' in judgeNumber(claims.pid)) return refused(REFUSALS.realPerson);

  const registered = state.clients.filter(({ clientId }) => clientId === claims.iss);
  const client =
    registered.find((each) => each.kid === kid) ?? registered[0] ?? enterpriseClient(state, claims.iss, clock.now());
  if (client === undefined) return refused(REFUSALS.unknownClient);
  if (claims.aud !== issuer) return refused(REFUSALS.wrongAudience);

  const proof = { assertion, alg, kid, x5c };
  const authenticated =
    'kid' in client
      ? await judgeKey(client, proof, clock.now())
      : await judgeCertificate(client, proof, enterpriseOf(state, clock.now()), clock.now());
  if ('refused' in authenticated) return authenticated;

  const now = clock.now().getTime() / 1000;
  if (claims.exp - claims.iat > MAX_LIFETIME_SECONDS) return refused(REFUSALS.tooLongLifetime);
  if (claims.iat > now + LEEWAY_SECONDS) return refused(REFUSALS.issuedInTheFuture);
  if (claims.exp < now - LEEWAY_SECONDS) return refused(REFUSALS.expired);

  if (!spend(state, assertion, claims, now)) return refused(REFUSALS.usedBefore);
  return accepted({ client, clientAmr: authenticated.accepted, claims });
}

/** What of a grant proves who signed it. */
interface Proof {
  readonly assertion: string;
  readonly alg: string;
  readonly kid: string | undefined;
  readonly x5c: readonly string[] | undefined;
}

async function judgeKey(
  client: MaskinportenClient,
  { assertion, alg, kid }: Proof,
  now: Date,
): Promise<Judged<Grant['clientAmr']>> {
  if (kid === undefined) return refused(REFUSALS.keyIdMissing);
  if (kid !== client.kid) return refused(REFUSALS.unknownKey);
  if (now > aYearAfter(new Date(client.registeredAt))) return refused(REFUSALS.expiredKey);
  const signed = await isSignedBy(() => importJWK({ ...client.publicJwk, alg }), assertion, alg);
  return signed ? accepted('private_key_jwt') : refused(REFUSALS.invalidSignature);
}

async function judgeCertificate(
  client: EnterpriseClient,
  { assertion, alg, kid, x5c }: Proof,
  enterprise: EnterpriseState,
  now: Date,
): Promise<Judged<Grant['clientAmr']>> {
  if (kid !== undefined || x5c === undefined) return refused(REFUSALS.unknownKey);
  const certificate = judgeChain(x5c, enterprise, now);
  if ('refused' in certificate) return certificate;
  const { organisation, publicKey } = certificate.accepted;
  if (!(await isSignedBy(async () => publicKey, assertion, alg))) return refused(REFUSALS.invalidSignature);
  return organisation === client.organisation
    ? accepted('virksomhetssertifikat')
    : refused(REFUSALS.certificateOfOther);
}

/** Marks a grant as used, by its `jti` and by its signature; false when either was seen before. Forgets what can no longer come back. */
function spend(state: MaskinportenState, assertion: string, claims: GrantClaims, now: number): boolean {
  for (const [digest, forgetAt] of Object.entries(state.spentGrants)) {
    if (forgetAt < now) delete state.spentGrants[digest];
  }
  const marks = [
    digestOf(assertion.slice(assertion.lastIndexOf('.') + 1)),
    ...(claims.jti === undefined ? [] : [digestOf(JSON.stringify([claims.iss, claims.jti]))]),
  ];
  const seen = marks.some((mark) => mark in state.spentGrants);
  for (const mark of marks) state.spentGrants[mark] = claims.exp + LEEWAY_SECONDS;
  return !seen;
}

async function isSignedBy(
  key: () => Promise<CryptoKey | KeyObject | Uint8Array>,
  assertion: string,
  alg: string,
): Promise<boolean> {
  try {
    await compactVerify(assertion, await key(), { algorithms: [alg] });
    return true;
  } catch {
    return false;
  }
}

function aYearAfter(moment: Date): Date {
  const later = new Date(moment);
  later.setUTCFullYear(later.getUTCFullYear() + 1);
  return later;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function attempt<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}
