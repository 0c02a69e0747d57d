import { hash } from 'node:crypto';
import type { ApolloServerPlugin, GraphQLRequestContext } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';
import { GatewayError } from '../errors.ts';
import type { Log } from '../log.ts';
import { framesOf } from '../log.ts';
import { resemblesNationalId } from '../values.ts';
import type { RequestContext } from './context.ts';
import type { DocumentLimits } from './document.ts';
import { assertDocumentSize, assertNoIntrospection, assertOperationKind, assertVariables } from './document.ts';
import { isDefect, refusalStatus, refusedRequest } from './errors.ts';

/** Refuses documents and variables that may not be executed. */
export function limits(documentLimits: DocumentLimits): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ document, operation, schema, request, contextValue }) {
          // Without an operation there is nothing to execute, and GraphQL says so itself.
          if (operation === undefined) return;
          try {
            assertOperationKind(schema, operation);
            if (!contextValue.mayIntrospect) assertNoIntrospection(document);
            assertDocumentSize(schema, document, operation, request.variables ?? {}, documentLimits);
            assertVariables(schema, operation, request.variables ?? {});
          } catch (error) {
            if (!(error instanceof GatewayError)) throw error;
            throw refusedRequest(error, { status: error.code === 'FORBIDDEN' ? 403 : 400 });
          }
        },
      };
    },
  };
}

/** Tells the gate that a request has been answered, however it went. */
export function partings(): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      return { willSendResponse: async ({ contextValue }) => contextValue.leave() };
    },
  };
}

/** Puts the call id into every error, so that a caller and the operator speak of the same request. */
export function callIds(): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      return {
        async willSendResponse({ response, contextValue }) {
          if (response.body.kind !== 'single') return;
          const { singleResult } = response.body;
          if (singleResult.errors === undefined) return;
          singleResult.errors = singleResult.errors.map(
            (error): GraphQLFormattedError => ({
              ...error,
              extensions: { ...error.extensions, callId: contextValue.callId },
            }),
          );
        },
      };
    },
  };
}

/** Gives a request that was never begun its status; see {@link refusalStatus}. */
export function requestErrorStatus(): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      return {
        async willSendResponse({ request, response }) {
          if (response.body.kind !== 'single') return;
          const { errors: [first] = [], data } = response.body.singleResult;
          if (data !== undefined || first === undefined) return;
          response.http.status = refusalStatus(first.extensions?.['code'], request.http?.headers.get('accept'));
        },
      };
    },
  };
}

/** One line for each request, and one for each defect: the kind of operation and the hash of its document, no names, no variables. */
export function requestLog(log: Log): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      const startedAt = performance.now();
      return {
        async didEncounterErrors({ errors, contextValue: { callId } }) {
          for (const error of errors) {
            if (isDefect(error)) log({ event: 'defect', callId, ...framesOf(deepest(error)) });
          }
        },
        async willSendResponse(context) {
          const { caller } = context.contextValue.session;
          log({
            event: 'request answered',
            callId: context.contextValue.callId,
            operation: context.operation?.operation ?? 'none',
            document: documentHash(context.source),
            durationMs: Math.round(performance.now() - startedAt),
            codes: codesOf(context),
            dataConsumer: caller.dataConsumer.organisationNumber,
            role: caller.role,
          });
        },
      };
    },
  };
}

/** What a document is called in the log. One that may hold a national id has no name: its hash could be guessed back. */
export function documentHash(source: string | undefined): string {
  return source === undefined || resemblesNationalId(source) ? '' : hash('sha256', source);
}

function codesOf({ response }: GraphQLRequestContext<RequestContext>): string[] {
  if (response.body?.kind !== 'single') return [];
  const codes = response.body.singleResult.errors?.map((error) => String(error.extensions?.['code'])) ?? [];
  return [...new Set(codes)];
}

function deepest(error: Error): Error {
  return 'originalError' in error && error.originalError instanceof Error ? deepest(error.originalError) : error;
}
