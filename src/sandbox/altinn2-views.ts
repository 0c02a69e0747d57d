import { z } from 'zod';
import { withoutZone } from './altinn2-moments.ts';
import { ALTINN2_PAGES } from './altinn2-pages.ts';
import type { Altinn2Consent } from './altinn2-state.ts';
import { ALTINN2_STATUSES } from './altinn2-state.ts';
import type { DoubleRequest, DoubleResponse } from './double.ts';

const HAL = 'application/hal+json';

/** Where requests are found in the API. */
export const REQUESTS_PATH = '/api/consentRequests';

/** A request as Altinn 2 shows it: PascalCase, the person's numbers masked, no zone. */
export function consentView(consent: Altinn2Consent, origin: string, isHal: boolean): object {
  const { code, requestMessage, handledBy, requiredDelegator } = consent;
  return {
    AuthorizationCode: code,
    RequestStatus: consent.status,
    Created: withoutZone(consent.created),
    LastChanged: withoutZone(consent.lastChanged),
    CoveredBy: consent.coveredBy,
    OfferedBy: masked(consent.offeredBy),
    ...(requiredDelegator === null ? {} : { RequiredDelegator: masked(requiredDelegator) }),
    ...(handledBy === null ? {} : { HandledBy: handledBy }),
    ValidTo: consent.validToWritten,
    RedirectUrl: consent.redirectUrl,
    RequestResources: consent.resources.map((resource) => ({
      ServiceCode: resource.code,
      ServiceEditionCode: resource.edition,
      Metadata: resource.metadata,
      ...(resource.operations === null ? {} : { Operations: resource.operations }),
    })),
    ...(requestMessage === null ? {} : { RequestMessage: requestMessage }),
    PortalViewMode: consent.portalViewMode,
    ...(isHal
      ? {
          _links: {
            self: { href: `${origin}${REQUESTS_PATH}/${code}` },
            gui: { href: `${origin}${ALTINN2_PAGES.request}?id=${code}` },
          },
        }
      : {}),
  };
}

/** Whether the caller asked for HAL, and thereby for links. */
export function wantsHal({ headers }: DoubleRequest): boolean {
  return headers['accept']?.includes(HAL) === true;
}

/** A JSON answer in the type the caller asked for. */
export function altinn2Json(status: number, body: unknown, isHal: boolean): DoubleResponse {
  return {
    status,
    headers: { 'content-type': `${isHal ? HAL : 'application/json'}; charset=utf-8` },
    body: JSON.stringify(body),
  };
}

const filterSchema = z.object({
  direction: z.enum(['incoming', 'outgoing']).optional(),
  statuses: z.array(z.enum(ALTINN2_STATUSES.map((status) => status.toLowerCase()))),
  // Altinn's examples have a point and a colon in front of the milliseconds.
  continuation: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[.:]\d{3}_[0-9a-f-]{36}$/i)
    .optional(),
});

/**
 * A page of the feed: what changed longest ago first, from behind `continuation` on (`<LastChanged>_<id>`), which the last
 * item of a page gives. Null when a parameter is none.
 *
 * @param consents those that the caller may see
 */
export function feedView(
  consents: readonly Altinn2Consent[],
  { url }: DoubleRequest,
  reader: {
    readonly organisation: string;
    readonly origin: string;
    readonly isHal: boolean;
    readonly pageSize: number;
  },
): object | null {
  const { organisation, origin, isHal, pageSize } = reader;
  const parameters = [...url.searchParams].map(([name, value]) => [name.toLowerCase(), value] as const);
  const parameter = (name: string) => parameters.find(([known]) => known === name)?.[1];
  const filter = filterSchema.safeParse({
    direction: parameter('direction')?.toLowerCase(),
    statuses: parameters.filter(([name]) => /^status(\[\d*\])?$/.test(name)).map(([, value]) => value.toLowerCase()),
    continuation: parameter('continuation'),
  });
  if (!filter.success) return null;
  const { direction, statuses, continuation } = filter.data;
  const [code, edition] = [parameter('servicecode'), parameter('serviceeditioncode')];

  const found = consents
    .filter(({ status }) => statuses.length === 0 || statuses.includes(status.toLowerCase()))
    .filter(({ offeredBy }) => direction === undefined || (offeredBy === organisation) === (direction === 'incoming'))
    .filter(({ resources }) =>
      resources.some(
        (resource) =>
          (code === undefined || resource.code === code) &&
          (edition === undefined || String(resource.edition) === edition),
      ),
    )
    .toSorted((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
  const after = continuation === undefined ? '' : `${continuation.slice(0, 19)}.${continuation.slice(20)}`;
  const left = found.filter((consent) => placeOf(consent) > after.toLowerCase());
  const page = left.slice(0, pageSize);
  const last = page.at(-1);
  const next = new URL(`${origin}${url.pathname}${url.search}`);
  if (last !== undefined) next.searchParams.set('continuation', placeWritten(last));
  return {
    ...(isHal
      ? {
          _links: {
            self: { href: `${origin}${url.pathname}${url.search}` },
            ...(left.length > page.length ? { next: { href: next.href } } : {}),
          },
        }
      : {}),
    _embedded: { consentRequests: page.map((consent) => consentView(consent, origin, isHal)) },
  };
}

function placeWritten({ lastChanged, code }: Altinn2Consent): string {
  return `${withoutZone(lastChanged)}_${code}`;
}

function placeOf(consent: Altinn2Consent): string {
  return placeWritten(consent).toLowerCase();
}

/** The first six digits of a person's number; an organisation's is no secret. */
function masked(number: string): string {
  return number.length === 11 ? `${number.slice(0, 6)}*****` : number;
}
