import type { FastifyInstance } from 'fastify';
import type { Graphql } from './graphql/server.ts';
import type { Host } from './host.ts';

/**
 * Opens the front door.
 * @returns the address; with port 0 the one that was free
 * @throws Error, one sentence, when nothing can listen there
 */
export async function listen(
  app: FastifyInstance,
  where: { readonly host: string; readonly port: number },
): Promise<string> {
  try {
    await app.listen({ ...where });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE')
      throw new Error(`Port ${where.port} is taken: set PORT to another one, or to 0 for a free one.`);
    if (code === 'EACCES')
      throw new Error(`Port ${where.port} may not be listened on by this user: set PORT to one from 1024 on.`);
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new Error(`${where.host} is no address of this machine: correct server.host.`);
    throw error;
  }
  return addressOf(app);
}

/** Where the gateway itself is reached; the address people return to in the sandbox, where no other is configured. */
export function addressOf(app: FastifyInstance): string {
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('The gateway does not listen yet.');
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}

/** What is in flight may finish; what hangs is cut off. Either way it has ended, in the record too, when this resolves. */
export async function close({ app, idle }: Host, { server }: Graphql): Promise<void> {
  await server.stop();
  await app.close();
  await idle();
}
