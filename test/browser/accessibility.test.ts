import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ALTINN2_PAGES } from '../../src/sandbox/altinn2-pages.ts';
import type { Language } from '../../src/sandbox/page-language.ts';
import { LANGUAGES } from '../../src/sandbox/page-language.ts';
import { PAGES } from '../../src/sandbox/page-templates.ts';
import type { NoticeName } from '../../src/sandbox/page-texts.ts';
import { TEXTS } from '../../src/sandbox/page-texts.ts';
import type { CastId } from '../../src/sandbox/world.ts';
import { describeInBrowser, violations } from '../support/browser.ts';
import type { BrowserVisitor } from '../support/chromium.ts';
import { startRunning } from './running.ts';

const DESK = 1000;
/** The narrowest telephone, or a desk at four times the size of letters. */
const TELEPHONE = 320;

/** What is wrong with a page at the widths given. */
async function audit(page: Page, widths: readonly number[]): Promise<string[]> {
  const found: string[] = [];
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    found.push(...(await violations(page)).map((violation) => `${width} px, ${violation}`));
  }
  return found;
}

/** Sends the page's main form without pressing any of its buttons. */
async function submitUnanswered(page: Page): Promise<void> {
  await Promise.all([
    page.waitForEvent('load'),
    page.locator('main form').evaluate((form: { submit(): void }) => form.submit()),
  ]);
}

const RAILS = ['ALTINN_3', 'ALTINN_2'] as const;

/** Where the person's pages of a rail are found. */
const PAGES_OF = {
  ALTINN_3: {
    altinn: 'altinn3',
    request: '/accessmanagement/ui/consent/request',
    active: '/accessmanagement/ui/consent/active',
  },
  ALTINN_2: { altinn: 'altinn2', request: ALTINN2_PAGES.request, active: ALTINN2_PAGES.active },
} as const;

/** A rail on which Munter Linerle was asked for something in every state there is, and is logged in. */
type Place = Awaited<ReturnType<typeof settle>>;

async function settle(rail: (typeof RAILS)[number], person: BrowserVisitor) {
  const running = await startRunning(rail);
  const { altinn, request, active } = PAGES_OF[rail];
  const origin = running.addresses[altinn];
  const { page } = person;
  const message = { nb: 'Vi trenger opplysningene\nfor å behandle saken din.' };
  const ask = async (castId: CastId, input = {}) => {
    const { id, pageUrl } = await running.ask(castId, { message, ...input });
    return { own: id, id: new URL(pageUrl).searchParams.get('id') ?? '' };
  };
  const requestPage = (id: string, language: Language) => `${origin}${request}?id=${id}&lang=${language}`;
  const list = (language: Language) => `${origin}${active}?lang=${language}`;
  /** Opens a page, logging in first where it asks for that. */
  const open = async (address: string): Promise<Page> => {
    await page.goto(address);
    if ((await page.locator('.people').count()) === 0) return page;
    await page.getByRole('button', { name: 'Munter Linerle' }).click();
    await page.locator('.account').waitFor();
    await page.goto(address);
    return page;
  };
  const press = (name: string, id: string) =>
    page.locator(`form:has(input[value="${id}"])`).getByRole('button', { name }).click();

  const [given, withdrawn, relinquished] = [await ask('P13'), await ask('P13'), await ask('P13')];
  const pending = await ask('P13', { portalViewMode: 'SHOW' });
  const anothers = await ask('P01');
  for (const { id } of [relinquished, withdrawn, given]) {
    await open(requestPage(id, 'nb'));
    await page.getByRole('button', { name: 'Gi samtykke' }).click();
    await page.waitForURL(`${running.addresses.control}/?consent=*`);
  }
  await running.query('mutation ($id: ID!) { relinquishConsent(id: $id) { consent { id } } }', {
    id: relinquished.own,
  });
  await open(list('nb'));
  await press('Trekk samtykke', withdrawn.id);
  await page.getByRole('status').waitFor();
  expect((await running.read('P13'))[0]).toBe('AapVedtaksliste');
  return {
    running,
    open,
    ask,
    requestPage,
    list,
    given: given.id,
    withdrawn: withdrawn.id,
    pending: pending.id,
    anothers: anothers.id,
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}

describeInBrowser('every page of the person, in every language, on wide and narrow windows', (browser) => {
  let nobody: BrowserVisitor;
  const everything = new AsyncDisposableStack();
  const places = new Map<string, Place>();
  const place = (rail: (typeof RAILS)[number]) => {
    const found = places.get(rail);
    if (found === undefined) throw new Error('there is no such rail');
    return found;
  };

  beforeAll(async () => {
    nobody = everything.use(await browser().visitor());
    for (const rail of RAILS)
      places.set(rail, everything.use(await settle(rail, everything.use(await browser().visitor()))));
  }, 180_000);
  afterAll(() => everything.disposeAsync());

  const ON_EITHER: Readonly<Record<string, (at: Place, language: Language) => Promise<Page>>> = {
    'logging in': async ({ requestPage, pending }, language) => {
      await nobody.page.goto(requestPage(pending, language));
      return nobody.page;
    },
    'logging in as nobody': async ({ requestPage, pending }, language) => {
      await nobody.page.goto(requestPage(pending, language));
      await submitUnanswered(nobody.page);
      expect(await nobody.page.getByRole('alert').count()).toBe(1);
      return nobody.page;
    },
    'the request': ({ open, requestPage, pending }, language) => open(requestPage(pending, language)),
    'the request without an answer': async ({ open, requestPage, pending }, language) => {
      const page = await open(requestPage(pending, language));
      await submitUnanswered(page);
      expect(await page.getByRole('alert').count()).toBe(1);
      return page;
    },
    'the request that the list opens': async ({ open, list }, language) => {
      const page = await open(list(language));
      await page.locator('.entries > li > p > a').click();
      await page.locator('#answer').waitFor();
      return page;
    },
    'the request of somebody else': ({ open, requestPage, anothers }, language) =>
      open(requestPage(anothers, language)),
    'the request answered before': ({ open, requestPage, given }, language) => open(requestPage(given, language)),
    'the request that is not there': ({ open, requestPage }, language) => open(requestPage('unknown', language)),
    'the consents': async ({ open, list, withdrawn }, language) => {
      const page = await open(`${list(language)}&withdrawn=${withdrawn}`);
      expect(await page.locator('.entries > li').count()).toBeGreaterThan(3);
      expect(await page.getByRole('status').count()).toBe(1);
      return page;
    },
    'withdrawing what was never given': async ({ open, list, pending }, language) => {
      const page = await open(list(language));
      const { title } = TEXTS[language].notices.notInForce;
      const form = page.locator('.entries form').first();
      await form.locator('[name="request"]').evaluate((field: { value: string }, id) => {
        field.value = id;
      }, pending);
      await form.getByRole('button').click();
      await page.getByRole('heading', { name: title }).waitFor();
      return page;
    },
  };

  const ON_ALTINN_2: typeof ON_EITHER = {
    'the consents with the uses that were logged': async ({ open, list }, language) => {
      const used = { nb: 'Brukt', nn: 'Brukt', en: 'Used' }[language];
      const page = await open(list(language));
      // A use is logged after the answer has left.
      await expect
        .poll(async () => (await page.reload()) && page.locator('dt').getByText(used, { exact: true }).count(), {
          timeout: 60_000,
        })
        .toBeGreaterThan(0);
      return page;
    },
    'the answer given from the list': async ({ ask, open, list }, language) => {
      const { id } = await ask('P13', { portalViewMode: 'SHOW' });
      const page = await open(list(language));
      await page.locator(`.entries a[href*="${id}"]`).click();
      await page.getByRole('button', { name: TEXTS[language].request.decline }).click();
      await page.getByRole('heading', { name: TEXTS[language].notices.done.title }).waitFor();
      return page;
    },
  };

  const AT_NAV: typeof ON_EITHER = {
    'choosing who one is at NAV': async ({ running }, language) => {
      await nobody.page.goto(`${running.addresses.nav}/innsyn?lang=${language}`);
      return nobody.page;
    },
    'choosing somebody unknown at NAV': async ({ running }, language) => {
      await nobody.page.goto(`${running.addresses.nav}/innsyn?person=P99&lang=${language}`);
      return nobody.page;
    },
    'who has looked': async ({ running }, language) => {
      await nobody.page.goto(`${running.addresses.nav}/innsyn?person=P13&lang=${language}`);
      expect(await nobody.page.locator('.entries > li').count()).toBeGreaterThan(0);
      return nobody.page;
    },
  };

  const OPENED = { ALTINN_3: { ...ON_EITHER, ...AT_NAV }, ALTINN_2: { ...ON_EITHER, ...ON_ALTINN_2 } };

  it.each(
    RAILS.flatMap((rail) =>
      LANGUAGES.flatMap((language) =>
        Object.entries(OPENED[rail]).map(([name, open]) => [name, rail, language, open] as const),
      ),
    ),
  )('%s, on %s, in %s, breaks no rule', async (_, rail, language, open) => {
    const page = await open(place(rail), language);
    expect(await page.locator('html').getAttribute('lang')).toBe(language);
    expect(await page.locator('h1').count()).toBe(1);
    // What is seen on wide windows alone does not depend on the language.
    expect(await audit(page, language === 'nb' ? [DESK, TELEPHONE] : [TELEPHONE])).toEqual([]);
  });

  it.each(RAILS)(
    'every consent on the list has the same room before the next, on %s, with a button and without',
    async (rail) => {
      const { open, list } = place(rail);
      const page = await open(list('nb'));
      for (const width of [TELEPHONE, DESK]) {
        await page.setViewportSize({ width, height: 900 });
        const room: number[] =
          await page.evaluate(`[...document.querySelectorAll('.entries > li:not(:last-child)')].map((entry) => {
        const last = [...entry.querySelectorAll('dd, button, p')].at(-1);
        return Math.round(entry.getBoundingClientRect().bottom - last.getBoundingClientRect().bottom);
      })`);
        expect([width, new Set(room)]).toEqual([width, new Set([24])]);
      }
    },
  );

  it.each(LANGUAGES)('no notice, in %s, breaks a rule', async (language) => {
    const texts = TEXTS[language];
    const names = Object.keys(texts.notices) as NoticeName[];
    await nobody.page.goto('about:blank');
    for (const name of names) {
      const { body } = PAGES.notice(200, {
        title: texts.notices[name].title,
        notice: texts.notices[name],
        next: 'switchPerson',
        language,
        site: 'Altinn',
        shell: texts.shell,
        languages: LANGUAGES.map((code) => ({ code, name: code, href: `/?lang=${code}`, current: code === language })),
        texts,
        viewer: 'Munter Linerle',
        formToken: 'x',
        request: '',
        paths: { login: '/login', logout: '/logout', request: '/request', active: '/active' },
        looked: '',
      });
      await nobody.page.setContent(body);
      expect([name, await audit(nobody.page, [TELEPHONE])]).toEqual([name, []]);
    }
  });

  it.each([
    ['the sandbox’s own', () => `${place('ALTINN_3').running.addresses.control}/`],
    [
      'the gateway’s own for a reference that leads nowhere',
      () => `${place('ALTINN_3').running.addresses.gateway}/return/AAAAAAAAAAAAAAAAAAAAAA`,
    ],
  ])('%s page breaks no rule', async (_, address) => {
    await nobody.page.goto(address());
    expect(await audit(nobody.page, [DESK, TELEPHONE])).toEqual([]);
  });

  // Last, for it leaves everybody logged out.
  it.each(RAILS)('the request that has run out, on %s, breaks no rule in any language', async (rail) => {
    const { running, open, requestPage, pending } = place(rail);
    const response = await fetch(`${running.addresses.control}/clock`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ now: '2036-01-01T12:00:00Z' }),
    });
    expect(response.status).toBe(200);
    for (const language of LANGUAGES) {
      const page = await open(requestPage(pending, language));
      expect(await page.locator('h1').innerText()).toBe(TEXTS[language].notices.expired.title);
      expect(await audit(page, [TELEPHONE])).toEqual([]);
    }
  });

  it('a page that does break rules is found out', async () => {
    // A policy outlives the content of its page.
    await nobody.page.goto('about:blank');
    await nobody.page.setContent(
      '<main><div style="width: 900px">Wide</div><button></button><img src="data:,"></main>',
    );
    const found = await audit(nobody.page, [DESK, TELEPHONE]);
    for (const expected of [
      '1000 px, button-name: button',
      '1000 px, image-alt: img',
      '1000 px, html-has-lang: html',
      '320 px, wider than its window',
    ]) {
      expect(found).toContain(expected);
    }
    expect(found).not.toContain('1000 px, wider than its window');
  });
});
