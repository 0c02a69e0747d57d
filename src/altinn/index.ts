import type { OpenRails, RequestScope } from '../access/ports.ts';
import type { Tokens } from '../maskinporten/tokens.ts';
import type { Altinn3Options } from './altinn3.ts';
import { openAltinn3 } from './altinn3.ts';

/** How the rails are reached; a rail without options is not served. */
export interface RailsOptions {
  readonly altinn3: Altinn3Options;
  /** The Maskinporten client of the data consumer a request is made for. */
  tokensFor(scope: RequestScope): Tokens;
}

/** The rails by name. Retiring one is deleting its line. */
export function createRails(options: RailsOptions): OpenRails {
  return (scope) => ({ ALTINN_3: openAltinn3(options.altinn3, options.tokensFor(scope), scope) });
}
