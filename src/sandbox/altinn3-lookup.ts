import type { Clock } from '../clock.ts';
import { millisecondsOf } from './altinn3-moments.ts';
import type { ConsentProblemCode } from './altinn3-problems.ts';
import { consentProblem, MULTIPLE_PROBLEMS } from './altinn3-problems.ts';
import type { Altinn3State, ConsentRecord, ConsentRight } from './altinn3-state.ts';

/** A consent that holds, as Maskinporten puts it into a token. */
export interface GivenConsent {
  readonly id: string;
  readonly from: string;
  /** Nine digits of the consent's receiver. */
  readonly toOrganisation: string;
  readonly consented: string;
  readonly validTo: string;
  readonly consentRights: readonly ConsentRight[];
}

/** What Maskinporten hears when it asks about a consent: the consent, or status and code of the refusal. */
export type LookupAnswer =
  | { readonly given: GivenConsent }
  | { readonly refused: { readonly status: number; readonly code: ConsentProblemCode | 'STD-00001' } };

/** Maskinporten's question: consent id (UUID, lower case), giver and receiver as URNs. */
export interface LookupQuestion {
  readonly id: string;
  readonly from: string;
  readonly to: string;
}

/** Answers at once, from what the register holds at this moment. */
export type ConsentLookup = (question: LookupQuestion) => LookupAnswer;

/**
 * The checks Altinn makes for Maskinporten: receiver or handler, giver, validity, status. Two or more that fail give
 * `STD-00001` with 500; an unknown id is answered at once.
 */
export function createLookup(state: Altinn3State, clock: Clock): ConsentLookup {
  return ({ id, from, to }) => {
    const consent = state.consents[id];
    if (consent === undefined) return refuse('AM-00001');
    const flaws: ConsentProblemCode[] = [];
    if (to !== consent.to && to !== consent.handledBy) flaws.push('AM-00001');
    if (from !== consent.from) flaws.push('AM-00012');
    if (millisecondsOf(consent.validTo) <= clock.now().getTime()) flaws.push('AM-00013');
    const { consented } = consent;
    const unaccepted = flawOfStatus(consent);
    if (unaccepted !== null) flaws.push(unaccepted);

    const [flaw, ...others] = flaws;
    if (others.length > 0) return { refused: MULTIPLE_PROBLEMS };
    if (flaw !== undefined) return refuse(flaw);
    if (consented === null) return refuse('AM-00014');
    const toOrganisation = consent.to.slice(consent.to.lastIndexOf(':') + 1);
    return {
      given: {
        id,
        from: consent.from,
        toOrganisation,
        consented,
        validTo: consent.validTo,
        consentRights: consent.consentRights,
      },
    };
  };
}

function flawOfStatus({ status }: ConsentRecord): ConsentProblemCode | null {
  switch (status) {
    case 'Accepted':
      return null;
    case 'Revoked':
      return 'AM-00011';
    case 'Created':
    case 'Rejected':
    case 'Deleted':
      return 'AM-00014';
  }
}

function refuse(code: ConsentProblemCode): LookupAnswer {
  return { refused: { status: consentProblem(code).status, code } };
}
