import { decodeJwt } from 'jose';
import { describe, expect, inject, it } from 'vitest';
import type { Config } from '../../src/config.ts';
import { runDoctor } from '../../src/doctor/index.ts';
import type { CastId } from '../../src/sandbox/world.ts';
import { NUMBERS } from '../../src/sandbox/world.ts';
import type { Transport, WireRequest } from '../../src/upstream.ts';
import { twoClocks } from '../support/two-clocks.ts';
import type { World } from '../support/world.ts';
import { numberOf, ORIGINS, openWorld, REFRESH_CONSENT } from '../support/world.ts';

const RAIL = inject('rail');
const SECOND = 1000;

const isAap = ({ url }: WireRequest) => url.startsWith(ORIGINS.aap);
const isToken = ({ url }: WireRequest) => url === `${ORIGINS.maskinporten}/token`;

/** A world in which every call that matches takes some seconds of a clock that otherwise stands still. */
async function openSlowWorld(matches: (request: WireRequest) => boolean, seconds: number) {
  const asked: { readonly lifetime: number; readonly left: number }[] = [];
  let world: World | undefined;
  const slow =
    (doubles: Transport): Transport =>
    async (request) => {
      const now = world?.clock.now().getTime() ?? 0;
      if (isAap(request)) asked.push(...credentialsOf(request).map((jwt) => remaining(jwt, now)));
      const answer = await doubles(request);
      if (matches(request)) world?.clock.set(new Date(now + seconds * SECOND));
      return answer;
    };
  world = await openWorld({ transport: slow, config: (config) => ({ ...config, nav: { ...config.nav, bound: 1 } }) });
  return { world, asked };
}

/** What opens AAP's door in a request: the access token, and beside it the consent where that is a token of its own. */
function credentialsOf({ headers }: WireRequest): string[] {
  const bearer = headers['authorization']?.replace('Bearer ', '');
  return [bearer, headers['nav-samtykke-token']].filter((jwt) => jwt !== undefined);
}

function remaining(jwt: string, now: number) {
  const { iat, nbf, exp } = decodeJwt(jwt);
  return { lifetime: Number(exp) - Number(iat ?? nbf), left: Number(exp) - now / SECOND };
}

describe('tokens of 29 seconds', () => {
  const PEOPLE: readonly CastId[] = ['P02', 'P04', 'P05', 'P06', 'P09'];

  it('serve a query about many people that takes minutes: each is renewed at a quarter left and none is shown expired', async () => {
    const { world: opened, asked } = await openSlowWorld(isAap, 7);
    await using world = opened;
    for (const person of PEOPLE) await world.grantKnown(person);
    world.sandbox.journal.clear();
    const { errors, data } = await world.query(
      'partner-a',
      `query ($by: [ApplicantKey!]!) {
        applicants(by: $by) { aapVedtak { __typename } aapMeldekort { __typename } }
      }`,
      { by: PEOPLE.map((person) => ({ nationalId: numberOf(person) })) },
    );
    expect(errors).toEqual([]);
    expect(data.applicants).toEqual(
      PEOPLE.map(() => ({
        aapVedtak: { __typename: 'AapVedtaksliste' },
        aapMeldekort: { __typename: 'AapMeldekortliste' },
      })),
    );
    expect(world.sandbox.journal.entries('aap').map(({ status }) => status)).toEqual(
      Array.from({ length: 2 * PEOPLE.length }, () => 200),
    );
    expect(asked).toHaveLength(2 * PEOPLE.length * (RAIL === 'ALTINN_2' ? 2 : 1));
    for (const { lifetime, left } of asked) {
      expect([29, 30]).toContain(lifetime);
      expect(left).toBeGreaterThan(lifetime / 4);
    }
    // They are used for as long as they may be, too.
    expect(Math.min(...asked.map(({ left }) => left))).toBeLessThan(16);
  });

  it('that come late from a slow Maskinporten are as old as their grants, and none is shown expired', async () => {
    const { world: opened, asked } = await openSlowWorld(isToken, 9);
    await using world = opened;
    await world.grantKnown('P04');
    for (let read = 0; read < 4; read += 1) expect((await world.read('P04')).errors).toEqual([]);
    expect(asked.length).toBeGreaterThan(0);
    for (const { left } of asked) expect(left).toBeGreaterThan(0);
    expect(world.sandbox.journal.entries('aap').every(({ status }) => status === 200)).toBe(true);
  });
});

/** Asks, has the person approve by the clock of Altinn, reads, has them withdraw, and reads again. */
async function live(world: World, there: <T>(work: () => T) => T) {
  const { id, pageUrl } = await world.ask('P04');
  const back = await there(() => world.citizen('P04').answer(pageUrl, 'approve'));
  expect((await world.visit(back ?? '')).status).toBe(303);
  const given = await world.read('P04');
  if (RAIL === 'ALTINN_2') {
    const witness = await world.ask('P05');
    await there(() => world.citizen('P05').answer(witness.pageUrl, 'approve'));
    await world.query('case-handler-a', REFRESH_CONSENT, { id: witness.id });
  }
  expect(await there(() => world.citizen('P04').withdrawAll())).toBe(1);
  return { id, given, withdrawn: await world.read('P04') };
}

describe('a gateway whose clock is', () => {
  it.each([
    ['a minute behind that of everyone else', -60],
    ['fifteen seconds behind', -15],
    ['ten seconds ahead, the most that Maskinporten takes,', 10],
  ])('%s does all that another does', async (_, ahead) => {
    const { world: own, there } = twoClocks(ahead);
    await using world = await openWorld(own);
    const { id, given, withdrawn } = await live(world, there);
    expect([...given.errors, ...withdrawn.errors]).toEqual([]);
    expect(given.data.applicant).toMatchObject({
      aapVedtak: { __typename: 'AapVedtaksliste', consent: { id } },
      aapMeldekort: { __typename: 'AapMeldekortliste' },
      uforeopplysninger: { __typename: 'Uforeopplysninger' },
    });
    expect(withdrawn.data.applicant.aapVedtak).toMatchObject({ reason: 'WITHDRAWN', decidedBy: { id } });
  });

  it.each([
    ['fifteen seconds ahead', 15, 'wrong', 'is 15 seconds ahead of Maskinporten’s'],
    ['five minutes ahead', 300, 'wrong', 'is 300 seconds ahead of Maskinporten’s'],
    ['five minutes behind', -300, 'wrong', 'is 300 seconds behind Maskinporten’s'],
  ])(
    '%s is refused, shows nothing, and forgets nothing: once it is set right all goes on',
    async (_, ahead, state, seen) => {
      const clocks = twoClocks(0);
      let config: Config | undefined;
      await using world = await openWorld({
        ...clocks.world,
        config: (given) => {
          config = given;
          return given;
        },
      });
      const { id, pageUrl } = await world.ask('P04');
      await world.visit((await world.citizen('P04').answer(pageUrl, 'approve')) ?? '');
      clocks.later(200 * SECOND);
      const right = clocks.theirs.now();
      clocks.ours.set(new Date(right.getTime() + ahead * SECOND));

      const refused = await world.read('P04');
      expect(refused.data.applicant).toEqual({ aapVedtak: null, aapMeldekort: null, uforeopplysninger: null });
      for (const { message, extensions } of refused.errors) {
        // On Altinn 2, the consent’s own token is met first where Maskinporten’s is at hand.
        expect(extensions.code).toMatch(
          RAIL === 'ALTINN_2' ? /^(MASKINPORTEN|ALTINN)_REJECTED$/ : 'MASKINPORTEN_REJECTED',
        );
        expect(extensions.retry).toBe('never');
        expect(message).toContain('clock');
      }
      expect(world.navCalls()).toBe(0);

      if (config === undefined) throw new Error('the world was opened with a configuration');
      const transport = clocks.world.transport(world.sandbox.transport);
      const { shared, dataConsumers } = await runDoctor(config, { clock: clocks.ours, transport }, [NUMBERS.A]);
      const rungs = [...shared, ...dataConsumers.flatMap(({ ladder }) => ladder)];
      expect(rungs.find(({ rung }) => rung === 'clock')).toMatchObject({ state, seen: expect.stringContaining(seen) });

      clocks.ours.set(right);
      expect((await world.read('P04')).data.applicant.aapVedtak).toMatchObject({ consent: { id } });
    },
  );
});

it('a consent that has just run out at Altinn is said to have run out, never to be withdrawn, by a clock that is behind', async () => {
  const clocks = twoClocks(-15);
  await using world = await openWorld(clocks.world);
  for (const person of ['P04', 'P05'] as const) {
    const { id, pageUrl } = await world.ask(person, person === 'P04' ? { validTo: '2026-11-16T09:01:00Z' } : {});
    await clocks.there(() => world.citizen(person).answer(pageUrl, 'approve'));
    await world.query('case-handler-a', REFRESH_CONSENT, { id });
  }
  clocks.theirs.set(new Date('2026-11-16T09:01:05Z'));
  clocks.ours.set(new Date('2026-11-16T09:00:50Z'));
  const { errors, data } = await world.read('P04');
  expect(errors).toEqual([]);
  expect(data.applicant.aapVedtak).toMatchObject({ reason: 'EXPIRED', decidedBy: { status: 'EXPIRED' } });
  expect(new Set((await world.audit('a')).map(({ refusedBecause }) => refusedBecause))).toEqual(new Set(['EXPIRED']));
  expect(world.navCalls()).toBe(0);
});
