import type { GraphQLInputObjectType, GraphQLInputType } from 'graphql';
import { GraphQLNonNull, getNullableType, isEnumType, isInputObjectType, isListType, isNonNullType } from 'graphql';
import type { Draw } from './draw.ts';

/**
 * Values of each scalar, the ordinary and those at the edge of what the contract takes; all of them fit the scalar's own
 * notation. `<<name>>` stands for what only a world knows, such as a national id, so that a case can be printed.
 */
const SCALARS: Readonly<Record<string, readonly unknown[]>> = {
  Boolean: [true, false],
  Int: [1, 2, 25, 100, 0, 101, -1, 2_147_483_647, -2_147_483_648],
  String: [
    'sak-77',
    'Nordmann',
    '',
    ' ',
    'æøå',
    '\u0000',
    '\ud800',
    '\u202e\u2028',
    '"""\\',
    "'; DROP TABLE consents; --",
    '<<token>>',
    'x'.repeat(100),
    'x'.repeat(1001),
    'constructor',
  ],
  ID: ['<<applicant>>', '<<consent>>', '<<applicant>>', '<<foreign>>', 'p1_', '', '0', '__proto__', 'x'.repeat(300)],
  Date: ['2024-06-01', '2022-01-01', '2027-12-31', '2026-11-16', '2024-02-29', '0000-01-01', '9999-12-31'],
  DateTime: [
    '2027-03-01T12:00:00Z',
    '2026-11-16T09:00:00+01:00',
    '2029-11-16T09:00:00Z',
    '0000-01-01T00:00:00+23:59',
    '9999-12-31T23:59:59.999-23:59',
  ],
  NationalId: [
    '<<person>>',
    '<<person>>',
    '<<person>>',
    '<<another>>',
    '<<another>>',
    '<<nobody>>',
    '<<real>>',
    '<<mistyped>>',
    '',
    '00000000000',
    ' <<person>>',
    '١٢٣٤٥٦٧٨٩٠١',
  ],
  OrganisationNumber: ['210483713'],
  URL: [
    'http://127.0.0.1:4100/',
    'http://127.0.0.1:4100/sak/77?fane=samtykke#/rute',
    'http://127.0.0.1:4100/æ/\ud800',
    'https://elsewhere.example/',
  ],
};

/** A value of that type, as it stands in `variables`. */
export function drawValue(draw: Draw, type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return drawPresent(draw, type.ofType);
  return draw.chance(10) ? null : drawPresent(draw, type);
}

function drawPresent(draw: Draw, type: GraphQLInputType): unknown {
  if (isListType(type)) {
    const { ofType } = type;
    return Array.from({ length: 1 + draw.below(3) }, () => drawValue(draw, ofType));
  }
  if (isEnumType(type)) return draw.of(type.getValues()).name;
  if (isInputObjectType(type)) {
    return Object.fromEntries(
      drawMembers(draw, type).map(({ name, type: memberType }) => [name, drawValue(draw, memberType)]),
    );
  }
  const values = SCALARS[type.name];
  if (values === undefined) throw new Error(`no values are known of the scalar ${type.name}`);
  return draw.of(values);
}

/** The members that an input object is given: those it must have, some of the others, and of `@oneOf` exactly one. */
export function drawMembers(
  draw: Draw,
  input: GraphQLInputObjectType,
): readonly { readonly name: string; readonly type: GraphQLInputType }[] {
  const fields = Object.values(input.getFields());
  if (!input.isOneOf) return fields.filter(({ type }) => isNonNullType(type) || draw.chance(40));
  const { name, type } = draw.of(fields);
  return [{ name, type: new GraphQLNonNull(getNullableType(type)) }];
}
