import { readdirSync, readFileSync } from 'node:fs';
import { ApolloServer, HeaderMap } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { GraphQLError } from 'graphql';
import type { Access } from '../access/index.ts';
import type { Caller, Role } from '../access/ports.ts';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { Log } from '../log.ts';
import { framesOf } from '../log.ts';
import type { NationalIdKind } from '../values.ts';
import type { Credentials, ReadCaller } from './caller.ts';
import type { CallerLimits } from './caller-gate.ts';
import { createCallerGate } from './caller-gate.ts';
import type { RequestContext } from './context.ts';
import type { DocumentLimits } from './document.ts';
import { assertDocumentText } from './document.ts';
import { formatError, refusalStatus } from './errors.ts';
import { callIds, documentHash, limits, partings, requestErrorStatus, requestLog } from './plugins.ts';
import { resolvers } from './resolvers.ts';
import { createTurns } from './turns.ts';

/** What the public floor needs. */
export interface GraphqlOptions {
  readonly access: Access;
  readonly readCaller: ReadCaller;
  readonly limits: DocumentLimits & CallerLimits & { readonly maxKeys: number };
  /** Roles that may ask for the schema itself. */
  readonly introspection: readonly Role[];
  readonly nationalIds: readonly NationalIdKind[];
  readonly clock: Clock;
  readonly log: Log;
}

/** A request as far as it concerns GraphQL. */
export interface GraphqlRequest extends Credentials {
  readonly callId: string;
  readonly signal: AbortSignal;
  readonly document: string;
  readonly accept: string | undefined;
}

/** The public floor: the server, and the context that each request runs in. */
export interface Graphql {
  readonly server: ApolloServer<RequestContext>;
  /** @throws GraphQLError with its HTTP status, when the caller or the document is refused */
  openContext(request: GraphqlRequest): Promise<RequestContext>;
}

const SCHEMA = new URL('../../schema/', import.meta.url);

/** The contract as its files hold it. */
export function readTypeDefs(): string[] {
  const files = readdirSync(SCHEMA).filter((file) => file.endsWith('.graphql'));
  return files.toSorted().map((file) => readFileSync(new URL(file, SCHEMA), 'utf8'));
}

/** Builds the GraphQL server; `server.start()` is the caller's. */
export function createGraphql(options: GraphqlOptions): Graphql {
  const { access, readCaller, nationalIds, clock, log } = options;
  const gate = createCallerGate(options.limits, clock);
  const server = new ApolloServer<RequestContext>({
    typeDefs: readTypeDefs(),
    resolvers,
    formatError,
    includeStacktraceInErrorResponses: false,
    introspection: true,
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: options.limits.maxTokens },
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      limits(options.limits),
      requestErrorStatus(),
      callIds(),
      requestLog(log),
      partings(),
    ],
  });
  return {
    server,
    async openContext({ callId, signal, document, accept, ...credentials }) {
      const startedAt = performance.now();
      let caller: Caller | undefined;
      let leave = () => {};
      let retryAfterSeconds: number | undefined;
      try {
        caller = await unlessGone(readCaller(credentials), signal);
        const entry = gate(caller);
        if ('retryAfterSeconds' in entry) {
          retryAfterSeconds = entry.retryAfterSeconds;
          throw new GatewayError('LIMIT_EXCEEDED', TOO_OFTEN, { retry: 'later' });
        }
        leave = entry.leave;
        assertDocumentText(document, options.limits);
        const session = access.openSession(caller, callId, signal);
        const mayIntrospect = options.introspection.includes(caller.role);
        const { maxKeys } = options.limits;
        const nextTurn = createTurns();
        return { session, callId, nationalIds, maxKeys, now: clock.now, nextTurn, mayIntrospect, leave };
      } catch (error) {
        leave();
        if (!(error instanceof GatewayError)) log({ event: 'defect', callId, ...framesOf(error) });
        const code = error instanceof GatewayError ? error.code : 'INTERNAL';
        log({
          event: 'request answered',
          callId,
          operation: 'none',
          document: documentHash(document),
          durationMs: Math.round(performance.now() - startedAt),
          codes: [code],
          dataConsumer: caller?.dataConsumer.organisationNumber ?? null,
          role: caller?.role ?? null,
        });
        const headers = new HeaderMap([
          ...(code === 'UNAUTHENTICATED' ? [['www-authenticate', 'Bearer realm="samtykkeporten"'] as const] : []),
          ...(retryAfterSeconds === undefined ? [] : [['retry-after', String(retryAfterSeconds)] as const]),
        ]);
        const status = retryAfterSeconds === undefined ? refusalStatus(code, accept) : TOO_MANY_REQUESTS;
        throw new GraphQLError('', {
          originalError: error instanceof Error ? error : null,
          extensions: { callId, http: { status, headers } },
        });
      }
    },
  };
}

const TOO_MANY_REQUESTS = 429;
const TOO_OFTEN =
  'This caller asks too often, or for too much at once. Wait as long as Retry-After says; ask for many people in one request.';

const GONE = 'The caller has gone before it was known who it is. Ask again for an answer.';

/**
 * The work, or the end of the wait for it: an issuer that does not answer must not hold a request whose client has left.
 * @throws GatewayError `ABANDONED` when it has
 */
function unlessGone<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    work.then(resolve, reject);
    signal.addEventListener('abort', () => reject(new GatewayError('ABANDONED', GONE)), { once: true });
  });
}
