import { createConsentKeys } from './altinn/altinn2-token.ts';
import type { Altinn2Shared } from './altinn/index.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { actorFor } from './gateway-suppliers.ts';
import type { Upstream } from './upstream.ts';

/** Altinn 2 as configured. Disposing of it waits for the uses that are being logged, for a second at most. */
export interface Altinn2 extends AsyncDisposable {
  /** Undefined: nobody has an ApiKey. */
  readonly rail: Altinn2Shared | undefined;
}

/** How long logging a use may take once the gateway closes. */
const GRACE_MS = 1_000;

/** Makes what the rail shares between requests. */
export function createAltinn2(
  config: Pick<Config, 'altinn2' | 'dataConsumers' | 'supplier'>,
  { upstream, clock }: { readonly upstream: (baseUrl: string) => Upstream; readonly clock: Clock },
): Altinn2 {
  const { baseUrl, service, metadataKeys, scopes } = config.altinn2;
  const apiKeys = new Map(
    config.dataConsumers.flatMap((dataConsumer) => {
      const { altinn2 } = actorFor(config, dataConsumer);
      return altinn2 === undefined ? [] : [[dataConsumer.organisationNumber, altinn2.apiKey] as const];
    }),
  );
  const closing = new AbortController();
  const underWay = new Set<Promise<void>>();

  async function afterwards(
    note: (succeeded: boolean) => Promise<void>,
    work: (signal: AbortSignal) => Promise<boolean>,
  ): Promise<void> {
    // What goes wrong is in the log already: the way out has reported it.
    const done = work(closing.signal)
      .catch(() => false)
      .then(note);
    underWay.add(done);
    await done;
    underWay.delete(done);
  }

  return {
    rail: baseUrl === undefined || apiKeys.size === 0 ? undefined : railTo(baseUrl),
    async [Symbol.asyncDispose]() {
      const cutOff = setTimeout(() => closing.abort(), GRACE_MS);
      await Promise.all(underWay);
      clearTimeout(cutOff);
    },
  };

  function railTo(address: string): Altinn2Shared {
    const out = upstream(address);
    return {
      service: { ...service, metadataKeys },
      scopes,
      apiKeys,
      keys: createConsentKeys(out, address),
      baseUrl: address,
      upstream: out,
      clock,
      afterwards,
    };
  }
}
