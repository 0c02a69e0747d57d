import { z } from 'zod';
import type { Language } from './page-language.ts';

const LOCALES: Readonly<Record<Language, string>> = { nb: 'nb-NO', nn: 'nn-NO', en: 'en-GB' };

/** A moment as Norwegian wall-clock time, written out: `1. mars 2027 kl. 13:00`. */
export function writtenMoment(milliseconds: number, language: Language): string {
  return new Intl.DateTimeFormat(LOCALES[language], {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'Europe/Oslo',
  }).format(milliseconds);
}

/** A civil date, `dd.MM.yyyy` or `yyyy-MM-dd`, written out: `1. mars 2027`. Any other text as it stands. */
export function writtenDate(text: string, language: Language): string {
  const date = z.iso.date().safeParse(text.split('.').toReversed().join('-'));
  if (!date.success) return text;
  return new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(date.data));
}

/** Norwegian local time without a zone, `yyyy-MM-ddTHH:mm:ss`, written out with its seconds. Any other text as it stands. */
export function writtenLocalTime(text: string, language: Language): string {
  const time = z.iso.datetime({ local: true }).safeParse(text);
  if (!time.success) return text;
  return new Intl.DateTimeFormat(LOCALES[language], {
    dateStyle: 'long',
    timeStyle: 'medium',
    timeZone: 'UTC',
  }).format(new Date(`${time.data}Z`));
}
