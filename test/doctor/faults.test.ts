import { describe, expect, it } from 'vitest';
import type { Rung } from '../../src/doctor/findings.ts';
import { allRungs, findingsSchema, RUNGS, titleOf } from '../../src/doctor/findings.ts';
import { unusableConfiguration } from '../../src/doctor/index.ts';
import { findLeaks } from '../leaks/search.ts';
import type { Examined } from './support/clinic.ts';
import { examine } from './support/clinic.ts';
import { FAULTS } from './support/faults.ts';

/** The rungs that are not in order, worst first within their own order. */
function outOfOrder({ findings }: Examined): Rung[] {
  const rungs = allRungs(findings).map(({ rung }) => rung);
  return [
    ...rungs.filter(({ state }) => state === 'wrong'),
    ...rungs.filter(({ state }) => state === 'warning' || state === 'ask'),
  ];
}

describe('the doctor finds a planted fault, and says what to do and whom to ask', () => {
  it.each(Object.entries(FAULTS))('%s', async (name, { found: [rung, state, of], ...fault }) => {
    const examined = await examine(fault);
    const { findings, printed, report, secrets } = examined;
    await expect(printed).toMatchFileSnapshot(`expectations/${name}.txt`);

    const [first] = outOfOrder(examined);
    expect(first).toMatchObject({ rung, state, ...(of === undefined ? {} : { of }) });
    expect(first?.todo).toMatch(/\.$/);
    expect(first?.ask).not.toEqual([]);
    expect(findings.isHealthy).toBe(state !== 'wrong');
    if (first !== undefined && state === 'wrong') expect(printed).toContain(`, ${titleOf(first)}.\n`.slice(2));

    expect(findingsSchema.parse(JSON.parse(JSON.stringify(findings)))).toEqual(findings);
    const places = [
      { where: 'the checklist', text: printed },
      { where: 'the findings', text: JSON.stringify(findings) },
      { where: 'the report', text: report },
    ];
    expect(findLeaks(places, secrets)).toEqual([]);
  });

  it('on every rung there is', () => {
    const planted = new Set(Object.values(FAULTS).map(({ found: [rung] }) => rung));
    // A configuration with mistakes never gets as far as the sandbox, and has a test of its own.
    expect(planted).toEqual(new Set(Object.keys(RUNGS).filter((rung) => rung !== 'configuration')));
    expect(unusableConfiguration(['nav: is missing'], { clock: { now: () => new Date() } }).shared[0]).toMatchObject({
      rung: 'configuration',
      state: 'wrong',
    });
  });
});
