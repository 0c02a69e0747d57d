import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSourceName, SOURCE_NAMES, sourceNameOf, sourceOf } from '../../src/benefits/index.ts';
import type { JaNeiUkjent } from '../../src/benefits/ja-nei-ukjent.ts';
import { anyOf, both, opposite } from '../../src/benefits/ja-nei-ukjent.ts';

describe('a source', () => {
  it('goes by its field’s name and by its enum value, one for one', () => {
    expect(SOURCE_NAMES.map(sourceOf)).toEqual(['AAP_VEDTAK', 'AAP_MELDEKORT', 'UFOREOPPLYSNINGER']);
    expect(SOURCE_NAMES.map(sourceOf).map(sourceNameOf)).toEqual(SOURCE_NAMES);
  });

  it('is nothing else', () => {
    expect(['sykepenger', 'AAP_VEDTAK', 'toString', ''].some(isSourceName)).toBe(false);
  });
});

describe('what cannot be told', () => {
  const answer = fc.constantFrom<JaNeiUkjent>('JA', 'NEI', 'UKJENT');
  /** What an answer may turn out to be. */
  const readings = (one: JaNeiUkjent) => (one === 'UKJENT' ? [true, false] : [one === 'JA']);
  const told = (outcomes: boolean[]): JaNeiUkjent => {
    if (outcomes.every((outcome) => outcome === outcomes[0])) return outcomes[0] ? 'JA' : 'NEI';
    return 'UKJENT';
  };

  it('stays so exactly when its readings disagree', () => {
    fc.assert(
      fc.property(answer, answer, (one, other) => {
        const pairs = readings(one).flatMap((a) => readings(other).map((b) => [a, b] as const));
        expect(both(one, other)).toBe(told(pairs.map(([a, b]) => a && b)));
        expect(anyOf([one, other])).toBe(told(pairs.map(([a, b]) => a || b)));
        expect(opposite(one)).toBe(told(readings(one).map((a) => !a)));
      }),
    );
  });

  it('is NEI when there is nothing to ask', () => {
    expect(anyOf([])).toBe('NEI');
  });
});
