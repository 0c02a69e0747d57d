import { z } from 'zod';
import { isCivilDate } from '../periode.ts';

/** A date as NAV writes it. */
export const navDate = z.string().refine(isCivilDate, 'not a civil date');

/** A date that may be left out or null. */
export const optionalNavDate = navDate.nullish().transform((date) => date ?? null);

/** A value that may be left out or null. */
export function optional<T>(schema: z.ZodType<T>) {
  return schema.nullish().transform((value): T | null => value ?? null);
}

/** A code of NAV's and the term it stands for. Codes are open: NAV is changing its vocabulary. */
export const kodeverdi = z.object({ kode: z.string(), termnavn: optional(z.string()) });

/** The same, where it may be left out or null, as a whole or within. */
export const optionalKodeverdi = z
  .object({ kode: optional(z.string()), termnavn: optional(z.string()) })
  .nullish()
  .transform((value) => {
    const kode = value?.kode ?? null;
    return kode === null ? null : { kode, termnavn: value?.termnavn ?? null };
  });

/** An id: an integer from the old case system, a string from the new one. */
export const navId = z.union([z.int().transform(String), z.string().min(1)]);

/** A span with `fomDato` and `tomDato`; a missing end is no end. */
export const navPeriode = z
  .object({ fomDato: navDate, tomDato: optionalNavDate })
  .transform(({ fomDato, tomDato }) => ({ fom: fomDato, tom: tomDato }));
