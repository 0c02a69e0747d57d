import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Config, Mistake } from '../../src/config.ts';
import { readConfig } from '../../src/config.ts';
import keystores from '../fixtures/keystores.json' with { type: 'json' };

export type Json = Record<string, unknown>;

/** A private RSA key made for this run of the tests. */
export const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** A sound key file of the store. */
export const keyFile = {
  active: 'k2',
  keys: [
    { id: 'k1', key: randomBytes(32).toString('base64') },
    { id: 'k2', key: randomBytes(32).toString('base64') },
  ],
  identityKey: randomBytes(32).toString('base64'),
};

/** What the examples' references point to. */
export const secrets: { env: Record<string, string>; files: Record<string, string> } = {
  env: {
    FORSIKRING_A_KEY: pem,
    PENSJON_B_KEY: pem,
    SUPPLIER_KEY_2026: pem,
    SUPPLIER_KEY_2027: pem,
    FORSIKRING_A_PASSPHRASE: 'correct-horse',
    FORSIKRING_A_API_KEY: 'api-key-of-forsikring-a',
  },
  files: {
    'keys/forsikring-a.pem': pem,
    '/run/secrets/forsikring-a.pem': pem,
    'keys/forsikring-a.p12': keystores.aes,
    'keys/altinn2-api-key': 'api-key-of-the-supplier\n',
    'keys/store.json': JSON.stringify(keyFile),
    '/run/secrets/store-keys.json': JSON.stringify(keyFile),
  },
};

export function example(profile: string): Json {
  return JSON.parse(readFileSync(new URL(`../../docs/config/${profile}.json`, import.meta.url), 'utf8'));
}

/** An example, or what was made of one, with one setting changed (undefined: taken out); `path` as in a mistake: `dataConsumers[0].name`. */
export function changed(profile: string, path: string, value: unknown, json: Json = example(profile)): Json {
  const steps = path.split(/[.[\]]+/).filter((step) => step !== '');
  const last = steps.pop() ?? '';
  let at: Json = json;
  for (const step of steps) {
    at[step] ??= {};
    at = at[step] as Json;
  }
  if (value === undefined) delete at[last];
  else at[last] = value;
  return json;
}

export function read(json: unknown, { env = secrets.env, files = secrets.files } = {}) {
  return readConfig({
    text: typeof json === 'string' ? json : JSON.stringify(json),
    env,
    readFile: (path) => {
      const text = files[path];
      if (text === undefined)
        throw Object.assign(new Error(`ENOENT: no such file, open '${path}'`), { code: 'ENOENT' });
      return text;
    },
    directory: '/srv/gateway',
  });
}

export function configOf(json: unknown, from?: Parameters<typeof read>[1]): Config {
  const answer = read(json, from);
  if ('mistakes' in answer) throw new Error(JSON.stringify(answer.mistakes));
  return answer.config;
}

export function mistakesOf(json: unknown, from?: Parameters<typeof read>[1]): readonly Mistake[] {
  const answer = read(json, from);
  return 'mistakes' in answer ? answer.mistakes : [];
}
