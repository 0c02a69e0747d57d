/** What has become of a line of a list. Holds nothing of the line. */
export interface LineResult {
  readonly line: number;
  /** Bytes of the list up to its end. */
  readonly end: number;
  /**
   * What the migration made of it, or `BAD_LINE`: it cannot be used, `reason` names the field; or `FAILED`: nobody could tell now,
   * `reason` is an error code of the gateway.
   */
  readonly result: string;
  readonly reason: string | null;
  /** Id of the consent that counts now; null: nothing is stored. */
  readonly consent: string | null;
  /** What to do about a failure. */
  readonly advice?: string;
}

/** Counts results. */
export interface Tally {
  add(result: LineResult): void;
  lines(): number;
  /** Lines that were not dealt with. */
  failures(): number;
  /** Whole lines of text: how many there are of each result and reason, the most frequent first. */
  summary(): string;
}

/** A tally of nothing yet. */
export function createTally(): Tally {
  const counts = new Map<string, number>();
  const advices = new Map<string, string>();
  const sum = (isCounted: (kind: string) => boolean) =>
    [...counts].reduce((total, [kind, count]) => (isCounted(kind) ? total + count : total), 0);
  const lines = () => sum(() => true);

  return {
    lines,
    failures: () => sum((kind) => kind.startsWith('BAD_LINE') || kind.startsWith('FAILED')),
    add({ result, reason, advice }) {
      const kind = reason === null ? result : `${result} (${reason})`;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      if (advice !== undefined) advices.set(kind, advice);
    },
    summary() {
      const kinds = [...counts].toSorted(([, one], [, other]) => other - one);
      const rows = kinds.map(
        ([kind, count]) => `  ${count} ${kind}${advices.has(kind) ? `: ${advices.get(kind)}` : ''}\n`,
      );
      return `${lines()} line${lines() === 1 ? '' : 's'}\n${rows.join('')}`;
    },
  };
}
