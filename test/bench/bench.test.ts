import { afterAll, describe, expect, it } from 'vitest';
import { RATIOS } from './figures.ts';
import { removeScenes, sceneOn } from './scene.ts';
import { measureLoosely, rowOf } from './table.ts';
import { startUpstream } from './upstream.ts';
import { serve } from './variant.ts';

/** Long enough for a machine that is five times slower and busy: a limit against hanging. */
const PATIENCE = { timeout: 240_000 };

afterAll(removeScenes);

describe('how often the upstreams are called about ten applicants and both of their benefits', PATIENCE, () => {
  const perQuery = [
    ['gateway', 'ALTINN_3', { maskinporten: 20, altinn2: 0, aap: 10, uforeopplysninger: 10 }],
    ['gateway', 'ALTINN_2', { maskinporten: 0, altinn2: 10, aap: 10, uforeopplysninger: 10 }],
    ['naive', 'ALTINN_3', { maskinporten: 20, altinn2: 0, aap: 10, uforeopplysninger: 10 }],
    ['naive', 'ALTINN_2', { maskinporten: 20, altinn2: 20, aap: 10, uforeopplysninger: 10 }],
  ] as const;

  it.each(perQuery)('by %s on %s', async (variant, rail, expected) => {
    const scene = await sceneOn(rail);
    await using upstream = await startUpstream(scene, 0);
    await using served = await serve(variant, scene, upstream);
    const people = scene.people.slice(0, 10);
    // The first query fetches keys, and the tokens that serve many consents.
    await served.read(people);
    await upstream.calls();
    await served.read(people);
    expect(await upstream.calls()).toEqual(expected);
  });
});

describe('the figures, by their loose bounds,', PATIENCE, () => {
  it.each(RATIOS)('$name', async (figure) => {
    const measured = await measureLoosely(figure);
    const told = rowOf(figure, measured, figure.looseBound);
    if ('atMost' in figure.looseBound) expect(measured.value, told).toBeLessThanOrEqual(figure.looseBound.atMost);
    else expect(measured.value, told).toBeGreaterThanOrEqual(figure.looseBound.atLeast);
  });
});
