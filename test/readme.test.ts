import { readFileSync } from 'node:fs';
import { buildASTSchema, isUnionType, parse } from 'graphql';
import { expect, it } from 'vitest';
import { SOURCE_NAMES, sourceOf } from '../src/benefits/index.ts';
import { settingsTable } from '../src/config-docs.ts';
import { readTypeDefs } from '../src/graphql/server.ts';
import { markdownTable } from './support/markdown.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

it('lists every setting as the schema that judges the configuration has it', () => {
  const rows = markdownTable(readme, 'Setting');
  expect(rows).toEqual(settingsTable().map(({ path, default: usual, description }) => [path, usual, description]));
});

it('names only commands that package.json has', () => {
  const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const named = [...readme.matchAll(/npm run ([a-z:]+)/g)].map(([, script]) => script ?? '');
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((script) => !(script in scripts))).toEqual([]);
});

it('links only to what exists', () => {
  const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target]) => target ?? '');
  expect(links.length).toBeGreaterThan(5);
  for (const target of links)
    expect(() => readFileSync(new URL(`../${target}`, import.meta.url)), target).not.toThrow(/ENOENT/);
});

it('has a source in the register for every benefit field and every value of Source, and no other', () => {
  const schema = buildASTSchema(parse(readTypeDefs().join('\n')));
  const applicant = schema.getType('Applicant');
  const source = schema.getType('Source');
  if (applicant === undefined || !('getFields' in applicant) || source === undefined || !('getValues' in source))
    throw new Error('no such types');
  const benefitFields = Object.values(applicant.getFields())
    .filter(({ type }) => isUnionType(type))
    .map(({ name }) => name);
  expect(benefitFields).toEqual(SOURCE_NAMES);
  expect(source.getValues().map(({ name }) => name)).toEqual(SOURCE_NAMES.map(sourceOf));
});
