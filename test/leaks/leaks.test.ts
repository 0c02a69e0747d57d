import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { CallerName } from '../../src/sandbox/callers-state.ts';
import type { FaultInput } from '../../src/sandbox/faults.ts';
import type { Transport, WireResponse } from '../../src/upstream.ts';
import { FAULTS } from '../faults/table.ts';
import type { World } from '../support/world.ts';
import { consentInput, numberOf, openWorld, REFRESH_CONSENT, REQUEST_CONSENT } from '../support/world.ts';
import { createCollector, jsonOf, plantKeys, sawFiles } from './collector.ts';
import { findLeaks } from './search.ts';

// A busy machine takes its time for a search of many megabytes.
const P04 = numberOf('P04');
const REAL_NUMBER = '01010750160';
const MISTYPED = '30817429499';
const TEN_DIGITS = '3081742949';

const EVERYTHING = `query ($id: NationalId!) {
  viewer { role dataConsumer { name } }
  applicant(by: { nationalId: $id }) {
    id maskedNationalId
    consent { id status covers reference }
    consents(first: 5) { nodes { id status validTo applicant { id maskedNationalId } } pageInfo { endCursor } }
    aapVedtak { __typename ... on NotDelivered { message } ... on AapVedtaksliste { vedtaksliste { vedtakId betydning } disclosureId } }
    aapMeldekort { __typename ... on NotDelivered { message } ... on AapMeldekortliste { meldekortliste { meldekortId } } }
    uforeopplysninger { __typename ... on NotDelivered { message } ... on Uforeopplysninger { statuskode } }
  }
}`;
const IN_CLEAR = 'query ($id: NationalId!) { applicant(by: { nationalId: $id }) { nationalId consent { pageUrl } } }';
const AUDIT =
  '{ disclosures(first: 100) { nodes { id source outcome errorCode caller callId reference applicant { id maskedNationalId } consent { id } } pageInfo { endCursor } } }';
const RELINQUISH = 'mutation ($id: ID!) { relinquishConsent(id: $id) { consent { id status } } }';

const collector = createCollector();
const RAIL = inject('rail');
const UPSTREAM = RAIL === 'ALTINN_3' ? 'altinn3' : 'altinn2';

let evil: ((answer: WireResponse) => WireResponse) | undefined;
let world: World;
let asked = 0;

/** Upstreams whose answers may be replaced by what would do harm if it were passed on. */
const withEvil =
  (doubles: Transport): Transport =>
  async (request) => {
    const answer = await doubles(request);
    return evil === undefined || request.url.includes('/jwks') ? answer : evil(answer);
  };

interface Raw {
  readonly method?: 'GET' | 'POST';
  readonly url?: string;
  readonly headers?: Record<string, string>;
  readonly payload?: string;
}

/** Sends something and notes all that comes back. What the caller has asked for in clear is taken out first: it may stand there, and nowhere else. */
async function send(
  where: string,
  caller: CallerName | null,
  raw: Raw,
  mayShow: readonly string[] = [],
): Promise<unknown> {
  const token = caller === null ? undefined : await world.sandbox.callers.tokenFor(caller);
  if (token !== undefined) {
    collector.plant('the token of a caller', token);
    for (const part of token.split('.').slice(1)) collector.plant('part of the token of a caller', part);
  }
  const answer = await world.gateway.app.inject({
    method: 'POST',
    url: '/graphql',
    ...raw,
    headers: {
      host: '127.0.0.1:4000',
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...raw.headers,
    },
  });
  const body = jsonOf(answer.body);
  const shown =
    mayShow.length === 0
      ? answer.body
      : JSON.stringify(body, (key, value: unknown) => (mayShow.includes(key) ? null : value));
  collector.saw(`the answer to ${where}`, shown);
  collector.saw(`the headers of the answer to ${where}`, JSON.stringify(answer.headers));
  return body;
}

function query(
  where: string,
  caller: CallerName | null,
  document: string,
  variables: object = {},
  mayShow: readonly string[] = [],
): Promise<unknown> {
  return send(where, caller, { payload: JSON.stringify({ query: document, variables }) }, mayShow);
}

/** What a day brings: asking, answering, reading, looking up, giving up, auditing, by all who may and some who may not. */
async function aDay(what: string): Promise<void> {
  world.clock.set(new Date(world.clock.now().getTime() + 10 * 60_000));
  asked += 1;
  // Each day asks for another period, or nobody would be asked anew.
  const fom = `${2010 + Math.floor(asked / 28)}-01-${String(1 + (asked % 28)).padStart(2, '0')}`;
  const periode = { fom, tom: '2027-12-31' };
  await query(
    `a request for consent, ${what}`,
    'case-handler-a',
    REQUEST_CONSENT,
    { input: consentInput('P04', { periode, reference: `SAK-${asked}` }) },
    ['pageUrl'],
  );
  await query(`a read of everything, ${what}`, 'case-handler-a', EVERYTHING, { id: P04 });
  await query(
    `a read by an analyst, ${what}`,
    'analyst-a',
    EVERYTHING.replace('id maskedNationalId', 'id maskedNationalId nationalId'),
    { id: P04 },
  );
  await query(`a look at what may be seen, ${what}`, 'case-handler-a', IN_CLEAR, { id: P04 }, [
    'nationalId',
    'pageUrl',
  ]);
  await query(`a refresh, ${what}`, 'case-handler-a', REFRESH_CONSENT, { id: consentId }, ['pageUrl']);
}

let consentId: string;

const out: string[] = [];
const streams = [
  vi.spyOn(process.stdout, 'write'),
  vi.spyOn(process.stderr, 'write'),
  ...(['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => vi.spyOn(console, name)),
];
const rejections: unknown[] = [];
const onRejection = (reason: unknown) => void rejections.push(reason);

beforeAll(async () => {
  process.on('unhandledRejection', onRejection);
  world = await openWorld({
    config: (config) => {
      const used = {
        ...collector.config(config),
        deadlines: { maskinporten: 250, altinn: 250, nav: 250 },
        maxAnswerBytes: 200_000,
      };
      collector.saw('the configuration, inspected', inspect(used, { depth: null, showHidden: true }));
      collector.saw('the configuration, as JSON', JSON.stringify(used));
      return used;
    },
    transport: (doubles) => collector.transport(withEvil(doubles)),
    wait: async () => undefined,
  });
  plantKeys(collector, world);
  consentId = await world.grantKnown('P04');
});

afterAll(async () => {
  process.off('unhandledRejection', onRejection);
  for (const stream of streams) stream.mockRestore();
  await world[Symbol.asyncDispose]();
});

describe('while something is wrong with', () => {
  describe.each([UPSTREAM, 'maskinporten', 'aap', 'uforeopplysninger'] as const)('%s', (upstream) => {
    it.each(FAULTS)('$name, the gateway goes on answering', async ({ name, fault }) => {
      world.sandbox.faults.add({ ...fault, upstream } as FaultInput);
      await aDay(`${upstream} with ${name}`);
      world.sandbox.faults.clear();
    });
  });

  /** Answers that hold what must not be passed on, in every member that the gateway looks at. */
  const HARMFUL = JSON.stringify({
    error: P04,
    error_description: `${P04} (trace_id: ${P04})`,
    error_uri: `https://docs.example/${P04}/MP-250`,
    code: P04,
    detail: P04,
    status: P04,
    access_token: P04,
    expires_in: P04,
    viewUri: `https://altinn.example/?id=${P04}`,
    vedtaksliste: [{ vedtakId: P04, virkningsperiode: { fomDato: P04, tomDato: P04 } }],
    beregningsperioder: P04,
  });
  it.each([200, 201, 400, 401, 403, 404, 409, 429, 500, 503])(
    'an upstream that answers %i with a national id in every member',
    async (status) => {
      evil = ({ headers }) => ({
        status,
        headers: {
          ...headers,
          'content-type': 'application/json',
          location: `https://x.example/${P04}`,
          'retry-after': P04,
        },
        body: Buffer.from(HARMFUL),
      });
      await aDay(`answers of ${status} with a number`);
      evil = undefined;
    },
  );

  it('a network whose errors quote what was sent', async () => {
    const broken = collector.transport(async (request) => {
      throw Object.assign(new Error(`${request.url} ${JSON.stringify(request.headers)}\n    at ${P04} (file.ts:1:1)`), {
        code: P04,
        name: P04,
        request,
      });
    });
    evil = () => {
      throw new Error(`\n    at ${P04} (file.ts:1:1)`);
    };
    await aDay('errors that quote');
    evil = undefined;
    await expect(
      broken({
        method: 'GET',
        url: 'https://x.example/',
        headers: {},
        signal: new AbortController().signal,
        maxBytes: 1,
      }),
    ).rejects.toThrow();
  });
});

describe('bad input', () => {
  const byVariable =
    'query ($id: NationalId!) { applicant(by: { nationalId: $id }) { maskedNationalId aapVedtak { __typename } } }';
  const document = (text: string, variables: object = {}) => ({ payload: JSON.stringify({ query: text, variables }) });
  const input = (changes: object) =>
    document(REQUEST_CONSENT, { input: consentInput('P04', changes as Record<string, unknown>) });

  it.each<[string, Raw]>([
    ['a mistyped number', document(byVariable, { id: MISTYPED })],
    ['ten digits', document(byVariable, { id: TEN_DIGITS })],
    ['a number that could be a real person’s', document(byVariable, { id: REAL_NUMBER })],
    ['a number with a space', document(byVariable, { id: `${P04.slice(0, 6)} ${P04.slice(6)}` })],
    ['a number as a number', document(byVariable, { id: Number(P04) })],
    ['a number in a list', document(byVariable, { id: [P04] })],
    ['a number in an object', document(byVariable, { id: { nationalId: P04 } })],
    ['variables that are a text', { payload: JSON.stringify({ query: byVariable, variables: P04 }) }],
    ['a misspelt variable field', document(REQUEST_CONSENT, { input: { ...consentInput('P04'), aplicant: P04 } })],
    [
      'a misspelt field of a key',
      document('query ($by: ApplicantKey!) { applicant(by: $by) { id } }', { by: { natonalId: P04 } }),
    ],
    [
      'a field named like a number',
      document('query ($by: ApplicantKey!) { applicant(by: $by) { id } }', { by: { [P04]: P04 } }),
    ],
    [
      'two keys',
      document('query ($by: ApplicantKey!) { applicant(by: $by) { id } }', { by: { nationalId: P04, id: P04 } }),
    ],
    [
      'a number as a date',
      document(
        'query ($p: PeriodeInput, $id: NationalId!) { applicant(by: { nationalId: $id }) { aapVedtak(periode: $p) { __typename } } }',
        { p: { fom: P04 }, id: P04 },
      ),
    ],
    [
      'a number as an enum',
      document(
        'query ($s: Source, $id: NationalId!) { applicant(by: { nationalId: $id }) { consent(source: $s) { id } } }',
        { s: P04, id: P04 },
      ),
    ],
    [
      'a number as a page size',
      document('query ($n: Int!) { consents(first: $n) { nodes { id } } }', { n: Number(P04) }),
    ],
    ['a number as a cursor', document('query ($c: String) { consents(after: $c) { nodes { id } } }', { c: P04 })],
    [
      'a number as a filter',
      document('query ($f: ConsentFilter) { consents(filter: $f) { nodes { id } } }', {
        f: { reference: P04, expiresBefore: P04 },
      }),
    ],
    [
      'a number as an id',
      document('query ($id: ID!) { consent(id: $id) { id } applicant(by: { id: $id }) { id } }', { id: P04 }),
    ],
    ['a number in the document', document(`{ applicant(by: { nationalId: "${P04}" }) { id } }`)],
    [
      'a number with escapes in the document',
      document(`{ applicant(by: { nationalId: "${[...P04].map((digit) => `\\u003${digit}`).join('')}" }) { id } }`),
    ],
    ['a number as an integer in the document', document(`{ applicant(by: { nationalId: ${P04} }) { id } }`)],
    ['a number in an id in the document', document(`{ applicant(by: { id: "${MISTYPED}" }) { id } }`)],
    ['a number as an alias', document(`{ n${P04}: viewer { role } }`)],
    ['a number as an operation', document(`query n${P04} { viewer { nothing } }`)],
    ['a number as an unknown field', document(`{ viewer { n${MISTYPED} } }`)],
    ['a number as an unknown argument', document(`{ viewer(n${MISTYPED}: 1) { role } }`)],
    ['a number as a fragment', document(`{ viewer { ...n${MISTYPED} } }`)],
    ['a number as a directive', document(`{ viewer @n${MISTYPED} { role } }`)],
    ['a number where the document is no GraphQL', document(`{ viewer { role } } ${MISTYPED}`)],
    ['a number in a string that does not end', document(`{ viewer(x: "${MISTYPED} }`)],
    ['a number in a comment', document(`{ viewer { role } } # ${P04}`)],
    [
      'a number as the operation’s name',
      { payload: JSON.stringify({ query: '{ viewer { role } }', operationName: P04 }) },
    ],
    [
      'a number as an extension',
      {
        payload: JSON.stringify({
          query: '{ viewer { role } }',
          extensions: { persistedQuery: { version: 1, sha256Hash: P04 } },
        }),
      },
    ],
    ['a number as the document', { payload: JSON.stringify({ query: P04 }) }],
    ['a body that is no JSON', { payload: `{"query": ${P04}` }],
    ['a body of another type', { payload: P04, headers: { 'content-type': 'text/plain' } }],
    ['a body that is too large', { payload: JSON.stringify({ query: `{ viewer { role } } # ${P04.repeat(30_000)}` }) }],
    ['a form', { payload: `query=${P04}`, headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    ['a batch', { payload: JSON.stringify([{ query: `{ n${P04}: viewer { role } }` }]) }],
    ['GET with the number in the address', { method: 'GET', url: `/graphql?query={n${P04}:viewer{role}}` }],
    ['an address that is a number', { method: 'GET', url: `/${P04}?x=${P04}` }],
    ['a return reference that is a number', { method: 'GET', url: `/return/${P04}` }],
    ['a return reference that is too long', { method: 'GET', url: `/return/${P04.repeat(20)}` }],
    ['an address that does not decode', { method: 'GET', url: `/return/%E0%A4${P04}` }],
    ['a number as the host', { headers: { host: `${P04}.example` } }],
    ['a number as the data consumer', { ...document('{ viewer { role } }'), headers: { 'data-consumer': P04 } }],
    ['a number as the token', { ...document('{ viewer { role } }'), headers: { authorization: `Bearer ${P04}` } }],
    ['a number as a kind of token', { ...document('{ viewer { role } }'), headers: { authorization: `${P04} x` } }],
    [
      'a number as the request id',
      { ...document('{ viewer { role } }'), headers: { 'x-request-id': P04, 'request-id': P04, traceparent: P04 } },
    ],
    ['a number as a reference', input({ reference: `sak ${P04}` })],
    ['a number with a space as a reference', input({ reference: `sak ${P04.slice(0, 6)} ${P04.slice(6)}` })],
    ['a number in the return address', input({ returnUrl: `http://127.0.0.1:4100/?person=${P04}` })],
    [
      'a number encoded in the return address',
      input({ returnUrl: `http://127.0.0.1:4100/?person=${[...P04].map((digit) => `%3${digit}`).join('')}` }),
    ],
    ['a number in an address that is not registered', input({ returnUrl: `https://${P04}.example/` })],
    ['a number in the message', input({ message: { nb: `Hei ${P04}` } })],
    ['a number as the family name', input({ familyName: P04 })],
    ['a number as the validity', input({ validTo: P04 })],
    ['a number as a purpose', input({ purpose: P04 })],
    [
      'a list of a hundred and one',
      document('query ($by: [ApplicantKey!]!) { applicants(by: $by) { id } }', {
        by: Array.from({ length: 101 }, () => ({ nationalId: P04 })),
      }),
    ],
    [
      'a list with good and bad',
      document('query ($by: [ApplicantKey!]!) { applicants(by: $by) { id } }', {
        by: [{ nationalId: P04 }, { nationalId: MISTYPED }, { id: P04 }],
      }),
    ],
  ])('%s is answered without an echo', async (name, raw) => {
    await send(name, 'case-handler-a', raw);
    await send(`${name}, from nobody`, null, raw);
  });
});

it('whoever else asks is told nothing either', async () => {
  for (const caller of ['case-handler-b', 'auditor-a', 'auditor-b', 'partner-a', 'case-handler-ab'] as const) {
    await query(`a read by ${caller}`, caller, EVERYTHING, { id: P04 });
    await query(`the audit of ${caller}`, caller, AUDIT);
    await query(
      `a consent for ${caller}`,
      caller,
      'query ($id: ID!) { consent(id: $id) { id applicant { id maskedNationalId } } }',
      { id: consentId },
    );
    await query(`giving up by ${caller}`, caller, RELINQUISH, {
      id: caller.endsWith('a') ? 'no-such-consent' : consentId,
    });
  }
  await query('giving up', 'case-handler-a', RELINQUISH, { id: consentId });
});

describe('what came out', () => {
  beforeAll(async () => {
    for (const wrong of [REAL_NUMBER, MISTYPED]) collector.plant('a number that was refused', wrong);
    collector.saw('the log', world.log());
    for (const stream of streams) out.push(...stream.mock.calls.map((call) => call.map(String).join(' ')));
    collector.saw('standard output and error', out.join('\n'));
    sawFiles(collector, world.directory, 'while open');
    await world.gateway[Symbol.asyncDispose]();
    sawFiles(collector, world.directory, 'when closed');
  });

  it('was searched for something of every kind, in places of every kind', () => {
    const kinds = new Set(collector.planted().map(({ name }) => name.replace(/ of P\d+$/, '')));
    expect(kinds).toEqual(
      new Set([
        'a grant',
        'a key of the store',
        'a key of the store, as bytes',
        'a line of a private key',
        'a number that was refused',
        'a private key, PEM',
        'a return reference',
        'an ApiKey',
        // The consent travels in a token of its own.
        ...(RAIL === 'ALTINN_2' ? ['a consent token', 'part of a consent token'] : []),
        'an access token',
        'part d of a private key',
        'part dp of a private key',
        'part dq of a private key',
        'part of an access token',
        'part of a grant',
        'part of the token of a caller',
        'part p of a private key',
        'part q of a private key',
        'part qi of a private key',
        'the address of a consent page',
        'the id of a consent at Altinn',
        'the national id',
        'the token of a caller',
      ]),
    );
    const places = collector.places();
    const text = (where: string) =>
      places
        .filter((place) => place.where.startsWith(where))
        .map((place) => place.text)
        .join('\n');
    expect(text('the log')).toContain('"event":"upstream failed"');
    expect(text('samtykkeporten.db while open')).toContain('SAK-1');
    expect(places.filter(({ where }) => where.startsWith('samtykkeporten.db-'))).not.toHaveLength(0);
    for (const code of [
      'NAV_UNAVAILABLE',
      'NAV_UNREADABLE',
      'NAV_REFUSED',
      'ALTINN_UNAVAILABLE',
      'ALTINN_REJECTED',
      'MASKINPORTEN_UNAVAILABLE',
      'MASKINPORTEN_REJECTED',
      'INVALID_INPUT',
      'LIMIT_EXCEEDED',
      'NATIONAL_ID_IN_DOCUMENT',
      'FORBIDDEN',
      'NOT_FOUND',
      'UNAUTHENTICATED',
    ]) {
      expect(text('the answer to')).toContain(`"${code}"`);
    }
    expect(text('the answer to')).toContain('308174*****');
  });

  it('holds none of it', () => {
    expect(findLeaks(collector.places(), collector.planted())).toEqual([]);
  });

  it('left no failure that nobody took care of', () => {
    expect(rejections).toEqual([]);
  });

  it('is searched so that one planted in any of these places is found', () => {
    const planted = collector.planted().slice(0, 1);
    for (const { where, text } of collector.places().filter(({ where: each }) => !each.startsWith('the answer'))) {
      const marred = `${text.slice(0, text.length / 2)}${planted[0]?.value}${text.slice(text.length / 2)}`;
      expect(findLeaks([{ where, text: marred }], planted)).not.toEqual([]);
    }
  });
});
