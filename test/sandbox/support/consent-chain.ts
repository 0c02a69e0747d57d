import { randomUUID } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { importJWK, SignJWT } from 'jose';
import { stillClock } from '../../../src/clock.ts';
import type { Altinn3 } from '../../../src/sandbox/altinn3.ts';
import { createAltinn3 } from '../../../src/sandbox/altinn3.ts';
import { newAltinn3State } from '../../../src/sandbox/altinn3-state.ts';
import type { DoubleResponse } from '../../../src/sandbox/double.ts';
import { createMaskinporten } from '../../../src/sandbox/maskinporten.ts';
import type { MaskinportenClient } from '../../../src/sandbox/maskinporten-state.ts';
import { newMaskinportenState } from '../../../src/sandbox/maskinporten-state.ts';
import { ORGANISATIONS, SANDBOX_START } from '../../../src/sandbox/world.ts';

export const MASKINPORTEN = 'http://maskinporten.test';
export const ALTINN = 'http://altinn.test';
export const [A = '', B = '', SUPPLIER = ''] = ORGANISATIONS.map(({ organisationNumber }) => organisationNumber);
/** P04 and P05 of the cast. */
export const PERSON = '30817429498';
export const OTHER_PERSON = '17868340584';
export const RESOURCE = 'nav_samtykke_dsop_aap-ufore';
export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

export const personUrn = (number: string) => `urn:altinn:person:identifier-no:${number}`;
export const organisationUrn = (number: string) => `urn:altinn:organization:identifier-no:${number}`;

// Keys take long to make: made once for each test file, copied for each chain.
const pristine = await newMaskinportenState();

/** Claims added to a grant; one that is undefined is left out of it. */
type Change = Readonly<Record<string, unknown>>;

export type ConsentChain = ReturnType<typeof newConsentChain>;

/** Maskinporten and Altinn on one still clock, each with a state of its own that the test may change. */
export function newConsentChain(feed: { lagSeconds?: number; pageSize?: number } = {}) {
  const clock = stillClock(SANDBOX_START);
  const maskinportenState = structuredClone(pristine);
  const altinnState = newAltinn3State();
  const maskinporten = createMaskinporten({
    clock,
    origin: MASKINPORTEN,
    state: maskinportenState,
    lookupConsent: (question) => altinn3.lookup(question),
  });
  const altinn3: Altinn3 = createAltinn3({ clock, origin: ALTINN, state: altinnState, maskinporten, ...feed });

  const clientOf = (organisation: string): MaskinportenClient => {
    const client = maskinportenState.clients.find((candidate) => candidate.organisation === organisation);
    if (client === undefined) throw new Error('no such client');
    return client;
  };
  const seconds = () => Math.floor(clock.now().getTime() / 1000);
  const later = (by: number) => clock.set(new Date(clock.now().getTime() + by * 1000));

  const claimsOf = (organisation: string, scope: string, more: Change = {}): JWTPayload => ({
    aud: `${MASKINPORTEN}/`,
    iss: clientOf(organisation).clientId,
    scope,
    iat: seconds(),
    exp: seconds() + 120,
    jti: randomUUID(),
    ...more,
  });

  const sign = async (organisation: string, claims: JWTPayload, header: Record<string, unknown> = {}) => {
    const { privateJwk, kid } = clientOf(organisation);
    const alg = String(header['alg'] ?? 'RS256');
    const key = await importJWK({ ...privateJwk, alg }, alg);
    return new SignJWT(claims).setProtectedHeader({ alg, kid, ...header }).sign(key);
  };

  const post = (assertion: string, grantType = JWT_BEARER) =>
    maskinporten.double({
      method: 'POST',
      url: new URL(`${MASKINPORTEN}/token`),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ grant_type: grantType, assertion }).toString(),
    });

  const grant = async (organisation: string, scope: string, more: Change = {}) =>
    post(await sign(organisation, claimsOf(organisation, scope, more)));

  const token = async (organisation: string, scope: string, more: Change = {}): Promise<string> =>
    read(await grant(organisation, scope, more)).access_token;

  const altinn = async (
    method: string,
    path: string,
    sent: { bearer?: string; body?: unknown; text?: string; headers?: Record<string, string> } = {},
  ) =>
    altinn3.double({
      method,
      url: new URL(path, ALTINN),
      headers: {
        ...(sent.bearer === undefined ? {} : { authorization: `Bearer ${sent.bearer}` }),
        ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
        ...sent.headers,
      },
      body: sent.text ?? (sent.body === undefined ? '' : JSON.stringify(sent.body)),
    });

  const ask = async (change: Record<string, unknown> = {}, organisation = A) =>
    altinn('POST', REQUESTS, {
      bearer: await token(organisation, 'altinn:consentrequests.write'),
      body: { ...requestBody(organisation), ...change },
    });

  return {
    clock,
    later,
    seconds,
    maskinporten,
    maskinportenState,
    altinn3,
    altinnState,
    clientOf,
    claimsOf,
    sign,
    post,
    grant,
    token,
    altinn,
    ask,
  };
}

export const REQUESTS = '/accessmanagement/api/v1/enterprise/consentrequests';

/** A request for a consent by P04 that breaks no rule. */
export function requestBody(organisation = A) {
  return {
    id: randomUUID(),
    from: personUrn(PERSON),
    to: organisationUrn(organisation),
    requiredDelegator: personUrn(PERSON),
    validTo: '2027-03-01T12:00:00+00:00',
    consentRights: [right()],
    requestMessage: { nb: 'Vi trenger opplysningene for å behandle saken din.' },
    redirectUrl: 'https://forsikring.example/retur?ref=9f2',
    portalViewMode: 'hide',
  };
}

export function right(change: Record<string, unknown> = {}) {
  return {
    action: ['consent'],
    resource: [{ type: 'urn:altinn:resource', value: RESOURCE }],
    metadata: { fraogmed: '01.01.2022', tilogmed: '31.12.2027' },
    ...change,
  };
}

/** The JSON body of a response, for looking into. */
// biome-ignore lint/suspicious/noExplicitAny: bodies are looked into member by member
export function read(response: DoubleResponse): any {
  return JSON.parse(response.body);
}
