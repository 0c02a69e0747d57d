import type { NavSources } from '../access/ports.ts';
import type { SourceName } from '../benefits/index.ts';
import { aapMeldekort, aapVedtak } from './aap.ts';
import type { NavEndpoint } from './ask.ts';
import { uforeopplysninger } from './uforeopplysninger.ts';

/** The register: every source of NAV by the name of its field. A new source is one line here; the compiler names what else is missing. */
export function createSources(endpoints: { readonly [N in SourceName]: NavEndpoint }) {
  return {
    aapVedtak: aapVedtak(endpoints.aapVedtak),
    aapMeldekort: aapMeldekort(endpoints.aapMeldekort),
    uforeopplysninger: uforeopplysninger(endpoints.uforeopplysninger),
  } satisfies NavSources;
}
