import { Eta } from 'eta/core';
import type { DoubleResponse } from './double.ts';
import type { Language, LanguageLink } from './page-language.ts';
import { STYLE, STYLE_SOURCE } from './page-style.ts';
import type { ShellTexts } from './page-texts.ts';

const eta = new Eta({ autoTrim: false });

/** What every page is told besides its own data. */
export interface PageData {
  readonly title: string;
  readonly language: Language;
  /** Whose page it is: stands at the top, and after the title. */
  readonly site: string;
  readonly shell: ShellTexts;
  /** Ways to the same page in other languages; none where there are none. */
  readonly languages: readonly LanguageLink[];
  /** Whether a form on it has a mistake, which the title then tells. */
  readonly mistaken?: boolean;
}

/** A kind of page, to be filled in and answered with. */
export type PageTemplate<Data extends PageData> = (status: number, data: Data, formTargets?: string) => DoubleResponse;

/**
 * A kind of page: complete, without scripts or outside assets, never stored or framed. Its forms go to its own origin and,
 * by way of redirects, to `formTargets` (CSP sources) alone.
 *
 * @param body in eta's notation; values are escaped, and attributes must be quoted
 * @param parts `account`: what stands at the top about whoever is logged in; `wide`: for lists that need the room
 */
export function pageTemplate<Data extends PageData>(
  body: string,
  parts: { readonly account?: string; readonly width?: 'narrow' | 'wide' } = {},
): PageTemplate<Data> {
  const { account = '', width = 'narrow' } = parts;
  const template = eta.compile(`${head(width)}${account}${BEFORE_BODY}${body}${FOOT}`);
  return (status, data, formTargets = '') => ({
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': [
        "default-src 'none'",
        `style-src ${STYLE_SOURCE}`,
        'img-src data:',
        `form-action 'self' ${formTargets}`.trimEnd(),
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ].join('; '),
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
    body: eta.render(template, data),
  });
}

const head = (width: 'narrow' | 'wide') => `<!DOCTYPE html>
<html lang="<%= it.language %>">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title><% if (it.mistaken) { %><%= it.shell.mistake %>: <% } %><%= it.title %> – <%= it.site %> (<%= it.shell.sandbox %>)</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body class="${width}">
<a class="skip" href="#main"><%= it.shell.skip %></a>
<header>
<div class="top"><div class="column">
<p class="brand"><%= it.site %> <span class="badge"><%= it.shell.sandbox %></span></p>
<% if (it.languages.length > 0) { %><nav aria-label="<%= it.shell.languages %>"><ul class="languages">
<% it.languages.forEach((link) => { %><li><a href="<%= link.href %>" lang="<%= link.code %>" hreflang="<%= link.code %>"<% if (link.current) { %> aria-current="true"<% } %>><%= link.name %></a></li>
<% }) %></ul></nav>
<% } %></div></div>
`;

const BEFORE_BODY = `</header>
<main id="main" tabindex="-1"><div class="column"><div class="card">
<h1><%= it.title %></h1>
`;

const FOOT = `</div></div></main>
<footer class="bottom"><div class="column"><p><%= it.shell.fiction %></p></div></footer>
</body>
</html>
`;
