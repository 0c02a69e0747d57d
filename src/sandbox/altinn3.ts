import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Bearer, TokenIssuer } from './altinn3-access.ts';
import { readBearer } from './altinn3-access.ts';
import { eventsPage } from './altinn3-events.ts';
import type { ConsentLookup } from './altinn3-lookup.ts';
import { createLookup } from './altinn3-lookup.ts';
import type { PartyUrn } from './altinn3-parties.ts';
import { isKnown, organisationUrn, partyUuidUrn } from './altinn3-parties.ts';
import { bare, bindingProblem, consentProblem, frameworkProblem, problemResponse } from './altinn3-problems.ts';
import type { ConsentRegister } from './altinn3-register.ts';
import { createConsentRegister } from './altinn3-register.ts';
import type { ConsentRequest, NamedParty } from './altinn3-request.ts';
import { bindConsentRequest, problemsOf, unknownParty } from './altinn3-request.ts';
import { resourceView } from './altinn3-resource.ts';
import type { Altinn3State, ConsentRecord } from './altinn3-state.ts';
import type { Double, DoubleRequest, DoubleResponse } from './double.ts';
import { createPages } from './pages.ts';

const CONSENT_REQUESTS = '/accessmanagement/api/v1/enterprise/consentrequests';
const PAGES = '/accessmanagement/ui/';
const RESOURCES = '/resourceregistry/api/v1/resource/';
const READ_SCOPES = [
  'altinn:consentrequests.read',
  'altinn:consentrequests.write',
  'altinn:consentrequests.org',
] as const;
const WRITE_SCOPES = ['altinn:consentrequests.write', 'altinn:consentrequests.org'] as const;
const ON_BEHALF_SCOPE = 'altinn:consentrequests.org';
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** The double, the question Maskinporten asks it, and the register behind both (for tests and seeds that answer without a page). */
export interface Altinn3 {
  readonly double: Double;
  readonly lookup: ConsentLookup;
  readonly register: ConsentRegister;
}

/**
 * A strict Altinn 3 for consent: create, read and follow consent requests as a data consumer does, and read the definition
 * of a resource, with the citizen's pages under the same origin. Built from the source of Altinn's access management as of August 2026; where that left
 * something open, the comment at the place says so.
 *
 * @param options.origin scheme, host and port, without a slash at the end
 * @param options.looked address of NAV's page of who has looked, which the pages then link to
 * @param options.lagSeconds how old an event must be before the feed shows it
 * @param options.pageSize events on a page of the feed
 */
export function createAltinn3(options: {
  readonly clock: Clock;
  readonly origin: string;
  readonly state: Altinn3State;
  readonly maskinporten: TokenIssuer;
  readonly looked?: string;
  readonly lagSeconds?: number;
  readonly pageSize?: number;
}): Altinn3 {
  const { clock, origin, state, maskinporten, lagSeconds = 300, pageSize = 100 } = options;
  const register = createConsentRegister(state, clock);
  const looked = options.looked === undefined ? {} : { looked: options.looked };
  const pages = createPages({ clock, origin, state, register, ...looked });

  async function authorise(request: DoubleRequest, scopes: readonly string[]): Promise<Bearer | DoubleResponse> {
    const bearer = await readBearer(request, maskinporten, clock);
    if (bearer === null) return bare(401);
    return scopes.some((scope) => bearer.scopes.has(scope)) ? bearer : bare(403);
  }

  async function create(request: DoubleRequest): Promise<DoubleResponse> {
    const bearer = await authorise(request, WRITE_SCOPES);
    if ('status' in bearer) return bearer;
    if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) return frameworkProblem(415);
    const wanted = bindConsentRequest(request.body);
    if ('errors' in wanted) return bindingProblem(wanted.errors);
    const { consumer } = bearer;
    if (consumer === null) return bare(401);
    const to = named(wanted.to);
    const from = named(wanted.from);
    const requiredDelegator = wanted.requiredDelegator === null ? null : named(wanted.requiredDelegator);
    // Altinn's mapping knows persons, organisations and party UUIDs; any other URN of its own ends in an unhandled error.
    if (to === null || from === null || (requiredDelegator === null && wanted.requiredDelegator !== null)) {
      return frameworkProblem(500);
    }
    if (urnOf(to) !== organisationUrn(consumer) && !bearer.scopes.has(ON_BEHALF_SCOPE)) return bare(403);
    if (wanted.consentRights.some(({ resource }) => resource.some(({ value }) => !mayRequest(consumer, value)))) {
      return bare(403);
    }
    if (wanted.consentRights.some(({ resource }) => resource.length === 0)) return frameworkProblem(500);

    const handledBy = handlerOf(bearer, consumer, urnOf(to));
    const parties: readonly NamedParty[] = [
      from,
      to,
      ...(requiredDelegator === null ? [] : [requiredDelegator]),
      ...(handledBy === null
        ? []
        : [{ party: { kind: 'organisation', urn: organisationUrn(handledBy), number: handledBy } } as const]),
    ];
    for (const party of parties) {
      const problem = unknownParty(party, isKnown);
      if (problem !== null) return problemResponse([problem]);
    }
    const [first, ...more] = problemsOf(wanted, state.resources, clock.now());
    if (first !== undefined) return problemResponse([first, ...more]);
    return insert(wanted, {
      from: urnOf(from),
      to: urnOf(to),
      requiredDelegator: requiredDelegator === null ? null : urnOf(requiredDelegator),
      handledBy: handledBy === null ? null : organisationUrn(handledBy),
      performedBy: organisationUrn(consumer),
    });
  }

  function insert(
    wanted: ConsentRequest,
    parties: Pick<ConsentRecord, 'from' | 'to' | 'requiredDelegator' | 'handledBy'> & { readonly performedBy: string },
  ): DoubleResponse {
    const existing = register.find(wanted.id);
    if (existing !== undefined) {
      return existing.from === parties.from && existing.to === parties.to
        ? json(200, repeatedView(existing))
        : problemResponse([consentProblem('AM-00016', { requestId: wanted.id })]);
    }
    const { performedBy, ...roles } = parties;
    const { id, validTo, consentRights, requestMessage, redirectUrl, portalViewMode } = wanted;
    const added = register.add(
      { id, ...roles, validTo, consentRights, requestMessage, redirectUrl, portalViewMode },
      performedBy,
    );
    return json(201, detailsView(added), { location: `${origin}${CONSENT_REQUESTS}/${id}` });
  }

  async function read(request: DoubleRequest, id: string): Promise<DoubleResponse> {
    const bearer = await authorise(request, READ_SCOPES);
    if ('status' in bearer) return bearer;
    if (bearer.consumer === null) return bare(401);
    const consent = register.find(id);
    if (consent === undefined) return problemResponse([consentProblem('AM-00001')]);
    return consent.to === organisationUrn(bearer.consumer)
      ? json(200, detailsView(consent))
      : problemResponse([consentProblem('AM-00000')]);
  }

  async function events(request: DoubleRequest): Promise<DoubleResponse> {
    const bearer = await authorise(request, READ_SCOPES);
    if ('status' in bearer) return bearer;
    if (bearer.consumer === null) return bare(401);
    const consents = register.receivedBy(organisationUrn(bearer.consumer));
    return eventsPage(consents, request.url, { now: clock.now(), lagSeconds, pageSize, origin });
  }

  function registered({ method }: DoubleRequest, resourceId: string): DoubleResponse {
    if (method !== 'GET') return notAllowed('GET');
    const resource = state.resources.find(({ id }) => id === resourceId);
    return resource === undefined ? bare(404) : json(200, resourceView(resource));
  }

  function mayRequest(consumer: string, resourceId: string): boolean {
    const allowed = state.resources.find(({ id }) => id === resourceId)?.allowedConsumers;
    return allowed === 'any' || allowed?.includes(consumer) === true;
  }

  const viewUri = (id: string) => `${origin}${PAGES}consent/request?id=${id}`;

  /** The body of 201 and of a read: events with whoever acted by external identifier, expiry as an event that is stored nowhere. */
  function detailsView(consent: ConsentRecord) {
    const expiry = {
      consentEventID: NOBODY,
      created: consent.validTo,
      performedBy: consent.to,
      eventType: 'Expired',
      consentRequestID: NOBODY,
    };
    return {
      id: consent.id,
      from: consent.from,
      to: consent.to,
      requiredDelegator: consent.requiredDelegator,
      handledBy: consent.handledBy,
      validTo: consent.validTo,
      consentRights: consent.consentRights,
      requestMessage: consent.requestMessage,
      status: consent.status,
      consented: consent.consented,
      redirectUrl: consent.redirectUrl,
      consentRequestEvents: [...eventsOf(consent, (urn) => urn), ...(register.isExpired(consent) ? [expiry] : [])],
      viewUri: viewUri(consent.id),
      portalViewMode: consent.portalViewMode,
    };
  }

  /** The body of 200 after the same request came again: Altinn's internal model, not the one of 201. */
  function repeatedView(consent: ConsentRecord) {
    const [first] = consent.consentRights;
    const template = state.resources.find(({ id }) => id === first?.resource[0]?.value)?.consentTemplate ?? null;
    return {
      id: consent.id,
      from: consent.from,
      to: consent.to,
      requiredDelegator: consent.requiredDelegator,
      handledBy: consent.handledBy,
      validTo: consent.validTo,
      consentRights: consent.consentRights.map(({ action, resource, metadata }) => ({
        action,
        resource: resource.map(({ type, value }) => ({ type, value, version: '1' })),
        metadata,
      })),
      requestMessage: consent.requestMessage,
      templateId: template,
      templateVersion: 1,
      consentRequestStatus: consent.status,
      consented: consent.consented,
      redirectUrl: consent.redirectUrl,
      consentRequestEvents: eventsOf(consent, partyUuidUrn),
      viewUri: viewUri(consent.id),
      portalViewMode: consent.portalViewMode,
    };
  }

  const double: Double = async (request) => {
    const { pathname } = request.url;
    if (pathname.startsWith(PAGES)) return pages(request);
    if (pathname.startsWith(RESOURCES)) return registered(request, pathname.slice(RESOURCES.length));
    if (!`${pathname}/`.startsWith(`${CONSENT_REQUESTS}/`)) return bare(404);
    const rest = pathname.slice(CONSENT_REQUESTS.length).replace(/^\/|\/$/g, '');
    if (rest === '') return request.method === 'POST' ? create(request) : notAllowed('POST');
    if (request.method !== 'GET') return notAllowed('GET');
    if (rest === 'events') return events(request);
    const id = z.guid().safeParse(rest);
    return id.success ? read(request, id.data.toLowerCase()) : bare(404);
  };

  return { double, lookup: createLookup(state, clock), register };
}

function named(urn: PartyUrn): NamedParty | null {
  return 'party' in urn || 'stranger' in urn ? urn : null;
}

function urnOf(party: NamedParty): string {
  return 'party' in party ? party.party.urn : party.stranger;
}

/** Who handles the request: the token's supplier, or whoever asks on another's behalf. Never a member of the body. */
function handlerOf({ supplier }: Bearer, consumer: string, to: string): string | null {
  return supplier ?? (to === organisationUrn(consumer) ? null : consumer);
}

function eventsOf(consent: ConsentRecord, nameOf: (urn: string) => string) {
  return consent.events.map(({ id, created, performedBy, eventType }) => ({
    consentEventID: id,
    created,
    performedBy: nameOf(performedBy),
    eventType,
    consentRequestID: consent.id,
  }));
}

function notAllowed(allow: 'GET' | 'POST'): DoubleResponse {
  return { status: 405, headers: { allow }, body: '' };
}

function json(status: number, body: object, headers: Readonly<Record<string, string>> = {}): DoubleResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}
