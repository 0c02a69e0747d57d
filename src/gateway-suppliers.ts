import type { Config } from './config.ts';
import type { Altinn2Access } from './config-altinn2.ts';
import type { ConfiguredClient } from './config-client.ts';
import type { OrganisationNumber } from './values.ts';

/** Who goes to Maskinporten and Altinn 2 for a data consumer. */
export interface Actor {
  readonly organisationNumber: OrganisationNumber;
  readonly client: ConfiguredClient;
  /** Undefined: nobody goes to Altinn 2 for it. */
  readonly altinn2: Altinn2Access | undefined;
  /** Undefined: the data consumer acts for itself, also where it is the supplier of others. */
  readonly delegation: { readonly consumer: OrganisationNumber; readonly supplier: OrganisationNumber } | undefined;
}

/** Tells who acts for a data consumer: itself when it has a client, and otherwise the supplier. */
export function actorFor(
  { supplier }: Pick<Config, 'supplier'>,
  { organisationNumber, client, altinn2 }: Config['dataConsumers'][number],
): Actor {
  if (client !== undefined) return { organisationNumber, client, altinn2, delegation: undefined };
  if (supplier === undefined) throw new Error('a data consumer without a client is configured with a supplier only');
  // Maskinporten refuses an organisation that acts on behalf of itself.
  const isItself = supplier.organisationNumber === organisationNumber;
  const delegation = isItself ? undefined : { consumer: organisationNumber, supplier: supplier.organisationNumber };
  return { ...supplier, altinn2: supplier.altinn2, delegation };
}
