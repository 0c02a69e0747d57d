import { describe, expect, test } from 'vitest';
import type { Altinn2World } from './support/altinn2-world.ts';
import {
  ALTINN2,
  newAltinn2World,
  READ,
  requestBody,
  resource,
  STRANGE_CODE,
  TOKENS_READ,
  WRITE,
} from './support/altinn2-world.ts';
import { A, B, PERSON, read, SUPPLIER } from './support/consent-chain.ts';

const REQUESTS = '/api/consentRequests';

describe('a new request', () => {
  test('gets its code at once, unopened, with the person’s numbers masked and no zone on the end', async () => {
    const world = newAltinn2World();
    const response = await world.ask();

    expect(response.status).toBe(201);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(read(response)).toEqual({
      AuthorizationCode: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      RequestStatus: 'Unopened',
      Created: '2026-11-16T09:00:00.000',
      LastChanged: '2026-11-16T09:00:00.000',
      CoveredBy: A,
      OfferedBy: '308174*****',
      RequiredDelegator: '308174*****',
      ValidTo: '2027-03-01T12:00:00.000',
      RedirectUrl: 'https://forsikring.example/retur?ref=9f2',
      RequestResources: [resource()],
      RequestMessage: { 'no-nb': 'Vi trenger opplysningene.' },
      PortalViewMode: 'Hide',
    });
  });

  test('has links for whoever accepts HAL, and for nobody else', async () => {
    const world = newAltinn2World();
    const bearer = await world.token(A, WRITE);
    const headers = { accept: 'application/hal+json', 'content-type': 'application/hal+json' };
    const response = await world.call('POST', REQUESTS, { bearer, headers, body: requestBody() });
    const { AuthorizationCode: code, _links: links } = read(response);

    expect(response.headers['content-type']).toBe('application/hal+json; charset=utf-8');
    expect(links).toEqual({
      self: { href: `${ALTINN2}/api/consentRequests/${code}` },
      gui: { href: `${ALTINN2}/ui/AccessConsent/request?id=${code}` },
    });
  });

  test('takes members in camel case as well, and drops what it does not know', async () => {
    const world = newAltinn2World();
    const camel = (name: string) => `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`;
    const inCamelCase = (object: object) => Object.fromEntries(Object.entries(object).map(([k, v]) => [camel(k), v]));
    const right = inCamelCase(resource({ annet: 'x' }, { operations: ['Read'] }));
    const body = { ...inCamelCase(requestBody()), requestResources: [right], hva: 'som helst' };
    const response = await world.call('POST', REQUESTS, { bearer: await world.token(A, WRITE), body });

    expect(response.status).toBe(201);
    expect(read(response)).toMatchObject({ CoveredBy: A, RequestResources: [{ Operations: ['Read'] }] });
    expect(read(response).RequestResources[0].Metadata).toEqual(resource().Metadata);
  });

  test('leaves out a message, handler and delegator that were not sent', async () => {
    const world = newAltinn2World();
    const response = await world.ask({ RequiredDelegator: undefined, RequestMessage: {}, PortalViewMode: undefined });

    expect(read(response)).toMatchObject({ PortalViewMode: 'Hide' });
    expect(Object.keys(read(response))).not.toContain('RequestMessage');
    expect(Object.keys(read(response))).not.toContain('RequiredDelegator');
    expect(Object.keys(read(response))).not.toContain('HandledBy');
  });

  test.each([
    ['2027-03-01T12:00:00.000Z', '2027-03-01T12:00:00.000', '2027-03-01T12:00:00.000Z'],
    ['2027-03-01T12:00:00+02:00', '2027-03-01T12:00:00', '2027-03-01T10:00:00.000Z'],
    ['2027-03-01T23:59:59.000', '2027-03-01T23:59:59.000', '2027-03-01T22:59:59.000Z'],
    ['2027-07-01T23:59:59', '2027-07-01T23:59:59', '2027-07-01T21:59:59.000Z'],
  ])('that ends at %s says %s, and ends at %s', async (sent, echoed, at) => {
    const world = newAltinn2World();
    const response = await world.ask({ ValidTo: sent });

    expect(read(response).ValidTo).toBe(echoed);
    expect(world.state.consents[read(response).AuthorizationCode]?.validTo).toBe(at);
  });

  test('is made anew each time: nothing tells a repetition', async () => {
    const world = newAltinn2World();
    await world.ask();
    await world.ask();

    expect(Object.keys(world.state.consents)).toHaveLength(2);
  });

  test('by a supplier names it, and needs its own key with a token for the insurer', async () => {
    const world = newAltinn2World();
    const bearer = await world.token(SUPPLIER, WRITE, { consumer_org: A });
    const body = { ...requestBody(), HandledBy: SUPPLIER };
    const made = await world.call('POST', REQUESTS, { organisation: SUPPLIER, bearer, body });

    expect(made.status).toBe(201);
    expect(read(made)).toMatchObject({ CoveredBy: A, HandledBy: SUPPLIER });
    expect((await world.call('POST', REQUESTS, { bearer, body })).statusText).toBe(
      'The API key is not authorized for this operation',
    );
    for (const change of [{ HandledBy: undefined }, { CoveredBy: B }]) {
      const refused = await world.call('POST', REQUESTS, {
        organisation: SUPPLIER,
        bearer,
        body: { ...body, ...change },
      });
      expect(refused.status).toBe(403);
    }
  });

  test('at the old address is sent on to the new one, path and query kept', async () => {
    const world = newAltinn2World();
    const { status, headers } = await world.call('POST', '/api/consentRequest', { body: requestBody() });
    expect([status, headers['location']]).toEqual([307, `${ALTINN2}/api/consentRequests`]);

    world.state.choices.apiRedirect = 308;
    const moved = await world.call('GET', `/api/ConsentRequest/${STRANGE_CODE}?x=1`);
    expect([moved.status, moved.headers['location']]).toEqual([
      308,
      `${ALTINN2}/api/consentRequests/${STRANGE_CODE}?x=1`,
    ]);
  });
});

describe('a refused request', () => {
  const notMatching = (number: string, name: string) =>
    `${number} is either not a valid organization number or social security number, or the provided name; ${name} does not match the person or organizations registered name.`;

  test.each<[string, Record<string, unknown>, string]>([
    ['a first name', { OfferedByName: 'Standhaftig' }, notMatching(PERSON, 'Standhaftig')],
    ['another person’s name', { RequiredDelegatorName: 'Fjellrype' }, notMatching(PERSON, 'Fjellrype')],
    ['no name beside the delegator', { RequiredDelegatorName: undefined }, notMatching(PERSON, '')],
    ['a person nobody knows', { OfferedBy: '07857500061' }, notMatching('07857500061', 'ORRHØNE')],
    ['no number', { OfferedBy: 'kari' }, notMatching('kari', 'ORRHØNE')],
  ])('with %s has code 40332 in an array', async (_, change, message) => {
    const response = await newAltinn2World().ask(change);

    expect(response.status).toBe(400);
    expect(read(response)).toEqual([{ ErrorCode: '40332', ErrorMessage: message }]);
  });

  test('with a number that may be a real person’s does not repeat it', async () => {
    const response = await newAltinn2World().ask({ OfferedBy: '13097248022' });

    expect(read(response)[0].ErrorCode).toBe('40332');
    expect(response.body).not.toContain('13097248022');
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['an end that has passed', { ValidTo: '2026-11-16T09:00:00Z' }, /^ValidTo has passed/],
    ['an end that is no time', { ValidTo: '01.03.2027' }, /^validto is missing or not valid/],
    ['no end', { ValidTo: undefined }, /^validto is missing/],
    ['an unregistered return', { RedirectUrl: 'https://elsewhere.test/' }, /^RedirectUrl is not registered/],
    ['no URL to return to', { RedirectUrl: 'retur' }, /^RedirectUrl is not registered/],
    ['no service', { RequestResources: [] }, /^requestresources/],
    ['an unknown service', { RequestResources: [resource({}, { ServiceEditionCode: 9 })] }, /no service with consent/],
    ['an edition as text', { RequestResources: [resource({}, { ServiceEditionCode: '2' })] }, /^requestresources/],
    ['no dates', { RequestResources: [resource({ fraOgMed: '' })] }, /Metadata lacks fraOgMed/],
    ['a key in another case', { RequestResources: [resource({}, { Metadata: { fraogmed: 'x' } })] }, /lacks Navn/],
    ['a message in no language', { RequestMessage: { nb: 'Hei' } }, /^requestmessage/],
    ['a view mode of its own', { PortalViewMode: 'Maybe' }, /^portalviewmode/],
  ])('with %s is answered with an array', async (_, change, message) => {
    const response = await newAltinn2World().ask(change);

    expect(response.status).toBe(400);
    expect(read(response)[0]).toEqual({ ErrorCode: '40000', ErrorMessage: expect.stringMatching(message) });
  });

  test('lists all that is wrong with it', async () => {
    const response = await newAltinn2World().ask({
      OfferedByName: 'X',
      RedirectUrl: 'x',
      ValidTo: '2020-01-01T00:00:00Z',
    });

    expect(read(response)).toHaveLength(3);
  });

  test('to oneself, without a registration, with a forbidden or missing message, or of two templates', async () => {
    const world = newAltinn2World();
    const messages = async (change: Record<string, unknown>) =>
      read(await world.ask(change)).map(({ ErrorMessage }: { ErrorMessage: string }) => ErrorMessage);
    expect(await messages({ OfferedBy: A, OfferedByName: 'Fjordlund Forsikring' })).toEqual([
      'CoveredBy and OfferedBy are the same.',
    ]);

    const [, second, third] = world.state.services;
    if (second === undefined || third === undefined) throw new Error('there are three editions');
    world.state.services[1] = { ...second, requestMessage: 'forbidden' };
    world.state.services[2] = { ...third, requestMessage: 'required', template: 'lån' };
    expect(await messages({})).toEqual(['RequestMessage is overridden by the consent template.']);
    const edition3 = resource({}, { ServiceEditionCode: 3 });
    expect(await messages({ RequestResources: [edition3], RequestMessage: {} })).toEqual([
      'RequestMessage is required by the consent template.',
    ]);
    expect(await messages({ RequestResources: [resource(), edition3] })).toContain(
      'RequestResources have different consent templates.',
    );

    delete world.state.redirectDomains[A];
    expect(await messages({ RequestMessage: {} })).toEqual([
      'CoveredBy is not registered by the owner of the service.',
    ]);
  });

  test('takes a blank name, which has to be there', async () => {
    expect((await newAltinn2World().ask({ RequestResources: [resource({ Navn: ' ' })] })).status).toBe(201);
  });

  test('with no JSON, or of another type, is not read', async () => {
    const world = newAltinn2World();
    const bearer = await world.token(A, WRITE);

    expect((await world.call('POST', REQUESTS, { bearer, body: '{' })).status).toBe(400);
    const headers = { 'content-type': 'text/plain' };
    expect((await world.call('POST', REQUESTS, { bearer, body: '{}', headers })).status).toBe(415);
  });

  test('for another organisation is refused', async () => {
    const world = newAltinn2World();
    const body = requestBody(B);

    expect((await world.call('POST', REQUESTS, { bearer: await world.token(A, WRITE), body })).status).toBe(403);
  });
});

describe('the addresses a person may be sent back to', () => {
  test.each([
    ['https://forsikring.no/retur', 'forsikring.no', 201],
    ['http://forsikring.no:8080/retur', 'forsikring.no', 201],
    ['minapp://forsikring.no/retur', 'forsikring.no', 400],
    ['http://forsikring.no/', 'https://forsikring.no', 400],
    ['https://forsikring.no/', 'tull.no; https://forsikring.no', 201],
    ['https://min.forsikring.no/', '*.forsikring.no', 201],
    ['https://forsikring.no/', '*.forsikring.no', 400],
    ['https://ondforsikring.no/', '*.forsikring.no', 400],
    ['https://forsikring.no.ond.no/', 'forsikring.no', 400],
    ['minapp://consent', 'minapp://consent', 201],
    ['https://forsikring.no/', '', 400],
  ])('%s is held against %j: %i', async (RedirectUrl, domains, status) => {
    const world = newAltinn2World();
    world.state.redirectDomains[A] = domains;

    expect((await world.ask({ RedirectUrl })).status).toBe(status);
  });
});

describe('the door', () => {
  const paths: readonly [string, string, string][] = [
    ['POST', REQUESTS, WRITE],
    ['GET', REQUESTS, READ],
    ['GET', `${REQUESTS}/${STRANGE_CODE}`, READ],
    ['DELETE', `${REQUESTS}/${STRANGE_CODE}`, WRITE],
  ];

  test.each(paths)(
    '%s %s: key, token, scope and owner are asked for, in reason phrases without a body',
    async (...at) => {
      const [method, path, scope] = at;
      const world = newAltinn2World();
      const other = scope === READ ? WRITE : READ;
      const spent = await world.token(A, scope);
      const answer = async (how: Parameters<Altinn2World['call']>[2]) => {
        const { status, statusText, body } = await world.call(method, path, how);
        expect(body).toBe('');
        return [status, statusText];
      };
      const notAuthorized = 'The API key is not authorized for this operation';
      const nobody = 'Authorization failed: There is no authenticated organization number set on this request.';

      expect(await answer({ key: null })).toEqual([400, "Required header 'ApiKey' is missing."]);
      expect(await answer({ key: STRANGE_CODE })).toEqual([403, notAuthorized]);
      expect(await answer({})).toEqual([401, nobody]);
      expect(await answer({ bearer: 'x.y.z' })).toEqual([401, nobody]);
      expect(await answer({ bearer: await world.token(A, other) })).toEqual([403, undefined]);
      expect(await answer({ organisation: B, bearer: await world.token(A, scope) })).toEqual([403, notAuthorized]);
      world.later(121);
      expect(await answer({ bearer: spent })).toEqual([
        401,
        'IDX10223: Lifetime validation failed. The token is expired.',
      ]);
    },
  );

  test('takes the scope that opens everything, and the old name of each', async () => {
    const world = newAltinn2World();
    for (const scope of ['altinn:enduser', 'altinn:enduser/consentrequest.read']) {
      world.maskinportenState.scopes[scope] = { lifetimeSeconds: 120, openToMaskinporten: true };
      world.clientOf(A).scopes.push(scope);
      world.maskinportenState.access[A]?.push(scope);
      expect((await world.call('GET', REQUESTS, { bearer: await world.token(A, scope) })).status).toBe(200);
    }
    expect((await world.call('GET', REQUESTS, { bearer: await world.token(A, TOKENS_READ) })).status).toBe(403);
  });

  test('has no other paths and methods', async () => {
    const { call } = newAltinn2World();

    expect((await call('GET', '/api/annet')).status).toBe(404);
    for (const [method, path, allow] of [
      ['PUT', REQUESTS, 'GET, POST'],
      ['DELETE', REQUESTS, 'GET, POST'],
      ['POST', `${REQUESTS}/${STRANGE_CODE}`, 'GET, DELETE'],
      ['PATCH', `${REQUESTS}/${STRANGE_CODE}`, 'GET, DELETE'],
      ['POST', `/api/authorization/token/${STRANGE_CODE}`, 'GET, DELETE'],
      ['DELETE', '/api/authorization/token', 'GET, DELETE'],
      ['GET', `/api/authorization/token/${STRANGE_CODE}/loguse`, 'POST'],
      ['POST', '/api/metadata/jwk', 'GET'],
    ] as const) {
      const { status, headers } = await call(method, path);
      expect([method, path, status, headers['allow']]).toEqual([method, path, 405, allow]);
    }
    expect((await call('GET', `/api/authorization/token/${STRANGE_CODE}/annet`)).status).toBe(404);
  });
});

describe('a request, read again', () => {
  test('is shown to its receiver, path and code in any case', async () => {
    const world = newAltinn2World();
    const { code } = await world.pending();
    const path = `/API/CONSENTREQUESTS/${code.toUpperCase()}/`;
    const response = await world.call('GET', path, { bearer: await world.token(A, READ) });

    expect(response.status).toBe(200);
    expect(read(response)).toMatchObject({ AuthorizationCode: code, RequestStatus: 'Unopened' });
  });

  test('and an unknown one are hidden from others alike', async () => {
    const world = newAltinn2World();
    const { code } = await world.pending();
    const bearer = await world.token(B, READ);
    const asked = [code, STRANGE_CODE, 'no-guid'].map((id) =>
      world.call('GET', `${REQUESTS}/${id}`, { organisation: B, bearer }),
    );

    for (const { status, body } of await Promise.all(asked)) expect([status, body]).toEqual([403, '']);
  });

  test('is shown to the organisation it was asked of, which cannot delete it', async () => {
    const world = newAltinn2World();
    const { code } = await world.pending({
      OfferedBy: B,
      OfferedByName: 'Tindesol Pensjon',
      RequiredDelegator: undefined,
    });
    const path = `${REQUESTS}/${code}`;
    const seen = await world.call('GET', path, { organisation: B, bearer: await world.token(B, READ) });

    expect(read(seen)).toMatchObject({ OfferedBy: B });
    const bearer = await world.token(B, WRITE);
    expect((await world.call('DELETE', path, { organisation: B, bearer })).status).toBe(403);
  });

  test('is shown to the supplier that made it, and to no other call of a supplier', async () => {
    const world = newAltinn2World();
    const own = await world.pending();
    const bearer = await world.token(SUPPLIER, WRITE, { consumer_org: A });
    const body = { ...requestBody(), HandledBy: SUPPLIER };
    const made = read(await world.call('POST', REQUESTS, { organisation: SUPPLIER, bearer, body }));
    const look = async (code: string, consumer: string) => {
      const token = await world.token(SUPPLIER, READ, { consumer_org: consumer });
      return (await world.call('GET', `${REQUESTS}/${code}`, { organisation: SUPPLIER, bearer: token })).status;
    };

    expect(await look(made.AuthorizationCode, A)).toBe(200);
    expect(await look(made.AuthorizationCode, B)).toBe(403);
    expect(await look(own.code, A)).toBe(403);
    expect(
      (await world.call('GET', `${REQUESTS}/${made.AuthorizationCode}`, { bearer: await world.token(A, READ) })).status,
    ).toBe(200);
  });
});

describe('the feed', () => {
  const codesOf = (response: Awaited<ReturnType<Altinn2World['call']>>): string[] =>
    read(response)._embedded.consentRequests.map((item: { AuthorizationCode: string }) => item.AuthorizationCode);

  async function feed(world: Altinn2World, query = '', headers: Record<string, string> = {}) {
    return world.call('GET', `${REQUESTS}${query}`, { bearer: await world.token(A, READ), headers });
  }

  test('holds the caller’s requests, the one that changed longest ago first', async () => {
    const world = newAltinn2World();
    const first = await world.pending();
    world.later(1);
    const second = await world.pending();
    await world.pending({}, B);
    world.later(1);
    world.altinn2.register.open(first);

    expect(codesOf(await feed(world))).toEqual([second.code, first.code]);
    expect(read(await feed(world))._embedded.consentRequests[1]).toMatchObject({
      RequestStatus: 'Opened',
      LastChanged: '2026-11-16T09:00:02.000',
      OfferedBy: '308174*****',
    });
  });

  test('is narrowed by status, one or several, in any case', async () => {
    const world = newAltinn2World();
    const unopened = await world.pending();
    const opened = await world.pending();
    world.altinn2.register.open(opened);
    const accepted = await world.given();
    const rejected = await world.pending();
    world.altinn2.register.answer(rejected.code, PERSON, 'Rejected');
    const set = async (query: string) => new Set(codesOf(await feed(world, query)));

    expect(await set('?status=unopened')).toEqual(new Set([unopened.code]));
    expect(await set('?Status=OPENED')).toEqual(new Set([opened.code]));
    expect(await set('?status[0]=accepted&status[1]=rejected')).toEqual(new Set([accepted.code, rejected.code]));
    expect(await set('?status%5B0%5D=accepted')).toEqual(new Set([accepted.code]));
  });

  test('is narrowed by direction and service', async () => {
    const world = newAltinn2World();
    const sent = await world.pending({ RequestResources: [resource({}, { ServiceEditionCode: 3 })] });
    const received = await world.pending(
      { OfferedBy: A, OfferedByName: 'Fjordlund Forsikring', RequiredDelegator: undefined },
      B,
    );

    expect(codesOf(await feed(world, '?direction=outgoing'))).toEqual([sent.code]);
    expect(codesOf(await feed(world, '?direction=Incoming'))).toEqual([received.code]);
    expect(new Set(codesOf(await feed(world)))).toEqual(new Set([sent.code, received.code]));
    expect(codesOf(await feed(world, '?serviceCode=5252&serviceEditionCode=3'))).toEqual([sent.code]);
    expect(codesOf(await feed(world, '?serviceCode=4711'))).toEqual([]);
  });

  test('goes on where a page ended, by its link and by what its last item says', async () => {
    const world = newAltinn2World({ pageSize: 2 });
    const made: string[] = [];
    for (let at = 0; at < 5; at += 1) {
      made.push((await world.pending()).code);
      world.later(1);
    }
    const hal = { accept: 'application/hal+json' };
    const seen: string[] = [];
    let query: string | undefined = '?direction=outgoing';
    while (query !== undefined) {
      const page = await feed(world, query, hal);
      seen.push(...codesOf(page));
      const next: string | undefined = read(page)._links.next?.href;
      query = next === undefined ? undefined : new URL(next).search;
    }
    expect(seen).toEqual(made);

    for (const mark of ['.', ':']) {
      const last = read(await feed(world))._embedded.consentRequests[1];
      const continuation = `${last.LastChanged.replace('.', mark)}_${last.AuthorizationCode}`;
      expect(codesOf(await feed(world, `?continuation=${continuation}`))).toEqual(made.slice(2, 4));
    }
  });

  test('has links only with HAL', async () => {
    const world = newAltinn2World();
    await world.pending();

    expect(read(await feed(world))._links).toBeUndefined();
    expect(read(await feed(world))._embedded.consentRequests[0]._links).toBeUndefined();
    const hal = read(await feed(world, '?direction=outgoing', { accept: 'application/hal+json' }));
    expect(hal._links).toEqual({ self: { href: `${ALTINN2}/api/consentRequests?direction=outgoing` } });
    expect(hal._embedded.consentRequests[0]._links.gui.href).toContain('/ui/AccessConsent/request?id=');
  });

  test.each(['?direction=sideways', '?status=expired', '?continuation=yesterday'])('refuses %s', async (query) => {
    const response = await feed(newAltinn2World(), query);

    expect(response.status).toBe(400);
    expect(read(response)).toMatchObject({ ErrorMessage: 'A parameter is not valid.' });
  });
});
