import type { AapVedtaksliste } from './aap.ts';
import type { AapMeldekortliste } from './aap-meldekort.ts';
import type { Uforeopplysninger } from './uforeopplysninger.ts';

export type { AapVedtak, AapVedtaksliste } from './aap.ts';
export type { AapMeldekortliste, Meldekort } from './aap-meldekort.ts';
export type { AapPeriode } from './aap-rett.ts';
export type { Drift, ReadBounds, Reading } from './reading.ts';
export type { Beregningsperiode, Uforeopplysninger } from './uforeopplysninger.ts';

/** What each source answers, under the name of its field in the contract. One line for each source. */
export interface Answers {
  readonly aapVedtak: AapVedtaksliste;
  readonly aapMeldekort: AapMeldekortliste;
  readonly uforeopplysninger: Uforeopplysninger;
}

/** A source by the name of its field. */
export type SourceName = keyof Answers;

const SOURCES = {
  aapVedtak: 'AAP_VEDTAK',
  aapMeldekort: 'AAP_MELDEKORT',
  uforeopplysninger: 'UFOREOPPLYSNINGER',
} as const satisfies { [N in SourceName]: string };

/** A source as a value of the contract's enum `Source`. */
export type Source = (typeof SOURCES)[SourceName];

/** Every source, in the order of the contract. */
export const SOURCE_NAMES: readonly SourceName[] = Object.keys(SOURCES).filter(isSourceName);

/** Tells whether a text names a source's field. */
export function isSourceName(text: string): text is SourceName {
  return Object.hasOwn(SOURCES, text);
}

/** The enum value of a field name. */
export function sourceOf(name: SourceName): Source {
  return SOURCES[name];
}

/** The field name of an enum value. */
export function sourceNameOf(source: Source): SourceName {
  switch (source) {
    case 'AAP_VEDTAK':
      return 'aapVedtak';
    case 'AAP_MELDEKORT':
      return 'aapMeldekort';
    case 'UFOREOPPLYSNINGER':
      return 'uforeopplysninger';
  }
}
