import type { BoundedPeriode } from '../periode.ts';
import { isOrdered } from '../periode.ts';
import { statusAt } from './consent.ts';
import type {
  Applicant,
  Consent,
  ConsentStatus,
  MigratedConsent,
  Purpose,
  RequestedPeriode,
  TriedCode,
} from './ports.ts';

/**
 * What a consent of Altinn 2 is good for now.
 *
 * - `USABLE`: the person's consent stands and is stored; reads use it
 * - `ASK_AGAIN`: it gives no access, or not for this purpose; the person must be asked
 * - `UNKNOWN`: Altinn has no such consent of this person for this data consumer; somebody must look at the list
 */
export type MigrationOutcome = 'USABLE' | 'ASK_AGAIN' | 'UNKNOWN';

/**
 * Why a consent is not usable: what became of it, or
 *
 * - `PENDING`: the person has not answered the old request
 * - `TOKEN_REFUSED`: Altinn says that it stands, and Maskinporten issues no token for it
 * - `NO_PERIOD`: neither Altinn nor the list says which dates it shows
 * - `OTHER_PURPOSE`: it was taken over for another purpose before
 * - `NOT_FOUND`: Altinn does not know the code
 * - `MISMATCH`: Altinn knows the code as another person's consent, or as given to another organisation
 */
export type MigrationReason =
  | Exclude<ConsentStatus, 'ACTIVE'>
  | 'TOKEN_REFUSED'
  | 'NO_PERIOD'
  | 'OTHER_PURPOSE'
  | 'NOT_FOUND'
  | 'MISMATCH';

/** What was found out about a consent of Altinn 2. */
export interface Finding {
  readonly outcome: MigrationOutcome;
  /** Null when it is usable. */
  readonly reason: MigrationReason | null;
  /** Id of the stored consent; null: nothing is stored of it. */
  readonly consent: string | null;
  /** Which dates it shows; null: nobody knows, or it is not this person's. */
  readonly periode: BoundedPeriode | null;
}

/** What of a consent is worth storing: how it stands, and its terms. */
export type Sound = Exclude<TriedCode, 'MISMATCH'> & Pick<MigratedConsent, 'status' | 'periode'>;

/** What a stored consent is good for, for this person and purpose. */
export function findingOf(consent: Consent, applicant: Applicant, purpose: Purpose, now: Date): Finding {
  if (consent.applicant.id !== applicant.id) return unknown('MISMATCH');
  const { id, periode } = consent;
  if (consent.purpose !== purpose) return { outcome: 'ASK_AGAIN', reason: 'OTHER_PURPOSE', consent: id, periode };
  const status = statusAt(consent, now);
  return status === 'ACTIVE'
    ? { outcome: 'USABLE', reason: null, consent: id, periode }
    : { outcome: 'ASK_AGAIN', reason: status, consent: id, periode };
}

/**
 * Judges what trying a code has shown: a finding when nothing of it can be stored, else what is to be stored. Altinn's dates
 * go before those of the list, and dates of Altinn's that cannot be read are not replaced by them.
 *
 * @param listed the dates by the data consumer's own list
 */
export function judgeTried(tried: TriedCode | undefined, listed: RequestedPeriode): Finding | Sound {
  if (tried === undefined) return unknown('NOT_FOUND');
  if (tried === 'MISMATCH') return unknown('MISMATCH');
  const { status } = tried.lookup;
  const periode = boundedBy(tried.periode, listed);
  const askAgain = (reason: MigrationReason): Finding => ({ outcome: 'ASK_AGAIN', reason, consent: null, periode });
  if (status === 'PENDING') return askAgain('PENDING');
  if (status === 'ACTIVE' && !tried.opens) return askAgain('TOKEN_REFUSED');
  if (periode === null) return askAgain(status === 'ACTIVE' ? 'NO_PERIOD' : status);
  return { ...tried, status, periode };
}

/** Both ends, each from the first that has it; null when one is missing, or the first lies after the last. */
function boundedBy(known: RequestedPeriode | undefined, listed: RequestedPeriode): BoundedPeriode | null {
  if (known === undefined) return null;
  const [fom, tom] = [known.fom ?? listed.fom, known.tom ?? listed.tom];
  return fom !== null && tom !== null && isOrdered({ fom, tom }) ? { fom, tom } : null;
}

function unknown(reason: 'NOT_FOUND' | 'MISMATCH'): Finding {
  return { outcome: 'UNKNOWN', reason, consent: null, periode: null };
}
