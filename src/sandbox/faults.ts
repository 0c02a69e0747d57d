import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import type { DoubleResponse } from './double.ts';
import { networkError } from './double.ts';
import type { CallTraits } from './traits.ts';
import type { PlayedUpstream } from './upstreams.ts';
import { PLAYED_UPSTREAMS } from './upstreams.ts';
import { personByCastId } from './world.ts';

const aim = {
  upstream: z.enum(PLAYED_UPSTREAMS),
  /** Only calls about this person of the cast. */
  person: z
    .string()
    .refine((id) => personByCastId(id) !== undefined, 'is none of the cast, P01 to P13')
    .optional(),
  /** Only calls whose path begins with this. */
  path: z.string().startsWith('/').optional(),
  method: z.enum(['GET', 'POST', 'PUT', 'DELETE']).optional(),
  /** Only calls with this scope: asked for at Maskinporten, granted elsewhere. Tells the steps of one read apart. */
  scope: z.string().min(1).optional(),
  /** How many calls are hit before the fault is spent; without it, all until it is removed. */
  times: z.int().positive().optional(),
  /** The double first does what it was asked, state and all; only its answer is replaced. */
  afterEffect: z.boolean().default(false),
};

/** The statuses a fault may answer with. */
const failure = z.int().min(400).max(599);

const headerValue = z.string().regex(/^[ -~]+$/);

/**
 * A fault, aimed at one upstream and optionally narrowed to a person, path, method, scope and number of calls:
 *
 * - `latency`: the answer comes `ms` later
 * - `hang`: no answer, until the faults are cleared or the sandbox closes; then the connection breaks
 * - `status`: that status without a body, with `Retry-After` (seconds or an HTTP date) when given
 * - `html`: an error page of a load balancer, 500 unless told
 * - `reset`: the connection is destroyed
 * - `truncated`: the first half of the double's answer
 * - `success`: the double's answer with another 2xx as its status, and without its body when that is 204
 * - `unknown-code`: the double's answer with `field` (by default `aktivitetsfase`, `status`, `RequestStatus`) set to a code
 *   nobody knows
 * - `wrong-types`: the double's answer with every text as a number, and every number and truth value as a text
 * - `members`: the double's answer with further `members` in front, such as `"a": 1, "a": 2`, kept as they are written
 * - `bom`: the double's answer behind a byte order mark
 * - `redirect`: to another host, by 302 unless told
 * - `huge`: JSON of `bytes` bytes
 * - `content`: 200 with any body of any type, said to be in `contentEncoding` when given
 *
 * Those that change what a JSON answer says leave any other answer alone.
 */
export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...aim, kind: z.literal('latency'), ms: z.int().nonnegative().max(600_000) }),
  z.strictObject({ ...aim, kind: z.literal('hang') }),
  z.strictObject({
    ...aim,
    kind: z.literal('status'),
    status: failure,
    retryAfter: z.union([z.int().nonnegative(), headerValue]).optional(),
  }),
  z.strictObject({ ...aim, kind: z.literal('html'), status: failure.default(500) }),
  z.strictObject({ ...aim, kind: z.literal('reset') }),
  z.strictObject({ ...aim, kind: z.literal('truncated') }),
  z.strictObject({ ...aim, kind: z.literal('success'), status: z.int().min(200).max(299) }),
  z.strictObject({ ...aim, kind: z.literal('unknown-code'), field: z.string().optional() }),
  z.strictObject({ ...aim, kind: z.literal('wrong-types') }),
  z.strictObject({
    ...aim,
    kind: z.literal('members'),
    members: z.string().refine(areMembers, 'are no members of a JSON object'),
  }),
  z.strictObject({ ...aim, kind: z.literal('bom') }),
  z.strictObject({
    ...aim,
    kind: z.literal('redirect'),
    status: z.literal([301, 302, 303, 307, 308]).default(302),
    location: z.url().default('https://elsewhere.example/'),
  }),
  z.strictObject({
    ...aim,
    kind: z.literal('huge'),
    bytes: z
      .int()
      .min(2)
      .max(64 * 1024 * 1024),
  }),
  z.strictObject({
    ...aim,
    kind: z.literal('content'),
    contentType: headerValue.default('text/plain'),
    contentEncoding: headerValue.optional(),
    body: z.string(),
  }),
]);

/** A fault as it is written in a request or a test; defaults may be left out. */
export type FaultInput = z.input<typeof faultSchema>;

/** A fault as it lies in wait. */
export type Fault = z.output<typeof faultSchema>;

/** Waits for that many milliseconds, or until the signal aborts; never rejects. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>;

/** The faults that lie in wait. */
export interface Faults {
  /** @throws ZodError when the fault is none */
  add(fault: FaultInput): Fault;
  list(): readonly Fault[];
  /** Removes every fault and lets go of the calls that wait or hang. */
  clear(): void;
  /**
   * Answers a call, by the first fault added that it matches, or untouched. `respond` is the double at work: called
   * once or not at all.
   */
  play(call: FaultTarget, respond: () => Promise<DoubleResponse>): Promise<DoubleResponse>;
}

/** What decides whether a fault hits. */
export interface FaultTarget {
  readonly upstream: PlayedUpstream;
  readonly method: string;
  readonly path: string;
  readonly traits: CallTraits;
}

/** A new set of faults, none in wait. */
export function createFaults(wait: Wait = waitByTimer): Faults {
  let waiting: { readonly fault: Fault; left: number }[] = [];
  let hold = new AbortController();

  function take(call: FaultTarget): Fault | undefined {
    const hit = waiting.find(({ fault }) => hits(fault, call));
    if (hit === undefined) return undefined;
    hit.left -= 1;
    if (hit.left === 0) waiting = waiting.filter((other) => other !== hit);
    return hit.fault;
  }

  return {
    add: (input) => {
      const fault = faultSchema.parse(input);
      waiting.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
      return fault;
    },
    list: () => waiting.map(({ fault }) => fault),
    clear: () => {
      waiting = [];
      hold.abort();
      hold = new AbortController();
    },
    play: async (call, respond) => {
      const fault = take(call);
      if (fault === undefined) return respond();
      return replace(fault, respond, (ms) => wait(ms, hold.signal), hold.signal);
    },
  };
}

function hits(fault: Fault, { upstream, method, path, traits }: FaultTarget): boolean {
  return (
    fault.upstream === upstream &&
    (fault.person === undefined || fault.person === traits.person) &&
    (fault.path === undefined || path.startsWith(fault.path)) &&
    (fault.method === undefined || fault.method === method) &&
    (fault.scope === undefined || fault.scope === traits.scope)
  );
}

async function replace(
  fault: Fault,
  respond: () => Promise<DoubleResponse>,
  wait: (ms: number) => Promise<void>,
  released: AbortSignal,
): Promise<DoubleResponse> {
  const early = fault.afterEffect ? await respond() : undefined;
  const whole = async () => early ?? respond();
  switch (fault.kind) {
    case 'latency':
      await wait(fault.ms);
      return whole();
    case 'hang':
      if (!released.aborted) await once(released, 'abort');
      throw networkError('ECONNRESET', 'the sandbox let go of a hanging call');
    case 'status':
      return {
        status: fault.status,
        headers: fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) },
        body: '',
      };
    case 'html':
      return {
        status: fault.status,
        headers: { 'content-type': 'text/html; charset=utf-8' },
        body: '<!DOCTYPE html><html lang="en"><title>Error</title><h1>The service is not available</h1></html>',
      };
    case 'reset':
      throw networkError('ECONNRESET', 'the sandbox broke the connection');
    case 'truncated': {
      const { cookies: _, ...answer } = await whole();
      return { ...answer, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) };
    }
    case 'success': {
      const { statusText: _, ...answer } = await whole();
      return { ...answer, status: fault.status, body: fault.status === 204 ? '' : answer.body };
    }
    case 'unknown-code':
      return withJson(await whole(), (json) => withUnknownCode(json, fault.field));
    case 'wrong-types':
      return withJson(await whole(), withWrongTypes);
    case 'members':
      return withJson(await whole(), (json) => withMembers(json, fault.members));
    case 'bom':
      return withJson(await whole(), (json) => `\uFEFF${json}`);
    case 'redirect':
      return { status: fault.status, headers: { location: fault.location }, body: '' };
    case 'huge':
      return {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: `"${'x'.repeat(fault.bytes - 2)}"`,
      };
    case 'content':
      return {
        status: 200,
        headers: {
          'content-type': fault.contentType,
          ...(fault.contentEncoding === undefined ? {} : { 'content-encoding': fault.contentEncoding }),
        },
        body: fault.body,
      };
  }
}

/** The answer with its JSON changed; any other answer as it is. */
function withJson(answer: DoubleResponse, change: (json: string) => string): DoubleResponse {
  const isJson = answer.headers['content-type']?.includes('json') === true;
  return isJson ? { ...answer, body: change(answer.body) } : answer;
}

const CODED_FIELDS = ['aktivitetsfase', 'status', 'RequestStatus'];
const UNKNOWN_CODE = 'SANDKASSEKODE';

/** A code list entry keeps its form `{kode, termnavn}`; a plain code stays plain. Only the first one met is replaced. */
function withUnknownCode(body: string, field: string | undefined): string {
  const fields = field === undefined ? CODED_FIELDS : [field];
  let found = false;
  const changed: unknown = JSON.parse(body, (key, value: unknown) => {
    if (found || !fields.includes(key) || value === null) return value;
    found = true;
    return typeof value === 'object' ? { kode: UNKNOWN_CODE, termnavn: 'Kode fra sandkassen' } : UNKNOWN_CODE;
  });
  return JSON.stringify(changed);
}

function withWrongTypes(body: string): string {
  const changed: unknown = JSON.parse(body, (_, value: unknown) => {
    if (typeof value === 'string') return value.length;
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
  });
  return JSON.stringify(changed);
}

/** As text, since an object can hold no name twice. JSON that is no object, or an empty one, has no place for them. */
function withMembers(body: string, members: string): string {
  return /^\{\s*"/.test(body) ? `{${members},${body.slice(1)}` : body;
}

function areMembers(text: string): boolean {
  try {
    return Object.keys(JSON.parse(`{${text}}`)).length > 0;
  } catch {
    return false;
  }
}

async function waitByTimer(ms: number, signal: AbortSignal): Promise<void> {
  // A released wait ends early; that is no failure of the call it delayed.
  await setTimeout(ms, undefined, { signal }).catch(() => undefined);
}
