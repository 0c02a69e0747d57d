import { z } from 'zod';
import type { WireResponse } from '../upstream.ts';
import { parseJson } from '../upstream.ts';
import type { Bench, Timing } from './bench.ts';
import { get } from './bench.ts';
import { judgeClock } from './clock.ts';
import { DIGDIR, OPERATOR } from './contacts.ts';
import type { Rung, Verdict } from './findings.ts';
import { isOutOfService, noAnswer, outOfService } from './no-answer.ts';

/** Where RFC 8414 puts what an authorization server says about itself. */
const METADATA = '/.well-known/oauth-authorization-server';

const metadataSchema = z.object({ issuer: z.string(), token_endpoint: z.string() });

/** What was found out about Maskinporten itself. */
export interface Discovered {
  readonly rungs: readonly Rung[];
  /** Why no grant can be tried, a sentence; undefined: it can. */
  readonly obstacle: string | undefined;
}

/**
 * Asks Maskinporten about itself, which takes no client: whether it is the one of the configuration, and what its clock
 * shows. A grant is sent nowhere unless both are right.
 */
export async function examineDiscovery(bench: Bench): Promise<Discovered> {
  const { issuer } = bench.config.maskinporten;
  const upstream = bench.upstream('maskinporten', new URL(issuer).origin);
  const { result: answer, timing } = await bench.timed(() =>
    get(upstream, bench.newCallId(), { path: METADATA, headers: { accept: 'application/json' } }),
  );
  const verdict = 'unanswered' in answer ? noAnswer(nameOf(issuer), answer.unanswered) : judgeMetadata(answer, bench);
  const { host } = new URL(issuer);
  const discovery: Rung = { rung: 'discovery', host, ...verdict, ...timing };
  const clock =
    'unanswered' in answer
      ? bench.unexamined({ rung: 'clock' }, 'Maskinporten, whose clock is the measure, gave no answer.')
      : { ...clockRung(answer, timing, bench), host };
  return { rungs: [discovery, clock], obstacle: obstacleIn(discovery, clock) };
}

function nameOf(issuer: string) {
  return { name: 'Maskinporten', address: issuer, contact: DIGDIR };
}

function judgeMetadata(answer: WireResponse, { config }: Bench): Verdict {
  const { issuer, tokenEndpoint } = config.maskinporten;
  if (isOutOfService(answer.status)) return outOfService(nameOf(issuer), answer.status);
  const told = answer.status === 200 ? parseJson(answer, metadataSchema) : undefined;
  if (told === undefined) {
    return {
      state: 'wrong',
      seen: `${new URL(issuer).host} does not say that it is Maskinporten (HTTP ${answer.status}).`,
      todo: 'Check `maskinporten.issuer` in the configuration, and whether a proxy stands in between.',
      ask: [OPERATOR],
    };
  }
  if (told.issuer !== issuer) {
    return {
      state: 'wrong',
      seen: `Maskinporten’s name is not the \`maskinporten.issuer\` of the configuration${
        told.issuer === `${issuer}/` ? ': a slash is missing at its end' : ''
      }. The two are compared letter by letter.`,
      todo: 'Write the issuer as Maskinporten does: https://maskinporten.no/ or https://test.maskinporten.no/, slash and all.',
      ask: [OPERATOR],
    };
  }
  if (told.token_endpoint !== tokenEndpoint) {
    return {
      state: 'wrong',
      seen: 'Maskinporten takes grants at another address than the `maskinporten.tokenEndpoint` of the configuration. No grant is sent there.',
      todo: 'Leave `maskinporten.tokenEndpoint` out: the profile knows it.',
      ask: [OPERATOR],
    };
  }
  return {
    state: 'ok',
    seen: `Found at ${new URL(issuer).host}, with the name and the address that the configuration has.`,
  };
}

function clockRung({ headers }: WireResponse, timing: Timing, { config }: Bench): Rung {
  const shown = new Date(headers['date'] ?? '');
  const verdict = judgeClock(shown, timing, config.maskinporten.grantLifetimeSeconds);
  return { rung: 'clock', ...verdict, ...timing };
}

function obstacleIn(discovery: Rung, clock: Rung): string | undefined {
  if (discovery.state === 'wrong') return 'Maskinporten has to be found first.';
  return clock.state === 'wrong'
    ? 'The clock has to be right first: Maskinporten refuses grants from another time.'
    : undefined;
}
