import { describe, expect, test } from 'vitest';
import type { CastId } from '../../src/sandbox/world.ts';
import type { NavWorld } from './support/nav-world.ts';
import {
  AAP_SCOPE,
  call,
  consentDetail,
  navWorld,
  numberOf,
  reasonOf,
  token,
  UFORE,
  UFORE_SCOPE,
} from './support/nav-world.ts';

async function read(
  world: NavWorld,
  person: CastId,
  query = '',
  years: readonly [string, string] = ['2022-01-01', '2027-12-31'],
) {
  const bearer = await token({ scope: UFORE_SCOPE, details: [consentDetail(person, ...years)] });
  return call(world.uforeopplysninger, UFORE, { bearer, person: numberOf(person), query });
}

const fomsOf = (body: string) =>
  (JSON.parse(body) as { beregningsperioder: { fom: string }[] }).beregningsperioder.map(({ fom }) => fom);

describe('an uføre answer', () => {
  test('holds status, first effective date and the rows that overlap, whole', async () => {
    const response = await read(navWorld(), 'P06', '?fomDato=2022-06-01&tomDato=2023-05-31');

    expect(JSON.parse(response.body)).toEqual({
      status: 'LOPENDE',
      forsteVirkningstidspunkt: '2021-05-01',
      beregningsperioder: [
        {
          fom: '2021-05-01',
          tom: '2022-12-31',
          uforetidspunkt: '2016-09-01',
          uforegrad: 60,
          ifu: 512300,
          inntektBruktIAvkortingen: 0,
          ferdiglignetInntekt: false,
          klagebehandles: false,
        },
        {
          fom: '2023-01-01',
          tom: '2023-12-31',
          uforetidspunkt: '2016-09-01',
          uforegrad: 60,
          ifu: 512300,
          inntektBruktIAvkortingen: 198400,
          ferdiglignetInntekt: true,
          klagebehandles: false,
        },
      ],
    });
  });

  test('keeps a running row open', async () => {
    const { body } = await read(navWorld(), 'P09');

    expect(JSON.parse(body)).toMatchObject({
      status: 'EKSPORT',
      beregningsperioder: [{ fom: '2015-01-01', tom: null }],
    });
  });

  test('says IKKE_SOKT of somebody the pension system does not know', async () => {
    const stranger = '13428238030';
    const from = `urn:altinn:person:identifier-no:${stranger}`;
    const bearer = await token({
      scope: UFORE_SCOPE,
      details: [consentDetail('P01', '2022-01-01', '2027-12-31', { from })],
    });
    const { status, body } = await call(navWorld().uforeopplysninger, UFORE, { bearer, person: stranger });

    expect({ status, ...JSON.parse(body) }).toEqual({
      status: 'IKKE_SOKT',
      forsteVirkningstidspunkt: null,
      beregningsperioder: [],
    });
  });

  test('cuts rows to the consent when uforeCut is on', async () => {
    const world = navWorld();
    world.switches.uforeCut = true;
    const { body } = await read(world, 'P06', '', ['2022-01-01', '2024-06-30']);

    expect(JSON.parse(body).beregningsperioder).toMatchObject([
      { fom: '2022-01-01', tom: '2022-12-31' },
      { fom: '2023-01-01', tom: '2023-12-31' },
      { fom: '2024-01-01', tom: '2024-06-30' },
    ]);
  });

  test('holds every row, whatever was asked for, when unfilteredRows is on', async () => {
    const world = navWorld();
    expect(fomsOf((await read(world, 'P06', '?fomDato=2026-01-01')).body)).toEqual(['2024-01-01']);

    world.switches.unfilteredRows = true;
    expect(fomsOf((await read(world, 'P06', '?fomDato=2026-01-01')).body)).toEqual([
      '2021-05-01',
      '2023-01-01',
      '2024-01-01',
    ]);
  });
});

describe('a refused uføre call', () => {
  test('has a problem body as its pension siblings have', async () => {
    const response = await read(navWorld(), 'P06', '?fomDato=2000-01-01');

    expect(reasonOf(response)).toBe('403 period-outside');
    expect(response.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(response.body)).toEqual({
      type: 'about:blank',
      title: 'Forbidden',
      status: 403,
      detail: 'Perioden er utenfor samtykkets periode',
      instance: UFORE,
    });
  });

  test('has no body when emptyUforeErrorBody is on', async () => {
    const world = navWorld();
    world.switches.emptyUforeErrorBody = true;
    const response = await read(world, 'P06', '?fomDato=2000-01-01');

    expect(reasonOf(response)).toBe('403 period-outside');
    expect(response.body).toBe('');
  });

  test('gets 403 with the scope of AAP', async () => {
    const bearer = await token({ scope: AAP_SCOPE, details: [consentDetail('P06', '2022-01-01', '2027-12-31')] });
    const response = await call(navWorld().uforeopplysninger, UFORE, { bearer, person: numberOf('P06') });

    expect(reasonOf(response)).toBe('403 scope');
  });

  test('gets 400 when the person number comes in the header of AAP', async () => {
    const bearer = await token({ scope: UFORE_SCOPE, details: [consentDetail('P06', '2022-01-01', '2027-12-31')] });
    const headers = { 'nav-personident': numberOf('P06') };

    expect(reasonOf(await call(navWorld().uforeopplysninger, UFORE, { bearer, headers }))).toBe('400 person-missing');
  });
});
