import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Credential, CredentialAge, Credentials } from './credentials.ts';
import { ageOf, lastsUntil } from './credentials.ts';

/** A client whose keys or certificates run out. */
export interface RunningOut {
  /** Organisation number of the client's owner. */
  readonly organisation: string;
  readonly age: Exclude<CredentialAge, 'valid' | 'unknown'>;
  /** ISO moment, UTC; null: unknown. */
  readonly lastsUntil: string | null;
}

/** Keeps an eye on keys and certificates, so that none runs out unnoticed in a gateway that is never restarted. */
export interface Watch {
  /** Takes a client's credentials under watch. @returns the credentials, which are looked at when they sign */
  over(organisation: string, all: readonly [Credential, ...Credential[]], credentials: Credentials): Credentials;
  /** What runs out, or has, in the order in which it was taken under watch. */
  runningOut(): readonly RunningOut[];
  /** Logs what runs out, once a day however often it is called; the first time also of whose end nobody has told. */
  look(): void;
}

const MS_PER_DAY = 86_400_000;

/** Makes a watch over no credentials yet. */
export function createWatch(clock: Clock, log: Log): Watch {
  const watched: { readonly organisation: string; readonly all: readonly [Credential, ...Credential[]] }[] = [];
  let day: number | undefined;

  function runningOut(): readonly RunningOut[] {
    const now = clock.now();
    return watched.flatMap(({ organisation, all }) => {
      const age = ageOf(all, now);
      if (age === 'valid' || age === 'unknown') return [];
      return [{ organisation, age, lastsUntil: lastsUntil(all, now)?.toISOString() ?? null }];
    });
  }

  function tellOfUnknown(now: Date): void {
    for (const { organisation, all } of watched) {
      if (ageOf(all, now) === 'unknown')
        log({ event: 'credential runs out', organisation, age: 'unknown', lastsUntil: null });
    }
  }

  function look(): void {
    const now = clock.now();
    const today = Math.floor(now.getTime() / MS_PER_DAY);
    if (today === day) return;
    if (day === undefined) tellOfUnknown(now);
    day = today;
    for (const each of runningOut()) log({ event: 'credential runs out', ...each });
  }

  return {
    over(organisation, all, credentials) {
      watched.push({ organisation, all });
      return {
        name: credentials.name,
        sign: (claims) => {
          look();
          return credentials.sign(claims);
        },
      };
    },
    runningOut,
    look,
  };
}
