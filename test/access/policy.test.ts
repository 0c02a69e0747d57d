import { describe, expect, it } from 'vitest';
import type { Action } from '../../src/access/policy.ts';
import { assertMay, assertMayRead, may, onlyPurposeOf, purposeOf } from '../../src/access/policy.ts';
import type { Purpose, Role } from '../../src/access/ports.ts';
import { BOTH_PURPOSES, someCaller } from '../support/ports.ts';

const ACTIONS: readonly Action[] = [
  'read benefits',
  'ask for consent',
  'see consents',
  'see national id',
  'see disclosures',
];

describe('what a role may do', () => {
  it.each<[Role, string]>([
    ['CASE_HANDLER', 'yes yes yes yes no '],
    ['PARTNER', 'yes yes yes yes no '],
    ['ANALYST', 'yes no  yes no  no '],
    ['AUDITOR', 'no  no  yes no  yes'],
    ['OPERATOR', 'no  no  no  no  no '],
  ])('is written in one table: %s, %s', (role, row) => {
    const allowed = row.trim().split(/ +/);
    for (const [at, action] of ACTIONS.entries()) {
      const caller = someCaller({ role });
      expect(may(caller, action), action).toBe(allowed[at] === 'yes');
      if (allowed[at] === 'yes') expect(() => assertMay(caller, action)).not.toThrow();
      else expect(() => assertMay(caller, action)).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
    }
  });

  it('includes a source only when the caller has it', () => {
    const caller = someCaller({ sources: ['aapVedtak'] });
    expect(() => assertMayRead(caller, 'aapVedtak')).not.toThrow();
    expect(() => assertMayRead(caller, 'uforeopplysninger')).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
    expect(() => assertMayRead(someCaller({ role: 'AUDITOR' }), 'aapVedtak')).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN' }),
    );
  });
});

describe('the purpose of a request', () => {
  const none: readonly Purpose[] = [];
  const one: readonly Purpose[] = ['DISABILITY_INSURANCE'];
  it.each([
    ['is the one given', BOTH_PURPOSES, 'OCCUPATIONAL_PENSION', 'OCCUPATIONAL_PENSION'],
    ['is the only one, given or not', one, null, 'DISABILITY_INSURANCE'],
    ['is the only one, given or not', one, 'DISABILITY_INSURANCE', 'DISABILITY_INSURANCE'],
  ] as const)('%s (%j, %s)', (_, purposes, given, expected) => {
    expect(purposeOf(someCaller({ purposes }), given)).toBe(expected);
  });

  it.each([
    ['not among the caller’s', one, 'OCCUPATIONAL_PENSION', { code: 'FORBIDDEN' }],
    ['given by a caller who has none', none, 'DISABILITY_INSURANCE', { code: 'FORBIDDEN' }],
    ['left out by a caller who has none', none, null, { code: 'FORBIDDEN' }],
    ['left out by a caller who has several', BOTH_PURPOSES, null, { code: 'INVALID_INPUT', field: 'purpose' }],
  ] as const)('is refused when %s', (_, purposes, given, error) => {
    expect(() => purposeOf(someCaller({ purposes }), given)).toThrow(expect.objectContaining(error));
  });

  it('needs not be said by who has one only', () => {
    expect(onlyPurposeOf(someCaller({ purposes: one }))).toBe('DISABILITY_INSURANCE');
    expect(onlyPurposeOf(someCaller({ purposes: none }))).toBeNull();
    expect(onlyPurposeOf(someCaller({ purposes: BOTH_PURPOSES }))).toBeNull();
  });
});
