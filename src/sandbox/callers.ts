import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { JSONWebKeySet } from 'jose';
import { Keyv } from 'keyv';
import type { AdapterPayload, Configuration } from 'oidc-provider';
import { errors, Provider } from 'oidc-provider';
import type { CallerName, CallersState } from './callers-state.ts';
import { CALLER_NAMES, CALLERS, isCallerName } from './callers-state.ts';
import { publicPart } from './rsa-keys.ts';

/** The audience that access tokens for the gateway carry in the sandbox. */
export const GATEWAY_AUDIENCE = 'https://samtykkeporten.sandbox';

const TOKEN_SECONDS = 3600;
const TOKENS_PATH = '/tokens/';

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
 * /tokens/<name>` answers a token as plain text, for people with a terminal.
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

  return {
    issuer: origin,
    listener: (request, response) => {
      if (request.url?.startsWith(TOKENS_PATH) !== true) {
        void answer(request, response);
        return;
      }
      answerToken(request, response).catch(() => response.writeHead(500).end());
    },
    jwks: async () => ({ keys: [publicPart(state.signingKey)] }),
    tokenFor,
  };
}

function configurationOf(state: CallersState, audience: string): Configuration {
  return {
    adapter: () => memoryAdapter(),
    jwks: { keys: [state.signingKey] },
    cookies: { keys: [...state.cookieKeys] },
    clients: CALLER_NAMES.map((name) => ({
      client_id: name,
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      token_endpoint_auth_method: CALLERS[name].authentication,
      ...credentialOf(name, state),
    })),
    clientAuthMethods: ['client_secret_basic', 'private_key_jwt'],
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
    extraTokenClaims: (_context, { clientId }) => {
      if (clientId === undefined || !isCallerName(clientId)) return {};
      const { role, organisations, purposes } = CALLERS[clientId];
      return { role, organisations: [...organisations], purposes: [...purposes] };
    },
    ttl: { ClientCredentials: TOKEN_SECONDS },
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

/** Holds what the provider must remember, such as spent client assertions; its tokens are signed and need no memory. */
function memoryAdapter() {
  const records = new Keyv<AdapterPayload>();
  return {
    upsert: async (id: string, payload: AdapterPayload, expiresIn?: number) => {
      await records.set(id, payload, expiresIn === undefined ? undefined : expiresIn * 1000);
    },
    find: (id: string) => records.get(id),
    findByUserCode: async () => undefined,
    findByUid: async () => undefined,
    consume: async () => undefined,
    destroy: async (id: string) => {
      await records.delete(id);
    },
    revokeByGrantId: async () => undefined,
  };
}
