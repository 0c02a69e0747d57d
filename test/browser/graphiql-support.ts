import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { createLog } from '../../src/log.ts';
import type { StandaloneOptions } from '../../src/standalone.ts';
import { startStandalone } from '../../src/standalone.ts';

const ROOT = join(import.meta.dirname, '../..');

/** GraphiQL as the build makes it now, and as many gateways in front of sandboxes with it as are asked for. */
export async function buildGraphiql() {
  await using building = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'samtykkeporten-browser-'));
  building.defer(() => rm(directory, { recursive: true, force: true }));
  const built = join(directory, 'graphiql');
  // A process of its own: here NODE_ENV is that of tests, and React would be built for developing.
  const { NODE_ENV: _, ...env } = process.env;
  const build = ['build', '--config', 'vite.graphiql.config.ts', '--outDir', built, '--emptyOutDir'];
  await promisify(execFile)(process.execPath, ['node_modules/vite/bin/vite.js', ...build], { cwd: ROOT, env });
  const done = building.move();
  return {
    /** Gateway and sandbox, seeded. @returns their addresses */
    async start(newRequests: NonNullable<StandaloneOptions['newRequests']>) {
      const standalone = done.use(
        await startStandalone({
          port: 0,
          sandboxPort: 0,
          dataDirectory: join(directory, newRequests),
          graphiqlDirectory: built,
          newRequests,
          log: createLog('silent'),
          onDefect: (error) => expect.fail(String(error)),
        }),
      );
      await standalone.seed();
      return standalone.addresses;
    },
    [Symbol.asyncDispose]: () => done.disposeAsync(),
  };
}

/** GraphiQL's page, as somebody uses it. */
export function graphiqlOn(page: Page) {
  /** Lines as the editor shows them, with ordinary blanks. */
  const shown = async (editor: string) =>
    (await page.locator(`${editor} .view-line`).allInnerTexts()).join('\n').replaceAll('\u00a0', ' ');
  const eventually = (editor: string, text: string) =>
    expect.poll(() => shown(editor), { timeout: 60_000 }).toContain(text);

  /** How many mistakes an editor underlines besides one that is put at its end, as soon as it has seen that one. */
  async function flaws(editor: string, planted: string): Promise<number> {
    await page.locator(`${editor} .view-lines`).first().click();
    await page.keyboard.press('ControlOrMeta+End');
    await page.keyboard.insertText(planted);
    const line = await page.locator(`${editor} .view-line`, { hasText: 'planted' }).boundingBox();
    const underlined = page.locator(`${editor} .squiggly-error`);
    const heights = async () =>
      (await Promise.all((await underlined.all()).map((each) => each.boundingBox()))).map((box) => box?.y);
    await expect.poll(heights, { timeout: 60_000 }).toContain(line?.y);
    return (await underlined.count()) - 1;
  }

  return {
    query: (text: string) => eventually('.graphiql-query-editor', text),
    variables: (text: string) => eventually('.graphiql-editor-tool', text),
    response: (text: string) => eventually('.graphiql-response', text),
    execute: () => page.getByRole('button', { name: /^Execute query/ }).click(),
    /** How many mistakes the open tab's query and its variables are said to have, where they can be seen whole. Spoils both. */
    mistakes: async () => ({
      query: await flaws('.graphiql-query-editor', 'fragment planted on Query { nothing }'),
      variables: await flaws('.graphiql-editor-tool', 'planted'),
    }),
    /** Follows the one address in the answer, as the editor offers it: it opens in a tab of its own. */
    async follow(): Promise<string> {
      const [opened] = await Promise.all([
        page.context().waitForEvent('page'),
        page
          .locator('.graphiql-response .detected-link')
          .first()
          .click({ modifiers: ['ControlOrMeta'] }),
      ]);
      await opened.waitForLoadState();
      const address = opened.url();
      await opened.close();
      return address;
    },
    async signIn(caller: string) {
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('button', { name: caller, exact: true }).click();
      await page.getByRole('button', { name: 'Sign out' }).waitFor();
    },
    async useToken(token: string) {
      await page.getByLabel('Token').fill(token);
      await page.getByRole('button', { name: 'Use token' }).click();
    },
  };
}
