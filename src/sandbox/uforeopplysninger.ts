import type { Double, DoubleRequest, DoubleResponse } from './double.ts';
import { jsonResponse } from './double.ts';
import type { NavCall, NavParts } from './nav.ts';
import { createNavDouble } from './nav.ts';
import type { Refusal } from './nav-door.ts';
import type { BeregningsperiodeRow } from './person.ts';
import { cutTo, overlapsPeriod } from './rows.ts';
import type { Switches } from './switches.ts';

/** The header in which uføre takes the person's number, a D-number included. */
export const UFORE_PERSON_HEADERS = ['fnr'] as const;

/**
 * NAV's uføre service: `/dsop-ufo/uforeopplysninger`, scope `nav:helse/v1/uforeopplysninger`. Status and first
 * effective date are always those of today; rows are selected by the requested span and left whole, since NAV's
 * documents do not say that they are cut. A person unknown to the pension system has not applied: `IKKE_SOKT`.
 */
export function createUforeopplysninger(parts: NavParts): Double {
  const { switches } = parts;
  return createNavDouble(
    {
      tema: 'UFO',
      paths: ['/dsop-ufo/uforeopplysninger'],
      scope: 'nav:helse/v1/uforeopplysninger',
      personHeaders: UFORE_PERSON_HEADERS,
      readsTokenConsent: () => true,
      answer: (call) => answer(call, switches),
      refuse: (refusal, request) => refuse(refusal, request, switches),
    },
    parts,
  );
}

function answer({ person, requested, consented }: NavCall, switches: Switches): object {
  const rows = (person?.uforeopplysninger.beregningsperioder ?? [])
    .filter((row) => switches.unfilteredRows || overlapsPeriod(row, requested))
    .toSorted((one, other) => one.fom.localeCompare(other.fom));
  const cut = (row: BeregningsperiodeRow) => ({ ...row, ...cutTo(row, consented) });
  return {
    status: person?.uforeopplysninger.status ?? 'IKKE_SOKT',
    forsteVirkningstidspunkt: person?.uforeopplysninger.forsteVirkningstidspunkt ?? null,
    beregningsperioder: switches.uforeCut && !switches.unfilteredRows ? rows.map(cut) : rows,
  };
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  503: 'Service Unavailable',
};

function refuse(
  { status, reason, message }: Refusal,
  { url }: DoubleRequest,
  { emptyUforeErrorBody }: Switches,
): DoubleResponse {
  const problem = { type: 'about:blank', title: TITLES[status], status, detail: message, instance: url.pathname };
  const response = emptyUforeErrorBody
    ? { status, headers: {}, body: '' }
    : jsonResponse(status, problem, 'application/problem+json');
  return { ...response, headers: { ...response.headers, 'x-sandbox-reason': reason } };
}
