import { Eta } from 'eta';

/** An invented person, whose number may be filled in. */
export interface GuidePerson {
  /** `P04`: what addresses call them by. */
  readonly id: string;
  readonly name: string;
  /** One line. */
  readonly story: string;
  /** How it stands with their consent in a fresh sandbox, in some words. */
  readonly atStart: string;
  /** Eleven digits, synthetic. */
  readonly nationalId: string;
  /** As the population register has it. */
  readonly familyName: string;
  /** Where they are sent after answering a prepared request. */
  readonly returnUrl: string;
}

/** What a newcomer to the sandbox is shown. Handed in by whoever starts gateway and sandbox together. */
export interface Guide {
  readonly people: readonly GuidePerson[];
  /** Whose view `atStart` is: a caller that one can sign in as, and whom it acts for. */
  readonly viewer: { readonly caller: string; readonly organisation: string };
  /** Other pages to look at. */
  readonly places: readonly { readonly name: string; readonly address: string }[];
}

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Samtykkeporten</title>
<link rel="icon" href="data:,">
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 68rem; margin: 2rem auto; padding: 0 1rem; color: #23262a }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #cfd3d8 }
th[scope="row"], code { white-space: nowrap }
a { color: #0056b4 }
.run { display: inline-block; margin-right: .8rem; white-space: nowrap }
@media (max-width: 40rem) {
  thead { position: absolute; clip-path: inset(50%) }
  tr { display: block; padding: .6rem 0; border-bottom: 1px solid #cfd3d8 }
  th, td { display: block; padding: 0; border: 0 }
  .start::before { content: "At the start: " }
}
</style>
</head>
<body>
<main>
<h1>Samtykkeporten</h1>
<p>Insurers read a person’s AAP and uføretrygd from NAV here: with the person’s consent, and never without it. This is the sandbox. Nobody in it exists.</p>
<p><a href="/graphiql">Open GraphiQL</a>, sign in as whoever you like, and press Execute; or begin with one of these people.</p>
<p>“At the start” tells how it stands in a fresh sandbox with their consent to <%= it.viewer.organisation %>, for which <code><%= it.viewer.caller %></code> acts. Whoever has not consented can be asked: “Ask for consent” answers with the address of the page on which they say yes or no.</p>
<h2 id="cast">The cast</h2>
<table aria-labelledby="cast">
<thead><tr><th scope="col">Person</th><th scope="col">Story</th><th scope="col">At the start</th><th scope="col">Ready to run</th></tr></thead>
<tbody>
<% it.people.forEach(({ id, name, story, atStart }) => { %><tr>
<th scope="row"><%= id %> <%= name %></th>
<td><%= story %></td>
<td class="start"><%= atStart %></td>
<td><% it.links.forEach(({ example, text }) => { %><a class="run" href="/graphiql?example=<%= example %>&amp;person=<%= id %>" aria-label="<%= text %>: <%= name %>"><%= text %></a><% }) %></td>
</tr>
<% }) %></tbody>
</table>
<h2>Without a person</h2>
<ul>
<% it.others.forEach(({ example, text }) => { %><li><a href="/graphiql?example=<%= example %>"><%= text %></a></li>
<% }) %></ul>
<h2>Around the gateway</h2>
<ul>
<% it.places.forEach(({ name, address }) => { %><li><a href="<%= address %>"><%= name %></a></li>
<% }) %></ul>
</main>
</body>
</html>
`;

const ABOUT_ONE = [
  { example: 'case-screen', text: 'Case screen' },
  { example: 'ask-for-consent', text: 'Ask for consent' },
  { example: 'vedtak-and-meldekort', text: 'Vedtak and meldekort' },
];
const ABOUT_ALL = [
  { example: 'night-run', text: 'The night run, for partners' },
  { example: 'what-runs-out', text: 'Consents that run out' },
  { example: 'life-of-a-consent', text: 'Refresh a consent, or give it up' },
  { example: 'disclosures', text: 'Who has read what, for auditors' },
];

/** The gateway's front page in the sandbox: the cast with its stories, each with its ready queries, by name. */
export function guidePage({ people, viewer, places }: Guide): string {
  return new Eta({ autoTrim: false }).renderString(PAGE, {
    people,
    viewer,
    places,
    links: ABOUT_ONE,
    others: ABOUT_ALL,
  });
}
