import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Guide } from './host-guide.ts';
import { guidePage } from './host-guide.ts';

/** GraphiQL as it is served. */
export interface GraphiqlOptions {
  /** Where people sign in; undefined: tokens are typed in. */
  readonly issuer: string | undefined;
  /** Origin of its token endpoint; undefined: the issuer's own. */
  readonly tokenOrigin: string | undefined;
  readonly clientId: string;
  readonly scope: string;
  /** Where the built files lie; {@link BUILT} unless told. */
  readonly directory?: string | undefined;
  /** What may be filled in and shown at `/`; undefined outside the sandbox. */
  readonly guide: Guide | undefined;
  /** Today's date in Norway. */
  readonly today: () => string;
}

/** Where the build leaves GraphiQL's files. */
const BUILT = join(import.meta.dirname, '../dist/graphiql');

/** Names of files hold a hash of what is in them. */
const FOR_EVER = 'public, max-age=31536000, immutable';

const NOT_BUILT = 'GraphiQL is not built here: run "npm run build:graphiql" and load this page again.\n';

/**
 * Serves GraphiQL at `/graphiql`, from this origin alone, and the guide at `/` where there is one. Files that are not built
 * are told of in one sentence, with 503.
 */
export async function serveGraphiql(app: FastifyInstance, options: GraphiqlOptions): Promise<void> {
  const { guide, directory = BUILT } = options;
  const index = join(directory, 'index.html');
  await app.register(fastifyStatic, { root: directory, serve: false, cacheControl: false });

  const page = {
    helmet: { contentSecurityPolicy: { useDefaults: false, directives: pageDirectives(options) } },
  };
  const show = async (reply: FastifyReply) => {
    if (!existsSync(index)) return reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT);
    return reply.sendFile('index.html');
  };
  app.get('/graphiql', page, (_, reply) => show(reply));
  app.get('/graphiql/', page, (_, reply) => show(reply));
  app.get<{ Params: { '*': string } }>('/graphiql/assets/*', page, async ({ params }, reply) =>
    reply.header('cache-control', FOR_EVER).sendFile(`assets/${params['*']}`),
  );
  app.get('/graphiql/settings.json', async () => settingsOf(options));

  if (guide === undefined) return;
  const html = guidePage(guide);
  app.get(
    '/',
    { helmet: { contentSecurityPolicy: { useDefaults: false, directives: GUIDE_DIRECTIVES } } },
    (_, reply) => reply.type('text/html; charset=utf-8').send(html),
  );
}

function settingsOf(options: GraphiqlOptions) {
  const { issuer, clientId, scope, guide, today } = options;
  return {
    signIn: issuer === undefined ? null : { issuer, clientId, scope, origins: issuerOrigins(options) },
    sandbox:
      guide === undefined
        ? null
        : {
            today: today(),
            people: guide.people.map(({ id, nationalId, familyName, returnUrl }) => ({
              id,
              nationalId,
              familyName,
              returnUrl,
            })),
          },
  };
}

/** Whom the page may call to sign somebody in: the issuer for what it says of itself, and wherever it gives its tokens. */
function issuerOrigins({ issuer, tokenOrigin }: Pick<GraphiqlOptions, 'issuer' | 'tokenOrigin'>): string[] {
  if (issuer === undefined) return [];
  const { origin } = new URL(issuer);
  return tokenOrigin === undefined || tokenOrigin === origin ? [origin] : [origin, tokenOrigin];
}

/** Nothing from outside, no eval; the editor sets styles of its own, and the issuer is called for tokens. */
function pageDirectives(options: GraphiqlOptions) {
  return {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:'],
    'font-src': ["'self'", 'data:'],
    'connect-src': ["'self'", ...issuerOrigins(options)],
    'worker-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
  };
}

const GUIDE_DIRECTIVES = {
  'default-src': ["'none'"],
  'style-src': ["'unsafe-inline'"],
  'img-src': ['data:'],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
};
