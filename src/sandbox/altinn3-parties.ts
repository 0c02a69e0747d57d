import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isOrganisationNumber } from '../values.ts';
import { CAST, judgeNumber, ORGANISATIONS, organisationByNumber, personByNumber } from './world.ts';

const PERSON = 'urn:altinn:person:identifier-no:';
const ORGANISATION = 'urn:altinn:organization:identifier-no:';
const PARTY_UUID = 'urn:altinn:party:uuid:';

/** A party as a URN names it. The `urn` is the external identifier, also when the party came as a party UUID. */
export type Party =
  | { readonly kind: 'person'; readonly urn: string; readonly number: string }
  | { readonly kind: 'organisation'; readonly urn: string; readonly number: string };

/** The URN of a person. Holds the national id: never for a log. */
export function personUrn(nationalId: string): string {
  return `${PERSON}${nationalId}`;
}

/** The URN of an organisation. */
export function organisationUrn(organisationNumber: string): string {
  return `${ORGANISATION}${organisationNumber}`;
}

/** What a text that should be a party URN turns out to be. A refusal's sentence never holds the text. */
export type PartyUrn =
  | { readonly party: Party }
  /** A URN of Altinn's that is well formed and names something Altinn's mapping does not handle. */
  | { readonly unmapped: true }
  /** A party UUID that belongs to nobody. */
  | { readonly stranger: string }
  | { readonly refused: string };

/**
 * Reads a party URN as Altinn binds it: check digits are verified here, at parse, both of a person and of an
 * organisation. Numbers that could be a real person's are refused, which is the sandbox's own rule.
 */
export function parsePartyUrn(text: string): PartyUrn {
  if (text.startsWith(PERSON)) {
    const number = text.slice(PERSON.length);
    const judged = judgeNumber(number);
    return 'refused' in judged ? judged : { party: { kind: 'person', urn: text, number } };
  }
  if (text.startsWith(ORGANISATION)) {
    const number = text.slice(ORGANISATION.length);
    return isOrganisationNumber(number)
      ? { party: { kind: 'organisation', urn: text, number } }
      : { refused: 'This is no organisation number: nine digits, the check digit right.' };
  }
  if (text.startsWith(PARTY_UUID)) {
    const uuid = z.guid().safeParse(text.slice(PARTY_UUID.length));
    if (!uuid.success) return { refused: 'This is no UUID.' };
    const party = PARTIES.find(({ urn }) => partyUuidUrn(urn) === `${PARTY_UUID}${uuid.data.toLowerCase()}`);
    return party === undefined ? { stranger: text } : { party };
  }
  return /^urn:altinn:[a-z-]+(:[a-z-]+)*:\w[\w-]*$/.test(text)
    ? { unmapped: true }
    : { refused: 'This is no URN of a person or an organisation.' };
}

const PARTIES: readonly Party[] = [
  ...CAST.map(({ nationalId }): Party => ({ kind: 'person', urn: personUrn(nationalId), number: nationalId })),
  ...ORGANISATIONS.map(
    ({ organisationNumber }): Party => ({
      kind: 'organisation',
      urn: organisationUrn(organisationNumber),
      number: organisationNumber,
    }),
  ),
];

/** Whether Altinn's register holds the party: the cast and the organisations of the world, nobody else. */
export function isKnown({ kind, number }: Party): boolean {
  switch (kind) {
    case 'person':
      return personByNumber(number) !== undefined;
    case 'organisation':
      return organisationByNumber(number) !== undefined;
  }
}

/** The party's UUID as a URN, the same every time: how the internal model names whoever acted. */
export function partyUuidUrn(urn: string): string {
  const hex = createHash('sha256').update(urn).digest('hex');
  return `${PARTY_UUID}${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
