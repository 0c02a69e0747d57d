import { z } from 'zod';
import type { Profile } from './config-profiles.ts';
import { PROFILES } from './config-profiles.ts';
import { settings } from './config-schema.ts';

/** One setting, as the documentation shows it. */
export interface SettingRow {
  /** Dotted; `[]` stands for each entry of a list: `dataConsumers[].name`. */
  readonly path: string;
  /** As JSON; `required`, or `none` for one that may be left out and has no default. Where profiles differ, each is named. */
  readonly default: string;
  readonly description: string;
}

type JsonSchema = z.core.JSONSchema.JSONSchema;

// Documentation reads no secret.
const noSecrets = () => ({ flaw: 'is not read' });

/** The JSON schema (draft 2020-12) of the configuration file, one variant for each profile with its own defaults. */
export function configJsonSchema(): JsonSchema {
  const file = z
    .discriminatedUnion('profile', [
      settings('sandbox', noSecrets),
      settings('test', noSecrets),
      settings('production', noSecrets),
    ])
    .meta({ title: 'Configuration of Samtykkeporten' });
  return z.toJSONSchema(file, { io: 'input' });
}

/** Every setting, in the order of the file, made from the same schema that judges it. */
export function settingsTable(): readonly SettingRow[] {
  const byPath = new Map<string, { description: string; defaults: Map<Profile, string> }>();
  for (const profile of PROFILES) {
    const schema = z.toJSONSchema(settings(profile, noSecrets), { io: 'input' });
    for (const { path, ...row } of leaves(schema, '', false)) {
      const seen = byPath.get(path) ?? { description: row.description, defaults: new Map<Profile, string>() };
      byPath.set(path, { ...seen, defaults: seen.defaults.set(profile, row.default) });
    }
  }
  return [...byPath].map(([path, { description, defaults }]) => ({ path, default: inWords(defaults), description }));
}

function* leaves(schema: JsonSchema, path: string, mandatory: boolean): Generator<SettingRow> {
  if (schema.properties !== undefined) {
    if (schema.description !== undefined)
      yield { path, default: defaultOf(schema, mandatory), description: schema.description };
    for (const [key, inner] of Object.entries(schema.properties)) {
      if (typeof inner === 'boolean') continue;
      yield* leaves(inner, path === '' ? key : `${path}.${key}`, schema.required?.includes(key) ?? false);
    }
    return;
  }
  yield { path, default: defaultOf(schema, mandatory), description: schema.description ?? '' };
  const { items } = schema;
  if (typeof items === 'object' && !Array.isArray(items) && items.properties !== undefined) {
    yield* leaves(items, `${path}[]`, false);
  }
}

function defaultOf(schema: JsonSchema, mandatory: boolean): string {
  if (schema.default !== undefined) return JSON.stringify(schema.default);
  return mandatory ? 'required' : 'none';
}

/** One default when the profiles agree, else each with the profiles it holds in. */
function inWords(defaults: ReadonlyMap<Profile, string>): string {
  const holders = new Map<string, Profile[]>();
  for (const [profile, text] of defaults) holders.set(text, [...(holders.get(text) ?? []), profile]);
  return holders.size === 1
    ? [...holders.keys()].join()
    : [...holders].map(([text, profiles]) => `${profiles.join(', ')}: ${text}`).join('; ');
}
