import axe from 'axe-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EXAMPLES } from '../../src/graphiql/examples.ts';
import type { Standalone } from '../../src/standalone.ts';
import { describeInBrowser, violations } from '../support/browser.ts';
import { buildGraphiql, graphiqlOn } from './graphiql-support.ts';

describeInBrowser('GraphiQL in the browser', (browser) => {
  let graphiql: Awaited<ReturnType<typeof buildGraphiql>>;
  const started = new Map<string, Standalone['addresses']>();
  beforeAll(async () => {
    graphiql = await buildGraphiql();
    for (const rail of ['ALTINN_3', 'ALTINN_2'] as const) started.set(rail, await graphiql.start(rail));
  }, 180_000);
  afterAll(() => graphiql?.[Symbol.asyncDispose]());

  const addresses = (rail = 'ALTINN_3') => {
    const found = started.get(rail);
    if (found === undefined) throw new Error('there is no such rail');
    return found;
  };
  const open = async (path: string, rail = 'ALTINN_3') => {
    const visitor = await browser().visitor({ locale: 'en-GB', width: 1280 });
    await visitor.page.goto(`${addresses(rail).gateway}${path}`);
    return { ...visitor, ...graphiqlOn(visitor.page) };
  };

  it('opens from the front page with a person’s query, signs in through the picker, and shows data', async () => {
    await using visit = await open('/');
    await visit.page.getByRole('link', { name: 'Case screen: Standhaftig Orrhøne' }).click();
    await visit.query('query CaseScreen');
    await visit.variables('"id": "30817429498"');
    await visit.execute();
    await visit.response('Sign in first');
    await visit.signIn('case-handler-a');
    expect(await visit.page.locator('.person').innerText()).toBe('case-handler-a CASE_HANDLER at Fjordlund Forsikring');
    expect(new URL(visit.page.url()).search).toBe('?example=case-screen&person=P04');
    await visit.variables('"id": "30817429498"');
    await visit.execute();
    await visit.response('"harAapPaa": "JA"');
  });

  it('keeps nothing in the browser, and forgets who it was on signing out', async () => {
    await using visit = await open('/graphiql');
    await visit.query('query CaseScreen');
    await visit.signIn('analyst-a');
    await visit.query('query CaseScreen');
    await visit.execute();
    await visit.response('"status": "ACTIVE"');
    expect(await visit.page.evaluate('[localStorage.length, sessionStorage.length, document.cookie]')).toEqual([
      0,
      0,
      '',
    ]);
    await visit.page.getByRole('button', { name: 'Sign out' }).click();
    await visit.page.getByRole('button', { name: 'Sign in' }).waitFor();
    await visit.execute();
    await visit.response('Sign in first');
    await visit.signIn('auditor-a');
    expect(await visit.page.locator('.person').innerText()).toContain('auditor-a AUDITOR');
  });

  it('takes a token, and says in words why another is of no use', async () => {
    await using visit = await open('/graphiql?example=disclosures');
    await visit.query('query Disclosures');
    await visit.useToken('no-token');
    await expect.poll(() => visit.page.getByRole('status').innerText(), { timeout: 60_000 }).toMatch(/token/i);
    // A refused request shows in the console, which is what was asked for here.
    expect(visit.complaints()).toEqual([expect.stringContaining('401')]);
    const token = await (await fetch(`${addresses().callers}/tokens/auditor-a`)).text();
    await visit.useToken(token.trim());
    await visit.page.getByText('auditor-a', { exact: true }).waitFor();
    await visit.execute();
    await visit.response('"disclosures"');
    expect(await visit.page.content()).not.toContain(token.trim());
  });

  it('takes no return from a sign-in that was not begun in it, and cleans the address', async () => {
    await using visit = await open('/graphiql/?code=planted&state=planted');
    await visit.query('query CaseScreen');
    expect(await visit.page.getByRole('status').innerText()).toBe('This sign-in was not begun here. Sign in again.');
    expect(visit.page.url()).toBe(`${addresses().gateway}/graphiql`);
  });

  it('lets go of a token that is not accepted any more', async () => {
    await using visit = await open('/graphiql');
    await visit.query('query CaseScreen');
    await visit.signIn('case-handler-a');
    await visit.query('query CaseScreen');
    await visit.page.route('**/graphql', (route) => route.fulfill({ status: 401, json: { errors: [] } }));
    await visit.execute();
    await visit.page.getByText('The token is not accepted any more. Sign in again.').waitFor();
    await visit.page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(visit.complaints()).toEqual([expect.stringContaining('401')]);
  });

  it('builds a query in the explorer, which runs', async () => {
    await using visit = await open('/graphiql');
    await visit.query('query CaseScreen');
    await visit.signIn('case-handler-b');
    await visit.query('query CaseScreen');
    await visit.page.getByRole('button', { name: 'New tab' }).click();
    await visit.page.getByRole('button', { name: 'Show GraphiQL Explorer' }).click();
    await visit.page.locator('.graphiql-explorer-viewer [data-field-name="viewer"]').click();
    await visit.page.locator('.graphiql-explorer-role [data-field-name="role"]').click();
    await visit.query('role');
    // The tab is named once GraphiQL has seen which operation there is to run.
    await visit.page.locator('.graphiql-tab-active').getByText('MyQuery').waitFor();
    await visit.execute();
    await visit.response('"role": "CASE_HANDLER"');
  });

  it.each([
    ['ALTINN_3', 'altinn3', 'Munter Linerle', 'Give consent', ['"status": "ACTIVE"', '"harAapPaa": "NEI"']],
    ['ALTINN_2', 'altinn2', 'Munter Linerle', 'Give consent', ['"status": "ACTIVE"', '"harAapPaa": "NEI"']],
    ['ALTINN_2', 'altinn2', 'Varsom Steinskvett', 'Decline', ['"status": "DECLINED"', 'person declined on']],
  ] as const)(
    'leads on %s (%s) from asking %s, over “%s”, back to the case',
    async (rail, altinn, name, answer, seen) => {
      await using visit = await open('/', rail);
      const { page } = visit;
      await page.getByRole('link', { name: `Ask for consent: ${name}` }).click();
      await visit.query('mutation AskForConsent');
      await visit.signIn('case-handler-a');
      await visit.query('mutation AskForConsent');
      await visit.execute();
      await visit.response('"status": "PENDING"');
      const pageUrl = await visit.follow();
      expect(new URL(pageUrl).origin).toBe(addresses(rail)[altinn]);

      await page.goto(pageUrl);
      await page.getByRole('button', { name }).click();
      await page.getByRole('button', { name: answer }).click();
      await page.waitForURL(`${addresses(rail).control}/?person=*&consent=*`);
      expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('You are back at the insurer');
      for (const width of [320, 1280]) {
        await page.setViewportSize({ width, height: 900 });
        expect(await violations(page)).toEqual([]);
      }

      await page.getByRole('link', { name: `Open the case as the case handler sees it (${name})` }).click();
      await visit.query('query CaseScreen');
      await visit.signIn('case-handler-a');
      await visit.query('query CaseScreen');
      await visit.execute();
      for (const text of seen) await visit.response(text);
    },
  );

  it('underlines no mistake in any prepared tab, as it would', async () => {
    await using visit = await open('/graphiql');
    await visit.query('query CaseScreen');
    // The editors make only those lines that are seen.
    await visit.page.setViewportSize({ width: 1280, height: 4000 });
    const tabs = visit.page.locator('.graphiql-tab-button');
    const found: unknown[] = [];
    for (const at of EXAMPLES.keys()) {
      await tabs.nth(at).click();
      await expect.poll(() => tabs.nth(at).getAttribute('aria-current'), { timeout: 60_000 }).toBe('true');
      found.push([at, await visit.mistakes()]);
    }
    expect(found).toEqual([...EXAMPLES.keys()].map((at) => [at, { query: 0, variables: 0 }]));
  });

  it('tells the operator where tokens are given, if its page may not call there', async () => {
    await using visit = await open('/graphiql');
    await visit.query('query CaseScreen');
    await visit.page.route('**/.well-known/openid-configuration', async (route) => {
      const answer = await route.fetch();
      const elsewhere = { ...(await answer.json()), token_endpoint: 'https://tokens.example/token' };
      await route.fulfill({ response: answer, json: elsewhere });
    });
    await visit.page.getByRole('button', { name: 'Sign in' }).click();
    await visit.page.getByText('The operator must set graphiql.tokenOrigin to it.').waitFor();
    expect(await visit.page.getByRole('status').innerText()).toContain('at https://tokens.example, which');
  });

  it('says what it could not follow in an address, and opens all the same', async () => {
    await using visit = await open('/graphiql?example=nothing');
    await visit.query('query CaseScreen');
    expect(await visit.page.getByRole('status').innerText()).toContain('There is no example of that name');
  });

  it('breaks no rule, its own panels included', async () => {
    await using visit = await open('/graphiql');
    const { page } = visit;
    await visit.query('query CaseScreen');
    await visit.signIn('case-handler-a');
    await visit.query('query CaseScreen');
    await visit.execute();
    await visit.response('"harAapPaa": "JA"');
    expect(await violations(page)).toEqual([]);
    for (const panel of ['Documentation Explorer', 'GraphiQL Explorer']) {
      await page.getByRole('button', { name: `Show ${panel}` }).click();
      await page.locator('.graphiql-plugin').waitFor();
      expect([panel, await violations(page)]).toEqual([panel, []]);
    }
    const second = page.locator('.graphiql-tab-button').nth(1);
    await second.click();
    await expect.poll(() => second.getAttribute('aria-current'), { timeout: 60_000 }).toBe('true');
    expect(await violations(page)).toEqual([]);
  });

  it('has a front page, a picker and a bar of its own that everyone can use', async () => {
    await using visit = await open('/');
    expect(await violations(visit.page)).toEqual([]);
    await visit.page.setViewportSize({ width: 320, height: 800 });
    expect(await violations(visit.page)).toEqual([]);
    expect(await visit.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
    await visit.page.goto(`${addresses().gateway}/graphiql`);
    await visit.query('query CaseScreen');
    await visit.page.evaluate(axe.source);
    const bar = await visit.page.evaluate<axe.AxeResults>('axe.run(".bar")');
    expect(bar.violations.map(({ id }) => id)).toEqual([]);
    await visit.page.getByRole('button', { name: 'Sign in' }).click();
    await visit.page.getByRole('button', { name: 'case-handler-a', exact: true }).waitFor();
    expect(await violations(visit.page)).toEqual([]);
  });
});
