import type { Config } from '../config.ts';
import type { Actor } from '../gateway-suppliers.ts';

/** For whom tokens are asked. */
export interface Asked {
  readonly dataConsumer: Config['dataConsumers'][number];
  readonly actor: Actor;
  readonly scopes: readonly string[];
}

/** The data consumer as people know it: its name, and its number in brackets. */
export function nameOf({ dataConsumer: { name, organisationNumber } }: Asked): string {
  return `${name.nb} (${organisationNumber})`;
}
