/** How much is measured: a bounded form for every run of the tests, a long one for the figures that are published. */
export type Size = 'bounded' | 'long';

/** What a figure came to. */
export interface Measured {
  /** The ratio itself, or the time in seconds where the figure is a time. */
  readonly value: number;
  /** What it was computed from, in the order to be told: medians, counts, with their units in the name. */
  readonly parts: Readonly<Record<string, number>>;
}

/** One figure: something measured in one run against something else in the same run. */
export interface Figure {
  /** Kebab-case, to be named on the command line. */
  readonly name: string;
  /** What is compared with what, in a sentence. */
  readonly says: string;
  /** Whose calls are made; what a query costs depends on it. */
  readonly rail: 'ALTINN_3' | 'ALTINN_2';
  /** What it has to come to on a quiet machine. */
  readonly bound: { readonly atMost: number } | { readonly atLeast: number };
  /** What it has to come to even on a busy machine: a guard against a change that costs a multiple. */
  readonly looseBound: { readonly atMost: number } | { readonly atLeast: number };
  /** @throws Error when an answer was wrong: then there is no figure */
  measure(size: Size): Promise<Measured>;
}
