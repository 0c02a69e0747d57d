import type { RequestListener } from 'node:http';
import { fastify } from 'fastify';
import type { Double } from './double.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** Headers that belong to one connection, and the ones that the server computes anew. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'date'];

/** A double out of a ready-made Node request listener, such as that of an identity provider. Opens no port. */
export function listenerDouble(listener: RequestListener): Double {
  const app = fastify();
  app.addHook('onRequest', async (request, reply) => {
    // Before any body is parsed, so that the listener finds its request untouched.
    reply.hijack();
    listener(request.raw, reply.raw);
  });
  return async ({ method, url, headers, body }) => {
    const known = METHODS.find((name) => name === method);
    if (known === undefined) return { status: 405, headers: {}, body: '' };
    const { 'transfer-encoding': _, ...sent } = headers;
    const response = await app.inject({
      method: known,
      url: `${url.pathname}${url.search}`,
      headers: { host: url.host, ...sent },
      payload: body,
    });
    const kept: Record<string, string> = {};
    for (const [name, value] of Object.entries(response.headers)) {
      if (name !== 'set-cookie' && value !== undefined && !HOP_BY_HOP.includes(name)) kept[name] = String(value);
    }
    return {
      status: response.statusCode,
      headers: kept,
      body: response.body,
      cookies: [response.headers['set-cookie'] ?? []].flat(),
    };
  };
}
