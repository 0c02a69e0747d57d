import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latestValidTo } from '../../src/access/consent.ts';
import type { RawInquiry } from '../../src/access/inquiry.ts';
import { isRegisteredReturnUrl, judgeInquiry } from '../../src/access/inquiry.ts';
import { civilDate } from '../../src/periode.ts';
import { CAST_NUMBERS, START } from '../contracts/remembered.ts';
import { BOTH_PURPOSES, openScene, someCaller } from '../support/ports.ts';

const { inquiry } = openScene();

const ms = (moment: Date, by: number) => new Date(moment.getTime() + by);

function judging(wish: Partial<RawInquiry>, caller = someCaller()) {
  return () => judgeInquiry(inquiry(wish), caller, START);
}

describe('an inquiry', () => {
  it('that is sound keeps what was written and has a purpose', () => {
    const raw = inquiry({ reference: 'SAK-1', message: { nb: 'Hei', nn: null, en: 'Hi' }, validTo: ms(START, 1) });
    expect(judgeInquiry(raw, someCaller(), START)).toEqual({ ...raw, purpose: 'DISABILITY_INSURANCE' });
  });

  const day = civilDate('2024-02-29');
  it.each<[string, Partial<RawInquiry>]>([
    ['of one single day', { periode: { fom: day, tom: day } }],
    ['for exactly three years', { validTo: latestValidTo(START) }],
    ['with a reference of a hundred characters', { reference: 'x'.repeat(100) }],
    ['with a reference of ten digits', { reference: '1483884103' }],
    ['with a reference of twelve digits', { reference: '148388410321' }],
    [
      'with a message of a thousand characters in each language',
      { message: { nb: 'x'.repeat(1000), nn: 'x'.repeat(1000), en: 'x'.repeat(1000) } },
    ],
    [
      'with a return address that holds eight digits and a number',
      { returnUrl: 'https://insurer.example/back?case=20261116-12345' },
    ],
  ])('%s is accepted', (_, wish) => {
    expect(judging(wish)).not.toThrow();
  });

  it.each<[string, Partial<RawInquiry>, string]>([
    ['that ends before it starts', { periode: { fom: day, tom: civilDate('2024-02-28') } }, 'input.periode.fom'],
    ['for a millisecond more than three years', { validTo: ms(latestValidTo(START), 1) }, 'input.validTo'],
    ['that has run out this moment', { validTo: START }, 'input.validTo'],
    ['with an empty reference', { reference: '' }, 'input.reference'],
    ['with a blank reference', { reference: ' \t' }, 'input.reference'],
    ['with a reference of a hundred and one characters', { reference: 'x'.repeat(101) }, 'input.reference'],
    ['with a national id for a reference', { reference: CAST_NUMBERS[0] }, 'input.reference'],
    ['with a national id with a space in a reference', { reference: 'sak 148388 41032' }, 'input.reference'],
    ['with a national id with a hyphen in a reference', { reference: 'sak 148388-41032/2' }, 'input.reference'],
    ['with eleven digits of no checksum in a reference', { reference: '12345678901' }, 'input.reference'],
    ['with an empty message', { message: { nb: '', nn: null, en: null } }, 'input.message.nb'],
    ['with too long a message', { message: { nb: 'x', nn: 'x'.repeat(1001), en: null } }, 'input.message.nn'],
    [
      'with a national id in a message',
      { message: { nb: 'x', nn: null, en: `about ${CAST_NUMBERS[1]}` } },
      'input.message.en',
    ],
    ['with an address that is not registered', { returnUrl: 'https://evil.example/back' }, 'input.returnUrl'],
    [
      'with a national id in the address',
      { returnUrl: `https://insurer.example/back?p=${CAST_NUMBERS[0]}` },
      'input.returnUrl',
    ],
    [
      'with an escaped national id in the address',
      { returnUrl: 'https://insurer.example/back?p=%3148388410%332' },
      'input.returnUrl',
    ],
    [
      'with a national id and a plus in the address',
      { returnUrl: 'https://insurer.example/back?p=148388+41032' },
      'input.returnUrl',
    ],
    [
      'with an escaped national id beside a broken escape',
      { returnUrl: 'https://insurer.example/back?p=%31%34838841032&q=%zz%' },
      'input.returnUrl',
    ],
    [
      'with a national id in the hash route',
      { returnUrl: `https://insurer.example/back#/case/${CAST_NUMBERS[0]}` },
      'input.returnUrl',
    ],
  ])('%s is refused, naming the field and nothing of its value', (_, wish, field) => {
    expect(judging(wish)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', field }));
    expect(judging(wish)).toThrow(expect.objectContaining({ message: expect.not.stringMatching(/\d{6}|evil|sak/) }));
  });

  it('for a purpose the caller does not have is forbidden, and one with several must say which', () => {
    expect(judging({ purpose: 'OCCUPATIONAL_PENSION' })).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
    expect(judging({}, someCaller({ purposes: BOTH_PURPOSES }))).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field: 'purpose' }),
    );
  });
});

describe('a return address', () => {
  const registered = ['https://insurer.example/back', 'https://æøå.example:8443/'];

  it.each([
    'https://insurer.example/back',
    'https://insurer.example/back/',
    'https://insurer.example/back/case/7',
    'https://insurer.example/back?case=7&q=a%2Fb',
    'https://insurer.example/back#/case/7?tab=1',
    'https://insurer.example/back/søknad',
    'https://insurer.example:443/back',
    'HTTPS://INSURER.EXAMPLE/back',
    'https://insurer.example/other/../back/x',
    'https://xn--5cab8c.example:8443/anything',
  ])('%s is registered', (text) => {
    expect(isRegisteredReturnUrl(text, registered)).toBe(true);
  });

  it.each([
    ['an origin that only begins alike', 'https://insurer.example.evil.example/back'],
    ['a path that only begins alike', 'https://insurer.example/backoffice'],
    ['a path above', 'https://insurer.example/'],
    ['a path in other case', 'https://insurer.example/Back'],
    ['another scheme', 'http://insurer.example/back'],
    ['another port', 'https://insurer.example:8443/back'],
    ['no port where one is registered', 'https://æøå.example/'],
    ['a subdomain', 'https://www.insurer.example/back'],
    ['a dot after the host', 'https://insurer.example./back'],
    ['a user', 'https://insurer.example@evil.example/back'],
    ['a user at the right host', 'https://me@insurer.example/back'],
    ['a password at the right host', 'https://:secret@insurer.example/back'],
    ['a fragment', 'https://insurer.example/back#top'],
    ['an empty fragment', 'https://insurer.example/back#'],
    ['a hash that is no route', 'https://insurer.example/back#!/case'],
    ['steps up and out', 'https://insurer.example/back/../admin'],
    ['escaped steps up and out', 'https://insurer.example/back/%2e%2e/admin'],
    ['steps up and out behind an escaped slash', 'https://insurer.example/back/..%2fadmin'],
    ['steps up and out behind an escaped backslash', 'https://insurer.example/back/..%5Cadmin'],
    ['backslashes', 'https:\\\\insurer.example\\back'],
    ['a backslash before the real host', 'https://evil.example\\@insurer.example/back'],
    ['a leading space', ' https://insurer.example/back'],
    ['a trailing space', 'https://insurer.example/back '],
    ['a tab', 'https://insurer.example/ba\tck'],
    ['a line feed', 'https://insurer.example/back\r\nset-cookie: a=b'],
    ['a null character', 'https://insurer.example/back\u0000'],
    ['a script', 'javascript:alert(1)//insurer.example/back'],
    ['data', 'data:text/html,https://insurer.example/back'],
    ['a relative address', '/back'],
    ['an address without scheme', '//insurer.example/back'],
    ['nothing', ''],
    ['a letter that looks alike', 'https://insurеr.example/back'],
  ])('with %s is not', (_, text) => {
    expect(isRegisteredReturnUrl(text, registered)).toBe(false);
  });

  it('that has no origin is not registered by another of the kind', () => {
    expect(isRegisteredReturnUrl('app:/back', ['app:/back'])).toBe(false);
    expect(isRegisteredReturnUrl('https://insurer.example/back', ['no address', ''])).toBe(false);
    expect(isRegisteredReturnUrl('https://insurer.example/back', [])).toBe(false);
  });

  it('that passes leads a browser to the registered origin and at or below the registered path', () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      '%2e%2E',
      '%2f',
      '%5c',
      '\\',
      '/',
      '//',
      '@',
      ':',
      '#',
      '#/',
      '?',
      'back',
      'a',
      ' ',
      '\t',
      'æ',
      'evil.example',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 8 }),
        fc.constantFrom('https://insurer.example', 'https://insurer.example/back', 'https:'),
        (pieces, start) => {
          const text = `${start}${pieces.join('')}`;
          if (!isRegisteredReturnUrl(text, ['https://insurer.example/back'])) return;
          const { origin, pathname, username, password } = new URL(text);
          expect({ origin, username, password }).toEqual({
            origin: 'https://insurer.example',
            username: '',
            password: '',
          });
          expect(`${decodeURIComponent(pathname)}/`).toMatch(/^\/back\//);
          expect(new URL(`.${decodeURIComponent(pathname)}`, 'https://insurer.example').pathname).toMatch(
            /^\/back(\/|$)/,
          );
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
