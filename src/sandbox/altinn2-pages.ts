import type { Clock } from '../clock.ts';
import type { Altinn2Register } from './altinn2-register.ts';
import { altinn2ReturnUrl } from './altinn2-return.ts';
import { shownAltinn2Consent } from './altinn2-shown.ts';
import type { Altinn2Consent, Altinn2State } from './altinn2-state.ts';
import { organisationUrn } from './altinn3-parties.ts';
import type { Double, DoubleRequest, DoubleResponse } from './double.ts';
import { nameOf } from './page-consent.ts';
import type { LanguageChoice } from './page-language.ts';
import { chooseLanguage } from './page-language.ts';
import type { Visitor } from './page-sessions.ts';
import { createPageSessions } from './page-sessions.ts';
import type { PageFrame } from './page-templates.ts';
import { PAGES } from './page-templates.ts';
import type { NoticeName } from './page-texts.ts';
import { TEXTS } from './page-texts.ts';
import { formTargets } from './return-url.ts';
import type { Person } from './world.ts';
import { CAST, personByCastId } from './world.ts';

/** Below which the pages lie. */
const ALTINN2_UI = '/ui';

/** The pages of Altinn 2 that a person meets. Only `request` is Altinn's own path; logging in and the list lie elsewhere there. */
export const ALTINN2_PAGES = {
  login: `${ALTINN2_UI}/Authentication/login`,
  logout: `${ALTINN2_UI}/Authentication/logout`,
  request: `${ALTINN2_UI}/AccessConsent/request`,
  active: `${ALTINN2_UI}/AccessConsent/active`,
} as const;

/** The request as it is opened from the list: the same page, but whoever answers there stays. */
const LISTED_REQUEST = `${ALTINN2_UI}/AccessConsent/active/request`;

const OLD_REQUEST = /^\/ui\/accessconsent\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/?$/i;

/** Pages that only explain: nobody is sent back to the one who asked. */
const NOTICES = {
  unknown: { status: 404, next: 'active' },
  wrongPerson: { status: 403, next: 'switchPerson' },
  answered: { status: 409, next: 'active' },
  expired: { status: 410, next: 'active' },
  notDelegable: { status: 403, next: 'none' },
  done: { status: 200, next: 'active' },
  forgedForm: { status: 403, next: 'none' },
  noPage: { status: 404, next: 'active' },
} as const satisfies Record<NoticeName, { status: number; next: 'switchPerson' | 'active' | 'none' }>;

/** One request of one browser: who is there, and in which language they read. */
interface Visit {
  readonly visitor: Visitor;
  readonly choice: LanguageChoice;
  /** Whether they came by the list of consents. */
  readonly isListed: boolean;
}

/** What may be wrong with a form that was sent. */
type Flaw = 'none' | 'incomplete';

/**
 * The person's pages of Altinn 2: the request and its answer, and "Mine samtykker" with withdrawal, with the templates and
 * texts of the other Altinn. The first look of whoever may answer opens the request; after the answer they are logged out.
 * A request that the list shows is answered there, without being sent back.
 *
 * @param options.looked address of NAV's page of who has looked, which the pages then link to
 */
export function createAltinn2Pages(options: {
  readonly clock: Clock;
  readonly origin: string;
  readonly state: Altinn2State;
  readonly register: Altinn2Register;
  readonly looked?: string;
}): Double {
  const { clock, origin, state, register, looked = '' } = options;
  const sessions = createPageSessions(state, clock, { name: 'altinn2_sandbox', path: ALTINN2_UI });

  function frame({ visitor, choice, isListed }: Visit, title: string, request: string): PageFrame {
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
      paths: { ...ALTINN2_PAGES, request: isListed ? LISTED_REQUEST : ALTINN2_PAGES.request },
      looked: looked === '' ? '' : `${looked}?lang=${choice.language}`,
    };
  }

  function notice(visit: Visit, name: NoticeName, request = ''): DoubleResponse {
    const { status, next } = NOTICES[name];
    const text = TEXTS[visit.choice.language].notices[name];
    return kept(visit, PAGES.notice(status, { ...frame(visit, text.title, request), notice: text, next }));
  }

  function loginPage(visit: Visit, request: string, flaw: Flaw = 'none'): DoubleResponse {
    const { login } = TEXTS[visit.choice.language];
    const people = CAST.map(({ id, name }) => ({ id, name }));
    const mistake = flaw === 'none' ? null : login.nobody;
    const data = { ...frame(visit, login.title, request), people, mistake, mistaken: mistake !== null };
    return kept(visit, PAGES.login(mistake === null ? 200 : 400, data));
  }

  /** The page that says why this person may not answer now; null: they may. */
  function obstacleTo(visit: Visit, person: Person, consent: Altinn2Consent): DoubleResponse | null {
    if (!register.mayAnswer(consent, person.nationalId)) return notice(visit, 'wrongPerson', consent.code);
    if (!register.isUnanswered(consent)) return notice(visit, 'answered', consent.code);
    return register.isExpired(consent) ? notice(visit, 'expired', consent.code) : null;
  }

  function showRequest(visit: Visit, code: string, flaw: Flaw = 'none'): DoubleResponse {
    const consent = register.find(code.toLowerCase());
    if (consent === undefined) return notice(visit, 'unknown');
    if (visit.visitor.person === null) return loginPage(visit, consent.code);
    const obstacle = obstacleTo(visit, visit.visitor.person, consent);
    if (obstacle !== null) return obstacle;
    register.open(consent);
    const texts = TEXTS[visit.choice.language].request;
    const mistake = flaw === 'none' ? null : texts.unanswered;
    const data = {
      ...frame(visit, texts.title, consent.code),
      consent: shownAltinn2Consent(consent, register, state.services, visit.choice.language),
      mistake,
      mistaken: mistake !== null,
    };
    return kept(visit, PAGES.request(mistake === null ? 200 : 400, data, formTargets(consent.redirectUrl)));
  }

  function answerRequest(visit: Visit, form: URLSearchParams): DoubleResponse {
    const consent = consentIn(form);
    if (consent === undefined) return notice(visit, 'unknown');
    const { person } = visit.visitor;
    if (person === null) return loginPage(visit, consent.code);
    const obstacle = obstacleTo(visit, person, consent);
    if (obstacle !== null) return obstacle;
    const given = form.get('answer');
    if (given !== 'approve' && given !== 'decline') return showRequest(visit, consent.code, 'incomplete');
    register.answer(consent.code, person.nationalId, given === 'approve' ? 'Accepted' : 'Rejected');
    if (visit.isListed) return notice(visit, 'done');
    sessions.logOut(visit.visitor);
    return redirect(state.choices.pageRedirect, altinn2ReturnUrl(consent), visit);
  }

  function showActive(visit: Visit, withdrawn: string): DoubleResponse {
    const { person } = visit.visitor;
    if (person === null) return loginPage(visit, '');
    const { language } = visit.choice;
    const own = register.askedOf(person.nationalId);
    const gone = own.find(({ code, ended }) => code === withdrawn && ended?.how === 'revoked');
    const consents = own
      // A pending request is only visible here when the one who asked wished so.
      .filter((consent) => !register.isUnanswered(consent) || consent.portalViewMode === 'Show')
      .map((consent) => shownAltinn2Consent(consent, register, state.services, language));
    const data = {
      ...frame(visit, TEXTS[language].active.title, ''),
      consents,
      withdrawnFrom: gone === undefined ? '' : nameOf(organisationUrn(gone.coveredBy)),
    };
    return kept(visit, PAGES.active(200, data));
  }

  function withdraw(visit: Visit, form: URLSearchParams): DoubleResponse {
    const { person } = visit.visitor;
    if (person === null) return loginPage(visit, '');
    const consent = consentIn(form);
    if (consent === undefined) return notice(visit, 'unknown');
    if (register.revoke(consent.code, person.nationalId)) {
      return redirect(303, `${origin}${ALTINN2_PAGES.active}?withdrawn=${consent.code}`, visit);
    }
    return notice(visit, register.mayAnswer(consent, person.nationalId) ? 'answered' : 'wrongPerson');
  }

  function logIn(visit: Visit, form: URLSearchParams): DoubleResponse {
    const person = personByCastId(form.get('person') ?? '');
    if (person === undefined) return loginPage(visit, consentIn(form)?.code ?? '', 'incomplete');
    sessions.logOut(visit.visitor);
    return redirect(303, backTo(form), { ...visit, visitor: sessions.logIn(person) });
  }

  function logOut(visit: Visit, form: URLSearchParams): DoubleResponse {
    sessions.logOut(visit.visitor);
    return redirect(303, backTo(form), visit);
  }

  /** Back to where the visit was about, on this origin alone. */
  function backTo(form: URLSearchParams): string {
    const consent = consentIn(form);
    return `${origin}${consent === undefined ? ALTINN2_PAGES.active : `${ALTINN2_PAGES.request}?id=${consent.code}`}`;
  }

  function consentIn(form: URLSearchParams): Altinn2Consent | undefined {
    return register.find((form.get('request') ?? '').toLowerCase());
  }

  function submit(request: DoubleRequest, visit: Visit): DoubleResponse {
    const form = new URLSearchParams(request.body);
    // The languages of a page that answers a form lead to the page that the form was on.
    const { links } = chooseLanguage({ ...request, url: new URL(backTo(form)) }, ALTINN2_UI);
    const answering = { ...visit, choice: { ...visit.choice, links } };
    if (!sessions.isOwnForm(visit.visitor, form.get('form_token'))) return notice(answering, 'forgedForm');
    switch (pageOf(request.url)) {
      case 'login':
        return logIn(answering, form);
      case 'logout':
        return logOut(answering, form);
      case 'request':
        return answerRequest(answering, form);
      case 'active':
        return withdraw(answering, form);
      case undefined:
        return notice(answering, 'noPage');
    }
  }

  function show({ url }: DoubleRequest, visit: Visit): DoubleResponse {
    const [, code] = OLD_REQUEST.exec(url.pathname) ?? [];
    if (code !== undefined) {
      return redirect(state.choices.pageRedirect, `${origin}${ALTINN2_PAGES.request}?id=${code.toLowerCase()}`, visit);
    }
    switch (pageOf(url)) {
      case 'request':
        return showRequest(visit, url.searchParams.get('id') ?? '');
      case 'active':
        return showActive(visit, url.searchParams.get('withdrawn') ?? '');
      default:
        return notice(visit, 'noPage');
    }
  }

  return async (request) => {
    const visit = {
      visitor: sessions.visitorOf(request),
      choice: chooseLanguage(request, ALTINN2_UI),
      isListed: request.url.pathname.toLowerCase().startsWith(ALTINN2_PAGES.active.toLowerCase()),
    };
    switch (request.method) {
      case 'GET':
        return show(request, visit);
      case 'POST':
        return submit(request, visit);
      default:
        return { status: 405, headers: { allow: 'GET, POST' }, body: '' };
    }
  };
}

const PAGE_NAMES = ['login', 'logout', 'request', 'active'] as const;

/** Which page an address means, in any case. */
function pageOf({ pathname }: URL): (typeof PAGE_NAMES)[number] | undefined {
  const path = pathname.toLowerCase();
  if (path === LISTED_REQUEST.toLowerCase()) return 'request';
  return PAGE_NAMES.find((name) => ALTINN2_PAGES[name].toLowerCase() === path);
}

/** The response, with what the browser must remember for the next one. */
function kept({ visitor, choice }: Visit, response: DoubleResponse): DoubleResponse {
  return { ...response, cookies: [visitor.cookie, ...choice.cookies] };
}

function redirect(status: number, location: string, visit: Visit): DoubleResponse {
  const headers = { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };
  return kept(visit, { status, headers, body: '' });
}
