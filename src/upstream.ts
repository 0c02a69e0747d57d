import {
  DelegateBackoff,
  handleWhenResult,
  retry,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { Agent, errors } from 'undici';
import type { ZodType } from 'zod';
import type { ErrorCode, Evidence, UpstreamName } from './errors.ts';
import { abandoned, GatewayError } from './errors.ts';
import type { Log } from './log.ts';
import { Secret } from './values.ts';

/** A request as it goes on the wire. */
export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** A longer answer must not be taken in; the transport rejects instead. */
  readonly maxBytes: number;
}

/** An answer as it came off the wire; header names in lower case. */
export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/**
 * The network seam: undici in production, the doubles' own functions in tests. Follows no redirect. Rejects with an
 * error whose `code` is Node's or undici's (`ECONNREFUSED`, `ECONNRESET`, `UND_ERR_RES_EXCEEDED_MAX_SIZE`, ...).
 */
export type Transport = (request: WireRequest) => Promise<WireResponse>;

/**
 * The real network: one pool per host, never more than `connections` calls in the air for each. No answer is longer than
 * `maxBytes`, and none longer than its request says. `close` cuts off what is still in the air.
 */
export function createNetwork(options: { connections: number; maxBytes: number }): {
  transport: Transport;
  close(): Promise<void>;
} {
  const agent = new Agent({ connections: options.connections, pipelining: 1, maxResponseSize: options.maxBytes });
  return {
    transport: async ({ method, url, headers, body, signal, maxBytes }) => {
      const { origin, pathname, search } = new URL(url);
      const answer = await agent.request({
        origin,
        path: pathname + search,
        method,
        headers,
        body: body ?? null,
        signal,
      });
      const flat: Record<string, string> = {};
      for (const [name, value] of Object.entries(answer.headers)) {
        if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
      }
      return { status: answer.statusCode, headers: flat, body: await readBody(answer.body, maxBytes) };
    },
    close: () => agent.destroy(),
  };
}

async function readBody(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body) {
    length += part.length;
    if (length > maxBytes) throw new errors.ResponseExceededMaxSizeError('longer than asked for');
    parts.push(part);
  }
  return Buffer.concat(parts, length);
}

/**
 * When a call is made again within its deadline:
 * `refused`: only when it cannot have been served: no connection, 429, 503;
 * `idempotent`: after any failure that may pass (a lost connection, 429, 5xx but 500), because making it twice changes nothing;
 * `never`.
 */
export type Repeat = 'refused' | 'idempotent' | 'never';

/** One call to an upstream. */
export interface UpstreamCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the base URL, starting with a slash. Never holds an identifier of a person. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Revealed at the last moment. */
  readonly headers: Readonly<Record<string, string | Secret>>;
  /** Made anew for each attempt, since a signed grant serves only once. */
  readonly body?: () => Promise<Secret>;
  readonly repeat: Repeat;
  /** Also repeat on this answer; for refusals that a fresh attempt cures. */
  readonly again?: (answer: WireResponse) => boolean;
  readonly callId: string;
  readonly signal: AbortSignal;
  /** Called for each attempt that may have reached the upstream, before the call ends. */
  readonly onAttempt?: () => void;
}

/** A way out to one upstream. */
export interface Upstream {
  readonly name: UpstreamName;
  /**
   * Makes the call within the deadline.
   *
   * @returns the answer, whatever its status below 300 or from 400.
   * @throws GatewayError `*_UNAVAILABLE` when there is no answer, or one too large or redirecting (NAV's: `NAV_UNREADABLE`);
   *   `ABANDONED` when its signal aborts
   */
  call(call: UpstreamCall): Promise<WireResponse>;
  /** Tells the log why an answer is of no use: all that is kept of it. */
  report(callId: string, evidence: Evidence): void;
}

/** How an upstream is reached. */
export interface UpstreamOptions {
  readonly name: UpstreamName;
  /** Absolute, no trailing slash. Calls go nowhere else. */
  readonly baseUrl: string;
  readonly transport: Transport;
  /** For the call with all its attempts, in milliseconds. */
  readonly deadlineMs: number;
  readonly maxBytes: number;
  /** Attempts in all, and the first pause between two, in milliseconds (doubled each time, with jitter). */
  readonly attempts: number;
  readonly pauseMs: number;
  readonly log: Log;
}

type Failure = NonNullable<Evidence['failure']>;
/** How an attempt ended; `again`: in how many milliseconds there is to be another, undefined: this was the last. */
type Attempt = ({ readonly answer: WireResponse } | { readonly failure: Failure }) & {
  readonly again: number | undefined;
};

/** The one way out of the gateway: deadline, retry, size limit, no redirects, nothing of the upstream's text in an error. */
export function createUpstream(options: UpstreamOptions): Upstream {
  const { name, baseUrl, transport, deadlineMs, maxBytes, log } = options;
  const policy = wrap(
    // Once it has ended, nothing is left to be aborted, and an abort costs an exception.
    timeout(deadlineMs, { strategy: TimeoutStrategy.Aggressive, abortOnReturn: false }),
    retry(handleWhenResult(wantsAnother), {
      maxAttempts: options.attempts - 1,
      backoff: new DelegateBackoff(({ result }) =>
        'value' in result && isAttempt(result.value) ? (result.value.again ?? 0) : 0,
      ),
    }),
  );

  function report(callId: string, evidence: Evidence): void {
    log({ event: 'upstream failed', callId, evidence });
  }

  /** The pause before another attempt: the upstream's wish or our own; undefined when the deadline would come first. */
  function pauseAfter(earlier: number, endsAt: number, wishedMs?: number): number | undefined {
    const pauseMs = wishedMs ?? options.pauseMs * 2 ** earlier * (0.5 + Math.random() / 2);
    return performance.now() + pauseMs < endsAt ? pauseMs : undefined;
  }

  async function attempt(
    call: UpstreamCall,
    earlier: number,
    signal: AbortSignal,
    endsAt: number,
    reached: Reached,
  ): Promise<Attempt> {
    // No decoder stands behind this door, so nothing may come encoded.
    const headers: Record<string, string> = { 'accept-encoding': 'identity' };
    for (const [header, value] of Object.entries(call.headers)) {
      headers[header] = value instanceof Secret ? value.reveal() : value;
    }
    const body = (await call.body?.())?.reveal();
    // The deadline may have come while signing, or in the pause before this attempt: nothing is sent, so nothing counts.
    if (signal.aborted) return { failure: 'cancelled', again: undefined };
    reached.begin();
    try {
      const answer = await transport({
        method: call.method,
        url: `${baseUrl}${call.path}${queryOf(call.query)}`,
        headers,
        ...(body === undefined ? {} : { body }),
        signal,
        maxBytes,
      });
      reached.yes();
      if (answer.status >= 300 && answer.status < 400) return { failure: 'redirect', again: undefined };
      const wanted = repeatsOn(call.repeat, answer.status) || (call.again?.(answer) ?? false);
      return { answer, again: wanted ? pauseAfter(earlier, endsAt, retryAfter(answer)) : undefined };
    } catch (cause) {
      const failure = classify(cause, signal);
      if (failure === 'connect') reached.no();
      else reached.yes();
      const wanted =
        failure === 'connect' ? call.repeat !== 'never' : failure === 'reset' && call.repeat === 'idempotent';
      return { failure, again: wanted ? pauseAfter(earlier, endsAt) : undefined };
    }
  }

  return {
    name,
    report,
    async call(call) {
      const endsAt = performance.now() + deadlineMs;
      const reached = countAttempts(call.onAttempt);
      let outcome: Attempt;
      try {
        outcome = await policy.execute(
          (context) => attempt(call, context.attempt, context.signal, endsAt, reached),
          call.signal,
        );
      } catch (cause) {
        if (!(cause instanceof TaskCancelledError) && !call.signal.aborted) throw cause;
        // The attempt in the air learns of its end only after this; it has to be counted before anything is recorded.
        reached.yes();
        outcome = { failure: call.signal.aborted ? 'cancelled' : 'timeout', again: undefined };
      }
      if ('answer' in outcome) return outcome.answer;
      const evidence: Evidence = { upstream: name, failure: outcome.failure };
      report(call.callId, evidence);
      if (outcome.failure === 'cancelled') throw abandoned(name);
      // Without its cause: what a client library throws can hold what the upstream sent.
      throw outcome.failure === 'too-large' || outcome.failure === 'redirect'
        ? unreadable(evidence)
        : unavailable(evidence);
    },
  };
}

const UNAVAILABLE = {
  altinn: ['ALTINN_UNAVAILABLE', 'Altinn'],
  maskinporten: ['MASKINPORTEN_UNAVAILABLE', 'Maskinporten'],
  nav: ['NAV_UNAVAILABLE', 'NAV'],
} as const satisfies Record<UpstreamName, readonly [ErrorCode, string]>;

/** The fault that an upstream cannot serve now. */
export function unavailable(evidence: Evidence): GatewayError {
  const [code, upstream] = UNAVAILABLE[evidence.upstream];
  return new GatewayError(code, `${upstream} cannot be reached or does not answer in time. Try again later.`, {
    evidence,
  });
}

/** The fault that an upstream's answer cannot be used. Where the upstream has no code of its own for that, it counts as unavailable. */
export function unreadable(evidence: Evidence): GatewayError {
  const [code, upstream] = UNAVAILABLE[evidence.upstream];
  const unlike = `${upstream}’s answer does not have the documented form`;
  return evidence.upstream === 'nav'
    ? new GatewayError('NAV_UNREADABLE', `${unlike}, so nothing of it is shown. Tell the operator.`, { evidence })
    : new GatewayError(code, `${unlike}. Try again later; tell the operator if it stays so.`, { evidence });
}

/**
 * Parses an answer's body. Unknown fields are ignored by the schemas themselves.
 * @throws GatewayError `NAV_UNREADABLE`, or `*_UNAVAILABLE`; neither it nor the log holds anything of the body
 */
export function readJson<T>(upstream: Upstream, callId: string, answer: WireResponse, schema: ZodType<T>): T {
  const parsed = parseJson(answer, schema);
  if (parsed !== undefined) return parsed;
  const evidence: Evidence = { upstream: upstream.name, status: answer.status, failure: 'unreadable' };
  upstream.report(callId, evidence);
  throw unreadable(evidence);
}

/**
 * Parses an answer's body: UTF-8, with or without a byte order mark, not encoded otherwise (`identity` alone is asked
 * for). Undefined when it is not JSON of that form. For error bodies, which may be anything.
 */
export function parseJson<T>(answer: WireResponse, schema: ZodType<T>): T | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(answer.body));
  } catch {
    return undefined;
  }
  return schema.safeParse(value).data;
}

/** Whether the attempt in the air has been counted; each is counted once, whoever notices first. */
interface Reached {
  begin(): void;
  yes(): void;
  no(): void;
}

function countAttempts(onAttempt: (() => void) | undefined): Reached {
  let inTheAir = false;
  return {
    begin: () => {
      inTheAir = true;
    },
    yes: () => {
      if (inTheAir) onAttempt?.();
      inTheAir = false;
    },
    no: () => {
      inTheAir = false;
    },
  };
}

function wantsAnother(outcome: unknown): boolean {
  return isAttempt(outcome) && outcome.again !== undefined;
}

function isAttempt(value: unknown): value is Attempt {
  return typeof value === 'object' && value !== null && 'again' in value;
}

function repeatsOn(repeat: Repeat, status: number): boolean {
  if (repeat === 'never') return false;
  return status === 429 || status === 503 || (repeat === 'idempotent' && status > 500);
}

/** Seconds of `Retry-After` as milliseconds; the date form is not honoured, which costs at most a pause of our own. */
function retryAfter(answer: WireResponse): number | undefined {
  const seconds = answer.headers['retry-after'];
  return seconds !== undefined && /^\d{1,6}$/.test(seconds) ? Number(seconds) * 1000 : undefined;
}

function queryOf(query: UpstreamCall['query']): string {
  const parameters = new URLSearchParams(query).toString();
  return parameters === '' ? '' : `?${parameters}`;
}

/** What ends an attempt before anything was sent: name, address, connection, or the certificate that was shown. */
const NEVER_CONNECTED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_CERT_\w+|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/;

function classify(cause: unknown, signal: AbortSignal): Failure {
  if (signal.aborted) return 'cancelled';
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return 'too-large';
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return 'timeout';
  // Node joins the failures of several addresses of one host in an AggregateError, while connecting and never later.
  const isUnconnected = cause instanceof AggregateError || (typeof code === 'string' && NEVER_CONNECTED.test(code));
  return isUnconnected ? 'connect' : 'reset';
}
