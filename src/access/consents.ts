import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { Secret } from '../values.ts';
import type { Terms } from './consent.ts';
import { changeBy, latestValidTo, standingAnswer, statusAt } from './consent.ts';
import type { ConsentInquiry } from './inquiry.ts';
import type { Consent, ConsentRail, ConsentStore, ConsentWish, Lookup, OpenRails, Rail } from './ports.ts';

/** The rails as one request holds them. */
export type Rails = ReturnType<OpenRails>;

/** The life of a consent: asked for, confirmed, given up. */
export interface Consents {
  /**
   * Asks the person, unless a standing answer makes that needless: a consent in force, a request not yet answered, or a
   * refusal too recent. `created`: whether this call put a request to the person. After a failure that may pass, the same
   * call finds the request that was stored before Altinn was asked, and nobody is asked twice.
   */
  request(inquiry: ConsentInquiry, rails: Rails): Promise<{ readonly consent: Consent; readonly created: boolean }>;
  /** Asks the rail what has become of the consent, and stores it. */
  refresh(consent: Consent, rails: Rails): Promise<Consent>;
  /** Stores what a rail has said. */
  confirm(consent: Consent, lookup: Lookup): Promise<Consent>;
  /** Gives the consent up: final, whatever the rail says later. */
  relinquish(consent: Consent, rails: Rails): Promise<Consent>;
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
      throw new GatewayError('NOT_FOUND', 'The consent request was withdrawn meanwhile. Ask again.');
    return confirm(current, lookup);
  }

  async function refresh(consent: Consent, rails: Rails): Promise<Consent> {
    const lookup = await railOf(consent.rail, rails).lookup(consent);
    if (lookup !== undefined) return confirm(consent, lookup);
    if (consent.confirmedAt === null) return consent;
    throw new GatewayError(
      'ALTINN_REJECTED',
      'Altinn does not know the consent that the gateway holds. The operator must check that both speak to the same environment.',
    );
  }

  async function standing(inquiry: ConsentInquiry, rails: Rails): Promise<Consent | undefined> {
    const terms: Terms = { purpose: inquiry.purpose, periode: inquiry.periode, validTo: inquiry.validTo };
    const { applicant } = inquiry;
    const [consents = []] = await store.consentsOf(applicant.dataConsumer, [applicant.id]);
    const known = standingAnswer(consents, terms, options.askAgainAfterDays, clock.now());
    if (known === undefined) return undefined;
    const now = clock.now();
    const open = statusAt(known, now) === 'ACTIVE' || statusAt(known, now) === 'PENDING';
    if (!open || known.confirmedAt === null) return known;
    const current = await refresh(known, rails);
    return standingAnswer([current], terms, options.askAgainAfterDays, clock.now());
  }

  async function ask(inquiry: ConsentInquiry, rails: Rails): Promise<{ consent: Consent; created: boolean }> {
    const known = await standing(inquiry, rails);
    if (known !== undefined && !isUnheard(known)) return { consent: known, created: false };
    const consent = known ?? (await remember(inquiry));
    if (!isUnheard(consent)) return { consent, created: false };
    const rail = railOf(consent.rail, rails);
    const wish: ConsentWish = {
      consent,
      redirectUrl: `${options.returnAddress()}/${consent.returnReference}`,
      message: inquiry.message,
      portalViewMode: inquiry.portalViewMode,
    };
    try {
      const { created, lookup } = await rail.request(wish);
      return { consent: await confirm(consent, lookup), created };
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'ALTINN_REJECTED') await store.discard(consent);
      throw error;
    }
  }

  async function remember(inquiry: ConsentInquiry): Promise<Consent> {
    const now = clock.now();
    const { consent } = await store.insert({
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
    return consent;
  }

  return {
    confirm,
    refresh,
    async request(inquiry, rails) {
      const { applicant, purpose, periode } = inquiry;
      const key = JSON.stringify([applicant.dataConsumer, applicant.id, purpose, periode.fom, periode.tom]);
      const underWay = asking.get(key);
      if (underWay !== undefined) return { consent: (await underWay).consent, created: false };
      const answer = ask(inquiry, rails);
      asking.set(key, answer);
      try {
        return await answer;
      } finally {
        asking.delete(key);
      }
    },
    async relinquish(consent, rails) {
      const relinquished = await giveUp(store, consent, clock.now());
      await railOf(consent.rail, rails).relinquish?.(relinquished);
      return relinquished;
    },
  };
}

function usualValidTo(days: number | null, now: Date): Date {
  return days === null ? latestValidTo(now) : new Date(now.getTime() + days * 86_400_000);
}

/** A request that the rail has never answered for: it may not have reached it. */
function isUnheard(consent: Consent): boolean {
  return consent.status === 'PENDING' && consent.confirmedAt === null;
}

async function giveUp(store: ConsentStore, consent: Consent, now: Date): Promise<Consent> {
  if (consent.status === 'RELINQUISHED') return consent;
  const changed = await store.change(consent, { status: 'RELINQUISHED', endedAt: now, pageUrl: null });
  if (changed !== undefined) return changed;
  const [current] = await store.find(consent.applicant.dataConsumer, [consent.id]);
  if (current === undefined) throw new GatewayError('NOT_FOUND', 'No such consent.');
  return giveUp(store, current, now);
}

/** @throws GatewayError `ALTINN_UNAVAILABLE` when the rail is not configured */
export function railOf(rail: Rail, rails: Rails): ConsentRail {
  const configured = rails[rail];
  if (configured !== undefined) return configured;
  throw new GatewayError('ALTINN_UNAVAILABLE', `The gateway is not configured for the consent system ${rail}.`, {
    retry: 'never',
  });
}
