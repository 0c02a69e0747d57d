import type { DataConsumer } from './access/ports.ts';
import type { Config } from './config.ts';
import type { ReadCaller } from './graphql/caller.ts';
import { createCallerReader } from './graphql/caller.ts';
import type { Dependency } from './host.ts';
import { createIssuerKeys } from './issuer-keys.ts';
import type { Transport } from './upstream.ts';
import type { OrganisationNumber } from './values.ts';

/** Whom the gateway lets in. Disposing of it lets go of the issuers' keys. */
export interface Callers extends Disposable {
  readonly read: ReadCaller;
  /** The keys of each issuer, without which its tokens cannot be judged. */
  readonly dependencies: readonly Dependency[];
}

/** Makes the reader of callers' tokens, with the keys of each configured issuer behind it. */
export function createCallers(
  { issuers }: Config['callers'],
  dataConsumers: ReadonlyMap<OrganisationNumber, DataConsumer>,
  transport: Transport,
): Callers {
  const known = issuers.map((issuer) => ({ issuer, keys: createIssuerKeys(issuer.jwksUri, transport) }));
  return {
    read: createCallerReader(
      known.map(({ issuer, keys }) => ({ ...issuer, keys: keys.get })),
      dataConsumers,
    ),
    dependencies: known.map(({ issuer: { issuer }, keys }) => ({
      name: `caller keys of ${issuer}`,
      check: keys.check,
    })),
    [Symbol.dispose]: () => {
      for (const { keys } of known) keys.close();
    },
  };
}
