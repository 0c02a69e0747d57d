import type { DoubleRequest } from './double.ts';

/** What the pages are written in: bokmål, nynorsk and English. */
export const LANGUAGES = ['nb', 'nn', 'en'] as const;

/** One of {@link LANGUAGES}. */
export type Language = (typeof LANGUAGES)[number];

const NAMES: Readonly<Record<Language, string>> = { nb: 'Bokmål', nn: 'Nynorsk', en: 'English' };
const COOKIE = 'sandbox_language';
const PARAMETERS = ['lang', 'languageCode'] as const;

/** A way to the same page in another language. */
export interface LanguageLink {
  readonly code: Language;
  /** The language's name in itself. */
  readonly name: string;
  /** Path and query, without the origin. */
  readonly href: string;
  readonly current: boolean;
}

/** The language of one visit, and what the browser must be told so that the next one has it too. */
export interface LanguageChoice {
  readonly language: Language;
  readonly links: readonly LanguageLink[];
  /** `set-cookie` values: one when the address named a language, else none. */
  readonly cookies: readonly string[];
}

/**
 * The language to answer in: what the address says (`lang`, or Altinn's `languageCode`), else what was chosen earlier in
 * this browser, else the first of `Accept-Language` that is known, else bokmål. Regions are ignored, `no` is bokmål, and
 * what is not understood counts as not said.
 *
 * @param cookiePath below which the choice is remembered, until the browser is closed
 */
export function chooseLanguage({ url, headers }: DoubleRequest, cookiePath: string): LanguageChoice {
  const named = PARAMETERS.map((name) => languageIn(url.searchParams.get(name) ?? '')).find((one) => one !== undefined);
  const remembered = new RegExp(`(?:^|; *)${COOKIE}=(\\w+)(?:;|$)`).exec(headers['cookie'] ?? '')?.[1];
  const language =
    named ?? languageIn(remembered ?? '') ?? firstAccepted(headers['accept-language'] ?? '') ?? LANGUAGES[0];
  return {
    language,
    links: LANGUAGES.map((code) => ({
      code,
      name: NAMES[code],
      href: inLanguage(url, code),
      current: code === language,
    })),
    cookies: named === undefined ? [] : [`${COOKIE}=${named}; Path=${cookiePath}; HttpOnly; SameSite=Lax`],
  };
}

function inLanguage(url: URL, language: Language): string {
  const query = new URLSearchParams(url.search);
  for (const name of PARAMETERS) query.delete(name);
  query.set('lang', language);
  // A path that begins with two slashes would name another host.
  return `${url.pathname.replace(/^\/+/, '/')}?${query}`;
}

function languageIn(tag: string): Language | undefined {
  const [primary] = tag.trim().toLowerCase().split(/[-_]/);
  return primary === 'no' ? 'nb' : LANGUAGES.find((language) => language === primary);
}

function firstAccepted(header: string): Language | undefined {
  return header
    .split(',')
    .map((entry) => {
      const [tag = '', ...parameters] = entry.split(';');
      const weight = parameters.map((parameter) => /^\s*q=([\d.]+)\s*$/.exec(parameter)?.[1]).find(Boolean);
      return { language: languageIn(tag), weight: Number(weight ?? 1) };
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((one, other) => other.weight - one.weight)
    .find(({ language }) => language !== undefined)?.language;
}
