import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';
import { settingsTable } from '../src/config-docs.ts';
import { EXAMPLES } from '../src/graphiql/examples.ts';
import { guidePage } from '../src/host-guide.ts';
import { createLog } from '../src/log.ts';
import { CAST } from '../src/sandbox/cast.ts';
import { newRsaKey } from '../src/sandbox/rsa-keys.ts';
import type { Standalone } from '../src/standalone.ts';
import { startStandalone } from '../src/standalone.ts';
import { guideOf } from '../src/standalone-guide.ts';
import { familyNameOf, ORIGINS, openWorld } from './support/world.ts';

const quiet = { log: createLog('silent'), onDefect: (error: unknown) => expect.fail(String(error)) };

let directory: string;
let started: Standalone;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'samtykkeporten-graphiql-'));
  const built = join(directory, 'built');
  await mkdir(join(built, 'assets'), { recursive: true });
  await writeFile(join(built, 'index.html'), '<p>GraphiQL');
  await writeFile(join(built, 'assets/main-1.js'), '1;');
  const options = { port: 0, sandboxPort: 0, dataDirectory: join(directory, 'data'), graphiqlDirectory: built };
  started = await startStandalone({ ...options, ...quiet });
});
afterAll(async () => {
  await started[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

async function get(path: string) {
  const response = await fetch(`${started.addresses.gateway}${path}`, { redirect: 'manual' });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe('GraphiQL', () => {
  it.each(['/graphiql', '/graphiql/', '/graphiql?example=case-screen&person=P04', '/graphiql/?code=1&state=2'])(
    'is at %s, kept by nobody',
    async (path) => {
      const { status, headers, text } = await get(path);
      expect([status, text, headers.get('cache-control')]).toEqual([200, '<p>GraphiQL', 'no-store']);
    },
  );

  it('may load nothing from elsewhere, evaluate nothing, and call nobody but gateway and issuer', async () => {
    const { headers } = await get('/graphiql');
    const policy = new Map(
      (headers.get('content-security-policy') ?? '').split(';').map((rule) => {
        const [name = '', ...sources] = rule.split(' ');
        return [name, sources.join(' ')];
      }),
    );
    expect(Object.fromEntries(policy)).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self' 'unsafe-inline'",
      'img-src': "'self' data:",
      'font-src': "'self' data:",
      'connect-src': `'self' ${started.addresses.callers}`,
      'worker-src': "'self'",
      'base-uri': "'none'",
      'form-action': "'self'",
      'frame-ancestors': "'none'",
    });
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('has files that may be kept, since their names change with what is in them', async () => {
    const { status, headers, text } = await get('/graphiql/assets/main-1.js');
    expect([status, text, headers.get('cache-control')]).toEqual([200, '1;', 'public, max-age=31536000, immutable']);
    expect(headers.get('content-type')).toContain('javascript');
  });

  it.each([
    '/graphiql/assets/main-2.js',
    '/graphiql/assets/../../data/keys.json',
    '/graphiql/assets/%2e%2e/%2e%2e/data/keys.json',
    '/graphiql/assets/..%2f..%2fdata/keys.json',
    '/graphiql/index.html',
    '/graphiql/more',
  ])('has nothing else: %s', async (path) => {
    const { status, text } = await get(path);
    expect([403, 404]).toContain(status);
    expect(text).not.toContain('identityKey');
  });

  it('is told in the sandbox where to sign in, and who may be filled in', async () => {
    const { text, headers } = await get('/graphiql/settings.json');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(JSON.parse(text)).toEqual({
      signIn: {
        issuer: started.addresses.callers,
        clientId: 'graphiql',
        scope: 'openid',
        origins: [started.addresses.callers],
      },
      sandbox: {
        today: '2026-11-16',
        people: CAST.map(({ id, nationalId }) => ({
          id,
          nationalId,
          familyName: familyNameOf(id),
          returnUrl: `${started.addresses.control}/?person=${id}`,
        })),
      },
    });
  });

  it.each([
    ['https://tokens.example', 'https://tokens.example'],
    ['http://127.0.0.1:4105', undefined],
  ])('may call %s as well, where an issuer gives its tokens elsewhere', async (tokenOrigin, further) => {
    await using world = await openWorld({
      config: (config) => ({ ...config, graphiql: { ...config.graphiql, tokenOrigin } }),
    });
    const from = (url: string) => world.gateway.app.inject({ url, headers: { host: '127.0.0.1:4000' } });
    const origins = ['http://127.0.0.1:4105', ...(further === undefined ? [] : [further])];
    const page = await from('/graphiql');
    expect(page.headers['content-security-policy']).toContain(`;connect-src 'self' ${origins.join(' ')};`);
    expect((await from('/graphiql/settings.json')).json()).toMatchObject({ signIn: { origins } });
  });

  it('that is not built says so in one sentence, and everything else works', async () => {
    const options = { port: 0, sandboxPort: 0, dataDirectory: join(directory, 'other'), ...quiet };
    await using bare = await startStandalone({ ...options, graphiqlDirectory: join(directory, 'nowhere') });
    const page = await fetch(`${bare.addresses.gateway}/graphiql`);
    expect([page.status, page.headers.get('content-type')]).toEqual([503, 'text/plain; charset=utf-8']);
    expect(await page.text()).toMatch(/^GraphiQL is not built here: run "npm run [a-z:]+" [^.]+\.\n$/);
    expect((await fetch(`${bare.addresses.gateway}/`)).status).toBe(200);
    expect((await fetch(`${bare.addresses.gateway}/graphiql/assets/x.js`)).status).toBe(404);
  });
});

describe('outside the sandbox', () => {
  it('nobody is filled in and nothing is at /', async () => {
    await using world = await openWorld({
      config: (config) => ({ ...config, profile: 'test', graphiql: { ...config.graphiql, issuer: undefined } }),
    });
    const settings = await world.visit('/graphiql/settings.json');
    expect(JSON.parse(settings.text)).toEqual({ signIn: null, sandbox: null });
    expect((await world.visit('/')).status).toBe(404);
  });

  it('GraphiQL can be switched off, as it is in production unless somebody switches it on', async () => {
    await using world = await openWorld({
      config: (config) => ({ ...config, graphiql: { ...config.graphiql, enabled: false } }),
    });
    for (const path of ['/graphiql', '/graphiql/', '/graphiql/settings.json', '/']) {
      expect((await world.visit(path)).status).toBe(404);
    }
    expect(settingsTable().find(({ path }) => path === 'graphiql.enabled')?.default).toBe(
      'sandbox, test: true; production: false',
    );
  });

  it('people sign in at an issuer whose tokens are taken, or not at all', async () => {
    const file = JSON.parse(await readFile(new URL('../docs/config/sandbox.json', import.meta.url), 'utf8'));
    const { privateJwk } = await newRsaKey('some-key');
    const read = (graphiql: object) =>
      readConfig({
        text: JSON.stringify({ ...file, graphiql }),
        env: {},
        readFile: () => JSON.stringify(privateJwk),
      });
    const issuer = 'http://127.0.0.1:4105';
    expect(read({ issuer })).toMatchObject({ config: { graphiql: { issuer, tokenOrigin: undefined } } });
    expect(read({ issuer: 'http://127.0.0.1:4999' })).toEqual({
      mistakes: [{ path: 'graphiql.issuer', message: 'must be one of callers.issuers: no other tokens are taken' }],
    });
    const tokenOrigin = 'https://tokens.example';
    expect(read({ issuer, tokenOrigin: `${tokenOrigin}/` })).toMatchObject({ config: { graphiql: { tokenOrigin } } });
    expect(read({ issuer, tokenOrigin: `${tokenOrigin}/token` })).toMatchObject({
      mistakes: [{ path: 'graphiql.tokenOrigin', message: 'must be scheme, host and port, without a path' }],
    });
  });
});

describe('the front page of the sandbox', () => {
  it('tells of each person of the cast, by id and name, and shows no number', async () => {
    const { status, headers, text } = await get('/');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    for (const { id, name, nationalId } of CAST) {
      expect(text).toContain(`${id} ${name}`);
      expect(text).toContain(`/graphiql?example=case-screen&amp;person=${id}"`);
      expect(text).not.toContain(nationalId);
    }
  });

  it('opens every example there is, by its name, and no other', async () => {
    const { text } = await get('/');
    const named = [...text.matchAll(/\/graphiql\?example=([a-z-]+)/g)].map(([, name]) => name);
    expect(new Set(named)).toEqual(new Set(EXAMPLES.map(({ name }) => name)));
  });

  it.each([
    ['ALTINN_3', ['altinn3', 'altinn2']],
    ['ALTINN_2', ['altinn2', 'altinn3']],
  ] as const)('leads to the other pages of the sandbox, with new requests on %s', (rail, [first, second]) => {
    const pages = { altinn3: '/accessmanagement/ui/consent/active', altinn2: '/ui/AccessConsent/active' };
    const { control, nav } = ORIGINS;
    const text = guidePage(guideOf(ORIGINS, rail));
    const places = [...(text.split('Around the gateway')[1]?.matchAll(/href="([^"]*)"/g) ?? [])].map(
      ([, place]) => place,
    );
    expect(places).toEqual([
      `${control}/`,
      `${ORIGINS[first]}${pages[first]}`,
      `${ORIGINS[second]}${pages[second]}`,
      `${nav}/innsyn`,
    ]);
  });
});
