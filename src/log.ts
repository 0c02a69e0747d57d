import type { DestinationStream, LevelWithSilent } from 'pino';
import { pino, stdTimeFunctions } from 'pino';
import type { Evidence } from './errors.ts';

/**
 * Everything the gateway writes to its log, each event with one shape. Fields are chosen one by one: no variable, alias,
 * national id, token, key or upstream text has a place to stand in.
 */
export type LogEvent =
  | { readonly event: 'started'; readonly address: string }
  | { readonly event: 'stopped' }
  | {
      readonly event: 'request answered';
      readonly callId: string;
      readonly operation: string;
      /** SHA-256 of the document, hex: tells queries apart without showing them. */
      readonly document: string;
      readonly durationMs: number;
      readonly codes: readonly string[];
      readonly dataConsumer: string | null;
      readonly role: string | null;
    }
  | {
      readonly event: 'upstream failed';
      readonly callId: string;
      readonly evidence: Evidence;
    }
  | {
      /** An answer strays from the documented contract: rows that should not be there, or codes nobody has documented. */
      readonly event: 'contract drift';
      readonly callId: string;
      readonly source: string;
      /** Rows that end before they start. */
      readonly invalidated: number;
      /** Rows beyond what was asked for. */
      readonly outside: number;
      /** Rows that reached beyond the consent. */
      readonly cut: number;
      /** Names of the fields that held them. */
      readonly unknownCodes: readonly string[];
    }
  | { readonly event: 'cache failed'; readonly name: string }
  | {
      /**
       * Once a day: a client has sixty days or less in which to get another key or certificate, or none that serves now. Once
       * at start: nobody has said when its key was registered, so its end will not be warned of (`unknown`).
       */
      readonly event: 'credential runs out';
      /** Of the client's owner: data consumer or supplier. */
      readonly organisation: string;
      readonly age: 'not yet valid' | 'expires soon' | 'expired' | 'unknown';
      /** ISO moment, UTC; null: unknown. */
      readonly lastsUntil: string | null;
    }
  | {
      readonly event: 'record failed';
      readonly callId: string;
      readonly step: 'intend' | 'settle' | 'refuse';
      readonly name: string;
    }
  | {
      /** Once for all writes that failed together, in one sentence for the operator. */
      readonly event: 'store failed';
      readonly reason: string;
    }
  | { readonly event: 'defect'; readonly callId: string; readonly name: string; readonly stack: string };

/** Writes one event. Never throws. */
export type Log = (event: LogEvent) => void;

/** How grave each event is. What to do about it is in docs/operations.md, which a test holds against this table. */
export const EVENT_LEVELS = {
  started: 'info',
  stopped: 'info',
  'request answered': 'info',
  'upstream failed': 'warn',
  'contract drift': 'warn',
  'cache failed': 'warn',
  'credential runs out': 'warn',
  'record failed': 'error',
  'store failed': 'error',
  defect: 'error',
} as const satisfies Record<LogEvent['event'], LevelWithSilent>;

const STANDARD_OUTPUT = 1;

/**
 * A log of JSON lines, each with the name of its level and its moment (ISO, UTC).
 * @param destination a file, or another place; standard output when left out
 * @throws Error when the file cannot be opened
 */
export function createLog(level: LevelWithSilent, destination?: DestinationStream | string): Log {
  const stream = typeof destination === 'object' ? destination : fileStream(destination ?? STANDARD_OUTPUT);
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'event',
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  return ({ event, ...fields }) => logger[EVENT_LEVELS[event]](fields, event);
}

/** A full disk or a closed pipe costs lines of the log, never the gateway. */
function fileStream(dest: string | number): DestinationStream {
  const stream = pino.destination({ dest, mkdir: true, mode: 0o600, sync: typeof dest === 'string' });
  stream.on('error', () => {});
  return stream;
}

/** The frames of a stack without its message, which may hold what must not be logged. */
export function framesOf(error: unknown): { name: string; stack: string } {
  if (!(error instanceof Error)) return { name: typeof error, stack: '' };
  const { name, message, stack = '' } = error;
  const frames = stack.replace(message, () => '').split('\n');
  return { name, stack: frames.filter((line) => /^\s+at /.test(line)).join('\n') };
}

const DIGITS_OF_A_NATIONAL_ID = 11;

/** An upstream's code as far as it may be logged: short and code-like, or `?`. An upstream may put anything there. */
export function loggableCode(code: string): string {
  const digits = code.replaceAll(/\D/g, '').length;
  return /^[\p{L}\d_.-]{1,40}$/u.test(code) && digits < DIGITS_OF_A_NATIONAL_ID ? code : '?';
}
