import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestBrowser } from './chromium.ts';
import { chromiumPath, INSTALL, openBrowser } from './chromium.ts';

/** What to do about tests that need a browser. */
export function whatToDo(path: string | undefined, inCi: boolean): 'run' | 'skip' | 'fail' {
  if (path !== undefined) return 'run';
  return inCi ? 'fail' : 'skip';
}

/**
 * A `describe` whose tests share one browser. Without Chromium they are skipped with a line on stderr that names them, and
 * in CI they fail: a check that quietly was not made looks like one that passed.
 *
 * @param tests gets the browser, to be asked for from within a test
 */
export function describeInBrowser(name: string, tests: (browser: () => TestBrowser) => void): void {
  let browser: TestBrowser | undefined;
  const opened = () => {
    if (browser === undefined) throw new Error('the browser opens when the tests of its describe begin');
    return browser;
  };
  switch (whatToDo(chromiumPath, process.env['CI'] !== undefined)) {
    case 'run':
      describe(name, { timeout: 240_000 }, () => {
        beforeAll(async () => {
          browser = await openBrowser();
        }, 240_000);
        afterAll(() => browser?.[Symbol.asyncDispose]());
        tests(opened);
      });
      break;
    case 'fail':
      describe(name, () => {
        it('has a browser to run in', () => expect.fail(INSTALL));
      });
      break;
    case 'skip':
      process.stderr.write(`SKIPPED, "${name}": ${INSTALL}\n`);
      describe.skip(name, () => tests(opened));
      break;
  }
}

/**
 * What axe finds wrong with the page as it stands, one line for each rule broken and each place; and whether one has to
 * scroll sideways to read it.
 */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found: string[] = await page.evaluate(`axe.run().then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ': ' + target.join(' '))))`);
  const isWider: boolean = await page.evaluate('document.documentElement.scrollWidth > window.innerWidth');
  return isWider ? [...found, 'wider than its window'] : found;
}
