/** Whether the same call may succeed when made again: `later` when the cause passes by itself, `never` until something is changed. */
export type Retry = 'never' | 'later';

interface CodeEntry {
  readonly retry: Retry;
  /** What happened and who must act, for `docs/errors.md`, which a test holds against this table. */
  readonly meaning: string;
}

/**
 * Every code a caller can meet in `extensions.code`. A missing consent is not among them: it is an answer.
 */
export const ERROR_CODES = {
  UNAUTHENTICATED: {
    retry: 'never',
    meaning:
      'The bearer token is missing, expired, or not issued for this gateway by an issuer it trusts. Fetch a new one.',
  },
  FORBIDDEN: {
    retry: 'never',
    meaning: 'The caller is known but may not do this: the role, source or purpose is not among those granted.',
  },
  INVALID_INPUT: {
    retry: 'never',
    meaning:
      'An argument, a variable or the document cannot be used. `field` names it where it has a name, `locations` where it stands in the document; the message says what is accepted.',
  },
  NOT_FOUND: {
    retry: 'never',
    meaning:
      'No such applicant or consent for this data consumer. Another data consumer’s do not exist here. With status 404 nothing is at the address.',
  },
  LIMIT_EXCEEDED: {
    retry: 'never',
    meaning:
      'The request is larger than one request may be: body, tokens, depth, aliases, keys, page size or upstream calls. Split it. With status 429 the caller asks too often or for too much at once, with 503 everybody together does: wait as long as `Retry-After` says.',
  },
  DELEGATION_MISSING: {
    retry: 'never',
    meaning:
      'The data consumer has not delegated the scope to its supplier in Altinn. It must delegate; minutes later it works.',
  },
  ALTINN_UNAVAILABLE: {
    retry: 'later',
    meaning:
      'Altinn did not answer in time, or answered that it cannot serve now. The same call later finds a request that reached it.',
  },
  ALTINN_REJECTED: {
    retry: 'never',
    meaning:
      'Altinn refused the request for a reason that asking again does not cure, such as an unknown person or missing access.',
  },
  MASKINPORTEN_UNAVAILABLE: {
    retry: 'later',
    meaning: 'Maskinporten did not answer in time, or answered that it cannot serve now.',
  },
  MASKINPORTEN_REJECTED: {
    retry: 'never',
    meaning: 'Maskinporten refused the token: key, client, scope or access is not in order. The operator must act.',
  },
  NAV_UNAVAILABLE: {
    retry: 'later',
    meaning: 'NAV did not answer in time, or answered that it cannot serve now.',
  },
  NAV_REFUSED: {
    retry: 'never',
    meaning: 'NAV refused the read, and no ended consent explains it. The operator must ask NAV why.',
  },
  NAV_UNREADABLE: {
    retry: 'never',
    meaning:
      'NAV’s answer does not have the documented form, so nothing of it is shown. The operator must look at the contract.',
  },
  NATIONAL_ID_IN_DOCUMENT: {
    retry: 'never',
    meaning:
      'A national id is written into the query document. Pass it as a variable: documents are logged and shared, variables are not.',
  },
  AUDIT_UNAVAILABLE: {
    retry: 'later',
    meaning: 'The disclosure could not be recorded, so nothing was read, or what was read is not shown.',
  },
  STORE_UNAVAILABLE: {
    retry: 'later',
    meaning:
      'The gateway could not write to its own store, or cannot tell whether it did. The same call later goes on from what is stored, also where Altinn had been asked. The operator must act: the log says why (`store failed`).',
  },
  ABANDONED: {
    retry: 'later',
    meaning:
      'The caller went away before the answer, so what was under way was stopped. Only the logs tell it: nobody is there to be answered.',
  },
  INTERNAL: {
    retry: 'later',
    meaning: 'A defect or an overload of the gateway itself. Give the operator the `callId`.',
  },
} as const satisfies Record<string, CodeEntry>;

/** A code of {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** The upstreams whose failures carry evidence. */
export type UpstreamName = 'altinn' | 'maskinporten' | 'nav';

/**
 * What an upstream said when it failed, as far as it may be logged: never its text, which can hold a national id.
 */
export interface Evidence {
  readonly upstream: UpstreamName;
  /** HTTP status; absent when no answer came. */
  readonly status?: number;
  /** The upstream's own code when it has one: `MP-250`, `AM-00004`, `STD-00001`. */
  readonly upstreamCode?: string;
  /** The OAuth `error` value, from Maskinporten: `invalid_grant`, `forbidden`. */
  readonly error?: string;
  readonly traceId?: string;
  /** Why there is no answer, or none that can be read. */
  readonly failure?: 'connect' | 'timeout' | 'reset' | 'too-large' | 'redirect' | 'unreadable' | 'cancelled';
}

/** What else an error may carry. */
export interface ErrorDetails {
  /** Dotted path of the argument at fault, such as `input.periode.fom`. Never its value. */
  readonly field?: string;
  readonly evidence?: Evidence;
  /** Overrides the code's own retry where this occurrence differs. */
  readonly retry?: Retry;
  readonly cause?: unknown;
}

/**
 * The one error class whose message reaches a caller. The message is for the person who must act: it says what to do
 * and never holds a national id, a token or an upstream's text. Everything else that is thrown is masked as `INTERNAL`.
 */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly retry: Retry;
  readonly field: string | undefined;
  readonly evidence: Evidence | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'GatewayError';
    this.code = code;
    this.retry = details.retry ?? ERROR_CODES[code].retry;
    this.field = details.field;
    this.evidence = details.evidence;
  }
}

/** The fault that nobody waits for the answer any more. */
export function abandoned(upstream: UpstreamName): GatewayError {
  return new GatewayError('ABANDONED', 'The caller has gone, so the work was stopped. Ask again for an answer.', {
    evidence: { upstream, failure: 'cancelled' },
  });
}

/** Shorthand for an argument that cannot be used. */
export function invalidInput(field: string, message: string): GatewayError {
  return new GatewayError('INVALID_INPUT', message, { field });
}
