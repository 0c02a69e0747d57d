import fc from 'fast-check';
import type { DocumentNode } from 'graphql';
import { buildASTSchema, concatAST, getOperationAST, parse, validate } from 'graphql';
import { expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import type { DocumentLimits } from '../../src/graphql/document.ts';
import { assertDocumentSize } from '../../src/graphql/document.ts';
import { readTypeDefs } from '../../src/graphql/server.ts';

const schema = buildASTSchema(concatAST(readTypeDefs().map((text) => parse(text))));

/** How long a page is, and how a document says so; undefined: not at all. */
interface Length {
  readonly first: number | null | undefined;
  readonly as: 'literal' | 'variable' | 'default';
}

/** A list, and what is asked about the person of each row. */
interface List {
  readonly field: 'consents' | 'disclosures';
  readonly length: Length;
  readonly ofPerson: readonly string[];
  readonly below: readonly List[];
}

const first = fc.oneof(
  fc.constantFrom(null, undefined, 0, -1, -100, 1, 100, 101, -2_000_000, -2_147_483_648, 2_147_483_647),
  fc.integer({ min: -110, max: 110 }),
  fc.integer({ min: -2_147_483_648, max: 2_147_483_647 }),
);
const length: fc.Arbitrary<Length> = fc.record({
  first,
  as: fc.constantFrom<Length['as'][]>('literal', 'variable', 'default'),
});
const lists = (depth: number): fc.Arbitrary<readonly List[]> =>
  fc.array(
    fc.record({
      field: fc.constantFrom<List['field'][]>('consents', 'disclosures'),
      length,
      ofPerson: fc.subarray(['consent { id }', 'aapVedtak { __typename }', 'uforeopplysninger { __typename }']),
      below: depth === 0 ? fc.constant([]) : lists(depth - 1),
    }),
    { maxLength: 3 },
  );

interface Written {
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, number | null>>;
}

/** The document that asks for the lists; every list is a field of its own. */
function write(asked: readonly List[]): Written {
  const declared: string[] = [];
  const variables: Record<string, number | null> = {};
  let written = 0;

  function argument({ first, as }: Length, name: string): string {
    if (first === undefined) return '';
    // A null has no place in a literal: the schema takes none there.
    if (as === 'literal' && first !== null) return `(first: ${first})`;
    declared.push(as === 'default' ? `$${name}: Int = ${first}` : `$${name}: Int`);
    if (as !== 'default') variables[name] = first;
    return `(first: $${name})`;
  }

  function text({ field, length, ofPerson, below }: List): string {
    const name = `a${written++}`;
    const selected = `id ${ofPerson.join(' ')} ${below.map(text).join(' ')}`;
    return `${name}: ${field}${argument(length, name)} { nodes { applicant { ${selected} } } }`;
  }

  const body = asked.map(text).join(' ');
  const head = declared.length === 0 ? '' : `query (${declared.join(', ')}) `;
  return { document: parse(`${head}{ ${body} viewer { role } }`), variables };
}

const ENDLESS: DocumentLimits = {
  maxTokens: Infinity,
  maxDepth: Infinity,
  maxAliases: Infinity,
  maxRows: Infinity,
  maxUpstreamCalls: Infinity,
};

/** What a document counts as: the least that its limit can be. */
function countOf({ document, variables }: Written, limit: 'maxRows' | 'maxUpstreamCalls'): number {
  const operation = getOperationAST(document);
  if (!operation) throw new Error('the document has one operation');
  const fits = (most: number) => {
    try {
      assertDocumentSize(schema, document, operation, variables, { ...ENDLESS, [limit]: most });
      return true;
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'LIMIT_EXCEEDED') return false;
      throw error;
    }
  };
  let [tooLittle, enough] = [-1, 1];
  while (!fits(enough)) [tooLittle, enough] = [enough, enough * 2];
  while (enough - tooLittle > 1) {
    const middle = Math.floor((tooLittle + enough) / 2);
    if (fits(middle)) enough = middle;
    else tooLittle = middle;
  }
  return enough;
}

it.each(['maxRows', 'maxUpstreamCalls'] as const)(
  'no document counts for less than its parts together, nor a list for less than what it holds: %s',
  (limit) => {
    const counted = (asked: readonly List[]) => countOf(write(asked), limit);
    fc.assert(
      fc.property(lists(2), (asked) => {
        expect(validate(schema, write(asked).document)).toEqual([]);
        const parts = asked.map((list) => counted([list]));
        expect(counted(asked)).toBeGreaterThanOrEqual(parts.reduce((sum, part) => sum + part, 0));
        for (const [at, { below }] of asked.entries()) expect(parts[at]).toBeGreaterThanOrEqual(counted(below));
      }),
      { seed: 20_261_116, numRuns: 300 },
    );
  },
);
