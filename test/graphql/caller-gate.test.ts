import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stillClock } from '../../src/clock.ts';
import type { CallerGate } from '../../src/graphql/caller-gate.ts';
import { createCallerGate } from '../../src/graphql/caller-gate.ts';
import { SANDBOX_START } from '../../src/sandbox/world.ts';
import { B } from '../contracts/remembered.ts';
import { hold, isVedtakRead } from '../support/hold.ts';
import { someCaller } from '../support/ports.ts';
import { openWorld } from '../support/world.ts';

const LIMITS = { requestsPerMinute: 6, concurrentRequests: 3 };

/** How a caller fares at the gate: let in and gone again, or told how long to wait. */
function knock(gate: CallerGate, caller = someCaller()): number {
  const entry = gate(caller);
  if ('retryAfterSeconds' in entry) return entry.retryAfterSeconds;
  entry.leave();
  return 0;
}

describe('the gate', () => {
  it('lets as many in at once as a minute allows, and then one for each part of it', () => {
    const clock = stillClock(SANDBOX_START);
    const gate = createCallerGate(LIMITS, clock);
    expect(Array.from({ length: 7 }, () => knock(gate))).toEqual([0, 0, 0, 0, 0, 0, 10]);
    clock.set(new Date(SANDBOX_START.getTime() + 9_999));
    expect(knock(gate)).toBe(1);
    clock.set(new Date(SANDBOX_START.getTime() + 10_000));
    expect([knock(gate), knock(gate)]).toEqual([0, 10]);
  });

  it('counts each caller alone, and at each insurer', () => {
    const gate = createCallerGate(LIMITS, stillClock(SANDBOX_START));
    for (let time = 0; time < 6; time += 1) knock(gate);
    expect(knock(gate)).toBe(10);
    expect(knock(gate, someCaller({ subject: 'somebody else' }))).toBe(0);
    expect(knock(gate, someCaller({}, B))).toBe(0);
  });

  it('holds back whoever has too much under way, until one of it has left, which leaves once', () => {
    const gate = createCallerGate({ ...LIMITS, requestsPerMinute: 600 }, stillClock(SANDBOX_START));
    const entries = Array.from({ length: 3 }, () => gate(someCaller()));
    expect(gate(someCaller())).toEqual({ retryAfterSeconds: 1 });
    const [first] = entries;
    if (first === undefined || 'retryAfterSeconds' in first) throw new Error('the first is let in');
    first.leave();
    first.leave();
    expect(gate(someCaller())).toHaveProperty('leave');
    expect(gate(someCaller())).toEqual({ retryAfterSeconds: 1 });
  });

  it('never lets more in over any time than it allows, however the clock runs', () => {
    const someSteps = fc.array(fc.integer({ min: -20_000, max: 20_000 }), { maxLength: 200 });
    fc.assert(
      fc.property(someSteps, (steps) => {
        const clock = stillClock(SANDBOX_START);
        const gate = createCallerGate(LIMITS, clock);
        let entered = 0;
        let forward = 0;
        for (const step of steps) {
          clock.set(new Date(clock.now().getTime() + step));
          forward += Math.max(0, step);
          if (knock(gate) === 0) entered += 1;
        }
        expect(entered).toBeLessThanOrEqual(6 + Math.floor(forward / 10_000));
      }),
    );
  });
});

describe('a caller who asks too often', () => {
  it('is answered 429 with Retry-After and a code that says to wait, and let in afterwards', async () => {
    await using world = await openWorld({
      config: (config) => ({
        ...config,
        graphql: { ...config.graphql, limits: { ...config.graphql.limits, requestsPerMinute: 2 } },
      }),
    });
    const ask = () => world.query('case-handler-a', '{ viewer { role } }');
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
    const refused = await ask();
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '30']);
    expect(refused.errors).toMatchObject([{ extensions: { code: 'LIMIT_EXCEEDED', retry: 'later' } }]);
    expect(refused.data).toBeUndefined();
    expect((await world.query('case-handler-b', '{ viewer { role } }')).status).toBe(200);
    world.clock.set(new Date(SANDBOX_START.getTime() + 30_000));
    expect((await ask()).status).toBe(200);
  });

  it('for much at once is held back only as long as it is under way', async () => {
    const onItsWay = hold(isVedtakRead);
    await using world = await openWorld({
      transport: onItsWay.transport,
      config: (config) => ({
        ...config,
        graphql: { ...config.graphql, limits: { ...config.graphql.limits, concurrentRequests: 2 } },
      }),
    });
    await world.grantKnown('P04');
    const underWay = [world.read('P04'), world.read('P04')];
    await onItsWay.holds;
    const ask = () => world.query('case-handler-a', '{ consents { nodes { id } } }');
    const refused = await ask();
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1']);
    onItsWay.release();
    for (const answer of await Promise.all(underWay)) expect(answer.errors).toEqual([]);
    expect((await ask()).status).toBe(200);
    // What is refused before it is begun has left as well.
    for (let time = 0; time < 5; time += 1) {
      expect((await world.query('case-handler-a', '{ nothing')).status).toBe(200);
      expect((await world.query('case-handler-a', 'query { viewer { role(id: "30817429498") } }')).status).toBe(200);
    }
    expect((await ask()).errors).toEqual([]);
  });
});
