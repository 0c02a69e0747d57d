import { invalidInput } from '../errors.ts';
import type { BoundedPeriode, CivilDate } from '../periode.ts';
import { isOrdered } from '../periode.ts';
import { resemblesNationalId } from '../values.ts';
import { latestValidTo } from './consent.ts';
import { purposeOf } from './policy.ts';
import type { Applicant, Caller, ConsentWish, Purpose, RequestedPeriode } from './ports.ts';

/** What an insurer asks a person for. Made by {@link judgeInquiry}, so that whoever holds one holds a sound one. */
export interface ConsentInquiry {
  readonly applicant: Applicant;
  readonly purpose: Purpose;
  readonly periode: BoundedPeriode;
  /** Null: as long as allowed. */
  readonly validTo: Date | null;
  readonly returnUrl: string;
  readonly reference: string | null;
  readonly message: ConsentWish['message'];
  readonly portalViewMode: ConsentWish['portalViewMode'];
}

/** The same as a caller wrote it. */
export interface RawInquiry {
  readonly applicant: Applicant;
  readonly purpose: Purpose | null;
  readonly periode: { readonly fom: CivilDate; readonly tom: CivilDate };
  readonly validTo: Date | null;
  readonly returnUrl: string;
  readonly reference: string | null;
  readonly message: ConsentWish['message'];
  readonly portalViewMode: ConsentWish['portalViewMode'];
}

const LONGEST_REFERENCE = 100;
const LONGEST_MESSAGE = 1000;

/**
 * Judges what a caller asks for.
 * @throws GatewayError `INVALID_INPUT` naming the field, `FORBIDDEN` for a purpose the caller does not have
 */
export function judgeInquiry(raw: RawInquiry, caller: Caller, now: Date): ConsentInquiry {
  const purpose = purposeOf(caller, raw.purpose);
  assertOrdered(raw.periode, 'input.periode');
  assertValidity(raw.validTo, now);
  assertReturnUrl(raw.returnUrl, caller.dataConsumer.returnUrls);
  if (raw.reference !== null) assertText(raw.reference, LONGEST_REFERENCE, 'input.reference');
  for (const language of ['nb', 'nn', 'en'] as const) {
    const text = raw.message?.[language] ?? null;
    if (text !== null) assertText(text, LONGEST_MESSAGE, `input.message.${language}`);
  }
  return { ...raw, purpose };
}

/** @throws GatewayError `INVALID_INPUT` when both ends are given and the first lies after the last */
export function assertOrdered(periode: RequestedPeriode, field: string): void {
  const { fom, tom } = periode;
  if (fom !== null && !isOrdered({ fom, tom })) {
    throw invalidInput(`${field}.fom`, 'fom lies after tom. Both ends are included, so they may be equal at most.');
  }
}

function assertValidity(validTo: Date | null, now: Date): void {
  if (validTo === null) return;
  if (validTo <= now) throw invalidInput('input.validTo', 'validTo must lie in the future.');
  if (validTo > latestValidTo(now)) {
    throw invalidInput(
      'input.validTo',
      'A consent may last three years at most. Choose an earlier validTo, or leave it out.',
    );
  }
}

function assertText(text: string, longest: number, field: string): void {
  if (text.trim() === '' || text.length > longest) {
    throw invalidInput(field, `Write 1 to ${longest} characters, or leave it out.`);
  }
  if (resemblesNationalId(text)) {
    throw invalidInput(field, 'This looks like a national id, which must not stand here. Use your own case reference.');
  }
}

/** @throws GatewayError `INVALID_INPUT` when people may not be sent there, or the address holds what looks like a national id */
export function assertReturnUrl(text: string, registered: readonly string[]): void {
  if (!isRegisteredReturnUrl(text, registered)) {
    throw invalidInput(
      'input.returnUrl',
      'This address is not registered for the data consumer. The operator registers return addresses in the configuration.',
    );
  }
  if (resemblesNationalId(decoded(text))) {
    throw invalidInput(
      'input.returnUrl',
      'The address holds what looks like a national id. Use your own case reference.',
    );
  }
}

/**
 * Whether a person may be sent to the address: same origin as a registered one, and a path that is the registered path or
 * lies below it. Refused too are userinfo, any fragment but a hash route (`#/...`), slashes in disguise below the
 * registered path, and characters that a browser drops or turns before it reads the address.
 */
export function isRegisteredReturnUrl(text: string, registered: readonly string[]): boolean {
  const url = URL.parse(text);
  if (url === null || /[\s\\\p{Cc}]/u.test(text) || url.username !== '' || url.password !== '') return false;
  if (url.href.includes('#') && !url.hash.startsWith('#/')) return false;
  return registered.some((allowed) => {
    const base = URL.parse(allowed);
    if (base === null || url.origin !== base.origin || url.origin === 'null') return false;
    if (url.pathname === base.pathname) return true;
    const prefix = base.pathname.endsWith('/') ? base.pathname : `${base.pathname}/`;
    return url.pathname.startsWith(prefix) && !/%2f|%5c/i.test(url.pathname.slice(prefix.length));
  });
}

/** What an address says once its escapes are read; only those of ASCII, which is all that digits need. */
function decoded(text: string): string {
  return text
    .replaceAll('+', ' ')
    .replaceAll(/%([0-7][0-9a-f])/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
