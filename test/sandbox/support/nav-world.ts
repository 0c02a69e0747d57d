import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { SettableClock } from '../../../src/clock.ts';
import { stillClock } from '../../../src/clock.ts';
import { createAap } from '../../../src/sandbox/aap.ts';
import { newAltinn2Key, publishedKey, signClaims } from '../../../src/sandbox/altinn2-keys.ts';
import type { Double, DoubleResponse } from '../../../src/sandbox/double.ts';
import type { Sporingslogg, Trace } from '../../../src/sandbox/sporingslogg.ts';
import { createSporingslogg } from '../../../src/sandbox/sporingslogg.ts';
import type { Switches } from '../../../src/sandbox/switches.ts';
import { restingSwitches } from '../../../src/sandbox/switches.ts';
import { createUforeopplysninger } from '../../../src/sandbox/uforeopplysninger.ts';
import type { CastId } from '../../../src/sandbox/world.ts';
import { personByCastId, SANDBOX_START } from '../../../src/sandbox/world.ts';

const ISSUER = 'https://maskinporten.example/';
export const INSURER_A = '210483713';
export const INSURER_B = '313772403';
export const AAP_SCOPE = 'nav:arbeid/v1/aap';
export const UFORE_SCOPE = 'nav:helse/v1/uforeopplysninger';
export const VEDTAK = '/api/v1/aap/vedtak';
export const MELDEKORT = '/api/v1/aap/meldekort';
export const UFORE = '/dsop-ufo/uforeopplysninger';

const keys = await generateKeyPair('RS256');
const strangersKeys = await generateKeyPair('RS256');
const altinn2Key = await newAltinn2Key();
const strangersAltinn2Key = await newAltinn2Key();
const publicJwk = { ...(await exportJWK(keys.publicKey)), kid: 'test', alg: 'RS256', use: 'sig' };

export function numberOf(id: CastId): string {
  const person = personByCastId(id);
  if (person === undefined) throw new Error(`${id} is not in the cast`);
  return person.nationalId;
}

/** The NAV doubles alone, trusting a Maskinporten whose keys the test holds. */
export interface NavWorld {
  readonly aap: Double;
  readonly uforeopplysninger: Double;
  readonly switches: Switches;
  readonly sporingslogg: Sporingslogg;
  readonly clock: SettableClock;
}

export function navWorld(): NavWorld {
  const clock = stillClock(SANDBOX_START);
  const switches = restingSwitches();
  const traces: Trace[] = [];
  const sporingslogg = createSporingslogg(traces, { clock, switches, changed: () => undefined });
  const maskinporten = { issuer: ISSUER, jwks: () => ({ keys: [publicJwk] }) };
  const altinn2 = { jwks: () => ({ keys: [publishedKey(altinn2Key)] }) };
  const parts = { clock, switches, sporingslogg, maskinporten, altinn2 };
  return { aap: createAap(parts), uforeopplysninger: createUforeopplysninger(parts), switches, sporingslogg, clock };
}

/** A consent as Maskinporten writes it into a token; dates as `yyyy-MM-dd`. */
export function consentDetail(person: CastId, fom: string, tom: string, changes: object = {}) {
  const written = (date: string) => date.split('-').toReversed().join('.');
  return {
    type: 'urn:altinn:consent',
    id: '5b0f6d1e-7c52-4d0e-9d55-0c3b1f3a9e21',
    from: `urn:altinn:person:identifier-no:${numberOf(person)}`,
    to: { authority: 'iso6523-actorid-upis', ID: `0192:${INSURER_A}` },
    consented: '2026-08-21T09:14:03.120455+00:00',
    validTo: '2027-03-01T12:00:00+00:00',
    consentRights: [
      {
        action: ['consent'],
        resource: [{ type: 'urn:altinn:resource', value: 'nav_samtykke_dsop_aap-ufore' }],
        metadata: { fraogmed: written(fom), tilogmed: written(tom) },
      },
    ],
    ...changes,
  };
}

/** A Maskinporten token, by default insurer A's with one scope, two minutes long. */
export async function token(
  claims: { [claim: string]: unknown; details?: readonly object[] },
  { signedBy = 'maskinporten' }: { signedBy?: 'maskinporten' | 'a stranger' } = {},
): Promise<string> {
  const { details, ...rest } = claims;
  const now = Math.floor(SANDBOX_START.getTime() / 1000);
  return new SignJWT({
    iss: ISSUER,
    scope: AAP_SCOPE,
    client_id: 'client',
    consumer: { authority: 'iso6523-actorid-upis', ID: `0192:${INSURER_A}` },
    iat: now,
    exp: now + 120,
    ...(details === undefined ? {} : { authorization_details: details }),
    ...rest,
  })
    .setProtectedHeader({ alg: 'RS256', kid: 'test' })
    .sign(signedBy === 'maskinporten' ? keys.privateKey : strangersKeys.privateKey);
}

/** A consent token of Altinn 2, by default P04's to insurer A; a claim that is undefined is left out. */
export function altinn2Token(
  changes: Record<string, unknown> = {},
  { signedBy = 'altinn' }: { signedBy?: 'altinn' | 'a stranger' } = {},
): Promise<string> {
  const now = Math.floor(SANDBOX_START.getTime() / 1000);
  const claims = {
    Services: ['5252_2', '5252_2_Navn=Fjordlund', '5252_2_fraOgMed=01.01.2022', '5252_2_tilOgMed=31.12.2027'],
    AuthorizationCode: '3f1d7c52-0b6e-4c8a-9a41-5e2f77d0c9ab',
    OfferedBy: numberOf('P04'),
    CoveredBy: INSURER_A,
    DelegatedDate: now - 1000,
    ValidToDate: now + 1_000_000,
    iss: 'altinn.no',
    nbf: now,
    exp: now + 30,
    iat: now,
    ...changes,
  };
  return signClaims(claims, signedBy === 'altinn' ? altinn2Key : strangersAltinn2Key);
}

/** A call as a bare client would make it. */
export async function call(
  double: Double,
  path: string,
  { bearer, person, query = '', headers = {}, method = 'GET' }: CallOptions,
): Promise<DoubleResponse> {
  return double({
    method,
    url: new URL(`https://nav.example${path}${query}`),
    headers: {
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      ...(person === undefined ? {} : { fnr: person }),
      ...headers,
    },
    body: '',
  });
}

export interface CallOptions {
  readonly bearer?: string;
  /** Eleven digits, for the header `fnr`. */
  readonly person?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
}

export function reasonOf({ status, headers }: DoubleResponse): string {
  return `${status} ${headers['x-sandbox-reason']}`;
}
