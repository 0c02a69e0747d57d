import { createHash } from 'node:crypto';

/** Something that must not be found, and what it is: the finding names it so, and never quotes it. */
export interface Planted {
  readonly name: string;
  readonly value: string;
}

/** A text that is searched, and where it came from. */
export interface Place {
  readonly where: string;
  readonly text: string;
}

/**
 * The forms in which a value may lie about: plain, in JSON, hexadecimal, percent-encoded, and in base64 or base64url, alone
 * or as part of something larger (as in the payload of a token). Eleven digits also with a space or dash after six and
 * as a bare hash, which for a national id is as good as the number.
 */
export function formsOf(value: string): ReadonlyMap<string, string> {
  const bytes = Buffer.from(value);
  const forms = new Map([
    ['plain', value],
    ['JSON', JSON.stringify(value).slice(1, -1)],
    ['percent-encoded', encodeURIComponent(value)],
    [
      'percent-encoded letter by letter',
      [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join(''),
    ],
    ['hexadecimal', bytes.toString('hex')],
    ['reversed', [...value].toReversed().join('')],
  ]);
  for (const before of [0, 1, 2]) {
    forms.set(`base64 after ${before}`, innerBase64(bytes, before, 'base64'));
    forms.set(`base64url after ${before}`, innerBase64(bytes, before, 'base64url'));
  }
  if (/^\d{11}$/.test(value)) {
    forms.set('with a space', `${value.slice(0, 6)} ${value.slice(6)}`);
    forms.set('with a dash', `${value.slice(0, 6)}-${value.slice(6)}`);
    for (const encoding of ['hex', 'base64', 'base64url'] as const) {
      forms.set(`hashed, ${encoding}`, createHash('sha256').update(value).digest(encoding));
    }
  }
  return forms;
}

/** The letters that stand for a value wherever `before` bytes precede it in a group of three; what its neighbours decide is left out. */
function innerBase64(bytes: Buffer, before: number, encoding: 'base64' | 'base64url'): string {
  const text = Buffer.concat([Buffer.alloc(before), bytes])
    .toString(encoding)
    .replaceAll('=', '');
  const whole = Math.floor(((before + bytes.length) * 8) / 6);
  return text.slice(Math.ceil((before * 8) / 6), whole);
}

/** Every form is longer than this, so that its first letters tell where it may begin. */
const FIRST_LETTERS = 8;

/** Searches places for planted values in all their forms. @returns one line for each finding: what, in which form, where */
export function findLeaks(places: readonly Place[], planted: readonly Planted[]): string[] {
  const byFirstLetters = new Map<string, { readonly what: string; readonly form: string }[]>();
  for (const { name, value } of planted) {
    if (value.length <= FIRST_LETTERS) throw new Error(`${name} is too short to search for`);
    for (const [kind, form] of formsOf(value)) {
      const key = form.slice(0, FIRST_LETTERS);
      byFirstLetters.set(key, [...(byFirstLetters.get(key) ?? []), { what: `${name}, ${kind}`, form }]);
    }
  }
  return places.flatMap(({ where, text }) => {
    const found = new Set<string>();
    for (let at = 0; at + FIRST_LETTERS <= text.length; at += 1) {
      for (const { what, form } of byFirstLetters.get(text.slice(at, at + FIRST_LETTERS)) ?? []) {
        if (text.startsWith(form, at)) found.add(`${what}, in ${where}`);
      }
    }
    return [...found];
  });
}
