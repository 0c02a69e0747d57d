import type { RequestScope } from './access/ports.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { framesOf } from './log.ts';
import { createSigner } from './maskinporten/assertion.ts';
import type { Tokens } from './maskinporten/tokens.ts';
import { createTokens } from './maskinporten/tokens.ts';
import { openTokenCache } from './store/tokens.ts';
import type { Upstream } from './upstream.ts';

/** What the Maskinporten clients share. */
export interface MaskinportenParts {
  readonly upstream: (baseUrl: string) => Upstream;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Makes a Maskinporten client for each data consumer, with a key of its own.
 *
 * @returns the client of the data consumer that a request is made for
 * @throws Error when a key cannot be used
 */
export async function createMaskinportenClients(
  { maskinporten, dataConsumers }: Pick<Config, 'maskinporten' | 'dataConsumers'>,
  { upstream, clock, log }: MaskinportenParts,
): Promise<(request: RequestScope) => Tokens> {
  const { issuer, tokenEndpoint, grantLifetimeSeconds } = maskinporten;
  const { origin, pathname } = new URL(tokenEndpoint);
  const shared = {
    upstream: upstream(origin),
    path: pathname,
    cache: openTokenCache({
      clock,
      onFailure: (failure) => log({ event: 'cache failed', name: framesOf(failure).name }),
    }),
    clock,
  };
  const clients = dataConsumers.map(async ({ organisationNumber, client: { clientId, key } }) => {
    const sign = await createSigner({ clientId, ...key, issuer, lifetimeSeconds: grantLifetimeSeconds, clock });
    return [organisationNumber, createTokens({ ...shared, client: { issuer, clientId, kid: key.kid }, sign })] as const;
  });
  const tokens = new Map(await Promise.all(clients));
  return ({ dataConsumer }) => {
    const own = tokens.get(dataConsumer.organisationNumber);
    if (own === undefined) throw new Error('a request is made for a configured data consumer only');
    return own;
  };
}
