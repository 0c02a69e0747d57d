import { z } from 'zod';

/** The rungs of the ladder with their titles, in the order in which they are climbed: first what everybody shares. */
export const RUNGS = {
  configuration: 'Configuration',
  discovery: 'Maskinporten',
  clock: 'Clock',
  resource: 'Consent resource',
  metadata: 'Metadata keys',
  returnPath: 'Return path',
  actor: 'Who acts',
  credential: 'Key or certificate',
  certificate: 'Issuer of the certificate',
  grant: 'Grant',
  delegation: 'Delegation',
  scope: 'Scope',
  altinn3: 'Altinn 3',
  altinn2: 'Altinn 2, ApiKey',
  altinn2ReturnPath: 'Altinn 2, return path',
  nav: 'NAV',
} as const;

/** A rung of {@link RUNGS}. */
export type RungName = keyof typeof RUNGS;

/** The rungs that all data consumers share, in their order. */
export const SHARED_RUNGS = ['configuration', 'discovery', 'clock', 'resource', 'metadata', 'returnPath'] as const;

const verdictSchema = z.object({
  /**
   * `ask`: nothing wrong is seen, but this cannot be seen from here, so somebody has to be asked. `not examined`: an earlier rung is
   * wrong.
   */
  state: z.enum(['ok', 'warning', 'wrong', 'ask', 'not examined']),
  /** What was seen, in plain words. Holds no id of a person, key, token, ApiKey or client, and nothing of an upstream's text. */
  seen: z.string(),
  /** What `seen` speaks of, one thing each: mistakes, scopes, keys of metadata. */
  details: z.array(z.string()).readonly().optional(),
  /** What to do about it. */
  todo: z.string().optional(),
  /** Whom to ask for it, in the order of who is likely to know. */
  ask: z.array(z.string()).readonly().optional(),
  /** The id that was sent along to Altinn or NAV (`x-request-id`). */
  callId: z.string().optional(),
  /** Maskinporten's `trace_id`, which it names when it refuses. */
  traceId: z.string().optional(),
});

/** What came of looking at one rung. */
export type Verdict = z.output<typeof verdictSchema>;

const names = Object.keys(RUNGS).filter((name): name is RungName => Object.hasOwn(RUNGS, name));

const rungSchema = verdictSchema.extend({
  rung: z.enum(names),
  /** Which of several: a scope, a source of NAV, or the key that takes over. */
  of: z.string().optional(),
  /** The host that was called, with its port where that is not the usual one; absent where none was. */
  host: z.string().optional(),
  /** ISO moment, UTC, by the clock of this machine. */
  at: z.iso.datetime(),
  /** Whole milliseconds. */
  tookMs: z.int().nonnegative(),
});

/** A rung of a ladder as it was found. */
export type Rung = z.output<typeof rungSchema>;

/** What `doctor --json` prints. `version` grows when a member changes its meaning or goes; new members may come at any time. */
export const findingsSchema = z.object({
  version: z.literal(1),
  /** Of this gateway: `0.1.0`. */
  gatewayVersion: z.string(),
  /** Null: the configuration cannot be used. */
  profile: z.enum(['sandbox', 'test', 'production']).nullable(),
  /** ISO moment, UTC. */
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  /** Whether nothing is wrong. There may be warnings, and things to ask about. */
  isHealthy: z.boolean(),
  /** What all data consumers have in common. */
  shared: z.array(rungSchema).readonly(),
  /** In the order of the configuration. */
  dataConsumers: z
    .array(
      z.object({
        organisationNumber: z.string(),
        name: z.string(),
        /** Who acts for it by delegation; null: it acts for itself. */
        supplier: z.string().nullable(),
        ladder: z.array(rungSchema).readonly(),
      }),
    )
    .readonly(),
});

/** What the doctor found. */
export type Findings = z.output<typeof findingsSchema>;

/** Every rung of the findings, with the name of the data consumer it belongs to; undefined: to all of them. */
export function allRungs({ shared, dataConsumers }: Findings): { readonly rung: Rung; readonly whose?: string }[] {
  return [
    ...shared.map((rung) => ({ rung })),
    ...dataConsumers.flatMap(({ name, ladder }) => ladder.map((rung) => ({ rung, whose: name }))),
  ];
}

/** A rung's title, with which of several it is: `Scope nav:arbeid/v1/aap`. */
export function titleOf({ rung, of }: Pick<Rung, 'rung' | 'of'>): string {
  return of === undefined ? RUNGS[rung] : `${RUNGS[rung]} ${of}`;
}
