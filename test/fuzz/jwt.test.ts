import { afterAll, beforeEach, expect, it } from 'vitest';
import type { Transport } from '../../src/upstream.ts';
import type { Answer } from '../graphql/support.ts';
import { send } from '../graphql/support.ts';
import type { World } from '../support/world.ts';
import { openWorld } from '../support/world.ts';
import { expectNowhere, expectWellFormed, logReader } from './answers.ts';
import { drawn } from './draw.ts';
import type { Forge } from './forged-tokens.ts';
import { drawForgery } from './forged-tokens.ts';
import { fuzz, PATIENCE_MS, renewedAfter } from './seed.ts';

const VIEWER = JSON.stringify({ query: '{ viewer { role } }' });

/** Tokens that the doubles issue for NAV and Altinn, by where they came from. */
const foreign: Record<string, string> = {};
const collecting =
  (doubles: Transport): Transport =>
  async (request) => {
    const answer = await doubles(request);
    const text = new TextDecoder().decode(answer.body);
    const [token] = /ey[\w-]+\.ey[\w-]+\.[\w-]+/.exec(text) ?? [];
    if (token !== undefined) foreign[`${request.url} ${Object.keys(foreign).length}`] = token;
    return answer;
  };

let world: World;
let forge: Forge;
let freshLog: () => string;

const begin = renewedAfter(400, async () => {
  await world?.[Symbol.asyncDispose]();
  world = await openWorld({ transport: collecting });
  await world.grantKnown('P04');
  await world.read('P04');
  freshLog = logReader(world.log);
  forge = {
    sound: await world.sandbox.callers.tokenFor('case-handler-a'),
    signingKey: world.sandbox.state.callers.signingKey,
    foreign,
    nowSeconds: Math.floor(Date.now() / 1000),
  };
  expect(Object.keys(foreign).length).toBeGreaterThan(2);
});
beforeEach(begin);
afterAll(() => world?.[Symbol.asyncDispose]());

function viewer(authorization: string): Promise<Answer> {
  return send(world, { headers: { 'content-type': 'application/json', authorization }, body: VIEWER });
}

it(
  'a forged token opens nothing, is told so by code, leaves no part of itself in the log and closes the door to nobody',
  async () => {
    await fuzz(400, drawn(drawForgery), async ({ make }) => {
      await begin();
      freshLog();
      const authorization = make(forge);
      const answer = await viewer(authorization);
      const codes = expectWellFormed(answer);
      if (isSoundAllTheSame(authorization)) return;
      expect(codes).toEqual(['UNAUTHENTICATED']);
      expect(answer.status).toBe(401);
      expect(answer.data).toBeUndefined();
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="samtykkeporten"');
      const parts = partsOf(authorization);
      expectNowhere(parts, answer.text, 'the answer');
      const log = freshLog();
      expectNowhere(parts, log, 'the log');
      expect(log).not.toContain('"defect"');
      expect((await viewer(`Bearer ${forge.sound}`)).data).toEqual({ viewer: { role: 'CASE_HANDLER' } });
    });
  },
  PATIENCE_MS,
);

it('over a real connection, a token larger than any header may be is refused before it is read, and what came is not sent back', async () => {
  const address = await world.gateway.listen();
  for (const size of [8_000, 24_000]) {
    const token = `${forge.sound}${'hemmelig'.repeat(size / 8)}`;
    const answer = await fetch(`${address}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: VIEWER,
    });
    expect(answer.status).toBe(size === 8_000 ? 401 : 431);
    expect(await answer.text()).not.toContain('hemmelig');
  }
  const log = freshLog();
  expect(log).not.toContain('hemmelig');
  expect(log).not.toContain('"defect"');
});

/**
 * Whether the letters differ and the token does not: the last letters of base64 hold bits that count for nothing, and a decoder
 * may pass over what is no letter. Such a token is the issuer's own, so that taking it is no harm.
 */
function isSoundAllTheSame(authorization: string): boolean {
  const [header, payload, signature = ''] = forge.sound.split('.');
  const [head, body, sent = '', ...more] = authorization.replace(/^Bearer /i, '').split('.');
  if (head !== header || body !== payload || more.length > 0) return false;
  return Buffer.from(sent, 'base64url').equals(Buffer.from(signature, 'base64url'));
}

/** The parts of a token that are long enough to tell something. */
function partsOf(authorization: string): Record<string, string> {
  const parts = authorization.split(/[ .,"]/).filter((part) => part.length > 20);
  return Object.fromEntries(parts.map((part, at) => [`part ${at}`, part.slice(0, 200)]));
}
