import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Transport } from '../../src/upstream.ts';
import type { Answer } from '../graphql/support.ts';
import { send, signed, strangeKey } from '../graphql/support.ts';
import type { World } from '../support/world.ts';
import { numberOf, openWorld } from '../support/world.ts';
import { expectNowhere, expectWellFormed, logReader } from './answers.ts';
import { drawn } from './draw.ts';
import type { Mutation, Plants } from './mutations.ts';
import { drawMutation } from './mutations.ts';
import { fuzz, PATIENCE_MS } from './seed.ts';

const PLANTS: Plants = { nationalId: numberOf('P12'), secret: 'hemmelig: æ/+ {nøkkel}' };
const DAY_MS = 86_400_000;
/** After which the gateway asks an issuer for its keys anew by itself. */
const REFRESH_MS = 10 * 60_000;
const READ_VEDTAK = 'query ($id: NationalId!) { applicant(by: { nationalId: $id }) { aapVedtak { __typename } } }';

/** What is done now to each answer that holds public keys. */
let mutation: Mutation | undefined;
let hit = 0;
let cases = 0;
const mutatingKeys =
  (doubles: Transport): Transport =>
  async (request) => {
    const answer = await doubles(request);
    if (mutation === undefined || !/\/jwks?$/.test(request.url)) return answer;
    hit += 1;
    return mutation.mutate(answer, PLANTS);
  };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'], now: new Date('2026-11-16T09:00:00Z') });
});
afterEach(() => {
  mutation = undefined;
  vi.useRealTimers();
});

function ask(world: World, token: string): Promise<Answer> {
  return send(world, {
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: READ_VEDTAK, variables: { id: numberOf('P04') } }),
  });
}

const TOLD_OF_KEYS = { 500: ['INTERNAL'] };

it(
  'whatever an issuer answers for its keys, strangers stay out, and its callers are let in when the keys are sound again',
  async () => {
    await using world = await openWorld({ transport: mutatingKeys });
    const freshLog = logReader(world.log);
    hit = 0;
    cases = 0;
    await fuzz(60, drawn(drawMutation), async (drawnMutation) => {
      freshLog();
      cases += 1;
      await vi.advanceTimersByTimeAsync(60_000);
      mutation = drawnMutation;
      const seconds = Math.floor(Date.now() / 1000);
      // A key id nobody has heard of makes the gateway ask for keys.
      const stranger = await signed(
        strangeKey,
        { alg: 'RS256', kid: `k${seconds}` },
        { iss: world.sandbox.callers.issuer, exp: seconds + 300 },
      );
      const caller = await world.sandbox.callers.tokenFor('case-handler-a');
      for (const token of [stranger, caller]) {
        const answer = await ask(world, token);
        const codes = expectWellFormed(answer, TOLD_OF_KEYS);
        if (token === stranger || codes.length > 0) expect(['UNAUTHENTICATED', 'INTERNAL']).toContain(codes[0]);
        expectNowhere({ ...PLANTS }, answer.text, 'the answer');
      }
      mutation = undefined;
      await vi.advanceTimersByTimeAsync(REFRESH_MS);
      await new Promise(setImmediate);
      const answer = await ask(world, await world.sandbox.callers.tokenFor('case-handler-a'));
      expect(answer.errors).toEqual([]);
      const log = freshLog();
      expect(log).not.toContain('"defect"');
      expectNowhere({ ...PLANTS }, log, 'the log');
    });
    // Now and then the gateway has just asked by itself, and does not ask again so soon.
    expect(hit).toBeGreaterThan(cases / 2);
  },
  PATIENCE_MS,
);

it(
  'whatever Altinn 2 answers for its keys, nothing is shown under a token that they do not prove, and reads go on when they are sound again',
  async () => {
    await using world = await openWorld({ rail: 'ALTINN_2', transport: mutatingKeys });
    const freshLog = logReader(world.log);
    await world.grantKnown('P04');
    hit = 0;
    cases = 0;
    await fuzz(60, drawn(drawMutation), async (drawnMutation) => {
      freshLog();
      cases += 1;
      vi.setSystemTime(Date.now() + 2 * DAY_MS);
      world.clock.set(new Date(world.clock.now().getTime() + 3 * 3_600_000));
      mutation = drawnMutation;
      const answer = await ask(world, await world.sandbox.callers.tokenFor('case-handler-a'));
      const codes = expectWellFormed(answer);
      for (const code of codes) expect(['ALTINN_UNAVAILABLE', 'ALTINN_REJECTED']).toContain(code);
      expectNowhere({ ...PLANTS }, answer.text, 'the answer');
      mutation = undefined;
      const after = await ask(world, await world.sandbox.callers.tokenFor('case-handler-a'));
      expect(after.errors).toEqual([]);
      expect(after.data.applicant.aapVedtak.__typename).toBe('AapVedtaksliste');
      const log = freshLog();
      expect(log).not.toContain('"defect"');
      expectNowhere({ ...PLANTS }, log, 'the log');
    });
    expect(hit).toBeGreaterThanOrEqual(cases);
  },
  PATIENCE_MS,
);
