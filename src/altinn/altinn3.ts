import type {
  Applicant,
  Consent,
  ConsentRail,
  ConsentWish,
  HeldCode,
  Lookup,
  Opened,
  RequestScope,
  TriedCode,
} from '../access/ports.ts';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { IssuedToken, Tokens } from '../maskinporten/tokens.ts';
import { isFresh } from '../maskinporten/tokens.ts';
import type { Upstream, UpstreamCall, WireResponse } from '../upstream.ts';
import { readJson } from '../upstream.ts';
import { Secret } from '../values.ts';
import { isBetween, migratedRequest, periodeIn, requestedAt } from './altinn3-migrated.ts';
import type { ALTINN_OUTCOMES } from './altinn3-outcomes.ts';
import { evidenceOf, faultOf } from './altinn3-outcomes.ts';
import { bodyOf, consentRequest, lookupOf, personUrn } from './altinn3-wire.ts';

/** What the Altinn 3 rail needs to know of the environment. */
export interface Altinn3Options {
  /** Resource whose consent opens NAV's sources. */
  readonly resource: string;
  /** Names of the metadata that bound the dates; NAV reads them in lower case only. */
  readonly metadataKeys: { readonly fom: string; readonly tom: string };
  readonly scopes: { readonly read: string; readonly write: string };
  readonly upstream: Upstream;
  readonly clock: Clock;
}

type Credential = IssuedToken | { readonly refused: Lookup };

const UNKNOWN_TO_ALTINN =
  'Altinn does not know the consent that the gateway holds. The operator must check that both speak to the same environment.';
const UNKNOWN_REQUEST: keyof typeof ALTINN_OUTCOMES = 'AM-00001';
const ANOTHERS_REQUEST: keyof typeof ALTINN_OUTCOMES = 'AM-00000';
/** Path of consent requests at Altinn 3; the id of one follows. */
export const ALTINN3_REQUESTS = '/accessmanagement/api/v1/enterprise/consentrequests';

/**
 * The rail of today: the consent travels inside the Maskinporten token, and issuing that token is the live check that it
 * still stands. Made per request, for one data consumer; its credentials end with the request.
 */
export function openAltinn3(options: Altinn3Options, tokens: Tokens, request: RequestScope): ConsentRail {
  const { upstream, clock } = options;
  const issued = new Map<string, Promise<Credential>>();

  /** Calls Altinn; a token it refuses is dropped and fetched once more, since it may have been issued just before a change. */
  async function call(scope: string, wire: Pick<UpstreamCall, 'method' | 'path' | 'body'>): Promise<WireResponse> {
    const first = await tokens.forScope(scope, request);
    const answer = await callWith(first, wire);
    if (answer.status !== 401) return answer;
    await tokens.forget(scope, first);
    return callWith(await tokens.forScope(scope, request), wire);
  }

  function callWith(token: Secret, wire: Pick<UpstreamCall, 'method' | 'path' | 'body'>): Promise<WireResponse> {
    return upstream.call({
      ...wire,
      headers: {
        authorization: bearer(token),
        accept: 'application/json',
        'x-request-id': request.callId,
        ...(wire.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      // Our own id makes the create safe to repeat.
      repeat: 'idempotent',
      callId: request.callId,
      signal: request.signal,
    });
  }

  function fault(answer: WireResponse): GatewayError {
    const evidence = evidenceOf(answer);
    upstream.report(request.callId, evidence);
    return faultOf(evidence);
  }

  /** Altinn's answer about a request; undefined: it does not know it. */
  async function answerAbout(id: Secret): Promise<WireResponse | undefined> {
    const answer = await call(options.scopes.read, { method: 'GET', path: `${ALTINN3_REQUESTS}/${id.reveal()}` });
    // Only the code says that the consent is unknown; any other 404 says that the address is wrong.
    return answer.status === 404 && evidenceOf(answer).upstreamCode === UNKNOWN_REQUEST ? undefined : answer;
  }

  async function lookup(consent: Consent): Promise<Lookup | undefined> {
    const answer = await answerAbout(consent.railId);
    if (answer === undefined) return undefined;
    if (answer.status !== 200) throw fault(answer);
    return lookupOf(readJson(upstream, request.callId, answer, consentRequest), clock.now());
  }

  async function tryCode({ applicant, code }: HeldCode, scope: string): Promise<TriedCode | undefined> {
    const answer = await answerAbout(code);
    if (answer === undefined) return undefined;
    if (answer.status === 403 && evidenceOf(answer).upstreamCode === ANOTHERS_REQUEST) return 'MISMATCH';
    if (answer.status !== 200) throw fault(answer);
    const found = readJson(upstream, request.callId, answer, migratedRequest);
    if (!isBetween(found, applicant)) return 'MISMATCH';
    const seen = lookupOf(found, clock.now());
    return {
      lookup: seen,
      opens: seen.status === 'ACTIVE' && (await isOpened(code, applicant, scope)),
      requestedAt: requestedAt(found),
      validTo: found.validTo,
      periode: periodeIn(found, options.metadataKeys),
    };
  }

  /** Whether Maskinporten puts the consent into a token; the token is thrown away. */
  async function isOpened(id: Secret, applicant: Applicant, scope: string): Promise<boolean> {
    const issued = await tokens.forConsent(scope, { id, from: personUrn(applicant) }, request);
    if (!('doubtful' in issued)) return true;
    // A refusal without an OAuth error is not Maskinporten's: something in between says nothing about the consent.
    if (issued.doubtful.error !== undefined) return false;
    throw new GatewayError(
      'MASKINPORTEN_REJECTED',
      'The token is refused, and not in Maskinporten’s words. The operator must check its address, and proxies and filters on the way to it.',
      { evidence: issued.doubtful },
    );
  }

  async function exchange(consent: Consent, scope: string): Promise<Credential> {
    const result = await tokens.forConsent(scope, { id: consent.railId, from: personUrn(consent.applicant) }, request);
    if (!('doubtful' in result)) return result;
    // One refusal proves nothing about the consent: Altinn itself is the second witness.
    const seen = await lookup(consent);
    if (seen === undefined) throw new GatewayError('ALTINN_REJECTED', UNKNOWN_TO_ALTINN);
    if (seen.status !== 'ACTIVE') return { refused: seen };
    throw new GatewayError(
      'MASKINPORTEN_REJECTED',
      'Maskinporten refuses the token although Altinn says that the consent stands. The operator must check scope, access and receiver.',
      { evidence: result.doubtful },
    );
  }

  /** One credential per consent and scope, fetched once however many calls need it, and anew only when it has grown old. */
  async function credentialFor(consent: Consent, scope: string, notAccepted?: Opened): Promise<Credential> {
    const key = `${consent.id} ${scope}`;
    const held = issued.get(key);
    if (held !== undefined) {
      const credential = await held;
      const serves = 'refused' in credential || (isFresh(credential, clock.now()) && !isIn(notAccepted, credential));
      if (serves) return credential;
      if (issued.get(key) === held) issued.delete(key);
      return credentialFor(consent, scope);
    }
    const fetching = exchange(consent, scope);
    issued.set(key, fetching);
    try {
      return await fetching;
    } catch (error) {
      issued.delete(key);
      throw error;
    }
  }

  return {
    name: 'ALTINN_3',
    covers: () => true,
    async request(wish: ConsentWish) {
      const answer = await call(options.scopes.write, {
        method: 'POST',
        path: ALTINN3_REQUESTS,
        body: async () => new Secret(JSON.stringify(bodyOf(wish, options, request.dataConsumer)), 'consent request'),
      });
      if (answer.status === 201)
        return lookupOf(readJson(upstream, request.callId, answer, consentRequest), clock.now());
      if (answer.status !== 200) throw fault(answer);
      // Altinn had it already and answers in another form; the documented one comes from a look-up.
      const known = await lookup(wish.consent);
      if (known === undefined) throw fault(answer);
      return known;
    },
    lookup,
    tryCode: (held, source) => tryCode(held, source.scope),
    async open(consent, source, notAccepted) {
      const credential = await credentialFor(consent, source.scope, notAccepted);
      return 'refused' in credential ? credential : { headers: { authorization: bearer(credential.token) } };
    },
  };
}

function isIn(opened: Opened | undefined, { token }: IssuedToken): boolean {
  return opened?.headers['authorization']?.reveal() === bearer(token).reveal();
}

function bearer(token: Secret): Secret {
  return new Secret(`Bearer ${token.reveal()}`, 'bearer');
}
