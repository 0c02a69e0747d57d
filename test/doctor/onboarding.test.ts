import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { RUNGS } from '../../src/doctor/findings.ts';

const docs = new URL('../../docs/', import.meta.url);
const onboarding = readFileSync(new URL('onboarding.md', docs), 'utf8');

/** The steps of the ladder, cells trimmed; they alone have six cells and a number in the first. */
const steps = onboarding
  .split('\n')
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  .filter((cells) => cells.length === 6 && /^\d+[ab]?$/.test(cells[0] ?? ''));

it('the ladder of the onboarding leads to every rung of the doctor’s', () => {
  const named = steps.map((cells) => cells[5]).join('; ');
  expect(Object.values(RUNGS).filter((title) => !named.includes(title))).toEqual([]);
});

it('says of every step who grants it, and leads nowhere that is not there', () => {
  expect(steps.length).toBeGreaterThan(12);
  expect(steps.filter(([, what, who]) => what === '' || who === '')).toEqual([]);
  const targets = [...onboarding.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target]) => target ?? '');
  expect(targets.filter((target) => !existsSync(new URL(target, docs)))).toEqual([]);
});
