import { generateKeyPairSync, randomUUID, X509Certificate } from 'node:crypto';
import type { Config } from '../../../src/config.ts';
import type { RungName, Verdict } from '../../../src/doctor/findings.ts';
import type { FaultInput } from '../../../src/sandbox/faults.ts';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import { newTestCa } from '../../../src/sandbox/test-ca.ts';
import { NUMBERS, SANDBOX_START } from '../../../src/sandbox/world.ts';
import type { Transport } from '../../../src/upstream.ts';
import type { OrganisationNumber } from '../../../src/values.ts';
import { Secret } from '../../../src/values.ts';
import { derOf, enterpriseCertificate } from '../../support/certificates.ts';
import { supplied } from '../../support/supplied.ts';
import { ORIGINS } from '../../support/world.ts';
import type { Fault } from './clinic.ts';
import { answer, clientOf, PUBLIC_URL, patient, withCredential, withNext } from './clinic.ts';

/** A fault with what the doctor has to find: the first rung that is so, and which of several. */
export interface PlantedFault extends Fault {
  readonly found: readonly [RungName, Verdict['state'], of?: string];
}

const DAY_MS = 86_400_000;
const daysAhead = (days: number) => new Date(SANDBOX_START.getTime() + days * DAY_MS);
const A = NUMBERS.A;
const READ = 'altinn:consentrequests.read';
const UFORE = 'nav:helse/v1/uforeopplysninger';

const strangersKey = generateKeyPairSync('rsa', { modulusLength: 2048 });
const strangersPem = new Secret(strangersKey.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 'key');

/** The planted faults, by the name of the file that keeps what the doctor says. */
export const FAULTS: Readonly<Record<string, PlantedFault>> = {
  'maskinporten-is-not-reached': {
    transport: unreached(ORIGINS.maskinporten),
    found: ['discovery', 'wrong'],
  },
  'maskinporten-is-out-of-service': {
    world: upset({ upstream: 'maskinporten', kind: 'status', status: 503 }),
    found: ['discovery', 'wrong'],
  },
  'maskinporten-is-a-proxys-page': {
    world: upset({ upstream: 'maskinporten', kind: 'content', body: 'Please log in to the network' }),
    found: ['discovery', 'wrong'],
  },
  'issuer-lacks-its-slash': {
    config: (config) => ({ ...config, maskinporten: { ...config.maskinporten, issuer: ORIGINS.maskinporten } }),
    found: ['discovery', 'wrong'],
  },
  'token-endpoint-is-another': {
    config: (config) => ({
      ...config,
      maskinporten: { ...config.maskinporten, tokenEndpoint: `${ORIGINS.maskinporten}/oauth/token` },
    }),
    found: ['discovery', 'wrong'],
  },
  'clock-is-ahead': { world: clockOfMaskinporten(-40), found: ['clock', 'wrong'] },
  'clock-is-a-little-behind': { world: clockOfMaskinporten(25), found: ['clock', 'warning'] },
  'clock-is-far-behind': { world: clockOfMaskinporten(300), found: ['clock', 'wrong'] },
  'consent-resource-is-unknown': {
    config: (config) => ({ ...config, altinn3: { ...config.altinn3, resource: 'nav_samtykke_dsop_aap' } }),
    found: ['resource', 'wrong'],
  },
  'altinn-3-is-at-another-address': {
    config: (config) => ({ ...config, altinn3: { ...config.altinn3, baseUrl: ORIGINS.maskinporten } }),
    found: ['resource', 'wrong'],
  },
  'metadata-key-is-unknown': {
    config: (config) => ({
      ...config,
      altinn3: { ...config.altinn3, metadataKeys: { fom: 'fraogmed', tom: 'tildato' } },
    }),
    found: ['metadata', 'wrong'],
  },
  'metadata-key-is-missing': {
    world: ({ state }) => {
      state.altinn3.resources = state.altinn3.resources.map((each) => ({
        ...each,
        metadataKeys: [...each.metadataKeys, 'formaal'],
      }));
    },
    found: ['metadata', 'wrong'],
  },
  'metadata-keys-have-capitals': {
    config: (config) => ({
      ...config,
      altinn3: { ...config.altinn3, metadataKeys: { fom: 'fraOgMed', tom: 'tilOgMed' } },
    }),
    found: ['metadata', 'wrong'],
  },
  'metadata-keys-are-not-told': {
    world: upset({
      upstream: 'altinn3',
      path: '/resourceregistry',
      kind: 'content',
      contentType: 'application/json',
      body: '{"resourceType":"Consent","consentMetadata":"see elsewhere"}',
    }),
    found: ['metadata', 'ask'],
  },
  'gateway-is-not-reached-from-outside': {
    config: (config) => ({ ...config, server: { ...config.server, publicUrl: 'https://samtykke.example' } }),
    found: ['returnPath', 'warning'],
  },
  'something-else-is-at-the-public-address': {
    transport: atPublicAddress(/^\//, 200, '<h1>Welcome to nginx!</h1>'),
    found: ['returnPath', 'warning'],
  },
  'return-path-is-not-let-through': {
    transport: atPublicAddress(/^\/return\//, 404, '<h1>404 Not Found</h1><hr>nginx'),
    found: ['returnPath', 'warning'],
  },
  'reads-are-stopped': {
    config: (config) => patient(config, () => ({ reads: 'STOPPED' })),
    found: ['actor', 'warning'],
  },
  'client-is-the-suppliers': {
    config: (config) => patient(config, () => ({ client: clientOf(config, 'supplier') })),
    found: ['actor', 'wrong'],
  },
  'key-has-expired': { whom: 'E', found: ['credential', 'wrong'] },
  'key-expires-soon': {
    config: (config) => patient(config, (each) => withCredential(each, { expiresAt: daysAhead(20) })),
    found: ['credential', 'warning'],
  },
  'key-may-not-be-used-yet': {
    config: (config) => patient(config, (each) => withCredential(each, { startsAt: daysAhead(1) })),
    found: ['credential', 'wrong'],
  },
  'age-of-the-key-is-not-known': {
    config: (config) => patient(config, (each) => withCredential(each, { expiresAt: undefined })),
    found: ['credential', 'warning'],
  },
  'certificate-is-from-the-test-environment': {
    whom: 'C',
    config: (config) => withCertificateFrom(config, 'Buypass Class 3 Test4 CA G2 ST Business'),
    found: ['certificate', 'wrong'],
  },
  'certificate-has-an-unknown-issuer': {
    whom: 'C',
    config: (config) => withCertificateFrom(config, 'Some Other CA'),
    found: ['grant', 'wrong'],
  },
  'certificate-is-revoked': {
    whom: 'C',
    world: ({ state, maskinporten }) => {
      maskinporten.certifiedClient(NUMBERS.C);
      const { enterprise } = state.maskinporten;
      if (enterprise === undefined) throw new Error('there are no certificates');
      enterprise.revokedSerials = enterprise.clients.map(({ certificate }) => serialOf(certificate?.certificate ?? ''));
    },
    found: ['grant', 'wrong'],
  },
  'certificate-is-another-organisations': {
    whom: 'C',
    config: (config, { maskinporten }) =>
      patient(
        config,
        ({ client }) => ({
          client: { credentials: client?.credentials ?? [], clientId: maskinporten.certifiedClient(A)?.clientId ?? '' },
        }),
        'C',
      ),
    found: ['grant', 'wrong'],
  },
  'client-is-unknown': {
    config: (config) =>
      patient(config, ({ client }) => ({ client: { credentials: client?.credentials ?? [], clientId: randomUUID() } })),
    found: ['grant', 'wrong'],
  },
  'key-is-not-registered': {
    config: (config) => patient(config, (each) => withCredential(each, { kid: 'never-uploaded' })),
    found: ['grant', 'wrong'],
  },
  'private-key-is-another': {
    config: (config) => patient(config, (each) => withCredential(each, { privateKey: strangersPem })),
    found: ['grant', 'wrong'],
  },
  'key-has-expired-unnoticed': {
    whom: 'E',
    config: (config) => patient(config, (each) => withCredential(each, { expiresAt: undefined }), 'E'),
    found: ['grant', 'wrong'],
  },
  'next-key-is-not-registered': {
    config: (config) =>
      patient(config, () => ({
        client: withNext(clientOf(config, 'A'), {
          kid: 'never-uploaded',
          startsAt: daysAhead(15),
          expiresAt: daysAhead(375),
        }),
      })),
    found: ['grant', 'warning', 'keys[1]'],
  },
  'client-is-another-organisations': {
    config: (config) => patient(config, () => ({ client: clientOf(config, 'B') })),
    found: ['grant', 'wrong'],
  },
  'supplier-is-another-organisation': {
    config: (config) => withSupplier(supplied(config), { organisationNumber: NUMBERS.C as OrganisationNumber }),
    found: ['grant', 'wrong'],
  },
  'client-of-the-supplier-is-the-insurers-own': {
    config: (config) => withSupplier(supplied(config), { client: clientOf(config, 'A') }),
    found: ['grant', 'wrong'],
  },
  'maskinporten-issues-nothing': {
    world: upset({ upstream: 'maskinporten', path: '/token', kind: 'reset' }),
    found: ['grant', 'wrong'],
  },
  'nothing-is-delegated': { whom: 'D', found: ['delegation', 'wrong'] },
  'one-scope-is-not-delegated': {
    config: supplied,
    world: ({ maskinporten }) => maskinporten.revokeDelegation({ consumer: A, supplier: NUMBERS.supplier }, [UFORE]),
    found: ['delegation', 'wrong'],
  },
  'scope-is-not-registered-on-the-client': {
    world: ({ clients }) => {
      for (const client of clients) client.scopes = client.scopes.filter((scope) => scope !== UFORE);
    },
    found: ['scope', 'wrong', UFORE],
  },
  'scope-is-not-registered-on-the-suppliers-client': {
    config: supplied,
    world: ({ clients }) => {
      for (const client of clients) client.scopes = client.scopes.filter((scope) => scope !== UFORE);
    },
    found: ['scope', 'wrong', UFORE],
  },
  'client-is-an-unknown-suppliers': {
    config: (config) => ({
      ...patient(config, () => ({ client: clientOf(config, 'supplier') })),
      supplier: undefined,
    }),
    found: ['scope', 'wrong', READ],
  },
  'scope-of-nav-is-not-opened': { world: closed(UFORE), found: ['scope', 'wrong', UFORE] },
  'scope-of-altinn-is-not-opened': { world: closed(READ), found: ['scope', 'wrong', READ] },
  'scope-is-not-for-maskinporten': {
    world: ({ state }) => {
      state.maskinporten.scopes[UFORE] = { lifetimeSeconds: 120, openToMaskinporten: false };
    },
    found: ['scope', 'wrong', UFORE],
  },
  'altinn-3-takes-no-token': {
    world: upset({ upstream: 'altinn3', path: '/accessmanagement', kind: 'status', status: 401 }),
    found: ['altinn3', 'wrong'],
  },
  'apikey-is-unknown': {
    config: (config) => patient(config, () => ({ altinn2: { apiKey: new Secret(randomUUID(), 'ApiKey') } })),
    found: ['altinn2', 'wrong'],
  },
  'apikey-is-another-organisations': {
    config: (config, { apiKeys }) =>
      patient(config, () => ({ altinn2: { apiKey: new Secret(apiKeys[NUMBERS.B] ?? '', 'ApiKey') } })),
    found: ['altinn2', 'wrong'],
  },
  'altinn-2-is-closed': { transport: unreached(ORIGINS.altinn2), found: ['altinn2', 'wrong'] },
  'return-path-at-altinn-2-has-to-be-asked-for': {
    config: (config) => ({ ...config, profile: 'test' }),
    found: ['altinn2ReturnPath', 'ask'],
  },
  'nav-is-not-reached': {
    transport: unreached(ORIGINS.uforeopplysninger),
    found: ['nav', 'wrong', 'UFOREOPPLYSNINGER'],
  },
  'nav-has-nothing-at-the-path': {
    config: (config) => ({
      ...config,
      nav: { ...config.nav, aap: { ...config.nav.aap, meldekortPath: '/api/v2/aap/meldekort' } },
    }),
    found: ['nav', 'wrong', 'AAP_MELDEKORT'],
  },
  'nav-scope-is-another-sources': {
    config: (config) => ({
      ...config,
      nav: { ...config.nav, uforeopplysninger: { ...config.nav.uforeopplysninger, scope: config.nav.aap.scope } },
    }),
    found: ['nav', 'ask', 'UFOREOPPLYSNINGER'],
  },
  'nav-takes-no-token': {
    world: upset({ upstream: 'aap', path: '/api/v1/aap/vedtak', kind: 'status', status: 401 }),
    found: ['nav', 'wrong', 'AAP_VEDTAK'],
  },
  'nav-is-out-of-service': {
    world: upset({ upstream: 'uforeopplysninger', kind: 'status', status: 503 }),
    found: ['nav', 'wrong', 'UFOREOPPLYSNINGER'],
  },
  'nav-answers-unlike-its-description': {
    world: upset({ upstream: 'aap', path: '/api/v1/aap/vedtak', kind: 'content', body: '[]' }),
    found: ['nav', 'warning', 'AAP_VEDTAK'],
  },
};

function upset(fault: FaultInput): (sandbox: Sandbox) => void {
  return ({ faults }) => void faults.add(fault);
}

function clockOfMaskinporten(seconds: number): (sandbox: Sandbox) => void {
  return ({ switches }) => {
    switches.maskinportenAheadSeconds = seconds;
  };
}

/** Insurer A may no longer have a scope. */
function closed(scope: string): (sandbox: Sandbox) => void {
  return ({ state }) => {
    const { access } = state.maskinporten;
    access[A] = (access[A] ?? []).filter((each) => each !== scope);
  };
}

/** No way there, as behind a firewall. */
function unreached(origin: string): (doubles: Transport) => Transport {
  return (doubles) => async (request) => {
    if (request.url.startsWith(origin)) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    return doubles(request);
  };
}

/** Another server's answer to every path of that form below the public address. */
function atPublicAddress(path: RegExp, status: number, body: string): (doubles: Transport) => Transport {
  return (doubles) => async (request) => {
    const { origin, pathname } = new URL(request.url);
    return origin === PUBLIC_URL && path.test(pathname) ? answer(status, body) : doubles(request);
  };
}

function withSupplier(config: Config, change: Partial<NonNullable<Config['supplier']>>): Config {
  if (config.supplier === undefined) throw new Error('there is no supplier');
  return { ...config, supplier: { ...config.supplier, ...change } };
}

/** Insurer C with a certificate of an authority of that name. */
function withCertificateFrom(config: Config, commonName: string): Config {
  const ca = newTestCa(SANDBOX_START);
  const issuer = enterpriseCertificate(ca, { subject: [{ type: '2.5.4.3', value: commonName }] });
  const { certificate } = enterpriseCertificate({ ...ca, issuing: issuer });
  return patient(
    config,
    (each) =>
      withCredential(each, {
        certificate: {
          organisationNumber: NUMBERS.C,
          send: 'leaf',
          chain: [new Secret(derOf(certificate), 'certificate')],
        },
      }),
    'C',
  );
}

function serialOf(pem: string): string {
  return new X509Certificate(pem).serialNumber;
}
