import type { Writable } from 'node:stream';
import { SingleBar } from 'cli-progress';

/** Tells how far a list has been dealt with. */
export interface Progress {
  /** @param end bytes of the list up to where it has been dealt with */
  dealtWith(lines: number, end: number): void;
  /** Writes a text of whole lines, the bar out of its way. */
  say(text: string): void;
  /** Takes the bar away. Nothing keeps the process alive after it. */
  end(): void;
}

/** Lines between two words about progress where there is no terminal. */
const SOMETIMES = 500;

/**
 * Progress on a terminal: a bar where the size of the list is known, else a count. Elsewhere a line now and then.
 *
 * @param size of the list in bytes; null: unknown
 */
export function openProgress(terminal: Writable & { readonly isTTY?: boolean }, size: number | null): Progress {
  return terminal.isTTY === true ? bar(terminal, size) : count(terminal);
}

function bar(terminal: Writable, size: number | null): Progress {
  const format = size === null ? '{lines} lines' : '[{bar}] {percentage} % | {lines} lines | {eta_formatted} left';
  const shown = new SingleBar({ stream: terminal, format, clearOnComplete: true, gracefulExit: false, barsize: 30 });
  let [lines, end] = [0, 0];
  const start = () => shown.start(size ?? 0, end, { lines });
  start();
  return {
    dealtWith(dealt, at) {
      [lines, end] = [dealt, at];
      shown.update(end, { lines });
    },
    say(text) {
      shown.stop();
      terminal.write(text);
      start();
    },
    end: () => shown.stop(),
  };
}

function count(stream: Writable): Progress {
  return {
    dealtWith(lines) {
      if (lines % SOMETIMES === 0) stream.write(`${lines} lines\n`);
    },
    say: (text) => void stream.write(text),
    end: () => undefined,
  };
}
