import { z } from 'zod';
import { kodeverdi, navId, navPeriode, optionalKodeverdi, optionalNavDate } from './wire.ts';

/**
 * What is read of NAV's answer about decisions. Fields it may add are
 * ignored. A row without id, first day, type, status or rettighetstype cannot be placed or understood: the whole answer
 * is then unreadable, since leaving a row out could turn a stop into a right. Rows registered afterwards for special payments
 * have neither date; NAV says that it drops them, and so they are dropped here too.
 */
export const vedtakAnswer = z.object({
  vedtaksliste: z
    .array(
      z.object({
        vedtakId: navId,
        virkningsperiode: z
          .object({ fomDato: optionalNavDate, tomDato: optionalNavDate })
          .transform(({ fomDato, tomDato }) => ({ fom: fomDato, tom: tomDato })),
        vedtakstype: kodeverdi,
        vedtaksvariant: optionalKodeverdi,
        vedtaksstatus: kodeverdi,
        rettighetstype: kodeverdi,
        utfall: optionalKodeverdi,
        aktivitetsfase: optionalKodeverdi,
      }),
    )
    .transform((rows, context) =>
      rows.flatMap((row) => {
        const { fom, tom } = row.virkningsperiode;
        if (fom !== null) return [{ ...row, virkningsperiode: { fom, tom } }];
        if (tom !== null) context.addIssue({ code: 'custom', message: 'a decision with an end but no start' });
        return [];
      }),
    ),
});

/** What is read of NAV's answer about report cards. */
export const meldekortAnswer = z.object({
  meldekortliste: z.array(
    z
      .object({ meldekortId: navId, periode: navPeriode, antallTimerArbeidet: z.number().nonnegative() })
      .transform(({ meldekortId, periode, antallTimerArbeidet }) => ({ meldekortId, periode, antallTimerArbeidet })),
  ),
});
