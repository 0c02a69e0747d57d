import { randomUUID } from 'node:crypto';
import { importJWK, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { DoubleResponse } from '../../src/sandbox/double.ts';
import { newRsaKey } from '../../src/sandbox/rsa-keys.ts';
import type { ConsentChain } from './support/consent-chain.ts';
import {
  A,
  ALTINN,
  B,
  MASKINPORTEN,
  newConsentChain,
  OTHER_PERSON,
  organisationUrn,
  PERSON,
  personUrn,
  REQUESTS,
  RESOURCE,
  read,
  requestBody,
  right,
  SUPPLIER,
} from './support/consent-chain.ts';

const READ = 'altinn:consentrequests.read';
const WRITE = 'altinn:consentrequests.write';
const NAV = 'nav:arbeid/v1/aap';
const ORG = 'altinn:consentrequests.org';
const PAST = '2026-11-16T09:00:00Z';
/** Right check digits, synthetic, and nobody of the cast. */
const STRANGER = '29820099921';
const UNKNOWN_ORGANISATION = '311002007';

const nothing = (response: DoubleResponse) => [response.status, response.body];

function openTo(chain: ConsentChain, organisation: string, scope: string): void {
  chain.maskinportenState.scopes[scope] = { lifetimeSeconds: 120, openToMaskinporten: true };
  chain.clientOf(organisation).scopes.push(scope);
  chain.maskinportenState.access[organisation]?.push(scope);
}

describe('asking for a consent', () => {
  it('answers 201 with every member in its place, absent ones as null', async () => {
    const chain = newConsentChain();
    const body = requestBody();
    const response = await chain.ask({
      ...body,
      validTo: '2027-03-01T13:00:00.1234567+01:00',
      requiredDelegator: null,
      requestMessage: null,
    });
    expect(response.status).toBe(201);
    expect(response.headers['location']).toBe(`${ALTINN}${REQUESTS}/${body.id}`);
    const answer = read(response);
    expect(Object.keys(answer)).toEqual([
      'id',
      'from',
      'to',
      'requiredDelegator',
      'handledBy',
      'validTo',
      'consentRights',
      'requestMessage',
      'status',
      'consented',
      'redirectUrl',
      'consentRequestEvents',
      'viewUri',
      'portalViewMode',
    ]);
    expect(answer).toEqual({
      id: body.id,
      from: personUrn(PERSON),
      to: organisationUrn(A),
      requiredDelegator: null,
      handledBy: null,
      validTo: '2027-03-01T12:00:00.123457+00:00',
      consentRights: [right()],
      requestMessage: null,
      status: 'Created',
      consented: null,
      redirectUrl: body.redirectUrl,
      consentRequestEvents: [
        {
          consentEventID: expect.stringMatching(
            /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
          ),
          created: '2026-11-16T09:00:00+00:00',
          performedBy: organisationUrn(A),
          eventType: 'Created',
          consentRequestID: body.id,
        },
      ],
      viewUri: `${ALTINN}/accessmanagement/ui/consent/request?id=${body.id}`,
      portalViewMode: 'Hide',
    });
  });

  it('reads names of members in any case, ignores unknown ones, and keeps metadata keys as they were sent', async () => {
    const chain = newConsentChain();
    const { consentRights: _, portalViewMode: __, ...body } = requestBody();
    const answer = read(
      await chain.altinn('POST', `${REQUESTS}/`, {
        bearer: await chain.token(A, WRITE),
        body: {
          ...body,
          PortalViewMode: 'SHOW',
          handledBy: organisationUrn(B),
          templateId: 'x',
          ConsentRights: [
            {
              Action: ['consent'],
              Resource: [{ Type: 'urn:altinn:resource', VALUE: RESOURCE }],
              metaData: { fraOgMed: '01.01.2022', TILOGMED: '31.12.2027' },
            },
          ],
        },
      }),
    );
    expect(answer).toMatchObject({ portalViewMode: 'Show', handledBy: null });
    expect(answer.consentRights[0].metadata).toEqual({ fraOgMed: '01.01.2022', TILOGMED: '31.12.2027' });
  });

  it('names the supplier as handler, from the token and not from the body', async () => {
    const chain = newConsentChain();
    const bearer = await chain.token(SUPPLIER, WRITE, { consumer_org: A });
    const answer = read(await chain.altinn('POST', REQUESTS, { bearer, body: requestBody() }));
    expect(answer).toMatchObject({ to: organisationUrn(A), handledBy: organisationUrn(SUPPLIER) });
    expect(answer.consentRequestEvents[0].performedBy).toBe(organisationUrn(A));
  });

  it('lets the scope for others’ requests ask for someone else, as handler', async () => {
    const chain = newConsentChain();
    openTo(chain, B, ORG);
    const answer = read(
      await chain.altinn('POST', REQUESTS, { bearer: await chain.token(B, ORG), body: requestBody(A) }),
    );
    expect(answer).toMatchObject({ to: organisationUrn(A), handledBy: organisationUrn(B) });
  });

  it('knows a party by its UUID too, and answers with the external identifier', async () => {
    const chain = newConsentChain();
    const { id } = read(await chain.ask());
    chain.altinn3.register.accept(id, PERSON);
    const repeated = read(
      await chain.altinn('POST', REQUESTS, { bearer: await chain.token(A, WRITE), body: { ...requestBody(), id } }),
    );
    const uuid = repeated.consentRequestEvents[1].performedBy;
    expect(read(await chain.ask({ from: uuid }))).toMatchObject({ from: personUrn(PERSON) });
    const unknown = await chain.ask({ from: `urn:altinn:party:uuid:${randomUUID()}` });
    expect(read(unknown).code).toBe('AM-00004');
  });

  it('with the same id again answers 200 in another shape, and changes nothing', async () => {
    const chain = newConsentChain();
    const body = requestBody();
    await chain.ask(body);
    const response = await chain.ask({ ...body, redirectUrl: 'https://elsewhere.example/' });
    expect(response.status).toBe(200);
    const answer = read(response);
    expect(answer).not.toHaveProperty('status');
    expect(answer).toMatchObject({
      consentRequestStatus: 'Created',
      templateId: 'dsop_aap_ufore',
      templateVersion: 1,
      redirectUrl: body.redirectUrl,
      from: personUrn(PERSON),
    });
    expect(answer.consentRights[0].resource[0]).toEqual({ type: 'urn:altinn:resource', value: RESOURCE, version: '1' });
    expect(answer.consentRequestEvents[0].performedBy).toMatch(/^urn:altinn:party:uuid:[0-9a-f-]{36}$/);
  });

  it('with the same id for someone else, or when it would no longer be valid, is refused', async () => {
    const chain = newConsentChain();
    const body = requestBody();
    await chain.ask(body);
    const clash = await chain.ask({ ...body, from: personUrn(OTHER_PERSON) });
    expect([clash.status, read(clash).code, read(clash).requestId]).toEqual([400, 'AM-00016', body.id]);
    expect(read(await chain.ask({ ...body, to: organisationUrn(B) }, B)).code).toBe('AM-00016');
    expect(read(await chain.ask({ ...body, validTo: PAST })).validationErrors[0].code).toBe('AM.VLD-00022');
  });
});

describe('the order of checks', () => {
  // Each body breaks its own rule and every later one: the first broken rule decides.
  const laterFlaws = { validTo: PAST, redirectUrl: 'nowhere', consentRights: [right({ metadata: { other: 'x' } })] };
  const cases: readonly [string, (chain: ConsentChain) => Promise<DoubleResponse>, readonly unknown[]][] = [
    ['a missing token', (chain) => chain.altinn('POST', REQUESTS, { text: 'x' }), [401, '']],
    ['a token that is none', (chain) => chain.altinn('POST', REQUESTS, { text: 'x', bearer: 'x.y.z' }), [401, '']],
    [
      'a scope that is not enough',
      async (chain) => chain.altinn('POST', REQUESTS, { text: 'x', bearer: await chain.token(A, READ) }),
      [403, ''],
    ],
    [
      'another scope',
      async (chain) => chain.altinn('POST', REQUESTS, { text: 'x', bearer: await chain.token(A, NAV) }),
      [403, ''],
    ],
    [
      'another media type',
      async (chain) =>
        chain.altinn('POST', REQUESTS, {
          text: 'x',
          bearer: await chain.token(A, WRITE),
          headers: { 'content-type': 'text/plain' },
        }),
      [415, undefined],
    ],
    [
      'no JSON',
      async (chain) => chain.altinn('POST', REQUESTS, { text: '{', bearer: await chain.token(A, WRITE) }),
      [400, undefined],
    ],
    [
      'a wrong check digit',
      (chain) => chain.ask({ ...laterFlaws, to: organisationUrn(B), from: personUrn('30817429499') }),
      [400, undefined],
    ],
    [
      'an organisation’s wrong check digit',
      (chain) => chain.ask({ ...laterFlaws, to: organisationUrn('313772404') }),
      [400, undefined],
    ],
    ['an id that is no UUID', (chain) => chain.ask({ ...laterFlaws, id: '1' }), [400, undefined]],
    ['a date that is none', (chain) => chain.ask({ ...laterFlaws, validTo: '2027-02-30T00:00:00Z' }), [400, undefined]],
    [
      'a date without offset',
      (chain) => chain.ask({ ...laterFlaws, validTo: '2027-02-20T00:00:00' }),
      [400, undefined],
    ],
    ['a missing redirect', (chain) => chain.ask({ ...laterFlaws, redirectUrl: undefined }), [400, undefined]],
    ['a name that is no URN', (chain) => chain.ask({ ...laterFlaws, from: PERSON }), [400, undefined]],
    [
      'a URN nobody maps',
      (chain) => chain.ask({ ...laterFlaws, to: organisationUrn(B), from: 'urn:altinn:userid:20001234' }),
      [500, undefined],
    ],
    [
      'another receiver than the token’s',
      (chain) => chain.ask({ ...laterFlaws, to: organisationUrn(B), from: personUrn(STRANGER) }),
      [403, ''],
    ],
    ['a receiver that is a person', (chain) => chain.ask({ ...laterFlaws, to: personUrn(PERSON) }), [403, '']],
    [
      'an unknown resource',
      (chain) =>
        chain.ask({
          ...laterFlaws,
          from: personUrn(STRANGER),
          consentRights: [
            right({ resource: [] }),
            right({ resource: [{ type: 'urn:altinn:resource', value: 'other' }] }),
          ],
        }),
      [403, ''],
    ],
    [
      'a right without a resource',
      (chain) => chain.ask({ ...laterFlaws, from: personUrn(STRANGER), consentRights: [right({ resource: [] })] }),
      [500, undefined],
    ],
    [
      'an unknown giver',
      (chain) => chain.ask({ ...laterFlaws, from: personUrn(STRANGER), requiredDelegator: personUrn('21819045876') }),
      [400, 'AM-00004'],
    ],
    [
      'an unknown organisation as giver',
      (chain) => chain.ask({ ...laterFlaws, from: organisationUrn(UNKNOWN_ORGANISATION) }),
      [400, 'AM-00003'],
    ],
    [
      'an unknown delegator',
      (chain) => chain.ask({ ...laterFlaws, requiredDelegator: personUrn(STRANGER) }),
      [400, 'AM-00004'],
    ],
  ];

  it.each(cases)('stops at %s', async (_name, send, [status, expected]) => {
    const response = await send(newConsentChain());
    expect(response.status).toBe(status);
    if (expected === '') expect(response.body).toBe('');
    else {
      expect(response.headers['content-type']).toBe('application/problem+json');
      expect(read(response)).toMatchObject({
        status,
        type: expect.stringMatching(/^https:/),
        title: expect.any(String),
      });
      expect(read(response).code).toBe(expected);
    }
  });

  it('refuses a token without a usable consumer after the body was bound', async () => {
    const chain = newConsentChain();
    const { privateJwk } = await newRsaKey('k');
    chain.maskinportenState.signingKeys = [privateJwk];
    const key = await importJWK(privateJwk, 'RS256');
    const sign = (claims: Record<string, unknown>, ends = chain.seconds() + 60) =>
      new SignJWT({ scope: WRITE, iss: `${MASKINPORTEN}/`, ...claims, exp: ends })
        .setProtectedHeader({ alg: 'RS256', kid: 'k' })
        .sign(key);
    const send = async (bearer: string, body: unknown) =>
      nothing(await chain.altinn('POST', REQUESTS, { bearer, body }));
    for (const consumer of [
      undefined,
      'x',
      { authority: 'other', ID: `0192:${A}` },
      { authority: 'iso6523-actorid-upis', ID: A },
    ]) {
      const bearer = await sign({ consumer });
      expect(await send(bearer, requestBody())).toEqual([401, '']);
      expect((await send(bearer, {}))[0]).toBe(400);
    }
    const consumer = { authority: 'iso6523-actorid-upis', ID: `0192:${A}:ER//1:1` };
    expect((await send(await sign({ consumer }), requestBody()))[0]).toBe(201);
    expect(await send(await sign({ consumer }, chain.seconds()), requestBody())).toEqual([401, '']);
    expect(await send(await sign({ consumer, iss: MASKINPORTEN }), requestBody())).toEqual([401, '']);
  });

  it('closes a resource to consumers that are not on its list', async () => {
    const chain = newConsentChain();
    chain.altinnState.resources = chain.altinnState.resources.map((resource) => ({
      ...resource,
      allowedConsumers: [B],
    }));
    expect(nothing(await chain.ask())).toEqual([403, '']);
    expect((await chain.ask({}, B)).status).toBe(201);
  });
});

describe('a single problem', () => {
  const two = (chain: ConsentChain) => {
    const [resource] = chain.altinnState.resources;
    if (resource === undefined) throw new Error('no resource');
    chain.altinnState.resources.push({ ...resource, id: 'other', consentTemplate: 'other' });
    return [
      { type: 'urn:altinn:resource', value: RESOURCE },
      { type: 'urn:altinn:resource', value: 'other' },
    ];
  };
  const cases: readonly [string, (chain: ConsentChain) => Record<string, unknown>, Record<string, unknown>][] = [
    [
      'two resources in a right',
      (chain) => ({ consentRights: [right({ resource: two(chain) })] }),
      { code: 'AM-00005', detail: 'Invalid consent resource' },
    ],
    [
      'an unknown key',
      () => ({ consentRights: [right({ metadata: { fraogmed: '1', tilogmed: '2', Inntektsaar: '3' } })] }),
      { code: 'AM-00006', key: 'inntektsaar' },
    ],
    [
      'an empty value',
      () => ({ consentRights: [right({ metadata: { fraogmed: '1', TilOgMed: '' } })] }),
      { code: 'AM-00007', 'ConsentRight index: 0, key': 'tilogmed' },
    ],
    [
      'a missing key',
      () => ({ consentRights: [right({ metadata: { fraogmed: '1' } })] }),
      { code: 'AM-00008', key: 'tilogmed', detail: 'Missing metadata' },
    ],
    [
      'another template',
      (chain) => ({ consentRights: [right(), right({ resource: [two(chain)[1]] })] }),
      { code: 'AM-00009', detail: 'Invalid resource combination' },
    ],
    [
      'no action',
      () => ({ consentRights: [right(), right({ action: [] })] }),
      {
        code: 'STD-00000',
        validationErrors: [
          { code: 'STD.VLD-00000', detail: 'The field is required.', paths: ['/consentRight/1/action'] },
        ],
      },
    ],
    [
      'an end that has passed',
      () => ({ validTo: PAST }),
      {
        code: 'STD-00000',
        detail: 'One or more validation errors occurred.',
        validationErrors: [{ code: 'AM.VLD-00022', detail: 'The time need to be in the future', paths: ['ValidTo'] }],
      },
    ],
    [
      'no rights',
      () => ({ consentRights: [] }),
      { validationErrors: [{ code: 'AM.VLD-00023', detail: 'The list cant be empty', paths: ['Resource'] }] },
    ],
    [
      'a redirect that is no URL',
      () => ({ redirectUrl: '/retur' }),
      {
        validationErrors: [{ code: 'AM.VLD-00027', detail: 'Redirect URL is not a valid URL', paths: ['RedirectUrl'] }],
      },
    ],
    [
      'all of the request’s own rules',
      () => ({ validTo: PAST, consentRights: [], redirectUrl: 'x' }),
      {
        code: 'STD-00000',
        validationErrors: [{ code: 'AM.VLD-00022' }, { code: 'AM.VLD-00023' }, { code: 'AM.VLD-00027' }],
      },
    ],
  ];

  it.each(cases)('of %s is answered as itself', async (_name, change, expected) => {
    const chain = newConsentChain();
    const response = await chain.ask(change(chain));
    expect(response.status).toBe(400);
    expect(read(response)).toMatchObject({
      type: 'https://tools.ietf.org/html/rfc9110#section-15.5.1',
      title: 'Bad Request',
      status: 400,
      ...expected,
    });
    expect(Object.keys(chain.altinnState.consents)).toEqual([]);
  });

  it('becomes 500 STD-00001 in company, in the order of the rules', async () => {
    const chain = newConsentChain();
    const response = await chain.ask({
      validTo: PAST,
      consentRights: [right({ metadata: { fraogmed: '01.01.2022' } })],
    });
    expect(response.status).toBe(500);
    expect(read(response)).toEqual({
      type: 'https://tools.ietf.org/html/rfc9110#section-15.6.1',
      title: 'An error occurred while processing your request.',
      status: 500,
      detail: 'Multiple problems occurred.',
      code: 'STD-00001',
      problems: [
        { status: 400, detail: 'Missing metadata', code: 'AM-00008', key: 'tilogmed' },
        {
          status: 400,
          detail: 'One or more validation errors occurred.',
          code: 'STD-00000',
          validationErrors: [{ code: 'AM.VLD-00022', detail: 'The time need to be in the future', paths: ['ValidTo'] }],
        },
      ],
    });
  });

  it('is two when a right has no metadata at all', async () => {
    const response = await newConsentChain().ask({ consentRights: [right({ metadata: undefined })] });
    expect([response.status, read(response).problems.map(({ key }: { key: string }) => key)]).toEqual([
      500,
      ['fraogmed', 'tilogmed'],
    ]);
  });

  it.each(['http://a.example', 'https://a.example/x?y=1#z', 'forsikring://retur'])(
    'is not what %s is',
    async (redirectUrl) => {
      expect((await newConsentChain().ask({ redirectUrl })).status).toBe(201);
    },
  );
});

it('refuses a number that could be a real person’s, and says so without the number', async () => {
  const chain = newConsentChain();
  for (const member of ['from', 'requiredDelegator']) {
    const response = await chain.ask({ [member]: personUrn('31123955539') });
    expect(response.status).toBe(400);
    expect(response.body).toContain('could belong to a real person');
    expect(response.body).not.toContain('31123955539');
  }
});

describe('reading a consent request', () => {
  it('is for the receiver alone', async () => {
    const chain = newConsentChain();
    const created = await chain.ask();
    const { id } = read(created);
    const path = `${REQUESTS}/${id}`;
    const own = await chain.altinn('GET', path, { bearer: await chain.token(A, READ) });
    expect([own.status, read(own)]).toEqual([200, read(created)]);
    expect((await chain.altinn('GET', path, { bearer: await chain.token(A, WRITE) })).status).toBe(200);
    const other = await chain.altinn('GET', path, { bearer: await chain.token(B, READ) });
    expect([other.status, read(other).code, read(other).detail]).toEqual([
      403,
      'AM-00000',
      'Not authorized for consent',
    ]);
    const supplier = await chain.altinn('GET', path, {
      bearer: await chain.token(SUPPLIER, READ, { consumer_org: A }),
    });
    expect(supplier.status).toBe(200);
  });

  it('answers 404 to an unknown id, bare 404 to what is no UUID, bare 401 and 403 before either', async () => {
    const chain = newConsentChain();
    const bearer = await chain.token(A, READ);
    const unknown = await chain.altinn('GET', `${REQUESTS}/${randomUUID()}`, { bearer });
    expect([unknown.status, read(unknown).code]).toEqual([404, 'AM-00001']);
    expect(nothing(await chain.altinn('GET', `${REQUESTS}/1234`, { bearer }))).toEqual([404, '']);
    expect(nothing(await chain.altinn('GET', `${REQUESTS}/${randomUUID()}`))).toEqual([401, '']);
    expect(
      nothing(await chain.altinn('GET', `${REQUESTS}/${randomUUID()}`, { bearer: await chain.token(A, NAV) })),
    ).toEqual([403, '']);
    expect((await chain.altinn('DELETE', `${REQUESTS}/${randomUUID()}`, { bearer })).status).toBe(405);
    expect(nothing(await chain.altinn('GET', '/accessmanagement/api/v1/other', { bearer }))).toEqual([404, '']);
  });

  it('follows the consent through its life, and appends Expired without ever storing it', async () => {
    const chain = newConsentChain();
    const { id } = read(await chain.ask());
    const look = async () =>
      read(await chain.altinn('GET', `${REQUESTS}/${id}`, { bearer: await chain.token(A, READ) }));
    const kinds = (answer: { consentRequestEvents: { eventType: string }[] }) =>
      answer.consentRequestEvents.map(({ eventType }) => eventType);
    chain.later(60);
    chain.altinn3.register.accept(id, PERSON);
    const accepted = await look();
    expect(accepted).toMatchObject({ status: 'Accepted', consented: '2026-11-16T09:01:00+00:00' });
    expect(accepted.consentRequestEvents[1]).toMatchObject({ eventType: 'Accepted', performedBy: personUrn(PERSON) });
    chain.altinn3.register.revoke(id, PERSON);
    expect(await look()).toMatchObject({ status: 'Revoked', consented: '2026-11-16T09:01:00+00:00' });
    chain.clock.set(new Date('2027-03-01T12:00:00Z'));
    const ended = await look();
    expect([ended.status, kinds(ended)]).toEqual(['Revoked', ['Created', 'Accepted', 'Revoked', 'Expired']]);
    expect(ended.consentRequestEvents[3]).toEqual({
      consentEventID: '00000000-0000-0000-0000-000000000000',
      created: '2027-03-01T12:00:00+00:00',
      performedBy: organisationUrn(A),
      eventType: 'Expired',
      consentRequestID: '00000000-0000-0000-0000-000000000000',
    });
    expect(chain.altinnState.consents[id]?.events).toHaveLength(3);
  });
});

describe('answering', () => {
  const code = (answer: object) => ('problem' in answer ? Object(answer.problem).code : 'done');

  it('goes from Created to Accepted or Rejected and from Accepted to Revoked; the same step again is no mistake', async () => {
    const chain = newConsentChain();
    const { register } = chain.altinn3;
    const [one, two] = [read(await chain.ask()).id, read(await chain.ask()).id];
    expect(code(register.revoke(one, PERSON))).toBe('AM-00010');
    expect([register.accept(one, PERSON), register.accept(one, PERSON)].map(code)).toEqual(['done', 'done']);
    expect(code(register.reject(one, PERSON))).toBe('AM-00015');
    expect([register.revoke(one, PERSON), register.revoke(one, PERSON)].map(code)).toEqual(['done', 'done']);
    expect(code(register.accept(one, PERSON))).toBe('AM-00002');
    expect([register.reject(two, PERSON), register.reject(two, PERSON)].map(code)).toEqual(['done', 'done']);
    expect(chain.altinnState.consents[one]?.events).toHaveLength(3);
    expect(code(register.accept(randomUUID(), PERSON))).toBe('AM-00001');
  });

  it('is for the person asked, and for the required delegator where one is set', async () => {
    const chain = newConsentChain();
    const { register } = chain.altinn3;
    const { id } = read(await chain.ask());
    expect(code(register.accept(id, OTHER_PERSON))).toBe('AM-00000');
    const conflicting = read(await chain.ask({ requiredDelegator: personUrn(OTHER_PERSON) })).id;
    expect([PERSON, OTHER_PERSON].map((person) => code(register.accept(conflicting, person)))).toEqual([
      'AM-00000',
      'AM-00000',
    ]);
    const open = read(await chain.ask({ requiredDelegator: null })).id;
    expect(code(register.accept(open, PERSON))).toBe('done');
  });

  it('fails after the end, and for an action nobody may pass on', async () => {
    const chain = newConsentChain();
    const { register } = chain.altinn3;
    const odd = read(await chain.ask({ consentRights: [right({ action: ['read'] })] })).id;
    expect(code(register.accept(odd, PERSON))).toBe('AM-00000');
    const { id } = read(await chain.ask());
    chain.clock.set(new Date('2027-03-01T12:00:00Z'));
    expect(register.accept(id, PERSON)).toMatchObject({
      problem: { code: 'STD-00000', validationErrors: [{ code: 'AM.VLD-00022' }] },
    });
    expect(chain.altinnState.consents[id]?.status).toBe('Created');
  });
});

describe('the look-up for Maskinporten', () => {
  it.each<[string, (chain: ConsentChain, id: string) => unknown, Record<string, string>, readonly unknown[]]>([
    ['an unknown id', () => undefined, { id: randomUUID() }, [404, 'AM-00001']],
    [
      'another receiver',
      ({ altinn3 }, id) => altinn3.register.accept(id, PERSON),
      { to: organisationUrn(B) },
      [404, 'AM-00001'],
    ],
    [
      'another giver',
      ({ altinn3 }, id) => altinn3.register.accept(id, PERSON),
      { from: personUrn(OTHER_PERSON) },
      [400, 'AM-00012'],
    ],
    ['no answer yet', () => undefined, {}, [400, 'AM-00014']],
    ['a refusal', ({ altinn3 }, id) => altinn3.register.reject(id, PERSON), {}, [400, 'AM-00014']],
    [
      'a withdrawal',
      ({ altinn3 }, id) => [altinn3.register.accept(id, PERSON), altinn3.register.revoke(id, PERSON)],
      {},
      [400, 'AM-00011'],
    ],
    [
      'an end that has passed',
      ({ altinn3, clock }, id) => [altinn3.register.accept(id, PERSON), clock.set(new Date('2027-03-01T12:00:00Z'))],
      {},
      [400, 'AM-00013'],
    ],
    [
      'an end that has passed without an answer',
      ({ clock }) => clock.set(new Date('2027-03-01T12:00:00Z')),
      {},
      [500, 'STD-00001'],
    ],
  ])('refuses %s', async (_name, happen, change, [status, code]) => {
    const chain = newConsentChain();
    const { id } = read(await chain.ask());
    happen(chain, id);
    const question = { id, from: personUrn(PERSON), to: organisationUrn(A), ...change };
    expect(chain.altinn3.lookup(question)).toMatchObject({ refused: { status, code } });
  });

  it('gives the consent to its receiver and to its handler', async () => {
    const chain = newConsentChain();
    const bearer = await chain.token(SUPPLIER, WRITE, { consumer_org: A });
    const { id } = read(await chain.altinn('POST', REQUESTS, { bearer, body: requestBody() }));
    chain.altinn3.register.accept(id, PERSON);
    for (const to of [A, SUPPLIER]) {
      expect(chain.altinn3.lookup({ id, from: personUrn(PERSON), to: organisationUrn(to) })).toMatchObject({
        given: { id, toOrganisation: A },
      });
    }
  });
});

describe('the events feed', () => {
  const feed = async (chain: ConsentChain, query = '', organisation = A) =>
    chain.altinn('GET', `${REQUESTS}/events${query}`, { bearer: await chain.token(organisation, READ) });
  const rows = async (chain: ConsentChain, query = '', organisation = A): Promise<string[]> =>
    read(await feed(chain, query, organisation)).data.map(
      ({ consentRequestId, eventType }: Record<string, string>) => `${consentRequestId} ${eventType}`,
    );

  it('shows events of the consumer’s own consents once they are five minutes old, Created among them', async () => {
    const chain = newConsentChain();
    const { id } = read(await chain.ask());
    read(await chain.ask({}, B));
    chain.later(200);
    chain.altinn3.register.accept(id, PERSON);
    chain.later(99);
    expect(await rows(chain)).toEqual([]);
    chain.later(1);
    expect(await rows(chain)).toEqual([`${id} Created`]);
    chain.later(200);
    const response = await feed(chain);
    expect(read(response)).toEqual({
      links: { next: null },
      data: [
        { consentRequestId: id, eventType: 'Created', changedDate: '2026-11-16T09:00:00+00:00' },
        { consentRequestId: id, eventType: 'Accepted', changedDate: '2026-11-16T09:03:20+00:00' },
      ],
    });
    chain.clock.set(new Date('2028-01-01T00:00:00Z'));
    chain.maskinportenState.clients.forEach((client) => {
      client.registeredAt = '2028-01-01T00:00:00Z';
    });
    expect(await rows(chain)).toHaveLength(2);
  });

  it('pages with an exclusive cursor and the filters kept; a full last page names an empty one', async () => {
    const chain = newConsentChain({ lagSeconds: 0, pageSize: 2 });
    const ids: string[] = [];
    for (let count = 0; count < 4; count += 1) ids.push(read(await chain.ask()).id);
    for (const id of ids) chain.altinn3.register.accept(id, PERSON);
    const seen: string[] = [];
    let next: string | null = '?eventType=accepted&createdAfter=2026-11-16T00%3A00%3A00%2B00%3A00';
    let pages = 0;
    while (next !== null) {
      const { links, data } = read(await feed(chain, next.replace(/^[^?]*/, '')));
      seen.push(...data.map((row: { consentRequestId: string }) => row.consentRequestId));
      next = links.next;
      pages += 1;
      if (next !== null) {
        expect(next.startsWith(`${ALTINN}${REQUESTS}/events?`)).toBe(true);
        expect(new URL(next).searchParams.get('eventType')).toBe('accepted');
        expect(Buffer.from(new URL(next).searchParams.get('continuationToken') ?? '', 'base64')).toHaveLength(16);
      }
    }
    expect([pages, seen]).toEqual([3, ids]);
  });

  it('keeps the order in which things happened when the clock is set back', async () => {
    const chain = newConsentChain({ lagSeconds: 0 });
    const first = read(await chain.ask()).id;
    chain.clock.set(new Date('2026-11-16T08:00:00Z'));
    const second = read(await chain.ask()).id;
    chain.clock.set(new Date('2026-11-16T10:00:00Z'));
    expect(await rows(chain)).toEqual([`${first} Created`, `${second} Created`]);
  });

  it('filters by kind in any case, by consent and by time (from included, to excluded)', async () => {
    const chain = newConsentChain({ lagSeconds: 0 });
    const [one, two] = [read(await chain.ask()).id, read(await chain.ask()).id];
    chain.later(10);
    chain.altinn3.register.accept(one, PERSON);
    chain.altinn3.register.reject(two, PERSON);
    expect(await rows(chain, '?eventType=Accepted')).toEqual([`${one} Accepted`]);
    expect(await rows(chain, '?eventType=accepted&eventType=rejected')).toEqual([`${one} Accepted`, `${two} Rejected`]);
    expect(await rows(chain, `?consentRequestId=${two.toUpperCase()}`)).toEqual([`${two} Created`, `${two} Rejected`]);
    expect(await rows(chain, '?createdAfter=2026-11-16T09:00:10Z')).toHaveLength(2);
    expect(await rows(chain, '?createdBefore=2026-11-16T09:00:10Z')).toEqual([`${one} Created`, `${two} Created`]);
  });

  it.each([
    ['createdAfter=2026-11-16T09:00:00Z&createdBefore=2026-11-16T09:00:00Z', ['AM.VLD-00051']],
    ['eventType=created', ['AM.VLD-00052']],
    ['eventType=expired', ['AM.VLD-00052']],
    ['continuationToken=abc', ['AM.VLD-00053']],
    ['eventType=opened&continuationToken=abc', ['AM.VLD-00052', 'AM.VLD-00053']],
  ])('refuses ?%s', async (query, codes) => {
    const response = await feed(newConsentChain(), `?${query}`);
    expect([response.status, read(response).code]).toEqual([400, 'STD-00000']);
    expect(read(response).validationErrors.map(({ code }: { code: string }) => code)).toEqual(codes);
  });

  it('answers what can not be read at all as the framework does, and asks for a token first', async () => {
    const chain = newConsentChain();
    for (const query of ['?createdAfter=today', '?consentRequestId=1']) {
      const response = await feed(chain, query);
      expect([response.status, read(response).code, Object.keys(read(response).errors)]).toEqual([
        400,
        undefined,
        [query.slice(1).split('=')[0]],
      ]);
    }
    expect(nothing(await chain.altinn('GET', `${REQUESTS}/events?eventType=created`))).toEqual([401, '']);
  });
});
