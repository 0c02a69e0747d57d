import { describe, expect, test } from 'vitest';
import { createInnsyn } from '../../src/sandbox/innsyn.ts';
import type { Disclosure } from '../../src/sandbox/sporingslogg.ts';
import {
  AAP_SCOPE,
  call,
  consentDetail,
  INSURER_A,
  MELDEKORT,
  navWorld,
  numberOf,
  token,
  VEDTAK,
} from './support/nav-world.ts';

const YEARS = ['2024-01-01', '2026-12-31'] as const;

const disclosure: Disclosure = {
  person: numberOf('P04'),
  mottaker: INSURER_A,
  tema: 'UFO',
  behandlingsGrunnlag: 'Samtykke gitt i Altinn',
  leverteData: { status: 'UNDER_BEHANDLING' },
  samtykkeToken: 'token',
  dataForespoersel: 'GET /dsop-ufo/uforeopplysninger?fomDato=2024-01-01&tomDato=2026-12-31',
  leverandoer: null,
};

describe('the sporingslogg', () => {
  test('records an answered call with what was delivered, to whom and under which token', async () => {
    const { aap, sporingslogg } = navWorld();
    const supplier = { authority: 'iso6523-actorid-upis', ID: '0192:310990183' };
    const bearer = await token({ scope: AAP_SCOPE, supplier, details: [consentDetail('P04', ...YEARS)] });
    const response = await call(aap, VEDTAK, { bearer, person: numberOf('P04'), query: '?fomDato=2026-01-01' });

    const [trace, ...others] = sporingslogg.records();
    expect(others).toEqual([]);
    expect(trace).toEqual({
      person: numberOf('P04'),
      mottaker: INSURER_A,
      tema: 'AAP',
      behandlingsGrunnlag: 'Samtykke gitt i Altinn',
      uthentingsTidspunkt: '2026-11-16T10:00:00.000',
      leverteData: Buffer.from(response.body).toString('base64'),
      samtykkeToken: bearer,
      dataForespoersel: `GET ${VEDTAK}?fomDato=2026-01-01&tomDato=2026-12-31`,
      leverandoer: '310990183',
    });
  });

  test('takes no token longer than its field, and then nothing is delivered', async () => {
    const { aap, sporingslogg } = navWorld();
    const bearer = await token({ details: [consentDetail('P04', ...YEARS)], padding: 'x'.repeat(3000) });
    const response = await call(aap, VEDTAK, { bearer, person: numberOf('P04') });

    expect(bearer.length).toBeGreaterThan(3995);
    expect(response.status).toBe(503);
    expect(response.body).not.toContain('vedtaksliste');
    expect(sporingslogg.records()).toEqual([]);
  });

  test('shows a person only their own records, newest first, and only those with a consent', () => {
    const { sporingslogg, clock } = navWorld();
    sporingslogg.record(disclosure);
    clock.set(new Date('2026-11-17T09:00:00Z'));
    sporingslogg.record({ ...disclosure, tema: 'AAP' });
    sporingslogg.record({ ...disclosure, samtykkeToken: null });
    sporingslogg.record({ ...disclosure, person: numberOf('P05') });

    expect(sporingslogg.records()).toHaveLength(4);
    expect(sporingslogg.shownTo(numberOf('P04')).map(({ tema }) => tema)).toEqual(['AAP', 'UFO']);
  });

  test('forgets the oldest beyond one thousand', () => {
    const { sporingslogg } = navWorld();
    for (let at = 0; at <= 1000; at += 1) sporingslogg.record({ ...disclosure, leverteData: at });

    expect(sporingslogg.records()).toHaveLength(1000);
    expect(sporingslogg.records()[0]?.leverteData).toBe(Buffer.from('1').toString('base64'));
  });
});

describe('the page of who has looked', () => {
  const page = async (query: string, world = navWorld()) =>
    call(createInnsyn(world.sporingslogg), '/innsyn', { query });

  test('lets one choose who to be', async () => {
    const { status, body } = await page('');

    expect(status).toBe(200);
    expect(body).toContain('<a href="/innsyn?person=P13">Munter Linerle</a>');
  });

  test('lists who was given what and when', async () => {
    const world = navWorld();
    world.sporingslogg.record({ ...disclosure, leverandoer: '310990183' });
    const { body } = await page('?person=P04', world);

    expect(body).toContain('Standhaftig Orrhøne');
    expect(body).toContain('Fjordlund Forsikring (210483713), hentet av Brobygger Systemer (310990183)');
    expect(body).toContain('Uføretrygd (uføreopplysninger), 1. januar 2024 til 31. desember 2026');
    expect(body).toContain('16. november 2026 kl. 10:00:00');
  });

  test.each([
    [
      'nn',
      'UFO',
      '/dsop-ufo/uforeopplysninger',
      'Uføretrygd (uføreopplysningar)',
      '<dd lang="nn">Samtykke gitt i Altinn',
    ],
    [
      'en',
      'UFO',
      '/dsop-ufo/uforeopplysninger',
      'Disability benefit (disability information)',
      '<dd lang="en">Consent given',
    ],
    ['en', 'AAP', VEDTAK, 'Work assessment allowance (decisions)', '<dd lang="en">Consent given in Altinn</dd>'],
    ['en', 'AAP', MELDEKORT, 'Work assessment allowance (employment status forms)', '<dd lang="en">Consent given'],
    [
      'en',
      'AAP',
      '/nytt',
      '<dd>Work assessment allowance, 1 January 2024',
      '<dd lang="en">Consent given in Altinn</dd>',
    ],
  ] as const)(
    'holds, in %s, no Norwegian of NAV’s that is not marked as such: %s of %s',
    async (lang, tema, path, what, basis) => {
      const world = navWorld();
      const dataForespoersel = `GET ${path}?fomDato=2024-01-01&tomDato=2026-12-31`;
      world.sporingslogg.record({ ...disclosure, tema, dataForespoersel });
      const known = await page(`?person=P04&lang=${lang}`, world);
      for (const text of [what, basis]) expect(known.body).toContain(text);
      world.sporingslogg.record({ ...disclosure, behandlingsGrunnlag: 'Hjemmel i lov' });
      expect((await page(`?person=P04&lang=${lang}`, world)).body).toContain('<dd lang="nb">Hjemmel i lov</dd>');
    },
  );

  test('names an organisation it does not know by number', async () => {
    const world = navWorld();
    world.sporingslogg.record({ ...disclosure, mottaker: '311002007' });

    expect((await page('?person=P04', world)).body).toContain('<h2>311002007</h2>');
  });

  test('says so when nobody has looked', async () => {
    expect((await page('?person=P01')).body).toContain('Ingen har hentet opplysninger om deg.');
  });

  test('holds no number, no token, no script and nothing from elsewhere', async () => {
    const world = navWorld();
    world.sporingslogg.record(disclosure);
    const { body, headers } = await page('?person=P04', world);

    expect(body).not.toContain(numberOf('P04'));
    expect(body).not.toMatch(/<script|https?:|eyJ/);
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'/);
  });

  test('is 404 for somebody outside the cast, and elsewhere', async () => {
    const innsyn = createInnsyn(navWorld().sporingslogg);

    expect((await page('?person=%3Cb%3E')).status).toBe(404);
    expect((await call(innsyn, '/', {})).status).toBe(404);
    expect((await call(innsyn, '/innsyn', { method: 'POST' })).status).toBe(405);
  });
});
