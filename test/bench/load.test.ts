import { describe, expect, it } from 'vitest';
import { openLoop } from './open-loop.ts';
import * as figures from './process-figures.ts';
import { measureLoosely, meets } from './table.ts';

/** Processes of their own, started and kept busy, on a machine that may be five times slower and busy itself. */
const LIMIT_MS = 600_000;

describe('in their bounded form', () => {
  it.each(Object.values(figures))(
    '$name stays within what even a busy machine allows',
    { timeout: LIMIT_MS },
    async (figure) => {
      const measured = await measureLoosely(figure);
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
