import { describe, expect, it } from 'vitest';
import { formTargets, returnUrl } from '../../src/sandbox/return-url.ts';

const FAILED = 'Status=Failed&ErrorMessage=User+did+not+give+consent';

describe('the way back', () => {
  it.each([
    ['https://forsikring.example', 'https://forsikring.example/?Status=OK'],
    ['https://forsikring.example/', 'https://forsikring.example/?Status=OK'],
    ['https://forsikring.example?ref=1', 'https://forsikring.example/?ref=1&Status=OK'],
    ['https://forsikring.example/retur', 'https://forsikring.example/retur?Status=OK'],
    ['https://forsikring.example/retur?', 'https://forsikring.example/retur?Status=OK'],
    [
      'https://forsikring.example/retur?ref=9f2&a=b%20c+d',
      'https://forsikring.example/retur?ref=9f2&a=b%20c+d&Status=OK',
    ],
    ['https://forsikring.example/retur#anker', 'https://forsikring.example/retur?Status=OK#anker'],
    ['https://forsikring.example/retur?ref=1#anker', 'https://forsikring.example/retur?ref=1&Status=OK#anker'],
    ['https://forsikring.example/#/retur', 'https://forsikring.example/#/retur?Status=OK'],
    ['https://forsikring.example#/retur?ref=1', 'https://forsikring.example/#/retur?ref=1&Status=OK'],
    [
      'https://forsikring.example/app?x=1#/retur?ref=a?b',
      'https://forsikring.example/app?x=1#/retur?ref=a?b&Status=OK',
    ],
    ['http://127.0.0.1:4000/return/abc', 'http://127.0.0.1:4000/return/abc?Status=OK'],
    ['forsikring://retur', 'forsikring://retur?Status=OK'],
    ['forsikring://retur?ref=1', 'forsikring://retur?ref=1&Status=OK'],
  ])('from %s is %s', (redirectUrl, expected) => {
    expect(returnUrl(redirectUrl, 'approved')).toBe(expected);
    expect(returnUrl(redirectUrl, 'declined')).toBe(expected.replace('Status=OK', FAILED));
  });

  it('does not exist for a consent without an address, as migrated ones may be', () => {
    expect(returnUrl('', 'approved')).toBeNull();
  });
});

describe('the sources a form may lead to', () => {
  it.each([
    // The next hop is the asker's own matter, and browsers hold it against the rule too.
    ['https://forsikring.example/retur?x=1', 'http: https:'],
    ['http://127.0.0.1:4000/return', 'http: https:'],
    ['forsikring://retur', 'forsikring:'],
    ['', ''],
    // What could end the rule and start another never gets into it.
    ['https://a;sandbox/x', 'http: https:'],
    ['a;b:c', ''],
  ])('for %s are "%s"', (redirectUrl, sources) => {
    expect(formTargets(redirectUrl)).toBe(sources);
  });
});
