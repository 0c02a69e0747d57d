import type { Unanswered } from './bench.ts';
import { OPERATOR } from './contacts.ts';
import type { Verdict } from './findings.ts';

/** Who did not answer. */
export interface Silent {
  /** Name for people: `Maskinporten`. */
  readonly name: string;
  /** Where it was looked for. */
  readonly address: string;
  /** Whom to ask when it is their doing. */
  readonly contact: string;
}

/** The verdict when no answer came, or none that may be taken. */
export function noAnswer({ name, address, contact }: Silent, why: Unanswered): Verdict {
  const { host } = new URL(address);
  switch (why) {
    case 'connect':
      return {
        state: 'wrong',
        seen: `There is no connection to ${name} at ${host}.`,
        todo: 'Check the address in the configuration, the name server, and that firewall and proxy let this machine out to it. If all that is right, ask.',
        ask: [OPERATOR, contact],
      };
    case 'redirect':
      return {
        state: 'wrong',
        seen: `${host} sends calls on to another address, which is never followed.`,
        todo: `Check the address of ${name} in the configuration, and whether a proxy stands in between.`,
        ask: [OPERATOR, contact],
      };
    case 'too-large':
    case 'unreadable':
      return {
        state: 'wrong',
        seen: `${host} answers something that ${name} would not answer.`,
        todo: `Check the address of ${name} in the configuration, and whether a proxy stands in between.`,
        ask: [OPERATOR, contact],
      };
    case 'timeout':
    case 'reset':
    case 'cancelled':
      return {
        state: 'wrong',
        seen: `${name} at ${host} does not answer, or breaks off.`,
        todo: 'Try again in some minutes. If it stays so, check that firewall and proxy let the call through, then ask.',
        ask: [OPERATOR, contact],
      };
  }
}

/** Whether an answer says that its server cannot serve now. */
export function isOutOfService(status: number): boolean {
  return status === 429 || status >= 500;
}

/** The verdict on such an answer. */
export function outOfService({ name, contact }: Silent, status: number): Verdict {
  return {
    state: 'wrong',
    seen: `${name} answers that it cannot serve now (HTTP ${status}).`,
    todo: 'Try again in some minutes. If it stays so, ask.',
    ask: [contact],
  };
}
