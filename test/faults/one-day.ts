// A day in the life of the gateway, told on standard output. Run as a program of its own, so that TZ holds from the first line.
import type { CastId } from '../../src/sandbox/world.ts';
import { consentInput, numberOf, openWorld, READ, REFRESH_CONSENT, REQUEST_CONSENT } from '../support/world.ts';

const PEOPLE = ['P03', 'P04', 'P05', 'P08'] as const satisfies readonly CastId[];

const BENEFITS = `query ($id: NationalId!, $today: Date!) {
  applicant(by: { nationalId: $id }) {
    consent { status periode { fom tom } validTo requestedAt answeredAt endedAt changedAt confirmedAt }
    aapVedtak {
      __typename
      ... on NotDelivered { message }
      ... on AapVedtaksliste { retrievedAt uttrekksperiode { fom tom } gjeldende { periode { fom tom } } perioder { periode { fom tom } fomErKjent tomErKjent } harAapPaa(dato: $today)
        vedtaksliste { vedtakId betydning virkningsperiode { fom tom } fomKanVaereKuttet tomKanVaereKuttet } }
    }
    aapMeldekort { __typename ... on AapMeldekortliste { meldekortliste { meldekortId periode { fom tom } antallTimerArbeidet arbeidsandel kanVaereKuttet } } }
    uforeopplysninger {
      __typename
      ... on Uforeopplysninger { status forsteVirkningstidspunkt gjeldende { fom tom uforegrad } uforegradPaa(dato: $today) { harUforegrad uforegrad } beregningsperioder { fom tom uforegrad } }
    }
  }
}`;

// Outside the test runner there is no project that says which rail.
await using world = await openWorld({ rail: 'ALTINN_3' });

/** Ids are random by design; everything else is told as it came. */
function tell(what: string, text: string): void {
  const known = text
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uuid>')
    .replaceAll(/p1_[\w-]{22}/g, '<applicant>')
    .replaceAll(/("(?:endC|c)ursor":")[\w-]+/g, '$1<cursor>');
  process.stdout.write(`${world.clock.now().toISOString()} ${what}\n${known}\n`);
}

async function ask(what: string, document: string, variables: Record<string, unknown>): Promise<void> {
  tell(what, (await world.query('case-handler-a', document, variables)).text);
}

/** The date in Norway at each of these moments differs from the one in Los Angeles, in Auckland or in London. */
const MOMENTS = [
  ['2026-11-16T09:00:00Z', '2026-11-16'],
  ['2026-11-16T22:59:59.999Z', '2026-11-16'],
  ['2026-11-16T23:00:00Z', '2026-11-17'],
  ['2027-02-28T23:30:00Z', '2027-03-01'],
  ['2027-03-28T00:59:59Z', '2027-03-28'],
  ['2027-03-28T01:00:00Z', '2027-03-28'],
  ['2027-10-31T00:30:00Z', '2027-10-31'],
] as const;

for (const person of PEOPLE) await world.grant(person, { periode: { fom: '2015-01-01', tom: '2028-12-31' } });
for (const [moment, today] of MOMENTS) {
  world.clock.set(new Date(moment));
  for (const person of PEOPLE) await ask(`what is known of ${person}`, BENEFITS, { id: numberOf(person), today });
  // The longest validity is three years by the calendar of Norway, the hour included.
  await ask('a new request', REQUEST_CONSENT, {
    input: consentInput('P01', { periode: { fom: '2020-01-01', tom: today } }),
  });
  await ask('a request for too long', REQUEST_CONSENT, {
    input: consentInput('P01', {
      periode: { fom: '2020-01-02', tom: today },
      validTo: `${Number(today.slice(0, 4)) + 3}${today.slice(4)}T23:45:00Z`,
    }),
  });
}

const declined = await world.ask('P02', {
  periode: { fom: '2021-01-01', tom: '2021-12-31' },
  purpose: 'DISABILITY_INSURANCE',
});
await world.citizen('P02').answer(declined.pageUrl, 'decline');
await ask('declined', REFRESH_CONSENT, { id: declined.id });
await ask('asked again too soon', REQUEST_CONSENT, {
  input: consentInput('P02', { periode: { fom: '2021-01-01', tom: '2021-12-31' } }),
});
await world.citizen('P03').withdrawAll();
await ask('withdrawn', READ, { id: numberOf('P03') });
await ask('outside the period', READ, { id: numberOf('P04'), periode: { fom: '2014-12-31', tom: '2015-01-01' } });
const short = await world.grant('P13', {
  periode: { fom: '2013-01-01', tom: '2013-12-31' },
  validTo: '2027-10-31T23:15:00Z',
});
await ask('in force', REFRESH_CONSENT, { id: short });
world.clock.set(new Date('2027-10-31T23:15:00Z'));
await ask('expired', READ, { id: numberOf('P13'), periode: { fom: '2013-01-01', tom: '2013-12-31' } });
await ask(
  'bad dates',
  'query ($id: NationalId!, $p: PeriodeInput) { applicant(by: { nationalId: $id }) { aapVedtak(periode: $p) { __typename } } }',
  { id: numberOf('P04'), p: { fom: '2027-02-29' } },
);

// The three sources are asked at the same time, in an order that nobody promises.
const log = (await world.audit('a')).map(({ source, outcome, refusedBecause, settledAt, requestedFom, requestedTom }) =>
  JSON.stringify([settledAt, source, outcome, refusedBecause, requestedFom, requestedTom]),
);
tell('the log', log.toSorted().join('\n'));
const traces = world.sandbox
  .traces()
  .map(({ person, tema, uthentingsTidspunkt, dataForespoersel }) =>
    JSON.stringify([uthentingsTidspunkt, person, tema, dataForespoersel]),
  );
tell('what people see at NAV', traces.toSorted().join('\n'));
