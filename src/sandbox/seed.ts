import type { ZodType } from 'zod';
import { z } from 'zod';
import { ALTINN2_PAGES } from './altinn2-pages.ts';
import type { CallerName } from './callers-state.ts';
import type { Citizen } from './citizen.ts';
import { createCitizen } from './citizen.ts';
import { returnUrlFor } from './control-return.ts';
import { MIGRATED } from './migrated-set.ts';
import type { Sandbox } from './sandbox.ts';
import type { CastId, Person } from './world.ts';
import { personByCastId } from './world.ts';

/** What becomes of a request: some answer, one waits, one changes their mind. */
export type SeededAnswer = 'approve' | 'decline' | 'wait' | 'withdraw';

/** A consent system, as the gateway calls it. */
export type Rail = z.output<typeof given>['rail'];

/** Who is asked by whom when a world is filled, in this order, and what becomes of it. Nobody else is asked. */
export const STORY: readonly (readonly [asker: CallerName, person: CastId, answer: SeededAnswer])[] = [
  ['case-handler-a', 'P04', 'approve'],
  ['case-handler-a', 'P05', 'approve'],
  ['case-handler-a', 'P06', 'approve'],
  ['case-handler-a', 'P09', 'approve'],
  ['case-handler-a', 'P11', 'approve'],
  ['case-handler-a', 'P12', 'approve'],
  ['case-handler-a', 'P03', 'decline'],
  ['case-handler-a', 'P08', 'wait'],
  ['case-handler-a', 'P07', 'withdraw'],
  ['case-handler-b', 'P06', 'approve'],
];

const REQUEST = `mutation seed($input: RequestConsentInput!) {
  requestConsent(input: $input) { consent { id pageUrl } }
}`;

const REFRESH = 'mutation seed($id: ID!) { refreshConsent(id: $id) { consent { status } } }';

const STANDING = 'query seed($id: NationalId!) { applicant(by: { nationalId: $id }) { consent { rail } } }';

const requested = z.object({
  data: z.object({ requestConsent: z.object({ consent: z.object({ id: z.string(), pageUrl: z.string() }) }) }),
});
const withdrawn = z.object({
  data: z.object({ refreshConsent: z.object({ consent: z.object({ status: z.literal('WITHDRAWN') }) }) }),
});
const given = z.object({ rail: z.enum(['ALTINN_3', 'ALTINN_2']) });
const stood = z.object({ data: z.object({ applicant: z.object({ consent: given }) }) });
const stands = z.object({ data: z.object({ applicant: z.object({ consent: given.nullable() }) }) });

/** The family name of one of the cast, as the population register has it. */
export function familyNameOf({ name }: Person): string {
  return name.split(' ').at(-1) ?? name;
}

/**
 * Fills an empty world as its users would: insurers ask through GraphQL, people answer on their pages, on whichever consent
 * system the gateway sends them to. What insurers held in Altinn 2 is put there besides, and is new to the gateway. A world
 * that has begun to live is left as it is.
 *
 * @returns the consent system on which P04, the first of them, was asked; another one, maybe, than new requests go to
 * @throws Error, one sentence, when an earlier seeding was cut off, or gateway or doubles do not do what they should
 */
export async function seed(sandbox: Sandbox, graphql: string): Promise<Rail> {
  const first = { id: personByCastId('P04')?.nationalId };
  const standing = (await post(sandbox, graphql, 'case-handler-a', STANDING, first, stands)).data.applicant.consent;
  if (standing !== null) {
    // What is planted last is there, or the first start was cut off.
    if (sandbox.snapshot().altinn2Codes.length > 0) return standing.rail;
    throw new Error('The first start was cut off before its people had answered: begin anew with --fresh.');
  }
  for (const [asker, castId, answer] of STORY) {
    const person = personByCastId(castId);
    if (person === undefined) throw new Error('the cast has lost one of its members');
    const input = {
      applicant: { nationalId: person.nationalId },
      purpose: 'DISABILITY_INSURANCE',
      periode: { fom: '2022-01-01', tom: '2027-12-31' },
      returnUrl: returnUrlFor(castId, sandbox.origins),
      message: { nb: 'Vi trenger opplysningene for å behandle saken din.' },
      reference: `SAK-${castId}`,
      // Altinn 2 alone asks for it.
      familyName: familyNameOf(person),
    };
    const { id, pageUrl } = (await post(sandbox, graphql, asker, REQUEST, { input }, requested)).data.requestConsent
      .consent;
    if (answer === 'wait') continue;
    const citizen = citizenOn(pageUrl, castId, sandbox);
    const target = await citizen.answer(pageUrl, answer === 'decline' ? 'decline' : 'approve');
    if (target !== null) await fetch(target, { redirect: 'manual' });
    if (answer !== 'withdraw') continue;
    await citizen.withdrawAll();
    // Altinn tells nobody. While others' consents were just used, the insurer can tell a withdrawal on Altinn 2 as well.
    await post(sandbox, graphql, asker, REFRESH, { id }, withdrawn);
  }
  sandbox.plantMigrated(MIGRATED);
  return (await post(sandbox, graphql, 'case-handler-a', STANDING, first, stood)).data.applicant.consent.rail;
}

/** The person at the Altinn whose page it is. */
function citizenOn(pageUrl: string, person: CastId, { origins, transport }: Sandbox): Citizen {
  const { origin } = new URL(pageUrl);
  return origin === origins.altinn2
    ? createCitizen(person, origin, transport, ALTINN2_PAGES)
    : createCitizen(person, origin, transport);
}

const refused = z.object({ errors: z.array(z.object({ extensions: z.object({ code: z.string() }) })) });

async function post<T>(
  sandbox: Sandbox,
  graphql: string,
  caller: CallerName,
  query: string,
  variables: Record<string, unknown>,
  expected: ZodType<T>,
): Promise<T> {
  const token = await sandbox.callers.tokenFor(caller);
  const response = await fetch(graphql, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  const answer: unknown = await response.json();
  const known = expected.safeParse(answer).data;
  if (known !== undefined) return known;
  const codes = refused.safeParse(answer).data?.errors.map(({ extensions }) => extensions.code) ?? [];
  throw new Error(
    `The people of the sandbox cannot be asked: the gateway answers ${codes.join(', ') || 'nothing known'}.`,
  );
}
