import type { GraphQLSchema } from 'graphql';
import type { Draw } from './draw.ts';
import type { DrawnRequest } from './valid-documents.ts';
import { drawValidRequest } from './valid-documents.ts';

/** A body as it is sent, and the headers beside it. `<<name>>` stands for what only a world knows. */
export interface BrokenRequest {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What must never come back: a national id in the notations that people use, and a token, which gets further. */
const PLANTS = ['<<plant>>', '<<spaced>>', '<<dashed>>', '<<escaped>>', '<<braced>>', '<<token>>', '<<token>>'];

const SHARDS = [
  '{', '}', '(', ')', '[', ']', '"', '"""', '#', '$', '@', '!', '|', '...', ':', ',', '\\', '\\u', '\\u{110000}',
  '\u0000', '\ud800', '\ufeff', '\u202e', '🙂', 'null', 'on', 'fragment F0 on Query { ...F0 }', 'subscription { a }',
  '99999999999999999999', '-0', '1e999', '0x1', '1.', 'type T { a: Int }', '@skip', '@include(if: $nobody)', '__proto__',
]; // biome-ignore format: a list of scraps

/** Names that fit everywhere and exist nowhere. */
const NAMES = ['x', 'viewr', 'constructor', '__typename', '__schema', 'x'.repeat(2000)];

/** The places of a document where a text may stand that has no business there. */
const PLACES: readonly ((text: string) => string)[] = [
  (text) => `{ x${text}: viewer { role } }`,
  (text) => `{ viewer { x${text} } }`,
  (text) => `{ viewer(x${text}: 1) { role } }`,
  (text) => `query x${text} { viewer { role } }`,
  (text) => `query ($x${text}: ID!) { consent(id: $x${text}) { id } }`,
  (text) => `query ($id: x${text}) { consent(id: $id) { id } }`,
  (text) => `{ ...x${text} }`,
  (text) => `{ viewer @x${text} { role } }`,
  (text) => `{ consents(filter: { source: x${text} }) { nodes { id } } }`,
  (text) => `{ consents(filter: { source: "${text}" }) { nodes { id } } }`,
  (text) => `{ consents(filter: { x${text}: 1 }) { nodes { id } } }`,
  (text) => `{ consents(first: ${text}) { nodes { id } } }`,
  (text) => `{ consents(first: "${text}") { nodes { id } } }`,
  (text) => `{ consents(orderBy: "${text}") { nodes { id } } }`,
  (text) => `{ consents(filter: "${text}") { nodes { id } } }`,
  (text) => `{ consents(filter: { status: [ACTIVE, "${text}"] }) { nodes { id } } }`,
  (text) => `{ consents(filter: { expiresBefore: "${text}" }) { nodes { id } } }`,
  (text) => `query ($first: Int! = "${text}") { consents(first: $first) { nodes { id } } }`,
  (text) => `{ consents(after: "${text}") { nodes { id } } }`,
  (text) => `{ consents(filter: { reference: "sak ${text}" }) { nodes { id } } }`,
  (text) => `{ consent(id: """\n ${text}\n""") { id } }`,
  (text) => `{ consent(id: ["${text}"]) { id } }`,
  (text) => `{ applicant(by: { nationalId: "${text}" }) { id } }`,
  (text) => `{ applicant(by: { nationalId: ${text} }) { id } }`,
  (text) => `{ applicant(by: { id: "${text}", nationalId: null }) { id } }`,
  (text) => `{ applicant(by: "${text}") { id } }`,
  (text) => `query ($id: NationalId! = "${text}") { applicant(by: { nationalId: $id }) { id } }`,
  (text) => `query ($date: Date = "${text}") { disclosures(filter: { from: $date }) { nodes { id } } }`,
  (text) => `{ viewer { role } } # ${text}`,
  (text) => `{ viewer { role } # ${text}`,
  (text) => `{ viewer @include(if: "${text}") { role } }`,
  (text) => `{ viewer { role } ${text} }`,
  (text) => `{ viewer { role } "${text}" }`,
  (text) => `{ viewer { role } "${text}`,
];

/** Documents that are too much of one thing. */
const SIZES: readonly ((much: number) => string)[] = [
  (much) => '{'.repeat(much),
  (much) => `${'{ viewer '.repeat(much)}${'}'.repeat(much)}`,
  (much) => `{ viewer { ${'role '.repeat(much)} } }`,
  (much) => `{ viewer { ${Array.from({ length: much }, (_, at) => `a${at}: role`).join(' ')} } }`,
  (much) => `{ consent(id: ${'['.repeat(much)}${']'.repeat(much)}) { id } }`,
  (much) => `{ consent(id: ${'{ id: '.repeat(much)}1${' }'.repeat(much)}) { id } }`,
  (much) => `query (${Array.from({ length: much }, (_, at) => `$v${at}: ID`).join(' ')}) { viewer { role } }`,
  (much) => `query ($v: ${'['.repeat(much)}ID${']'.repeat(much)}) { viewer { role } }`,
  (much) => Array.from({ length: much }, (_, at) => `fragment F${at} on Query { ...F${(at + 1) % much} }`).join(' '),
  (much) =>
    `{ ...F0 } ${Array.from({ length: much }, (_, at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`).join(' ')}`,
  (much) => `{ viewer { ${'... on Viewer { '.repeat(much)} role ${'}'.repeat(much)} } }`,
  (much) => `{ viewer ${'@include(if: true) '.repeat(much)} { role } }`,
  (much) => `{ consent(id: "${'x'.repeat(much * 20)}") { id } }`,
  (much) => `# ${'æ'.repeat(much * 20)}\n{ viewer { role } }`,
  (much) =>
    `query ($keys: [ApplicantKey!]!) { ${Array.from({ length: much }, (_, at) => `a${at}: applicants(by: $keys) { aapVedtak { __typename } }`).join(' ')} }`,
];

const ODD_VALUES: readonly unknown[] = [
  null, true, 0, -1, 1.5, 2 ** 31, 1e308, '', ' ', '\u0000', [], [[]], {}, { id: null }, { nationalId: 7 },
  { id: 'x', nationalId: 'y' }, '<<plant>>', ['<<plant>>'], { '<<plant>>': 1 }, { nationalId: { digits: '<<plant>>' } },
  { id: '<<plant>>' }, '<<token>>', 'x'.repeat(5000), { constructor: { prototype: {} } },
]; // biome-ignore format: a list of scraps

const ODD_BODIES = [
  '', 'null', '[]', '{}', '"query"', '{"query":null}', '{"query":""}', '{"query":7}', '{"query":["{viewer{role}}"]}',
  '[{"query":"{viewer{role}}"}]', '{"query":"{viewer{role}}","variables":[]}', '{"query":"{viewer{role}}","variables":"<<plant>>"}',
  '{"query":"{viewer{role}}","operationName":"<<plant>>"}', '{"query":"{viewer{role}}","operationName":7}',
  '{"query":"{viewer{role}}","extensions":{"persistedQuery":{"version":1,"sha256Hash":"<<plant>>"}}}',
  '{"query":"{viewer{role}}","<<plant>>":"<<token>>"}', '{"query":"{viewer{role}}","variables":{"__proto__":{"a":1}}}',
  '{"query":"{viewer{role}}","variables":{"id":1e999}}', '{"query":"{viewer{role}}"', '\ufeff{"query":"{viewer{role}}"}',
  '{"query":"{viewer{role}}","query":"{ <<plant>> }"}', `{"query":"{viewer{role}}","variables":{"a":${'['.repeat(9000)}${']'.repeat(9000)}}}`,
  `{"query":"${'x'.repeat(110_000)}"}`,
]; // biome-ignore format: a list of scraps

const ODD_HEADERS: readonly Readonly<Record<string, string>>[] = [
  {}, {}, {}, {}, {},
  { accept: 'application/json' }, { accept: 'application/graphql-response+json' }, { accept: 'text/html, */*;q=0.1' },
  { 'content-type': 'application/json; charset=utf-8' }, { 'content-type': 'text/plain' }, { 'content-type': 'application/json;x=<<plant>>' },
  { 'content-type': 'multipart/form-data; boundary=x' }, { 'apollo-require-preflight': '1' }, { 'data-consumer': '<<plant>>' },
]; // biome-ignore format: a list of scraps

/** A request that is no sound one: a broken document, misfit variables, texts in places where they must not stand, or no request at all. */
export function drawBrokenRequest(draw: Draw, schema: GraphQLSchema): BrokenRequest {
  return { body: drawBody(draw, schema), headers: draw.of(ODD_HEADERS) };
}

function drawBody(draw: Draw, schema: GraphQLSchema): string {
  switch (draw.below(7)) {
    case 0:
      return draw.of(ODD_BODIES);
    case 1:
      return JSON.stringify({ query: draw.of(SIZES)(1 + draw.below(draw.of([20, 200, 2100]))) });
    case 2:
      return JSON.stringify(withOddVariables(draw, drawValidRequest(draw, schema)));
    case 3:
    case 4:
      return JSON.stringify({ query: draw.of(PLACES)(draw.of(draw.chance(80) ? PLANTS : NAMES)) });
    default: {
      const { query, variables } = drawValidRequest(draw, schema);
      return JSON.stringify({ query: damaged(draw, query, () => drawValidRequest(draw, schema).query), variables });
    }
  }
}

function withOddVariables(draw: Draw, request: DrawnRequest): DrawnRequest {
  const changed = Object.entries(request.variables).map(([name, value]) => [
    draw.chance(10) ? `${name}x` : name,
    draw.chance(70) ? draw.of(ODD_VALUES) : value,
  ]);
  return { ...request, variables: Object.fromEntries(changed) };
}

/** The text after one to four accidents. */
function damaged(draw: Draw, text: string, another: () => string): string {
  let broken = text;
  for (let accidents = 1 + draw.below(4); accidents > 0; accidents -= 1) {
    const at = draw.below(broken.length + 1);
    const end = at + draw.below(20);
    const other = draw.chance(20) ? another() : draw.of(draw.chance(30) ? PLANTS : SHARDS);
    broken = draw.of([
      () => broken.slice(0, at) + broken.slice(end),
      () => broken.slice(0, at) + other + broken.slice(at),
      () => broken.slice(0, at) + other + broken.slice(end),
      () => broken.slice(0, at) + broken.slice(at, end).repeat(3) + broken.slice(end),
      () => broken.slice(0, at),
      () => broken.slice(0, at) + another().slice(at),
    ])();
  }
  return broken;
}
