import { X509Certificate } from 'node:crypto';
import { compactVerify, decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import type { Altinn2 } from './altinn2.ts';
import type { Period, Refusal } from './nav-door.ts';

/** Where an Altinn 2 consent travels, beside the access token. */
export const CONSENT_HEADER = 'nav-samtykke-token';

/** Altinn 2's name in its tokens, not the address in its metadata. */
const ISSUER = 'altinn.no';
const SERVICE = '5252';

const claimsSchema = z.object({
  iss: z.string(),
  exp: z.number(),
  /** A string when there is one. */
  Services: z.union([z.string().transform((service) => [service]), z.array(z.string())]),
  OfferedBy: z.string(),
  CoveredBy: z.string(),
  ValidToDate: z.number(),
});

/** What the consent is held against. */
export interface Altinn2Expectation {
  readonly keys: ReturnType<Altinn2['jwks']>['keys'];
  /** Eleven digits of whom is asked about. */
  readonly person: string;
  /** Nine digits that the access token speaks for. */
  readonly consumer: string;
  readonly lowestEdition: number;
  readonly now: Date;
  /** Whether a token that is older than its thirty seconds is refused. */
  readonly isExpChecked: boolean;
}

/**
 * Judges a consent token of Altinn 2 as NAV's documents describe: 403 unless it is signed by Altinn, names it as issuer, is
 * fresh, covers NAV's service in a high enough edition, was given by this person to this consumer, still runs, and has its
 * dates (`dd.MM.yyyy`). Keys are taken from the certificates, since what Altinn 2 publishes names no algorithm.
 *
 * @returns the span that the consent shows
 */
export async function judgeAltinn2Consent(token: string, expected: Altinn2Expectation): Promise<Period | Refusal> {
  const payload = await signedPayload(token, expected.keys);
  if (payload === null) return refusal('consent-signature', 'Samtykketokenet er ikke gyldig');
  const parsed = claimsSchema.safeParse(payload);
  if (!parsed.success) return refusal('consent-claims', 'Samtykketokenet mangler påkrevde opplysninger');
  const claims = parsed.data;
  if (claims.iss !== ISSUER) return refusal('consent-issuer', 'Samtykketokenet er utstedt av en annen');
  const seconds = expected.now.getTime() / 1000;
  if (expected.isExpChecked && claims.exp <= seconds)
    return refusal('consent-token-expired', 'Samtykketokenet er utløpt');
  const edition = claims.Services.map((service) => Number(new RegExp(`^${SERVICE}_(\\d+)$`).exec(service)?.[1])).find(
    (number) => number >= expected.lowestEdition,
  );
  if (edition === undefined) return refusal('consent-resource', 'Samtykket gjelder en annen tjeneste');
  if (claims.OfferedBy !== expected.person) return refusal('consent-giver', 'Samtykket er gitt av en annen person');
  if (claims.CoveredBy !== expected.consumer) {
    return refusal('consent-receiver', 'Samtykket er gitt til en annen virksomhet');
  }
  if (claims.ValidToDate < seconds) return refusal('consent-expired', 'Samtykket er utløpt');
  const dateOf = (key: string) => {
    const start = `${SERVICE}_${edition}_${key}=`;
    return isoDate(claims.Services.find((service) => service.startsWith(start))?.slice(start.length));
  };
  const [fom, tom] = [dateOf('fraOgMed'), dateOf('tilOgMed')];
  return fom === undefined || tom === undefined
    ? refusal('consent-period', 'Samtykket mangler perioden det gjelder for')
    : { fom, tom };
}

/** The claims when the signature holds, else null. */
async function signedPayload(token: string, keys: Altinn2Expectation['keys']): Promise<unknown> {
  try {
    const { kid } = decodeProtectedHeader(token);
    const [certificate] = keys.find((key) => key.kid === kid)?.x5c ?? [];
    if (certificate === undefined) return null;
    const { publicKey } = new X509Certificate(Buffer.from(certificate, 'base64'));
    const { payload } = await compactVerify(token, publicKey, { algorithms: ['RS256'] });
    return JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return null;
  }
}

function isoDate(written: string | undefined): string | undefined {
  const parts = /^(\d{2})\.(\d{2})\.(\d{4})$/.exec(written ?? '');
  return parts === null ? undefined : z.iso.date().safeParse(`${parts[3]}-${parts[2]}-${parts[1]}`).data;
}

function refusal(reason: string, message: string): Refusal {
  return { status: 403, reason, message };
}
