import { expect } from 'vitest';
import { ERROR_CODES } from '../../src/errors.ts';
import type { Answer } from '../graphql/support.ts';

/** What a status may come with; no other status is documented for a request to GraphQL over the sandbox, where nothing is overloaded. */
const STATUSES: Readonly<Record<number, readonly string[] | 'any'>> = {
  200: 'any',
  400: ['INVALID_INPUT', 'LIMIT_EXCEEDED', 'NATIONAL_ID_IN_DOCUMENT'],
  401: ['UNAUTHENTICATED'],
  403: ['FORBIDDEN'],
  413: ['LIMIT_EXCEEDED'],
  415: ['INVALID_INPUT'],
};

/**
 * Expects of any answer what every client may rely on: JSON, a documented status, and of each error a documented code, its
 * retry and the call id of the request. @returns the codes, in the order of the errors
 */
export function expectWellFormed(
  answer: Answer,
  allowed: Readonly<Record<number, readonly string[] | 'any'>> = {},
): string[] {
  const codes = answer.errors.map(({ extensions }) => extensions?.code);
  const fitting = { ...STATUSES, ...allowed }[answer.status];
  expect(fitting, `status ${answer.status} with ${codes}`).toBeDefined();
  expect(answer.headers['content-type']).toMatch(/^application\/(graphql-response\+)?json/);
  expect(answer.headers['cache-control']).toBe('no-store');
  for (const { message, extensions } of answer.errors) {
    expect(Object.keys(ERROR_CODES)).toContain(extensions.code);
    expect(['never', 'later']).toContain(extensions.retry);
    expect(extensions.callId).toBe(answer.headers['x-request-id']);
    expect(message).not.toBe('');
    if (fitting !== 'any') expect(fitting).toContain(extensions.code);
  }
  if (answer.data === undefined || answer.data === null) expect(answer.errors).not.toEqual([]);
  return codes;
}

/** Expects that none of the planted texts, by name, stands in a text. A finding names it and does not quote it. */
export function expectNowhere(planted: Readonly<Record<string, string>>, text: string, where: string): void {
  const found = Object.entries(planted).flatMap(([name, value]) => (text.includes(value) ? [name] : []));
  expect(found, where).toEqual([]);
}

/** Reads a growing log by what has come since the last time. */
export function logReader(log: () => string): () => string {
  let seen = 0;
  return () => {
    const whole = log();
    const fresh = whole.slice(seen);
    seen = whole.length;
    return fresh;
  };
}
