import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { markdownTable } from './support/markdown.ts';

const root = new URL('../', import.meta.url);
const page = readFileSync(new URL('docs/security.md', root), 'utf8');

/** Defences that name no test, or one that is not there under that name. */
function unshown(text: string): string[] {
  return markdownTable(text, 'Danger').flatMap(([danger = '', , shownBy = '']) => {
    const [, file = '', title = ''] = /^`(test\/[\w/-]+\.test\.ts)`: (.+)$/.exec(shownBy) ?? [];
    const source = existsSync(new URL(file, root)) && file !== '' ? readFileSync(new URL(file, root), 'utf8') : '';
    return title !== '' && source.includes(`'${title}'`) ? [] : [danger];
  });
}

describe('every defence in the threat model', () => {
  it('is shown by a test that exists under its name', () => {
    expect(markdownTable(page, 'Danger').length).toBeGreaterThan(20);
    expect(unshown(page)).toEqual([]);
  });

  it.each([
    ['a file that is not there', (text: string) => text.replace('test/upstream.test.ts', 'test/downstream.test.ts')],
    ['a name that no test has', (text: string) => text.replace(': follows no redirect', ': follows every redirect')],
    [
      'no test at all',
      (text: string) => text.replace('`test/upstream.test.ts`: follows no redirect', 'we are careful'),
    ],
  ])('is missed when it names %s', (_, mar) => {
    expect(unshown(mar(page))).toEqual(['an upstream sends us elsewhere, too much, or nonsense']);
  });
});
