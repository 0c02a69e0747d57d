import fc from 'fast-check';
import type { ReadWish } from '../../src/access/consent.ts';
import type { Consent, ConsentStatus, Purpose, Rail } from '../../src/access/ports.ts';
import { stillClock } from '../../src/clock.ts';
import { addDays, civilDate } from '../../src/periode.ts';
import { A, later, newConsent, person, START } from '../contracts/remembered.ts';
import { openMemoryStore } from '../support/memory-store.ts';

const applicant = openMemoryStore(stillClock(START)).consents.identify(A, person());

/** An active consent for 2024, given at START and good for a year, unless told otherwise. */
export function someConsent(wish: Partial<Consent> = {}): Consent {
  return {
    ...newConsent(applicant, { id: 'c1', periode: { fom: civilDate('2024-01-01'), tom: civilDate('2024-12-31') } }),
    origin: 'REQUESTED',
    status: 'ACTIVE',
    version: 2,
    confirmedAt: START,
    changedAt: START,
    answeredAt: START,
    endedAt: null,
    lastReadAt: null,
    pageUrl: null,
    ...wish,
  };
}

/** A read of AAP vedtak under the usual purpose with both ends left out, one day after START. */
export function someWish(wish: Partial<ReadWish> = {}): ReadWish {
  return {
    source: 'aapVedtak',
    purpose: 'DISABILITY_INSURANCE',
    periode: { fom: null, tom: null },
    now: later(1),
    covers: ({ rail }, source) => rail === 'ALTINN_3' || source === 'aapVedtak',
    ...wish,
  };
}

export const STATUSES: readonly ConsentStatus[] = [
  'PENDING',
  'ACTIVE',
  'DECLINED',
  'WITHDRAWN',
  'RELINQUISHED',
  'EXPIRED',
  'UNUSABLE',
];

const FIRST_DAY = civilDate('2024-01-01');
const day = fc.integer({ min: 0, max: 6 }).map((days) => addDays(FIRST_DAY, days));
const moment = fc.integer({ min: -2, max: 3 }).map((days) => later(days));
const purpose = fc.constantFrom<Purpose[]>('DISABILITY_INSURANCE', 'OCCUPATIONAL_PENSION');

/** A consent on a small calendar, so that spans and moments often meet. Its id is to be made unique by {@link someConsents}. */
const consent = fc
  .record({
    rail: fc.constantFrom<Rail[]>('ALTINN_2', 'ALTINN_3'),
    status: fc.constantFrom(...STATUSES),
    purpose,
    ends: fc.tuple(day, day),
    validTo: moment,
    answeredAt: fc.option(moment),
    endedAt: fc.option(moment),
    changedAt: moment,
  })
  .map(({ ends, ...rest }) => {
    const [fom, tom] = ends.toSorted();
    return someConsent({ ...rest, periode: { fom: fom ?? FIRST_DAY, tom: tom ?? FIRST_DAY } });
  });

export const someConsents = fc
  .array(consent, { maxLength: 8 })
  .map((consents) => consents.map((each, at): Consent => ({ ...each, id: `c${at}` })));

export const someRead = fc
  .record({
    source: fc.constantFrom('aapVedtak' as const, 'uforeopplysninger' as const, null),
    purpose,
    ends: fc.tuple(fc.option(day), fc.option(day)),
    now: moment,
  })
  .map(({ ends: [fom, tom], ...rest }) => {
    const turned = fom !== null && tom !== null && fom > tom;
    return someWish({ ...rest, periode: turned ? { fom: tom, tom: fom } : { fom, tom } });
  });
