import type { NavSource } from '../access/ports.ts';
import { readVedtak } from '../benefits/aap.ts';
import { readMeldekort } from '../benefits/aap-meldekort.ts';
import { meldekortAnswer, vedtakAnswer } from './aap.wire.ts';
import type { NavEndpoint } from './ask.ts';
import { askNav } from './ask.ts';

/** The decisions about arbeidsavklaringspenger. */
export function aapVedtak(endpoint: NavEndpoint): NavSource<'aapVedtak'> {
  return {
    name: 'aapVedtak',
    scope: endpoint.scope,
    async fetch(request) {
      const answer = await askNav(endpoint, request, vedtakAnswer);
      return 'refused' in answer ? answer : readVedtak(answer.wire.vedtaksliste, request.bounds);
    },
  };
}

/** The report cards of people who get arbeidsavklaringspenger. */
export function aapMeldekort(endpoint: NavEndpoint): NavSource<'aapMeldekort'> {
  return {
    name: 'aapMeldekort',
    scope: endpoint.scope,
    async fetch(request) {
      const answer = await askNav(endpoint, request, meldekortAnswer);
      return 'refused' in answer ? answer : readMeldekort(answer.wire.meldekortliste, request.bounds);
    },
  };
}
