import type { GraphQLInputObjectType, GraphQLInputType, GraphQLNamedInputType } from 'graphql';
import { getNamedType, isEnumType, isInputObjectType, isRequiredInputField } from 'graphql';

/**
 * What is wrong with a value that graphql-js refuses, for the person who wrote it: the rest of a sentence that begins with
 * where the value stands. It holds names of the schema, and misspelt ones that could be; never a value.
 *
 * @param type of the variable
 * @param path from the variable to the value, as graphql-js gives it
 */
export function misfit(type: GraphQLInputType, path: readonly (string | number)[], value: unknown): string {
  if (value === null || value === undefined) return 'must not be null.';
  const expected = typeAt(type, path);
  if (isEnumType(expected)) return `must be one of ${namesOf(expected.getValues()).join(', ')}.`;
  if (isInputObjectType(expected)) return misfitOfObject(expected, value);
  return `must be ${WRITTEN[expected.name] ?? `a value of type ${expected.name}`}.`;
}

/** GraphQL's own scalars. Ours say themselves what they take. */
const WRITTEN: Readonly<Record<string, string>> = {
  Int: 'a whole number of at most 32 bits',
  Float: 'a number',
  Boolean: 'true or false',
  String: 'a string',
  ID: 'a string',
};

/** The type within its lists: one value stands for a list of one, so a place in a list is no step towards it. */
function typeAt(type: GraphQLInputType, path: readonly (string | number)[]): GraphQLNamedInputType {
  let at = getNamedType(type);
  for (const step of path) {
    const field = isInputObjectType(at) ? at.getFields()[step] : undefined;
    if (field !== undefined) at = getNamedType(field.type);
  }
  return at;
}

function misfitOfObject(type: GraphQLInputObjectType, value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `must be an object, ${type.name}.`;
  const fields = Object.values(type.getFields());
  const missing = namesOf(fields.filter((field) => isRequiredInputField(field) && !Object.hasOwn(value, field.name)));
  const unknown = Object.keys(value).filter((name) => !Object.hasOwn(type.getFields(), name));
  const wrong = [
    ...(missing.length === 0 ? [] : [`${listed(missing)} ${missing.length === 1 ? 'is' : 'are'} missing`]),
    ...(unknown.length === 0 ? [] : [misspelt(unknown, namesOf(fields))]),
  ];
  return wrong.length === 0 ? `give exactly one of ${listed(namesOf(fields))}.` : `${wrong.join('; ')}.`;
}

/** A name that a caller typed may hold anything: one that is no plain short word is not repeated. */
const WORD = /^[a-z_]{1,32}$/i;

function misspelt(unknown: readonly string[], known: readonly string[]): string {
  const name = unknown.find((each) => WORD.test(each));
  const meant = known.find((each) => each.toLowerCase() === name?.toLowerCase());
  const hint = meant === undefined ? `the fields are ${listed(known)}` : `did you mean ${meant}?`;
  return `${name ?? 'a name that is given'} is not a field (${hint})`;
}

function namesOf(named: readonly { readonly name: string }[]): string[] {
  return named.map(({ name }) => name);
}

function listed(names: readonly string[]): string {
  return new Intl.ListFormat('en-GB').format(names);
}
