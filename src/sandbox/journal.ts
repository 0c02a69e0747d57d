import type { Clock } from '../clock.ts';
import type { DoubleRequest } from './double.ts';
import type { CallTraits } from './traits.ts';
import { withoutDigits } from './traits.ts';
import type { PlayedUpstream } from './upstreams.ts';

/** A call as a double received it. Holds no national id, no token and no query. */
export interface JournalEntry extends CallTraits {
  /** ISO moment, UTC, by the sandbox's clock. */
  readonly at: string;
  readonly upstream: PlayedUpstream;
  readonly method: string;
  readonly path: string;
  /** HTTP status that went out; null while the call is open, and for good when the connection broke instead. */
  readonly status: number | null;
}

/** What every double received, in order of arrival. */
export interface Journal {
  /** Writes a call down as it arrives; the returned function completes the entry when it is answered. */
  arrived(upstream: PlayedUpstream, request: DoubleRequest, traits: CallTraits): (status: number) => void;
  /** Oldest first; of one upstream when it is named. */
  entries(upstream?: PlayedUpstream): readonly JournalEntry[];
  clear(): void;
}

/** The journal is kept in memory and holds the newest calls only. */
const KEPT = 10_000;

/** A new, empty journal. */
export function createJournal(clock: Clock): Journal {
  let kept: JournalEntry[] = [];
  return {
    arrived: (upstream, { method, url }, traits) => {
      const received: JournalEntry = {
        at: clock.now().toISOString(),
        upstream,
        method,
        path: withoutDigits(url.pathname),
        status: null,
        ...traits,
      };
      if (kept.length >= KEPT) kept.shift();
      kept.push(received);
      return (status) => {
        const at = kept.indexOf(received);
        if (at >= 0) kept[at] = { ...received, status };
      };
    },
    entries: (upstream) => kept.filter((entry) => upstream === undefined || entry.upstream === upstream),
    clear: () => {
      kept = [];
    },
  };
}
