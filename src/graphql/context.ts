import type { Session } from '../access/session.ts';
import type { NationalIdKind } from '../values.ts';
import type { Turns } from './turns.ts';

/** What a resolver may lean on: the session of the request and how this environment reads its arguments. Nothing is written here. */
export interface RequestContext {
  readonly session: Session;
  /** Names the request in answers, logs and at the upstreams; a UUID. */
  readonly callId: string;
  /** Kinds of national id that this environment accepts. */
  readonly nationalIds: readonly NationalIdKind[];
  /** Most keys in one list. */
  readonly maxKeys: number;
  readonly now: () => Date;
  /** Resolves when the next page may be looked up; each page waits for a turn of its own, see {@link Turns}. */
  readonly nextTurn: Turns;
  /** The caller's role may ask for the schema itself. */
  readonly mayIntrospect: boolean;
  /** Called when the request has been answered; once is enough. */
  readonly leave: () => void;
}
