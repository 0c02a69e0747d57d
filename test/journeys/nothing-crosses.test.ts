import { readFileSync } from 'node:fs';
import type { GraphQLInputType } from 'graphql';
import { buildSchema, getNamedType, isInputObjectType, isObjectType } from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import type { Config } from '../../src/config.ts';
import type { CallerName } from '../../src/sandbox/callers-state.ts';
import { NUMBERS } from '../../src/sandbox/world.ts';
import { supplied } from '../support/supplied.ts';
import type { Seen, World } from '../support/world.ts';
import { consentInput, numberOf, openWorld, sharedWorld } from '../support/world.ts';

/** Whatever names something: a person, a consent, a place in a list, a case. */
interface Names {
  readonly nationalId: string;
  readonly applicantId: string;
  readonly consentId: string;
  readonly afterConsent: string;
  readonly afterDisclosure: string;
  readonly reference: string;
}

/** Well-formed, and nobody's. P13 was never asked about. */
const NOBODYS: Names = {
  nationalId: numberOf('P13'),
  applicantId: 'p1_AAAAAAAAAAAAAAAAAAAAAA',
  consentId: '3f0a4d55-9a1e-4c05-b5a7-5a1c1c6a0f11',
  afterConsent: 'bm90IGEgY3Vyc29y',
  afterDisclosure: 'bm90IGEgY3Vyc29y',
  reference: 'SAK-NOBODY',
};

/** Everybody who asks for insurer B: one of them may ask for A too, and has said for whom it asks. */
const PROBERS: readonly (readonly [CallerName, Record<string, string>?])[] = [
  ['case-handler-b'],
  ['analyst-b'],
  ['partner-b'],
  ['auditor-b'],
  ['case-handler-ab', { 'data-consumer': NUMBERS.B }],
];
const OWN_ROLES = ['case-handler-a', 'auditor-a'] as const satisfies readonly CallerName[];
const PURPOSE = 'DISABILITY_INSURANCE';

/** Insurer A knows P04 through and through; insurer B has one consent, of another person, and one read. */
async function bothAtWork(world: World): Promise<World> {
  for (const [caller, person, reference] of [
    ['case-handler-a', 'P04', 'SAK-A'],
    ['case-handler-a', 'P06', 'SAK-A'],
    ['case-handler-b', 'P05', 'SAK-B'],
  ] as const) {
    await world.grantKnown(person, { reference, purpose: PURPOSE }, caller);
    await world.read(person, { caller, purpose: PURPOSE });
  }
  await usesKept(world);
  return world;
}

/** Nobody waits for Altinn 2 to be told of a use, so the last may come long after the answer. */
async function usesKept(world: World): Promise<void> {
  if (world.altinn.rail !== 'ALTINN_2') return;
  await vi.waitFor(async () => {
    for (const auditor of ['auditor-a', 'auditor-b'] as const) {
      const { data } = await world.query(auditor, '{ disclosures { nodes { useLogged } } }');
      const uses = data.disclosures.nodes.map(({ useLogged }: { useLogged: boolean | null }) => useLogged);
      expect(new Set(uses)).toEqual(new Set([true]));
    }
  }, 10_000);
}

/** What insurer A has in its hands, and insurer B might come by. */
async function namesOfA(world: World): Promise<Names> {
  const nationalId = numberOf('P04');
  const { data } = await world.query(
    'case-handler-a',
    `query ($n: NationalId!) {
      applicant(by: { nationalId: $n }) { id consent { id } }
      consents(first: 1) { pageInfo { endCursor } }
    }`,
    { n: nationalId },
  );
  const log = await world.query('auditor-a', '{ disclosures(first: 1) { pageInfo { endCursor } } }');
  return {
    nationalId,
    applicantId: data.applicant.id,
    consentId: data.applicant.consent.id,
    afterConsent: data.consents.pageInfo.endCursor,
    afterDisclosure: log.data.disclosures.pageInfo.endCursor,
    reference: 'SAK-A',
  };
}

const BENEFITS = '{ aapVedtak { ...why } aapMeldekort { ...why } uforeopplysninger { ...why } }';
const WHY = 'fragment why on ConsentRequired { reason message allowedPerioder { fom tom } decidedBy { id } }';
const LIST = '{ nodes { id } pageInfo { hasNextPage endCursor } }';

/** A question with a name in it, and the arguments through which the name goes in. */
type Probe = readonly [
  what: string,
  covers: readonly string[],
  document: string,
  variables: (names: Names) => Record<string, unknown>,
];

const PROBES: readonly Probe[] = [
  [
    'a person by number',
    ['Query.applicant.by.nationalId', 'Query.applicants.by.nationalId'],
    `query ($n: NationalId!) {
      applicant(by: { nationalId: $n }, purpose: ${PURPOSE}) { consent { id } }
      applicants(by: [{ nationalId: $n }], purpose: ${PURPOSE}) { consent(source: AAP_VEDTAK) { id } ...asked }
    } fragment asked on Applicant ${BENEFITS} ${WHY}`,
    ({ nationalId }) => ({ n: nationalId }),
  ],
  [
    'a person by id',
    ['Query.applicant.by.id', 'Query.applicants.by.id'],
    `query ($id: ID!) {
      applicant(by: { id: $id }) { maskedNationalId nationalId }
      applicants(by: [{ id: $id }]) { maskedNationalId consents ${LIST} disclosures ${LIST} }
    }`,
    ({ applicantId }) => ({ id: applicantId }),
  ],
  [
    'the lists of a person',
    ['Applicant.consents.after', 'Applicant.disclosures.after'],
    `query ($n: NationalId!, $consent: String, $disclosure: String) {
      applicant(by: { nationalId: $n }) {
        consents ${LIST} after: consents(after: $consent) ${LIST}
        disclosures ${LIST} afterDisclosure: disclosures(after: $disclosure) ${LIST}
      }
    }`,
    ({ nationalId, afterConsent, afterDisclosure }) => ({
      n: nationalId,
      consent: afterConsent,
      disclosure: afterDisclosure,
    }),
  ],
  [
    'a consent',
    ['Query.consent.id'],
    'query ($id: ID!) { consent(id: $id) { status pageUrl applicant { id } disclosures: lastReadAt } }',
    ({ consentId }) => ({ id: consentId }),
  ],
  [
    'refreshing a consent',
    ['Mutation.refreshConsent.id'],
    'mutation ($id: ID!) { refreshConsent(id: $id) { consent { status } } }',
    ({ consentId }) => ({ id: consentId }),
  ],
  [
    'giving up a consent',
    ['Mutation.relinquishConsent.id'],
    'mutation ($id: ID!) { relinquishConsent(id: $id) { consent { status } } }',
    ({ consentId }) => ({ id: consentId }),
  ],
  [
    'asking a person by id',
    ['Mutation.requestConsent.input.applicant.id'],
    'mutation ($input: RequestConsentInput!) { requestConsent(input: $input) { created } }',
    ({ applicantId }) => ({ input: consentInput('P04', { applicant: { id: applicantId }, purpose: PURPOSE }) }),
  ],
  [
    'a place in the consents',
    ['Query.consents.after'],
    `query ($after: String) { consents(after: $after) ${LIST} }`,
    ({ afterConsent }) => ({ after: afterConsent }),
  ],
  [
    'a place in the log',
    ['Query.disclosures.after'],
    `query ($after: String) { disclosures(after: $after) ${LIST} }`,
    ({ afterDisclosure }) => ({ after: afterDisclosure }),
  ],
  [
    'the consents of a case',
    ['Query.consents.filter.reference', 'Applicant.consents.filter.reference'],
    `query ($reference: String, $n: NationalId!) {
      consents(first: 1, filter: { reference: $reference }) ${LIST}
      applicant(by: { nationalId: $n }) { consents(first: 1, filter: { reference: $reference }) ${LIST} }
    }`,
    ({ reference, nationalId }) => ({ reference, n: nationalId }),
  ],
  [
    'the log of a case',
    ['Query.disclosures.filter.reference', 'Applicant.disclosures.filter.reference'],
    `query ($reference: String, $n: NationalId!) {
      disclosures(first: 1, filter: { reference: $reference }) ${LIST}
      applicant(by: { nationalId: $n }) { disclosures(first: 1, filter: { reference: $reference }) ${LIST} }
    }`,
    ({ reference, nationalId }) => ({ reference, n: nationalId }),
  ],
];

/** An answer without what differs from request to request. */
function comparable({ status, text }: Seen): unknown {
  return { status, text: text.replaceAll(/"callId":"[0-9a-f-]{36}"/g, '"callId":""') };
}

describe.each([
  ['insurers that act for themselves', (config: Config) => config],
  ['insurers that a supplier acts for', supplied],
])('of two %s, what belongs to A is for B what nobody ever asked about:', (_, config) => {
  it.each(PROBES)('%s', async (_what, _covers, document, variables) => {
    await using world = await openWorld({ config });
    await bothAtWork(world);
    const names = await namesOfA(world);
    world.sandbox.journal.clear();
    for (const [caller, headers] of PROBERS) {
      const others = await world.query(caller, document, variables(names), headers);
      const nobodys = await world.query(caller, document, variables(NOBODYS), headers);
      expect([caller, comparable(others)]).toEqual([caller, comparable(nobodys)]);
    }
    expect(world.sandbox.journal.entries().filter(({ upstream }) => upstream !== 'callers')).toEqual([]);

    // The comparison can fail: for insurer A itself the two are told apart.
    const own = await Promise.all(
      OWN_ROLES.map(async (role) => [
        comparable(await world.query(role, document, variables(names))),
        comparable(await world.query(role, document, variables(NOBODYS))),
      ]),
    );
    expect(own.some(([one, other]) => JSON.stringify(one) !== JSON.stringify(other))).toBe(true);
  });
});

it('one ApiKey that a supplier has for both says nothing of insurer A’s consents when it opens one of insurer B’s', async () => {
  await using world = await openWorld({ rail: 'ALTINN_2', config: supplied });
  await world.grantKnown('P04');
  await world.citizen('P04').withdrawAll();
  await world.grantKnown('P05', {}, 'case-handler-b');
  const unclear = await world.read('P04');
  expect(new Set(unclear.errors.map(({ extensions }) => extensions.code))).toEqual(new Set(['ALTINN_REJECTED']));
  await world.grantKnown('P06');
  const seen = await world.read('P04');
  expect(seen.errors).toEqual([]);
  expect(seen.data.applicant.aapVedtak).toMatchObject({ reason: 'WITHDRAWN' });
});

describe('a list of insurer B holds its own alone, and its page knows of no more, whatever the filter:', () => {
  const shared = sharedWorld(bothAtWork);
  const FAR = { past: '2020-01-01T00:00:00Z', future: '2031-01-01T00:00:00Z' };
  it.each([
    ['consents', {}],
    ['consents', { status: ['ACTIVE'] }],
    ['consents', { changedAfter: FAR.past }],
    ['consents', { expiresBefore: FAR.future }],
    ['consents', { lastReadBefore: FAR.future }],
    ['consents', { source: 'AAP_VEDTAK' }],
    ['disclosures', {}],
    ['disclosures', { outcome: ['DELIVERED'] }],
    ['disclosures', { from: FAR.past }],
    ['disclosures', { to: FAR.future }],
    ['disclosures', { source: 'AAP_VEDTAK' }],
  ] as const)('%s %j', async (list, filter) => {
    const world = shared();
    const type = list === 'consents' ? 'ConsentFilter' : 'DisclosureFilter';
    const document = `query ($filter: ${type}) { ${list}(filter: $filter) { nodes { applicant { maskedNationalId } } pageInfo { hasNextPage } } }`;
    const { data, errors } = await world.query('auditor-b', document, { filter });
    expect(errors).toEqual([]);
    const { nodes, pageInfo } = data[list];
    expect(nodes.length).toBeGreaterThan(0);
    const people = nodes.map(
      ({ applicant }: { applicant: { maskedNationalId: string } }) => applicant.maskedNationalId,
    );
    expect(new Set(people)).toEqual(new Set([`${numberOf('P05').slice(0, 6)}*****`]));
    expect(pageInfo.hasNextPage).toBe(false);
    const one = await world.query('auditor-b', document.replace('(filter', `(first: ${nodes.length}, filter`), {
      filter,
    });
    expect(one.data[list].pageInfo.hasNextPage).toBe(false);
  });
});

/** Arguments that name nothing: how much, in which order, which dates, what for. */
const NAMELESS =
  /\.(first|orderBy|purpose|periode\..*|source|dato|language|status|outcome|from|to|changedAfter|expiresBefore|lastReadBefore|validTo|message\..*|portalViewMode|familyName|returnUrl)$/;
/** Names that a caller gives of its own accord, and that are asked for nothing. */
const OWN = ['Mutation.requestConsent.input.reference', 'Mutation.requestConsent.input.applicant.nationalId'];

/** An argument and everything in it, each with its path. */
function pathsOf(path: string, type: GraphQLInputType): string[] {
  const named = getNamedType(type);
  if (!isInputObjectType(named)) return [path];
  return Object.values(named.getFields()).flatMap((field) => pathsOf(`${path}.${field.name}`, field.type));
}

it('no argument of the contract that names something is left untried', () => {
  const schema = buildSchema(readFileSync(new URL('../fixtures/schema.graphql', import.meta.url), 'utf8'));
  const all = Object.values(schema.getTypeMap())
    .filter((type) => !type.name.startsWith('__'))
    .flatMap((type) => (isObjectType(type) ? Object.values(type.getFields()).map((field) => ({ type, field })) : []))
    .flatMap(({ type, field }) =>
      field.args.flatMap((argument) => pathsOf(`${type.name}.${field.name}.${argument.name}`, argument.type)),
    );
  const naming = all.filter((path) => !NAMELESS.test(path) && !OWN.includes(path));
  expect(PROBES.flatMap(([, covers]) => covers).toSorted()).toEqual(naming.toSorted());
});
