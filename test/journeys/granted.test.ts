import { expect, it } from 'vitest';
import { numberOf, openWorld } from '../support/world.ts';

const ALL = `query ($id: NationalId!) {
  applicant(by: { nationalId: $id }) {
    maskedNationalId
    consent { status covers periode { fom tom } }
    aapVedtak { __typename ... on AapVedtaksliste { retrievedAt disclosureId perioder { periode { fom tom } } harAapPaa(dato: "2026-11-16") } }
    aapMeldekort { __typename ... on AapMeldekortliste { meldekortliste { meldekortId arbeidsandel } } }
    uforeopplysninger { __typename ... on Uforeopplysninger { status uforegradPaa(dato: "2026-11-16") { harUforegrad } } }
  }
}`;

it('reads AAP vedtak, meldekort and uføreopplysninger once the person has given consent', async () => {
  await using world = await openWorld();
  await world.grant('P04');
  const seen = await world.query('case-handler-a', ALL, { id: numberOf('P04') });
  expect(seen.errors).toEqual([]);
  expect(seen.data.applicant).toMatchObject({
    maskedNationalId: '308174*****',
    consent: { status: 'ACTIVE', covers: ['AAP_VEDTAK', 'AAP_MELDEKORT', 'UFOREOPPLYSNINGER'] },
    aapVedtak: {
      __typename: 'AapVedtaksliste',
      perioder: [{ periode: { fom: '2023-09-04', tom: '2027-02-28' } }],
      harAapPaa: 'JA',
    },
    aapMeldekort: { __typename: 'AapMeldekortliste' },
    uforeopplysninger: { status: 'UNDER_BEHANDLING', uforegradPaa: { harUforegrad: 'UKJENT' } },
  });
  expect(world.navCalls()).toBe(3);
});

it('finds the answer of a person who never came back, and notices that they withdraw between two reads', async () => {
  await using world = await openWorld();
  await world.grant('P04');
  const first = await world.query('case-handler-a', ALL, { id: numberOf('P04') });
  expect(first.data.applicant.aapVedtak.__typename).toBe('AapVedtaksliste');
  await world.withdraw('P04');
  const calls = world.navCalls();
  const second = await world.query('case-handler-a', ALL, { id: numberOf('P04') });
  expect(second.errors).toEqual([]);
  for (const field of ['aapVedtak', 'aapMeldekort', 'uforeopplysninger']) {
    expect(second.data.applicant[field].__typename).toBe('ConsentRequired');
  }
  expect(world.navCalls()).toBe(calls);
});
