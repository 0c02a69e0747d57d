import {
  DelegateBackoff,
  handleWhenResult,
  retry,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { Agent } from 'undici';
import type { ZodType } from 'zod';
import type { ErrorCode, Evidence, UpstreamName } from './errors.ts';
import { GatewayError } from './errors.ts';
import type { Log } from './log.ts';
import { Secret } from './values.ts';

/** A request as it goes on the wire. */
export interface WireRequest {
  readonly method: 'GET' | 'POST';
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

/** The real network. One pool per host, answers in order of arrival, never more than `connections` calls in the air per host. */
export function createNetwork(options: { connections: number; maxBytes: number }): {
  transport: Transport;
  close(): Promise<void>;
} {
  const agent = new Agent({ connections: options.connections, pipelining: 1, maxResponseSize: options.maxBytes });
  return {
    transport: async ({ method, url, headers, body, signal }) => {
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
      return { status: answer.statusCode, headers: flat, body: new Uint8Array(await answer.body.arrayBuffer()) };
    },
    close: () => agent.close(),
  };
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
  readonly method: 'GET' | 'POST';
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
  /** Called for each attempt that may have reached the upstream. */
  readonly onAttempt?: () => void;
}

/** A way out to one upstream. */
export interface Upstream {
  readonly name: UpstreamName;
  /**
   * Makes the call within the deadline.
   *
   * @returns the answer, whatever its status below 300 or from 400.
   * @throws GatewayError `*_UNAVAILABLE` when there is no answer, or one too large or redirecting (NAV's: `NAV_UNREADABLE`)
   */
  call(call: UpstreamCall): Promise<WireResponse>;
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
type Attempt =
  | { readonly answer: WireResponse; readonly again: boolean; readonly pauseMs?: number }
  | { readonly failure: Failure; readonly again: boolean; readonly pauseMs?: number; readonly cause: unknown };

/** The one way out of the gateway: deadline, retry, size limit, no redirects, nothing of the upstream's text in an error. */
export function createUpstream(options: UpstreamOptions): Upstream {
  const { name, baseUrl, transport, deadlineMs, maxBytes, log } = options;
  const policy = wrap(
    timeout(deadlineMs, TimeoutStrategy.Aggressive),
    retry(handleWhenResult(wantsAnother), {
      maxAttempts: options.attempts - 1,
      backoff: new DelegateBackoff(({ attempt, result }) => {
        const wished = 'value' in result && isAttempt(result.value) ? result.value.pauseMs : undefined;
        return wished ?? options.pauseMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
      }),
    }),
  );

  async function attempt(call: UpstreamCall, signal: AbortSignal, endsAt: number, reached: Reached): Promise<Attempt> {
    const headers: Record<string, string> = {};
    for (const [header, value] of Object.entries(call.headers)) {
      headers[header] = value instanceof Secret ? value.reveal() : value;
    }
    const body = (await call.body?.())?.reveal();
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
      if (answer.status >= 300 && answer.status < 400) return { failure: 'redirect', again: false, cause: undefined };
      const pauseMs = retryAfter(answer);
      const inTime = pauseMs === undefined || performance.now() + pauseMs < endsAt;
      const again = inTime && (repeatsOn(call.repeat, answer.status) || (call.again?.(answer) ?? false));
      return { answer, again, ...(pauseMs === undefined ? {} : { pauseMs }) };
    } catch (cause) {
      const failure = classify(cause, signal);
      if (failure === 'connect') reached.no();
      else reached.yes();
      const again =
        failure === 'connect' ? call.repeat !== 'never' : failure === 'reset' && call.repeat === 'idempotent';
      return { failure, again, cause };
    }
  }

  return {
    name,
    async call(call) {
      const endsAt = performance.now() + deadlineMs;
      const reached = countAttempts(call.onAttempt);
      let outcome: Attempt;
      try {
        outcome = await policy.execute(({ signal }) => attempt(call, signal, endsAt, reached), call.signal);
      } catch (cause) {
        if (!(cause instanceof TaskCancelledError) && !call.signal.aborted) throw cause;
        // The attempt in the air learns of its end only after this; it has to be counted before anything is recorded.
        reached.yes();
        outcome = { failure: call.signal.aborted ? 'cancelled' : 'timeout', again: false, cause };
      }
      if ('answer' in outcome) return outcome.answer;
      const evidence: Evidence = { upstream: name, failure: outcome.failure };
      log({ event: 'upstream failed', callId: call.callId, evidence });
      throw failureOf(name, evidence, outcome.cause);
    },
  };
}

const UNAVAILABLE = {
  altinn: ['ALTINN_UNAVAILABLE', 'Altinn cannot be reached or does not answer in time. Try again later.'],
  maskinporten: [
    'MASKINPORTEN_UNAVAILABLE',
    'Maskinporten cannot be reached or does not answer in time. Try again later.',
  ],
  nav: ['NAV_UNAVAILABLE', 'NAV cannot be reached or does not answer in time. Try again later.'],
} as const satisfies Record<UpstreamName, readonly [ErrorCode, string]>;

/** The fault that an upstream cannot serve now. */
export function unavailable(evidence: Evidence, cause?: unknown): GatewayError {
  const [code, message] = UNAVAILABLE[evidence.upstream];
  return new GatewayError(code, message, { evidence, cause });
}

/** The fault that an upstream's answer cannot be used. Where the upstream has no code of its own for that, it counts as unavailable. */
export function unreadable(evidence: Evidence): GatewayError {
  if (evidence.upstream !== 'nav') return unavailable(evidence);
  return new GatewayError(
    'NAV_UNREADABLE',
    'NAV’s answer does not have the documented form, so nothing of it is shown. Tell the operator.',
    { evidence },
  );
}

/**
 * Parses an answer's body. Unknown fields are ignored by the schemas themselves.
 * @throws GatewayError see {@link unreadable}; it holds nothing of the body
 */
export function readJson<T>(upstream: UpstreamName, answer: WireResponse, schema: ZodType<T>): T {
  const parsed = parseJson(answer, schema);
  if (parsed === undefined) throw unreadable({ upstream, status: answer.status, failure: 'unreadable' });
  return parsed;
}

/** Parses an answer's body; undefined when it is not JSON of that form. For error bodies, which may be anything. */
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

function failureOf(name: UpstreamName, evidence: Evidence, cause: unknown): GatewayError {
  return evidence.failure === 'too-large' || evidence.failure === 'redirect'
    ? unreadable(evidence)
    : unavailable({ ...evidence, upstream: name }, cause);
}

function wantsAnother(outcome: unknown): boolean {
  return isAttempt(outcome) && outcome.again;
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

const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function classify(cause: unknown, signal: AbortSignal): Failure {
  if (signal.aborted) return 'cancelled';
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return 'too-large';
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return 'timeout';
  return typeof code === 'string' && NEVER_CONNECTED.has(code) ? 'connect' : 'reset';
}
