import { randomUUID } from 'node:crypto';
import type { Answers, Drift, SourceName } from '../benefits/index.ts';
import type { Clock } from '../clock.ts';
import type { ErrorCode } from '../errors.ts';
import { GatewayError } from '../errors.ts';
import type { Log } from '../log.ts';
import { framesOf } from '../log.ts';
import type { BoundedPeriode } from '../periode.ts';
import type { Decision, ReadWish, Refusal } from './consent.ts';
import { effectivePeriode } from './consent.ts';
import type { Rails } from './consents.ts';
import { assertMayRead, purposeOf } from './policy.ts';
import type {
  Applicant,
  Caller,
  Consent,
  ConsentRail,
  ConsentRequiredReason,
  DisclosureLog,
  Intention,
  Lookup,
  NavSource,
  NavSources,
  Purpose,
  RequestedPeriode,
  Settlement,
} from './ports.ts';
import type { Lane } from './queue.ts';
import { take } from './take.ts';

/** One read of one source about one person. */
export interface ReadRequest<N extends SourceName> {
  readonly source: N;
  readonly applicant: Applicant;
  readonly periode: RequestedPeriode;
  /** Null: the caller's only one. */
  readonly purpose: Purpose | null;
}

/** What a request brings to each of its reads. */
export interface ReadContext {
  readonly caller: Caller;
  readonly callId: string;
  readonly signal: AbortSignal;
  readonly rails: Rails;
  /** The consent that decides about a wish now, the rail asked where a request may have been answered meanwhile. */
  choose(applicant: Applicant, wish: ChoiceWish): Promise<Decision>;
  /** Stores a rail's word and chooses by it from now on. */
  confirm(consent: Consent, lookup: Lookup): Promise<void>;
  /** Stores that NAV does not accept a consent and chooses by it from now on. */
  reject(consent: Consent): Promise<void>;
  /** Reads the person's consents anew from now on. */
  forget(applicant: Applicant): void;
  /** Fetches what opens a source under a consent, in turn with others; see `ConsentRail.open`. */
  open(consent: Consent, source: NavSource<SourceName>): ReturnType<ConsentRail['open']>;
  /** The request's lane to the host of a source. */
  laneTo(source: SourceName): Lane;
}

/** What is to be decided about a person's consents. */
export type ChoiceWish = Pick<ReadWish, 'source' | 'purpose' | 'periode'>;

/** Data, recorded before it is handed over. */
export interface Delivered<N extends SourceName> {
  readonly kind: 'delivered';
  readonly source: N;
  readonly answer: Answers[N];
  readonly consent: Consent;
  readonly uttrekksperiode: BoundedPeriode;
  readonly retrievedAt: Date;
  readonly disclosureId: string;
}

/** No consent allows the read; nothing of the person is shown. */
export interface ConsentRequired extends Refusal {
  readonly kind: 'consent required';
  readonly source: SourceName;
}

/** How a read ends, unless it fails with a coded `GatewayError`. */
export type ReadResult<N extends SourceName> = Delivered<N> | ConsentRequired;

/** Reads one source about one person. */
export type Read = <N extends SourceName>(request: ReadRequest<N>, context: ReadContext) => Promise<ReadResult<N>>;

/** What the staircase leans on. */
export interface ReadOptions {
  readonly sources: NavSources;
  readonly disclosures: DisclosureLog;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The staircase: the only way from the public floor to a person's data. Policy, consent, record, credentials, NAV, record,
 * in this order. NAV answers for one person at a time, so each read climbs it alone.
 *
 * @throws GatewayError of any upstream; `FORBIDDEN` when policy says no; `AUDIT_UNAVAILABLE` when the read cannot be
 *   recorded: then NAV was not asked, or what it said is not shown
 */
export function createRead(options: ReadOptions): Read {
  const { sources, disclosures, clock, log } = options;

  async function read<N extends SourceName>(request: ReadRequest<N>, context: ReadContext): Promise<ReadResult<N>> {
    const { source, applicant, periode } = request;
    const purpose = await permitted(request, context);

    const wish: ChoiceWish = { source, purpose, periode };
    const choice = await context
      .choose(applicant, wish)
      .catch((error: unknown) => failUndecided(error, request, context, purpose));
    if (!('use' in choice)) {
      const refused = intentionOf(request, context, purpose, choice.decidedBy);
      await recorded('refuse', context, () => disclosures.refuse(refused, endingBy(choice.reason, 0)));
      return { kind: 'consent required', source, ...choice };
    }

    const consent = choice.use;
    const intention = intentionOf(request, context, purpose, consent);
    await recorded('intend', context, () => disclosures.intend(intention));

    const counter = { attempts: 0 };
    const taken = await take(request, context, consent, sources[request.source], counter).catch((error: unknown) =>
      fail(error, intention, counter, context),
    );
    if ('refusedBecause' in taken) {
      const ending = endingBy(taken.refusedBecause, counter.attempts);
      await recorded('settle', context, () => disclosures.settle(intention, ending));
      await taken.remember();
      return readAnew(request, context, purpose);
    }

    reportDrift(source, taken.drift, context);
    const retrievedAt = clock.now();
    const settled = await recorded('settle', context, () =>
      disclosures.settle(intention, {
        at: retrievedAt,
        outcome: 'DELIVERED',
        refusedBecause: null,
        errorCode: null,
        attempts: counter.attempts,
        payload: JSON.stringify(taken.answer),
      }),
    );
    if (settled === 'CONSENT_ENDED') {
      context.forget(applicant);
      return readAnew(request, context, purpose);
    }
    return {
      kind: 'delivered',
      source,
      answer: taken.answer,
      consent,
      uttrekksperiode: effectivePeriode(consent, periode),
      retrievedAt,
      disclosureId: intention.id,
    };
  }

  /**
   * After a consent ended under a read that is recorded already: another consent may still allow it, else that is the
   * answer. Every turn uses up one consent, since an end is never undone, so the turns come to an end too. One that NAV
   * refuses and that stays in force has delivered meanwhile: the next refusal is a fault.
   */
  async function readAnew<N extends SourceName>(
    request: ReadRequest<N>,
    context: ReadContext,
    purpose: Purpose,
  ): Promise<ReadResult<N>> {
    const { source, applicant, periode } = request;
    const next = await context.choose(applicant, { source, purpose, periode });
    return 'use' in next ? read(request, context) : { kind: 'consent required', source, ...next };
  }

  /** Step a: may this caller read this source, for this purpose? A refusal is recorded too. */
  async function permitted(request: ReadRequest<SourceName>, context: ReadContext): Promise<Purpose> {
    try {
      assertMayRead(context.caller, request.source);
      return purposeOf(context.caller, request.purpose);
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'FORBIDDEN') {
        const refused = intentionOf(request, context, request.purpose, null);
        await recorded('refuse', context, () => disclosures.refuse(refused, endingWith('REFUSED', error.code, 0)));
      }
      throw error;
    }
  }

  /** A read that went wrong ends in the log with its code; should even that fail, it stays UNSETTLED there. */
  async function fail(
    error: unknown,
    intention: Intention,
    counter: { attempts: number },
    context: ReadContext,
  ): Promise<never> {
    try {
      await disclosures.settle(intention, endingWith('FAILED', codeOf(error), counter.attempts));
    } catch (failure) {
      log({ event: 'record failed', callId: context.callId, step: 'settle', name: framesOf(failure).name });
    }
    throw error;
  }

  /** A read that went wrong before its consent was known is in the log too, under none. */
  async function failUndecided(
    error: unknown,
    request: ReadRequest<SourceName>,
    context: ReadContext,
    purpose: Purpose,
  ): Promise<never> {
    const undecided = intentionOf(request, context, purpose, null);
    await recorded('refuse', context, () => disclosures.refuse(undecided, endingWith('FAILED', codeOf(error), 0)));
    throw error;
  }

  async function recorded<T>(
    step: 'intend' | 'settle' | 'refuse',
    context: ReadContext,
    record: () => Promise<T>,
  ): Promise<T> {
    try {
      return await record();
    } catch (failure) {
      log({ event: 'record failed', callId: context.callId, step, name: framesOf(failure).name });
      throw new GatewayError(
        'AUDIT_UNAVAILABLE',
        step === 'settle'
          ? 'The disclosure could not be recorded, so what was read is not shown. Try again later; tell the operator.'
          : 'The disclosure could not be recorded, so nothing was read. Try again later; tell the operator.',
      );
    }
  }

  function intentionOf(
    request: ReadRequest<SourceName>,
    context: ReadContext,
    purpose: Purpose | null,
    consent: Consent | null,
  ): Intention {
    return {
      id: randomUUID(),
      at: clock.now(),
      caller: context.caller,
      applicant: request.applicant,
      source: request.source,
      purpose,
      requested: request.periode,
      consent,
      callId: context.callId,
    };
  }

  /** No consent allows it: REFUSED when NAV was not asked, WITHHELD when it was. */
  function endingBy(reason: ConsentRequiredReason, attempts: number): Settlement {
    const outcome = attempts === 0 ? 'REFUSED' : 'WITHHELD';
    return { at: clock.now(), outcome, refusedBecause: reason, errorCode: null, attempts, payload: null };
  }

  function endingWith(outcome: 'REFUSED' | 'FAILED', errorCode: ErrorCode, attempts: number): Settlement {
    return { at: clock.now(), outcome, refusedBecause: null, errorCode, attempts, payload: null };
  }

  function reportDrift(source: SourceName, drift: Drift, context: ReadContext): void {
    if (drift.invalidated + drift.outside + drift.cut + drift.unknownCodes.length === 0) return;
    log({ event: 'contract drift', callId: context.callId, source, ...drift });
  }

  return read;
}

function codeOf(error: unknown): ErrorCode {
  return error instanceof GatewayError ? error.code : 'INTERNAL';
}
