/** The parties of the sandbox, in the order of their ports: one port each, from `SANDBOX_PORT` on. */
export const UPSTREAMS = [
  'control',
  'altinn3',
  'maskinporten',
  'aap',
  'uforeopplysninger',
  'callers',
  'nav',
  'altinn2',
] as const;

/** One of {@link UPSTREAMS}. `nav` is the person's page of who has looked; the data services are `aap` and `uforeopplysninger`. */
export type UpstreamKey = (typeof UPSTREAMS)[number];

/** Those that faults can be played on and that the journal knows: all but the sandbox's own hand. */
export const PLAYED_UPSTREAMS = [
  'altinn3',
  'maskinporten',
  'aap',
  'uforeopplysninger',
  'callers',
  'nav',
  'altinn2',
] as const;

/** One of {@link PLAYED_UPSTREAMS}. */
export type PlayedUpstream = (typeof PLAYED_UPSTREAMS)[number];

/** Where each party is found: scheme, host and port, without a path. */
export type Origins = Readonly<Record<UpstreamKey, string>>;
