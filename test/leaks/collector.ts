import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../src/config.ts';
import { CAST } from '../../src/sandbox/cast.ts';
import type { Transport } from '../../src/upstream.ts';
import type { World } from '../support/world.ts';
import type { Place, Planted } from './search.ts';

/** Gathers, while a world runs, everything that must never come to light, and everything that came out of the gateway. */
export interface Collector {
  /** Stands between gateway and doubles, and notes what passes. */
  readonly transport: (doubles: Transport) => Transport;
  /** Notes the keys that a gateway is configured with. */
  readonly config: (config: Config) => Config;
  plant(name: string, value: string): void;
  planted(): readonly Planted[];
  /** Notes something that came out. */
  saw(where: string, text: string): void;
  places(): readonly Place[];
}

export function createCollector(): Collector {
  const planted = new Map<string, string>();
  const places: Place[] = [];
  const plant = (name: string, value: string | undefined) => {
    if (value !== undefined && value.length > 8 && !planted.has(value)) planted.set(value, name);
  };
  /** A token whole, and each of its parts, any of which says too much. */
  const plantToken = (name: string, token: string | undefined) => {
    plant(name, token);
    for (const part of token?.split('.').slice(1) ?? []) plant(`part of ${name}`, part);
  };

  for (const { id, nationalId } of CAST) plant(`the national id of ${id}`, nationalId);

  return {
    plant,
    planted: () => [...planted].map(([value, name]) => ({ name, value })),
    saw: (where, text) => void places.push({ where, text }),
    places: () => places,
    config(config) {
      const clients = [config.supplier, ...config.dataConsumers].flatMap((each) => each?.client ?? []);
      for (const { privateKey } of clients.flatMap(({ credentials }) => credentials)) {
        const body = privateKey
          .reveal()
          .replaceAll(/-----[A-Z ]+-----/g, '')
          .trim();
        plant('a private key, PEM', body);
        // The first line holds the version and the algorithm, the same in every key.
        for (const line of body.split('\n').slice(1, -1)) plant('a line of a private key', line);
      }
      for (const { altinn2 } of config.dataConsumers) plant('an ApiKey', altinn2?.apiKey.reveal());
      return config;
    },
    transport: (doubles) => async (request) => {
      plantToken('a grant', new URLSearchParams(request.body ?? '').get('assertion') ?? undefined);
      const asked = membersOf(request.body ?? '');
      plant('the id of a consent at Altinn', asked['id']);
      plant('a return reference', asked['redirecturl']?.split('/').at(-1));
      const answer = await doubles(request);
      const text = new TextDecoder().decode(answer.body);
      const said = membersOf(text);
      plantToken('an access token', said['access_token']);
      plant('the address of a consent page', said['viewuri']);
      if (said['authorizationcode'] !== undefined) {
        plant('the id of a consent at Altinn', said['authorizationcode']);
        plant('the address of a consent page', `/request?id=${said['authorizationcode']}`);
      }
      if (request.url.includes('/authorization/token/')) plantToken('a consent token', /^"(ey.+)"$/.exec(text)?.[1]);
      return answer;
    },
  };
}

/** Notes the keys that only the sandbox and the store hold. */
export function plantKeys(collector: Collector, world: World): void {
  for (const { privateJwk } of world.sandbox.clients) {
    for (const part of ['d', 'p', 'q', 'dp', 'dq', 'qi'] as const)
      collector.plant(`part ${part} of a private key`, String(privateJwk[part]));
  }
  const { keys, identityKey } = JSON.parse(readFileSync(join(world.directory, 'keys.json'), 'utf8')) as {
    keys: { key: string }[];
    identityKey: string;
  };
  for (const key of [...keys.map(({ key: each }) => each), identityKey]) {
    collector.plant('a key of the store', key);
    collector.plant('a key of the store, as bytes', Buffer.from(key, 'base64').toString('latin1'));
  }
}

/** Notes every byte of what lies in the gateway's directory, but for the key file. */
export function sawFiles(collector: Collector, directory: string, when: string): void {
  for (const file of readdirSync(directory)) {
    if (file === 'keys.json' || !existsSync(join(directory, file))) continue;
    const bytes = readFileSync(join(directory, file));
    collector.saw(`${file} ${when}`, bytes.toString('latin1'));
    // Text in UTF-16 would hide from a search for single bytes.
    collector.saw(`${file} ${when}, without zeros`, Buffer.from(bytes.filter((byte) => byte !== 0)).toString('latin1'));
  }
}

/** The texts among the members of an object in JSON, by name in lower case: Altinn 2 writes names in two casings. */
function membersOf(json: string): Readonly<Record<string, string>> {
  const object = jsonOf(json);
  if (typeof object !== 'object' || object === null) return {};
  const texts = Object.entries(object).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(texts.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
