import { X509Certificate } from 'node:crypto';
import type { EnterpriseClient, EnterpriseState, MaskinportenState } from './maskinporten-state.ts';
import { sandboxScopes } from './maskinporten-state.ts';
import type { TestCa } from './test-ca.ts';
import { ENTERPRISE_DAYS, issueEnterpriseCertificate, newTestCa } from './test-ca.ts';
import { NUMBERS, organisationByNumber } from './world.ts';

/** A client with an enterprise certificate, for whoever configures a gateway. */
export interface CertifiedClient {
  readonly clientId: string;
  readonly organisation: string;
  /** PEM: its own certificate, then the one that issued it. */
  readonly chain: string;
  /** PKCS#8 PEM. */
  readonly privateKey: string;
}

const MS_PER_DAY = 86_400_000;
/** A certificate is renewed when it holds for fewer days than this. */
const LEAST_DAYS = 365;

/** Insurers alone: a supplier should not hold its customers' certificates, and has a key. C has nothing else. */
const CLIENT_IDS = {
  A: '6a1f2f0e-5d0c-4c7b-9a3e-0f4f0b6d1d04',
  B: '6a1f2f0e-5d0c-4c7b-9a3e-0f4f0b6d1e05',
  C: '6a1f2f0e-5d0c-4c7b-9a3e-0f4f0b6d2a06',
} as const;

/** The test CA with its clients, made when first asked for. */
export function enterpriseOf(state: MaskinportenState, now: Date): EnterpriseState {
  state.enterprise ??= { ca: newTestCa(now), clients: newClients(), revokedSerials: [] };
  return state.enterprise;
}

/** The client with an enterprise certificate that has this id, if there is one; a foreign id makes no certificates. */
export function enterpriseClient(state: MaskinportenState, id: string, now: Date): EnterpriseClient | undefined {
  const enterprise = Object.values<string>(CLIENT_IDS).includes(id) ? enterpriseOf(state, now) : state.enterprise;
  return enterprise?.clients.find(({ clientId }) => clientId === id);
}

/**
 * The clients with enterprise certificates: of A, B and C, in this order. A certificate that is not valid at that moment and
 * for a year from it is issued anew, and the CA when it would not outlive what it issues: so a sandbox kept for years, or
 * whose clock was moved, can be started all the same.
 */
export function certifiedClients(state: MaskinportenState, now: Date): readonly CertifiedClient[] {
  const enterprise = standingEnterprise(state, now);
  return enterprise.clients.map((client) => certified(client, enterprise.ca, now));
}

/** As {@link certifiedClients}, of one organisation alone; undefined when it has none. Takes a third of the time. */
export function certifiedClient(
  state: MaskinportenState,
  organisation: string,
  now: Date,
): CertifiedClient | undefined {
  if (!newClients().some((client) => client.organisation === organisation)) return undefined;
  const enterprise = standingEnterprise(state, now);
  const client = enterprise.clients.find((candidate) => candidate.organisation === organisation);
  return client === undefined ? undefined : certified(client, enterprise.ca, now);
}

function standingEnterprise(state: MaskinportenState, now: Date): EnterpriseState {
  const enterprise = enterpriseOf(state, now);
  const { issuing, root } = enterprise.ca;
  if (![issuing, root].every(({ certificate }) => holds(certificate, now, ENTERPRISE_DAYS))) {
    enterprise.ca = newTestCa(now);
    for (const client of enterprise.clients) delete client.certificate;
  }
  return enterprise;
}

function certified(client: EnterpriseClient, ca: TestCa, now: Date): CertifiedClient {
  const { clientId, organisation } = client;
  if (client.certificate === undefined || !holds(client.certificate.certificate, now, LEAST_DAYS)) {
    client.certificate = issueTo(ca, organisation, now);
  }
  const { certificate, privateKey } = client.certificate;
  return { clientId, organisation, chain: `${certificate}${ca.issuing.certificate}`, privateKey };
}

function newClients(): EnterpriseClient[] {
  return (['A', 'B', 'C'] as const).map((name) => ({
    clientId: CLIENT_IDS[name],
    organisation: NUMBERS[name],
    scopes: sandboxScopes(),
  }));
}

function issueTo(ca: TestCa, organisation: string, now: Date) {
  const name = organisationByNumber(organisation)?.name ?? organisation;
  return issueEnterpriseCertificate(ca, { organisation, name }, now);
}

function holds(pem: string, now: Date, days: number): boolean {
  const { validFromDate, validToDate } = new X509Certificate(pem);
  return validFromDate <= now && validToDate.getTime() - now.getTime() >= days * MS_PER_DAY;
}
