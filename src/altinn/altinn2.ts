import { z } from 'zod';
import type { Consent, ConsentRail, ConsentWish, Lookup, RequestScope } from '../access/ports.ts';
import type { Clock } from '../clock.ts';
import type { GatewayError } from '../errors.ts';
import type { Tokens } from '../maskinporten/tokens.ts';
import { isFresh } from '../maskinporten/tokens.ts';
import type { Upstream, UpstreamCall, WireResponse } from '../upstream.ts';
import { readJson } from '../upstream.ts';
import { Secret } from '../values.ts';
import { feedQuery, findByReturnReference, startOf } from './altinn2-feed.ts';
import { evidenceOf, faultOf, rejected } from './altinn2-outcomes.ts';
import type { ConsentKeys, ConsentToken } from './altinn2-token.ts';
import { CLOCK_SKEW_S, verifyConsentToken, wordOf } from './altinn2-token.ts';
import type { Altinn2Service, ConsentRequest } from './altinn2-wire.ts';
import { bodyOf, changedAt, consentRequest, feedPage, useOf } from './altinn2-wire.ts';
import type { KeyWitness } from './altinn2-witness.ts';

/** What the Altinn 2 rail needs to know of the environment and of one data consumer. */
export interface Altinn2Options {
  readonly service: Altinn2Service;
  /** `readTokens` and `writeTokens` are the supplier's alone. */
  readonly scopes: {
    readonly read: string;
    readonly write: string;
    readonly readTokens: string;
    readonly writeTokens: string;
  };
  /** Of the data consumer or of its supplier, whoever acts: bound to that one's organisation number. */
  readonly apiKey: Secret;
  /** Lasts from one request to the next. The data consumer’s alone, also where one ApiKey serves several. */
  readonly witness: KeyWitness;
  /** The keys consent tokens are signed with. */
  readonly keys: ConsentKeys;
  /** Where the consent page is, without a trailing slash. */
  readonly baseUrl: string;
  readonly upstream: Upstream;
  readonly clock: Clock;
  /**
   * Takes charge of work that nobody waits for, until it has ended and its success is noted. Of work that fails nothing is
   * noted: it may have had its effect. The signal ends it when the gateway closes.
   */
  readonly afterwards: (
    note: (succeeded: boolean) => Promise<void>,
    work: (signal: AbortSignal) => Promise<boolean>,
  ) => Promise<void>;
}

type Wire = Pick<UpstreamCall, 'method' | 'path' | 'query' | 'body' | 'repeat'>;
type Credential = ConsentToken | { readonly refused: Lookup };
type Ended = Lookup & { readonly status: 'EXPIRED' | 'WITHDRAWN' };

/** Path of consent requests at Altinn 2, and of their feed; the code of one follows. */
export const ALTINN2_REQUESTS = '/api/consentRequests';
const TOKENS = '/api/authorization/token';
/** Uføreopplysninger need a consent to the second edition of the service, AAP to any. */
const UFORE_EDITION = 2;

/**
 * The rail of before: the consent is a token of its own, exchanged for the authorisation code and sent beside that of
 * Maskinporten; issuing it is the live check that the consent still stands. Made per request, for one data consumer; its
 * credentials end with the request.
 */
export function openAltinn2(options: Altinn2Options, tokens: Tokens, request: RequestScope): ConsentRail {
  const { upstream, clock, service, witness } = options;
  const issued = new Map<string, Promise<Credential>>();

  /** Calls with ApiKey and token. A token that Altinn refuses is dropped, and a call that may be repeated gets another. */
  async function call(scope: string, wire: Wire, signal = request.signal): Promise<WireResponse> {
    const waiting = { callId: request.callId, signal };
    const first = await tokens.forScope(scope, waiting);
    const answer = await send(wire, signal, first);
    if (answer.status !== 401) return answer;
    await tokens.forget(scope, first);
    return wire.repeat === 'never' ? answer : send(wire, signal, await tokens.forScope(scope, waiting));
  }

  /** Calls about a consent token. Its ApiKey is enough for the data consumer itself; a supplier proves its delegation too. */
  function callAboutToken(scope: string, wire: Wire, signal: AbortSignal): Promise<WireResponse> {
    return request.dataConsumer.supplier === null ? send(wire, signal) : call(scope, wire, signal);
  }

  /** Calls with the ApiKey. */
  function send(wire: Wire, signal: AbortSignal, token?: Secret): Promise<WireResponse> {
    return upstream.call({
      ...wire,
      headers: {
        apikey: options.apiKey,
        accept: wire.path.startsWith(TOKENS) ? 'application/json' : 'application/hal+json',
        ...(token === undefined ? {} : { authorization: bearer(token) }),
        ...(wire.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      callId: request.callId,
      signal,
    });
  }

  function fault(answer: WireResponse): GatewayError {
    const evidence = evidenceOf(answer);
    upstream.report(request.callId, evidence);
    return faultOf(evidence);
  }

  async function statusOf(consent: Consent): Promise<ConsentRequest> {
    const path = `${ALTINN2_REQUESTS}/${consent.railId.reveal()}`;
    const answer = await call(options.scopes.read, { method: 'GET', path, repeat: 'idempotent' });
    if (answer.status !== 200) throw fault(answer);
    return readJson(upstream, request.callId, answer, consentRequest);
  }

  /** The request that Altinn holds for a consent whose code we never heard. */
  function searched(consent: Consent): Promise<ConsentRequest | undefined> {
    return findByReturnReference(consent, startOf(consent), async (continuation) => {
      const query = feedQuery(service, continuation);
      const answer = await call(options.scopes.read, {
        method: 'GET',
        path: ALTINN2_REQUESTS,
        query,
        repeat: 'idempotent',
      });
      if (answer.status !== 200) throw fault(answer);
      return readJson(upstream, request.callId, answer, feedPage)._embedded;
    });
  }

  /** Whether the consent has run out, or may have by Altinn’s clock: then nobody is said to have withdrawn it. */
  function mayHaveRunOut({ validTo }: Consent): boolean {
    return validTo.getTime() - CLOCK_SKEW_S * 1000 <= clock.now().getTime();
  }

  /** The consent token, verified; undefined: refused, and nobody says why. */
  async function exchange(consent: Consent): Promise<ConsentToken | undefined> {
    const fetchedAt = clock.now();
    const path = `${TOKENS}/${consent.railId.reveal()}`;
    const wire: Wire = { method: 'GET', path, repeat: 'idempotent' };
    const answer = await callAboutToken(options.scopes.readTokens, wire, request.signal);
    if (answer.status === 403) return undefined;
    if (answer.status !== 200) throw fault(answer);
    const jwt = readJson(upstream, request.callId, answer, z.string().min(1));
    const token = await verifyConsentToken(jwt, options.keys, {
      consent,
      supplier: request.dataConsumer.supplier,
      service,
      fetchedAt,
      now: clock.now(),
    });
    if ('flaw' in token) {
      // It has whole seconds: the fraction of one that our own `validTo` may have beyond them opens nothing.
      if (token.flaw === 'ValidToDate' && mayHaveRunOut(consent)) return undefined;
      const evidence = { upstream: 'altinn', status: 200, failure: 'unreadable' } as const;
      upstream.report(request.callId, evidence);
      const isOfTime = token.flaw === 'nbf' || token.flaw === 'exp';
      throw rejected(
        `Altinn’s consent token does not prove the consent (${token.flaw}), so it is not used. The operator must ${isOfTime ? 'check the clock of this machine' : 'ask Altinn, giving time and call id'}.`,
        evidence,
      );
    }
    witness.exchanged(consent.id);
    return token;
  }

  /**
   * What an accepted consent is whose code is refused. Altinn says the same of a withdrawn consent, an expired one and a
   * wrong ApiKey: time tells the second, and only a key that has opened another consent lately tells the first.
   */
  function endOf(consent: Consent, seen: ConsentRequest): Ended {
    const now = clock.now();
    const answeredAt = consent.answeredAt ?? changedAt(seen);
    if (mayHaveRunOut(consent)) return { status: 'EXPIRED', answeredAt, endedAt: consent.validTo, pageUrl: null };
    if (witness.vouchesFor(consent.id)) return { status: 'WITHDRAWN', answeredAt, endedAt: now, pageUrl: null };
    throw rejected(
      'Altinn does not issue a token for the consent: the person may have withdrawn it, or the ApiKey is not the data consumer’s. Only another consent that works can tell; the operator must check the ApiKey. Whoever knows that the consent is withdrawn can give it up (relinquishConsent) and ask anew.',
      { upstream: 'altinn', status: 403 },
    );
  }

  async function credentialOf(consent: Consent): Promise<Credential> {
    const token = await exchange(consent);
    if (token !== undefined) return token;
    // One refusal proves nothing about the consent: the request itself is the second witness.
    const seen = await statusOf(consent);
    return { refused: seen.requeststatus === 'Accepted' ? endOf(consent, seen) : unaccepted(consent, seen) };
  }

  /** What has become of a request that is not accepted. */
  function unaccepted(consent: Consent, seen: ConsentRequest): Lookup {
    const now = clock.now();
    if (seen.requeststatus === 'Rejected') {
      const declinedAt = changedAt(seen) ?? now;
      return { status: 'DECLINED', answeredAt: declinedAt, endedAt: declinedAt, pageUrl: null };
    }
    if (consent.validTo <= now) return { status: 'EXPIRED', answeredAt: null, endedAt: consent.validTo, pageUrl: null };
    const page = `${options.baseUrl}/ui/AccessConsent/request?id=${seen.authorizationcode.reveal()}`;
    return { status: 'PENDING', answeredAt: null, endedAt: null, pageUrl: new Secret(page, 'consent page') };
  }

  /** What a request says, and for an accepted one, whether it still stands. */
  async function judged(known: Consent, seen: ConsentRequest): Promise<Lookup> {
    const railId = seen.authorizationcode;
    const consent = { ...known, railId };
    const named = known.confirmedAt === null ? { railId } : {};
    if (seen.requeststatus !== 'Accepted') return { ...unaccepted(consent, seen), ...named };
    if (consent.validTo <= clock.now()) return { ...endOf(consent, seen), ...named };
    const token = await exchange(consent);
    if (token === undefined) return { ...endOf(consent, seen), ...named };
    issued.set(consent.id, Promise.resolve(token));
    return { ...wordOf(token, consent), ...named };
  }

  async function lookup(consent: Consent): Promise<Lookup | undefined> {
    const seen = consent.confirmedAt === null ? await searched(consent) : await statusOf(consent);
    return seen && judged(consent, seen);
  }

  /** One token per consent, exchanged once however many calls need it, and anew only when it has grown old. */
  async function credentialFor(consent: Consent): Promise<Credential> {
    const held = issued.get(consent.id);
    if (held !== undefined) {
      const credential = await held;
      if ('refused' in credential || isFresh(credential, clock.now())) return credential;
      if (issued.get(consent.id) === held) issued.delete(consent.id);
      return credentialFor(consent);
    }
    const fetching = credentialOf(consent);
    issued.set(consent.id, fetching);
    try {
      return await fetching;
    } catch (error) {
      issued.delete(consent.id);
      throw error;
    }
  }

  return {
    name: 'ALTINN_2',
    choosesId: true,
    needsFamilyName: true,
    covers: (source) => source !== 'uforeopplysninger' || service.edition >= UFORE_EDITION,
    async request(wish: ConsentWish) {
      const { consent, familyName } = wish;
      // Altinn chooses the code, so that it cannot tell a repeated request from a new one: we must.
      const known = wish.isFirst ? undefined : await lookup(consent);
      if (known !== undefined) return known;
      if (familyName === undefined) throw new Error('a request on this rail is made with the family name only');
      const answer = await call(options.scopes.write, {
        method: 'POST',
        path: ALTINN2_REQUESTS,
        body: async () =>
          new Secret(JSON.stringify(bodyOf(wish, service, request.dataConsumer, familyName)), 'consent request'),
        repeat: 'never',
      });
      if (answer.status !== 201) throw fault(answer);
      return judged(consent, readJson(upstream, request.callId, answer, consentRequest));
    },
    lookup,
    async open(consent, source, notAccepted) {
      const credential = await credentialFor(consent);
      if ('refused' in credential) return credential;
      let access = await tokens.forScope(source.scope, request);
      if (notAccepted?.headers['authorization']?.reveal() === bearer(access).reveal()) {
        await tokens.forget(source.scope, access);
        access = await tokens.forScope(source.scope, request);
      }
      const word = wordOf(credential, consent);
      return {
        headers: { authorization: bearer(access), 'nav-samtykke-token': credential.token },
        hasGrownOld: () => !isFresh(credential, clock.now()),
        ...(word.validTo === undefined ? {} : { word }),
      };
    },
    async relinquish(consent) {
      const code = consent.confirmedAt === null ? (await searched(consent))?.authorizationcode : consent.railId;
      if (code === undefined) return;
      const wire = { method: 'DELETE', repeat: 'idempotent' } as const;
      if (consent.answeredAt === null) {
        const path = `${ALTINN2_REQUESTS}/${code.reveal()}`;
        const takenBack = await call(options.scopes.write, { ...wire, path });
        if (takenBack.status === 204) return;
        // 400: answered meanwhile; 403: gone already.
        if (takenBack.status !== 400 && takenBack.status !== 403) throw fault(takenBack);
      }
      const path = `${TOKENS}/${code.reveal()}`;
      const givenUp = await callAboutToken(options.scopes.writeTokens, { ...wire, path }, request.signal);
      // 403: it has ended already, or was never given.
      if (givenUp.status !== 204 && givenUp.status !== 403) throw fault(givenUp);
    },
    disclosed: (consent, note) =>
      options.afterwards(note, async (signal) => {
        const use = new Secret(JSON.stringify(useOf(service, clock.now())), 'use of a consent');
        const path = `${TOKENS}/${consent.railId.reveal()}/loguse`;
        const wire: Wire = { method: 'POST', path, body: async () => use, repeat: 'refused' };
        const answer = await callAboutToken(options.scopes.writeTokens, wire, signal);
        if (answer.status === 204) return true;
        const failure = fault(answer);
        // Altinn may have written the use before it failed: only a refusal says that it has not.
        if (answer.status < 400 || answer.status >= 500) throw failure;
        return false;
      }),
  };
}

function bearer(token: Secret): Secret {
  return new Secret(`Bearer ${token.reveal()}`, 'bearer');
}
