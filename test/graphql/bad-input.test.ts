import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../src/errors.ts';
import type { SeenError, World } from '../support/world.ts';
import { consentInput, numberOf, openWorld, REQUEST_CONSENT } from '../support/world.ts';
import { realNumber } from './national-ids.ts';
import { post } from './support.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
  await world.grant('P04');
});
afterAll(() => world[Symbol.asyncDispose]());

const P04 = numberOf('P04');
const REAL = realNumber();
/** One digit off: what a slip of the finger makes of P04's number. */
const MISTYPED = `${P04.slice(0, 10)}${(Number(P04[10]) + 1) % 10}`;

/** What holds of every error that a caller sees. */
function expectWellFormed(errors: readonly SeenError[]): void {
  for (const { message, extensions } of errors) {
    expect(Object.keys(ERROR_CODES)).toContain(extensions.code);
    expect(extensions.retry).toMatch(/^(never|later)$/);
    expect(extensions.callId).toMatch(/^[0-9a-f-]{36}$/);
    expect(message).toMatch(/[.?]$/);
    expect(JSON.stringify(extensions)).not.toContain('stack');
  }
}

const PERSON = `query ($id: NationalId!, $good: NationalId!) {
  bad: applicant(by: { nationalId: $id }) { maskedNationalId }
  good: applicant(by: { nationalId: $good }) { maskedNationalId }
}`;

describe('a national id that cannot be used', () => {
  it.each([
    ['with a wrong check digit', MISTYPED, /mistyped/],
    ['of ten digits', P04.slice(1), /eleven digits/],
    ['of twelve digits', `${P04}0`, /eleven digits/],
    ['with a space', `${P04.slice(0, 6)} ${P04.slice(6)}`, /eleven digits/],
    ['in other digits', '٣٠٨١٧٤٢٩٤٩٨', /eleven digits/],
    ['that is empty', '', /eleven digits/],
    ['with a date that does not exist', '32817400000', /mistyped/],
    ['that could be a real person’s', REAL, /synthetic/],
  ])('%s is refused for itself alone, and not repeated', async (_, id, says) => {
    const seen = await world.query('case-handler-a', PERSON, { id, good: P04 });
    expect(seen.status).toBe(200);
    expect(seen.data).toEqual({ bad: null, good: { maskedNationalId: `${P04.slice(0, 6)}*****` } });
    expect(seen.errors).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(says),
        path: ['bad'],
        extensions: expect.objectContaining({ code: 'INVALID_INPUT', field: 'by.nationalId' }),
      }),
    ]);
    expectWellFormed(seen.errors);
    if (id !== '') expect(seen.text).not.toContain(id);
    if (id !== '') expect(world.log()).not.toContain(id);
  });

  it('costs a list its own place alone, and the error says which', async () => {
    const by = [{ nationalId: P04 }, { nationalId: MISTYPED }, { id: 'p1_unknown' }, { nationalId: numberOf('P05') }];
    const seen = await world.query(
      'case-handler-a',
      'query ($by: [ApplicantKey!]!) { applicants(by: $by) { maskedNationalId } viewer { role } }',
      { by },
    );
    expect(seen.data.applicants.map((each: unknown) => each === null)).toEqual([false, true, true, false]);
    expect(seen.data.viewer).toEqual({ role: 'CASE_HANDLER' });
    expect(seen.errors.map(({ path, extensions: { code, field } }) => ({ path, code, field }))).toEqual([
      { path: ['applicants', 1], code: 'INVALID_INPUT', field: 'by.1.nationalId' },
      { path: ['applicants', 2], code: 'NOT_FOUND', field: 'by.2.id' },
    ]);
    expectWellFormed(seen.errors);
    expect(seen.text).not.toContain(MISTYPED);
  });
});

describe('a consent request that cannot be made', () => {
  const eleven = '12345678901';
  it.each<[string, Record<string, unknown>, field: string, code?: string]>([
    ['from after to', { periode: { fom: '2026-02-01', tom: '2026-01-31' } }, 'input.periode.fom'],
    ['valid for more than three years', { validTo: '2029-11-16T09:00:01Z' }, 'input.validTo'],
    ['valid until the past', { validTo: '2026-11-16T08:59:59Z' }, 'input.validTo'],
    ['with another site to return to', { returnUrl: 'https://elsewhere.example/' }, 'input.returnUrl'],
    ['with an origin that only begins alike', { returnUrl: 'http://127.0.0.1:41000/' }, 'input.returnUrl'],
    ['with userinfo in the return address', { returnUrl: 'http://me:pw@127.0.0.1:4100/' }, 'input.returnUrl'],
    ['with a national id in the return address', { returnUrl: `http://127.0.0.1:4100/?id=${P04}` }, 'input.returnUrl'],
    ['with a reference that is a national id', { reference: P04 }, 'input.reference'],
    ['with a reference that holds eleven digits', { reference: `sak ${eleven}` }, 'input.reference'],
    [
      'with a national id in the message',
      { message: { nb: `Hei ${P04.slice(0, 6)} ${P04.slice(6)}` } },
      'input.message.nb',
    ],
    ['with an empty reference', { reference: ' ' }, 'input.reference'],
    ['with a mistyped national id', { applicant: { nationalId: MISTYPED } }, 'input.applicant.nationalId'],
    ['with a number that could be real', { applicant: { nationalId: REAL } }, 'input.applicant.nationalId'],
    ['for an unknown applicant', { applicant: { id: 'p1_AAAAAAAAAAAAAAAAAAAAAA' } }, 'input.applicant.id', 'NOT_FOUND'],
  ])('%s is refused with the field and without the value', async (_, input, field, code = 'INVALID_INPUT') => {
    const before = world.sandbox.journal.entries('altinn3').length;
    const seen = await world.query('case-handler-a', REQUEST_CONSENT, { input: consentInput('P05', input) });
    expect(seen.data).toEqual({ requestConsent: null });
    expect(seen.errors).toMatchObject([{ path: ['requestConsent'], extensions: { code, field } }]);
    expectWellFormed(seen.errors);
    for (const value of [P04, P04.slice(6), MISTYPED, REAL, eleven, 'elsewhere', '41000', 'me:pw']) {
      expect(seen.text).not.toContain(value);
      expect(world.log()).not.toContain(value);
    }
    expect(world.sandbox.journal.entries('altinn3')).toHaveLength(before);
  });

  it('may name its case by a UUID that has eleven digits in a row, also where it sends the person', async () => {
    const uuid = `6f9619ff-8b86-4011-b42d-a${eleven}`;
    const input = { reference: `sak/${uuid}`, returnUrl: `http://127.0.0.1:4100/sak/${uuid}?id=${uuid}` };
    const seen = await world.query('case-handler-a', REQUEST_CONSENT, { input: consentInput('P06', input) });
    expect(seen.errors).toEqual([]);
  });

  it('is allowed to last exactly three years', async () => {
    const seen = await world.query('case-handler-a', REQUEST_CONSENT, {
      input: consentInput('P06', { validTo: '2029-11-16T09:00:00Z' }),
    });
    expect(seen.errors).toEqual([]);
  });
});

describe('variables that do not fit', () => {
  const by = 'query ($by: ApplicantKey!) { applicant(by: $by) { maskedNationalId } }';
  const request = REQUEST_CONSENT;
  const list = 'query ($by: [ApplicantKey!]!) { applicants(by: $by) { maskedNationalId } }';
  const period =
    'query ($id: NationalId!, $p: PeriodeInput) { applicant(by: { nationalId: $id }) { aapVedtak(periode: $p) { __typename } } }';
  const filter = 'query ($f: ConsentFilter) { consents(filter: $f) { nodes { id } } }';
  const page = 'query ($n: Int!) { consents(first: $n) { nodes { id } } }';

  it.each<[string, string, Record<string, unknown>, field: string, says?: RegExp]>([
    ['no key', by, { by: {} }, 'by', /: give exactly one of nationalId and id\.$/],
    ['two keys', by, { by: { nationalId: P04, id: 'p1_x' } }, 'by', /: give exactly one of nationalId and id\.$/],
    ['a key that is null', by, { by: { nationalId: null } }, 'by.nationalId', /: must not be null\.$/],
    ['no key within a list', list, { by: [{ nationalId: P04 }, {}] }, 'by.1', /exactly one/],
    [
      'two keys deep inside',
      request,
      { input: { ...consentInput('P05'), applicant: { nationalId: P04, id: 'p1_x' } } },
      'input.applicant',
      /^Variable \$input\.applicant: give exactly one of nationalId and id\.$/,
    ],
    [
      'a misspelt field that holds a national id',
      by,
      { by: { nationalID: P04 } },
      'by',
      /: nationalID is not a field \(did you mean nationalId\?\)\.$/,
    ],
    ['a field whose name is a national id', by, { by: { [P04]: 'x' } }, 'by', /: a name that is given is not a field/],
    ['a field whose name holds a national id', by, { by: { [`a${P04}`]: 'x' } }, 'by', /: a name that is given is not/],
    ['a field whose name is a whole text', by, { by: { 'javascript:1': 'x' } }, 'by', /: a name that is given is not/],
    [
      'a field whose name is long',
      by,
      { by: { ['javascript'.repeat(9)]: 'x' } },
      'by',
      /: a name that is given is not/,
    ],
    ['a national id as a number', by, { by: { nationalId: Number(P04) } }, 'by.nationalId', /string/],
    ['a national id in a list', by, { by: { nationalId: [P04] } }, 'by.nationalId', /string/],
    ['a national id in place of an object', by, { by: P04 }, 'by', /: must be an object, ApplicantKey\.$/],
    ['a list in place of an object', by, { by: [{ nationalId: P04 }] }, 'by', /: must be an object, ApplicantKey\.$/],
    ['a missing variable', by, {}, 'by', /missing/],
    [
      'a national id as a purpose',
      request,
      { input: { ...consentInput('P05'), purpose: P04 } },
      'input.purpose',
      /: must be one of [A-Z_]+, [A-Z_, ]+\.$/,
    ],
    [
      'a misspelt field deep inside',
      request,
      { input: { ...consentInput('P05'), message: { nB: P04 } } },
      'input.message',
      /: nb is missing; nB is not a field \(did you mean nb\?\)\.$/,
    ],
    [
      'several faults in one object',
      request,
      { input: { applicant: { nationalId: P04 }, returnURL: 'javascript:1' } },
      'input',
      /^Variable \$input: periode and returnUrl are missing; returnURL is not a field \(did you mean returnUrl\?\)\.$/,
    ],
    [
      'a field that resembles none',
      by,
      { by: { number: P04 } },
      'by',
      /: number is not a field \(the fields are nationalId and id\)\.$/,
    ],
    [
      'a value that no enum has',
      filter,
      { f: { status: ['GIVEN'] } },
      'f.status.0',
      /^Variable \$f\.status\.0: must be one of PENDING, ACTIVE, [A-Z_, ]+\.$/,
    ],
    ['a value in place of its list', filter, { f: { status: 'GIVEN' } }, 'f.status', /: must be one of PENDING, /],
    ['a text for a number', page, { n: 'ten' }, 'n', /^Variable \$n: must be a whole number of at most 32 bits\.$/],
    ['too large a number', page, { n: 1e300 }, 'n', /at most 32 bits/],
    ['a number for a text', filter, { f: { reference: Number(P04) } }, 'f.reference', /: must be a string\.$/],
    ['a date that does not exist', period, { id: P04, p: { fom: '2026-02-30' } }, 'p.fom', /date that exists/],
    ['a date in another notation', period, { id: P04, p: { fom: '20260201' } }, 'p.fom', /yyyy-MM-dd/],
    ['a national id as a date', period, { id: P04, p: { tom: P04 } }, 'p.tom', /date that exists/],
    [
      'a moment without an offset',
      filter,
      { f: { expiresBefore: '2026-12-31T00:00:00' } },
      'f.expiresBefore',
      /offset/,
    ],
    [
      'an address without a scheme',
      request,
      { input: { ...consentInput('P05'), returnUrl: '/here' } },
      'input.returnUrl',
      /absolute/,
    ],
    [
      'an address that runs a script',
      request,
      { input: { ...consentInput('P05'), returnUrl: 'javascript:1' } },
      'input.returnUrl',
      /https/,
    ],
  ])(
    '%s: the field is named, what fits is said, and nothing is repeated',
    async (_, document, variables, field, says = /\S/) => {
      const seen = await world.query('case-handler-a', document, variables);
      expect(seen.status).toBe(200);
      expect(seen.data).toBeUndefined();
      expect(seen.errors).toHaveLength(1);
      expect(seen.errors).toMatchObject([
        { message: expect.stringMatching(says), extensions: { code: 'INVALID_INPUT', field } },
      ]);
      expectWellFormed(seen.errors);
      expect(seen.text).not.toContain('oneOf');
      for (const value of [P04, '2026-02-30', '20260201', 'GIVEN', 'ten"', 'javascript'])
        expect(seen.text).not.toContain(value);
      expect(world.log()).not.toContain(P04);
    },
  );

  it('of which one is null where the schema has a default, costs its own field alone', async () => {
    const seen = await world.query(
      'case-handler-a',
      'query ($f: Int) { consents(first: $f) { nodes { id } } viewer { role } }',
      { f: null },
    );
    expect(seen.data).toEqual({ consents: null, viewer: { role: 'CASE_HANDLER' } });
    expect(seen.errors).toMatchObject([
      {
        message: 'An argument needs a value at line 1, column 35: its variable is null or left out.',
        path: ['consents'],
        extensions: { code: 'INVALID_INPUT' },
      },
    ]);
    expectWellFormed(seen.errors);
  });

  it('is refused with status 400 to a client that knows the media type of GraphQL', async () => {
    const seen = await world.query('case-handler-a', by, { by: {} }, { accept: 'application/graphql-response+json' });
    expect(seen.status).toBe(400);
  });
});

describe('a national id written into the document', () => {
  const spaced = `${P04.slice(0, 6)} ${P04.slice(6)}`;
  it.each([
    ['as a NationalId', `{ applicant(by: { nationalId: "${P04}" }) { id } }`],
    ['mistyped, as a NationalId', `{ applicant(by: { nationalId: "${MISTYPED}" }) { id } }`],
    ['as a NationalId and a number', `{ applicant(by: { nationalId: ${P04} }) { id } }`],
    ['as another string', `{ consents(filter: { reference: "${P04}" }) { nodes { id } } }`],
    ['with a space', `{ consents(filter: { reference: "${spaced}" }) { nodes { id } } }`],
    ['as a number', `{ consents(first: ${P04}) { nodes { id } } }`],
    ['as an alias', `{ a${P04}: viewer { role } }`],
    ['as a comment', `{ viewer { role } } # ${P04}`],
    ['as the name of the operation', `query q${P04} { viewer { role } }`],
    ['as the name of a variable', `query ($v${P04}: NationalId!) { applicant(by: { nationalId: $v${P04} }) { id } }`],
    ['as a default value', `query ($id: NationalId = "${P04}") { applicant(by: { nationalId: $id }) { id } }`],
    [
      'as a mistyped default value',
      `query ($id: NationalId = "${MISTYPED}") { applicant(by: { nationalId: $id }) { id } }`,
    ],
    ['in a fragment that nobody spreads', `{ viewer { role } } fragment f${P04} on Viewer { role }`],
    ['in a fragment', `{ ...f } fragment f on Query { applicant(by: { nationalId: "${MISTYPED}" }) { id } }`],
    ['in a block string', `{ consents(filter: { reference: """ ${P04} """ }) { nodes { id } } }`],
    ['after something that is no GraphQL', `{ viewer { role } } ??? ${P04}`],
    ['in characters written as escapes', `{ applicant(by: { nationalId: "\\u003${P04[0]}${P04.slice(1)}" }) { id } }`],
  ])('%s is refused before anything is done, and not repeated', async (_, document) => {
    const seen = await post(world, { query: document });
    expect(seen.status).toBe(200);
    expect(seen.data).toBeUndefined();
    expect(new Set(seen.errors.map(({ extensions }) => extensions.code))).toEqual(new Set(['NATIONAL_ID_IN_DOCUMENT']));
    expect(seen.errors[0]?.message).toMatch(/variable/);
    expectWellFormed(seen.errors);
    for (const value of [P04, spaced, MISTYPED]) {
      expect(seen.text).not.toContain(value);
      expect(world.log()).not.toContain(value);
    }
  });

  it('written as escapes, where another type is due, is not repeated either', async () => {
    const escaped = [...P04].map((digit) => `\\u003${digit}`).join('');
    for (const query of [
      `{ applicant(by: { id: "${escaped}" }) { id } }`,
      `{ applicant(by: { id: "x" }, purpose: "${escaped}") { id } }`,
      `{ consents(filter: { expiresBefore: "${escaped}" }) { nodes { id } } }`,
      `{ consents(after: "${escaped}") { nodes { id } } }`,
      `{ consent(id: "${escaped}") { id } }`,
    ]) {
      const seen = await post(world, { query });
      expect(seen.errors.length).toBeGreaterThan(0);
      expectWellFormed(seen.errors);
      expect(seen.text).not.toContain(P04);
    }
    expect(world.log()).not.toContain(P04);
  });

  it('may be asked for by variable under any name but one that holds a number', async () => {
    const seen = await world.query(
      'case-handler-a',
      'query ($i1234567: NationalId!) { a: applicant(by: { nationalId: $i1234567 }) { id } }',
      { i1234567: P04 },
    );
    expect(seen.errors).toEqual([]);
  });
});

describe('literals that do not fit', () => {
  it.each([
    ['no key', '{ applicant(by: {}) { id } }', /exactly one/],
    ['two keys', 'query ($n: NationalId!) { applicant(by: { nationalId: $n, id: "x" }) { id } }', /exactly one/],
    [
      'a date that does not exist',
      '{ applicant(by: { id: "x" }) { aapVedtak(periode: { fom: "2026-02-30" }) { __typename } } }',
      /date that exists/,
    ],
    ['an unknown purpose', '{ applicant(by: { id: "x" }, purpose: SECRET_PURPOSE) { id } }', /does not fit/],
    ['a text for a number', '{ consents(first: "many") { nodes { id } } }', /does not fit/],
    [
      'a misspelt field of an input',
      '{ consents(filter: { refrence: "mine" }) { nodes { id } } }',
      /not defined by type "ConsentFilter"\. Did you mean "reference"\?$/,
    ],
    ['a null', '{ applicants(by: [null]) { id } }', /^Expected value of type "ApplicantKey!", found null\.$/],
    ['an object for a number', '{ consents(first: { many: "mine" }) { nodes { id } } }', /does not fit/],
    [
      'an object for a text',
      '{ consents(filter: { reference: { SECRET_PURPOSE: 1 } }) { nodes { id } } }',
      /does not fit/,
    ],
    ['a text for an object', '{ consents(filter: "mine") { nodes { id } } }', /does not fit/],
  ])('%s: what is wrong is said without the value', async (_, query, says) => {
    const seen = await post(world, { query, variables: { n: P04 } });
    expect(seen.data).toBeUndefined();
    expect(seen.errors[0]).toMatchObject({
      message: expect.stringMatching(says),
      extensions: { code: 'INVALID_INPUT' },
    });
    expectWellFormed(seen.errors);
    expect(seen.text).not.toContain('@oneOf');
    for (const value of ['2026-02-30', 'SECRET_PURPOSE', 'many', 'mine', P04]) expect(seen.text).not.toContain(value);
  });

  it('an object without its required fields: each is named', async () => {
    const query = 'mutation { requestConsent(input: { applicant: { id: "mine" } }) { created } }';
    const seen = await post(world, { query });
    expect(seen.errors.map(({ message }) => message)).toEqual([
      'Field "RequestConsentInput.periode" of required type "ConsentPeriodeInput!" was not provided.',
      'Field "RequestConsentInput.returnUrl" of required type "URL!" was not provided.',
    ]);
    expectWellFormed(seen.errors);
    expect(seen.text).not.toContain('mine');
  });

  it('an unknown field is told in GraphQL’s own helpful words', async () => {
    const seen = await post(world, { query: '{ viewer { roles } }' });
    expect(seen.errors).toMatchObject([
      {
        message: 'Cannot query field "roles" on type "Viewer". Did you mean "role"?',
        locations: [{ line: 1, column: 12 }],
      },
    ]);
    expectWellFormed(seen.errors);
  });

  it('a syntax error is placed, and nothing of the text is quoted', async () => {
    const seen = await post(world, { query: '{ viewer { role \n secret" } }' });
    expect(seen.errors).toMatchObject([
      { message: 'The document is not valid GraphQL at line 2, column 13.', extensions: { code: 'INVALID_INPUT' } },
    ]);
    expectWellFormed(seen.errors);
  });
});

describe('pages', () => {
  it.each([0, -1, 101, 2_147_483_647])('of %d rows are refused, and the rest of the query stands', async (first) => {
    const seen = await world.query(
      'case-handler-a',
      `query ($first: Int!) { consents(first: $first) { nodes { id } } viewer { role } }`,
      { first },
    );
    expect(seen.data).toEqual({ consents: null, viewer: { role: 'CASE_HANDLER' } });
    expect(seen.errors).toMatchObject([{ path: ['consents'], extensions: { code: 'LIMIT_EXCEEDED', field: 'first' } }]);
    expectWellFormed(seen.errors);
  });

  it.each([1, 100])('of %d rows are given', async (first) => {
    const seen = await world.query(
      'case-handler-a',
      `query ($first: Int!) { consents(first: $first) { nodes { id } } }`,
      { first },
    );
    expect(seen.errors).toEqual([]);
  });

  it('continue by a cursor that is whole and belongs to the same filter only', async () => {
    await world.grant('P09');
    const page = `query ($after: String, $filter: ConsentFilter, $by: ConsentOrder! = REQUESTED_AT_DESC) {
      consents(first: 1, after: $after, filter: $filter, orderBy: $by) { pageInfo { endCursor hasNextPage } nodes { id } }
      viewer { role }
    }`;
    const first = await world.query('case-handler-a', page);
    const cursor: string = first.data.consents.pageInfo.endCursor;
    expect(first.data.consents.pageInfo.hasNextPage).toBe(true);
    const next = await world.query('case-handler-a', page, { after: cursor });
    expect(next.errors).toEqual([]);
    expect(next.data.consents.nodes[0].id).not.toBe(first.data.consents.nodes[0].id);

    const flipped = `${cursor.slice(0, -2)}${cursor.endsWith('A') ? 'BB' : 'AA'}`;
    const refused = [
      await world.query('case-handler-a', page, { after: flipped }),
      await world.query('case-handler-a', page, { after: `${cursor}A` }),
      await world.query('case-handler-a', page, { after: '' }),
      await world.query('case-handler-a', page, { after: P04 }),
      await world.query('case-handler-a', page, { after: cursor, filter: { status: ['ACTIVE'] } }),
      await world.query('case-handler-a', page, { after: cursor, by: 'VALID_TO_ASC' }),
      await world.query('case-handler-b', page, { after: cursor }),
    ];
    for (const seen of refused) {
      expect(seen.data).toMatchObject({ consents: null, viewer: { role: 'CASE_HANDLER' } });
      expect(seen.errors).toMatchObject([
        { path: ['consents'], extensions: { code: 'INVALID_INPUT', field: 'after' } },
      ]);
      expectWellFormed(seen.errors);
      expect(seen.text).not.toContain(P04);
    }
  });
});

it('an id of an applicant or consent that is not there costs its own field alone', async () => {
  const seen = await world.query(
    'case-handler-a',
    `{ applicant(by: { id: "p1_nobody" }) { id } consent(id: "nothing") { id } viewer { role } }`,
  );
  expect(seen.data).toEqual({ applicant: null, consent: null, viewer: { role: 'CASE_HANDLER' } });
  expect(seen.errors.map(({ path, extensions: { code } }) => [path, code])).toEqual(
    expect.arrayContaining([
      [['applicant'], 'NOT_FOUND'],
      [['consent'], 'NOT_FOUND'],
    ]),
  );
  expectWellFormed(seen.errors);
  expect(seen.text).not.toMatch(/p1_nobody|nothing"/);
});

it.each(['refreshConsent', 'relinquishConsent'])('%s of a consent that is not there is NOT_FOUND', async (mutation) => {
  const seen = await world.query('case-handler-a', `mutation { ${mutation}(id: "nothing") { consent { id } } }`);
  expect(seen.errors).toMatchObject([{ path: [mutation], extensions: { code: 'NOT_FOUND', field: 'id' } }]);
});

it('none of this is a defect of the gateway', () => {
  expect(world.log()).toContain('"INVALID_INPUT"');
  expect(world.log()).not.toContain('"event":"defect"');
});

it('a read whose first date lies after its last is refused without losing its neighbour', async () => {
  const seen = await world.query(
    'case-handler-a',
    `query ($id: NationalId!) { applicant(by: { nationalId: $id }) {
      aapVedtak(periode: { fom: "2026-02-01", tom: "2026-01-01" }) { __typename }
      uforeopplysninger { __typename }
    } }`,
    { id: P04 },
  );
  expect(seen.data.applicant).toEqual({ aapVedtak: null, uforeopplysninger: { __typename: 'Uforeopplysninger' } });
  expect(seen.errors).toMatchObject([
    {
      path: ['applicant', 'aapVedtak'],
      extensions: { code: 'INVALID_INPUT', field: 'periode.fom', source: 'AAP_VEDTAK' },
    },
  ]);
  expectWellFormed(seen.errors);
});
