import { describe, expect, test } from 'vitest';
import { ALTINN2_PAGES } from '../../src/sandbox/altinn2-pages.ts';
import { createCitizen } from '../../src/sandbox/citizen.ts';
import type { DoubleResponse } from '../../src/sandbox/double.ts';
import type { Transport } from '../../src/sandbox/transport.ts';
import type { Altinn2World } from './support/altinn2-world.ts';
import { ALTINN2, newAltinn2World, resource, STRANGE_CODE } from './support/altinn2-world.ts';
import { B, PERSON } from './support/consent-chain.ts';

/** A browser: keeps its cookies, sends forms, follows nothing. */
function browser({ altinn2 }: Altinn2World) {
  const jar = new Map<string, string>();
  let page = '';

  async function send(method: string, path: string, form?: Record<string, string>): Promise<DoubleResponse> {
    const response = await altinn2.double({
      method,
      url: new URL(path, ALTINN2),
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      body: form === undefined ? '' : new URLSearchParams(form).toString(),
    });
    for (const cookie of response.cookies ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      jar.set(name, value);
    }
    page = response.body === '' ? page : response.body;
    return response;
  }

  const formToken = () => /name="form_token" value="([^"]+)"/.exec(page)?.[1] ?? '';

  return {
    get: (path: string) => send('GET', path),
    post: (path: string, form: Record<string, string>) => send('POST', path, { form_token: formToken(), ...form }),
    send,
    async logIn(person: string, request = '') {
      await send('GET', request === '' ? ALTINN2_PAGES.active : pageOf(request));
      return send('POST', ALTINN2_PAGES.login, { form_token: formToken(), person, request });
    },
    jar,
  };
}

const pageOf = (code: string) => `${ALTINN2_PAGES.request}?id=${code}`;
const headingOf = ({ body }: DoubleResponse) => /<h1>([^<]*)<\/h1>/.exec(body)?.[1];

describe('the page of a request', () => {
  test('asks whoever comes to log in, then shows what is asked for, by whom, and for which dates', async () => {
    const world = newAltinn2World();
    const { code } = await world.pending();
    const visitor = browser(world);
    expect(headingOf(await visitor.get(pageOf(code)))).toBe('Logg inn');
    expect(world.state.consents[code]?.status).toBe('Unopened');
    const back = await visitor.logIn('P04', code);
    expect([back.status, back.headers['location']]).toEqual([303, `${ALTINN2}${pageOf(code)}`]);

    const response = await visitor.get(pageOf(code));
    expect([response.status, headingOf(response)]).toEqual([200, 'Forespørsel om samtykke']);
    for (const text of ['Fjordlund Forsikring', '1. januar 2022', '31. desember 2027', 'Vi trenger opplysningene.']) {
      expect(response.body).toContain(text);
    }
    expect(response.body).not.toContain(PERSON);
    expect(response.headers['content-security-policy']).toMatch(/default-src 'none'.*form-action 'self' .*https:/);
  });

  test('is opened by the first look of whoever may answer, once', async () => {
    const world = newAltinn2World();
    const { code } = await world.pending();
    const stranger = browser(world);
    await stranger.logIn('P05', code);
    expect((await stranger.get(pageOf(code))).status).toBe(403);
    expect(world.state.consents[code]?.status).toBe('Unopened');

    world.later(5);
    const visitor = browser(world);
    await visitor.logIn('P04', code);
    await visitor.get(pageOf(code));
    world.later(5);
    await visitor.get(pageOf(code));
    expect(world.state.consents[code]).toMatchObject({ status: 'Opened', lastChanged: '2026-11-16T09:00:05.000Z' });
  });

  test.each([
    ['nb-NO', 'nb', 'Logg inn'],
    ['nn-NO', 'nn', 'Logg inn'],
    ['en', 'en', 'Log in'],
  ])('is in the language that languageCode=%s names', async (languageCode, language, heading) => {
    const world = newAltinn2World();
    const { code } = await world.pending();
    const response = await browser(world).get(`${pageOf(code)}&languageCode=${languageCode}`);

    expect(response.body).toContain(`<html lang="${language}">`);
    expect(headingOf(response)).toBe(heading);
  });

  test('is found by its older address, and in any case', async () => {
    const world = newAltinn2World();
    const { code } = await world.pending();
    const { status, headers } = await browser(world).get(`/ui/accessconsent/${code.toUpperCase()}`);

    expect([status, headers['location']]).toEqual([302, `${ALTINN2}${pageOf(code)}`]);
    expect((await browser(world).get(`/UI/accessconsent/REQUEST?id=${code}`)).status).toBe(200);
  });

  test('says why there is nothing to answer: unknown, another person’s, answered, run out', async () => {
    const world = newAltinn2World();
    const visitor = browser(world);
    await visitor.logIn('P04');
    const answer = async (code: string) => {
      const response = await visitor.get(pageOf(code));
      return [response.status, headingOf(response)];
    };
    const others = await world.pending({
      OfferedBy: '17868340584',
      OfferedByName: 'Fjellrype',
      RequiredDelegator: undefined,
    });
    const delegated = await world.pending({ RequiredDelegator: '17868340584', RequiredDelegatorName: 'Fjellrype' });
    const pending = await world.pending();

    expect(await answer(STRANGE_CODE)).toEqual([404, 'Vi finner ikke forespørselen']);
    expect(await answer('tull')).toEqual([404, 'Vi finner ikke forespørselen']);
    expect(await answer(others.code)).toEqual([403, 'Forespørselen gjelder en annen person']);
    expect(await answer(delegated.code)).toEqual([403, 'Forespørselen gjelder en annen person']);
    expect(await answer((await world.given()).code)).toEqual([409, 'Forespørselen er allerede besvart']);
    world.clock.set(new Date('2027-03-01T12:00:00Z'));
    await visitor.logIn('P04');
    expect(await answer(pending.code)).toEqual([410, 'Fristen har gått ut']);
    expect(world.state.consents[pending.code]?.status).toBe('Unopened');
  });

  test('that there is none of, or that is sent with another method, is told', async () => {
    const world = newAltinn2World();
    const visitor = browser(world);
    await visitor.logIn('P04');

    expect((await visitor.get('/ui/Annet')).status).toBe(404);
    expect((await visitor.post('/ui/Annet', {})).status).toBe(404);
    expect((await visitor.send('DELETE', ALTINN2_PAGES.active)).headers['allow']).toBe('GET, POST');
  });
});

describe('the answer', () => {
  async function answered(answer: string, change: Record<string, unknown> = {}) {
    const world = newAltinn2World();
    const { code } = await world.pending(change);
    const visitor = browser(world);
    await visitor.logIn('P04', code);
    await visitor.get(pageOf(code));
    const response = await visitor.post(ALTINN2_PAGES.request, { request: code, answer });
    return { world, code, visitor, response, consent: world.state.consents[code] };
  }

  test('yes goes back with the code and OK, behind the address’ own query', async () => {
    const { code, response, consent } = await answered('approve');

    expect(response.status).toBe(302);
    expect(response.headers['location']).toBe(
      `https://forsikring.example/retur?ref=9f2&AuthorizationCode=${code}&Status=OK`,
    );
    expect(response.headers['referrer-policy']).toBe('no-referrer');
    expect(consent).toMatchObject({ status: 'Accepted', delegated: '2026-11-16T09:00:00.000Z' });
  });

  test('no goes back with Failed, the message encoded twice, and the code under another name', async () => {
    const { code, response, consent } = await answered('decline');
    const location = response.headers['location'] ?? '';

    expect(location).toBe(
      `https://forsikring.example/retur?ref=9f2&Status=Failed&ErrorMessage=User%2520did%2520not%2520give%2520consent&FailedAuthorizationCode=${code}`,
    );
    const { searchParams } = new URL(location);
    expect(searchParams.get('ErrorMessage')).toBe('User%20did%20not%20give%20consent');
    expect(searchParams.has('AuthorizationCode')).toBe(false);
    expect(consent).toMatchObject({ status: 'Rejected', delegated: null });
  });

  test.each([
    ['https://a.example', 'https://a.example/?AuthorizationCode='],
    ['https://a.example/#/rute', 'https://a.example/?AuthorizationCode='],
    ['https://a.example/s%C3%B8k?q=%20%25', 'https://a.example/s%C3%B8k?q=%20%25&AuthorizationCode='],
  ])('to %s keeps what the address has', async (RedirectUrl, start) => {
    const { response } = await answered('approve', { RedirectUrl });

    expect(response.headers['location']?.slice(0, start.length)).toBe(start);
  });

  test('ends the visit: the person is logged out', async () => {
    const { visitor, code } = await answered('approve');

    expect(headingOf(await visitor.get(pageOf(code)))).toBe('Logg inn');
  });

  test('is asked for again when none was chosen', async () => {
    const { response, consent } = await answered('');

    expect(response.status).toBe(400);
    expect(response.body).toContain('role="alert"');
    expect(consent?.status).toBe('Opened');
  });

  test('is not taken without the form of this browser, without a login, a second time, or too late', async () => {
    const world = newAltinn2World();
    const { code } = await world.pending();
    const visitor = browser(world);
    await visitor.logIn('P04', code);
    const form = { request: code, answer: 'approve' };
    expect((await visitor.post(ALTINN2_PAGES.request, { ...form, form_token: 'x' })).status).toBe(403);
    await visitor.get(pageOf(code));
    expect((await visitor.post(ALTINN2_PAGES.request, { ...form, request: STRANGE_CODE })).status).toBe(404);

    const loggedOut = browser(world);
    await loggedOut.get(pageOf(code));
    expect(headingOf(await loggedOut.post(ALTINN2_PAGES.request, form))).toBe('Logg inn');
    expect(world.state.consents[code]?.status).toBe('Opened');

    world.altinn2.register.answer(code, PERSON, 'Rejected');
    await visitor.get(pageOf(code));
    const late = browser(world);
    await late.logIn('P04', code);
    await late.get(ALTINN2_PAGES.active);
    expect((await late.post(ALTINN2_PAGES.request, form)).status).toBe(409);
    expect(world.state.consents[code]?.status).toBe('Rejected');
  });

  test('given from the list of consents keeps the person there', async () => {
    const world = newAltinn2World();
    const { code } = await world.pending({ PortalViewMode: 'Show' });
    const visitor = browser(world);
    await visitor.logIn('P04');
    const list = await visitor.get(ALTINN2_PAGES.active);
    const link = new RegExp(`href="([^"]*id=${code})"`).exec(list.body)?.[1] ?? '';
    const action = /<form method="post" action="([^"]*request)"/.exec((await visitor.get(link)).body)?.[1] ?? '';
    const response = await visitor.post(action, { request: code, answer: 'approve' });

    expect([response.status, response.headers['location'], headingOf(response)]).toEqual([
      200,
      undefined,
      'Svaret ditt er registrert',
    ]);
    expect(world.state.consents[code]?.status).toBe('Accepted');
  });
});

describe('the list of consents', () => {
  test('shows answers, hides what was asked quietly, and tells the uses that were logged', async () => {
    const world = newAltinn2World();
    await world.pending();
    const { code } = await world.given();
    const body = { ServiceCode: '5252', ServiceEditionCode: 2, UsageDateTime: '2026-11-16T10:20:05' };
    await world.call('POST', `/api/authorization/token/${code}/loguse`, { body });
    const visitor = browser(world);
    await visitor.logIn('P04');
    const { body: page } = await visitor.get(ALTINN2_PAGES.active);

    expect(page.match(/<h2>Fjordlund Forsikring<\/h2>/g)).toHaveLength(1);
    expect(page).toMatch(/<dt>Brukt<\/dt><dd>16\. november 2026 kl\. 10:20, Fjordlund Forsikring<\/dd>/);
  });

  test('ends a consent for good, at once: its code is worth nothing', async () => {
    const world = newAltinn2World();
    const { code } = await world.given();
    const visitor = browser(world);
    await visitor.logIn('P04');
    await visitor.get(ALTINN2_PAGES.active);
    const withdrawn = await visitor.post(ALTINN2_PAGES.active, { request: code });

    expect(withdrawn.status).toBe(303);
    const after = await visitor.get(withdrawn.headers['location'] ?? '');
    expect(after.body).toContain('Samtykket er trukket');
    expect(after.body).toContain('Trukket tilbake');
    expect((await world.exchange(code)).status).toBe(403);
    expect(world.state.consents[code]).toMatchObject({ status: 'Accepted', ended: { how: 'revoked' } });
    const again = await visitor.post(ALTINN2_PAGES.active, { request: code });
    expect([again.status, headingOf(again)]).toEqual([409, 'Samtykket gjelder ikke']);
  });

  test('ends nobody else’s consent, and none that is not there', async () => {
    const world = newAltinn2World();
    const { code } = await world.given();
    const visitor = browser(world);
    await visitor.logIn('P05');
    await visitor.get(ALTINN2_PAGES.active);

    expect((await visitor.post(ALTINN2_PAGES.active, { request: code })).status).toBe(403);
    expect((await visitor.post(ALTINN2_PAGES.active, { request: STRANGE_CODE })).status).toBe(404);
    expect((await world.exchange(code)).status).toBe(200);
  });

  test('has an end for every consent that is over', async () => {
    const world = newAltinn2World();
    const relinquished = await world.given();
    await world.call('DELETE', `/api/authorization/token/${relinquished.code}`);
    const rejected = await world.pending({}, B);
    world.altinn2.register.answer(rejected.code, PERSON, 'Rejected');
    const [first] = world.state.services;
    if (first === undefined) throw new Error('there are services');
    world.state.services.push({ ...first, code: '4711', isOneTime: true });
    const oneTime = { ServiceCode: '4711', ServiceEditionCode: first.edition };
    const { code } = await world.given({ RequestResources: [resource({}, oneTime)] });
    const body = { ...oneTime, UsageDateTime: '2026-11-16T10:20:05' };
    await world.call('POST', `/api/authorization/token/${code}/loguse`, { body });
    await world.given({ ValidTo: '2026-11-16T09:20:00.000Z' });
    world.later(20 * 60);
    const visitor = browser(world);
    await visitor.logIn('P04');
    const page = (await visitor.get(ALTINN2_PAGES.active)).body;

    expect([...page.matchAll(/<span class="state [^>]*>([^<]*)/g)].map(([, text]) => text)).toEqual([
      'Utløpt',
      'Brukt opp',
      'Avslått',
      'Avsluttet av den som spurte',
    ]);
    expect(page).not.toContain('Trekk samtykke');
  });

  test('names a service that is not NAV’s by its own title', async () => {
    const world = newAltinn2World();
    const [first] = world.state.services;
    if (first === undefined) throw new Error('there are services');
    world.state.services.push({ ...first, code: '4711', edition: 7, title: 'En annen tjeneste' });
    await world.given({ RequestResources: [resource({}, { ServiceCode: '4711', ServiceEditionCode: 7 })] });
    const visitor = browser(world);
    await visitor.logIn('P04');

    expect((await visitor.get(ALTINN2_PAGES.active)).body).toContain('En annen tjeneste');
  });
});

describe('logging in', () => {
  test('lasts half an hour, in a cookie of its own that scripts cannot read', async () => {
    const world = newAltinn2World();
    const visitor = browser(world);
    const response = await visitor.logIn('P04');
    expect(response.cookies?.[0]).toMatch(/^altinn2_sandbox=[\w-]{43}; Path=\/ui; HttpOnly; SameSite=Lax$/);
    expect(headingOf(await visitor.get(ALTINN2_PAGES.active))).toBe('Mine samtykker');

    world.later(1800);
    expect(headingOf(await visitor.get(ALTINN2_PAGES.active))).toBe('Logg inn');
    expect(world.state.sessions).toEqual({});
  });

  test('takes one of the cast, and can be undone', async () => {
    const world = newAltinn2World();
    const visitor = browser(world);
    expect((await visitor.logIn('P99')).status).toBe(400);
    await visitor.logIn('P04');
    await visitor.get(ALTINN2_PAGES.active);
    expect((await visitor.post(ALTINN2_PAGES.logout, {})).status).toBe(303);
    expect(headingOf(await visitor.get(ALTINN2_PAGES.active))).toBe('Logg inn');
  });
});

test('a citizen answers and withdraws on these pages as on the others', async () => {
  const world = newAltinn2World();
  const transport: Transport = async ({ method, url, headers, body = '' }) => {
    const response = await world.altinn2.double({ method, url: new URL(url), headers, body });
    const { cookies = [] } = response;
    return {
      status: response.status,
      headers: { ...response.headers, 'set-cookie': cookies.join(', ') },
      body: new TextEncoder().encode(response.body),
    };
  };
  const citizen = createCitizen('P04', ALTINN2, transport, ALTINN2_PAGES);
  const { code } = await world.pending();

  expect(await citizen.answer(`${ALTINN2}${pageOf(code)}`, 'approve')).toContain(`AuthorizationCode=${code}`);
  expect((await world.exchange(code)).status).toBe(200);
  expect(await citizen.withdrawAll()).toBe(1);
  expect((await world.exchange(code)).status).toBe(403);
});
