import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import type { Server } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FaultInput } from '../../src/sandbox/faults.ts';
import type { RunningSandbox } from '../../src/sandbox/server.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { UPSTREAMS } from '../../src/sandbox/upstreams.ts';
import { AAP_SCOPE, numberOf, VEDTAK } from './support/nav-world.ts';
import { consentToken, givenConsent } from './support/test-sandbox.ts';

const fail = (defect: unknown) => {
  throw defect;
};

/**
 * Has a server listen where its neighbours are nobody's: systems hand out free ports from 32768 on, to whatever else runs.
 * @returns its port; the one before is free too
 */
async function listenApart(server: Server): Promise<number> {
  for (let port = 20_001; ; port += 2) {
    await using neighbour = createServer();
    try {
      await once(neighbour.listen(port - 1, '127.0.0.1'), 'listening');
      await once(server.listen(port, '127.0.0.1'), 'listening');
      return port;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    }
  }
}

/** A client with its own connections. */
function client() {
  const dispatcher = new Agent();
  return {
    get: async (url: string, headers: Record<string, string> = {}) => {
      const { statusCode: status, headers: received, body } = await request(url, { headers, dispatcher });
      return { status, headers: received, text: await body.text() };
    },
    post: async (url: string, body: string) => {
      const { statusCode, body: answer } = await request(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        dispatcher,
      });
      return { status: statusCode, text: await answer.text() };
    },
    [Symbol.asyncDispose]: () => dispatcher.destroy(),
  };
}

describe('a running sandbox', () => {
  let running: RunningSandbox;
  beforeAll(async () => {
    running = await startSandbox({ port: 0, onDefect: fail });
  });
  afterEach(() => running.sandbox.faults.clear());
  afterAll(() => running[Symbol.asyncDispose]());

  test('serves every party on a port of its own, on loopback', async () => {
    await using http = client();
    const pages: Record<(typeof UPSTREAMS)[number], [string, number]> = {
      control: ['/', 200],
      altinn3: ['/accessmanagement/api/v1/enterprise/consentrequests/5b0f6d1e-7c52-4d0e-9d55-0c3b1f3a9e21', 401],
      maskinporten: ['/jwk', 200],
      aap: [VEDTAK, 401],
      uforeopplysninger: ['/dsop-ufo/uforeopplysninger', 401],
      callers: ['/.well-known/openid-configuration', 200],
      nav: ['/innsyn', 200],
      altinn2: ['/api/metadata/jwk', 200],
    };

    expect(new Set(Object.values(running.origins)).size).toBe(UPSTREAMS.length);
    for (const key of UPSTREAMS) {
      const [path, status] = pages[key];
      expect([key, (await http.get(`${running.origins[key]}${path}`)).status]).toEqual([key, status]);
      expect(new URL(running.origins[key]).hostname).toBe('127.0.0.1');
    }
  });

  test('gives a person’s vedtak over HTTP to who holds a token for them', async () => {
    await using http = client();
    const bearer = await consentToken(running.sandbox, 'P04', AAP_SCOPE);
    const headers = { authorization: `Bearer ${bearer}`, 'NAV-PersonIdent': numberOf('P04') };
    const { status, text } = await http.get(`${running.origins.aap}${VEDTAK}?fomDato=2026-10-20`, headers);

    expect(status).toBe(200);
    expect(JSON.parse(text).vedtaksliste).toHaveLength(2);
  });

  test('gives a caller a token by client credentials, whose issuer is where it listens', async () => {
    await using http = client();
    const { text } = await http.get(`${running.origins.callers}/.well-known/openid-configuration`);

    expect(JSON.parse(text)).toMatchObject({ issuer: running.origins.callers });
    expect((await http.get(`${running.origins.callers}/tokens/case-handler-a`)).text).toMatch(/^eyJ/);
  });

  test('answers to loopback names only', async () => {
    await using http = client();
    const statuses: number[] = [];
    for (const host of ['localhost:4100', '[::1]:4100', 'evil.example', '127.0.0.1.evil.example:4100', '']) {
      statuses.push((await http.get(`${running.origins.control}/clock`, { host })).status);
    }

    expect(statuses).toEqual([200, 200, 421, 421, 421]);
  });

  test('refuses an address that names another host', async () => {
    const { port } = new URL(running.origins.control);
    const [response] = await once(get({ host: '127.0.0.1', port, path: 'http://evil.example/clock' }), 'response');

    expect(response.resume().statusCode).toBe(400);
  });

  test('takes no body of more than a mebibyte', async () => {
    await using http = client();
    const { status } = await http.post(`${running.origins.control}/faults`, ' '.repeat(1024 * 1024 + 1));

    expect(status).toBe(413);
  });

  test.each<[FaultInput, object]>([
    [{ upstream: 'nav', kind: 'latency', ms: 1 }, { status: 200 }],
    [
      { upstream: 'nav', kind: 'status', status: 503 },
      { status: 503, text: '' },
    ],
    [
      { upstream: 'nav', kind: 'status', status: 429, retryAfter: 3 },
      { status: 429, headers: { 'retry-after': '3' } },
    ],
    [
      { upstream: 'nav', kind: 'html' },
      { status: 500, headers: { 'content-type': 'text/html; charset=utf-8' } },
    ],
    [
      { upstream: 'nav', kind: 'truncated' },
      { status: 200, text: expect.not.stringContaining('</html>') },
    ],
    [
      { upstream: 'nav', kind: 'redirect' },
      { status: 302, headers: { location: 'https://elsewhere.example/' } },
    ],
    [
      { upstream: 'nav', kind: 'huge', bytes: 2_000_000 },
      { status: 200, headers: { 'content-length': '2000000' } },
    ],
    [
      { upstream: 'nav', kind: 'content', body: 'Æ' },
      { status: 200, text: 'Æ' },
    ],
  ])('plays $kind over HTTP', async (fault, expected) => {
    await using http = client();
    running.sandbox.faults.add(fault);

    expect(await http.get(`${running.origins.nav}/innsyn`)).toMatchObject(expected);
  });

  test('plays unknown-code over HTTP', async () => {
    await using http = client();
    running.sandbox.faults.add({ upstream: 'callers', kind: 'unknown-code', field: 'issuer' });
    const { text } = await http.get(`${running.origins.callers}/.well-known/openid-configuration`);

    expect(JSON.parse(text)).toMatchObject({ issuer: 'SANDKASSEKODE' });
  });

  test('plays reset over HTTP, and serves the next call', async () => {
    await using http = client();
    running.sandbox.faults.add({ upstream: 'nav', kind: 'reset', times: 1 });

    await expect(http.get(`${running.origins.nav}/innsyn`)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await http.get(`${running.origins.nav}/innsyn`)).status).toBe(200);
  });

  test('takes faults through its control port', async () => {
    await using http = client();
    const fault = { upstream: 'nav', kind: 'status', status: 503, times: 1 };
    expect((await http.post(`${running.origins.control}/faults`, JSON.stringify(fault))).status).toBe(201);

    expect((await http.get(`${running.origins.nav}/innsyn`)).status).toBe(503);
  });
});

describe('starting and closing', () => {
  test('ends although a call hangs and a client keeps its connection', async () => {
    const running = await startSandbox({ port: 0, onDefect: fail });
    await using http = client();
    await http.get(`${running.origins.control}/clock`);
    running.sandbox.faults.add({ upstream: 'nav', kind: 'hang' });
    const hanging = http.get(`${running.origins.nav}/innsyn`).catch((error: unknown) => error);
    while (running.sandbox.journal.entries('nav').length === 0) {
      await http.get(`${running.origins.control}/clock`);
    }

    await running[Symbol.asyncDispose]();
    expect(await hanging).toMatchObject({ code: 'ECONNRESET' });
  });

  test('finishes what is in flight when it closes', async () => {
    const running = await startSandbox({ port: 0, onDefect: fail });
    await using http = client();
    running.sandbox.faults.add({ upstream: 'nav', kind: 'latency', ms: 600_000 });
    const slow = http.get(`${running.origins.nav}/innsyn`);
    while (running.sandbox.journal.entries('nav').length === 0) {
      await http.get(`${running.origins.control}/clock`);
    }

    await running[Symbol.asyncDispose]();
    expect((await slow).status).toBe(200);
  });

  test('tells of its own defects, and answers a bare 500', async () => {
    const defects: unknown[] = [];
    await using running = await startSandbox({ port: 0, onDefect: (defect) => defects.push(defect) });
    await using http = client();
    running.clock.set(new Date(Number.NaN));
    const { status, text } = await http.get(`${running.origins.nav}/innsyn`);
    running.clock.set(new Date());

    expect([status, text]).toEqual([500, '']);
    expect(defects).toEqual([expect.any(RangeError)]);
  });

  test('says in one sentence that a port is taken, and leaves none open', async () => {
    await using blocker = createServer();
    const port = await listenApart(blocker);

    await expect(startSandbox({ port, onDefect: fail })).rejects.toThrow(
      `Port ${port} is taken: set SANDBOX_PORT to another first port, or to 0 for free ones.`,
    );
    await expect(startSandbox({ port: port - 1, onDefect: fail })).rejects.toThrow(`Port ${port} is taken`);
    await using http = client();
    await expect(http.get(`http://127.0.0.1:${port - 1}/clock`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('a second start finds consents, traces, keys and clock where the first left them', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'sandbox-'));
    let consentId: string;
    let until: Date;
    {
      await using first = await startSandbox({ port: 0, dataDirectory, onDefect: fail });
      first.clock.set(new Date('2026-12-01T12:00:00Z'));
      consentId = givenConsent(first.sandbox, 'P04');
      await using http = client();
      const bearer = await consentToken(first.sandbox, 'P04', AAP_SCOPE, consentId);
      await http.get(`${first.origins.aap}${VEDTAK}`, { authorization: `Bearer ${bearer}`, fnr: numberOf('P04') });
      until = first.clock.now();
    }

    {
      await using second = await startSandbox({ port: 0, dataDirectory, onDefect: fail });
      expect(second.clock.now().getTime()).toBeGreaterThanOrEqual(until.getTime());
      expect(second.clock.now().getTime()).toBeLessThan(until.getTime() + 60_000);
      expect(second.sandbox.traces()).toHaveLength(1);
      expect(await consentToken(second.sandbox, 'P04', AAP_SCOPE, consentId)).toMatch(/^eyJ/);
    }
    await rm(dataDirectory, { recursive: true });
  });
});
