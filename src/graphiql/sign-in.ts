import { z } from 'zod';
import type { SignIn } from './settings.ts';

/** What is kept while the person is away at the issuer: in this tab alone, and taken out as soon as they are back. */
const KEPT = 'samtykkeporten.sign-in';
const CALLBACK = '/graphiql/';

const kept = z.object({ state: z.string(), verifier: z.string(), goOn: z.string() });
const discovered = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
});
const issued = z.object({ access_token: z.string() });

/** Why signing in cannot go on, and who can do something about it: one sentence or two. */
export interface Flaw {
  readonly flaw: string;
}

/** How a return from the issuer ended. */
export type Returned = { readonly token: string } | Flaw;

const UNREACHED: Flaw = { flaw: 'The identity provider cannot be reached. Try again, or use a token.' };

/** Browsers have no digests on pages by http from elsewhere, and some keep nothing for a page. */
const UNABLE: Flaw = {
  flaw: 'This browser cannot sign in here: open this page by https and let it use session storage, or use a token.',
};

/**
 * Sends the person to the issuer (RFC 6749 4.1 with PKCE, RFC 7636). The page is left.
 *
 * @returns why not, when issuer or browser cannot take part
 */
export async function leaveToSignIn(signIn: SignIn): Promise<Flaw | undefined> {
  const found = await discover(signIn);
  if ('flaw' in found) return found;
  try {
    const [state, verifier] = [random(), random()];
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
    sessionStorage.setItem(KEPT, JSON.stringify({ state, verifier, goOn: location.search }));
    const target = new URL(found.authorization_endpoint);
    target.search = new URLSearchParams({
      response_type: 'code',
      client_id: signIn.clientId,
      redirect_uri: callback(),
      scope: signIn.scope,
      state,
      code_challenge: base64url(new Uint8Array(digest)),
      code_challenge_method: 'S256',
      // Whoever signs in chooses who they are, also when they have done so before.
      prompt: 'login',
    }).toString();
    location.assign(target);
    return undefined;
  } catch {
    return UNABLE;
  }
}

/**
 * Takes up a return from the issuer, and takes its parameters out of the address and the history at once.
 *
 * @returns undefined when the page was opened in another way
 */
export async function returnFromSignIn(signIn: SignIn | null): Promise<Returned | undefined> {
  const came = new URLSearchParams(location.search);
  const text = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  if (!came.has('state')) return undefined;
  const before = kept.safeParse(text === null ? null : JSON.parse(text));
  history.replaceState(null, '', `/graphiql${before.data?.goOn ?? ''}`);
  if (signIn === null || !before.success || came.get('state') !== before.data.state)
    return { flaw: 'This sign-in was not begun here. Sign in again.' };
  const code = came.get('code');
  if (code === null) return { flaw: 'The sign-in was broken off. Sign in again, or use a token.' };
  const found = await discover(signIn);
  if ('flaw' in found) return found;
  const { issuer, token_endpoint } = found;
  try {
    // RFC 9207: a code of another issuer must not be taken to this one.
    if (came.has('iss') && came.get('iss') !== issuer) return { flaw: 'Another issuer answered. Sign in again.' };
    const response = await fetch(token_endpoint, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: signIn.clientId,
        redirect_uri: callback(),
        code_verifier: before.data.verifier,
        code,
      }),
    });
    if (!response.ok) return { flaw: 'The identity provider gave no token. Sign in again.' };
    return { token: issued.parse(await response.json()).access_token };
  } catch {
    return UNREACHED;
  }
}

async function discover({ issuer, origins }: SignIn): Promise<z.infer<typeof discovered> | Flaw> {
  try {
    const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
    const found = discovered.parse(await response.json());
    if (found.issuer !== issuer)
      return { flaw: 'The identity provider goes by another name than graphiql.issuer: the operator must mend it.' };
    const { origin } = new URL(found.token_endpoint);
    if (origins.includes(origin)) return found;
    return {
      flaw: `The identity provider gives its tokens at ${origin}, which this page may not call. The operator must set graphiql.tokenOrigin to it.`,
    };
  } catch {
    return UNREACHED;
  }
}

function callback(): string {
  return `${location.origin}${CALLBACK}`;
}

function random(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}
