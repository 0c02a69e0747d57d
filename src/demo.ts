import { z } from 'zod';
import { lineOf, openJournal } from './demo-calls.ts';
import { createLog } from './log.ts';
import { ALTINN2_PAGES } from './sandbox/altinn2-pages.ts';
import type { CallerName } from './sandbox/callers-state.ts';
import type { Citizen } from './sandbox/citizen.ts';
import { createCitizen } from './sandbox/citizen.ts';
import type { Transport } from './sandbox/transport.ts';
import type { CastId } from './sandbox/world.ts';
import { personByCastId } from './sandbox/world.ts';
import type { Standalone, StandaloneOptions } from './standalone.ts';
import { startStandalone } from './standalone.ts';

/** How the story is told. */
export interface StoryOptions extends Required<Pick<StandaloneOptions, 'newRequests' | 'dataDirectory'>> {
  /** Takes one line at a time, of at most eighty columns. Plain text, so that it reads the same on a screen and in a file. */
  readonly say: (line: string) => void;
  /** Aborts: the story ends before its next step. */
  readonly signal: AbortSignal;
}

/** Whom the story is about, and who else has a part in it. */
const [LEAD, WITNESS] = ['P04', 'P05'] as const;
const REQUEST = `mutation ($input: RequestConsentInput!) { requestConsent(input: $input) { consent { id status pageUrl validTo rail } } }`;
const READ = `query ($id: NationalId!) { applicant(by: { nationalId: $id }) {
  aapVedtak { __typename
    ... on AapVedtaksliste { vedtaksliste { vedtakId betydning virkningsperiode { fom tom } } harAapPaa(dato: "2026-11-16") }
    ... on ConsentRequired { reason message } }
  uforeopplysninger { __typename ... on Uforeopplysninger { status } ... on ConsentRequired { reason } } } }`;
const RECORD = `{ disclosures(first: 20) { nodes { intendedAt source outcome refusedBecause attempts useLogged caller } } }`;

const requested = z.object({
  requestConsent: z.object({
    consent: z.object({
      id: z.string(),
      status: z.string(),
      pageUrl: z.string(),
      validTo: z.string(),
      rail: z.string(),
    }),
  }),
});
const read = z.object({
  applicant: z.object({
    aapVedtak: z.object({
      __typename: z.string(),
      vedtaksliste: z
        .array(
          z.object({
            vedtakId: z.string(),
            betydning: z.string(),
            virkningsperiode: z.object({ fom: z.string(), tom: z.string() }),
          }),
        )
        .optional(),
      harAapPaa: z.string().optional(),
      reason: z.string().optional(),
      message: z.string().optional(),
    }),
    uforeopplysninger: z.object({
      __typename: z.string(),
      status: z.string().optional(),
      reason: z.string().optional(),
    }),
  }),
});
const recorded = z.object({
  disclosures: z.object({
    nodes: z.array(
      z.object({
        intendedAt: z.string(),
        source: z.string(),
        outcome: z.string(),
        refusedBecause: z.string().nullable(),
        attempts: z.number(),
        useLogged: z.boolean().nullable(),
        caller: z.string(),
      }),
    ),
  }),
});

/**
 * Tells the story of one consent against a world of its own: asked for, given, used, recorded, withdrawn, refused. Every line is
 * what happened, read off answers and off the journal of calls that the doubles received. But for the moments in the record,
 * each telling is the same.
 *
 * @throws the signal's reason, when it aborts
 * @throws Error when a step does not go as told
 */
export async function tellStory({ newRequests, dataDirectory, say, signal }: StoryOptions): Promise<void> {
  await using world = await startStandalone({
    port: 0,
    sandboxPort: 0,
    dataDirectory,
    newRequests,
    // They act themselves, as in the process that Altinn 2 was made for: with a supplier, the ApiKey alone is not enough.
    insurers: 'A_AND_B',
    log: createLog('silent'),
    onDefect: (error) => {
      throw error;
    },
  });
  const ask = asking(world, signal);
  const journal = openJournal(world.addresses.control, signal);
  const travelled = async () => (await journal()).forEach(say);
  const record = openRecord(ask, newRequests);
  const lead = actor(world, LEAD, newRequests);

  say('What travels where: who calls, the answer, what is called, and in which scope.');
  say('"+ consent": the consent goes along, and opens what is called.');

  say('');
  say(`1. The insurer asks ${lead.name} for consent (${newRequests}).`);
  const consent = await askForConsent(world, ask, lead);
  await travelled();
  say(`   The consent is ${consent.status}, and would last until ${consent.validTo.slice(0, 10)}.`);

  say('');
  say('2. The person logs in, reads who asks for what, approves, and comes back.');
  await approve(lead, consent.pageUrl);

  say('');
  say('3. The insurer reads. The consent is checked, the intention written down, tokens');
  say('   fetched, NAV asked, and what came of it written down.');
  const { applicant } = read.parse(await ask('case-handler-a', READ, { id: lead.id }));
  const delivered = await record();
  await travelled();
  say('   The answer:');
  say(`   ${'vedtak'.padEnd(10)} ${'fom'.padEnd(11)} ${'tom'.padEnd(11)} betydning`);
  for (const { vedtakId, betydning, virkningsperiode } of applicant.aapVedtak.vedtaksliste ?? []) {
    say(`   ${vedtakId.padEnd(10)} ${virkningsperiode.fom.padEnd(11)} ${virkningsperiode.tom.padEnd(11)} ${betydning}`);
  }
  say(`   AAP on 2026-11-16: ${applicant.aapVedtak.harAapPaa}. Uføretrygd: ${applicant.uforeopplysninger.status}.`);

  say('');
  say('4. The record, as the auditor sees it. NAV: calls that may have reached it.');
  if (newRequests === 'ALTINN_2') say('   Logged: in the person’s own log of the consent, at Altinn.');
  delivered.forEach(say);

  say('');
  say('5. The person withdraws.');
  await lead.citizen.withdrawAll();
  await travelled();
  if (newRequests === 'ALTINN_2') {
    say('   On Altinn 2 one refusal looks like any other. That another consent still');
    say('   works with the same ApiKey tells that it is not the key. So somebody else is');
    say('   asked, and approves.');
    const witness = actor(world, WITNESS, newRequests);
    await approve(witness, (await askForConsent(world, ask, witness)).pageUrl);
  }

  say('');
  say('6. The insurer reads again.');
  const second = read.parse(await ask('case-handler-a', READ, { id: lead.id })).applicant;
  await travelled();
  say(`   The answer: ${second.aapVedtak.reason}.`);
  for (const sentence of second.aapVedtak.message?.split(/(?<=\.) /) ?? []) say(`   ${sentence}`);
  say('   The record has grown:');
  (await record()).forEach(say);

  async function approve({ citizen }: Actor, pageUrl: string): Promise<void> {
    const back = await citizen.answer(pageUrl, 'approve');
    await travelled();
    if (back === null) throw new Error('Altinn has kept the person');
    // The browser follows Altinn's redirect, which is how the gateway hears of the answer.
    const { status } = await fetch(back, { redirect: 'manual' });
    const what = `gateway${new URL(back).pathname.replace(/[^/]+$/, '…')}`;
    say(lineOf({ who: 'person', status, method: 'GET', what, carries: '' }));
    await travelled();
  }
}

interface Actor {
  readonly id: string;
  readonly name: string;
  readonly citizen: Citizen;
}

function actor({ addresses }: Standalone, castId: CastId, rail: StoryOptions['newRequests']): Actor {
  const person = personByCastId(castId);
  if (person === undefined) throw new Error('the cast has lost one of its members');
  const citizen =
    rail === 'ALTINN_2'
      ? createCitizen(castId, addresses.altinn2, overHttp, ALTINN2_PAGES)
      : createCitizen(castId, addresses.altinn3, overHttp);
  return { id: person.nationalId, name: person.name, citizen };
}

type Ask = (caller: CallerName, query: string, variables: object) => Promise<unknown>;

async function askForConsent({ addresses }: Standalone, ask: Ask, { id, name }: Actor) {
  const input = {
    applicant: { nationalId: id },
    periode: { fom: '2022-01-01', tom: '2027-12-31' },
    returnUrl: `${addresses.control}/`,
    familyName: name.split(' ').at(-1),
    message: { nb: 'Vi trenger opplysningene for å behandle saken din.' },
  };
  return requested.parse(await ask('case-handler-a', REQUEST, { input })).requestConsent.consent;
}

/** Gives what has been recorded since it was last asked: a table, and on Altinn 2 what it has logged. */
function openRecord(ask: Ask, rail: StoryOptions['newRequests']): () => Promise<string[]> {
  let told = 0;
  return async () => {
    const nodes = await settled(ask, rail);
    const fresh = nodes.slice(0, nodes.length - told).toSorted((a, b) => a.source.localeCompare(b.source));
    told = nodes.length;
    return [
      row('at', 'source', 'outcome', 'NAV', 'logged', 'by'),
      ...fresh.map(({ intendedAt, source, outcome, refusedBecause, attempts, useLogged, caller }) => {
        const why = refusedBecause === null ? '' : ` (${refusedBecause})`;
        const logged = useLogged === null ? '-' : useLogged ? 'yes' : 'no';
        return row(intendedAt.slice(11, 19), source, `${outcome}${why}`, String(attempts), logged, caller);
      }),
    ];
  };

  function row(at: string, source: string, outcome: string, calls: string, logged: string, by: string): string {
    const whetherLogged = rail === 'ALTINN_2' ? `${logged.padEnd(6)}  ` : '';
    return `   ${at.padEnd(8)}  ${source.padEnd(17)}  ${outcome.padEnd(19)}  ${calls.padEnd(3)}  ${whetherLogged}${by}`;
  }
}

/**
 * The record, newest first, once it is complete. On Altinn 2 that is a moment after the answer, which does not wait until the
 * use is logged.
 */
async function settled(ask: Ask, rail: StoryOptions['newRequests']) {
  for (;;) {
    const { nodes } = recorded.parse(await ask('auditor-a', RECORD, {})).disclosures;
    const isOpen = nodes.some(({ outcome, useLogged }) => outcome === 'DELIVERED' && useLogged === null);
    if (rail === 'ALTINN_3' || !isOpen) return nodes;
  }
}

function asking({ addresses }: Standalone, signal: AbortSignal): Ask {
  return async (caller, query, variables) => {
    const token = await (await fetch(`${addresses.callers}/tokens/${caller}`, { signal })).text();
    const response = await fetch(`${addresses.gateway}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
      signal,
    });
    const { data, errors } = z
      .object({ data: z.unknown(), errors: z.array(z.object({ message: z.string() })).optional() })
      .parse(await response.json());
    if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join(' '));
    return data;
  };
}

const overHttp: Transport = async ({ method, url, headers, body, signal }) => {
  const response = await fetch(url, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
    signal,
    redirect: 'manual',
  });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: new Uint8Array(await response.arrayBuffer()),
  };
};
