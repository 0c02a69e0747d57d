import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql';
import {
  coerceInputValue,
  getNamedType,
  isInputType,
  isInterfaceType,
  isObjectType,
  Kind,
  Lexer,
  Source,
  TokenKind,
  typeFromAST,
  valueFromASTUntyped,
  visit,
} from 'graphql';
import { isSourceName } from '../benefits/index.ts';
import { GatewayError, invalidInput } from '../errors.ts';
import { holdsNationalId } from '../values.ts';
import { gatewayErrorOf } from './errors.ts';
import { misfit } from './misfit.ts';
import { NATIONAL_ID_IN_DOCUMENT } from './scalars.ts';

/** How large a document may be. */
export interface DocumentLimits {
  /** Most lexical tokens. */
  readonly maxTokens: number;
  /** Deepest nesting of fields; introspection does not count. */
  readonly maxDepth: number;
  /** Most aliases, each counted as often as its fragment is spread. */
  readonly maxAliases: number;
  /** Most rows that pages within pages may come to, each page counted as full. */
  readonly maxRows: number;
  /** Most calls to upstreams that benefits and consents may come to, for every person that may be among the answers. */
  readonly maxUpstreamCalls: number;
}

/**
 * Judges the text of a document before anything parses it, since a parser quotes what it stumbles over.
 * @throws GatewayError `NATIONAL_ID_IN_DOCUMENT` or `LIMIT_EXCEEDED`
 */
export function assertDocumentText(text: string, { maxTokens }: DocumentLimits): void {
  if (holdsNationalId(text)) throw new GatewayError('NATIONAL_ID_IN_DOCUMENT', NATIONAL_ID_IN_DOCUMENT);
  const lexer = new Lexer(new Source(text));
  for (let count = 0; ; count += 1) {
    if (count > maxTokens)
      throw new GatewayError('LIMIT_EXCEEDED', `The document has more than ${maxTokens} tokens. Split it.`);
    try {
      if (lexer.advance().kind === TokenKind.EOF) return;
    } catch {
      // Not lexically sound: the parser says where.
      return;
    }
  }
}

/** @throws GatewayError `INVALID_INPUT` for a kind of operation that the schema does not have */
export function assertOperationKind(schema: GraphQLSchema, { operation }: OperationDefinitionNode): void {
  if (schema.getRootType(operation)) return;
  throw new GatewayError('INVALID_INPUT', `There is no ${operation} here: send a query or a mutation.`);
}

/** @throws GatewayError `FORBIDDEN` when the document asks for the schema itself */
export function assertNoIntrospection(document: DocumentNode): void {
  visit(document, {
    Field({ name: { value } }) {
      if (value !== '__schema' && value !== '__type') return;
      throw new GatewayError(
        'FORBIDDEN',
        'This role may not ask for the schema. It stands in the documentation; the operator can open it (graphql.introspection).',
      );
    },
  });
}

/**
 * Judges a valid document.
 * @throws GatewayError `LIMIT_EXCEEDED`
 */
export function assertDocumentSize(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
  limits: DocumentLimits,
): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const root = schema.getRootType(operation.operation)?.name ?? '';
  const { depth, aliases, rows, upstreamCalls } = measure(operation.selectionSet, root, {
    schema,
    fragments,
    variables: { ...defaultsOf(operation), ...variables },
    known: new Map(),
  });
  if (depth > limits.maxDepth)
    throw new GatewayError(
      'LIMIT_EXCEEDED',
      `Fields are nested deeper than ${limits.maxDepth} levels. Flatten the query.`,
    );
  if (rows > limits.maxRows) {
    throw new GatewayError(
      'LIMIT_EXCEEDED',
      `Pages within pages come to more than ${limits.maxRows} rows. Ask for fewer at a time.`,
    );
  }
  if (upstreamCalls > limits.maxUpstreamCalls) {
    throw new GatewayError(
      'LIMIT_EXCEEDED',
      `The benefits and consents asked for come to more than ${limits.maxUpstreamCalls} calls to NAV, Maskinporten and Altinn. Ask about fewer people at a time.`,
    );
  }
  if (aliases > limits.maxAliases) {
    throw new GatewayError(
      'LIMIT_EXCEEDED',
      `The document uses more than ${limits.maxAliases} aliases. Split it, or ask for several people through applicants.`,
    );
  }
}

type Variables = Readonly<Record<string, unknown>>;

/** What variables hold that nobody gives a value. */
function defaultsOf({ variableDefinitions = [] }: OperationDefinitionNode): Variables {
  return Object.fromEntries(
    variableDefinitions.flatMap(({ variable, defaultValue }) =>
      defaultValue === undefined ? [] : [[variable.name.value, valueFromASTUntyped(defaultValue)]],
    ),
  );
}

interface Size {
  readonly depth: number;
  readonly aliases: number;
  /** A field without a page is no row. */
  readonly rows: number;
  readonly upstreamCalls: number;
}

interface Measuring {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Variables;
  /** Fragments measured already: each is measured once. */
  readonly known: Map<string, Size>;
}

/** Validation has refused fragments that spread themselves, so the recursion ends. @param on the type whose fields are selected */
function measure(selections: SelectionSetNode, on: string, measuring: Measuring): Size {
  const { fragments, variables, known } = measuring;
  let depth = 0;
  let aliases = 0;
  let rows = 0;
  let upstreamCalls = 0;
  const add = (size: Size) => {
    depth = Math.max(depth, size.depth);
    aliases += size.aliases;
    rows += size.rows;
    upstreamCalls += size.upstreamCalls;
  };
  for (const selection of selections.selections) {
    switch (selection.kind) {
      case Kind.FIELD: {
        if (selection.alias !== undefined) aliases += 1;
        if (selection.name.value.startsWith('__')) break;
        const below =
          selection.selectionSet && measure(selection.selectionSet, typeOf(selection, on, measuring), measuring);
        const page = rowsOf(selection, variables);
        add({
          depth: 1 + (below?.depth ?? 0),
          aliases: below?.aliases ?? 0,
          rows: page === 0 ? (below?.rows ?? 0) : page * (1 + (below?.rows ?? 0)),
          upstreamCalls: Math.max(1, page) * (below?.upstreamCalls ?? 0) + callsOf(selection, on),
        });
        break;
      }
      case Kind.INLINE_FRAGMENT:
        add(measure(selection.selectionSet, selection.typeCondition?.name.value ?? on, measuring));
        break;
      case Kind.FRAGMENT_SPREAD: {
        const name = selection.name.value;
        const fragment = fragments.get(name);
        if (fragment === undefined) break;
        const size = known.get(name) ?? measure(fragment.selectionSet, fragment.typeCondition.name.value, measuring);
        known.set(name, size);
        add(size);
      }
    }
  }
  return { depth, aliases, rows, upstreamCalls };
}

function typeOf({ name }: FieldNode, on: string, { schema }: Measuring): string {
  const type = schema.getType(on);
  const fields = isObjectType(type) || isInterfaceType(type) ? type.getFields() : {};
  return getNamedType(fields[name.value]?.type)?.name ?? '';
}

/** A token that carries the consent, and the read at NAV. */
const CALLS_OF_A_BENEFIT = 2;
/** The look-up at Altinn of a request that waits for its answer: of one person, seldom more than one does. */
const CALLS_OF_A_CONSENT = 1;

/** Only what is asked about a person asks anybody: the consent of a record is at hand. */
function callsOf({ name }: FieldNode, on: string): number {
  if (on !== 'Applicant') return 0;
  if (isSourceName(name.value)) return CALLS_OF_A_BENEFIT;
  return name.value === 'consent' ? CALLS_OF_A_CONSENT : 0;
}

/** As many rows as a connection shows when nobody says how many. */
const USUAL_PAGE = 25;
const LONGEST_PAGE = 100;
const PAGED_FIELDS: ReadonlySet<string> = new Set(['consents', 'disclosures']);

/** How many rows a field may come to: the page asked for, the people asked for, or none. */
function rowsOf({ name, arguments: given = [] }: FieldNode, variables: Variables): number {
  const argument = given.find(({ name: { value } }) => value === 'first' || value === 'by')?.value;
  const asked = argument?.kind === Kind.VARIABLE ? variables[argument.name.value] : argument;
  if (Array.isArray(asked)) return asked.length;
  if (argument?.kind === Kind.LIST) return argument.values.length;
  if (!PAGED_FIELDS.has(name.value)) return 0;
  const page = argument?.kind === Kind.INT ? Number(argument.value) : asked;
  if (typeof page !== 'number') return USUAL_PAGE;
  // Any other page is refused by its own field: it costs nothing, and must not pay for what stands beside it.
  return page < 1 || page > LONGEST_PAGE ? 0 : page;
}

/**
 * Judges the variables as graphql-js will, for its own messages quote what they refuse.
 * @throws GatewayError `INVALID_INPUT` naming variable and field, with what a scalar says or what does not fit
 */
export function assertVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): void {
  for (const { variable, type: typeNode, defaultValue } of operation.variableDefinitions ?? []) {
    const name = variable.name.value;
    const type = typeFromAST(schema, typeNode);
    if (!isInputType(type)) continue;
    if (!Object.hasOwn(variables, name)) {
      if (typeNode.kind === Kind.NON_NULL_TYPE && defaultValue === undefined)
        throw unfit(name, `is missing; give it a value of type ${type}.`);
      continue;
    }
    coerceInputValue(variables[name], type, (path, value, error) => {
      throw unfit([name, ...path].join('.'), gatewayErrorOf(error)?.message ?? misfit(type, path, value));
    });
  }
}

function unfit(field: string, message: string): GatewayError {
  return invalidInput(field, `Variable $${field}: ${message}`);
}
