/** Further apart, two names have little to do with each other. */
const FARTHEST = 2;

/**
 * Which of the names somebody meant who wrote something like it: at most two letters are missing, too many or other ones, however
 * large or small they are written and whatever joins the words. Undefined: none is that near.
 */
export function nearest(written: string, names: readonly string[]): string | undefined {
  const [best] = names
    .map((name) => ({ name, apart: distance(bare(written), bare(name)) }))
    .filter(({ name, apart }) => apart <= FARTHEST && apart * 2 < bare(name).length)
    .toSorted((one, other) => one.apart - other.apart);
  return best?.name;
}

function bare(name: string): string {
  return name.replaceAll(/[\s_-]/g, '').toLowerCase();
}

/** Levenshtein's: the fewest letters put in, left out or changed. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [y, letter] of [...one].entries()) {
    const above = row;
    row = [y + 1];
    for (let x = 1; x <= other.length; x++) {
      const changed = (above[x - 1] ?? 0) + (letter === other[x - 1] ? 0 : 1);
      row.push(Math.min(changed, (above[x] ?? 0) + 1, (row[x - 1] ?? 0) + 1));
    }
  }
  return row.at(-1) ?? 0;
}
