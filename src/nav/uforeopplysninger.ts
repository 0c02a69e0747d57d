import type { NavSource } from '../access/ports.ts';
import { readUforeopplysninger } from '../benefits/uforeopplysninger.ts';
import type { NavEndpoint } from './ask.ts';
import { askNav } from './ask.ts';
import { uforeopplysningerAnswer } from './uforeopplysninger.wire.ts';

/** Whether the person gets uføretrygd, and how it was calculated. */
export function uforeopplysninger(endpoint: NavEndpoint): NavSource<'uforeopplysninger'> {
  return {
    name: 'uforeopplysninger',
    scope: endpoint.scope,
    async fetch(request) {
      const answer = await askNav(endpoint, request, uforeopplysningerAnswer);
      return 'refused' in answer ? answer : readUforeopplysninger(answer.wire, request.bounds);
    },
  };
}
