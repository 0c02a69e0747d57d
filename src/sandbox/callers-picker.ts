import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { CALLER_NAMES, CALLERS, isCallerName } from './callers-state.ts';
import type { DoubleResponse } from './double.ts';
import type { PageData } from './layout.ts';
import { pageTemplate } from './layout.ts';
import { TEXTS } from './page-texts.ts';
import { organisationByNumber } from './world.ts';

/** Where people choose who they are; the sign-in's own number follows. */
export const PICKER_PATH = '/interaction/';

const LONGEST_FORM = 2_000;

type SignIn = Awaited<ReturnType<Provider['interactionDetails']>>;

const ROLE = {
  CASE_HANDLER: 'handles single cases: asks for consent, reads, sees national ids',
  ANALYST: 'reads decisions and cards, without national ids in clear',
  PARTNER: 'a system that asks for and reads many people at once',
  AUDITOR: 'sees who has read what, and none of the data',
} as const;

const pickerPage = pageTemplate<
  PageData & {
    readonly action: string;
    readonly form: string;
    readonly groups: readonly {
      readonly title: string;
      readonly story: string;
      readonly people: readonly { readonly name: string; readonly what: string }[];
    }[];
  }
>(`<p>Nobody here exists, and nobody has a password: choose who you want to be.</p>
<form method="post" action="<%= it.action %>">
<input type="hidden" name="form" value="<%= it.form %>">
<% it.groups.forEach((group) => { %><h2><%= group.title %></h2>
<p><%= group.story %></p>
<ul class="people">
<% group.people.forEach((person) => { %><li><button type="submit" name="caller" value="<%= person.name %>" aria-describedby="<%= person.name %>"><%= person.name %></button>
<span class="quiet" id="<%= person.name %>"><%= person.what %></span></li>
<% }) %></ul>
<% }) %></form>
`);

const overPage =
  pageTemplate(`<p>This sign-in is over, or was begun in another browser. Go back to where you came from and sign in again.</p>
`);

const FRAME = { language: 'en', site: 'Samtykkeporten', shell: TEXTS.en.shell, languages: [] } as const;

/**
 * The page on which a person who signs in chooses one of the callers, and what follows from it: the provider goes on with
 * that caller signed in and everything granted. Only the browser that began a sign-in can answer it.
 *
 * @param key what the forms' own tokens are made with
 */
export function createPicker(provider: Provider, key: string) {
  const formOf = (uid: string) => createHmac('sha256', key).update(`picker ${uid}`).digest('base64url');

  async function show(uid: string, target: string, response: ServerResponse): Promise<void> {
    const data = { ...FRAME, title: 'Sign in', groups: groups(), action: `${PICKER_PATH}${uid}`, form: formOf(uid) };
    // A browser holds the redirects that follow a form against its rule as well.
    write(response, pickerPage(200, data, new URL(target).origin));
  }

  /** Whoever comes back as somebody else would first be asked to sign out. */
  async function forgetWhoWasHere(signIn: SignIn): Promise<void> {
    const session = signIn.session === undefined ? undefined : await provider.Session.findByUid(signIn.session.uid);
    if (session === undefined) return;
    delete session.accountId;
    await session.persist();
    delete signIn.session;
    await signIn.persist();
  }

  async function choose(request: IncomingMessage, response: ServerResponse, signIn: SignIn): Promise<void> {
    const form = new URLSearchParams(await bodyOf(request));
    const caller = form.get('caller') ?? '';
    if (!isSame(form.get('form') ?? '', formOf(signIn.uid)) || !isCallerName(caller)) return over(response, 403);
    await forgetWhoWasHere(signIn);
    const grant = new provider.Grant({ accountId: caller, clientId: String(signIn.params['client_id']) });
    grant.addOIDCScope(String(signIn.params['scope']));
    const grantId = await grant.save();
    await provider.interactionFinished(request, response, { login: { accountId: caller }, consent: { grantId } });
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const details = await provider.interactionDetails(request, response).catch(() => undefined);
    if (details === undefined || request.url !== `${PICKER_PATH}${details.uid}`) return over(response, 404);
    if (request.method === 'GET') return show(details.uid, String(details.params['redirect_uri']), response);
    if (request.method !== 'POST') return over(response, 405);
    return choose(request, response, details);
  };
}

function over(response: ServerResponse, status: number): void {
  write(response, overPage(status, { ...FRAME, title: 'Nothing to answer here' }));
}

function write(response: ServerResponse, { status, headers, body }: DoubleResponse): void {
  response.writeHead(status, { ...headers }).end(body);
}

/** The callers by whom they act for, in the order of their names. */
function groups() {
  const byOrganisations = Map.groupBy(CALLER_NAMES, (name) => CALLERS[name].organisations.join());
  return [...byOrganisations].map(([numbers, names]) => {
    const organisations = numbers.split(',').flatMap((number) => organisationByNumber(number) ?? []);
    const [only, ...others] = organisations;
    return {
      title: organisations.map(({ name }) => name).join(' and '),
      story: only === undefined || others.length > 0 ? 'A token that is valid for both.' : only.story,
      people: names.map((name) => ({ name, what: ROLE[CALLERS[name].role] })),
    };
  });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > LONGEST_FORM) return '';
  }
  return text;
}

function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
