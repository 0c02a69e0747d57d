import type { ValueNode } from 'graphql';
import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { z } from 'zod';
import type { ErrorCode } from '../errors.ts';
import { GatewayError } from '../errors.ts';
import { isCivilDate } from '../periode.ts';
import { isOrganisationNumber } from '../values.ts';

/**
 * A refusal by a scalar. graphql-js passes it on as it stands, where it would quote the value in an error of another class;
 * its code lies within, for Apollo puts its own on the outside.
 */
function refusal(code: ErrorCode, message: string, node?: ValueNode): GraphQLError {
  return new GraphQLError(message, { nodes: node ?? null, originalError: new GatewayError(code, message) });
}

interface Notation<T> {
  readonly name: string;
  /** What is accepted, for the person who wrote something else. */
  readonly expected: string;
  /** Undefined: not accepted. */
  read(text: string): T | undefined;
  write(value: unknown): string | undefined;
}

/** A scalar written as a string. Its refusals never quote the value. */
function textScalar<T>({ name, expected, read, write }: Notation<T>): GraphQLScalarType<T, string> {
  const readAny = (value: unknown, node?: ValueNode): T => {
    const accepted = typeof value === 'string' ? read(value) : undefined;
    if (accepted === undefined) throw refusal('INVALID_INPUT', `${name}: ${expected}`, node);
    return accepted;
  };
  return new GraphQLScalarType<T, string>({
    name,
    parseValue: (value) => readAny(value),
    parseLiteral: (node) => readAny(node.kind === Kind.STRING ? node.value : undefined, node),
    serialize(value) {
      const text = write(value);
      if (text === undefined) throw new TypeError(`not a ${name}`);
      return text;
    },
  });
}

const asText = (value: unknown) => (typeof value === 'string' ? value : undefined);
const moment = z.iso.datetime({ offset: true });

const notations = {
  date: textScalar({
    name: 'Date',
    expected: 'write a date that exists, as yyyy-MM-dd.',
    read: (text) => (isCivilDate(text) ? text : undefined),
    write: asText,
  }),
  dateTime: textScalar({
    name: 'DateTime',
    expected: 'write a moment with its offset, such as 2027-03-01T12:00:00Z.',
    read: (text) => (moment.safeParse(text).success ? new Date(text) : undefined),
    write: (value) => (value instanceof Date ? value.toISOString() : undefined),
  }),
  organisationNumber: textScalar({
    name: 'OrganisationNumber',
    expected: 'write nine digits, the last of which is the right check digit.',
    read: (text) => (isOrganisationNumber(text) ? text : undefined),
    write: asText,
  }),
  url: textScalar({
    name: 'URL',
    expected: 'write an absolute address, starting with https://.',
    read: (text) => (/^https?:$/.test(URL.parse(text)?.protocol ?? '') ? text : undefined),
    write: asText,
  }),
};

/** Any string passes here: the resolver judges each key, so that one bad key fails alone. Literals never pass. */
const nationalId = new GraphQLScalarType<string, string>({
  name: 'NationalId',
  parseValue(value) {
    if (typeof value !== 'string') throw refusal('INVALID_INPUT', 'NationalId: write eleven digits, as a string.');
    return value;
  },
  parseLiteral(node) {
    throw refusal('NATIONAL_ID_IN_DOCUMENT', NATIONAL_ID_IN_DOCUMENT, node);
  },
  serialize(value) {
    if (typeof value !== 'string') throw new TypeError('not a NationalId');
    return value;
  },
});

/** What is said of a national id in a document, wherever it is found. */
export const NATIONAL_ID_IN_DOCUMENT =
  'A national id must not be written into the document. Declare a variable of type NationalId and pass it in `variables`.';

/** The contract's scalars, by name. */
export const scalars = {
  Date: notations.date,
  DateTime: notations.dateTime,
  NationalId: nationalId,
  OrganisationNumber: notations.organisationNumber,
  URL: notations.url,
};
