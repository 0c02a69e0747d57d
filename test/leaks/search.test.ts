import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findLeaks, formsOf } from './search.ts';

const NUMBER = '30817429498';
const FORMS = [...formsOf(NUMBER)];

describe('the search for what must not be found', () => {
  it.each(FORMS)('finds a national id that is %s', (_, form) => {
    const places = [{ where: 'a log line', text: `{"level":30,"detail":"x${form}y"}` }];
    expect(findLeaks(places, [{ name: 'the number', value: NUMBER }])).not.toEqual([]);
  });

  it('finds a value inside base64 of anything, wherever it begins', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.constantFrom('base64', 'base64url'), (before, after, encoding) => {
        const text = Buffer.from(`${before}${NUMBER}${after}`).toString(encoding as 'base64');
        expect(findLeaks([{ where: 'a token', text }], [{ name: 'the number', value: NUMBER }])).not.toEqual([]);
      }),
    );
  });

  it('finds nothing where there is nothing: neither a mask nor another number', () => {
    const text = '{"maskedNationalId":"308174*****","other":"30817429499","base64":"MzA4MTc0KioqKio="}';
    expect(findLeaks([{ where: 'an answer', text }], [{ name: 'the number', value: NUMBER }])).toEqual([]);
  });

  it('says what it found and where, without quoting it', () => {
    const findings = findLeaks([{ where: 'the log', text: `${NUMBER} ${NUMBER}` }], [{ name: 'P04', value: NUMBER }]);
    expect(findings).toContain('P04, plain, in the log');
    expect(findings.join()).not.toContain(NUMBER);
  });
});
