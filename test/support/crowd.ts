import type { Person } from '../../src/sandbox/person.ts';
import type { CastId } from '../../src/sandbox/world.ts';
import { NationalId, SYNTHETIC_NATIONAL_IDS } from '../../src/values.ts';

/**
 * More people than the cast has, for tests that need many: each lives the life of one of the cast, under a synthetic number
 * and an id of its own (`P14`, `P15`, …).
 */
export function crowd(cast: readonly Person[], size: number): readonly Person[] {
  const taken = new Set(cast.map(({ nationalId }) => nationalId));
  return Array.from({ length: size }, (_, at): Person => {
    const model = cast[at % cast.length];
    if (model === undefined) throw new Error('a crowd needs somebody to resemble');
    return {
      ...model,
      id: castId(cast.length + at + 1),
      nationalId: syntheticNumber(at, taken),
      name: `Mengde ${at + 1}`,
    };
  });
}

/** The id of the person at that place, counted from one. */
export function castId(place: number): CastId {
  return `P${String(place).padStart(2, '0')}` as CastId;
}

/** A sound number of the population of month + 80, on a day of its own, that nobody has. */
function syntheticNumber(at: number, taken: ReadonlySet<string>): string {
  const birth = `${String(1 + (at % 28)).padStart(2, '0')}${81 + (Math.floor(at / 28) % 12)}72`;
  for (let serial = 0; serial < 50_000; serial += 1) {
    const digits = `${birth}${String(serial).padStart(5, '0')}`;
    if (!taken.has(digits) && NationalId.parse(digits, SYNTHETIC_NATIONAL_IDS) instanceof NationalId) return digits;
  }
  throw new Error('no number is left on that day');
}
