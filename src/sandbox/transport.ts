import type { Double, DoubleResponse } from './double.ts';
import { networkError } from './double.ts';
import type { Origins, UpstreamKey } from './upstreams.ts';
import { UPSTREAMS } from './upstreams.ts';

/** A request as a client of the network makes it. */
export interface TransportRequest {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Ends the wait for an answer. */
  readonly signal: AbortSignal;
  /** Longest body that is taken. */
  readonly maxBytes: number;
}

/** A response as a client of the network gets it; redirects are not followed. */
export interface TransportResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/**
 * One exchange over a pretended network. Rejects as the real one does: with the signal's reason when aborted, else with
 * an error whose `code` is `ENOTFOUND` (no such host), `ECONNRESET`, or `UND_ERR_RES_EXCEEDED_MAX_SIZE`.
 */
export type Transport = (request: TransportRequest) => Promise<TransportResponse>;

/** The doubles as a network: the origin of the address chooses the double. */
export function doublesTransport(doubles: Readonly<Record<UpstreamKey, Double>>, origins: Origins): Transport {
  const byOrigin = new Map(UPSTREAMS.map((key) => [new URL(origins[key]).origin, doubles[key]]));

  return async ({ method, url: address, headers, body = '', signal, maxBytes }) => {
    signal.throwIfAborted();
    const url = new URL(address);
    const double = byOrigin.get(url.origin);
    if (double === undefined) throw networkError('ENOTFOUND', 'the sandbox has no such host');
    const answered = double({ method, url, headers: lowerCased(headers), body });
    const response = await unlessAborted(answered, signal);
    const bytes = new TextEncoder().encode(response.body);
    if (bytes.length > maxBytes) {
      throw networkError('UND_ERR_RES_EXCEEDED_MAX_SIZE', 'the answer is longer than the caller takes');
    }
    return { status: response.status, headers: onTheWire(response, bytes.length), body: bytes };
  };
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function onTheWire({ headers, cookies = [] }: DoubleResponse, length: number): Record<string, string> {
  const setCookie = cookies.length === 0 ? {} : { 'set-cookie': cookies.join(', ') };
  return { ...lowerCased(headers), ...setCookie, 'content-length': String(length) };
}

/** The double goes on working when the caller has left, as a server does; only the answer is lost. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: left, reject } = Promise.withResolvers<never>();
  const leave = () => reject(signal.reason);
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([work, left]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
