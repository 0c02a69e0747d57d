import type { Clock } from '../clock.ts';
import { millisecondsOf, nextEventId, writeMoment } from './altinn3-moments.ts';
import { personUrn } from './altinn3-parties.ts';
import type { Problem } from './altinn3-problems.ts';
import { consentProblem, validationError, validationProblem } from './altinn3-problems.ts';
import type { Altinn3State, ConsentEvent, ConsentEventType, ConsentRecord, ConsentStatus } from './altinn3-state.ts';

/** What a person's answer came to: done (also when it had been done before), or the problem of it. */
export type Answered = { readonly done: ConsentRecord } | { readonly problem: Problem };

/** The consents and their life: Created, then Accepted or Rejected; Accepted, then Revoked. Expiry changes no status. */
export interface ConsentRegister {
  find(id: string): ConsentRecord | undefined;
  /** Consents a person was asked for, newest first. */
  askedOf(nationalId: string): ConsentRecord[];
  /** Consents whose receiver is the organisation with that URN. */
  receivedBy(urn: string): ConsentRecord[];
  /** Stores a new request with its first event. */
  add(request: Omit<ConsentRecord, 'status' | 'consented' | 'events'>, performedBy: string): ConsentRecord;
  /** Stores a consent that was migrated from Altinn 2, with what had happened to it. One whose id is known stays as it is. */
  migrate(consent: Omit<ConsentRecord, 'events'>, history: readonly Omit<ConsentEvent, 'id'>[]): void;
  accept(id: string, nationalId: string): Answered;
  reject(id: string, nationalId: string): Answered;
  revoke(id: string, nationalId: string): Answered;
  isExpired(consent: ConsentRecord): boolean;
  /** Whether this person may answer: the one asked, and the required delegator where one is set. */
  mayAnswer(consent: ConsentRecord, nationalId: string): boolean;
}

/** When Altinn moved the consents that were in force. The ids of their events are assumed to be of that day. */
const MIGRATED_AT = new Date('2026-06-22T08:00:00Z');

/** The register over the double's state; every event gets its time from the clock. */
export function createConsentRegister(state: Altinn3State, clock: Clock): ConsentRegister {
  function record(consent: ConsentRecord, eventType: ConsentEventType, performedBy: string): string {
    const now = clock.now();
    const created = writeMoment(now);
    state.lastEventId = nextEventId(state.lastEventId, now);
    consent.events.push({ id: state.lastEventId, eventType, created, performedBy });
    return created;
  }

  const isExpired = (consent: ConsentRecord) => millisecondsOf(consent.validTo) <= clock.now().getTime();

  const mayAnswer = ({ from, requiredDelegator }: ConsentRecord, nationalId: string) => {
    const person = personUrn(nationalId);
    return from === person && (requiredDelegator === null || requiredDelegator === person);
  };

  /** One step from one status to another; the same step again changes nothing and is no mistake. */
  function step(
    id: string,
    nationalId: string,
    move: {
      readonly from: ConsentStatus;
      readonly to: ConsentStatus;
      readonly wrongStatus: Problem;
      readonly obstacle?: (consent: ConsentRecord) => Problem | null;
    },
  ): Answered {
    const consent = state.consents[id];
    if (consent === undefined) return { problem: consentProblem('AM-00001') };
    if (!mayAnswer(consent, nationalId)) return { problem: consentProblem('AM-00000') };
    if (consent.status === move.to) return { done: consent };
    if (consent.status !== move.from) return { problem: move.wrongStatus };
    const obstacle = move.obstacle?.(consent) ?? null;
    if (obstacle !== null) return { problem: obstacle };
    consent.status = move.to;
    const moment = record(consent, move.to, personUrn(nationalId));
    if (move.to === 'Accepted') consent.consented = moment;
    return { done: consent };
  }

  const obstacleToAccepting = (consent: ConsentRecord): Problem | null => {
    if (isExpired(consent)) return validationProblem([validationError('AM.VLD-00022', 'ValidTo')]);
    const delegable = consent.consentRights.every(({ action }) => action.every((name) => name === 'consent'));
    return delegable ? null : consentProblem('AM-00000');
  };

  return {
    find: (id) => state.consents[id],
    askedOf: (nationalId) =>
      Object.values(state.consents)
        .filter(({ from }) => from === personUrn(nationalId))
        .toSorted((one, other) => (firstEvent(one) < firstEvent(other) ? 1 : -1)),
    receivedBy: (urn) => Object.values(state.consents).filter(({ to }) => to === urn),
    add: (request, performedBy) => {
      const consent: ConsentRecord = { ...request, status: 'Created', consented: null, events: [] };
      record(consent, 'Created', performedBy);
      state.consents[consent.id] = consent;
      return consent;
    },
    migrate: (consent, history) => {
      if (state.consents[consent.id] !== undefined) return;
      const events = history.map((event) => {
        state.lastEventId = nextEventId(state.lastEventId, MIGRATED_AT);
        return { ...event, id: state.lastEventId };
      });
      state.consents[consent.id] = { ...consent, events };
    },
    accept: (id, nationalId) =>
      step(id, nationalId, {
        from: 'Created',
        to: 'Accepted',
        wrongStatus: consentProblem('AM-00002'),
        obstacle: obstacleToAccepting,
      }),
    reject: (id, nationalId) =>
      step(id, nationalId, { from: 'Created', to: 'Rejected', wrongStatus: consentProblem('AM-00015') }),
    revoke: (id, nationalId) =>
      step(id, nationalId, { from: 'Accepted', to: 'Revoked', wrongStatus: consentProblem('AM-00010') }),
    isExpired,
    mayAnswer,
  };
}

function firstEvent({ events }: ConsentRecord): string {
  return events[0]?.id ?? '';
}
