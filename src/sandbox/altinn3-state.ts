import { randomBytes } from 'node:crypto';
import type { ConsentResource } from './world.ts';
import { CONSENT_RESOURCES } from './world.ts';

/** `Expired` is never stored: it only shows as an event. `Deleted` and `Used` come from consents that were migrated. */
export type ConsentStatus = 'Created' | 'Accepted' | 'Rejected' | 'Revoked' | 'Deleted';

/** What happened to a consent. Names in PascalCase, as on the wire. */
export type ConsentEventType = ConsentStatus | 'Used';

/** One event; `created` in UTC with offset `+00:00`. */
export interface ConsentEvent {
  /** UUIDv7, growing over all consents in the order the events happened. */
  readonly id: string;
  readonly eventType: ConsentEventType;
  readonly created: string;
  /** URN of whoever acted. */
  readonly performedBy: string;
}

/** What is asked for: actions on one resource, with the metadata keys in the case they were sent in. */
export interface ConsentRight {
  readonly action: readonly string[];
  readonly resource: readonly { readonly type: string; readonly value: string }[];
  readonly metadata: Readonly<Record<string, string>> | null;
}

/** A consent request and what became of it. Parties are URNs; moments UTC with offset `+00:00`. */
export interface ConsentRecord {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly requiredDelegator: string | null;
  readonly handledBy: string | null;
  validTo: string;
  readonly consentRights: readonly ConsentRight[];
  /** Language (`nb`, `nn`, `en`) to text. */
  readonly requestMessage: Readonly<Record<string, string>> | null;
  readonly redirectUrl: string;
  readonly portalViewMode: 'Hide' | 'Show';
  status: ConsentStatus;
  consented: string | null;
  events: ConsentEvent[];
}

/** A person logged in on the pages. */
export interface PageSession {
  /** Cast id, not the number. */
  readonly person: string;
  /** Epoch milliseconds. */
  readonly until: number;
}

/** Everything the double remembers, as plain JSON. Whoever holds it may change any part between two calls. */
export interface Altinn3State {
  consents: Record<string, ConsentRecord>;
  lastEventId: string | null;
  resources: ConsentResource[];
  /** By session id. */
  sessions: Record<string, PageSession>;
  /** Key of the form tokens, base64url. */
  formKey: string;
}

/** A fresh register: no consents, nobody logged in. */
export function newAltinn3State(): Altinn3State {
  return {
    consents: {},
    lastEventId: null,
    resources: structuredClone([...CONSENT_RESOURCES]),
    sessions: {},
    formKey: randomBytes(32).toString('base64url'),
  };
}
