import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReadWish } from '../../src/access/consent.ts';
import {
  awaited,
  changeBy,
  decide,
  effectivePeriode,
  endedAt,
  isEnded,
  latestValidTo,
  standingAnswer,
  statusAt,
} from '../../src/access/consent.ts';
import type { Consent, ConsentStatus, Lookup } from '../../src/access/ports.ts';
import { civilDate, contains } from '../../src/periode.ts';
import { Secret } from '../../src/values.ts';
import { DAY, later, START } from '../contracts/remembered.ts';
import { STATUSES, someConsent, someConsents, someRead, someWish } from './some-consent.ts';

const ms = (moment: Date, by: number) => new Date(moment.getTime() + by);
const span = (fom: string, tom: string) => ({ fom: civilDate(fom), tom: civilDate(tom) });

describe('the status at a moment', () => {
  it.each(STATUSES)(
    'of one stored as %s turns into EXPIRED with validTo only while it can still give access',
    (status) => {
      const consent = someConsent({ status, validTo: later(10) });
      const runsOut = status === 'ACTIVE' || status === 'PENDING';
      expect(statusAt(consent, ms(later(10), -1))).toBe(status);
      expect(statusAt(consent, later(10))).toBe(runsOut ? 'EXPIRED' : status);
    },
  );

  it.each<[ConsentStatus, Partial<Consent>, Date | null]>([
    ['ACTIVE', { validTo: later(10) }, null],
    ['PENDING', { validTo: later(10) }, null],
    ['UNUSABLE', { validTo: later(1) }, null],
    ['ACTIVE', { validTo: later(2) }, later(2)],
    ['PENDING', { validTo: later(3) }, later(3)],
    ['EXPIRED', { validTo: later(10), endedAt: later(1) }, later(1)],
    ['EXPIRED', { validTo: later(2) }, later(2)],
    ['WITHDRAWN', { validTo: later(1), endedAt: later(2) }, later(2)],
    ['DECLINED', { endedAt: later(1) }, later(1)],
    ['DECLINED', { endedAt: null, changedAt: later(2) }, later(2)],
    ['RELINQUISHED', { endedAt: later(1) }, later(1)],
  ])('tells of %s when it ended: %o', (status, wish, expected) => {
    expect(endedAt(someConsent({ status, ...wish }), later(5))).toEqual(expected);
  });
});

describe('a read is allowed', () => {
  const inside = someConsent();

  it.each<[string, Partial<Consent>, Partial<ReadWish>]>([
    ['with both ends left out', {}, {}],
    ['by a first day that is the consent’s own', {}, { periode: { fom: civilDate('2024-01-01'), tom: null } }],
    ['by a last day that is the consent’s own', {}, { periode: { fom: null, tom: civilDate('2024-12-31') } }],
    ['of one single day', {}, { periode: span('2024-12-31', '2024-12-31') }],
    ['a millisecond before validTo', { validTo: later(1) }, { now: ms(later(1), -1) }],
    ['of any source, when none is named', { rail: 'ALTINN_2' }, { source: null }],
    ['of the source that the rail opens', { rail: 'ALTINN_2' }, { source: 'aapVedtak' }],
  ])('%s', (_, consent, wish) => {
    const active = { ...inside, ...consent };
    expect(decide([active], someWish(wish))).toEqual({ use: active });
  });

  const [two, three] = [someConsent({ id: 'a', rail: 'ALTINN_2', validTo: later(900) }), someConsent({ id: 'z' })];
  it.each<[string, Consent, Consent]>([
    ['Altinn 3 before Altinn 2, however long that lasts', three, two],
    [
      'the one that lasts longer',
      someConsent({ id: 'z', validTo: later(30) }),
      someConsent({ id: 'a', validTo: later(29), answeredAt: later(1) }),
    ],
    ['the one answered later', someConsent({ id: 'z', answeredAt: ms(START, 1) }), someConsent({ id: 'a' })],
    ['the one with an answer', someConsent({ id: 'z' }), someConsent({ id: 'a', answeredAt: null })],
    ['the first id', someConsent({ id: 'a' }), someConsent({ id: 'b' })],
    [
      'one that covers the dates before one that is preferred',
      someConsent({ id: 'z', rail: 'ALTINN_2' }),
      someConsent({ id: 'a', periode: span('2025-01-01', '2025-12-31') }),
    ],
  ])('under %s', (_, chosen, other) => {
    const wish = someWish({ periode: span('2024-02-01', '2024-02-02') });
    expect(decide([chosen, other], wish)).toEqual({ use: chosen });
    expect(decide([other, chosen], wish)).toEqual({ use: chosen });
  });

  it('for the dates left out up to the ends of the consent used', () => {
    expect(effectivePeriode(inside, { fom: null, tom: null })).toEqual(inside.periode);
    expect(effectivePeriode(inside, { fom: civilDate('2024-03-01'), tom: null })).toEqual(
      span('2024-03-01', '2024-12-31'),
    );
    expect(effectivePeriode(inside, { fom: null, tom: civilDate('2024-03-01') })).toEqual(
      span('2024-01-01', '2024-03-01'),
    );
  });
});

describe('a read is refused', () => {
  // Each world holds what decides and everything that is less telling.
  const ended = someConsent({ id: 'ended', status: 'WITHDRAWN', endedAt: later(0.5) });
  const unusable = someConsent({ id: 'unusable', status: 'UNUSABLE' });
  const uncovered = someConsent({ id: 'uncovered', rail: 'ALTINN_2' });
  const outside = someConsent({ id: 'outside', periode: span('2020-01-01', '2020-12-31') });
  const pending = someConsent({ id: 'pending', status: 'PENDING', answeredAt: null });
  const wish = someWish({ source: 'uforeopplysninger', periode: span('2024-02-01', '2024-02-02') });

  it.each([
    ['PENDING', pending, [ended, unusable, uncovered, outside]],
    ['OUTSIDE_PERIOD', outside, [ended, unusable, uncovered]],
    ['SOURCE_NOT_COVERED', uncovered, [ended, unusable]],
    ['UNUSABLE', unusable, [ended]],
    ['WITHDRAWN', ended, []],
  ] as const)('as %s before anything less telling', (reason, decidedBy, others) => {
    expect(decide([...others, decidedBy], wish)).toMatchObject({ reason, decidedBy });
    expect(decide([decidedBy, ...others], wish)).toMatchObject({ reason, decidedBy });
  });

  it('as NEVER_ASKED when there is nothing, and when all there is was for another purpose', () => {
    const never = { reason: 'NEVER_ASKED', decidedBy: null, allowedPerioder: [] };
    expect(decide([], wish)).toEqual(never);
    const others = [ended, unusable, uncovered, outside, pending, someConsent()];
    expect(
      decide(
        others.map((each): Consent => ({ ...each, purpose: 'OCCUPATIONAL_PENSION' })),
        wish,
      ),
    ).toEqual(never);
  });

  it('as NEVER_ASKED when the only request waiting is for other dates', () => {
    expect(decide([{ ...pending, periode: span('2020-01-01', '2020-12-31') }], wish)).toMatchObject({
      reason: 'NEVER_ASKED',
    });
  });

  it('as SOURCE_NOT_COVERED rather than PENDING when the request waiting would not open the source either', () => {
    const waiting = someConsent({ id: 'p', status: 'PENDING', rail: 'ALTINN_2' });
    expect(decide([waiting, uncovered], wish)).toMatchObject({ reason: 'SOURCE_NOT_COVERED' });
  });

  it.each([
    ['a first day one day too early', '2023-12-31', '2024-06-01'],
    ['a last day one day too late', '2024-06-01', '2025-01-01'],
    ['both', '2023-12-31', '2025-01-01'],
  ])('as OUTSIDE_PERIOD for %s', (_, fom, tom) => {
    const decision = decide([someConsent()], someWish({ periode: span(fom, tom) }));
    expect(decision).toMatchObject({ reason: 'OUTSIDE_PERIOD', allowedPerioder: [span('2024-01-01', '2024-12-31')] });
  });

  it('as OUTSIDE_PERIOD with the spans of all that open the source, oldest first, and of nothing else', () => {
    const periods = [
      span('2022-01-01', '2022-12-31'),
      span('2021-01-01', '2021-06-30'),
      span('2021-01-01', '2021-03-31'),
    ];
    const consents = periods.map((periode, at) => someConsent({ id: `c${at}`, periode, validTo: later(30 + at) }));
    const hidden = [
      someConsent({ id: 'h1', rail: 'ALTINN_2', periode: span('2019-01-01', '2019-12-31') }),
      someConsent({ id: 'h2', validTo: later(1), periode: span('2018-01-01', '2018-12-31') }),
      someConsent({ id: 'h3', status: 'WITHDRAWN', endedAt: START, periode: span('2017-01-01', '2017-12-31') }),
    ];
    const decision = decide([...consents, ...hidden], wish);
    expect(decision).toEqual({
      reason: 'OUTSIDE_PERIOD',
      decidedBy: consents[2],
      allowedPerioder: [periods[2], periods[1], periods[0]],
    });
  });

  it('as OUTSIDE_PERIOD when two consents would cover the dates only together', () => {
    const halves = [
      someConsent({ id: 'a', periode: span('2024-01-01', '2024-06-30') }),
      someConsent({ id: 'b', periode: span('2024-07-01', '2024-12-31') }),
    ];
    expect(decide(halves, someWish({ periode: span('2024-06-30', '2024-07-01') }))).toMatchObject({
      reason: 'OUTSIDE_PERIOD',
    });
  });

  it.each([
    ['ACTIVE', 'EXPIRED'],
    ['PENDING', 'EXPIRED'],
    ['WITHDRAWN', 'WITHDRAWN'],
    ['RELINQUISHED', 'RELINQUISHED'],
    ['DECLINED', 'DECLINED'],
  ] as const)('at the very moment of validTo: what is stored as %s answers %s', (status, reason) => {
    const consent = someConsent({ status, validTo: later(1), endedAt: null });
    expect(decide([consent], someWish())).toMatchObject({ reason, decidedBy: consent, allowedPerioder: [] });
  });

  it('by what became of the one that ended last, the first id deciding between equals', () => {
    const declined = someConsent({ id: 'b', status: 'DECLINED', endedAt: later(0.2) });
    const expired = someConsent({ id: 'c', validTo: later(0.4) });
    const relinquished = someConsent({ id: 'a', status: 'RELINQUISHED', endedAt: later(0.4) });
    expect(decide([declined, expired], someWish())).toMatchObject({ reason: 'EXPIRED', decidedBy: expired });
    expect(decide([declined, expired, relinquished], someWish())).toMatchObject({ reason: 'RELINQUISHED' });
  });

  it('as DECLINED even when the rail did not say when', () => {
    const consent = someConsent({ status: 'DECLINED', answeredAt: null, endedAt: null });
    expect(decide([consent], someWish())).toMatchObject({ reason: 'DECLINED', decidedBy: consent });
  });
});

describe('whatever the consents', () => {
  it('their order decides nothing', () => {
    fc.assert(
      fc.property(someConsents, someRead, fc.infiniteStream(fc.nat()), (consents, wish, random) => {
        const shuffled = consents
          .map((consent) => ({ consent, at: random.next().value }))
          .toSorted((one, other) => one.at - other.at)
          .map(({ consent }) => consent);
        expect(decide(shuffled, wish)).toEqual(decide(consents, wish));
      }),
    );
  });

  it('one that is used is in force, for this purpose, opens the source and contains both ends by itself', () => {
    fc.assert(
      fc.property(someConsents, someRead, (consents, wish) => {
        const decision = decide(consents, wish);
        const usable = (consent: Consent) =>
          consent.status === 'ACTIVE' &&
          consent.validTo > wish.now &&
          consent.purpose === wish.purpose &&
          (wish.source === null || wish.covers(consent, wish.source)) &&
          [wish.periode.fom, wish.periode.tom].every((end) => end === null || contains(consent.periode, end));
        if ('use' in decision) expect(usable(decision.use)).toBe(true);
        else expect(consents.filter(usable)).toEqual([]);
      }),
    );
  });

  it('one more that has ended takes no access away and gives none', () => {
    fc.assert(
      fc.property(someConsents, someRead, fc.constantFrom(...STATUSES.filter(isEnded)), (consents, wish, status) => {
        const decision = decide(consents, wish);
        const more = decide(
          [...consents, someConsent({ id: 'more', status, endedAt: START, purpose: wish.purpose })],
          wish,
        );
        if ('use' in decision) expect(more).toEqual(decision);
        else expect(more).toHaveProperty('reason');
      }),
    );
  });

  it('one more that is usable allows the read', () => {
    fc.assert(
      fc.property(someConsents, someRead, (consents, wish) => {
        const usable = someConsent({ id: 'more', purpose: wish.purpose, validTo: ms(wish.now, 1) });
        expect(decide([...consents, usable], wish)).toHaveProperty('use');
      }),
    );
  });

  it('a refusal names dates only when it is about dates, and its reason is true of the one that decides', () => {
    fc.assert(
      fc.property(someConsents, someRead, (consents, wish) => {
        const decision = decide(consents, wish);
        if ('use' in decision) return;
        const { reason, decidedBy, allowedPerioder } = decision;
        expect(allowedPerioder.length > 0).toBe(reason === 'OUTSIDE_PERIOD');
        expect(decidedBy === null).toBe(reason === 'NEVER_ASKED');
        if (decidedBy === null) return;
        expect(decidedBy.purpose).toBe(wish.purpose);
        const inForce = reason === 'OUTSIDE_PERIOD' || reason === 'SOURCE_NOT_COVERED';
        expect(statusAt(decidedBy, wish.now)).toBe(inForce ? 'ACTIVE' : reason);
      }),
    );
  });

  it('the requests worth a look-up are those whose approval would open the source, for whichever dates', () => {
    fc.assert(
      fc.property(someConsents, someRead, (consents, wish) => {
        const ids = awaited(consents, wish).map(({ id }) => id);
        const anyDates = { ...wish, periode: { fom: null, tom: null } };
        const approved = (id: string) =>
          decide([{ ...(consents.find((each) => each.id === id) ?? someConsent()), status: 'ACTIVE' }], anyDates);
        const expected = consents.filter(
          (consent) => statusAt(consent, wish.now) === 'PENDING' && 'use' in approved(consent.id),
        );
        expect(ids.toSorted()).toEqual(expected.map(({ id }) => id).toSorted());
      }),
    );
  });
});

const word = (status: Lookup['status'], wish: Partial<Lookup> = {}): Lookup => ({
  status,
  answeredAt: status === 'PENDING' ? null : later(1),
  endedAt: isEnded(status) ? later(2) : null,
  pageUrl: null,
  ...wish,
});
const WORDS: readonly Lookup['status'][] = ['PENDING', 'ACTIVE', 'DECLINED', 'WITHDRAWN', 'EXPIRED'];

describe('a rail’s word', () => {
  const all: string[] = [...WORDS];
  it.each<[ConsentStatus, readonly string[]]>([
    ['PENDING', all.filter((status) => status !== 'PENDING')],
    ['ACTIVE', ['DECLINED', 'WITHDRAWN', 'EXPIRED']],
    ['UNUSABLE', ['DECLINED', 'WITHDRAWN', 'EXPIRED']],
    ['EXPIRED', all.filter((status) => status !== 'EXPIRED')],
    ['DECLINED', []],
    ['WITHDRAWN', []],
    ['RELINQUISHED', []],
  ])('moves one stored as %s only to %j', (stored, moves) => {
    for (const status of WORDS) {
      const change = changeBy(someConsent({ status: stored }), word(status), later(3));
      expect(change).toEqual(
        moves.includes(status) ? { confirmedAt: later(3), ...word(status) } : { confirmedAt: later(3) },
      );
    }
  });

  it('brings the page of a request when it is new or another', () => {
    const page = (address: string) => new Secret(address, 'consent page');
    const asked = someConsent({ status: 'PENDING', pageUrl: null });
    const fresh = word('PENDING', { pageUrl: page('https://altinn.example/1') });
    expect(changeBy(asked, fresh, later(3))).toEqual({ confirmedAt: later(3), ...fresh });
    const known = { ...asked, pageUrl: page('https://altinn.example/1') };
    expect(changeBy(known, fresh, later(3))).toEqual({ confirmedAt: later(3) });
    expect(changeBy(known, word('PENDING', { pageUrl: page('https://altinn.example/2') }), later(3))).toHaveProperty(
      'pageUrl',
    );
  });

  it('of an earlier end shortens the consent, whatever else it changes, and of a later one does not', () => {
    const consent = someConsent({ status: 'ACTIVE', validTo: later(5) });
    const changeTo = (validTo: Date) => changeBy(consent, word('ACTIVE', { validTo }), later(3));
    expect(changeTo(later(4))).toEqual({ confirmedAt: later(3), validTo: later(4) });
    for (const end of [later(5), later(6)]) expect(changeTo(end)).toEqual({ confirmedAt: later(3) });
    const answered = changeBy({ ...consent, status: 'PENDING' }, word('ACTIVE', { validTo: later(4) }), later(3));
    expect(answered).toMatchObject({ status: 'ACTIVE', validTo: later(4) });
  });

  it('that comes late, after others, never makes usable what the person or the insurer ended', () => {
    const final: ConsentStatus[] = ['DECLINED', 'WITHDRAWN', 'RELINQUISHED'];
    fc.assert(
      fc.property(fc.constantFrom(...STATUSES), fc.array(fc.constantFrom(...WORDS)), (stored, words) => {
        let consent = someConsent({ status: stored });
        for (const status of words) {
          const change = changeBy(consent, word(status), START);
          const next: Consent = { ...consent, ...change };
          if (final.includes(consent.status)) expect(next.status).toBe(consent.status);
          consent = next;
        }
      }),
    );
  });
});

describe('what makes asking again needless', () => {
  const terms = { purpose: 'DISABILITY_INSURANCE', periode: someConsent().periode, validTo: null } as const;
  const now = later(10);
  const ask = (consents: readonly Consent[], wish: Partial<Parameters<typeof standingAnswer>[1]> = {}, days = 7) =>
    standingAnswer(consents, { ...terms, ...wish }, days, now);

  const declinedAgo = (age: number) =>
    someConsent({ status: 'DECLINED', answeredAt: ms(now, -age), endedAt: ms(now, -age) });
  it.each<[string, Consent, boolean]>([
    ['a consent in force', someConsent(), true],
    ['a consent that runs out this moment', someConsent({ validTo: now }), false],
    ['a request not answered yet', someConsent({ status: 'PENDING' }), true],
    ['a request that has run out', someConsent({ status: 'PENDING', validTo: now }), false],
    ['a refusal a millisecond short of seven days ago', declinedAgo(7 * DAY - 1), true],
    ['a refusal seven days ago', declinedAgo(7 * DAY), false],
    [
      'a refusal known since yesterday of which the rail did not say when',
      someConsent({ status: 'DECLINED', answeredAt: null, changedAt: later(9) }),
      true,
    ],
    ['a withdrawal', someConsent({ status: 'WITHDRAWN', endedAt: now }), false],
    ['one given up', someConsent({ status: 'RELINQUISHED', endedAt: now }), false],
    ['one that NAV does not accept', someConsent({ status: 'UNUSABLE' }), false],
    ['one that has expired', someConsent({ status: 'EXPIRED', endedAt: now }), false],
    ['a consent for another purpose', someConsent({ purpose: 'OCCUPATIONAL_PENSION' }), false],
    ['a consent from another day', someConsent({ periode: span('2024-01-02', '2024-12-31') }), false],
    ['a consent to another day', someConsent({ periode: span('2024-01-01', '2024-12-30') }), false],
  ])('includes or leaves out %s', (_, consent, needless) => {
    expect(ask([consent])).toBe(needless ? consent : undefined);
  });

  it('does not include a consent in force when a longer one is wished for', () => {
    const consent = someConsent({ validTo: later(30) });
    expect(ask([consent], { validTo: later(30) })).toBe(consent);
    expect(ask([consent], { validTo: ms(later(30), 1) })).toBeUndefined();
    const waiting = someConsent({ id: 'w', status: 'PENDING', validTo: later(20) });
    expect(ask([consent, waiting], { validTo: later(31) })).toBe(waiting);
  });

  it('is first a consent in force, then a request, then a refusal', () => {
    const [active, pending, declined] = [someConsent(), someConsent({ id: 'p', status: 'PENDING' }), declinedAgo(DAY)];
    expect(ask([declined, pending, active])).toBe(active);
    expect(ask([declined, pending])).toBe(pending);
  });

  it('is no refusal at all where the operator sets no waiting time', () => {
    expect(ask([declinedAgo(0)], {}, 0)).toBeUndefined();
  });
});

describe('three years', () => {
  it.each([
    ['an ordinary day', '2026-11-16T09:00:00.000Z', '2029-11-16T09:00:00.000Z'],
    ['a leap day, to the 28th', '2028-02-29T09:00:00.000Z', '2031-02-28T09:00:00.000Z'],
    ['a day in summer time that is winter time then', '2026-10-24T22:30:00.000Z', '2029-10-24T22:30:00.000Z'],
    [
      'the same hour on the wall when summer time begins on another date',
      '2026-03-29T10:00:00.000Z',
      '2029-03-29T10:00:00.000Z',
    ],
    ['a day in winter time that is summer time then', '2026-10-26T09:00:00.000Z', '2029-10-26T08:00:00.000Z'],
    ['the last hour of a year in Oslo', '2026-12-31T22:59:59.999Z', '2029-12-31T22:59:59.999Z'],
  ])('after %s', (_, now, expected) => {
    expect(latestValidTo(new Date(now)).toISOString()).toBe(expected);
  });
});
