import type { Config } from './config.ts';
import type { UpstreamName } from './errors.ts';
import type { Log } from './log.ts';
import type { Transport, Upstream } from './upstream.ts';
import { createUpstream } from './upstream.ts';

/** Makes the way out to one upstream, below a base address, with the deadlines, limits and repetitions of the configuration. */
export type OpenUpstream = (name: UpstreamName) => (baseUrl: string) => Upstream;

/** The ways out over one network; what fails on them is logged. */
export function upstreamsOver(
  config: Pick<Config, 'deadlines' | 'maxAnswerBytes' | 'retries'>,
  { transport, log }: { readonly transport: Transport; readonly log: Log },
): OpenUpstream {
  return (name) => (baseUrl) =>
    createUpstream({
      name,
      baseUrl,
      transport,
      deadlineMs: config.deadlines[name],
      maxBytes: config.maxAnswerBytes,
      attempts: config.retries.attempts,
      pauseMs: config.retries.backoffMs,
      log,
    });
}
