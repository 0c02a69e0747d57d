import { randomBytes, randomUUID } from 'node:crypto';
import type {
  Applicant,
  Caller,
  Consent,
  ConsentFilter,
  DisclosureFilter,
  Intention,
  MigratedConsent,
  NewConsent,
  Settlement,
} from '../../src/access/ports.ts';
import type { Clock } from '../../src/clock.ts';
import { civilDate } from '../../src/periode.ts';
import type { Store } from '../../src/store/embedded.ts';
import type { OrganisationNumber } from '../../src/values.ts';
import { isOrganisationNumber, NationalId, Secret, SYNTHETIC_NATIONAL_IDS } from '../../src/values.ts';

/** Opens a fresh, empty store on a clock. */
export type OpenStore = (clock: Clock) => Promise<Store>;

export const START = new Date('2026-11-16T09:00:00.000Z');

export const DAY = 86_400_000;

export function later(days: number, from: Date = START): Date {
  return new Date(from.getTime() + days * DAY);
}

/** The synthetic cast, all twelve. */
export const CAST_NUMBERS = [
  '14838841032',
  '22897937704',
  '05919131855',
  '30817429498',
  '17868340584',
  '09926835189',
  '02849528869',
  '26876643307',
  '43867026739',
  '19828644567',
  '07856333994',
  '24880191035',
] as const;

export function person(at = 0): NationalId {
  const parsed = NationalId.parse(CAST_NUMBERS[at] ?? '', SYNTHETIC_NATIONAL_IDS);
  if ('flaw' in parsed) throw new Error(parsed.flaw);
  return parsed;
}

/** The n-th well-formed synthetic organisation number from 310000000 on. */
export function organisation(n: number): OrganisationNumber {
  let left = n;
  for (let number = 310_000_000; ; number++) {
    const text = String(number);
    if (isOrganisationNumber(text) && left-- === 0) return text;
  }
}

export const A = organisation(0);
export const B = organisation(1);

export function newConsent(applicant: Applicant, wish: Partial<NewConsent> = {}): NewConsent {
  return {
    id: randomUUID(),
    applicant,
    rail: 'ALTINN_3',
    railId: new Secret(randomUUID(), 'rail id'),
    periode: { fom: civilDate('2022-01-01'), tom: civilDate('2027-12-31') },
    validTo: later(365),
    purpose: 'DISABILITY_INSURANCE',
    requestedAt: START,
    reference: null,
    returnUrl: 'https://insurer.example/back',
    returnReference: randomBytes(16).toString('base64url'),
    ...wish,
  };
}

/** A consent that was given in Altinn 2, a year ago, and is in force. */
export function migratedConsent(applicant: Applicant, wish: Partial<MigratedConsent> = {}): MigratedConsent {
  const { reference: _, returnUrl: __, ...asked } = newConsent(applicant, { requestedAt: later(-365) });
  return { ...asked, status: 'ACTIVE', confirmedAt: START, answeredAt: later(-364), endedAt: null, ...wish };
}

/** A consent that the person has given. */
export async function activeConsent(
  store: Store,
  applicant: Applicant,
  wish: Partial<NewConsent> = {},
): Promise<Consent> {
  const { consent } = await store.consents.insert(newConsent(applicant, wish));
  const active = await store.consents.change(consent, { status: 'ACTIVE', confirmedAt: START, answeredAt: START });
  if (active === undefined) throw new Error('somebody else changed it');
  return active;
}

export function callerOf(organisationNumber: OrganisationNumber, supplier: OrganisationNumber | null = null): Caller {
  return {
    subject: 'case-handler-7',
    role: 'CASE_HANDLER',
    dataConsumer: {
      organisationNumber,
      name: { nb: 'Insurer', nn: 'Insurer', en: 'Insurer' },
      purposes: ['DISABILITY_INSURANCE'],
      sources: ['aapVedtak'],
      reads: 'OPEN',
      returnUrls: ['https://insurer.example/'],
      supplier,
    },
    purposes: ['DISABILITY_INSURANCE'],
    sources: ['aapVedtak'],
  };
}

export function intention(applicant: Applicant, wish: Partial<Intention> = {}): Intention {
  return {
    id: randomUUID(),
    at: START,
    caller: callerOf(applicant.dataConsumer),
    applicant,
    source: 'aapVedtak',
    purpose: 'DISABILITY_INSURANCE',
    requested: { fom: null, tom: null },
    consent: null,
    callId: randomUUID(),
    ...wish,
  };
}

export function settlement(wish: Partial<Settlement> = {}): Settlement {
  return {
    at: later(0.001),
    outcome: 'DELIVERED',
    refusedBecause: null,
    errorCode: null,
    attempts: 1,
    payload: '{"vedtaksliste":[]}',
    ...wish,
  };
}

export const ALL_CONSENTS: ConsentFilter = {
  applicant: null,
  status: null,
  rails: null,
  expiresBefore: null,
  lastReadBefore: null,
  changedAfter: null,
  reference: null,
};

export const ALL_DISCLOSURES: DisclosureFilter = {
  applicant: null,
  outcome: null,
  source: null,
  from: null,
  to: null,
  reference: null,
};
