import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { CastId } from '../../src/sandbox/world.ts';
import type { Transport } from '../../src/upstream.ts';
import type { World, WorldOptions } from '../support/world.ts';
import {
  consentInput,
  familyNameOf,
  numberOf,
  ORIGINS,
  openWorld,
  READ,
  REFRESH_CONSENT,
  REQUEST_CONSENT,
  sharedWorld,
} from '../support/world.ts';

const FIELDS = ['aapVedtak', 'aapMeldekort', 'uforeopplysninger'] as const;
const CONSENT = 'query ($id: ID!) { consent(id: $id) { status rail answeredAt endedAt covers } }';
const RELINQUISH = 'mutation ($id: ID!) { relinquishConsent(id: $id) { consent { status } } }';

const openAltinn2World = (options: WorldOptions = {}) => openWorld({ rail: 'ALTINN_2', ...options });

const altinn2 = (world: World) =>
  world.sandbox.journal.entries('altinn2').map(({ method, path }) => ({ method, path }));
const exchanges = (world: World) =>
  altinn2(world).filter(({ method, path }) => method === 'GET' && path.startsWith('/api/authorization/token/'));
const creates = (world: World) =>
  altinn2(world).filter(({ method, path }) => method === 'POST' && path === '/api/consentRequests');
const held = (world: World, person: CastId) => world.sandbox.altinn2.register.askedOf(numberOf(person));
const usesOf = (world: World, person: CastId) => held(world, person).flatMap(({ uses }) => uses);
/** Altinn has read the zone of the end in another way. */
const endAtAltinn = (world: World, person: CastId, validTo: string) => {
  for (const consent of held(world, person)) consent.validTo = validTo;
};
const giveUp = (world: World, id: string) => world.query('case-handler-a', RELINQUISH, { id });
const statusOf = async (world: World, id: string) =>
  (await world.query('case-handler-a', CONSENT, { id })).data.consent;

/** Waits for what nobody waits for: the uses that are logged after the answer. */
const usesLogged = (world: World, person: CastId, uses: number) =>
  vi.waitFor(() => expect(usesOf(world, person)).toHaveLength(uses), 30_000);

/** A world in which the first reads of uføreopplysninger arrive when the consent’s token, and it alone, has run out. */
async function openLateWorld(late: number, meanwhile: () => void = () => undefined): Promise<World> {
  let arrived = 0;
  let opened: World | undefined;
  const slow =
    (doubles: Transport): Transport =>
    (request) => {
      if (opened !== undefined && request.url.startsWith(ORIGINS.uforeopplysninger) && arrived < late) {
        arrived += 1;
        opened.clock.set(new Date(opened.clock.now().getTime() + 31_000));
        meanwhile();
      }
      return doubles(request);
    };
  opened = await openAltinn2World({ transport: slow });
  return opened;
}

const readUfore = (world: World) =>
  world.query('case-handler-a', READ.replaceAll(/ aap\w+\(.*/g, ''), { id: numberOf('P04') });
const ufore = (world: World) => world.sandbox.journal.entries('uforeopplysninger').map(({ status }) => status);

describe('a consent on Altinn 2', () => {
  it('is asked for, given and read under, and each delivery is told to Altinn', async () => {
    await using world = await openAltinn2World();
    const { id, pageUrl } = await world.ask('P04', { message: { nb: 'Vi trenger opplysningene.' } });
    expect(pageUrl).toBe(`${ORIGINS.altinn2}/ui/AccessConsent/request?id=${held(world, 'P04')[0]?.code}`);
    const back = (await world.citizen('P04').answer(pageUrl, 'approve')) ?? '';
    expect(new URL(back).searchParams.get('Status')).toBe('OK');
    expect(await world.visit(back)).toMatchObject({ status: 303, location: `${ORIGINS.control}/?consent=${id}` });
    expect(await statusOf(world, id)).toEqual({
      status: 'ACTIVE',
      rail: 'ALTINN_2',
      answeredAt: '2026-11-16T09:00:00.000Z',
      endedAt: null,
      covers: ['AAP_VEDTAK', 'AAP_MELDEKORT', 'UFOREOPPLYSNINGER'],
    });
    const seen = await world.read('P04');
    expect(seen.errors).toEqual([]);
    for (const field of FIELDS) expect(seen.data.applicant[field].consent).toEqual({ id });
    await usesLogged(world, 'P04', 3);
  });

  it('that the person declines is declined, whatever the address says they come back with', async () => {
    await using world = await openAltinn2World();
    const { id, pageUrl } = await world.ask('P04');
    const back = (await world.citizen('P04').answer(pageUrl, 'decline')) ?? '';
    expect(new URL(back).searchParams.get('FailedAuthorizationCode')).toBe(held(world, 'P04')[0]?.code);
    await world.visit(`${back.split('?')[0]}?Status=OK&AuthorizationCode=${held(world, 'P04')[0]?.code}`);
    expect(await statusOf(world, id)).toMatchObject({ status: 'DECLINED', endedAt: '2026-11-16T09:00:00.000Z' });
    expect((await world.read('P04')).data.applicant.aapVedtak.reason).toBe('DECLINED');
    expect(world.navCalls()).toBe(0);
  });

  it('whose code is refused while nothing shows that the ApiKey works is left as it is', async () => {
    await using world = await openAltinn2World();
    const id = await world.grantKnown('P04');
    await world.citizen('P04').withdrawAll();
    const seen = await world.read('P04');
    expect(seen.errors.map(({ extensions }) => extensions.code)).toEqual(FIELDS.map(() => 'ALTINN_REJECTED'));
    expect(await statusOf(world, id)).toMatchObject({ status: 'ACTIVE' });
    expect(world.navCalls()).toBe(0);
  });

  it('is never marked by an ApiKey of another organisation, however many others it had seen', async () => {
    await using before = await openAltinn2World();
    const ids = [await before.grantKnown('P04'), await before.grantKnown('P05')];
    await before.read('P05');
    await using world = await openAltinn2World({
      directory: before.directory,
      state: before.sandbox.snapshot(),
      config: (config) => {
        const [a, b] = config.dataConsumers;
        if (a === undefined || b === undefined) throw new Error('two insurers');
        return { ...config, dataConsumers: [{ ...a, altinn2: b.altinn2 }, b] };
      },
    });
    for (const person of ['P04', 'P05'] as const) {
      const seen = await world.read(person);
      expect(seen.errors.map(({ extensions }) => extensions.code)).toEqual(FIELDS.map(() => 'ALTINN_REJECTED'));
    }
    for (const id of ids) {
      const refreshed = await world.query('case-handler-a', REFRESH_CONSENT, { id });
      expect(refreshed.errors.map(({ extensions }) => extensions.code)).toEqual(['ALTINN_REJECTED']);
      expect(await statusOf(world, id)).toMatchObject({ status: 'ACTIVE' });
    }
    expect(world.navCalls()).toBe(0);
  });

  it('runs out by our own clock, and nobody is asked', async () => {
    await using world = await openAltinn2World();
    const id = await world.grantKnown('P04', { validTo: '2026-12-01T00:00:00Z' });
    world.clock.set(new Date('2026-12-01T00:00:00Z'));
    world.sandbox.journal.clear();
    expect((await world.read('P04')).data.applicant.aapVedtak.reason).toBe('EXPIRED');
    expect(await statusOf(world, id)).toMatchObject({ status: 'EXPIRED' });
    expect(altinn2(world)).toEqual([]);
  });

  it.each([
    ['a read', (world: World) => world.read('P04')],
    ['a look-up', (world: World, id: string) => world.query('case-handler-a', REFRESH_CONSENT, { id })],
  ])(
    'that Altinn ends an hour before we do, as %s has shown, runs out then, and nobody is said to have withdrawn it',
    async (_, show) => {
      await using world = await openAltinn2World();
      const id = await world.grantKnown('P04', { validTo: '2026-11-16T12:00:00Z' });
      endAtAltinn(world, 'P04', '2026-11-16T11:00:00.000Z');
      expect((await show(world, id)).errors).toEqual([]);
      world.clock.set(new Date('2026-11-16T11:30:00Z'));
      await world.proveKey();
      world.sandbox.journal.clear();
      const { errors, data } = await world.read('P04');
      expect(errors).toEqual([]);
      expect(data.applicant.aapVedtak).toMatchObject({ reason: 'EXPIRED', decidedBy: { id, status: 'EXPIRED' } });
      expect(altinn2(world)).toEqual([]);
      expect(await statusOf(world, id)).toMatchObject({ status: 'EXPIRED', endedAt: '2026-11-16T11:00:00.000Z' });
    },
  );

  it('that Altinn ends an hour after we do runs out by our own end', async () => {
    await using world = await openAltinn2World();
    const id = await world.grantKnown('P04', { validTo: '2026-11-16T12:00:00Z' });
    endAtAltinn(world, 'P04', '2026-11-16T13:00:00.000Z');
    expect((await world.read('P04')).errors).toEqual([]);
    world.clock.set(new Date('2026-11-16T12:00:00Z'));
    expect((await world.read('P04')).data.applicant.aapVedtak.reason).toBe('EXPIRED');
    expect(await statusOf(world, id)).toMatchObject({ status: 'EXPIRED', endedAt: '2026-11-16T12:00:00.000Z' });
  });

  it.each([
    ['known', undefined],
    ['whose answer was lost', { kind: 'reset' } as const],
  ])('that waits for its answer (%s) is taken back at Altinn when the insurer gives it up', async (_, fault) => {
    await using world = await openAltinn2World();
    if (fault !== undefined)
      world.sandbox.faults.add({ upstream: 'altinn2', method: 'POST', afterEffect: true, times: 1, ...fault });
    const input = consentInput('P04');
    await world.query('case-handler-a', REQUEST_CONSENT, { input });
    expect(held(world, 'P04')).toHaveLength(1);
    const known = await world.query('case-handler-a', '{ consents(first: 1) { nodes { id } } }');
    const given = await giveUp(world, known.data.consents.nodes[0].id);
    expect(given.data.relinquishConsent.consent.status).toBe('RELINQUISHED');
    expect(held(world, 'P04')).toEqual([]);
  });

  it('whose token expired on the way to NAV is read under with a new one, and both calls are counted', async () => {
    await using world = await openLateWorld(1);
    const id = await world.grantKnown('P04');
    world.sandbox.journal.clear();
    const { errors, data } = await readUfore(world);
    expect(errors).toEqual([]);
    expect(data.applicant.uforeopplysninger).toMatchObject({ __typename: 'Uforeopplysninger', consent: { id } });
    expect(ufore(world)).toEqual([403, 200]);
    expect(await world.audit('a')).toMatchObject([{ outcome: 'DELIVERED', attempts: 2 }]);
  });

  it('whose tokens all expire on the way to NAV is no withdrawal: a fault after the second, and the consent stands', async () => {
    await using world = await openLateWorld(Number.POSITIVE_INFINITY);
    const id = await world.grantKnown('P04');
    await world.proveKey();
    world.sandbox.journal.clear();
    const { errors } = await readUfore(world);
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['NAV_REFUSED']);
    expect(ufore(world)).toEqual([403, 403]);
    expect(await world.audit('a')).toMatchObject([{ outcome: 'FAILED', errorCode: 'NAV_REFUSED', attempts: 2 }]);
    expect(await statusOf(world, id)).toMatchObject({ status: 'ACTIVE' });
  });

  it('that is withdrawn while its token expires on the way to NAV is found out by asking for a new one', async () => {
    const withdrawn: { by?: () => void } = {};
    await using world = await openLateWorld(1, () => withdrawn.by?.());
    await world.grantKnown('P04');
    await world.proveKey();
    withdrawn.by = () => expect(world.altinn.revoke(held(world, 'P04')[0]?.code ?? '', 'P04')).toBe(true);
    const { errors, data } = await readUfore(world);
    expect(errors).toEqual([]);
    expect(data.applicant.uforeopplysninger).toMatchObject({ __typename: 'ConsentRequired', reason: 'WITHDRAWN' });
    expect(ufore(world)).toEqual([403]);
    expect(await world.audit('a')).toMatchObject([{ outcome: 'WITHHELD', refusedBecause: 'WITHDRAWN', attempts: 1 }]);
  });

  it('that the insurer gives up is given up at Altinn too, where the person has nothing left to withdraw', async () => {
    await using world = await openAltinn2World();
    const id = await world.grantKnown('P04');
    const path = `/api/authorization/token/${held(world, 'P04')[0]?.code}`;
    world.sandbox.journal.clear();
    expect((await giveUp(world, id)).errors).toEqual([]);
    expect(altinn2(world)).toEqual([{ method: 'DELETE', path }]);
    expect(await world.citizen('P04').withdrawAll()).toBe(0);
    expect((await world.query('case-handler-a', REFRESH_CONSENT, { id })).errors).toEqual([]);
    expect(await statusOf(world, id)).toMatchObject({ status: 'RELINQUISHED' });
  });

  it('stays given up though Altinn cannot be told, and is told when it is given up again', async () => {
    await using world = await openAltinn2World();
    const id = await world.grantKnown('P04');
    world.sandbox.faults.add({ upstream: 'altinn2', method: 'DELETE', kind: 'status', status: 503 });
    const failed = await giveUp(world, id);
    expect(failed.errors).toMatchObject([{ extensions: { code: 'ALTINN_UNAVAILABLE', retry: 'later' } }]);
    expect(await statusOf(world, id)).toMatchObject({ status: 'RELINQUISHED' });
    expect((await world.read('P04')).data.applicant.aapVedtak.reason).toBe('RELINQUISHED');
    expect(held(world, 'P04')[0]?.ended).toBeNull();
    world.sandbox.faults.clear();
    expect((await giveUp(world, id)).errors).toEqual([]);
    expect(held(world, 'P04')[0]?.ended).toMatchObject({ how: 'relinquished' });
  });

  it('that the person has withdrawn, which nobody could tell, is given up though Altinn refuses, and may be asked for anew', async () => {
    await using world = await openAltinn2World();
    const id = await world.grantKnown('P04');
    await world.citizen('P04').withdrawAll();
    expect((await giveUp(world, id)).data.relinquishConsent.consent.status).toBe('RELINQUISHED');
    expect(await world.ask('P04')).toMatchObject({ status: 'PENDING' });
  });

  it('serves beside one on Altinn 3, which is preferred, and serves alone once that one is withdrawn', async () => {
    await using before = await openAltinn2World();
    const older = await before.grantKnown('P04');
    await using world = await openWorld({ directory: before.directory, state: before.sandbox.snapshot() });
    expect((await world.read('P04')).data.applicant.aapVedtak.consent).toEqual({ id: older });
    const newer = await world.grantKnown('P04', {
      validTo: '2026-12-24T00:00:00Z',
      periode: { fom: '2022-01-01', tom: '2026-12-31' },
    });
    expect((await world.read('P04')).data.applicant.aapVedtak.consent).toEqual({ id: newer });
    await world.citizen('P04').withdrawAll();
    expect((await world.read('P04')).data.applicant.aapVedtak.consent).toEqual({ id: older });
  });
});

describe('a create on Altinn 2 whose answer is lost', () => {
  it.each(['reset', 'truncated'] as const)(
    '(%s) is found again by asking again, and nobody is asked twice',
    async (kind) => {
      await using world = await openAltinn2World();
      world.sandbox.faults.add({
        upstream: 'altinn2',
        method: 'POST',
        path: '/api/consentRequests',
        kind,
        afterEffect: true,
        times: 1,
      });
      const input = consentInput('P04');
      const lost = await world.query('case-handler-a', REQUEST_CONSENT, { input });
      expect(lost.errors.map(({ extensions }) => extensions.code)).toEqual(['ALTINN_UNAVAILABLE']);
      const again = await world.query('case-handler-a', REQUEST_CONSENT, { input });
      expect(again.data.requestConsent).toMatchObject({ created: false, consent: { status: 'PENDING' } });
      expect(creates(world)).toHaveLength(1);
      await world.citizen('P04').answer(again.data.requestConsent.consent.pageUrl, 'approve');
      expect((await world.read('P04')).data.applicant.aapVedtak.__typename).toBe('AapVedtaksliste');
    },
  );

  it('is found by a read too, when the person was never shown the page and answered in the portal', async () => {
    await using world = await openAltinn2World();
    world.sandbox.faults.add({ upstream: 'altinn2', method: 'POST', kind: 'reset', afterEffect: true, times: 1 });
    const input = consentInput('P04', { portalViewMode: 'SHOW' });
    await world.query('case-handler-a', REQUEST_CONSENT, { input });
    world.sandbox.altinn2.register.answer(held(world, 'P04')[0]?.code ?? '', numberOf('P04'), 'Accepted');
    expect((await world.read('P04')).data.applicant.aapVedtak.__typename).toBe('AapVedtaksliste');
    expect(exchanges(world)).toHaveLength(1);
  });
});

describe('the family name on Altinn 2', () => {
  const shared = sharedWorld(async () => undefined, { rail: 'ALTINN_2' });

  it.each([
    ['left out', { familyName: undefined }],
    ['null', { familyName: null }],
    ['blank', { familyName: '  ' }],
    ['too long', { familyName: 'a'.repeat(101) }],
    ['what looks like a national id', { familyName: '30817412345' }],
  ])('%s is refused by its field, before anything is stored or sent', async (_, input) => {
    const world = shared();
    const seen = await world.query('case-handler-a', REQUEST_CONSENT, { input: consentInput('P04', input) });
    expect(seen.errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT', field: 'input.familyName' } }]);
    expect(altinn2(world)).toEqual([]);
    const known = await world.query('case-handler-a', '{ consents(first: 10) { nodes { id } } }');
    expect(known.data.consents.nodes).toEqual([]);
  });

  it('of somebody else is refused by Altinn, in words that help and hold no name, and can be put right', async () => {
    await using world = await openAltinn2World();
    const wrong = { input: consentInput('P04', { familyName: 'Annenmann' }) };
    const refused = await world.query('case-handler-a', REQUEST_CONSENT, wrong);
    expect(refused.errors).toMatchObject([
      { message: expect.stringContaining('(40332)'), extensions: { code: 'ALTINN_REJECTED', retry: 'never' } },
    ]);
    expect(refused.text + world.log()).not.toMatch(/Annenmann/i);
    expect(refused.text + world.log()).not.toContain(numberOf('P04'));
    expect(await world.ask('P04')).toMatchObject({ status: 'PENDING' });
    expect(held(world, 'P04')).toHaveLength(1);
  });

  it('is needed by nobody who is not to be asked again, nor on Altinn 3', async () => {
    await using world = await openAltinn2World();
    const id = await world.grantKnown('P04');
    const again = await world.query('case-handler-a', REQUEST_CONSENT, {
      input: consentInput('P04', { familyName: undefined }),
    });
    expect(again.data.requestConsent).toMatchObject({ created: false, consent: { id } });
    await using other = await openWorld();
    expect(await other.ask('P04')).toMatchObject({ status: 'PENDING' });
  });

  it('stands nowhere on the disk and in no line of the log, and neither do code and ApiKey', async () => {
    await using world = await openAltinn2World();
    await world.grantKnown('P04');
    await world.read('P04');
    const files = readdirSync(world.directory).map((name) => readFileSync(join(world.directory, name), 'latin1'));
    const kept = [...files, world.log()].join('\n');
    expect(kept.length).toBeGreaterThan(10_000);
    const secrets = [held(world, 'P04')[0]?.code ?? '', ...Object.values(world.sandbox.apiKeys), familyNameOf('P04')];
    for (const secret of secrets) expect(kept.includes(secret)).toBe(false);
  });
});

describe('logging a use', () => {
  it('that hangs holds up neither the answer nor, for more than a second, the end of the gateway', async () => {
    const world = await openAltinn2World();
    await world.grantKnown('P04');
    world.sandbox.faults.add({ upstream: 'altinn2', path: '/api/authorization/token', method: 'POST', kind: 'hang' });
    expect((await world.read('P04')).errors).toEqual([]);
    const started = performance.now();
    await world.gateway[Symbol.asyncDispose]();
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(usesOf(world, 'P04')).toEqual([]);
    await world[Symbol.asyncDispose]();
  });

  it.each([
    ['and what Altinn noted', undefined, true],
    ['and what it refused', { kind: 'status', status: 403 } as const, false],
  ])('is in the record of each delivery, %s', async (_, fault, useLogged) => {
    await using world = await openAltinn2World();
    await world.grantKnown('P04');
    const path = '/api/authorization/token';
    if (fault !== undefined) world.sandbox.faults.add({ upstream: 'altinn2', path, method: 'POST', ...fault });
    await world.read('P04');
    await vi.waitFor(async () => {
      const log = await world.query('auditor-a', '{ disclosures(first: 9) { nodes { outcome useLogged } } }');
      expect(log.data.disclosures.nodes).toEqual(FIELDS.map(() => ({ outcome: 'DELIVERED', useLogged })));
    }, 30_000);
  });

  it('is unknown in the record of a delivery on Altinn 3, which keeps no such log', async () => {
    await using world = await openWorld();
    await world.grantKnown('P04');
    await world.read('P04');
    const log = await world.query('auditor-a', '{ disclosures(first: 9) { nodes { outcome useLogged } } }');
    expect(log.data.disclosures.nodes).toEqual(FIELDS.map(() => ({ outcome: 'DELIVERED', useLogged: null })));
  });

  it('is finished before the gateway has ended', async () => {
    await using world = await openAltinn2World();
    await world.grantKnown('P04');
    await world.read('P04');
    await world.gateway[Symbol.asyncDispose]();
    expect(usesOf(world, 'P04')).toHaveLength(3);
  });

  it('that Altinn refuses costs nobody anything, and is in the log', async () => {
    await using world = await openAltinn2World();
    await world.grantKnown('P04');
    const path = '/api/authorization/token';
    world.sandbox.faults.add({ upstream: 'altinn2', path, method: 'POST', kind: 'status', status: 403 });
    expect((await world.read('P04')).errors).toEqual([]);
    await vi.waitFor(() => expect(world.log().match(/"upstream failed"/g)).toHaveLength(3), 30_000);
  });

  it('is not done for what was not delivered', async () => {
    await using world = await openAltinn2World();
    await world.grantKnown('P04');
    world.sandbox.faults.add({ upstream: 'aap', kind: 'status', status: 500 });
    world.sandbox.faults.add({ upstream: 'uforeopplysninger', kind: 'status', status: 500 });
    await world.read('P04');
    await world.gateway[Symbol.asyncDispose]();
    expect(usesOf(world, 'P04')).toEqual([]);
  });
});
