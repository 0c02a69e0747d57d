import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { World } from '../support/world.ts';
import { openWorld } from '../support/world.ts';

let world: World;
let address: string;
let token: string;

beforeAll(async () => {
  world = await openWorld();
  address = await world.gateway.listen();
  token = await world.sandbox.callers.tokenFor('case-handler-a');
});
afterAll(() => world[Symbol.asyncDispose]());

const audits = serverAudits({
  url: () => `${address}/graphql`,
  fetchFn: (url: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${token}`);
    return fetch(url, { ...init, headers });
  },
});

/** What GraphQL over HTTP allows and this gateway leaves out: GET, since an address ends up in logs. */
const LEFT_OUT = ['5A70', 'D6D5', '6A70'];

describe('the audits of GraphQL over HTTP, against the running gateway', () => {
  it.each(audits)('$id: $name', async (audit) => {
    const { status } = await audit.fn();
    expect({ id: audit.id, status }).toEqual({ id: audit.id, status: LEFT_OUT.includes(audit.id) ? 'notice' : 'ok' });
  });
});
