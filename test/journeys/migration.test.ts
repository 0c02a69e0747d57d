import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ALTINN3_REQUESTS } from '../../src/altinn/altinn3.ts';
import type { MigratedConsent } from '../../src/sandbox/migrated.ts';
import { MIGRATED } from '../../src/sandbox/migrated-set.ts';
import { ORGANISATIONS } from '../../src/sandbox/world.ts';
import { isOrganisationNumber, NationalId, Secret, SYNTHETIC_NATIONAL_IDS } from '../../src/values.ts';
import { answeringConsentGrants } from '../maskinporten/consent-grants.ts';
import { answer } from '../support/scripted.ts';
import type { World, WorldOptions } from '../support/world.ts';
import { numberOf, ORIGINS, openWorld, REFRESH_CONSENT } from '../support/world.ts';

const FIELDS = ['aapVedtak', 'aapMeldekort', 'uforeopplysninger'] as const;
const NOBODYS = { fom: null, tom: null };

type Wish = Parameters<World['gateway']['openMigration']>[0];
type Held = Parameters<ReturnType<World['gateway']['openMigration']>['migrate']>[0];

function organisation(shortName: 'A' | 'B') {
  const found = ORGANISATIONS.find((each) => each.shortName === shortName)?.organisationNumber ?? '';
  if (!isOrganisationNumber(found)) throw new Error(`no ${shortName}`);
  return found;
}

async function openMigratedWorld(options: WorldOptions = {}): Promise<World> {
  const world = await openWorld(options);
  world.sandbox.plantMigrated(MIGRATED);
  return world;
}

function migrationIn(world: World, wish: Partial<Wish> = {}) {
  const usual = { dataConsumer: organisation('A'), purpose: 'DISABILITY_INSURANCE', returnUrl: null } as const;
  return world.gateway.openMigration({ ...usual, ...wish });
}

/** What insurer A's list says of a person; where Altinn has dates, the list need not. */
function held(person: MigratedConsent, change: Partial<Held> = {}): Held {
  const parsed = NationalId.parse(person.person, SYNTHETIC_NATIONAL_IDS);
  if ('flaw' in parsed) throw new Error(parsed.flaw);
  return {
    person: parsed,
    code: new Secret(person.code, 'code'),
    validTo: new Date(person.validTo),
    periode: NOBODYS,
    ...change,
  };
}

function consentOf(person: Parameters<World['read']>[0], shortName: 'A' | 'B' = 'A'): MigratedConsent {
  const found = MIGRATED.find(
    (each) => each.organisation === organisation(shortName) && each.person === numberOf(person),
  );
  if (found === undefined) throw new Error(`nothing of ${person}`);
  return found;
}

const migrate = (world: World, listed: Held, wish: Partial<Wish> = {}) =>
  migrationIn(world, wish).migrate(listed, randomUUID());

/** Takes all of them over in one migration, and then asks whoever may be asked. @returns what became of each, in their order */
async function migrateAndAsk(world: World, ...list: readonly Held[]) {
  const migration = migrationIn(world, { returnUrl: `${ORIGINS.control}/` });
  const takenOver = await Promise.all(list.map((listed) => migration.migrate(listed, randomUUID())));
  return Promise.all(takenOver.map(({ ask, ...known }) => ask?.(randomUUID()) ?? known));
}

const tokens = (world: World) =>
  world.sandbox.journal.entries('maskinporten').filter(({ consentId }) => consentId !== undefined);
const calls = (world: World) => [
  ...world.sandbox.journal.entries('altinn3'),
  ...world.sandbox.journal.entries('maskinporten'),
];

describe('a consent that was given in Altinn 2', () => {
  it.each(['P10', 'P13'] as const)('and stands is taken over without NAV, and then read under: %s', async (person) => {
    await using world = await openMigratedWorld();
    const result = await migrate(world, held(consentOf(person)));
    expect(result).toEqual({ outcome: 'USABLE', reason: null, consent: expect.any(String) });
    expect(world.navCalls()).toBe(0);
    expect(tokens(world)).toHaveLength(1);

    const seen = await world.read(person);
    expect(seen.errors).toEqual([]);
    for (const field of FIELDS) expect(seen.data.applicant[field]).toMatchObject({ consent: { id: result.consent } });
    const { data } = await world.query(
      'case-handler-a',
      'query ($id: ID!) { consent(id: $id) { rail status purpose periode { fom tom } validTo answeredAt requestedAt pageUrl reference } }',
      { id: result.consent },
    );
    expect(data.consent).toEqual({
      rail: 'ALTINN_3',
      status: 'ACTIVE',
      purpose: 'DISABILITY_INSURANCE',
      periode: { fom: '2022-01-01', tom: '2027-12-31' },
      validTo: '2028-08-31T21:59:59.000Z',
      answeredAt: '2025-09-01T09:30:00.000Z',
      requestedAt: '2025-09-01T09:30:00.000Z',
      pageUrl: null,
      reference: null,
    });
  });

  it.each([
    ['P01', 'WITHDRAWN'],
    ['P08', 'EXPIRED'],
  ] as const)('and has ended is stored as it ended, so that a read says so: %s is %s', async (person, reason) => {
    await using world = await openMigratedWorld();
    const result = await migrate(world, held(consentOf(person)));
    expect(result).toEqual({ outcome: 'ASK_AGAIN', reason, consent: expect.any(String) });
    expect(tokens(world)).toEqual([]);
    const seen = await world.read(person);
    expect(seen.data.applicant.aapVedtak).toMatchObject({ reason, decidedBy: { id: result.consent, status: reason } });
    expect(world.navCalls()).toBe(0);
  });

  it('and that Altinn does not know is unknown, and nothing is stored of it', async () => {
    await using world = await openMigratedWorld();
    expect(await migrate(world, held(consentOf('P07')))).toEqual({
      outcome: 'UNKNOWN',
      reason: 'NOT_FOUND',
      consent: null,
    });
    expect((await world.read('P07')).data.applicant.aapVedtak).toMatchObject({
      reason: 'NEVER_ASKED',
      decidedBy: null,
    });
  });

  it('is not taken over for another person, nor for another insurer than it was given to', async () => {
    await using world = await openMigratedWorld();
    const mismatch = { outcome: 'UNKNOWN', reason: 'MISMATCH', consent: null };
    const other = held(consentOf('P13')).person;
    expect(await migrate(world, held(consentOf('P10'), { person: other }))).toEqual(mismatch);
    expect(await migrate(world, held(consentOf('P10', 'B')))).toEqual(mismatch);
    // Nor once it is stored.
    expect(await migrate(world, held(consentOf('P10')))).toMatchObject({ outcome: 'USABLE' });
    expect(await migrate(world, held(consentOf('P10'), { person: other }))).toEqual(mismatch);
    expect((await world.read('P13')).data.applicant.aapVedtak).toMatchObject({ reason: 'NEVER_ASKED' });
  });

  it('and that a supplier asked for is taken over for the insurer', async () => {
    await using world = await openMigratedWorld();
    const result = await migrate(world, held(consentOf('P10', 'B')), { dataConsumer: organisation('B') });
    expect(result).toMatchObject({ outcome: 'USABLE' });
    const seen = await world.read('P10', { caller: 'case-handler-b', purpose: 'DISABILITY_INSURANCE' });
    expect(seen.data.applicant.aapVedtak).toMatchObject({ consent: { id: result.consent } });
    expect((await world.read('P10')).data.applicant.aapVedtak).toMatchObject({ reason: 'NEVER_ASKED' });
  });

  it('whose dates were lost shows those of the list, and none when the list has none either', async () => {
    await using world = await openMigratedWorld();
    expect(await migrate(world, held(consentOf('P02')))).toEqual({
      outcome: 'ASK_AGAIN',
      reason: 'NO_PERIOD',
      consent: null,
    });
    const { fom, tom } = consentOf('P02');
    const listed = held(consentOf('P02'), { periode: { fom: fom as never, tom: tom as never } });
    const result = await migrate(world, listed);
    expect(result).toMatchObject({ outcome: 'USABLE' });
    // NAV reads the dates in the token, and there are none.
    expect((await world.read('P02')).data.applicant.aapVedtak).toMatchObject({ reason: 'UNUSABLE' });
    expect(await migrate(world, listed)).toMatchObject({ reason: 'UNUSABLE', consent: result.consent });
  });

  it('is taken over once: what is stored is asked of nobody again', async () => {
    await using world = await openMigratedWorld();
    const migration = migrationIn(world);
    const once = await Promise.all([1, 2, 3].map(() => migration.migrate(held(consentOf('P10')), randomUUID())));
    expect(new Set(once.map(({ consent }) => consent)).size).toBe(1);
    expect(tokens(world)).toHaveLength(1);
    const before = calls(world).length;
    expect(await migrate(world, held(consentOf('P10')))).toEqual(once[0]);
    expect(calls(world)).toHaveLength(before);
    const { data } = await world.query('case-handler-a', '{ consents { nodes { id } } }');
    expect(data.consents.nodes).toEqual([{ id: once[0]?.consent }]);
  });

  it('is taken over for one purpose', async () => {
    await using world = await openMigratedWorld();
    const ofB = { dataConsumer: organisation('B') };
    const { consent } = await migrate(world, held(consentOf('P10', 'B')), ofB);
    const other = await migrate(world, held(consentOf('P10', 'B')), { ...ofB, purpose: 'OCCUPATIONAL_PENSION' });
    expect(other).toEqual({ outcome: 'ASK_AGAIN', reason: 'OTHER_PURPOSE', consent });
    const seen = await world.read('P10', { caller: 'case-handler-b', purpose: 'OCCUPATIONAL_PENSION' });
    expect(seen.data.applicant.aapVedtak).toMatchObject({ reason: 'NEVER_ASKED' });
  });

  it('is not judged while Altinn or Maskinporten is down, and is taken over afterwards', async () => {
    await using world = await openMigratedWorld();
    for (const [upstream, code] of [
      ['altinn3', 'ALTINN_UNAVAILABLE'],
      ['maskinporten', 'MASKINPORTEN_UNAVAILABLE'],
    ] as const) {
      world.sandbox.faults.add({ upstream, kind: 'status', status: 503 });
      await expect(migrate(world, held(consentOf('P10')))).rejects.toMatchObject({ code });
      world.sandbox.faults.clear();
    }
    const { data } = await world.query('case-handler-a', '{ consents { nodes { id } } }');
    expect(data.consents.nodes).toEqual([]);
    expect(await migrate(world, held(consentOf('P10')))).toMatchObject({ outcome: 'USABLE' });
  });

  it('that NAV refuses at the first read is unusable from then on, whatever a look-up says', async () => {
    await using world = await openMigratedWorld();
    const { consent } = await migrate(world, held(consentOf('P10')));
    world.sandbox.switches.refusesMigrated = true;
    const seen = await world.read('P10');
    expect(seen.errors).toEqual([]);
    for (const field of FIELDS) {
      expect(seen.data.applicant[field]).toMatchObject({
        reason: 'UNUSABLE',
        message: expect.stringContaining('NAV does not accept it'),
        decidedBy: { id: consent, status: 'UNUSABLE' },
      });
    }
    const first = (await world.audit('a')).map(({ outcome, refusedBecause, errorCode }) => [
      outcome,
      refusedBecause,
      errorCode,
    ]);
    expect(first).toEqual(FIELDS.map(() => [expect.stringMatching(/^(WITHHELD|REFUSED)$/), 'UNUSABLE', null]));

    world.sandbox.switches.refusesMigrated = false;
    const refreshed = await world.query('case-handler-a', REFRESH_CONSENT, { id: consent });
    expect(refreshed.data.refreshConsent.consent).toMatchObject({ status: 'UNUSABLE', endedAt: null });
    const asked = world.navCalls();
    expect((await world.read('P10')).data.applicant.aapVedtak).toMatchObject({ reason: 'UNUSABLE' });
    expect(world.navCalls()).toBe(asked);
    expect(await migrate(world, held(consentOf('P10')))).toEqual({ outcome: 'ASK_AGAIN', reason: 'UNUSABLE', consent });
  });

  it('that NAV has delivered under is not unusable for a refusal of NAV’s', async () => {
    await using world = await openMigratedWorld();
    const { consent } = await migrate(world, held(consentOf('P10')));
    await world.read('P10');
    world.sandbox.switches.refusesMigrated = true;
    const seen = await world.read('P10');
    expect(seen.errors.map(({ extensions }) => extensions['code'])).toEqual(FIELDS.map(() => 'NAV_REFUSED'));
    const refreshed = await world.query('case-handler-a', REFRESH_CONSENT, { id: consent });
    expect(refreshed.data.refreshConsent.consent).toMatchObject({ status: 'ACTIVE' });
  });

  it('and that the person withdraws afterwards is read under no more', async () => {
    await using world = await openMigratedWorld();
    const { consent } = await migrate(world, held(consentOf('P10')));
    expect(world.sandbox.altinn3.register.revoke(consentOf('P10').code, numberOf('P10'))).toHaveProperty('done');
    expect((await world.read('P10')).data.applicant.aapVedtak).toMatchObject({
      reason: 'WITHDRAWN',
      decidedBy: { id: consent },
    });
    expect(world.navCalls()).toBe(0);
  });
});

describe('a person whose consent in Altinn 2 is of no use', () => {
  const PAGE = 'query ($id: ID!) { consent(id: $id) { status pageUrl periode { fom tom } validTo purpose } }';
  const onAltinn3 = () => openMigratedWorld({ rail: 'ALTINN_3' });

  it('is asked anew on the same terms, once, and read about after answering', async () => {
    await using world = await onAltinn3();
    const [result] = await migrateAndAsk(world, held(consentOf('P01')));
    expect(result).toEqual({ outcome: 'ASKED', reason: 'WITHDRAWN', consent: expect.any(String) });
    expect(await migrateAndAsk(world, held(consentOf('P01')))).toEqual([result]);
    expect(world.altinn.creations()).toHaveLength(1);
    const { data } = await world.query('case-handler-a', PAGE, { id: result?.consent });
    expect(data.consent).toEqual({
      status: 'PENDING',
      pageUrl: expect.stringContaining('/consent/request'),
      periode: { fom: '2022-01-01', tom: '2027-12-31' },
      validTo: '2028-08-31T21:59:59.000Z',
      purpose: 'DISABILITY_INSURANCE',
    });

    await world.citizen('P01').answer(data.consent.pageUrl, 'approve');
    expect(await migrateAndAsk(world, held(consentOf('P01')))).toEqual([
      { outcome: 'USABLE', reason: null, consent: result?.consent },
    ]);
    expect((await world.read('P01')).data.applicant.aapVedtak).toMatchObject({ consent: { id: result?.consent } });
  });

  it('is asked for as long as is usual when the old consent has run out', async () => {
    await using world = await onAltinn3();
    const [result] = await migrateAndAsk(world, held(consentOf('P08')));
    const { data } = await world.query('case-handler-a', PAGE, { id: result?.consent });
    expect(data.consent).toMatchObject({ status: 'PENDING', validTo: '2029-11-16T09:00:00.000Z' });
  });

  it('is left alone for a while after saying no', async () => {
    await using world = await onAltinn3();
    const [result] = await migrateAndAsk(world, held(consentOf('P01')));
    const { data } = await world.query('case-handler-a', PAGE, { id: result?.consent });
    await world.citizen('P01').answer(data.consent.pageUrl, 'decline');
    const declined = { outcome: 'ASK_AGAIN', reason: 'DECLINED', consent: result?.consent };
    expect(await migrateAndAsk(world, held(consentOf('P01')))).toEqual([declined]);
    expect(await migrateAndAsk(world, held(consentOf('P01')))).toEqual([declined]);
    expect(world.altinn.creations()).toHaveLength(1);
  });

  it.each([
    ['nobody knows the dates', 'P02', { outcome: 'ASK_AGAIN', reason: 'NO_PERIOD' }],
    ['Altinn does not know the code', 'P07', { outcome: 'UNKNOWN', reason: 'NOT_FOUND' }],
    ['the consent stands', 'P10', { outcome: 'USABLE', reason: null }],
  ] as const)('is not asked when %s', async (_, person, result) => {
    await using world = await onAltinn3();
    expect(await migrateAndAsk(world, held(consentOf(person)))).toMatchObject([result]);
    expect(world.altinn.creations()).toEqual([]);
  });

  it('is not asked for what the insurer itself gave up', async () => {
    await using world = await onAltinn3();
    const { consent } = await migrate(world, held(consentOf('P10')));
    await world.query('case-handler-a', 'mutation ($id: ID!) { relinquishConsent(id: $id) { consent { id } } }', {
      id: consent,
    });
    const result = await migrateAndAsk(world, held(consentOf('P10')));
    expect(result).toEqual([{ outcome: 'ASK_AGAIN', reason: 'RELINQUISHED', consent }]);
    expect(world.altinn.creations()).toEqual([]);
  });

  it('is not asked without a family name where new requests need one', async () => {
    await using world = await openMigratedWorld({ rail: 'ALTINN_2' });
    await expect(migrateAndAsk(world, held(consentOf('P01')))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(world.altinn.creations()).toEqual([]);
  });

  it('is asked where Maskinporten refuses the token of a consent that stands, though nothing is stored of the person', async () => {
    const refused = answer(400, { error: 'invalid_grant', error_uri: 'https://maskinporten.example/errors/MP-303' });
    await using world = await openMigratedWorld({ rail: 'ALTINN_3', transport: answeringConsentGrants(refused) });
    const asked = { outcome: 'ASKED', reason: 'TOKEN_REFUSED', consent: expect.any(String) };
    expect(await migrateAndAsk(world, held(consentOf('P10')))).toEqual([asked]);
    expect(world.altinn.creations()).toHaveLength(1);
  });

  it('is not asked where something before Maskinporten refuses the token', async () => {
    const blocked = answer(403, '<html><h1>Blocked by the web filter</h1></html>', { 'content-type': 'text/html' });
    await using world = await openMigratedWorld({ rail: 'ALTINN_3', transport: answeringConsentGrants(blocked) });
    await expect(migrateAndAsk(world, held(consentOf('P10')))).rejects.toMatchObject({ code: 'MASKINPORTEN_REJECTED' });
    expect(world.altinn.creations()).toEqual([]);
  });
});

describe('a person with two consents in Altinn 2', () => {
  const DEAD = { ...consentOf('P10'), code: 'b2c4a1de-7f30-4e1b-9c55-0d1e8a6f4bd0', validTo: '2026-08-31T21:59:59Z' };
  const OLDER = { ...DEAD, fom: '2018-01-01', tom: '2021-12-31' };

  async function withBoth(dead: MigratedConsent, options: WorldOptions = {}): Promise<World> {
    const world = await openMigratedWorld({ rail: 'ALTINN_3', ...options });
    world.sandbox.plantMigrated([dead]);
    return world;
  }

  it.each([
    ['for the same dates', DEAD],
    ['for other dates', OLDER],
  ])('is not asked for the one that ended while the other stands, %s and in whichever order', async (_, dead) => {
    for (const list of [
      [dead, consentOf('P10')],
      [consentOf('P10'), dead],
    ]) {
      await using world = await withBoth(dead);
      const results = await migrateAndAsk(world, ...list.map((each) => held(each)));
      const [one, other] = results;
      expect(results).toEqual([1, 2].map(() => ({ outcome: 'USABLE', reason: null, consent: expect.any(String) })));
      expect(one?.consent).toBe(other?.consent);
      expect(world.altinn.creations()).toEqual([]);
      expect((await world.read('P10')).data.applicant.aapVedtak).toMatchObject({ consent: { id: one?.consent } });
    }
  });

  it('is told of each what became of it when nobody is to be asked', async () => {
    await using world = await withBoth(DEAD);
    const migration = migrationIn(world);
    expect(await migration.migrate(held(DEAD), randomUUID())).toEqual({
      outcome: 'ASK_AGAIN',
      reason: 'EXPIRED',
      consent: expect.any(String),
    });
    expect(await migration.migrate(held(consentOf('P10')), randomUUID())).toMatchObject({ outcome: 'USABLE' });
  });

  it('is asked once when the other has been withdrawn since it was taken over', async () => {
    await using world = await withBoth(DEAD);
    const { consent } = await migrate(world, held(consentOf('P10')));
    world.sandbox.altinn3.register.revoke(consentOf('P10').code, numberOf('P10'));
    const [dead] = await migrateAndAsk(world, held(DEAD));
    expect(dead).toEqual({ outcome: 'ASKED', reason: 'EXPIRED', consent: expect.any(String) });
    expect((await world.query('case-handler-a', REFRESH_CONSENT, { id: consent })).data).toMatchObject({
      refreshConsent: { consent: { status: 'WITHDRAWN' } },
    });
    expect(await migrateAndAsk(world, held(DEAD), held(consentOf('P10')))).toMatchObject([
      { outcome: 'ASKED', consent: dead?.consent },
      { outcome: 'ASKED', reason: 'WITHDRAWN', consent: dead?.consent },
    ]);
    expect(world.altinn.creations()).toHaveLength(1);
  });

  it('is not asked for the one that ended after saying yes to another request, of which nobody here knows', async () => {
    await using world = await withBoth(OLDER);
    world.sandbox.altinn3.register.revoke(consentOf('P10').code, numberOf('P10'));
    const given = await world.grant('P10');
    expect(await migrateAndAsk(world, held(OLDER))).toEqual([{ outcome: 'USABLE', reason: null, consent: given }]);
    expect(world.altinn.creations()).toHaveLength(1);
  });

  it('is asked for the one that ended where the other was given for another purpose', async () => {
    const ofB = { dataConsumer: organisation('B') };
    const dead = { ...DEAD, organisation: organisation('B') };
    await using world = await withBoth(dead);
    await migrate(world, held(consentOf('P10', 'B')), { ...ofB, purpose: 'OCCUPATIONAL_PENSION' });
    const { ask } = await migrate(world, held(dead), { ...ofB, returnUrl: `${ORIGINS.control}/` });
    expect(await ask?.(randomUUID())).toMatchObject({ outcome: 'ASKED', reason: 'EXPIRED' });
  });

  it('is not asked while nobody can tell what became of the other', async () => {
    await using world = await withBoth(DEAD);
    const path = `${ALTINN3_REQUESTS}/${consentOf('P10').code}`;
    world.sandbox.faults.add({ upstream: 'altinn3', path, kind: 'status', status: 503 });
    const migration = migrationIn(world, { returnUrl: `${ORIGINS.control}/` });
    const dead = await migration.migrate(held(DEAD), randomUUID());
    await expect(migration.migrate(held(consentOf('P10')), randomUUID())).rejects.toMatchObject({
      code: 'ALTINN_UNAVAILABLE',
    });
    expect(await dead.ask?.(randomUUID())).toMatchObject({ outcome: 'ASK_AGAIN', reason: 'EXPIRED' });
    expect(world.altinn.creations()).toEqual([]);
  });
});

describe('a migration', () => {
  it.each<[string, Partial<Wish>, string]>([
    ['for a stranger', { dataConsumer: '310000003' as never }, 'NOT_FOUND'],
    ['without saying which of two purposes', { purpose: null }, 'INVALID_INPUT'],
    ['that sends people where nobody may be sent', { returnUrl: 'https://elsewhere.example/' }, 'INVALID_INPUT'],
  ])('is not opened %s', async (_, wish, code) => {
    await using world = await openWorld();
    expect(() => migrationIn(world, wish)).toThrow(expect.objectContaining({ code }));
    expect(calls(world)).toEqual([]);
  });
});
