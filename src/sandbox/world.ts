import { NationalId, SYNTHETIC_NATIONAL_IDS } from '../values.ts';
import { CAST } from './cast.ts';
import type { Person } from './person.ts';

export type { CastId, Person } from './person.ts';
export { CAST };

/** The civil date in Norway on which the stories of the cast stand as told. */
export const SANDBOX_TODAY = '2026-11-16';

/** The moment a fresh sandbox starts at: ten in the morning in Norway on {@link SANDBOX_TODAY}. */
export const SANDBOX_START = new Date(`${SANDBOX_TODAY}T09:00:00Z`);

/** The organisation numbers by short name, all of the synthetic population. */
export const NUMBERS = {
  A: '210483713',
  B: '313772403',
  supplier: '310990183',
  C: '311482076',
  D: '315609321',
  E: '212975486',
} as const;

/** An organisation of the sandbox: nine digits of the synthetic population. */
export interface Organisation {
  readonly organisationNumber: string;
  readonly name: string;
  readonly shortName: keyof typeof NUMBERS;
  /** How it stands with Maskinporten, and so what it is in the sandbox for, in one English line. */
  readonly story: string;
}

/**
 * Five insurers that know nothing of each other, and a supplier. In A and B everything is in place; in C, D and E the way
 * to Maskinporten is another one, or not open yet. The order is that of the stories, and kept.
 */
export const ORGANISATIONS: readonly Organisation[] = [
  {
    organisationNumber: NUMBERS.A,
    name: 'Fjordlund Forsikring',
    shortName: 'A',
    story: 'Has delegated every scope to the supplier, which acts for it; has a client with a registered key as well.',
  },
  {
    organisationNumber: NUMBERS.B,
    name: 'Tindesol Pensjon',
    shortName: 'B',
    story: 'As Fjordlund Forsikring: every scope delegated to the supplier, and a client with a registered key.',
  },
  {
    organisationNumber: NUMBERS.supplier,
    name: 'Brobygger Systemer',
    shortName: 'supplier',
    story:
      'The supplier: has a client with a registered key, and acts for the insurers that have delegated scopes to it.',
  },
  {
    organisationNumber: NUMBERS.C,
    name: 'Lyngtopp Livsforsikring',
    shortName: 'C',
    story: 'Proves itself by an enterprise certificate: its client has no registered key.',
  },
  {
    organisationNumber: NUMBERS.D,
    name: 'Soldogg Forsikring',
    shortName: 'D',
    story: 'Has no client: the supplier is to act for it, but nothing is delegated yet (MP-251).',
  },
  {
    organisationNumber: NUMBERS.E,
    name: 'Siljebris Pensjon',
    shortName: 'E',
    story: 'Its client’s key was registered more than a year ago, and has expired (MP-121).',
  },
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

/**
 * What NAV's service 5252, edition 2, of Altinn 2 became when its consents were moved to Altinn 3. Nobody can ask for it. The
 * id follows the form that is documented for such resources; that NAV's has it is unconfirmed.
 */
export const MIGRATED_RESOURCE: ConsentResource = {
  id: 'nav_5252_2',
  title: 'Syke- og uføreopplysninger fra NAV',
  consentTemplate: 'standard',
  metadataKeys: ['navn', 'fraogmed', 'tilogmed'],
  allowedConsumers: [],
};

/** Every consent resource of the sandbox. */
export const CONSENT_RESOURCES: readonly ConsentResource[] = [AAP_UFORE_RESOURCE, MIGRATED_RESOURCE];

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
