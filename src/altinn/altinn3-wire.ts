import { z } from 'zod';
import type { Applicant, ConsentWish, DataConsumer, Lookup } from '../access/ports.ts';
import type { CivilDate } from '../periode.ts';
import type { OrganisationNumber } from '../values.ts';
import { Secret } from '../values.ts';

/** `urn:altinn:person:identifier-no:` and the national id: how Altinn and Maskinporten name a person. */
export function personUrn(applicant: Applicant): Secret {
  return new Secret(`urn:altinn:person:identifier-no:${applicant.nationalId.reveal()}`, 'person');
}

/** `urn:altinn:organization:identifier-no:` and the number: how Altinn names an organisation. */
export function organisationUrn(organisation: OrganisationNumber): string {
  return `urn:altinn:organization:identifier-no:${organisation}`;
}

/** The body that creates a consent request. Metadata keys are stored and put into the token as sent. */
export function bodyOf(
  wish: ConsentWish,
  options: { readonly resource: string; readonly metadataKeys: { readonly fom: string; readonly tom: string } },
  dataConsumer: DataConsumer,
) {
  const { consent, message } = wish;
  const person = personUrn(consent.applicant).reveal();
  return {
    id: consent.railId.reveal(),
    from: person,
    // Nobody else may answer for the person.
    requiredDelegator: person,
    to: organisationUrn(dataConsumer.organisationNumber),
    validTo: consent.validTo.toISOString().replace('Z', '+00:00'),
    consentRights: [
      {
        action: ['consent'],
        resource: [{ type: 'urn:altinn:resource', value: options.resource }],
        metadata: {
          [options.metadataKeys.fom]: norwegianDate(consent.periode.fom),
          [options.metadataKeys.tom]: norwegianDate(consent.periode.tom),
        },
      },
    ],
    ...(message === null
      ? {}
      : {
          requestMessage: {
            nb: message.nb,
            ...(message.nn === null ? {} : { nn: message.nn }),
            ...(message.en === null ? {} : { en: message.en }),
          },
        }),
    redirectUrl: wish.redirectUrl,
    portalViewMode: wish.portalViewMode === 'SHOW' ? 'show' : 'hide',
  };
}

/** `dd.MM.yyyy`, as NAV reads the ends of the consent. */
function norwegianDate(date: CivilDate): string {
  const [year, month, day] = date.split('-');
  return `${day}.${month}.${year}`;
}

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

/** What is read of a consent request: of the 201 to the POST and of the 200 to the GET. Unknown members are ignored. */
export const consentRequest = z.object({
  status: z.enum(['Created', 'Accepted', 'Rejected', 'Revoked', 'Deleted', 'Expired']),
  validTo: moment,
  consented: moment.nullish(),
  consentRequestEvents: z
    .array(z.object({ eventType: z.string(), created: moment }))
    .nullish()
    .transform((events) => events ?? []),
  viewUri: z.url({ protocol: /^https?$/ }).nullish(),
});

/** Altinn’s stored status never becomes expired: `validTo` tells, by our clock, and an event, by Altinn’s. */
export function lookupOf(request: z.output<typeof consentRequest>, now: Date): Lookup {
  const answered = (type: string) =>
    request.consentRequestEvents.find((event) => event.eventType.toLowerCase() === type)?.created ?? null;
  const accepted = request.consented ?? answered('accepted');
  switch (request.status) {
    case 'Rejected': {
      const rejected = answered('rejected') ?? now;
      return { status: 'DECLINED', answeredAt: rejected, endedAt: rejected, pageUrl: null };
    }
    case 'Revoked':
    case 'Deleted':
      return {
        status: 'WITHDRAWN',
        answeredAt: accepted,
        endedAt: answered(request.status.toLowerCase()) ?? now,
        pageUrl: null,
      };
    case 'Created':
    case 'Accepted':
    case 'Expired': {
      if (request.status === 'Expired' || answered('expired') !== null || request.validTo <= now) {
        return { status: 'EXPIRED', answeredAt: accepted, endedAt: request.validTo, pageUrl: null };
      }
      if (request.status === 'Accepted')
        return { status: 'ACTIVE', answeredAt: accepted, endedAt: null, pageUrl: null };
      const page = request.viewUri ?? null;
      return {
        status: 'PENDING',
        answeredAt: null,
        endedAt: null,
        pageUrl: page === null ? null : new Secret(page, 'consent page'),
      };
    }
  }
}
