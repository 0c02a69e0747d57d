import { describe, expect, it } from 'vitest';
import { findingOf, judgeTried } from '../../src/access/migration-findings.ts';
import type { Consent, Lookup, RequestedPeriode, TriedCode } from '../../src/access/ports.ts';
import { civilDate } from '../../src/periode.ts';
import { later, START } from '../contracts/remembered.ts';
import { someConsent } from './some-consent.ts';

const NO_ENDS: RequestedPeriode = { fom: null, tom: null };
const ends = (fom: string | null, tom: string | null): RequestedPeriode => ({
  fom: fom === null ? null : civilDate(fom),
  tom: tom === null ? null : civilDate(tom),
});
const ALTINNS = ends('2024-01-01', '2024-12-31');
const LISTED = ends('2020-01-01', '2029-12-31');

function tried(
  status: Lookup['status'],
  change: Partial<Exclude<TriedCode, 'MISMATCH'>> = {},
): Exclude<TriedCode, 'MISMATCH'> {
  return {
    lookup: { status, answeredAt: START, endedAt: null, pageUrl: null },
    opens: status === 'ACTIVE',
    requestedAt: START,
    validTo: later(365),
    periode: ALTINNS,
    ...change,
  };
}

describe('what trying a code has shown', () => {
  it.each(['ACTIVE', 'WITHDRAWN', 'DECLINED', 'EXPIRED'] as const)('is stored when the consent is %s', (status) => {
    expect(judgeTried(tried(status), LISTED)).toMatchObject({ status, periode: ALTINNS, validTo: later(365) });
  });

  it.each<[string, TriedCode | undefined, RequestedPeriode, string, string]>([
    ['a code that Altinn does not know', undefined, LISTED, 'UNKNOWN', 'NOT_FOUND'],
    ['somebody else’s consent', 'MISMATCH', LISTED, 'UNKNOWN', 'MISMATCH'],
    ['a request without an answer', tried('PENDING'), LISTED, 'ASK_AGAIN', 'PENDING'],
    ['a consent without a token', tried('ACTIVE', { opens: false }), LISTED, 'ASK_AGAIN', 'TOKEN_REFUSED'],
    ['a consent without dates', tried('ACTIVE', { periode: NO_ENDS }), NO_ENDS, 'ASK_AGAIN', 'NO_PERIOD'],
    ['an ended one without dates', tried('WITHDRAWN', { periode: NO_ENDS }), NO_ENDS, 'ASK_AGAIN', 'WITHDRAWN'],
    ['dates that cannot be read', tried('ACTIVE', { periode: undefined }), LISTED, 'ASK_AGAIN', 'NO_PERIOD'],
    [
      'one end, and no other',
      tried('ACTIVE', { periode: NO_ENDS }),
      ends('2024-01-01', null),
      'ASK_AGAIN',
      'NO_PERIOD',
    ],
    [
      'a list that turns Altinn’s end around',
      tried('ACTIVE', { periode: ends('2024-01-01', null) }),
      ends(null, '2023-12-31'),
      'ASK_AGAIN',
      'NO_PERIOD',
    ],
  ])('is a finding when it is %s', (_, seen, listed, outcome, reason) => {
    expect(judgeTried(seen, listed)).toMatchObject({ outcome, reason, consent: null });
  });

  it.each<[RequestedPeriode, RequestedPeriode, RequestedPeriode]>([
    [ALTINNS, LISTED, ALTINNS],
    [ALTINNS, NO_ENDS, ALTINNS],
    [NO_ENDS, LISTED, LISTED],
    [ends('2024-01-01', null), LISTED, ends('2024-01-01', '2029-12-31')],
    [ends(null, '2024-12-31'), LISTED, ends('2020-01-01', '2024-12-31')],
  ])('of Altinn’s dates %j and the list’s %j is %j', (known, listed, periode) => {
    expect(judgeTried(tried('ACTIVE', { periode: known }), listed)).toMatchObject({ periode });
  });
});

describe('what is stored of a code', () => {
  const stored = (wish: Partial<Consent>) => someConsent({ origin: 'MIGRATED', ...wish });
  const applicant = someConsent().applicant;

  it.each<[Partial<Consent>, string, string | null]>([
    [{}, 'USABLE', null],
    [{ validTo: later(1) }, 'ASK_AGAIN', 'EXPIRED'],
    [{ status: 'WITHDRAWN' }, 'ASK_AGAIN', 'WITHDRAWN'],
    [{ status: 'RELINQUISHED' }, 'ASK_AGAIN', 'RELINQUISHED'],
    [{ status: 'UNUSABLE' }, 'ASK_AGAIN', 'UNUSABLE'],
    [{ purpose: 'OCCUPATIONAL_PENSION' }, 'ASK_AGAIN', 'OTHER_PURPOSE'],
  ])('%j is %s (%s)', (wish, outcome, reason) => {
    expect(findingOf(stored(wish), applicant, 'DISABILITY_INSURANCE', later(1))).toMatchObject({
      outcome,
      reason,
      consent: 'c1',
    });
  });

  it('is nothing for another person, and tells nothing', () => {
    expect(findingOf(stored({}), { ...applicant, id: 'p1_other' }, 'DISABILITY_INSURANCE', later(1))).toEqual({
      outcome: 'UNKNOWN',
      reason: 'MISMATCH',
      consent: null,
      periode: null,
    });
  });
});
