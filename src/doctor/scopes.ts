import type { Config } from '../config.ts';
import type { Actor } from '../gateway-suppliers.ts';

/** A place at NAV where a source is read. */
export interface Source {
  readonly name: Config['dataConsumers'][number]['sources'][number];
  readonly baseUrl: string;
  readonly path: string;
  readonly scope: string;
}

/** The sources that a data consumer may read, and where. */
export function sourcesOf({ nav }: Config, { sources }: Config['dataConsumers'][number]): readonly Source[] {
  const { aap, uforeopplysninger } = nav;
  const all: readonly Source[] = [
    { ...aap, name: 'AAP_VEDTAK', path: aap.vedtakPath },
    { ...aap, name: 'AAP_MELDEKORT', path: aap.meldekortPath },
    { ...uforeopplysninger, name: 'UFOREOPPLYSNINGER' },
  ];
  return all.filter(({ name }) => sources.includes(name));
}

/** Whether a data consumer is served on Altinn 2, by its own ApiKey or the supplier's. */
export function usesAltinn2({ altinn2 }: Config, actor: Actor): boolean {
  return actor.altinn2 !== undefined && altinn2.baseUrl !== undefined;
}

/** The scopes that the gateway asks for on behalf of a data consumer: each once, Altinn's first. */
export function scopesOf(
  config: Config,
  dataConsumer: Config['dataConsumers'][number],
  actor: Actor,
): readonly string[] {
  const { read, write, readTokens, writeTokens } = config.altinn2.scopes;
  // The ApiKey alone is enough for consent tokens, unless a supplier has to prove its delegation.
  const ofAltinn2 = actor.delegation === undefined ? [read, write] : [read, write, readTokens, writeTokens];
  return [
    ...new Set([
      config.altinn3.scopes.read,
      config.altinn3.scopes.write,
      ...(usesAltinn2(config, actor) ? ofAltinn2 : []),
      ...sourcesOf(config, dataConsumer).map(({ scope }) => scope),
    ]),
  ];
}
