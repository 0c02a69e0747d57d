import { z } from 'zod';
import type { Altinn2Config } from './config-altinn2.ts';
import { altinn2Gaps } from './config-altinn2.ts';
import type { ConfiguredDataConsumer, ConfiguredSupplier } from './config-data-consumer.ts';
import { supplierGaps } from './config-data-consumer.ts';
import { settingsTable } from './config-docs.ts';
import type { GraphiqlConfig } from './config-graphiql.ts';
import { firstFlaw } from './config-json.ts';
import { nearest } from './config-near.ts';
import type { Profile } from './config-profiles.ts';
import { PROFILES } from './config-profiles.ts';
import { settings } from './config-schema.ts';
import type { SecretSources } from './config-secrets.ts';
import { secretReader } from './config-secrets.ts';
import type { SecretReader } from './config-values.ts';
import { parseJson } from './config-values.ts';
import type { ALGORITHMS, ROLES } from './config-vocabulary.ts';
import type { NationalIdKind, Secret } from './values.ts';

type Role = (typeof ROLES)[number];

/**
 * Everything the gateway is told, resolved: defaults filled in, secrets fetched, addresses without a trailing slash (but
 * issuers as written, since they are compared letter by letter). What each setting means stands in the schema and
 * in {@link settingsTable}.
 */
export interface Config {
  readonly profile: Profile;
  readonly nav: {
    readonly aap: {
      readonly baseUrl: string;
      readonly vedtakPath: string;
      readonly meldekortPath: string;
      readonly personHeader: string;
      readonly scope: string;
    };
    readonly uforeopplysninger: {
      readonly baseUrl: string;
      readonly path: string;
      readonly personHeader: string;
      readonly scope: string;
    };
    /** Calls in the air per host. */
    readonly bound: number;
  };
  readonly altinn3: {
    readonly baseUrl: string;
    readonly resource: string;
    readonly metadataKeys: { readonly fom: string; readonly tom: string };
    readonly scopes: { readonly read: string; readonly write: string };
  };
  readonly altinn2: Altinn2Config;
  readonly maskinporten: {
    readonly issuer: string;
    readonly tokenEndpoint: string;
    readonly grantLifetimeSeconds: number;
  };
  /** Milliseconds for one call with all its attempts. */
  readonly deadlines: { readonly maskinporten: number; readonly altinn: number; readonly nav: number };
  readonly retries: { readonly attempts: number; readonly backoffMs: number };
  readonly maxAnswerBytes: number;
  /** There when any data consumer has no client of its own. */
  readonly supplier?: ConfiguredSupplier | undefined;
  /** At least one; no two with the same organisation number, and no client is the supplier's or another's. */
  readonly dataConsumers: readonly ConfiguredDataConsumer[];
  readonly callers: {
    /** At least one; no two with the same `issuer`. */
    readonly issuers: readonly {
      readonly issuer: string;
      readonly audience: string;
      readonly jwksUri: string;
      readonly algorithms: readonly (typeof ALGORITHMS)[number][];
      /** Names of the claims. */
      readonly claims: { readonly role: string; readonly organisations: string; readonly purposes: string };
      /** Value of the role claim -> role. */
      readonly roles: Readonly<Record<string, Role>>;
    }[];
  };
  readonly store: {
    readonly directory: string;
    /** Text of the key file, its form judged. Undefined in the sandbox only, which then makes a key file of its own. */
    readonly encryptionKeys: Secret | undefined;
  };
  readonly graphql: {
    readonly limits: {
      readonly bodyBytes: number;
      readonly maxTokens: number;
      readonly maxDepth: number;
      readonly maxAliases: number;
      readonly maxRows: number;
      readonly maxKeys: number;
      readonly maxUpstreamCalls: number;
      readonly requestsPerMinute: number;
      readonly concurrentRequests: number;
      readonly requestsUnderWay: number;
    };
    readonly introspection: readonly Role[];
  };
  readonly graphiql: GraphiqlConfig;
  /** `publicUrl` is undefined in the sandbox only: the address listened on, known once the port is. */
  readonly server: {
    readonly port: number;
    readonly host: string;
    readonly publicUrl: string | undefined;
    readonly allowedOrigins: readonly string[];
  };
  readonly consent: {
    readonly newRequests: 'ALTINN_3' | 'ALTINN_2';
    readonly askAgainAfterDeclinedDays: number;
    readonly defaultValidityDays: number | undefined;
  };
  readonly nationalIds: readonly NationalIdKind[];
  readonly log: { readonly level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent' };
}

/**
 * Something in the configuration that cannot be used. Neither part ever holds a value from the file or the environment, but for the
 * variable or file that a reference to a secret names, where it looks like one.
 */
export interface Mistake {
  /** `nav.aap.baseUrl`, `dataConsumers[1].client.keys[0].privateKey`, the name of an environment variable, or empty: the whole file. */
  readonly path: string;
  readonly message: string;
}

/** What a configuration is made of. Nothing else is read: no process, no disk, no network. */
export interface ConfigSources extends SecretSources {
  /** The file, JSON. */
  readonly text: string;
}

/**
 * Reads the configuration: one file, the environment, and the secrets they point to.
 *
 * @returns the configuration, or every mistake in it at once, in the order of the file; never throws. A literal where a
 * reference to a secret is due is refused. When the profile itself is wrong, the mistakes reported are those that
 * every profile would find.
 */
export function readConfig(sources: ConfigSources): { config: Config } | { mistakes: readonly Mistake[] } {
  // Some editors put a mark of three bytes before what they save.
  const text = sources.text.replace(/^\uFEFF/, '');
  const json = parseJson(text);
  if (json === undefined) return { mistakes: [{ path: '', message: unreadable(text) }] };
  const input = override(json, sources.env);
  const profile = z.looseObject({ profile: z.enum(PROFILES) }).safeParse(input);
  const read = secretReader(sources);
  const verdicts = (profile.success ? [profile.data.profile] : PROFILES).map((each) => judge(each, input, read));
  const [first, ...others] = verdicts;
  if (first === undefined || 'config' in first) return first ?? { mistakes: [] };
  const shared = first.mistakes.filter((mistake) =>
    others.every((other) => 'mistakes' in other && has(other, mistake)),
  );
  return { mistakes: shared.map((mistake) => inEnvironment(mistake, sources.env)) };
}

/** The configuration as it will be used, as indented JSON; secrets appear as their masks. For people. */
export function maskedConfig(config: Config): string {
  return JSON.stringify(config, null, 2);
}

function judge(profile: Profile, input: unknown, read: SecretReader): { config: Config } | { mistakes: Mistake[] } {
  const parsed = settings(profile, read).safeParse(input, { error: explain });
  const mistakes = [...(parsed.error?.issues.flatMap(toMistakes) ?? []), ...duplicates(input), ...supplierGaps(input)];
  if (!parsed.success || mistakes.length > 0) return { mistakes };
  const { $schema: _, store, server, consent, graphiql, ...rest } = parsed.data;
  if (graphiql.issuer !== undefined && !rest.callers.issuers.some(({ issuer }) => issuer === graphiql.issuer)) {
    return {
      mistakes: [{ path: 'graphiql.issuer', message: 'must be one of callers.issuers: no other tokens are taken' }],
    };
  }
  const gaps = altinn2Gaps(parsed.data);
  if (gaps.length > 0) return { mistakes: gaps };
  return {
    config: {
      ...rest,
      store: { ...store, encryptionKeys: store.encryptionKeys },
      graphiql: { ...graphiql, issuer: graphiql.issuer, tokenOrigin: graphiql.tokenOrigin },
      server: { ...server, publicUrl: server.publicUrl },
      consent: { ...consent, defaultValidityDays: consent.defaultValidityDays },
    },
  };
}

function has({ mistakes }: { mistakes: readonly Mistake[] }, { path, message }: Mistake): boolean {
  return mistakes.some((mistake) => mistake.path === path && mistake.message === message);
}

// --- The environment -----------------------------------------------------------------------------------------------

const OVERRIDES = [
  { variable: 'PORT', section: 'server', key: 'port' },
  { variable: 'DATA_DIR', section: 'store', key: 'directory' },
  { variable: 'LOG_LEVEL', section: 'log', key: 'level' },
] as const;

const jsonObject = z.record(z.string(), z.unknown());

function override(json: unknown, env: ConfigSources['env']): unknown {
  const file = jsonObject.safeParse(json);
  if (!file.success) return json;
  const result = { ...file.data };
  for (const { variable, section, key } of OVERRIDES) {
    const text = env[variable];
    if (text === undefined || text === '') continue;
    const inner = jsonObject.safeParse(result[section] ?? {});
    // A section that is no object stays as it is, for the schema to refuse.
    if (inner.success)
      result[section] = { ...inner.data, [key]: /^\d+$/.test(text) && key === 'port' ? Number(text) : text };
  }
  return result;
}

function inEnvironment(mistake: Mistake, env: ConfigSources['env']): Mistake {
  const source = OVERRIDES.find(({ section, key }) => mistake.path === `${section}.${key}`);
  return source === undefined || !env[source.variable] ? mistake : { ...mistake, path: source.variable };
}

// --- Mistakes in words ---------------------------------------------------------------------------------------------

/** zod's issues in words that quote nothing of the input; issues with words of their own never come here. */
const explain: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${KINDS[issue.expected] ?? 'of another kind'}`;
    case 'invalid_union':
      return issue.input === undefined ? 'is missing' : 'has none of the accepted forms';
    case 'invalid_value':
      if (issue.input === undefined) return 'is missing';
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`;
    case 'too_small':
      return issue.origin === 'array' || issue.origin === 'string'
        ? 'must not be empty'
        : `must be at least ${issue.minimum}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    default:
      return 'cannot be used';
  }
};

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function toMistakes(issue: z.core.$ZodIssue): Mistake[] {
  const { path } = issue;
  if (issue.code !== 'unrecognized_keys') return [{ path: inDots(path), message: issue.message }];
  return issue.keys.map((key) => {
    const meant = nearest(key, settingsAt(path));
    const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
    // A key that is no name may be a secret in the wrong place.
    return /^[A-Za-z$]{1,40}$/.test(key)
      ? { path: inDots([...path, key]), message: `is not a setting${hint}` }
      : {
          path: inDots(path),
          message: `has a key${path.length > 0 ? '' : ' outside all sections'} that is not a setting${hint}`,
        };
  });
}

/** Names of the settings and sections that there are in a section. */
function settingsAt(section: readonly PropertyKey[]): string[] {
  const above = inDots(section).replaceAll(/\[\d+\]/g, '[]');
  const names = settingsTable().flatMap(({ path }) => {
    if (above === '') return [path];
    return path.startsWith(`${above}.`) ? [path.slice(above.length + 1)] : [];
  });
  return [...new Set(names.map((name) => name.replace(/[.[].*/, '')))];
}

function unreadable(text: string): string {
  if (text.trim() === '') return 'is empty';
  const { line, column } = firstFlaw(text);
  return `is not valid JSON: see line ${line}, column ${column}`;
}

function inDots(path: readonly PropertyKey[]): string {
  return path.reduce<string>((dotted, step) => {
    if (typeof step === 'number') return `${dotted}[${step}]`;
    return dotted === '' ? String(step) : `${dotted}.${String(step)}`;
  }, '');
}

// Read leniently beside the schema: what has another mistake in it is judged for duplicates all the same.
const text = z.string().optional().catch(undefined);
const client = z.object({ clientId: text }).optional().catch(undefined);
const identities = z.object({
  supplier: z.object({ client }).optional().catch(undefined),
  dataConsumers: z.array(z.object({ organisationNumber: text, client }).catch({})).catch([]),
  callers: z.object({ issuers: z.array(z.object({ issuer: text }).catch({})).catch([]) }).catch({ issuers: [] }),
});

function duplicates(input: unknown): Mistake[] {
  const lists = identities.safeParse(input).data;
  if (lists === undefined) return [];
  const { supplier, dataConsumers, callers } = lists;
  const clientIds = [supplier, ...dataConsumers].map((owner) => owner?.client?.clientId);
  return [
    ...repeated(dataConsumers.map(({ organisationNumber }) => organisationNumber)).map((at) => ({
      path: `dataConsumers[${at}].organisationNumber`,
      message: 'is there twice: one entry for each data consumer',
    })),
    ...repeated(clientIds).map((at) => ({
      // The supplier, with whom the list begins, repeats nobody.
      path: `dataConsumers[${at - 1}].client.clientId`,
      message:
        'is there twice: a client belongs to one organisation, so leave out `client` where `supplier` is to act with its own',
    })),
    ...repeated(callers.issuers.map(({ issuer }) => issuer)).map((at) => ({
      path: `callers.issuers[${at}].issuer`,
      message: 'is there twice: one entry for each issuer',
    })),
  ];
}

/** Positions of values that stand earlier in the list already. */
function repeated(values: readonly (string | undefined)[]): number[] {
  return values.flatMap((value, at) => (value !== undefined && values.indexOf(value) < at ? [at] : []));
}

/** One mistake in a configuration, as one line. */
export function describeMistake({ path, message }: Mistake): string {
  return path === '' ? message : `${path}: ${message}`;
}
