import { describe, expect, it, test } from 'vitest';
import { breaches } from './support/house-rules.ts';
import type { Files } from './support/imports.ts';
import { filesUnder } from './support/imports.ts';
import { ROOMS, roomOf } from './support/rooms.ts';

/** A house in which every import that the cases below try leads somewhere. */
const HOUSE: Files = Object.fromEntries(
  [
    'values',
    'errors',
    'periode',
    'clock',
    'log',
    'config',
    'upstream',
    'benefits/index',
    'access/ports',
    'access/read',
    'maskinporten/tokens',
    'altinn/index',
    'nav/index',
    'store/consents',
    'graphql/server',
    'graphql/generated',
    'host',
    'sandbox/world',
    'gateway',
    'gateway-suppliers',
    'index',
    'issuer-keys',
    'standalone',
    'demo',
    'doctor/index',
    'import-consents',
    'welcome',
    'cli',
    'graphiql/main',
  ].map((name) => [`src/${name}.ts`, '']),
);

function planted(path: string, text: string): string[] {
  return breaches({ ...HOUSE, [path]: text });
}

describe('the source', () => {
  it('keeps every rule of the house', () => {
    const files = filesUnder('src');
    expect(Object.keys(files)).toContain('src/values.ts');
    expect(breaches(files)).toEqual([]);
  });

  it('of a house without furniture breaks no rule', () => {
    expect(breaches(HOUSE)).toEqual([]);
  });
});

describe('who may import whom', () => {
  /** For each room: imports that keep the rule, and imports that break it. */
  const table: Readonly<Record<string, { keeps: readonly string[]; breaks: readonly string[] }>> = {
    'src/values.ts': {
      keeps: [],
      breaks: ["import { E } from './errors.ts'", "import type { C } from './access/ports.ts'"],
    },
    'src/errors.ts': { keeps: ["import { V } from './values.ts'"], breaks: ["import { c } from './clock.ts'"] },
    'src/periode.ts': { keeps: ["import { E } from './errors.ts'"], breaks: ["import { c } from './clock.ts'"] },
    'src/clock.ts': { keeps: ["import { p } from './periode.ts'"], breaks: ["import { l } from './log.ts'"] },
    'src/log.ts': { keeps: ["import { c } from './clock.ts'"], breaks: ["import { u } from './upstream.ts'"] },
    'src/config.ts': {
      keeps: ["import { V } from './values.ts'", "import { s } from './config-schema.ts'"],
      breaks: ["import type { P } from './access/ports.ts'", "import { u } from './upstream.ts'"],
    },
    'src/upstream.ts': {
      keeps: ["import { l } from './log.ts'", "import { Agent } from 'undici'"],
      breaks: ["import { t } from './maskinporten/tokens.ts'", "import type { C } from './config.ts'"],
    },
    'src/benefits/aap.ts': {
      keeps: [
        "import { contains } from '../periode.ts'",
        "import { x } from './index.ts'",
        "import { osloDate } from '../clock.ts'",
      ],
      breaks: [
        "import type { P } from '../access/ports.ts'",
        "import { readFile } from 'node:fs'",
        "import { systemClock } from '../clock.ts'",
        'export const today = new Date()',
        'export const now = Date.now()',
      ],
    },
    'src/access/session.ts': {
      keeps: ["import type { A } from '../benefits/index.ts'", "import { r } from './read.ts'"],
      breaks: [
        "import { A } from '../benefits/index.ts'",
        "import { u } from '../upstream.ts'",
        "import type { G } from '../graphql/server.ts'",
        "import { n } from '../nav/index.ts'",
        "import { a } from '../altinn/index.ts'",
        "import type { S } from '../store/consents.ts'",
      ],
    },
    'src/maskinporten/assertion.ts': {
      keeps: ["import { u } from '../upstream.ts'"],
      breaks: ["import type { P } from '../access/ports.ts'", "import { a } from '../altinn/index.ts'"],
    },
    'src/altinn/altinn3.ts': {
      keeps: [
        "import { t } from '../maskinporten/tokens.ts'",
        "import type { P } from '../access/ports.ts'",
        "import type { A } from '../benefits/index.ts'",
      ],
      breaks: [
        "import { P } from '../access/ports.ts'",
        "import type { R } from '../access/read.ts'",
        "import { A } from '../benefits/index.ts'",
        "import { n } from '../nav/index.ts'",
        "import { s } from '../store/consents.ts'",
      ],
    },
    'src/nav/aap.ts': {
      keeps: ["import type { P } from '../access/ports.ts'", "import { A } from '../benefits/index.ts'"],
      breaks: [
        "import { t } from '../maskinporten/tokens.ts'",
        "import type { T } from '../maskinporten/tokens.ts'",
        "import { a } from '../altinn/index.ts'",
        "import { P } from '../access/ports.ts'",
      ],
    },
    'src/store/keys.ts': {
      keeps: ["import type { P } from '../access/ports.ts'", "import type { A } from '../benefits/index.ts'"],
      breaks: [
        "import { A } from '../benefits/index.ts'",
        "import { P } from '../access/ports.ts'",
        "import { u } from '../upstream.ts'",
        "import { t } from '../maskinporten/tokens.ts'",
        "import { n } from '../nav/index.ts'",
        "import { a } from '../altinn/index.ts'",
      ],
    },
    'src/graphql/resolvers.ts': {
      keeps: [
        "import { r } from '../access/read.ts'",
        "import { A } from '../benefits/index.ts'",
        "import type { G } from './generated.ts'",
      ],
      breaks: [
        "import type { N } from '../nav/index.ts'",
        "import { a } from '../altinn/index.ts'",
        "import { t } from '../maskinporten/tokens.ts'",
        "import { s } from '../store/consents.ts'",
        "import { g } from './generated.ts'",
        "import { g } from '../gateway.ts'",
      ],
    },
    'src/host.ts': {
      keeps: ["import { g } from './graphql/server.ts'", "import { r } from './access/read.ts'"],
      breaks: [
        "import { n } from './nav/index.ts'",
        "import { a } from './altinn/index.ts'",
        "import type { S } from './store/consents.ts'",
        "import type { G } from './graphql/generated.ts'",
      ],
    },
    'src/issuer-keys.ts': {
      keeps: ["import type { U } from './upstream.ts'"],
      breaks: ["import { u } from './upstream.ts'", "import type { G } from './graphql/server.ts'"],
    },
    'src/sandbox/aap.ts': {
      keeps: [
        "import { NationalId } from '../values.ts'",
        "import type { OrganisationNumber } from '../values.ts'",
        "import type { Clock } from '../clock.ts'",
        "import { w } from './world.ts'",
      ],
      breaks: [
        "import { contains } from '../periode.ts'",
        "import type { CivilDate } from '../periode.ts'",
        "import { osloDate } from '../clock.ts'",
        "import * as clock from '../clock.ts'",
        "import { Secret } from '../values.ts'",
        "import { W } from '../nav/index.ts'",
        "import { E } from '../errors.ts'",
        "export { osloDate } from '../clock.ts'",
      ],
    },
    'src/gateway.ts': {
      keeps: [
        "import { n } from './nav/index.ts'",
        "import { s } from './store/consents.ts'",
        "import { h } from './host.ts'",
      ],
      breaks: [
        "import { w } from './sandbox/world.ts'",
        "import type { W } from './sandbox/world.ts'",
        "import { env } from 'node:process'",
      ],
    },
    'src/index.ts': {
      keeps: ["export { g } from './gateway.ts'", "export type { P } from './access/ports.ts'"],
      breaks: ["export { P } from './access/ports.ts'", "export type { W } from './sandbox/world.ts'"],
    },
    'src/standalone.ts': {
      keeps: [
        "import { g } from './gateway.ts'",
        "import { c } from './config.ts'",
        "import { w } from './sandbox/world.ts'",
      ],
      breaks: ["import { n } from './nav/index.ts'", 'export const args = process.argv'],
    },
    'src/demo.ts': {
      keeps: ["import { s } from './standalone.ts'", "import { w } from './sandbox/world.ts'"],
      breaks: ["import { g } from './gateway.ts'", 'export const args = process.argv'],
    },
    'src/doctor/grants.ts': {
      keeps: [
        "import { u } from '../upstream.ts'",
        "import { t } from '../maskinporten/tokens.ts'",
        "import { a } from '../altinn/index.ts'",
        "import { g } from '../gateway-suppliers.ts'",
        "import type { C } from '../config.ts'",
      ],
      breaks: [
        "import { c } from '../config.ts'",
        "import { g } from '../gateway.ts'",
        "import type { P } from '../access/ports.ts'",
        "import { n } from '../nav/index.ts'",
        "import { s } from '../store/consents.ts'",
        "import { w } from '../sandbox/world.ts'",
        'export const args = process.argv',
      ],
    },
    'src/import-consents.ts': {
      keeps: ["import { g } from './gateway.ts'", "import type { C } from './config.ts'"],
      breaks: [
        "import type { M } from './access/read.ts'",
        "import { s } from './store/consents.ts'",
        'export const args = process.argv',
      ],
    },
    'src/welcome.ts': { keeps: [], breaks: ["import { c } from './config.ts'"] },
    'src/cli.ts': {
      keeps: [
        "import { g } from './gateway.ts'",
        "import { c } from './config.ts'",
        "import { s } from './standalone.ts'",
        "import { d } from './doctor/index.ts'",
        "import { i } from './import-consents.ts'",
        'export const args = process.argv',
      ],
      breaks: [
        "import { n } from './nav/index.ts'",
        "import { h } from './host.ts'",
        "import { w } from './sandbox/world.ts'",
      ],
    },
    'src/graphiql/main.ts': { keeps: ["import { g } from 'graphiql'"], breaks: ["import { V } from '../values.ts'"] },
  };

  it('has a case for each room', () => {
    expect(Object.keys(table).map((path) => roomOf(path)?.name)).toEqual(ROOMS.map(({ name }) => name));
  });

  const cases = (kind: 'keeps' | 'breaks') =>
    Object.entries(table).flatMap(([path, row]) => row[kind].map((line) => [path, line] as const));

  it.each(cases('keeps'))('%s may: %s', (path, line) => {
    const schema = { 'src/config-schema.ts': '' };
    expect(breaches({ ...HOUSE, ...schema, [path]: line })).toEqual([]);
  });

  it.each(cases('breaks'))('%s may not: %s', (path, line) => {
    const found = planted(path, line);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^${path}[: ].*\\. Rule: .+\\. Why: .+\\.$`));
  });

  test.each(ROOMS.map(({ name }) => name).filter((name) => !['standalone', 'demo', 'sandbox'].includes(name)))(
    'the sandbox is unknown to %s',
    (name) => {
      const path = Object.keys(table).find((each) => roomOf(each)?.name === name) ?? '';
      const up = path.split('/').length === 2 ? './' : '../';
      expect(planted(path, `import type { W } from '${up}sandbox/world.ts'`)).toHaveLength(1);
    },
  );

  it('tells a breach, its rule and its reason', () => {
    expect(planted('src/nav/aap.ts', "import { t } from '../maskinporten/tokens.ts';")).toEqual([
      'src/nav/aap.ts imports ../maskinporten/tokens.ts. ' +
        'Rule: nav may import values, errors, periode, clock, log, upstream, benefits, and types of access/ports. ' +
        'Why: a source is handed its headers, so that retiring a rail touches no source.',
    ]);
  });
});

describe('a breach is found', () => {
  const text: [rule: string, text: string][] = [
    ['an import expression', "export const later = import('../values.ts');"],
    ['a type that imports', "export type Later = import('../values.ts').Later;"],
    ['require', "export const now = require('../values.ts');"],
    ['a require made at run time', "import { createRequire } from 'node:module';"],
    ['a star re-export', "export * from './index.ts';"],
    ['a default export', 'export default 1;'],
    ['a type marked inline', "import { type Later } from './index.ts';"],
    ['a type re-exported inline', "export { type Later } from './index.ts';"],
    ['a cast', 'export const id = 1 as number;'],
    ['an old cast', 'export const id = <number>1;'],
    ['any', 'export function id(it: any) { return it; }'],
    ['process', 'export const home = process.env;'],
    ['process by another way', 'export const home = globalThis.process;'],
    ['undici outside upstream', "import { request } from 'undici';"],
    ['an import without its ending', "import { x } from './index';"],
    ['an import of what is not there', "import { x } from './gone.ts';"],
    ['a file too long', '\n'.repeat(351)],
  ];
  it.each(text)('%s', (_, planting) => {
    expect(planted('src/nav/aap.ts', planting)).toHaveLength(1);
  });

  it.each([
    ['src/sandbox/pages.ts', 'export const page = `<%~ it.name %>`;'],
    ['src/sandbox/pages/consent.eta', '<p><%~ it.name %></p>'],
    ['src/nav/førstegang.ts', ''],
    ['src/nav/firstTime.ts', ''],
    ['src/nav/first_time.ts', ''],
    ['src/nav/utils/dates.ts', ''],
    ['src/shared/dates.ts', ''],
    ['src/cellar/wine.ts', ''],
    ['src/wine.ts', ''],
  ])('in %s: %s', (path, planting) => {
    expect(planted(path, planting)).not.toEqual([]);
  });

  it.each([
    ['as const', 'export const all = [1] as const;'],
    ['satisfies', 'export const all = [1] satisfies number[];'],
    ['a name of its own', "import { ports as door } from './index.ts'; export { door as gate };"],
    ['a member called process', 'export const queue = { process: 1 }; export const size = queue.process;'],
    ['two dots', "import type { P } from './aap.wire.ts'; export type Q = P;"],
  ])('but not in what is allowed: %s', (_, line) => {
    expect(breaches({ ...HOUSE, 'src/nav/aap.wire.ts': '', 'src/nav/aap.ts': line })).toEqual([]);
  });
});
