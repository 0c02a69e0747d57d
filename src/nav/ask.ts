import type { ZodType } from 'zod';
import type { NavRequest } from '../access/ports.ts';
import type { Evidence } from '../errors.ts';
import { GatewayError } from '../errors.ts';
import type { Upstream } from '../upstream.ts';
import { readJson, unavailable, unreadable } from '../upstream.ts';
import { Secret } from '../values.ts';

/** Where a source of NAV answers, below its upstream's base URL. */
export interface NavEndpoint {
  readonly upstream: Upstream;
  readonly path: string;
  /** The header that carries the person's number: the one place for it, since a URL is logged. */
  readonly personHeader: string;
  /** The Maskinporten scope that opens it; NAV compares the token's whole claim with it. */
  readonly scope: string;
}

/**
 * Asks one endpoint of NAV about one person. `refused`: 403, for one of a dozen reasons that look alike.
 *
 * @throws GatewayError `NAV_UNAVAILABLE` (429, 5xx, no answer; NAV says 503 when it cannot trace the disclosure),
 *   `NAV_UNREADABLE`, or `NAV_REFUSED` for any other status
 */
export async function askNav<T>(
  endpoint: NavEndpoint,
  request: NavRequest,
  schema: ZodType<T>,
): Promise<{ readonly wire: T } | { readonly refused: Evidence }> {
  const { fom, tom } = request.periode;
  const answer = await endpoint.upstream.call({
    method: 'GET',
    path: endpoint.path,
    query: { ...(fom === null ? {} : { fomDato: fom }), ...(tom === null ? {} : { tomDato: tom }) },
    headers: {
      ...request.headers,
      accept: 'application/json',
      [endpoint.personHeader]: new Secret(request.person.reveal(), 'national id'),
      'nav-call-id': request.callId,
      'x-request-id': request.callId,
    },
    repeat: 'refused',
    callId: request.callId,
    signal: request.signal,
    onAttempt: request.onAttempt,
  });
  if (answer.status === 200) return { wire: readJson(endpoint.upstream, request.callId, answer, schema) };
  const evidence: Evidence = { upstream: 'nav', status: answer.status };
  endpoint.upstream.report(request.callId, evidence);
  if (answer.status < 300) throw unreadable(evidence);
  if (answer.status === 403) return { refused: evidence };
  if (answer.status === 429 || answer.status >= 500) throw unavailable(evidence);
  throw refusedBy(evidence);
}

function refusedBy(evidence: Evidence): GatewayError {
  return new GatewayError(
    'NAV_REFUSED',
    evidence.status === 401
      ? 'NAV does not accept the access token. The operator must check environment and scope.'
      : 'NAV refuses the request. The operator must compare it with NAV’s contract.',
    { evidence },
  );
}
