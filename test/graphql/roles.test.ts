import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallerName } from '../../src/sandbox/callers-state.ts';
import type { World } from '../support/world.ts';
import { consentInput, numberOf, openWorld, REQUEST_CONSENT } from '../support/world.ts';

let world: World;
let consentId: string;

beforeAll(async () => {
  world = await openWorld();
  consentId = await world.grant('P04');
});
afterAll(() => world[Symbol.asyncDispose]());

const P04 = numberOf('P04');
const person = (field: string) =>
  `query ($id: NationalId!) { applicant(by: { nationalId: $id }) { maskedNationalId field: ${field} } }`;

type Verdict = 'yes' | 'no';
interface Row {
  readonly what: string;
  readonly document: string;
  readonly variables: () => Record<string, unknown>;
  /** Where the field stands in the answer. */
  readonly path: readonly string[];
  readonly may: Readonly<Record<'case-handler-a' | 'partner-a' | 'analyst-a' | 'auditor-a', Verdict>>;
}

const all = { 'case-handler-a': 'yes', 'partner-a': 'yes', 'analyst-a': 'yes', 'auditor-a': 'yes' } as const;
const asking = { ...all, 'analyst-a': 'no', 'auditor-a': 'no' } as const;
const reading = { ...all, 'auditor-a': 'no' } as const;
const auditing = { 'case-handler-a': 'no', 'partner-a': 'no', 'analyst-a': 'no', 'auditor-a': 'yes' } as const;
const inApplicant = ['applicant', 'field'];
const id = () => ({ id: P04 });

const TABLE: readonly Row[] = [
  { what: 'viewer', document: '{ field: viewer { role } }', variables: () => ({}), path: ['field'], may: all },
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
    variables: () => ({ id: consentId }),
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
    variables: () => ({ id: consentId }),
    path: ['refreshConsent'],
    may: all,
  },
];

const cases = TABLE.flatMap((row) =>
  Object.entries(row.may).map(([caller, verdict]) => ({ ...row, caller: caller as CallerName, verdict })),
);

describe('who may do what', () => {
  it.each(cases)('$caller, $what: $verdict', async ({ caller, document, variables, path, verdict }) => {
    const seen = await world.query(caller, document, variables());
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
