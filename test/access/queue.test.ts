import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createQueue } from '../../src/access/queue.ts';

/** Work that ends when it is told to, and knows in which order it began. */
function bench() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  let most = 0;
  return {
    begun,
    most: () => most,
    work: (name: string) => async () => {
      begun.push(name);
      most = Math.max(most, ends.size + 1);
      await new Promise<void>((resolve) => ends.set(name, resolve));
      return name;
    },
    /** Ends the work that has been under way longest. @returns once what it made room for has begun */
    async endOne(): Promise<boolean> {
      const [name] = ends.keys();
      if (name === undefined) return false;
      ends.get(name)?.();
      ends.delete(name);
      await new Promise((resolve) => setImmediate(resolve));
      return true;
    },
  };
}

describe('the queue', () => {
  it('has no more under way than its bound, and serves everybody', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
        async (bound, lanes) => {
          const { work, begun, most, endOne } = bench();
          const queue = createQueue(bound);
          const names = lanes.map((count, lane) => Array.from({ length: count }, (_, at) => `${lane}.${at}`));
          const results = Promise.all(
            names.map(async (own) => {
              const lane = queue.lane();
              return Promise.all(own.map((name) => lane(work(name))));
            }),
          );
          expect(begun).toHaveLength(Math.min(bound, names.flat().length));
          while (await endOne());
          expect(await results).toEqual(names);
          expect(most()).toBe(Math.min(bound, names.flat().length));
          for (const own of names) expect(begun.filter((name) => own.includes(name))).toEqual(own);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('serves its lanes in turn, so that a small request passes a large one', async () => {
    const { work, begun, endOne } = bench();
    const queue = createQueue(1);
    const [large, small, late] = [queue.lane(), queue.lane(), queue.lane()];
    const all = [1, 2, 3, 4].map((at) => large(work(`large ${at}`)));
    all.push(small(work('small 1')), small(work('small 2')));
    await endOne();
    all.push(late(work('late 1')));
    while (await endOne());
    await Promise.all(all);
    expect(begun).toEqual(['large 1', 'large 2', 'small 1', 'large 3', 'late 1', 'small 2', 'large 4']);
  });

  it('gives the place of work that fails to the next, whether it rejects or throws', async () => {
    const lane = createQueue(1).lane();
    const outcomes = await Promise.allSettled([
      lane(async () => Promise.reject(new Error('rejected'))),
      lane(() => {
        throw new Error('thrown');
      }),
      lane(async () => 'served'),
    ]);
    expect(outcomes).toMatchObject([
      { reason: { message: 'rejected' } },
      { reason: { message: 'thrown' } },
      { value: 'served' },
    ]);
  });

  it('takes a lane that was empty again', async () => {
    const lane = createQueue(2).lane();
    expect(await lane(async () => 1)).toBe(1);
    expect(await lane(async () => 2)).toBe(2);
    expect(await Promise.all([3, 4, 5].map((each) => lane(async () => each)))).toEqual([3, 4, 5]);
  });

  it('takes work that work under way adds to its own lane', async () => {
    const lane = createQueue(2).lane();
    const added = lane(async () => lane(async () => 'inner'));
    expect(await added).toBe('inner');
  });
});
