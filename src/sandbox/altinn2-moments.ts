import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';

/** A date-time as it was sent, and the moment it stands for. */
export interface SentMoment {
  /** As sent, without the zone: how Altinn 2 shows it. */
  readonly written: string;
  /** ISO, UTC. */
  readonly at: string;
}

/**
 * An ISO 8601 date-time. Without a zone it is Norwegian time: the end that Altinn's example shows in a request comes back
 * in the token as that hour in Norway.
 */
export const sentMomentSchema = z.iso
  .datetime({ offset: true, local: true })
  .refine((text) => !/\.\d{10}/.test(text))
  .transform((text): SentMoment => {
    const written = text.replace(/(Z|[+-]\d{2}:?\d{2})$/, '');
    const instant =
      written === text
        ? Temporal.PlainDateTime.from(written).toZonedDateTime('Europe/Oslo').toInstant()
        : Temporal.Instant.from(text);
    return { written, at: new Date(instant.epochMilliseconds).toISOString() };
  });

/** A stored moment as Altinn 2 writes its own (`2026-11-16T09:00:00.000`): UTC, to the millisecond, without a zone. */
export function withoutZone(at: string): string {
  return at.replace(/Z$/, '');
}

/** Whole seconds since 1970, as the tokens of Altinn 2 count. */
export function unixSeconds(moment: string | Date): number {
  return Math.floor(new Date(moment).getTime() / 1000);
}
