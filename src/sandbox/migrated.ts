import { writeMoment } from './altinn3-moments.ts';
import { organisationUrn, personUrn } from './altinn3-parties.ts';
import type { ConsentRegister } from './altinn3-register.ts';
import type { ConsentEvent, ConsentRecord } from './altinn3-state.ts';
import { MIGRATED_RESOURCE, organisationByNumber } from './world.ts';

/** A line of an insurer's own list of the consents it held in Altinn 2. Dates `yyyy-MM-dd`, as the insurer asked for them. */
export interface Altinn2Code {
  /** Organisation number of the insurer. */
  readonly organisation: string;
  /** National id of the person. */
  readonly person: string;
  /** `AuthorizationCode`: GUID, lower case. Since the migration, the id of the consent in Altinn 3. */
  readonly code: string;
  /** ISO moment with offset. */
  readonly validTo: string;
  readonly fom: string;
  readonly tom: string;
}

/** A consent of Altinn 2 and what became of it. Without its optional parts: given, moved as it was, and in force. */
export interface MigratedConsent extends Altinn2Code {
  /** ISO moments with offset. */
  readonly consented: string;
  /** Logged uses of it. */
  readonly used?: readonly string[];
  /** Withdrawn: in Altinn 2, where it was then deleted, or afterwards in Altinn 3. */
  readonly withdrawn?: { readonly at: string; readonly status: 'Deleted' | 'Revoked' };
  /** Organisation number of the supplier that sent the request. */
  readonly handledBy?: string;
  /** The Altinn 2 operations; reading alone unless told. */
  readonly action?: readonly string[];
  /** What was stored with it, keys in lower case; name and both dates unless told. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Empty unless told. */
  readonly redirectUrl?: string;
  /** The insurer has it on its list, and Altinn knows of no such consent. */
  readonly isLost?: boolean;
}

/**
 * Puts consents into Altinn 3 as its migration from Altinn 2 left them, and onto the lists of their insurers. A code that is
 * there already is passed over, so the same may be planted twice.
 */
export function plantMigrated(
  consents: readonly MigratedConsent[],
  { register, codes }: { readonly register: ConsentRegister; readonly codes: Altinn2Code[] },
): void {
  const listed = new Set(codes.map(({ code }) => code));
  for (const consent of consents) {
    if (listed.has(consent.code)) continue;
    const { organisation, person, code, validTo, fom, tom } = consent;
    codes.push({ organisation, person, code, validTo, fom, tom });
    if (consent.isLost !== true) register.migrate(recordOf(consent), historyOf(consent));
  }
}

function recordOf(consent: MigratedConsent): Omit<ConsentRecord, 'events'> {
  const { organisation, fom, tom, handledBy, withdrawn } = consent;
  const name = organisationByNumber(organisation)?.name ?? organisation;
  return {
    id: consent.code,
    from: personUrn(consent.person),
    to: organisationUrn(organisation),
    // Neither the required delegator nor the message was carried over.
    requiredDelegator: null,
    requestMessage: null,
    handledBy: handledBy === undefined ? null : organisationUrn(handledBy),
    validTo: moment(consent.validTo),
    consentRights: [
      {
        action: consent.action ?? ['read'],
        resource: [{ type: 'urn:altinn:resource', value: MIGRATED_RESOURCE.id }],
        metadata: consent.metadata ?? { navn: name, fraogmed: written(fom), tilogmed: written(tom) },
      },
    ],
    redirectUrl: consent.redirectUrl ?? '',
    portalViewMode: 'Hide',
    status: withdrawn?.status ?? 'Accepted',
    consented: moment(consent.consented),
  };
}

/** Oldest first. When the request was made is not told apart from when it was answered. */
function historyOf(consent: MigratedConsent): Omit<ConsentEvent, 'id'>[] {
  const { organisation, consented, used = [], withdrawn } = consent;
  const [insurer, giver] = [organisationUrn(organisation), personUrn(consent.person)];
  return [
    { eventType: 'Created', created: moment(consented), performedBy: insurer },
    { eventType: 'Accepted', created: moment(consented), performedBy: giver },
    ...used.map((at) => ({ eventType: 'Used', created: moment(at), performedBy: insurer }) as const),
    ...(withdrawn === undefined
      ? []
      : [{ eventType: withdrawn.status, created: moment(withdrawn.at), performedBy: giver }]),
  ];
}

/** As Altinn 3 keeps moments. */
function moment(text: string): string {
  return writeMoment(new Date(text));
}

function written(date: string): string {
  return date.split('-').toReversed().join('.');
}
