import type { GraphQLArgument, GraphQLCompositeType, GraphQLField, GraphQLInputType, GraphQLSchema } from 'graphql';
import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isUnionType,
} from 'graphql';
import type { Draw } from './draw.ts';
import { drawMembers, drawValue } from './input-values.ts';

/** A request as a client makes it. `<<name>>` stands for what only a world knows. */
export interface DrawnRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
}

/** Deeper than the gateway allows, so that it is reached. */
const DEEPEST = 13;
const INTROSPECTION = ['__schema { queryType { name } directives { name } }', '__type(name: "Consent") { name kind }'];

/**
 * A document that is valid by the schema, whether or not a caller may send it or the gateway thinks it too large: fields,
 * fragments of both kinds, aliases, directives, arguments, variables with and without defaults.
 */
export function drawValidRequest(draw: Draw, schema: GraphQLSchema): DrawnRequest {
  const declared: string[] = [];
  const variables: Record<string, unknown> = {};
  const fragments: { readonly name: string; readonly on: string; readonly text: string }[] = [];
  /** What each name in an answer stands for: one name must mean one thing, wherever selections meet. */
  const meanings = new Map<string, string>();
  let fragmentsBegun = 0;
  let aliases = 0;

  function hoisted(type: GraphQLInputType): string {
    const name = `v${declared.length}`;
    const value = drawValue(draw, type);
    const literal = isListType(isNonNullType(type) ? type.ofType : type) ? undefined : literalOf(value, type);
    if (literal !== undefined && draw.chance(25)) {
      declared.push(`$${name}: ${type} = ${literal}`);
    } else {
      declared.push(`$${name}: ${type}`);
      variables[name] = value;
    }
    return `$${name}`;
  }

  function argument(type: GraphQLInputType): string {
    const present = isNonNullType(type) ? type.ofType : type;
    if (getNamedType(type).name === 'NationalId' || draw.chance(35)) return hoisted(type);
    if (isListType(present)) return `[${[present.ofType, present.ofType].map(argument).join(', ')}]`;
    if (!isInputObjectType(present)) return literalOf(drawValue(draw, type), type) ?? hoisted(type);
    return `{ ${drawMembers(draw, present)
      .map(({ name, type: memberType }) => `${name}: ${argument(memberType)}`)
      .join(', ')} }`;
  }

  function argumentsOf(args: readonly GraphQLArgument[]): string {
    const given = args.filter((arg) => (isNonNullType(arg.type) && arg.defaultValue === undefined) || draw.chance(50));
    return given.length === 0 ? '' : `(${given.map((arg) => `${arg.name}: ${argument(arg.type)}`).join(', ')})`;
  }

  function directive(): string {
    if (!draw.chance(8)) return '';
    return ` @${draw.of(['include', 'skip'])}(if: ${draw.of(['true', 'false'])})`;
  }

  function fieldText(field: GraphQLField<unknown, unknown>, depth: number): string {
    const args = argumentsOf(field.args);
    const meaning = `${field.name}${args}: ${field.type}`;
    const isTaken = (meanings.get(field.name) ?? meaning) !== meaning;
    const alias = isTaken || draw.chance(5) ? `a${aliases++}: ` : '';
    if (alias === '') meanings.set(field.name, meaning);
    const named = getNamedType(field.type);
    const below = isCompositeType(named) ? ` ${selections(named, depth + 1)}` : '';
    return `${alias}${field.name}${args}${directive()}${below}`;
  }

  function fragmentOn(type: GraphQLCompositeType, depth: number): string {
    const known = fragments.filter(({ on }) => on === type.name);
    if (known.length > 0 && draw.chance(50)) return `...${draw.of(known).name}${directive()}`;
    const name = `F${fragmentsBegun++}`;
    const text = selections(type, depth);
    fragments.push({ name, on: type.name, text });
    return `...${name}${directive()}`;
  }

  function selection(type: GraphQLCompositeType, depth: number): string {
    if (isAbstractType(type) && (isUnionType(type) || draw.chance(40))) {
      if (draw.chance(15)) return '__typename';
      const members = schema.getPossibleTypes(type);
      const target = draw.of([...members, ...members.flatMap((member) => member.getInterfaces())]);
      return draw.chance(20)
        ? fragmentOn(target, depth)
        : `... on ${target.name}${directive()} ${selections(target, depth)}`;
    }
    if (isUnionType(type) || draw.chance(5)) return '__typename';
    if (draw.chance(8)) return fragmentOn(type, depth);
    const fields = Object.values(type.getFields());
    const leaves = fields.filter((field) => isLeafType(getNamedType(field.type)));
    const deeper = fields.filter((field) => !leaves.includes(field));
    if (depth >= DEEPEST) return leaves.length === 0 ? '__typename' : fieldText(draw.of(leaves), depth);
    return fieldText(draw.of(deeper.length > 0 && draw.chance(50) ? deeper : [...leaves, ...deeper]), depth);
  }

  function selections(type: GraphQLCompositeType, depth: number): string {
    return `{ ${Array.from({ length: 1 + draw.below(4) }, () => selection(type, depth)).join(' ')} }`;
  }

  const isMutation = draw.chance(25);
  const root = isMutation ? schema.getMutationType() : schema.getQueryType();
  if (!root) throw new Error('the schema has no such root');
  const body = selections(root, 1);
  const asked =
    !isMutation && draw.chance(6) ? `{ ${draw.of(INTROSPECTION)} ...Root } fragment Root on Query ${body}` : body;
  const head = `${isMutation ? 'mutation' : 'query'} Main${declared.length === 0 ? '' : `(${declared.join(', ')})`}`;
  const texts = [`${head} ${asked}`, ...fragments.map(({ name, on, text }) => `fragment ${name} on ${on} ${text}`)];
  const others = draw.chance(10) ? ['query Other { viewer { role } }'] : [];
  return {
    query: [...texts, ...others].join('\n'),
    variables,
    ...(others.length === 0 ? {} : { operationName: 'Main' }),
  };
}

/** A value as it is written in a document; undefined for one that may be given as a variable alone. */
function literalOf(value: unknown, type: GraphQLInputType): string | undefined {
  if (value === null) return isNonNullType(type) ? undefined : 'null';
  const named = isNonNullType(type) ? type.ofType : type;
  if (isEnumType(named)) return String(value);
  if (isInputObjectType(named)) {
    const parts = Object.entries(Object(value)).map(([name, member]) => {
      const field = named.getFields()[name];
      const text = field === undefined ? undefined : literalOf(member, field.type);
      return text === undefined ? undefined : `${name}: ${text}`;
    });
    return parts.includes(undefined) ? undefined : `{ ${parts.join(', ')} }`;
  }
  if (isListType(named)) return Array.isArray(value) ? listOf(value, named.ofType) : undefined;
  if (named.name === 'NationalId') return undefined;
  if (typeof value !== 'string') return String(value);
  return value.isWellFormed() ? JSON.stringify(value) : undefined;
}

function listOf(values: readonly unknown[], type: GraphQLInputType): string | undefined {
  const parts = values.map((value) => literalOf(value, type));
  return parts.includes(undefined) ? undefined : `[${parts.join(', ')}]`;
}
