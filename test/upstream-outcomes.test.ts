import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openAltinn2 } from '../src/altinn/altinn2.ts';
import { ALTINN2_OUTCOMES } from '../src/altinn/altinn2-outcomes.ts';
import { openAltinn3 } from '../src/altinn/altinn3.ts';
import { ALTINN_OUTCOMES } from '../src/altinn/altinn3-outcomes.ts';
import { stillClock } from '../src/clock.ts';
import { GatewayError } from '../src/errors.ts';
import { HELD_BACK, MASKINPORTEN_OUTCOMES } from '../src/maskinporten/outcomes.ts';
import type { Tokens } from '../src/maskinporten/tokens.ts';
import { createTokens } from '../src/maskinporten/tokens.ts';
import { aapVedtak } from '../src/nav/aap.ts';
import { SANDBOX_START } from '../src/sandbox/world.ts';
import type { UpstreamOptions } from '../src/upstream.ts';
import { Secret } from '../src/values.ts';
import { markdownTable } from './support/markdown.ts';
import type { Happening } from './support/scripted.ts';
import { answer, failure, gzipped, script, wayOut } from './support/scripted.ts';
import { AAP, aConsent, aNavRequest, aScope, aWish, READ, RESOURCE, WRITE } from './support/way-out.ts';

const page = readFileSync(new URL('../docs/upstream-outcomes.md', import.meta.url), 'utf8');
const clock = stillClock(SANDBOX_START);

// --- What an upstream may do ---------------------------------------------------------------------------------------

const HTML = '<html><h1>The service is not available</h1></html>';

/** What may happen at any upstream, by the name it has in the tables. */
const ANYWHERE: Readonly<Record<string, Happening>> = {
  '429': answer(429),
  '500': answer(500),
  '502': answer(502),
  '503': answer(503),
  '503 with a page': answer(503, HTML, { 'content-type': 'text/html' }),
  '504': answer(504),
  'no connection': failure('ECONNREFUSED'),
  'lost connection': failure('ECONNRESET'),
  'time-out': 'silence',
  redirect: answer(302, '', { location: 'https://elsewhere.example/' }),
  'too large': failure('UND_ERR_RES_EXCEEDED_MAX_SIZE'),
  'unreadable 200': answer(200, HTML),
  'encoded 200': answer(200, gzipped({ access_token: 't', expires_in: 120 }), { 'content-encoding': 'gzip' }),
};

function refusal(status: number, error: string, code?: string): Happening {
  return answer(status, {
    error,
    error_description: 'Words nobody reads (trace_id: 5f0c9a1b2c3d4e5f60718293a4b5c6d7)',
    ...(code === undefined ? {} : { error_uri: `https://maskinporten.example/errors/${code}` }),
  });
}

const MASKINPORTEN: Readonly<Record<string, Happening>> = {
  ...Object.fromEntries(
    Object.keys(MASKINPORTEN_OUTCOMES).map((code) => [
      code,
      refusal(
        code === 'MP-250' || code === 'MP-251' ? 403 : 400,
        code < 'MP-200' ? 'invalid_grant' : 'forbidden',
        code,
      ),
    ]),
  ),
  'another MP code': refusal(400, 'invalid_grant', 'MP-999'),
  'no MP code': refusal(400, 'invalid_grant'),
  '400 with a page': answer(400, HTML),
  '401': answer(401),
  '403': answer(403),
  '404': answer(404),
  '204': answer(204),
  ...ANYWHERE,
};

function problem(status: number, code: string): Happening {
  return answer(status, { type: 'about:blank', title: 'Bad Request', status, detail: 'Words nobody reads', code });
}

const STATUS_OF_CODE: Readonly<Record<string, number>> = { 'AM-00000': 403, 'AM-00001': 404, 'STD-00001': 500 };
const AM_CODES = Array.from({ length: 17 }, (_, n) => `AM-${String(n).padStart(5, '0')}`);

const ALTINN: Readonly<Record<string, Happening>> = {
  ...Object.fromEntries(
    [...AM_CODES, 'STD-00000', 'STD-00001'].map((code) => [code, problem(STATUS_OF_CODE[code] ?? 400, code)]),
  ),
  'another code': problem(400, 'AM-00099'),
  '400 without a code': answer(400, { errors: { '$.from': ['no'] } }),
  '401': answer(401),
  '403': answer(403),
  '404': answer(404),
  '405': answer(405),
  '409': answer(409),
  '415': answer(415),
  '204': answer(204),
  ...ANYWHERE,
};

const ALTINN2: Readonly<Record<string, Happening>> = {
  '40332': answer(400, [{ ErrorCode: '40332', ErrorMessage: 'Words nobody reads' }]),
  'another code': answer(400, { errorCode: 19023, errorDescription: 'Words nobody reads' }),
  '400 without a code': answer(400),
  '401': answer(401),
  '403': answer(403),
  '404': answer(404),
  '405': answer(405),
  '204': answer(204),
  ...ANYWHERE,
};

function altinn2Request(RequestStatus: string): Happening {
  return answer(200, { AuthorizationCode: '3f1d7c52-0b6e-4c8a-9a41-5e2f77d0c9ab', RequestStatus });
}

/** What Altinn 2 says of the request whose code it has refused. */
const ALTINN2_WITNESS: Readonly<Record<string, Happening>> = {
  Unopened: altinn2Request('Unopened'),
  Opened: altinn2Request('Opened'),
  Rejected: altinn2Request('Rejected'),
  Accepted: altinn2Request('Accepted'),
  'another status': altinn2Request('Revoked'),
  '403': answer(403),
  '503': answer(503),
};

const NAV: Readonly<Record<string, Happening>> = {
  '400': answer(400, { message: 'Words nobody reads' }),
  '401': answer(401),
  '403': answer(403),
  '404': answer(404),
  '204': answer(204),
  ...ANYWHERE,
};

/** What Altinn says of the consent when it is the second witness. */
const WITNESS: Readonly<Record<string, Happening>> = {
  ...Object.fromEntries(
    ['Created', 'Accepted', 'Rejected', 'Revoked', 'Deleted', 'Expired'].map((status) => [
      status,
      answer(200, {
        status,
        validTo: '2027-03-01T12:00:00+00:00',
        consentRequestEvents: [],
        viewUri: 'https://altinn.example/request',
      }),
    ]),
  ),
  'Accepted, past validTo': answer(200, { status: 'Accepted', validTo: '2026-11-16T08:59:59+00:00' }),
  'Accepted, with an Expired event': answer(200, {
    status: 'Accepted',
    validTo: '2027-03-01T12:00:00+00:00',
    consentRequestEvents: [{ eventType: 'Expired', created: '2026-11-16T08:59:59+00:00' }],
  }),
  'another status': answer(200, { status: 'Paused', validTo: '2027-03-01T12:00:00+00:00' }),
  'AM-00001': problem(404, 'AM-00001'),
  '503': answer(503),
};

// --- What the gateway makes of it ----------------------------------------------------------------------------------

async function wordFor(work: Promise<string>): Promise<string> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof GatewayError) return `${error.code}, ${error.retry}`;
    throw error;
  }
}

/** A way out on which the same thing happens to every call. */
function happeningAt(name: UpstreamOptions['name'], happening: Happening) {
  const { transport, requests } = script(happening);
  return {
    ...wayOut(transport, { name, deadlineMs: happening === 'silence' ? 15 : 5_000 }),
    attempts: () => String(requests.length),
  };
}

function maskinporten(happening: Happening) {
  const { upstream, attempts } = happeningAt('maskinporten', happening);
  const tokens = createTokens({
    client: { issuer: 'https://maskinporten.example/', clientId: 'client' },
    upstream,
    path: '/token',
    credentials: { name: () => 'key', sign: async () => new Secret('grant', 'grant') },
    cache: { get: async () => undefined, set: async () => undefined, delete: async () => undefined },
    clock,
  });
  return { tokens, attempts };
}

async function maskinportenRow(name: string, happening: Happening): Promise<string[]> {
  const without = maskinporten(happening);
  const first = await wordFor(without.tokens.forScope(READ, aScope()).then(() => 'token'));
  const attempts = without.attempts();
  const again = await wordFor(without.tokens.forScope(READ, aScope()).then(() => 'token'));
  expect(again).toBe(first);
  const held = without.attempts() === attempts ? '10 s' : '';

  const withConsent = maskinporten(happening);
  const consent = { id: new Secret('id', 'id'), from: new Secret('urn', 'urn') };
  const doubt = await wordFor(
    withConsent.tokens.forConsent(AAP, consent, aScope()).then((seen) => ('doubtful' in seen ? 'ask Altinn' : 'token')),
  );
  expect(withConsent.attempts()).toBe(attempts);
  return [name, first, doubt, attempts, held];
}

const tokensAtHand: Tokens = {
  forScope: async () => new Secret('token', 'access token'),
  forget: async () => undefined,
  forConsent: async () => ({ doubtful: { upstream: 'maskinporten', status: 400, upstreamCode: 'MP-303' } }),
};

function rail(happening: Happening) {
  const { upstream, attempts } = happeningAt('altinn', happening);
  const scopes = { read: READ, write: WRITE };
  const options = { resource: RESOURCE, metadataKeys: { fom: 'fraogmed', tom: 'tilogmed' }, scopes, upstream, clock };
  return { rail: openAltinn3(options, tokensAtHand, aScope()), attempts };
}

async function altinnRow(name: string, happening: Happening): Promise<string[]> {
  const creating = rail(happening);
  const created = await wordFor(creating.rail.request(aWish(aConsent())).then(() => 'created'));
  const lookingUp = rail(happening);
  const seen = await wordFor(lookingUp.rail.lookup(aConsent()).then((lookup) => lookup?.status ?? 'unknown to Altinn'));
  return [name, created, seen, lookingUp.attempts()];
}

/** An Altinn 2 on which one thing happens to the exchange of a code, and another to everything else. */
function rail2(
  happening: Happening,
  { exchange = happening, works = false, validTo = new Date('2027-03-01T12:00:00Z') } = {},
) {
  const [toToken, others] = [script(exchange), script(happening)];
  const { upstream } = wayOut(
    (request) => (request.url.includes('/authorization/token/') ? toToken : others).transport(request),
    { name: 'altinn', deadlineMs: [happening, exchange].includes('silence') ? 15 : 5_000 },
  );
  const options = {
    service: { code: '5252', edition: 2, metadataKeys: { fom: 'fraOgMed', tom: 'tilOgMed', name: 'Navn' } },
    scopes: {
      read: READ,
      write: WRITE,
      readTokens: 'altinn:consenttokens.read',
      writeTokens: 'altinn:consenttokens.write',
    },
    apiKey: new Secret('key', 'ApiKey'),
    witness: { exchanged: () => undefined, vouchesFor: () => works },
    keys: Object.assign(() => Promise.reject(new Error('no token is verified here')), {
      reload: () => Promise.resolve(),
    }),
    baseUrl: 'https://altinn2.example',
    upstream,
    clock,
    afterwards: () => Promise.resolve(),
  };
  return {
    rail: openAltinn2(options, tokensAtHand, aScope()),
    consent: aConsent({ rail: 'ALTINN_2', confirmedAt: SANDBOX_START, validTo }),
    exchanges: () => toToken.requests.length,
    others: () => others.requests.length,
  };
}

async function altinn2Row(name: string, happening: Happening): Promise<string[]> {
  const creating = rail2(happening);
  const wish = aWish(creating.consent, { isFirst: true, familyName: new Secret('EKSEMPELSEN', 'family name') });
  const created = await wordFor(creating.rail.request(wish).then(() => 'created'));
  expect(creating.others()).toBe(1);
  const lookingUp = rail2(happening);
  const seen = await wordFor(lookingUp.rail.lookup(lookingUp.consent).then((lookup) => lookup?.status ?? 'unknown'));
  const exchanging = rail2(altinn2Request('Rejected'), { exchange: happening });
  const opened = await wordFor(
    exchanging.rail
      .open(exchanging.consent, { name: 'aapVedtak', scope: AAP })
      .then((said) => ('refused' in said ? 'ask for the request' : 'opened')),
  );
  return [name, created, seen, String(lookingUp.others()), opened, String(exchanging.exchanges())];
}

async function altinn2WitnessRow(name: string, happening: Happening): Promise<string[]> {
  const word = async (how: Parameters<typeof rail2>[1]) => {
    const { rail, consent } = rail2(happening, { exchange: answer(403), ...how });
    const opened = rail.open(consent, { name: 'aapVedtak', scope: AAP });
    return wordFor(opened.then((seen) => ('refused' in seen ? seen.refused.status : 'opened')));
  };
  return [name, await word({ works: true }), await word({}), await word({ validTo: SANDBOX_START })];
}

async function witnessRow(name: string, happening: Happening): Promise<string[]> {
  const opened = rail(happening).rail.open(aConsent(), { name: 'aapVedtak', scope: AAP });
  return [name, await wordFor(opened.then((seen) => ('refused' in seen ? seen.refused.status : 'opened')))];
}

async function navRow(name: string, happening: Happening): Promise<string[]> {
  const { upstream, attempts } = happeningAt('nav', happening);
  const source = aapVedtak({ upstream, path: '/api/v1/aap/vedtak', personHeader: 'fnr', scope: AAP });
  const seen = await wordFor(source.fetch(aNavRequest()).then((said) => ('refused' in said ? 'ask Altinn' : 'data')));
  return [name, seen, attempts()];
}

async function rows(
  happenings: Readonly<Record<string, Happening>>,
  row: (name: string, happening: Happening) => Promise<string[]>,
) {
  return Promise.all(Object.entries(happenings).map(([name, happening]) => row(name, happening)));
}

// --- The one is what the other says --------------------------------------------------------------------------------

const TABLES = [
  ['Maskinporten', MASKINPORTEN, maskinportenRow],
  ['Altinn', ALTINN, altinnRow],
  ['Altinn says', WITNESS, witnessRow],
  ['Altinn 2', ALTINN2, altinn2Row],
  ['Altinn 2 says', ALTINN2_WITNESS, altinn2WitnessRow],
  ['NAV', NAV, navRow],
] as const;

describe('docs/upstream-outcomes.md', () => {
  it.each(TABLES)('tells what becomes of every outcome: %s', async (heading, happenings, row) => {
    const documented = markdownTable(page, heading);
    const made = await rows(happenings, row);
    expect(documented.toSorted(byName)).toEqual(made.toSorted(byName));
  });

  it('has a row for every code that the gateway knows', () => {
    const maskinportenCodes = markdownTable(page, 'Maskinporten').map(([name]) => name);
    const altinnCodes = markdownTable(page, 'Altinn').map(([name]) => name);
    expect(maskinportenCodes).toEqual(expect.arrayContaining(Object.keys(MASKINPORTEN_OUTCOMES)));
    expect(altinnCodes).toEqual(expect.arrayContaining(Object.keys(ALTINN_OUTCOMES)));
    const altinn2Codes = markdownTable(page, 'Altinn 2').map(([name]) => name);
    expect(altinn2Codes).toEqual(expect.arrayContaining(Object.keys(ALTINN2_OUTCOMES)));
    expect(Object.keys(MASKINPORTEN_OUTCOMES)).toEqual(expect.arrayContaining([...HELD_BACK]));
  });

  it.each([
    ['a row that is missing', (text: string) => text.replace(/^\| `MP-121`.*\n/m, '')],
    ['a row too many', (text: string) => text.replace(/^(\| `MP-121`)(.*\n)/m, '$1$2| `MP-125`$2')],
    [
      'another reason',
      (text: string) => text.replace(/^(\| `MP-121` \| MASKINPORTEN_)REJECTED, never/m, '$1UNAVAILABLE, later'),
    ],
  ])('is not believed with %s', async (_, plant) => {
    expect(plant(page)).not.toBe(page);
    const made = await rows(MASKINPORTEN, maskinportenRow);
    expect(markdownTable(plant(page), 'Maskinporten').toSorted(byName)).not.toEqual(made.toSorted(byName));
  });
});

function byName([one = '']: readonly string[], [other = '']: readonly string[]): number {
  return one < other ? -1 : 1;
}
