import { Temporal } from 'temporal-polyfill';

/**
 * A moment as NAV's back ends write it: Norwegian wall-clock time.
 *
 * @returns `local` without a zone, three decimals (`2026-11-16T10:00:00.000`), and `withOffset`, the same followed by
 * the offset without a colon (`+0100`), as the error bodies of AAP have it
 */
export function norwegianTime(moment: Date): { readonly local: string; readonly withOffset: string } {
  const zoned = Temporal.Instant.fromEpochMilliseconds(moment.getTime()).toZonedDateTimeISO('Europe/Oslo');
  const local = zoned.toPlainDateTime().toString({ fractionalSecondDigits: 3 });
  return { local, withOffset: `${local}${zoned.offset.replace(':', '')}` };
}
