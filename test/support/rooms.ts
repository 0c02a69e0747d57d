/** Who may import whom: one row for each room, in the order of the picture of the house. */
export interface Room {
  readonly name: string;
  /** Rooms, or single files of a room (`access/ports`), that may be imported. Its own room always may. */
  readonly may: readonly string[];
  /** As `may`, but only `import type`. */
  readonly mayAsTypes: readonly string[];
  /** The only names it may import from a room, where not all are allowed. */
  readonly only?: Readonly<Record<string, readonly string[]>>;
  readonly why: string;
}

/** What every room may stand on. Each may import those before it. */
const BASICS = ['values', 'errors', 'periode', 'clock', 'log'] as const;

const ROOMS_OF_THE_GATEWAY = [
  'config',
  'upstream',
  'benefits',
  'access',
  'maskinporten',
  'altinn',
  'nav',
  'store',
  'graphql',
  'host',
  'issuer',
] as const;

const PURE_CLOCK = ['osloDate', 'threeYearsAfter'];

export const ROOMS: readonly Room[] = [
  ...BASICS.map((name, at) => ({
    name,
    may: BASICS.slice(0, at),
    mayAsTypes: [],
    why: 'the ground floor stands on nothing but itself, downwards',
  })),
  { name: 'config', may: BASICS, mayAsTypes: [], why: 'configuration is judged before any room exists' },
  { name: 'upstream', may: BASICS, mayAsTypes: [], why: 'the one way out knows nobody who goes through it' },
  {
    name: 'benefits',
    may: BASICS,
    mayAsTypes: [],
    only: { clock: PURE_CLOCK },
    why: 'reading rules are pure: no other room, no I/O, no clock (a moment is an argument)',
  },
  { name: 'access', may: BASICS, mayAsTypes: ['benefits'], why: 'what decides knows only its ports' },
  { name: 'maskinporten', may: [...BASICS, 'upstream'], mayAsTypes: [], why: 'tokens are fetched for whoever asks' },
  {
    name: 'altinn',
    may: [...BASICS, 'maskinporten', 'upstream'],
    mayAsTypes: ['access/ports', 'benefits'],
    why: 'a rail asks for consent; it neither reads at NAV nor remembers',
  },
  {
    name: 'nav',
    may: [...BASICS, 'upstream', 'benefits'],
    mayAsTypes: ['access/ports'],
    why: 'a source is handed its headers, so that retiring a rail touches no source',
  },
  {
    name: 'store',
    may: BASICS,
    mayAsTypes: ['access/ports', 'benefits'],
    why: 'what remembers never talks to the network upstreams',
  },
  {
    name: 'graphql',
    may: [...BASICS, 'access', 'benefits'],
    mayAsTypes: [],
    why: 'it holds source names, never sources; keys of issuers are handed in',
  },
  {
    name: 'host',
    may: [...BASICS, 'graphql', 'access'],
    mayAsTypes: [],
    why: 'the front door opens on the public floor only',
  },
  {
    name: 'issuer',
    may: BASICS,
    mayAsTypes: ['upstream'],
    why: 'keys of those who issue callers’ tokens are fetched over whatever network is handed in',
  },
  {
    name: 'sandbox',
    may: ['values', 'clock'],
    mayAsTypes: [],
    only: {
      values: [
        'NationalId',
        'NationalIdKind',
        'NationalIdFlaw',
        'REAL_NATIONAL_IDS',
        'SYNTHETIC_NATIONAL_IDS',
        'OrganisationNumber',
        'isOrganisationNumber',
        'isSyntheticOrganisation',
      ],
      clock: ['Clock', 'SettableClock', 'systemClock', 'tickingClock', 'stillClock'],
    },
    why: 'a double that shares code with what it tests agrees with its mistakes, date arithmetic above all',
  },
  {
    name: 'gateway',
    may: [...BASICS, ...ROOMS_OF_THE_GATEWAY],
    mayAsTypes: [],
    why: 'the composition root knows every room but the one that pretends',
  },
  {
    name: 'index',
    may: ['gateway', 'config', 'log'],
    mayAsTypes: [...BASICS, ...ROOMS_OF_THE_GATEWAY],
    why: 'embedders get the gateway, what it is made from, and nothing to reach past it',
  },
  {
    name: 'standalone',
    may: [...BASICS, 'gateway', 'config', 'sandbox'],
    mayAsTypes: [],
    why: 'it is the only place that knows gateway and sandbox both',
  },
  {
    name: 'demo',
    may: ['log', 'sandbox', 'standalone'],
    mayAsTypes: [],
    why: 'it tells a story through addresses alone, as anybody could',
  },
  {
    name: 'doctor',
    may: [
      ...BASICS,
      'upstream',
      'maskinporten',
      'altinn',
      'gateway-suppliers',
      'gateway-maskinporten',
      'gateway-upstreams',
    ],
    mayAsTypes: ['config'],
    why: 'it goes the gateway’s own way to the upstreams, and knows nobody’s consents, reads or records',
  },
  {
    name: 'import',
    may: [...BASICS, 'gateway', 'config'],
    mayAsTypes: [],
    why: 'it reads a list and tells results; what becomes of a consent is decided behind the gateway',
  },
  { name: 'welcome', may: [], mayAsTypes: [], why: 'it is text' },
  {
    name: 'cli',
    may: [...BASICS, 'gateway', 'config', 'standalone', 'demo', 'doctor', 'import', 'welcome'],
    mayAsTypes: [],
    why: 'it parses arguments, loads the configuration, calls, and sets the exit code',
  },
  { name: 'graphiql', may: [], mayAsTypes: [], why: 'it runs in a browser, outside the house' },
];

/**
 * The room a file of `src/` belongs to: its folder, or at the top its name, where `config-schema.ts` belongs to `config`.
 * Undefined when there is no such room.
 */
export function roomOf(path: string): Room | undefined {
  const [, first = '', second] = path.split('/');
  const name = second === undefined ? first.replace(/\.ts$/, '').replace(/-.*$/, '') : first;
  return ROOMS.find((room) => room.name === name);
}
