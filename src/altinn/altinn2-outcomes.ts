import { z } from 'zod';
import type { Evidence } from '../errors.ts';
import { GatewayError } from '../errors.ts';
import type { WireResponse } from '../upstream.ts';
import { parseJson, unavailable } from '../upstream.ts';
import { anyCase } from './altinn2-wire.ts';

/**
 * Altinn 2’s error codes for a consumer, with what the person who must act is told: one is documented. Codes are compared,
 * texts never: the text of this one holds the person’s number and name. `docs/upstream-outcomes.md` repeats this table.
 * All of them are `ALTINN_REJECTED`.
 */
export const ALTINN2_OUTCOMES = {
  '40332':
    'Altinn does not know this person by this family name. Check the national id, and write the family name as in the population register; of a double name often the last part alone.',
} as const;

/** Written as text and as number, in a list and alone: official sources show each form. */
const problem = z.preprocess(
  (body: unknown) => anyCase(Array.isArray(body) ? body[0] : body),
  z.object({ errorcode: z.coerce.string().regex(/^\d{1,6}$/) }),
);

/** What may be logged of an answer: its status, and its error code if it has one. */
export function evidenceOf(answer: WireResponse): Evidence {
  const code = parseJson(answer, problem)?.errorcode;
  return { upstream: 'altinn', status: answer.status, ...(code === undefined ? {} : { upstreamCode: code }) };
}

/**
 * The fault that an answer of Altinn 2 is, when it is not what was asked for. The reason phrase, where Altinn 2 says more,
 * is not read: it can hold a national id.
 */
export function faultOf(evidence: Evidence): GatewayError {
  const { status = 0, upstreamCode = '' } = evidence;
  if (isDocumented(upstreamCode)) return rejected(`${ALTINN2_OUTCOMES[upstreamCode]} (${upstreamCode})`, evidence);
  if (status < 400 || status === 429 || status >= 500) return unavailable(evidence);
  switch (status) {
    case 401:
      return rejected(
        'Altinn does not accept the Maskinporten token. The operator must check environment, client and ApiKey.',
        evidence,
      );
    case 403:
      return rejected(
        'Altinn does not let the data consumer do this: the code may be unknown to it, or the ApiKey another organisation’s. The operator must check ApiKey, scope and access.',
        evidence,
      );
    default:
      return rejected(
        'Altinn finds the request invalid. The operator must check ApiKey, service, metadata and return address.',
        evidence,
      );
  }
}

/** The fault that something does not add up. */
export function rejected(message: string, evidence?: Evidence): GatewayError {
  return new GatewayError('ALTINN_REJECTED', message, evidence === undefined ? {} : { evidence });
}

function isDocumented(code: string): code is keyof typeof ALTINN2_OUTCOMES {
  return Object.hasOwn(ALTINN2_OUTCOMES, code);
}
