import type { Config } from '../../src/config.ts';

/** The configuration of a supplier that acts for every data consumer: none has a client or an ApiKey of its own. */
export function supplied(config: Config): Config {
  return { ...config, dataConsumers: config.dataConsumers.map(({ client: _, altinn2: __, ...each }) => each) };
}
