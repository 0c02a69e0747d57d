import fc from 'fast-check';

/** Chance for a builder: what it draws comes off a tape, so that a failing case shrinks with its tape. */
export interface Draw {
  /** A whole number from 0 up to, but not including, `bound`; 0 once the tape has ended. */
  below(bound: number): number;
  /** One of them; the first once the tape has ended, so the simplest stands first. */
  of<T>(choices: readonly T[]): T;
  /** True in that many of a hundred cases; never once the tape has ended, so that what is built comes to an end too. */
  chance(percent: number): boolean;
}

const LONGEST_TAPE = 300;
const LARGEST_NUMBER = 0xffff;

/** Whatever `build` makes of chance. */
export function drawn<T>(build: (draw: Draw) => T): fc.Arbitrary<T> {
  return fc
    .array(fc.nat(LARGEST_NUMBER), { maxLength: LONGEST_TAPE, size: 'max' })
    .map((tape) => build(drawFrom(tape)));
}

function drawFrom(tape: readonly number[]): Draw {
  let at = 0;
  const below = (bound: number) => {
    const number = tape[at] ?? 0;
    at += 1;
    return number % bound;
  };
  return {
    below,
    of(choices) {
      if (choices.length === 0) throw new RangeError('there is nothing to choose from');
      return choices[below(choices.length)] as (typeof choices)[number];
    },
    chance: (percent) => below(100) >= 100 - percent,
  };
}
