import { randomUUID } from 'node:crypto';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { fastify, LogController } from 'fastify';
import { z } from 'zod';
import type { Access } from './access/index.ts';
import type { ErrorCode, Retry } from './errors.ts';
import { ERROR_CODES } from './errors.ts';
import { takesAnswer } from './graphql/media-types.ts';
import type { Graphql } from './graphql/server.ts';
import type { GraphiqlOptions } from './host-graphiql.ts';
import { serveGraphiql } from './host-graphiql.ts';
import { answerMalformed } from './host-malformed.ts';
import { NEUTRAL_PAGE, NEUTRAL_PAGE_POLICY } from './host-return.ts';
import type { Log } from './log.ts';
import { framesOf } from './log.ts';

/** A thing the gateway cannot serve without. */
export interface Dependency {
  readonly name: string;
  /** Resolves when it is there; rejects when it is not. */
  check(): Promise<void>;
}

/** What stands behind the front door. */
export interface HostOptions {
  readonly graphql: Graphql;
  readonly access: Access;
  readonly dependencies: readonly Dependency[];
  /** Clients whose keys or certificates run out: told with readiness, and no reason not to be ready. */
  readonly credentialsRunningOut: () => readonly { readonly age: string; readonly lastsUntil: string | null }[];
  /** Largest body, in bytes. */
  readonly bodyBytes: number;
  /**
   * Most requests worked on at once: where more come than can be served, those that are served must not wait for the rest.
   * People who return from Altinn are counted, and never turned away: they have been sent here, and know nobody to ask again.
   */
  readonly requestsUnderWay: number;
  /** Bound to this machine only: requests that name another host are turned away, so that no web page can reach in. */
  readonly loopbackOnly: boolean;
  /** Origins whose pages may call GraphQL from a browser; those of other pages may not. */
  readonly allowedOrigins: readonly string[];
  /** Undefined: not served. */
  readonly graphiql: GraphiqlOptions | undefined;
  readonly log: Log;
}

/** The front door. */
export interface Host {
  readonly app: FastifyInstance;
  /** Resolves when no request is worked on any more, whether or not its client still waits. */
  idle(): Promise<void>;
}

/** How long requests in flight have to finish once the gateway closes. */
const GRACE_MS = 1_000;

/** How long a client may take to send its request. */
const LONGEST_REQUEST_MS = 30_000;

/** When whoever was turned away may come again: what is under way takes less, or the bound does its work once more. */
const RETRY_AFTER_S = 1;

/** How long a browser may remember what it is allowed. */
const PREFLIGHT_LASTS_S = 600;

/** Where Altinn sends people back to, below the public address. */
export const RETURN_PATH = '/return';

/**
 * The front door: GraphQL over HTTP, the return from Altinn, health and readiness. It has no views about people or consents.
 */
export async function createHost(options: HostOptions): Promise<Host> {
  const { graphql, access, log } = options;
  const underWay = new Set<Promise<unknown>>();
  const app = fastify({
    bodyLimit: options.bodyBytes,
    genReqId: () => randomUUID(),
    forceCloseConnections: 'idle',
    requestTimeout: LONGEST_REQUEST_MS,
    logController: new LogController({ disableRequestLogging: true }),
    routerOptions: { maxParamLength: 64 },
    clientErrorHandler: answerMalformed,
    // An address that the router cannot read: Fastify's own answer would quote it.
    frameworkErrors: (_error, _request, reply) => void nothingHere(stamped(reply)),
  });
  // Everything but JSON is refused at the door.
  app.removeContentTypeParser('text/plain');
  graphql.server.addPlugin(
    ApolloServerPluginDrainHttpServer({ httpServer: app.server, stopGracePeriodMillis: GRACE_MS }),
  );
  await app.register(helmet, {
    contentSecurityPolicy: { directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] } },
  });
  // Whoever answers may have a view of its own on what a cache may keep: GraphQL's is to keep nothing.
  app.addHook('onSend', async ({ routeOptions }, reply) => {
    if (routeOptions.url === '/graphql') void reply.header('cache-control', 'no-store');
  });
  app.addHook('onRequest', async (request, reply) => {
    stamped(reply);
    if (options.loopbackOnly && !isLoopback(request.hostname))
      return refuse(reply, 403, 'FORBIDDEN', 'This gateway answers to this machine only.');
  });

  if (options.allowedOrigins.length > 0) {
    await app.register(cors, {
      origin: [...options.allowedOrigins],
      methods: ['POST'],
      allowedHeaders: ['authorization', 'content-type', 'data-consumer'],
      exposedHeaders: ['x-request-id', 'retry-after'],
      maxAge: PREFLIGHT_LASTS_S,
    });
  }

  await graphql.server.start();
  const handle = fastifyApolloHandler(graphql.server, {
    context: (request: FastifyRequest, reply: FastifyReply) => contextOf(request, reply),
  });
  app.post('/graphql', {
    preHandler: async (request, reply) => {
      if (!takesAnswer(request.headers.accept)) return refuse(reply, 406, 'INVALID_INPUT', NOT_TAKEN);
      if (!graphqlBody.safeParse(request.body).success) return refuse(reply, 400, 'INVALID_INPUT', BODY_EXPECTED);
    },
    handler: (request, reply) =>
      underWay.size < options.requestsUnderWay
        ? counted(Promise.resolve(handle.call(app, request, reply)))
        : turnAway(request, reply),
  });

  /** Before a caller is even known: an answer that costs little leaves the rest for those who are let in. */
  function turnAway({ id }: FastifyRequest, reply: FastifyReply): FastifyReply {
    log({
      event: 'request answered',
      callId: id,
      operation: 'none',
      document: '',
      durationMs: 0,
      codes: ['LIMIT_EXCEEDED'],
      dataConsumer: null,
      role: null,
    });
    return refuse(reply.header('retry-after', RETRY_AFTER_S), 503, 'LIMIT_EXCEEDED', TOO_MUCH, 'later');
  }

  function contextOf(request: FastifyRequest, reply: FastifyReply) {
    const { authorization, accept } = request.headers;
    return graphql.openContext({
      callId: request.id,
      signal: abandonment(reply),
      document: graphqlBody.parse(request.body).query,
      authorization,
      accept,
      dataConsumer: textHeader.safeParse(request.headers['data-consumer']).data,
    });
  }

  app.get(`${RETURN_PATH}/:reference`, async (request, reply) => {
    const { reference } = returnParameters.parse(request.params);
    const target = await counted(access.returned(reference, request.id, abandonment(reply)));
    void reply.header('referrer-policy', 'no-referrer');
    if (target === undefined) {
      void reply.header('content-security-policy', NEUTRAL_PAGE_POLICY);
      return reply.code(404).type('text/html; charset=utf-8').send(NEUTRAL_PAGE);
    }
    return reply.code(303).header('location', target).send();
  });

  app.get('/health', async () => ({ status: 'alive' }));
  app.get('/ready', async (_, reply) => {
    const states = await Promise.all(
      options.dependencies.map(async ({ name, check }) => [name, await isThere(check)] as const),
    );
    const ready = states.every(([, there]) => there);
    return reply.code(ready ? 200 : 503).send({
      status: ready ? 'ready' : 'not ready',
      dependencies: Object.fromEntries(states.map(([name, there]) => [name, there ? 'up' : 'down'])),
      // Anybody may ask: not whose they are, which the log tells, for that is whom this gateway serves.
      credentialsRunningOut: options.credentialsRunningOut().map(({ age, lastsUntil }) => ({ age, lastsUntil })),
    });
  });

  app.setNotFoundHandler(async (_, reply) => nothingHere(reply));
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const refused = REFUSALS[error.code];
    if (refused !== undefined) return refuse(reply, ...refused);
    if (error.statusCode !== undefined && error.statusCode < 500) {
      return refuse(reply, error.statusCode, 'INVALID_INPUT', 'The request is not well-formed HTTP or JSON.');
    }
    log({ event: 'defect', callId: request.id, ...framesOf(error) });
    return refuse(reply, 500, 'INTERNAL', 'Something went wrong in the gateway. Give the operator the callId.');
  });
  // Last: awaiting a plugin fixes how errors on the routes before it are answered.
  if (options.graphiql !== undefined) await serveGraphiql(app, options.graphiql);

  async function counted<T>(work: Promise<T>): Promise<T> {
    underWay.add(work);
    try {
      return await work;
    } finally {
      underWay.delete(work);
    }
  }

  return {
    app,
    async idle() {
      await Promise.allSettled(underWay);
    },
  };
}

const anything = z.record(z.string(), z.unknown()).nullish();
const graphqlBody = z.object({
  query: z.string().min(1),
  operationName: z.string().nullish(),
  variables: anything,
  extensions: anything,
});
const BODY_EXPECTED =
  'Send one JSON object: {"query": "...", "variables": {...}, "operationName": "..."}; query is mandatory.';
const NOT_TAKEN =
  'Answers are application/json or application/graphql-response+json: name one of them in the header Accept, or leave it out.';
const TOO_MUCH = 'The gateway has all under way that it can. Wait as long as Retry-After says, and longer each time.';
const textHeader = z.string();
const returnParameters = z.object({ reference: z.string() });

const REFUSALS: Readonly<Record<string, readonly [status: number, code: ErrorCode, message: string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'LIMIT_EXCEEDED', 'The request body is too large. Split the request.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'INVALID_INPUT', 'Send POST with content type application/json.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'INVALID_INPUT', 'The body is empty. Send {"query": ..., "variables": {...}}.'],
  FST_ERR_CTP_INVALID_JSON_BODY: [
    400,
    'INVALID_INPUT',
    'The body is not JSON. Send {"query": ..., "variables": {...}}.',
  ],
};

function stamped(reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'no-store').header('x-request-id', reply.request.id);
}

function nothingHere(reply: FastifyReply): FastifyReply {
  return refuse(reply, 404, 'NOT_FOUND', 'Nothing is here. GraphQL is at POST /graphql.');
}

/** Answers outside GraphQL in GraphQL's form, so that a client needs one way of reading errors. */
function refuse(
  reply: FastifyReply,
  status: number,
  code: ErrorCode,
  message: string,
  retry: Retry = ERROR_CODES[code].retry,
): FastifyReply {
  const extensions = { code, retry, callId: reply.request.id };
  return reply.code(status).send({ errors: [{ message, extensions }] });
}

/** Aborts when the client goes away before it is answered: nobody waits for what is still under way. */
function abandonment(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort(new Error('the client has gone'));
  });
  return controller.signal;
}

function isLoopback(hostname: string): boolean {
  const name = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return name === 'localhost' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name);
}

async function isThere(check: () => Promise<void>): Promise<boolean> {
  try {
    await check();
    return true;
  } catch {
    return false;
  }
}
