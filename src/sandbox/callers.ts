import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { JSONWebKeySet } from 'jose';
import type { Configuration } from 'oidc-provider';
import { errors, Provider } from 'oidc-provider';
import { callersMemory } from './callers-memory.ts';
import { createPicker, PICKER_PATH } from './callers-picker.ts';
import type { CallerName, CallersState } from './callers-state.ts';
import { CALLER_NAMES, CALLERS, GRAPHIQL_CLIENT, isCallerName } from './callers-state.ts';
import { publicPart } from './rsa-keys.ts';

/** The audience that access tokens for the gateway carry in the sandbox. */
export const GATEWAY_AUDIENCE = 'https://samtykkeporten.sandbox';

const TOKEN_SECONDS = 3600;
const CODE_SECONDS = 60;
const TOKENS_PATH = '/tokens/';
const LOOPBACK_PAGE = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

/** The callers' identity provider. */
export interface Callers {
  readonly issuer: string;
  readonly listener: RequestListener;
  /** The keys that access tokens are verified with. */
  jwks(): Promise<JSONWebKeySet>;
  /** An access token for the gateway, as client credentials would give it, without a port. */
  tokenFor(name: CallerName): Promise<string>;
}

/**
 * An OpenID provider for callers of the gateway, on the machine's clock: discovery, keys, and client credentials by
 * secret or by `private_key_jwt` (RFC 7523). Access tokens are JWTs of type `at+jwt` (RFC 9068) that live an hour and
 * carry `role`, `organisations` and `purposes`; ID tokens have neither that type nor that audience. `GET
 * /tokens/<name>` answers a token as plain text, for people with a terminal. People with a browser sign in through the
 * public client `graphiql`, with authorization code and PKCE, as one of the callers: their tokens are the same but for
 * `client_id`. The client returns to `/graphiql/` on whichever port of this machine (RFC 8252 7.3), and pages of this
 * machine may call the token endpoint for it.
 *
 * @param options.origin the issuer: scheme, host and port, without a slash at the end
 */
export function createCallers(options: {
  readonly origin: string;
  readonly state: CallersState;
  readonly audience: string;
}): Callers {
  const { origin, state, audience } = options;
  const provider = new Provider(origin, configurationOf(state, audience));
  const answer = provider.callback();
  const pick = createPicker(provider, state.cookieKeys.join());

  async function tokenFor(name: CallerName): Promise<string> {
    const client = await provider.Client.find(name);
    if (client === undefined) throw new Error(`Identity provider of the sandbox: ${name} is not registered`);
    const resourceServer = new provider.ResourceServer(audience, gatewayAt(audience));
    return new provider.ClientCredentials({ client, resourceServer }).save();
  }

  async function answerToken(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = (request.url ?? '').slice(TOKENS_PATH.length);
    const [status, text] =
      request.method === 'GET' && isCallerName(name)
        ? [200, await tokenFor(name)]
        : [404, `There is no such caller. Known: ${CALLER_NAMES.join(', ')}`];
    response
      .writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
      .end(`${text}\n`);
  }

  function ownAnswer(path: string) {
    if (path.startsWith(TOKENS_PATH)) return answerToken;
    return path.startsWith(PICKER_PATH) ? pick : undefined;
  }

  return {
    issuer: origin,
    listener: (request, response) => {
      const own = ownAnswer(request.url ?? '');
      if (own === undefined) void answer(request, response);
      else own(request, response).catch(() => response.writeHead(500).end());
    },
    jwks: async () => ({ keys: [publicPart(state.signingKey)] }),
    tokenFor,
  };
}

function configurationOf(state: CallersState, audience: string): Configuration {
  return {
    adapter: () => callersMemory(),
    jwks: { keys: [state.signingKey] },
    cookies: { keys: [...state.cookieKeys] },
    clients: [
      ...CALLER_NAMES.map((name) => ({
        client_id: name,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        token_endpoint_auth_method: CALLERS[name].authentication,
        ...credentialOf(name, state),
      })),
      {
        client_id: GRAPHIQL_CLIENT,
        application_type: 'native',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: ['127.0.0.1', '[::1]', 'localhost'].map((host) => `http://${host}/graphiql/`),
        token_endpoint_auth_method: 'none',
      },
    ],
    clientAuthMethods: ['client_secret_basic', 'private_key_jwt', 'none'],
    clientBasedCORS: (_context, from, { clientId }) => clientId === GRAPHIQL_CLIENT && LOOPBACK_PAGE.test(from),
    findAccount: (_context, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    interactions: { url: (_context, { uid }) => `${PICKER_PATH}${uid}` },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, resource) => {
          if (resource !== audience) throw new errors.InvalidTarget();
          return gatewayAt(audience);
        },
      },
    },
    extraTokenClaims: (_context, token) => {
      const caller = 'accountId' in token ? token.accountId : token.clientId;
      if (caller === undefined || !isCallerName(caller)) return {};
      const { role, organisations, purposes } = CALLERS[caller];
      return { role, organisations: [...organisations], purposes: [...purposes] };
    },
    renderError: (context, { error, error_description }) => {
      context.set('x-content-type-options', 'nosniff');
      context.type = 'text/plain; charset=utf-8';
      context.body = `${error}: ${error_description ?? ''}\n`;
    },
    ttl: {
      ClientCredentials: TOKEN_SECONDS,
      AccessToken: TOKEN_SECONDS,
      IdToken: TOKEN_SECONDS,
      Grant: TOKEN_SECONDS,
      Session: TOKEN_SECONDS,
      Interaction: TOKEN_SECONDS,
      AuthorizationCode: CODE_SECONDS,
    },
  };
}

function gatewayAt(audience: string) {
  return {
    audience,
    scope: '',
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'RS256' } },
  } as const;
}

function credentialOf(name: CallerName, state: CallersState) {
  const key = state.keys[name];
  if (key !== undefined) return { jwks: { keys: [publicPart(key)] } };
  const secret = state.secrets[name];
  return secret === undefined ? {} : { client_secret: secret };
}
