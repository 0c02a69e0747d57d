import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ERROR_CODES, GatewayError, invalidInput } from '../src/errors.ts';
import { markdownTable } from './support/markdown.ts';

const page = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8');
const inCode = Object.entries(ERROR_CODES).map(([code, { retry, meaning }]) => [code, retry, meaning]);

it('every code is documented, with its retry and its meaning, and no other', () => {
  expect(markdownTable(page, 'Code')).toEqual(inCode);
});

it.each([
  ['one that is missing', (text: string) => text.replace(/^\| `FORBIDDEN`.*\n/m, '')],
  [
    'one too many',
    (text: string) => text.replace(/^(\| `FORBIDDEN`.*\n)/m, '$1| `FORBIDDEN_TOO` | never | Never. |\n'),
  ],
  ['another retry', (text: string) => text.replace('| `FORBIDDEN` | never |', '| `FORBIDDEN` | later |')],
  ['another meaning', (text: string) => text.replace('The caller is known', 'The caller is unknown')],
])('the comparison sees %s', (_, plant) => {
  expect(plant(page)).not.toBe(page);
  expect(markdownTable(plant(page), 'Code')).not.toEqual(inCode);
});

it('an error has the retry of its code unless it says otherwise', () => {
  expect(new GatewayError('NAV_UNAVAILABLE', 'Try again.').retry).toBe('later');
  expect(new GatewayError('NAV_REFUSED', 'Ask NAV.', { retry: 'later' }).retry).toBe('later');
});

it('an argument at fault is named by its path', () => {
  const error = invalidInput('input.periode.fom', 'fom is after tom');
  expect(error).toMatchObject({ code: 'INVALID_INPUT', retry: 'never', field: 'input.periode.fom' });
  expect(error.evidence).toBeUndefined();
});

it('what caused an error stays with it, and nothing is invented when there was nothing', () => {
  const cause = new Error('socket hang up');
  expect(new GatewayError('NAV_UNAVAILABLE', 'Try again.', { cause }).cause).toBe(cause);
  expect('cause' in new GatewayError('NAV_UNAVAILABLE', 'Try again.')).toBe(false);
});
