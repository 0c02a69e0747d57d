import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { describeInBrowser, whatToDo } from '../support/browser.ts';

it.each([
  ['/usr/bin/chromium', false, 'run'],
  ['/usr/bin/chromium', true, 'run'],
  [undefined, false, 'skip'],
  [undefined, true, 'fail'],
] as const)('with Chromium at %s, and CI %s, browser tests %s', (path, inCi, expected) => {
  expect(whatToDo(path, inCi)).toBe(expected);
});

/** A server of one page, closed when it is disposed of. */
async function serve(html: string, headers: Record<string, string> = {}) {
  const server = createServer((_, response) => {
    response.writeHead('location' in headers ? 302 : 200, { 'content-type': 'text/html', ...headers }).end(html);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describeInBrowser('the browser of these tests', (browser) => {
  it('holds every redirect that follows a form against the rule of the form’s page', async () => {
    await using insurer = await serve('<link rel="icon" href="data:,"><h1>Saken');
    await using gateway = await serve('', { location: insurer.origin });
    const form = `<link rel="icon" href="data:,"><form method="post" action="${gateway.origin}"><button>Svar</button></form>`;
    const press = async (formAction: string) => {
      await using altinn = await serve(form, { 'content-security-policy': `form-action ${formAction}` });
      const visitor = await browser().visitor();
      await visitor.page.goto(altinn.origin);
      await visitor.page.getByRole('button').click();
      return visitor;
    };
    await using free = await press('http: https:');
    await free.page.getByRole('heading', { name: 'Saken' }).waitFor();
    await using bound = await press(gateway.origin);
    await expect.poll(() => bound.complaints().join(), { timeout: 10_000 }).toContain('form-action');
  });

  it.each([
    ['runs a script its policy forbids', '<script>1</script>', /Content Security Policy/],
    ['throws', '<script nonce="x">throw new Error("planted")</script>', /planted/],
    [
      'reaches outside',
      '<img alt="" src="https://elsewhere.example/x.png">',
      /reached for https:\/\/elsewhere\.example/,
    ],
  ])('fails the test of a page that %s', async (_, body, complaint) => {
    const policy = "default-src 'none'; script-src 'nonce-x'; img-src https: data:";
    await using server = await serve(`<link rel="icon" href="data:,">${body}`, { 'content-security-policy': policy });
    const visitor = await browser().visitor();
    await visitor.page.goto(server.origin, { waitUntil: 'networkidle' });
    await expect(visitor[Symbol.asyncDispose]()).rejects.toThrow(complaint);
  });

  it('fails the test of a page that a redirect leads outside', async () => {
    await using server = await serve('', { location: 'https://elsewhere.example/' });
    const visitor = await browser().visitor();
    await expect(visitor.page.goto(server.origin)).rejects.toThrow('ERR_NAME_NOT_RESOLVED');
    await expect(visitor[Symbol.asyncDispose]()).rejects.toThrow('reached for https://elsewhere.example');
  });

  it('lets a page pass that keeps to itself', async () => {
    await using server = await serve('<link rel="icon" href="data:,"><p>Hei');
    await using visitor = await browser().visitor();
    await visitor.page.goto(server.origin);
    expect(await visitor.page.textContent('p')).toBe('Hei');
    expect(visitor.complaints()).toEqual([]);
  });
});
