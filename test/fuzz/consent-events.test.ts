import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Event } from './consent-event.ts';
import { event } from './consent-event.ts';
import { openStory } from './consent-story.ts';
import { fuzz, PATIENCE_MS } from './seed.ts';

/** What every story begins with: something to lose, and Altinn's word of before it was given, which arrives whenever it likes. */
const GIVEN: readonly Event[] = [
  { does: 'ask', insurer: 'a', fom: '2022-01-01', days: 365 },
  { does: 'refresh slowly', which: 0 },
  { does: 'answer', which: 0, answer: 'approve' },
];

it(
  'in whatever order people and insurers act and answers arrive, data is shown under a consent that stands, and an end stays an end',
  async () => {
    const outcomes = new Set<string>();
    const isUsual = await fuzz(10, fc.array(event, { minLength: 1, maxLength: 60, size: 'max' }), async (events) => {
      await using story = await openStory();
      for (const each of [...GIVEN, ...events]) await story.happens(each);
      for (const outcome of await story.ends()) outcomes.add(outcome);
    });
    if (isUsual) expect([...outcomes]).toEqual(expect.arrayContaining(['DELIVERED', 'REFUSED', 'WITHHELD']));
  },
  PATIENCE_MS,
);
