import { z } from 'zod';
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
  /** Takes one line at a time. Plain text, so that it reads the same on a screen and in a file. */
  readonly say: (line: string) => void;
}

/** Whom the story is about, and who else has a part in it. */
const [LEAD, WITNESS] = ['P04', 'P05'] as const;
const REQUEST = `mutation ($input: RequestConsentInput!) { requestConsent(input: $input) { consent { id status pageUrl validTo rail } } }`;
const READ = `query ($id: NationalId!) { applicant(by: { nationalId: $id }) {
  aapVedtak { __typename
    ... on AapVedtaksliste { vedtaksliste { vedtakId betydning virkningsperiode { fom tom } } harAapPaa(dato: "2026-11-16") }
    ... on ConsentRequired { reason message } }
  uforeopplysninger { __typename ... on Uforeopplysninger { status } ... on ConsentRequired { reason } } } }`;
const RECORD = `{ disclosures(first: 20) { nodes { intendedAt source outcome refusedBecause attempts caller } } }`;

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
        caller: z.string(),
      }),
    ),
  }),
});
const journalled = z.object({
  calls: z.array(
    z.object({
      upstream: z.string(),
      method: z.string(),
      path: z.string(),
      status: z.number().nullable(),
      scope: z.string().optional(),
      consentId: z.string().optional(),
    }),
  ),
});

/**
 * Tells the story of one consent against a world of its own: asked for, given, used, recorded, withdrawn, refused. Every line is
 * what happened, read off answers and off the journal of calls that the doubles received.
 *
 * @throws Error when a step does not go as told
 */
export async function tellStory({ newRequests, dataDirectory, say }: StoryOptions): Promise<void> {
  await using world = await startStandalone({
    port: 0,
    sandboxPort: 0,
    dataDirectory,
    newRequests,
    log: createLog('silent'),
    onDefect: (error) => {
      throw error;
    },
  });
  const travelled = calls(world);
  const lead = actor(world, LEAD, newRequests);
  const { id, name, citizen } = lead;

  say(`1. The insurer asks ${name} for consent (${newRequests}).`);
  const consent = await askForConsent(world, lead);
  await travelled(say);
  say(`   The consent is ${consent.status}, and would last until ${consent.validTo.slice(0, 10)}.`);

  say('2. The person opens the page, reads who asks for what, and approves.');
  await approve(citizen, consent.pageUrl);
  await travelled(say);

  say('3. The insurer reads. The consent is checked, the intention written down, tokens fetched, NAV asked.');
  const { applicant } = read.parse(await ask(world, 'case-handler-a', READ, { id }));
  await travelled(say);
  say('   The answer:');
  say(`   ${'vedtak'.padEnd(10)} ${'fom'.padEnd(11)} ${'tom'.padEnd(11)} betydning`);
  for (const { vedtakId, betydning, virkningsperiode } of applicant.aapVedtak.vedtaksliste ?? []) {
    say(`   ${vedtakId.padEnd(10)} ${virkningsperiode.fom.padEnd(11)} ${virkningsperiode.tom.padEnd(11)} ${betydning}`);
  }
  say(`   AAP on 2026-11-16: ${applicant.aapVedtak.harAapPaa}. Uføretrygd: ${applicant.uforeopplysninger.status}.`);

  say('4. The record, as the auditor sees it.');
  await tellRecord(world, say);

  say('5. The person withdraws.');
  await citizen.withdrawAll();
  await travelled(say);
  if (newRequests === 'ALTINN_2') {
    say(
      '   On Altinn 2 one refusal looks like any other. That another consent still works with the same ApiKey tells that',
    );
    say('   it is not the key, so somebody else is asked, and approves.');
    const other = actor(world, WITNESS, newRequests);
    await approve(other.citizen, (await askForConsent(world, other)).pageUrl);
    await travelled(say);
  }

  say('6. The insurer reads again.');
  const second = read.parse(await ask(world, 'case-handler-a', READ, { id })).applicant;
  await travelled(say);
  say(`   The answer: ${second.aapVedtak.reason}. ${second.aapVedtak.message}`);
  await tellRecord(world, say);
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

async function askForConsent(world: Standalone, { id, name }: Actor) {
  const input = {
    applicant: { nationalId: id },
    periode: { fom: '2022-01-01', tom: '2027-12-31' },
    returnUrl: `${world.addresses.control}/`,
    familyName: name.split(' ').at(-1),
    message: { nb: 'Vi trenger opplysningene for å behandle saken din.' },
  };
  return requested.parse(await ask(world, 'case-handler-a', REQUEST, { input })).requestConsent.consent;
}

async function approve(citizen: Citizen, pageUrl: string): Promise<void> {
  const back = await citizen.answer(pageUrl, 'approve');
  // The browser follows Altinn's redirect, which is how the gateway hears of the answer.
  if (back !== null) await fetch(back, { redirect: 'manual' });
}

async function tellRecord(world: Standalone, say: (line: string) => void): Promise<void> {
  for (const each of recorded.parse(await ask(world, 'auditor-a', RECORD, {})).disclosures.nodes.toReversed()) {
    const why = each.refusedBecause === null ? '' : ` (${each.refusedBecause})`;
    say(
      `   ${each.intendedAt}  ${each.source.padEnd(18)} ${each.outcome}${why}, ${each.attempts} call(s) to NAV, by ${each.caller}`,
    );
  }
}

/** Tells the calls that have reached the doubles since it was last asked. */
function calls({ addresses }: Standalone): (say: (line: string) => void) => Promise<void> {
  let told = 0;
  return async (say) => {
    const response = await fetch(`${addresses.control}/journal`);
    const fresh = journalled.parse(await response.json()).calls.slice(told);
    told += fresh.length;
    for (const { upstream, method, path, status, scope, consentId } of fresh.filter(isBetweenMachines)) {
      const carries = [scope, consentId === undefined ? undefined : 'with the consent'].filter(
        (each) => each !== undefined,
      );
      say(
        `   -> ${upstream.padEnd(18)} ${method} ${path}  ${status}${carries.length === 0 ? '' : `  [${carries.join(', ')}]`}`,
      );
    }
  };
}

function isBetweenMachines({ upstream, path }: { readonly upstream: string; readonly path: string }): boolean {
  return upstream !== 'callers' && !path.includes('/ui/');
}

async function ask({ addresses }: Standalone, caller: CallerName, query: string, variables: object): Promise<unknown> {
  const token = await (await fetch(`${addresses.callers}/tokens/${caller}`)).text();
  const response = await fetch(`${addresses.gateway}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = z
    .object({ data: z.unknown(), errors: z.array(z.object({ message: z.string() })).optional() })
    .parse(await response.json());
  if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join(' '));
  return data;
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
