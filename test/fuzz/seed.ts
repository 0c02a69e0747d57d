import fc from 'fast-check';

const USUAL_SEED = 20_261_116;
const MOST_RUNS = 100;

/** How long one property may take, in milliseconds: a limit against hanging that grows with the runs, not a measure. */
export const PATIENCE_MS = 300_000 * Math.max(1, factor());

/** How long a failing case is made smaller before it is shown as it is. */
const SHRINKING_MS = 40_000;

/**
 * How much more than usual is tried: the environment variable `FUZZ_RUNS`, 1 when it is not set.
 * @throws RangeError when it is no number from 0.01 to 100
 */
function factor(): number {
  const given = Number(process.env['FUZZ_RUNS'] ?? 1);
  if (!(given >= 0.01 && given <= MOST_RUNS)) throw new RangeError(`FUZZ_RUNS is a number from 0.01 to ${MOST_RUNS}`);
  return given;
}

function isUsual(): boolean {
  const { seed, path } = beginning();
  return seed === USUAL_SEED && path === undefined && factor() >= 1;
}

/** Where chance begins: `FUZZ_SEED`, and within it the one case of `FUZZ_PATH`. */
function beginning(): { readonly seed: number; readonly path?: string } {
  const seed = Number(process.env['FUZZ_SEED'] ?? USUAL_SEED);
  if (!Number.isSafeInteger(seed)) throw new RangeError('FUZZ_SEED is an integer');
  const path = process.env['FUZZ_PATH'];
  return path === undefined ? { seed } : { seed, path };
}

/**
 * Judges cases drawn by chance, always the same ones from the same seed. A case fails by what `judge` throws, and by any
 * promise or exception that nobody has caught until it ends. What is thrown tells how to draw the same cases again; a case
 * must print without a national id, token or key.
 *
 * @param usualRuns how many cases, before `FUZZ_RUNS` multiplies them
 * @returns whether these were the usual cases or more, of which it is known what they reach
 * @throws Error with the smallest failing case that was found, and what it met
 */
export async function fuzz<T>(
  usualRuns: number,
  cases: fc.Arbitrary<T>,
  judge: (drawn: T) => Promise<void>,
): Promise<boolean> {
  const stray: unknown[] = [];
  const note = (error: unknown) => void stray.push(error);
  let failedAt: number | undefined;

  async function judged(drawn: T): Promise<void> {
    if (failedAt !== undefined && performance.now() - failedAt > SHRINKING_MS) return;
    try {
      await judge(drawn);
      // A rejection counts as unhandled once the present turn is over.
      await new Promise(setImmediate);
      if (stray.length > 0) throw new AggregateError(stray.splice(0), 'nobody caught what was thrown meanwhile');
    } catch (error) {
      failedAt ??= performance.now();
      throw error;
    }
  }

  process.on('unhandledRejection', note).on('uncaughtException', note);
  try {
    const details = await fc.check(fc.asyncProperty(cases, judged), {
      ...beginning(),
      numRuns: Math.ceil(usualRuns * factor()),
    });
    if (details.failed) throw failureOf(details);
    return isUsual();
  } finally {
    process.off('unhandledRejection', note).off('uncaughtException', note);
  }
}

/** Opens something before the first case and anew after that many, so that neither its log nor its time grows without end. */
export function renewedAfter(cases: number, open: () => Promise<void>): () => Promise<void> {
  let left = 0;
  return async () => {
    if (left === 0) {
      await open();
      left = cases;
    }
    left -= 1;
  };
}

function failureOf<T>({ seed, counterexample, counterexamplePath, numRuns, errorInstance }: fc.RunDetails<[T]>): Error {
  const found = errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance);
  return new Error(
    [
      `Case ${numRuns} of seed ${seed} fails. All cases again: FUZZ_SEED=${seed} FUZZ_RUNS=${factor()} npm test -- test/fuzz`,
      `This case alone, where it depends on no earlier one: with FUZZ_PATH=${counterexamplePath} too, and -t the name of this test`,
      `The case: ${fc.stringify(counterexample?.[0])}`,
      found,
    ].join('\n'),
  );
}
