import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { ConsentRegister } from './altinn3-register.ts';
import type { Altinn3State, ConsentRecord } from './altinn3-state.ts';
import type { Double, DoubleRequest, DoubleResponse } from './double.ts';
import { nameOf, shownConsent } from './page-consent.ts';
import { chooseLanguage } from './page-language.ts';
import type { Visitor } from './page-sessions.ts';
import { createPageSessions } from './page-sessions.ts';
import type { Flaw, Visit } from './page-visit.ts';
import { activePage, loginPage, noticePage, redirected, requestPage } from './page-visit.ts';
import { returnUrl } from './return-url.ts';
import type { Person } from './world.ts';
import { personByCastId } from './world.ts';

const UI = '/accessmanagement/ui';
const PATHS = {
  login: `${UI}/login`,
  logout: `${UI}/logout`,
  request: `${UI}/consent/request`,
  active: `${UI}/consent/active`,
} as const;

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

  const visitOf = (request: DoubleRequest, visitor: Visitor): Visit => ({
    visitor,
    choice: chooseLanguage(request, UI),
    paths: PATHS,
    looked,
  });

  /** The request when this person may answer it now, or the page that says why not. */
  function obstacleTo(visit: Visit, person: Person, consent: ConsentRecord): DoubleResponse | null {
    if (!register.mayAnswer(consent, person.nationalId)) return noticePage(visit, 'wrongPerson', consent.id);
    if (consent.status !== 'Created') return noticePage(visit, 'answered', consent.id);
    return register.isExpired(consent) ? noticePage(visit, 'expired', consent.id) : null;
  }

  const inWords = (consent: ConsentRecord, { choice }: Visit) =>
    shownConsent(consent, register.isExpired(consent), state.resources, choice.language);

  function showRequest(visit: Visit, id: string, flaw: Flaw = 'none'): DoubleResponse {
    const consent = consentOf(id);
    if (consent === undefined) return noticePage(visit, 'unknown');
    if (visit.visitor.person === null) return loginPage(visit, consent.id);
    const obstacle = obstacleTo(visit, visit.visitor.person, consent);
    if (obstacle !== null) return obstacle;
    return requestPage(visit, inWords(consent, visit), consent.redirectUrl, flaw);
  }

  function answerRequest(visit: Visit, form: URLSearchParams): DoubleResponse {
    const consent = consentOf(form.get('request') ?? '');
    if (consent === undefined) return noticePage(visit, 'unknown');
    if (visit.visitor.person === null) return loginPage(visit, consent.id);
    const obstacle = obstacleTo(visit, visit.visitor.person, consent);
    if (obstacle !== null) return obstacle;
    const { nationalId } = visit.visitor.person;
    switch (form.get('answer')) {
      case 'approve':
        if ('problem' in register.accept(consent.id, nationalId)) return noticePage(visit, 'notDelegable', consent.id);
        return leave(visit, returnUrl(consent.redirectUrl, 'approved'));
      case 'decline':
        register.reject(consent.id, nationalId);
        return leave(visit, returnUrl(consent.redirectUrl, 'declined'));
      default:
        return showRequest(visit, consent.id, 'incomplete');
    }
  }

  function leave(visit: Visit, target: string | null): DoubleResponse {
    return target === null ? noticePage(visit, 'done') : redirected(visit, 303, target);
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
    return activePage(visit, consents, gone === undefined ? '' : nameOf(gone.to));
  }

  function withdraw(visit: Visit, form: URLSearchParams): DoubleResponse {
    const { person } = visit.visitor;
    if (person === null) return loginPage(visit, '');
    const consent = consentOf(form.get('request') ?? '');
    if (consent === undefined) return noticePage(visit, 'unknown');
    const revoked = register.revoke(consent.id, person.nationalId);
    if ('done' in revoked) return redirected(visit, 303, `${origin}${PATHS.active}?withdrawn=${consent.id}`);
    return noticePage(visit, register.mayAnswer(consent, person.nationalId) ? 'notInForce' : 'wrongPerson');
  }

  function logIn(visit: Visit, form: URLSearchParams): DoubleResponse {
    const person = personByCastId(form.get('person') ?? '');
    if (person === undefined) return loginPage(visit, consentOf(form.get('request') ?? '')?.id ?? '', 'incomplete');
    sessions.logOut(visit.visitor);
    return redirected({ ...visit, visitor: sessions.logIn(person) }, 303, backTo(form));
  }

  function logOut(visit: Visit, form: URLSearchParams): DoubleResponse {
    sessions.logOut(visit.visitor);
    return redirected(visit, 303, backTo(form));
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
    if (post === undefined) return noticePage(visitOf(request, visitor), 'noPage');
    const form = new URLSearchParams(request.body);
    // The languages of a page that answers a form lead to the page that the form was on.
    const formPage = request.url.pathname === PATHS.active ? `${origin}${PATHS.active}` : backTo(form);
    const answering = visitOf({ ...request, url: new URL(formPage) }, visitor);
    return sessions.isOwnForm(visitor, form.get('form_token'))
      ? post(answering, form)
      : noticePage(answering, 'forgedForm');
  }

  function show(request: DoubleRequest, visitor: Visitor): DoubleResponse {
    const { url } = request;
    const visit = visitOf(request, visitor);
    switch (url.pathname) {
      case PATHS.request:
        return showRequest(visit, url.searchParams.get('id') ?? '');
      case PATHS.active:
        return showActive(visit, url.searchParams.get('withdrawn') ?? '');
      default:
        return noticePage(visit, 'noPage');
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
