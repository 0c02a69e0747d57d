import type { Config } from './config.ts';
import { describeMistake, readConfig } from './config.ts';
import { GATEWAY_AUDIENCE } from './sandbox/callers.ts';
import { GRAPHIQL_CLIENT } from './sandbox/callers-state.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import type { Organisation } from './sandbox/world.ts';
import { NUMBERS, ORGANISATIONS } from './sandbox/world.ts';

/** How a gateway in front of a sandbox is configured. */
export interface SandboxConfigOptions {
  /** Port of the gateway; 0 takes a free one. */
  readonly port: number;
  readonly dataDirectory: string;
  /** The rail of new requests; Altinn 3 unless told. */
  readonly newRequests?: Config['consent']['newRequests'];
  /**
   * `A_AND_B`: the two insurers, each with a client of its own. `EVERYBODY`: every insurer of the sandbox, A and B by the
   * supplier; takes a moment longer, for a certificate is made.
   */
  readonly insurers: 'A_AND_B' | 'EVERYBODY';
}

type ShortName = Organisation['shortName'];

/**
 * The configuration of a gateway that stands in front of a sandbox: what an operator would write, with the sandbox's addresses
 * and keys.
 */
export function sandboxConfig(sandbox: Sandbox, options: SandboxConfigOptions): Config {
  const { origins } = sandbox;
  const secrets: Record<string, string> = {};
  /** Keeps a secret where the configuration may refer to it. */
  const kept = (name: string, secret: string | undefined) => {
    secrets[name] = secret ?? '';
    return { env: name };
  };

  const text = JSON.stringify({
    profile: 'sandbox',
    nav: {
      aap: { baseUrl: origins.aap },
      uforeopplysninger: { baseUrl: `${origins.uforeopplysninger}/dsop-ufo` },
    },
    altinn3: { baseUrl: origins.altinn3 },
    altinn2: { baseUrl: origins.altinn2 },
    maskinporten: { issuer: `${origins.maskinporten}/`, tokenEndpoint: `${origins.maskinporten}/token` },
    supplier: { organisationNumber: NUMBERS.supplier, ...withKey('supplier') },
    dataConsumers: ORGANISATIONS.filter(({ shortName }) => isServed(shortName)).map(
      ({ organisationNumber, shortName, name }) => ({
        organisationNumber,
        name,
        ...ownAccess(shortName),
        purposes: ['OCCUPATIONAL_PENSION', 'DISABILITY_INSURANCE'],
        returnUrls: [`${origins.control}/`],
      }),
    ),
    callers: {
      issuers: [
        { issuer: sandbox.callers.issuer, audience: GATEWAY_AUDIENCE, jwksUri: `${sandbox.callers.issuer}/jwks` },
      ],
    },
    consent: { newRequests: options.newRequests },
    graphiql: { issuer: sandbox.callers.issuer, clientId: GRAPHIQL_CLIENT },
    store: { directory: options.dataDirectory },
    server: { port: options.port },
  });
  const read = readConfig({
    text,
    env: secrets,
    readFile: () => {
      throw new Error('the sandbox keeps its keys in memory');
    },
  });
  if ('config' in read) return read.config;
  throw new Error(read.mistakes.map(describeMistake).join('; '));

  function isServed(shortName: ShortName): boolean {
    if (shortName === 'supplier') return false;
    return options.insurers === 'EVERYBODY' || shortName === 'A' || shortName === 'B';
  }

  /** What an organisation has itself; nothing: the supplier acts for it. */
  function ownAccess(shortName: ShortName): object {
    switch (shortName) {
      case 'C':
        return withCertificate(shortName);
      case 'E':
        return withKey(shortName);
      case 'D':
        return {};
      default:
        return options.insurers === 'EVERYBODY' ? {} : withKey(shortName);
    }
  }

  function withKey(shortName: ShortName): object {
    const client = sandbox.clients.find(({ organisation }) => organisation === NUMBERS[shortName]);
    const privateKey = kept(`KEY_${shortName}`, JSON.stringify(client?.privateJwk));
    const registeredOn = client?.registeredAt.slice(0, 10);
    const keys = [{ kid: client?.kid, privateKey, registeredOn }];
    return { client: { clientId: client?.clientId, keys }, altinn2: altinn2Of(shortName) };
  }

  function withCertificate(shortName: ShortName): object {
    const client = sandbox.maskinporten.certifiedClient(NUMBERS[shortName]);
    const chain = kept(`CHAIN_${shortName}`, client?.chain);
    const privateKey = kept(`KEY_${shortName}`, client?.privateKey);
    return {
      client: { clientId: client?.clientId, certificates: [{ chain, privateKey }] },
      altinn2: altinn2Of(shortName),
    };
  }

  function altinn2Of(shortName: ShortName): object {
    return { apiKey: kept(`API_KEY_${shortName}`, sandbox.apiKeys[NUMBERS[shortName]]) };
  }
}
