import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { Consent, ConsentRail, ConsentWish, Lookup, OpenRails, RequestScope } from '../../src/access/ports.ts';
import { createConsentKeys } from '../../src/altinn/altinn2-token.ts';
import { createRails } from '../../src/altinn/index.ts';
import { stillClock } from '../../src/clock.ts';
import { abandoned } from '../../src/errors.ts';
import type { Tokens } from '../../src/maskinporten/tokens.ts';
import { SANDBOX_START } from '../../src/sandbox/world.ts';
import type { Transport, WireRequest, WireResponse } from '../../src/upstream.ts';
import { Secret } from '../../src/values.ts';
import type { RailWorld } from '../contracts/consent-rail.ts';
import { consentRailContract } from '../contracts/consent-rail.ts';
import { answer, failure, wayOut } from '../support/scripted.ts';
import { AAP, aConsent, aScope, aWish, dataConsumer, nationalIdOf, READ, UFORE, WRITE } from '../support/way-out.ts';

// Altinn 2 as its documents tell of it, written down here by hand: a reading of its own beside the sandbox's.

const BASE = 'https://altinn2.example';
const PERSON = nationalIdOf('P04').reveal();
const INSURER = dataConsumer().organisationNumber;
const OWN_KEY = 'the-insurers-own-key';
const NAME = new Secret('EKSEMPELSEN', 'family name');
const SOURCE = { name: 'aapVedtak', scope: AAP } as const;
const UFORE_SOURCE = { name: 'uforeopplysninger', scope: UFORE } as const;
const [current, another] = [await generateKeyPair('RS256', { extractable: true }), await generateKeyPair('RS256')];
const published = await exportJWK(current.publicKey);
/** As Altinn publishes it: no `alg`, and the modulus in plain base64. */
const JWK = {
  kty: 'RSA',
  use: 'sig',
  kid: 'primary',
  x5t: 'primary',
  e: published.e,
  n: Buffer.from(published.n ?? '', 'base64url').toString('base64'),
};

/** The body of a create, as far as it is looked at. */
interface Asked {
  readonly CoveredBy: string;
  readonly OfferedBy: string;
  readonly OfferedByName: string;
  readonly ValidTo: string;
  readonly RedirectUrl: string;
  readonly RequestMessage: unknown;
  readonly PortalViewMode: string;
  readonly RequestResources: readonly [
    {
      readonly ServiceCode: string;
      readonly ServiceEditionCode: number;
      readonly Metadata: Readonly<Record<string, string>>;
    },
  ];
}

interface Held {
  readonly code: string;
  status: 'Unopened' | 'Opened' | 'Accepted' | 'Rejected';
  revoked: boolean;
  lastChanged: string;
  readonly body: Asked;
}

interface TokenChange {
  readonly claims?: Record<string, unknown>;
  readonly key?: typeof another.privateKey;
  readonly kid?: string;
}

/** How a hand-made Altinn 2 differs from the usual one. */
interface Options {
  /** Stands before it. */
  readonly through?: (altinn: Transport) => Transport;
  readonly token?: TokenChange;
  readonly pageSize?: number;
  readonly edition?: number;
  readonly attempts?: number;
}

function openAltinn2World(options: Options = {}) {
  const clock = stillClock(SANDBOX_START);
  const held: Held[] = [];
  const sent: WireRequest[] = [];
  const uses: { readonly code: string; readonly body: Record<string, unknown> }[] = [];
  const state = { broken: false, exchanges: 0, keysFetched: 0 };

  const moment = () => clock.now().toISOString().replace('Z', '0000+00:00');
  const shown = ({ code, status, lastChanged, body }: Held) => ({
    ...body,
    OfferedBy: `${body.OfferedBy.slice(0, 6)}*****`,
    OfferedByName: undefined,
    AuthorizationCode: code,
    RequestStatus: status,
    LastChanged: lastChanged,
  });

  async function tokenOf({ code, body }: Held): Promise<string> {
    const { claims = {}, key = current.privateKey, kid = 'primary' } = options.token ?? {};
    const now = Math.floor(clock.now().getTime() / 1000);
    const { Metadata, ServiceCode, ServiceEditionCode } = body.RequestResources[0];
    const service = `${ServiceCode}_${ServiceEditionCode}`;
    return new SignJWT({
      Services: [service, ...Object.entries(Metadata).map(([name, value]) => `${service}_${name}=${value}`)],
      AuthorizationCode: code,
      OfferedBy: body.OfferedBy,
      CoveredBy: body.CoveredBy,
      DelegatedDate: now - 60,
      ValidToDate: Math.floor(Date.parse(body.ValidTo) / 1000),
      iss: 'altinn.no',
      nbf: now,
      iat: now,
      exp: now + 30,
      ...claims,
    })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid, x5t: kid })
      .sign(key);
  }

  async function altinn({ method, url, headers, body }: WireRequest): Promise<WireResponse> {
    if (state.broken) return answer(503);
    const { pathname, searchParams } = new URL(url);
    const [, code = '', use] =
      /^\/api\/(?:consentRequests|authorization\/token)\/([^/]+)(\/loguse)?$/.exec(pathname) ?? [];
    const request = held.find((each) => each.code === code);
    if (pathname === '/api/metadata/jwk') {
      state.keysFetched += 1;
      return answer(200, { keys: [JWK, { ...JWK, kid: 'secondary' }] });
    }
    if (headers['apikey'] === undefined) return answer(400);
    const isOwn = headers['apikey'] === OWN_KEY;
    if (pathname.startsWith('/api/authorization/token/')) {
      const isAlive =
        request?.status === 'Accepted' && !request.revoked && Date.parse(request.body.ValidTo) > clock.now().getTime();
      if (request === undefined || !isAlive || !isOwn) return answer(403);
      if (method === 'DELETE') {
        request.revoked = true;
        return answer(204);
      }
      if (use !== undefined) {
        uses.push({ code, body: JSON.parse(body ?? '') });
        return answer(204);
      }
      state.exchanges += 1;
      return answer(200, JSON.stringify(await tokenOf(request)));
    }
    if (headers['authorization'] !== `Bearer ${method === 'GET' ? READ : WRITE}`) return answer(401);
    if (pathname === '/api/consentRequests' && method === 'POST') {
      const asked = JSON.parse(body ?? '') as Asked;
      if (asked.OfferedByName !== 'EKSEMPELSEN')
        return answer(400, [{ ErrorCode: '40332', ErrorMessage: `${asked.OfferedBy} is either not a valid number` }]);
      const made: Held = { code: randomUUID(), status: 'Unopened', revoked: false, lastChanged: moment(), body: asked };
      held.push(made);
      return answer(201, shown(made));
    }
    if (pathname === '/api/consentRequests') {
      const [at, id] = (searchParams.get('continuation') ?? '_').split('_');
      const keyOf = (each: Held) => `${each.lastChanged.slice(0, 23)}_${each.code}`;
      const page = held
        .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
        .filter((each) => keyOf(each) > `${at}_${id}`)
        .slice(0, options.pageSize ?? 50);
      return answer(200, { _embedded: { consentRequests: page.map(shown) } });
    }
    if (request === undefined || !isOwn) return answer(403);
    if (method === 'GET') return answer(200, shown(request));
    if (request.status === 'Accepted' || request.status === 'Rejected') return answer(400);
    held.splice(held.indexOf(request), 1);
    return answer(204);
  }

  const through = options.through?.(altinn) ?? altinn;
  const { upstream, events } = wayOut(
    (request) => {
      sent.push(request);
      return through(request);
    },
    { name: 'altinn', baseUrl: BASE, attempts: options.attempts ?? 3 },
  );
  const forgotten: string[] = [];
  const tokens: Tokens = {
    forScope: async (scope, { signal }) => {
      if (signal.aborted) throw abandoned('maskinporten');
      return new Secret(scope, 'access token');
    },
    forget: async (scope) => void forgotten.push(scope),
    forConsent: async () => {
      throw new Error('this rail puts no consent into a token of Maskinporten');
    },
  };
  const railsWith = (apiKey: string) =>
    createRails({
      altinn3: { resource: '', metadataKeys: { fom: '', tom: '' }, scopes: { read: '', write: '' }, upstream, clock },
      altinn2: {
        service: {
          code: '5252',
          edition: options.edition ?? 2,
          metadataKeys: { fom: 'fraOgMed', tom: 'tilOgMed', name: 'Navn' },
        },
        scopes: {
          read: READ,
          write: WRITE,
          readTokens: 'altinn:consenttokens.read',
          writeTokens: 'altinn:consenttokens.write',
        },
        apiKeys: new Map([[INSURER, new Secret(apiKey, 'ApiKey')]]),
        keys: createConsentKeys(upstream, BASE),
        baseUrl: BASE,
        upstream,
        clock,
        afterwards: async (note, work) => note(await work(new AbortController().signal).catch(() => false)),
      },
      tokensFor: () => tokens,
    });
  const railFrom = (rails: OpenRails, change: Partial<RequestScope> = {}): ConsentRail => {
    const rail = rails(aScope(change)).ALTINN_2;
    if (rail === undefined) throw new Error('not served');
    return rail;
  };
  const rails = railsWith(OWN_KEY);
  const rail = (change: Partial<RequestScope> = {}) => railFrom(rails, change);

  function of({ railId, returnReference }: Consent): Held {
    const found = held.find(
      ({ code, body }) => code === railId.reveal() || body.RedirectUrl.endsWith(`/${returnReference}`),
    );
    if (found === undefined) throw new Error('Altinn has no such request');
    return found;
  }
  /** The person says yes or no, and Altinn writes down when. */
  function says(consent: Consent, status: 'Accepted' | 'Rejected'): void {
    Object.assign(of(consent), { status, lastChanged: moment() });
  }
  /** A consent that was asked for and given, as the gateway knows it then. */
  async function granted(consent: Consent = anAltinn2Consent()): Promise<Consent> {
    const asked = known(consent, await rail().request(wishFor(consent)));
    says(asked, 'Accepted');
    return asked;
  }
  /** The ApiKey is seen to work on another consent. */
  async function vouch(): Promise<void> {
    await rail().open(await granted(), SOURCE);
  }
  const calls = (method: string, path: RegExp) =>
    sent.filter((request) => request.method === method && path.test(new URL(request.url).pathname));
  return {
    ...{
      clock,
      held,
      sent,
      uses,
      state,
      events,
      forgotten,
      railsWith,
      railFrom,
      rail,
      of,
      says,
      granted,
      vouch,
      calls,
    },
    later: (ms: number) => clock.set(new Date(clock.now().getTime() + ms)),
  };
}

const anAltinn2Consent = (change: Partial<Consent> = {}) => aConsent({ rail: 'ALTINN_2', ...change });

/** As the gateway asks: the address to return to ends in the consent’s own reference. */
function wishFor(consent: Consent, change: Partial<ConsentWish> = {}): ConsentWish {
  const redirectUrl = `https://gateway.example/return/${consent.returnReference}`;
  return aWish(consent, { redirectUrl, familyName: NAME, ...change });
}

/** The consent once the gateway has stored what the rail said. */
function known(consent: Consent, lookup: Lookup | undefined): Consent {
  if (lookup === undefined) throw new Error('Altinn does not know the request');
  const { status, answeredAt, endedAt, pageUrl, railId = consent.railId } = lookup;
  return { ...consent, status, answeredAt, endedAt, pageUrl, railId, confirmedAt: SANDBOX_START };
}

consentRailContract(async (): Promise<RailWorld> => {
  const world = openAltinn2World();
  return {
    name: 'ALTINN_2',
    rail: (change) => {
      const rail = world.rail(change);
      return { ...rail, request: ({ consent }) => rail.request(wishFor(consent)) };
    },
    consent: () => anAltinn2Consent(),
    async answer(consent, what) {
      if (what === 'withdraw') {
        await world.vouch();
        world.of(consent).revoked = true;
        return consent;
      }
      world.says(consent, what === 'approve' ? 'Accepted' : 'Rejected');
      return known(consent, await world.rail().lookup(consent));
    },
    expire: ({ validTo }) => world.clock.set(validTo),
    requestsHeld: () => world.held.length,
    credentialsIssued: () => world.state.exchanges,
    breakDown: () => {
      world.state.broken = true;
    },
    source: SOURCE,
    opensNav: async (headers) =>
      headers['authorization']?.reveal() === `Bearer ${AAP}` && headers['nav-samtykke-token'] !== undefined,
    urls: () => world.sent.map(({ url }) => url),
  };
});

describe('the request that Altinn 2 gets', () => {
  it('is the one that is documented', async () => {
    const world = openAltinn2World();
    const consent = anAltinn2Consent();
    await world.rail().request(wishFor(consent));
    const [posted] = world.calls('POST', /./);
    expect(JSON.parse(posted?.body ?? '')).toEqual({
      CoveredBy: INSURER,
      OfferedBy: PERSON,
      OfferedByName: 'EKSEMPELSEN',
      RequiredDelegator: PERSON,
      RequiredDelegatorName: 'EKSEMPELSEN',
      ValidTo: '2027-03-01T12:00:00.000Z',
      RedirectUrl: `https://gateway.example/return/${consent.returnReference}`,
      RequestResources: [
        {
          ServiceCode: '5252',
          ServiceEditionCode: 2,
          Metadata: { Navn: dataConsumer().name.nb, fraOgMed: '01.01.2022', tilOgMed: '31.12.2027' },
        },
      ],
      RequestMessage: {},
      PortalViewMode: 'Hide',
    });
    expect(posted?.headers).toMatchObject({
      apikey: OWN_KEY,
      authorization: `Bearer ${WRITE}`,
      'content-type': 'application/json',
    });
  });

  it('carries the message under Altinn 2’s names for the languages, and shows itself where that is wished', async () => {
    const world = openAltinn2World();
    const message = { nb: 'Hei', nn: 'Hei du', en: 'Hello' };
    await world.rail().request(wishFor(anAltinn2Consent(), { message, portalViewMode: 'SHOW' }));
    await world.rail().request(wishFor(anAltinn2Consent(), { message: { nb: 'Hei', nn: null, en: null } }));
    expect(world.held.map(({ body }) => [body.RequestMessage, body.PortalViewMode])).toEqual([
      [{ 'no-nb': 'Hei', 'no-nn': 'Hei du', en: 'Hello' }, 'Show'],
      [{ 'no-nb': 'Hei' }, 'Hide'],
    ]);
  });

  it('brings back the code, and the page where the person answers', async () => {
    const world = openAltinn2World();
    const consent = anAltinn2Consent();
    const lookup = await world.rail().request(wishFor(consent));
    const { code } = world.of(consent);
    expect(lookup.railId?.reveal()).toBe(code);
    expect(lookup.pageUrl?.reveal()).toBe(`${BASE}/ui/AccessConsent/request?id=${code}`);
  });

  it('names a person by another name than the register’s: rejected, and nothing of the person is told', async () => {
    const world = openAltinn2World();
    const wish = wishFor(anAltinn2Consent(), { familyName: new Secret('NOEANNET', 'family name') });
    const error: unknown = await world
      .rail()
      .request(wish)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'ALTINN_REJECTED',
      retry: 'never',
      evidence: { status: 400, upstreamCode: '40332' },
      message: expect.stringContaining('family name'),
    });
    const told = inspect([error, world.events], { depth: 9, showHidden: true });
    expect(told).not.toContain(PERSON);
    expect(told).not.toContain('NOEANNET');
  });
});

describe('a create whose answer is lost', () => {
  /** Plays a happening in place of the first answer to a POST, which has had its effect. */
  const losing =
    (happening: WireResponse | Error) =>
    (altinn: Transport): Transport => {
      let isLost = false;
      return async (request) => {
        const said = await altinn(request);
        if (request.method !== 'POST' || isLost) return said;
        isLost = true;
        if (happening instanceof Error) throw happening;
        return happening;
      };
    };

  it.each([
    ['broken connection', failure('ECONNRESET')],
    ['503', answer(503)],
    ['429', answer(429)],
    ['502', answer(502)],
    ['unreadable 201', answer(201, '<html>')],
  ])('(%s) is never repeated by itself, and found by the return reference when asked again', async (_, happening) => {
    const world = openAltinn2World({ through: losing(happening) });
    const consent = anAltinn2Consent();
    await expect(world.rail().request(wishFor(consent))).rejects.toMatchObject({ code: 'ALTINN_UNAVAILABLE' });
    expect(world.calls('POST', /./)).toHaveLength(1);
    const found = await world.rail().lookup(consent);
    expect(found).toMatchObject({ status: 'PENDING' });
    expect(found?.railId?.reveal()).toBe(world.of(consent).code);
    expect(await world.rail().request(wishFor(consent))).toEqual(found);
    expect(world.calls('POST', /./)).toHaveLength(1);
    world.says(consent, 'Accepted');
    expect(await world.rail().request(wishFor(consent))).toMatchObject({ status: 'ACTIVE' });
  });

  it('was refused for its token: not repeated either, but the token is dropped for the next', async () => {
    const world = openAltinn2World({
      through: (altinn) => (request) => (request.method === 'POST' ? Promise.resolve(answer(401)) : altinn(request)),
    });
    await expect(world.rail().request(wishFor(anAltinn2Consent()))).rejects.toMatchObject({ code: 'ALTINN_REJECTED' });
    expect(world.calls('POST', /./)).toHaveLength(1);
    expect(world.forgotten).toEqual([WRITE]);
  });

  it('is searched for before every create but the very first', async () => {
    const world = openAltinn2World();
    await world.rail().request(wishFor(anAltinn2Consent(), { isFirst: true }));
    expect(world.sent.map(({ method }) => method)).toEqual(['POST']);
    await world.rail().request(wishFor(anAltinn2Consent()));
    expect(world.sent.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET', 'POST']);
  });

  it('is found among many, page by page, and nobody else’s is taken for it', async () => {
    const world = openAltinn2World({ pageSize: 2 });
    const consents = Array.from({ length: 5 }, () => anAltinn2Consent());
    for (const consent of consents) {
      await world.rail().request(wishFor(consent));
      world.later(1_000);
    }
    const before = world.sent.length;
    const found = await Promise.all(consents.map((consent) => world.rail().lookup(consent)));
    expect(found.map((lookup) => lookup?.railId?.reveal())).toEqual(world.held.map(({ code }) => code));
    expect(world.sent.length - before).toBe(1 + 1 + 2 + 2 + 3);
    expect(await world.rail().lookup(anAltinn2Consent())).toBeUndefined();
  });

  it('is not taken for lost when the list of requests cannot be followed', async () => {
    const world = openAltinn2World();
    await world.granted();
    for (const each of world.held) each.lastChanged = '';
    const create = world.rail().request(wishFor(anAltinn2Consent()));
    await expect(create).rejects.toMatchObject({ code: 'ALTINN_REJECTED' });
    expect(world.held).toHaveLength(1);
  });
});

describe('what opens NAV', () => {
  it('is the token of the source’s scope and beside it the consent token, which the ApiKey alone exchanges', async () => {
    const world = openAltinn2World();
    const consent = await world.granted();
    const rail = world.rail();
    const opened = await Promise.all([SOURCE, UFORE_SOURCE, SOURCE].map((source) => rail.open(consent, source)));
    const headers = opened.map((each) => ('refused' in each ? undefined : each.headers));
    expect(headers.map((each) => each?.['authorization']?.reveal())).toEqual([
      `Bearer ${AAP}`,
      `Bearer ${UFORE}`,
      `Bearer ${AAP}`,
    ]);
    expect(headers[0]?.['nav-samtykke-token']?.reveal()).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(world.state.exchanges).toBe(1);
    const [exchanged] = world.calls('GET', /token/);
    expect(exchanged?.headers).toMatchObject({ apikey: OWN_KEY, accept: 'application/json' });
    expect(exchanged?.headers).not.toHaveProperty('authorization');
  });

  it('is exchanged anew when it has grown old while its read waited, once for all who wait', async () => {
    const world = openAltinn2World();
    const consent = await world.granted();
    const rail = world.rail();
    const first = await rail.open(consent, SOURCE);
    world.later(22_499);
    expect(await rail.open(consent, SOURCE)).toMatchObject({ headers: 'headers' in first && first.headers });
    world.later(1);
    await Promise.all(Array.from({ length: 20 }, () => rail.open(consent, SOURCE)));
    expect(world.state.exchanges).toBe(2);
  });

  it('tells whether it has grown old since it was handed out', async () => {
    const world = openAltinn2World();
    const opened = await world.rail().open(await world.granted(), SOURCE);
    const hasGrownOld = () => 'headers' in opened && opened.hasGrownOld?.();
    world.later(22_499);
    expect(hasGrownOld()).toBe(false);
    world.later(1);
    expect(hasGrownOld()).toBe(true);
  });

  it('that a look-up of the same request has fetched is not fetched again', async () => {
    const world = openAltinn2World();
    const consent = await world.granted();
    const rail = world.rail();
    expect(await rail.lookup(consent)).toMatchObject({ status: 'ACTIVE' });
    expect(await rail.open(consent, SOURCE)).toHaveProperty('headers');
    expect(world.state.exchanges).toBe(1);
  });

  it('is verified with keys that are fetched once, whoever asks', async () => {
    const world = openAltinn2World();
    const consents = [await world.granted(), await world.granted()];
    for (const consent of consents) await world.rail().open(consent, SOURCE);
    expect(world.state.keysFetched).toBe(1);
    const [fetched] = world.calls('GET', /jwk/);
    expect(fetched?.headers).not.toHaveProperty('apikey');
  });

  it('needs the second edition of the service for uføreopplysninger', () => {
    const covers = (edition: number) => {
      const rail = openAltinn2World({ edition }).rail();
      return (['aapVedtak', 'aapMeldekort', 'uforeopplysninger'] as const).filter((source) => rail.covers(source));
    };
    expect(covers(1)).toEqual(['aapVedtak', 'aapMeldekort']);
    expect(covers(2)).toEqual(['aapVedtak', 'aapMeldekort', 'uforeopplysninger']);
    expect(covers(3)).toEqual(covers(2));
  });

  it('is not there for a data consumer without an ApiKey', () => {
    const world = openAltinn2World();
    expect(Object.keys(world.railsWith(OWN_KEY)(aScope({ dataConsumer: dataConsumer('B') })))).toEqual(['ALTINN_3']);
  });
});

describe('a consent token that does not prove the consent', () => {
  const services = (...entries: string[]) => ({ Services: entries });
  it.each<[string, TokenChange, string]>([
    ['signed with a key that Altinn has not published', { key: another.privateKey }, 'signature'],
    ['under an unknown key id', { kid: 'tertiary' }, 'signature'],
    ['of another issuer', { claims: { iss: 'https://altinn.no/' } }, 'iss'],
    ['for another data consumer', { claims: { CoveredBy: '313772403' } }, 'CoveredBy'],
    ['fetched for a supplier that nobody named', { claims: { HandledBy: '310990183' } }, 'HandledBy'],
    ['about another person', { claims: { OfferedBy: nationalIdOf('P05').reveal() } }, 'OfferedBy'],
    ['of another code', { claims: { AuthorizationCode: randomUUID() } }, 'AuthorizationCode'],
    ['for another service', { claims: services('4629_2', '5252_2_fraOgMed=01.01.2022') }, 'service'],
    ['for another edition', { claims: services('5252_1', '5252_1_fraOgMed=01.01.2022') }, 'service'],
    [
      'for a later first day',
      { claims: services('5252_2', '5252_2_fraOgMed=02.01.2022', '5252_2_tilOgMed=31.12.2027') },
      'period',
    ],
    [
      'for an earlier last day',
      { claims: services('5252_2', '5252_2_fraOgMed=01.01.2022', '5252_2_tilOgMed=30.12.2027') },
      'period',
    ],
    ['without its dates, the services being one text', { claims: { Services: '5252_2' } }, 'period'],
    ['past its validity', { claims: { ValidToDate: 1_700_000_000 } }, 'ValidToDate'],
    ['without a claim', { claims: { DelegatedDate: undefined } }, 'claims'],
    ['long expired', { claims: { exp: 1_700_000_000, nbf: 1_699_999_970 } }, 'exp'],
  ])('%s is not used', async (_, token, flaw) => {
    const world = openAltinn2World({ token });
    const error: unknown = await world
      .rail()
      .open(await world.granted(), SOURCE)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ALTINN_REJECTED', message: expect.stringContaining(`(${flaw})`) });
    expect(inspect([error, world.events], { depth: 9, showHidden: true })).not.toContain(PERSON);
  });

  it('is told from one whose entries come in another order and casing, which does', async () => {
    const claims = services('5252_2_TILOGMED=31.12.2027', '5252_2_fraogmed=01.01.2022', '5252_2_Navn=A=B', '5252_2');
    const world = openAltinn2World({ token: { claims } });
    expect(await world.rail().open(await world.granted(), SOURCE)).toHaveProperty('headers');
  });

  it('does not vouch for the ApiKey', async () => {
    const token = { claims: {} as Record<string, unknown> };
    const world = openAltinn2World({ token });
    const withdrawn = await world.granted();
    world.of(withdrawn).revoked = true;
    const other = await world.granted();
    token.claims['CoveredBy'] = '313772403';
    await expect(world.rail().open(other, SOURCE)).rejects.toMatchObject({ code: 'ALTINN_REJECTED' });
    await expect(world.rail().open(withdrawn, SOURCE)).rejects.toMatchObject({ code: 'ALTINN_REJECTED' });
  });

  it('cannot be judged while the keys cannot be had, and that passes', async () => {
    const world = openAltinn2World({
      through: (altinn) => (request) => (request.url.endsWith('/jwk') ? Promise.resolve(answer(503)) : altinn(request)),
    });
    await expect(world.rail().open(await world.granted(), SOURCE)).rejects.toMatchObject({
      code: 'ALTINN_UNAVAILABLE',
    });
  });
});

describe('the end of a consent', () => {
  const OURS = new Date('2027-03-01T12:00:00.900Z');
  /** What look-up and credential say of the end, when Altinn’s lies some milliseconds after ours. */
  async function told(ms: number) {
    const claims = { ValidToDate: Math.floor((OURS.getTime() + ms) / 1000) };
    const world = openAltinn2World({ token: { claims } });
    const consent = await world.granted(anAltinn2Consent({ validTo: OURS }));
    const seen = await world.rail().lookup(consent);
    const opened = await world.rail().open(consent, SOURCE);
    return [seen, 'headers' in opened ? (opened.word ?? { status: 'ACTIVE' }) : opened.refused];
  }

  it('is the one that the token shows, where that is earlier', async () => {
    const earlier = { status: 'ACTIVE', validTo: new Date('2027-03-01T11:00:00Z') };
    expect(await told(-3_600_000)).toMatchObject([earlier, earlier]);
  });

  it.each([
    ['the same to the second', 0],
    ['an hour later', 3_600_000],
  ])('is ours, where the token shows it %s', async (_, ms) => {
    const said = await told(ms);
    expect(said).toMatchObject([{ status: 'ACTIVE' }, { status: 'ACTIVE' }]);
    for (const word of said) expect(word).not.toHaveProperty('validTo');
  });
});

describe('a code that is refused', () => {
  async function refused(prepare: (world: ReturnType<typeof openAltinn2World>, consent: Consent) => Promise<unknown>) {
    const world = openAltinn2World();
    const consent = await world.granted();
    world.of(consent).revoked = true;
    await prepare(world, consent);
    const say = (work: Promise<unknown>) =>
      work.then(
        (said) => said,
        (error: unknown) => error,
      );
    const rail = world.rail();
    return { opened: await say(rail.open(consent, SOURCE)), seen: await say(world.rail().lookup(consent)) };
  }
  const FAULT = expect.objectContaining({ code: 'ALTINN_REJECTED', retry: 'never' });

  it('means withdrawn when the ApiKey has opened another consent within ten minutes', async () => {
    const { opened, seen } = await refused((world) => world.vouch());
    expect(opened).toMatchObject({ refused: { status: 'WITHDRAWN', endedAt: SANDBOX_START } });
    expect(seen).toMatchObject({ status: 'WITHDRAWN' });
  });

  it('still does when that was just ten minutes ago, and no longer after', async () => {
    const at = (ms: number) =>
      refused(async (world) => {
        await world.vouch();
        world.later(ms);
      });
    expect((await at(600_000)).seen).toMatchObject({ status: 'WITHDRAWN' });
    expect(await at(600_001)).toEqual({ opened: FAULT, seen: FAULT });
  });

  it('is a fault when nothing else shows that the ApiKey works', async () => {
    expect(await refused(async () => undefined)).toEqual({ opened: FAULT, seen: FAULT });
  });

  it('is a fault when only the same consent was exchanged before', async () => {
    const { opened, seen } = await refused(async (world, consent) => {
      const held = world.of(consent);
      held.revoked = false;
      await world.rail().open(consent, SOURCE);
      held.revoked = true;
    });
    expect([opened, seen]).toEqual([FAULT, FAULT]);
  });

  it('means expired, without any other consent, once its own validity has passed', async () => {
    const { opened, seen } = await refused(async (world, { validTo }) => world.clock.set(validTo));
    expect(opened).toMatchObject({ refused: { status: 'EXPIRED' } });
    expect(seen).toMatchObject({ status: 'EXPIRED' });
  });

  it('means what the request says when it is not accepted', async () => {
    const { opened } = await refused(async (world, consent) => world.says(consent, 'Rejected'));
    expect(opened).toMatchObject({ refused: { status: 'DECLINED' } });
  });

  it('says nothing of any consent when the ApiKey is another organisation’s', async () => {
    const world = openAltinn2World();
    const consents = [await world.granted(), await world.granted(), await world.granted()];
    await world.vouch();
    const rails = world.railsWith('another-organisations-key');
    for (const consent of consents) {
      await expect(world.railFrom(rails).open(consent, SOURCE)).rejects.toMatchObject({ code: 'ALTINN_REJECTED' });
      await expect(world.railFrom(rails).lookup(consent)).rejects.toMatchObject({ code: 'ALTINN_REJECTED' });
    }
  });
});

/** Tells Altinn of a use. @returns what it says to whoever keeps the record */
async function disclosed(rail: ConsentRail, consent: Consent): Promise<boolean | undefined> {
  let said: boolean | undefined;
  await rail.disclosed?.(consent, async (logged) => {
    said = logged;
  });
  return said;
}

describe('a use of a consent', () => {
  it('is told to Altinn with the ApiKey alone, and it says whether it noted that', async () => {
    const world = openAltinn2World();
    const consent = await world.granted();
    expect(await disclosed(world.rail(), consent)).toBe(true);
    expect(world.uses).toEqual([
      {
        code: world.of(consent).code,
        body: { ServiceCode: '5252', ServiceEditionCode: 2, UsageDateTime: SANDBOX_START.toISOString() },
      },
    ]);
    expect(world.calls('POST', /loguse/)[0]?.headers).not.toHaveProperty('authorization');
  });

  it.each([
    ['403', answer(403), 1],
    ['lost connection', failure('ECONNRESET'), 1],
    ['503', answer(503), 3],
  ])('that cannot be told (%s) fails nothing, and is in the log', async (_, happening, attempts) => {
    const world = openAltinn2World({
      through: (altinn) => async (request) => {
        if (!request.url.endsWith('/loguse')) return altinn(request);
        if (happening instanceof Error) throw happening;
        return happening;
      },
    });
    expect(await disclosed(world.rail(), await world.granted())).toBe(false);
    expect(world.calls('POST', /loguse/)).toHaveLength(attempts);
    expect(world.events).toMatchObject([{ event: 'upstream failed', evidence: { upstream: 'altinn' } }]);
  });

  it('is told though its own request has ended', async () => {
    const world = openAltinn2World();
    const consent = await world.granted();
    expect(await disclosed(world.rail({ signal: AbortSignal.abort() }), consent)).toBe(true);
  });
});

describe('a consent that the insurer gives up', () => {
  const deletes = (world: ReturnType<typeof openAltinn2World>) =>
    world.calls('DELETE', /./).map(({ url }) => new URL(url).pathname.replace(/[^/]+$/, ''));
  const REQUEST = '/api/consentRequests/';
  const TOKEN = '/api/authorization/token/';

  it('is given up at Altinn with the ApiKey alone, and its code opens nothing any more', async () => {
    const world = openAltinn2World();
    const consent = await world.granted();
    await world.rail().relinquish?.({ ...consent, answeredAt: SANDBOX_START });
    expect(deletes(world)).toEqual([TOKEN]);
    expect(world.calls('DELETE', /./)[0]?.headers).not.toHaveProperty('authorization');
    expect(world.of(consent).revoked).toBe(true);
  });

  it('is given up by a supplier with the token of its delegation beside its key', async () => {
    const world = openAltinn2World();
    const { organisationNumber: supplier } = dataConsumer('supplier');
    const consent = await world.granted();
    await world.rail({ dataConsumer: { ...dataConsumer(), supplier } }).relinquish?.({
      ...consent,
      answeredAt: SANDBOX_START,
    });
    expect(world.calls('DELETE', /token/)[0]?.headers).toMatchObject({
      apikey: OWN_KEY,
      authorization: 'Bearer altinn:consenttokens.write',
    });
  });

  it('is a request that is taken back, as long as nobody has answered it', async () => {
    const world = openAltinn2World();
    const consent = anAltinn2Consent();
    const asked = known(consent, await world.rail().request(wishFor(consent)));
    await world.rail().relinquish?.(asked);
    expect([deletes(world), world.held]).toEqual([[REQUEST], []]);
  });

  it.each([
    ['yes', 'Accepted', true],
    ['no', 'Rejected', false],
  ] as const)(
    'though the person has said %s since we last heard is given up all the same',
    async (_, says, wasGiven) => {
      const world = openAltinn2World();
      const consent = anAltinn2Consent();
      const asked = known(consent, await world.rail().request(wishFor(consent)));
      world.says(asked, says);
      await world.rail().relinquish?.(asked);
      expect(deletes(world)).toEqual([REQUEST, TOKEN]);
      expect(world.of(asked).revoked).toBe(wasGiven);
    },
  );

  it('whose request never reached Altinn needs nothing', async () => {
    const world = openAltinn2World();
    await world.rail().relinquish?.(anAltinn2Consent());
    expect(deletes(world)).toEqual([]);
  });

  it.each([
    ['503', answer(503), 'ALTINN_UNAVAILABLE', 3],
    ['lost connection', failure('ECONNRESET'), 'ALTINN_UNAVAILABLE', 3],
    ['401', answer(401), 'ALTINN_REJECTED', 1],
  ])('that cannot be told (%s) is a coded fault', async (_, happening, code, attempts) => {
    const world = openAltinn2World({
      through: (altinn) => async (request) => {
        if (request.method !== 'DELETE') return altinn(request);
        if (happening instanceof Error) throw happening;
        return happening;
      },
    });
    const consent = await world.granted();
    await expect(world.rail().relinquish?.({ ...consent, answeredAt: SANDBOX_START })).rejects.toMatchObject({ code });
    expect(deletes(world)).toHaveLength(attempts);
  });
});
