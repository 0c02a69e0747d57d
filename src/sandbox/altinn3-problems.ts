import type { DoubleResponse } from './double.ts';

/** One broken rule inside a validation problem. */
export interface ValidationError {
  readonly code: string;
  readonly detail: string;
  readonly paths: readonly string[];
}

/** A problem with a code of Altinn's. `members` stand beside the others, at top level. */
export interface Problem {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  readonly validationErrors?: readonly ValidationError[];
  readonly members?: Readonly<Record<string, string>>;
}

const AM = {
  'AM-00000': [403, 'Not authorized for consent'],
  'AM-00001': [404, 'Consent not found'],
  'AM-00002': [400, 'Consent have wrong status to be consented'],
  'AM-00003': [400, 'Unknown organization. Could not be found'],
  'AM-00004': [400, 'Unknown person. Could not be found'],
  'AM-00005': [400, 'Invalid consent resource'],
  'AM-00006': [400, 'Invalid consent metadata'],
  'AM-00007': [400, 'Missing metadata value'],
  'AM-00008': [400, 'Missing metadata'],
  'AM-00009': [400, 'Invalid resource combination'],
  'AM-00010': [400, 'Consent cant be revoked.Wrong status'],
  'AM-00011': [400, 'Consent is revoked'],
  'AM-00012': [400, 'The consented party does not match the party requested'],
  'AM-00013': [400, 'Consent is expired'],
  'AM-00014': [400, 'Consent is not accepted'],
  'AM-00015': [400, 'Consent cant be rejected. Wrong status'],
  'AM-00016': [400, 'Consent with id already exist'],
} as const satisfies Record<string, readonly [status: number, detail: string]>;

/** The problem codes of Altinn's access management that concern consent. */
export type ConsentProblemCode = keyof typeof AM;

/** The problem of a code, with the members that point at the culprit. */
export function consentProblem(code: ConsentProblemCode, members: Readonly<Record<string, string>> = {}): Problem {
  const [status, detail] = AM[code];
  return { code, status, detail, members };
}

const VALIDATION = {
  'AM.VLD-00022': 'The time need to be in the future',
  'AM.VLD-00023': 'The list cant be empty',
  'AM.VLD-00027': 'Redirect URL is not a valid URL',
  'AM.VLD-00051': "'createdAfter' must be earlier than 'createdBefore'.",
  'AM.VLD-00052': 'One or more event types are invalid. Valid values are: rejected, accepted, revoked, deleted, used.',
  'AM.VLD-00053': 'The continuation token is invalid.',
  'STD.VLD-00000': 'The field is required.',
} as const;

/** A broken rule and where it was broken. */
export function validationError(code: keyof typeof VALIDATION, path: string): ValidationError {
  return { code, detail: VALIDATION[code], paths: [path] };
}

/** Wraps broken rules in the one problem that carries them. */
export function validationProblem(errors: readonly ValidationError[]): Problem {
  return {
    code: 'STD-00000',
    status: 400,
    detail: 'One or more validation errors occurred.',
    validationErrors: errors,
  };
}

/** The status Altinn answers several problems with: 500, though each alone is the caller's mistake. */
export const MULTIPLE_PROBLEMS = { code: 'STD-00001', status: 500, detail: 'Multiple problems occurred.' } as const;

const FRAMEWORK = {
  400: ['https://tools.ietf.org/html/rfc9110#section-15.5.1', 'Bad Request'],
  403: ['https://tools.ietf.org/html/rfc9110#section-15.5.4', 'Forbidden'],
  404: ['https://tools.ietf.org/html/rfc9110#section-15.5.5', 'Not Found'],
  415: ['https://tools.ietf.org/html/rfc9110#section-15.5.16', 'Unsupported Media Type'],
  500: ['https://tools.ietf.org/html/rfc9110#section-15.6.1', 'An error occurred while processing your request.'],
} as const;

/** Answers one problem as itself, several as `STD-00001`. */
export function problemResponse(problems: readonly [Problem, ...Problem[]]): DoubleResponse {
  const [first, ...others] = problems;
  return others.length === 0
    ? problemJson(first.status, bodyOf(first))
    : problemJson(MULTIPLE_PROBLEMS.status, {
        detail: MULTIPLE_PROBLEMS.detail,
        code: MULTIPLE_PROBLEMS.code,
        problems: problems.map((problem) => ({ status: problem.status, ...bodyOf(problem) })),
      });
}

/** What the web framework answers a body it can not bind: `errors` by member, no `code`. Its exact texts are unconfirmed. */
export function bindingProblem(errors: Readonly<Record<string, readonly string[]>>): DoubleResponse {
  return problemJson(400, { errors }, 'One or more validation errors occurred.');
}

/** A problem the framework makes by itself: no `code`, no `detail`. */
export function frameworkProblem(status: 415 | 500): DoubleResponse {
  return problemJson(status, {});
}

/** An answer without a body, as the policy checks give. */
export function bare(status: 401 | 403 | 404): DoubleResponse {
  return { status, headers: {}, body: '' };
}

function bodyOf({ detail, code, validationErrors, members }: Problem) {
  return { detail, code, ...(validationErrors === undefined ? {} : { validationErrors }), ...members };
}

function problemJson(status: number, body: object, title?: string): DoubleResponse {
  const [type, usual] = FRAMEWORK[isFrameworkStatus(status) ? status : 500];
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify({ type, title: title ?? usual, status, ...body }),
  };
}

function isFrameworkStatus(status: number): status is keyof typeof FRAMEWORK {
  return status in FRAMEWORK;
}
