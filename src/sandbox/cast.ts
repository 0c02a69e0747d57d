import { Temporal } from 'temporal-polyfill';
import type { Vedtaksvariant } from './kodeverk.ts';
import type { BeregningsperiodeRow, MeldekortRow, Person, Uforeopplysninger, VedtakRow } from './person.ts';

/**
 * The thirteen people of the sandbox, P01 to P13, all invented. Their decisions, cards and calculation rows are the
 * worked examples that NAV's documents allow; P13 adds a stans that lies inside a grant nobody shortened.
 */
export const CAST: readonly Person[] = [
  {
    id: 'P01',
    nationalId: '14838841032',
    name: 'Lavmælt Tiur',
    story: 'Unknown to NAV: everything is empty.',
    vedtak: [],
    meldekort: [],
    uforeopplysninger: withoutHistory('IKKE_SOKT'),
  },
  {
    id: 'P02',
    nationalId: '22897937704',
    name: 'Ettertenksom Sisik',
    story: 'Capacity found reduced (11-5), the money decision still under treatment.',
    vedtak: [vedtak(37201144, 'AA115', '2026-09-07', null, 'O', null, 'IVERK', 'JA', 'IKKE')],
    meldekort: [],
    uforeopplysninger: withoutHistory('IKKE_SOKT'),
  },
  {
    id: 'P03',
    nationalId: '05919131855',
    name: 'Spinkel Lomvi',
    story: 'Capacity not reduced by half (11-5 NEI); refused uføretrygd too.',
    vedtak: [vedtak(36940417, 'AA115', '2026-03-16', null, 'O', 'O_AVSLAG', 'IVERK', 'NEI', 'IKKE')],
    meldekort: [],
    uforeopplysninger: withoutHistory('AVSLAG'),
  },
  {
    id: 'P04',
    nationalId: '30817429498',
    name: 'Standhaftig Orrhøne',
    story: 'The ordinary course: granted, extended twice, now judged for uføretrygd while working part time.',
    vedtak: [
      vedtak(35110201, 'AA115', '2023-08-14', null, 'O', 'O_INNV_NAV', 'IVERK', 'JA', 'IKKE'),
      vedtak(35144870, 'AAP', '2023-09-04', '2024-09-01', 'O', 'O_INNV_SOKNAD', 'AVSLU', 'JA', 'UA'),
      vedtak(35790312, 'AAP', '2024-09-02', '2025-08-31', 'E', 'E_FORLENGE', 'AVSLU', 'JA', 'UA'),
      vedtak(36655108, 'AAP', '2025-09-01', '2026-08-30', 'E', 'E_FORLENGE', 'AVSLU', 'JA', 'AU'),
      vedtak(37188420, 'AAP', '2026-08-31', '2027-02-28', 'E', 'E_VERDI', 'IVERK', 'JA', 'UVUP'),
    ],
    meldekort: cards(9100401, '2026-07-06', [30, 30, 22.5, 0, 15, 30, 30, 30, 37.5]),
    uforeopplysninger: withoutHistory('UNDER_BEHANDLING'),
  },
  {
    id: 'P05',
    nationalId: '17868340584',
    name: 'Rask Fjellrype',
    story: 'Stopped, resumed, a gap, resumed, ended, and refused when coming back.',
    vedtak: [
      vedtak(34410077, 'AA115', '2022-10-03', null, 'O', 'O_INNV_NAV', 'IVERK', 'JA', 'IKKE'),
      vedtak(34455901, 'AAP', '2022-10-17', '2023-05-31', 'O', 'O_INNV_SOKNAD', 'AVSLU', 'JA', 'UA'),
      vedtak(34988213, 'AAP', '2023-06-01', null, 'S', 'S_STANS', 'AVSLU', 'JA', 'UA'),
      vedtak(35077640, 'AAP', '2023-08-07', '2024-08-04', 'G', 'G_INNV_SOKNAD', 'AVSLU', 'JA', 'UA'),
      vedtak(35801199, 'AAP', '2024-09-02', '2025-03-02', 'G', 'G_INNV_NAV', 'AVSLU', 'JA', 'FA'),
      vedtak(36102745, 'AAP', '2025-03-03', null, 'S', 'S_OPPHOR', 'IVERK', 'JA', 'FA'),
      vedtak(36733950, 'AAP', '2026-01-12', null, 'G', 'G_AVSLAG', 'IVERK', 'NEI', 'UA'),
    ],
    meldekort: [...cards(6200101, '2022-10-17', [0, 12, 18.5]), ...cards(6210401, '2023-08-07', [45, 48.5])],
    uforeopplysninger: withoutHistory('IKKE_SOKT'),
  },
  {
    id: 'P06',
    nationalId: '09926835189',
    name: 'Taus Havelle',
    story:
      'Four years of AAP under the old rules with overlapping cards, then uføretrygd raised from 60 to 80 per cent.',
    vedtak: [
      vedtak(27110093, 'AA115', '2016-10-10', '2021-04-30', 'O', 'O_INNV_NAV', 'AVSLU', 'JA', 'IKKE'),
      vedtak(27140516, 'AAP', '2016-11-07', '2017-10-29', 'O', 'O_INNV_SOKNAD', 'AVSLU', 'JA', 'UA'),
      vedtak(28066201, 'AAP', '2017-10-30', '2018-10-28', 'E', 'E_FORLENGE', 'AVSLU', 'JA', 'UA'),
      vedtak(29301877, 'AAP', '2018-10-29', '2019-10-27', 'E', 'E_FORLENGE', 'AVSLU', 'JA', 'AU'),
      vedtak(30288440, 'AAP', '2019-10-28', '2020-10-25', 'E', 'E_FORLENGE', 'AVSLU', 'JA', 'UA'),
      vedtak(31340019, 'AAP', '2020-10-26', '2021-04-30', 'E', 'E_VERDI', 'AVSLU', 'JA', 'UVUP'),
    ],
    meldekort: [...cards(4500771, '2019-06-03', [20]), ...cards(4500772, '2019-06-10', [15])],
    uforeopplysninger: {
      status: 'LOPENDE',
      forsteVirkningstidspunkt: '2021-05-01',
      beregningsperioder: [
        beregning('2021-05-01', '2022-12-31', '2016-09-01', 60, 512_300, 0, false),
        beregning('2023-01-01', '2023-12-31', '2016-09-01', 60, 512_300, 198_400, true),
        beregning('2024-01-01', null, '2016-09-01', 80, 534_900, 0, false),
      ],
    },
  },
  {
    id: 'P07',
    nationalId: '02849528869',
    name: 'Kvikk Bjørkefink',
    story: 'First grant invalidated by the G-regulering (never shown); running, but without cards.',
    vedtak: [
      vedtak(36150020, 'AA115', '2025-04-28', null, 'O', 'O_INNV_NAV', 'IVERK', 'JA', 'IKKE'),
      vedtak(36200115, 'AAP', '2025-05-12', '2025-05-11', 'O', 'O_INNV_SOKNAD', 'AVSLU', 'JA', 'UA'),
      vedtak(36231877, 'AAP', '2025-05-12', '2026-05-10', 'E', 'E_VERDI', 'AVSLU', 'JA', 'UA'),
      vedtak(36988402, 'AAP', '2026-05-11', '2027-05-09', 'E', 'E_FORLENGE', 'IVERK', 'JA', 'UA'),
    ],
    meldekort: cards(8100301, '2025-05-12', [0, 0, 0, 0]),
    uforeopplysninger: withoutHistory('IKKE_SOKT'),
  },
  {
    id: 'P08',
    nationalId: '26876643307',
    name: 'Blid Storspove',
    story: 'AAP in place of sykepenger at first; ids that do not follow time; appeals a refusal of uføretrygd.',
    vedtak: [
      vedtak(35611008, 'AA115', '2024-06-17', null, 'O', 'O_INNV_NAV', 'IVERK', 'JA', 'IKKE'),
      vedtak(35990144, 'AAP', '2024-07-29', '2024-12-02', 'O', 'O_INNV_SOKNAD', 'AVSLU', 'JA', 'SPE'),
      vedtak(35702250, 'AAP', '2024-12-03', '2025-12-01', 'O', 'O_INNV_NAV', 'AVSLU', 'JA', 'UA'),
      vedtak(36870931, 'AAP', '2025-12-02', '2026-11-29', 'E', 'E_FORLENGE', 'IVERK', 'JA', 'UA'),
    ],
    meldekort: cards(7300201, '2024-07-29', [0, 7.5, 7.5, 11.5]),
    uforeopplysninger: withoutHistory('KLAGE_PA_AVSLAG'),
  },
  {
    id: 'P09',
    nationalId: '43867026739',
    name: 'Seig Laksand',
    story: 'Holds a D-number, moved abroad and keeps a converted uførepensjon; no AAP.',
    vedtak: [],
    meldekort: [],
    uforeopplysninger: {
      status: 'EKSPORT',
      forsteVirkningstidspunkt: '2009-11-01',
      beregningsperioder: [
        beregning('2009-11-01', '2014-12-31', '2008-06-01', 100, 331_200, null, null),
        beregning('2015-01-01', null, '2008-06-01', 100, 351_900, 0, false),
      ],
    },
  },
  {
    id: 'P10',
    nationalId: '19828644567',
    name: 'Varsom Steinskvett',
    story: 'An adjusted from-date makes two grants overlap; the uføre case is being rebuilt.',
    vedtak: [
      vedtak(36010330, 'AA115', '2025-01-13', null, 'O', 'O_INNV_NAV', 'IVERK', 'JA', 'IKKE'),
      vedtak(36044512, 'AAP', '2025-01-27', '2026-01-25', 'O', 'O_INNV_SOKNAD', 'AVSLU', 'JA', 'UA'),
      vedtak(36812209, 'AAP', '2026-01-12', '2027-01-10', 'E', 'E_VERDI', 'IVERK', 'JA', 'UA'),
    ],
    meldekort: [],
    uforeopplysninger: withoutHistory('REKONSTRUKSJON'),
  },
  {
    id: 'P11',
    nationalId: '07856333994',
    name: 'Grå Sandlo',
    story: 'Died: AAP stopped by death, uføretrygd of 50 per cent ended.',
    vedtak: [
      vedtak(36300771, 'AA115', '2025-06-02', null, 'O', 'O_INNV_NAV', 'AVSLU', 'JA', 'IKKE'),
      vedtak(36311902, 'AAP', '2025-06-16', '2026-02-13', 'O', 'O_INNV_SOKNAD', 'AVSLU', 'JA', 'UA'),
      vedtak(36902015, 'AAP', '2026-02-14', null, 'S', 'S_DOD', 'IVERK', 'JA', 'UA'),
    ],
    meldekort: [],
    uforeopplysninger: {
      status: 'OPPHORT',
      forsteVirkningstidspunkt: '2019-03-01',
      beregningsperioder: [
        beregning('2019-03-01', '2023-12-31', '2017-02-01', 50, 468_000, 0, false),
        beregning('2024-01-01', '2026-02-28', '2017-02-01', 50, 468_000, 152_300, true),
      ],
    },
  },
  {
    id: 'P12',
    nationalId: '24880191035',
    name: 'Ny Kornkråke',
    story: 'A case of the new system Kelvin alone: short ids, a missing variant, no 11-5, stopped and resumed.',
    vedtak: [
      vedtak(81204, 'AAP', '2026-01-05', '2026-03-01', 'O', 'O_INNV_SOKNAD', 'AVSLU', 'JA', 'SPE'),
      vedtak(81377, 'AAP', '2026-03-02', '2026-06-28', 'E', null, 'AVSLU', 'JA', 'UA'),
      vedtak(82950, 'AAP', '2026-06-29', null, 'S', 'S_STANS', 'IVERK', 'JA', 'UA'),
      vedtak(83611, 'AAP', '2026-08-10', '2027-01-04', 'G', 'G_INNV_NAV', 'IVERK', 'JA', 'UA'),
    ],
    meldekort: cards(9500001, '2026-01-05', [0, 22.5, 41]),
    uforeopplysninger: withoutHistory('UKJENT_STATUS'),
  },
  {
    id: 'P13',
    nationalId: '07858911405',
    name: 'Munter Linerle',
    story: 'Stopped inside a grant that was never shortened: the grant runs on paper, the right does not.',
    vedtak: [
      vedtak(36790115, 'AA115', '2025-12-08', null, 'O', 'O_INNV_NAV', 'IVERK', 'JA', 'IKKE'),
      vedtak(36801244, 'AAP', '2026-01-05', '2027-01-03', 'O', 'O_INNV_SOKNAD', 'IVERK', 'JA', 'UA'),
      vedtak(37195560, 'AAP', '2026-09-07', null, 'S', 'S_STANS', 'IVERK', 'JA', 'UA'),
    ],
    meldekort: cards(9700101, '2026-08-03', [15, 15, 0]),
    uforeopplysninger: withoutHistory('IKKE_SOKT'),
  },
];

function vedtak(
  vedtakId: number,
  rettighetstype: VedtakRow['rettighetstype'],
  fom: string,
  tom: string | null,
  vedtakstype: VedtakRow['vedtakstype'],
  vedtaksvariant: Vedtaksvariant | null,
  vedtaksstatus: VedtakRow['vedtaksstatus'],
  utfall: VedtakRow['utfall'],
  aktivitetsfase: VedtakRow['aktivitetsfase'],
): VedtakRow {
  return {
    vedtakId,
    rettighetstype,
    fom,
    tom,
    vedtakstype,
    vedtaksvariant,
    vedtaksstatus,
    utfall,
    aktivitetsfase,
  };
}

/** Consecutive cards of fourteen days from a Monday, ids rising by one. */
function cards(firstId: number, monday: string, hours: readonly number[]): MeldekortRow[] {
  const start = Temporal.PlainDate.from(monday);
  return hours.map((antallTimerArbeidet, at) => {
    const fom = start.add({ weeks: 2 * at });
    return {
      meldekortId: firstId + at,
      fom: fom.toString(),
      tom: fom.add({ days: 13 }).toString(),
      antallTimerArbeidet,
    };
  });
}

function beregning(
  fom: string,
  tom: string | null,
  uforetidspunkt: string,
  uforegrad: number,
  ifu: number,
  inntektBruktIAvkortingen: number | null,
  ferdiglignetInntekt: boolean | null,
): BeregningsperiodeRow {
  return {
    fom,
    tom,
    uforetidspunkt,
    uforegrad,
    ifu,
    inntektBruktIAvkortingen,
    ferdiglignetInntekt,
    klagebehandles: false,
  };
}

function withoutHistory(status: Uforeopplysninger['status']): Uforeopplysninger {
  return { status, forsteVirkningstidspunkt: null, beregningsperioder: [] };
}
