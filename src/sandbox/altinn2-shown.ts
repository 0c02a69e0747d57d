import type { Altinn2Register } from './altinn2-register.ts';
import type { Altinn2Consent, Altinn2Service, Altinn2Use } from './altinn2-state.ts';
import { organisationUrn, personUrn } from './altinn3-parties.ts';
import type { ConsentRecord } from './altinn3-state.ts';
import type { ShownConsent } from './page-consent.ts';
import { nameOf, shownConsent } from './page-consent.ts';
import { writtenMoment } from './page-dates.ts';
import type { Language } from './page-language.ts';
import { AAP_UFORE_RESOURCE } from './world.ts';

/** NAV's service, which is told in the same words on the pages of both Altinns. */
const AAP_UFORE_SERVICE = '5252';

/** What the page says in front of a use that was logged. */
const USED: Readonly<Record<Language, string>> = { nb: 'Brukt', nn: 'Brukt', en: 'Used' };

/** How a given consent came to its end, in the words that its giver is told. */
const OVER = { revoked: 'Revoked', relinquished: 'Relinquished', used: 'Used' } as const;

/**
 * Puts a consent of Altinn 2 into the words of the pages. The uses that were logged come last: this is where the person
 * sees them.
 */
export function shownAltinn2Consent(
  consent: Altinn2Consent,
  register: Pick<Altinn2Register, 'isExpired'>,
  services: readonly Altinn2Service[],
  language: Language,
): ShownConsent {
  const resources = services.map(({ code, edition, title }) => ({
    ...AAP_UFORE_RESOURCE,
    id: resourceId(code, edition),
    title,
  }));
  const shown = shownConsent(asRecord(consent), register.isExpired(consent), resources, language);
  const rights = shown.rights.map((right, at) => {
    const uses = consent.uses.filter(({ code, edition }) => {
      const resource = consent.resources[at];
      return resource?.code === code && resource.edition === edition;
    });
    return { ...right, details: [...right.details, ...uses.map((use) => usedDetail(use, language))] };
  });
  return { ...shown, rights, ...(consent.ended === null ? {} : { status: OVER[consent.ended.how] }) };
}

function usedDetail({ by, usedAt }: Altinn2Use, language: Language) {
  const who = nameOf(organisationUrn(by));
  return { name: USED[language], value: `${writtenMoment(new Date(usedAt).getTime(), language)}, ${who}` };
}

/** The consent as Altinn 3 would hold it. */
function asRecord(consent: Altinn2Consent): ConsentRecord {
  const { code, offeredBy, coveredBy, requiredDelegator, handledBy, validTo, requestMessage } = consent;
  return {
    id: code,
    from: personUrn(offeredBy),
    to: organisationUrn(coveredBy),
    requiredDelegator: requiredDelegator === null ? null : personUrn(requiredDelegator),
    handledBy: handledBy === null ? null : organisationUrn(handledBy),
    validTo,
    consentRights: consent.resources.map((resource) => ({
      action: ['consent'],
      resource: [{ type: 'urn:altinn:resource', value: resourceId(resource.code, resource.edition) }],
      metadata: resource.metadata,
    })),
    requestMessage:
      requestMessage === null
        ? null
        : Object.fromEntries(Object.entries(requestMessage).map(([key, text]) => [key.replace(/^no-/, ''), text])),
    redirectUrl: consent.redirectUrl,
    portalViewMode: consent.portalViewMode,
    status: recordStatus(consent),
    consented: consent.delegated,
    events: [],
  };
}

function recordStatus({ status, ended }: Altinn2Consent): ConsentRecord['status'] {
  switch (status) {
    case 'Unopened':
    case 'Opened':
      return 'Created';
    case 'Rejected':
      return 'Rejected';
    case 'Accepted':
      return ended === null ? 'Accepted' : 'Revoked';
  }
}

function resourceId(code: string, edition: number): string {
  return code === AAP_UFORE_SERVICE ? AAP_UFORE_RESOURCE.id : `${code}_${edition}`;
}
