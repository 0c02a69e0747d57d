import type { DoubleResponse } from './double.ts';
import type { ShownConsent } from './page-consent.ts';
import type { LanguageChoice } from './page-language.ts';
import type { Visitor } from './page-sessions.ts';
import type { PageFrame } from './page-templates.ts';
import { PAGES } from './page-templates.ts';
import type { NoticeName } from './page-texts.ts';
import { TEXTS } from './page-texts.ts';
import { formTargets } from './return-url.ts';
import { CAST } from './world.ts';

/** Pages that only explain: nobody is sent back to the one who asked. */
const NOTICES = {
  unknown: { status: 404, next: 'active' },
  wrongPerson: { status: 403, next: 'switchPerson' },
  answered: { status: 409, next: 'active' },
  notInForce: { status: 409, next: 'active' },
  expired: { status: 410, next: 'active' },
  notDelegable: { status: 403, next: 'none' },
  done: { status: 200, next: 'active' },
  forgedForm: { status: 403, next: 'none' },
  noPage: { status: 404, next: 'active' },
} as const satisfies Record<NoticeName, { status: number; next: 'switchPerson' | 'active' | 'none' }>;

/** One request of one browser: who is there, in which language they read, and where the pages lie. */
export interface Visit {
  readonly visitor: Visitor;
  readonly choice: LanguageChoice;
  readonly paths: PageFrame['paths'];
  /** Address of NAV's page of who has looked, in any language; empty: there is none. */
  readonly looked: string;
}

/** What may be wrong with a form that was sent. */
export type Flaw = 'none' | 'incomplete';

/** The page that only explains. @param request id of the request it is about, or empty */
export function noticePage(visit: Visit, name: NoticeName, request = ''): DoubleResponse {
  const { status, next } = NOTICES[name];
  const text = TEXTS[visit.choice.language].notices[name];
  return kept(visit, PAGES.notice(status, { ...frame(visit, text.title, request), notice: text, next }));
}

/** The page where one of the cast is chosen; 400 when the form had nobody. @param request as for {@link noticePage} */
export function loginPage(visit: Visit, request: string, flaw: Flaw = 'none'): DoubleResponse {
  const { login } = TEXTS[visit.choice.language];
  const people = CAST.map(({ id, name }) => ({ id, name }));
  const mistake = flaw === 'none' ? null : login.nobody;
  const data = { ...frame(visit, login.title, request), people, mistake, mistaken: mistake !== null };
  return kept(visit, PAGES.login(mistake === null ? 200 : 400, data));
}

/** The page that asks; 400 when the form had no answer. @param redirectUrl where the answer leads, or empty */
export function requestPage(visit: Visit, consent: ShownConsent, redirectUrl: string, flaw: Flaw): DoubleResponse {
  const texts = TEXTS[visit.choice.language].request;
  const mistake = flaw === 'none' ? null : texts.unanswered;
  const data = { ...frame(visit, texts.title, consent.id), consent, mistake, mistaken: mistake !== null };
  return kept(visit, PAGES.request(mistake === null ? 200 : 400, data, formTargets(redirectUrl)));
}

/** "Mine samtykker". @param withdrawnFrom name of whoever a consent was just withdrawn from, or empty */
export function activePage(visit: Visit, consents: readonly ShownConsent[], withdrawnFrom: string): DoubleResponse {
  const { title } = TEXTS[visit.choice.language].active;
  return kept(visit, PAGES.active(200, { ...frame(visit, title, ''), consents, withdrawnFrom }));
}

/** Sends the browser on, which tells nobody where it was. */
export function redirected(visit: Visit, status: number, location: string): DoubleResponse {
  const headers = { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };
  return kept(visit, { status, headers, body: '' });
}

function frame({ visitor, choice, paths, looked }: Visit, title: string, request: string): PageFrame {
  const texts = TEXTS[choice.language];
  return {
    title,
    language: choice.language,
    site: 'Altinn',
    shell: texts.shell,
    languages: choice.links,
    texts,
    viewer: visitor.person?.name ?? '',
    formToken: visitor.formToken,
    request,
    paths,
    looked: looked === '' ? '' : `${looked}?lang=${choice.language}`,
  };
}

/** The response, with what the browser must remember for the next one. */
function kept({ visitor, choice }: Visit, response: DoubleResponse): DoubleResponse {
  return { ...response, cookies: [visitor.cookie, ...choice.cookies] };
}
