import { Eta } from 'eta/core';
import type { DoubleResponse } from './double.ts';

const eta = new Eta({ autoTrim: false });

const HEAD = `<!DOCTYPE html>
<html lang="nb">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title><%= it.title %> – Altinn (sandkasse)</title>
<link rel="icon" href="data:,">
<style>
:root { color-scheme: light }
* { box-sizing: border-box }
body { margin: 0; background: #f1f3f6; color: #1e2b3c; font: 1.0625rem/1.6 system-ui, sans-serif }
header { background: #1e2b3c; color: #fff }
header div, main, footer { max-width: 44rem; margin: 0 auto; padding: 1rem 1.5rem }
header div { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; justify-content: space-between }
header form { display: inline }
main { background: #fff; margin-top: 2rem; padding: 2rem; border-radius: .5rem; box-shadow: 0 1px 4px #1e2b3c22 }
h1 { margin: 0 0 1rem; font-size: 1.75rem; line-height: 1.25 }
h2 { margin: 2rem 0 .5rem; font-size: 1.2rem }
dl { margin: 1.5rem 0; display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: .5rem 1.5rem }
dt { font-weight: 600 }
dd { margin: 0 }
blockquote { margin: 1.5rem 0; padding: .75rem 1.25rem; border-left: .25rem solid #0062ba; background: #eef4fa; white-space: pre-line }
button { font: inherit; padding: .6rem 1.4rem; border: 2px solid #0062ba; border-radius: .3rem; background: #fff; color: #0062ba; cursor: pointer }
button.main { background: #0062ba; color: #fff }
button.plain { border: 0; padding: 0; background: none; color: inherit; text-decoration: underline }
button:focus-visible, a:focus-visible { outline: 3px solid #1e2b3c; outline-offset: 2px }
header button:focus-visible, header a:focus-visible { outline-color: #fff }
header a { color: #fff }
main a { color: #0062ba }
.choices { display: flex; flex-wrap: wrap; gap: 1rem; margin-top: 2rem }
.people { list-style: none; padding: 0; display: grid; gap: .5rem; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)) }
.people button { width: 100%; text-align: left }
.consent { border-top: 1px solid #c9d0d9; padding-top: .5rem; margin-top: 1.5rem }
.quiet { color: #4f5b6b }
footer { color: #4f5b6b; font-size: .95rem }
</style>
</head>
<body>
<header><div>
<span>Altinn (sandkasse)</span>
<% if (it.viewer) { %><span>Innlogget som <%= it.viewer %>
<form method="post" action="<%= it.paths.logout %>"><input type="hidden" name="form_token" value="<%= it.formToken %>"><input type="hidden" name="request" value="<%= it.request %>"><button class="plain">Bytt person</button></form>
· <a href="<%= it.paths.active %>">Mine samtykker</a></span><% } %>
</div></header>
<main>
<h1><%= it.title %></h1>
`;

const FOOT = `</main>
<footer><p>Alle personer og virksomheter her er oppdiktet.</p></footer>
</body>
</html>
`;

const RIGHTS = `<% it.rights.forEach((right) => { %>
<dt>Gjelder</dt><dd><%= right.title %></dd>
<% right.details.forEach((detail) => { %><dt><%= detail.name %></dt><dd><%= detail.value %></dd>
<% }) %><% }) %>`;

const TEMPLATES = {
  login: `<p>I sandkassen erstatter denne siden ID-porten. Velg hvem du vil logge inn som.</p>
<form method="post" action="<%= it.paths.login %>">
<input type="hidden" name="form_token" value="<%= it.formToken %>">
<input type="hidden" name="request" value="<%= it.request %>">
<ul class="people">
<% it.people.forEach((person) => { %><li><button name="person" value="<%= person.id %>"><%= person.name %></button></li>
<% }) %></ul>
</form>
`,
  request: `<p><strong><%= it.asker %></strong> ber om ditt samtykke til å hente opplysninger om deg.</p>
<% if (it.message) { %><blockquote><%= it.message %></blockquote>
<% } %><dl>
<dt>Hvem spør</dt><dd><%= it.asker %>, organisasjonsnummer <%= it.askerNumber %></dd>
<% if (it.handler) { %><dt>Behandles av</dt><dd><%= it.handler %></dd>
<% } %>${RIGHTS}<dt>Samtykket varer til</dt><dd><%= it.validTo %></dd>
</dl>
<p>Du velger selv. Gir du samtykke, kan du når som helst trekke det tilbake under «Mine samtykker».</p>
<form method="post" action="<%= it.paths.request %>" class="choices">
<input type="hidden" name="form_token" value="<%= it.formToken %>">
<input type="hidden" name="request" value="<%= it.request %>">
<button class="main" name="answer" value="approve">Gi samtykke</button>
<button name="answer" value="decline">Avslå</button>
</form>
`,
  active: `<% if (it.consents.length === 0) { %><p>Du har ingen samtykker.</p>
<% } %><% it.consents.forEach((consent) => { %><section class="consent">
<h2><%= consent.asker %></h2>
<dl>
<dt>Status</dt><dd><%= consent.status %></dd>
<% consent.rights.forEach((right) => { %><dt>Gjelder</dt><dd><%= right.title %></dd>
<% right.details.forEach((detail) => { %><dt><%= detail.name %></dt><dd><%= detail.value %></dd>
<% }) %><% }) %><dt>Varer til</dt><dd><%= consent.validTo %></dd>
</dl>
<% if (consent.offer === 'withdraw') { %><form method="post" action="<%= it.paths.active %>">
<input type="hidden" name="form_token" value="<%= it.formToken %>">
<input type="hidden" name="request" value="<%= consent.id %>">
<button aria-label="Trekk samtykke til <%= consent.asker %>">Trekk samtykke</button>
</form>
<% } else if (consent.offer === 'answer') { %><p><a href="<%= it.paths.request %>?id=<%= consent.id %>">Svar på forespørselen</a></p>
<% } %></section>
<% }) %>`,
  notice: `<p><%= it.text %></p>
`,
} as const;

/** The pages that exist. */
export type PageName = keyof typeof TEMPLATES;

for (const [name, body] of Object.entries(TEMPLATES)) eta.loadTemplate(`@${name}`, `${HEAD}${body}${FOOT}`);

/** What every page needs besides its own data. */
export interface PageFrame {
  readonly title: string;
  /** Name of whoever is logged in, or empty. */
  readonly viewer: string;
  readonly formToken: string;
  /** The consent request the visit is about, or empty. */
  readonly request: string;
  readonly paths: Readonly<Record<'login' | 'logout' | 'request' | 'active', string>>;
}

/**
 * A whole page: works without scripts, loads nothing, may not be framed, sends forms to its own origin and, by way of
 * a redirect, to `formTarget` alone.
 *
 * @param formTarget a CSP source, or empty
 */
export function renderPage<Data extends PageFrame>(
  status: number,
  name: PageName,
  data: Data,
  formTarget = '',
): DoubleResponse {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': [
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        'img-src data:',
        `form-action 'self' ${formTarget}`.trimEnd(),
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ].join('; '),
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
    body: eta.render(`@${name}`, data),
  };
}
