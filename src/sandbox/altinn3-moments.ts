import { randomBytes } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';

/**
 * An ISO 8601 date-time with offset, read as Altinn keeps it: UTC with offset `+00:00`, whole microseconds, zeroes at
 * the end of the fraction left out.
 */
export const momentSchema = z.iso
  .datetime({ offset: true })
  .refine((text) => !/\.\d{10}/.test(text))
  .transform((text) => writeInstant(Temporal.Instant.from(text)));

/** A moment of the clock in the same form. */
export function writeMoment(moment: Date): string {
  return writeInstant(Temporal.Instant.fromEpochMilliseconds(moment.getTime()));
}

function writeInstant(instant: Temporal.Instant): string {
  return instant.round('microsecond').toString().replace('Z', '+00:00');
}

/** A moment in that form as epoch milliseconds. */
export function millisecondsOf(moment: string): number {
  return Temporal.Instant.from(moment).epochMilliseconds;
}

const SEQUENCE_BITS = 12n;

/**
 * A UUIDv7 that sorts after `previous`, whatever the clock says: its time is the clock's, or a step past the previous
 * one's when the clock stands still or was set back (RFC 9562, section 6.2, method 1).
 */
export function nextEventId(previous: string | null, now: Date): string {
  const byClock = BigInt(now.getTime()) << SEQUENCE_BITS;
  const byOrder = previous === null ? 0n : stampOf(previous) + 1n;
  const hex = (byClock > byOrder ? byClock : byOrder).toString(16).padStart(15, '0');
  const random = randomBytes(8).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(12)}-8${random.slice(1, 4)}-${random.slice(4)}`;
}

function stampOf(eventId: string): bigint {
  const hex = eventId.replaceAll('-', '');
  return BigInt(`0x${hex.slice(0, 12)}${hex.slice(13, 16)}`);
}
