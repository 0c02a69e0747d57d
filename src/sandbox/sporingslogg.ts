import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { norwegianTime } from './norwegian-time.ts';
import type { Switches } from './switches.ts';

/** A record of the sporingslogg, with NAV's own field names and limits: who was given what about whom, when, and why. */
export const traceSchema = z.strictObject({
  /** Eleven digits. */
  person: z.string().length(11),
  /** Organisation number of the receiver. */
  mottaker: z.string().length(9),
  tema: z.enum(['AAP', 'UFO']),
  behandlingsGrunnlag: z.string().max(110),
  /** Norwegian local time without a zone. */
  uthentingsTidspunkt: z.string(),
  /** What was delivered, JSON in base64. */
  leverteData: z.string().max(1_000_000),
  /** The whole consent-bearing token; null: delivered without a consent. */
  samtykkeToken: z.string().max(3995).nullable(),
  dataForespoersel: z.string().max(100_000),
  /** Organisation number of the supplier that acted; null: none did. */
  leverandoer: z.string().length(9).nullable(),
});

/** A record of the sporingslogg. */
export type Trace = z.output<typeof traceSchema>;

/** A disclosure to be recorded; the log adds the time and encodes the data. */
export interface Disclosure extends Omit<Trace, 'uthentingsTidspunkt' | 'leverteData'> {
  readonly leverteData: unknown;
}

/** NAV's log of disclosures. */
export interface Sporingslogg {
  /** Records a disclosure. False: not recorded (log down, or a field beyond its limit), so nothing may be delivered. */
  record(disclosure: Disclosure): boolean;
  /** Every record, oldest first. */
  records(): readonly Trace[];
  /** The records that the person is shown, newest first: only disclosures made with a consent. */
  shownTo(nationalId: string): readonly Trace[];
}

/** The newest records are kept, so that a long-lived sandbox does not outgrow its file. */
const KEPT = 1000;

/**
 * The log over the records of the sandbox's state, which it appends to in place.
 *
 * @param changed called after each record
 */
export function createSporingslogg(
  records: Trace[],
  { clock, switches, changed }: { clock: Clock; switches: Switches; changed: () => void },
): Sporingslogg {
  return {
    record: (disclosure) => {
      if (switches.failingTrace) return false;
      const trace = traceSchema.safeParse({
        ...disclosure,
        uthentingsTidspunkt: norwegianTime(clock.now()).local,
        leverteData: Buffer.from(JSON.stringify(disclosure.leverteData)).toString('base64'),
      });
      if (!trace.success) return false;
      if (records.length >= KEPT) records.shift();
      records.push(trace.data);
      changed();
      return true;
    },
    records: () => records,
    shownTo: (nationalId) =>
      records.filter(({ person, samtykkeToken }) => person === nationalId && samtykkeToken !== null).toReversed(),
  };
}
