import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createSocketServer } from 'node:net';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { GatewayError } from '../src/errors.ts';
import type { Repeat, Transport, UpstreamCall, WireRequest } from '../src/upstream.ts';
import { createNetwork, parseJson, readJson } from '../src/upstream.ts';
import { Secret } from '../src/values.ts';
import type { Happening } from './support/scripted.ts';
import { aCall, answer, failure, gzipped, script, wayOut } from './support/scripted.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** Lets what is ready run, without moving the time. */
const settle = () => vi.advanceTimersByTimeAsync(0);

async function faultOf(work: Promise<unknown>): Promise<GatewayError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof GatewayError) return error;
  throw new Error(`no fault, but ${inspect(error)}`);
}

/** Makes a call and tells how often the network was asked, how many attempts were counted, and how it ended. */
async function tried(repeat: Repeat, ...happenings: Happening[]) {
  const { transport, requests } = script(...happenings);
  let counted = 0;
  const { upstream } = wayOut(transport);
  const call = upstream.call(
    aCall({
      repeat,
      onAttempt: () => {
        counted += 1;
      },
    }),
  );
  const ended = await call.then(
    ({ status }) => status,
    (error: GatewayError) => error.evidence?.failure,
  );
  return { asked: requests.length, counted, ended };
}

describe('when a call is made again', () => {
  const happenings = {
    'no connection': failure('ECONNREFUSED'),
    'no such host': failure('ENOTFOUND'),
    'a certificate nobody trusts': failure('DEPTH_ZERO_SELF_SIGNED_CERT'),
    'several addresses of which none answers': Object.assign(new AggregateError([]), { code: 'ETIMEDOUT' }),
    'a lost connection': failure('ECONNRESET'),
    'a closed connection': failure('UND_ERR_SOCKET'),
    'headers that never come': failure('UND_ERR_HEADERS_TIMEOUT'),
    'a huge answer': failure('UND_ERR_RES_EXCEEDED_MAX_SIZE'),
    'a redirect': answer(302, '', { location: 'https://elsewhere.example/' }),
    '429': answer(429),
    '500': answer(500),
    '502': answer(502),
    '503': answer(503),
    '504': answer(504),
    '400': answer(400),
    '401': answer(401),
    '403': answer(403),
    '200': answer(200),
  };

  it.each<
    [keyof typeof happenings, refused: number, idempotent: number, counted: 'each' | 'none', ended: string | number]
  >([
    ['no connection', 3, 3, 'none', 'connect'],
    ['no such host', 3, 3, 'none', 'connect'],
    ['a certificate nobody trusts', 3, 3, 'none', 'connect'],
    ['several addresses of which none answers', 3, 3, 'none', 'connect'],
    ['a lost connection', 1, 3, 'each', 'reset'],
    ['a closed connection', 1, 3, 'each', 'reset'],
    ['headers that never come', 1, 1, 'each', 'timeout'],
    ['a huge answer', 1, 1, 'each', 'too-large'],
    ['a redirect', 1, 1, 'each', 'redirect'],
    ['429', 3, 3, 'each', 429],
    ['500', 1, 1, 'each', 500],
    ['502', 1, 3, 'each', 502],
    ['503', 3, 3, 'each', 503],
    ['504', 1, 3, 'each', 504],
    ['400', 1, 1, 'each', 400],
    ['401', 1, 1, 'each', 401],
    ['403', 1, 1, 'each', 403],
    ['200', 1, 1, 'each', 200],
  ])(
    '%s: %i times if only refusals may be repeated, %i times if repeating is harmless, else once',
    async (name, refused, idempotent, counted, ended) => {
      const asked = { refused, idempotent, never: 1 };
      for (const repeat of ['refused', 'idempotent', 'never'] as const) {
        const seen = await tried(repeat, happenings[name]);
        expect(seen).toEqual({ asked: asked[repeat], counted: counted === 'each' ? asked[repeat] : 0, ended });
      }
    },
  );

  it('only attempts that may have arrived are counted', async () => {
    const seen = await tried('idempotent', failure('ECONNREFUSED'), failure('ECONNRESET'), answer(200));
    expect(seen).toEqual({ asked: 3, counted: 2, ended: 200 });
  });

  it('an answer that a fresh attempt cures is asked for again where the caller says so', async () => {
    const { transport, requests } = script(answer(400, 'stale'), answer(200));
    const { upstream } = wayOut(transport);
    const again: UpstreamCall['again'] = ({ status }) => status === 400;
    expect((await upstream.call(aCall({ repeat: 'never', again }))).status).toBe(200);
    expect(requests).toHaveLength(2);
  });

  it('never is it called more often, nor counted more often, than there are attempts', async () => {
    const happening = fc.constantFrom<Happening>(
      answer(200),
      answer(429),
      answer(503),
      answer(500),
      failure('ECONNRESET'),
      failure('ENOTFOUND'),
    );
    const plays = fc.tuple(
      fc.constantFrom<Repeat>('refused', 'idempotent', 'never'),
      fc.array(happening, { minLength: 1, maxLength: 5 }),
    );
    await fc.assert(
      fc.asyncProperty(plays, async ([repeat, played]) => {
        const { asked, counted } = await tried(repeat, ...played);
        expect(asked).toBeLessThanOrEqual(3);
        const unreached = played
          .concat(Array(3).fill(played.at(-1)))
          .slice(0, asked)
          .filter((one) => one instanceof Error && 'code' in one && one.code === 'ENOTFOUND');
        expect(counted).toBe(asked - unreached.length);
      }),
    );
  });
});

describe('the deadline', () => {
  it('cuts an attempt in the air, which is counted before the call ends, and never twice', async () => {
    vi.useFakeTimers();
    let counted = 0;
    const { promise: late, resolve } = Promise.withResolvers<ReturnType<typeof answer>>();
    const { upstream, events } = wayOut(() => late, { deadlineMs: 50 });
    const fault = faultOf(
      upstream.call(
        aCall({
          onAttempt: () => {
            counted += 1;
          },
        }),
      ),
    ).then((error) => ({
      error,
      counted,
    }));
    await vi.advanceTimersByTimeAsync(50);
    expect(await fault).toMatchObject({
      error: { code: 'NAV_UNAVAILABLE', retry: 'later', evidence: { failure: 'timeout' } },
      counted: 1,
    });
    resolve(answer(503));
    await settle();
    expect(counted).toBe(1);
    expect(events).toEqual([
      { event: 'upstream failed', callId: 'call-1', evidence: { upstream: 'nav', failure: 'timeout' } },
    ]);
  });

  it('holds for all attempts together', async () => {
    vi.useFakeTimers();
    const slow: Transport = ({ signal }) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => resolve(answer(503)), 40);
        signal.addEventListener('abort', () => {
          clearTimeout(timer);
          reject(signal.reason);
        });
      });
    let counted = 0;
    const { upstream } = wayOut(slow, { deadlineMs: 100, attempts: 9 });
    const fault = faultOf(
      upstream.call(
        aCall({
          onAttempt: () => {
            counted += 1;
          },
        }),
      ),
    );
    await vi.advanceTimersByTimeAsync(100);
    expect((await fault).evidence).toEqual({ upstream: 'nav', failure: 'timeout' });
    expect(counted).toBe(3);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(counted).toBe(3);
  });

  it('that comes while the body is being signed sends nothing and counts nothing', async () => {
    vi.useFakeTimers();
    let counted = 0;
    const { transport, requests } = script(answer(200));
    const { upstream } = wayOut(transport, { deadlineMs: 50 });
    const { promise, resolve } = Promise.withResolvers<Secret>();
    const fault = faultOf(
      upstream.call(
        aCall({
          method: 'POST',
          body: () => promise,
          onAttempt: () => {
            counted += 1;
          },
        }),
      ),
    );
    await vi.advanceTimersByTimeAsync(50);
    expect((await fault).evidence?.failure).toBe('timeout');
    resolve(new Secret('late', 'body'));
    await settle();
    expect(requests).toHaveLength(0);
    expect(counted).toBe(0);
  });

  it.each([
    ['0', 0],
    ['2', 2_000],
    ['9', 9_000],
  ])('leaves room for Retry-After %s, which is kept to the millisecond', async (wish, ms) => {
    vi.useFakeTimers();
    const { transport, requests } = script(answer(503, '', { 'retry-after': wish }), answer(200));
    const { upstream } = wayOut(transport, { pauseMs: 70 });
    const call = upstream.call(aCall());
    await vi.advanceTimersByTimeAsync(Math.max(0, ms - 1));
    if (ms > 0) expect(requests).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(requests).toHaveLength(2);
    expect((await call).status).toBe(200);
  });

  it.each(['10', '3600', '999999'])(
    'is not waited out for Retry-After %s: the answer is returned at once',
    async (wish) => {
      vi.useFakeTimers();
      const { transport, requests } = script(answer(429, '', { 'retry-after': wish }));
      const { upstream } = wayOut(transport);
      expect((await upstream.call(aCall())).status).toBe(429);
      expect(requests).toHaveLength(1);
    },
  );

  it.each(['Wed, 21 Oct 2037 07:28:00 GMT', 'soon', '-1', '1.5', '99999999'])(
    'the pause is ours after Retry-After %s',
    async (wish) => {
      vi.useFakeTimers();
      const { transport, requests } = script(answer(503, '', { 'retry-after': wish }), answer(200));
      const { upstream } = wayOut(transport, { pauseMs: 100 });
      const call = upstream.call(aCall());
      await vi.advanceTimersByTimeAsync(49);
      expect(requests).toHaveLength(1);
      await vi.advanceTimersByTimeAsync(51);
      expect((await call).status).toBe(200);
    },
  );

  it('our pauses double, and one that would outlast it is not begun', async () => {
    vi.useFakeTimers();
    const { transport, requests } = script(answer(503));
    const { upstream } = wayOut(transport, { attempts: 9, pauseMs: 1_000, deadlineMs: 6_000 });
    const call = upstream.call(aCall());
    const at: number[] = [];
    for (let ms = 0; ms <= 5_999; ms += 1) {
      if (requests.length > at.length) at.push(ms);
      await vi.advanceTimersByTimeAsync(1);
    }
    expect((await call).status).toBe(503);
    const pauses = at.slice(1).map((moment, n) => moment - (at[n] ?? 0));
    expect(pauses.length).toBeGreaterThanOrEqual(2);
    pauses.forEach((pause, n) => {
      expect(pause).toBeGreaterThanOrEqual(500 * 2 ** n);
      expect(pause).toBeLessThanOrEqual(1_000 * 2 ** n + 1);
    });
  });
});

describe('a caller who leaves', () => {
  it('before the call: nothing is sent, nothing is counted', async () => {
    const { transport, requests } = script(answer(200));
    let counted = 0;
    const { upstream } = wayOut(transport);
    const fault = await faultOf(
      upstream.call(
        aCall({
          signal: AbortSignal.abort(),
          onAttempt: () => {
            counted += 1;
          },
        }),
      ),
    );
    expect(fault).toMatchObject({ code: 'ABANDONED', evidence: { failure: 'cancelled' } });
    expect(requests).toHaveLength(0);
    expect(counted).toBe(0);
  });

  it('during the call: it is given up at once, and counted once', async () => {
    const { transport, requests } = script('silence');
    let counted = 0;
    const caller = new AbortController();
    const { upstream } = wayOut(transport);
    const fault = faultOf(
      upstream.call(
        aCall({
          signal: caller.signal,
          onAttempt: () => {
            counted += 1;
          },
        }),
      ),
    );
    await vi.waitFor(() => expect(requests).toHaveLength(1), 30_000);
    caller.abort();
    expect((await fault).evidence).toEqual({ upstream: 'nav', failure: 'cancelled' });
    expect(requests[0]?.signal.aborted).toBe(true);
    expect(counted).toBe(1);
  });

  it('in the pause between two attempts: there is no second one', async () => {
    vi.useFakeTimers();
    const { transport, requests } = script(answer(503, '', { 'retry-after': '5' }));
    let counted = 0;
    const caller = new AbortController();
    const { upstream } = wayOut(transport);
    const fault = faultOf(
      upstream.call(
        aCall({
          signal: caller.signal,
          onAttempt: () => {
            counted += 1;
          },
        }),
      ),
    );
    await vi.advanceTimersByTimeAsync(1_000);
    caller.abort();
    expect((await fault).evidence?.failure).toBe('cancelled');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(requests).toHaveLength(1);
    expect(counted).toBe(1);
  });
});

describe('what goes out', () => {
  it('goes to the configured address and nowhere else, secrets revealed, nothing encoded asked for', async () => {
    const { transport, requests } = script(answer(200));
    const { upstream } = wayOut(transport, { maxBytes: 4321 });
    await upstream.call(
      aCall({
        query: { fomDato: '2024-01-01', 'a b': 'c&d' },
        headers: { authorization: new Secret('Bearer t', 'bearer'), accept: 'text/plain' },
      }),
    );
    const [{ signal: _, ...sent }] = requests as [WireRequest];
    expect(sent).toEqual({
      method: 'GET',
      url: 'https://nav.example/base/path?fomDato=2024-01-01&a+b=c%26d',
      headers: { 'accept-encoding': 'identity', authorization: 'Bearer t', accept: 'text/plain' },
      maxBytes: 4321,
    });
  });

  it('is made anew for every attempt', async () => {
    const { transport, requests } = script(answer(503), failure('ECONNRESET'), answer(200));
    const { upstream } = wayOut(transport);
    let made = 0;
    await upstream.call(
      aCall({ method: 'POST', repeat: 'idempotent', body: async () => new Secret(`body ${++made}`, 'body') }),
    );
    expect(requests.map(({ body }) => body)).toEqual(['body 1', 'body 2', 'body 3']);
  });

  it('a body that cannot be made is a defect of ours and no fault of the upstream', async () => {
    const { transport, requests } = script(answer(200));
    const { upstream } = wayOut(transport);
    await expect(
      upstream.call(aCall({ method: 'POST', body: () => Promise.reject(new TypeError('no key')) })),
    ).rejects.toThrow(TypeError);
    expect(requests).toHaveLength(0);
  });
});

describe('what comes back', () => {
  const person = '30817429498';

  it.each<[string, Happening]>([
    [
      'a broken connection whose error quotes it',
      Object.assign(failure('ECONNRESET', `sent ${person}`), { data: `sent ${person}` }),
    ],
    ['an answer that is no HTTP', Object.assign(failure('HPE_INVALID_CONSTANT', person), { data: person })],
    ['a redirect that quotes it', answer(301, person, { location: `https://nav.example/${person}` })],
    ['a huge answer', failure('UND_ERR_RES_EXCEEDED_MAX_SIZE', person)],
  ])('leaves no text in fault or log: %s', async (_, happening) => {
    const { transport } = script(happening);
    const { upstream, events } = wayOut(transport);
    const fault = await faultOf(upstream.call(aCall()));
    expect(events).toHaveLength(1);
    expect(inspect([fault, fault.message, fault.stack, events], { depth: 9, showHidden: true })).not.toContain(person);
  });

  const schema = z.object({ word: z.string() });
  const bytes = (...values: number[]) => Uint8Array.from(values);
  const encode = (text: string) => new TextEncoder().encode(text);

  it.each([
    ['as documented', encode('{"word":"blåbær"}')],
    ['with a byte order mark', Uint8Array.of(0xef, 0xbb, 0xbf, ...encode('{"word":"blåbær"}'))],
    ['with members nobody knows', encode('{"word":"blåbær","more":[1]}')],
  ])('is read %s', (_, body) => {
    expect(parseJson(answer(200, body), schema)).toEqual({ word: 'blåbær' });
  });

  const UNREADABLE = [
    ['nothing', new Uint8Array()],
    ['half of it', encode(`{"word":"${person}`)],
    ['invalid UTF-8', bytes(0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d)],
    ['Latin-1', Buffer.from('{"word":"blåbær"}', 'latin1')],
    ['UTF-16', Buffer.from('\ufeff{"word":"x"}', 'utf16le')],
    ['gzip that nobody asked for', gzipped({ word: person })],
    ['a page', encode(`<html>${person}</html>`)],
    ['another form', encode(`{"word":${person}}`)],
    ['JSON null', encode('null')],
  ] as const;

  it.each(UNREADABLE)('is unreadable when it is %s', (_, body) => {
    for (const [name, code] of [
      ['nav', 'NAV_UNREADABLE'],
      ['altinn', 'ALTINN_UNAVAILABLE'],
      ['maskinporten', 'MASKINPORTEN_UNAVAILABLE'],
    ] as const) {
      const { upstream, events } = wayOut(script().transport, { name });
      const evidence = { upstream: name, status: 200, failure: 'unreadable' };
      let thrown: unknown;
      try {
        readJson(upstream, 'call-2', answer(200, body), schema);
      } catch (error) {
        thrown = error;
      }
      const message = expect.stringContaining('answer does not have the documented form');
      expect(thrown).toMatchObject({ code, evidence, message });
      expect(events).toEqual([{ event: 'upstream failed', callId: 'call-2', evidence }]);
      expect(inspect([thrown, events], { depth: 9 })).not.toContain(person);
    }
  });
});

describe('the real network', () => {
  async function serve(listener: RequestListener) {
    const server = createServer(listener);
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    return {
      address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      async [Symbol.asyncDispose]() {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  }

  function network(options: Partial<Parameters<typeof createNetwork>[0]> = {}) {
    const made = createNetwork({ connections: 4, maxBytes: 10_000, ...options });
    return { ...made, [Symbol.asyncDispose]: () => made.close() };
  }

  it('sends and receives as it is told', async () => {
    const seen: { method?: string | undefined; url?: string | undefined; headers?: unknown; body: string }[] = [];
    await using server = await serve((request, response) => {
      let body = '';
      request.setEncoding('utf8');
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        seen.push({ method: request.method, url: request.url, headers: request.headers, body });
        response.writeHead(201, { 'X-Many': ['a', 'b'], 'Content-Type': 'application/json' });
        response.end('{"word":"blåbær"}');
      });
    });
    await using net = network();
    const { upstream } = wayOut(net.transport, { baseUrl: `${server.address}/base` });
    const got = await upstream.call(
      aCall({
        method: 'POST',
        query: { q: '1' },
        headers: { 'X-Own': new Secret('hush', 's') },
        body: async () => new Secret('a=ø', 'b'),
      }),
    );
    expect(seen).toEqual([
      {
        method: 'POST',
        url: '/base/path?q=1',
        body: 'a=ø',
        headers: expect.objectContaining({ 'x-own': 'hush', 'accept-encoding': 'identity' }),
      },
    ]);
    expect(got).toMatchObject({ status: 201, headers: { 'x-many': 'a, b' } });
    expect(new TextDecoder().decode(got.body)).toBe('{"word":"blåbær"}');
  });

  it('follows no redirect', async () => {
    const urls: (string | undefined)[] = [];
    await using server = await serve((request, response) => {
      urls.push(request.url);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    await using net = network();
    const { upstream } = wayOut(net.transport, { baseUrl: server.address });
    expect(await faultOf(upstream.call(aCall()))).toMatchObject({
      code: 'NAV_UNREADABLE',
      evidence: { failure: 'redirect' },
    });
    expect(urls).toEqual(['/path']);
  });

  it('tells a refused connection, which counts nothing, from a lost one, which counts', async () => {
    const closed = createSocketServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => void closed.listen(0, '127.0.0.1', resolve));
    const baseUrl = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`;
    await using net = network();
    let counted = 0;
    const { upstream } = wayOut(net.transport, { baseUrl });
    const call = () =>
      faultOf(
        upstream.call(
          aCall({
            onAttempt: () => {
              counted += 1;
            },
          }),
        ),
      );
    expect((await call()).evidence?.failure).toBe('reset');
    expect(counted).toBe(1);
    await new Promise((resolve) => closed.close(resolve));
    expect((await call()).evidence?.failure).toBe('connect');
    expect(counted).toBe(1);
  });

  it.each([
    ['headers', (response: Parameters<RequestListener>[1]) => void response],
    ['the rest of the body', (response: Parameters<RequestListener>[1]) => void response.writeHead(200).write('{"wo')],
  ])('gives up at the deadline when it waits for %s', async (_, respond) => {
    let closed = 0;
    await using server = await serve((request, response) => {
      request.socket.on('close', () => {
        closed += 1;
      });
      respond(response);
    });
    await using net = network();
    const { upstream } = wayOut(net.transport, { baseUrl: server.address, deadlineMs: 500 });
    expect((await faultOf(upstream.call(aCall()))).evidence?.failure).toBe('timeout');
    await vi.waitFor(() => expect(closed).toBe(1), 30_000);
  });

  it.each([
    ['with its length announced', true],
    ['without', false],
  ])('takes in no more than the request says, %s, and stays usable', async (_, announced) => {
    await using server = await serve((request, response) => {
      const length = Number(new URL(request.url ?? '', server.address).searchParams.get('length'));
      response.writeHead(200, announced ? { 'content-length': length } : {});
      for (let sent = 0; sent < length; sent += 100) response.write('x'.repeat(Math.min(100, length - sent)));
      response.end();
    });
    await using net = network({ maxBytes: 2_000 });
    const ask = (length: number, maxBytes: number) =>
      wayOut(net.transport, { baseUrl: server.address, maxBytes }).upstream.call(
        aCall({ query: { length: String(length) } }),
      );
    expect((await ask(1_000, 1_000)).body).toHaveLength(1_000);
    for (const [length, maxBytes] of [
      [1_001, 1_000],
      [50_000, 1_000],
      [2_001, 100_000],
    ] as const) {
      expect(await faultOf(ask(length, maxBytes))).toMatchObject({
        code: 'NAV_UNREADABLE',
        evidence: { failure: 'too-large' },
      });
    }
    expect((await ask(2_000, 2_000)).body).toHaveLength(2_000);
  });

  it('never has more calls in the air to one host than it may', async () => {
    let inTheAir = 0;
    let most = 0;
    const held: (() => void)[] = [];
    await using server = await serve((_, response) => {
      inTheAir += 1;
      most = Math.max(most, inTheAir);
      held.push(() => {
        inTheAir -= 1;
        response.end('{}');
      });
    });
    await using net = network({ connections: 2 });
    const { upstream } = wayOut(net.transport, { baseUrl: server.address });
    const calls = Array.from({ length: 7 }, () => upstream.call(aCall()));
    for (let answered = 0; answered < 7; answered += 1) {
      await vi.waitFor(() => expect(held.length).toBeGreaterThan(0), 30_000);
      held.shift()?.();
    }
    await Promise.all(calls);
    expect(most).toBe(2);
  });

  it('cuts off what hangs when it is closed', async () => {
    let arrived = 0;
    await using server = await serve(() => {
      arrived += 1;
    });
    const net = network();
    const { upstream } = wayOut(net.transport, { baseUrl: server.address });
    const fault = faultOf(upstream.call(aCall()));
    await vi.waitFor(() => expect(arrived).toBe(1), 30_000);
    await net.close();
    expect((await fault).evidence?.failure).toBe('reset');
  });
});
