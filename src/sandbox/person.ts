import type { Vedtaksvariant } from './kodeverk.ts';

/** A person of the cast, as tests, faults, journal and pages name them. */
export type CastId =
  | 'P01'
  | 'P02'
  | 'P03'
  | 'P04'
  | 'P05'
  | 'P06'
  | 'P07'
  | 'P08'
  | 'P09'
  | 'P10'
  | 'P11'
  | 'P12'
  | 'P13';

/** A decision as NAV's case system stores it; dates `yyyy-MM-dd`, both included; `tom` null: open in the source. */
export interface VedtakRow {
  readonly vedtakId: number;
  readonly rettighetstype: 'AAP' | 'AA115';
  readonly fom: string;
  readonly tom: string | null;
  readonly vedtakstype: 'O' | 'E' | 'G' | 'S';
  readonly vedtaksvariant: Vedtaksvariant | null;
  readonly vedtaksstatus: 'IVERK' | 'AVSLU';
  readonly utfall: 'JA' | 'NEI';
  readonly aktivitetsfase: 'UA' | 'AU' | 'FA' | 'UVUP' | 'SPE' | 'IKKE';
}

/** A submitted meldekort: fourteen days from a Monday, and the sum of hours worked in them. */
export interface MeldekortRow {
  readonly meldekortId: number;
  readonly fom: string;
  readonly tom: string;
  readonly antallTimerArbeidet: number;
}

/** A row of the calculation history of uføretrygd; `fom` is the first of a month, `tom` null: still running. */
export interface BeregningsperiodeRow {
  readonly fom: string;
  readonly tom: string | null;
  readonly uforetidspunkt: string;
  readonly uforegrad: number;
  readonly ifu: number;
  readonly inntektBruktIAvkortingen: number | null;
  readonly ferdiglignetInntekt: boolean | null;
  readonly klagebehandles: boolean;
}

/** What the pension system knows about a person. */
export interface Uforeopplysninger {
  readonly status:
    | 'IKKE_SOKT'
    | 'AVSLAG'
    | 'KLAGE_PA_AVSLAG'
    | 'REKONSTRUKSJON'
    | 'LOPENDE'
    | 'OPPHORT'
    | 'UNDER_BEHANDLING'
    | 'UKJENT_STATUS'
    | 'EKSPORT';
  readonly forsteVirkningstidspunkt: string | null;
  readonly beregningsperioder: readonly BeregningsperiodeRow[];
}

/** One invented person with everything NAV holds about them. */
export interface Person {
  readonly id: CastId;
  /** Eleven digits, synthetic: month + 80, both checksums right under the rules of 1964 and of 2032. */
  readonly nationalId: string;
  readonly name: string;
  /** What this person is in the cast for, in one English line. */
  readonly story: string;
  readonly vedtak: readonly VedtakRow[];
  readonly meldekort: readonly MeldekortRow[];
  readonly uforeopplysninger: Uforeopplysninger;
}
