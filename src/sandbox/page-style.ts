import { createHash } from 'node:crypto';

/** The look of every page of the sandbox: one column, readable from 320 px on, contrast of at least 4.5 to 1. */
export const STYLE = `
:root { color-scheme: light; --ink: #1b2733; --quiet: #4d5b69; --line: #cbd3db; --blue: #005a9c; --night: #0f2d4a; --tint: #eef5fb }
* { box-sizing: border-box }
html { -webkit-text-size-adjust: 100% }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: #f2f4f7; color: var(--ink); font: 1.0625rem/1.6 system-ui, "Segoe UI", "Noto Sans", Arial, sans-serif; overflow-wrap: break-word }
.column { width: 100%; max-width: 46rem; margin: 0 auto; padding: 0 1.25rem }
.wide .column { max-width: 64rem }
.skip { position: absolute; left: -999rem; padding: .75rem 1.25rem; background: #fff; color: var(--blue) }
.skip:focus { left: .5rem; top: .5rem; z-index: 1 }
.top { background: #fff; border-bottom: 1px solid var(--line) }
.top .column { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; align-items: center; justify-content: space-between; padding-top: .75rem; padding-bottom: .75rem }
.brand { margin: 0; display: flex; flex-wrap: wrap; align-items: center; gap: 0 .75rem; font-size: 1.375rem; font-weight: 700; color: var(--night) }
.badge { padding: .05rem .6rem; border: 1px solid #8a6100; border-radius: 1rem; background: #fff6dc; color: #5c4100; font-size: .875rem; font-weight: 600 }
.languages { list-style: none; display: flex; flex-wrap: wrap; gap: 0 .25rem; margin: 0; padding: 0; font-size: .9375rem }
.languages a { display: inline-block; padding: .4rem .5rem }
.languages a[aria-current] { color: var(--ink); font-weight: 700; text-decoration: none; border-bottom: 3px solid var(--blue) }
.account { background: var(--night); color: #fff; font-size: .9375rem }
.account .column { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; align-items: center; justify-content: space-between; padding-top: .5rem; padding-bottom: .5rem }
.account p { margin: 0 }
.account form { display: inline }
.account a, .account .plain { color: #fff }
.ways { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; align-items: center }
main { flex: 1; outline: 0 }
.card { margin: 2rem 0; padding: 2rem; background: #fff; border: 1px solid var(--line); border-radius: .5rem }
h1 { margin: 0 0 1rem; font-size: 1.875rem; line-height: 1.25; color: var(--night) }
h2 { margin: 2rem 0 .5rem; font-size: 1.25rem; line-height: 1.35; color: var(--night) }
h3 { margin: 0 0 .25rem; font-size: 1.0625rem }
p { margin: 0 0 1rem }
.lead { font-size: 1.1875rem }
dl { margin: 1rem 0; display: grid; grid-template-columns: minmax(min-content, 11rem) minmax(0, 1fr); gap: .5rem 1.5rem }
dt { font-weight: 600 }
dd { margin: 0; min-width: 0 }
figure { margin: 1.5rem 0; padding: 1rem 1.25rem; border-left: .3rem solid var(--blue); background: var(--tint) }
figcaption { font-weight: 600 }
blockquote { margin: .25rem 0 0; white-space: pre-line }
.plainlist { padding-left: 1.25rem; margin: .5rem 0 1rem }
.plainlist li { margin: .25rem 0 }
a { color: var(--blue) }
a:hover { text-decoration-thickness: .15em }
button { font: inherit; font-weight: 600; min-height: 3rem; padding: .6rem 1.5rem; border: 2px solid var(--blue); border-radius: .35rem; background: #fff; color: var(--blue); cursor: pointer }
button:hover { background: var(--tint) }
button.main { background: var(--blue); color: #fff }
button.main:hover { background: #00477c }
button.plain { min-height: 0; border: 0; padding: .25rem 0; background: none; font-weight: 400; text-decoration: underline }
:focus-visible { outline: 3px solid #b3541e; outline-offset: 3px; border-radius: .15rem }
.account :focus-visible { outline-color: #ffd27a }
.choices { display: flex; flex-wrap: wrap; gap: 1rem; margin-top: 1rem }
.people { list-style: none; padding: 0; margin: 1rem 0 0; display: grid; gap: .6rem; grid-template-columns: repeat(auto-fill, minmax(min(16rem, 100%), 1fr)) }
.people button { width: 100%; text-align: left }
fieldset { border: 0; margin: 2rem 0 0; padding: 0; min-width: 0 }
legend { padding: 0; font-size: 1.25rem; font-weight: 700; color: var(--night) }
.notice { margin: 0 0 1.5rem; padding: 1rem 1.25rem; border: 1px solid; border-left-width: .4rem; border-radius: .25rem }
.notice h2 { margin: 0 0 .25rem; color: inherit }
.notice p { margin: 0 }
.error { border-color: #a3121d; background: #fdf0f0; color: #7c0d16 }
.success { border-color: #17643a; background: #eff8f2; color: #124d2d }
.entries { list-style: none; margin: 1.5rem 0 0; padding: 0 }
.entries > li { border-top: 1px solid var(--line); padding: 1.25rem 0 .5rem }
.entries > li:last-child { padding-bottom: 0 }
.entries > li:last-child > :last-child { margin-bottom: 0 }
.entries h2 { margin-top: 0 }
.entries dl { margin: .5rem 0 1rem }
.entries form { margin: 0 0 1rem }
.state { display: inline-block; padding: 0 .6rem; border-radius: 1rem; border: 1px solid var(--quiet); font-weight: 600 }
.state.Accepted { border-color: #17643a; background: #eff8f2; color: #124d2d }
.state.Created { border-color: #8a6100; background: #fff6dc; color: #5c4100 }
code { font-size: .9375em; overflow-wrap: anywhere }
.quiet { color: var(--quiet) }
.bottom { border-top: 1px solid var(--line); color: var(--quiet); font-size: .9375rem }
.bottom p { margin: 1rem 0 }
@media (max-width: 34rem) {
  .column { padding-left: 1rem; padding-right: 1rem }
  .card { margin: 1rem 0; padding: 1.25rem 1rem }
  h1 { font-size: 1.5rem }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0 }
  dd:not(:last-child) { margin-bottom: .75rem }
  .choices button { width: 100% }
}
`;

/** The CSP source under which pages may use {@link STYLE} and no other. */
export const STYLE_SOURCE = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;
