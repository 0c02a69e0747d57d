import { z } from 'zod';
import type { Evidence } from '../errors.ts';
import { GatewayError } from '../errors.ts';
import { loggableCode } from '../log.ts';
import type { WireResponse } from '../upstream.ts';
import { parseJson, unavailable } from '../upstream.ts';

/**
 * What an answer of the token endpoint means:
 * `again`: one freshly signed grant cures it; if that is refused too, it is as `rejected`;
 * `unavailable`: it passes by itself;
 * `delegation`: the data consumer must delegate;
 * `rejected`: key, client, scope or access is not in order;
 * `consent`: for a grant with a consent, the consent may no longer stand: ask the second witness. Without one: `rejected`.
 */
export type TokenRefusal = 'again' | 'unavailable' | 'delegation' | 'rejected' | 'consent';

/**
 * The documented codes and what they mean here. A 4xx with any other code, or none, counts as `consent`: which code a
 * consent that is pending, revoked or expired gets is not published. `docs/upstream-outcomes.md` repeats this table.
 */
export const MASKINPORTEN_OUTCOMES = {
  'MP-011': 'rejected',
  'MP-012': 'again',
  'MP-100': 'rejected',
  'MP-110': 'rejected',
  'MP-120': 'rejected',
  'MP-121': 'rejected',
  'MP-122': 'rejected',
  'MP-123': 'rejected',
  'MP-124': 'rejected',
  'MP-130': 'again',
  'MP-200': 'rejected',
  'MP-201': 'rejected',
  'MP-250': 'rejected',
  'MP-251': 'delegation',
  'MP-301': 'rejected',
  'MP-302': 'rejected',
  'MP-303': 'consent',
} as const satisfies Record<string, TokenRefusal>;

/** Refusals that a change of registration cures within minutes: asked again only after a pause. */
export const HELD_BACK: ReadonlySet<string> = new Set(['MP-200', 'MP-250', 'MP-251']);

/** One member that is not as documented does not cost the others. */
const text = z.string().optional().catch(undefined);

const errorBody = z.object({ error: text, error_description: text, error_uri: text });

/** A refusal with what may be logged of it. */
export interface Refused {
  readonly refusal: TokenRefusal;
  readonly evidence: Evidence;
}

/** Judges an answer that is not 200. The description is read for its trace id alone and never kept. */
export function judgeRefusal(answer: WireResponse): Refused {
  const body = parseJson(answer, errorBody);
  const code = /\/(MP-\d{3})$/.exec(body?.error_uri ?? '')?.[1];
  const traceId = /trace_id: ([0-9a-f]{32})\)/.exec(body?.error_description ?? '')?.[1];
  const evidence: Evidence = {
    upstream: 'maskinporten',
    status: answer.status,
    ...(code === undefined ? {} : { upstreamCode: code }),
    ...(body?.error === undefined ? {} : { error: loggableCode(body.error) }),
    ...(traceId === undefined ? {} : { traceId }),
  };
  return { refusal: refusalOf(answer.status, code), evidence };
}

function refusalOf(status: number, code: string | undefined): TokenRefusal {
  if (status < 400 || status === 429 || status >= 500) return 'unavailable';
  return code !== undefined && isDocumented(code) ? MASKINPORTEN_OUTCOMES[code] : 'consent';
}

function isDocumented(code: string): code is keyof typeof MASKINPORTEN_OUTCOMES {
  return Object.hasOwn(MASKINPORTEN_OUTCOMES, code);
}

/** Who acts for whom: organisation numbers, nine digits each. */
export interface Delegation {
  /** The insurer: becomes `consumer` of the token. */
  readonly consumer: string;
  /** Becomes `supplier`. */
  readonly supplier: string;
}

/**
 * The fault that a refusal is, when no consent is in doubt.
 *
 * @param delegation what the grant was based on, where a supplier asked
 */
export function faultOf(
  refusal: TokenRefusal,
  evidence: Evidence,
  delegation?: Delegation & { readonly scope: string },
): GatewayError {
  switch (refusal) {
    case 'unavailable':
      return unavailable(evidence);
    case 'delegation':
      return new GatewayError(
        'DELEGATION_MISSING',
        delegation === undefined
          ? 'The scope has not been delegated to the owner of the client. Whoever is to be acted for must delegate it in Altinn, under API delegation.'
          : `Organisation ${delegation.consumer} has not delegated the scope ${delegation.scope} to its supplier ${delegation.supplier}. Someone entitled at ${delegation.consumer} must delegate it in Altinn, under API delegation; it works some minutes later.`,
        { evidence },
      );
    case 'again':
    case 'rejected':
    case 'consent':
      return new GatewayError(
        'MASKINPORTEN_REJECTED',
        `Maskinporten refuses to issue the token${evidence.upstreamCode === undefined ? '' : ` (${evidence.upstreamCode})`}. The operator must check client, key, clock, scope and access.`,
        { evidence },
      );
  }
}
