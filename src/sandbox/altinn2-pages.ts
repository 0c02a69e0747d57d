import type { Clock } from '../clock.ts';
import type { Altinn2Register } from './altinn2-register.ts';
import { altinn2ReturnUrl } from './altinn2-return.ts';
import { shownAltinn2Consent } from './altinn2-shown.ts';
import type { Altinn2Consent, Altinn2State } from './altinn2-state.ts';
import { organisationUrn } from './altinn3-parties.ts';
import type { Double, DoubleRequest, DoubleResponse } from './double.ts';
import { nameOf } from './page-consent.ts';
import { chooseLanguage } from './page-language.ts';
import { createPageSessions } from './page-sessions.ts';
import type { Flaw, Visit } from './page-visit.ts';
import { activePage, loginPage, noticePage, redirected, requestPage } from './page-visit.ts';
import type { Person } from './world.ts';
import { personByCastId } from './world.ts';

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

/** A visit, and whether it came by the list of consents. */
interface Altinn2Visit extends Visit {
  readonly isListed: boolean;
}

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

  /** The page that says why this person may not answer now; null: they may. */
  function obstacleTo(visit: Visit, person: Person, consent: Altinn2Consent): DoubleResponse | null {
    if (!register.mayAnswer(consent, person.nationalId)) return noticePage(visit, 'wrongPerson', consent.code);
    if (!register.isUnanswered(consent)) return noticePage(visit, 'answered', consent.code);
    return register.isExpired(consent) ? noticePage(visit, 'expired', consent.code) : null;
  }

  function showRequest(visit: Visit, code: string, flaw: Flaw = 'none'): DoubleResponse {
    const consent = register.find(code.toLowerCase());
    if (consent === undefined) return noticePage(visit, 'unknown');
    if (visit.visitor.person === null) return loginPage(visit, consent.code);
    const obstacle = obstacleTo(visit, visit.visitor.person, consent);
    if (obstacle !== null) return obstacle;
    register.open(consent);
    const shown = shownAltinn2Consent(consent, register, state.services, visit.choice.language);
    return requestPage(visit, shown, consent.redirectUrl, flaw);
  }

  function answerRequest(visit: Altinn2Visit, form: URLSearchParams): DoubleResponse {
    const consent = consentIn(form);
    if (consent === undefined) return noticePage(visit, 'unknown');
    const { person } = visit.visitor;
    if (person === null) return loginPage(visit, consent.code);
    const obstacle = obstacleTo(visit, person, consent);
    if (obstacle !== null) return obstacle;
    const given = form.get('answer');
    if (given !== 'approve' && given !== 'decline') return showRequest(visit, consent.code, 'incomplete');
    register.answer(consent.code, person.nationalId, given === 'approve' ? 'Accepted' : 'Rejected');
    if (visit.isListed) return noticePage(visit, 'done');
    sessions.logOut(visit.visitor);
    return redirected(visit, state.choices.pageRedirect, altinn2ReturnUrl(consent));
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
    return activePage(visit, consents, gone === undefined ? '' : nameOf(organisationUrn(gone.coveredBy)));
  }

  function withdraw(visit: Visit, form: URLSearchParams): DoubleResponse {
    const { person } = visit.visitor;
    if (person === null) return loginPage(visit, '');
    const consent = consentIn(form);
    if (consent === undefined) return noticePage(visit, 'unknown');
    if (register.revoke(consent.code, person.nationalId)) {
      return redirected(visit, 303, `${origin}${ALTINN2_PAGES.active}?withdrawn=${consent.code}`);
    }
    return noticePage(visit, register.mayAnswer(consent, person.nationalId) ? 'notInForce' : 'wrongPerson');
  }

  function logIn(visit: Visit, form: URLSearchParams): DoubleResponse {
    const person = personByCastId(form.get('person') ?? '');
    if (person === undefined) return loginPage(visit, consentIn(form)?.code ?? '', 'incomplete');
    sessions.logOut(visit.visitor);
    return redirected({ ...visit, visitor: sessions.logIn(person) }, 303, backTo(form));
  }

  function logOut(visit: Visit, form: URLSearchParams): DoubleResponse {
    sessions.logOut(visit.visitor);
    return redirected(visit, 303, backTo(form));
  }

  /** Back to where the visit was about, on this origin alone. */
  function backTo(form: URLSearchParams): string {
    const consent = consentIn(form);
    return `${origin}${consent === undefined ? ALTINN2_PAGES.active : `${ALTINN2_PAGES.request}?id=${consent.code}`}`;
  }

  function consentIn(form: URLSearchParams): Altinn2Consent | undefined {
    return register.find((form.get('request') ?? '').toLowerCase());
  }

  function submit(request: DoubleRequest, visit: Altinn2Visit): DoubleResponse {
    const form = new URLSearchParams(request.body);
    // The languages of a page that answers a form lead to the page that the form was on.
    const { links } = chooseLanguage({ ...request, url: new URL(backTo(form)) }, ALTINN2_UI);
    const answering = { ...visit, choice: { ...visit.choice, links } };
    if (!sessions.isOwnForm(visit.visitor, form.get('form_token'))) return noticePage(answering, 'forgedForm');
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
        return noticePage(answering, 'noPage');
    }
  }

  function show({ url }: DoubleRequest, visit: Visit): DoubleResponse {
    const [, code] = OLD_REQUEST.exec(url.pathname) ?? [];
    if (code !== undefined) {
      return redirected(
        visit,
        state.choices.pageRedirect,
        `${origin}${ALTINN2_PAGES.request}?id=${code.toLowerCase()}`,
      );
    }
    switch (pageOf(url)) {
      case 'request':
        return showRequest(visit, url.searchParams.get('id') ?? '');
      case 'active':
        return showActive(visit, url.searchParams.get('withdrawn') ?? '');
      default:
        return noticePage(visit, 'noPage');
    }
  }

  return async (request) => {
    const isListed = request.url.pathname.toLowerCase().startsWith(ALTINN2_PAGES.active.toLowerCase());
    const visit = {
      visitor: sessions.visitorOf(request),
      choice: chooseLanguage(request, ALTINN2_UI),
      paths: { ...ALTINN2_PAGES, request: isListed ? LISTED_REQUEST : ALTINN2_PAGES.request },
      looked,
      isListed,
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
