import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorCode } from './errors.ts';
import { ERROR_CODES } from './errors.ts';

const REFUSALS: Readonly<Record<string, readonly [status: number, code: ErrorCode, message: string]>> = {
  HPE_HEADER_OVERFLOW: [
    431,
    'LIMIT_EXCEEDED',
    'The headers are larger than 16 KiB together. Send fewer or shorter ones.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'INVALID_INPUT', 'The request took too long to arrive. Send it in one go.'],
};
const MALFORMED = [400, 'INVALID_INPUT', 'The request is not well-formed HTTP.'] as const;

/**
 * Answers what cannot be read as a request at all, in GraphQL's form and without repeating any of it, and closes the
 * connection. A peer that is gone is answered nothing.
 */
export function answerMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, code, message] = REFUSALS[error.code ?? ''] ?? MALFORMED;
  const callId = randomUUID();
  const body = JSON.stringify({ errors: [{ message, extensions: { code, retry: ERROR_CODES[code].retry, callId } }] });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    `x-request-id: ${callId}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
