import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { GatewayError } from '../../src/errors.ts';
import type { Repeat } from '../../src/upstream.ts';
import { createNetwork, readJson } from '../../src/upstream.ts';
import { aCall, wayOut } from '../support/scripted.ts';
import type { Play } from './network-cases.ts';
import { HUGE, JSON_TYPE, NETWORK_CASES, OK } from './network-cases.ts';
import { ATTEMPTS, asDocumented, LONGEST_ANSWER } from './table.ts';

/** What both ends may hold of an answer that nobody takes: the system's buffers. */
const MOST_IN_BUFFERS = HUGE / 2;
/** Short where it is waited for; else so long that a busy machine does not meet it. */
const [SHORT_DEADLINE_MS, LONG_DEADLINE_MS] = [300, 30_000];
/** Far beyond the short deadline, for a busy machine. */
const LONGEST_WAIT_MS = 10_000;

const answerOf = (word: string) => {
  const body = JSON.stringify({ word });
  return `${OK}${JSON_TYPE}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
};
const served: Play = (socket) => void socket.write(answerOf('served'));
const schema = z.object({ word: z.string() });

/** A server that plays what it is told; what has become of it is counted. */
async function openServer() {
  let play: Play = served;
  let requests = 0;
  const open = new Set<Socket>();
  let sent = 0;
  const server = createServer((socket) => {
    open.add(socket);
    // Whoever hangs up is the thing tested.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      open.delete(socket);
      sent += socket.bytesWritten;
    });
    socket.on('data', () => {
      requests += 1;
      play(socket);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    plays: (next: Play) => {
      [play, requests, sent] = [next, 0, 0];
    },
    requests: () => requests,
    open: () => open.size,
    sent: () => sent,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const network = (connections: number) => {
  const made = createNetwork({ connections, maxBytes: LONGEST_ANSWER });
  return { ...made, [Symbol.asyncDispose]: () => made.close() };
};

describe('over the real network', () => {
  let server: Awaited<ReturnType<typeof openServer>>;
  let net: ReturnType<typeof network>;
  beforeAll(async () => {
    server = await openServer();
    net = network(4);
  });
  afterAll(async () => {
    await net[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  /** Makes a call to NAV, and tells how it ended, how often it was counted and how long it took. */
  async function call(repeat: Repeat, deadlineMs: number) {
    const { upstream } = wayOut(net.transport, {
      baseUrl: server.baseUrl,
      maxBytes: LONGEST_ANSWER,
      attempts: ATTEMPTS,
      deadlineMs,
    });
    let counted = 0;
    const onAttempt = () => {
      counted += 1;
    };
    const startedAt = performance.now();
    const ended: unknown = await upstream
      .call(aCall({ repeat, onAttempt }))
      .then((answer) => readJson(upstream, 'call-1', answer, schema))
      .catch(({ code, retry, evidence }: GatewayError) => ({ code, retry, failure: evidence?.failure }));
    return { ended, counted, tookMs: performance.now() - startedAt };
  }

  it.each(NETWORK_CASES)('$name', async ({ play, failure, attempts, isKept = false }) => {
    const deadlineMs = failure === 'timeout' ? SHORT_DEADLINE_MS : LONG_DEADLINE_MS;
    const code = failure === 'timeout' || failure === 'reset' ? 'NAV_UNAVAILABLE' : 'NAV_UNREADABLE';
    for (const [repeat, expected] of [
      ['refused', 1],
      ['idempotent', attempts],
    ] as const) {
      server.plays(play);
      const { ended, counted, tookMs } = await call(repeat, deadlineMs);
      expect(ended).toEqual({ ...asDocumented(code), failure });
      expect([server.requests(), counted]).toEqual([expected, expected]);
      expect(tookMs).toBeLessThan(LONGEST_WAIT_MS);
      // What has not left the server cannot fill the gateway.
      if (!isKept) await vi.waitFor(() => expect(server.open()).toBe(0), 10_000);
      expect(server.sent()).toBeLessThan(MOST_IN_BUFFERS);

      server.plays(served);
      expect((await call('refused', LONG_DEADLINE_MS)).ended).toEqual({ word: 'served' });
      await net[Symbol.asyncDispose]();
      net = network(4);
      await vi.waitFor(() => expect(server.open()).toBe(0), 10_000);
    }
  });

  it('a gzip bomb is taken as it came, and not unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(HUGE, ' '));
    expect(bomb.length).toBeLessThan(LONGEST_ANSWER);
    server.plays((socket) => {
      socket.write(`${OK}${JSON_TYPE}content-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`);
      socket.write(bomb);
    });
    const before = process.memoryUsage().arrayBuffers;
    const { ended, counted } = await call('refused', LONG_DEADLINE_MS);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(HUGE / 4);
    expect(ended).toEqual({ ...asDocumented('NAV_UNREADABLE'), failure: 'unreadable' });
    expect([server.requests(), counted]).toEqual([1, 1]);
  });

  it('an answer that nobody asked for is nobody’s', async () => {
    await net[Symbol.asyncDispose]();
    net = network(1);
    server.plays((socket) => void socket.write(`${answerOf('mine')}${answerOf('somebody else’s')}`));
    const calls = Array.from({ length: 6 }, () => call('refused', LONG_DEADLINE_MS));
    for (const { ended } of await Promise.all(calls)) expect(ended).toEqual({ word: 'mine' });
    expect(server.requests()).toBe(6);
  });
});
