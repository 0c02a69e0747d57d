import type { Clock } from '../clock.ts';
import type { Altinn2Caller, Altinn2Door } from './altinn2-access.ts';
import { createAltinn2Door, refuse } from './altinn2-access.ts';
import type { Altinn2Jwk } from './altinn2-keys.ts';
import { publishedKey } from './altinn2-keys.ts';
import { createAltinn2Pages } from './altinn2-pages.ts';
import type { Altinn2Register } from './altinn2-register.ts';
import { createAltinn2Register } from './altinn2-register.ts';
import type { Altinn2Request } from './altinn2-request.ts';
import { bindAltinn2Request, errorsOf, keptResource } from './altinn2-request.ts';
import type { Altinn2Consent, Altinn2State } from './altinn2-state.ts';
import { createAltinn2Tokens } from './altinn2-tokens.ts';
import { altinn2Json, consentView, feedView, REQUESTS_PATH, wantsHal } from './altinn2-views.ts';
import type { TokenIssuer } from './altinn3-access.ts';
import type { Double, DoubleRequest, DoubleResponse } from './double.ts';

/** The double, what NAV needs to verify its tokens, and the register behind it (for tests that answer without a page). */
export interface Altinn2 {
  readonly double: Double;
  /** Public signing keys, as served on `/api/metadata/jwk`. */
  jwks(): { readonly keys: readonly Altinn2Jwk[] };
  readonly register: Altinn2Register;
}

const OLD_REQUESTS = '/api/consentrequest';
const TOKEN = '/api/authorization/token';
const METADATA = ['/.well-known/oauth-authorization-server', '/api/metadata/well-known'];
const KEYS = '/api/metadata/jwk';
const PAGES = '/ui/';
/** A day: as long as Altinn lets its keys be kept. */
const KEPT = { 'cache-control': 'public, max-age=86400' };

/**
 * A strict Altinn 2 for consent, as Altinn's and DSOP's documentation describe it: requests, their feed, the exchange of the
 * code for a token of thirty seconds, logging of use, the keys, and the person's pages under the same origin. Paths in any
 * case. What the documentation leaves open is chosen in the state (`choices`) or said at the place.
 *
 * @param options.origin scheme, host and port, without a slash at the end
 * @param options.looked address of NAV's page of who has looked, which the pages then link to
 * @param options.pageSize requests on a page of the feed
 */
export function createAltinn2(options: {
  readonly clock: Clock;
  readonly origin: string;
  readonly state: Altinn2State;
  readonly maskinporten: TokenIssuer;
  readonly looked?: string;
  readonly pageSize?: number;
}): Altinn2 {
  const { clock, origin, state, maskinporten, pageSize = 50 } = options;
  const register = createAltinn2Register(state, clock);
  const door: Altinn2Door = createAltinn2Door(state, maskinporten, clock);
  const tokens = createAltinn2Tokens({ clock, state, register, door });
  const looked = options.looked === undefined ? {} : { looked: options.looked };
  const pages = createAltinn2Pages({ clock, origin, state, register, ...looked });
  const jwks = () => ({ keys: state.signingKeys.map(publishedKey) });

  async function create(request: DoubleRequest): Promise<DoubleResponse> {
    const caller = await door(request, 'writeRequests');
    if ('status' in caller) return caller;
    if (!/^application\/(hal\+)?json\b/i.test(request.headers['content-type'] ?? '')) return refuse(415);
    const isHal = wantsHal(request);
    const wanted = bindAltinn2Request(request.body);
    if ('errors' in wanted) return altinn2Json(400, wanted.errors, isHal);
    if (!mayAsk(caller, wanted)) return refuse(403, 'keyNotAuthorized');
    const errors = errorsOf(wanted, state, clock.now());
    if (errors.length > 0) return altinn2Json(400, errors, isHal);
    const { coveredBy, handledBy, redirectUrl, requestMessage, portalViewMode } = wanted;
    const added = register.add({
      coveredBy,
      offeredBy: wanted.offeredBy.number,
      requiredDelegator: wanted.requiredDelegator?.number ?? null,
      handledBy,
      validTo: wanted.validTo.at,
      validToWritten: wanted.validTo.written,
      redirectUrl,
      resources: wanted.resources.map((resource) => keptResource(resource, state.services)),
      requestMessage,
      portalViewMode,
    });
    return altinn2Json(201, consentView(added, origin, isHal), isHal);
  }

  async function feed(request: DoubleRequest): Promise<DoubleResponse> {
    const caller = await door(request, 'readRequests');
    if ('status' in caller) return caller;
    const isHal = wantsHal(request);
    const { organisation } = caller;
    const seen = register.all().filter((consent) => maySee(caller, consent));
    const view = feedView(seen, request, { organisation, origin, isHal, pageSize });
    const unreadable = { ErrorCode: '40000', ErrorMessage: 'A parameter is not valid.' };
    return view === null ? altinn2Json(400, unreadable, isHal) : altinn2Json(200, view, isHal);
  }

  async function read(request: DoubleRequest, code: string): Promise<DoubleResponse> {
    const caller = await door(request, 'readRequests');
    if ('status' in caller) return caller;
    const consent = register.find(code);
    if (consent === undefined || !maySee(caller, consent)) return refuse(403);
    const isHal = wantsHal(request);
    return altinn2Json(200, consentView(consent, origin, isHal), isHal);
  }

  async function withdraw(request: DoubleRequest, code: string): Promise<DoubleResponse> {
    const caller = await door(request, 'writeRequests');
    if ('status' in caller) return caller;
    const consent = register.find(code);
    const isOwn = consent !== undefined && maySee(caller, consent) && consent.offeredBy !== caller.organisation;
    if (!isOwn) return refuse(403);
    const status = statusOfDelete(consent);
    if (status !== 204) return altinn2Json(status, NOT_DELETED, wantsHal(request));
    register.remove(consent);
    return refuse(204);
  }

  function statusOfDelete(consent: Altinn2Consent): number {
    if (!register.isUnanswered(consent)) return state.choices.deleteAnswered;
    return register.isExpired(consent) ? state.choices.deleteExpired : 204;
  }

  function atRequests(request: DoubleRequest, rest: string): Promise<DoubleResponse> | DoubleResponse {
    switch (request.method) {
      case 'POST':
        return rest === '' ? create(request) : notAllowed('GET, DELETE');
      case 'GET':
        return rest === '' ? feed(request) : read(request, rest);
      case 'DELETE':
        return rest === '' ? notAllowed('GET, POST') : withdraw(request, rest);
      default:
        return notAllowed(rest === '' ? 'GET, POST' : 'GET, DELETE');
    }
  }

  function atToken(request: DoubleRequest, rest: string): Promise<DoubleResponse> | DoubleResponse {
    const [inPath = '', suffix] = rest.split('/');
    const code = inPath === '' ? (request.url.searchParams.get('authcode') ?? '').toLowerCase() : inPath;
    if (suffix === 'loguse') return request.method === 'POST' ? tokens.logUse(request, code) : notAllowed('POST');
    if (suffix !== undefined) return refuse(404);
    if (request.method === 'GET') return tokens.exchange(request, code);
    return request.method === 'DELETE' && inPath !== '' ? tokens.relinquish(request, code) : notAllowed('GET, DELETE');
  }

  function atMetadata({ method, url }: DoubleRequest): DoubleResponse {
    if (method !== 'GET') return notAllowed('GET');
    const about = { issuer: `${origin}/`, jwks_uri: `${origin}${KEYS}`, response_types_supported: ['code'] };
    const answer = altinn2Json(200, url.pathname.toLowerCase() === KEYS ? jwks() : about, false);
    return { ...answer, headers: { ...answer.headers, ...KEPT } };
  }

  const double: Double = async (request) => {
    const { pathname, search } = request.url;
    const path = pathname.toLowerCase().replace(/\/$/, '');
    if (path.startsWith(PAGES)) return pages(request);
    if (path === KEYS || METADATA.includes(path)) return atMetadata(request);
    const requested = below(path, REQUESTS_PATH.toLowerCase());
    if (requested !== null) return atRequests(request, requested);
    const token = below(path, TOKEN);
    if (token !== null) return atToken(request, token);
    const old = below(path, OLD_REQUESTS);
    if (old === null) return refuse(404);
    const location = `${origin}${REQUESTS_PATH}${old === '' ? '' : `/${old}`}${search}`;
    return { status: state.choices.apiRedirect, headers: { location }, body: '' };
  };

  return { double, jwks, register };
}

const NOT_DELETED = { ErrorCode: '40000', ErrorMessage: 'The request has been answered and cannot be deleted.' };

/** Whether a caller asks for itself: as the receiver, or as the handler with the receiver's delegation. */
function mayAsk({ organisation, bearer }: Altinn2Caller, { coveredBy, handledBy }: Altinn2Request): boolean {
  return (handledBy ?? coveredBy) === organisation && bearer?.consumer === coveredBy;
}

/** Whether the request is the caller's: a supplier sees what it asked for itself on behalf of this consumer. */
function maySee({ organisation, bearer }: Altinn2Caller, consent: Altinn2Consent): boolean {
  const { coveredBy, offeredBy, handledBy } = consent;
  if (bearer?.supplier !== null) return handledBy === organisation && coveredBy === bearer?.consumer;
  return [coveredBy, offeredBy, handledBy].includes(organisation);
}

/** What follows a path: empty when nothing does, null when it is another path. */
function below(path: string, base: string): string | null {
  if (path === base) return '';
  return path.startsWith(`${base}/`) ? path.slice(base.length + 1) : null;
}

function notAllowed(allow: string): DoubleResponse {
  return { status: 405, headers: { allow }, body: '' };
}
