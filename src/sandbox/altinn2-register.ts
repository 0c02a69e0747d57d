import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Altinn2Consent, Altinn2Resource, Altinn2State } from './altinn2-state.ts';

/** What is stored about a new request; the register adds code, status and times. */
export type NewAltinn2Request = Omit<
  Altinn2Consent,
  'code' | 'status' | 'created' | 'lastChanged' | 'delegated' | 'ended' | 'uses'
>;

/** The consents and their life: Unopened, Opened, then Accepted or Rejected. What ends a given consent changes no status. */
export interface Altinn2Register {
  find(code: string): Altinn2Consent | undefined;
  all(): readonly Altinn2Consent[];
  /** Consents a person was asked for, newest first. */
  askedOf(nationalId: string): readonly Altinn2Consent[];
  add(request: NewAltinn2Request): Altinn2Consent;
  /** Marks a request as seen by whoever may answer it. */
  open(consent: Altinn2Consent): void;
  /** Answers an unanswered request that has not run out. @returns whether it could be */
  answer(code: string, nationalId: string, answer: 'Accepted' | 'Rejected'): boolean;
  /** Ends a given consent for its person. @returns whether it stood */
  revoke(code: string, nationalId: string): boolean;
  /** Ends a given consent for its receiver. */
  relinquish(consent: Altinn2Consent): void;
  /** Writes a use down; the last one, where the service is for one use. */
  logUse(consent: Altinn2Consent, use: { readonly by: string; readonly usedAt: string } & ServiceName): void;
  remove(consent: Altinn2Consent): void;
  isUnanswered(consent: Altinn2Consent): boolean;
  isExpired(consent: Altinn2Consent): boolean;
  /** Given, not ended, not run out: its code can be exchanged. */
  isAlive(consent: Altinn2Consent): boolean;
  /** Whether this person may answer: the required delegator where one is set, and nobody else but the one asked. */
  mayAnswer(consent: Altinn2Consent, nationalId: string): boolean;
}

type ServiceName = Pick<Altinn2Resource, 'code' | 'edition'>;

/** The register over the double's state; times are the clock's. */
export function createAltinn2Register(state: Altinn2State, clock: Clock): Altinn2Register {
  const now = () => clock.now().toISOString();

  const isExpired = ({ validTo }: Altinn2Consent) => new Date(validTo) <= clock.now();
  const isUnanswered = ({ status }: Altinn2Consent) => status === 'Unopened' || status === 'Opened';
  const isAlive = (consent: Altinn2Consent) =>
    consent.status === 'Accepted' && consent.ended === null && !isExpired(consent);
  const mayAnswer = ({ offeredBy, requiredDelegator }: Altinn2Consent, nationalId: string) =>
    offeredBy === nationalId && (requiredDelegator === null || requiredDelegator === nationalId);

  const serviceOf = ({ code, edition }: ServiceName) =>
    state.services.find((service) => service.code === code && service.edition === edition);

  return {
    find: (code) => state.consents[code],
    all: () => Object.values(state.consents),
    askedOf: (nationalId) =>
      Object.values(state.consents)
        .filter(({ offeredBy }) => offeredBy === nationalId)
        .toReversed(),
    add: (request) => {
      const created = now();
      const consent: Altinn2Consent = {
        ...request,
        code: randomUUID(),
        status: 'Unopened',
        created,
        lastChanged: created,
        delegated: null,
        ended: null,
        uses: [],
      };
      state.consents[consent.code] = consent;
      return consent;
    },
    open: (consent) => {
      if (consent.status !== 'Unopened') return;
      consent.status = 'Opened';
      consent.lastChanged = now();
    },
    answer: (code, nationalId, answer) => {
      const consent = state.consents[code];
      if (consent === undefined || !mayAnswer(consent, nationalId)) return false;
      if (!isUnanswered(consent) || isExpired(consent)) return false;
      consent.status = answer;
      consent.lastChanged = now();
      if (answer === 'Accepted') consent.delegated = consent.lastChanged;
      return true;
    },
    revoke: (code, nationalId) => {
      const consent = state.consents[code];
      if (consent === undefined || consent.offeredBy !== nationalId || !isAlive(consent)) return false;
      consent.ended = { at: now(), how: 'revoked' };
      return true;
    },
    relinquish: (consent) => {
      consent.ended = { at: now(), how: 'relinquished' };
    },
    logUse: (consent, use) => {
      consent.uses.push({ ...use, loggedAt: now() });
      if (serviceOf(use)?.isOneTime === true) consent.ended = { at: now(), how: 'used' };
    },
    remove: ({ code }) => {
      delete state.consents[code];
    },
    isUnanswered,
    isExpired,
    isAlive,
    mayAnswer,
  };
}
