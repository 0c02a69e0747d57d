import { inspect } from 'node:util';
import { decodeJwt } from 'jose';
import { describe, expect, it, vi } from 'vitest';
import type { Consent, ConsentWish } from '../../src/access/ports.ts';
import { createRails } from '../../src/altinn/index.ts';
import { civilDate } from '../../src/periode.ts';
import { personByNumber } from '../../src/sandbox/world.ts';
import type { Transport, WireRequest } from '../../src/upstream.ts';
import { NationalId, Secret, SYNTHETIC_NATIONAL_IDS } from '../../src/values.ts';
import type { RailWorld } from '../contracts/consent-rail.ts';
import { consentRailContract } from '../contracts/consent-rail.ts';
import { answer, script } from '../support/scripted.ts';
import type { WayOut, WayOutOptions } from '../support/way-out.ts';
import {
  AAP,
  aConsent,
  aNavRequest,
  aScope,
  aWish,
  dataConsumer,
  nationalIdOf,
  openWayOut,
  READ,
  REQUESTS,
  RESOURCE,
  UFORE,
  WRITE,
} from '../support/way-out.ts';

const PERSON = nationalIdOf('P04').reveal();
const SOURCE = { name: 'aapVedtak', scope: AAP } as const;
const UFORE_SOURCE = { name: 'uforeopplysninger', scope: UFORE } as const;

/** A way out that remembers what was sent. */
async function watched(options: WayOutOptions = {}): Promise<WayOut & { readonly sent: readonly WireRequest[] }> {
  const sent: WireRequest[] = [];
  const { through = (doubles: Transport) => doubles } = options;
  const world = await openWayOut({
    ...options,
    through: (doubles) => {
      const next = through(doubles);
      return (request) => {
        sent.push(request);
        return next(request);
      };
    },
  });
  return { ...world, sent };
}

async function granted(world: WayOut, consent: Consent = aConsent()): Promise<Consent> {
  await world.rail().request(aWish(consent));
  world.sandbox.altinn3.register.accept(consent.railId.reveal(), PERSON);
  return consent;
}

const withdraw = (world: WayOut, consent: Consent) =>
  world.sandbox.altinn3.register.revoke(consent.railId.reveal(), PERSON);
const grants = (world: WayOut, scope: string) => world.calls('maskinporten').filter((call) => call.scope === scope);

consentRailContract(async (): Promise<RailWorld> => {
  const world = await watched();
  const { register } = world.sandbox.altinn3;
  return {
    name: 'ALTINN_3',
    rail: world.rail,
    consent: () => aConsent(),
    answer: async (consent, what) => {
      const act = { approve: register.accept, decline: register.reject, withdraw: register.revoke }[what];
      expect(act(consent.railId.reveal(), PERSON)).toHaveProperty('done');
      return consent;
    },
    expire: ({ validTo }) => world.clock.set(validTo),
    requestsHeld: () => register.askedOf(PERSON).length,
    credentialsIssued: () => grants(world, AAP).length,
    breakDown: () => {
      for (const upstream of ['altinn3', 'maskinporten'] as const)
        world.sandbox.faults.add({ upstream, kind: 'status', status: 503 });
    },
    source: SOURCE,
    opensNav: async (headers) => !('refused' in (await world.sources.aapVedtak.fetch(aNavRequest({ headers })))),
    urls: () => world.sent.map(({ url }) => url),
  };
});

describe('the request that Altinn 3 gets', () => {
  const body = async (change: Partial<ConsentWish> = {}, consent = aConsent()) => {
    const world = await watched();
    await world.rail().request(aWish(consent, change));
    const posted = world.sent.find(({ method, url }) => method === 'POST' && url.endsWith(REQUESTS));
    return { world, consent, posted, sent: JSON.parse(posted?.body ?? '') as Record<string, unknown> };
  };

  it('is the one that is documented, and the strict double takes it', async () => {
    const { world, consent, sent, posted } = await body();
    const person = `urn:altinn:person:identifier-no:${PERSON}`;
    expect(sent).toEqual({
      id: consent.railId.reveal(),
      from: person,
      requiredDelegator: person,
      to: `urn:altinn:organization:identifier-no:${dataConsumer().organisationNumber}`,
      validTo: '2027-03-01T12:00:00.000+00:00',
      consentRights: [
        {
          action: ['consent'],
          resource: [{ type: 'urn:altinn:resource', value: RESOURCE }],
          metadata: { fraogmed: '01.01.2022', tilogmed: '31.12.2027' },
        },
      ],
      redirectUrl: 'https://gateway.example/consent/return/abc',
      portalViewMode: 'hide',
    });
    expect(posted?.headers).toMatchObject({
      'content-type': 'application/json',
      accept: 'application/json',
      'x-request-id': aScope().callId,
    });
    expect(world.sandbox.altinn3.register.find(consent.railId.reveal())).toMatchObject({
      status: 'Created',
      to: world.receiver,
      handledBy: null,
      portalViewMode: 'Hide',
    });
  });

  it.each([
    [{ nb: 'Hei', nn: null, en: null }, { nb: 'Hei' }],
    [
      { nb: 'Hei', nn: 'Hei du', en: 'Hello' },
      { nb: 'Hei', nn: 'Hei du', en: 'Hello' },
    ],
  ])('carries the message in the languages given: %j', async (message, requestMessage) => {
    const { world, consent, sent } = await body({ message });
    expect(sent).toMatchObject({ requestMessage });
    expect(world.sandbox.altinn3.register.find(consent.railId.reveal())?.requestMessage).toEqual(requestMessage);
  });

  it('is shown in the portal where that is wished', async () => {
    const { world, consent } = await body({ portalViewMode: 'SHOW' });
    expect(world.sandbox.altinn3.register.find(consent.railId.reveal())?.portalViewMode).toBe('Show');
  });

  it('writes days and months with two digits, whatever the zone of the machine', async () => {
    const { sent } = await body(
      {},
      aConsent({ periode: { fom: civilDate('2024-02-09'), tom: civilDate('2024-02-29') } }),
    );
    expect(sent).toMatchObject({ consentRights: [{ metadata: { fraogmed: '09.02.2024', tilogmed: '29.02.2024' } }] });
  });

  it('goes with the write scope, look-ups with the read scope', async () => {
    const { world, consent } = await body();
    await world.rail().lookup(consent);
    const scopes = world.sent
      .filter(({ url }) => url.includes(REQUESTS))
      .map(({ headers }) => decodeJwt((headers['authorization'] ?? '').slice(7))['scope']);
    expect(scopes).toEqual([WRITE, READ]);
  });
});

describe('a create whose answer is lost', () => {
  it.each([
    ['broken connection', { kind: 'reset' }],
    ['503', { kind: 'status', status: 503 }],
    ['502', { kind: 'html', status: 502 }],
  ] as const)('(%s) is repeated at once, and Altinn holds one request', async (_, fault) => {
    const world = await watched();
    world.sandbox.faults.add({ upstream: 'altinn3', method: 'POST', afterEffect: true, times: 1, ...fault });
    const consent = aConsent();
    expect(await world.rail().request(aWish(consent))).toMatchObject({
      status: 'PENDING',
      pageUrl: expect.any(Secret),
    });
    expect(world.sandbox.altinn3.register.askedOf(PERSON)).toHaveLength(1);
    expect(world.sent.map(({ method, url }) => `${method} ${new URL(url).pathname}`)).toEqual([
      'POST /token',
      `POST ${REQUESTS}`,
      `POST ${REQUESTS}`,
      'POST /token',
      `GET ${REQUESTS}/${consent.railId.reveal()}`,
    ]);
  });

  it.each([
    ['truncated', 'ALTINN_UNAVAILABLE'],
    ['hang', 'ABANDONED'],
  ] as const)('(%s) is found by the next request, answer and all', async (kind, code) => {
    const world = await watched();
    const { register } = world.sandbox.altinn3;
    world.sandbox.faults.add({ upstream: 'altinn3', method: 'POST', afterEffect: true, times: 1, kind });
    const consent = aConsent();
    const caller = new AbortController();
    const asked = world.rail({ signal: caller.signal }).request(aWish(consent));
    const failed = expect(asked).rejects.toMatchObject({ code, retry: 'later' });
    await vi.waitFor(() => expect(register.askedOf(PERSON)).toHaveLength(1), 30_000);
    if (kind === 'hang') caller.abort();
    await failed;
    register.accept(consent.railId.reveal(), PERSON);
    expect(await world.rail().request(aWish(consent))).toMatchObject({ status: 'ACTIVE' });
    expect(register.askedOf(PERSON)).toHaveLength(1);
  });
});

/** A sound synthetic number that nobody in the sandbox has. */
function stranger(): NationalId {
  for (let n = 0; n < 100_000; n += 1) {
    const parsed = NationalId.parse(`028495${String(n).padStart(5, '0')}`, SYNTHETIC_NATIONAL_IDS);
    if (parsed instanceof NationalId && personByNumber(parsed.reveal()) === undefined) return parsed;
  }
  throw new Error('no number left');
}

describe('a request that Altinn refuses', () => {
  it.each<
    [
      string,
      Partial<Consent>,
      Partial<{ resource: string; metadataKeys: { fom: string; tom: string } }>,
      Partial<ConsentWish>,
      string,
    ]
  >([
    ['validTo in the past', { validTo: new Date('2026-11-01T00:00:00Z') }, {}, {}, 'STD-00000'],
    ['no return address', {}, {}, { redirectUrl: 'nowhere' }, 'STD-00000'],
    [
      'both',
      { validTo: new Date('2026-11-01T00:00:00Z') },
      { metadataKeys: { fom: 'fraogmed', tom: 'wrong' } },
      {},
      'STD-00001',
    ],
  ])('is rejected by its code: %s', async (_, change, options, wish, upstreamCode) => {
    const world = await openWayOut();
    const rail = createRails({ altinn3: { ...world.altinn3, ...options }, tokensFor: () => world.tokens })(
      aScope(),
    ).ALTINN_3;
    await expect(rail?.request(aWish(aConsent(change), wish))).rejects.toMatchObject({
      code: 'ALTINN_REJECTED',
      retry: 'never',
      evidence: { upstream: 'altinn', upstreamCode },
      message: expect.stringContaining(`(${upstreamCode})`),
    });
    expect(world.events).toMatchObject([
      { event: 'upstream failed', callId: aScope().callId, evidence: { upstreamCode } },
    ]);
  });

  it('is rejected when the id is another’s', async () => {
    const world = await openWayOut();
    const consent = await granted(world);
    const other = aConsent({ railId: consent.railId }, 'P05');
    await expect(world.rail().request(aWish(other))).rejects.toMatchObject({
      code: 'ALTINN_REJECTED',
      evidence: { upstreamCode: 'AM-00016' },
    });
  });

  it('says nothing of the person, though Altinn names them', async () => {
    const world = await openWayOut();
    const nationalId = stranger();
    const consent = aConsent();
    const rail = world.rail();
    const error: unknown = await rail
      .request(aWish({ ...consent, applicant: { ...consent.applicant, nationalId } }))
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ALTINN_REJECTED', evidence: { upstreamCode: 'AM-00004' } });
    expect(inspect([error, world.events], { depth: 9, showHidden: true })).not.toContain(nationalId.reveal());
  });

  it('is looked up by nobody else', async () => {
    const world = await openWayOut();
    const consent = await granted(world);
    const other = world.rail({ dataConsumer: dataConsumer('B') }, await world.tokensOf('B'));
    await expect(other.lookup(consent)).rejects.toMatchObject({
      code: 'ALTINN_REJECTED',
      evidence: { upstreamCode: 'AM-00000', status: 403 },
    });
  });
});

describe('a token that Altinn does not accept', () => {
  /** Answers the first calls to Altinn with 401, as after a change of keys. */
  function refusing(times: number): WayOutOptions {
    let left = times;
    return {
      through: (doubles) => async (request) => {
        if (!request.url.includes(REQUESTS) || left === 0) return doubles(request);
        left -= 1;
        return answer(401);
      },
    };
  }

  it('is dropped and fetched once more', async () => {
    const world = await watched(refusing(1));
    const consent = aConsent();
    await expect(world.rail().request(aWish(consent))).resolves.toMatchObject({ status: 'PENDING' });
    expect(grants(world, WRITE)).toHaveLength(2);
    await world.rail().request(aWish(aConsent()));
    expect(grants(world, WRITE)).toHaveLength(2);
  });

  it('twice is a rejection, and no third one is fetched', async () => {
    const world = await watched(refusing(9));
    await expect(world.rail().lookup(aConsent())).rejects.toMatchObject({
      code: 'ALTINN_REJECTED',
      retry: 'never',
      evidence: { status: 401 },
    });
    expect(grants(world, READ)).toHaveLength(2);
  });

  it('because it expired between two calls is never sent', async () => {
    const world = await watched();
    const consent = await granted(world);
    await world.rail().lookup(consent);
    world.later(119_000);
    await world.rail().lookup(consent);
    expect(world.sent.filter(({ url }) => url.includes(`${REQUESTS}/`))).toHaveLength(2);
    expect(grants(world, READ)).toHaveLength(2);
  });
});

describe('a credential', () => {
  it('is one for each scope', async () => {
    const world = await openWayOut();
    const consent = await granted(world);
    const rail = world.rail();
    await Promise.all([SOURCE, UFORE_SOURCE, SOURCE, UFORE_SOURCE].map((source) => rail.open(consent, source)));
    expect([grants(world, AAP).length, grants(world, UFORE).length]).toEqual([1, 1]);
  });

  it('that grew old while its read waited is fetched anew, once for all who wait', async () => {
    const world = await openWayOut();
    const consent = await granted(world);
    const rail = world.rail();
    const first = await rail.open(consent, SOURCE);
    world.later(21_749);
    expect(await rail.open(consent, SOURCE)).toEqual(first);
    world.later(1);
    const [one, ...others] = await Promise.all(Array.from({ length: 20 }, () => rail.open(consent, SOURCE)));
    expect(grants(world, AAP)).toHaveLength(2);
    for (const other of others) expect(other).toEqual(one);
    if (one === undefined || 'refused' in one) throw new Error('refused');
    expect(await world.sources.aapVedtak.fetch(aNavRequest({ headers: one.headers }))).toHaveProperty('answer');
  });

  it('that grew old is refused when the person withdrew meanwhile', async () => {
    const world = await openWayOut();
    const consent = await granted(world);
    const rail = world.rail();
    await rail.open(consent, SOURCE);
    withdraw(world, consent);
    world.later(25_000);
    expect(await rail.open(consent, SOURCE)).toMatchObject({ refused: { status: 'WITHDRAWN' } });
  });

  it('that could not be had is tried again by the next read of the request', async () => {
    const world = await openWayOut({ upstream: { attempts: 1 } });
    const consent = await granted(world);
    const rail = world.rail();
    world.sandbox.faults.add({ upstream: 'maskinporten', kind: 'status', status: 503, times: 1 });
    await expect(Promise.all([rail.open(consent, SOURCE), rail.open(consent, SOURCE)])).rejects.toMatchObject({
      code: 'MASKINPORTEN_UNAVAILABLE',
    });
    expect(await rail.open(consent, SOURCE)).toHaveProperty('headers');
  });
});

describe('the second witness', () => {
  it('is asked only after Maskinporten has refused', async () => {
    const world = await openWayOut();
    const consent = await granted(world);
    const before = world.calls('altinn3').length;
    await world.rail().open(consent, SOURCE);
    expect(world.calls('altinn3')).toHaveLength(before);
    withdraw(world, consent);
    await world.rail().open(consent, SOURCE);
    expect(world.calls('altinn3')).toHaveLength(before + 1);
  });

  it('contradicts a refusal that is not about the consent, and the fault carries what Maskinporten said', async () => {
    const world = await openWayOut();
    const consent = await granted(world);
    const refusal = answer(400, { error: 'invalid_grant', error_uri: 'https://maskinporten.example/errors/MP-303' });
    const tokens = await world.tokensOf('A', {
      transport: async (request) => (request.body?.includes('assertion') ? refusal : world.sandbox.transport(request)),
    });
    const rail = world.rail({}, { ...world.tokens, forConsent: tokens.forConsent });
    await expect(rail.open(consent, SOURCE)).rejects.toMatchObject({
      code: 'MASKINPORTEN_REJECTED',
      retry: 'never',
      evidence: { status: 400, upstreamCode: 'MP-303' },
    });
  });

  it('that does not answer leaves a fault that passes', async () => {
    const world = await openWayOut();
    const consent = await granted(world);
    withdraw(world, consent);
    world.sandbox.faults.add({ upstream: 'altinn3', kind: 'status', status: 503 });
    await expect(world.rail().open(consent, SOURCE)).rejects.toMatchObject({
      code: 'ALTINN_UNAVAILABLE',
      retry: 'later',
    });
  });
});

describe('what a look-up says', () => {
  const CREATED = '2026-11-01T08:00:00.123456+00:00';
  const ENDED = '2026-11-10T10:00:00+01:00';
  const NOW = new Date('2026-11-16T09:00:00Z');
  const base = {
    validTo: '2027-03-01T12:00:00+00:00',
    consented: null,
    viewUri: 'https://am.ui.altinn.example/request?id=1',
  };
  const event = (eventType: string, created: string = ENDED) => ({
    consentEventID: 'x',
    created,
    performedBy: 'urn',
    eventType,
    consentRequestID: 'y',
  });

  async function lookup(body: object) {
    const world = await openWayOut();
    const rail = createRails({
      altinn3: {
        ...world.altinn3,
        upstream: world.upstreamTo('altinn', 'https://altinn.example', script(answer(200, body)).transport),
      },
      tokensFor: () => world.tokens,
    })(aScope()).ALTINN_3;
    return rail?.lookup(aConsent());
  }

  it.each<[string, object, object]>([
    [
      'Created',
      { status: 'Created' },
      { status: 'PENDING', answeredAt: null, endedAt: null, pageUrl: expect.any(Secret) },
    ],
    [
      'Created, without a page',
      { status: 'Created', viewUri: null },
      { status: 'PENDING', answeredAt: null, endedAt: null, pageUrl: null },
    ],
    [
      'Created, past validTo',
      { status: 'Created', validTo: '2026-11-16T09:00:00+00:00' },
      { status: 'EXPIRED', answeredAt: null, endedAt: NOW, pageUrl: null },
    ],
    [
      'Accepted',
      { status: 'Accepted', consented: CREATED },
      { status: 'ACTIVE', answeredAt: new Date(CREATED), endedAt: null, pageUrl: null },
    ],
    [
      'Accepted, by its event alone',
      { status: 'Accepted', consentRequestEvents: [event('Created'), event('Accepted', CREATED)] },
      { status: 'ACTIVE', answeredAt: new Date(CREATED), endedAt: null, pageUrl: null },
    ],
    [
      'Accepted, without events',
      { status: 'Accepted', consentRequestEvents: null },
      { status: 'ACTIVE', answeredAt: null, endedAt: null, pageUrl: null },
    ],
    [
      'Accepted and used',
      { status: 'Accepted', consented: CREATED, consentRequestEvents: [event('Used'), event('Opened')] },
      { status: 'ACTIVE', answeredAt: new Date(CREATED), endedAt: null, pageUrl: null },
    ],
    [
      'Accepted, a millisecond before validTo',
      { status: 'Accepted', validTo: '2026-11-16T09:00:00.001+00:00' },
      { status: 'ACTIVE', answeredAt: null, endedAt: null, pageUrl: null },
    ],
    [
      'Accepted, at validTo',
      { status: 'Accepted', validTo: '2026-11-16T10:00:00+01:00' },
      { status: 'EXPIRED', answeredAt: null, endedAt: NOW, pageUrl: null },
    ],
    [
      'Accepted, expired by Altinn’s clock',
      {
        status: 'Accepted',
        validTo: '2026-11-16T09:00:02+00:00',
        consentRequestEvents: [event('Expired', '2026-11-16T09:00:02+00:00')],
      },
      { status: 'EXPIRED', answeredAt: null, endedAt: new Date('2026-11-16T09:00:02Z'), pageUrl: null },
    ],
    [
      'Rejected',
      { status: 'Rejected', consentRequestEvents: [event('Rejected')] },
      { status: 'DECLINED', answeredAt: new Date(ENDED), endedAt: new Date(ENDED), pageUrl: null },
    ],
    [
      'Rejected, without its event',
      { status: 'Rejected' },
      { status: 'DECLINED', answeredAt: NOW, endedAt: NOW, pageUrl: null },
    ],
    [
      'Revoked',
      { status: 'Revoked', consented: CREATED, consentRequestEvents: [event('Revoked')] },
      { status: 'WITHDRAWN', answeredAt: new Date(CREATED), endedAt: new Date(ENDED), pageUrl: null },
    ],
    [
      'Revoked, without its event',
      { status: 'Revoked' },
      { status: 'WITHDRAWN', answeredAt: null, endedAt: NOW, pageUrl: null },
    ],
    [
      'Revoked, and expired since',
      {
        status: 'Revoked',
        validTo: '2026-11-12T00:00:00+00:00',
        consentRequestEvents: [event('Revoked'), event('Expired')],
      },
      { status: 'WITHDRAWN', answeredAt: null, endedAt: new Date(ENDED), pageUrl: null },
    ],
    [
      'Deleted',
      { status: 'Deleted', consentRequestEvents: [event('Deleted')] },
      { status: 'WITHDRAWN', answeredAt: null, endedAt: new Date(ENDED), pageUrl: null },
    ],
  ])('%s', async (_, body, expected) => {
    expect(await lookup({ ...base, ...body })).toEqual(expected);
  });

  it.each<[string, object]>([
    ['a status nobody knows', { status: 'Paused' }],
    ['no status', {}],
    ['the name of the other form', { consentRequestStatus: 'Accepted' }],
    ['no validTo', { status: 'Accepted', validTo: null }],
    ['a validTo without an offset', { status: 'Accepted', validTo: '2027-03-01T12:00:00' }],
    ['a page that is a script', { status: 'Created', viewUri: 'javascript:alert(1)' }],
  ])('is never taken for an answer when it has %s', async (_, body) => {
    await expect(lookup({ ...base, ...body })).rejects.toMatchObject({
      code: 'ALTINN_UNAVAILABLE',
      retry: 'later',
      evidence: { failure: 'unreadable' },
    });
  });
});

it('covers every source with one consent', async () => {
  const world = await openWayOut();
  const rail = world.rail();
  expect((['aapVedtak', 'aapMeldekort', 'uforeopplysninger'] as const).map((source) => rail.covers(source))).toEqual([
    true,
    true,
    true,
  ]);
});
