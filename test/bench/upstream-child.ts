// The upstreams of a bench, in a process of its own; see upstream.ts.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { z } from 'zod';
import { UPSTREAMS } from '../../src/sandbox/upstreams.ts';
import { answerKeyOf } from './answer-key.ts';
import { answerQuestions } from './child.ts';

const argsSchema = z.object({ stateFile: z.string(), answersFile: z.string(), delayMs: z.number() });
const { stateFile, answersFile, delayMs } = argsSchema.parse(JSON.parse(process.argv[2] ?? ''));

const recorded = new Map(
  Object.entries(z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(answersFile, 'utf8')))).map(
    ([key, body]) => [key, Buffer.from(body)],
  ),
);
const { callers } = z
  .object({ callers: z.object({ signingKey: z.record(z.string(), z.unknown()) }) })
  .parse(JSON.parse(readFileSync(stateFile, 'utf8')));
const { kty, n, e, kid } = callers.signingKey;
recorded.set('GET /jwks ', Buffer.from(JSON.stringify({ keys: [{ kty, n, e, kid, use: 'sig', alg: 'RS256' }] })));

const calls = new Map<string, number>();

async function answer(upstream: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const body = recorded.get(answerKeyOf(request.method ?? '', request.url ?? '', Buffer.concat(chunks).toString()));
  if (body !== undefined) calls.set(upstream, (calls.get(upstream) ?? 0) + 1);
  const respond = () => {
    // What is only told, such as the use of a consent, gets no body.
    if (body === undefined) response.writeHead(request.method === 'POST' ? 204 : 404).end();
    else response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
  };
  if (delayMs === 0) respond();
  else setTimeout(respond, delayMs);
}

const origins: Record<string, string> = {};
for (const upstream of UPSTREAMS) {
  const server = createServer((request, response) => void answer(upstream, request, response));
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address === 'object' && address !== null) origins[upstream] = `http://127.0.0.1:${address.port}`;
}

answerQuestions({
  origins: () => origins,
  calls: () => {
    const of = (upstream: string) => calls.get(upstream) ?? 0;
    const counted = Object.fromEntries(UPSTREAMS.map((upstream) => [upstream, of(upstream)]));
    calls.clear();
    return counted;
  },
});
