import { decodeJwt, decodeProtectedHeader } from 'jose';
import { expect, it } from 'vitest';
import type { Config } from '../../src/config.ts';
import { newMaskinportenClient } from '../../src/sandbox/maskinporten-state.ts';
import { newSandboxState } from '../../src/sandbox/state.ts';
import type { Transport } from '../../src/upstream.ts';
import { Secret } from '../../src/values.ts';
import { consentInput, openWorld, REQUEST_CONSENT } from '../support/world.ts';

const A = '210483713';
const NOON = new Date('2026-11-16T11:00:00Z');

const state = await newSandboxState();
const { clients } = state.maskinporten;
const old = clients.find(({ organisation }) => organisation === A);
if (old === undefined) throw new Error('insurer A has no client');
// Registered beside the old one, on the day before the old one's year is over.
const next = await newMaskinportenClient({ clientId: old.clientId, organisation: A });
clients.push(next);

/** The configuration with which insurer A's next key takes over at noon. */
function rotating(config: Config): Config {
  const key = ({ kid, privateJwk }: typeof next, startsAt: Date | undefined) => ({
    kid,
    privateKey: new Secret(JSON.stringify(privateJwk), 'signing key'),
    startsAt,
    expiresAt: undefined,
  });
  return {
    ...config,
    dataConsumers: config.dataConsumers.map((each) =>
      String(each.organisationNumber) === A && old !== undefined
        ? { ...each, client: { clientId: old.clientId, credentials: [key(old, undefined), key(next, NOON)] } }
        : each,
    ),
  };
}

it('a key takes over from another in the middle of the work, and nobody notices', async () => {
  const kids: (string | undefined)[] = [];
  const listening =
    (doubles: Transport): Transport =>
    (request) => {
      const grant = new URLSearchParams(request.body ?? '').get('assertion');
      if (grant !== null && decodeJwt(grant).iss === old.clientId) kids.push(decodeProtectedHeader(grant).kid);
      return doubles(request);
    };
  await using world = await openWorld({ state: structuredClone(state), transport: listening, config: rotating });
  await world.grantKnown('P04');
  for (let minute = -5; minute < 5; minute += 1) {
    world.clock.set(new Date(NOON.getTime() + minute * 60_000));
    const answers = await Promise.all([
      world.read('P04'),
      world.query('case-handler-a', REQUEST_CONSENT, { input: consentInput('P05') }),
    ]);
    expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
    expect(kids.at(-1)).toBe(minute < 0 ? old.kid : next.kid);
  }
  expect(kids).toEqual(kids.toSorted((one, other) => Number(one === next.kid) - Number(other === next.kid)));
  expect(new Set(kids)).toEqual(new Set([old.kid, next.kid]));
  expect((await world.audit('a')).every(({ outcome }) => outcome === 'DELIVERED')).toBe(true);
});

it('a key that was taken off the client is refused, until the one that follows it signs', async () => {
  const own = structuredClone(state);
  await using world = await openWorld({ state: own, config: rotating });
  await world.grantKnown('P04');
  own.maskinporten.clients.splice(
    own.maskinporten.clients.findIndex(({ kid }) => kid === old.kid),
    1,
  );
  world.clock.set(new Date(NOON.getTime() - 1));
  const refused = await world.read('P04');
  expect(new Set(refused.errors.map(({ extensions }) => extensions.code))).toEqual(new Set(['MASKINPORTEN_REJECTED']));
  world.clock.set(NOON);
  expect((await world.read('P04')).errors).toEqual([]);
});
