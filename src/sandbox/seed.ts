import type { ZodType } from 'zod';
import { z } from 'zod';
import type { CallerName } from './callers-state.ts';
import { createCitizen } from './citizen.ts';
import { MIGRATED } from './migrated-set.ts';
import type { Sandbox } from './sandbox.ts';
import type { CastId } from './world.ts';
import { personByCastId } from './world.ts';

/** What becomes of a request: some answer, one waits, one changes their mind. */
type Answer = 'approve' | 'decline' | 'wait' | 'withdraw';

const STORY: readonly (readonly [asker: CallerName, person: CastId, answer: Answer])[] = [
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
  requestConsent(input: $input) { created consent { pageUrl } }
}`;

const COUNT = '{ consents(first: 1) { nodes { id } } }';

const requested = z.object({
  data: z.object({ requestConsent: z.object({ consent: z.object({ pageUrl: z.string().nullable() }) }) }),
});
const counted = z.object({ data: z.object({ consents: z.object({ nodes: z.array(z.unknown()) }) }) });

/**
 * Fills an empty world as its users would: insurers ask through GraphQL, people answer on their pages. What insurers held in
 * Altinn 2 is put there besides, and is new to the gateway. A world that holds a consent already is left as it is.
 *
 * @throws Error, one sentence, when an earlier seeding was cut off, or gateway or doubles do not do what they should
 */
export async function seed(sandbox: Sandbox, graphql: string): Promise<void> {
  const { nodes } = (await post(sandbox, graphql, 'case-handler-a', COUNT, {}, counted)).data.consents;
  if (nodes.length > 0) {
    // What is planted last is there, or the first start was cut off.
    if (sandbox.snapshot().altinn2Codes.length > 0) return;
    throw new Error('The first start was cut off before its people had answered: begin anew with --fresh.');
  }
  for (const [asker, person, answer] of STORY) {
    const input = {
      applicant: { nationalId: personByCastId(person)?.nationalId },
      purpose: 'DISABILITY_INSURANCE',
      periode: { fom: '2022-01-01', tom: '2027-12-31' },
      returnUrl: `${sandbox.origins.control}/`,
      message: { nb: 'Vi trenger opplysningene for å behandle saken din.' },
      reference: `SAK-${person}`,
    };
    const { data } = await post(sandbox, graphql, asker, REQUEST, { input }, requested);
    const { pageUrl } = data.requestConsent.consent;
    if (pageUrl === null) throw new Error('the request has no page');
    const citizen = createCitizen(person, sandbox.origins.altinn3, sandbox.transport);
    if (answer === 'wait') continue;
    const target = await citizen.answer(pageUrl, answer === 'decline' ? 'decline' : 'approve');
    if (target !== null) await fetch(target, { redirect: 'manual' });
    if (answer === 'withdraw') await citizen.withdrawAll();
  }
  sandbox.plantMigrated(MIGRATED);
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
  const found = expected.safeParse(answer).data;
  if (found !== undefined) return found;
  const codes = refused.safeParse(answer).data?.errors.map(({ extensions }) => extensions.code) ?? [];
  throw new Error(
    `The people of the sandbox cannot be asked: the gateway answers ${codes.join(', ') || 'nothing known'}.`,
  );
}
