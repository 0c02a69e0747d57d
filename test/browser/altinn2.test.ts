import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser } from '../support/browser.ts';
import type { Running } from './running.ts';
import { startRunning } from './running.ts';

const ACTIVE = '/ui/AccessConsent/active';

async function approve(page: Page, pageUrl: string, name: string): Promise<void> {
  await page.goto(pageUrl);
  await page.getByRole('button', { name }).click();
  await page.getByRole('button', { name: 'Gi samtykke' }).click();
}

describeInBrowser('the journey of a consent on Altinn 2', (browser) => {
  let running: Running;
  beforeAll(async () => {
    running = await startRunning('ALTINN_2');
  });
  afterAll(() => running[Symbol.asyncDispose]());

  it('leads by the person’s yes to the data, and by their withdrawal to a refusal', async () => {
    await using visitor = await browser().visitor();
    const { page } = visitor;
    const { altinn2, control } = running.addresses;
    const { id, pageUrl } = await running.ask('P13');
    expect(new URL(pageUrl).origin).toBe(altinn2);
    await approve(page, pageUrl, 'Munter Linerle');
    await page.waitForURL(`${control}/?consent=${id}`);
    expect(await running.statusOf(id)).toBe('ACTIVE');
    expect(await running.read('P13')).toEqual(['AapVedtaksliste', undefined]);

    await page.goto(`${altinn2}${ACTIVE}`);
    await page.getByRole('button', { name: 'Munter Linerle' }).click();
    await page.getByRole('button', { name: 'Trekk samtykke til Fjordlund Forsikring' }).click();
    await page.getByRole('status').waitFor();

    // One refusal looks like any other there: that another consent still works with the same key is the second witness.
    await using other = await browser().visitor();
    const witness = await running.ask('P05');
    await approve(other.page, witness.pageUrl, 'Rask Fjellrype');
    await other.page.waitForURL(`${control}/?consent=${witness.id}`);
    expect(await running.read('P13')).toEqual(['ConsentRequired', 'WITHDRAWN']);
  });

  it('ends with a no when the person declines', async () => {
    await using visitor = await browser().visitor();
    const { page } = visitor;
    const { id, pageUrl } = await running.ask('P10');
    await page.goto(pageUrl);
    await page.getByRole('button', { name: 'Varsom Steinskvett' }).click();
    await page.getByRole('button', { name: 'Avslå' }).click();
    await page.waitForURL(`${running.addresses.control}/?consent=${id}`);
    expect(await running.statusOf(id)).toBe('DECLINED');
    expect(await running.read('P10')).toEqual(['ConsentRequired', 'DECLINED']);
  });
});
