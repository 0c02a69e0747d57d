import { Temporal } from 'temporal-polyfill';
import type { Double, DoubleRequest, DoubleResponse } from './double.ts';
import { jsonResponse } from './double.ts';
import { kodeverdi } from './kodeverk.ts';
import type { NavCall, NavParts } from './nav.ts';
import { createNavDouble } from './nav.ts';
import type { Period, Refusal } from './nav-door.ts';
import { norwegianTime } from './norwegian-time.ts';
import type { MeldekortRow, Person, VedtakRow } from './person.ts';
import { cutTo, overlapsPeriod } from './rows.ts';
import type { Switches } from './switches.ts';

/** The headers in which AAP takes the person's number; its documents do not name one, so both known spellings do. */
export const AAP_PERSON_HEADERS = ['nav-personident', 'fnr'] as const;

const VEDTAK = '/api/v1/aap/vedtak';
const MELDEKORT = '/api/v1/aap/meldekort';

/** AAP began on this day; nothing earlier is ever returned. */
const FLOOR = '2010-03-01';

/**
 * NAV's AAP service: decisions (`/api/v1/aap/vedtak`) and meldekort (`/api/v1/aap/meldekort`), scope
 * `nav:arbeid/v1/aap`. The requested span selects rows, the consent's span cuts them; oldest first, then by id.
 */
export function createAap(parts: NavParts): Double {
  const { switches, clock } = parts;
  return createNavDouble(
    {
      tema: 'AAP',
      paths: [VEDTAK, MELDEKORT],
      scope: 'nav:arbeid/v1/aap',
      personHeaders: AAP_PERSON_HEADERS,
      readsTokenConsent: () => !switches.aapRefusesAltinn3,
      answer: (call) => answer(call, switches),
      refuse: (refusal, request) => refuse(refusal, request, clock.now()),
    },
    parts,
  );
}

function answer(call: NavCall, switches: Switches): object {
  const uttrekksperiode = wirePeriod(call.requested);
  switch (call.path) {
    case VEDTAK:
      return { uttrekksperiode, vedtaksliste: vedtaksliste(call.person, call, switches) };
    default:
      return { uttrekksperiode, meldekortliste: meldekortliste(call.person, call, switches) };
  }
}

function vedtaksliste(person: Person | undefined, call: NavCall, switches: Switches): object[] {
  const rows = shown(person?.vedtak ?? [], ({ vedtakId }) => vedtakId, call, switches);
  return rows.map(({ row, period }) => ({
    vedtakId: row.vedtakId,
    virkningsperiode: wirePeriod(period),
    vedtakstype: kodeverdi('vedtakstype', row.vedtakstype),
    vedtaksvariant: row.vedtaksvariant === null ? null : kodeverdi('vedtaksvariant', row.vedtaksvariant),
    vedtaksstatus: kodeverdi('vedtaksstatus', row.vedtaksstatus),
    rettighetstype: kodeverdi('rettighetstype', row.rettighetstype),
    utfall: kodeverdi('utfall', row.utfall),
    aktivitetsfase: kodeverdi('aktivitetsfase', row.aktivitetsfase),
  }));
}

function meldekortliste(person: Person | undefined, call: NavCall, switches: Switches): object[] {
  const counted = switches.hoursByRequest ? call.requested : call.consented;
  const rows = shown(person?.meldekort ?? [], ({ meldekortId }) => meldekortId, call, switches);
  return rows.map(({ row, period }) => ({
    meldekortId: row.meldekortId,
    periode: wirePeriod(period),
    antallTimerArbeidet: switches.unfilteredRows ? row.antallTimerArbeidet : hoursWithin(row, counted),
  }));
}

/** The rows that a call may see, each with the span that goes on the wire. */
function shown<Row extends VedtakRow | MeldekortRow>(
  rows: readonly Row[],
  id: (row: Row) => number,
  { requested, consented }: NavCall,
  { unfilteredRows }: Switches,
): { row: Row; period: { fom: string; tom: string | null } }[] {
  return rows
    .filter(({ fom, tom }) => tom === null || (fom <= tom && tom >= FLOOR))
    .filter((row) => unfilteredRows || overlapsPeriod(row, requested))
    .toSorted((one, other) => one.fom.localeCompare(other.fom) || id(one) - id(other))
    .map((row) => {
      const since = row.fom < FLOOR ? { fom: FLOOR, tom: row.tom } : { fom: row.fom, tom: row.tom };
      return { row, period: unfilteredRows ? since : cutTo(since, consented) };
    });
}

/** Hours of a card on the days of a span. Work is spread over weekdays from the first Monday, 7.5 hours each, until spent. */
function hoursWithin({ fom, antallTimerArbeidet }: MeldekortRow, period: Period): number {
  const start = Temporal.PlainDate.from(fom);
  let left = antallTimerArbeidet;
  let within = 0;
  for (let day = 0; day < 14; day += 1) {
    const date = start.add({ days: day });
    const worked = date.dayOfWeek <= 5 ? Math.min(7.5, left) : 0;
    left -= worked;
    if (overlapsPeriod({ fom: date.toString(), tom: date.toString() }, period)) within += worked;
  }
  return within;
}

function wirePeriod({ fom, tom }: { fom: string; tom: string | null }): object {
  return { fomDato: fom, tomDato: tom };
}

function refuse({ status, reason, message }: Refusal, { method, url }: DoubleRequest, now: Date): DoubleResponse {
  const response = jsonResponse(status, {
    timestamp: norwegianTime(now).withOffset,
    status,
    message,
    method,
    path: url.pathname,
    correlationId: `${now.getTime()}-1284410933`,
  });
  return { ...response, headers: { ...response.headers, 'x-sandbox-reason': reason } };
}
