import type { OpenRails, RequestScope } from '../access/ports.ts';
import type { Tokens } from '../maskinporten/tokens.ts';
import type { OrganisationNumber, Secret } from '../values.ts';
import type { Altinn2Options } from './altinn2.ts';
import { openAltinn2 } from './altinn2.ts';
import { createKeyWitness } from './altinn2-witness.ts';
import type { Altinn3Options } from './altinn3.ts';
import { openAltinn3 } from './altinn3.ts';

/** What the data consumers on Altinn 2 share, and the ApiKey of each; one without is not served there. */
export type Altinn2Shared = Omit<Altinn2Options, 'apiKey' | 'witness'> & {
  readonly apiKeys: ReadonlyMap<OrganisationNumber, Secret>;
};

/** How the rails are reached; a rail without options is not served. */
export interface RailsOptions {
  readonly altinn3: Altinn3Options;
  readonly altinn2?: Altinn2Shared | undefined;
  /** The Maskinporten client of the data consumer a request is made for. */
  tokensFor(scope: RequestScope): Tokens;
}

/** The rails by name. Retiring one is deleting its line. */
export function createRails({ altinn3, altinn2, tokensFor }: RailsOptions): OpenRails {
  const altinn2Of = altinn2 && perDataConsumer(altinn2);
  return (scope) => {
    const tokens = tokensFor(scope);
    const own = altinn2Of?.get(scope.dataConsumer.organisationNumber);
    return {
      ALTINN_3: openAltinn3(altinn3, tokens, scope),
      ...(own === undefined ? {} : { ALTINN_2: openAltinn2(own, tokens, scope) }),
    };
  };
}

function perDataConsumer({ apiKeys, ...common }: Altinn2Shared): ReadonlyMap<OrganisationNumber, Altinn2Options> {
  const ofOne = (apiKey: Secret) => ({ ...common, apiKey, witness: createKeyWitness(common.clock) });
  return new Map([...apiKeys].map(([organisationNumber, apiKey]) => [organisationNumber, ofOne(apiKey)]));
}
