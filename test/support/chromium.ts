import { existsSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { chromium } from 'playwright-core';

const WHERE = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The Chromium of this machine, or undefined. `CHROMIUM_PATH` in the environment wins. */
export const chromiumPath: string | undefined = [process.env['CHROMIUM_PATH'] ?? '', ...WHERE].find(
  (path) => path !== '' && existsSync(path),
);

/** What to do where there is none. */
export const INSTALL = 'There is no Chromium: apt-get install chromium, or set CHROMIUM_PATH.';

/** Headless Chromium from which only this machine can be reached. */
export interface TestBrowser extends AsyncDisposable {
  /** Someone new at the browser, with cookies of their own. */
  visitor(how?: Visiting): Promise<BrowserVisitor>;
}

/** How someone visits. */
export interface Visiting {
  /** What the browser says it prefers; bokmål unless told. */
  readonly locale?: string;
  /** Width of the window in CSS pixels. */
  readonly width?: number;
}

/**
 * Someone at the browser. Disposing of it throws if a page complained: an error in the console, such as every
 * breach of a content security policy is, an error nobody caught, or an attempt to reach anything outside this machine.
 */
export interface BrowserVisitor extends AsyncDisposable {
  readonly page: Page;
  /** What pages complained of so far; taken out, disposing no longer throws of it. */
  complaints(): string[];
}

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

/**
 * Opens a browser; `await using` closes it.
 *
 * @throws Error that says how to get one, where there is none
 */
export async function openBrowser(): Promise<TestBrowser> {
  if (chromiumPath === undefined) throw new Error(INSTALL);
  const browser: Browser = await chromium.launch({ executablePath: chromiumPath, args: FLAGS });
  return {
    visitor: ({ locale = 'nb-NO', width = 1000 } = {}) => arrive(browser, { locale, width }),
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

async function arrive(browser: Browser, { locale, width }: Required<Visiting>): Promise<BrowserVisitor> {
  const context = await browser.newContext({ locale, viewport: { width, height: 900 } });
  const complaints: string[] = [];
  await cutOff(context, complaints);
  const page = await context.newPage();
  // A page that is answered with 404 shows in the console as an error, which it is not when it is what was asked for.
  const visited = new Set<string>();
  page.on('response', (response) => {
    if (response.request().isNavigationRequest() && response.frame() === page.mainFrame())
      visited.add(withoutFragment(response.url()));
  });
  page.on('console', (message) => {
    const isAnswer =
      message.text().startsWith('Failed to load resource') && visited.has(withoutFragment(message.location().url));
    if (message.type() === 'error' && !isAnswer) complaints.push(message.text());
  });
  page.on('pageerror', (error) => void complaints.push(error.message));
  return {
    page,
    complaints: () => complaints.splice(0),
    async [Symbol.asyncDispose]() {
      await context.close();
      if (complaints.length > 0) throw new Error(`pages complained:\n${complaints.join('\n')}`);
    },
  };
}

function withoutFragment(address: string): string {
  return address.replace(/#.*$/s, '');
}

async function cutOff(context: BrowserContext, complaints: string[]): Promise<void> {
  const isOutside = (url: URL) =>
    /^(https?|wss?):$/.test(url.protocol) && !['127.0.0.1', 'localhost'].includes(url.hostname);
  // Requests that follow a redirect pass no route, but are told of here; the name of their host leads nowhere.
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (isOutside(url)) complaints.push(`reached for ${url.origin}`);
  });
  await context.route(isOutside, (route) => route.abort());
}
