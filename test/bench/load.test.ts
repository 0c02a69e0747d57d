import { describe, expect, it } from 'vitest';
import { hold, isVedtakRead } from '../support/hold.ts';
import type { World } from '../support/world.ts';
import { openWorld } from '../support/world.ts';
import { openLoop } from './open-loop.ts';
import * as figures from './process-figures.ts';
import { meets } from './table.ts';

/** Processes of their own, started and kept busy, on a machine that may be five times slower and busy itself. */
const LIMIT_MS = 300_000;

describe('in their bounded form', () => {
  it.each(Object.values(figures))(
    '$name stays within what even a busy machine allows',
    { timeout: LIMIT_MS },
    async (figure) => {
      const measured = await figure.measure('bounded');
      expect(meets(measured.value, figure.looseBound), JSON.stringify(measured)).toBe(true);
    },
  );
});

it('counts latency from the moment at which a request was due, not from when a late sender got round to it', async () => {
  const blocksFor = (ms: number) => {
    const until = performance.now() + ms;
    while (performance.now() < until);
  };
  const [samples = []] = await openLoop([{ ratePerSecond: 1000, seconds: 0.01 }], async (at) => {
    if (at === 0) blocksFor(40);
  });
  expect(samples).toHaveLength(10);
  for (const { latencyMs } of samples) expect(latencyMs).toBeGreaterThan(30);
});

describe('with as much under way as may be', () => {
  const full = async () => {
    const held = hold(isVedtakRead);
    const world = await openWorld({
      rail: 'ALTINN_3',
      transport: held.transport,
      config: (config) => ({
        ...config,
        graphql: { ...config.graphql, limits: { ...config.graphql.limits, requestsUnderWay: 1 } },
      }),
    });
    await world.grantKnown('P04');
    const underWay = world.read('P04');
    await held.holds;
    return { world, underWay, release: held.release, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
  };
  const read = (world: World, headers = {}) => world.query('case-handler-b', '{ viewer { role } }', {}, headers);

  it('another caller is turned away with 503, a time to come back at and a documented code, and is let in afterwards', async () => {
    await using scene = await full();
    const seen = await read(scene.world);
    expect(seen.status).toBe(503);
    expect(seen.headers['retry-after']).toBe('1');
    expect(seen.errors).toEqual([
      {
        message: expect.stringContaining('Retry-After'),
        extensions: { code: 'LIMIT_EXCEEDED', retry: 'later', callId: seen.headers['x-request-id'] },
      },
    ]);
    scene.release();
    expect((await scene.underWay).errors).toEqual([]);
    expect((await read(scene.world)).data).toEqual({ viewer: { role: 'CASE_HANDLER' } });
  });

  it('nothing of whoever is turned away is recorded or asked of anybody, and the operator reads why', async () => {
    await using scene = await full();
    const calls = scene.world.sandbox.journal.entries().length;
    const seen = await scene.world.read('P04', { caller: 'case-handler-b', purpose: 'DISABILITY_INSURANCE' });
    expect(seen.status).toBe(503);
    expect(scene.world.sandbox.journal.entries()).toHaveLength(calls);
    expect(scene.world.log()).toContain(String(seen.headers['x-request-id']));
    scene.release();
    await scene.underWay;
    expect(await scene.world.audit('b')).toEqual([]);
  });

  it('whoever asks whether it lives or is ready is answered, and so is a person who returns from Altinn', async () => {
    await using scene = await full();
    const { app } = scene.world.gateway;
    const get = async (url: string) =>
      (await app.inject({ method: 'GET', url, headers: { host: '127.0.0.1' } })).statusCode;
    expect(await Promise.all(['/health', '/ready', '/return/unknown'].map(get))).toEqual([200, 200, 404]);
    scene.release();
    await scene.underWay;
  });
});
