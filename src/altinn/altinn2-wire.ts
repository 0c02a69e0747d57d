import { z } from 'zod';
import type { Consent, ConsentWish, DataConsumer } from '../access/ports.ts';
import type { CivilDate } from '../periode.ts';
import { Secret } from '../values.ts';

/** The service a consent is given for, and the names of its metadata; Altinn 2 has them in mixed case. */
export interface Altinn2Service {
  readonly code: string;
  readonly edition: number;
  readonly metadataKeys: { readonly fom: string; readonly tom: string; readonly name: string };
}

/** The body that creates a consent request. Names are compared with the population register, and nothing keeps them. */
export function bodyOf(wish: ConsentWish, service: Altinn2Service, dataConsumer: DataConsumer, familyName: Secret) {
  const { consent, message } = wish;
  const person = consent.applicant.nationalId.reveal();
  const name = familyName.reveal();
  return {
    CoveredBy: dataConsumer.organisationNumber,
    ...(dataConsumer.supplier === null ? {} : { HandledBy: dataConsumer.supplier }),
    OfferedBy: person,
    OfferedByName: name,
    // Nobody else may answer for the person.
    RequiredDelegator: person,
    RequiredDelegatorName: name,
    ValidTo: consent.validTo.toISOString(),
    RedirectUrl: wish.redirectUrl,
    RequestResources: [
      {
        ServiceCode: service.code,
        ServiceEditionCode: service.edition,
        Metadata: { [service.metadataKeys.name]: dataConsumer.name.nb, ...periodeOf(consent, service) },
      },
    ],
    RequestMessage:
      message === null
        ? {}
        : {
            'no-nb': message.nb,
            ...(message.nn === null ? {} : { 'no-nn': message.nn }),
            ...(message.en === null ? {} : { en: message.en }),
          },
    PortalViewMode: wish.portalViewMode === 'SHOW' ? 'Show' : 'Hide',
  };
}

/** The dates that may be seen, as metadata. */
export function periodeOf({ periode }: Consent, { metadataKeys }: Altinn2Service): Readonly<Record<string, string>> {
  return { [metadataKeys.fom]: norwegianDate(periode.fom), [metadataKeys.tom]: norwegianDate(periode.tom) };
}

/** `dd.MM.yyyy`, as NAV reads the ends of the consent. */
function norwegianDate(date: CivilDate): string {
  const [year, month, day] = date.split('-');
  return `${day}.${month}.${year}`;
}

/** The body that tells Altinn of one use of a consent. */
export function useOf({ code, edition }: Altinn2Service, at: Date) {
  return { ServiceCode: code, ServiceEditionCode: edition, UsageDateTime: at.toISOString() };
}

const members = z.record(z.string(), z.unknown());

/** An object with the names of its members in lower case: Altinn 2 writes them in two casings. Anything else as it is. */
export function anyCase(value: unknown): unknown {
  const object = members.safeParse(value);
  if (!object.success) return value;
  return Object.fromEntries(Object.entries(object.data).map(([name, member]) => [name.toLowerCase(), member]));
}

const code = z
  .string()
  .regex(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i)
  .transform((text) => new Secret(text.toLowerCase(), 'authorisation code'));

/** What is read of a consent request, wherever it stands. Parties come masked and are not read. */
const requestMembers = z.object({
  authorizationcode: code,
  requeststatus: z.enum(['Unopened', 'Opened', 'Accepted', 'Rejected']),
  redirecturl: z.string().nullish(),
  lastchanged: z.string().nullish(),
});

/** A consent request: of the 201 to the POST and of the 200 to the GET. */
export const consentRequest = z.preprocess(anyCase, requestMembers);

/** A consent request as the gateway reads it. */
export type ConsentRequest = z.output<typeof consentRequest>;

/** A page of the feed; one without requests is its end. */
export const feedPage = z.preprocess(
  anyCase,
  z.object({
    _embedded: z
      .preprocess(anyCase, z.object({ consentrequests: z.array(consentRequest).nullish() }))
      .nullish()
      .transform((embedded) => embedded?.consentrequests ?? []),
  }),
);

const offsetMoment = z.iso.datetime({ offset: true });

/** When a request last changed; null when it does not say, or not in which zone. */
export function changedAt({ lastchanged }: ConsentRequest): Date | null {
  const text = offsetMoment.safeParse(lastchanged).data;
  return text === undefined ? null : new Date(text);
}
