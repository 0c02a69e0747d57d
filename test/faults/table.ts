import { readFileSync } from 'node:fs';
import type { FaultInput } from '../../src/sandbox/faults.ts';
import { markdownTable } from '../support/markdown.ts';

/** How a faulty call ends: a documented code, or `ok`, and how many calls the upstream receives before it does. */
export type Outcome = readonly [code: string, calls: number];

/** A fault without its aim. */
type FaultKind = FaultInput extends infer Each ? (Each extends unknown ? Omit<Each, 'upstream'> : never) : never;

/** What a step leans on, and thereby how its faults end. */
export type Column = 'maskinporten' | 'altinn' | 'exchange' | 'creation' | 'nav';

interface Row extends Readonly<Record<Column, Outcome>> {
  readonly name: string;
  readonly fault: FaultKind;
}

/** As the worlds of these tests are configured: calls within one deadline. */
export const ATTEMPTS = 3;
/** Longest answer that is taken, in bytes. */
export const LONGEST_ANSWER = 200_000;

const [MP_DOWN, MP_NO] = ['MASKINPORTEN_UNAVAILABLE', 'MASKINPORTEN_REJECTED'];
const [ALTINN_DOWN, ALTINN_NO] = ['ALTINN_UNAVAILABLE', 'ALTINN_REJECTED'];
const [NAV_DOWN, NAV_NO, NAV_UNREADABLE] = ['NAV_UNAVAILABLE', 'NAV_REFUSED', 'NAV_UNREADABLE'];
const UNHARMED: readonly [Outcome, Outcome, Outcome] = [
  ['ok', 1],
  ['ok', 1],
  ['ok', 1],
];

/** Far more than any stack is deep, and within what is taken. */
const NESTED = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;

/** Members that every upstream's answer has, in front of its own with other values, beside one that no object should have. */
const TWICE = `"__proto__": { "status": "Revoked", "kode": "S" }, "access_token": 1, "expires_in": 0, "status": "Revoked",
  "validTo": 0, "AuthorizationCode": 0, "RequestStatus": "Rejected", "keys": 0, "vedtaksliste": [], "beregningsperioder": []`;

/**
 * Every fault and how it must end at each upstream. A grant is signed anew, and a request to Altinn 3 carries our own id, so
 * both may be repeated after anything that passes; NAV only where it cannot have answered, since the person sees every answer.
 * Where a column of Altinn 2's is left out, the exchange of a code ends as any call to Altinn, and a creation likewise but
 * after one call: Altinn 2 could not tell a second one from a new request.
 */
export const FAULTS: readonly Row[] = [
  row('429', { kind: 'status', status: 429 }, [MP_DOWN, ATTEMPTS], [ALTINN_DOWN, ATTEMPTS], [NAV_DOWN, ATTEMPTS]),
  row(
    '429 with Retry-After beyond the deadline',
    { kind: 'status', status: 429, retryAfter: 3600 },
    [MP_DOWN, 1],
    [ALTINN_DOWN, 1],
    [NAV_DOWN, 1],
  ),
  row(
    '429 once, with Retry-After',
    { kind: 'status', status: 429, retryAfter: 0, times: 1 },
    ['ok', 2],
    ['ok', 2],
    ['ok', 2],
  ),
  row('503', { kind: 'status', status: 503 }, [MP_DOWN, ATTEMPTS], [ALTINN_DOWN, ATTEMPTS], [NAV_DOWN, ATTEMPTS]),
  row('503 twice', { kind: 'status', status: 503, times: 2 }, ['ok', 3], ['ok', 3], ['ok', 3]),
  row(
    '503 whose work was done',
    { kind: 'status', status: 503, afterEffect: true },
    [MP_DOWN, ATTEMPTS],
    [ALTINN_DOWN, ATTEMPTS],
    [NAV_DOWN, ATTEMPTS],
  ),
  row('502', { kind: 'status', status: 502 }, [MP_DOWN, ATTEMPTS], [ALTINN_DOWN, ATTEMPTS], [NAV_DOWN, 1]),
  row('504', { kind: 'status', status: 504 }, [MP_DOWN, ATTEMPTS], [ALTINN_DOWN, ATTEMPTS], [NAV_DOWN, 1]),
  row('500 as a page', { kind: 'html' }, [MP_DOWN, ATTEMPTS], [ALTINN_DOWN, 1], [NAV_DOWN, 1]),
  row('an empty 400', { kind: 'status', status: 400 }, [MP_NO, 1], [ALTINN_NO, 1], [NAV_NO, 1]),
  // A token that Altinn refuses is fetched anew, once.
  row('an empty 401', { kind: 'status', status: 401 }, [MP_NO, 1], [ALTINN_NO, 2], [NAV_NO, 2], {
    // The ApiKey alone opens it, and there is no other one.
    exchange: [ALTINN_NO, 1],
  }),
  row('an empty 403', { kind: 'status', status: 403 }, [MP_NO, 1], [ALTINN_NO, 1], [NAV_NO, 1]),
  row('an empty 404', { kind: 'status', status: 404 }, [MP_NO, 1], [ALTINN_NO, 1], [NAV_NO, 1]),
  row('a broken connection', { kind: 'reset' }, [MP_DOWN, ATTEMPTS], [ALTINN_DOWN, ATTEMPTS], [NAV_DOWN, 1]),
  row('a connection that breaks once', { kind: 'reset', times: 1 }, ['ok', 2], ['ok', 2], [NAV_DOWN, 1]),
  row(
    'an answer lost after the work was done',
    { kind: 'reset', afterEffect: true, times: 1 },
    ['ok', 2],
    ['ok', 2],
    [NAV_DOWN, 1],
  ),
  row('half an answer', { kind: 'truncated' }, [MP_DOWN, 1], [ALTINN_DOWN, 1], [NAV_UNREADABLE, 1]),
  row(
    'a page instead of JSON',
    { kind: 'content', contentType: 'text/html', body: '<p>Vedlikehold</p>' },
    [MP_DOWN, 1],
    [ALTINN_DOWN, 1],
    [NAV_UNREADABLE, 1],
  ),
  row(
    'JSON of another form',
    { kind: 'content', contentType: 'application/json', body: '[{"status":[]}]' },
    [MP_DOWN, 1],
    [ALTINN_DOWN, 1],
    [NAV_UNREADABLE, 1],
  ),
  row(
    'control characters instead of JSON',
    { kind: 'content', contentType: 'application/json', body: '\u0000\u0000' },
    [MP_DOWN, 1],
    [ALTINN_DOWN, 1],
    [NAV_UNREADABLE, 1],
  ),
  // 64 MiB are poured over a real connection, see real-network.test.ts: made in this process, they would hold up the others.
  row(
    'an answer that is too long',
    { kind: 'huge', bytes: LONGEST_ANSWER + 1 },
    [MP_DOWN, 1],
    [ALTINN_DOWN, 1],
    [NAV_UNREADABLE, 1],
  ),
  row(
    'an encoded answer that nobody asked for',
    { kind: 'content', contentType: 'application/json', contentEncoding: 'gzip', body: '\u001f\ufffd\b' },
    [MP_DOWN, 1],
    [ALTINN_DOWN, 1],
    [NAV_UNREADABLE, 1],
  ),
  row('204', { kind: 'success', status: 204 }, [MP_DOWN, 1], [ALTINN_DOWN, 1], [NAV_UNREADABLE, 1]),
  row('206', { kind: 'success', status: 206 }, [MP_DOWN, 1], [ALTINN_DOWN, 1], [NAV_UNREADABLE, 1]),
  row('the right fields of wrong types', { kind: 'wrong-types' }, [MP_DOWN, 1], [ALTINN_DOWN, 1], [NAV_UNREADABLE, 1]),
  row('a byte order mark', { kind: 'bom' }, ['ok', 1], ['ok', 1], ['ok', 1]),
  row('members that come twice, the last one right', { kind: 'members', members: TWICE }, ...UNHARMED),
  row('an unknown member nested without end', { kind: 'members', members: `"dypt": ${NESTED}` }, ...UNHARMED),
  row(
    'nothing but nesting',
    { kind: 'content', contentType: 'application/json', body: NESTED },
    [MP_DOWN, 1],
    [ALTINN_DOWN, 1],
    [NAV_UNREADABLE, 1],
  ),
  row('a redirect', { kind: 'redirect' }, [MP_DOWN, 1], [ALTINN_DOWN, 1], [NAV_UNREADABLE, 1]),
  row(
    'a redirect that keeps method and body',
    { kind: 'redirect', status: 307 },
    [MP_DOWN, 1],
    [ALTINN_DOWN, 1],
    [NAV_UNREADABLE, 1],
  ),
  // Altinn's status decides about access, so one that nobody knows is none; NAV's codes are open. A consent token has none.
  row('an unknown code', { kind: 'unknown-code' }, ['ok', 1], [ALTINN_DOWN, 1], ['ok', 1], { exchange: ['ok', 1] }),
  row('latency within the deadline', { kind: 'latency', ms: 1 }, ...UNHARMED),
  row(
    'no answer, though the work was done',
    { kind: 'hang', afterEffect: true },
    [MP_DOWN, 1],
    [ALTINN_DOWN, 1],
    [NAV_DOWN, 1],
  ),
];

function row(
  name: string,
  fault: FaultKind,
  maskinporten: Outcome,
  altinn: Outcome,
  nav: Outcome,
  { exchange = altinn }: { readonly exchange?: Outcome } = {},
): Row {
  const [code, calls] = altinn;
  return {
    name,
    fault,
    maskinporten,
    altinn,
    nav,
    exchange,
    creation: [calls > 1 && code === 'ok' ? ALTINN_DOWN : code, 1],
  };
}

const documented = new Map(
  markdownTable(readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8'), 'Code').map(
    ([code = '', retry = '']) => [code, retry],
  ),
);

/** The code and retry of an error, as documented. @throws Error for a code that is not */
export function asDocumented(code: string): { readonly code: string; readonly retry: string } {
  const retry = documented.get(code);
  if (retry === undefined) throw new Error(`${code} is not documented`);
  return { code, retry };
}
