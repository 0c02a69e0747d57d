import { randomUUID } from 'node:crypto';
import type { JWK } from 'jose';
import { newRsaKey } from './rsa-keys.ts';
import type { CertifiedKey, TestCa } from './test-ca.ts';
import type { Organisation } from './world.ts';
import { NUMBERS, ORGANISATIONS, SANDBOX_START } from './world.ts';

/** A client as registered with Maskinporten, whatever it proves itself by. */
export interface RegisteredClient {
  /** UUID; the `iss` of its grants. */
  readonly clientId: string;
  /** Owner; becomes `consumer`, or `supplier` when the grant names a `consumer_org`. */
  readonly organisation: string;
  /** Scopes registered on the client (else MP-200). */
  scopes: string[];
}

/** A client with a key of its own, known by its `kid`. One with several keys stands here once for each. */
export interface MaskinportenClient extends RegisteredClient {
  kid: string;
  publicJwk: JWK;
  /** Kept so that the launcher can hand it to the gateway; the double never reads it. */
  privateJwk: JWK;
  /** ISO moment of upload. A key is refused a year after it (MP-121). */
  registeredAt: string;
}

/** A client without a registered key: it proves itself by an enterprise certificate. */
export interface EnterpriseClient extends RegisteredClient {
  /**
   * Kept so that whoever configures a gateway gets it; the double judges what is sent, not what stands here. Absent until
   * first asked for, since its key takes time to make.
   */
  certificate?: CertifiedKey;
}

/** The test CA and the clients it issued certificates to. */
export interface EnterpriseState {
  ca: TestCa;
  clients: EnterpriseClient[];
  /** Serial numbers of revoked certificates, hex in capitals: what the CA's list of them would say. */
  revokedSerials: string[];
}

/** What the owner of an API registered about a scope. */
export interface ScopeRegistration {
  /** Lifetime of tokens in seconds; the lowest of several scopes counts. */
  lifetimeSeconds: number;
  /** Whether clients of Maskinporten may have it at all (else MP-201). */
  openToMaskinporten: boolean;
}

/** A delegation in Altinn: `supplier` may use `scope` on behalf of `consumer`. */
export interface ScopeDelegation {
  readonly consumer: string;
  readonly supplier: string;
  readonly scope: string;
}

/** Everything the double remembers, as plain JSON. Whoever holds it may change any part between two calls. */
export interface MaskinportenState {
  /** Private RSA keys with `kid`: the first signs, all are published. Put a new one first to rotate. */
  signingKeys: JWK[];
  clients: MaskinportenClient[];
  /** Enterprise certificates: absent until first needed, since their keys take time to make. */
  enterprise?: EnterpriseState;
  scopes: Record<string, ScopeRegistration>;
  /** Organisation number to the scopes the API owners opened for it (else MP-250). */
  access: Record<string, string[]>;
  delegations: ScopeDelegation[];
  /** Digest of a spent grant's identity to the epoch second it may be forgotten at. */
  spentGrants: Record<string, number>;
  /** The `error` beside MP-303 when a consent does not hold: unpublished, so a setting. */
  consentRefusalError: string;
  /** Also writes `to.id` beside `to.ID`, as one of NAV's parsers expects. */
  toWithLowerCaseId: boolean;
}

const SCOPES = {
  'altinn:consentrequests.read': { lifetimeSeconds: 120, openToMaskinporten: true },
  'altinn:consentrequests.write': { lifetimeSeconds: 120, openToMaskinporten: true },
  'altinn:consenttokens.read': { lifetimeSeconds: 120, openToMaskinporten: true },
  'altinn:consenttokens.write': { lifetimeSeconds: 120, openToMaskinporten: true },
  'nav:arbeid/v1/aap': { lifetimeSeconds: 29, openToMaskinporten: true },
  'nav:helse/v1/uforeopplysninger': { lifetimeSeconds: 120, openToMaskinporten: true },
} as const satisfies Record<string, ScopeRegistration>;

/** What every client of a fresh sandbox has: four scopes of Altinn's, one for each of NAV's APIs. */
const SANDBOX_SCOPES = Object.keys(SCOPES);

/** What every client of a fresh sandbox may ask for. */
export function sandboxScopes(): string[] {
  return [...SANDBOX_SCOPES];
}

const CLIENT_IDS = {
  A: '6a1f2f0e-5d0c-4c7b-9a3e-0f4f0b6d1a01',
  B: '6a1f2f0e-5d0c-4c7b-9a3e-0f4f0b6d1b02',
  supplier: '6a1f2f0e-5d0c-4c7b-9a3e-0f4f0b6d1c03',
  E: '6a1f2f0e-5d0c-4c7b-9a3e-0f4f0b6d2b07',
} as const satisfies Partial<Record<Organisation['shortName'], string>>;

/** More than a year before the sandbox starts. */
const REGISTERED_LONG_AGO = new Date('2025-09-01T08:00:00Z');

/**
 * A fresh registry: one signing key; a client with a key of its own for A, B, the supplier and E, whose key has expired;
 * every scope opened for every insurer, and delegated to the supplier by A and B. Keys are new each time (RSA 2048).
 */
export async function newMaskinportenState(): Promise<MaskinportenState> {
  const insurers = ORGANISATIONS.filter(({ shortName }) => shortName !== 'supplier');
  const { A, B, supplier, E } = NUMBERS;
  return {
    signingKeys: [(await newRsaKey(randomUUID())).privateJwk],
    clients: await Promise.all([
      newMaskinportenClient({ clientId: CLIENT_IDS.A, organisation: A }),
      newMaskinportenClient({ clientId: CLIENT_IDS.B, organisation: B }),
      newMaskinportenClient({ clientId: CLIENT_IDS.supplier, organisation: supplier }),
      newMaskinportenClient({ clientId: CLIENT_IDS.E, organisation: E, registeredAt: REGISTERED_LONG_AGO }),
    ]),
    scopes: structuredClone(SCOPES),
    access: Object.fromEntries(insurers.map(({ organisationNumber }) => [organisationNumber, [...SANDBOX_SCOPES]])),
    delegations: [A, B].flatMap((consumer) => SANDBOX_SCOPES.map((scope) => ({ consumer, supplier, scope }))),
    spentGrants: {},
    consentRefusalError: 'invalid_grant',
    toWithLowerCaseId: false,
  };
}

/** A key that was registered longer ago than this is registered again. */
const OLDEST_KEY_DAYS = 180;
const MS_PER_DAY = 86_400_000;

/**
 * Registers the keys again that were registered more than half a year ago, but for E's, which has expired on purpose: so a
 * sandbox kept for years, or whose clock was moved, can be started all the same.
 */
export function renewKeys({ clients }: MaskinportenState, now: Date): void {
  for (const client of clients) {
    const days = (now.getTime() - new Date(client.registeredAt).getTime()) / MS_PER_DAY;
    if (client.organisation !== NUMBERS.E && days > OLDEST_KEY_DAYS) client.registeredAt = now.toISOString();
  }
}

/** A client with a new key and every scope of the sandbox, its key registered when the sandbox starts unless said otherwise. */
export async function newMaskinportenClient(owner: {
  readonly clientId: string;
  readonly organisation: string;
  readonly registeredAt?: Date;
}): Promise<MaskinportenClient> {
  const kid = randomUUID();
  const { publicJwk, privateJwk } = await newRsaKey(kid);
  return {
    clientId: owner.clientId,
    organisation: owner.organisation,
    scopes: [...SANDBOX_SCOPES],
    kid,
    publicJwk,
    privateJwk,
    registeredAt: (owner.registeredAt ?? SANDBOX_START).toISOString(),
  };
}
