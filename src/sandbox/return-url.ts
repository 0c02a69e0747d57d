/** How the person answered. */
export type Answer = 'approved' | 'declined';

const PARAMETERS: Readonly<Record<Answer, string>> = {
  approved: 'Status=OK',
  declined: 'Status=Failed&ErrorMessage=User+did+not+give+consent',
};

/**
 * Where the browser goes after the answer: the caller's redirect URL with the outcome added, and no id. The URL's own
 * query is kept; `#anchor` stays last, while a fragment that is itself a route (`#/…`) gets the parameters inside it; a
 * bare host gets its slash. Null when the text is no absolute URL: migrated consents may have none.
 */
export function returnUrl(redirectUrl: string, answer: Answer): string | null {
  if (!URL.canParse(redirectUrl)) return null;
  const url = new URL(redirectUrl);
  const { search, hash } = url;
  const added = PARAMETERS[answer];
  if (hash.startsWith('#/')) {
    const [route = '', query = ''] = hash.split(/\?(.*)/s);
    url.hash = '';
    return `${url.href}${route}?${joined(query, added)}`;
  }
  url.search = '';
  url.hash = '';
  return `${url.href}?${joined(search.slice(1), added)}${hash}`;
}

/** The source that a `form-action` rule needs so that a browser follows the redirect after a form; empty when there is none. */
export function formTarget(redirectUrl: string): string {
  if (!URL.canParse(redirectUrl)) return '';
  const { protocol, origin } = new URL(redirectUrl);
  const source = origin === 'null' ? protocol : origin;
  // The URL comes from outside: whatever could end the rule and start another keeps it out of the header.
  return /^[a-z][a-z0-9+.-]*:(\/\/[\w.:[\]-]+)?$/i.test(source) ? source : '';
}

function joined(query: string, added: string): string {
  return query === '' ? added : `${query}&${added}`;
}
