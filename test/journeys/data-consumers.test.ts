import { describe, expect, it } from 'vitest';
import type { Seen } from '../support/world.ts';
import { consentInput, numberOf, openWorld, REFRESH_CONSENT, REQUEST_CONSENT, sharedWorld } from '../support/world.ts';

const UNKNOWN_CONSENT = '3f0a4d55-9a1e-4c05-b5a7-5a1c1c6a0f11';
const UNKNOWN_APPLICANT = 'p1_AAAAAAAAAAAAAAAAAAAAAA';

/** An answer without what differs from request to request. */
function comparable({ status, text }: Seen): unknown {
  return { status, text: text.replaceAll(/"callId":"[0-9a-f-]{36}"/g, '"callId":""') };
}

describe('what belongs to insurer A is for insurer B as if it were not there:', () => {
  it.each([
    ['a consent by its id', 'query ($id: ID!) { consent(id: $id) { id status } }'],
    ['refreshing a consent', REFRESH_CONSENT],
    ['giving up a consent', 'mutation ($id: ID!) { relinquishConsent(id: $id) { consent { id } } }'],
  ])('%s', async (_, document) => {
    await using world = await openWorld();
    const id = await world.grantKnown('P04');
    world.sandbox.journal.clear();
    const others = await world.query('case-handler-b', document, { id });
    const nobodys = await world.query('case-handler-b', document, { id: UNKNOWN_CONSENT });
    expect(others.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND', retry: 'never' } }]);
    expect(comparable(others)).toEqual(comparable(nobodys));
    expect(world.altinn.calls()).toEqual([]);
    const own = await world.query('case-handler-a', 'query ($id: ID!) { consent(id: $id) { status } }', { id });
    expect(own.data.consent.status).toBe('ACTIVE');
  });

  it('a person by A’s id of them', async () => {
    await using world = await openWorld();
    await world.grantKnown('P04');
    const document = 'query ($id: ID!) { applicant(by: { id: $id }) { id maskedNationalId aapVedtak { __typename } } }';
    const own = await world.query(
      'case-handler-a',
      'query ($n: NationalId!) { applicant(by: { nationalId: $n }) { id } }',
      { n: numberOf('P04') },
    );
    const { id } = own.data.applicant;
    expect((await world.query('case-handler-a', document, { id })).data.applicant).toMatchObject({
      id,
      maskedNationalId: '308174*****',
    });
    const others = await world.query('partner-b', document, { id });
    expect(others.errors).toMatchObject([{ path: ['applicant'], extensions: { code: 'NOT_FOUND', field: 'by.id' } }]);
    expect(comparable(others)).toEqual(comparable(await world.query('partner-b', document, { id: UNKNOWN_APPLICANT })));
    expect(await world.audit('b')).toEqual([]);
  });

  it('a read of a person who has consented to A alone', async () => {
    await using world = await openWorld();
    await world.grantKnown('P04');
    world.sandbox.journal.clear();
    const asked = await world.read('P04', { caller: 'partner-b' });
    const stranger = await world.read('P05', { caller: 'partner-b' });
    expect(asked.data.applicant.aapVedtak).toMatchObject({ reason: 'NEVER_ASKED', decidedBy: null });
    expect(comparable(asked)).toEqual(comparable(stranger));
    expect(world.altinn.calls()).toEqual([]);
    expect(world.sandbox.journal.entries('maskinporten')).toEqual([]);
    expect(world.navCalls()).toBe(0);
  });

  it('lists of consents, whatever the filter', async () => {
    await using world = await openWorld();
    await world.grantKnown('P04', { reference: 'SAK-A' });
    const document =
      'query ($filter: ConsentFilter) { consents(filter: $filter) { nodes { id } pageInfo { hasNextPage endCursor } } }';
    for (const filter of [{}, { status: ['ACTIVE'] }, { reference: 'SAK-A' }, { source: 'AAP_VEDTAK' }]) {
      expect((await world.query('case-handler-a', document, { filter })).data.consents.nodes).toHaveLength(1);
      expect((await world.query('case-handler-b', document, { filter })).data.consents).toEqual({
        nodes: [],
        pageInfo: { hasNextPage: false, endCursor: null },
      });
    }
  });

  it('the log, whatever the filter', async () => {
    await using world = await openWorld();
    await world.grantKnown('P04', { reference: 'SAK-A' });
    await world.read('P04');
    expect(await world.audit('a')).toHaveLength(3);
    const document = 'query ($filter: DisclosureFilter) { disclosures(filter: $filter) { nodes { id } } }';
    for (const filter of [{}, { reference: 'SAK-A' }, { outcome: ['DELIVERED'] }]) {
      expect((await world.query('auditor-b', document, { filter })).data.disclosures.nodes).toEqual([]);
    }
  });

  it.each([
    ['consents', 'case-handler-a', 'case-handler-b'],
    ['disclosures', 'auditor-a', 'auditor-b'],
  ] as const)('a cursor of %s', async (list, a, b) => {
    await using world = await openWorld();
    await world.grantKnown('P04');
    await world.read('P04');
    const document = `query ($after: String) { ${list}(first: 1, after: $after) { nodes { id } pageInfo { endCursor } } }`;
    const { data } = await world.query(a, document);
    const after = data[list].pageInfo.endCursor;
    expect((await world.query(a, document, { after })).errors).toEqual([]);
    const others = await world.query(b, document, { after });
    expect(others.errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT', field: 'after' } }]);
    expect(comparable(others)).toEqual(comparable(await world.query(b, document, { after: 'bm90IGEgY3Vyc29y' })));
  });

  it('the id of a person, which is another one for each', async () => {
    await using world = await openWorld();
    const document = 'query ($n: NationalId!) { applicant(by: { nationalId: $n }) { id } }';
    const ids = await Promise.all(
      (['case-handler-a', 'analyst-a', 'case-handler-b', 'partner-b'] as const).map(
        async (caller) => (await world.query(caller, document, { n: numberOf('P04') })).data.applicant.id,
      ),
    );
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).toBe(ids[3]);
    expect(ids[0]).not.toBe(ids[2]);
  });
});

it('lists below a person hold what is that person’s alone', async () => {
  await using world = await openWorld();
  const ids = { P04: await world.grantKnown('P04'), P05: await world.grantKnown('P05') };
  await world.read('P04');
  for (const [person, reads] of [
    ['P04', 3],
    ['P05', 0],
  ] as const) {
    const seen = await world.query(
      'auditor-a',
      'query ($n: NationalId!) { applicant(by: { nationalId: $n }) { consents { nodes { id } } disclosures { nodes { id } } } }',
      { n: numberOf(person) },
    );
    expect(seen.errors).toEqual([]);
    expect(seen.data.applicant.consents.nodes).toEqual([{ id: ids[person] }]);
    expect(seen.data.applicant.disclosures.nodes).toHaveLength(reads);
  }
});

it('two insurers with consents of their own read under their own, with their own credentials', async () => {
  await using world = await openWorld();
  const a = await world.grantKnown('P04');
  const b = await world.grantKnown('P04', {}, 'partner-b');
  world.sandbox.journal.clear();
  const [byA, byB] = await Promise.all([world.read('P04'), world.read('P04', { caller: 'partner-b' })]);
  expect([byA, byB].map(({ data }) => data.applicant.aapVedtak.consent.id)).toEqual([a, b]);
  const consumers = world.sandbox.journal.entries('aap').map(({ consumer }) => consumer);
  expect(consumers.toSorted()).toEqual(['210483713', '210483713', '313772403', '313772403']);

  await world.query('case-handler-a', 'mutation ($id: ID!) { relinquishConsent(id: $id) { consent { id } } }', {
    id: a,
  });
  expect((await world.read('P04')).data.applicant.aapVedtak.reason).toBe('RELINQUISHED');
  expect((await world.read('P04', { caller: 'partner-b' })).data.applicant.aapVedtak.consent.id).toBe(b);
});

describe('a caller of two insurers', () => {
  const shared = sharedWorld((world) => world.grantKnown('P04'));
  const VIEWER = '{ viewer { role dataConsumer { organisationNumber } } consents { nodes { id } } }';

  it('must say for which one', async () => {
    const world = shared();
    const seen = await world.query('case-handler-ab', VIEWER);
    expect(seen.errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT', field: 'Data-Consumer' } }]);
  });

  it.each([
    ['210483713', 1],
    ['313772403', 0],
  ])('sees as %s what is that one’s', async (organisation, consents) => {
    const world = shared();
    const seen = await world.query('case-handler-ab', VIEWER, {}, { 'data-consumer': organisation });
    expect(seen.data.viewer).toEqual({ role: 'CASE_HANDLER', dataConsumer: { organisationNumber: organisation } });
    expect(seen.data.consents.nodes).toHaveLength(consents);
  });

  it.each([
    ['case-handler-ab', '310990183'],
    ['case-handler-a', '313772403'],
  ] as const)('may not say one that the token is not for: %s as %s', async (caller, organisation) => {
    const world = shared();
    const seen = await world.query(caller, VIEWER, {}, { 'data-consumer': organisation });
    expect(seen.status).toBe(403);
    expect(seen.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });
});

describe('two purposes never cross:', () => {
  it('a caller who has both must choose', async () => {
    await using world = await openWorld();
    const seen = await world.read('P04', { caller: 'case-handler-b' });
    expect(seen.errors.map(({ extensions }) => [extensions.code, extensions.field])).toEqual(
      Array.from({ length: 3 }, () => ['INVALID_INPUT', 'purpose']),
    );
    const { purpose: _, ...input } = consentInput('P04');
    const asked = await world.query('case-handler-b', REQUEST_CONSENT, { input });
    expect(asked.errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT', field: 'purpose' } }]);
    expect(world.altinn.calls()).toEqual([]);
  });

  it('a consent for one does not open a read for the other', async () => {
    await using world = await openWorld();
    const id = await world.grantKnown('P04', { purpose: 'OCCUPATIONAL_PENSION' }, 'case-handler-b');
    const other = await world.read('P04', { caller: 'case-handler-b', purpose: 'DISABILITY_INSURANCE' });
    expect(other.data.applicant.aapVedtak).toMatchObject({ reason: 'NEVER_ASKED', decidedBy: null });
    expect(world.navCalls()).toBe(0);
    const same = await world.read('P04', { caller: 'case-handler-b', purpose: 'OCCUPATIONAL_PENSION' });
    expect(same.data.applicant.aapVedtak.consent.id).toBe(id);
    expect(new Set((await world.audit('b')).map(({ purpose, outcome }) => `${purpose} ${outcome}`))).toEqual(
      new Set(['DISABILITY_INSURANCE REFUSED', 'OCCUPATIONAL_PENSION DELIVERED']),
    );
  });

  it('one document may ask for both, and each is read under its own consent', async () => {
    await using world = await openWorld();
    const occupational = await world.grantKnown('P04', { purpose: 'OCCUPATIONAL_PENSION' }, 'case-handler-b');
    const disability = await world.grantKnown('P04', { purpose: 'DISABILITY_INSURANCE' }, 'case-handler-b');
    const seen = await world.query(
      'case-handler-b',
      `query ($n: NationalId!) {
        occupational: applicant(by: { nationalId: $n }, purpose: OCCUPATIONAL_PENSION) { consent { id } aapVedtak { ...under } }
        disability: applicant(by: { nationalId: $n }, purpose: DISABILITY_INSURANCE) { consent { id } aapVedtak { ...under } }
      }
      fragment under on Delivered { consent { id } }`,
      { n: numberOf('P04') },
    );
    const under = (id: string) => ({ consent: { id }, aapVedtak: { consent: { id } } });
    expect(seen.data).toEqual({ occupational: under(occupational), disability: under(disability) });
    expect(world.navCalls()).toBe(2);
  });

  it('the same dates for each are two requests', async () => {
    await using world = await openWorld();
    const first = await world.ask('P04', { purpose: 'OCCUPATIONAL_PENSION' }, 'case-handler-b');
    const second = await world.ask('P04', { purpose: 'DISABILITY_INSURANCE' }, 'case-handler-b');
    expect(second.id).not.toBe(first.id);
    expect(world.altinn.askedOf('P04')).toHaveLength(2);
  });

  it('a caller who has one is refused the other, and the log says so', async () => {
    await using world = await openWorld();
    await world.grantKnown('P04');
    const seen = await world.read('P04', { purpose: 'OCCUPATIONAL_PENSION' });
    expect(seen.errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']);
    expect(await world.audit('a')).toMatchObject(
      Array.from({ length: 3 }, () => ({
        outcome: 'REFUSED',
        refusedBecause: null,
        errorCode: 'FORBIDDEN',
        purpose: 'OCCUPATIONAL_PENSION',
        consent: null,
        attempts: 0,
      })),
    );
  });
});

describe('a role', () => {
  const shared = sharedWorld();
  const IDS = 'query ($n: NationalId!) { applicant(by: { nationalId: $n }) { maskedNationalId nationalId } }';

  it.each([
    ['case-handler-a', true],
    ['partner-a', true],
    ['analyst-a', false],
    ['auditor-a', false],
  ] as const)('decides whether %s sees a national id in clear: %s', async (caller, clear) => {
    const world = shared();
    const seen = await world.query(caller, IDS, { n: numberOf('P04') });
    expect(seen.data.applicant).toEqual({
      maskedNationalId: '308174*****',
      nationalId: clear ? numberOf('P04') : null,
    });
    expect(seen.errors.map(({ path, extensions }) => [path, extensions.code])).toEqual(
      clear ? [] : [[['applicant', 'nationalId'], 'FORBIDDEN']],
    );
    expect(seen.text.includes(numberOf('P04'))).toBe(clear);
  });

  it('of an auditor reads nobody’s benefits, and is recorded when it tries', async () => {
    await using world = await openWorld();
    await world.grantKnown('P04');
    const seen = await world.read('P04', { caller: 'auditor-a' });
    expect(seen.errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']);
    expect(world.navCalls()).toBe(0);
    expect((await world.audit('a')).map(({ caller, errorCode }) => [caller, errorCode])).toEqual(
      Array.from({ length: 3 }, () => ['auditor-a', 'FORBIDDEN']),
    );
  });

  it.each(['analyst-a', 'auditor-a'] as const)('of %s asks nobody for consent and gives none up', async (caller) => {
    await using world = await openWorld();
    const id = await world.grantKnown('P04');
    const asked = await world.query(caller, REQUEST_CONSENT, { input: consentInput('P05') });
    const given = await world.query(caller, 'mutation ($id: ID!) { relinquishConsent(id: $id) { consent { id } } }', {
      id,
    });
    for (const { errors } of [asked, given]) expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(world.altinn.askedOf('P05')).toEqual([]);
    expect((await world.read('P04')).errors).toEqual([]);
  });
});
