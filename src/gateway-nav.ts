import type { NavSources } from './access/ports.ts';
import type { Queue } from './access/queue.ts';
import { createQueue } from './access/queue.ts';
import type { SourceName } from './benefits/index.ts';
import type { Config } from './config.ts';
import { createSources } from './nav/index.ts';
import type { Upstream } from './upstream.ts';

/** NAV as configured: every source, and the queue to its host, which sources on one host share. */
export interface Nav {
  readonly sources: NavSources;
  readonly queues: { readonly [N in SourceName]: Queue };
}

/** Makes the sources and the queues before them. */
export function createNav(
  { aap, uforeopplysninger, bound }: Config['nav'],
  upstream: (baseUrl: string) => Upstream,
): Nav {
  const toAap = { ...aap, upstream: upstream(aap.baseUrl) };
  const toUfore = { ...uforeopplysninger, upstream: upstream(uforeopplysninger.baseUrl) };
  const aapQueue = createQueue(bound);
  const oneHost = new URL(aap.baseUrl).origin === new URL(uforeopplysninger.baseUrl).origin;
  return {
    sources: createSources({
      aapVedtak: { ...toAap, path: aap.vedtakPath },
      aapMeldekort: { ...toAap, path: aap.meldekortPath },
      uforeopplysninger: toUfore,
    }),
    queues: {
      aapVedtak: aapQueue,
      aapMeldekort: aapQueue,
      uforeopplysninger: oneHost ? aapQueue : createQueue(bound),
    },
  };
}
