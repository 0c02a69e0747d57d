import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { NEUTRAL_PAGE, NEUTRAL_PAGE_POLICY } from '../src/host-return.ts';

it.each([
  ['nb', /<html lang="nb">[\s\S]*<p>Lenken er ikke i bruk\. .* der ser du hvordan det gikk\. .* står ved lag\.<\/p>/],
  ['nn', /<p lang="nn">.* Lenkja er ikkje i bruk\. .* der ser du korleis det gjekk\. .* står ved lag\.<\/p>/],
  ['en', /<p lang="en">.* The link is not in use\. .* there you can see how it went\. .* stands\.<\/p>/],
])('whoever comes back to nothing is told the same in %s', (_, text) => {
  expect(NEUTRAL_PAGE).toMatch(text);
});

it('the page of a return that leads nowhere may use its own style and no other', () => {
  const [, style = ''] = /<style>([^<]*)<\/style>/.exec(NEUTRAL_PAGE) ?? [];
  const hash = createHash('sha256').update(style).digest('base64');

  expect(NEUTRAL_PAGE_POLICY).toContain(`style-src 'sha256-${hash}';`);
});
