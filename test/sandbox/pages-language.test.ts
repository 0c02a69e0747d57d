import { describe, expect, it } from 'vitest';
import { createInnsyn } from '../../src/sandbox/innsyn.ts';
import { writtenDate, writtenLocalTime, writtenMoment } from '../../src/sandbox/page-dates.ts';
import { chooseLanguage, LANGUAGES } from '../../src/sandbox/page-language.ts';
import { TEXTS } from '../../src/sandbox/page-texts.ts';
import { createPages } from '../../src/sandbox/pages.ts';
import { createSporingslogg } from '../../src/sandbox/sporingslogg.ts';
import { restingSwitches } from '../../src/sandbox/switches.ts';
import { newConsentChain, read } from './support/consent-chain.ts';

const request = (path: string, headers: Record<string, string> = {}) => ({
  method: 'GET',
  url: new URL(path, 'http://altinn.test'),
  headers,
  body: '',
});

describe('the language of a page', () => {
  it.each([
    ['/', {}, 'nb'],
    ['/?lang=nn', {}, 'nn'],
    ['/?languageCode=nn-NO', {}, 'nn'],
    ['/?lang=EN', { 'accept-language': 'nb' }, 'en'],
    ['/?lang=no', { 'accept-language': 'en' }, 'nb'],
    ['/?lang=de', { 'accept-language': 'nn' }, 'nn'],
    ['/', { 'accept-language': 'de, nn;q=0.4, en-GB;q=0.5' }, 'en'],
    ['/', { 'accept-language': 'en;q=0, nn' }, 'nn'],
    ['/', { 'accept-language': '*' }, 'nb'],
    ['/', { 'accept-language': 'en;q=much' }, 'en'],
    ['/', { cookie: 'other=1; sandbox_language=nn', 'accept-language': 'en' }, 'nn'],
    ['/', { cookie: 'sandbox_language=xx', 'accept-language': 'en' }, 'en'],
    ['/?lang=en', { cookie: 'sandbox_language=nn' }, 'en'],
  ])('at %s with %o is %s', (path, headers, language) => {
    expect(chooseLanguage(request(path, headers), '/').language).toBe(language);
  });

  it('is remembered once it was chosen, and only then', () => {
    expect(chooseLanguage(request('/?lang=nn'), '/innsyn').cookies).toEqual([
      'sandbox_language=nn; Path=/innsyn; HttpOnly; SameSite=Lax',
    ]);
    expect(chooseLanguage(request('/', { 'accept-language': 'nn' }), '/innsyn').cookies).toEqual([]);
  });

  it('can be changed on the page itself, which stays where it is', () => {
    const { links } = chooseLanguage(request('/innsyn?person=P04&languageCode=en'), '/');
    expect(links).toEqual([
      { code: 'nb', name: 'Bokmål', href: '/innsyn?person=P04&lang=nb', current: false },
      { code: 'nn', name: 'Nynorsk', href: '/innsyn?person=P04&lang=nn', current: false },
      { code: 'en', name: 'English', href: '/innsyn?person=P04&lang=en', current: true },
    ]);
    for (const { href } of chooseLanguage(request('http://altinn.test//evil.example/'), '/').links)
      expect(href).toMatch(/^\/evil\.example\//);
  });
});

describe('dates', () => {
  it.each([
    ['nb', '1. mars 2027 kl. 13:00', '31. desember 2026'],
    ['nn', '1. mars 2027 kl. 13:00', '31. desember 2026'],
    ['en', '1 March 2027 at 13:00', '31 December 2026'],
  ] as const)('are written out in %s, moments by Norwegian time', (language, moment, date) => {
    expect(writtenMoment(Date.parse('2027-03-01T12:00:00Z'), language)).toBe(moment);
    expect(writtenDate('31.12.2026', language)).toBe(date);
    expect(writtenDate('2026-12-31', language)).toBe(date);
    expect(writtenLocalTime('2026-12-31T13:00:05.120', language)).toMatch(
      /31\.? [Dd]esember 2026 .*13:00:05|31 December 2026 .*13:00:05/,
    );
  });

  it.each(['31.02.2026', 'i morgen', '', '1.1.2026'])('that are none stay as they are: "%s"', (text) => {
    expect(writtenDate(text, 'nb')).toBe(text);
    expect(writtenLocalTime(text, 'nb')).toBe(text);
  });
});

/** Every text of a table with the way to it. */
function* textsOf(value: unknown, path = ''): Generator<readonly [path: string, text: string]> {
  if (typeof value === 'string') yield [path, value];
  else for (const [name, inner] of Object.entries(value as object)) yield* textsOf(inner, `${path}.${name}`);
}

describe('the texts', () => {
  it('say something everywhere, and as many things in every language', () => {
    const paths = LANGUAGES.map((language) => [...textsOf(TEXTS[language])].map(([path]) => path));
    expect(paths[1]).toEqual(paths[0]);
    expect(paths[2]).toEqual(paths[0]);
    for (const language of LANGUAGES)
      for (const [path, text] of textsOf(TEXTS[language])) expect([language, path, text.trim()]).not.toContain('');
  });

  it('call the list of consents what it is called on the list itself', () => {
    for (const language of LANGUAGES) {
      const { active, request: asked, notices } = TEXTS[language];
      const { answered, notInForce, done, noPage } = notices;
      for (const text of [asked.points.join(' '), answered.advice, notInForce.advice, done.text, noPage.advice])
        expect(text).toContain(active.title);
      for (const name of [asked.approve, asked.decline]) expect(asked.unanswered.text).toContain(name);
    }
  });
});

describe('a page in another language', () => {
  const REQUEST = '/accessmanagement/ui/consent/request';

  it('is in that language throughout, and a message in one that the asker did write says which', async () => {
    const chain = newConsentChain();
    const { id } = read(await chain.ask({ requestMessage: { nn: 'Vi treng opplysningane.' } }));
    const login = await chain.altinn('GET', `${REQUEST}?id=${id}&lang=en`);
    const cookie = login.cookies?.map((one) => one.split(';')[0]).join('; ') ?? '';
    const form_token = /name="form_token" value="([^"]+)"/.exec(login.body)?.[1] ?? '';
    const loggedIn = await chain.altinn('POST', '/accessmanagement/ui/login', {
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      text: new URLSearchParams({ form_token, person: 'P04', request: id }).toString(),
    });
    const session = loggedIn.cookies?.[0]?.split(';')[0] ?? '';
    const page = await chain.altinn('GET', `${REQUEST}?id=${id}`, {
      headers: { cookie: `${session}; sandbox_language=en` },
    });
    expect(page.body).toContain('<html lang="en">');
    for (const text of ['Request for consent', '1 January 2022 up to and including 31 December 2027', 'Give consent'])
      expect(page.body).toContain(text);
    expect(page.body).toContain('<blockquote lang="nn">Vi treng opplysningane.</blockquote>');
    for (const [path, text] of textsOf(TEXTS.nb.request))
      if (
        !Object.values(TEXTS.en.request)
          .flat()
          .some((one) => one === text)
      )
        expect([path, page.body.includes(`>${text}<`)]).toEqual([path, false]);
  });

  it('that answers a form leads back to the page of the form', async () => {
    const chain = newConsentChain();
    const { id } = read(await chain.ask());
    const refused = await chain.altinn('POST', REQUEST, { text: `request=${id}&form_token=x` });
    expect(refused.status).toBe(403);
    expect(refused.body).toContain(`href="${REQUEST}?id=${id}&amp;lang=nn"`);
  });

  it('leads to NAV’s page of who has looked, in the same language, where there is one', async () => {
    const { clock, altinnState: state, altinn3 } = newConsentChain();
    const origin = 'http://altinn.test';
    const looked = 'http://nav.test/innsyn';
    const session = 'a'.repeat(43);
    state.sessions[session] = { person: 'P04', until: Number.MAX_SAFE_INTEGER };
    const show = async (options: { looked?: string }) =>
      createPages({ clock, origin, state, register: altinn3.register, ...options })(
        request('/accessmanagement/ui/consent/active?lang=nn', { cookie: `altinn3_sandbox=${session}` }),
      );
    expect((await show({ looked })).body).toContain(`<a href="${looked}?lang=nn">Sjå kven som har sett`);
    expect((await show({})).body).not.toContain('Sjå kven som har sett');
    const sporingslogg = createSporingslogg([], { clock, switches: restingSwitches(), changed: () => undefined });
    expect((await createInnsyn(sporingslogg)(request('/innsyn?lang=nn'))).body).toContain(
      'Kven har sett opplysningane mine',
    );
  });
});
