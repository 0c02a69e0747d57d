import type { Altinn2 } from '../../../src/sandbox/altinn2.ts';
import { createAltinn2 } from '../../../src/sandbox/altinn2.ts';
import type { Altinn2Consent, Altinn2State } from '../../../src/sandbox/altinn2-state.ts';
import { newAltinn2State } from '../../../src/sandbox/altinn2-state.ts';
import type { DoubleResponse } from '../../../src/sandbox/double.ts';
import { A, newConsentChain, PERSON, read } from './consent-chain.ts';

export const ALTINN2 = 'http://altinn2.test';
export const READ = 'altinn:consentrequests.read';
export const WRITE = 'altinn:consentrequests.write';
export const TOKENS_READ = 'altinn:consenttokens.read';
export const TOKENS_WRITE = 'altinn:consenttokens.write';
export const UNUSABLE =
  'The API key is not authorized for this operation, or the supplied authorization code is either expired or invalid.';
export const STRANGE_CODE = '3f1d7c52-0b6e-4c8a-9a41-5e2f77d0c9ab';

// Keys take long to make: made once for each test file, copied for each world.
const pristine = await newAltinn2State();

/** How a call differs from insurer A's own, with its key and no token. */
export interface Call {
  readonly organisation?: string;
  /** Sends this as the ApiKey; null: none. */
  readonly key?: string | null;
  readonly bearer?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Altinn2World = ReturnType<typeof newAltinn2World>;

/** Altinn 2 and Maskinporten on one still clock. */
export function newAltinn2World(options: { readonly pageSize?: number } = {}) {
  const chain = newConsentChain();
  const { clock, maskinporten, token } = chain;
  const state: Altinn2State = structuredClone(pristine);
  const altinn2: Altinn2 = createAltinn2({ clock, origin: ALTINN2, state, maskinporten, ...options });

  async function call(method: string, path: string, how: Call = {}): Promise<DoubleResponse> {
    const { organisation = A, key = state.apiKeys[organisation] ?? '', bearer, body, headers = {} } = how;
    return altinn2.double({
      method,
      url: new URL(path, ALTINN2),
      headers: {
        ...(key === null ? {} : { apikey: key }),
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body),
    });
  }

  const ask = async (change: Record<string, unknown> = {}, organisation = A) =>
    call('POST', '/api/consentRequests', {
      organisation,
      bearer: await token(organisation, WRITE),
      body: { ...requestBody(organisation), ...change },
    });

  /** A request that was made, unanswered. */
  async function pending(change: Record<string, unknown> = {}, organisation = A): Promise<Altinn2Consent> {
    const consent = altinn2.register.find(read(await ask(change, organisation)).AuthorizationCode);
    if (consent === undefined) throw new Error('the request was not made');
    return consent;
  }

  /** A consent that was given. */
  async function given(change: Record<string, unknown> = {}, organisation = A): Promise<Altinn2Consent> {
    const consent = await pending(change, organisation);
    if (!altinn2.register.answer(consent.code, PERSON, 'Accepted')) throw new Error('the consent was not given');
    return consent;
  }

  const exchange = (code: string, how: Call = {}) => call('GET', `/api/authorization/token/${code}`, how);

  return { ...chain, state, altinn2, call, ask, pending, given, exchange };
}

/** A request to P04 that breaks no rule. */
export function requestBody(coveredBy = A) {
  return {
    CoveredBy: coveredBy,
    OfferedBy: PERSON,
    OfferedByName: 'ORRHØNE',
    RequiredDelegator: PERSON,
    RequiredDelegatorName: 'Orrhøne',
    ValidTo: '2027-03-01T12:00:00.000Z',
    RedirectUrl: 'https://forsikring.example/retur?ref=9f2',
    RequestResources: [resource()],
    RequestMessage: { 'no-nb': 'Vi trenger opplysningene.' },
    PortalViewMode: 'Hide',
  };
}

export function resource(metadata: Record<string, string> = {}, change: Record<string, unknown> = {}) {
  return {
    ServiceCode: '5252',
    ServiceEditionCode: 2,
    Metadata: { Navn: 'Fjordlund Forsikring', fraOgMed: '01.01.2022', tilOgMed: '31.12.2027', ...metadata },
    ...change,
  };
}

/** The claims of the token in an exchange's answer, unverified. */
// biome-ignore lint/suspicious/noExplicitAny: claims are looked into one by one
export function claimsIn(response: DoubleResponse): any {
  const [, payload = ''] = read(response).split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
}
