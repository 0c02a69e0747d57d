import type { Altinn2Consent } from './altinn2-state.ts';

/** Twice percent-encoded, as Altinn 2 documents it. */
const NOT_GIVEN = encodeURIComponent(encodeURIComponent('User did not give consent'));

/** Where the browser goes after the answer: the redirect URL with its own query, the outcome added behind it. */
export function altinn2ReturnUrl({ redirectUrl, code, status }: Altinn2Consent): string {
  const outcome =
    status === 'Accepted'
      ? `AuthorizationCode=${code}&Status=OK`
      : `Status=Failed&ErrorMessage=${NOT_GIVEN}&FailedAuthorizationCode=${code}`;
  const url = new URL(redirectUrl);
  url.search = url.search === '' ? outcome : `${url.search}&${outcome}`;
  return url.href;
}

/**
 * Whether a redirect URL is among the addresses registered for its receiver. Only scheme and host are compared: an address
 * without a scheme stands for http and https, `*.` at its front for any label.
 *
 * @param domains addresses with `;` between them
 */
export function isRegisteredReturn(redirectUrl: string, domains: string): boolean {
  if (!URL.canParse(redirectUrl)) return false;
  const { protocol, hostname } = new URL(redirectUrl);
  return domains.split(';').some((entry) => {
    const [, scheme, host = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/.exec(entry.trim()) ?? [];
    const isSchemeRight = scheme === undefined ? /^https?:$/.test(protocol) : protocol === `${scheme}:`;
    const isHostRight = host.startsWith('*.')
      ? hostname.endsWith(host.slice(1)) && hostname !== host.slice(1)
      : hostname === host;
    return isSchemeRight && host !== '' && isHostRight;
  });
}
