const STRING = String.raw`"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*"`;
const NUMBER = String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[Ee][+-]?\d+)?`;
const BLANK = /[ \t\r\n]*/y;
const TOKEN = new RegExp(`${STRING}|(?:${NUMBER}|true|false|null)|[[\\]{}:,]`, 'y');

/** What may stand at a place: a value, a list's first value, a name, an object's first name, a colon, or what goes on or ends. */
type Place = 'value' | 'first value' | 'name' | 'first name' | 'colon' | 'after';

/**
 * Where a text stops being JSON: the first token that cannot stand there, or the end where more is due.
 * Told without a word of the text, which may hold secrets; the parser's own messages quote it.
 *
 * @param text one that `JSON.parse` refuses
 * @returns counted from 1, a tab as one column
 */
export function firstFlaw(text: string): { readonly line: number; readonly column: number } {
  const before = text.slice(0, soundLength(text)).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function soundLength(text: string): number {
  const open: ('{' | '[')[] = [];
  let place: Place | undefined = 'value';
  let at = blankFrom(text, 0);
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0] ?? '';
    place = next(place, token, open);
    if (place === undefined) return at;
    at = blankFrom(text, at + token.length);
  }
  return at;
}

function blankFrom(text: string, at: number): number {
  BLANK.lastIndex = at;
  return at + (BLANK.exec(text)?.[0].length ?? 0);
}

/** What may follow a token at its place; undefined where it cannot stand. Keeps account of what is open. */
function next(place: Place, token: string, open: ('{' | '[')[]): Place | undefined {
  const inner = open.at(-1);
  switch (token) {
    case '':
      return undefined;
    case '{':
    case '[':
      if (place !== 'value' && place !== 'first value') return undefined;
      open.push(token);
      return token === '{' ? 'first name' : 'first value';
    case '}':
      if (place !== 'first name' && !(place === 'after' && inner === '{')) return undefined;
      open.pop();
      return 'after';
    case ']':
      if (place !== 'first value' && !(place === 'after' && inner === '[')) return undefined;
      open.pop();
      return 'after';
    case ',':
      if (place !== 'after' || inner === undefined) return undefined;
      return inner === '{' ? 'name' : 'value';
    case ':':
      return place === 'colon' ? 'value' : undefined;
    default:
      if (place === 'value' || place === 'first value') return 'after';
      return (place === 'name' || place === 'first name') && token.startsWith('"') ? 'colon' : undefined;
  }
}
