import { X509Certificate } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { expect, it } from 'vitest';
import type { Config } from '../../src/config.ts';
import type { ConfiguredClient, ConfiguredCredential } from '../../src/config-client.ts';
import { certifiedClient } from '../../src/sandbox/maskinporten-enterprise.ts';
import { newMaskinportenClient } from '../../src/sandbox/maskinporten-state.ts';
import { newSandboxState } from '../../src/sandbox/state.ts';
import type { CertifiedKey } from '../../src/sandbox/test-ca.ts';
import { SANDBOX_START } from '../../src/sandbox/world.ts';
import type { Transport } from '../../src/upstream.ts';
import { Secret } from '../../src/values.ts';
import { derOf, enterpriseCertificate } from '../support/certificates.ts';
import type { World } from '../support/world.ts';
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

/** The configuration in which insurer A has that client. */
function as(client: ConfiguredClient): (config: Config) => Config {
  return (config) => ({
    ...config,
    dataConsumers: config.dataConsumers.map((each) =>
      String(each.organisationNumber) === A ? { ...each, client } : each,
    ),
  });
}

const key = ({ kid, privateJwk }: typeof next, startsAt: Date | undefined): ConfiguredCredential => ({
  kid,
  privateKey: new Secret(JSON.stringify(privateJwk), 'signing key'),
  startsAt,
  expiresAt: undefined,
});

/** The configuration with which insurer A's next key takes over at noon. */
const rotating = as({ clientId: old.clientId, credentials: [key(old, undefined), key(next, NOON)] });

/** Writes down what each grant of a client names its key by. */
function listeningTo(client: string) {
  const names: (string | undefined)[] = [];
  const transport = (doubles: Transport): Transport => {
    return (request) => {
      const grant = new URLSearchParams(request.body ?? '').get('assertion');
      if (grant !== null && decodeJwt(grant).iss === client) {
        const { kid, x5c } = decodeProtectedHeader(grant);
        names.push(kid ?? x5c?.[0]);
      }
      return doubles(request);
    };
  };
  return { names, transport };
}

/** Works for five minutes before noon and five after it, and expects every grant to be signed by one, then by the other. */
async function workAcrossNoon(world: World, names: readonly (string | undefined)[], one: string, other: string) {
  await world.grantKnown('P04');
  for (let minute = -5; minute < 5; minute += 1) {
    world.clock.set(new Date(NOON.getTime() + minute * 60_000));
    const answers = await Promise.all([
      world.read('P04'),
      world.query('case-handler-a', REQUEST_CONSENT, { input: consentInput('P05') }),
    ]);
    expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
    expect(names.at(-1)).toBe(minute < 0 ? one : other);
  }
  expect(names).toEqual(names.toSorted((a, b) => Number(a === other) - Number(b === other)));
  expect(new Set(names)).toEqual(new Set([one, other]));
  expect((await world.audit('a')).every(({ outcome }) => outcome === 'DELIVERED')).toBe(true);
}

it('a key takes over from another in the middle of the work, and nobody notices', async () => {
  const { names, transport } = listeningTo(old.clientId);
  await using world = await openWorld({ state: structuredClone(state), transport, config: rotating });
  await workAcrossNoon(world, names, old.kid, next.kid);
});

it('a certificate takes over from another once it is valid, in the middle of the work, and nobody notices', async () => {
  const own = structuredClone(state);
  const clientId = certifiedClient(own.maskinporten, A, SANDBOX_START)?.clientId ?? '';
  const ca = own.maskinporten.enterprise?.ca;
  if (ca === undefined) throw new Error('no test CA');
  const certificate = ({ certificate: pem, privateKey }: CertifiedKey): ConfiguredCredential => ({
    privateKey: new Secret(privateKey, 'signing key'),
    startsAt: new X509Certificate(pem).validFromDate,
    expiresAt: new X509Certificate(pem).validToDate,
    certificate: {
      organisationNumber: A,
      send: 'chain',
      chain: [pem, ca.issuing.certificate].map((each) => new Secret(derOf(each), 'certificate')),
    },
  });
  const [first, second] = [enterpriseCertificate(ca), enterpriseCertificate(ca, { from: NOON })];
  const { names, transport } = listeningTo(clientId);
  const config = as({ clientId, credentials: [first, second].map(certificate) });
  await using world = await openWorld({ state: own, transport, config });
  await workAcrossNoon(world, names, derOf(first.certificate), derOf(second.certificate));
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
