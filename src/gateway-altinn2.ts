import { createQueue } from './access/queue.ts';
import { createConsentKeys } from './altinn/altinn2-token.ts';
import type { Altinn2Shared } from './altinn/index.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { actorFor } from './gateway-suppliers.ts';
import type { Upstream } from './upstream.ts';

/** Altinn 2 as configured. Disposing of it waits for the uses that are being logged. */
export interface Altinn2 extends AsyncDisposable {
  /** Undefined: nobody has an ApiKey. */
  readonly rail: Altinn2Shared | undefined;
  /** The gateway begins to close: uses that are not logged within a second stay unlogged. */
  closeSoon(): void;
}

/** How long logging uses may take once the gateway begins to close. */
const GRACE_MS = 1_000;
/** How many uses are logged at once: nobody waits for them, and they must not stand in the way of what somebody waits for. */
const USES_AT_ONCE = 8;
/** How many may wait for their turn. Those beyond stay unlogged: an Altinn that hangs must not fill the memory. */
const MOST_USES = 10_000;

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
  let cutOff: ReturnType<typeof setTimeout> | undefined;
  const underWay = new Set<Promise<void>>();
  const inTurn = createQueue(USES_AT_ONCE).lane();

  async function afterwards(
    note: (succeeded: boolean) => Promise<void>,
    work: (signal: AbortSignal) => Promise<boolean>,
  ): Promise<void> {
    if (underWay.size >= MOST_USES) return;
    // What goes wrong is in the log already: the way out has reported it. Whether it had an effect is not known.
    const done = inTurn(() => work(closing.signal)).then(note, () => undefined);
    underWay.add(done);
    await done;
    underWay.delete(done);
  }

  return {
    rail: baseUrl === undefined || apiKeys.size === 0 ? undefined : railTo(baseUrl),
    closeSoon() {
      cutOff ??= setTimeout(() => closing.abort(), GRACE_MS);
    },
    async [Symbol.asyncDispose]() {
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
