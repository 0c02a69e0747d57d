import type { Transport, TransportResponse } from './transport.ts';
import type { CastId } from './world.ts';

/** A person at their browser: opens pages, presses buttons. Follows the redirect of a login and no other. */
export interface Citizen {
  /** Answers the request whose page this is. @returns where Altinn sends the person, or null when it keeps them */
  answer(pageUrl: string, answer: 'approve' | 'decline'): Promise<string | null>;
  /** Withdraws every consent that "Mine samtykker" offers to withdraw. @returns how many */
  withdrawAll(): Promise<number>;
}

/** Paths of the pages that a person needs: where to log in, to answer a request, to withdraw a consent. */
export interface CitizenPages {
  readonly login: string;
  readonly request: string;
  readonly active: string;
}

const ALTINN3_PAGES: CitizenPages = {
  login: '/accessmanagement/ui/login',
  request: '/accessmanagement/ui/consent/request',
  active: '/accessmanagement/ui/consent/active',
};

/**
 * Makes one of the cast act through the pages alone, as a browser would: cookie, form token, forms. The sandbox seeds itself
 * this way, so that what a newcomer finds came about as everything else does.
 *
 * @param altinn origin of the Altinn whose pages these are
 * @param pages those of Altinn 3, unless told
 * @throws Error when a page is not what a person would need
 */
export function createCitizen(
  person: CastId,
  altinn: string,
  transport: Transport,
  pages: CitizenPages = ALTINN3_PAGES,
): Citizen {
  let cookie = '';

  async function send(
    method: 'GET' | 'POST',
    url: string,
    form?: Record<string, string>,
  ): Promise<TransportResponse & { text: string }> {
    const response = await transport({
      method,
      url,
      headers: {
        ...(cookie === '' ? {} : { cookie }),
        ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(form === undefined ? {} : { body: new URLSearchParams(form).toString() }),
      signal: new AbortController().signal,
      maxBytes: 1024 * 1024,
    });
    cookie = response.headers['set-cookie']?.split(';')[0] ?? cookie;
    return { ...response, text: new TextDecoder().decode(response.body) };
  }

  /** Opens a page, logging in first where it asks for that. */
  async function open(url: string): Promise<string> {
    const page = await send('GET', url);
    if (!page.text.includes(pages.login)) return page.text;
    const request = new URL(url).searchParams.get('id') ?? '';
    const loggedIn = await send('POST', `${altinn}${pages.login}`, {
      form_token: formTokenOf(page.text),
      person,
      request,
    });
    return (await send('GET', loggedIn.headers['location'] ?? url)).text;
  }

  return {
    async answer(pageUrl, answer) {
      const page = await open(pageUrl);
      const request = new URL(pageUrl).searchParams.get('id') ?? '';
      const answered = await send('POST', `${altinn}${pages.request}`, {
        form_token: formTokenOf(page),
        request,
        answer,
      });
      return answered.headers['location'] ?? null;
    },
    async withdrawAll() {
      const page = await open(`${altinn}${pages.active}`);
      const offered = [...page.matchAll(/name="request" value="([0-9a-f-]{36})"/g)].map(([, id]) => id ?? '');
      for (const request of new Set(offered))
        await send('POST', `${altinn}${pages.active}`, { form_token: formTokenOf(page), request });
      return new Set(offered).size;
    },
  };
}

function formTokenOf(page: string): string {
  const token = /name="form_token" value="([^"]+)"/.exec(page)?.[1];
  if (token === undefined) throw new Error('the page has no form');
  return token;
}
