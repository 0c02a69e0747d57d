import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { WireResponse } from '../../src/upstream.ts';
import type { Draw } from './draw.ts';
import type { Json } from './json-tree.ts';
import { everyLeaf, inJson, isObject, replacedAt, sizeOf, withDeepPlace } from './json-tree.ts';

/** What must not come out where an upstream puts it in: a national id, and words that look like nothing else. */
export interface Plants {
  readonly nationalId: string;
  readonly secret: string;
}

/** A change to an upstream's answer. Whatever it draws is drawn beforehand, so that a repeated call meets the same. */
export interface Mutation {
  readonly name: string;
  /** @throws whatever a network throws */
  readonly mutate: (answer: WireResponse, plants: Plants) => WireResponse;
}

const STATUSES = [200, 201, 202, 204, 206, 302, 304, 307, 400, 401, 403, 404, 409, 418, 429, 500, 502, 503, 504, 599];
const NUMBERS = [0, -1, 0.5, -0.001, 1e-9, 75, 1_000_000_000, 2_147_483_647, -2_147_483_648, 3_000_000_000];
const TEXTS = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  '🙂',
  'null',
  '0000-01-01',
  '9999-12-31',
  '2026-02-30',
  '9999-12-31T23:59:59-23:59',
];
const DATES = [
  '2026-11-16',
  '2022-01-01',
  '2021-12-31',
  '2027-12-31',
  '2028-01-01',
  '0000-01-01',
  '9999-12-31',
  '2024-02-29',
  '1999-12-31T23:00:00Z',
  '9999-12-31T23:59:59.999-23:59',
  '0000-01-01T00:00:00+23:59',
];
const LONG = 'x'.repeat(200_000);

/** Any change: to the tree of the answer, its bytes, its headers, its status, or the connection. */
export function drawMutation(draw: Draw): Mutation {
  const ways = [
    inKind,
    inKind,
    inKind,
    inTree,
    inTree,
    inTree,
    inBytes,
    inHeaders,
    inStatus,
    inRefusal,
    inConnection,
  ] as const;
  const mutation = draw.of(ways)(draw);
  return Object.assign(mutation, { [fc.toStringMethod]: () => mutation.name });
}

/** What stands there is of the same kind, so that the answer keeps its form: every number, date or text, or half of them. */
function inKind(draw: Draw): Mutation {
  const kind = draw.of(['number', 'date', 'text', 'boolean'] as const);
  const value = { number: draw.of(NUMBERS), date: draw.of(DATES), text: draw.of(TEXTS), boolean: draw.chance(50) }[
    kind
  ];
  const [half, isWhole] = [draw.below(0xffff), draw.chance(50)];
  return {
    name: `each ${kind} ${isWhole ? '' : `of half of them (${half}) `}is ${JSON.stringify(value)}`,
    mutate: (answer) => {
      let met = 0;
      return inJson(answer, (tree) =>
        everyLeaf(tree, (leaf) => {
          if (kindOf(leaf) !== kind) return leaf;
          met += 1;
          return isWhole || ((half >> (met % 16)) & 1) === 1 ? value : leaf;
        }),
      );
    },
  };
}

function kindOf(leaf: Json): string {
  if (typeof leaf !== 'string') return typeof leaf;
  return /^\d{4}-\d{2}-\d{2}/.test(leaf) ? 'date' : 'text';
}

/** One place of the tree, or every text in it, is something else. */
function inTree(draw: Draw): Mutation {
  const at = draw.below(0xffff);
  const [number, text] = [draw.of(NUMBERS), draw.of(TEXTS)];
  const changes: readonly (readonly [string, (value: Json, plants: Plants) => Json | undefined])[] = [
    ['left out', () => undefined],
    ['null', () => null],
    [`the number ${number}`, () => number],
    [`the text ${JSON.stringify(text)}`, () => text],
    [
      'the other kind of text or number',
      (value) => (typeof value === 'string' ? Number.parseInt(value, 10) || 7 : String(value)),
    ],
    ['in a list', (value) => [value]],
    ['in an object', (value) => ({ value })],
    ['an empty list', () => []],
    ['an empty object', () => ({})],
    ['true', () => true],
    ['very long', () => LONG],
    ['there twice', (value) => (Array.isArray(value) ? [...value, ...value] : [value, value])],
    ['turned round', (value) => (Array.isArray(value) ? value.toReversed() : value)],
    ['a national id', (_, { nationalId }) => nationalId],
    ['a secret', (_, { secret }) => secret],
    [
      'longer by a secret',
      (value, { secret, nationalId }) => `${typeof value === 'string' ? value : ''} ${secret} ${nationalId}`,
    ],
    [
      'joined by members nobody has documented',
      (value, { secret, nationalId }) =>
        isObject(value)
          ? { ...value, error: secret, message: nationalId, __proto__x: { a: [secret] }, constructor: secret }
          : value,
    ],
  ];
  const [name, change] = draw.of(changes);
  if (draw.chance(6)) {
    return {
      name: 'every text is a secret',
      mutate: (answer, { secret, nationalId }) =>
        inJson(answer, (tree) =>
          everyLeaf(tree, (leaf) => (typeof leaf === 'string' ? `${secret} ${nationalId}` : leaf)),
        ),
    };
  }
  if (draw.chance(4)) return { name: 'a place is nested deep', mutate: (answer) => withDeepPlace(answer, at) };
  return {
    name: `place ${at} is ${name}`,
    mutate: (answer, plants) =>
      inJson(answer, (tree) => replacedAt(tree, at % sizeOf(tree), (value) => change(value, plants))),
  };
}

function inBytes(draw: Draw): Mutation {
  const [at, other] = [draw.below(0xffff), draw.below(256)];
  const games: readonly (readonly [string, (body: Buffer, plants: Plants) => Uint8Array])[] = [
    ['ends early', (body) => body.subarray(0, at % (body.length + 1))],
    [
      'has a byte that is another',
      (body) =>
        Buffer.concat([
          body.subarray(0, at % (body.length + 1)),
          Buffer.of(other),
          body.subarray((at % (body.length + 1)) + 1),
        ]),
    ],
    [
      'has a byte more',
      (body) =>
        Buffer.concat([
          body.subarray(0, at % (body.length + 1)),
          Buffer.of(other),
          body.subarray(at % (body.length + 1)),
        ]),
    ],
    ['is empty', () => Buffer.alloc(0)],
    ['stands there twice', (body) => Buffer.concat([body, body])],
    ['has a byte order mark', (body) => Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), body])],
    ['is packed', (body) => gzipSync(body)],
    ['is a page', (_, { secret, nationalId }) => Buffer.from(`<html><body>${secret} ${nationalId}</body></html>`)],
    ['is in UTF-16', (body) => Buffer.from(body.toString(), 'utf16le')],
    ['is noise', (body) => body.map((byte, place) => byte ^ (place * 31 + other))],
  ];
  const [name, game] = draw.of(games);
  return {
    name: `the body ${name} (${at}, ${other})`,
    mutate: (answer, plants) => ({ ...answer, body: game(Buffer.from(answer.body), plants) }),
  };
}

function inHeaders(draw: Draw): Mutation {
  const games: readonly (readonly [string, (plants: Plants) => Readonly<Record<string, string>>])[] = [
    ['another type', () => ({ 'content-type': 'text/html' })],
    ['another encoding', () => ({ 'content-encoding': 'gzip' })],
    ['another length', () => ({ 'content-length': '1' })],
    ['no patience', () => ({ 'retry-after': '0' })],
    ['patience without end', () => ({ 'retry-after': '999999' })],
    ['patience in words', ({ secret }) => ({ 'retry-after': secret })],
    ['another address', ({ secret }) => ({ location: `https://elsewhere.example/${encodeURIComponent(secret)}` })],
    [
      'secrets',
      ({ secret, nationalId }) => ({
        'set-cookie': secret,
        'x-request-id': nationalId,
        'www-authenticate': secret,
        warning: nationalId,
      }),
    ],
  ];
  const [name, game] = draw.of(games);
  const status = draw.chance(50) ? draw.of(STATUSES) : undefined;
  return {
    name: `the headers tell of ${name}${status === undefined ? '' : `, with status ${status}`}`,
    mutate: (answer, plants) => ({
      ...answer,
      status: status ?? answer.status,
      headers: { ...answer.headers, ...game(plants) },
    }),
  };
}

function inStatus(draw: Draw): Mutation {
  const status = draw.of(STATUSES);
  return { name: `the status is ${status}`, mutate: (answer) => ({ ...answer, status }) };
}

/** A refusal as upstreams write them, which says more than it should in every member. */
function inRefusal(draw: Draw): Mutation {
  const status = draw.of([400, 401, 403, 404, 429, 500, 503]);
  const [start, end] = [
    draw.of(['', 'MP-200', 'AM-00001', 'https://docs.digdir.no/MP-303']),
    draw.of(['', '/MP-250', 'STD-00001']),
  ];
  return {
    name: `status ${status} with secrets between ${start} and ${end}`,
    mutate: (answer, { secret, nationalId }) => {
      const text = `${start}${secret} ${nationalId}${end}`;
      const members = [
        'error',
        'error_description',
        'error_uri',
        'code',
        'title',
        'detail',
        'type',
        'status',
        'message',
        'ErrorCode',
      ];
      const body = Object.fromEntries(members.map((name) => [name, name === 'error' ? nationalId : text]));
      return { ...answer, status, body: new TextEncoder().encode(JSON.stringify(body)) };
    },
  };
}

/** The answer is lost on the way back, and the error says more than it should. */
function inConnection(draw: Draw): Mutation {
  const code = draw.of([
    'ECONNRESET',
    'EPIPE',
    'UND_ERR_SOCKET',
    'UND_ERR_RES_EXCEEDED_MAX_SIZE',
    'UND_ERR_BODY_TIMEOUT',
    undefined,
  ]);
  const isError = !draw.chance(20);
  return {
    name: `the connection ends with ${code}`,
    mutate: (_, { secret, nationalId }) => {
      const text = `${secret} ${nationalId}`;
      throw isError ? Object.assign(new Error(text), { code, cause: text }) : text;
    },
  };
}
