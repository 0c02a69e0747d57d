import { once } from 'node:events';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { SettableClock } from '../clock.ts';
import { tickingClock } from '../clock.ts';
import type { Double, DoubleRequest, DoubleResponse } from './double.ts';
import { renewKeys } from './maskinporten-state.ts';
import type { Sandbox, SandboxOptions } from './sandbox.ts';
import { createSandbox } from './sandbox.ts';
import { newSandboxState, openStateFile } from './state.ts';
import type { Origins, UpstreamKey } from './upstreams.ts';
import { UPSTREAMS } from './upstreams.ts';

/** How a sandbox is started. */
export interface SandboxServerOptions {
  /** The first of eight ports in a row, in the order of {@link UPSTREAMS}; 0: whichever are free. */
  readonly port: number;
  /** Where `sandbox.json` is kept; without it, nothing outlives the process. */
  readonly dataDirectory?: string;
  /** Told of a defect of the sandbox itself, whose caller got a bare 500. */
  readonly onDefect: (error: unknown) => void;
  /** See {@link SandboxOptions}. */
  readonly gateway?: SandboxOptions['gateway'];
}

/** A sandbox that listens. Disposing of it finishes what is in flight, breaks what hangs, and writes the state down: within a second. */
export interface RunningSandbox extends AsyncDisposable {
  readonly origins: Origins;
  readonly sandbox: Sandbox;
  /** Starts where the state left off, and ticks. */
  readonly clock: SettableClock;
  /** Writes the state down now, so that it outlives a process that is killed. @throws what made the write fail */
  flush(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
const MAX_BODY_BYTES = 1024 * 1024;
/** What is still open this long after closing began is cut off. */
const GRACE_MS = 500;

/**
 * Serves every double over HTTP/1.1 on loopback, on a port of its own. Requests whose `Host` is not loopback are
 * refused (421), so that no web page can reach the sandbox under a name of its own.
 *
 * @throws Error with one sentence that names the port and `SANDBOX_PORT`, when a port is taken
 */
export async function startSandbox(options: SandboxServerOptions): Promise<RunningSandbox> {
  await using starting = new AsyncDisposableStack();
  const file =
    options.dataDirectory === undefined ? undefined : starting.use(await openStateFile(options.dataDirectory));
  const state = file?.state ?? (await newSandboxState());
  const clock = tickingClock(new Date(state.now));
  renewKeys(state.maskinporten, clock.now());
  const save = () => {
    state.now = clock.now().toISOString();
    file?.save();
  };
  // What the clock showed last, once nothing is served any more.
  starting.defer(save);

  // Issuers and links hold the addresses, so the ports are taken first; who calls before the doubles are made, waits.
  const made = Promise.withResolvers<Sandbox>();
  const ports: [UpstreamKey, number][] = [];
  const servers: Server[] = [];
  starting.defer(() => Promise.all(servers.map(close)).then(() => undefined));
  for (const [at, key] of UPSTREAMS.entries()) {
    const listener = serve(async (request) => (await made.promise).doubles[key](request), options.onDefect);
    const server = createServer(listener);
    servers.push(server);
    ports.push([key, await listen(server, options.port === 0 ? 0 : options.port + at)]);
  }
  const origins = originsOf(ports);
  const sandbox = await createSandbox({ clock, origins, state, onChange: save, gateway: options.gateway });
  made.resolve(sandbox);

  const running = starting.move();
  return {
    origins,
    sandbox,
    clock,
    flush: async () => file?.flush(),
    [Symbol.asyncDispose]: async () => {
      sandbox.faults.clear();
      await running.disposeAsync();
    },
  };
}

function originsOf(ports: readonly (readonly [UpstreamKey, number])[]): Origins {
  const at = new Map(ports);
  const origin = (key: UpstreamKey) => `http://${LOOPBACK}:${at.get(key)}`;
  return {
    control: origin('control'),
    altinn3: origin('altinn3'),
    maskinporten: origin('maskinporten'),
    aap: origin('aap'),
    uforeopplysninger: origin('uforeopplysninger'),
    callers: origin('callers'),
    nav: origin('nav'),
    altinn2: origin('altinn2'),
  };
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, LOOPBACK);
  try {
    await once(server, 'listening');
  } catch (error) {
    if (!hasCode(error, 'EADDRINUSE')) throw error;
    throw new Error(`Port ${port} is taken: set SANDBOX_PORT to another first port, or to 0 for free ones.`);
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  const impatience = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await promise;
  clearTimeout(impatience);
}

/** A double as a Node request listener. */
function serve(double: Double, onDefect: (error: unknown) => void): RequestListener {
  async function answer(incoming: IncomingMessage): Promise<DoubleResponse> {
    const request = await received(incoming);
    return 'status' in request ? request : double(request);
  }
  return (incoming, outgoing) => {
    answer(incoming)
      .then((response) => write(response, outgoing))
      .catch((error: unknown) => {
        if (hasCode(error, 'ECONNRESET')) {
          outgoing.socket?.resetAndDestroy();
          return;
        }
        onDefect(error);
        outgoing.writeHead(500).end();
      });
  };
}

/** The request, or the answer of a server that does not pass it on. */
async function received(incoming: IncomingMessage): Promise<DoubleRequest | DoubleResponse> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const host = `http://${headers['host'] ?? ''}`;
  if (!isLoopback(host)) return refusal(421, 'The sandbox answers to loopback names only.');
  const target = `${host}${incoming.url ?? '/'}`;
  if (!URL.canParse(target)) return refusal(400, 'The address cannot be read.');
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Left early, the stream must stay whole: the refusal goes out on the same connection.
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    const piece = Buffer.from(chunk);
    bytes += piece.length;
    if (bytes > MAX_BODY_BYTES) return refusal(413, `A body may have ${MAX_BODY_BYTES} bytes.`);
    chunks.push(piece);
  }
  return { method: incoming.method ?? 'GET', url: new URL(target), headers, body: Buffer.concat(chunks).toString() };
}

function isLoopback(host: string): boolean {
  return URL.canParse(host) && [LOOPBACK, 'localhost', '[::1]'].includes(new URL(host).hostname);
}

function refusal(status: number, text: string): DoubleResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }, body: text };
}

function write({ status, statusText, headers, body, cookies = [] }: DoubleResponse, outgoing: ServerResponse): void {
  for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
  for (const cookie of cookies) outgoing.appendHeader('set-cookie', cookie);
  if (status !== 204) outgoing.setHeader('content-length', Buffer.byteLength(body));
  if (statusText === undefined) outgoing.writeHead(status);
  else outgoing.writeHead(status, statusText);
  outgoing.end(body);
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
