import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { createLog } from '../../src/log.ts';
import { startStandalone } from '../../src/standalone.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Gateway and sandbox, seeded, with GraphiQL as the build makes it now. */
export async function startWithGraphiql() {
  await using starting = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'samtykkeporten-browser-'));
  starting.defer(() => rm(directory, { recursive: true, force: true }));
  const built = join(directory, 'graphiql');
  // A process of its own: here NODE_ENV is that of tests, and React would be built for developing.
  const { NODE_ENV: _, ...env } = process.env;
  const build = ['build', '--config', 'vite.graphiql.config.ts', '--outDir', built, '--emptyOutDir'];
  await promisify(execFile)(process.execPath, ['node_modules/vite/bin/vite.js', ...build], { cwd: ROOT, env });
  const standalone = starting.use(
    await startStandalone({
      port: 0,
      sandboxPort: 0,
      dataDirectory: join(directory, 'data'),
      graphiqlDirectory: built,
      log: createLog('silent'),
      onDefect: (error) => expect.fail(String(error)),
    }),
  );
  await standalone.seed();
  const { addresses } = standalone;
  const started = starting.move();
  return { addresses, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

/** GraphiQL's page, as somebody uses it. */
export function graphiqlOn(page: Page) {
  /** Lines as the editor shows them, with ordinary blanks. */
  const shown = async (editor: string) =>
    (await page.locator(`${editor} .view-line`).allInnerTexts()).join('\n').replaceAll('\u00a0', ' ');
  const eventually = (editor: string, text: string) =>
    expect.poll(() => shown(editor), { timeout: 60_000 }).toContain(text);

  return {
    query: (text: string) => eventually('.graphiql-query-editor', text),
    variables: (text: string) => eventually('.graphiql-editor-tool', text),
    response: (text: string) => eventually('.graphiql-response', text),
    execute: () => page.getByRole('button', { name: /^Execute query/ }).click(),
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
