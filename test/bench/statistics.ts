/** The middle of some numbers; of an even count, the mean of the two in the middle. @throws Error without any */
export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

/** The number below which that share of the numbers lies, between two of them in proportion. @throws Error without any */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) throw new Error('there is nothing to take the middle of');
  return below + (above - below) * (at - Math.floor(at));
}

/** To so many digits behind the point. */
export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
