import type { Double } from './double.ts';
import { htmlPage } from './layout.ts';
import type { Sporingslogg, Trace } from './sporingslogg.ts';
import { CAST, organisationByNumber, personByCastId } from './world.ts';

/** Where a person sees who has looked; `?person=P04` stands in for having logged in. */
export const INNSYN_PATH = '/innsyn';

const TEMA: Readonly<Record<Trace['tema'], string>> = {
  AAP: 'Arbeidsavklaringspenger',
  UFO: 'Uføretrygd',
};

const CHOOSE = `<p>Velg hvem du er. I sandkassen erstatter dette innlogging.</p>
<ul>
<% it.cast.forEach((person) => { %><li><a href="<%= it.path %>?person=<%= person.id %>"><%= person.name %></a> <span class="quiet"><%= person.id %></span></li>
<% }) %></ul>
`;

const LISTING = `<p>Innlogget som <strong><%= it.name %></strong>. <a href="<%= it.path %>">Bytt person</a></p>
<% if (it.rows.length === 0) { %><p>Ingen har hentet opplysninger om deg.</p>
<% } else { %><table>
<thead><tr><th scope="col">Hvem</th><th scope="col">Hva</th><th scope="col">Når</th><th scope="col">Grunnlag</th></tr></thead>
<tbody>
<% it.rows.forEach((row) => { %><tr><td><%= row.who %></td><td><%= row.what %></td><td><time datetime="<%= row.when %>"><%= row.when.slice(0, 19).replace('T', ' kl. ') %></time></td><td><%= row.basis %></td></tr>
<% }) %></tbody>
</table>
<% } %>`;

/**
 * NAV's page "Hvem har sett opplysningene mine": who was given what about the person, and when, newest first. Shows only
 * what was delivered with a consent. `GET /innsyn`, and with `?person=` the records of that person; 404 for anyone else.
 */
export function createInnsyn(sporingslogg: Sporingslogg): Double {
  return async ({ method, url }) => {
    if (url.pathname !== INNSYN_PATH) return { status: 404, headers: {}, body: '' };
    if (method !== 'GET') return { status: 405, headers: { allow: 'GET' }, body: '' };
    const chosen = url.searchParams.get('person');
    const common = { title: 'Hvem har sett opplysningene mine', language: 'nb', path: INNSYN_PATH } as const;
    if (chosen === null) return htmlPage(200, CHOOSE, { ...common, cast: CAST });
    const person = personByCastId(chosen);
    if (person === undefined) return htmlPage(404, CHOOSE, { ...common, cast: CAST });
    const rows = sporingslogg.shownTo(person.nationalId).map(rowOf);
    return htmlPage(200, LISTING, { ...common, name: person.name, rows });
  };
}

function rowOf({ mottaker, leverandoer, tema, dataForespoersel, uthentingsTidspunkt, behandlingsGrunnlag }: Trace) {
  const who = leverandoer === null ? named(mottaker) : `${named(mottaker)}, hentet av ${named(leverandoer)}`;
  const asked = new URL(dataForespoersel.split(' ')[1] ?? '', 'http://nav.example');
  const [fom, tom] = ['fomDato', 'tomDato'].map((name) => asked.searchParams.get(name) ?? '');
  return {
    who,
    what: `${TEMA[tema]} (${asked.pathname.split('/').at(-1)}), ${fom} til ${tom}`,
    when: uthentingsTidspunkt,
    basis: behandlingsGrunnlag,
  };
}

function named(organisationNumber: string): string {
  const known = organisationByNumber(organisationNumber);
  return known === undefined ? organisationNumber : `${known.name} (${organisationNumber})`;
}
