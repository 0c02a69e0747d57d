import { ALTINN2_REQUESTS } from '../altinn/altinn2.ts';
import { feedQuery } from '../altinn/altinn2-feed.ts';
import { ALTINN3_REQUESTS } from '../altinn/altinn3.ts';
import { evidenceOf } from '../altinn/altinn3-outcomes.ts';
import { Secret } from '../values.ts';
import type { Bench } from './bench.ts';
import { get } from './bench.ts';
import { ALTINN, BITS, OPERATOR } from './contacts.ts';
import type { Verdict } from './findings.ts';
import { isOutOfService, noAnswer, outOfService } from './no-answer.ts';

const UNKNOWN_REQUEST = 'AM-00001';

/**
 * Asks Altinn 3 for a request that nobody has made: an answer that knows none proves that the token is taken. Nothing of anybody's
 * is read.
 */
export async function lookAtAltinn3(bench: Bench, token: Secret, callId: string): Promise<Verdict> {
  const { baseUrl } = bench.config.altinn3;
  const altinn = { name: 'Altinn 3', address: baseUrl, contact: ALTINN };
  const answer = await get(bench.upstream('altinn', baseUrl), callId, {
    path: `${ALTINN3_REQUESTS}/${callId}`,
    headers: { authorization: bearer(token), accept: 'application/json', 'x-request-id': callId },
  });
  if ('unanswered' in answer) return noAnswer(altinn, answer.unanswered);
  const { status } = answer;
  if (status === 404 && evidenceOf(answer).upstreamCode === UNKNOWN_REQUEST) {
    return {
      state: 'ok',
      seen: 'Takes the token. Whether NAV lets the organisation ask for this consent shows with the first request.',
      callId,
    };
  }
  if (isOutOfService(status)) return { ...outOfService(altinn, status), callId };
  if (status === 401 || status === 403) {
    return {
      state: 'wrong',
      seen: `Altinn 3 does not take the token that Maskinporten has issued (HTTP ${status}).`,
      todo: 'Check that `altinn3.baseUrl` and `maskinporten.issuer` are of the same environment, and that `altinn3.scopes.read` is Altinn’s scope for consent requests.',
      ask: [OPERATOR, ALTINN],
      callId,
    };
  }
  return {
    state: 'wrong',
    seen: `Altinn’s consent requests are not found at ${new URL(baseUrl).host} (HTTP ${status}).`,
    todo: 'Check `altinn3.baseUrl` in the configuration.',
    ask: [OPERATOR, ALTINN],
    callId,
  };
}

/** Before every code there is. */
const NO_CODE = '00000000-0000-0000-0000-000000000000';
const AN_HOUR_MS = 3_600_000;

/**
 * Asks Altinn 2 for requests that will change from an hour ahead on: there are none, so nothing of anybody's is read, and an answer proves
 * that the ApiKey is known and belongs to the organisation that the token was issued to.
 *
 * @param owner whose ApiKey it is, an organisation number
 */
export async function lookAtAltinn2(
  bench: Bench,
  { apiKey, owner, token }: { readonly apiKey: Secret; readonly owner: string; readonly token: Secret },
  callId: string,
): Promise<Verdict> {
  const { baseUrl = '', service } = bench.config.altinn2;
  const altinn = { name: 'Altinn 2', address: baseUrl, contact: ALTINN };
  const later = new Date(bench.clock.now().getTime() + AN_HOUR_MS).toISOString().replace('Z', '');
  const answer = await get(bench.upstream('altinn', baseUrl), callId, {
    path: ALTINN2_REQUESTS,
    query: feedQuery(service, `${later}_${NO_CODE}`),
    headers: { apikey: apiKey, authorization: bearer(token), accept: 'application/hal+json' },
  });
  if ('unanswered' in answer) return { ...noAnswer(altinn, answer.unanswered), ...CLOSED };
  const { status } = answer;
  if (status === 200) {
    return {
      state: 'ok',
      seen: `Takes the ApiKey, as that of organisation ${owner}. Whether the key may fetch consent tokens shows with the first consent.`,
    };
  }
  if (status === 401) {
    return {
      state: 'wrong',
      seen: 'Altinn 2 does not take the token that Maskinporten has issued.',
      todo: 'Check that `altinn2.baseUrl` and `maskinporten.issuer` are of the same environment.',
      ask: [OPERATOR, ALTINN],
    };
  }
  if (status === 403) {
    return {
      state: 'wrong',
      seen: `Altinn 2 refuses the ApiKey: it does not know it in this environment, or it is not that of organisation ${owner}.`,
      todo: `Use the ApiKey that Altinn has sent to organisation ${owner}. Test (TT02) and production have keys of their own.`,
      ask: [BITS, ALTINN],
    };
  }
  return isOutOfService(status)
    ? { ...outOfService(altinn, status), ...CLOSED }
    : {
        state: 'wrong',
        seen: `Altinn 2 does not serve consent requests as it used to (HTTP ${status}).`,
        ...CLOSED,
      };
}

const CLOSED = {
  todo: 'Altinn 2 was to close in June 2026. If nobody’s consent is left there, take `altinn2` out of the configuration; otherwise check `altinn2.baseUrl`, and ask.',
  ask: [ALTINN],
} as const;

function bearer(token: Secret): Secret {
  return new Secret(`Bearer ${token.reveal()}`, 'bearer');
}
