import { randomBytes, randomUUID } from 'node:crypto';
import type { Altinn2Key } from './altinn2-keys.ts';
import { newAltinn2Key } from './altinn2-keys.ts';
import type { PageSession } from './altinn3-state.ts';
import { NUMBERS, ORGANISATIONS } from './world.ts';

/** The only four there are: neither withdrawal nor expiry is a status. */
export const ALTINN2_STATUSES = ['Unopened', 'Opened', 'Accepted', 'Rejected'] as const;

/** One of {@link ALTINN2_STATUSES}. */
export type Altinn2Status = (typeof ALTINN2_STATUSES)[number];

/** A service that a consent can be given for, as its owner registered it. */
export interface Altinn2Service {
  readonly code: string;
  readonly edition: number;
  readonly title: string;
  /** Services in one request must share it. */
  readonly template: string;
  /** Keys that must come with it, in this case; other keys are dropped. */
  readonly metadataKeys: readonly string[];
  /** Those of them whose value may be blank. */
  readonly blankKeys: readonly string[];
  readonly requestMessage: 'required' | 'optional' | 'forbidden';
  /** A consent to it ends when its use is logged. */
  readonly isOneTime: boolean;
}

/** A service as it was asked for. */
export interface Altinn2Resource {
  readonly code: string;
  readonly edition: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly operations: readonly string[] | null;
}

/** A use of the consent that was logged with Altinn; the person sees it. */
export interface Altinn2Use {
  /** Nine digits of whoever logged it. */
  readonly by: string;
  readonly code: string;
  readonly edition: number;
  /** ISO moments, UTC. */
  readonly usedAt: string;
  readonly loggedAt: string;
}

/** A consent request and what became of it. Parties are bare numbers, moments ISO in UTC unless said otherwise. */
export interface Altinn2Consent {
  /** `AuthorizationCode`: GUID, lower case. */
  readonly code: string;
  status: Altinn2Status;
  readonly created: string;
  lastChanged: string;
  readonly coveredBy: string;
  readonly offeredBy: string;
  readonly requiredDelegator: string | null;
  readonly handledBy: string | null;
  validTo: string;
  /** The end as it was sent, without the zone. */
  readonly validToWritten: string;
  readonly redirectUrl: string;
  readonly resources: readonly Altinn2Resource[];
  /** By `no-nb`, `no-nn`, `en`. */
  readonly requestMessage: Readonly<Record<string, string>> | null;
  readonly portalViewMode: 'Show' | 'Hide';
  /** When it was given; null: it was not. */
  delegated: string | null;
  /** What ended a given consent before its time; null: nothing did. Shows nowhere but in the refusals. */
  ended: { readonly at: string; readonly how: 'revoked' | 'relinquished' | 'used' } | null;
  uses: Altinn2Use[];
}

/** What Altinn's documentation leaves open, so that a test may choose otherwise. */
export interface Altinn2Choices {
  /** Logging the use of a consent that cannot be used. */
  logUseRefused: number;
  /** Deleting a request that was answered. */
  deleteAnswered: number;
  /** Deleting a request that ran out unanswered. */
  deleteExpired: number;
  /** Redirecting the person, and the old address of the API. */
  pageRedirect: number;
  apiRedirect: number;
}

/** Everything the double remembers, as plain JSON. Whoever holds it may change any part between two calls. */
export interface Altinn2State {
  /** By code. */
  consents: Record<string, Altinn2Consent>;
  services: Altinn2Service[];
  /** Organisation number to its ApiKey, for whoever configures a gateway. */
  apiKeys: Record<string, string>;
  /** Organisations whose key may exchange codes (`Authorization.read`). */
  authorizationReaders: string[];
  /**
   * Organisation number to the return addresses registered for it with the service owner: scheme and host without path,
   * `;` between them, `*.` at most at the front, both http and https without a scheme. Who is missing cannot ask.
   */
  redirectDomains: Record<string, string>;
  /** Suppliers registered with the service owner: their own ApiKey is enough at the exchange. */
  handlers: { readonly consumer: string; readonly supplier: string }[];
  /** The first signs, all are published. Put a new one first to rotate. */
  signingKeys: Altinn2Key[];
  /** By session id. */
  sessions: Record<string, PageSession>;
  /** Key of the form tokens, base64url. */
  formKey: string;
  choices: Altinn2Choices;
}

/** Loopback, for a gateway on this machine, and the names that are set aside for examples. */
const RETURN_DOMAINS = '127.0.0.1;localhost;*.example';

const AAP_UFORE: Omit<Altinn2Service, 'edition'> = {
  code: '5252',
  title: 'Syke- og uføreopplysninger fra NAV',
  template: 'standard',
  metadataKeys: ['Navn', 'fraOgMed', 'tilOgMed'],
  blankKeys: ['Navn'],
  requestMessage: 'optional',
  isOneTime: false,
};

/**
 * A fresh register: no consents, nobody logged in, two signing keys, and an ApiKey for each organisation but D, which is
 * served with the supplier's.
 */
export async function newAltinn2State(): Promise<Altinn2State> {
  const organisations = ORGANISATIONS.map(({ organisationNumber }) => organisationNumber);
  const keyOwners = organisations.filter((number) => number !== NUMBERS.D);
  return {
    consents: {},
    services: [1, 2, 3].map((edition) => ({ ...AAP_UFORE, edition })),
    apiKeys: Object.fromEntries(keyOwners.map((number) => [number, randomUUID()])),
    authorizationReaders: keyOwners,
    redirectDomains: Object.fromEntries(organisations.map((number) => [number, RETURN_DOMAINS])),
    handlers: [],
    signingKeys: await Promise.all([newAltinn2Key(), newAltinn2Key()]),
    sessions: {},
    formKey: randomBytes(32).toString('base64url'),
    choices: { logUseRefused: 403, deleteAnswered: 400, deleteExpired: 204, pageRedirect: 302, apiRedirect: 307 },
  };
}
