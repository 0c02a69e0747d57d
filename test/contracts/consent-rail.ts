import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Consent, ConsentRail, Opened, RequestScope } from '../../src/access/ports.ts';
import { GatewayError } from '../../src/errors.ts';
import { Secret } from '../../src/values.ts';
import { aWish } from '../support/way-out.ts';

/** A consent system with people, as a rail's tests need it. */
export interface RailWorld {
  readonly name: ConsentRail['name'];
  /** The rail as one request has it. */
  rail(change?: Partial<RequestScope>): ConsentRail;
  /** A consent as it is stored before the rail is asked; each time another. */
  consent(): Consent;
  /** The person answers. @returns the consent as the gateway knows it afterwards */
  answer(consent: Consent, what: 'approve' | 'decline' | 'withdraw'): Promise<Consent>;
  /** Puts the clock past the consent's validity. */
  expire(consent: Consent): void;
  /** Requests that the consent system holds. */
  requestsHeld(): number;
  /** Credentials that were issued for consents. */
  credentialsIssued(): number;
  /** Nothing answers any more. */
  breakDown(): void;
  readonly source: Parameters<ConsentRail['open']>[1];
  /** Whether NAV lets the bearer of these headers see the person of the consent. */
  opensNav(headers: Opened['headers']): Promise<boolean>;
  /** Every address that was called. */
  urls(): readonly string[];
}

/** What every rail promises, whichever system is behind it. */
export function consentRailContract(openWorld: () => Promise<RailWorld>): void {
  async function granted(world: RailWorld): Promise<Consent> {
    const consent = world.consent();
    await world.rail().request(aWish(consent));
    return world.answer(consent, 'approve');
  }

  describe('what every rail promises', () => {
    it('a request is put to the person, who has a page to answer on', async () => {
      const world = await openWorld();
      const consent = world.consent();
      const rail = world.rail();
      expect(rail.name).toBe(world.name);
      const lookup = await rail.request(aWish(consent));
      expect(lookup).toMatchObject({ status: 'PENDING', answeredAt: null, endedAt: null, pageUrl: expect.any(Secret) });
      expect(await world.rail().lookup(consent)).toEqual(lookup);
    });

    it('the same request again asks nobody twice', async () => {
      const world = await openWorld();
      const consent = world.consent();
      await world.rail().request(aWish(consent));
      expect(await world.rail().request(aWish(consent))).toMatchObject({ status: 'PENDING' });
      expect(world.requestsHeld()).toBe(1);
    });

    it('approval is seen without the person coming back', async () => {
      const world = await openWorld();
      const consent = await granted(world);
      expect(await world.rail().lookup(consent)).toEqual({
        status: 'ACTIVE',
        answeredAt: expect.any(Date),
        endedAt: null,
        pageUrl: null,
      });
    });

    it('refusal and withdrawal are told apart, and when they came', async () => {
      const world = await openWorld();
      const declined = world.consent();
      await world.rail().request(aWish(declined));
      expect(await world.rail().lookup(await world.answer(declined, 'decline'))).toMatchObject({
        status: 'DECLINED',
        endedAt: expect.any(Date),
        pageUrl: null,
      });
      const withdrawn = await world.answer(await granted(world), 'withdraw');
      expect(await world.rail().lookup(withdrawn)).toMatchObject({
        status: 'WITHDRAWN',
        answeredAt: expect.any(Date),
        endedAt: expect.any(Date),
        pageUrl: null,
      });
    });

    it('a consent past its validity has expired, answered or not', async () => {
      const world = await openWorld();
      const unanswered = world.consent();
      await world.rail().request(aWish(unanswered));
      const consent = await granted(world);
      world.expire(consent);
      expect(await world.rail().lookup(consent)).toMatchObject({ status: 'EXPIRED', endedAt: consent.validTo });
      expect(await world.rail().lookup(unanswered)).toMatchObject({
        status: 'EXPIRED',
        answeredAt: null,
        pageUrl: null,
      });
    });

    it('giving up is told as often as anybody likes, whatever became of the request', async () => {
      const world = await openWorld();
      const unanswered = world.consent();
      const { railId = unanswered.railId } = await world.rail().request(aWish(unanswered));
      const consents = [
        world.consent(),
        { ...unanswered, railId, confirmedAt: unanswered.requestedAt },
        await granted(world),
        await world.answer(await granted(world), 'withdraw'),
      ];
      for (const consent of [...consents, ...consents])
        expect(await world.rail().relinquish?.(consent)).toBeUndefined();
    });

    it('a consent it does not know is undefined, not an error', async () => {
      const world = await openWorld();
      expect(await world.rail().lookup(world.consent())).toBeUndefined();
    });

    it('a granted consent opens NAV’s door, by headers that do not print', async () => {
      const world = await openWorld();
      const consent = await granted(world);
      const opened = await world.rail().open(consent, world.source);
      if ('refused' in opened) throw new Error('refused');
      expect(await world.opensNav(opened.headers)).toBe(true);
      for (const value of Object.values(opened.headers)) {
        expect(value).toBeInstanceOf(Secret);
        expect(inspect(value)).not.toContain(value.reveal().slice(-20));
      }
    });

    it('one credential serves all calls of a request for the same consent and scope, however many at once', async () => {
      const world = await openWorld();
      const consent = await granted(world);
      const before = world.credentialsIssued();
      const rail = world.rail();
      const opened = await Promise.all(Array.from({ length: 50 }, () => rail.open(consent, world.source)));
      opened.push(await rail.open(consent, world.source));
      expect(world.credentialsIssued() - before).toBe(1);
      const revealed = opened.map((one) =>
        'refused' in one
          ? ''
          : JSON.stringify(Object.entries(one.headers).map(([name, value]) => [name, value.reveal()])),
      );
      expect(new Set(revealed).size).toBe(1);
    });

    it('no credential outlives its request: the next one asks whether the consent still stands', async () => {
      const world = await openWorld();
      const consent = await granted(world);
      await world.rail().open(consent, world.source);
      const before = world.credentialsIssued();
      await world.rail().open(consent, world.source);
      expect(world.credentialsIssued() - before).toBe(1);
    });

    it('two consents never share a credential', async () => {
      const world = await openWorld();
      const consents = [await granted(world), await granted(world)];
      const before = world.credentialsIssued();
      const rail = world.rail();
      await Promise.all(consents.map((consent) => rail.open(consent, world.source)));
      expect(world.credentialsIssued() - before).toBe(2);
    });

    it('a withdrawn consent is refused, with what a second witness says', async () => {
      const world = await openWorld();
      const consent = await world.answer(await granted(world), 'withdraw');
      expect(await world.rail().open(consent, world.source)).toMatchObject({
        refused: { status: 'WITHDRAWN', endedAt: expect.any(Date) },
      });
    });

    it('an expired consent is refused likewise', async () => {
      const world = await openWorld();
      const consent = await granted(world);
      world.expire(consent);
      expect(await world.rail().open(consent, world.source)).toMatchObject({ refused: { status: 'EXPIRED' } });
    });

    it('a refusal is asked for once in a request', async () => {
      const world = await openWorld();
      const consent = await world.answer(await granted(world), 'withdraw');
      const rail = world.rail();
      await rail.open(consent, world.source);
      const before = world.urls().length;
      await rail.open(consent, world.source);
      expect(world.urls()).toHaveLength(before);
    });

    it.each(['request', 'lookup', 'open'] as const)('an outage at %s is a coded fault that passes', async (method) => {
      const world = await openWorld();
      const consent = await granted(world);
      world.breakDown();
      const rail = world.rail();
      const work = {
        request: () => rail.request(aWish(world.consent())),
        lookup: () => rail.lookup(consent),
        open: () => rail.open(consent, world.source),
      }[method]();
      const error: unknown = await work.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(GatewayError);
      expect(error).toMatchObject({
        code: expect.stringMatching(/^(ALTINN|MASKINPORTEN)_UNAVAILABLE$/),
        retry: 'later',
      });
    });

    it.each(['request', 'lookup', 'open'] as const)(
      '%s is given up with its request, and nothing goes out',
      async (method) => {
        const world = await openWorld();
        const consent = await granted(world);
        const before = world.urls().length;
        const rail = world.rail({ signal: AbortSignal.abort() });
        const work = {
          request: () => rail.request(aWish(world.consent())),
          lookup: () => rail.lookup(consent),
          open: () => rail.open(consent, world.source),
        }[method]();
        await expect(work).rejects.toBeInstanceOf(GatewayError);
        expect(world.urls()).toHaveLength(before);
      },
    );

    it('no address that is called holds the person’s number', async () => {
      const world = await openWorld();
      const consent = await world.answer(await granted(world), 'withdraw');
      await world.rail().open(consent, world.source);
      expect(world.urls().length).toBeGreaterThan(3);
      for (const url of world.urls()) expect(url).not.toContain(consent.applicant.nationalId.reveal());
    });
  });
}
