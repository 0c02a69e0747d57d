import { expect, it } from 'vitest';
import { configJsonSchema, settingsTable } from '../../src/config-docs.ts';

// `vitest run test/config -u` writes it anew.
it('the JSON schema in docs/ is the one made from the schema that judges', async () => {
  await expect(`${JSON.stringify(configJsonSchema(), null, 2)}\n`).toMatchFileSnapshot('../../docs/config.schema.json');
});

it('every setting is described, once', () => {
  const rows = settingsTable();
  expect(rows.length).toBeGreaterThan(50);
  expect(rows.filter(({ description }) => !description.endsWith('.'))).toEqual([]);
  expect(new Set(rows.map(({ path }) => path)).size).toBe(rows.length);
});

it('the table tells defaults, what is mandatory, and where profiles differ', () => {
  const rows = new Map(settingsTable().map((row) => [row.path, row.default]));
  expect(rows.get('deadlines.nav')).toBe('15000');
  expect(rows.get('nav.aap.baseUrl')).toBe('required');
  expect(rows.get('consent.defaultValidityDays')).toBe('none');
  expect(rows.get('nav.bound')).toBe('sandbox: 256; test, production: 32');
  expect(rows.get('dataConsumers[].client')).toBe('none');
  expect(rows.get('dataConsumers[].client.keys[].privateKey')).toBe('required');
});

it('a default in the table is a default in the code', () => {
  const texts = settingsTable().map((row) => row.default);
  expect(texts).toContain('"/api/v1/aap/vedtak"');
  expect(texts).toContain('"NAV-PersonIdent"');
});
