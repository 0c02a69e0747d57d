import { z } from 'zod';
import type { Profile } from './config-profiles.ts';
import * as value from './config-values.ts';

/** GraphiQL in the browser. */
export interface GraphiqlConfig {
  readonly enabled: boolean;
  /** Undefined: tokens are typed in, there is no signing in. */
  readonly issuer: string | undefined;
  /** Undefined: the issuer's own. */
  readonly tokenOrigin: string | undefined;
  readonly clientId: string;
  readonly scope: string;
}

/** The section `graphiql` of the configuration file. */
export function graphiql(profile: Profile) {
  return z
    .strictObject({
      enabled: z
        .boolean()
        .default(profile !== 'production')
        .describe('Whether GraphiQL is served at `/graphiql`, from files built at install.'),
      issuer: value
        .callerIssuer(profile)
        .optional()
        .describe(
          'Issuer at which people sign in to GraphiQL, with authorization code and PKCE; one of `callers.issuers`. If left out, tokens are typed in.',
        ),
      tokenOrigin: value
        .origin(profile)
        .optional()
        .describe(
          'Scheme, host and port of that issuer’s token endpoint, where they are not the issuer’s own: GraphiQL’s page may call nobody else.',
        ),
      clientId: value
        .name(profile)
        .prefault('graphiql')
        .describe('Public client of GraphiQL at that issuer; it returns to `/graphiql/` of the public address.'),
      scope: value.words().prefault('openid').describe('Scopes that GraphiQL asks for when a person signs in.'),
    })
    .prefault({});
}
