import { describe, expect, test } from 'vitest';
import type { NavWorld } from './support/nav-world.ts';
import {
  AAP_SCOPE,
  altinn2Token,
  call,
  consentDetail,
  INSURER_B,
  MELDEKORT,
  navWorld,
  numberOf,
  reasonOf,
  token,
  UFORE,
  UFORE_SCOPE,
  VEDTAK,
} from './support/nav-world.ts';

const P04 = numberOf('P04');
const NOW = Date.parse('2026-11-16T09:00:00Z') / 1000;

/** Asks for P04's vedtak, or another source, with a consent beside an access token that carries none. */
async function ask(
  world: NavWorld,
  consent: string,
  how: { path?: string; person?: string; query?: string; header?: string; details?: readonly object[] } = {},
) {
  const { path = VEDTAK, person = P04, query = '', header = 'nav-samtykke-token', details } = how;
  const isUfore = path === UFORE;
  const bearer = await token({
    scope: isUfore ? UFORE_SCOPE : AAP_SCOPE,
    ...(details === undefined ? {} : { details }),
  });
  const headers = { [header]: consent };
  return call(isUfore ? world.uforeopplysninger : world.aap, path, { bearer, person, query, headers });
}

const services = (edition: number | string, dates: readonly string[] = ['01.01.2022', '31.12.2027']) => [
  `5252_${edition}`,
  ...['fraOgMed', 'tilOgMed'].map((key, at) => `5252_${edition}_${key}=${dates[at]}`),
];

describe('a consent of Altinn 2 beside the access token', () => {
  test.each([VEDTAK, MELDEKORT, UFORE])('opens %s', async (path) => {
    const world = navWorld();
    const response = await ask(world, await altinn2Token(), { path });

    expect(response.status).toBe(200);
  });

  test('gives its dates to a call without any, and cuts rows to them', async () => {
    const consent = await altinn2Token({ Services: services(2, ['01.10.2026', '30.11.2026']) });
    const { uttrekksperiode, vedtaksliste } = JSON.parse((await ask(navWorld(), consent)).body);

    expect(uttrekksperiode).toEqual({ fomDato: '2026-10-01', tomDato: '2026-11-30' });
    for (const { virkningsperiode } of vedtaksliste) {
      expect(virkningsperiode).toEqual({ fomDato: '2026-10-01', tomDato: '2026-11-30' });
    }
  });

  test('is found whatever the order of its entries, and beside those of others', async () => {
    const Services = [...services(2).toReversed(), '4711_2_fraOgMed=01.01.1999', '4711_2'];

    expect((await ask(navWorld(), await altinn2Token({ Services }), { path: UFORE })).status).toBe(200);
  });

  test('is put into the sporingslogg whole, in place of the access token', async () => {
    const world = navWorld();
    const consent = await altinn2Token();
    await ask(world, consent);

    expect(world.sporingslogg.records()).toMatchObject([{ samtykkeToken: consent, person: P04, tema: 'AAP' }]);
  });

  test('is looked at before the one inside the token, which does not help it', async () => {
    const details = [consentDetail('P04', '2022-01-01', '2027-12-31')];
    const consent = await altinn2Token({ OfferedBy: numberOf('P05') });

    expect(reasonOf(await ask(navWorld(), consent, { details }))).toBe('403 consent-giver');
  });

  test('is taken also by an AAP that refuses those of Altinn 3', async () => {
    const world = navWorld();
    world.switches.aapRefusesAltinn3 = true;

    expect((await ask(world, await altinn2Token())).status).toBe(200);
  });
});

describe('a consent of Altinn 2 that is refused', () => {
  test.each<[string, string, () => Promise<string>, { path?: string; person?: string; query?: string }?]>([
    ['signed by a stranger', 'consent-signature', () => altinn2Token({}, { signedBy: 'a stranger' })],
    ['no JWT', 'consent-signature', async () => 'tull'],
    ['empty', 'consent-signature', async () => ''],
    ['still in its quotes', 'consent-signature', async () => `"${await altinn2Token()}"`],
    ['without a receiver', 'consent-claims', () => altinn2Token({ CoveredBy: undefined })],
    ['with dates as text', 'consent-claims', () => altinn2Token({ ValidToDate: '01.03.2027 12:00:00' })],
    ['by the address in the metadata', 'consent-issuer', () => altinn2Token({ iss: 'https://www.altinn.no/' })],
    ['thirty seconds old', 'consent-token-expired', () => altinn2Token({ exp: NOW })],
    ['for another service', 'consent-resource', () => altinn2Token({ Services: '4711_2' })],
    ['for a service whose code begins alike', 'consent-resource', () => altinn2Token({ Services: ['52525_2'] })],
    ['for no edition', 'consent-resource', () => altinn2Token({ Services: services(0) })],
    ['for edition 1 at uføre', 'consent-resource', () => altinn2Token({ Services: services(1) }), { path: UFORE }],
    ['by another person', 'consent-giver', () => altinn2Token(), { person: numberOf('P05') }],
    ['to another organisation', 'consent-receiver', () => altinn2Token({ CoveredBy: INSURER_B })],
    ['that has run out', 'consent-expired', () => altinn2Token({ ValidToDate: NOW - 1 })],
    ['without dates', 'consent-period', () => altinn2Token({ Services: '5252_2' })],
    ['without an end', 'consent-period', () => altinn2Token({ Services: services(2).slice(0, 2) })],
    ['with ISO dates', 'consent-period', () => altinn2Token({ Services: services(2, ['2022-01-01', '2027-12-31']) })],
    [
      'with a date that is none',
      'consent-period',
      () => altinn2Token({ Services: services(2, ['30.02.2022', '31.12.2027']) }),
    ],
    [
      'with lower-case keys, as Altinn 3 has them',
      'consent-period',
      () => altinn2Token({ Services: ['5252_2', '5252_2_fraogmed=01.01.2022', '5252_2_tilogmed=31.12.2027'] }),
    ],
    [
      'with the dates of another edition',
      'consent-period',
      () => altinn2Token({ Services: ['5252_2', ...services(1).slice(1)] }),
    ],
    ['for other dates', 'period-outside', () => altinn2Token(), { query: '?fomDato=2021-12-31' }],
  ])('%s: %s', async (_, reason, consent, how) => {
    expect(reasonOf(await ask(navWorld(), await consent(), how))).toBe(`403 ${reason}`);
  });

  test.each([
    [1, VEDTAK],
    [3, VEDTAK],
    [3, UFORE],
  ])('edition %i is not, at %s', async (edition, path) => {
    const consent = await altinn2Token({ Services: services(edition) });

    expect((await ask(navWorld(), consent, { path })).status).toBe(200);
  });

  test('an old token is not, when the switch is off; a consent that ran out still is', async () => {
    const world = navWorld();
    world.switches.altinn2ExpChecked = false;

    expect((await ask(world, await altinn2Token({ exp: NOW - 3600 }))).status).toBe(200);
    const overdue = await altinn2Token({ exp: NOW - 3600, ValidToDate: NOW - 1 });
    expect(reasonOf(await ask(world, overdue))).toBe('403 consent-expired');
  });

  test('comes after the access token, the person and the dates', async () => {
    const world = navWorld();
    const headers = { 'nav-samtykke-token': 'tull' };
    const bearer = await token({ scope: AAP_SCOPE });

    expect(reasonOf(await call(world.aap, VEDTAK, { headers, person: P04 }))).toBe('401 bearer-missing');
    expect(reasonOf(await call(world.aap, VEDTAK, { headers, bearer }))).toBe('400 person-missing');
    const query = '?fomDato=i%20dag';
    expect(reasonOf(await call(world.aap, VEDTAK, { headers, bearer, person: P04, query }))).toBe('400 date');
  });
});
