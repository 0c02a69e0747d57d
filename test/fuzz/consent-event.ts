import fc from 'fast-check';

const insurer = fc.constantFrom('a' as const, 'b' as const);
const which = fc.nat(20);
/** Something that a person, an insurer, time or the network does; `which` picks among the consents or answers that are there. */
export const event = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('ask' as const),
      insurer,
      fom: fc.constantFrom('2022-01-01', '2023-01-01'),
      days: fc.constantFrom(30, 365),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('answer' as const),
      which,
      answer: fc.constantFrom('approve' as const, 'approve' as const, 'decline' as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constantFrom('withdraw' as const, 'relinquish' as const), which }) },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constantFrom('refresh' as const, 'return' as const, 'refresh slowly' as const),
      which,
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ does: fc.constantFrom('read' as const, 'read' as const, 'read slowly' as const), insurer }),
  },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('release' as const), which }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('wait' as const), days: fc.constantFrom(0.01, 1, 8, 40) }) },
);
/** One of them. */
export type Event = typeof event extends fc.Arbitrary<infer E> ? E : never;
