import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser } from '../support/browser.ts';
import type { Running } from './running.ts';
import { startRunning } from './running.ts';

/** Logs in on the page that asks for it. */
async function logIn(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name }).click();
}

describeInBrowser('the journey of a consent', (browser) => {
  let running: Running;
  beforeAll(async () => {
    running = await startRunning();
  });
  afterAll(() => running[Symbol.asyncDispose]());

  it('leads from the question by the person’s yes to the data, and by their withdrawal to a refusal', async () => {
    await using visitor = await browser().visitor();
    const { page } = visitor;
    const { control, altinn3 } = running.addresses;
    const message = { nb: 'Vi behandler søknaden din om uførepensjon.', en: 'We are handling your application.' };
    const { id, pageUrl } = await running.ask('P13', { returnUrl: `${control}/sak/77?fane=samtykke`, message });
    expect(await running.read('P13')).toEqual(['ConsentRequired', 'PENDING']);

    await page.goto(pageUrl);
    await logIn(page, 'Munter Linerle');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Forespørsel om samtykke');
    for (const text of [
      'Fjordlund Forsikring ber om ditt samtykke',
      'Vi behandler søknaden din om uførepensjon.',
      'Meldekort med timer du har arbeidet',
      'til og med 31. desember 2026',
      'Innlogget som Munter Linerle',
    ]) {
      expect(await page.locator('body').innerText()).toContain(text);
    }
    await page.getByRole('button', { name: 'Gi samtykke' }).click();
    await page.waitForURL(`${control}/sak/77?fane=samtykke&consent=${id}`);
    expect(await running.statusOf(id)).toBe('ACTIVE');
    expect(await running.read('P13')).toEqual(['AapVedtaksliste', undefined]);

    await page.goto(`${altinn3}/accessmanagement/ui/consent/active`);
    await page.getByRole('button', { name: 'Trekk samtykke til Fjordlund Forsikring' }).click();
    expect(await page.getByRole('status').innerText()).toContain('Fjordlund Forsikring kan ikke lenger hente');
    expect(await page.getByRole('button', { name: 'Trekk samtykke' }).count()).toBe(0);
    expect(await running.read('P13')).toEqual(['ConsentRequired', 'WITHDRAWN']);
  });

  it('ends with a no when the person declines, and answering again changes nothing', async () => {
    await using visitor = await browser().visitor();
    const { page } = visitor;
    const { id, pageUrl } = await running.ask('P10');
    await page.goto(pageUrl);
    await logIn(page, 'Varsom Steinskvett');
    await page.getByRole('button', { name: 'Avslå' }).click();
    await page.waitForURL(`${running.addresses.control}/?consent=${id}`);
    expect(await running.statusOf(id)).toBe('DECLINED');
    await page.goto(pageUrl);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Forespørselen er allerede besvart');
    expect(await page.getByRole('button', { name: 'Gi samtykke' }).count()).toBe(0);
    expect(await running.read('P10')).toEqual(['ConsentRequired', 'DECLINED']);
  });

  it('stops at the wrong person, who can change to the right one', async () => {
    await using visitor = await browser().visitor();
    const { page } = visitor;
    const { id, pageUrl } = await running.ask('P01');
    await page.goto(pageUrl);
    await logIn(page, 'Rask Fjellrype');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Forespørselen gjelder en annen person');
    expect(await page.locator('body').innerText()).not.toContain('Fjordlund');
    await page.getByRole('main').getByRole('button', { name: 'Bytt person' }).click();
    await logIn(page, 'Lavmælt Tiur');
    await page.getByRole('button', { name: 'Gi samtykke' }).click();
    await page.waitForURL(`${running.addresses.control}/?consent=${id}`);
    expect(await running.statusOf(id)).toBe('ACTIVE');
  });

  it('believes nothing that the address of the return says', async () => {
    await using visitor = await browser().visitor();
    const { page } = visitor;
    const { control, gateway } = running.addresses;
    const { id, pageUrl } = await running.ask('P02');
    await page.goto(pageUrl);
    await logIn(page, 'Ettertenksom Sisik');
    let back = '';
    page.on('request', (request) => {
      if (request.url().startsWith(`${gateway}/return/`)) back = request.url();
    });
    await page.getByRole('button', { name: 'Avslå' }).click();
    await page.waitForURL(`${control}/?consent=${id}`);
    const { origin, pathname, search } = new URL(back);
    expect(search).toBe('?Status=Failed&ErrorMessage=User+did+not+give+consent');
    for (const forged of [
      '',
      '?Status=OK',
      '?Status=OK&Status=Failed&Status=OK',
      '?Status=OK&ErrorMessage=User+did+not+give+consent',
      '?consent=00000000-0000-4000-8000-000000000000&returnUrl=https://elsewhere.example/',
    ]) {
      await page.goto(`${origin}${pathname}${forged}`);
      expect(page.url()).toBe(`${control}/?consent=${id}`);
      expect(await running.statusOf(id)).toBe('DECLINED');
    }
    await page.goto(`${origin}/return/AAAAAAAAAAAAAAAAAAAAAA?Status=OK`);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Her er det ingenting å vise');
    expect(await page.locator('[lang="en"]').innerText()).toContain('There is nothing to show here.');
  });

  it('ends at an insurer, and no word on the sandbox’s own page is broken', async () => {
    await using visitor = await browser().visitor();
    const { page } = visitor;
    const { control, gateway } = running.addresses;
    const { pageUrl } = await running.ask('P06', { returnUrl: `${control}/?person=P06` });
    await page.goto(pageUrl);
    await logIn(page, 'Taus Havelle');
    await page.getByRole('button', { name: 'Gi samtykke' }).click();
    await page.getByRole('heading', { name: 'Du er tilbake hos forsikringsselskapet' }).waitFor();
    const goOn = page.getByRole('link', { name: 'Åpne saken slik saksbehandleren ser den (Taus Havelle)' });
    expect(await goOn.getAttribute('href')).toBe(`${gateway}/graphiql?example=case-screen&person=P06`);

    await page.goto(control);
    for (const width of [320, 560, 1000]) {
      await page.setViewportSize({ width, height: 900 });
      const broken: string[] = await page.evaluate(`[...document.querySelectorAll('dt')].flatMap((term) => {
        const range = document.createRange();
        range.selectNodeContents(term);
        const words = term.textContent.split(' ').length;
        return range.getClientRects().length > words ? [term.textContent] : [];
      })`);
      expect([width, broken]).toEqual([width, []]);
    }
  });

  it('can be walked with the keyboard alone', async () => {
    await using visitor = await browser().visitor();
    const { page } = visitor;
    const { id, pageUrl } = await running.ask('P08');
    await page.goto(pageUrl);
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').innerText()).toBe('Hopp til hovedinnholdet');
    expect(await page.locator(':focus').boundingBox()).toMatchObject({ x: expect.toSatisfy((x: number) => x >= 0) });
    await page.keyboard.press('Enter');
    await press(page, 'Blid Storspove');
    await page.waitForURL(pageUrl);
    await press(page, 'Gi samtykke');
    await page.waitForURL(`${running.addresses.control}/?consent=${id}`);
    expect(await running.statusOf(id)).toBe('ACTIVE');
  });

  it.each([
    [
      'its own path and query',
      '/sak/77?fane=samtykke&q=a%20b+c',
      (id: string) => `/sak/77?fane=samtykke&q=a%20b+c&consent=${id}`,
    ],
    ['a route behind #/', '/sak?x=1#/retur/her?y=2', (id: string) => `/sak?x=1#/retur/her?y=2&consent=${id}`],
    [
      'letters outside ASCII',
      '/sak/blåbær?sted=Bodø',
      (id: string) => `/sak/bl%C3%A5b%C3%A6r?sted=Bod%C3%B8&consent=${id}`,
    ],
  ])('comes back to an address with %s', async (_, path, expected) => {
    await using visitor = await browser().visitor();
    const { page } = visitor;
    const { control } = running.addresses;
    const { id, pageUrl } = await running.ask('P11', { returnUrl: `${control}${path}` });
    await page.goto(pageUrl);
    await logIn(page, 'Grå Sandlo');
    await page.getByRole('button', { name: 'Gi samtykke' }).click();
    await page.waitForURL(`${control}/**`);
    expect(page.url()).toBe(`${control}${expected(id)}`);
    expect(await running.statusOf(id)).toBe('ACTIVE');
  });

  it('is read in the language the browser asks for, or the one chosen, which is remembered', async () => {
    await using visitor = await browser().visitor({ locale: 'en-GB' });
    const { page } = visitor;
    const { pageUrl } = await running.ask('P05', { message: { nb: 'På bokmål.', nn: 'På nynorsk.' } });
    await page.goto(pageUrl);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Log in');
    await page.getByRole('link', { name: 'Nynorsk' }).click();
    await logIn(page, 'Rask Fjellrype');
    expect(await page.locator('html').getAttribute('lang')).toBe('nn');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Førespurnad om samtykke');
    expect(await page.locator('blockquote').innerText()).toBe('På nynorsk.');
    await page.getByRole('link', { name: 'English' }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Request for consent');
    expect(await page.locator('blockquote').getAttribute('lang')).toBe('nb');
    expect(await page.locator('blockquote').innerText()).toBe('På bokmål.');
    expect(page.url()).toContain(new URL(pageUrl).searchParams.get('id') ?? 'no id');
    await page.goto(pageUrl);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Request for consent');
  });
});

/** Goes forward with Tab until the control of that name has the focus, and presses Enter. */
async function press(page: Page, name: string): Promise<void> {
  for (let step = 0; step < 40; step += 1) {
    await page.keyboard.press('Tab');
    const focused = page.locator(':focus');
    if ((await focused.innerText()) === name) return page.keyboard.press('Enter');
  }
  throw new Error(`"${name}" cannot be reached with Tab`);
}
