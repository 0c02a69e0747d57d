import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { NavSource } from '../../src/access/ports.ts';
import type { SourceName } from '../../src/benefits/index.ts';
import type { NavEndpoint } from '../../src/nav/ask.ts';
import { civilDate } from '../../src/periode.ts';
import { Secret } from '../../src/values.ts';
import type { Happening } from '../support/scripted.ts';
import { answer, failure, script, wayOut } from '../support/scripted.ts';
import { aNavRequest, nationalIdOf } from '../support/way-out.ts';

/** A source as its tests need it. */
export interface SourceUnderTest<N extends SourceName> {
  readonly name: N;
  readonly make: (endpoint: NavEndpoint) => NavSource<N>;
  /** An answer of NAV's that shows rows, as JSON; each time another object. */
  readonly body: () => object;
}

/** What every source promises, whatever it reads. */
export function navSourceContract<N extends SourceName>({ name, make, body }: SourceUnderTest<N>): void {
  const PERSON = nationalIdOf('P04');

  function over(happening: Happening, change: Partial<NavEndpoint> = {}) {
    const { transport, requests } = script(happening);
    const { upstream, events } = wayOut(transport, { baseUrl: 'https://nav.example/base' });
    const source = make({ upstream, path: '/some/path', personHeader: 'X-Person', scope: 'nav:some/scope', ...change });
    return { source, requests, events };
  }

  describe(`what every source promises: ${name}`, () => {
    it('has the name of its field and the scope that opens it', () => {
      expect(over(answer(200)).source).toMatchObject({ name, scope: 'nav:some/scope' });
    });

    it('asks at the configured path, the person’s number in the configured header and nowhere else', async () => {
      const { source, requests } = over(answer(200, body()));
      const request = aNavRequest({
        person: PERSON,
        headers: {
          authorization: new Secret('Bearer t', 'bearer'),
          'nav-samtykke-token': new Secret('second', 'consent token'),
        },
      });
      await source.fetch(request);
      expect(requests).toMatchObject([{ method: 'GET', url: 'https://nav.example/base/some/path' }]);
      expect(requests[0]?.body).toBeUndefined();
      expect(requests[0]?.headers).toEqual({
        'accept-encoding': 'identity',
        accept: 'application/json',
        authorization: 'Bearer t',
        'nav-samtykke-token': 'second',
        'X-Person': PERSON.reveal(),
        'nav-call-id': request.callId,
        'x-request-id': request.callId,
      });
    });

    it.each([
      [null, null, ''],
      ['2024-01-01', null, '?fomDato=2024-01-01'],
      [null, '2024-12-31', '?tomDato=2024-12-31'],
      ['2024-01-01', '2024-12-31', '?fomDato=2024-01-01&tomDato=2024-12-31'],
    ])('asks for the ends it is given, %s and %s, and leaves the others to NAV', async (fom, tom, query) => {
      const { source, requests } = over(answer(200, body()));
      const date = (text: string | null) => (text === null ? null : civilDate(text));
      await source.fetch(aNavRequest({ periode: { fom: date(fom), tom: date(tom) } }));
      expect(requests[0]?.url).toBe(`https://nav.example/base/some/path${query}`);
    });

    it('reads what NAV says, and reports nothing', async () => {
      const { source, events } = over(answer(200, body()));
      expect(await source.fetch(aNavRequest())).toMatchObject({
        answer: expect.any(Object),
        drift: { invalidated: 0, outside: 0, unknownCodes: [] },
      });
      expect(events).toEqual([]);
    });

    it('ignores fields that NAV adds, anywhere', async () => {
      const plain = await over(answer(200, body())).source.fetch(aNavRequest());
      expect(await over(answer(200, enriched(body()))).source.fetch(aNavRequest())).toEqual(plain);
    });

    it('decides nothing on a 403', async () => {
      const { source, events, requests } = over(answer(403, { message: PERSON.reveal() }));
      expect(await source.fetch(aNavRequest())).toEqual({ refused: { upstream: 'nav', status: 403 } });
      expect(requests).toHaveLength(1);
      expect(events).toEqual([
        { event: 'upstream failed', callId: aNavRequest().callId, evidence: { upstream: 'nav', status: 403 } },
      ]);
    });

    it.each<[string, Happening, string, number]>([
      ['400', answer(400, PERSON.reveal()), 'NAV_REFUSED', 1],
      ['401', answer(401, PERSON.reveal()), 'NAV_REFUSED', 1],
      ['404', answer(404), 'NAV_REFUSED', 1],
      ['429', answer(429), 'NAV_UNAVAILABLE', 3],
      ['500', answer(500, PERSON.reveal()), 'NAV_UNAVAILABLE', 1],
      ['503', answer(503), 'NAV_UNAVAILABLE', 3],
      ['a lost connection', failure('ECONNRESET', PERSON.reveal()), 'NAV_UNAVAILABLE', 1],
      ['a page', answer(200, `<html>${PERSON.reveal()}</html>`), 'NAV_UNREADABLE', 1],
      ['half an answer', answer(200, `{"status":"${PERSON.reveal()}`), 'NAV_UNREADABLE', 1],
      ['an empty object', answer(200, {}), 'NAV_UNREADABLE', 1],
      ['null', answer(200, 'null'), 'NAV_UNREADABLE', 1],
      ['nothing', answer(204), 'NAV_UNREADABLE', 1],
    ])(
      'fails in a coded way on %s, logged once, without a word of NAV’s, each attempt counted',
      async (_, happening, code, attempts) => {
        const { source, events } = over(happening);
        let counted = 0;
        const error: unknown = await source
          .fetch(
            aNavRequest({
              onAttempt: () => {
                counted += 1;
              },
            }),
          )
          .catch((reason: unknown) => reason);
        expect(error).toMatchObject({ code, evidence: { upstream: 'nav' } });
        expect(counted).toBe(attempts);
        expect(events).toHaveLength(1);
        expect(inspect([error, events], { depth: 9, showHidden: true })).not.toContain(PERSON.reveal());
      },
    );
  });
}

/** The same JSON with a further member in every object. */
function enriched(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(enriched);
  if (typeof value !== 'object' || value === null) return value;
  return {
    ...Object.fromEntries(Object.entries(value).map(([name, member]) => [name, enriched(member)])),
    nyttFelt: { kode: 'X' },
  };
}
