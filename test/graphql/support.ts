import type { KeyObject } from 'node:crypto';
import { generateKeyPairSync } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { SignJWT } from 'jose';
import type { SeenError, World } from '../support/world.ts';

/** What came back, letter by letter and read as GraphQL. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the query of each test decides the form
  readonly data: any;
  readonly errors: readonly SeenError[];
}

/** Any request at all to the gateway: its body goes as it stands. */
export async function send(
  world: World,
  options: {
    readonly method?: 'GET' | 'POST' | 'PUT' | 'OPTIONS' | 'HEAD';
    readonly url?: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  },
): Promise<Answer> {
  const answer = await world.gateway.app.inject({
    method: options.method ?? 'POST',
    url: options.url ?? '/graphql',
    headers: { host: '127.0.0.1:4000', ...options.headers },
    ...(options.body === undefined ? {} : { payload: options.body }),
  });
  const json = String(answer.headers['content-type']).includes('json')
    ? answer.json<{ data?: unknown; errors?: SeenError[] }>()
    : {};
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text: answer.body,
    data: json.data,
    errors: json.errors ?? [],
  };
}

/** A POST of JSON by one of the sandbox's callers. */
export async function post(world: World, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const token = await world.sandbox.callers.tokenFor('case-handler-a');
  return send(world, {
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** A key that nobody knows. */
export const strangeKey: KeyObject = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

/** A token with these claims, signed as told. */
export function signed(
  key: KeyObject | Uint8Array,
  header: { readonly alg: string; readonly kid?: string; readonly typ?: string },
  claims: JWTPayload,
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader(header).sign(key);
}
