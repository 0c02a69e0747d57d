import { expect, inject } from 'vitest';
import type { CallerName } from '../../src/sandbox/callers-state.ts';
import type { Transport, WireRequest } from '../../src/upstream.ts';
import { isVedtakRead } from '../support/hold.ts';
import type { AuditedDisclosure, Seen } from '../support/world.ts';
import { consentInput, numberOf, openWorld, REFRESH_CONSENT, REQUEST_CONSENT } from '../support/world.ts';
import type { Event } from './consent-event.ts';
import type { ModelConsent } from './consent-model.ts';
import { flawOf, mayDeliver, stands } from './consent-model.ts';

const RAIL = inject('rail');
const DAY_MS = 86_400_000;
const PERSON = 'P04';

const VEDTAK = `query ($id: NationalId!) { applicant(by: { nationalId: $id }, purpose: DISABILITY_INSURANCE) {
  aapVedtak { __typename ... on ConsentRequired { reason decidedBy { id status } } ... on AapVedtaksliste { consent { id } disclosureId vedtaksliste { vedtakId } } }
} }`;
const RELINQUISH = 'mutation ($id: ID!) { relinquishConsent(id: $id) { consent { id status } } }';
const STATUSES =
  'query ($id: NationalId!) { applicant(by: { nationalId: $id }) { consents(first: 100) { nodes { id status } } } }';
const UNSETTLED = '{ disclosures(first: 100, filter: { outcome: [UNSETTLED] }) { nodes { callId source } } }';

/** A call whose answer is on its way, and what is to be expected of it when it arrives. */
interface OnItsWay {
  readonly release: () => void;
  readonly arrives: () => Promise<void>;
}

/**
 * A world of its own in which one person and two insurers act as told, with the model beside it: after each event the gateway is
 * asked what it knows and judged by the model. Ends it with `ends`, then disposal.
 */
export async function openStory() {
  const consents: ModelConsent[] = [];
  const onTheirWay: OnItsWay[] = [];
  const delivered: string[] = [];
  /** Calls to NAV that came before their intention was in the log. */
  const unintended: string[] = [];
  let holding:
    | { readonly matches: (request: WireRequest) => boolean; readonly held: () => void; readonly gate: Promise<void> }
    | undefined;

  const watching =
    (doubles: Transport): Transport =>
    async (request) => {
      if (isVedtakRead(request)) await checkIntention(request);
      const answer = await doubles(request);
      if (holding?.matches(request) !== true) return answer;
      const { held, gate } = holding;
      holding = undefined;
      held();
      await gate;
      return answer;
    };
  const world = await openWorld({ transport: watching });
  const now = () => world.clock.now();
  const handlerOf = (name: 'a' | 'b'): CallerName => `case-handler-${name}`;
  const pick = (number: number): ModelConsent | undefined => consents[number % consents.length];
  const of = (name: 'a' | 'b') => consents.filter((consent) => consent.insurer === name);

  /** NAV hears of nobody about whom the log does not hold an intention by then. */
  async function checkIntention(request: WireRequest): Promise<void> {
    const callId = request.headers['nav-call-id'];
    const logs = await Promise.all((['a', 'b'] as const).map((name) => world.query(`auditor-${name}`, UNSETTLED)));
    const intended = logs.flatMap(({ data }): { callId: string; source: string }[] => data.disclosures.nodes);
    if (!intended.some((one) => one.callId === callId && one.source === 'AAP_VEDTAK')) unintended.push(request.url);
  }

  /** The statuses that the gateway tells, each judged by the model. */
  async function look(): Promise<void> {
    for (const name of ['a', 'b'] as const) {
      const { data } = await world.query(handlerOf(name), STATUSES, { id: numberOf(PERSON) });
      const told = new Map(
        data.applicant.consents.nodes.map(({ id, status }: { id: string; status: string }) => [id, status]),
      );
      expect([...told.keys()].toSorted()).toEqual(
        of(name)
          .map(({ id }) => id)
          .toSorted(),
      );
      for (const consent of of(name)) {
        const status = String(told.get(consent.id));
        expect(flawOf(consent, status, now())).toBeUndefined();
        consent.lastSeen = status;
      }
    }
  }

  /** Altinn 2 cannot tell a withdrawn consent from a wrong key, nor a deleted request from somebody else's. */
  function expectNoErrors({ errors }: Seen): void {
    const codes = errors.map(({ extensions }) => extensions.code);
    expect(codes.filter((code) => RAIL === 'ALTINN_3' || code !== 'ALTINN_REJECTED')).toEqual([]);
  }

  async function ask({ insurer: name, fom, days }: Extract<Event, { does: 'ask' }>): Promise<void> {
    const validTo = new Date(now().getTime() + days * DAY_MS);
    const input = consentInput(PERSON, {
      purpose: 'DISABILITY_INSURANCE',
      periode: { fom, tom: '2027-12-31' },
      validTo: validTo.toISOString(),
    });
    const seen = await world.query(handlerOf(name), REQUEST_CONSENT, { input });
    expectNoErrors(seen);
    if (seen.errors.length > 0) return;
    const { consent, created } = seen.data.requestConsent;
    const known = consents.find(({ id }) => id === consent.id);
    expect(known === undefined).toBe(created);
    if (known !== undefined) return expect(known).toMatchObject({ insurer: name, fom, isGivenUp: false });
    const altinnId = new URL(consent.pageUrl).searchParams.get('id') ?? '';
    const request = world.altinn.askedOf(PERSON).find(({ id }) => id === altinnId);
    consents.push({
      id: consent.id,
      insurer: name,
      fom,
      validTo: new Date(consent.validTo),
      altinnId,
      pageUrl: consent.pageUrl,
      returnAddress: request?.redirectUrl ?? '',
      atAltinn: 'asked',
      isGivenUp: false,
      lastSeen: 'PENDING',
    });
  }

  async function answer(consent: ModelConsent, says: 'approve' | 'decline'): Promise<void> {
    // Altinn 2 forgets a request that the insurer takes back.
    const isGone = now() >= consent.validTo || (RAIL === 'ALTINN_2' && consent.isGivenUp);
    if (consent.atAltinn !== 'asked' || isGone) return;
    await world.citizen(PERSON).answer(consent.pageUrl, says);
    consent.atAltinn = says === 'approve' ? 'given' : 'declined';
  }

  async function withdraw(consent: ModelConsent): Promise<void> {
    if (consent.insurer === 'a') await world.proveKey();
    if (world.altinn.revoke(consent.altinnId, PERSON)) consent.atAltinn = 'withdrawn';
  }

  async function relinquish(consent: ModelConsent): Promise<void> {
    const seen = await world.query(handlerOf(consent.insurer), RELINQUISH, { id: consent.id });
    expectNoErrors(seen);
    // Without the answer nobody knows; the next look tells.
    if (seen.errors.length > 0 || seen.data.relinquishConsent.consent.status === 'RELINQUISHED')
      consent.isGivenUp = true;
  }

  async function refresh(consent: ModelConsent): Promise<Seen> {
    return world.query(handlerOf(consent.insurer), REFRESH_CONSENT, { id: consent.id });
  }

  /** Judges the answer to a read. `stood`: the consents that stood when its credential was issued. */
  function judge(seen: Seen, name: 'a' | 'b', stood: ReadonlySet<string>): void {
    expectNoErrors(seen);
    const result = seen.data?.applicant?.aapVedtak;
    if (!result) return;
    if (result.__typename === 'ConsentRequired') {
      expect(result.reason === 'NEVER_ASKED').toBe(of(name).length === 0);
      if (result.decidedBy !== null) expect(of(name).map(({ id }) => id)).toContain(result.decidedBy.id);
      return;
    }
    const used = of(name).find(({ id }) => id === result.consent.id);
    expect(used !== undefined && mayDeliver(used, now(), stood.has(used.id))).toBe(true);
    delivered.push(result.disclosureId);
  }

  function read(name: 'a' | 'b'): Promise<Seen> {
    return world.query(handlerOf(name), VEDTAK, { id: numberOf(PERSON) });
  }

  async function readNow(name: 'a' | 'b'): Promise<void> {
    const standing = of(name).filter((consent) => stands(consent, now()));
    const seen = await read(name);
    judge(seen, name, new Set());
    if (standing.length > 0 && seen.errors.length === 0)
      expect(seen.data.applicant.aapVedtak.__typename).toBe('AapVedtaksliste');
  }

  /** Begins a call whose next answer of that kind is kept back, until it is released or the story ends. */
  async function begin(
    matches: (request: WireRequest) => boolean,
    call: () => Promise<Seen>,
    arrives: (seen: Seen) => void,
  ): Promise<void> {
    const gate = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    holding = { matches, held: held.resolve, gate: gate.promise };
    const under = call();
    const isHeld = await Promise.race([held.promise.then(() => true), under.then(() => false)]);
    holding = undefined;
    if (isHeld) onTheirWay.push({ release: gate.resolve, arrives: async () => arrives(await under) });
    else arrives(await under);
  }

  async function release(number: number): Promise<void> {
    const [one] = onTheirWay.splice(number % Math.max(1, onTheirWay.length), 1);
    one?.release();
    await one?.arrives();
  }

  async function act(each: Event): Promise<void> {
    switch (each.does) {
      case 'ask':
        return ask(each);
      case 'read':
        return readNow(each.insurer);
      case 'read slowly': {
        let stood = new Set<string>();
        return begin(
          (request) => {
            const matches = isVedtakRead(request);
            if (matches)
              stood = new Set(
                of(each.insurer)
                  .filter((consent) => stands(consent, now()))
                  .map(({ id }) => id),
              );
            return matches;
          },
          () => read(each.insurer),
          (seen) => judge(seen, each.insurer, stood),
        );
      }
      case 'wait':
        return world.clock.set(new Date(now().getTime() + each.days * DAY_MS));
      case 'release':
        return release(each.which);
    }
    const consent = pick(each.which);
    if (consent === undefined) return;
    switch (each.does) {
      case 'answer':
        return answer(consent, each.answer);
      case 'withdraw':
        return withdraw(consent);
      case 'relinquish':
        return relinquish(consent);
      case 'refresh':
        return expectNoErrors(await refresh(consent));
      case 'refresh slowly':
        return begin(
          ({ method, url }) => method === 'GET' && url.includes(consent.altinnId),
          () => refresh(consent),
          expectNoErrors,
        );
      case 'return':
        return expect((await world.visit(consent.returnAddress)).status).toBe(303);
    }
  }

  return {
    async happens(each: Event): Promise<void> {
      // No two things happen at once: ids, which chance makes, would decide between them.
      world.clock.set(new Date(now().getTime() + 1_000));
      await act(each);
      await look();
    },
    /** Everything arrives; then the log must tell what callers were told. @returns the outcomes in it */
    async ends(): Promise<readonly string[]> {
      while (onTheirWay.length > 0) await release(0);
      await look();
      const log: AuditedDisclosure[] = [...(await world.audit('a')), ...(await world.audit('b'))].filter(
        ({ source }) => source === 'AAP_VEDTAK',
      );
      expect(
        log
          .filter(({ outcome }) => outcome === 'DELIVERED')
          .map(({ id }) => id)
          .toSorted(),
      ).toEqual(delivered.toSorted());
      expect(log.filter(({ outcome }) => outcome === 'UNSETTLED')).toEqual([]);
      expect(unintended).toEqual([]);
      expect(log.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(world.navCalls());
      expect(world.log()).not.toContain('"defect"');
      return log.map(({ outcome }) => outcome);
    },
    async [Symbol.asyncDispose](): Promise<void> {
      for (const { release: letGo } of onTheirWay) letGo();
      await world[Symbol.asyncDispose]();
    },
  };
}
