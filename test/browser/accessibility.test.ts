import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Language } from '../../src/sandbox/page-language.ts';
import { LANGUAGES } from '../../src/sandbox/page-language.ts';
import { PAGES } from '../../src/sandbox/page-templates.ts';
import type { NoticeName } from '../../src/sandbox/page-texts.ts';
import { TEXTS } from '../../src/sandbox/page-texts.ts';
import type { BrowserVisitor } from '../support/browser.ts';
import { describeInBrowser, violations } from '../support/browser.ts';
import type { Running } from './running.ts';
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

describeInBrowser('every page of the person, in every language, on wide and narrow windows', (browser) => {
  let running: Running;
  let nobody: BrowserVisitor;
  let person: BrowserVisitor;
  let pending: string;
  let given: string;
  let withdrawn: string;
  let anothers: string;
  const pages = () => `${running.addresses.altinn3}/accessmanagement/ui`;
  const requestPage = (id: string, language: Language) => `${pages()}/consent/request?id=${id}&lang=${language}`;

  beforeAll(async () => {
    running = await startRunning();
    nobody = await browser().visitor();
    person = await browser().visitor();
    const message = { nb: 'Vi trenger opplysningene\nfor å behandle saken din.' };
    const ask = async (input = {}) => {
      const { pageUrl } = await running.ask('P13', { message, ...input });
      return new URL(pageUrl).searchParams.get('id') ?? '';
    };
    given = await ask();
    withdrawn = await ask();
    pending = await ask({ portalViewMode: 'SHOW' });
    anothers = new URL((await running.ask('P01')).pageUrl).searchParams.get('id') ?? '';
    const { page } = person;
    await page.goto(requestPage(given, 'nb'));
    await page.getByRole('button', { name: 'Munter Linerle' }).click();
    for (const id of [withdrawn, given]) {
      await page.goto(requestPage(id, 'nb'));
      await page.getByRole('button', { name: 'Gi samtykke' }).click();
      await page.waitForURL(`${running.addresses.control}/?consent=*`);
    }
    await page.goto(`${pages()}/consent/active`);
    await page.locator(`form:has(input[value="${withdrawn}"]) button`).click();
    await page.getByRole('status').waitFor();
    expect((await running.read('P13'))[0]).toBe('AapVedtaksliste');
  });
  afterAll(async () => {
    await nobody[Symbol.asyncDispose]();
    await person[Symbol.asyncDispose]();
    await running[Symbol.asyncDispose]();
  });

  const OPENED: Readonly<Record<string, (language: Language) => Promise<Page>>> = {
    'logging in': async (language) => {
      await nobody.page.goto(requestPage(pending, language));
      return nobody.page;
    },
    'logging in as nobody': async (language) => {
      await nobody.page.goto(requestPage(pending, language));
      await submitUnanswered(nobody.page);
      expect(await nobody.page.getByRole('alert').count()).toBe(1);
      return nobody.page;
    },
    'the request': async (language) => {
      await person.page.goto(requestPage(pending, language));
      return person.page;
    },
    'the request without an answer': async (language) => {
      await person.page.goto(requestPage(pending, language));
      await submitUnanswered(person.page);
      expect(await person.page.getByRole('alert').count()).toBe(1);
      return person.page;
    },
    'the request of somebody else': async (language) => {
      await person.page.goto(requestPage(anothers, language));
      return person.page;
    },
    'the request answered before': async (language) => {
      await person.page.goto(requestPage(given, language));
      return person.page;
    },
    'the consents': async (language) => {
      await person.page.goto(`${pages()}/consent/active?withdrawn=${withdrawn}&lang=${language}`);
      expect(await person.page.locator('.entries > li').count()).toBe(3);
      expect(await person.page.getByRole('status').count()).toBe(1);
      return person.page;
    },
    'choosing who one is at NAV': async (language) => {
      await nobody.page.goto(`${running.addresses.nav}/innsyn?lang=${language}`);
      return nobody.page;
    },
    'choosing somebody unknown at NAV': async (language) => {
      await nobody.page.goto(`${running.addresses.nav}/innsyn?person=P99&lang=${language}`);
      return nobody.page;
    },
    'who has looked': async (language) => {
      await nobody.page.goto(`${running.addresses.nav}/innsyn?person=P13&lang=${language}`);
      expect(await nobody.page.locator('.entries > li').count()).toBeGreaterThan(0);
      return nobody.page;
    },
  };

  it.each(
    LANGUAGES.flatMap((language) => Object.entries(OPENED).map(([name, open]) => [name, language, open] as const)),
  )('%s, in %s, breaks no rule', async (_, language, open) => {
    const page = await open(language);
    expect(await page.locator('html').getAttribute('lang')).toBe(language);
    expect(await page.locator('h1').count()).toBe(1);
    // What is seen on wide windows alone does not depend on the language.
    expect(await audit(page, language === 'nb' ? [DESK, TELEPHONE] : [TELEPHONE])).toEqual([]);
  });

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
        request: pending,
        paths: { login: '/login', logout: '/logout', request: '/request', active: '/active' },
        looked: '',
      });
      await nobody.page.setContent(body);
      expect([name, await audit(nobody.page, [TELEPHONE])]).toEqual([name, []]);
    }
  });

  it.each([
    ['the sandbox’s own', () => `${running.addresses.control}/`],
    [
      'the gateway’s own for a reference that leads nowhere',
      () => `${running.addresses.gateway}/return/AAAAAAAAAAAAAAAAAAAAAA`,
    ],
  ])('%s page breaks no rule', async (_, address) => {
    await nobody.page.goto(address());
    expect(await audit(nobody.page, [DESK, TELEPHONE])).toEqual([]);
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
