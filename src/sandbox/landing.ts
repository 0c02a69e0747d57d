import type { DoubleResponse } from './double.ts';
import { INNSYN_PATH } from './innsyn.ts';
import { htmlPage } from './layout.ts';
import type { Origins, UpstreamKey } from './upstreams.ts';
import { UPSTREAMS } from './upstreams.ts';
import { CAST, ORGANISATIONS } from './world.ts';

const WHAT: Readonly<Record<UpstreamKey, string>> = {
  control: 'This page; /clock, /faults, /journal and /switches as JSON',
  altinn3: 'Altinn 3 consent, and the pages on which the person answers',
  maskinporten: 'Maskinporten: tokens for organisations',
  aap: 'NAV: AAP decisions and meldekort',
  uforeopplysninger: 'NAV: uføreopplysninger',
  callers:
    'The identity provider of those who call the gateway; a token of each at /tokens/<name>, such as case-handler-a',
  nav: 'NAV: the person’s page of who has looked',
};

const LANDING = `<p>Pretended upstreams for Samtykkeporten. Nobody here exists. The clock shows <time datetime="<%= it.now %>"><%= it.now %></time>.</p>
<p><a href="<%= it.consents %>">Answer and withdraw consents</a> · <a href="<%= it.innsyn %>">Who has looked</a></p>
<h2>Addresses</h2>
<table>
<thead><tr><th scope="col">Name</th><th scope="col">Address</th><th scope="col">What it is</th></tr></thead>
<tbody>
<% it.upstreams.forEach((upstream) => { %><tr><td><%= upstream.key %></td><td><code><%= upstream.origin %></code></td><td><%= upstream.what %></td></tr>
<% }) %></tbody>
</table>
<h2>Cast</h2>
<table>
<thead><tr><th scope="col">Id</th><th scope="col">Name</th><th scope="col">Number</th><th scope="col">Story</th><th scope="col">Who has looked</th></tr></thead>
<tbody>
<% it.cast.forEach((person) => { %><tr><td><%= person.id %></td><td><%= person.name %></td><td><code><%= person.nationalId %></code></td><td><%= person.story %></td><td><a href="<%= it.innsyn %>?person=<%= person.id %>">see</a></td></tr>
<% }) %></tbody>
</table>
<h2>Organisations</h2>
<ul>
<% it.organisations.forEach((organisation) => { %><li><%= organisation.name %> <code><%= organisation.organisationNumber %></code></li>
<% }) %></ul>
`;

/** The sandbox's front page: addresses, cast, organisations, and where a person answers and looks. */
export function landingPage(origins: Origins, now: Date): DoubleResponse {
  return htmlPage(200, LANDING, {
    title: 'The sandbox of Samtykkeporten',
    language: 'en',
    now: now.toISOString(),
    consents: `${origins.altinn3}/accessmanagement/ui/consent/active`,
    innsyn: `${origins.nav}${INNSYN_PATH}`,
    upstreams: UPSTREAMS.map((key) => ({ key, origin: origins[key], what: WHAT[key] })),
    cast: CAST,
    organisations: ORGANISATIONS,
  });
}
