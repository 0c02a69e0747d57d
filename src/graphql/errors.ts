import type { HeaderMap } from '@apollo/server';
import { ApolloServerErrorCode } from '@apollo/server/errors';
import type { ASTNode, GraphQLFormattedError, SourceLocation } from 'graphql';
import { GraphQLError, Kind } from 'graphql';
import type { ErrorCode, Retry } from '../errors.ts';
import { ERROR_CODES, GatewayError } from '../errors.ts';
import { resemblesNationalId } from '../values.ts';

/** What a caller sees of an error. `callId` is added when the answer is sent. */
interface Shown {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retry: Retry;
  readonly field?: string;
}

/**
 * Turns any error into what may be shown: coded, without a stack, a value, a national id or an upstream's text. Whatever
 * is not in the table of codes is masked as `INTERNAL`.
 */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const { code, message, retry, field } = show(formatted, error);
  const source = formatted.extensions?.['source'];
  const callId = formatted.extensions?.['callId'];
  return {
    message,
    ...(formatted.locations === undefined ? {} : { locations: formatted.locations }),
    ...(formatted.path === undefined ? {} : { path: formatted.path }),
    extensions: {
      code,
      retry,
      ...(field === undefined ? {} : { field }),
      ...(source === undefined ? {} : { source }),
      ...(callId === undefined ? {} : { callId }),
    },
  };
}

function show(formatted: GraphQLFormattedError, error: unknown): Shown {
  const known = gatewayErrorOf(error);
  if (known !== undefined) {
    const { code, message, retry, field } = known;
    return { code, message, retry, ...(field === undefined ? {} : { field }) };
  }
  const refused = refusalByGraphql(formatted, error);
  if (refused !== undefined) return { ...refused, retry: ERROR_CODES[refused.code].retry };
  return {
    code: 'INTERNAL',
    message: 'Something went wrong in the gateway. Give the operator the callId.',
    retry: ERROR_CODES.INTERNAL.retry,
  };
}

/** What is said of a request that GraphQL itself refuses. Its own words are kept only where they cannot quote a value. */
function refusalByGraphql(
  { extensions, message, locations }: GraphQLFormattedError,
  error: unknown,
): Pick<Shown, 'code' | 'message'> | undefined {
  switch (extensions?.['code']) {
    case ApolloServerErrorCode.GRAPHQL_PARSE_FAILED:
      return invalid(`The document is not valid GraphQL${at(locations)}.`);
    case ApolloServerErrorCode.GRAPHQL_VALIDATION_FAILED: {
      const [node] = error instanceof GraphQLError ? (error.nodes ?? []) : [];
      // Errors about nothing in particular are those that end validation early.
      if (node === undefined)
        return { code: 'LIMIT_EXCEEDED', message: 'The document is too intricate to be validated. Split it.' };
      if (!quotesLiteral(node, message) && !resemblesNationalId(message)) return invalid(message);
      return invalid(`A value does not fit the type that is expected${at(locations)}. Compare it with the schema.`);
    }
    case ApolloServerErrorCode.OPERATION_RESOLUTION_FAILURE:
      return invalid('operationName names no operation of the document, or is missing where the document has several.');
    case ApolloServerErrorCode.PERSISTED_QUERY_NOT_SUPPORTED:
      return invalid('Persisted queries are not supported: send the whole document.');
    default:
      return isAboutArgument(error)
        ? invalid(`An argument needs a value${at(locations)}: its variable is null or left out.`)
        : undefined;
  }
}

/**
 * Whether a literal is repeated in what is said about it. An object is where a field of it is missing or one too many is
 * given; when it is itself out of place it stands there in its braces, which no name of the schema has.
 */
function quotesLiteral({ kind }: ASTNode, message: string): boolean {
  if (kind === Kind.OBJECT) return message.includes('{');
  return kind.endsWith('Value') && kind !== Kind.NULL;
}

function invalid(message: string): Pick<Shown, 'code' | 'message'> {
  return { code: 'INVALID_INPUT', message };
}

/** Arguments are put together during execution: a null in a variable is found only there. */
function isAboutArgument(error: unknown): boolean {
  const thrown = error instanceof GraphQLError ? error.originalError : undefined;
  return thrown instanceof GraphQLError && thrown.nodes?.[0]?.kind === Kind.VARIABLE;
}

/** Whether an error is a fault of the gateway itself, and so belongs in the log. */
export function isDefect(error: GraphQLError): boolean {
  return gatewayErrorOf(error) === undefined && refusalByGraphql(error.toJSON(), error) === undefined;
}

function at(locations: readonly SourceLocation[] | undefined): string {
  const [first] = locations ?? [];
  return first === undefined ? '' : ` at line ${first.line}, column ${first.column}`;
}

/** The error of ours at the bottom of what GraphQL has wrapped around it. */
export function gatewayErrorOf(error: unknown): GatewayError | undefined {
  if (error instanceof GatewayError) return error;
  return error instanceof GraphQLError && error.originalError !== undefined
    ? gatewayErrorOf(error.originalError)
    : undefined;
}

/** An error of ours that ends a request before it begins, in the form that Apollo takes with a status. */
export function refusedRequest(error: GatewayError, http: { status: number; headers?: HeaderMap }): GraphQLError {
  return new GraphQLError(error.message, { originalError: error, extensions: { http } });
}

/**
 * The status of a request that is never begun. GraphQL over HTTP: 200 to a client that takes `application/json` alone, which
 * cannot tell a GraphQL answer of status 400 from a failing proxy; but who may not come in, or meets a defect, is told so.
 */
export function refusalStatus(code: unknown, accept: string | undefined): number {
  switch (code) {
    case 'UNAUTHENTICATED':
      return 401;
    case 'FORBIDDEN':
      return 403;
    case 'INTERNAL':
      return 500;
    default:
      return accept?.includes('application/graphql-response+json') ? 400 : 200;
  }
}
