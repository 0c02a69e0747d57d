import type { JournalEntry } from '../../src/sandbox/journal.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { CastId } from '../../src/sandbox/world.ts';
import { personByCastId } from '../../src/sandbox/world.ts';

/** A request as the consent system holds it, told the same way for both. */
export interface AltinnRequest {
  /** The id that the rail knows the consent by. */
  readonly id: string;
  /** Organisation numbers. */
  readonly to: string;
  readonly handledBy: string | null;
  readonly status: string;
  readonly redirectUrl: string;
  readonly validTo: string;
}

/** The consent system of a world, so that a journey reads the same whichever it is. */
export interface Altinn {
  readonly rail: 'ALTINN_3' | 'ALTINN_2';
  /** Its name in the sandbox, for journal and faults. */
  readonly upstream: 'altinn3' | 'altinn2';
  /** What it holds for a person, newest first. */
  askedOf(person: CastId): readonly AltinnRequest[];
  /** The person withdraws one consent of several. @returns whether it stood */
  revoke(id: string, person: CastId): boolean;
  /** Everything it was asked, oldest first. */
  calls(): readonly JournalEntry[];
  /** Requests that it was to put to people. */
  creations(): readonly JournalEntry[];
  /** Questions about what has become of a request. */
  lookups(): readonly JournalEntry[];
}

/** The consent system of that rail in a sandbox. */
export function altinnOf(sandbox: Sandbox, rail: Altinn['rail']): Altinn {
  const upstream = rail === 'ALTINN_3' ? 'altinn3' : 'altinn2';
  const calls = () => sandbox.journal.entries(upstream);
  const requests = () => calls().filter(({ path }) => /\/consentrequests/i.test(path));
  return {
    rail,
    upstream,
    ...(rail === 'ALTINN_3' ? onAltinn3(sandbox) : onAltinn2(sandbox)),
    calls,
    creations: () => requests().filter(({ method }) => method === 'POST'),
    lookups: () => requests().filter(({ method }) => method === 'GET'),
  };
}

type Held = Pick<Altinn, 'askedOf' | 'revoke'>;

function onAltinn3({ altinn3: { register } }: Sandbox): Held {
  const organisation = (urn: string) => urn.split(':').at(-1) ?? '';
  return {
    askedOf: (person) =>
      register.askedOf(numberOf(person)).map(({ id, to, handledBy, status, redirectUrl, validTo }) => ({
        id,
        to: organisation(to),
        handledBy: handledBy === null ? null : organisation(handledBy),
        status,
        redirectUrl,
        validTo,
      })),
    revoke: (id, person) => 'done' in register.revoke(id, numberOf(person)),
  };
}

function onAltinn2({ altinn2: { register } }: Sandbox): Held {
  return {
    askedOf: (person) =>
      register.askedOf(numberOf(person)).map(({ code, coveredBy, handledBy, status, redirectUrl, validTo }) => ({
        id: code,
        to: coveredBy,
        handledBy,
        status,
        redirectUrl,
        validTo,
      })),
    revoke: (id, person) => register.revoke(id, numberOf(person)),
  };
}

/** AAP takes no consent of that rail any more: as it may do with Altinn 3, and in one word where no rule of NAV's stands for it. */
export function refuseConsentsAtAap({ switches, faults }: Sandbox, rail: Altinn['rail']): void {
  if (rail === 'ALTINN_3') switches.aapRefusesAltinn3 = true;
  else faults.add({ upstream: 'aap', kind: 'status', status: 403 });
}

/** The synthetic number of one of the cast. */
export function numberOf(person: CastId): string {
  const found = personByCastId(person);
  if (found === undefined) throw new Error(`no ${person} in the cast`);
  return found.nationalId;
}
