import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withConsent } from '../../src/access/returns.ts';
import { B, later, START } from '../contracts/remembered.ts';
import type { Scene } from '../support/ports.ts';
import { fault, openScene } from '../support/ports.ts';

function comesBack(scene: Scene, reference: string) {
  return scene.access.returned(reference, randomUUID(), new AbortController().signal);
}

describe('a person who comes back from Altinn', () => {
  it('goes on to the stored address, and what they answered is known by then', async () => {
    const scene = openScene();
    const consent = await scene.asked();
    scene.says(consent, 'ACTIVE');
    expect(await comesBack(scene, consent.returnReference)).toBe(`https://insurer.example/back?consent=${consent.id}`);
    expect(await scene.stored(consent)).toMatchObject({ status: 'ACTIVE' });
  });

  it('with an unknown reference goes nowhere, and nobody is asked', async () => {
    const scene = openScene();
    await scene.asked();
    expect(await comesBack(scene, 'unknown')).toBeUndefined();
    expect(scene.count('rail.lookup')).toBe(0);
  });

  it('goes nowhere when the address is registered no more, or the data consumer gone', async () => {
    const scene = openScene();
    const moved = await scene.asked({ returnUrl: 'https://sold.example/back' });
    const gone = await scene.asked({ applicant: scene.applicant(0, B) });
    expect(await comesBack(scene, moved.returnReference)).toBeUndefined();
    expect(await comesBack(scene, gone.returnReference)).toBeUndefined();
    expect(scene.count('rail.lookup')).toBe(0);
  });

  it('many times within ten seconds goes on every time, and Altinn is asked once', async () => {
    const scene = openScene();
    const [consent, other] = [await scene.asked(), await scene.asked({ applicant: scene.applicant(1) })];
    const targets = await Promise.all([1, 2, 3].map(() => comesBack(scene, consent.returnReference)));
    expect(new Set(targets)).toEqual(new Set([`https://insurer.example/back?consent=${consent.id}`]));
    scene.clock.set(new Date(START.getTime() + 9_999));
    await comesBack(scene, consent.returnReference);
    expect(scene.count('rail.lookup')).toBe(1);
    await comesBack(scene, other.returnReference);
    expect(scene.count('rail.lookup')).toBe(2);
    scene.clock.set(new Date(START.getTime() + 10_000));
    await comesBack(scene, consent.returnReference);
    expect(scene.count('rail.lookup')).toBe(3);
  });

  it('is asked about again when the clock was set back', async () => {
    const scene = openScene();
    const consent = await scene.asked();
    scene.clock.set(later(1));
    await comesBack(scene, consent.returnReference);
    scene.clock.set(START);
    await comesBack(scene, consent.returnReference);
    expect(scene.count('rail.lookup')).toBe(2);
  });

  it.each(['ALTINN_UNAVAILABLE', 'ALTINN_REJECTED', 'MASKINPORTEN_UNAVAILABLE'] as const)(
    'goes on though Altinn could not be asked (%s), and the consent stays as it was',
    async (code) => {
      const scene = openScene();
      const consent = await scene.asked();
      scene.before.set('rail.lookup', () => {
        throw fault(code);
      });
      expect(await comesBack(scene, consent.returnReference)).toContain(consent.id);
      expect(await scene.stored(consent)).toEqual(consent);
    },
  );

  it('goes on though the rail is not configured any more', async () => {
    const scene = openScene();
    const consent = await scene.asked({ rail: 'ALTINN_2' });
    expect(await comesBack(scene, consent.returnReference)).toContain(consent.id);
  });

  it('is not sent on when the gateway itself fails', async () => {
    const scene = openScene();
    const consent = await scene.asked();
    scene.before.set('store.change', () => {
      throw new Error('the disk is full');
    });
    await expect(comesBack(scene, consent.returnReference)).rejects.toThrow('the disk is full');
  });
});

describe('the address with the consent', () => {
  it.each([
    ['https://a.example', 'https://a.example?consent=7'],
    ['https://a.example/b', 'https://a.example/b?consent=7'],
    ['https://a.example/b?', 'https://a.example/b?&consent=7'],
    ['https://A.example:443/b?x=%20+1&y=%zz', 'https://A.example:443/b?x=%20+1&y=%zz&consent=7'],
    ['https://a.example/b#/case', 'https://a.example/b#/case?consent=7'],
    ['https://a.example/b?x=1#/case', 'https://a.example/b?x=1#/case?consent=7'],
    ['https://a.example/b#/case?tab=2', 'https://a.example/b#/case?tab=2&consent=7'],
    ['https://a.example/søk?é=ž', 'https://a.example/s%C3%B8k?%C3%A9=%C5%BE&consent=7'],
    ['https://a.example/b?x=\ud800', 'https://a.example/b?x=%EF%BF%BD&consent=7'],
    ['https://a.example/b?x=\u{1F9E1}', 'https://a.example/b?x=%F0%9F%A7%A1&consent=7'],
  ])('of %s is %s', (returnUrl, expected) => {
    expect(withConsent(returnUrl, '7')).toBe(expected);
  });

  it('is where a browser would go, can stand in a header, and carries the consent once more', () => {
    fc.assert(
      fc.property(
        fc.webUrl({ withQueryParameters: true }),
        fc.string({ unit: 'binary', maxLength: 6 }),
        (address, text) => {
          const returnUrl = `${address}${address.includes('?') ? '&' : '?'}q=${text.replaceAll(/[\s#\\\p{Cc}]/gu, '')}`;
          const target = withConsent(returnUrl, '7');
          expect(target).toMatch(/^[\x21-\x7e]+$/);
          expect(new URL(target).href).toBe(new URL(`${returnUrl}&consent=7`).href);
        },
      ),
    );
  });
});
