import { describe, expect, it } from 'vitest';
import { maskedConfig } from '../../src/config.ts';
import type { Json } from '../config/files.ts';
import { configOf, example, mistakesOf, secrets } from '../config/files.ts';

const KEY = '3f0a4d55-9a1e-4c05-b5a7-5a1c1c6a0f11';
const from = { env: { ...secrets.env, API_KEY: KEY } };

/** An example whose first data consumer has an ApiKey. */
function withKey(profile: string, change: Json = {}, apiKey: unknown = { env: 'API_KEY' }): Json {
  const json = example(profile);
  const [first, ...others] = json['dataConsumers'] as Json[];
  return { ...json, dataConsumers: [{ ...first, altinn2: { apiKey } }, ...others], ...change };
}

describe('Altinn 2 in the configuration', () => {
  it.each([
    ['test', 'https://tt02.altinn.no'],
    ['production', 'https://www.altinn.no'],
  ])('gets the documented host, service and names in profile %s', (profile, baseUrl) => {
    expect(configOf(example(profile)).altinn2).toEqual({
      baseUrl,
      service: { code: '5252', edition: 2 },
      metadataKeys: { fom: 'fraOgMed', tom: 'tilOgMed', name: 'Navn' },
      scopes: {
        read: 'altinn:consentrequests.read',
        write: 'altinn:consentrequests.write',
        readTokens: 'altinn:consenttokens.read',
        writeTokens: 'altinn:consenttokens.write',
      },
    });
  });

  it('needs nothing where no data consumer has an ApiKey, and new requests go to Altinn 3', () => {
    const { altinn2, consent, dataConsumers } = configOf(example('sandbox'));
    expect([altinn2.baseUrl, dataConsumers[0]?.altinn2, consent.newRequests]).toEqual([
      undefined,
      undefined,
      'ALTINN_3',
    ]);
  });

  it('keeps the ApiKey, which never prints, without the line end of its file', () => {
    const json = withKey('test', {}, { file: 'api-key' });
    const config = configOf(json, { ...from, files: { ...secrets.files, 'api-key': `${KEY}\n` } });
    expect(config.dataConsumers[0]?.altinn2?.apiKey.reveal()).toBe(KEY);
    expect(maskedConfig(config)).not.toContain(KEY);
  });

  it.each([
    ['a literal', KEY],
    ['several words', { env: 'WORDS' }],
    ['too little', { env: 'SHORT' }],
  ])('refuses %s as ApiKey, and does not repeat it', (_, apiKey) => {
    const env = { ...from.env, WORDS: 'several words', SHORT: 'short' };
    const mistakes = mistakesOf(withKey('test', {}, apiKey), { env });
    expect(mistakes.map(({ path }) => path)).toEqual(['dataConsumers[0].altinn2.apiKey']);
    expect(JSON.stringify(mistakes)).not.toMatch(/3f0a4d55|several words"|"short"/);
  });

  it('refuses an ApiKey of the sandbox in production', () => {
    const env = { ...from.env, API_KEY: 'sandbox-key-of-a' };
    expect(mistakesOf(withKey('production'), { env })).toMatchObject([{ path: 'dataConsumers[0].altinn2.apiKey' }]);
    expect(mistakesOf(withKey('test'), { env })).toEqual([]);
  });

  it.each([
    ['a test environment', 'https://tt02.altinn.no'],
    ['plain http', 'http://www.altinn.no'],
  ])('refuses %s as host in production', (_, baseUrl) => {
    expect(mistakesOf({ ...example('production'), altinn2: { baseUrl } })).toMatchObject([{ path: 'altinn2.baseUrl' }]);
  });

  it('misses the host where somebody has an ApiKey and no host is documented', () => {
    expect(mistakesOf(withKey('sandbox'), from)).toEqual([{ path: 'altinn2.baseUrl', message: 'is missing' }]);
    expect(mistakesOf(withKey('sandbox', { altinn2: { baseUrl: 'http://127.0.0.1:4107' } }), from)).toEqual([]);
  });

  it('misses the ApiKey of each data consumer whose new requests go there', () => {
    const change = { consent: { newRequests: 'ALTINN_2' } };
    expect(mistakesOf(withKey('test', change), from)).toEqual([
      { path: 'dataConsumers[1].altinn2', message: 'is missing: new requests go to Altinn 2' },
    ]);
    expect(configOf(withKey('production', change), from).consent.newRequests).toBe('ALTINN_2');
  });
});
