import { describe, expect, it } from 'vitest';
import { numberOf, READ, sharedWorld } from '../support/world.ts';
import { post } from './support.ts';

describe('a client', () => {
  const world = sharedWorld((opened) => opened.grantKnown('P04'));
  const read = (accept: string) => post(world(), { query: READ, variables: { id: numberOf('P04') } }, { accept });

  it.each([
    'text/html',
    'text/*',
    'application/xml, text/html;q=0.9',
    'application/json;q=0',
    '*/*;q=0',
    'application/json;q=0, application/graphql-response+json;q=0, */*',
    'application/json; charset=iso-8859-1',
    'application/problem+json',
    'multipart/mixed',
    'json',
    'nonsense, /, ;;',
  ])('that takes %s alone is told what there is, before NAV is asked and anything is recorded', async (accept) => {
    const calls = world().sandbox.journal.entries().length;
    const records = await world().audit('a');
    const seen = await read(accept);
    expect(seen.status).toBe(406);
    expect(seen.data).toBeUndefined();
    expect(seen.errors).toEqual([
      {
        message: expect.stringMatching(/application\/json .* Accept/),
        extensions: { code: 'INVALID_INPUT', retry: 'never', callId: seen.headers['x-request-id'] },
      },
    ]);
    expect(world().sandbox.journal.entries()).toHaveLength(calls);
    expect(await world().audit('a')).toEqual(records);
  });

  it.each([
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['application/*', 'application/json'],
    ['application/json', 'application/json'],
    ['APPLICATION/JSON', 'application/json'],
    ['application/json; charset=utf-8', 'application/json'],
    ['application/graphql-response+json', 'application/graphql-response+json'],
    ['application/graphql-response+json, application/json;q=0.9', 'application/graphql-response+json'],
    ['text/html, application/json;q=0.1', 'application/json'],
    ['application/json;q=0, */*', 'application/graphql-response+json'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'application/json'],
  ])('that takes %j is answered with %s', async (accept, type) => {
    const seen = await read(accept);
    expect(seen.status).toBe(200);
    expect(seen.errors).toEqual([]);
    expect(seen.headers['content-type']).toBe(`${type}; charset=utf-8`);
  });
});
