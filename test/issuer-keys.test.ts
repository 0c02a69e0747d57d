import { exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createIssuerKeys } from '../src/issuer-keys.ts';
import type { Transport, WireRequest } from '../src/upstream.ts';
import type { Happening } from './support/scripted.ts';
import { answer, failure, script } from './support/scripted.ts';

const ADDRESS = 'https://issuer.example/jwks';
const MINUTE = 60_000;

async function newKey(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' } };
}

const [first, second] = await Promise.all([newKey('first'), newKey('second')]);
const serving = (...keys: readonly (typeof first)[]) => answer(200, { keys: keys.map(({ jwk }) => jwk) });
const tokenBy = ({ kid, privateKey }: typeof first) =>
  new SignJWT({}).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Keys over a network, closed when the test ends. */
function keysOver(transport: Transport) {
  const keys = createIssuerKeys(ADDRESS, transport);
  return { ...keys, [Symbol.dispose]: () => keys.close() };
}

it('are fetched when they are first needed, and no more while they are known', async () => {
  const { transport, requests } = script(serving(first));
  using keys = keysOver(transport);
  expect(requests).toHaveLength(0);
  await Promise.all([1, 2, 3].map(async () => jwtVerify(await tokenBy(first), keys.get)));
  await jwtVerify(await tokenBy(first), keys.get);
  expect(requests).toMatchObject([
    { method: 'GET', url: ADDRESS, headers: { accept: 'application/json' }, maxBytes: 256 * 1024 },
  ]);
});

it('are kept fresh in the background, so that a key that was taken away no longer serves', async () => {
  const { transport, requests } = script(serving(first), serving(second));
  using keys = keysOver(transport);
  await jwtVerify(await tokenBy(first), keys.get);
  await vi.advanceTimersByTimeAsync(10 * MINUTE);
  expect(requests).toHaveLength(2);
  await jwtVerify(await tokenBy(second), keys.get);
  await expect(jwtVerify(await tokenBy(first), keys.get)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
  expect(requests).toHaveLength(2);
});

it.each<[string, Happening]>([
  ['a lost connection', failure('ECONNRESET')],
  ['an error page', answer(503, '<html>')],
  ['a redirect', answer(302, '', { location: 'https://elsewhere.example' })],
  ['half an answer', answer(200, '{"keys":[')],
  ['something else', answer(200, { no: 'keys' })],
])('the last known ones serve on when a refresh meets %s', async (_, happening) => {
  const { transport, requests } = script(serving(first), happening);
  using keys = keysOver(transport);
  await keys.check();
  for (let hour = 0; hour < 6; hour += 1) await vi.advanceTimersByTimeAsync(10 * MINUTE);
  expect(requests).toHaveLength(7);
  await jwtVerify(await tokenBy(first), keys.get);
  await expect(keys.check()).resolves.toBeUndefined();
});

it('an unknown key id fetches them at once, but no more often than each half minute', async () => {
  const { transport, requests } = script(serving(first), serving(first, second));
  using keys = keysOver(transport);
  await keys.check();
  await expect(jwtVerify(await tokenBy(second), keys.get)).rejects.toThrow();
  expect(requests).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(31_000);
  await jwtVerify(await tokenBy(second), keys.get);
  expect(requests).toHaveLength(2);
});

it.each<[string, Happening]>([
  ['nobody answers', failure('ECONNREFUSED')],
  ['the answer is an error', answer(500)],
  ['the answer is no key set', answer(200, '<html>')],
])('the check says that there are none when %s, and finds them once they are there', async (_, happening) => {
  const { transport } = script(happening, serving(first));
  using keys = keysOver(transport);
  await expect(keys.check()).rejects.toThrow();
  await expect(keys.check()).resolves.toBeUndefined();
});

it('a fetch that hangs is given up after five seconds', async () => {
  vi.useRealTimers();
  const timeout = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    expect(ms).toBe(5_000);
    return AbortSignal.abort(new DOMException('too late', 'TimeoutError'));
  });
  try {
    const waits: Transport = ({ signal }) =>
      signal.aborted ? Promise.reject(signal.reason) : Promise.reject(new Error('not given up'));
    using keys = keysOver(waits);
    await expect(keys.check()).rejects.toMatchObject({ code: 'ERR_JWKS_TIMEOUT' });
  } finally {
    timeout.mockRestore();
  }
});

it('closing ends the refreshing, and a fetch under way', async () => {
  const sent: WireRequest[] = [];
  const { transport } = script('silence');
  const keys = createIssuerKeys(ADDRESS, (request) => {
    sent.push(request);
    return transport(request);
  });
  const check = keys.check().catch(() => 'given up');
  keys.close();
  expect(await check).toBe('given up');
  await vi.advanceTimersByTimeAsync(60 * MINUTE);
  expect(sent).toHaveLength(1);
});
