/** A code and its Norwegian term, as AAP writes both on the wire. */
export interface Kodeverdi {
  readonly kode: string;
  readonly termnavn: string;
}

/** The value lists of AAP that the cast uses, with NAV's terms. */
const KODEVERK = {
  vedtakstype: { O: 'Ny rettighet', E: 'Endring', G: 'Gjenopptak', S: 'Stans' },
  vedtaksvariant: {
    O_INNV_SOKNAD: 'Innvilgelse av søknad',
    O_INNV_NAV: 'Innvilgelse (generell)',
    O_AVSLAG: 'Avslag på søknad',
    E_VERDI: 'Endring',
    E_FORLENGE: 'Forlengelse',
    G_INNV_SOKNAD: 'Innvilgelse av søknad om gjenopptak',
    G_INNV_NAV: 'Gjenopptak (av andre grunner enn etter søknad)',
    G_AVSLAG: 'Avslag på søknad om gjenopptak',
    S_STANS: 'Stans',
    S_OPPHOR: 'Opphør (Endelig avslag)',
    S_DOD: 'Stans ved dødsfall',
  },
  vedtaksstatus: { IVERK: 'Iverksatt', AVSLU: 'Avsluttet' },
  rettighetstype: { AAP: 'Arbeidsavklaringspenger', AA115: '§11-5 nedsatt arbeidsevne' },
  utfall: { JA: 'Ja', NEI: 'Nei' },
  aktivitetsfase: {
    UA: 'Under arbeidsavklaring',
    AU: 'Arbeidsutprøving',
    FA: 'Ferdig avklart',
    UVUP: 'Vurdering for uføre',
    SPE: 'Sykepengeerstatning',
    IKKE: 'Ikke spesif. aktivitetsfase',
  },
} as const satisfies Record<string, Record<string, string>>;

/** Names a code of one of the value lists. */
export function kodeverdi<List extends keyof typeof KODEVERK>(
  list: List,
  kode: keyof (typeof KODEVERK)[List] & string,
): Kodeverdi {
  return { kode, termnavn: String(KODEVERK[list][kode]) };
}

/** A variant of a decision. */
export type Vedtaksvariant = keyof typeof KODEVERK.vedtaksvariant;
