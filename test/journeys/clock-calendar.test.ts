import { describe, expect, inject, it } from 'vitest';
import type { CastId } from '../../src/sandbox/world.ts';
import { NationalId, SYNTHETIC_NATIONAL_IDS } from '../../src/values.ts';
import type { HowToRead, World } from '../support/world.ts';
import { consentInput, numberOf, openWorld, REFRESH_CONSENT, REQUEST_CONSENT, sharedWorld } from '../support/world.ts';

const RAIL = inject('rail');
const HOUR = 3_600_000;
const MIDDAY = '2028-02-29T11:00:00Z';

const VEDTAK = `query ($id: NationalId!, $periode: PeriodeInput) {
  applicant(by: { nationalId: $id }) {
    consent { id status }
    aapVedtak(periode: $periode) {
      __typename
      ... on ConsentRequired { reason message allowedPerioder { fom tom } decidedBy { id status } }
      ... on AapVedtaksliste { uttrekksperiode { fom tom } gjeldende { periode { fom tom } } }
    }
  }
}`;

/** Goes to a moment, and some milliseconds beyond it. The keys of all clients have been registered anew there. */
function travel({ clock, sandbox }: World, moment: string, ms = 0): void {
  const there = new Date(Date.parse(moment) + ms);
  clock.set(there);
  for (const client of sandbox.state.maskinporten.clients) client.registeredAt = there.toISOString();
}

async function vedtak(world: World, periode: HowToRead['periode'] = {}, person: CastId = 'P04') {
  const seen = await world.query('case-handler-a', VEDTAK, { id: numberOf(person), periode });
  expect(seen.errors).toEqual([]);
  return { ...seen.data.applicant.aapVedtak, consent: seen.data.applicant.consent };
}

function request(world: World, input: Record<string, unknown>) {
  return world.query('case-handler-a', REQUEST_CONSENT, { input: consentInput('P04', input) });
}

describe('a consent that ends at', () => {
  const shared = sharedWorld();

  it.each([
    ['the eve of summer time', '2027-03-27T23:00:00Z'],
    ['the hour that summer time leaves out', '2027-03-28T01:00:00Z'],
    ['the first midnight of summer time', '2027-03-28T22:00:00Z'],
    ['the eve of winter time', '2027-10-30T22:00:00Z'],
    ['half past two in the night that has it twice, the first time', '2027-10-31T00:30:00Z'],
    ['half past two in that night, the second time', '2027-10-31T01:30:00Z'],
    ['the first midnight of winter time', '2027-10-31T23:00:00Z'],
    ['New Year', '2027-12-31T23:00:00Z'],
    ['the beginning of a leap day', '2028-02-28T23:00:00Z'],
    ['the end of a leap day', '2028-02-29T23:00:00Z'],
  ])('%s opens the read until then and no longer', async (_, validTo) => {
    const world = shared();
    travel(world, validTo, -HOUR);
    const id = await world.grantKnown('P04', { validTo });
    for (const [ms, status] of [
      [-1000, 'ACTIVE'],
      [-1, 'ACTIVE'],
      [0, 'EXPIRED'],
      [1000, 'EXPIRED'],
    ] as const) {
      travel(world, validTo, ms);
      const seen = await vedtak(world);
      expect([ms, seen.consent]).toEqual([ms, { id, status }]);
      expect(seen).toMatchObject(
        status === 'ACTIVE'
          ? { __typename: 'AapVedtaksliste' }
          : { reason: 'EXPIRED', allowedPerioder: [], decidedBy: { id, status } },
      );
      const list = await world.query(
        'case-handler-a',
        'query ($status: [ConsentStatus!]) { consents(filter: { status: $status }) { nodes { id } } }',
        { status: [status] },
      );
      expect(list.data.consents.nodes).toContainEqual({ id });
    }
  });
});

describe('the date that people read', () => {
  const shared = sharedWorld();

  it.each([
    ['2027-03-27T22:59:59Z', '2027-03-27'],
    ['2027-03-27T23:00:00Z', '2027-03-28'],
    ['2027-03-28T21:59:59Z', '2027-03-28'],
    ['2027-03-28T22:00:00Z', '2027-03-29'],
    ['2027-10-30T21:59:59Z', '2027-10-30'],
    ['2027-10-30T22:00:00Z', '2027-10-31'],
    ['2027-10-31T22:59:59Z', '2027-10-31'],
    ['2027-10-31T23:00:00Z', '2027-11-01'],
  ])('is that of Norway: a consent withdrawn at %s was withdrawn on %s', async (moment, date) => {
    const world = shared();
    travel(world, moment, -1000);
    const id = await world.grantKnown('P04');
    travel(world, moment);
    await world.withdraw('P04');
    await world.query('case-handler-a', REFRESH_CONSENT, { id });
    expect((await vedtak(world)).message).toContain(` on ${date}`);
  });

  it('is that of Norway: a span with a right to AAP covers today from its first midnight to its last, in summer and in winter', async () => {
    await using world = await openWorld();
    travel(world, '2022-01-01T09:00:00Z');
    await world.grantKnown('P05');
    for (const [moment, fom] of [
      ['2022-10-16T21:59:59.999Z', undefined],
      ['2022-10-16T22:00:00Z', '2022-10-17'],
      ['2023-05-31T21:59:59.999Z', '2022-10-17'],
      ['2023-05-31T22:00:00Z', undefined],
      ['2024-09-01T22:00:00Z', '2024-09-02'],
      ['2024-12-31T09:00:00Z', '2024-09-02'],
    ] as const) {
      travel(world, moment);
      const seen = await vedtak(world, {}, 'P05');
      expect([moment, seen.__typename, seen.gjeldende?.periode.fom]).toEqual([moment, 'AapVedtaksliste', fom]);
    }
    await world.grantKnown('P05', { periode: { fom: '2022-01-01', tom: '2026-12-31' } });
    for (const [moment, fom] of [
      ['2025-03-02T22:59:59.999Z', '2024-09-02'],
      ['2025-03-02T23:00:00Z', undefined],
    ] as const) {
      travel(world, moment);
      expect([moment, (await vedtak(world, {}, 'P05')).gjeldende?.periode.fom]).toEqual([moment, fom]);
    }
  });
});

describe('on a leap day', () => {
  const shared = sharedWorld();

  it('a consent is asked for three years, which end on the 28th at the same hour and no later', async () => {
    await using world = await openWorld();
    travel(world, MIDDAY);
    const { id, pageUrl } = await world.ask('P04');
    const listed = await world.query('case-handler-a', 'query ($id: ID!) { consent(id: $id) { validTo } }', { id });
    expect(listed.data.consent.validTo).toBe('2031-02-28T11:00:00.000Z');
    await world.visit((await world.citizen('P04').answer(pageUrl, 'approve')) ?? '');
    travel(world, '2031-02-28T11:00:00Z', -1);
    expect((await vedtak(world)).consent).toEqual({ id, status: 'ACTIVE' });
    expect(await vedtak(world)).toMatchObject({ __typename: 'AapVedtaksliste' });
    travel(world, '2031-02-28T11:00:00Z');
    expect(await vedtak(world)).toMatchObject({ reason: 'EXPIRED', decidedBy: { id } });
  });

  it.each([
    ['2028-02-29T11:00:00Z', 'must lie in the future'],
    ['2028-02-29T11:00:00.001Z', undefined],
    ['2031-02-28T11:00:00Z', undefined],
    ['2031-02-28T11:00:00.001Z', 'three years at most'],
    ['2031-03-01T11:00:00Z', 'three years at most'],
  ])('a consent may be asked for until %s, or not: %s', async (validTo, flaw) => {
    const world = shared();
    travel(world, MIDDAY);
    // A request that waits on the same terms would be the answer.
    const periode = { fom: '2022-01-01', tom: validTo.slice(0, 10) };
    const { data, errors } = await request(world, { validTo, periode });
    if (flaw === undefined) expect(data.requestConsent).toMatchObject({ created: true });
    else
      expect(errors).toMatchObject([{ message: expect.stringContaining(flaw), extensions: { code: 'INVALID_INPUT' } }]);
  });

  it('a consent for that day alone opens it and its neighbours not', async () => {
    await using world = await openWorld();
    travel(world, MIDDAY);
    const day = { fom: '2028-02-29', tom: '2028-02-29' };
    const id = await world.grantKnown('P04', { periode: day });
    expect(await vedtak(world)).toMatchObject({ uttrekksperiode: day, consent: { id } });
    expect(await vedtak(world, day)).toMatchObject({ uttrekksperiode: day });
    for (const outside of [
      { fom: '2028-02-28', tom: '2028-02-29' },
      { fom: '2028-02-29', tom: '2028-03-01' },
      { fom: '2028-03-01' },
    ]) {
      expect(await vedtak(world, outside)).toMatchObject({ reason: 'OUTSIDE_PERIOD', allowedPerioder: [day] });
    }
  });

  it.each(['2027-02-29', '2028-02-30', '2100-02-29'])('there is no %s to ask for or to read', async (fom) => {
    const world = shared();
    world.sandbox.journal.clear();
    const asked = await request(world, { periode: { fom, tom: '2100-12-31' } });
    const read = await world.read('P04', { periode: { fom } });
    for (const { errors } of [asked, read]) {
      expect(errors.length).toBeGreaterThan(0);
      expect(errors.every(({ extensions }) => extensions.code === 'INVALID_INPUT')).toBe(true);
    }
    expect([...world.altinn.calls(), ...world.sandbox.journal.entries('maskinporten')]).toEqual([]);
    expect(world.navCalls()).toBe(0);
  });

  it('people are born, and only in leap years', async () => {
    const world = shared();
    const seen = await world.query(
      'case-handler-a',
      'query ($by: [ApplicantKey!]!) { applicants(by: $by) { aapVedtak { ... on ConsentRequired { reason } } } }',
      { by: ['72', '00'].map((year) => ({ nationalId: bornOn(`2982${year}`) })) },
    );
    expect(seen.errors).toEqual([]);
    expect(seen.data.applicants).toEqual([
      { aapVedtak: { reason: 'NEVER_ASKED' } },
      { aapVedtak: { reason: 'NEVER_ASKED' } },
    ]);
    expect(() => bornOn('298273')).toThrow('nobody');
  });
});

describe('a consent that ends today', () => {
  const validTo = '2026-11-16T22:59:59Z';

  it('is usable to its last moment; then what others allow is told, and asking again begins anew', async () => {
    await using world = await openWorld();
    const early = { fom: '2022-01-01', tom: '2024-12-31' };
    const late = { fom: '2023-01-01', tom: '2027-12-31' };
    const today = await world.grantKnown('P04', { periode: early, validTo });
    const longer = await world.grantKnown('P04', { periode: late });
    const day = { fom: '2022-06-01', tom: '2022-06-30' };

    travel(world, validTo, -1);
    expect(await vedtak(world, day)).toMatchObject({ __typename: 'AapVedtaksliste' });
    expect(await vedtak(world, { fom: '2021-01-01' })).toMatchObject({
      reason: 'OUTSIDE_PERIOD',
      allowedPerioder: [early, late],
    });
    const again = await request(world, { periode: early, validTo });
    expect(again.data.requestConsent).toMatchObject({ created: false, consent: { id: today } });

    travel(world, validTo);
    expect(await vedtak(world, day)).toMatchObject({
      reason: 'OUTSIDE_PERIOD',
      allowedPerioder: [late],
      decidedBy: { id: longer },
    });
    const { data } = await request(world, { periode: early });
    const { id, status, pageUrl } = data.requestConsent.consent;
    expect([data.requestConsent.created, status]).toEqual([true, 'PENDING']);
    expect(world.altinn.askedOf('P04')).toHaveLength(3);
    expect(new Set(world.altinn.askedOf('P04').map((asked) => asked.id)).size).toBe(3);
    expect(await vedtak(world, day)).toMatchObject({ reason: 'PENDING', decidedBy: { id } });
    await world.visit((await world.citizen('P04').answer(pageUrl, 'approve')) ?? '');
    expect(await vedtak(world, day)).toMatchObject({ __typename: 'AapVedtaksliste' });
    expect(id).not.toBe(today);
  });

  it('in the middle of a second opens nothing in the part of it where the rails differ, or opens it, and never fails', async () => {
    await using world = await openWorld();
    const id = await world.grantKnown('P04', { validTo: '2026-11-16T22:59:59.999Z' });
    travel(world, '2026-11-16T22:59:58.999Z');
    expect((await vedtak(world)).consent).toEqual({ id, status: 'ACTIVE' });
    travel(world, '2026-11-16T22:59:59.998Z');
    const last = await vedtak(world);
    expect([last.__typename, last.reason]).toEqual(
      RAIL === 'ALTINN_3' ? ['AapVedtaksliste', undefined] : ['ConsentRequired', 'EXPIRED'],
    );
    travel(world, '2026-11-16T22:59:59.999Z');
    expect(await vedtak(world)).toMatchObject({ reason: 'EXPIRED', decidedBy: { id } });
  });

  it('and was never answered can be answered no more, and stands in no new request’s way', async () => {
    await using world = await openWorld();
    const { id, pageUrl } = await world.ask('P04', { validTo });
    travel(world, validTo, -1);
    expect(await vedtak(world)).toMatchObject({ reason: 'PENDING', decidedBy: { id } });
    travel(world, validTo);
    expect(await vedtak(world)).toMatchObject({ reason: 'EXPIRED', decidedBy: { id, status: 'EXPIRED' } });
    await world
      .citizen('P04')
      .answer(pageUrl, 'approve')
      .catch(() => undefined);
    expect(await vedtak(world)).toMatchObject({ reason: 'EXPIRED', decidedBy: { id } });
    const { data } = await request(world, {});
    expect(data.requestConsent).toMatchObject({ created: true, consent: { status: 'PENDING' } });
    expect(data.requestConsent.consent.id).not.toBe(id);
    expect(world.navCalls()).toBe(0);
  });
});

/** A sound synthetic number that begins with these six digits. */
function bornOn(birth: string): string {
  for (let serial = 0; serial < 100_000; serial += 1) {
    const digits = `${birth}${String(serial).padStart(5, '0')}`;
    if (NationalId.parse(digits, SYNTHETIC_NATIONAL_IDS) instanceof NationalId) return digits;
  }
  throw new Error('nobody was born then');
}
