import { millisecondsOf } from './altinn3-moments.ts';
import type { ConsentRecord } from './altinn3-state.ts';
import { writtenDate, writtenMoment } from './page-dates.ts';
import type { Language } from './page-language.ts';
import { LANGUAGES } from './page-language.ts';
import type { ShownStatus } from './page-texts.ts';
import { TEXTS } from './page-texts.ts';
import type { ConsentResource } from './world.ts';
import { AAP_UFORE_RESOURCE, MIGRATED_RESOURCE, organisationByNumber } from './world.ts';

/** A consent, or a request for one, in words that its giver reads. */
export interface ShownConsent {
  readonly id: string;
  readonly asker: string;
  readonly askerNumber: string;
  /** Whoever sent the request for the asker, or empty. */
  readonly handler: string;
  /** What the asker wrote, in the language it is written in. */
  readonly message: { readonly language: string; readonly text: string } | null;
  readonly rights: readonly ShownRight[];
  readonly validTo: string;
  /** What tells it from the asker's other consents: its dates, and until when it lasts. */
  readonly terms: string;
  readonly status: ShownStatus;
  readonly offer: 'withdraw' | 'answer' | 'none';
}

/** One right: what it opens, and the terms it was asked with. */
interface ShownRight {
  readonly title: string;
  readonly contents: readonly string[];
  readonly details: readonly { readonly name: string; readonly value: string }[];
}

/** The resources that are told in NAV's own words: both hold the same. */
const AAP_UFORE_IDS = [AAP_UFORE_RESOURCE.id, MIGRATED_RESOURCE.id];

/** Puts a consent into words; `isExpired` says whether its time is over by the double's clock. */
export function shownConsent(
  consent: ConsentRecord,
  isExpired: boolean,
  resources: readonly ConsentResource[],
  language: Language,
): ShownConsent {
  const rights = rightsOf(consent, resources, language);
  const validTo = writtenMoment(millisecondsOf(consent.validTo), language);
  const details = rights.flatMap((right) => right.details).map(({ name, value }) => `${name} ${value}`);
  return {
    id: consent.id,
    asker: nameOf(consent.to),
    askerNumber: numberIn(consent.to),
    handler: consent.handledBy === null ? '' : nameOf(consent.handledBy),
    message: messageOf(consent, language),
    rights,
    validTo,
    terms: [...new Set(details), `${TEXTS[language].active.lasts} ${validTo}`].join(', '),
    ...standingOf(consent, isExpired),
  };
}

/** The name behind an organisation's URN, or its number when nobody knows it. */
export function nameOf(urn: string): string {
  const number = numberIn(urn);
  return organisationByNumber(number)?.name ?? number;
}

function numberIn(urn: string): string {
  return urn.slice(urn.lastIndexOf(':') + 1);
}

function standingOf({ status }: ConsentRecord, isExpired: boolean): Pick<ShownConsent, 'status' | 'offer'> {
  switch (status) {
    case 'Created':
      return isExpired ? { status: 'Unanswered', offer: 'none' } : { status, offer: 'answer' };
    case 'Accepted':
      return isExpired ? { status: 'Ended', offer: 'none' } : { status, offer: 'withdraw' };
    case 'Rejected':
    case 'Revoked':
    case 'Deleted':
      return { status, offer: 'none' };
  }
}

/** In the language of the page, else in the first of the known ones that the asker wrote. */
function messageOf({ requestMessage }: ConsentRecord, language: Language): ShownConsent['message'] {
  const written = [language, ...LANGUAGES].find((one) => (requestMessage?.[one] ?? '') !== '');
  return written === undefined ? null : { language: written, text: requestMessage?.[written] ?? '' };
}

function rightsOf(
  { consentRights }: ConsentRecord,
  resources: readonly ConsentResource[],
  language: Language,
): ShownRight[] {
  const { aapUfore } = TEXTS[language].consent;
  return consentRights.map(({ resource, metadata }) => {
    const ids = resource.map(({ value }) => value);
    return {
      title: ids
        .map((id) =>
          AAP_UFORE_IDS.includes(id)
            ? aapUfore.title
            : (resources.find((candidate) => candidate.id === id)?.title ?? id),
        )
        .join(', '),
      contents: ids.some((id) => AAP_UFORE_IDS.includes(id)) ? aapUfore.contents : [],
      details: detailsOf(metadata ?? {}, language),
    };
  });
}

/**
 * The two dates as one period; whatever else was asked with, under its own key. The name that the asker gives itself is
 * left out: the page has the registered one.
 */
function detailsOf(metadata: Readonly<Record<string, string>>, language: Language): ShownRight['details'] {
  const { periode, until } = TEXTS[language].consent;
  const entries = Object.entries(metadata).map(([key, value]) => [key.toLowerCase(), value] as const);
  const { fraogmed, tilogmed, navn: _, ...others } = Object.fromEntries(entries);
  const written = (date: string | undefined) => (date === undefined || date === '' ? '–' : writtenDate(date, language));
  return [
    ...(fraogmed === undefined && tilogmed === undefined
      ? []
      : [{ name: periode, value: `${written(fraogmed)} ${until} ${written(tilogmed)}` }]),
    ...Object.entries(others).map(([name, value]) => ({ name, value })),
  ];
}
