import { expect, it } from 'vitest';
import { drillCrashes } from './crash.ts';

it('a gateway that is killed in the middle of its work, over and over, loses nothing it has acknowledged and asks NAV nothing it has not recorded', {
  timeout: 120_000,
}, async () => {
  const found = await drillCrashes({ kills: 4, seed: 20_261_116, longestLifeMs: 800 });
  // Each life has acknowledged something before it is killed, however slow the machine.
  expect(found.acknowledged).toBeGreaterThanOrEqual(4);
  expect(found.navCalls).toBeGreaterThan(0);
  expect(found).toMatchObject({ lost: 0, unintended: 0, shownUnsettled: found.withoutOutcome });
  // Killed at a random moment, some read was under way.
  expect(found.withoutOutcome).toBeGreaterThan(0);
});
