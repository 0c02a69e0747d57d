import { once } from 'node:events';
import type { ClientRequest } from 'node:http';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { World } from './support/world.ts';
import { numberOf, openWorld } from './support/world.ts';

const P04 = numberOf('P04');
const READ = 'query ($id: NationalId!) { applicant(by: { nationalId: $id }) { aapVedtak { __typename } } }';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const get = (url: string, headers: Record<string, string> = { host: '127.0.0.1:4000' }) =>
  world.gateway.app.inject({ method: 'GET', url, headers });

describe('a web page of another origin', () => {
  const CASE_SYSTEM = 'https://saksbehandling.forsikring-a.example';
  const preflight = (from: World, origin: string) =>
    from.gateway.app.inject({
      method: 'OPTIONS',
      url: '/graphql',
      headers: {
        host: '127.0.0.1:4000',
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });

  it('may call GraphQL from a browser when it is on the list, and no other may', async () => {
    await using open = await openWorld({
      config: (config) => ({ ...config, server: { ...config.server, allowedOrigins: [CASE_SYSTEM] } }),
    });
    const allowed = await preflight(open, CASE_SYSTEM);
    expect(allowed.statusCode).toBe(204);
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': CASE_SYSTEM,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'authorization, content-type, data-consumer',
    });
    expect(allowed.headers['access-control-allow-credentials']).toBeUndefined();
    const other = await preflight(open, 'https://elsewhere.example');
    expect(other.headers['access-control-allow-origin']).not.toBe('https://elsewhere.example');
    const seen = await open.query('case-handler-a', '{ viewer { role } }', {}, { origin: CASE_SYSTEM });
    expect(seen.headers).toMatchObject({
      'access-control-allow-origin': CASE_SYSTEM,
      'access-control-expose-headers': 'x-request-id, retry-after',
      vary: expect.stringContaining('Origin'),
    });
  });

  it('may not where there is no list', async () => {
    const answer = await preflight(world, CASE_SYSTEM);
    expect(answer.statusCode).toBe(404);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('health and readiness', () => {
  it('the process is alive', async () => {
    const answer = await get('/health');
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'alive' }]);
  });

  it('is ready when store and caller keys are there', async () => {
    const answer = await get('/ready');
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      {
        status: 'ready',
        dependencies: { store: 'up', 'caller keys of http://127.0.0.1:4105': 'up' },
        credentialsRunningOut: [],
      },
    ]);
  });

  it('is alive but not ready when the store is gone, and says so', async () => {
    await using broken = await openWorld();
    const file = new DatabaseSync(join(broken.directory, 'samtykkeporten.db'));
    file.exec('DROP TABLE identity');
    file.close();
    const answer = await broken.gateway.app.inject({ url: '/ready', headers: { host: 'localhost' } });
    expect([answer.statusCode, answer.json()]).toEqual([
      503,
      {
        status: 'not ready',
        dependencies: { store: 'down', 'caller keys of http://127.0.0.1:4105': 'up' },
        credentialsRunningOut: [],
      },
    ]);
    const health = await broken.gateway.app.inject({ url: '/health', headers: { host: 'localhost' } });
    expect(health.statusCode).toBe(200);
  });
});

describe('the name a request calls the gateway by', () => {
  it.each([
    'localhost',
    'localhost:4000',
    '127.0.0.1',
    '127.0.0.1:80',
    '127.1.2.3',
    '[::1]',
    '[::1]:4000',
    'LOCALHOST',
  ])('%s is this machine', async (host) => {
    expect((await get('/health', { host })).statusCode).toBe(200);
  });

  it.each([
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example:4000',
    '10.0.0.1',
    '0.0.0.0',
    '[::2]',
    'evil.example#127.0.0.1',
    '1270.0.1',
  ])('%s is another, and refused before anything else in the sandbox', async (host) => {
    for (const url of ['/health', '/ready', '/graphql', '/return/x']) {
      const answer = await get(url, { host });
      expect(answer.statusCode).toBe(403);
      expect(answer.json()).toMatchObject({
        errors: [{ extensions: { code: 'FORBIDDEN', callId: answer.headers['x-request-id'] } }],
      });
      expect(answer.body).not.toContain(host);
    }
  });

  it('is no matter outside the sandbox', async () => {
    await using open = await openWorld({ config: (config) => ({ ...config, profile: 'test' }) });
    const answer = await open.gateway.app.inject({ url: '/health', headers: { host: 'samtykke.example' } });
    expect(answer.statusCode).toBe(200);
  });
});

describe('every answer', () => {
  it.each(['/health', '/ready', '/return/unknown', '/nothing', '/return/%zz', `/return/${'x'.repeat(65)}`, '/graphql'])(
    'of %s is kept by nobody, has a number of its own and shows nothing of the address',
    async (url) => {
      const [first, second] = [await get(`${url}?id=${P04}`), await get(`${url}?id=${P04}`)];
      expect(first.headers['cache-control']).toBe('no-store');
      expect(first.headers['x-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
      expect(first.headers['x-request-id']).not.toBe(second.headers['x-request-id']);
      expect(first.body).not.toContain(P04);
      expect(first.body).not.toContain('%zz');
    },
  );

  it('has the headers that keep a browser from guessing, framing and telling', async () => {
    const answer = await get('/health');
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
    expect(answer.headers['x-powered-by']).toBeUndefined();
  });

  it.each(['/', '/nothing', '/graphql/more', '/return', '/return/', '/return/a/b', '/return/%zz', '/%'])(
    'to %s says where GraphQL is',
    async (url) => {
      const answer = await get(url);
      expect([404, answer.statusCode]).toContain(answer.statusCode);
      if (url !== '/return/') {
        expect(answer.json()).toMatchObject({
          errors: [{ message: expect.stringContaining('POST /graphql'), extensions: { code: 'NOT_FOUND' } }],
        });
      }
    },
  );
});

describe('the return from Altinn', () => {
  it('takes the person to the stored address with the id of the consent and nothing else', async () => {
    const consent = await world.ask('P05');
    const target = (await world.citizen('P05').answer(consent.pageUrl, 'approve')) ?? '';
    const answer = await get(new URL(target).pathname + new URL(target).search);
    expect(answer.statusCode).toBe(303);
    expect(answer.headers).toMatchObject({
      location: `http://127.0.0.1:4100/?consent=${consent.id}`,
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
  });

  it('with an unknown reference shows a page that tells nothing', async () => {
    const answer = await get('/return/AAAAAAAAAAAAAAAAAAAAAA?Status=OK');
    expect(answer.statusCode).toBe(404);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.body).toContain('Her er det ingenting å vise');
  });
});

/** Sends a query through a real socket. */
async function sendReal(to: World, address: string): Promise<ClientRequest> {
  const token = await to.sandbox.callers.tokenFor('case-handler-a');
  const sent = request(`${address}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
  });
  sent.end(JSON.stringify({ query: READ, variables: { id: P04 } }));
  return sent;
}

const arrived = (at: World) =>
  vi.waitFor(() => expect(at.sandbox.journal.entries('aap')).toHaveLength(1), { timeout: 30_000, interval: 5 });

/** Sends a query whose caller is never known: their issuer does not answer for its keys. Resolves when it has been asked. */
async function waitForKeys(of: World): Promise<ClientRequest> {
  of.sandbox.faults.add({ upstream: 'callers', kind: 'hang' });
  const sent = await sendReal(of, await of.gateway.listen());
  sent.on('error', () => undefined);
  await vi.waitFor(() => expect(of.sandbox.journal.entries('callers')).toHaveLength(1), {
    timeout: 30_000,
    interval: 5,
  });
  return sent;
}

interface Outcome {
  readonly outcome: string;
  readonly attempts: number;
}

/** How the reads ended, as an auditor sees it. */
async function outcomes(of: World): Promise<readonly Outcome[]> {
  const seen = await of.query('auditor-a', '{ disclosures { nodes { outcome errorCode attempts } } }');
  return seen.data.disclosures.nodes;
}

describe('a client that goes away', () => {
  it('ends the work at the upstreams, which is recorded as it stands', async () => {
    await using real = await openWorld();
    await real.grant('P04');
    real.sandbox.faults.add({ upstream: 'aap', kind: 'hang' });
    const sent = await sendReal(real, await real.gateway.listen());
    sent.on('error', () => undefined);
    await arrived(real);
    expect(await outcomes(real)).toMatchObject([{ outcome: 'UNSETTLED' }]);
    sent.destroy();
    await vi.waitFor(
      async () =>
        expect(await outcomes(real)).toMatchObject([{ outcome: 'FAILED', errorCode: 'ABANDONED', attempts: 1 }]),
      {
        timeout: 30_000,
        interval: 10,
      },
    );
    expect(real.log()).not.toContain('"event":"defect"');
  });
});

describe('a client that goes away before it is known who it is', () => {
  it('is in the log as gone, and is no defect', async () => {
    await using real = await openWorld();
    const sent = await waitForKeys(real);
    sent.destroy();
    await vi.waitFor(() => expect(real.log()).toContain('"event":"request answered"'), {
      timeout: 30_000,
      interval: 5,
    });
    const [line, ...others] = real.log().trim().split('\n');
    expect(others).toEqual([]);
    expect(JSON.parse(line ?? '')).toMatchObject({
      event: 'request answered',
      codes: ['ABANDONED'],
      dataConsumer: null,
      role: null,
    });
  });
});

describe('closing', () => {
  const GRACE_MS = 1_000;
  /** As if it took for ever until the second is over in which requests in flight may finish: no busy machine decides then. */
  const endlessGrace = () =>
    void vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => new AbortController().signal);
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('lets a request in flight finish, and takes no new one', async () => {
    const gate = Promise.withResolvers<void>();
    await using real = await openWorld({ wait: () => gate.promise });
    await real.grant('P04');
    real.sandbox.faults.add({ upstream: 'aap', kind: 'latency', ms: 100 });
    const address = await real.gateway.listen();
    const sent = await sendReal(real, address);
    const answered = once(sent, 'response');
    await arrived(real);
    endlessGrace();
    const closed = real.gateway[Symbol.asyncDispose]();
    await expect(fetch(`${address}/health`)).rejects.toThrow();
    gate.resolve();
    const [response] = await answered;
    let text = '';
    for await (const chunk of response) text += String(chunk);
    expect(JSON.parse(text)).toEqual({ data: { applicant: { aapVedtak: { __typename: 'AapVedtaksliste' } } } });
    await closed;
  });

  it('waits for no connection that is idle', async () => {
    await using real = await openWorld();
    const address = new URL(await real.gateway.listen());
    const idle = connect(Number(address.port), address.hostname);
    await once(idle, 'connect');
    endlessGrace();
    await real.gateway[Symbol.asyncDispose]();
    idle.destroy();
  });

  it('cuts off what hangs after a second, and its read is settled before the store is closed', async () => {
    const real = await openWorld();
    await real.grant('P04');
    real.sandbox.faults.add({ upstream: 'aap', kind: 'hang' });
    const sent = await sendReal(real, await real.gateway.listen());
    sent.on('error', () => undefined);
    await arrived(real);
    const grace = vi.spyOn(AbortSignal, 'timeout');
    await real.gateway[Symbol.asyncDispose]();
    expect(grace).toHaveBeenCalledWith(GRACE_MS);
    const file = new DatabaseSync(join(real.directory, 'samtykkeporten.db'), { readOnly: true });
    const rows = file.prepare('SELECT outcome FROM settlements').all();
    file.close();
    await real[Symbol.asyncDispose]();
    expect(rows).toEqual([{ outcome: 'FAILED' }]);
  });

  it('is held up by no issuer of tokens that does not answer', async () => {
    await using real = await openWorld();
    await waitForKeys(real);
    const grace = vi.spyOn(AbortSignal, 'timeout');
    await real.gateway[Symbol.asyncDispose]();
    expect(grace).toHaveBeenCalledWith(GRACE_MS);
    expect(real.log()).not.toContain('"event":"defect"');
  });

  it('twice is closing once', async () => {
    const once = await openWorld();
    await once.gateway[Symbol.asyncDispose]();
    await once[Symbol.asyncDispose]();
  });
});

describe('listening', () => {
  it('on a taken port is told in one sentence', async () => {
    await using first = await openWorld();
    const { port } = new URL(await first.gateway.listen());
    await using second = await openWorld({
      config: (config) => ({ ...config, server: { ...config.server, port: Number(port) } }),
    });
    await expect(second.gateway.listen()).rejects.toThrow(
      `Port ${port} is taken: set PORT to another one, or to 0 for a free one.`,
    );
  });

  it('on an address of another machine is told in one sentence', async () => {
    await using elsewhere = await openWorld({
      config: (config) => ({ ...config, server: { ...config.server, host: '192.0.2.1' } }),
    });
    await expect(elsewhere.gateway.listen()).rejects.toThrow(
      '192.0.2.1 is no address of this machine: correct server.host.',
    );
  });

  it('on this machine’s newer address too', async () => {
    await using six = await openWorld({
      config: (config) => ({ ...config, server: { ...config.server, host: '::1' } }),
    });
    const address = await six.gateway.listen();
    expect(address).toMatch(/^http:\/\/\[::1\]:\d+$/);
    expect((await fetch(`${address}/health`)).status).toBe(200);
  });
});
