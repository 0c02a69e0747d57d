import { existsSync, readFileSync } from 'node:fs';
import { buildSchema, isEnumType, isObjectType, isUnionType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { may } from '../src/access/policy.ts';
import type { Role } from '../src/access/ports.ts';
import { SOURCE_NAMES, sourceOf } from '../src/benefits/index.ts';
import type { SettingRow } from '../src/config-docs.ts';
import { settingsTable } from '../src/config-docs.ts';
import { readTypeDefs } from '../src/graphql/server.ts';
import { createSources } from '../src/nav/index.ts';
import { markdownTable } from './support/markdown.ts';
import { someCaller } from './support/ports.ts';

const root = new URL('../', import.meta.url);
const readme = readFileSync(new URL('README.md', root), 'utf8');
const scripts = Object.keys(
  (JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { scripts: object }).scripts,
);

/** Rows of the README's settings that the schema does not have, and the other way round. */
function settingsAstray(text: string, rows: readonly SettingRow[]): string[] {
  const told = markdownTable(text, 'Setting').map((row) => row.join(' | '));
  const held = rows.map(({ path, default: usual, description }) => [path, usual, description].join(' | '));
  return [...told.filter((row) => !held.includes(row)), ...held.filter((row) => !told.includes(row))];
}

const ROLES: readonly Role[] = ['CASE_HANDLER', 'PARTNER', 'ANALYST', 'AUDITOR', 'OPERATOR'];

/** Roles of which the README tells another story than the policy. */
function rolesAstray(text: string): Role[] {
  const told = new Map(markdownTable(text, 'Role').map(([role = '', ...cells]) => [role, cells]));
  return ROLES.filter((role) => {
    const caller = someCaller({ role });
    const held = [
      may(caller, 'read benefits'),
      may(caller, 'ask for consent'),
      may(caller, 'see consents'),
      may(caller, 'see national id'),
      may(caller, 'see disclosures'),
    ];
    return JSON.stringify(told.get(role)) !== JSON.stringify(held.map((allowed) => (allowed ? 'yes' : '')));
  });
}

/** Commands that package.json does not have. */
function unknownCommands(text: string): string[] {
  const named = [...text.matchAll(/npm run ([a-z:]+)/g)].map(([, script]) => script ?? '');
  return named.filter((script) => !scripts.includes(script));
}

/** Links into the repository that lead nowhere. */
function deadLinks(text: string): string[] {
  const targets = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target]) => target ?? '');
  return targets.filter((target) => !existsSync(new URL(target, root)));
}

/** Where contract, register and reading rules do not name the same sources. */
function sourcesAstray(typeDefs: string, register: readonly string[]): string[] {
  const schema = buildSchema(typeDefs);
  const applicant = schema.getType('Applicant');
  const source = schema.getType('Source');
  const fields = isObjectType(applicant) ? Object.values(applicant.getFields()) : [];
  const benefits = fields.filter(({ type }) => isUnionType(type)).map(({ name }) => name);
  const values = isEnumType(source) ? source.getValues().map(({ name }) => name) : [];
  const names: readonly string[] = SOURCE_NAMES;
  const unlike = (one: readonly string[], other: readonly string[]) => one.filter((name) => !other.includes(name));
  return [
    ...unlike(benefits, names),
    ...unlike(names, benefits),
    ...unlike(register, names),
    ...unlike(names, register),
    ...unlike(values, SOURCE_NAMES.map(sourceOf)),
    ...unlike(SOURCE_NAMES.map(sourceOf), values),
  ];
}

const typeDefs = readTypeDefs().join('\n');
const endpoint = {
  upstream: { name: 'nav', call: neverCalled, report: neverCalled },
  path: '/',
  personHeader: 'fnr',
  scope: 's',
} as const;
const register = Object.keys(
  createSources({ aapVedtak: endpoint, aapMeldekort: endpoint, uforeopplysninger: endpoint }),
);

function neverCalled(): never {
  throw new Error('nothing is asked here');
}

describe('the README', () => {
  it('lists every setting as the schema has it that judges the configuration', () => {
    expect(settingsAstray(readme, settingsTable())).toEqual([]);
  });

  it('is found out when a setting is missing, or told otherwise', () => {
    const [first, ...others] = settingsTable();
    expect(settingsAstray(readme, others)).toHaveLength(1);
    expect(settingsAstray(readme.replace('| 15000 |', '| 16000 |'), settingsTable())).toHaveLength(2);
    expect(first?.path).toBe('$schema');
  });

  it('tells of each role what the policy allows it', () => {
    expect(rolesAstray(readme)).toEqual([]);
    const roles = markdownTable(readme, 'Role').map(([role]) => role);
    expect(roles.toSorted()).toEqual(ROLES.toSorted());
  });

  it('is found out when it takes something from a role, or gives it something', () => {
    expect(
      rolesAstray(readme.replace('| PARTNER | yes | yes | yes | yes | |', '| PARTNER | yes | yes | yes | | |')),
    ).toEqual(['PARTNER']);
    expect(rolesAstray(readme.replace('| OPERATOR | | | | | |', '| OPERATOR | | | | | yes |'))).toEqual(['OPERATOR']);
  });

  it('names only commands that there are', () => {
    expect(readme).toContain('npm run serve');
    expect(unknownCommands(readme)).toEqual([]);
    expect(unknownCommands('run `npm run nothing`')).toEqual(['nothing']);
  });

  it('links only to what there is', () => {
    expect(readme).toContain('](docs/errors.md)');
    expect(deadLinks(readme)).toEqual([]);
    expect(deadLinks('[here](docs/nothing.md)')).toEqual(['docs/nothing.md']);
  });
});

describe('a source', () => {
  it('is a benefit field, a value of Source, a name in the reading rules and a line in the register', () => {
    expect(sourcesAstray(typeDefs, register)).toEqual([]);
  });

  it('is missed wherever it is forgotten', () => {
    expect(sourcesAstray(typeDefs, register.slice(1))).toEqual(['aapVedtak']);
    expect(sourcesAstray(typeDefs.replaceAll('AAP_MELDEKORT', 'SYKEPENGER'), register)).toEqual([
      'SYKEPENGER',
      'AAP_MELDEKORT',
    ]);
    expect(sourcesAstray(typeDefs.replaceAll('uforeopplysninger(', 'sykepenger('), register)).toEqual([
      'sykepenger',
      'uforeopplysninger',
    ]);
  });
});
