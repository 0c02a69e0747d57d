/** Runs work when a place is free. Work that fails frees its place. */
export type Lane = <T>(work: () => Promise<T>) => Promise<T>;

/** A bounded queue that serves its lanes in turn, so that a small request is not stuck behind a large one. */
export interface Queue {
  /** A lane of its own for one request; nothing has to be closed. */
  lane(): Lane;
}

/** @param bound how much work may be under way at the same time */
export function createQueue(bound: number): Queue {
  const waiting: (() => void)[][] = [];
  let underWay = 0;

  function next(): void {
    while (underWay < bound) {
      const lane = waiting.shift();
      const start = lane?.shift();
      if (lane === undefined || start === undefined) return;
      if (lane.length > 0) waiting.push(lane);
      underWay += 1;
      start();
    }
  }

  return {
    lane() {
      const own: (() => void)[] = [];
      return (work) =>
        new Promise((resolve, reject) => {
          async function run(): Promise<void> {
            try {
              resolve(await work());
            } catch (error) {
              reject(error);
            } finally {
              underWay -= 1;
              next();
            }
          }
          own.push(() => void run());
          if (own.length === 1) waiting.push(own);
          next();
        });
    },
  };
}
