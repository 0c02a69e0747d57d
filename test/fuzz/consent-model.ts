/** The statuses after which nothing may be read, and which nothing undoes. */
const FINAL: readonly string[] = ['DECLINED', 'WITHDRAWN', 'RELINQUISHED'];

/** A consent as whoever stands outside the gateway knows it: what the person did at Altinn, what the insurer did here. */
export interface ModelConsent {
  readonly id: string;
  readonly insurer: 'a' | 'b';
  /** First day of its period: what tells the terms apart. */
  readonly fom: string;
  readonly validTo: Date;
  readonly altinnId: string;
  readonly pageUrl: string;
  readonly returnAddress: string;
  atAltinn: 'asked' | 'given' | 'declined' | 'withdrawn';
  isGivenUp: boolean;
  /** The status that the gateway last said it has. */
  lastSeen: string;
}

/** Whether a look at the consent from outside says that it may be used now. */
export function stands({ atAltinn, isGivenUp, validTo }: ModelConsent, now: Date): boolean {
  return atAltinn === 'given' && !isGivenUp && now < validTo;
}

/**
 * What is wrong with a status that the gateway tells of a consent, after `lastSeen`; undefined when it may be so. The gateway
 * may know less than the person, never something else.
 */
export function flawOf(consent: ModelConsent, status: string, now: Date): string | undefined {
  const { atAltinn, isGivenUp, validTo, lastSeen } = consent;
  if (FINAL.includes(lastSeen) && status !== lastSeen) return `${lastSeen} was undone: ${status}`;
  if (lastSeen === 'EXPIRED' && status !== 'EXPIRED' && !FINAL.includes(status)) return `EXPIRED was undone: ${status}`;
  if (lastSeen === 'ACTIVE' && status === 'PENDING') return 'a given consent is asked for again';
  const mayBe: Readonly<Record<string, boolean>> = {
    PENDING: now < validTo && !isGivenUp,
    ACTIVE: now < validTo && !isGivenUp && (atAltinn === 'given' || atAltinn === 'withdrawn'),
    DECLINED: atAltinn === 'declined',
    WITHDRAWN: atAltinn === 'withdrawn',
    RELINQUISHED: isGivenUp,
    EXPIRED: now >= validTo,
  };
  return mayBe[status] === true
    ? undefined
    : `${status}, while at Altinn it is ${atAltinn}${isGivenUp ? ' and given up' : ''}`;
}

/** Whether data may be handed over under a consent; `stoodBefore`: it stood when its credential was issued. */
export function mayDeliver(consent: ModelConsent, now: Date, stoodBefore: boolean): boolean {
  if (consent.isGivenUp || now >= consent.validTo || FINAL.includes(consent.lastSeen)) return false;
  return stoodBefore || stands(consent, now);
}
