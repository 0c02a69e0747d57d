import { z } from 'zod';

/** Every switch with its resting value: NAV as its documents describe it, and the stricter way where they are silent. */
const RESTING = {
  aapRefusesAltinn3: false,
  unfilteredRows: false,
  uforeCut: false,
  hoursByRequest: false,
  emptyUforeErrorBody: false,
  failingTrace: false,
  altinn2ExpChecked: true,
  refusesMigrated: false,
  maskinportenAheadSeconds: 0,
};

/**
 * Ways in which the doubles may differ from their resting behaviour. Those of NAV each stand for something that NAV's
 * documents leave open or that its newer back end does. Mutable: a double reads them anew for every call.
 *
 * - `aapRefusesAltinn3`: AAP answers 403 to a consent carried inside the token, as long as it knows Altinn 2 alone
 * - `unfilteredRows`: rows outside the requested and the consent period are returned, and none is cut
 * - `uforeCut`: the rows of uføre are cut to the consent period, as those of AAP are
 * - `hoursByRequest`: the hours of a card count the days of the requested period instead of the consent's
 * - `emptyUforeErrorBody`: uføre refuses without a body
 * - `failingTrace`: the sporingslogg is down, so NAV answers 503 and delivers nothing
 * - `altinn2ExpChecked`: a consent token of Altinn 2 is refused when its thirty seconds are over, though the consent runs
 * - `refusesMigrated`: NAV answers 403 to a consent that came to Altinn 3 from Altinn 2, as its resource is another one
 * - `maskinportenAheadSeconds`: how far Maskinporten's clock is ahead of everyone else's; negative: behind
 */
export type Switches = typeof RESTING;

/** Some of the {@link Switches}, as a control request sends them; unknown names are refused. */
export const switchesSchema = z
  .strictObject({
    aapRefusesAltinn3: z.boolean(),
    unfilteredRows: z.boolean(),
    uforeCut: z.boolean(),
    hoursByRequest: z.boolean(),
    emptyUforeErrorBody: z.boolean(),
    failingTrace: z.boolean(),
    altinn2ExpChecked: z.boolean(),
    refusesMigrated: z.boolean(),
    maskinportenAheadSeconds: z.int().min(-86_400).max(86_400),
  } satisfies Record<keyof Switches, z.ZodType>)
  .partial();

/** A new set of switches, all at rest. */
export function restingSwitches(): Switches {
  return { ...RESTING };
}
