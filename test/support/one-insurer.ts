import { GATEWAY_AUDIENCE } from '../../src/sandbox/callers.ts';
import type { MaskinportenClient } from '../../src/sandbox/maskinporten-state.ts';
import type { Origins } from '../../src/sandbox/upstreams.ts';

/**
 * The configuration file, as JSON, of a gateway process that serves one insurer against doubles elsewhere, on a free port.
 * Its secret is read from the environment: see {@link environmentOf}.
 */
export function configOf(client: MaskinportenClient | undefined, origins: Origins, directory: string): object {
  return {
    profile: 'sandbox',
    nav: { aap: { baseUrl: origins.aap }, uforeopplysninger: { baseUrl: `${origins.uforeopplysninger}/dsop-ufo` } },
    altinn3: { baseUrl: origins.altinn3 },
    maskinporten: { issuer: `${origins.maskinporten}/`, tokenEndpoint: `${origins.maskinporten}/token` },
    dataConsumers: [
      {
        organisationNumber: client?.organisation,
        name: 'Insurer A',
        client: { clientId: client?.clientId, keys: [{ kid: client?.kid, privateKey: { env: 'CLIENT_KEY' } }] },
        purposes: ['DISABILITY_INSURANCE'],
        returnUrls: [`${origins.control}/`],
      },
    ],
    callers: {
      issuers: [{ issuer: origins.callers, audience: GATEWAY_AUDIENCE, jwksUri: `${origins.callers}/jwks` }],
    },
    store: { directory },
    server: { port: 0 },
  };
}

/** What such a process is to find in its environment. */
export function environmentOf(client: MaskinportenClient | undefined): Record<string, string> {
  return { CLIENT_KEY: JSON.stringify(client?.privateJwk) };
}
