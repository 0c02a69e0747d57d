import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser } from '../support/browser.ts';
import { graphiqlOn, startWithGraphiql } from './graphiql-support.ts';

/** What axe-core finds, each with the elements it finds it in. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate<axe.AxeResults>('axe.run()');
  expect(found.passes).not.toEqual([]);
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

describeInBrowser('GraphiQL in the browser', (browser) => {
  let started: Awaited<ReturnType<typeof startWithGraphiql>>;
  beforeAll(async () => {
    started = await startWithGraphiql();
  }, 120_000);
  afterAll(() => started?.[Symbol.asyncDispose]());

  const open = async (path: string) => {
    const visitor = await browser().visitor({ locale: 'en-GB', width: 1280 });
    await visitor.page.goto(`${started.addresses.gateway}${path}`);
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
    await expect.poll(() => visit.page.getByRole('status').innerText()).toMatch(/token/i);
    // A refused request shows in the console, which is what was asked for here.
    expect(visit.complaints()).toEqual([expect.stringContaining('401')]);
    const token = await (await fetch(`${started.addresses.callers}/tokens/auditor-a`)).text();
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
    expect(visit.page.url()).toBe(`${started.addresses.gateway}/graphiql`);
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

  it('asks for a consent, and the page it answers with is the person’s', async () => {
    await using visit = await open('/graphiql?example=ask-for-consent&person=P10');
    await visit.query('mutation AskForConsent');
    await visit.signIn('case-handler-a');
    await visit.query('mutation AskForConsent');
    await visit.execute();
    await visit.response('"status": "PENDING"');
    await visit.response(`"pageUrl": "${started.addresses.altinn3}/`);
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
    await expect.poll(() => second.getAttribute('aria-current')).toBe('true');
    expect(await violations(page)).toEqual([]);
  });

  it('has a front page, a picker and a bar of its own that everyone can use', async () => {
    await using visit = await open('/');
    expect(await violations(visit.page)).toEqual([]);
    await visit.page.setViewportSize({ width: 320, height: 800 });
    expect(await violations(visit.page)).toEqual([]);
    expect(await visit.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
    await visit.page.goto(`${started.addresses.gateway}/graphiql`);
    await visit.query('query CaseScreen');
    await visit.page.evaluate(axe.source);
    const bar = await visit.page.evaluate<axe.AxeResults>('axe.run(".bar")');
    expect(bar.violations.map(({ id }) => id)).toEqual([]);
    await visit.page.getByRole('button', { name: 'Sign in' }).click();
    await visit.page.getByRole('button', { name: 'case-handler-a', exact: true }).waitFor();
    expect(await violations(visit.page)).toEqual([]);
  });
});
