import { NationalId, SYNTHETIC_NATIONAL_IDS } from '../values.ts';
import { CAST } from './cast.ts';
import type { Person } from './person.ts';

export type { CastId, Person } from './person.ts';
export { CAST };

/** The civil date in Norway on which the stories of the cast stand as told. */
export const SANDBOX_TODAY = '2026-11-16';

/** The moment a fresh sandbox starts at: ten in the morning in Norway on {@link SANDBOX_TODAY}. */
export const SANDBOX_START = new Date(`${SANDBOX_TODAY}T09:00:00Z`);

/** An organisation of the sandbox: nine digits of the synthetic population. */
export interface Organisation {
  readonly organisationNumber: string;
  readonly name: string;
  readonly shortName: 'A' | 'B' | 'supplier';
}

/** Two insurers that know nothing of each other, and a supplier that may act for one of them. */
export const ORGANISATIONS: readonly Organisation[] = [
  { organisationNumber: '210483713', name: 'Fjordlund Forsikring', shortName: 'A' },
  { organisationNumber: '313772403', name: 'Tindesol Pensjon', shortName: 'B' },
  { organisationNumber: '310990183', name: 'Brobygger Systemer', shortName: 'supplier' },
];

/** A consent resource of Altinn's registry, as far as the doubles need it. */
export interface ConsentResource {
  readonly id: string;
  readonly title: string;
  /** Rights in one request must share it. */
  readonly consentTemplate: string;
  /** Exactly these metadata keys, in this case, must come with a right on the resource. */
  readonly metadataKeys: readonly string[];
  readonly allowedConsumers: 'any' | readonly string[];
}

/** The consent resource that opens AAP and uføreopplysninger alike; the metadata dates are written `dd.MM.yyyy`. */
export const AAP_UFORE_RESOURCE: ConsentResource = {
  id: 'nav_samtykke_dsop_aap-ufore',
  title: 'Arbeidsavklaringspenger og uføretrygd fra NAV',
  consentTemplate: 'dsop_aap_ufore',
  metadataKeys: ['fraogmed', 'tilogmed'],
  allowedConsumers: 'any',
};

/** Every consent resource of the sandbox. */
export const CONSENT_RESOURCES: readonly ConsentResource[] = [AAP_UFORE_RESOURCE];

const byNumber = new Map(CAST.map((person) => [person.nationalId, person]));
const byCastId = new Map(CAST.map((person) => [String(person.id), person]));

/** The person with that number, or undefined: a stranger, whom the doubles treat as NAV treats one it does not know. */
export function personByNumber(digits: string): Person | undefined {
  return byNumber.get(digits);
}

/** The person called `P01` to `P13`, or undefined. */
export function personByCastId(id: string): Person | undefined {
  return byCastId.get(id);
}

/** The organisation with that number, or undefined. */
export function organisationByNumber(digits: string): Organisation | undefined {
  return ORGANISATIONS.find(({ organisationNumber }) => organisationNumber === digits);
}

/**
 * Parses a national id that someone gave the sandbox. Only synthetic numbers are let in, so that no real person can be
 * typed into it by mistake.
 *
 * @returns the id, or why it is refused, in a sentence that does not hold the number.
 */
export function judgeNumber(text: string): NationalId | { readonly refused: string } {
  const parsed = NationalId.parse(text, SYNTHETIC_NATIONAL_IDS);
  if (parsed instanceof NationalId) return parsed;
  return {
    refused:
      parsed.flaw === 'kind'
        ? 'This number could belong to a real person. The sandbox takes synthetic national ids only (third digit 4 to 9).'
        : 'This is no national id: eleven digits, both check digits right, a date that exists.',
  };
}
