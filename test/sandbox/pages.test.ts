import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DoubleResponse } from '../../src/sandbox/double.ts';
import { CAST } from '../../src/sandbox/world.ts';
import type { ConsentChain } from './support/consent-chain.ts';
import {
  A,
  ALTINN,
  newConsentChain,
  PERSON,
  personUrn,
  REQUESTS,
  read,
  requestBody,
  right,
  SUPPLIER,
} from './support/consent-chain.ts';

const REQUEST = '/accessmanagement/ui/consent/request';
const ACTIVE = '/accessmanagement/ui/consent/active';
const LOGIN = '/accessmanagement/ui/login';
const LOGOUT = '/accessmanagement/ui/logout';

/** A browser: keeps its cookie, remembers the form token of the page it saw last, follows nothing by itself. */
function browse(chain: ConsentChain) {
  let cookie = '';
  let page = '';
  const keep = (response: DoubleResponse) => {
    cookie = response.cookies?.[0]?.split(';')[0] ?? cookie;
    page = response.body === '' ? page : response.body;
    return response;
  };
  const headers = () => (cookie === '' ? {} : { cookie });
  const formToken = () => /name="form_token" value="([^"]+)"/.exec(page)?.[1] ?? '';
  const get = async (path: string) => keep(await chain.altinn('GET', path, { headers: headers() }));
  const post = async (path: string, fields: Record<string, string>) =>
    keep(
      await chain.altinn('POST', path, {
        headers: { ...headers(), 'content-type': 'application/x-www-form-urlencoded' },
        text: new URLSearchParams({ form_token: formToken(), ...fields }).toString(),
      }),
    );
  return {
    get,
    post,
    logIn: async (person: string, request = '') => {
      await get(request === '' ? ACTIVE : `${REQUEST}?id=${request}`);
      return post(LOGIN, { person, request });
    },
    formToken,
    cookie: () => cookie,
  };
}

const headingOf = ({ body }: DoubleResponse) => [...body.matchAll(/<h1>([^<]*)<\/h1>/g)].map(([, text]) => text);

async function requestOpen(change: Record<string, unknown> = {}) {
  const chain = newConsentChain();
  const { id }: { id: string } = read(await chain.ask(change));
  const browser = browse(chain);
  return { chain, browser, id, statusOf: () => chain.altinnState.consents[id]?.status };
}

describe('the page of a consent request', () => {
  it('asks who is there first, and then shows who asks for what, for which dates and until when', async () => {
    const { browser, id } = await requestOpen();
    const login = await browser.get(`${REQUEST}?id=${id}`);
    expect([login.status, headingOf(login)]).toEqual([200, ['Logg inn']]);
    for (const { name } of CAST) expect(login.body).toContain(name);
    const loggedIn = await browser.post(LOGIN, { person: 'P04', request: id });
    expect([loggedIn.status, loggedIn.headers['location']]).toEqual([303, `${ALTINN}${REQUEST}?id=${id}`]);
    const page = await browser.get(`${REQUEST}?id=${id}`);
    expect([page.status, headingOf(page)]).toEqual([200, ['Forespørsel om samtykke']]);
    for (const text of [
      'Innlogget som Standhaftig Orrhøne',
      'Fjordlund Forsikring',
      `organisasjonsnummer ${A}`,
      'Arbeidsavklaringspenger og uføretrygd fra NAV',
      '1. januar 2022 til og med 31. desember 2027',
      '1. mars 2027 kl. 13:00',
      'Vi trenger opplysningene for å behandle saken din.',
      'Gi samtykke',
      'Avslå',
    ]) {
      expect(page.body).toContain(text);
    }
  });

  it('works without scripts, loads nothing, quotes every attribute and shows no national id', async () => {
    const { browser, id, chain } = await requestOpen({ portalViewMode: 'show' });
    const pages = [await browser.get(`${REQUEST}?id=${id}`)];
    await browser.logIn('P04', id);
    pages.push(
      await browser.get(`${REQUEST}?id=${id}`),
      await browser.get(ACTIVE),
      await browser.get(`${REQUEST}?id=x`),
    );
    expect(chain.altinnState.sessions).not.toEqual({});
    for (const { body, headers } of pages) {
      expect(body).toMatch(/^<!DOCTYPE html>\n<html lang="nb">/);
      expect(body).toContain('<link rel="icon" href="data:,">');
      expect(body).not.toMatch(/<script|javascript:|\son\w+=|style="|src=/i);
      for (const { nationalId } of CAST) expect(body).not.toContain(nationalId);
      expect(body.match(/<h1>/g)).toHaveLength(1);
      const tags = body.slice(body.indexOf('</style>')).match(/<[a-z][^>]*>/g) ?? [];
      for (const tag of tags) expect(tag.replaceAll(/="[^"]*"/g, '')).not.toContain('=');
      expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
      expect(headers['content-security-policy']).toMatch(
        /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; img-src data:; form-action 'self'( http: https:)?; base-uri 'none'; frame-ancestors 'none'$/,
      );
    }
    expect(pages[1]?.headers['content-security-policy']).toContain("form-action 'self' http: https:;");
  });

  it('escapes what the one who asks wrote', async () => {
    const { browser, id } = await requestOpen({ requestMessage: { nb: '<b>"Hei"</b> & velkommen' } });
    await browser.logIn('P04', id);
    const { body } = await browser.get(`${REQUEST}?id=${id}`);
    expect(body).toContain('&lt;b&gt;&quot;Hei&quot;&lt;/b&gt; &amp; velkommen');
  });

  it('says who handles the request when a supplier sent it', async () => {
    const chain = newConsentChain();
    const bearer = await chain.token(SUPPLIER, 'altinn:consentrequests.write', { consumer_org: A });
    const { id } = read(await chain.altinn('POST', REQUESTS, { bearer, body: requestBody() }));
    const browser = browse(chain);
    await browser.logIn('P04', id);
    const { body } = await browser.get(`${REQUEST}?id=${id}`);
    expect(body).toContain('Behandles av');
    expect(body).toContain('Brobygger Systemer');
  });

  it.each([
    ['approve', 'Accepted', 'https://forsikring.example/retur?ref=9f2&Status=OK'],
    [
      'decline',
      'Rejected',
      'https://forsikring.example/retur?ref=9f2&Status=Failed&ErrorMessage=User+did+not+give+consent',
    ],
  ])('sends the browser back after %s', async (answer, status, location) => {
    const { browser, id, statusOf } = await requestOpen();
    await browser.logIn('P04', id);
    await browser.get(`${REQUEST}?id=${id}`);
    const response = await browser.post(REQUEST, { request: id, answer });
    expect([response.status, response.headers['location'], statusOf()]).toEqual([303, location, status]);
    expect(response.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
  });

  it('thanks instead of sending anywhere when the consent has no address, and asks again without an answer', async () => {
    const { chain, browser, id, statusOf } = await requestOpen();
    const consent = chain.altinnState.consents[id];
    if (consent !== undefined) chain.altinnState.consents[id] = { ...consent, redirectUrl: '' };
    await browser.logIn('P04', id);
    await browser.get(`${REQUEST}?id=${id}`);
    const again = await browser.post(REQUEST, { request: id });
    expect([again.status, headingOf(again)]).toEqual([400, ['Forespørsel om samtykke']]);
    expect(again.body).toContain('<title>Feil: Forespørsel om samtykke');
    expect(again.body).toContain('role="alert"><h2>Svaret mangler</h2>');
    const answered = await browser.post(REQUEST, { request: id, answer: 'approve' });
    expect([answered.status, headingOf(answered), statusOf()]).toEqual([
      200,
      ['Svaret ditt er registrert'],
      'Accepted',
    ]);
  });

  it('refuses the wrong person, to see and to answer', async () => {
    const { browser, id, statusOf } = await requestOpen();
    await browser.logIn('P05', id);
    const page = await browser.get(`${REQUEST}?id=${id}`);
    expect([page.status, headingOf(page)]).toEqual([403, ['Forespørselen gjelder en annen person']]);
    expect(page.body).not.toContain('Fjordlund');
    const answer = await browser.post(REQUEST, { request: id, answer: 'approve' });
    expect([answer.status, statusOf()]).toEqual([403, 'Created']);
    expect((await browser.post(LOGOUT, { request: id })).headers['location']).toBe(`${ALTINN}${REQUEST}?id=${id}`);
    expect(headingOf(await browser.get(`${REQUEST}?id=${id}`))).toEqual(['Logg inn']);
  });

  it('refuses the person asked when someone else is required to answer', async () => {
    const { browser, id } = await requestOpen({ requiredDelegator: personUrn('17868340584') });
    await browser.logIn('P04', id);
    expect((await browser.get(`${REQUEST}?id=${id}`)).status).toBe(403);
  });

  it('explains an unknown, an answered, an expired and an unanswerable request, and sends nobody anywhere', async () => {
    const { chain, browser, id, statusOf } = await requestOpen();
    const odd = read(await chain.ask({ consentRights: [right({ action: ['read'] })] })).id;
    await browser.logIn('P04', id);
    for (const unknown of [randomUUID(), 'x', '']) {
      const page = await browser.get(`${REQUEST}?id=${unknown}`);
      expect([page.status, headingOf(page)]).toEqual([404, ['Vi finner ikke forespørselen']]);
    }
    expect((await browser.get(`${REQUEST}?id=${odd}`)).status).toBe(200);
    expect((await browser.post(REQUEST, { request: odd, answer: 'approve' })).status).toBe(403);
    await browser.post(REQUEST, { request: id, answer: 'decline' });
    for (const page of [
      await browser.get(`${REQUEST}?id=${id}`),
      await browser.post(REQUEST, { request: id, answer: 'approve' }),
    ]) {
      expect([page.status, headingOf(page), page.headers['location']]).toEqual([
        409,
        ['Forespørselen er allerede besvart'],
        undefined,
      ]);
    }
    expect(statusOf()).toBe('Rejected');
    chain.clock.set(new Date('2027-03-01T12:00:00Z'));
    await browser.logIn('P04', odd);
    const expired = await browser.get(`${REQUEST}?id=${odd}`);
    expect([expired.status, headingOf(expired)]).toEqual([410, ['Fristen har gått ut']]);
    expect((await browser.post(REQUEST, { request: odd, answer: 'approve' })).status).toBe(410);
  });
});

describe('a form', () => {
  it('is refused with a forged token, another browser’s token or none, and nothing changes', async () => {
    const { chain, browser, id, statusOf } = await requestOpen();
    await browser.logIn('P04', id);
    await browser.get(`${REQUEST}?id=${id}`);
    const other = browse(chain);
    await other.logIn('P04', id);
    await other.get(`${REQUEST}?id=${id}`);
    for (const form_token of ['', 'x', other.formToken()]) {
      const response = await browser.post(REQUEST, { request: id, answer: 'approve', form_token });
      expect([response.status, headingOf(response)]).toEqual([403, ['Skjemaet kan ikke brukes']]);
      await browser.get(`${REQUEST}?id=${id}`);
    }
    expect(statusOf()).toBe('Created');
    expect((await browser.post(REQUEST, { request: id, answer: 'approve' })).status).toBe(303);
  });

  it('is needed for logging in, which makes a new session that scripts can not read', async () => {
    const { chain, browser, id } = await requestOpen();
    const first = await browser.get(`${REQUEST}?id=${id}`);
    expect(first.cookies?.[0]).toMatch(
      /^altinn3_sandbox=[\w-]{43}; Path=\/accessmanagement\/ui; HttpOnly; SameSite=Lax$/,
    );
    expect(chain.altinnState.sessions).toEqual({});
    const anonymous = browser.cookie();
    expect((await browser.post(LOGIN, { person: 'P04', request: id, form_token: 'x' })).status).toBe(403);
    await browser.logIn('P04', id);
    expect(browser.cookie()).not.toBe(anonymous);
    expect(JSON.stringify(chain.altinnState.sessions)).not.toContain(PERSON);
  });

  it('for logging in knows the cast alone and leads to the sandbox’s own pages alone', async () => {
    const { browser } = await requestOpen();
    const nobody = await browser.logIn('P99');
    expect([nobody.status, headingOf(nobody)]).toEqual([400, ['Logg inn']]);
    expect(nobody.body).toContain('role="alert"><h2>Du er ikke logget inn</h2>');
    await browser.get(ACTIVE);
    const response = await browser.post(LOGIN, { person: 'P04', request: 'https://evil.example/' });
    expect(response.headers['location']).toBe(`${ALTINN}${ACTIVE}`);
  });

  it('leads to the login page once the session has ended', async () => {
    const { chain, browser, id, statusOf } = await requestOpen();
    await browser.logIn('P04', id);
    await browser.get(`${REQUEST}?id=${id}`);
    chain.later(30 * 60);
    expect(headingOf(await browser.post(REQUEST, { request: id, answer: 'approve' }))).toEqual(['Logg inn']);
    expect([statusOf(), chain.altinnState.sessions]).toEqual(['Created', {}]);
  });
});

describe('"Mine samtykker"', () => {
  it('lists the person’s own consents with what became of them, and pending ones only when asked to', async () => {
    const { chain, browser, id } = await requestOpen();
    const { register } = chain.altinn3;
    register.accept(id, PERSON);
    register.reject(read(await chain.ask()).id, PERSON);
    const shown: string = read(await chain.ask({ portalViewMode: 'show' })).id;
    const hidden: string = read(await chain.ask()).id;
    await browser.logIn('P04');
    const { body } = await browser.get(ACTIVE);
    for (const text of ['Gitt', 'Avslått', 'Venter på svar', 'Trekk samtykke', `${REQUEST}?id=${shown}`])
      expect(body).toContain(text);
    expect(body).not.toContain(hidden);
    chain.clock.set(new Date('2027-03-01T12:00:00Z'));
    await browser.logIn('P04');
    const later = await browser.get(ACTIVE);
    for (const text of ['Utløpt', 'Utløpt uten svar']) expect(later.body).toContain(`>${text}</span></dd>`);
    expect(later.body).not.toContain('Trekk samtykke');
    const other = browse(chain);
    await other.logIn('P05');
    expect((await other.get(ACTIVE)).body).toContain('Du har ingen samtykker.');
  });

  it('withdraws a consent, once and by its giver alone', async () => {
    const { chain, browser, id, statusOf } = await requestOpen();
    chain.altinn3.register.accept(id, PERSON);
    const other = browse(chain);
    await other.logIn('P05');
    await other.get(ACTIVE);
    expect([(await other.post(ACTIVE, { request: id })).status, statusOf()]).toEqual([403, 'Accepted']);
    await browser.logIn('P04');
    await browser.get(ACTIVE);
    const response = await browser.post(ACTIVE, { request: id });
    expect([response.status, response.headers['location'], statusOf()]).toEqual([
      303,
      `${ALTINN}${ACTIVE}?withdrawn=${id}`,
      'Revoked',
    ]);
    expect(chain.altinnState.consents[id]?.events.at(-1)).toMatchObject({
      eventType: 'Revoked',
      performedBy: personUrn(PERSON),
    });
    const confirmed = await browser.get(`${ACTIVE}?withdrawn=${id}`);
    expect(confirmed.body).toContain('role="status"><h2>Samtykket er trukket</h2>');
    expect(confirmed.body).toContain('Fjordlund Forsikring kan ikke lenger hente');
    expect(confirmed.body).toContain('Trukket tilbake');
    for (const another of [ACTIVE, `${ACTIVE}?withdrawn=${randomUUID()}`])
      expect((await browser.get(another)).body).not.toContain('role="status"');
    expect((await browser.post(ACTIVE, { request: randomUUID() })).status).toBe(404);
    const declined = read(await chain.ask()).id;
    chain.altinn3.register.reject(declined, PERSON);
    await browser.get(ACTIVE);
    const refused = await browser.post(ACTIVE, { request: declined });
    expect([refused.status, headingOf(refused)]).toEqual([409, ['Samtykket gjelder ikke']]);
  });

  it('tells two consents of one insurer apart for those who hear a button or a link alone', async () => {
    const { chain, browser, id } = await requestOpen();
    const other: string = read(
      await chain.ask({ consentRights: [right({ metadata: { fraogmed: '01.01.2020', tilogmed: '31.12.2021' } })] }),
    ).id;
    for (const given of [id, other]) chain.altinn3.register.accept(given, PERSON);
    await chain.ask({ portalViewMode: 'show' });
    await browser.logIn('P04');
    const { body } = await browser.get(ACTIVE);
    const until = 'Varer til 1. mars 2027 kl. 13:00';
    expect([...body.matchAll(/aria-label="([^"]*Fjordlund[^"]*)"/g)].map(([, name]) => name).toSorted()).toEqual([
      `Svar på forespørselen fra Fjordlund Forsikring, Periode 1. januar 2022 til og med 31. desember 2027, ${until}`,
      `Trekk samtykke til Fjordlund Forsikring, Periode 1. januar 2020 til og med 31. desember 2021, ${until}`,
      `Trekk samtykke til Fjordlund Forsikring, Periode 1. januar 2022 til og med 31. desember 2027, ${until}`,
    ]);
  });

  it('is all there is beside the request: other pages and methods do not exist', async () => {
    const { chain, browser } = await requestOpen();
    expect((await browser.get('/accessmanagement/ui/other')).status).toBe(404);
    await browser.logIn('P04');
    await browser.get(ACTIVE);
    expect((await browser.post('/accessmanagement/ui/other', {})).status).toBe(404);
    expect((await chain.altinn('PUT', ACTIVE)).status).toBe(405);
  });
});
