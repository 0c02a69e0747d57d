import type { MigratedConsent } from './migrated.ts';
import type { CastId } from './world.ts';
import { NUMBERS, personByCastId } from './world.ts';

/**
 * What insurers A and B held in Altinn 2 when it closed. For each of them some consents that are in force, one withdrawn, one
 * run out, and one that Altinn does not know; and among A's one whose dates were lost on the way.
 */
export const MIGRATED: readonly MigratedConsent[] = [
  ofA('P10', 'b2c4a1de-7f30-4e1b-9c55-0d1e8a6f4b01', {
    used: ['2025-11-03T10:12:00Z', '2026-04-20T08:30:00Z'],
    redirectUrl: 'https://fjordlund.example/samtykke',
  }),
  ofA('P13', 'b2c4a1de-7f30-4e1b-9c55-0d1e8a6f4b02', { action: ['consent'] }),
  ofA('P02', 'b2c4a1de-7f30-4e1b-9c55-0d1e8a6f4b03', { metadata: { navn: '', fraogmed: '' } }),
  ofA('P01', 'b2c4a1de-7f30-4e1b-9c55-0d1e8a6f4b04', { withdrawn: { at: '2026-09-14T18:05:00Z', status: 'Revoked' } }),
  ofA('P08', 'b2c4a1de-7f30-4e1b-9c55-0d1e8a6f4b05', { validTo: '2026-08-31T21:59:59Z' }),
  ofA('P07', 'b2c4a1de-7f30-4e1b-9c55-0d1e8a6f4b06', { isLost: true }),
  ofB('P10', 'c7d8e2fa-1b64-4a0c-8e21-3f9b5c7d6a01', {
    handledBy: NUMBERS.supplier,
    action: ['read', 'write'],
    used: ['2026-02-02T12:00:00Z'],
  }),
  ofB('P05', 'c7d8e2fa-1b64-4a0c-8e21-3f9b5c7d6a02', { redirectUrl: 'https://tindesol.example/retur?sak=17' }),
  ofB('P09', 'c7d8e2fa-1b64-4a0c-8e21-3f9b5c7d6a03'),
  ofB('P12', 'c7d8e2fa-1b64-4a0c-8e21-3f9b5c7d6a04', { withdrawn: { at: '2026-05-30T07:45:00Z', status: 'Deleted' } }),
  ofB('P11', 'c7d8e2fa-1b64-4a0c-8e21-3f9b5c7d6a05', { validTo: '2026-10-01T21:59:59Z' }),
  ofB('P03', 'c7d8e2fa-1b64-4a0c-8e21-3f9b5c7d6a06', { isLost: true }),
];

function ofA(person: CastId, code: string, changes: Partial<MigratedConsent> = {}): MigratedConsent {
  return held(NUMBERS.A, person, code, changes);
}

function ofB(person: CastId, code: string, changes: Partial<MigratedConsent> = {}): MigratedConsent {
  return held(NUMBERS.B, person, code, changes);
}

function held(organisation: string, person: CastId, code: string, changes: Partial<MigratedConsent>): MigratedConsent {
  return {
    organisation,
    person: personByCastId(person)?.nationalId ?? '',
    code,
    consented: '2025-09-01T09:30:00Z',
    validTo: '2028-08-31T21:59:59Z',
    fom: '2022-01-01',
    tom: '2027-12-31',
    ...changes,
  };
}
