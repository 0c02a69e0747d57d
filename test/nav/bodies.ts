/** Answers of NAV's as its documents show them, whole; each time another object. */

export function vedtakRow(change: object = {}) {
  return {
    vedtakId: 37188420,
    virkningsperiode: { fomDato: '2026-08-31', tomDato: '2026-12-31' },
    vedtakstype: { kode: 'E', termnavn: 'Endring' },
    vedtaksvariant: { kode: 'E_VERDI', termnavn: 'Endring' },
    vedtaksstatus: { kode: 'IVERK', termnavn: 'Iverksatt' },
    rettighetstype: { kode: 'AAP', termnavn: 'Arbeidsavklaringspenger' },
    utfall: { kode: 'JA', termnavn: 'Ja' },
    aktivitetsfase: { kode: 'UVUP', termnavn: 'Vurdering for uføre' },
    ...change,
  };
}

export function vedtakBody(...rows: object[]) {
  return {
    uttrekksperiode: { fomDato: '2024-01-01', tomDato: '2026-12-31' },
    vedtaksliste: rows.length === 0 ? [vedtakRow()] : rows,
  };
}

export function meldekortBody() {
  return {
    uttrekksperiode: { fomDato: '2026-07-01', tomDato: '2026-12-31' },
    meldekortliste: [
      { meldekortId: 9100405, periode: { fomDato: '2026-08-31', tomDato: '2026-09-13' }, antallTimerArbeidet: 15.0 },
    ],
  };
}

export function uforeBody() {
  return {
    status: 'LOPENDE',
    forsteVirkningstidspunkt: '2021-05-01',
    beregningsperioder: [
      {
        fom: '2024-01-01',
        tom: null,
        uforetidspunkt: '2016-09-01',
        uforegrad: 80,
        ifu: 534900,
        inntektBruktIAvkortingen: 0,
        ferdiglignetInntekt: false,
        klagebehandles: false,
      },
    ],
  };
}
