import { getIntrospectionQuery, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { World } from '../support/world.ts';
import { numberOf, openWorld, sharedWorld } from '../support/world.ts';
import type { Answer } from './support.ts';
import { post, send } from './support.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const P04 = numberOf('P04');

function expectRefused(seen: Answer, code: string, says: RegExp): void {
  expect(seen.data).toBeUndefined();
  expect(seen.errors).toHaveLength(1);
  expect(seen.errors[0]).toMatchObject({
    message: expect.stringMatching(says),
    extensions: { code, retry: 'never', callId: seen.headers['x-request-id'] },
  });
}

describe('tokens', () => {
  /** A document of exactly that many tokens. */
  const ofTokens = (tokens: number) =>
    `{ consents(filter: { status: [${'ACTIVE '.repeat(tokens - 19)}] }) { nodes { id } } }`;

  it('2000 are taken', async () => {
    const seen = await post(world, { query: ofTokens(2000) });
    expect(seen.errors).toEqual([]);
  });

  it('2001 are not, and the document is not even parsed', async () => {
    expectRefused(await post(world, { query: ofTokens(2001) }), 'LIMIT_EXCEEDED', /2000 tokens/);
    expectRefused(await post(world, { query: `${'{ '.repeat(2001)}` }), 'LIMIT_EXCEEDED', /2000 tokens/);
  });

  it('within the limit, but too many to compare with each other, are told so', async () => {
    expectRefused(
      await post(world, { query: `{ viewer { ${'role '.repeat(1900)} } }` }),
      'LIMIT_EXCEEDED',
      /too intricate/,
    );
  });

  it('of comments and white space do not count', async () => {
    const seen = await post(world, { query: `${'# a word\n'.repeat(3000)}{ viewer { role } }` });
    expect(seen.errors).toEqual([]);
  });
});

describe('depth', () => {
  /** `applicant { consents { nodes { applicant { ... } } } }`, of 11 levels; what stands in the innermost decides. */
  const around = (innermost: string) =>
    `query ($id: NationalId!) { applicant(by: { nationalId: $id }) { ${'consents(first: 2) { nodes { applicant { '.repeat(3)} consents(first: 2) { ${innermost} } ${'} } } '.repeat(3)} } }`;

  it('12 levels are taken', async () => {
    const seen = await post(world, { query: around('nodes { __typename }'), variables: { id: P04 } });
    expect(seen.errors).toEqual([]);
  });

  it('13 levels are not', async () => {
    const seen = await post(world, { query: around('nodes { id }'), variables: { id: P04 } });
    expectRefused(seen, 'LIMIT_EXCEEDED', /deeper than 12/);
  });

  it('is counted through fragments, named and inline', async () => {
    const query = `query ($id: NationalId!) { applicant(by: { nationalId: $id }) { ...a } }
      fragment a on Applicant { consents { nodes { applicant { ...b } } } }
      fragment b on Applicant { ... on Applicant { consents { nodes { applicant { ...c } } } } }
      fragment c on Applicant { consents { nodes { applicant { ...d } } } }
      fragment d on Applicant { consents { nodes { id } } }`;
    expectRefused(await post(world, { query, variables: { id: P04 } }), 'LIMIT_EXCEEDED', /deeper than 12/);
  });
});

describe('aliases', () => {
  const aliases = (count: number) => Array.from({ length: count }, (_, at) => `a${at}: role`).join(' ');

  it('30 are taken, 31 are not', async () => {
    expect((await post(world, { query: `{ viewer { ${aliases(30)} } }` })).errors).toEqual([]);
    expectRefused(await post(world, { query: `{ viewer { ${aliases(31)} } }` }), 'LIMIT_EXCEEDED', /30 aliases/);
  });

  it('are counted as often as their fragment is spread', async () => {
    const twice = `{ viewer { ...f } x: viewer { ...f } } fragment f on Viewer { ${aliases(15)} }`;
    expectRefused(await post(world, { query: twice }), 'LIMIT_EXCEEDED', /30 aliases/);
    const once = `{ viewer { ...f } } fragment f on Viewer { ${aliases(15)} }`;
    expect((await post(world, { query: once })).errors).toEqual([]);
  });

  it('multiplied by fragments within fragments are refused at once', async () => {
    const doubling = Array.from(
      { length: 60 },
      (_, at) => `fragment f${at} on Query { ...f${at + 1} ... { ...f${at + 1} } }`,
    );
    const query = `{ ...f0 } ${doubling.join(' ')} fragment f60 on Query { a: viewer { role } }`;
    expectRefused(await post(world, { query }), 'LIMIT_EXCEEDED', /30 aliases/);
  });

  it('of introspection count too', async () => {
    const query = `{ ${Array.from({ length: 31 }, (_, at) => `s${at}: __schema { types { name } }`).join(' ')} }`;
    expectRefused(await post(world, { query }), 'LIMIT_EXCEEDED', /30 aliases/);
  });
});

describe('keys', () => {
  const query = 'query ($by: [ApplicantKey!]!) { applicants(by: $by) { id } viewer { role } }';
  const keys = (count: number) => Array.from({ length: count }, () => ({ nationalId: P04 }));

  it.each([0, 101])('%d cost their own field alone', async (count) => {
    const seen = await post(world, { query, variables: { by: keys(count) } });
    expect(seen.data).toEqual({ applicants: null, viewer: { role: 'CASE_HANDLER' } });
    expect(seen.errors).toMatchObject([
      {
        path: ['applicants'],
        message: expect.stringContaining('1 to 100'),
        extensions: { code: 'LIMIT_EXCEEDED', field: 'by' },
      },
    ]);
  });

  it.each([1, 100])('%d are taken', async (count) => {
    const seen = await post(world, { query, variables: { by: keys(count) } });
    expect(seen.errors).toEqual([]);
    expect(seen.data.applicants).toHaveLength(count);
  });
});

describe('upstream calls', () => {
  const ofBenefits = (benefits: string) => `query ($by: [ApplicantKey!]!) { applicants(by: $by) { ${benefits} } }`;
  const ALL = 'aapVedtak { __typename } aapMeldekort { __typename } uforeopplysninger { __typename }';
  const keys = (count: number) => Array.from({ length: count }, () => ({ nationalId: P04 }));
  const twice = ALL.replaceAll(
    /(\w+) \{ __typename \}/g,
    '$& again$1: $1(periode: { fom: "2025-01-01" }) { __typename }',
  );

  it('every benefit of a hundred people is taken', async () => {
    expect((await post(world, { query: ofBenefits(ALL), variables: { by: keys(100) } })).errors).toEqual([]);
  });

  it('every benefit of eighty-four people twice is not, nor in lists within lists', async () => {
    expect((await post(world, { query: ofBenefits(twice), variables: { by: keys(83) } })).errors).toEqual([]);
    const tooMany = await post(world, { query: ofBenefits(twice), variables: { by: keys(84) } });
    expectRefused(tooMany, 'LIMIT_EXCEEDED', /more than 1000 calls/);
    const nested = '{ consents(first: 100) { nodes { applicant { ...a ...b } } } }';
    const fragments = `fragment a on Applicant { ${ALL} } fragment b on Applicant { ${twice.replaceAll('again', 'b')} }`;
    expectRefused(await post(world, { query: `${nested} ${fragments}` }), 'LIMIT_EXCEEDED', /more than 1000 calls/);
  });

  describe('of looking up requests that wait', () => {
    const strict = sharedWorld((opened) => opened.grantKnown('P04'), {
      config: (config) => ({
        ...config,
        graphql: { ...config.graphql, limits: { ...config.graphql.limits, maxUpstreamCalls: 10 } },
      }),
    });
    const people = (count: number, selected: string) =>
      `{ consents(first: ${count}) { nodes { applicant ${selected} } } }`;

    it.each([
      ['as a field', '{ consent { id } }', ''],
      ['under another name', '{ other: consent(source: AAP_VEDTAK) { id } }', ''],
      ['in a fragment', '{ ...f }', ' fragment f on Applicant { consent { id } }'],
      ['in a fragment within one', '{ ... on Applicant { ... { consent { id } } } }', ''],
    ])('count for each person, %s', async (_, selected, fragment) => {
      expect((await post(strict(), { query: people(10, selected) + fragment })).errors).toEqual([]);
      const tooMany = await post(strict(), { query: people(11, selected) + fragment });
      expectRefused(tooMany, 'LIMIT_EXCEEDED', /more than 10 calls to NAV, Maskinporten and Altinn/);
    });

    it('are no consents that are at hand: of a record, of an answer, or by their id', async () => {
      const record = '{ disclosures(first: 100) { nodes { consent { id } } } }';
      expect((await strict().query('auditor-a', record)).errors).toEqual([]);
      const delivered =
        '{ aapVedtak { ... on Delivered { consent { id } } ... on ConsentRequired { decidedBy { id } } } }';
      expect((await post(strict(), { query: people(5, delivered) })).errors).toEqual([]);
      const ofAnswer = `query ($id: ID!) { ${Array.from({ length: 11 }, (_, at) => `a${at}: consent(id: $id) { id }`).join(' ')} }`;
      const [{ id }] = (await post(strict(), { query: '{ consents { nodes { id } } }' })).data.consents.nodes;
      expect((await post(strict(), { query: ofAnswer, variables: { id } })).errors).toEqual([]);
    });
  });

  it('of a hundred people with everything about them stay within the usual limit', async () => {
    const all = `consent { id status } ${ALL}`;
    expect((await post(world, { query: ofBenefits(all), variables: { by: keys(100) } })).errors).toEqual([]);
  });
});

it.each([
  [
    'consents',
    'case-handler-a',
    'query ($v: [ConsentStatus!]) { consents(filter: { status: $v }) { nodes { id } } }',
    'ACTIVE',
  ],
  [
    'disclosures',
    'auditor-a',
    'query ($v: [DisclosureOutcome!]) { disclosures(filter: { outcome: $v }) { nodes { id } } }',
    'FAILED',
  ],
] as const)('a filter of %s may say the same thing over and over', async (_, caller, query, value) => {
  const seen = await world.query(caller, query, { v: Array.from({ length: 5000 }, () => value) });
  expect(seen.errors).toEqual([]);
});

describe('introspection', () => {
  it.each([
    ['the usual', getIntrospectionQuery()],
    [
      'the fullest',
      getIntrospectionQuery({
        descriptions: true,
        specifiedByUrl: true,
        directiveIsRepeatable: true,
        schemaDescription: true,
        inputValueDeprecation: true,
        oneOf: true,
      }),
    ],
  ])('%s of GraphiQL fits within the limits', async (_, query) => {
    const seen = await post(world, { query, operationName: 'IntrospectionQuery' });
    expect(seen.errors).toEqual([]);
    expect(seen.data.__schema.queryType.name).toBe('Query');
    expect(() => parse(query)).not.toThrow();
  });

  it('is for the roles that are configured, and the kind of a thing for everybody', async () => {
    await using strict = await openWorld({
      config: (config) => ({ ...config, graphql: { ...config.graphql, introspection: ['ANALYST'] } }),
    });
    expect((await strict.query('analyst-a', getIntrospectionQuery())).errors).toEqual([]);
    for (const document of [
      getIntrospectionQuery(),
      '{ __type(name: "Query") { name } }',
      '{ ...s } fragment s on Query { __schema { types { name } } }',
    ]) {
      const refused = await strict.query('case-handler-a', document);
      expect(refused.status).toBe(403);
      expect(refused.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', retry: 'never' } }]);
    }
    expect((await strict.query('case-handler-a', '{ viewer { __typename } }')).data.viewer.__typename).toBe('Viewer');
  });

  it('is not for strangers', async () => {
    const seen = await send(world, {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: getIntrospectionQuery() }),
    });
    expectRefused(seen, 'UNAUTHENTICATED', /Authorization/);
    expect(seen.status).toBe(401);
  });
});

describe('the form of a request', () => {
  const valid = '{ viewer { role } }';
  const secret = P04;

  it.each<[string, body: unknown]>([
    ['a list of operations', [{ query: valid }, { query: valid }]],
    ['an empty list', []],
    ['a text', JSON.stringify(secret)],
    ['null', 'null'],
    ['an object without a query', { variables: { id: secret } }],
    ['a query that is null', { query: null }],
    ['a query that is empty', { query: '' }],
    ['a query that is an object', { query: { secret } }],
    ['variables written as text', { query: valid, variables: `{"id":"${secret}"}` }],
    ['variables in a list', { query: valid, variables: [secret] }],
    ['an operation name that is a number', { query: valid, operationName: 7 }],
    ['extensions that are text', { query: valid, extensions: secret }],
    [
      'a persisted query without its text',
      { extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } },
    ],
  ])('%s is refused with what to send instead', async (_, body) => {
    const seen = await post(world, body);
    expect(seen.status).toBe(400);
    expectRefused(seen, 'INVALID_INPUT', /one JSON object/);
    expect(seen.text).not.toContain(secret);
  });

  it.each([
    ['cut off', `{"query": "${secret}`, /not JSON/],
    ['of something else', `<query>${secret}</query>`, /not JSON/],
    ['that is empty', '', /empty/],
    ['that reaches for the prototype', `{"query":"${valid}","__proto__":{"admin":true}}`, /JSON/],
  ])('a body %s is refused', async (_, body, says) => {
    const seen = await post(world, body);
    expect(seen.status).toBe(400);
    expectRefused(seen, 'INVALID_INPUT', says);
    expect(seen.text).not.toContain(secret);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/graphql',
    'nonsense',
  ])('the content type %s is refused with 415', async (type) => {
    const seen = await post(world, JSON.stringify({ query: valid }), { 'content-type': type });
    expect(seen.status).toBe(415);
    expectRefused(seen, 'INVALID_INPUT', /application\/json/);
  });

  it('a body beyond the limit is refused with 413', async () => {
    const seen = await post(world, { query: valid, variables: { filler: secret.repeat(10_000) } });
    expect(seen.status).toBe(413);
    expectRefused(seen, 'LIMIT_EXCEEDED', /too large/);
    expect(seen.text).not.toContain(secret);
  });

  it.each([
    ['names no operation', { query: 'query a { viewer { role } }', operationName: secret }],
    ['is missing where there are two', { query: 'query a { viewer { role } } query b { viewer { role } }' }],
  ])('an operation name that %s is told', async (_, body) => {
    const seen = await post(world, body);
    expectRefused(seen, 'INVALID_INPUT', /operationName/);
    expect(seen.text).not.toContain(secret);
    expect(world.log()).not.toContain(secret);
  });

  it('a document without an operation is told', async () => {
    const seen = await post(world, { query: 'fragment f on Viewer { role }' });
    expect(seen.errors.map(({ extensions }) => extensions.code)).toEqual(['INVALID_INPUT']);
  });

  it('a persisted query is told to send its document', async () => {
    const seen = await post(world, {
      query: valid,
      extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } },
    });
    expectRefused(seen, 'INVALID_INPUT', /whole document/);
  });

  it.each(['GET', 'PUT', 'OPTIONS'] as const)('%s is told where GraphQL is', async (method) => {
    const seen = await send(world, { method, url: `/graphql?query=${encodeURIComponent(valid)}&id=${secret}` });
    expect(seen.status).toBe(404);
    expectRefused(seen, 'NOT_FOUND', /POST \/graphql/);
    expect(seen.text).not.toContain(secret);
  });

  it('a subscription is refused', async () => {
    const seen = await post(world, { query: 'subscription { consentChanged { id } }' });
    expect(seen.errors.map(({ extensions }) => extensions.code)).toEqual(['INVALID_INPUT']);
  });
});

describe('pages within pages', () => {
  const nested = (first: string) =>
    `{ disclosures(first: ${first}) { nodes { applicant { disclosures(first: ${first}) { nodes { applicant { disclosures(first: ${first}) { nodes { id } } } } } } } } }`;

  it.each([
    ['as numbers', nested('100'), {}],
    ['as variables', `query ($first: Int!) ${nested('$first')}`, { first: 100 }],
  ])('are refused before anything is looked up, %s', async (_, document, variables) => {
    await using world = await openWorld();
    const seen = await world.query('auditor-a', document, variables);
    expect(seen.data).toBeUndefined();
    expect(seen.errors).toMatchObject([{ extensions: { code: 'LIMIT_EXCEEDED' } }]);
  });

  /** Refused by its own field; what stands beside it is not. */
  const beside = (asked: string) => nested('100').replace('{', `{ a: disclosures(${asked}) { nodes { id } } `);
  const FEWER = -2_000_000;

  it.each([
    ['a number', beside(`first: ${FEWER}`), {}],
    ['a variable', `query ($first: Int!) ${beside('first: $first')}`, { first: FEWER }],
    ['a default', `query ($first: Int! = ${FEWER}) ${beside('first: $first')}`, {}],
    ['a null', `query ($first: Int) ${beside('first: $first')}`, { first: null }],
    ['nothing', beside('after: null'), {}],
    ['a null by default', `query ($first: Int = null) ${beside('first: $first')}`, {}],
    ['too large a number', beside('first: 2000000'), {}],
    ['a fraction', `query ($first: Int!) ${beside('first: $first')}`, { first: FEWER - 0.5 }],
    ['a fraction in the document', beside(`first: ${FEWER}.5`), {}],
    ['a number that is no integer of GraphQL', `query ($first: Int!) ${beside('first: $first')}`, { first: -1e300 }],
  ])('are paid for by no page beside them, whose length is %s', async (_, document, variables) => {
    const seen = await world.query('auditor-a', document, variables);
    expect(seen.data).toBeUndefined();
    expect(seen.errors).toHaveLength(1);
    expect(['LIMIT_EXCEEDED', 'INVALID_INPUT']).toContain(seen.errors[0]?.extensions.code);
  });

  it.each([0, -1, 101, -2_000_000])('of which one is %d long cost that one alone', async (first) => {
    const document = `{ a: consents(first: ${first}) { nodes { id } } consents(first: 1) { nodes { id } } }`;
    const seen = await world.query('case-handler-a', document);
    expect(seen.data).toEqual({ a: null, consents: { nodes: [] } });
    expect(seen.errors).toMatchObject([{ path: ['a'], extensions: { code: 'LIMIT_EXCEEDED', field: 'first' } }]);
  });

  it('are looked up one a turn, so that others are served meanwhile, and stand in the order of their rows', async () => {
    await using world = await openWorld();
    await world.grantKnown('P04');
    await world.read('P04');
    const rows = (await world.query('auditor-a', '{ disclosures { nodes { id } } }')).data.disclosures;
    expect(rows.nodes).toHaveLength(3);
    const document = '{ disclosures { nodes { id applicant { disclosures { nodes { id } } } } } }';
    let turns = 0;
    let isAnswered = false;
    const count = () => {
      turns += 1;
      if (!isAnswered) setImmediate(count);
    };
    setImmediate(count);
    const seen = await world.query('auditor-a', document);
    isAnswered = true;
    expect(turns).toBeGreaterThanOrEqual(4);
    expect(seen.errors).toEqual([]);
    const within = { applicant: { disclosures: rows } };
    expect(seen.data.disclosures.nodes).toEqual(rows.nodes.map((row: object) => ({ ...row, ...within })));
  });

  it('of ordinary size are let through, a night run of a hundred people with their consents among them', async () => {
    await using world = await openWorld();
    const by = Array.from({ length: 100 }, () => ({ nationalId: numberOf('P01') }));
    const seen = await world.query(
      'partner-a',
      'query ($by: [ApplicantKey!]!) { applicants(by: $by) { consents(first: 10) { nodes { id } } } }',
      { by },
    );
    expect(seen.errors).toEqual([]);
    expect(seen.data.applicants).toHaveLength(100);
  });
});
