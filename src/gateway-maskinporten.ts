import type { RequestScope } from './access/ports.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { ConfiguredClient, ConfiguredCredential } from './config-client.ts';
import { actorFor } from './gateway-suppliers.ts';
import type { Log } from './log.ts';
import { framesOf } from './log.ts';
import type { SignerOptions } from './maskinporten/assertion.ts';
import { createSigner } from './maskinporten/assertion.ts';
import type { Credential, Credentials } from './maskinporten/credentials.ts';
import { fingerprintOf, rotate, x5cOf } from './maskinporten/credentials.ts';
import type { Tokens } from './maskinporten/tokens.ts';
import { createTokens } from './maskinporten/tokens.ts';
import type { Watch } from './maskinporten/watch.ts';
import { createWatch } from './maskinporten/watch.ts';
import { openTokenCache } from './store/tokens.ts';
import type { Upstream } from './upstream.ts';

/** What the Maskinporten clients share. */
export interface MaskinportenParts {
  readonly upstream: (baseUrl: string) => Upstream;
  readonly clock: Clock;
  readonly log: Log;
}

/** Maskinporten as configured. */
export interface MaskinportenClients {
  /** The client for the data consumer that a request is made for: its own, or the supplier's on its behalf. */
  readonly tokensFor: (request: RequestScope) => Tokens;
  /** The keys and certificates that run out. */
  readonly watch: Watch;
}

/**
 * Makes a Maskinporten client for each data consumer. Those that the supplier acts for share its keys, and nothing else.
 *
 * @throws Error, one sentence, when a key cannot be used
 */
export async function createMaskinportenClients(
  config: Pick<Config, 'maskinporten' | 'dataConsumers' | 'supplier'>,
  { upstream, clock, log }: MaskinportenParts,
): Promise<MaskinportenClients> {
  const { issuer, tokenEndpoint, grantLifetimeSeconds } = config.maskinporten;
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
  const watch = createWatch(clock, log);
  const known = new Map<ConfiguredClient, Promise<Credentials>>();

  async function credentialsOf(client: ConfiguredClient, organisation: string): Promise<Credentials> {
    const signing = { clientId: client.clientId, issuer, lifetimeSeconds: grantLifetimeSeconds, clock };
    const [first, ...others] = await Promise.all(client.credentials.map((each) => readyCredential(each, signing)));
    if (first === undefined)
      throw new Error(`The client of organisation ${organisation} has neither key nor certificate.`);
    return watch.over(organisation, [first, ...others], rotate([first, ...others], clock));
  }

  const clients = config.dataConsumers.map(async (dataConsumer) => {
    const { client, organisationNumber, delegation } = actorFor(config, dataConsumer);
    const credentials = known.get(client) ?? credentialsOf(client, organisationNumber);
    known.set(client, credentials);
    return [
      dataConsumer.organisationNumber,
      createTokens({
        ...shared,
        client: { issuer, clientId: client.clientId, delegation },
        credentials: await credentials,
      }),
    ] as const;
  });
  const tokens = new Map(await Promise.all(clients));
  watch.look();
  return {
    tokensFor({ dataConsumer }) {
      const own = tokens.get(dataConsumer.organisationNumber);
      if (own === undefined) throw new Error('a request is made for a configured data consumer only');
      return own;
    },
    watch,
  };
}

/**
 * Makes a configured key or certificate ready to sign.
 *
 * @throws Error, one sentence, when the key cannot be used
 */
export async function readyCredential(
  { privateKey, startsAt, expiresAt, ...named }: ConfiguredCredential,
  signing: Pick<SignerOptions, 'clientId' | 'issuer' | 'lifetimeSeconds' | 'clock'>,
): Promise<Credential> {
  if (named.certificate === undefined) {
    const { kid } = named;
    return { name: kid, startsAt, expiresAt, sign: await createSigner({ ...signing, privateKey, kid }) };
  }
  const x5c = x5cOf(named.certificate.chain, named.certificate.send);
  return { name: fingerprintOf(x5c), startsAt, expiresAt, sign: await createSigner({ ...signing, privateKey, x5c }) };
}
