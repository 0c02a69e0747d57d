import type { ConfiguredCredential } from '../config-client.ts';
import type { Evidence } from '../errors.ts';
import { GatewayError } from '../errors.ts';
import { readyCredential } from '../gateway-maskinporten.ts';
import { rotate } from '../maskinporten/credentials.ts';
import type { TokenCache, Tokens } from '../maskinporten/tokens.ts';
import { createTokens } from '../maskinporten/tokens.ts';
import type { Secret } from '../values.ts';
import type { Asked } from './asked.ts';
import type { Bench } from './bench.ts';
import { DIGDIR } from './contacts.ts';
import type { Rung, Verdict } from './findings.ts';
import { isOutOfService, noAnswer, outOfService } from './no-answer.ts';
import { clientRefused, refusedFor } from './refusals.ts';
import { ACCEPTED, judgeParties } from './token-parties.ts';

/** What came of asking for one token without a person. */
export interface Attempt {
  readonly scope: string;
  readonly outcome: { readonly token: Secret } | { readonly refused: Evidence };
  /** Where and when. */
  readonly call: Pick<Rung, 'host' | 'at' | 'tookMs'>;
}

/** Prepares to ask for tokens as the gateway would, by one key or certificate. Each scope may be asked for once. */
export async function openAttempts(
  bench: Bench,
  { actor: { client, delegation } }: Asked,
  credential: ConfiguredCredential,
): Promise<(scope: string) => Promise<Attempt>> {
  const { config, clock } = bench;
  const { issuer, tokenEndpoint, grantLifetimeSeconds } = config.maskinporten;
  const { origin, pathname, host } = new URL(tokenEndpoint);
  const { clientId } = client;
  const ready = await readyCredential(credential, { clientId, issuer, lifetimeSeconds: grantLifetimeSeconds, clock });
  const tokens = createTokens({
    client: { issuer, clientId, delegation },
    upstream: bench.upstream('maskinporten', origin),
    path: pathname,
    credentials: rotate([ready], clock),
    cache: NO_CACHE,
    clock,
  });
  return async (scope) => {
    const { result: outcome, timing } = await bench.timed(() => tokenOf(tokens, scope, bench.newCallId()));
    return { scope, outcome, call: { host, ...timing } };
  };
}

/** Each scope is asked for once, and what is kept elsewhere proves nothing. */
const NO_CACHE: TokenCache = {
  get: async () => undefined,
  set: async () => undefined,
  delete: async () => undefined,
};

async function tokenOf(tokens: Tokens, scope: string, callId: string): Promise<Attempt['outcome']> {
  try {
    return { token: await tokens.forScope(scope, { callId, signal: new AbortController().signal }) };
  } catch (error) {
    if (error instanceof GatewayError && error.evidence !== undefined) return { refused: error.evidence };
    throw error;
  }
}

/** What an attempt tells of the grant as such, whatever becomes of its scope. `wrong`: any other scope would fare the same. */
export function judgeGrant({ outcome }: Attempt, asked: Asked, { config }: Bench): Verdict {
  if ('token' in outcome) return judgeParties(outcome.token, asked);
  const { refused } = outcome;
  const { failure, status = 0 } = refused;
  const maskinporten = { name: 'Maskinporten', address: config.maskinporten.tokenEndpoint, contact: DIGDIR };
  if (failure !== undefined) return noAnswer(maskinporten, failure);
  if (status < 400 || isOutOfService(status)) return outOfService(maskinporten, status);
  return refusedFor(refused) === 'client' ? clientRefused(refused, asked.actor) : ACCEPTED;
}
