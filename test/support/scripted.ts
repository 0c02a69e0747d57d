import { gzipSync } from 'node:zlib';
import type { LogEvent } from '../../src/log.ts';
import type {
  Transport,
  Upstream,
  UpstreamCall,
  UpstreamOptions,
  WireRequest,
  WireResponse,
} from '../../src/upstream.ts';
import { createUpstream } from '../../src/upstream.ts';

/** What a network does with one request: an answer, a failure, or silence until the request is given up. */
export type Happening = WireResponse | Error | 'silence';

/** A network that does with the n-th request what the n-th happening says, and with later ones as with the last. */
export interface Script {
  readonly transport: Transport;
  /** As they were sent, oldest first. */
  readonly requests: readonly WireRequest[];
}

/** An answer; a text or bytes go as they are, anything else as JSON. */
export function answer(
  status: number,
  body: unknown = '',
  headers: Readonly<Record<string, string>> = {},
): WireResponse {
  if (body instanceof Uint8Array) return { status, headers, body };
  return { status, headers, body: new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)) };
}

/** A failure of the network as Node reports it. */
export function failure(code: string, text = 'the network said so'): Error {
  return Object.assign(new Error(text), { code });
}

/** A body that nobody asked to be compressed. */
export function gzipped(body: unknown): Uint8Array {
  return gzipSync(JSON.stringify(body));
}

/** Plays happenings one after the other. */
export function script(...happenings: readonly Happening[]): Script {
  const requests: WireRequest[] = [];
  return {
    requests,
    transport: async (request) => {
      requests.push(request);
      const happening = happenings[Math.min(requests.length, happenings.length) - 1];
      if (happening === undefined) throw new Error('nothing was to be sent');
      if (happening instanceof Error) throw happening;
      return happening === 'silence' ? untilGivenUp(request.signal) : happening;
    },
  };
}

function untilGivenUp(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** A way out over a network, with what it logs. Pauses take no time unless told. */
export function wayOut(
  transport: Transport,
  options: Partial<UpstreamOptions> = {},
): { readonly upstream: Upstream; readonly events: readonly LogEvent[] } {
  const events: LogEvent[] = [];
  const upstream = createUpstream({
    name: 'nav',
    baseUrl: 'https://nav.example/base',
    transport,
    deadlineMs: 10_000,
    maxBytes: 100_000,
    attempts: 3,
    pauseMs: 0,
    log: (event) => void events.push(event),
    ...options,
  });
  return { upstream, events };
}

/** A GET that may be repeated after refusals, unless told otherwise. */
export function aCall(change: Partial<UpstreamCall> = {}): UpstreamCall {
  return {
    method: 'GET',
    path: '/path',
    headers: {},
    repeat: 'refused',
    callId: 'call-1',
    signal: new AbortController().signal,
    ...change,
  };
}
