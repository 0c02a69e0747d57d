import type { KeyvStoreAdapter } from 'keyv';
import { describe, expect, it } from 'vitest';
import { stillClock } from '../../src/clock.ts';
import { openTokenCache } from '../../src/store/tokens.ts';
import { Secret } from '../../src/values.ts';

const START = new Date('2026-11-16T09:00:00.000Z');
const inSeconds = (seconds: number) => new Date(START.getTime() + seconds * 1000);
const entry = (seconds = 29) => ({
  token: new Secret('eyJ.token', 'access token'),
  expiresAt: inSeconds(seconds),
  fetchedAt: START,
});

describe('the token cache', () => {
  it('gives a token back as it was fetched, under its own key only', async () => {
    const cache = openTokenCache({ clock: stillClock(START) });
    await cache.set('a', entry());
    const found = await cache.get('a');
    expect(found?.token.reveal()).toBe('eyJ.token');
    expect(found).toMatchObject({ expiresAt: inSeconds(29), fetchedAt: START });
    expect(await cache.get('b')).toBeUndefined();
    await cache.delete('a');
    expect(await cache.get('a')).toBeUndefined();
  });

  it('judges a token’s end by the injected clock, to the millisecond', async () => {
    const clock = stillClock(START);
    const cache = openTokenCache({ clock });
    await cache.set('a', entry(29));
    clock.set(new Date(inSeconds(29).getTime() - 1));
    expect(await cache.get('a')).toBeDefined();
    clock.set(inSeconds(29));
    expect(await cache.get('a')).toBeUndefined();
    await cache.set('b', entry(29));
    clock.set(START);
    expect(await cache.get('b')).toBeUndefined();
  });

  it('costs a fetch and no request when the storage fails, and says so', async () => {
    const broken: KeyvStoreAdapter = {
      opts: {},
      get: () => Promise.reject(new Error('get')),
      set: () => Promise.reject(new Error('set')),
      delete: () => Promise.reject(new Error('delete')),
      clear: () => Promise.resolve(),
      on: () => broken,
    };
    const failures: unknown[] = [];
    const cache = openTokenCache({
      clock: stillClock(START),
      storage: broken,
      onFailure: (failure) => failures.push(failure),
    });
    await cache.set('a', entry());
    expect(await cache.get('a')).toBeUndefined();
    await cache.delete('a');
    expect(failures.map(String)).toEqual(['Error: set', 'Error: get', 'Error: delete']);
    const silent = openTokenCache({ clock: stillClock(START), storage: broken });
    expect(await silent.get('a')).toBeUndefined();
  });

  it('takes an entry that another program wrote for none, and reports it without its content', async () => {
    const storage = new Map<string, unknown>([
      ['tokens:a', JSON.stringify({ value: { token: 7, secret: 'eyJ.token' } })],
    ]);
    const failures: unknown[] = [];
    const cache = openTokenCache({ clock: stillClock(START), storage, onFailure: (failure) => failures.push(failure) });
    expect(await cache.get('a')).toBeUndefined();
    expect(failures).toHaveLength(1);
    expect(String(failures[0])).not.toContain('eyJ');
  });
});
