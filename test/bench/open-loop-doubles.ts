// The sandbox's doubles as a process that costs next to nothing: what Maskinporten and NAV's services answered once they answer
// again, without the work, NAV's after the given latency. The gateway is to be measured, not its sandbox.
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pass } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import { tickingClock } from '../../src/clock.ts';
import type { DoubleRequest, DoubleResponse } from '../../src/sandbox/double.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import type { Origins, UpstreamKey } from '../../src/sandbox/upstreams.ts';
import { UPSTREAMS } from '../../src/sandbox/upstreams.ts';

const [, , stateFile = '', navLatency = '0'] = process.argv;
const NAV: readonly UpstreamKey[] = ['aap', 'uforeopplysninger'];
const PERSON_HEADERS = ['nav-personident', 'fnr'];

const answered = new Map<string, DoubleResponse>();
/** What NAV said last, for whoever asks NAV itself at `/bare`. */
let lastOfNav: DoubleResponse = { status: 404, headers: {}, body: '' };

/** What decides the answer, where it may be given again. */
function keyOf(upstream: UpstreamKey, { url, headers, body }: DoubleRequest): string | undefined {
  if (NAV.includes(upstream)) return [url.href, ...PERSON_HEADERS.map((name) => headers[name])].join(' ');
  if (upstream !== 'maskinporten') return undefined;
  const { scope, authorization_details: details } = decodeJwt(new URLSearchParams(body).get('assertion') ?? '');
  return JSON.stringify([scope, details]);
}

async function answer(upstream: UpstreamKey, request: DoubleRequest): Promise<DoubleResponse> {
  if (!NAV.includes(upstream)) return answerOnce(upstream, request);
  const waits = navLatency === '0' ? undefined : pass(Number(navLatency));
  if (request.url.pathname !== '/bare') lastOfNav = await answerOnce(upstream, request);
  const response = lastOfNav;
  await waits;
  return response;
}

async function answerOnce(upstream: UpstreamKey, request: DoubleRequest): Promise<DoubleResponse> {
  const key = keyOf(upstream, request);
  const known = key === undefined ? undefined : answered.get(key);
  const response = known ?? (await sandbox.doubles[upstream](request));
  if (key !== undefined && response.status === 200) answered.set(key, response);
  return response;
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

async function origin(upstream: UpstreamKey): Promise<string> {
  const respond = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
    const url = new URL(incoming.url ?? '/', `http://${incoming.headers.host}`);
    const request = { method: incoming.method ?? 'GET', url, headers, body: await bodyOf(incoming) };
    const response = await answer(upstream, request);
    outgoing.writeHead(response.status, response.headers).end(response.body);
  };
  const server = createServer((incoming, outgoing) => {
    // A caller that has gone breaks off what it sent.
    respond(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((listening) => server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const origins = Object.fromEntries(
  await Promise.all(UPSTREAMS.map(async (upstream) => [upstream, await origin(upstream)] as const)),
) as Origins;
const sandbox = await createSandbox({
  clock: tickingClock(new Date()),
  origins,
  state: JSON.parse(readFileSync(stateFile, 'utf8')),
});
process.send?.(origins);
process.on('disconnect', () => process.exit());
