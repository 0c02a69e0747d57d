import type { DoubleRequest, DoubleResponse } from './double.ts';
import type { PageData } from './layout.ts';
import { pageTemplate } from './layout.ts';
import type { Language } from './page-language.ts';
import { chooseLanguage } from './page-language.ts';
import { TEXTS } from './page-texts.ts';
import type { Origins } from './upstreams.ts';
import type { CastId } from './world.ts';
import { personByCastId } from './world.ts';

interface ReturnTexts {
  readonly site: string;
  readonly title: string;
  readonly lead: string;
  readonly told: string;
  readonly pretended: string;
  /** The way to the case; the person's name follows where it is known. */
  readonly goOn: string;
}

const RETURN_TEXTS: Readonly<Record<Language, ReturnTexts>> = {
  nb: {
    site: 'Forsikringsselskapet',
    title: 'Du er tilbake hos forsikringsselskapet',
    lead: 'Har du gitt samtykke, henter selskapet nå opplysningene dine fra NAV. Har du avslått, får det ingen.',
    told: 'Adressen til denne siden sier ikke hva du svarte, og siden har ikke spurt noen. Selskapet får vite det når det åpner saken din.',
    pretended: 'Et virkelig selskap ville vist deg saken din her.',
    goOn: 'Åpne saken slik saksbehandleren ser den',
  },
  nn: {
    site: 'Forsikringsselskapet',
    title: 'Du er tilbake hos forsikringsselskapet',
    lead: 'Har du gitt samtykke, hentar selskapet no opplysningane dine frå NAV. Har du avslått, får det ingen.',
    told: 'Adressa til denne sida seier ikkje kva du svarte, og sida har ikkje spurt nokon. Selskapet får vite det når det opnar saka di.',
    pretended: 'Eit verkeleg selskap ville vist deg saka di her.',
    goOn: 'Opne saka slik saksbehandlaren ser henne',
  },
  en: {
    site: 'The insurer',
    title: 'You are back at the insurer',
    lead: 'If you gave your consent, the insurer now reads your information at NAV. If you declined, it gets none.',
    told: 'The address of this page does not say what you answered, and the page has asked nobody. The insurer learns of it when it opens your case.',
    pretended: 'A real insurer would show you your case here.',
    goOn: 'Open the case as the case handler sees it',
  },
};

const returnPage = pageTemplate<
  PageData & { readonly texts: ReturnTexts; readonly name: string; readonly target: string }
>(
  `<p class="lead"><%= it.texts.lead %></p>
<p><%= it.texts.told %></p>
<p class="quiet"><%= it.texts.pretended %></p>
<% if (it.target) { %><p><a href="<%= it.target %>"><%= it.texts.goOn %><% if (it.name) { %> (<%= it.name %>)<% } %></a></p>
<% } %>`,
);

/** Where one of the cast is sent after answering, as an insurer's own address would name the case. */
export function returnUrlFor(person: CastId, { control }: Pick<Origins, 'control'>): string {
  return `${control}/?person=${person}`;
}

/**
 * A pretend insurer's page, to which people come back from Altinn: `?consent=` of the gateway, and `person` of
 * {@link returnUrlFor} where the request had it. It believes neither, tells nobody's answer, and leads on to the case.
 *
 * @param gateway where the case is seen; without it nothing is linked to
 */
export function returnedPage(request: DoubleRequest, gateway: string | undefined): DoubleResponse {
  const { language, links } = chooseLanguage(request, '/');
  const texts = RETURN_TEXTS[language];
  const person = personByCastId(request.url.searchParams.get('person') ?? '');
  const about = person === undefined ? '' : `&person=${person.id}`;
  return returnPage(200, {
    title: texts.title,
    language,
    site: texts.site,
    shell: TEXTS[language].shell,
    languages: links,
    texts,
    name: person?.name ?? '',
    target: gateway === undefined ? '' : `${gateway}/graphiql?example=case-screen${about}`,
  });
}
