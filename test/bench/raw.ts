import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import { execute, parse, validate } from 'graphql';
import { z } from 'zod';
import { GatewayError } from '../../src/errors.ts';
import type { Graphql } from '../../src/graphql/server.ts';

const bodySchema = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()).nullish() });

/**
 * The same schema, resolvers, context and everything behind them, without server and plugins: `node:http`, and graphql-js by
 * hand. As a careful hand would, it parses and validates a document once.
 */
export async function rawHandler({
  server,
  openContext,
}: Graphql): Promise<(request: IncomingMessage, response: ServerResponse) => Promise<void>> {
  const ready = Promise.withResolvers<GraphQLSchema>();
  server.addPlugin({ serverWillStart: async ({ schema }) => ready.resolve(schema) });
  await server.start();
  const schema = await ready.promise;
  const documents = new Map<string, DocumentNode>();

  function documentOf(text: string): DocumentNode {
    const known = documents.get(text);
    if (known !== undefined) return known;
    const document = parse(text);
    const [error] = validate(schema, document);
    if (error !== undefined) throw error;
    documents.set(text, document);
    return document;
  }

  return async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const { query, variables } = bodySchema.parse(JSON.parse(Buffer.concat(chunks).toString()));
    const gone = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) gone.abort(new GatewayError('INTERNAL', 'the client has gone'));
    });
    const contextValue = await openContext({
      callId: crypto.randomUUID(),
      signal: gone.signal,
      document: query,
      accept: request.headers.accept,
      authorization: request.headers.authorization,
      dataConsumer: undefined,
    });
    const result = await execute({
      schema,
      document: documentOf(query),
      variableValues: variables ?? {},
      contextValue,
    });
    contextValue.leave();
    const text = JSON.stringify(result);
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
      .end(text);
  };
}
