import { LISTS_PATH } from './altinn2-lists.ts';
import { ALTINN2_PAGES } from './altinn2-pages.ts';
import type { DoubleResponse } from './double.ts';
import { INNSYN_PATH } from './innsyn.ts';
import type { PageData } from './layout.ts';
import { pageTemplate } from './layout.ts';
import { writtenMoment } from './page-dates.ts';
import { TEXTS } from './page-texts.ts';
import type { Origins, UpstreamKey } from './upstreams.ts';
import { UPSTREAMS } from './upstreams.ts';
import type { Organisation, Person } from './world.ts';
import { CAST, ORGANISATIONS } from './world.ts';

const WHAT: Readonly<Record<UpstreamKey, string>> = {
  control: 'This page; /clock, /faults, /journal, /switches and /delegations as JSON',
  altinn3: 'Altinn 3 consent, and the pages on which the person answers',
  maskinporten: 'Maskinporten: tokens for organisations',
  aap: 'NAV: AAP decisions and meldekort',
  uforeopplysninger: 'NAV: uføreopplysninger',
  callers:
    'The identity provider of those who call the gateway; a token of each at /tokens/<name>, such as case-handler-a',
  nav: 'NAV: the person’s page of who has looked',
  altinn2: 'Altinn 2 consent as it was until June 2026, and its pages on which the person answers',
};

interface Landing extends PageData {
  /** ISO moment, and the same as a clock in Norway shows it. */
  readonly now: string;
  readonly clock: string;
  /** The gateway's own front page; empty: there is none. */
  readonly gateway: string;
  readonly consents: string;
  readonly altinn2Consents: string;
  readonly innsyn: string;
  readonly upstreams: readonly { readonly key: UpstreamKey; readonly origin: string; readonly what: string }[];
  readonly cast: readonly Person[];
  readonly organisations: readonly Organisation[];
  readonly lists: readonly { readonly name: string; readonly address: string }[];
}

const landing = pageTemplate<Landing>(
  `<p class="lead">Pretended upstreams for Samtykkeporten. Nobody here exists. The clock shows <time datetime="<%= it.now %>"><%= it.clock %></time> in Norway.</p>
<ul class="plainlist">
<% if (it.gateway) { %><li><a href="<%= it.gateway %>">The gateway: the cast, each with queries ready to run</a></li>
<% } %><li><a href="<%= it.consents %>">Answer and withdraw consents</a></li>
<li><a href="<%= it.altinn2Consents %>">Answer and withdraw consents of Altinn 2</a></li>
<li><a href="<%= it.innsyn %>">Who has looked</a></li>
</ul>
<h2>Addresses</h2>
<dl>
<% it.upstreams.forEach((upstream) => { %><dt><%= upstream.key %></dt><dd><code><%= upstream.origin %></code><br><%= upstream.what %></dd>
<% }) %></dl>
<h2>Cast</h2>
<ul class="entries">
<% it.cast.forEach((person) => { %><li>
<h3><%= person.id %> <%= person.name %></h3>
<p><%= person.story %><br>National id <code><%= person.nationalId %></code> · <a href="<%= it.innsyn %>?person=<%= person.id %>">Who has looked at <%= person.name %></a></p>
</li>
<% }) %></ul>
<h2>Organisations</h2>
<dl>
<% it.organisations.forEach((organisation) => { %><dt><%= organisation.name %></dt><dd><code><%= organisation.organisationNumber %></code><br><%= organisation.story %></dd>
<% }) %></dl>
<h2>From Altinn 2</h2>
<p>What an insurer held there when it closed, by its own list; the codes are ids in Altinn 3 now.</p>
<ul class="plainlist">
<% it.lists.forEach((list) => { %><li><a href="<%= list.address %>"><%= list.name %></a></li>
<% }) %></ul>
`,
  { width: 'wide' },
);

/**
 * The sandbox's front page: addresses, cast, organisations, and where a person answers and looks. In English alone.
 *
 * @param gateway where it is found, if there is one
 */
export function landingPage(origins: Origins, now: Date, gateway: string | undefined): DoubleResponse {
  return landing(200, {
    title: 'The sandbox of Samtykkeporten',
    language: 'en',
    site: 'Samtykkeporten',
    shell: TEXTS.en.shell,
    languages: [],
    now: now.toISOString(),
    clock: writtenMoment(now.getTime(), 'en'),
    gateway: gateway === undefined ? '' : `${gateway}/`,
    consents: `${origins.altinn3}/accessmanagement/ui/consent/active`,
    altinn2Consents: `${origins.altinn2}${ALTINN2_PAGES.active}`,
    innsyn: `${origins.nav}${INNSYN_PATH}`,
    upstreams: UPSTREAMS.map((key) => ({ key, origin: origins[key], what: WHAT[key] })),
    cast: CAST,
    organisations: ORGANISATIONS,
    lists: ORGANISATIONS.filter(({ shortName }) => shortName === 'A' || shortName === 'B').map(
      ({ name, organisationNumber }) => ({ name, address: `${LISTS_PATH}${organisationNumber}.csv` }),
    ),
  });
}
