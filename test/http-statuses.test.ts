import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Config } from '../src/config.ts';
import { markdownTable } from './support/markdown.ts';
import type { World } from './support/world.ts';
import { openWorld } from './support/world.ts';

const page = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8');
/** `429 LIMIT_EXCEEDED`, and so on, in the order of the page. */
const documented = markdownTable(page, 'Status').map(([status, code]) => `${status} ${code}`);

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: { readonly errors?: readonly { readonly extensions: Record<string, unknown> }[] };
}

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Sends a sound question of a case handler, changed as told. */
async function send(world: World, { method = 'POST', path = '/graphql', headers = {}, body }: Sent): Promise<Answer> {
  const answer = await fetch(new URL(path, await world.gateway.listen()), {
    method,
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      authorization: `Bearer ${await world.sandbox.callers.tokenFor('case-handler-a')}`,
      ...headers,
    },
    body: method === 'GET' ? null : (body ?? question('{ viewer { role } }')),
  });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Answer['body'] };
}

const question = (query: string) => JSON.stringify({ query });

function limited(limits: Partial<Config['graphql']['limits']>) {
  return (config: Config): Config => ({
    ...config,
    graphql: { ...config.graphql, limits: { ...config.graphql.limits, ...limits } },
  });
}

interface Case extends Sent {
  readonly config?: (config: Config) => Config;
  readonly fault?: Parameters<World['sandbox']['faults']['add']>[0];
}

/** What leads to each answer of the page. Not tried is what takes half a minute. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  '200 any': [{}, { body: question('{ nothing }'), headers: { accept: 'application/json' } }],
  '400 INVALID_INPUT': [
    { body: '[]', headers: { accept: 'application/json' } },
    { body: 'no JSON', headers: { accept: 'application/json' } },
    { body: question('{ nothing }') },
  ],
  '400 LIMIT_EXCEEDED': [{ body: question(`{ ${'viewer { role } '.repeat(700)} }`) }],
  '400 NATIONAL_ID_IN_DOCUMENT': [{ body: question('{ applicant(by: { nationalId: "30817429498" }) { id } }') }],
  '401 UNAUTHENTICATED': [{ headers: { authorization: '' } }, { headers: { authorization: 'Bearer no-token' } }],
  '403 FORBIDDEN': [
    { headers: { 'data-consumer': '999999999' } },
    { body: question('{ __schema { description } }'), config: closed },
  ],
  '404 NOT_FOUND': [{ path: '/nothing' }, { method: 'GET' }],
  '406 INVALID_INPUT': [{ headers: { accept: 'text/html' } }],
  '408 INVALID_INPUT': [],
  '413 LIMIT_EXCEEDED': [{ body: question(`# ${'x'.repeat(100_000)}`) }],
  '415 INVALID_INPUT': [{ headers: { 'content-type': 'text/plain' } }],
  '429 LIMIT_EXCEEDED': [{ config: limited({ concurrentRequests: 0 }) }],
  '431 LIMIT_EXCEEDED': [{ headers: { 'x-large': 'x'.repeat(20_000) } }],
  '500 INTERNAL': [{ fault: { upstream: 'callers', path: '/jwks', kind: 'reset' } }],
  '503 LIMIT_EXCEEDED': [{ config: limited({ requestsUnderWay: 0 }) }],
};

function closed(config: Config): Config {
  return { ...config, graphql: { ...config.graphql, introspection: [] } };
}

it('every status is documented with its code, and no other', () => {
  expect(documented).toEqual(Object.keys(CASES));
});

it.each(Object.entries(CASES).flatMap(([answer, cases]) => cases.map((each, at) => [answer, at + 1, each] as const)))(
  '%s is answered as the page says (%i)',
  async (expected, _, { config, fault, ...sent }) => {
    await using world = await openWorld({ rail: 'ALTINN_3', ...(config === undefined ? {} : { config }) });
    if (fault !== undefined) world.sandbox.faults.add(fault);
    const { status, headers, body } = await send(world, sent);
    const [documentedStatus, code] = expected.split(' ');
    expect(String(status)).toBe(documentedStatus);
    for (const { extensions } of body.errors ?? []) {
      if (code !== 'any') expect(extensions['code']).toBe(code);
      expect(extensions['callId']).toBe(headers.get('x-request-id'));
    }
    if (code !== 'any') expect(body.errors).toHaveLength(1);
    expect(headers.has('retry-after')).toBe(status === 429 || status === 503);
    expect(headers.has('www-authenticate')).toBe(status === 401);
  },
);
