import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { GatewayError, invalidInput } from '../errors.ts';
import { resemblesNationalId, Secret } from '../values.ts';
import type { Terms } from './consent.ts';
import { askAgainFrom, changeBy, isEnded, isUntried, latestValidTo, standingAnswer, statusAt } from './consent.ts';
import type { ConsentInquiry } from './inquiry.ts';
import type { Consent, ConsentRail, ConsentStore, ConsentWish, Lookup, OpenRails, Rail } from './ports.ts';

/** The rails as one request holds them. */
export type Rails = ReturnType<OpenRails>;

/** The life of a consent: asked for, confirmed, given up. */
export interface Consents {
  /**
   * Asks the person, unless a standing answer makes that needless: a consent in force, a request not yet answered, or a
   * refusal too recent. What lies on a rail that new requests have left makes it needless only if that rail can say that it
   * stands. `created`: whether this call put a request to the person; false when an earlier one did, whose answer was lost.
   * After a failure that may pass, the same call finds the request that was stored before Altinn was asked, and nobody is
   * asked twice.
   *
   * @param familyName the person's, for a rail that needs it; never stored
   * @throws GatewayError `INVALID_INPUT` on `input.familyName` when it is needed and cannot be used
   */
  request(
    inquiry: ConsentInquiry,
    rails: Rails,
    familyName?: Secret,
  ): Promise<{ readonly consent: Consent; readonly created: boolean }>;
  /** Asks the rail what has become of the consent, and stores it. Of one that was given up nothing is asked. */
  refresh(consent: Consent, rails: Rails): Promise<Consent>;
  /** Stores what a rail has said. */
  confirm(consent: Consent, lookup: Lookup): Promise<Consent>;
  /**
   * Stores that NAV does not accept a consent of which its rail says that it stands. One that has ended, or under which NAV
   * has delivered meanwhile, is left as it is.
   */
  reject(consent: Consent): Promise<Consent>;
  /**
   * Gives the consent up: final, whatever the rail says later. One that the person has declined or withdrawn stays so, for
   * giving up must not shorten the time until they may be asked again. A rail that keeps account of it is told afterwards:
   * when that fails, the consent is given up all the same, and the same call tells it again.
   */
  relinquish(consent: Consent, rails: Rails): Promise<Consent>;
  /** From when the person who declined may be asked again on the same terms. */
  askAgainFrom(declined: Consent): Date;
}

/** What the life of a consent needs. */
export interface ConsentsOptions {
  readonly store: ConsentStore;
  readonly clock: Clock;
  /** The rail that serves new requests. */
  readonly newRequests: Rail;
  /** Days after a refusal before the same terms may be put to the person again. */
  readonly askAgainAfterDays: number;
  /** Days a consent lasts when the insurer does not say; null: as long as allowed. */
  readonly validityDays: number | null;
  /** The address Altinn sends people back to; the return reference is appended. */
  readonly returnAddress: () => string;
}

/** Makes the keeper of the consents. */
export function createConsents(options: ConsentsOptions): Consents {
  const { store, clock } = options;
  const asking = new Map<string, Promise<{ consent: Consent; created: boolean }>>();

  async function confirm(consent: Consent, lookup: Lookup): Promise<Consent> {
    const changed = await store.change(consent, changeBy(consent, lookup, clock.now()));
    if (changed !== undefined) return changed;
    // Somebody else was faster: judge the rail's word against what stands there now.
    const [current] = await store.find(consent.applicant.dataConsumer, [consent.id]);
    if (current === undefined)
      throw new GatewayError('NOT_FOUND', 'The consent request was withdrawn meanwhile. Ask again.', {
        retry: 'later',
      });
    return confirm(current, lookup);
  }

  async function reject({ id, applicant }: Consent): Promise<Consent> {
    // Read anew: a read of another source may have been delivered since the consent was chosen.
    const [current] = await store.find(applicant.dataConsumer, [id]);
    if (current === undefined) throw new GatewayError('NOT_FOUND', 'No such consent.');
    if (!isUntried(current)) return current;
    return (await store.change(current, { status: 'UNUSABLE', confirmedAt: clock.now() })) ?? reject(current);
  }

  async function refresh(consent: Consent, rails: Rails): Promise<Consent> {
    // Nothing that the rail could say would count, and one that has been told says no more than that it refuses.
    if (consent.status === 'RELINQUISHED') return consent;
    const lookup = await railOf(consent.rail, rails).lookup(consent);
    if (lookup !== undefined) return confirm(consent, lookup);
    if (consent.confirmedAt === null) return consent;
    throw unknownToRail();
  }

  function judge(consents: readonly Consent[], { purpose, periode, validTo }: ConsentInquiry): Consent | undefined {
    const terms: Terms = { purpose, periode, validTo };
    return standingAnswer(consents, terms, options.askAgainAfterDays, clock.now());
  }

  /** A standing answer that its rail has just confirmed, unless it was a refusal, which is final. */
  async function standing(
    consents: readonly Consent[],
    inquiry: ConsentInquiry,
    rails: Rails,
  ): Promise<Consent | undefined> {
    const known = judge(consents, inquiry);
    if (known === undefined || isEnded(statusAt(known, clock.now()))) return known;
    const current = await confirmed(known, rails);
    const others = consents.filter(({ id }) => id !== known.id);
    return (current && judge([current], inquiry)) ?? standing(others, inquiry, rails);
  }

  /**
   * The consent as its rail has it now. Undefined: new requests have left its rail, which cannot say, or has never heard of
   * it. The person can be asked on the other one then, which may be the only one that will ever answer again.
   */
  async function confirmed(consent: Consent, rails: Rails): Promise<Consent | undefined> {
    if (consent.rail === options.newRequests) return refresh(consent, rails);
    const seen = await refresh(consent, rails).catch(unlessOfAltinn);
    return seen === undefined || isUnheard(seen) ? undefined : seen;
  }

  async function ask(
    inquiry: ConsentInquiry,
    rails: Rails,
    familyName?: Secret,
  ): Promise<{ consent: Consent; created: boolean }> {
    const { applicant } = inquiry;
    const [consents = []] = await store.consentsOf(applicant.dataConsumer, [applicant.id]);
    const known = await standing(servedOf(rails, consents, clock.now()), inquiry, rails);
    if (known !== undefined && !isUnheard(known)) return { consent: known, created: false };
    const rail = railOf(options.newRequests, rails);
    const named = rail.needsFamilyName ? assertName(familyName) : undefined;
    const { consent, inserted } = known === undefined ? await remember(inquiry) : { consent: known, inserted: false };
    if (!isUnheard(consent)) return { consent, created: false };
    const wish: ConsentWish = {
      consent,
      redirectUrl: `${options.returnAddress()}/${consent.returnReference}`,
      message: inquiry.message,
      portalViewMode: inquiry.portalViewMode,
      ...(inserted && rail.choosesId ? { isFirst: true } : {}),
      ...(named === undefined ? {} : { familyName: named }),
    };
    return { consent: await confirm(consent, await put(wish, rail)), created: true };
  }

  /**
   * Puts a stored request to the person. A refusal may be the answer to a repeat, and the first attempt may have landed, so
   * the rail is asked before the request is forgotten; when it does not say either, the request is kept.
   */
  async function put(wish: ConsentWish, rail: ConsentRail): Promise<Lookup> {
    try {
      return await rail.request(wish);
    } catch (error) {
      if (!(error instanceof GatewayError && error.code === 'ALTINN_REJECTED')) throw error;
      const landed = await rail.lookup(wish.consent).catch(() => {
        throw error;
      });
      if (landed !== undefined) return landed;
      await store.discard(wish.consent);
      throw error;
    }
  }

  function remember(inquiry: ConsentInquiry): Promise<{ readonly consent: Consent; readonly inserted: boolean }> {
    const now = clock.now();
    return store.insert({
      id: randomUUID(),
      applicant: inquiry.applicant,
      rail: options.newRequests,
      railId: new Secret(randomUUID(), 'consent request id'),
      periode: inquiry.periode,
      validTo: inquiry.validTo ?? usualValidTo(options.validityDays, now),
      purpose: inquiry.purpose,
      requestedAt: now,
      reference: inquiry.reference,
      returnUrl: inquiry.returnUrl,
      returnReference: randomBytes(16).toString('base64url'),
    });
  }

  /** Who asks for the same at the same time shares one answer, if it serves their terms too. */
  async function request(
    inquiry: ConsentInquiry,
    rails: Rails,
    familyName?: Secret,
  ): Promise<{ consent: Consent; created: boolean }> {
    const { applicant, purpose, periode } = inquiry;
    const key = JSON.stringify([applicant.dataConsumer, applicant.id, purpose, periode.fom, periode.tom]);
    const underWay = asking.get(key);
    if (underWay !== undefined) {
      const answer = await underWay.catch(unlessPassing);
      const serves = answer !== undefined && judge([answer.consent], inquiry) !== undefined;
      return serves ? { consent: answer.consent, created: false } : request(inquiry, rails, familyName);
    }
    const answer = ask(inquiry, rails, familyName);
    asking.set(key, answer);
    try {
      return await answer;
    } finally {
      asking.delete(key);
    }
  }

  return {
    confirm,
    reject,
    refresh,
    request,
    async relinquish(consent, rails) {
      const given = await giveUp(store, consent, clock.now());
      if (given.status === 'RELINQUISHED') await rails[consent.rail]?.relinquish?.(given);
      return given;
    },
    askAgainFrom: (declined) => askAgainFrom(declined, options.askAgainAfterDays, clock.now()),
  };
}

function usualValidTo(days: number | null, now: Date): Date {
  return days === null ? latestValidTo(now) : new Date(now.getTime() + days * 86_400_000);
}

/** A request that the rail has never answered for: it may not have reached it. */
function isUnheard(consent: Consent): boolean {
  return consent.status === 'PENDING' && consent.confirmedAt === null;
}

const LONGEST_NAME = 100;

function assertName(familyName: Secret | undefined): Secret {
  const name = familyName?.reveal().trim() ?? '';
  if (name === '' || name.length > LONGEST_NAME || resemblesNationalId(name)) {
    throw invalidInput(
      'input.familyName',
      `New requests go to Altinn 2, which compares the family name with the population register: write it, 1 to ${LONGEST_NAME} characters.`,
    );
  }
  return new Secret(name, 'family name');
}

async function giveUp(store: ConsentStore, consent: Consent, now: Date): Promise<Consent> {
  if (consent.status === 'RELINQUISHED' || consent.status === 'DECLINED' || consent.status === 'WITHDRAWN')
    return consent;
  const changed = await store.change(consent, { status: 'RELINQUISHED', endedAt: now, pageUrl: null });
  if (changed !== undefined) return changed;
  const [current] = await store.find(consent.applicant.dataConsumer, [consent.id]);
  if (current === undefined) throw new GatewayError('NOT_FOUND', 'No such consent.');
  return giveUp(store, current, now);
}

/**
 * The consents that count: of those on a rail that is not served, only what has ended, for nobody can say what has become of
 * the others, nor read under them.
 */
export function servedOf(rails: Rails, consents: readonly Consent[], now: Date): readonly Consent[] {
  return consents.filter((consent) => rails[consent.rail] !== undefined || isEnded(statusAt(consent, now)));
}

/** @throws GatewayError `ALTINN_UNAVAILABLE` when the rail is not configured */
export function railOf(rail: Rail, rails: Rails): ConsentRail {
  const configured = rails[rail];
  if (configured !== undefined) return configured;
  throw new GatewayError('ALTINN_UNAVAILABLE', `The gateway is not configured for the consent system ${rail}.`, {
    retry: 'never',
  });
}

/** The fault that a rail does not know a consent which it has confirmed before. */
export function unknownToRail(): GatewayError {
  return new GatewayError(
    'ALTINN_REJECTED',
    'Altinn does not know the consent that the gateway holds. The operator must check that both speak to the same environment.',
  );
}

/**
 * Only what passes by itself keeps everybody from asking alike. A request that failed for good may owe that to what its own
 * caller wrote, and one that was abandoned to their having gone: neither says anything about the next one's.
 */
function unlessPassing(error: unknown): undefined {
  if (error instanceof GatewayError && (error.retry === 'never' || error.code === 'ABANDONED')) return;
  throw error;
}

function unlessOfAltinn(error: unknown): undefined {
  if (error instanceof GatewayError && (error.code === 'ALTINN_UNAVAILABLE' || error.code === 'ALTINN_REJECTED'))
    return;
  throw error;
}
