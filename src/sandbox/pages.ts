import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { millisecondsOf } from './altinn3-moments.ts';
import type { ConsentRegister } from './altinn3-register.ts';
import type { Altinn3State, ConsentRecord } from './altinn3-state.ts';
import type { Double, DoubleRequest, DoubleResponse } from './double.ts';
import type { Visitor } from './page-sessions.ts';
import { createPageSessions } from './page-sessions.ts';
import type { PageFrame } from './page-templates.ts';
import { renderPage } from './page-templates.ts';
import { formTarget, returnUrl } from './return-url.ts';
import type { Person } from './world.ts';
import { CAST, organisationByNumber, personByCastId } from './world.ts';

const PATHS = {
  login: '/accessmanagement/ui/login',
  logout: '/accessmanagement/ui/logout',
  request: '/accessmanagement/ui/consent/request',
  active: '/accessmanagement/ui/consent/active',
} as const;

const longMoment = new Intl.DateTimeFormat('nb-NO', {
  dateStyle: 'long',
  timeStyle: 'short',
  timeZone: 'Europe/Oslo',
});

/** Pages that only explain: nobody is sent back to the one who asked. */
const NOTICES = {
  unknown: [404, 'Vi finner ikke forespørselen', 'Forespørselen om samtykke finnes ikke. Kontroller at lenken er hel.'],
  wrongPerson: [
    403,
    'Forespørselen gjelder en annen person',
    'Du kan bare svare på forespørsler som er rettet til deg. Bytt person hvis du er logget inn som feil person.',
  ],
  answered: [
    409,
    'Forespørselen er allerede besvart',
    'Du trenger ikke gjøre noe mer. Under «Mine samtykker» ser du hva du har svart ja til.',
  ],
  expired: [410, 'Fristen har gått ut', 'Forespørselen gjelder ikke lenger. Den som spør, må sende en ny.'],
  notDelegable: [
    403,
    'Du kan ikke gi dette samtykket',
    'Forespørselen ber om noe du ikke har rett til å gi videre. Den som spør, må sende en ny.',
  ],
  done: [200, 'Svaret ditt er registrert', 'Du kan lukke dette vinduet.'],
  forgedForm: [
    403,
    'Skjemaet kan ikke brukes',
    'Skjemaet hører ikke til denne innloggingen, så ingenting er endret. Gå tilbake, last siden på nytt og prøv igjen.',
  ],
  nobodySuch: [400, 'Ukjent person', 'Velg en av personene på listen.'],
  noPage: [404, 'Siden finnes ikke', 'Kontroller adressen.'],
} as const satisfies Record<string, readonly [status: number, title: string, text: string]>;

/**
 * The citizen's pages: answering a consent request, and "Mine samtykker" with withdrawal. Plain HTML with forms, no
 * scripts. Logging in is choosing one of the cast. Every form carries a token of the browser's own session.
 */
export function createPages(options: {
  readonly clock: Clock;
  readonly origin: string;
  readonly state: Altinn3State;
  readonly register: ConsentRegister;
}): Double {
  const { clock, origin, state, register } = options;
  const sessions = createPageSessions(state, clock);

  const page = (visitor: Visitor, response: DoubleResponse): DoubleResponse => ({
    ...response,
    cookies: [visitor.cookie],
  });

  const frame = (visitor: Visitor, title: string, request: string): PageFrame => ({
    title,
    viewer: visitor.person?.name ?? '',
    formToken: visitor.formToken,
    request,
    paths: PATHS,
  });

  function notice(visitor: Visitor, name: keyof typeof NOTICES, request = ''): DoubleResponse {
    const [status, title, text] = NOTICES[name];
    return page(visitor, renderPage(status, 'notice', { ...frame(visitor, title, request), text }));
  }

  function loginPage(visitor: Visitor, request: string): DoubleResponse {
    const people = CAST.map(({ id, name }) => ({ id, name }));
    return page(visitor, renderPage(200, 'login', { ...frame(visitor, 'Logg inn', request), people }));
  }

  /** The request when this person may answer it now, or the page that says why not. */
  function answerable(visitor: Visitor, person: Person, consent: ConsentRecord): DoubleResponse | null {
    if (!register.mayAnswer(consent, person.nationalId)) return notice(visitor, 'wrongPerson', consent.id);
    if (consent.status !== 'Created') return notice(visitor, 'answered', consent.id);
    return register.isExpired(consent) ? notice(visitor, 'expired', consent.id) : null;
  }

  function showRequest(visitor: Visitor, id: string): DoubleResponse {
    const consent = consentOf(id);
    if (consent === undefined) return notice(visitor, 'unknown');
    if (visitor.person === null) return loginPage(visitor, consent.id);
    const obstacle = answerable(visitor, visitor.person, consent);
    if (obstacle !== null) return obstacle;
    const data = {
      ...frame(visitor, 'Forespørsel om samtykke', consent.id),
      asker: nameOf(consent.to),
      askerNumber: numberIn(consent.to),
      handler: consent.handledBy === null ? '' : nameOf(consent.handledBy),
      message: messageOf(consent),
      rights: rightsOf(consent),
      validTo: longMoment.format(millisecondsOf(consent.validTo)),
    };
    return page(visitor, renderPage(200, 'request', data, formTarget(consent.redirectUrl)));
  }

  function answerRequest(visitor: Visitor, form: URLSearchParams): DoubleResponse {
    const consent = consentOf(form.get('request') ?? '');
    if (consent === undefined) return notice(visitor, 'unknown');
    if (visitor.person === null) return loginPage(visitor, consent.id);
    const obstacle = answerable(visitor, visitor.person, consent);
    if (obstacle !== null) return obstacle;
    const { nationalId } = visitor.person;
    switch (form.get('answer')) {
      case 'approve':
        if ('problem' in register.accept(consent.id, nationalId)) return notice(visitor, 'notDelegable', consent.id);
        return leave(visitor, returnUrl(consent.redirectUrl, 'approved'));
      case 'decline':
        register.reject(consent.id, nationalId);
        return leave(visitor, returnUrl(consent.redirectUrl, 'declined'));
      default:
        return showRequest(visitor, consent.id);
    }
  }

  function leave(visitor: Visitor, target: string | null): DoubleResponse {
    return target === null ? notice(visitor, 'done') : seeOther(target, visitor);
  }

  function showActive(visitor: Visitor): DoubleResponse {
    if (visitor.person === null) return loginPage(visitor, '');
    const consents = register
      .askedOf(visitor.person.nationalId)
      // A pending request is only visible here when the one who asked wished so.
      .filter(({ status, portalViewMode }) => status !== 'Created' || portalViewMode === 'Show')
      .map((consent) => ({
        id: consent.id,
        asker: nameOf(consent.to),
        rights: rightsOf(consent),
        validTo: longMoment.format(millisecondsOf(consent.validTo)),
        ...stateOf(consent),
      }));
    return page(visitor, renderPage(200, 'active', { ...frame(visitor, 'Mine samtykker', ''), consents }));
  }

  function stateOf(consent: ConsentRecord): {
    readonly status: string;
    readonly offer: 'withdraw' | 'answer' | 'none';
  } {
    const isExpired = register.isExpired(consent);
    switch (consent.status) {
      case 'Created':
        return isExpired
          ? { status: 'Utløpt uten svar', offer: 'none' }
          : { status: 'Venter på svar', offer: 'answer' };
      case 'Accepted':
        return isExpired ? { status: 'Utløpt', offer: 'none' } : { status: 'Gitt', offer: 'withdraw' };
      case 'Rejected':
        return { status: 'Avslått', offer: 'none' };
      case 'Revoked':
        return { status: 'Trukket tilbake', offer: 'none' };
      case 'Deleted':
        return { status: 'Slettet', offer: 'none' };
    }
  }

  function withdraw(visitor: Visitor, form: URLSearchParams): DoubleResponse {
    if (visitor.person === null) return loginPage(visitor, '');
    const consent = consentOf(form.get('request') ?? '');
    if (consent === undefined) return notice(visitor, 'unknown');
    const revoked = register.revoke(consent.id, visitor.person.nationalId);
    if ('done' in revoked) return seeOther(`${origin}${PATHS.active}`, visitor);
    return notice(visitor, register.mayAnswer(consent, visitor.person.nationalId) ? 'answered' : 'wrongPerson');
  }

  function logIn(visitor: Visitor, form: URLSearchParams): DoubleResponse {
    const person = personByCastId(form.get('person') ?? '');
    if (person === undefined) return notice(visitor, 'nobodySuch');
    sessions.logOut(visitor);
    return seeOther(backTo(form), sessions.logIn(person));
  }

  function logOut(visitor: Visitor, form: URLSearchParams): DoubleResponse {
    sessions.logOut(visitor);
    return seeOther(backTo(form), visitor);
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

  function rightsOf({ consentRights }: ConsentRecord) {
    return consentRights.map(({ resource, metadata }) => ({
      title: resource.map(({ value }) => state.resources.find(({ id }) => id === value)?.title ?? value).join(', '),
      details: detailsOf(metadata ?? {}),
    }));
  }

  const posts: Readonly<Record<string, (visitor: Visitor, form: URLSearchParams) => DoubleResponse>> = {
    [PATHS.login]: logIn,
    [PATHS.logout]: logOut,
    [PATHS.request]: answerRequest,
    [PATHS.active]: withdraw,
  };

  function submit(request: DoubleRequest, visitor: Visitor): DoubleResponse {
    const post = posts[request.url.pathname];
    if (post === undefined) return notice(visitor, 'noPage');
    const form = new URLSearchParams(request.body);
    return sessions.isOwnForm(visitor, form.get('form_token')) ? post(visitor, form) : notice(visitor, 'forgedForm');
  }

  function show({ url }: DoubleRequest, visitor: Visitor): DoubleResponse {
    switch (url.pathname) {
      case PATHS.request:
        return showRequest(visitor, url.searchParams.get('id') ?? '');
      case PATHS.active:
        return showActive(visitor);
      default:
        return notice(visitor, 'noPage');
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

function seeOther(location: string, visitor: Visitor): DoubleResponse {
  return {
    status: 303,
    headers: { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
    body: '',
    cookies: [visitor.cookie],
  };
}

function numberIn(urn: string): string {
  return urn.slice(urn.lastIndexOf(':') + 1);
}

function nameOf(urn: string): string {
  const number = numberIn(urn);
  return organisationByNumber(number)?.name ?? number;
}

function messageOf({ requestMessage }: ConsentRecord): string {
  return requestMessage?.['nb'] ?? requestMessage?.['nn'] ?? requestMessage?.['en'] ?? '';
}

/** The two dates as one period; whatever else was asked with, under its own key. */
function detailsOf(metadata: Readonly<Record<string, string>>) {
  const entries = Object.entries(metadata).map(([key, value]) => [key.toLowerCase(), value] as const);
  const { fraogmed, tilogmed, ...others } = Object.fromEntries(entries);
  return [
    ...(fraogmed === undefined && tilogmed === undefined
      ? []
      : [{ name: 'Periode', value: `${fraogmed ?? '–'} til ${tilogmed ?? '–'}` }]),
    ...Object.entries(others).map(([name, value]) => ({ name, value })),
  ];
}
