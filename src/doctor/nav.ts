import { Secret } from '../values.ts';
import type { Bench } from './bench.ts';
import { get } from './bench.ts';
import { NAV, OPERATOR } from './contacts.ts';
import type { Verdict } from './findings.ts';
import { isOutOfService, noAnswer, outOfService } from './no-answer.ts';
import type { Source } from './scopes.ts';

/**
 * Calls NAV about nobody, without a consent: NAV has to refuse that (400 or 403), and so proves that it is reached. It reads nothing and
 * traces nothing. In which order NAV checks is not published: 403 may be for the call without a consent, or for a scope that NAV does
 * not accept, which only a read under a consent tells apart.
 */
export async function lookAtNav(bench: Bench, source: Source, token: Secret, callId: string): Promise<Verdict> {
  const nav = { name: 'NAV', address: source.baseUrl, contact: NAV };
  const { host } = new URL(source.baseUrl);
  const answer = await get(bench.upstream('nav', source.baseUrl), callId, {
    path: source.path,
    headers: {
      authorization: new Secret(`Bearer ${token.reveal()}`, 'bearer'),
      accept: 'application/json',
      'nav-call-id': callId,
      'x-request-id': callId,
    },
  });
  if ('unanswered' in answer) return noAnswer(nav, answer.unanswered);
  const { status } = answer;
  if (isOutOfService(status)) return { ...outOfService(nav, status), callId };
  switch (status) {
    case 400:
      return {
        state: 'ok',
        seen: `Reached at ${host} with a token. A call about nobody is refused, as it must be (HTTP 400).`,
        callId,
      };
    case 403:
      return {
        state: 'ask',
        seen: `Reached at ${host} with a token. A call about nobody is refused, as it must be (HTTP 403); but NAV says the same to a scope that it does not accept.`,
        todo: `Check that \`${source.scope}\` is the scope of this source: NAV’s are \`nav:arbeid/v1/aap\` and \`nav:helse/v1/uforeopplysninger\`. If it is, the first read under a consent settles it.`,
        ask: [NAV],
        callId,
      };
    case 401:
      return {
        state: 'wrong',
        seen: 'NAV does not take the token that Maskinporten has issued (HTTP 401).',
        todo: `Check that NAV’s address and \`maskinporten.issuer\` are of the same environment, and that \`${source.scope}\` is the scope of this source.`,
        ask: [OPERATOR, NAV],
        callId,
      };
    case 404:
    case 405:
      return {
        state: 'wrong',
        seen: `${host} is reached, but nothing answers there at the path \`${source.path}\` (HTTP ${status}).`,
        todo: 'Check address and path of this source in the configuration. Those of AAP are documented nowhere: ask for them.',
        ask: [NAV],
        callId,
      };
    default:
      return {
        state: 'warning',
        seen: `${host} is reached, but answers a call about nobody in a way that is not documented (HTTP ${status}). The answer was not looked at.`,
        todo: 'Check address and path of this source in the configuration, and ask whether NAV has changed its interface.',
        ask: [OPERATOR, NAV],
        callId,
      };
  }
}
