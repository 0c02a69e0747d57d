import { createHmac, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import fc from 'fast-check';
import type { JWK } from 'jose';
import { strangeKey } from '../graphql/support.ts';
import type { Draw } from './draw.ts';

/** What a forger may know, and the issuer's own key for tokens that are wrong though their signature is right. */
export interface Forge {
  /** A sound token, whose letters may be played with. */
  readonly sound: string;
  readonly signingKey: JWK;
  /** Tokens that others issued, for other doors. */
  readonly foreign: Readonly<Record<string, string>>;
  readonly nowSeconds: number;
}

/** How one forged header `Authorization` is made; it prints without any token. */
export interface Forgery {
  readonly name: string;
  readonly make: (forge: Forge) => string;
}

type Members = Readonly<Record<string, unknown>>;

const KID_GAMES = [
  '../../../../dev/null',
  '/proc/self/environ',
  'file:///etc/passwd',
  "' OR 1=1 --",
  '__proto__',
  'constructor',
  '',
  '\u0000',
  'x'.repeat(5000),
  null,
  7,
  {},
  ['a'],
];

/** Members that tempt a verifier to take its key, or its rules, from the token itself. */
const LURES: readonly Members[] = [
  { jku: 'http://127.0.0.1:4105/jwks' },
  { jku: 'https://elsewhere.example/jwks' },
  { x5u: 'https://elsewhere.example/cert' },
  { x5c: ['MIIB'] },
  { jwk: publicJwk(strangeKey.export({ format: 'jwk' })) },
  { jwk: { kty: 'oct', k: '' } },
  { crit: ['exp'], exp: 1 },
  { crit: ['b64'], b64: false },
  { b64: false },
  { zip: 'DEF' },
  { cty: 'JWT' },
];

const UNSIGNED = ['none', 'None', 'NONE', 'nOnE', '', null, undefined, 7, {}, ['RS256'], '__proto__'];

/** What the issuer's own signature must not save. */
const WRONG_CLAIMS: readonly ((now: number) => Members)[] = [
  () => ({ aud: 'https://elsewhere.example' }),
  () => ({ aud: ['https://elsewhere.example'] }),
  () => ({ aud: 'https://samtykkeporten.sandbox/' }),
  () => ({ aud: { 'https://samtykkeporten.sandbox': true } }),
  () => ({ aud: null }),
  () => ({ aud: undefined }),
  () => ({ iss: 'http://127.0.0.1:4105/' }),
  () => ({ iss: ['http://127.0.0.1:4105'] }),
  () => ({ iss: 'http://127.0.0.1:4102/' }),
  () => ({ iss: undefined }),
  (now) => ({ exp: now - 1 }),
  (now) => ({ exp: String(now + 300) }),
  () => ({ exp: null }),
  () => ({ exp: undefined }),
  () => ({ exp: -1 }),
  (now) => ({ nbf: now + 600 }),
  () => ({ nbf: 'soon' }),
  () => ({ sub: undefined }),
  () => ({ nonce: 'n' }),
  () => ({ at_hash: 'h' }),
  () => ({ c_hash: null }),
];

/** A token that must open nothing, by any way a forger may think of. */
export function drawForgery(draw: Draw): Forgery {
  const ways: readonly (() => Forgery)[] = [
    () => withLetters(draw),
    () => withLetters(draw),
    () => withParts(draw),
    () => withAnotherAlgorithm(draw),
    () => withAnotherKey(draw),
    () => withWrongClaims(draw),
    () => fromElsewhere(draw),
    () => inAnotherHeader(draw),
  ];
  const forgery = draw.of(ways)();
  return Object.assign(forgery, { [fc.toStringMethod]: () => forgery.name });
}

/** A sound token with letters changed, left out or put in. */
function withLetters(draw: Draw): Forgery {
  const [at, other] = [draw.below(0xffff), draw.below(0xffff)];
  const joint = draw.of(['', '.', ',', ', ']);
  const scrap = draw.of([
    '.',
    '..',
    '=',
    '==',
    '+',
    '/',
    '~',
    '%2e',
    'A',
    '-_',
    '\u00a0',
    '\u00e6',
    ' ',
    '\t',
    'x'.repeat(1_000_000),
  ]);
  const games: readonly (readonly [string, (token: string) => string])[] = [
    ['a bit is turned', (t) => splice(t, at, 1, String.fromCharCode(t.charCodeAt(at % t.length) ^ (1 << (other % 7))))],
    [
      'a letter is another',
      (t) => splice(t, at, 1, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.charAt(other % 64)),
    ],
    ['it ends early', (t) => t.slice(0, at % t.length)],
    ['it begins late', (t) => t.slice(1 + (at % (t.length - 1)))],
    ['something is left out', (t) => splice(t, at, 1 + (other % 40), '')],
    ['something is put in', (t) => splice(t, at, 0, scrap)],
    ['something is at its end', (t) => t + scrap],
    ['it stands there twice', (t) => t + joint + t],
    ['it is in another case', (t) => t.toUpperCase()],
  ];
  const [name, game] = draw.of(games);
  return { name: `${name} (${at}, ${other})`, make: ({ sound }) => `Bearer ${game(sound)}` };
}

/** Parts of sound tokens, put together anew. */
function withParts(draw: Draw): Forgery {
  const claims = draw.of<Members>([
    { role: 'AUDITOR' },
    { organisations: ['313772403'] },
    { exp: 99_999_999_999 },
    { sub: 'x' },
  ]);
  const head = draw.of<Members>([{ alg: 'none' }, { typ: 'JWT' }, { kid: 'x' }, ...LURES]);
  const games: readonly (readonly [string, (parts: readonly string[]) => readonly string[]])[] = [
    [`claims ${JSON.stringify(claims)} are put in`, ([h = '', p = '', s = '']) => [h, edited(p, claims), s]],
    [`header ${Object.keys(head)} is put in`, ([h = '', p = '', s = '']) => [edited(h, head), p, s]],
    ['no signature', ([h = '', p = '']) => [h, p, '']],
    ['two parts', ([h = '', p = '']) => [h, p]],
    ['another order', ([h = '', p = '', s = '']) => [p, h, s]],
    ['the shape of an encrypted one', ([h = '', p = '', s = '']) => [h, '', p, s, s]],
    ['empty parts', () => ['', '', '']],
  ];
  const [name, game] = draw.of(games);
  return { name, make: ({ sound }) => `Bearer ${game(sound.split('.')).join('.')}` };
}

/** Unsigned, or signed with what everybody knows of the issuer as if it were a password. */
function withAnotherAlgorithm(draw: Draw): Forgery {
  if (draw.chance(50)) {
    const alg = draw.of(UNSIGNED);
    const signature = draw.of(['', 'AA', 'none']);
    return {
      name: `unsigned, alg ${JSON.stringify(alg)}`,
      make: (forge) => `Bearer ${encoded({ ...headerOf(forge), alg })}.${encoded(claimsOf(forge))}.${signature}`,
    };
  }
  const [alg, hash] = draw.of([
    ['HS256', 'sha256'],
    ['HS384', 'sha384'],
    ['HS512', 'sha512'],
  ] as const);
  const secrets: readonly (readonly [string, (forge: Forge) => string | Buffer])[] = [
    ['PEM', ({ signingKey }) => publicPem(signingKey)],
    ['PEM without its last line', ({ signingKey }) => publicPem(signingKey).trim()],
    ['modulus', ({ signingKey }) => String(signingKey.n)],
    ['JWK', ({ signingKey }) => JSON.stringify(publicJwk(signingKey))],
    ['nothing', () => ''],
  ];
  const [secretName, secret] = draw.of(secrets);
  return {
    name: `${alg} with the public ${secretName}`,
    make: (forge) => {
      const text = `${encoded({ ...headerOf(forge), alg })}.${encoded(claimsOf(forge))}`;
      return `Bearer ${text}.${createHmac(hash, secret(forge)).update(text).digest('base64url')}`;
    },
  };
}

/** Well signed, by a key that nobody knows, with a header that recommends it. */
function withAnotherKey(draw: Draw): Forgery {
  const lure = draw.chance(60) ? draw.of(LURES) : {};
  const kid = draw.chance(60) ? { kid: draw.of(KID_GAMES) } : {};
  const stranger = strangeKey.export({ format: 'jwk' });
  return {
    name: `another key, ${Object.keys(lure)} ${JSON.stringify(kid).slice(0, 60)}`,
    make: (forge) =>
      `Bearer ${signedBy(stranger, JSON.stringify({ ...headerOf(forge), ...lure, ...kid }), JSON.stringify(claimsOf(forge)))}`,
  };
}

/** Signed by the issuer itself, but not for this gateway, or not for now. Of members that stand twice the last counts. */
function withWrongClaims(draw: Draw): Forgery {
  const wrong = draw.of(WRONG_CLAIMS);
  const isTwice = draw.chance(20);
  return {
    name: `${isTwice ? 'after right ones, ' : ''}claims ${JSON.stringify(wrong(0))} of ${Object.keys(wrong(0))}`,
    make: (forge) => {
      const right = claimsOf(forge);
      const changes = wrong(forge.nowSeconds);
      const text = JSON.stringify({ ...right, ...changes });
      const twice = `${JSON.stringify(right).slice(0, -1)},${JSON.stringify(changes).slice(1)}`;
      // What is left out cannot stand twice.
      const isSaid = Object.values(changes).every((value) => value !== undefined);
      return `Bearer ${signedBy(forge.signingKey, JSON.stringify(headerOf(forge)), isTwice && isSaid ? twice : text)}`;
    },
  };
}

function fromElsewhere(draw: Draw): Forgery {
  const at = draw.below(100);
  return {
    name: `somebody else's token (${at})`,
    make: ({ foreign }) => `Bearer ${Object.values(foreign)[at % Object.keys(foreign).length]}`,
  };
}

/** A sound token, sent as nobody should. */
function inAnotherHeader(draw: Draw): Forgery {
  const scheme = draw.of(['Basic', 'DPoP', 'Token', 'JWT', 'Bearer:', 'BearerBearer']);
  const games: readonly (readonly [string, (token: string) => string])[] = [
    ['no scheme', (t) => t],
    ['another scheme', (t) => `${scheme} ${t}`],
    ['a comma', (t) => `Bearer ${t},Bearer ${t}`],
    ['quotes', (t) => `Bearer "${t}"`],
    ['a parameter', (t) => `Bearer token="${t}"`],
    ['two spaces', (t) => `Bearer  ${t}`],
    ['a tab', (t) => `Bearer\t${t}`],
    ['a word before it', (t) => `Bearer x ${t}`],
    ['nothing', () => 'Bearer'],
    ['emptiness', () => ''],
  ];
  const [name, game] = draw.of(games);
  return { name: `in a header with ${name}`, make: ({ sound }) => game(sound) };
}

function splice(text: string, at: number, length: number, put: string): string {
  const place = at % text.length;
  return text.slice(0, place) + put + text.slice(place + length);
}

function headerOf({ sound }: Forge): Members {
  return decoded(sound.split('.')[0] ?? '');
}

function claimsOf({ sound }: Forge): Members {
  return decoded(sound.split('.')[1] ?? '');
}

function decoded(part: string): Members {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Members;
}

function encoded(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}

function edited(part: string, changes: Members): string {
  return encoded({ ...decoded(part), ...changes });
}

function signedBy(key: JWK, header: string, payload: string): string {
  const text = `${encoded(header)}.${encoded(payload)}`;
  const privateKey = createPrivateKey({ key, format: 'jwk' });
  return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
}

function publicPem(key: JWK): string {
  return createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString();
}

function publicJwk({ kty, n, e }: JWK): JWK {
  return { kty: kty ?? 'RSA', ...(n === undefined ? {} : { n }), ...(e === undefined ? {} : { e }) };
}
