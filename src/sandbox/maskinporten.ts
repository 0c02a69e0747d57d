import { randomBytes } from 'node:crypto';
import type { JSONWebKeySet, JWTPayload } from 'jose';
import { importJWK, SignJWT } from 'jose';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { ConsentLookup, GivenConsent } from './altinn3-lookup.ts';
import { parsePartyUrn } from './altinn3-parties.ts';
import type { Double, DoubleRequest, DoubleResponse } from './double.ts';
import type { DelegationParties } from './maskinporten-delegations.ts';
import { delegate, isDelegated, revokeDelegation } from './maskinporten-delegations.ts';
import type { CertifiedClient } from './maskinporten-enterprise.ts';
import { certifiedClient, certifiedClients } from './maskinporten-enterprise.ts';
import type { Grant } from './maskinporten-grant.ts';
import { GRANT_ALGORITHMS, judgeGrant } from './maskinporten-grant.ts';
import type { Judged, Refusal } from './maskinporten-refusals.ts';
import {
  accepted,
  consentRefused,
  REFUSALS,
  refused,
  scopeNotDelegated,
  scopeNotGranted,
  scopeNotOnClient,
} from './maskinporten-refusals.ts';
import type { MaskinportenState, ScopeDelegation } from './maskinporten-state.ts';
import { publicPart } from './rsa-keys.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const CONSENT_TYPE = 'urn:altinn:consent';
const SYSTEM_USER_TYPE = 'urn:altinn:systemuser';
/** The register of delegations that Maskinporten's test environment names in its tokens. */
const DELEGATION_SOURCE = 'https://tt02.altinn.no/';
const DEFAULT_LIFETIME_SECONDS = 120;

/** The double, and what a resource server needs to judge its tokens. */
export interface Maskinporten {
  readonly double: Double;
  /** The origin with a slash: the `iss` of tokens and the only `aud` a grant may have. */
  readonly issuer: string;
  /** Public signing keys, as served on `/jwk`. */
  jwks(): JSONWebKeySet;
  /** The clients with enterprise certificates, of A, B and C; the certificates made now or renewed if need be. */
  certifiedClients(): readonly CertifiedClient[];
  /** The one of that organisation, without making the others' certificates; undefined when it has none. */
  certifiedClient(organisation: string): CertifiedClient | undefined;
  /** What is delegated at this moment. */
  delegations(): readonly ScopeDelegation[];
  /** Delegates scopes to a supplier as the consumer would in Altinn; all of the sandbox's unless told. Again changes nothing. */
  delegate(parties: DelegationParties, scopes?: readonly string[]): void;
  /** Takes such delegations back; all of these parties' unless told which scopes. The next token request is refused (MP-251). */
  revokeDelegation(parties: DelegationParties, scopes?: readonly string[]): void;
}

/**
 * A strict Maskinporten: `POST /token` for the JWT grant (RFC 7523), `GET /jwk`, `GET
 * /.well-known/oauth-authorization-server`. Built from Digdir's documentation of the grant, the token and the errors.
 *
 * @param options.origin scheme, host and port, without a slash at the end
 * @param options.lookupConsent asked for every grant with `authorization_details`: the live check of the consent
 */
export function createMaskinporten(options: {
  readonly clock: Clock;
  readonly origin: string;
  readonly state: MaskinportenState;
  readonly lookupConsent: ConsentLookup;
}): Maskinporten {
  const { clock, origin, state, lookupConsent } = options;
  const issuer = `${origin}/`;

  const jwks = (): JSONWebKeySet => ({ keys: state.signingKeys.map(publicPart) });

  const metadata = {
    issuer,
    token_endpoint: `${origin}/token`,
    jwks_uri: `${origin}/jwk`,
    grant_types_supported: [JWT_BEARER],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: GRANT_ALGORITHMS,
    authorization_details_types_supported: [SYSTEM_USER_TYPE, CONSENT_TYPE],
  };

  async function exchange(request: DoubleRequest): Promise<Judged<TokenBody>> {
    const assertion = readAssertion(request);
    if ('refused' in assertion) return assertion;
    const grant = await judgeGrant(assertion.accepted, { issuer, state, clock });
    if ('refused' in grant) return grant;
    const authority = judgeScopes(grant.accepted, state);
    if ('refused' in authority) return authority;
    const consent = judgeDetails(grant.accepted, authority.accepted.consumer, state, lookupConsent);
    if ('refused' in consent) return consent;
    return accepted(await issue(grant.accepted, authority.accepted, consent.accepted));
  }

  async function issue(grant: Grant, authority: Authority, consent: GivenConsent | null): Promise<TokenBody> {
    const now = clock.now().getTime() / 1000;
    const lifetime = Math.min(
      ...authority.scopes.map((scope) => state.scopes[scope]?.lifetimeSeconds ?? DEFAULT_LIFETIME_SECONDS),
    );
    const { resource, pid } = grant.claims;
    const iat = Math.floor(now);
    const claims: JWTPayload = {
      ...(consent === null ? {} : { authorization_details: [detailsOf(consent, state.toWithLowerCaseId)] }),
      iss: issuer,
      client_amr: grant.clientAmr,
      token_type: 'Bearer',
      client_id: grant.client.clientId,
      scope: authority.scopes.join(' '),
      ...(resource === undefined ? {} : { aud: resource }),
      ...(pid === undefined ? {} : { pid }),
      consumer: identifierOf(authority.consumer),
      ...(authority.supplier === null
        ? {}
        : { supplier: identifierOf(authority.supplier), delegation_source: DELEGATION_SOURCE }),
      iat,
      exp: iat + lifetime,
      jti: randomBytes(32).toString('base64url'),
    };
    const [signingKey] = state.signingKeys;
    if (signingKey?.kid === undefined) throw new Error('Maskinporten double: no signing key with a kid in its state');
    const token = await new SignJWT(claims)
      .setProtectedHeader({ kid: signingKey.kid, alg: 'RS256' })
      .sign(await importJWK(signingKey, 'RS256'));
    return {
      access_token: token,
      token_type: 'Bearer',
      expires_in: Math.floor(iat + lifetime - now),
      scope: authority.scopes.join(' '),
    };
  }

  const double: Double = async (request) => {
    switch (`${request.method} ${request.url.pathname}`) {
      case 'POST /token': {
        const judged = await exchange(request);
        return 'accepted' in judged ? json(200, judged.accepted) : problem(judged.refused, origin);
      }
      case 'GET /jwk':
        return json(200, jwks());
      case 'GET /.well-known/oauth-authorization-server':
        return json(200, metadata);
      default:
        return { status: 404, headers: {}, body: '' };
    }
  };

  return {
    double,
    issuer,
    jwks,
    certifiedClients: () => certifiedClients(state, clock.now()),
    certifiedClient: (organisation) => certifiedClient(state, organisation, clock.now()),
    delegations: () => state.delegations,
    delegate: (parties, scopes) => delegate(state, parties, scopes),
    revokeDelegation: (parties, scopes) => revokeDelegation(state, parties, scopes),
  };
}

interface TokenBody {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  /** Whole seconds left, never more than there are. */
  readonly expires_in: number;
  readonly scope: string;
}

/** On whose behalf a token speaks. `supplier` only when the consumer delegated. */
interface Authority {
  readonly scopes: readonly string[];
  readonly consumer: string;
  readonly supplier: string | null;
}

function readAssertion({ headers, body }: DoubleRequest): Judged<string> {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') return refused(REFUSALS.notAForm);
  const form = new URLSearchParams(body);
  if (form.getAll('grant_type').join() !== JWT_BEARER) return refused(REFUSALS.unsupportedGrantType);
  const [assertion, ...more] = form.getAll('assertion');
  return assertion === undefined || more.length > 0 ? refused(REFUSALS.notAForm) : accepted(assertion);
}

function judgeScopes({ client, claims }: Grant, state: MaskinportenState): Judged<Authority> {
  const scopes = [...new Set(claims.scope.split(/ +/))];
  const consumer = claims.consumer_org ?? client.organisation;

  const unregistered = scopes.find((scope) => !client.scopes.includes(scope));
  if (unregistered !== undefined) return refused(scopeNotOnClient(unregistered));
  if (scopes.some((scope) => state.scopes[scope]?.openToMaskinporten !== true)) {
    return refused(REFUSALS.scopeOfOtherIntegration);
  }
  const ungranted = scopes.find((scope) => state.access[consumer]?.includes(scope) !== true);
  if (ungranted !== undefined) return refused(scopeNotGranted(ungranted));
  if (claims.consumer_org === undefined) return accepted({ scopes, consumer, supplier: null });

  const supplier = client.organisation;
  if (consumer === supplier) return refused(REFUSALS.consumerIsSelf);
  const undelegated = scopes.find((scope) => !isDelegated(state, { consumer, supplier }, scope));
  return undelegated === undefined
    ? accepted({ scopes, consumer, supplier })
    : refused(scopeNotDelegated(undelegated, consumer, supplier));
}

const oneDetail = z.tuple([z.looseObject({ type: z.string() })]);
const consentDetail = z.strictObject({ type: z.literal(CONSENT_TYPE), id: z.guid(), from: z.string() });

function judgeDetails(
  { claims }: Grant,
  consumer: string,
  state: MaskinportenState,
  lookupConsent: ConsentLookup,
): Judged<GivenConsent | null> {
  const invalid = (reason: string) => refused(consentRefused(state.consentRefusalError, reason));
  if (claims.authorization_details === undefined) return accepted(null);
  const details = oneDetail.safeParse(claims.authorization_details);
  if (!details.success) return invalid('exactly one element with a type is needed');
  const [detail] = details.data;
  if (detail.type === SYSTEM_USER_TYPE) return refused(REFUSALS.unknownSystemUser);
  if (detail.type !== CONSENT_TYPE) return refused(REFUSALS.unknownDetailsType);
  const wanted = consentDetail.safeParse(detail);
  if (!wanted.success) {
    return wanted.error.issues.some(({ code }) => code === 'unrecognized_keys')
      ? refused(REFUSALS.unknownDetailsField)
      : invalid('id must be a UUID and from a URN');
  }
  const from = parsePartyUrn(wanted.data.from);
  if ('refused' in from) return invalid(from.refused);
  const answer = lookupConsent({
    id: wanted.data.id.toLowerCase(),
    from: wanted.data.from,
    to: `urn:altinn:organization:identifier-no:${consumer}`,
  });
  return 'given' in answer ? accepted(answer.given) : invalid('the consent can not be used');
}

/** `to` is an object though `from` is a URN: so the tokens show it. `metadata` is left out when the consent has none. */
function detailsOf(consent: GivenConsent, withLowerCaseId: boolean) {
  const to = identifierOf(consent.toOrganisation);
  return {
    type: CONSENT_TYPE,
    id: consent.id,
    from: consent.from,
    to: withLowerCaseId ? { ...to, id: to.ID } : to,
    consented: consent.consented,
    validTo: consent.validTo,
    consentRights: consent.consentRights.map(({ action, resource, metadata }) => ({
      action,
      resource,
      ...(metadata === null ? {} : { metadata }),
    })),
  };
}

function identifierOf(organisation: string) {
  return { authority: 'iso6523-actorid-upis', ID: `0192:${organisation}` };
}

function problem({ status, error, description, code }: Refusal, origin: string): DoubleResponse {
  return json(status, {
    error,
    error_description: `${description} (trace_id: ${randomBytes(16).toString('hex')})`,
    ...(code === undefined ? {} : { error_uri: `${origin}/errors/${code}` }),
  });
}

function json(status: number, body: object): DoubleResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}
