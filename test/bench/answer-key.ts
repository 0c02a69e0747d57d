/**
 * What decides which of the recorded answers a call gets: method, path, and at the token endpoint the scope that the grant
 * asks for. Whom a call is about decides nothing, but on Altinn 2, whose paths hold the code of a consent.
 */
export function answerKeyOf(method: string, url: string, body: string | undefined): string {
  const { pathname } = new URL(url, 'http://127.0.0.1');
  return `${method} ${pathname} ${scopeIn(body)}`;
}

/** The scope in a signed grant, or nothing where the body is none. */
function scopeIn(body = ''): string {
  const [, claims] = (new URLSearchParams(body).get('assertion') ?? '').split('.');
  const parsed: unknown = claims === undefined ? {} : JSON.parse(Buffer.from(claims, 'base64url').toString());
  return typeof parsed === 'object' && parsed !== null && 'scope' in parsed ? String(parsed.scope) : '';
}
