import { buildASTSchema, concatAST, Kind, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTypeDefs } from '../../src/graphql/server.ts';
import type { CallerName } from '../../src/sandbox/callers-state.ts';
import type { World } from '../support/world.ts';
import { consentInput, numberOf, openWorld, REQUEST_CONSENT } from '../support/world.ts';

/** A world, and what callers know of it. */
interface Scene {
  readonly world: World;
  readonly consent: string;
  /** To be given up. */
  readonly spare: string;
  readonly applicant: string;
}

async function furnish(world: World): Promise<Scene> {
  const consent = await world.grant('P04');
  const { id: spare } = await world.ask('P05');
  const seen = await world.query('case-handler-a', 'query ($id: ID!) { consent(id: $id) { applicant { id } } }', {
    id: consent,
  });
  return { world, consent, spare, applicant: seen.data.consent.applicant.id };
}

let usual: Scene;
/** Where those are operators who are auditors elsewhere: none of the sandbox's callers is one. */
let operated: Scene;
let world: World;
let consentId: string;

beforeAll(async () => {
  usual = await furnish(await openWorld());
  operated = await furnish(
    await openWorld({
      config: (config) => ({
        ...config,
        callers: {
          issuers: config.callers.issuers.map((issuer) => ({
            ...issuer,
            roles: { ...issuer.roles, AUDITOR: 'OPERATOR' },
          })),
        },
      }),
    }),
  );
  ({ world, consent: consentId } = usual);
});
afterAll(async () => {
  await usual.world[Symbol.asyncDispose]();
  await operated.world[Symbol.asyncDispose]();
});

const P04 = numberOf('P04');
const person = (field: string) =>
  `query ($id: NationalId!) { applicant(by: { nationalId: $id }) { maskedNationalId field: ${field} } }`;

type Verdict = 'yes' | 'no';
type Who = 'case-handler-a' | 'partner-a' | 'analyst-a' | 'auditor-a' | 'operator';
interface Row {
  readonly what: string;
  readonly document: string;
  readonly variables: (scene: Scene) => Record<string, unknown>;
  /** Where the field stands in the answer. An operator is refused at the first step already. */
  readonly path: readonly (string | number)[];
  readonly may: Readonly<Record<Who, Verdict>>;
}

const nobody = {
  'case-handler-a': 'no',
  'partner-a': 'no',
  'analyst-a': 'no',
  'auditor-a': 'no',
  operator: 'no',
} as const;
const asking = { ...nobody, 'case-handler-a': 'yes', 'partner-a': 'yes' } as const;
const reading = { ...asking, 'analyst-a': 'yes' } as const;
const all = { ...reading, 'auditor-a': 'yes' } as const;
const auditing = { ...nobody, 'auditor-a': 'yes' } as const;
const inApplicant = ['applicant', 'field'];
const id = () => ({ id: P04 });

const TABLE: readonly Row[] = [
  {
    what: 'viewer',
    document: '{ field: viewer { role } }',
    variables: () => ({}),
    path: ['field'],
    may: { ...all, operator: 'yes' },
  },
  {
    what: 'applicant by national id',
    document: 'query ($id: NationalId!) { field: applicant(by: { nationalId: $id }) { id maskedNationalId } }',
    variables: id,
    path: ['field'],
    may: all,
  },
  {
    what: 'applicant by id',
    document: 'query ($id: ID!) { field: applicant(by: { id: $id }) { id maskedNationalId } }',
    variables: ({ applicant }) => ({ id: applicant }),
    path: ['field'],
    may: all,
  },
  {
    what: 'applicants',
    document: 'query ($by: [ApplicantKey!]!) { applicants(by: $by) { id maskedNationalId } }',
    variables: ({ applicant }) => ({ by: [{ id: applicant }] }),
    path: ['applicants', 0],
    may: all,
  },
  { what: 'nationalId', document: person('nationalId'), variables: id, path: inApplicant, may: asking },
  { what: 'consent of a person', document: person('consent { id }'), variables: id, path: inApplicant, may: all },
  {
    what: 'consents of a person',
    document: person('consents { nodes { id } }'),
    variables: id,
    path: inApplicant,
    may: all,
  },
  {
    what: 'disclosures of a person',
    document: person('disclosures { nodes { id } }'),
    variables: id,
    path: inApplicant,
    may: auditing,
  },
  { what: 'aapVedtak', document: person('aapVedtak { __typename }'), variables: id, path: inApplicant, may: reading },
  {
    what: 'aapMeldekort',
    document: person('aapMeldekort { __typename }'),
    variables: id,
    path: inApplicant,
    may: reading,
  },
  {
    what: 'uforeopplysninger',
    document: person('uforeopplysninger { __typename }'),
    variables: id,
    path: inApplicant,
    may: reading,
  },
  {
    what: 'consents',
    document: '{ field: consents { nodes { id } } }',
    variables: () => ({}),
    path: ['field'],
    may: all,
  },
  {
    what: 'consent by id',
    document: 'query ($id: ID!) { field: consent(id: $id) { id } }',
    variables: ({ consent }) => ({ id: consent }),
    path: ['field'],
    may: all,
  },
  {
    what: 'disclosures',
    document: '{ field: disclosures { nodes { id } } }',
    variables: () => ({}),
    path: ['field'],
    may: auditing,
  },
  {
    what: 'requestConsent',
    document: REQUEST_CONSENT,
    variables: () => ({ input: consentInput('P04') }),
    path: ['requestConsent'],
    may: asking,
  },
  {
    what: 'refreshConsent',
    document: 'mutation ($id: ID!) { refreshConsent(id: $id) { consent { id } } }',
    variables: ({ consent }) => ({ id: consent }),
    path: ['refreshConsent'],
    may: all,
  },
  {
    what: 'relinquishConsent',
    document: 'mutation ($id: ID!) { relinquishConsent(id: $id) { consent { id } } }',
    variables: ({ spare }) => ({ id: spare }),
    path: ['relinquishConsent'],
    may: asking,
  },
];

const cases = TABLE.flatMap((row) =>
  Object.entries(row.may).map(([caller, verdict]) => ({ ...row, caller: caller as Who, verdict })),
);

/** Fields at the root of a document. */
function rootFieldsOf(document: string): string[] {
  return parse(document).definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? definition.selectionSet.selections.flatMap((field) => (field.kind === Kind.FIELD ? [field.name.value] : []))
      : [],
  );
}

describe('who may do what', () => {
  it('is told of every field at the root of the schema', () => {
    const schema = buildASTSchema(concatAST(readTypeDefs().map((text) => parse(text))));
    const roots = [schema.getQueryType(), schema.getMutationType()];
    const told = new Set(TABLE.flatMap(({ document }) => rootFieldsOf(document)));
    expect([...told].toSorted()).toEqual(roots.flatMap((root) => Object.keys(root?.getFields() ?? {})).toSorted());
  });

  it.each(cases)('$caller, $what: $verdict', async ({ caller: who, document, variables, path: whole, verdict }) => {
    const isOperator = who === 'operator';
    const scene = isOperator ? operated : usual;
    const caller: CallerName = isOperator ? 'auditor-a' : who;
    const path = isOperator && whole === inApplicant ? whole.slice(0, 1) : whole;
    const seen = await scene.world.query(caller, document, variables(scene));
    const value = path.reduce((at, step) => at?.[step], seen.data);
    if (verdict === 'yes') {
      expect(seen.errors).toEqual([]);
      expect(value).toBeTruthy();
    } else {
      expect(value).toBeNull();
      expect(seen.errors).toMatchObject([
        {
          path,
          message: expect.stringMatching(/^The role [A-Z_]+ may not .+\.$/),
          extensions: { code: 'FORBIDDEN', retry: 'never' },
        },
      ]);
      expect(seen.text).not.toContain(P04);
    }
  });

  it('an auditor reads nothing at NAV by trying', async () => {
    const calls = world.navCalls();
    const entries = world.sandbox.journal.entries().length;
    await world.query('auditor-a', person('aapVedtak { __typename }'), { id: P04 });
    expect(world.navCalls()).toBe(calls);
    expect(world.sandbox.journal.entries()).toHaveLength(entries);
  });

  it('a refused field costs its neighbours nothing', async () => {
    const seen = await world.query('analyst-a', person('nationalId aapVedtak { __typename }'), { id: P04 });
    expect(seen.data.applicant).toEqual({
      maskedNationalId: `${P04.slice(0, 6)}*****`,
      field: null,
      aapVedtak: { __typename: 'AapVedtaksliste' },
    });
  });

  it.each(['analyst-a', 'auditor-a'] as const)('%s may not give up a consent', async (caller) => {
    const seen = await world.query(caller, 'mutation ($id: ID!) { relinquishConsent(id: $id) { consent { id } } }', {
      id: consentId,
    });
    expect(seen.errors).toMatchObject([{ path: ['relinquishConsent'], extensions: { code: 'FORBIDDEN' } }]);
    const after = await world.query('case-handler-a', 'query ($id: ID!) { consent(id: $id) { status } }', {
      id: consentId,
    });
    expect(after.data.consent.status).toBe('ACTIVE');
  });
});

describe('the purpose', () => {
  const read = `query ($id: NationalId!, $purpose: Purpose) {
    applicant(by: { nationalId: $id }, purpose: $purpose) { maskedNationalId aapVedtak { __typename } }
  }`;

  it('may be left out by who has one', async () => {
    const seen = await world.query('case-handler-a', read, id());
    expect(seen.data.applicant.aapVedtak.__typename).toBe('AapVedtaksliste');
  });

  it('must be said by who has two, and what needs none stands', async () => {
    const seen = await world.query('case-handler-b', read, id());
    expect(seen.data.applicant).toEqual({ maskedNationalId: `${P04.slice(0, 6)}*****`, aapVedtak: null });
    expect(seen.errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT', field: 'purpose' } }]);
  });

  it('that is not the caller’s is FORBIDDEN', async () => {
    const seen = await world.query('case-handler-a', read, { ...id(), purpose: 'OCCUPATIONAL_PENSION' });
    expect(seen.errors).toMatchObject([{ path: ['applicant', 'aapVedtak'], extensions: { code: 'FORBIDDEN' } }]);
  });
});

it('another insurer’s consents and applicants do not exist', async () => {
  const mine = await world.query('case-handler-a', 'query ($id: ID!) { consent(id: $id) { applicant { id } } }', {
    id: consentId,
  });
  const applicant: string = mine.data.consent.applicant.id;
  const seen = await world.query(
    'case-handler-b',
    `query ($id: ID!, $applicant: ID!) { consent(id: $id) { id } applicant(by: { id: $applicant }) { id } consents { nodes { id } } }`,
    { id: consentId, applicant },
  );
  expect(seen.data).toEqual({ consent: null, applicant: null, consents: { nodes: [] } });
  expect(seen.errors.map(({ extensions: { code } }) => code)).toEqual(['NOT_FOUND', 'NOT_FOUND']);
});
