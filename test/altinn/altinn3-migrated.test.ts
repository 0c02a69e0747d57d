import { describe, expect, it } from 'vitest';
import type { MigratedConsent } from '../../src/sandbox/migrated.ts';
import { MIGRATED } from '../../src/sandbox/migrated-set.ts';
import { NUMBERS } from '../../src/sandbox/world.ts';
import type { WireResponse } from '../../src/upstream.ts';
import { Secret } from '../../src/values.ts';
import { answeringConsentGrants } from '../maskinporten/consent-grants.ts';
import { answer } from '../support/scripted.ts';
import type { WayOut, WayOutOptions } from '../support/way-out.ts';
import { AAP, dataConsumer, nationalIdOf, openWayOut, READ } from '../support/way-out.ts';

const CODE = '3f1d6c0e-5a4b-4c3d-9e2f-10a1b2c3d4e5';
const SOURCE = { scope: AAP };
const ENDS = { fom: '2022-01-01', tom: '2027-12-31' };

/** A consent of P10 to insurer A, planted as the migration would have left it. */
async function planted(change: Partial<MigratedConsent> = {}, options: WayOutOptions = {}): Promise<WayOut> {
  const world = await openWayOut(options);
  world.sandbox.plantMigrated([
    {
      organisation: NUMBERS.A,
      person: nationalIdOf('P10').reveal(),
      code: CODE,
      consented: '2025-09-01T09:30:00Z',
      validTo: '2028-08-31T21:59:59Z',
      ...ENDS,
      ...change,
    },
  ]);
  return world;
}

function tried({ rail }: WayOut, code = CODE, person: 'P10' | 'P13' = 'P10') {
  const applicant = {
    id: 'p1_test',
    dataConsumer: dataConsumer().organisationNumber,
    nationalId: nationalIdOf(person),
  };
  return rail().tryCode?.({ applicant, code: new Secret(code, 'code') }, SOURCE);
}

/** Replaces a part of what Altinn holds, so that it looks as nothing that is asked for today does. */
function alter(world: WayOut, change: object): void {
  Object.assign(world.sandbox.state.altinn3.consents[CODE] ?? {}, change);
}

const tokensFor = (world: WayOut, scope: string) => world.calls('maskinporten').filter((call) => call.scope === scope);

describe('a code of Altinn 2, tried in Altinn 3', () => {
  it('that names a consent in force opens a token, and NAV hears nothing', async () => {
    const world = await planted({ used: ['2025-11-03T10:12:00Z'] });
    expect(await tried(world)).toEqual({
      lookup: { status: 'ACTIVE', answeredAt: new Date('2025-09-01T09:30:00Z'), endedAt: null, pageUrl: null },
      opens: true,
      requestedAt: new Date('2025-09-01T09:30:00Z'),
      validTo: new Date('2028-08-31T21:59:59Z'),
      periode: ENDS,
    });
    expect(tokensFor(world, AAP)).toHaveLength(1);
    expect([...world.calls('aap'), ...world.calls('uforeopplysninger')]).toEqual([]);
  });

  it.each<[string, Partial<MigratedConsent>, string, string]>([
    [
      'withdrawn in Altinn 3',
      { withdrawn: { at: '2026-09-14T18:05:00Z', status: 'Revoked' } },
      'WITHDRAWN',
      '2026-09-14T18:05:00Z',
    ],
    [
      'deleted in Altinn 2',
      { withdrawn: { at: '2026-05-30T07:45:00Z', status: 'Deleted' } },
      'WITHDRAWN',
      '2026-05-30T07:45:00Z',
    ],
    ['run out', { validTo: '2026-08-31T21:59:59Z' }, 'EXPIRED', '2026-08-31T21:59:59Z'],
  ])('that names one that was %s says so, and no token is asked for', async (_, change, status, endedAt) => {
    const world = await planted(change);
    expect(await tried(world)).toMatchObject({ lookup: { status, endedAt: new Date(endedAt) }, opens: false });
    expect(tokensFor(world, AAP)).toEqual([]);
  });

  it('that was declined, or is not answered yet, says so', async () => {
    const world = await planted();
    alter(world, { status: 'Rejected', consented: null });
    expect(await tried(world)).toMatchObject({ lookup: { status: 'DECLINED' }, opens: false });
    alter(world, { status: 'Created' });
    expect(await tried(world)).toMatchObject({ lookup: { status: 'PENDING' }, opens: false });
  });

  it('that Altinn does not know is undefined', async () => {
    expect(await tried(await planted({ isLost: true }))).toBeUndefined();
  });

  it('that is another person’s, or another organisation’s, is a mismatch, and no token is asked for', async () => {
    const world = await planted();
    expect(await tried(world, CODE, 'P13')).toBe('MISMATCH');
    world.sandbox.plantMigrated(MIGRATED);
    const ofB = MIGRATED.find(({ organisation }) => organisation === NUMBERS.B)?.code;
    expect(await tried(world, ofB)).toBe('MISMATCH');
    expect(tokensFor(world, AAP)).toEqual([]);
  });

  it.each([
    ['with a code', { error: 'invalid_grant', error_uri: 'https://maskinporten.example/errors/MP-303' }],
    ['with an error that is documented nowhere', { error: 'altinn_consent_revoked' }],
  ])('whose token Maskinporten refuses %s although Altinn says that it stands does not open', async (_, said) => {
    const world = await planted({}, { through: answeringConsentGrants(answer(400, said)) });
    expect(await tried(world)).toMatchObject({ lookup: { status: 'ACTIVE' }, opens: false });
  });

  it.each<[string, WireResponse]>([
    ['with a page', answer(403, '<html><h1>Blocked by the web filter</h1></html>', { 'content-type': 'text/html' })],
    ['without a word', answer(403)],
    ['in JSON of its own', answer(401, { message: 'Forbidden', error_uri: 'https://proxy.example/errors/MP-303' })],
    ['with an error that is none', answer(400, { error: { code: 403 } })],
  ])('is not judged when something before Maskinporten refuses the token %s', async (_, said) => {
    const world = await planted({}, { through: answeringConsentGrants(said) });
    await expect(tried(world)).rejects.toMatchObject({
      code: 'MASKINPORTEN_REJECTED',
      evidence: { upstream: 'maskinporten', status: said.status },
    });
  });

  it('is not judged while Maskinporten refuses for a reason of its own', async () => {
    const world = await planted();
    for (const client of world.state.maskinporten.clients) client.scopes = [READ];
    await expect(tried(world)).rejects.toMatchObject({
      code: 'MASKINPORTEN_REJECTED',
      evidence: { upstreamCode: 'MP-200' },
    });
  });

  it.each([
    ['altinn3', 503, 'ALTINN_UNAVAILABLE'],
    ['altinn3', 403, 'ALTINN_REJECTED'],
    ['altinn3', 404, 'ALTINN_REJECTED'],
    ['maskinporten', 503, 'MASKINPORTEN_UNAVAILABLE'],
  ] as const)('is not judged while %s answers %i', async (upstream, status, code) => {
    const world = await planted();
    world.sandbox.faults.add({ upstream, kind: 'status', status });
    await expect(tried(world)).rejects.toMatchObject({ code });
  });

  it('shares one token for reading with every other', async () => {
    const world = await planted();
    await Promise.all([tried(world), tried(world), tried(world)]);
    expect(tokensFor(world, READ)).toHaveLength(1);
  });
});

describe('the dates of a migrated consent', () => {
  const rights = (...metadata: unknown[]) => ({
    consentRights: metadata.map((each) => ({ action: ['read'], resource: [], metadata: each })),
  });

  it.each<[string, readonly unknown[], unknown]>([
    ['in the case they had in Altinn 2', [{ fraOgMed: '01.01.2022', tilOgMed: '31.12.2027' }], ENDS],
    ['as ISO dates', [{ fraogmed: '2022-01-01', tilogmed: '2027-12-31' }], ENDS],
    ['with a time of day', [{ fraogmed: '01.01.2022 00:00:00', tilogmed: '2027-12-31T00:00:00' }], ENDS],
    ['among spaces', [{ fraogmed: ' 01.01.2022 ', tilogmed: '31.12.2027' }], ENDS],
    ['on one of several rights', [null, {}, { navn: 'x', fraogmed: '01.01.2022', tilogmed: '31.12.2027' }], ENDS],
    ['with one end missing', [{ fraogmed: '01.01.2022' }], { fom: '2022-01-01', tom: null }],
    ['with one end empty or null', [{ fraogmed: '', tilogmed: null }], { fom: null, tom: null }],
    ['without metadata', [null], { fom: null, tom: null }],
    ['without rights', [], { fom: null, tom: null }],
    ['that are none', [{ fraogmed: '31.02.2022', tilogmed: '31.12.2027' }], undefined],
    ['that are words', [{ fraogmed: 'i fjor', tilogmed: '31.12.2027' }], undefined],
  ])('%s', async (_, metadata, periode) => {
    const world = await planted();
    alter(world, rights(...metadata));
    expect(await tried(world)).toMatchObject({ periode });
  });

  it('without rights, history or redirect at all', async () => {
    const world = await planted();
    alter(world, { consentRights: [], events: [], redirectUrl: undefined });
    expect(await tried(world)).toMatchObject({
      lookup: { status: 'ACTIVE' },
      requestedAt: null,
      periode: { fom: null, tom: null },
    });
  });
});
