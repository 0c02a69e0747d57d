import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { ConsentRegister } from './altinn3-register.ts';
import type { Altinn3State, ConsentRecord } from './altinn3-state.ts';
import type { Double, DoubleRequest, DoubleResponse } from './double.ts';
import { nameOf, shownConsent } from './page-consent.ts';
import type { LanguageChoice } from './page-language.ts';
import { chooseLanguage } from './page-language.ts';
import type { Visitor } from './page-sessions.ts';
import { createPageSessions } from './page-sessions.ts';
import type { PageFrame } from './page-templates.ts';
import { PAGES } from './page-templates.ts';
import type { NoticeName } from './page-texts.ts';
import { TEXTS } from './page-texts.ts';
import { formTargets, returnUrl } from './return-url.ts';
import type { Person } from './world.ts';
import { CAST, personByCastId } from './world.ts';

const UI = '/accessmanagement/ui';
const PATHS = {
  login: `${UI}/login`,
  logout: `${UI}/logout`,
  request: `${UI}/consent/request`,
  active: `${UI}/consent/active`,
} as const;

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
}

/** What may be wrong with a form that was sent. */
type Flaw = 'none' | 'incomplete';

/**
 * The citizen's pages: answering a consent request, and "Mine samtykker" with withdrawal; in bokmål, nynorsk and English,
 * see {@link chooseLanguage}. Plain HTML with forms, no scripts. Logging in is choosing one of the cast. Every form
 * carries a token of the browser's own session.
 *
 * @param options.looked address of NAV's page of who has looked, which the pages then link to
 */
export function createPages(options: {
  readonly clock: Clock;
  readonly origin: string;
  readonly state: Altinn3State;
  readonly register: ConsentRegister;
  readonly looked?: string;
}): Double {
  const { clock, origin, state, register, looked = '' } = options;
  const sessions = createPageSessions(state, clock, { name: 'altinn3_sandbox', path: '/accessmanagement/ui' });

  function frame({ visitor, choice }: Visit, title: string, request: string): PageFrame {
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
      paths: PATHS,
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

  /** The request when this person may answer it now, or the page that says why not. */
  function obstacleTo(visit: Visit, person: Person, consent: ConsentRecord): DoubleResponse | null {
    if (!register.mayAnswer(consent, person.nationalId)) return notice(visit, 'wrongPerson', consent.id);
    if (consent.status !== 'Created') return notice(visit, 'answered', consent.id);
    return register.isExpired(consent) ? notice(visit, 'expired', consent.id) : null;
  }

  const inWords = (consent: ConsentRecord, { choice }: Visit) =>
    shownConsent(consent, register.isExpired(consent), state.resources, choice.language);

  function showRequest(visit: Visit, id: string, flaw: Flaw = 'none'): DoubleResponse {
    const consent = consentOf(id);
    if (consent === undefined) return notice(visit, 'unknown');
    if (visit.visitor.person === null) return loginPage(visit, consent.id);
    const obstacle = obstacleTo(visit, visit.visitor.person, consent);
    if (obstacle !== null) return obstacle;
    const texts = TEXTS[visit.choice.language].request;
    const mistake = flaw === 'none' ? null : texts.unanswered;
    const data = {
      ...frame(visit, texts.title, consent.id),
      consent: inWords(consent, visit),
      mistake,
      mistaken: mistake !== null,
    };
    return kept(visit, PAGES.request(mistake === null ? 200 : 400, data, formTargets(consent.redirectUrl)));
  }

  function answerRequest(visit: Visit, form: URLSearchParams): DoubleResponse {
    const consent = consentOf(form.get('request') ?? '');
    if (consent === undefined) return notice(visit, 'unknown');
    if (visit.visitor.person === null) return loginPage(visit, consent.id);
    const obstacle = obstacleTo(visit, visit.visitor.person, consent);
    if (obstacle !== null) return obstacle;
    const { nationalId } = visit.visitor.person;
    switch (form.get('answer')) {
      case 'approve':
        if ('problem' in register.accept(consent.id, nationalId)) return notice(visit, 'notDelegable', consent.id);
        return leave(visit, returnUrl(consent.redirectUrl, 'approved'));
      case 'decline':
        register.reject(consent.id, nationalId);
        return leave(visit, returnUrl(consent.redirectUrl, 'declined'));
      default:
        return showRequest(visit, consent.id, 'incomplete');
    }
  }

  function leave(visit: Visit, target: string | null): DoubleResponse {
    return target === null ? notice(visit, 'done') : seeOther(target, visit);
  }

  function showActive(visit: Visit, withdrawn: string): DoubleResponse {
    const { person } = visit.visitor;
    if (person === null) return loginPage(visit, '');
    const own = register.askedOf(person.nationalId);
    const gone = own.find(({ id, status }) => id === withdrawn && status === 'Revoked');
    const consents = own
      // A pending request is only visible here when the one who asked wished so.
      .filter(({ status, portalViewMode }) => status !== 'Created' || portalViewMode === 'Show')
      .map((consent) => inWords(consent, visit));
    const data = {
      ...frame(visit, TEXTS[visit.choice.language].active.title, ''),
      consents,
      withdrawnFrom: gone === undefined ? '' : nameOf(gone.to),
    };
    return kept(visit, PAGES.active(200, data));
  }

  function withdraw(visit: Visit, form: URLSearchParams): DoubleResponse {
    const { person } = visit.visitor;
    if (person === null) return loginPage(visit, '');
    const consent = consentOf(form.get('request') ?? '');
    if (consent === undefined) return notice(visit, 'unknown');
    const revoked = register.revoke(consent.id, person.nationalId);
    if ('done' in revoked) return seeOther(`${origin}${PATHS.active}?withdrawn=${consent.id}`, visit);
    return notice(visit, register.mayAnswer(consent, person.nationalId) ? 'answered' : 'wrongPerson');
  }

  function logIn(visit: Visit, form: URLSearchParams): DoubleResponse {
    const person = personByCastId(form.get('person') ?? '');
    if (person === undefined) return loginPage(visit, consentOf(form.get('request') ?? '')?.id ?? '', 'incomplete');
    sessions.logOut(visit.visitor);
    return seeOther(backTo(form), { ...visit, visitor: sessions.logIn(person) });
  }

  function logOut(visit: Visit, form: URLSearchParams): DoubleResponse {
    sessions.logOut(visit.visitor);
    return seeOther(backTo(form), visit);
  }

  /** Back to where the visit was about, on this origin alone. */
  function backTo(form: URLSearchParams): string {
    const consent = consentOf(form.get('request') ?? '');
    return `${origin}${consent === undefined ? PATHS.active : `${PATHS.request}?id=${consent.id}`}`;
  }

  function consentOf(id: string): ConsentRecord | undefined {
    const parsed = z.guid().safeParse(id);
    return parsed.success ? register.find(parsed.data.toLowerCase()) : undefined;
  }

  const posts: Readonly<Record<string, (visit: Visit, form: URLSearchParams) => DoubleResponse>> = {
    [PATHS.login]: logIn,
    [PATHS.logout]: logOut,
    [PATHS.request]: answerRequest,
    [PATHS.active]: withdraw,
  };

  function submit(request: DoubleRequest, visitor: Visitor): DoubleResponse {
    const post = posts[request.url.pathname];
    if (post === undefined) return notice({ visitor, choice: chooseLanguage(request, UI) }, 'noPage');
    const form = new URLSearchParams(request.body);
    // The languages of a page that answers a form lead to the page that the form was on.
    const formPage = request.url.pathname === PATHS.active ? `${origin}${PATHS.active}` : backTo(form);
    const answering = { visitor, choice: chooseLanguage({ ...request, url: new URL(formPage) }, UI) };
    return sessions.isOwnForm(visitor, form.get('form_token'))
      ? post(answering, form)
      : notice(answering, 'forgedForm');
  }

  function show(request: DoubleRequest, visitor: Visitor): DoubleResponse {
    const { url } = request;
    const visit = { visitor, choice: chooseLanguage(request, UI) };
    switch (url.pathname) {
      case PATHS.request:
        return showRequest(visit, url.searchParams.get('id') ?? '');
      case PATHS.active:
        return showActive(visit, url.searchParams.get('withdrawn') ?? '');
      default:
        return notice(visit, 'noPage');
    }
  }

  return async (request) => {
    const visitor = sessions.visitorOf(request);
    switch (request.method) {
      case 'GET':
        return show(request, visitor);
      case 'POST':
        return submit(request, visitor);
      default:
        return { status: 405, headers: { allow: 'GET, POST' }, body: '' };
    }
  };
}

/** The response, with what the browser must remember for the next one. */
function kept({ visitor, choice }: Visit, response: DoubleResponse): DoubleResponse {
  return { ...response, cookies: [visitor.cookie, ...choice.cookies] };
}

function seeOther(location: string, visit: Visit): DoubleResponse {
  const headers = { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };
  return kept(visit, { status: 303, headers, body: '' });
}
