/** Makes the pictures in docs/screenshots anew, of a sandbox of its own: `node test/browser/screenshots.ts`. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { z } from 'zod';
import { createLog } from '../../src/log.ts';
import { NUMBERS, personByCastId } from '../../src/sandbox/world.ts';
import { startStandalone } from '../../src/standalone.ts';
import { openBrowser } from '../support/chromium.ts';
import { withPalette } from './palette-png.ts';

const DIRECTORY = join(import.meta.dirname, '../../docs/screenshots');
const MAX_BYTES = 60_000;

const asked = z.object({
  data: z.object({ requestConsent: z.object({ consent: z.object({ pageUrl: z.string() }) }) }),
});

const person = personByCastId('P10');
if (person === undefined) throw new Error('the cast has lost one of its members');

await using everything = new AsyncDisposableStack();
const browser = everything.use(await openBrowser());

const dataDirectory = await mkdtemp(join(tmpdir(), 'samtykkeporten-screenshots-'));
everything.defer(() => rm(dataDirectory, { recursive: true, force: true }));
const standalone = everything.use(
  await startStandalone({
    port: 0,
    sandboxPort: 0,
    dataDirectory,
    log: createLog('silent'),
    onDefect: (error) => {
      throw error;
    },
  }),
);
await standalone.seed();
const { gateway, callers, control, altinn3, nav } = standalone.addresses;

/** Asks the person as an insurer that lets a supplier act for it. @returns the address of the request's page */
async function ask(): Promise<string> {
  await fetch(`${control}/delegations`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ consumer: NUMBERS.D, supplier: NUMBERS.supplier, isDelegated: true }),
  });
  const token = (await (await fetch(`${callers}/tokens/case-handler-d`)).text()).trim();
  const input = {
    applicant: { nationalId: person?.nationalId },
    purpose: 'DISABILITY_INSURANCE',
    periode: { fom: '2022-01-01', tom: '2027-12-31' },
    returnUrl: `${control}/`,
    message: { nb: 'Vi trenger opplysningene for å behandle saken din.' },
    portalViewMode: 'SHOW',
  };
  const query = 'mutation ask($input: RequestConsentInput!) { requestConsent(input: $input) { consent { pageUrl } } }';
  const response = await fetch(`${gateway}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables: { input } }),
  });
  return asked.parse(await response.json()).data.requestConsent.consent.pageUrl;
}

/** Someone whose pages are taken pictures of: each as long as it is, or down to the end of what is named. */
async function visit(how: Parameters<typeof browser.visitor>[0]) {
  const visitor = everything.use(await browser.visitor(how));
  const { page } = visitor;
  return {
    page,
    async take(name: string, last?: Locator) {
      const end = await last?.boundingBox();
      const { width = 0 } = page.viewportSize() ?? {};
      const part = end ? { clip: { x: 0, y: 0, width, height: Math.ceil(end.y + end.height) } } : {};
      const small = withPalette(await page.screenshot({ fullPage: true, ...part }), MAX_BYTES);
      await writeFile(join(DIRECTORY, `${name}.png`), small);
      process.stdout.write(`${name}.png ${small.length} bytes\n`);
    },
  };
}

const newcomer = await visit({ locale: 'en-GB', width: 1040 });
await newcomer.page.goto(`${gateway}/`);
await newcomer.take('front-page', newcomer.page.locator('tr', { hasText: 'P08' }));

const developer = await visit({ locale: 'en-GB', width: 1280 });
await developer.page.goto(`${gateway}/graphiql?example=case-screen&person=P04`);
await developer.page.getByRole('button', { name: 'Sign in' }).click();
await developer.page.getByRole('button', { name: 'case-handler-a', exact: true }).click();
await developer.page.getByRole('button', { name: 'Sign out' }).waitFor();
await developer.page.locator('.graphiql-query-editor .view-line', { hasText: 'query CaseScreen' }).waitFor();
await developer.page.getByRole('button', { name: /^Execute query/ }).click();
await developer.page.locator('.graphiql-response .view-line', { hasText: '"harAapPaa"' }).waitFor();
await developer.take('graphiql', developer.page.locator('.graphiql-container'));

const { page, take } = await visit({ width: 800 });
await page.goto(await ask());
await take('login');
await page.getByRole('button', { name: person.name }).click();
await page.locator('#answer').getByRole('button', { name: 'Gi samtykke' }).waitFor();
// The two Altinns ask with the same page.
await take('consent-request');
await page.setViewportSize({ width: 320, height: 900 });
await take('consent-request-320px');
await page.setViewportSize({ width: 800, height: 900 });
await page.goto(`${altinn3}/accessmanagement/ui/consent/active`);
await take('my-consents');
await page.goto(`${nav}/innsyn?person=P04`);
await take('who-has-looked');
