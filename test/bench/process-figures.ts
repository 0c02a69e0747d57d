import type { Figure } from './figure.ts';
import { measureLoad } from './load.ts';
import { measureMemory } from './memory.ts';
import { measureAddedLatency } from './open-loop-added.ts';
import { measureStart } from './start.ts';

/** In open loop at a fixed rate, NAV at 50 ms. In seconds; p99 and ten applicants are among the parts. */
export const addedLatency: Figure = {
  name: 'added-latency',
  says: 'Median latency of a query about one applicant in open loop, less that of a bare GET of NAV, which takes 50 ms.',
  rail: 'ALTINN_3',
  bound: { atMost: 0.005 },
  looseBound: { atMost: 0.5 },
  measure: measureAddedLatency,
};

/** In seconds; the ratio to a bare Node process is among the parts. */
export const startToAnswer: Figure = {
  name: 'start-to-answer',
  says: 'Seconds from the start of the process, over a store that exists, to the first answer with data.',
  rail: 'ALTINN_3',
  bound: { atMost: 0.5 },
  // Against a bare Node, 27 on the machine of the long form.
  looseBound: { atMost: 100 },
  measure: measureStart,
};

/** Ten minutes in the long form. */
export const memoryFlat: Figure = {
  name: 'memory-flat',
  says: 'Memory after garbage collection at the end of the second half of steady work, against its beginning.',
  rail: 'ALTINN_3',
  bound: { atMost: 1.05 },
  looseBound: { atMost: 1.1 },
  measure: measureMemory,
};

/** Half of what is sustained, ten times that for a minute in the long form, half again. */
export const load: Figure = {
  name: 'load',
  says: 'Median latency at half load after ten times that, which is shed and recorded without a loss, against before.',
  rail: 'ALTINN_3',
  bound: { atMost: 1.25 },
  looseBound: { atMost: 20 },
  measure: measureLoad,
};
