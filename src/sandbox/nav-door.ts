import type { JWTPayload } from 'jose';
import { createLocalJWKSet, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { NationalId } from '../values.ts';
import type { DoubleRequest } from './double.ts';
import type { Maskinporten } from './maskinporten.ts';
import { AAP_UFORE_RESOURCE, judgeNumber, MIGRATED_RESOURCE } from './world.ts';

/** Why a call is not let in. */
export interface Refusal {
  readonly status: number;
  /** The check that failed, for `x-sandbox-reason`. */
  readonly reason: string;
  /** NAV's words, in Norwegian; no value that was sent. */
  readonly message: string;
}

/** Whose tokens are trusted: the issuer with its trailing slash, as tokens carry it, and its public keys. */
export type TokenIssuer = Pick<Maskinporten, 'issuer' | 'jwks'>;

/** A span of civil dates (`yyyy-MM-dd`), both ends included. */
export interface Period {
  readonly fom: string;
  readonly tom: string;
}

/** An access token that holds. */
export interface Bearer {
  readonly token: string;
  /** Nine digits. */
  readonly consumer: string;
  /** Nine digits; null: no supplier acts. */
  readonly supplier: string | null;
  readonly authorizationDetails: Claims['authorization_details'];
}

/** The dates of a request; undefined: left out. */
export interface Dates {
  readonly fom: string | undefined;
  readonly tom: string | undefined;
}

const CONSENT_TYPE = 'urn:altinn:consent';
const RESOURCE_TYPE = 'urn:altinn:resource';
const PERSON_URN = 'urn:altinn:person:identifier-no:';

/** ISO 6523 with the Norwegian register of organisations; the number is the second element, whatever follows it. */
const partySchema = z.object({
  authority: z.literal('iso6523-actorid-upis'),
  ID: z
    .string()
    .regex(/^0192:\d{9}(?::|$)/)
    .transform((id) => id.slice('0192:'.length, '0192:'.length + 9)),
});

const claimsSchema = z.object({
  scope: z.string(),
  consumer: partySchema,
  supplier: partySchema.optional(),
  authorization_details: z.array(z.looseObject({ type: z.string() })).default([]),
});

type Claims = z.output<typeof claimsSchema>;

const metadataSchema = z.record(z.string(), z.string());

/** Altinn's documentation spells the key `metadata` and `metaData`; both are read. */
const rightSchema = z.object({
  action: z.array(z.string()),
  resource: z.array(z.object({ type: z.string(), value: z.string() })),
  metadata: metadataSchema.optional(),
  metaData: metadataSchema.optional(),
});

const consentSchema = z.object({
  type: z.literal(CONSENT_TYPE),
  id: z.string(),
  from: z.string(),
  to: partySchema,
  validTo: z.iso.datetime({ offset: true }),
  consentRights: z.array(rightSchema),
});

/** Tells a refusal from what a check found. */
export function isRefusal(verdict: object): verdict is Refusal {
  return 'reason' in verdict && 'status' in verdict;
}

/** 404 for a path this service does not have, 405 for a method other than GET. */
export function judgeRoute({ method, url }: DoubleRequest, paths: readonly string[]): Refusal | undefined {
  if (!paths.includes(url.pathname)) return refusal(404, 'path', 'Ukjent ressurs');
  if (method !== 'GET') return refusal(405, 'method', 'Metoden er ikke tillatt');
  return undefined;
}

/** 401 unless there is a bearer token that Maskinporten signed and that has not expired; 403 unless its scope is this one. */
export async function judgeBearer(
  { headers }: DoubleRequest,
  scope: string,
  { issuer, jwks }: TokenIssuer,
  now: Date,
): Promise<Bearer | Refusal> {
  const token = /^Bearer (\S+)$/i.exec(headers['authorization'] ?? '')?.[1];
  if (token === undefined) return unauthorized('bearer-missing', 'mangler');
  const verified = await verify(token, createLocalJWKSet(jwks()), issuer, now);
  if ('failed' in verified) return unauthorized(verified.failed, 'er ikke gyldig');
  const claims = claimsSchema.safeParse(verified.payload);
  if (!claims.success) return unauthorized('bearer-claims', 'mangler påkrevde opplysninger');
  // The whole text is compared: a token with two scopes opens neither door.
  if (claims.data.scope !== scope) return refusal(403, 'scope', 'Tokenet gir ikke tilgang til tjenesten');
  return {
    token,
    consumer: claims.data.consumer.ID,
    supplier: claims.data.supplier?.ID ?? null,
    authorizationDetails: claims.data.authorization_details,
  };
}

/** 400 unless one of the headers holds a synthetic national id. */
export function judgePerson({ headers }: DoubleRequest, names: readonly string[]): NationalId | Refusal {
  const digits = names.map((name) => headers[name]).find((value) => value !== undefined);
  if (digits === undefined) return refusal(400, 'person-missing', 'Fødselsnummer mangler');
  const nationalId = judgeNumber(digits);
  return nationalId instanceof NationalId ? nationalId : refusal(400, 'person-number', nationalId.refused);
}

/** 400 unless every date given is one, once, as `yyyy-MM-dd`. */
export function judgeDates({ url }: DoubleRequest): Dates | Refusal {
  const found: (string | undefined)[] = [];
  for (const name of ['fomDato', 'tomDato']) {
    const [value, ...others] = url.searchParams.getAll(name);
    if (others.length > 0 || (value !== undefined && !z.iso.date().safeParse(value).success)) {
      return refusal(400, 'date', `${name} er ikke en dato (yyyy-MM-dd)`);
    }
    found.push(value);
  }
  return { fom: found[0], tom: found[1] };
}

/**
 * 403 unless the token carries a consent for NAV's resource, from this person, to this consumer, still valid, with its
 * dates (`dd.MM.yyyy`, under lower-case keys alone). A consent that was migrated from Altinn 2 has another resource, and
 * whatever action it had there.
 *
 * @param reader what is looked at: consents inside tokens at all, and migrated ones among them
 * @returns the span that the consent shows
 */
export function judgeConsent(
  { authorizationDetails, consumer }: Bearer,
  person: NationalId,
  now: Date,
  reader: { readonly readsTokenConsent: boolean; readonly takesMigrated: boolean },
): Period | Refusal {
  const carried = reader.readsTokenConsent ? authorizationDetails.find(({ type }) => type === CONSENT_TYPE) : undefined;
  const consent = consentSchema.safeParse(carried).data;
  if (consent === undefined) return refusal(403, 'consent-missing', 'Samtykke mangler');
  const right = consent.consentRights.find(({ action, resource }) => {
    const ids = resource.flatMap(({ type, value }) => (type === RESOURCE_TYPE ? [value] : []));
    const isMigrated = reader.takesMigrated && ids.includes(MIGRATED_RESOURCE.id);
    return isMigrated || (action.includes('consent') && ids.includes(AAP_UFORE_RESOURCE.id));
  });
  if (right === undefined) return refusal(403, 'consent-resource', 'Samtykket gjelder en annen tjeneste');
  if (consent.from !== `${PERSON_URN}${person.reveal()}`) {
    return refusal(403, 'consent-giver', 'Samtykket er gitt av en annen person');
  }
  if (consent.to.ID !== consumer) return refusal(403, 'consent-receiver', 'Samtykket er gitt til en annen virksomhet');
  if (new Date(consent.validTo) < now) return refusal(403, 'consent-expired', 'Samtykket er utløpt');
  const metadata = right.metadata ?? right.metaData ?? {};
  const fom = isoDate(metadata['fraogmed']);
  const tom = isoDate(metadata['tilogmed']);
  if (fom === undefined || tom === undefined) {
    return refusal(403, 'consent-period', 'Samtykket mangler perioden det gjelder for');
  }
  return { fom, tom };
}

/** 403 when an end lies outside the consent's span (its own ends are inside), then 400 when from is after to. */
export function judgePeriod(dates: Dates, consented: Period): Period | Refusal {
  const requested = { fom: dates.fom ?? consented.fom, tom: dates.tom ?? consented.tom };
  const ends = [requested.fom, requested.tom];
  if (ends.some((end) => end < consented.fom || end > consented.tom)) {
    return refusal(403, 'period-outside', 'Perioden er utenfor samtykkets periode');
  }
  if (requested.fom > requested.tom) return refusal(400, 'period-reversed', 'fomDato er etter tomDato');
  return requested;
}

async function verify(
  token: string,
  keys: ReturnType<typeof createLocalJWKSet>,
  issuer: string,
  now: Date,
): Promise<{ readonly payload: JWTPayload } | { readonly failed: string }> {
  try {
    return await jwtVerify(token, keys, {
      issuer,
      algorithms: ['RS256'],
      currentDate: now,
      requiredClaims: ['iss', 'exp'],
    });
  } catch (error) {
    if (error instanceof errors.JWTExpired) return { failed: 'bearer-expired' };
    if (error instanceof errors.JWTClaimValidationFailed) return { failed: `bearer-${error.claim}` };
    return { failed: 'bearer-signature' };
  }
}

/** From `dd.MM.yyyy`, or undefined when it is no such date. */
function isoDate(written: string | undefined): string | undefined {
  const parts = /^(\d{2})\.(\d{2})\.(\d{4})$/.exec(written ?? '');
  return parts === null ? undefined : z.iso.date().safeParse(`${parts[3]}-${parts[2]}-${parts[1]}`).data;
}

function unauthorized(reason: string, flaw: string): Refusal {
  return refusal(401, reason, `Feil ved aksesstoken: tokenet ${flaw}`);
}

function refusal(status: number, reason: string, message: string): Refusal {
  return { status, reason, message };
}
