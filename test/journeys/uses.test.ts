import { describe, expect, it, vi } from 'vitest';
import type { Config } from '../../src/config.ts';
import { createAltinn2 } from '../../src/gateway-altinn2.ts';
import { answer, script, wayOut } from '../support/scripted.ts';
import { openWorld } from '../support/world.ts';

const AIM = { upstream: 'altinn2', path: '/api/authorization/token', method: 'POST' } as const;
const RECORD = '{ disclosures(first: 9) { nodes { outcome useLogged } } }';

describe('whether Altinn 2 has logged a use', () => {
  it.each([
    ['is not known where the connection broke once it was written', { kind: 'reset', afterEffect: true }, null],
    ['is not known where the connection broke', { kind: 'reset' }, null],
    [
      'is not known where a server failed once it was written',
      { kind: 'status', status: 502, afterEffect: true },
      null,
    ],
    [
      'is not known where it said to come later once it was written',
      { kind: 'status', status: 503, afterEffect: true },
      null,
    ],
    ['is not known where something else answered', { kind: 'success', status: 200 }, null],
    ['is known where it was refused', { kind: 'status', status: 403 }, false],
    ['is known where it was written', undefined, true],
  ] as const)('%s', async (_, fault, useLogged) => {
    await using before = await openWorld({ rail: 'ALTINN_2' });
    await before.grantKnown('P04');
    if (fault !== undefined) before.sandbox.faults.add({ ...AIM, ...fault });
    expect((await before.read('P04')).errors).toEqual([]);
    // A gateway that has ended has noted all that it knows.
    await before.gateway[Symbol.asyncDispose]();
    await using world = await openWorld({ rail: 'ALTINN_2', directory: before.directory });
    const seen = await world.query('auditor-a', RECORD);
    expect(seen.data.disclosures.nodes).toEqual([1, 2, 3].map(() => ({ outcome: 'DELIVERED', useLogged })));
  });
});

it('uses that Altinn 2 is to be told of wait for their turn, but no more of them than a bound', async () => {
  let config: Config | undefined;
  await using _ = await openWorld({ config: (given) => (config = given) });
  if (config === undefined) throw new Error('the world was opened with a configuration');
  const { upstream } = wayOut(script(answer(204)).transport);
  const altinn2 = createAltinn2(config, { upstream: () => upstream, clock: { now: () => new Date() } });
  const gate = Promise.withResolvers<boolean>();
  const work = vi.fn(() => gate.promise);
  const note = vi.fn(async () => undefined);
  for (let use = 0; use < 10_005; use += 1) void altinn2.rail?.afterwards(note, work);
  expect(work).toHaveBeenCalledTimes(8);
  gate.resolve(true);
  await altinn2[Symbol.asyncDispose]();
  expect(work).toHaveBeenCalledTimes(10_000);
  expect(note).toHaveBeenCalledTimes(10_000);
});
