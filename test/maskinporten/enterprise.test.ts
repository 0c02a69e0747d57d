import { X509Certificate } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config.ts';
import { certifiedClients } from '../../src/sandbox/maskinporten-enterprise.ts';
import { newSandboxState } from '../../src/sandbox/state.ts';
import type { CertifiedKey } from '../../src/sandbox/test-ca.ts';
import { SANDBOX_START } from '../../src/sandbox/world.ts';
import type { Transport } from '../../src/upstream.ts';
import { example, read, secrets } from '../config/files.ts';
import { ENTERPRISE, enterpriseCertificate, keystoreOf } from '../support/certificates.ts';
import { consentInput, openWorld, REQUEST_CONSENT } from '../support/world.ts';

// Keys take time to make: one sandbox with a test CA for the whole file.
const furnished = await newSandboxState();
const client = certifiedClients(furnished.maskinporten, SANDBOX_START).find(
  ({ organisation }) => organisation === ENTERPRISE.organisation,
);
const enterprise = furnished.maskinporten.enterprise;
if (client === undefined || enterprise === undefined) throw new Error('insurer A has no certificate');
const { ca } = enterprise;

type Configured = NonNullable<Config['dataConsumers'][number]['client']>;

const AS_PEM = { chain: { env: 'CHAIN' }, privateKey: { env: 'OWN_KEY' } };
const AS_KEYSTORE = { p12: { env: 'P12' }, passphrase: { env: 'PASSPHRASE' } };

/** A client as the gateway reads it from a configuration that an operator would write. */
function configured(certificate: object, env: Record<string, string>): Configured {
  const json = example('sandbox');
  const [consumer] = json['dataConsumers'] as { client: object }[];
  if (consumer === undefined) throw new Error('the example has no data consumer');
  consumer.client = { clientId: client?.clientId, certificates: [certificate] };
  const answer = read(json, {
    env: { ...secrets.env, CHAIN: client?.chain ?? '', OWN_KEY: client?.privateKey ?? '', ...env },
    files: secrets.files,
  });
  if ('mistakes' in answer) throw new Error(JSON.stringify(answer.mistakes));
  const found = answer.config.dataConsumers[0]?.client;
  if (found === undefined) throw new Error('no client');
  return found;
}

/** A world in which insurer A proves itself with that certificate, and what is sent to Maskinporten. */
async function openEnterpriseWorld(own: Configured) {
  const state = structuredClone(furnished);
  const grants: string[] = [];
  const tokens: string[] = [];
  const transport = (doubles: Transport): Transport => {
    return async (request) => {
      const grant = new URLSearchParams(request.body ?? '').get('assertion');
      const answer = await doubles(request);
      if (grant !== null && decodeJwt(grant).iss === own.clientId) {
        grants.push(grant);
        tokens.push(JSON.parse(new TextDecoder().decode(answer.body)).access_token ?? '');
      }
      return answer;
    };
  };
  const world = await openWorld({
    state,
    transport,
    config: (config) => ({
      ...config,
      dataConsumers: config.dataConsumers.map((each) =>
        String(each.organisationNumber) === ENTERPRISE.organisation ? { ...each, client: own } : each,
      ),
    }),
  });
  return { world, state, grants, tokens };
}

/** A certificate of A's, as PEM in the configuration. */
const asPem = ({ certificate, privateKey }: CertifiedKey) =>
  configured(AS_PEM, { CHAIN: certificate + ca.issuing.certificate, OWN_KEY: privateKey });

describe('an insurer with an enterprise certificate', () => {
  const issuers = [ca.issuing.certificate, ca.root.certificate];
  const [own = ''] = client.chain.split(/(?<=-----END CERTIFICATE-----\n)/);
  const P12 = keystoreOf(client.privateKey, [own, ...issuers], 'correct-horse');
  it.each<[string, object, Record<string, string>, number]>([
    ['as PEM, its issuer along', AS_PEM, {}, 2],
    ['as PEM, alone', { ...AS_PEM, send: 'leaf' }, {}, 1],
    ['in a keystore, its issuer along', AS_KEYSTORE, { P12, PASSPHRASE: 'correct-horse' }, 2],
    ['in a keystore, alone', { ...AS_KEYSTORE, send: 'leaf' }, { P12, PASSPHRASE: 'correct-horse' }, 1],
  ])('%s, reads everything', async (_, certificate, env, sent) => {
    const opened = await openEnterpriseWorld(configured(certificate, env));
    await using world = opened.world;
    await world.grant('P04');
    const seen = await world.read('P04');
    expect(seen.errors).toEqual([]);
    expect(seen.data.applicant).toMatchObject({
      aapVedtak: { __typename: 'AapVedtaksliste' },
      aapMeldekort: { __typename: 'AapMeldekortliste' },
      uforeopplysninger: { __typename: 'Uforeopplysninger' },
    });
    expect(opened.grants.length).toBeGreaterThan(2);
    for (const grant of opened.grants) {
      expect(decodeProtectedHeader(grant)).toEqual({ alg: 'RS256', x5c: expect.any(Array) });
      expect(decodeProtectedHeader(grant).x5c).toHaveLength(sent);
    }
    for (const token of opened.tokens) expect(decodeJwt(token)['client_amr']).toBe('virksomhetssertifikat');
    expect(world.log()).not.toContain('credential runs out');
  });

  it('leaves the other insurer to its key', async () => {
    const opened = await openEnterpriseWorld(configured(AS_PEM, {}));
    await using world = opened.world;
    await world.grant('P04', {}, 'case-handler-b');
    expect((await world.read('P04', { caller: 'case-handler-b', purpose: 'DISABILITY_INSURANCE' })).errors).toEqual([]);
    expect(opened.grants).toEqual([]);
  });

  it('is told to act when Maskinporten no longer trusts the certificate', async () => {
    const { world, state } = await openEnterpriseWorld(configured(AS_PEM, {}));
    await using _ = world;
    await world.grantKnown('P04');
    state.maskinporten.enterprise?.revokedSerials.push(new X509Certificate(client.chain).serialNumber);
    const { errors } = await world.read('P04');
    expect(errors).toHaveLength(3);
    expect(new Set(errors.map(({ extensions }) => extensions.code))).toEqual(new Set(['MASKINPORTEN_REJECTED']));
    expect(world.log()).toContain('MP-120');
  });
});

describe('the gateway', () => {
  it.each([
    [60, 'expires soon', '2027-01-15T09:00:00.000Z'],
    [-1, 'expired', '2026-11-15T09:00:00.000Z'],
  ])(
    'says once a day, and to whom asks whether it is ready, that a certificate of %i days %s',
    async (days, age, lastsUntil) => {
      const { world } = await openEnterpriseWorld(asPem(enterpriseCertificate(ca, { days })));
      await using _ = world;
      const told = { organisation: ENTERPRISE.organisation, age, lastsUntil };
      const warnings = () =>
        world
          .log()
          .split('\n')
          .filter((line) => line.includes('credential runs out'))
          .map((line) => JSON.parse(line));
      expect(warnings()).toEqual([{ level: 'warn', time: expect.any(String), event: 'credential runs out', ...told }]);
      const ready = await world.visit('/ready');
      expect(ready.status).toBe(200);
      // Whoever asks is told that there is something to do, and not whom this gateway serves.
      expect(JSON.parse(ready.text).credentialsRunningOut).toEqual([{ age, lastsUntil }]);
      expect(ready.text).not.toContain(ENTERPRISE.organisation);
      await world.read('P04');
      await world.query('case-handler-a', REQUEST_CONSENT, { input: consentInput('P04') });
      expect(warnings()).toHaveLength(1);
      world.clock.set(new Date('2026-11-17T09:00:00Z'));
      await world.query('case-handler-a', REQUEST_CONSENT, { input: consentInput('P05') });
      expect(warnings()).toHaveLength(2);
    },
  );

  it('serves the others when the certificate of one has expired', async () => {
    const { world } = await openEnterpriseWorld(asPem(enterpriseCertificate(ca, { days: -1 })));
    await using _ = world;
    const refused = await world.query('case-handler-a', REQUEST_CONSENT, { input: consentInput('P04') });
    expect(refused.errors).toMatchObject([{ extensions: { code: 'MASKINPORTEN_REJECTED' } }]);
    await world.grant('P04', {}, 'case-handler-b');
    expect((await world.read('P04', { caller: 'case-handler-b', purpose: 'DISABILITY_INSURANCE' })).errors).toEqual([]);
  });
});
