import type { Double } from './double.ts';
import type { PageData } from './layout.ts';
import { pageTemplate } from './layout.ts';
import { writtenDate, writtenLocalTime } from './page-dates.ts';
import type { Language } from './page-language.ts';
import { chooseLanguage } from './page-language.ts';
import type { Texts } from './page-texts.ts';
import { TEXTS } from './page-texts.ts';
import type { Sporingslogg, Trace } from './sporingslogg.ts';
import { CAST, organisationByNumber, personByCastId } from './world.ts';

/** Where a person sees who has looked; `?person=P04` stands in for having logged in. */
export const INNSYN_PATH = '/innsyn';

interface InnsynPage extends PageData {
  readonly texts: Texts;
  readonly path: string;
}

interface ChoosePage extends InnsynPage {
  readonly cast: readonly { readonly id: string; readonly name: string }[];
}

interface ListingPage extends InnsynPage {
  readonly name: string;
  readonly rows: readonly ReturnType<typeof rowOf>[];
}

const choosePage =
  pageTemplate<ChoosePage>(`<% if (it.mistaken) { %><div class="notice error" role="alert"><p><%= it.texts.innsyn.unknown %></p></div>
<% } %><p class="lead"><%= it.texts.innsyn.choose %></p>
<ul class="plainlist">
<% it.cast.forEach((person) => { %><li><a href="<%= it.path %>?person=<%= person.id %>"><%= person.name %></a> <span class="quiet"><%= person.id %></span></li>
<% }) %></ul>
`);

const listingPage = pageTemplate<ListingPage>(
  `<p class="lead"><%= it.texts.innsyn.lead %></p>
<% if (it.rows.length === 0) { %><p><%= it.texts.innsyn.none %></p>
<% } else { %><ul class="entries">
<% it.rows.forEach((row) => { %><li>
<h2><%= row.who %></h2>
<dl>
<dt><%= it.texts.innsyn.what %></dt><dd><%= row.what %></dd>
<dt><%= it.texts.innsyn.when %></dt><dd><time datetime="<%= row.moment %>"><%= row.when %></time></dd>
<dt><%= it.texts.innsyn.basis %></dt><dd lang="<%= row.basis.language %>"><%= row.basis.text %></dd>
</dl>
</li>
<% }) %></ul>
<% } %>`,
  {
    account: `<div class="account"><div class="column">
<p><%= it.texts.account.loggedInAs %> <%= it.name %></p>
<nav aria-label="<%= it.texts.account.pages %>"><a href="<%= it.path %>"><%= it.texts.account.switchPerson %></a></nav>
</div></div>
`,
  },
);

/**
 * NAV's page "Hvem har sett opplysningene mine": who was given what about the person, and when, newest first. Shows only
 * what was delivered with a consent. `GET /innsyn`, and with `?person=` the records of that person; 404 for anyone else.
 * In three languages, see {@link chooseLanguage}.
 */
export function createInnsyn(sporingslogg: Sporingslogg): Double {
  return async (request) => {
    const { method, url } = request;
    if (url.pathname !== INNSYN_PATH) return { status: 404, headers: {}, body: '' };
    if (method !== 'GET') return { status: 405, headers: { allow: 'GET' }, body: '' };
    const { language, links, cookies } = chooseLanguage(request, INNSYN_PATH);
    const texts = TEXTS[language];
    const common = {
      title: texts.innsyn.title,
      language,
      site: 'NAV',
      shell: texts.shell,
      languages: links,
      texts,
      path: INNSYN_PATH,
    };
    const chosen = url.searchParams.get('person');
    const person = personByCastId(chosen ?? '');
    if (person === undefined) {
      const mistaken = chosen !== null;
      return { ...choosePage(mistaken ? 404 : 200, { ...common, cast: CAST, mistaken }), cookies };
    }
    const rows = sporingslogg.shownTo(person.nationalId).map((trace) => rowOf(trace, language));
    return { ...listingPage(200, { ...common, name: person.name, rows }), cookies };
  };
}

function rowOf(trace: Trace, language: Language) {
  const { fetchedBy, until, tema, contents, bases } = TEXTS[language].innsyn;
  const receiver = named(trace.mottaker);
  const asked = new URL(trace.dataForespoersel.split(' ')[1] ?? '', 'http://nav.example');
  const [fom, tom] = ['fomDato', 'tomDato'].map((name) => writtenDate(asked.searchParams.get(name) ?? '', language));
  const content = contents[asked.pathname.split('/').at(-1) ?? ''];
  const basis = bases[trace.behandlingsGrunnlag];
  return {
    who: trace.leverandoer === null ? receiver : `${receiver}, ${fetchedBy} ${named(trace.leverandoer)}`,
    what: `${tema[trace.tema]}${content === undefined ? '' : ` (${content})`}, ${fom} ${until} ${tom}`,
    moment: trace.uthentingsTidspunkt,
    when: writtenLocalTime(trace.uthentingsTidspunkt, language),
    // NAV writes in Norwegian; whoever reads another language aloud must know.
    basis: basis === undefined ? { language: 'nb', text: trace.behandlingsGrunnlag } : { language, text: basis },
  };
}

function named(organisationNumber: string): string {
  const known = organisationByNumber(organisationNumber);
  return known === undefined ? organisationNumber : `${known.name} (${organisationNumber})`;
}
