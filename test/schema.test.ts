import { readdirSync, readFileSync } from 'node:fs';
import { executeCodegen } from '@graphql-codegen/cli';
import type { GraphQLNamedType, GraphQLSchema } from 'graphql';
import {
  buildSchema,
  findBreakingChanges,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  isSpecifiedDirective,
  isSpecifiedScalarType,
  isUnionType,
  lexicographicSortSchema,
  parse,
  printSchema,
  validate,
  validateSchema,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import codegen from '../codegen.ts';
import { SOURCE_NAMES, sourceOf } from '../src/benefits/index.ts';

const SNAPSHOT = 'test/fixtures/schema.graphql';
const files = readdirSync('schema').sort();
const contract = buildSchema(files.map((file) => readFileSync(`schema/${file}`, 'utf8')).join('\n'));

/** Types a client of the schema meets, without those every GraphQL schema has. */
function typesOf(schema: GraphQLSchema): GraphQLNamedType[] {
  return Object.values(schema.getTypeMap()).filter(
    (type) => !type.name.startsWith('__') && !(isScalarType(type) && isSpecifiedScalarType(type)),
  );
}

/** Coordinates of everything without a description: `Type`, `Type.field`, `Type.field(argument:)`. */
function undescribed(schema: GraphQLSchema): string[] {
  const elements: [string, { description?: string | null | undefined }][] = [];
  for (const directive of schema.getDirectives().filter((one) => !isSpecifiedDirective(one))) {
    elements.push([`@${directive.name}`, directive]);
    for (const argument of directive.args) elements.push([`@${directive.name}(${argument.name}:)`, argument]);
  }
  for (const type of typesOf(schema)) {
    elements.push([type.name, type]);
    if (isEnumType(type)) for (const value of type.getValues()) elements.push([`${type.name}.${value.name}`, value]);
    if (isInputObjectType(type) || isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        elements.push([`${type.name}.${field.name}`, field]);
        for (const argument of 'args' in field ? field.args : []) {
          elements.push([`${type.name}.${field.name}(${argument.name}:)`, argument]);
        }
      }
    }
  }
  return elements.flatMap(([coordinate, { description }]) => (description?.trim() ? [] : [coordinate]));
}

/** Fields of one name that members of one union give different types: no client could select both. */
function disagreements(schema: GraphQLSchema): string[] {
  return typesOf(schema)
    .filter(isUnionType)
    .flatMap((union) => {
      const fields = union.getTypes().flatMap((member) => Object.values(member.getFields()));
      const names = [...new Set(fields.map(({ name }) => name))];
      return names.flatMap((name) => {
        const types = new Set(fields.filter((field) => field.name === name).map(({ type }) => String(type)));
        return types.size > 1 ? [`${union.name}.${name}: ${[...types].join(', ')}`] : [];
      });
    });
}

function printSorted(schema: GraphQLSchema): string {
  return printSchema(lexicographicSortSchema(schema));
}

describe('the contract', () => {
  it('stands in one file for each domain word, and builds', () => {
    expect(files).toEqual([
      'aap.graphql',
      'applicant.graphql',
      'base.graphql',
      'consent.graphql',
      'disclosure.graphql',
      'uforeopplysninger.graphql',
    ]);
    expect(validateSchema(contract)).toEqual([]);
  });

  it('describes every type, field, argument, enum value and input field', () => {
    expect(undescribed(contract)).toEqual([]);
  });

  it('finds each kind of thing that is not described', () => {
    const planted = buildSchema(`
      directive @mark(reason: String) on FIELD_DEFINITION
      scalar Date
      enum Role { ANALYST }
      input Key { id: ID }
      interface Named { name: String }
      union Result = Query
      "   "
      type Query { "Described." named(by: Key): Named }
    `);
    expect(undescribed(planted).sort()).toEqual([
      '@mark',
      '@mark(reason:)',
      'Date',
      'Key',
      'Key.id',
      'Named',
      'Named.name',
      'Query',
      'Query.named(by:)',
      'Result',
      'Role',
      'Role.ANALYST',
    ]);
  });

  it('gives a field name one type throughout the members of a union', () => {
    expect(disagreements(contract)).toEqual([]);
  });

  it('finds members of a union that disagree, be it only on null', () => {
    const planted = buildSchema(`
      type Query { result: Result }
      union Result = Delivered | Refused
      type Delivered { source: ID! consent: ID! }
      type Refused { source: ID! consent: ID }
    `);
    expect(disagreements(planted)).toEqual(['Result.consent: ID!, ID']);
  });

  it('has a field, an answer and an enum value for every source', () => {
    const source = contract.getType('Source');
    expect(isEnumType(source) && source.getValues().map(({ name }) => name)).toEqual(SOURCE_NAMES.map(sourceOf));
    const applicant = contract.getType('Applicant');
    const fields = isObjectType(applicant) ? applicant.getFields() : {};
    for (const name of SOURCE_NAMES) {
      const type = fields[name]?.type;
      if (!isUnionType(type)) throw new Error(`${name} is no union`);
      const interfaces = type.getTypes().map((member) => member.getInterfaces().map(String).join());
      expect(interfaces.sort()).toEqual(['Delivered', 'NotDelivered']);
    }
  });

  it('returns from a field that holds benefits or a list null rather than nothing at all', () => {
    const nullable = [contract.getQueryType(), contract.getType('Applicant'), contract.getMutationType()].flatMap(
      (type) =>
        isObjectType(type) ? Object.values(type.getFields()).filter((field) => String(field.type).endsWith('!')) : [],
    );
    expect(nullable.map(({ name }) => name)).toEqual(['viewer', 'id', 'maskedNationalId']);
  });
});

describe('the contract as it was last agreed', () => {
  const agreed = buildSchema(readFileSync(SNAPSHOT, 'utf8'));

  it('is not broken for those who rely on it', () => {
    expect(findBreakingChanges(agreed, contract)).toEqual([]);
  });

  it('is the contract as it stands: `npm run codegen` prints it anew, and the change is reviewed', () => {
    expect(printSorted(agreed)).toBe(printSorted(contract));
  });

  it('would name what a change breaks', () => {
    const planted = buildSchema(printSchema(agreed).replace('maskedNationalId: String!', 'maskedNationalId: String'));
    expect(findBreakingChanges(agreed, planted).map(({ description }) => description)).toEqual([
      'Applicant.maskedNationalId changed type from String! to String.',
    ]);
  });
});

describe('the generated files', () => {
  it('are what the contract and the configuration give now: else run `npm run codegen`', async () => {
    const { result, error } = await executeCodegen({ ...codegen, cwd: process.cwd() });
    expect(error).toBeNull();
    expect(result.map(({ filename }) => filename)).toEqual(['src/graphql/generated.ts', SNAPSHOT]);
    for (const { filename, content } of result) {
      const committed = readFileSync(filename, 'utf8');
      // The printed schema is formatted like the contract's own files, so it is compared by what it says.
      if (filename === SNAPSHOT) expect(printSorted(buildSchema(committed))).toBe(printSorted(buildSchema(content)));
      else expect(committed).toBe(content);
    }
  });
});

describe('the queries the contract is made for', () => {
  const REFUSED =
    'fragment refused on NotDelivered { source message ... on ConsentRequired { reason decidedBy { pageUrl } } }';

  it.each([
    [
      'a case screen',
      `query CaseScreen($id: ID!, $dato: Date!) {
        viewer { role sources purposes dataConsumer { name } }
        applicant(by: { id: $id }) {
          id
          maskedNationalId
          consent { status validTo periode { fom tom } }
          aapVedtak {
            ...refused
            ... on AapVedtaksliste {
              harAapPaa(dato: $dato)
              perioder { periode { fom tom } fomErKjent tomErKjent stansetAv { vedtakId } }
            }
          }
          uforeopplysninger {
            ...refused
            ... on Uforeopplysninger {
              status
              uforegradPaa(dato: $dato) { harUforegrad uforegrad }
              gjeldende { uforegrad ifu }
            }
          }
        }
      }
      ${REFUSED}`,
    ],
    [
      'asking for consent',
      `mutation Ask($input: RequestConsentInput!) {
        requestConsent(input: $input) { created consent { id status pageUrl validTo } }
      }`,
    ],
    [
      'a partner’s night run',
      `query NightRun($keys: [ApplicantKey!]!, $purpose: Purpose!) {
        applicants(by: $keys, purpose: $purpose) {
          id
          aapVedtak {
            ...refused
            ... on Delivered { retrievedAt disclosureId }
            ... on AapVedtaksliste { gjeldende { periode { fom tom } tomErKjent } }
          }
          uforeopplysninger {
            ...refused
            ... on Delivered { retrievedAt disclosureId }
            ... on Uforeopplysninger { gjeldende { uforegrad fom tom } }
          }
        }
      }
      ${REFUSED}`,
    ],
    [
      'what runs out before New Year',
      `query RunningOut($before: DateTime!, $after: String) {
        consents(first: 100, after: $after, orderBy: VALID_TO_ASC, filter: { status: [ACTIVE], expiresBefore: $before }) {
          nodes { id validTo applicant { id } reference }
          pageInfo { hasNextPage endCursor }
        }
      }`,
    ],
    [
      'what changed since yesterday',
      `query Changed($since: DateTime!) {
        consents(orderBy: CHANGED_AT_ASC, filter: { changedAfter: $since }) {
          edges { cursor node { id status changedAt } }
          pageInfo { hasNextPage endCursor }
        }
      }`,
    ],
    [
      'an analyst',
      `query Analyst($by: ApplicantKey!, $periode: PeriodeInput!) {
        applicant(by: $by) {
          aapVedtak(periode: $periode) {
            ...refused
            ... on AapVedtaksliste {
              uttrekksperiode { fom tom }
              vedtaksliste {
                vedtakId
                virkningsperiode { fom tom }
                fomKanVaereKuttet
                tomKanVaereKuttet
                betydning
                vedtaksvariant { kode termnavn }
              }
            }
          }
          aapMeldekort(periode: $periode) {
            ...refused
            ... on AapMeldekortliste {
              meldekortliste { periode { fom tom } antallTimerArbeidet arbeidsandel kanVaereKuttet }
            }
          }
        }
      }
      ${REFUSED}`,
    ],
  ])('are valid: %s', (_, query) => {
    expect(validate(contract, parse(query))).toEqual([]);
  });
});
