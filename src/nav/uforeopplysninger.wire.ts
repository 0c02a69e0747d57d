import { z } from 'zod';
import { navDate, optional, optionalNavDate } from './wire.ts';

/**
 * What is read of NAV's answer about uføretrygd. NAV's description requires no field; here `status` and the first day of a
 * calculation period are required, since without them nothing can be said or placed. Fields that NAV may add are ignored.
 */
export const uforeopplysningerAnswer = z
  .object({
    status: z.string().min(1),
    forsteVirkningstidspunkt: optionalNavDate,
    beregningsperioder: z
      .array(
        z.object({
          fom: navDate,
          tom: optionalNavDate,
          uforetidspunkt: optionalNavDate,
          uforegrad: optional(z.int32()),
          ifu: optional(z.int32()),
          inntektBruktIAvkortingen: optional(z.int32()),
          ferdiglignetInntekt: optional(z.boolean()),
          klagebehandles: optional(z.boolean()),
        }),
      )
      .nullish()
      .transform((rows) => rows ?? []),
  })
  .transform(({ status, ...rest }) => ({ statuskode: status, ...rest }));
