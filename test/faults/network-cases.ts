import type { Socket } from 'node:net';
import { ATTEMPTS } from './table.ts';

/** Bytes of an answer that nobody can want. */
export const HUGE = 64 * 1024 * 1024;

const PART = Buffer.alloc(64 * 1024, ' ');
/** The first line of an answer. */
export const OK = 'HTTP/1.1 200 OK\r\n';
/** The header that says that it is JSON. */
export const JSON_TYPE = 'content-type: application/json\r\n';

/** What a server does with one request. */
export type Play = (socket: Socket) => void;

/** Writes the same bytes over and over, as fast as they are taken, until there are so many or the connection ends. */
function pour(socket: Socket, bytes: number, part: Buffer, end: string): void {
  let left = bytes;
  const more = () => {
    while (left > 0 && !socket.destroyed) {
      left -= PART.length;
      if (!socket.write(part)) {
        socket.once('drain', more);
        return;
      }
    }
    if (!socket.destroyed) socket.write(end);
  };
  more();
}

/** Writes a little at a time, without end. */
function trickle(socket: Socket, text: string): void {
  const timer = setInterval(() => void socket.write(text), 5);
  socket.once('close', () => clearInterval(timer));
}

const chunk = Buffer.concat([Buffer.from(`${PART.length.toString(16)}\r\n`), PART, Buffer.from('\r\n')]);

/** A server that misbehaves, and how the call to it ends. */
export interface NetworkCase {
  readonly name: string;
  readonly play: Play;
  readonly failure: 'too-large' | 'timeout' | 'reset' | 'redirect';
  /** Calls that the server receives when nothing is lost by repeating; NAV receives one. */
  readonly attempts: number;
  /** The answer was taken to its end, so the connection serves on. */
  readonly isKept?: true;
}

/** Every way of which only a real connection is capable. */
export const NETWORK_CASES: readonly NetworkCase[] = [
  {
    name: '64 MiB, announced',
    play: (socket) => {
      socket.write(`${OK}${JSON_TYPE}content-length: ${HUGE}\r\n\r\n`);
      pour(socket, HUGE, PART, '');
    },
    failure: 'too-large',
    attempts: 1,
  },
  {
    name: '64 MiB in chunks',
    play: (socket) => {
      socket.write(`${OK}${JSON_TYPE}transfer-encoding: chunked\r\n\r\n`);
      pour(socket, HUGE, chunk, '0\r\n\r\n');
    },
    failure: 'too-large',
    attempts: 1,
  },
  {
    name: '64 MiB until the connection ends',
    play: (socket) => {
      socket.write(`${OK}${JSON_TYPE}connection: close\r\n\r\n`);
      pour(socket, HUGE, PART, '');
    },
    failure: 'too-large',
    attempts: 1,
  },
  {
    name: '64 MiB of error page',
    play: (socket) => {
      socket.write(`HTTP/1.1 503 Service Unavailable\r\ncontent-length: ${HUGE}\r\n\r\n`);
      pour(socket, HUGE, PART, '');
    },
    failure: 'too-large',
    attempts: 1,
  },
  {
    name: 'a body that trickles without end',
    play: (socket) => {
      socket.write(`${OK}${JSON_TYPE}transfer-encoding: chunked\r\n\r\n`);
      trickle(socket, '1\r\n \r\n');
    },
    failure: 'timeout',
    attempts: 1,
  },
  {
    name: 'a body that stops half way',
    play: (socket) => void socket.write(`${OK}${JSON_TYPE}content-length: 100\r\n\r\n{"word`),
    failure: 'timeout',
    attempts: 1,
  },
  {
    name: 'headers that trickle without end',
    play: (socket) => {
      socket.write(`${OK}x-slow: `);
      trickle(socket, 'x');
    },
    failure: 'timeout',
    attempts: 1,
  },
  {
    name: 'interim answers without end',
    play: (socket) => trickle(socket, 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'),
    failure: 'timeout',
    attempts: 1,
  },
  {
    name: 'a redirect whose body trickles without end',
    play: (socket) => {
      socket.write('HTTP/1.1 307 Temporary Redirect\r\nlocation: /path\r\ntransfer-encoding: chunked\r\n\r\n');
      trickle(socket, '1\r\n \r\n');
    },
    failure: 'timeout',
    attempts: 1,
  },
  ...[301, 302, 303, 307, 308].map(
    (status): NetworkCase => ({
      name: `a redirect to itself by ${status}`,
      play: (socket) => void socket.write(`HTTP/1.1 ${status} Moved\r\nlocation: /path\r\ncontent-length: 0\r\n\r\n`),
      failure: 'redirect',
      attempts: 1,
      isKept: true,
    }),
  ),
  {
    name: 'a connection that closes before an answer',
    play: (socket) => void socket.end(),
    failure: 'reset',
    attempts: ATTEMPTS,
  },
  {
    name: 'a connection that closes within the body',
    play: (socket) => void socket.end(`${OK}${JSON_TYPE}content-length: 100\r\n\r\n{"word`),
    failure: 'reset',
    attempts: ATTEMPTS,
  },
  {
    name: 'a connection that closes within a chunk',
    play: (socket) => void socket.end(`${OK}${JSON_TYPE}transfer-encoding: chunked\r\n\r\n64\r\n{"word`),
    failure: 'reset',
    attempts: ATTEMPTS,
  },
  {
    name: 'a connection that is reset within the body',
    play: (socket) => {
      socket.write(`${OK}${JSON_TYPE}content-length: 100\r\n\r\n{"word`, () => socket.resetAndDestroy());
    },
    failure: 'reset',
    attempts: ATTEMPTS,
  },
  {
    name: 'a header of 1 MiB',
    play: (socket) => {
      socket.write(`${OK}x-bomb: `);
      pour(socket, 1024 * 1024, Buffer.alloc(PART.length, 'x'), '\r\ncontent-length: 0\r\n\r\n');
    },
    failure: 'reset',
    attempts: ATTEMPTS,
  },
  {
    name: 'ten thousand headers',
    play: (socket) => {
      const headers = Array.from({ length: 10_000 }, (_, at) => `x-${at}: x\r\n`).join('');
      socket.write(`${OK}${headers}content-length: 0\r\n\r\n`);
    },
    failure: 'reset',
    attempts: ATTEMPTS,
  },
  {
    name: 'two lengths',
    play: (socket) => void socket.write(`${OK}content-length: 2\r\ncontent-length: 3\r\n\r\n{} `),
    failure: 'reset',
    attempts: ATTEMPTS,
  },
  {
    name: 'something that is no HTTP',
    play: (socket) => void socket.write('SSH-2.0-OpenSSH_9.6\r\n'),
    failure: 'reset',
    attempts: ATTEMPTS,
  },
];
