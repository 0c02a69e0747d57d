import { inspect } from 'node:util';
import { idnr as classify } from '@navikt/fnrvalidator';

/**
 * A value that must not be printed by accident: its string, JSON and inspect forms are the same mask.
 * Reading the value is always a method with a name of its own, so that every use can be found by search.
 */
abstract class Unprintable {
  protected abstract mask(): string;

  toString(): string {
    return this.mask();
  }

  toJSON(): string {
    return this.mask();
  }

  [inspect.custom](): string {
    return this.mask();
  }
}

/**
 * How a national id was issued: `fnr` and `dnr` belong to real people; the others exist in test populations only
 * (`tnr` month + 80, `hnr` month + 40, each also on a D-number).
 */
export type NationalIdKind = 'fnr' | 'dnr' | 'tnr' | 'hnr' | 'dnr-and-tnr' | 'dnr-and-hnr';

/** The kinds that can belong to a person. What production accepts. */
export const REAL_NATIONAL_IDS: readonly NationalIdKind[] = ['fnr', 'dnr'];

/** The kinds that cannot belong to a person. What sandbox and test environments accept. */
export const SYNTHETIC_NATIONAL_IDS: readonly NationalIdKind[] = ['tnr', 'hnr', 'dnr-and-tnr', 'dnr-and-hnr'];

/** Why a text is no acceptable national id. `kind`: a sound number, but of a population this environment refuses. */
export type NationalIdFlaw = 'length' | 'checksum' | 'date' | 'kind';

const ELEVEN_DIGITS = /^\d{11}$/;

/**
 * A fødselsnummer or D-number, parsed once. The only way to the digits is {@link NationalId.reveal}.
 *
 * Both check digits are verified under the rules that hold from 2032 (a superset of today's); century and gender are
 * never derived from the number.
 */
export class NationalId extends Unprintable {
  readonly #digits: string;
  readonly kind: NationalIdKind;

  private constructor(digits: string, kind: NationalIdKind) {
    super();
    this.#digits = digits;
    this.kind = kind;
  }

  /**
   * Parses eleven digits (no spaces) of one of the accepted kinds.
   *
   * @returns the id, or the first flaw found; never throws, never holds the text that was refused.
   */
  static parse(text: string, accepted: readonly NationalIdKind[]): NationalId | { flaw: NationalIdFlaw } {
    if (!ELEVEN_DIGITS.test(text)) return { flaw: 'length' };
    const verdict = classify(text);
    if (verdict.status === 'invalid') {
      return { flaw: verdict.reasons.includes("checksums don't match") ? 'checksum' : 'date' };
    }
    return accepted.includes(verdict.type) ? new NationalId(text, verdict.type) : { flaw: 'kind' };
  }

  /** The eleven digits, for the wire to Altinn, Maskinporten and NAV, for encryption, and for callers allowed to see them. */
  reveal(): string {
    return this.#digits;
  }

  /** First six digits and five stars, as Altinn masks it: `148388*****`. For people who may know whom they ask about. */
  masked(): string {
    return `${this.#digits.slice(0, 6)}*****`;
  }

  protected mask(): string {
    return '[national id]';
  }
}

/**
 * A token, key or password. Its string, JSON and inspect forms name what it is and nothing else.
 */
export class Secret extends Unprintable {
  readonly #value: string;
  readonly #name: string;

  /** @param name what the secret is, for the mask: `access token`, `signing key` */
  constructor(value: string, name: string) {
    super();
    this.#value = value;
    this.#name = name;
  }

  /** The secret itself, for the wire and for cryptography. */
  reveal(): string {
    return this.#value;
  }

  protected mask(): string {
    return `[${this.#name}]`;
  }
}

/** Nine digits whose check digit (modulus 11) is right. Real ones start with 8 or 9, synthetic ones with 2 or 3. */
export type OrganisationNumber = string & { readonly organisationNumber: unique symbol };

const ORGANISATION_WEIGHTS = [3, 2, 7, 6, 5, 4, 3, 2];

/** Tells whether a text is a well-formed organisation number; says nothing about whether it is registered. */
export function isOrganisationNumber(text: string): text is OrganisationNumber {
  if (!/^\d{9}$/.test(text)) return false;
  const sum = ORGANISATION_WEIGHTS.reduce((total, weight, at) => total + weight * Number(text[at]), 0);
  const remainder = sum % 11;
  return remainder === 0 ? text.endsWith('0') : 11 - remainder === Number(text[8]);
}

/** Tells whether an organisation number belongs to the synthetic population of Test-Norge (first digit 2 or 3). */
export function isSyntheticOrganisation(organisation: OrganisationNumber): boolean {
  return /^[23]/.test(organisation);
}

/** Tells whether a text holds a number that is a sound national id of any population: what no document may hold. */
export function holdsNationalId(text: string): boolean {
  const candidates = [...text.matchAll(/(?<!\d)(\d{6})[ -]?(\d{5})(?!\d)/g)];
  return candidates.some(([, birth, rest]) => classify(`${birth}${rest}`).status === 'valid');
}

/** With or without its hyphens, and with version and variant in their places: nobody writes one by hand. */
const UUID = /(?<![a-z\d])[\da-f]{8}(-?)[\da-f]{4}\1[1-8][\da-f]{3}\1[89ab][\da-f]{3}\1[\da-f]{12}(?![a-z\d])/gi;

/**
 * Tells whether a text holds eleven consecutive digits, with or without a space after the sixth: it may be a national id.
 * A whole UUID is passed over: one in 235 has eleven digits in a row, and means nobody.
 */
export function resemblesNationalId(text: string): boolean {
  return /(?<!\d)\d{6}[ -]?\d{5}(?!\d)/.test(text.replaceAll(UUID, ''));
}
