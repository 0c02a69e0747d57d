import fc from 'fast-check';
import { expect, it } from 'vitest';
import { firstFlaw } from '../../src/config-json.ts';

/** What the parser says of a text; undefined of one that is sound. */
function verdictOn(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/** Where a flaw is by the parser's own words, where they tell of a token and not of a place within one. */
function placeIn(verdict: string): string | undefined {
  return /string|escape|number|digit|exponent/i.test(verdict) ? undefined : /line (\d+ column \d+)/.exec(verdict)?.[1];
}

it('a flaw is found where the parser finds it', () => {
  let compared = 0;
  const junk = fc.constantFrom('', ',', '{', '}', '[', ']', ':', '"', '\\', 'x', '1', '-', '\n', '//', 'null');
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.nat({ max: 3 }), junk, (sound, place, cut, added) => {
      const at = place % (sound.length + 1);
      const text = sound.slice(0, at) + added + sound.slice(at + cut);
      const verdict = verdictOn(text);
      if (verdict === undefined) return;
      const { line, column } = firstFlaw(text);
      const expected = placeIn(verdict);
      if (expected === undefined) {
        expect(text.split('\n')[line - 1]?.length ?? -1).toBeGreaterThanOrEqual(column - 1);
      } else {
        compared++;
        expect(`${line} column ${column}`).toBe(expected);
      }
    }),
    { numRuns: 2000 },
  );
  expect(compared).toBeGreaterThan(100);
});
