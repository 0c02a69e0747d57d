import { z } from 'zod';
import type { Evidence } from '../errors.ts';
import { GatewayError } from '../errors.ts';
import type { WireResponse } from '../upstream.ts';
import { parseJson, unavailable } from '../upstream.ts';

/**
 * Altinn’s problem codes for a consumer, with what the person who must act is told. Codes are compared, texts never: the
 * text can hold a national id. `docs/upstream-outcomes.md` repeats this table. All of them are `ALTINN_REJECTED`.
 */
export const ALTINN_OUTCOMES = {
  'AM-00000': 'The consent belongs to another organisation. The operator must check for whom the gateway asks.',
  'AM-00001': 'Altinn does not know the consent request.',
  'AM-00003':
    'Altinn does not know the organisation. The operator must check the organisation number in the configuration.',
  'AM-00004': 'Altinn does not know this person. Check the national id; a D-number may have been replaced.',
  'AM-00005': 'Altinn does not accept the consent resource. The operator must check its name in the configuration.',
  'AM-00006':
    'Altinn does not know one of the metadata keys of the resource. The operator must check them in the configuration.',
  'AM-00007': 'Altinn misses a metadata value of the resource. The operator must check the configuration.',
  'AM-00008': 'Altinn misses a metadata key of the resource. The operator must check the configuration.',
  'AM-00009': 'Altinn does not accept these resources together. The operator must check the configuration.',
  'AM-00016': 'Altinn has another request under the same id. Ask again.',
  'STD-00000': 'Altinn finds the request invalid: validTo, or the address to return to. Check them.',
  'STD-00001':
    'Altinn finds several things wrong with the request at once. The operator must check resource, metadata, validTo and return address.',
} as const;

/** Codes that may come are more than those listed above; all have this form. */
const problem = z.object({ code: z.string().regex(/^(AM|STD)-\d{5}$/) });

/** What may be logged of an answer: its status, and its problem code if it has one. */
export function evidenceOf(answer: WireResponse): Evidence {
  const code = parseJson(answer, problem)?.code;
  return { upstream: 'altinn', status: answer.status, ...(code === undefined ? {} : { upstreamCode: code }) };
}

/**
 * The fault that an answer of Altinn is, when it is not what was asked for.
 *
 * Empty 401 and 403 come from token and policy checks; 500 is an outage unless its code says that the request is at fault.
 */
export function faultOf(evidence: Evidence): GatewayError {
  const { status = 0, upstreamCode = '' } = evidence;
  if (isDocumented(upstreamCode)) return rejected(`${ALTINN_OUTCOMES[upstreamCode]} (${upstreamCode})`, evidence);
  if (status < 400 || status === 429 || status >= 500) return unavailable(evidence);
  switch (status) {
    case 401:
      return rejected(
        'Altinn does not accept the Maskinporten token. The operator must check environment and client.',
        evidence,
      );
    case 403:
      return rejected(
        'Altinn does not let the data consumer do this. The operator must check scope, delegation and access to the resource.',
        evidence,
      );
    default:
      return rejected(
        'Altinn finds the request invalid. The operator must compare it with Altinn’s contract.',
        evidence,
      );
  }
}

function rejected(message: string, evidence: Evidence): GatewayError {
  return new GatewayError('ALTINN_REJECTED', message, { evidence });
}

function isDocumented(code: string): code is keyof typeof ALTINN_OUTCOMES {
  return Object.hasOwn(ALTINN_OUTCOMES, code);
}
