import { z } from 'zod';
import { altinn2, newRequests } from './config-altinn2.ts';
import { dataConsumer, supplier } from './config-data-consumer.ts';
import { graphiql } from './config-graphiql.ts';
import type { Profile } from './config-profiles.ts';
import { PROFILE_DEFAULTS, PROFILES } from './config-profiles.ts';
import type { SecretReader } from './config-values.ts';
import * as value from './config-values.ts';
import { ALGORITHMS, ROLES } from './config-vocabulary.ts';

const LONGEST_GRANT_SECONDS = 120;
const MOST_KEYS = 100;
/** Three years, the longest validity of a consent, are never fewer days than this. */
const LONGEST_VALIDITY_DAYS = 1095;

/**
 * The configuration file as a zod schema for one profile: its defaults filled in, its refusals on, secrets fetched by
 * `read`. The input is the parsed JSON; unknown keys are refused. Every setting is described here and nowhere else: the
 * JSON schema and the table of settings are made from it.
 */
export function settings<P extends Profile>(profile: P, read: SecretReader) {
  return z.strictObject({
    $schema: z.string().optional().describe('Where an editor finds the JSON schema of this file; not used otherwise.'),
    profile: z
      .literal(profile, {
        error: ({ input }) => (input === undefined ? undefined : `must be one of ${PROFILES.join(', ')}`),
      })
      .describe('Where the gateway runs: `sandbox`, `test` or `production`. Fills in the documented hosts.'),
    nav: nav(profile),
    altinn3: altinn3(profile),
    altinn2: altinn2(profile),
    maskinporten: maskinporten(profile),
    deadlines: deadlines(),
    retries: retries(),
    maxAnswerBytes: size(2 * 1024 * 1024).describe('Largest answer taken from an upstream, in bytes.'),
    supplier: supplier(profile, read),
    dataConsumers: z
      .array(dataConsumer(profile, read))
      .min(1)
      .describe('The insurers and pension companies that receive data through this gateway.'),
    callers: z.strictObject({
      issuers: z.array(callerIssuer(profile)).min(1).describe('Who issues the tokens that callers bring.'),
    }),
    store: store(profile, read),
    graphql: graphql(profile),
    graphiql: graphiql(profile),
    server: server(profile),
    consent: consent(),
    nationalIds: z
      .array(z.enum(PROFILE_DEFAULTS[profile].acceptableNationalIds))
      .min(1)
      .default([...PROFILE_DEFAULTS[profile].nationalIds])
      .describe('Kinds of national id that are accepted; `fnr` and `dnr` belong to real people, the others to nobody.'),
    log: z
      .strictObject({
        level: z
          .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
          .default('info')
          .describe('Least grave level that is logged. `LOG_LEVEL` in the environment wins.'),
      })
      .prefault({}),
  });
}

function nav(profile: Profile) {
  const { bound, hosts } = PROFILE_DEFAULTS[profile];
  return z.strictObject({
    aap: z.strictObject({
      baseUrl: value.address(profile).describe('Base address of NAV’s AAP interface; documented nowhere, ask NAV.'),
      vedtakPath: value.path().prefault('/api/v1/aap/vedtak').describe('Path of AAP vedtak.'),
      meldekortPath: value.path().prefault('/api/v1/aap/meldekort').describe('Path of AAP meldekort; unconfirmed.'),
      personHeader: value
        .headerName()
        .prefault('NAV-PersonIdent')
        .describe('Header that carries the person’s number to AAP; unconfirmed.'),
      scope: value.words().prefault('nav:arbeid/v1/aap').describe('Maskinporten scope of AAP.'),
    }),
    uforeopplysninger: z
      .strictObject({
        baseUrl: orDefault(value.address(profile), hosts?.uforeopplysninger).describe(
          'Base address of NAV’s uføreopplysninger.',
        ),
        path: value.path().prefault('/uforeopplysninger').describe('Path of uføreopplysninger.'),
        personHeader: value
          .headerName()
          .prefault('fnr')
          .describe('Header that carries the person’s number to uføreopplysninger.'),
        scope: value
          .words()
          .prefault('nav:helse/v1/uforeopplysninger')
          .describe('Maskinporten scope of uføreopplysninger.'),
      })
      .prefault({}),
    bound: count(1, 1024)
      .default(bound)
      .describe('Calls to one NAV host that may be under way at once; the others wait their turn.'),
  });
}

function altinn3(profile: Profile) {
  return z
    .strictObject({
      baseUrl: orDefault(value.address(profile), PROFILE_DEFAULTS[profile].hosts?.altinn3).describe(
        'Base address of the Altinn 3 platform.',
      ),
      resource: value
        .words()
        .prefault('nav_samtykke_dsop_aap-ufore')
        .describe('Resource that the consent is given for, as registered by NAV.'),
      metadataKeys: z
        .strictObject({
          fom: value.words().prefault('fraogmed').describe('Metadata key of the first date of the consent period.'),
          tom: value.words().prefault('tilogmed').describe('Metadata key of the last date of the consent period.'),
        })
        .prefault({}),
      scopes: z
        .strictObject({
          read: value.words().prefault('altinn:consentrequests.read').describe('Scope for looking requests up.'),
          write: value.words().prefault('altinn:consentrequests.write').describe('Scope for making requests.'),
        })
        .prefault({}),
    })
    .prefault({});
}

function maskinporten(profile: Profile) {
  const { hosts } = PROFILE_DEFAULTS[profile];
  return z
    .strictObject({
      issuer: orDefault(value.issuer(profile), hosts?.maskinportenIssuer).describe(
        'Maskinporten’s name, the `aud` of every grant; letter by letter, with its trailing slash.',
      ),
      tokenEndpoint: orDefault(value.address(profile), hosts?.maskinportenTokenEndpoint).describe(
        'Address at which Maskinporten exchanges grants for tokens.',
      ),
      grantLifetimeSeconds: count(10, LONGEST_GRANT_SECONDS)
        .default(LONGEST_GRANT_SECONDS)
        .describe('Seconds from `iat` to `exp` of a grant; Maskinporten takes at most 120.'),
    })
    .prefault({});
}

function deadlines() {
  const milliseconds = count(10, 120_000);
  return z
    .strictObject({
      maskinporten: milliseconds
        .default(10_000)
        .describe('Milliseconds for one call to Maskinporten, all its attempts together.'),
      altinn: milliseconds.default(10_000).describe('Milliseconds for one call to Altinn, all its attempts together.'),
      nav: milliseconds.default(15_000).describe('Milliseconds for one read at NAV, all its attempts together.'),
    })
    .prefault({});
}

function retries() {
  return z
    .strictObject({
      attempts: count(1, 10)
        .default(3)
        .describe('Attempts at one call to an upstream, the first included; the person may see each one at NAV.'),
      backoffMs: count(0, 60_000)
        .default(200)
        .describe('Milliseconds before the second attempt; grows for the ones after it.'),
    })
    .prefault({});
}

function callerIssuer(profile: Profile) {
  return z.strictObject({
    issuer: value.callerIssuer(profile).describe('The `iss` of the tokens, letter by letter.'),
    audience: value.name(profile).describe('The `aud` that names this gateway.'),
    jwksUri: value.address(profile).describe('Where the issuer’s public keys are.'),
    algorithms: z.array(z.enum(ALGORITHMS)).min(1).default(['RS256']).describe('Signatures taken from this issuer.'),
    claims: z
      .strictObject({
        role: value.words().prefault('role').describe('Claim that holds the role.'),
        organisations: value.words().prefault('organisations').describe('Claim that holds the organisation numbers.'),
        purposes: value.words().prefault('purposes').describe('Claim that holds the purposes.'),
      })
      .prefault({}),
    roles: z
      .record(z.string().min(1), z.enum(ROLES))
      .default(Object.fromEntries(ROLES.map((role) => [role, role])))
      .describe('The role each value of the role claim stands for; a value not listed is no role.'),
  });
}

function store(profile: Profile, read: SecretReader) {
  const keys = value.encryptionKeys(profile, read);
  return profile === 'sandbox'
    ? z.strictObject({ directory: directory(), encryptionKeys: keys.optional().describe(ENCRYPTION_KEYS) }).prefault({})
    : z.strictObject({ directory: directory(), encryptionKeys: keys.describe(ENCRYPTION_KEYS) });
}

const ENCRYPTION_KEYS =
  'Reference to the key file, JSON: `{"active": id, "keys": [{"id", "key"}], "identityKey"}`, each key 32 bytes in base64. The sandbox makes its own.';

function directory() {
  return value
    .words()
    .prefault('.data')
    .describe('Directory of what is stored; keep a backup. `DATA_DIR` in the environment wins.');
}

function graphql(profile: Profile) {
  return z
    .strictObject({
      limits: z
        .strictObject({
          bodyBytes: size(100_000).describe('Largest request body, in bytes.'),
          maxTokens: count(1, 100_000).default(2000).describe('Most lexical tokens in a document.'),
          maxDepth: count(1, 100).default(12).describe('Deepest nesting of fields.'),
          maxAliases: count(0, 1000).default(30).describe('Most aliases in a document.'),
          maxRows: count(100, 1_000_000).default(10_000).describe('Most rows that pages within pages may come to.'),
          maxUpstreamCalls: count(10, 100_000)
            .default(1000)
            .describe(
              'Most calls that the benefits and consents of a document may come to: two for each person and benefit, one for each person’s consent.',
            ),
          requestsPerMinute: count(1, 1_000_000)
            .default(1200)
            .describe('Requests of one caller in a minute; the others get 429 with `Retry-After`.'),
          concurrentRequests: count(1, 10_000)
            .default(50)
            .describe('Requests of one caller that may be under way at once; the others get 429 with `Retry-After`.'),
          requestsUnderWay: count(1, 100_000)
            .default(200)
            .describe('Requests of everybody that may be under way at once; the others get 503 with `Retry-After`.'),
          maxKeys: count(1, MOST_KEYS).default(MOST_KEYS).describe('Most applicants asked for at once.'),
        })
        .prefault({}),
      introspection: z
        .array(z.enum(ROLES))
        .default(profile === 'production' ? ['ANALYST', 'OPERATOR'] : [...ROLES])
        .describe('Roles that may ask for the schema itself.'),
    })
    .prefault({});
}

function server(profile: Profile) {
  const port = count(0, 65_535)
    .default(4000)
    .describe('Port to listen on; 0 takes a free one. `PORT` in the environment wins.');
  const host = value.words().refine((text) => profile !== 'sandbox' || value.isLoopback(text), {
    error: 'must be this machine (such as 127.0.0.1) in profile sandbox',
  });
  const described = host.prefault('127.0.0.1').describe('Address to listen on.');
  const publicUrl = value.origin(profile);
  const allowedOrigins = z
    .array(value.origin(profile))
    .default([])
    .describe(
      'Origins of web pages that may call GraphQL from a browser, such as a case handling system’s; none, if left out.',
    );
  const meaning = 'Scheme, host and port by which people reach this gateway: Altinn sends them back to it.';
  return profile === 'sandbox'
    ? z
        .strictObject({
          port,
          host: described,
          allowedOrigins,
          publicUrl: publicUrl.optional().describe(`${meaning} In the sandbox the address listened on, if left out.`),
        })
        .prefault({})
    : z.strictObject({ port, host: described, allowedOrigins, publicUrl: publicUrl.describe(meaning) });
}

function consent() {
  return z
    .strictObject({
      newRequests: newRequests(),
      askAgainAfterDeclinedDays: count(0, 365)
        .default(7)
        .describe('Days after a refusal before the person can be asked again on the same terms.'),
      defaultValidityDays: count(1, LONGEST_VALIDITY_DAYS)
        .optional()
        .describe(
          'Days a consent is valid when the request does not say; if left out, as long as allowed: three years.',
        ),
    })
    .prefault({});
}

function count(least: number, most: number) {
  return z.int().min(least).max(most);
}

/** A number of bytes between 1 KiB and 64 MiB. */
function size(usual: number) {
  return count(1024, 64 * 1024 * 1024).default(usual);
}

/**
 * The setting with the profile's documented value; where nothing is documented the setting is mandatory. The type says
 * that it may always be left out, so that its whole section may: the setting is then what is reported missing.
 */
function orDefault<T extends Text>(setting: T, documented: string | undefined): z.ZodPrefault<T>;
function orDefault(setting: Text, documented: string | undefined): Text | z.ZodPrefault<Text> {
  return documented === undefined ? setting : setting.prefault(documented);
}

type Text = z.ZodType<string, string>;
