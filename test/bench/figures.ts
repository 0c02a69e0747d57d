import { naive10, naive10Altinn2, raw1, raw10, recording } from './cpu-figures.ts';
import type { Figure } from './figure.ts';
import { slowDisk } from './lag-figure.ts';
import { addedLatency, load, memoryFlat, startToAnswer } from './process-figures.ts';
import { besideBulk, cold10, cold100 } from './wall-figures.ts';

/** The gateway's work against the same work done otherwise. */
export const RATIOS: readonly Figure[] = [
  raw1,
  raw10,
  naive10,
  naive10Altinn2,
  cold10,
  cold100,
  besideBulk,
  recording,
  slowDisk,
];

/** Every figure, in the order of the table. */
export const FIGURES: readonly Figure[] = [...RATIOS, addedLatency, startToAnswer, memoryFlat, load];
