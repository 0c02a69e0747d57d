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

/**
 * The sources that a `form-action` rule needs so that a browser follows the redirects after a form; empty when there are
 * none. For the web these are schemes, not the host: browsers hold every hop against the rule, and whoever asks sends the
 * person on to an address that Altinn is not told.
 */
export function formTargets(redirectUrl: string): string {
  if (!URL.canParse(redirectUrl)) return '';
  const { protocol } = new URL(redirectUrl);
  return protocol === 'http:' || protocol === 'https:' ? 'http: https:' : protocol;
}

function joined(query: string, added: string): string {
  return query === '' ? added : `${query}&${added}`;
}
