import { describe, expect, it } from 'vitest';
import { hold, isVedtakRead } from './support/hold.ts';
import type { World } from './support/world.ts';
import { numberOf, openWorld } from './support/world.ts';

const VEDTAK = `query ($id: NationalId!) {
  applicant(by: { nationalId: $id }) { aapVedtak { __typename } }
}`;

describe('with as much under way as may be', () => {
  /** The one place is taken by a read of one source: it asks nothing further of anybody until it is released. */
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
    const underWay = world.query('case-handler-a', VEDTAK, { id: numberOf('P04') });
    await held.holds;
    return {
      world,
      underWay,
      release: held.release,
      // A gateway ends when all that is under way has: a test that fails says so itself, not by running out of time.
      async [Symbol.asyncDispose]() {
        held.release();
        await underWay;
        await world[Symbol.asyncDispose]();
      },
    };
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
