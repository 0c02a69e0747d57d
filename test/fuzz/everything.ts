/** All three sources of one person with everything that is worked out of them, and what each refusal says. */
export const EVERYTHING = `query ($id: NationalId!, $purpose: Purpose) {
  applicant(by: { nationalId: $id }, purpose: $purpose) {
    aapVedtak { ...refused ...delivered ... on AapVedtaksliste {
      vedtaksliste { ...vedtak }
      perioder { ...span }
      gjeldende { ...span }
      today: harAapPaa(dato: "2026-11-16") first: harAapPaa(dato: "0000-01-01") last: harAapPaa(dato: "9999-12-31")
    } }
    aapMeldekort { ...refused ...delivered ... on AapMeldekortliste {
      meldekortliste { meldekortId periode { fom tom } antallTimerArbeidet kanVaereKuttet arbeidsandel }
    } }
    uforeopplysninger { ...refused ...delivered ... on Uforeopplysninger {
      status statuskode forsteVirkningstidspunkt
      beregningsperioder { ...beregning }
      gjeldende { ...beregning }
      today: uforegradPaa(dato: "2026-11-16") { harUforegrad uforegrad }
    } }
  }
}
fragment refused on ConsentRequired { __typename reason message allowedPerioder { fom tom } decidedBy { id status pageUrl } }
fragment delivered on Delivered { __typename consent { id } uttrekksperiode { fom tom } retrievedAt disclosureId }
fragment vedtak on AapVedtak {
  vedtakId virkningsperiode { fom tom } fomKanVaereKuttet tomKanVaereKuttet
  vedtakstype { ...kode } vedtaksvariant { ...kode } vedtaksstatus { ...kode } rettighetstype { ...kode } utfall { ...kode }
  aktivitetsfase { ...kode } betydning
}
fragment kode on Kodeverdi { kode termnavn }
fragment span on AapPeriode { periode { fom tom } fomErKjent tomErKjent stansetAv { vedtakId } vedtak { vedtakId } }
fragment beregning on Beregningsperiode {
  fom tom uforetidspunkt uforegrad ifu inntektBruktIAvkortingen ferdiglignetInntekt klagebehandles
}`;
