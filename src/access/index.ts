import type { SourceName } from '../benefits/index.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { OrganisationNumber } from '../values.ts';
import { createConsents } from './consents.ts';
import type { Migration, MigrationWish } from './migration.ts';
import { openMigration } from './migration.ts';
import type { Caller, ConsentStore, DataConsumer, DisclosureLog, NavSources, OpenRails, Rail } from './ports.ts';
import type { Queue } from './queue.ts';
import { createQueue } from './queue.ts';
import { createRead } from './read.ts';
import { createReturns } from './returns.ts';
import type { RailQueues, Session } from './session.ts';
import { openSession } from './session.ts';

/** What access needs: its ports, and the decisions that configuration makes for it. */
export interface AccessOptions {
  readonly store: ConsentStore;
  readonly disclosures: DisclosureLog;
  readonly openRails: OpenRails;
  readonly sources: NavSources;
  readonly queues: { readonly [N in SourceName]: Queue };
  readonly clock: Clock;
  readonly log: Log;
  readonly dataConsumers: ReadonlyMap<OrganisationNumber, DataConsumer>;
  readonly newRequests: Rail;
  readonly askAgainAfterDays: number;
  readonly validityDays: number | null;
  /** The address that Altinn sends people back to; a return reference is appended. */
  readonly returnAddress: () => string;
}

/** The room that decides: everything private goes through here. */
export interface Access {
  /** Opens the session of one request; see {@link Session}. */
  openSession(caller: Caller, callId: string, signal: AbortSignal): Session;
  /**
   * A person comes back from Altinn. What happened is asked of the rail, never read from the address they came with.
   * @returns where to send them; undefined for an unknown reference
   */
  returned(returnReference: string, callId: string, signal: AbortSignal): Promise<string | undefined>;
  /**
   * Opens the migration of one data consumer's consents from Altinn 2; see {@link Migration}.
   * @throws GatewayError when the wish does not fit the configuration
   */
  openMigration(wish: MigrationWish): Migration;
}

/**
 * How many credentials are fetched at once on each rail, and how many requests are looked up beside them. Each costs a call:
 * where somebody asks about hundreds, whoever asks about one must not wait for all of theirs.
 */
export const PLACES_ON_A_RAIL = 64;

/** Furnishes the room. */
export function createAccess(options: AccessOptions): Access {
  const consents = createConsents(options);
  const read = createRead(options);
  const session = {
    ...options,
    consents,
    read,
    credentials: queueToEachRail(),
    lookups: queueToEachRail(),
    sourceNames: Object.values(options.sources).map((source) => source.name),
  };
  return {
    openSession: (caller, callId, signal) => openSession(session, caller, callId, signal),
    returned: createReturns({ ...options, consents }),
    openMigration: (wish) => openMigration({ ...options, consents }, wish),
  };
}

/** A rail that hangs holds up nobody who needs the other. */
function queueToEachRail(): RailQueues {
  return { ALTINN_3: createQueue(PLACES_ON_A_RAIL), ALTINN_2: createQueue(PLACES_ON_A_RAIL) };
}
