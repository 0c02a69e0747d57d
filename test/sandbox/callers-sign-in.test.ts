import { createHash, randomBytes } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALLER_NAMES } from '../../src/sandbox/callers-state.ts';
import type { RunningSandbox } from '../../src/sandbox/server.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { ORGANISATIONS } from '../../src/sandbox/world.ts';

const PAGE = 'http://127.0.0.1:4000';
const REDIRECT = `${PAGE}/graphiql/`;

let running: RunningSandbox;
let issuer: string;
beforeAll(async () => {
  running = await startSandbox({ port: 0, onDefect: (error) => expect.fail(String(error)) });
  issuer = running.origins.callers;
});
afterAll(() => running[Symbol.asyncDispose]());

/** A browser, as far as signing in needs one: keeps cookies, and says where it is sent. */
function visitor() {
  const jar = new Map<string, string>();
  return async function visit(address: string, form?: Record<string, string>) {
    const response = await fetch(new URL(address, issuer), {
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      jar.set(name, value);
    }
    return {
      status: response.status,
      text: await response.text(),
      to: response.headers.get('location') ?? '',
      response,
    };
  };
}

type Visit = ReturnType<typeof visitor>;

interface Begun {
  readonly visit: Visit;
  readonly picker: string;
  readonly form: string;
  readonly verifier: string;
}

const newVerifier = () => randomBytes(32).toString('base64url');

function authorization(verifier: string, changes: Record<string, string> = {}): string {
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  return `/auth?${new URLSearchParams({
    response_type: 'code',
    client_id: 'graphiql',
    redirect_uri: REDIRECT,
    scope: 'openid',
    state: 'some-state',
    prompt: 'login',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...changes,
  })}`;
}

async function begin(visit = visitor()): Promise<Begun> {
  const verifier = newVerifier();
  const { to } = await visit(authorization(verifier));
  const { text } = await visit(to);
  return { visit, picker: to, form: /name="form" value="([^"]+)"/.exec(text)?.[1] ?? '', verifier };
}

/** Chooses a person. @returns the parameters the page is sent back with */
async function choose({ visit, picker, form }: Begun, caller: string): Promise<URL> {
  const resumed = await visit(picker, { form, caller });
  expect(resumed.status).toBe(303);
  return new URL((await visit(resumed.to)).to);
}

function exchange(code: string, verifier: string, origin = PAGE): Promise<Response> {
  return fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { origin },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: 'graphiql',
      redirect_uri: REDIRECT,
      code_verifier: verifier,
      code,
    }),
  });
}

describe('a person who signs in', () => {
  it('chooses one of the callers on a page that lists each of them and loads nothing', async () => {
    const { visit, picker } = await begin();
    const { status, text, response } = await visit(picker);
    expect(status).toBe(200);
    for (const name of CALLER_NAMES) expect(text).toContain(`value="${name}"`);
    // Under the heading of each insurer, what is special about it.
    for (const { name, story, shortName } of ORGANISATIONS) {
      if (shortName !== 'supplier') expect(text).toContain(`<h2>${name}</h2>\n<p>${story}</p>`);
    }
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response.headers.get('content-security-policy')).toContain(`form-action 'self' ${PAGE};`);
  });

  it.each([
    ['case-handler-a', 'CASE_HANDLER', ['210483713']],
    ['auditor-b', 'AUDITOR', ['313772403']],
    ['case-handler-d', 'CASE_HANDLER', ['315609321']],
    ['case-handler-ab', 'CASE_HANDLER', ['210483713', '313772403']],
  ])('as %s gets a token that lives an hour and says %s', async (name, role, organisations) => {
    const begun = await begin();
    const back = await choose(begun, name);
    expect(`${back.origin}${back.pathname}`).toBe(REDIRECT);
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ state: 'some-state', iss: issuer });
    const response = await exchange(back.searchParams.get('code') ?? '', begun.verifier);
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, PAGE]);
    const { access_token, expires_in } = (await response.json()) as { access_token: string; expires_in: number };
    expect(expires_in).toBe(3600);
    expect(decodeJwt(access_token)).toMatchObject({
      iss: issuer,
      aud: 'https://samtykkeporten.sandbox',
      sub: name,
      client_id: 'graphiql',
      role,
      organisations,
    });
  });

  it('is asked again the next time, and may be another', async () => {
    const first = await begin();
    await choose(first, 'case-handler-a');
    const second = await begin(first.visit);
    const back = await choose(second, 'analyst-b');
    const response = await exchange(back.searchParams.get('code') ?? '', second.verifier);
    const { access_token } = (await response.json()) as { access_token: string };
    expect(decodeJwt(access_token)).toMatchObject({ sub: 'analyst-b', role: 'ANALYST' });
  });
});

describe('a sign-in is refused', () => {
  it('with a form that was not made for it, or somebody who is not there', async () => {
    const { visit, picker, form } = await begin();
    const other = await begin();
    for (const wrong of [
      { caller: 'analyst-a', form: other.form },
      { caller: 'analyst-a', form: '' },
      { caller: 'toString', form },
      { caller: 'analyst-a'.repeat(1000), form },
    ]) {
      expect((await visit(picker, wrong)).status).toBe(403);
    }
    expect((await visit(picker, { caller: 'analyst-a', form })).status).toBe(303);
  });

  it('in a browser that did not begin it', async () => {
    const { picker, form } = await begin();
    const { status, text } = await visitor()(picker, { caller: 'analyst-a', form });
    expect(status).toBe(404);
    expect(text).toContain('begun in another browser');
  });

  it.each([
    ['without PKCE', { code_challenge: '', code_challenge_method: '' }],
    ['to an address elsewhere', { redirect_uri: 'https://evil.example/graphiql/' }],
    ['to another path of this machine', { redirect_uri: `${PAGE}/elsewhere` }],
    ['for a client that has none', { client_id: 'analyst-a' }],
  ])('%s', async (_, changes) => {
    const { status, to } = await visitor()(authorization(newVerifier(), changes));
    const refused = status === 400 || new URL(to).searchParams.has('error');
    expect(refused).toBe(true);
  });

  it('on another port of this machine it is not: the gateway may listen on any', async () => {
    const { to } = await visitor()(authorization(newVerifier(), { redirect_uri: 'http://127.0.0.1:4999/graphiql/' }));
    expect(to).toMatch(/^\/interaction\//);
  });

  it('at the exchange with another verifier, a second time, or from a page elsewhere', async () => {
    const begun = await begin();
    const code = (await choose(begun, 'analyst-a')).searchParams.get('code') ?? '';
    expect((await exchange(code, begun.verifier, 'https://evil.example')).status).toBe(400);
    const again = await begin();
    const other = (await choose(again, 'analyst-a')).searchParams.get('code') ?? '';
    expect((await exchange(other, newVerifier())).status).toBe(400);
    const third = await begin();
    const spent = (await choose(third, 'analyst-a')).searchParams.get('code') ?? '';
    expect((await exchange(spent, third.verifier)).status).toBe(200);
    expect((await exchange(spent, third.verifier)).status).toBe(400);
  });
});
