import { describe, expect, test } from 'vitest';
import type { CastId } from '../../src/sandbox/world.ts';
import type { NavWorld } from './support/nav-world.ts';
import {
  AAP_SCOPE,
  call,
  consentDetail,
  INSURER_A,
  INSURER_B,
  MELDEKORT,
  navWorld,
  numberOf,
  reasonOf,
  token,
  UFORE_SCOPE,
  VEDTAK,
} from './support/nav-world.ts';

const YEARS = ['2022-01-01', '2027-12-31'] as const;

function right(changes: object) {
  const [consentRight] = consentDetail('P04', ...YEARS).consentRights;
  return { consentRights: [{ ...consentRight, ...changes }] };
}

async function read(
  world: NavWorld,
  person: CastId,
  path = VEDTAK,
  query = '',
  years: readonly [string, string] = YEARS,
) {
  const bearer = await token({ scope: AAP_SCOPE, details: [consentDetail(person, ...years)] });
  const response = await call(world.aap, path, { bearer, person: numberOf(person), query });
  return { status: response.status, reason: reasonOf(response), json: JSON.parse(response.body) };
}

const ids = (json: { vedtaksliste: { vedtakId: number }[] }) => json.vedtaksliste.map(({ vedtakId }) => vedtakId);

describe('a refused AAP call', () => {
  const good = () => token({ details: [consentDetail('P04', ...YEARS)] });
  const withConsent = (changes: object) => token({ details: [consentDetail('P04', ...YEARS, changes)] });
  const person = numberOf('P04');

  test.each<[string, string, () => Promise<Parameters<typeof call>[2]>, string?]>([
    ['an unknown path', '404 path', async () => ({ bearer: await good(), person }), '/api/v1/aap/utbetaling'],
    ['a method other than GET', '405 method', async () => ({ bearer: await good(), person, method: 'POST' })],
    ['no token', '401 bearer-missing', async () => ({ person })],
    ['no JWT', '401 bearer-signature', async () => ({ bearer: 'no-token', person })],
    [
      'a stranger’s signature',
      '401 bearer-signature',
      async () => ({ bearer: await token({}, { signedBy: 'a stranger' }), person }),
    ],
    ['an expired token', '401 bearer-expired', async () => ({ bearer: await token({ exp: 1_700_000_000 }), person })],
    ['a token without an end', '401 bearer-exp', async () => ({ bearer: await token({ exp: undefined }), person })],
    [
      'another issuer',
      '401 bearer-iss',
      async () => ({ bearer: await token({ iss: 'https://other.example/' }), person }),
    ],
    [
      'a token without a consumer',
      '401 bearer-claims',
      async () => ({ bearer: await token({ consumer: undefined }), person }),
    ],
    ['the scope of uføre', '403 scope', async () => ({ bearer: await token({ scope: UFORE_SCOPE }), person })],
    [
      'two scopes in one token',
      '403 scope',
      async () => ({ bearer: await token({ scope: `${AAP_SCOPE} ${UFORE_SCOPE}` }), person }),
    ],
    ['no person number', '400 person-missing', async () => ({ bearer: await good() })],
    [
      'a person number with a wrong check digit',
      '400 person-number',
      async () => ({ bearer: await good(), person: '14838841033' }),
    ],
    ['ten digits', '400 person-number', async () => ({ bearer: await good(), person: '1483884103' })],
    [
      'an impossible from-date',
      '400 date',
      async () => ({ bearer: await good(), person, query: '?fomDato=2026-02-30' }),
    ],
    [
      'a to-date in Norwegian notation',
      '400 date',
      async () => ({ bearer: await good(), person, query: '?tomDato=31.12.2026' }),
    ],
    ['a date without hyphens', '400 date', async () => ({ bearer: await good(), person, query: '?fomDato=20260101' })],
    [
      'a date given twice',
      '400 date',
      async () => ({ bearer: await good(), person, query: '?fomDato=2026-01-01&fomDato=2026-01-02' }),
    ],
    ['a token without a consent', '403 consent-missing', async () => ({ bearer: await token({}), person })],
    [
      'an authorisation of another type',
      '403 consent-missing',
      async () => ({ bearer: await token({ details: [{ type: 'urn:altinn:systemuser' }] }), person }),
    ],
    [
      'a consent for another resource',
      '403 consent-resource',
      async () => ({
        bearer: await withConsent(right({ resource: [{ type: 'urn:altinn:resource', value: 'skatt' }] })),
        person,
      }),
    ],
    [
      'a right to another action',
      '403 consent-resource',
      async () => ({ bearer: await withConsent(right({ action: ['read'] })), person }),
    ],
    [
      'a consent of another person',
      '403 consent-giver',
      async () => ({ bearer: await good(), person: numberOf('P05') }),
    ],
    [
      'a consent to another organisation',
      '403 consent-receiver',
      async () => ({
        bearer: await withConsent({ to: { authority: 'iso6523-actorid-upis', ID: `0192:${INSURER_B}` } }),
        person,
      }),
    ],
    [
      'a consent past its end',
      '403 consent-expired',
      async () => ({ bearer: await withConsent({ validTo: '2026-11-16T08:59:59+00:00' }), person }),
    ],
    [
      'a consent without dates',
      '403 consent-period',
      async () => ({ bearer: await withConsent(right({ metadata: {} })), person }),
    ],
    [
      'dates under camel-case keys',
      '403 consent-period',
      async () => ({
        bearer: await withConsent(right({ metadata: { fraOgMed: '01.01.2022', tilOgMed: '31.12.2027' } })),
        person,
      }),
    ],
    [
      'dates in ISO notation',
      '403 consent-period',
      async () => ({
        bearer: await withConsent(right({ metadata: { fraogmed: '2022-01-01', tilogmed: '2027-12-31' } })),
        person,
      }),
    ],
    [
      'a from-date before the consent',
      '403 period-outside',
      async () => ({ bearer: await good(), person, query: '?fomDato=2021-12-31' }),
    ],
    [
      'a from-date after the consent',
      '403 period-outside',
      async () => ({ bearer: await good(), person, query: '?fomDato=2028-01-01' }),
    ],
    [
      'from after to',
      '400 period-reversed',
      async () => ({ bearer: await good(), person, query: '?fomDato=2026-02-01&tomDato=2026-01-31' }),
    ],
  ])('with %s gets %s', async (_, expected, options, path = VEDTAK) => {
    const world = navWorld();
    const response = await call(world.aap, path, await options());

    expect(reasonOf(response)).toBe(expected);
    expect(response.body).not.toContain(person);
    expect(world.sporingslogg.records()).toEqual([]);
  });

  test('is judged in order: each flaw mended reveals the next', async () => {
    const { aap } = navWorld();
    const stale = { validTo: '2026-11-01T00:00:00+00:00' };
    const steps = [
      await call(aap, '/nowhere', { method: 'POST' }),
      await call(aap, VEDTAK, { method: 'POST' }),
      await call(aap, VEDTAK, { person: 'x', query: '?fomDato=x' }),
      await call(aap, VEDTAK, { bearer: await token({ scope: UFORE_SCOPE }), person: 'x', query: '?fomDato=x' }),
      await call(aap, VEDTAK, { bearer: await token({}), person: 'x', query: '?fomDato=x' }),
      await call(aap, VEDTAK, { bearer: await token({}), person, query: '?fomDato=x' }),
      await call(aap, VEDTAK, { bearer: await token({}), person, query: '?fomDato=1999-01-01' }),
      await call(aap, VEDTAK, {
        bearer: await withConsent({ ...stale, ...right({ action: [] }) }),
        person: numberOf('P05'),
      }),
      await call(aap, VEDTAK, { bearer: await withConsent(stale), person: numberOf('P05') }),
      await call(aap, VEDTAK, { bearer: await withConsent(stale), person, query: '?fomDato=1999-01-01' }),
      await call(aap, VEDTAK, { bearer: await good(), person, query: '?fomDato=2030-01-01&tomDato=2026-01-01' }),
      await call(aap, VEDTAK, { bearer: await good(), person, query: '?fomDato=2026-02-01&tomDato=2026-01-01' }),
    ];

    expect(steps.map(reasonOf)).toEqual([
      '404 path',
      '405 method',
      '401 bearer-missing',
      '403 scope',
      '400 person-number',
      '400 date',
      '403 consent-missing',
      '403 consent-resource',
      '403 consent-giver',
      '403 consent-expired',
      '403 period-outside',
      '400 period-reversed',
    ]);
  });

  test('has the body of NAV’s Arena services', async () => {
    const response = await call(navWorld().aap, VEDTAK, { person });

    expect(JSON.parse(response.body)).toEqual({
      timestamp: '2026-11-16T10:00:00.000+0100',
      status: 401,
      message: 'Feil ved aksesstoken: tokenet mangler',
      method: 'GET',
      path: VEDTAK,
      correlationId: expect.stringMatching(/^1794819600000-\d+$/),
    });
  });

  test('of a real person’s number says so without the number', async () => {
    // Of the series for 2039: a sound number that nobody bears yet.
    const real = '31123955539';
    const response = await call(navWorld().aap, VEDTAK, { bearer: await good(), person: real });

    expect(reasonOf(response)).toBe('400 person-number');
    expect(response.body).not.toContain(real);
  });
});

describe('an AAP answer', () => {
  test('has NAV’s form, ids as integers and codes with their terms', async () => {
    const { json } = await read(navWorld(), 'P02');

    expect(json).toEqual({
      uttrekksperiode: { fomDato: '2022-01-01', tomDato: '2027-12-31' },
      vedtaksliste: [
        {
          vedtakId: 37201144,
          virkningsperiode: { fomDato: '2026-09-07', tomDato: '2027-12-31' },
          vedtakstype: { kode: 'O', termnavn: 'Ny rettighet' },
          vedtaksvariant: null,
          vedtaksstatus: { kode: 'IVERK', termnavn: 'Iverksatt' },
          rettighetstype: { kode: 'AA115', termnavn: '§11-5 nedsatt arbeidsevne' },
          utfall: { kode: 'JA', termnavn: 'Ja' },
          aktivitetsfase: { kode: 'IKKE', termnavn: 'Ikke spesif. aktivitetsfase' },
        },
      ],
    });
  });

  test('shows the dates asked for as uttrekksperiode', async () => {
    const { json } = await read(navWorld(), 'P04', VEDTAK, '?fomDato=2025-01-01&tomDato=2025-02-01');

    expect(json.uttrekksperiode).toEqual({ fomDato: '2025-01-01', tomDato: '2025-02-01' });
  });

  test('is empty for a person without decisions', async () => {
    const world = navWorld();

    expect((await read(world, 'P01')).json.vedtaksliste).toEqual([]);
    expect((await read(world, 'P01', MELDEKORT)).json.meldekortliste).toEqual([]);
  });

  test('is empty, not 404, for a number that NAV does not know', async () => {
    const stranger = '13428238030';
    const from = `urn:altinn:person:identifier-no:${stranger}`;
    const bearer = await token({ details: [consentDetail('P01', ...YEARS, { from })] });
    const response = await call(navWorld().aap, VEDTAK, { bearer, person: stranger });

    expect(response.status).toBe(200);
    expect(JSON.parse(response.body).vedtaksliste).toEqual([]);
  });

  test('never holds an invalidated row', async () => {
    const world = navWorld();
    expect(ids((await read(world, 'P07')).json)).toEqual([36150020, 36231877, 36988402]);

    world.switches.unfilteredRows = true;
    expect(ids((await read(world, 'P07')).json)).toEqual([36150020, 36231877, 36988402]);
  });

  test('is ordered by from-date, whatever the ids', async () => {
    expect(ids((await read(navWorld(), 'P08')).json)).toEqual([35611008, 35990144, 35702250, 36870931]);
  });

  test('takes the person number from NAV-PersonIdent as well', async () => {
    const bearer = await token({ details: [consentDetail('P04', ...YEARS)] });
    const response = await call(navWorld().aap, VEDTAK, { bearer, headers: { 'nav-personident': numberOf('P04') } });

    expect(response.status).toBe(200);
  });

  test('is given to a consent whose metadata is spelt metaData', async () => {
    const metaData = { fraogmed: '01.01.2022', tilogmed: '31.12.2027' };
    const bearer = await token({
      details: [consentDetail('P04', ...YEARS, right({ metadata: undefined, metaData }))],
    });

    expect((await call(navWorld().aap, VEDTAK, { bearer, person: numberOf('P04') })).status).toBe(200);
  });

  test('reads the organisation as the second element of an identifier with more of them', async () => {
    const consumer = { authority: 'iso6523-actorid-upis', ID: `0192:${INSURER_A}:ER//1:1` };
    const bearer = await token({ consumer, details: [consentDetail('P04', ...YEARS)] });

    expect((await call(navWorld().aap, VEDTAK, { bearer, person: numberOf('P04') })).status).toBe(200);
  });

  test('counts a day of two overlapping cards on each of them', async () => {
    const { json } = await read(navWorld(), 'P06', MELDEKORT, '', ['2016-01-01', '2027-12-31']);

    expect(json.meldekortliste).toEqual([
      { meldekortId: 4500771, periode: { fomDato: '2019-06-03', tomDato: '2019-06-16' }, antallTimerArbeidet: 20 },
      { meldekortId: 4500772, periode: { fomDato: '2019-06-10', tomDato: '2019-06-23' }, antallTimerArbeidet: 15 },
    ]);
  });
});

describe('the switches of AAP', () => {
  test('aapRefusesAltinn3 refuses the consent inside the token', async () => {
    const world = navWorld();
    world.switches.aapRefusesAltinn3 = true;

    expect((await read(world, 'P04')).reason).toBe('403 consent-missing');
  });

  test('unfilteredRows returns every row uncut, open ones without an end', async () => {
    const world = navWorld();
    world.switches.unfilteredRows = true;
    const years = ['2026-11-01', '2026-11-30'] as const;
    const { json } = await read(world, 'P04', VEDTAK, '', years);

    expect(json.vedtaksliste[0].virkningsperiode).toEqual({ fomDato: '2023-08-14', tomDato: null });
    expect(json.vedtaksliste[4].virkningsperiode).toEqual({ fomDato: '2026-08-31', tomDato: '2027-02-28' });
    expect((await read(world, 'P04', MELDEKORT, '', years)).json.meldekortliste).toHaveLength(9);
  });

  test('hoursByRequest counts the hours of the requested days', async () => {
    const world = navWorld();
    world.switches.hoursByRequest = true;
    const { json } = await read(world, 'P04', MELDEKORT, '?fomDato=2026-07-19&tomDato=2026-07-19');

    expect(json.meldekortliste[0]).toMatchObject({ periode: { fomDato: '2026-07-06' }, antallTimerArbeidet: 0 });
  });

  test('failingTrace delivers nothing and answers 503', async () => {
    const world = navWorld();
    world.switches.failingTrace = true;
    const { reason, json } = await read(world, 'P04');

    expect(reason).toBe('503 trace');
    expect(json).not.toHaveProperty('vedtaksliste');
    expect(world.sporingslogg.records()).toEqual([]);
  });
});
