import type { RequestScope } from './access/ports.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { framesOf } from './log.ts';
import type { KeyName } from './maskinporten/assertion.ts';
import { createSigner } from './maskinporten/assertion.ts';
import { ageOf, fingerprintOf, x5cOf } from './maskinporten/certificate.ts';
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
 * Makes a Maskinporten client for each data consumer, with a key or a certificate of its own. A certificate about to
 * expire is logged.
 *
 * @returns the client of the data consumer that a request is made for
 * @throws Error, one sentence, when a key cannot be used, or a certificate not at this moment
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
  const clients = dataConsumers.map(async (dataConsumer) => {
    const { organisationNumber, client } = dataConsumer;
    const { clientId } = client;
    checkAge(dataConsumer, clock, log);
    const { privateKey } = client.key ?? client.certificate;
    const name = keyNameOf(client);
    const sign = await createSigner({
      clientId,
      ...name,
      privateKey,
      issuer,
      lifetimeSeconds: grantLifetimeSeconds,
      clock,
    });
    const kid = 'kid' in name ? name.kid : fingerprintOf(name.x5c);
    return [organisationNumber, createTokens({ ...shared, client: { issuer, clientId, kid }, sign })] as const;
  });
  const tokens = new Map(await Promise.all(clients));
  return ({ dataConsumer }) => {
    const own = tokens.get(dataConsumer.organisationNumber);
    if (own === undefined) throw new Error('a request is made for a configured data consumer only');
    return own;
  };
}

type DataConsumer = Config['dataConsumers'][number];

function keyNameOf({ key, certificate }: DataConsumer['client']): KeyName {
  return certificate === undefined ? { kid: key.kid } : { x5c: x5cOf(certificate.chain, certificate.send) };
}

function checkAge({ organisationNumber, client: { certificate } }: DataConsumer, clock: Clock, log: Log): void {
  if (certificate === undefined) return;
  const { validFrom, validTo } = certificate;
  const whose = `The enterprise certificate of data consumer ${organisationNumber}`;
  const age = ageOf(certificate, clock.now());
  if (age === 'not yet valid') throw new Error(`${whose} is not valid before ${validFrom.toISOString()}.`);
  if (age === 'expired') throw new Error(`${whose} expired at ${validTo.toISOString()}: order a new one.`);
  if (age === 'expires soon') {
    log({ event: 'certificate expires soon', dataConsumer: organisationNumber, validTo: validTo.toISOString() });
  }
}
