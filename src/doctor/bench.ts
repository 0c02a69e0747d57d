import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { UpstreamName } from '../errors.ts';
import { GatewayError } from '../errors.ts';
import { upstreamsOver } from '../gateway-upstreams.ts';
import type { Transport, Upstream, UpstreamCall, WireResponse } from '../upstream.ts';
import type { Rung, Verdict } from './findings.ts';

/** What the doctor is handed. */
export interface DoctorParts {
  readonly clock: Clock;
  readonly transport: Transport;
  /** Makes an id for a call, a UUID. */
  readonly newCallId: () => string;
}

/** When something was done. */
export interface Timing {
  /** ISO moment, UTC. */
  readonly at: string;
  readonly tookMs: number;
}

/** What every rung is examined with. */
export interface Bench extends DoctorParts {
  readonly config: Config;
  /** A way out to one upstream, with the deadlines and repetitions of the gateway itself. */
  readonly upstream: (name: UpstreamName, baseUrl: string) => Upstream;
  /** Looks at one rung, and calls that host for it if one is named. The id is for a call that takes one along. */
  readonly examine: (
    rung: Pick<Rung, 'rung' | 'of' | 'host'>,
    look: (callId: string) => Promise<Verdict>,
  ) => Promise<Rung>;
  /** Does something and tells when. */
  readonly timed: <T>(work: () => Promise<T>) => Promise<{ readonly result: T; readonly timing: Timing }>;
  /** A rung that an earlier one keeps from being examined. @param because a sentence */
  readonly unexamined: (rung: Pick<Rung, 'rung' | 'of'>, because: string) => Rung;
}

/** Lays out the bench. */
export function createBench(config: Config, parts: DoctorParts): Bench {
  const { clock, transport, newCallId } = parts;
  // What goes wrong stands in the findings.
  const open = upstreamsOver(config, { transport, log: () => undefined });

  async function timed<T>(work: () => Promise<T>): Promise<{ result: T; timing: Timing }> {
    const from = clock.now();
    const result = await work();
    return { result, timing: timingOf(from, clock.now()) };
  }

  return {
    ...parts,
    config,
    timed,
    upstream: (name, baseUrl) => open(name)(baseUrl),
    examine: async (rung, look) => {
      const { result, timing } = await timed(() => look(newCallId()));
      return { ...rung, ...result, ...timing };
    },
    unexamined: (rung, because) => ({
      ...rung,
      state: 'not examined',
      seen: because,
      ...timingOf(clock.now(), clock.now()),
    }),
  };
}

function timingOf(from: Date, to: Date): Timing {
  // A clock that is put back meanwhile has measured nothing.
  return { at: from.toISOString(), tookMs: Math.max(0, to.getTime() - from.getTime()) };
}

/** Why there is no answer, or none that can be read. */
export type Unanswered = NonNullable<NonNullable<GatewayError['evidence']>['failure']>;

/** Makes a call that changes nothing. @returns the answer whatever its status, or why there is none */
export async function get(
  upstream: Upstream,
  callId: string,
  call: Pick<UpstreamCall, 'path' | 'query' | 'headers'>,
): Promise<WireResponse | { readonly unanswered: Unanswered }> {
  try {
    return await upstream.call({
      ...call,
      method: 'GET',
      repeat: 'idempotent',
      callId,
      signal: new AbortController().signal,
    });
  } catch (error) {
    if (error instanceof GatewayError && error.evidence?.failure !== undefined) {
      return { unanswered: error.evidence.failure };
    }
    throw error;
  }
}
