import { describe, expect, it } from 'vitest';
import { SOURCE_NAMES } from '../../src/benefits/index.ts';
import { aapMeldekort, aapVedtak } from '../../src/nav/aap.ts';
import { createSources } from '../../src/nav/index.ts';
import { uforeopplysninger } from '../../src/nav/uforeopplysninger.ts';
import { civilDate } from '../../src/periode.ts';
import { navSourceContract } from '../contracts/nav-source.ts';
import { script, wayOut } from '../support/scripted.ts';
import { aConsent, aNavRequest, aWish, nationalIdOf, openWayOut } from '../support/way-out.ts';
import { meldekortBody, uforeBody, vedtakBody } from './bodies.ts';

navSourceContract({ name: 'aapVedtak', make: aapVedtak, body: vedtakBody });
navSourceContract({ name: 'aapMeldekort', make: aapMeldekort, body: meldekortBody });
navSourceContract({ name: 'uforeopplysninger', make: uforeopplysninger, body: uforeBody });

it('the register holds every source of the contract under its own name, with its own endpoint', () => {
  const { upstream } = wayOut(script().transport);
  const endpoint = (scope: string) => ({ upstream, path: '/', personHeader: 'fnr', scope });
  const sources = createSources({
    aapVedtak: endpoint('a'),
    aapMeldekort: endpoint('b'),
    uforeopplysninger: endpoint('c'),
  });
  expect(Object.keys(sources)).toEqual(SOURCE_NAMES);
  for (const name of SOURCE_NAMES) expect(sources[name].name).toBe(name);
  expect(Object.values(sources).map(({ scope }) => scope)).toEqual(['a', 'b', 'c']);
});

describe('over the sandbox', () => {
  /** P04's consent, opened for each source. */
  async function opened(periode = aConsent().periode) {
    const world = await openWayOut();
    const consent = aConsent({ periode });
    await world.rail().request(aWish(consent));
    world.sandbox.altinn3.register.accept(consent.railId.reveal(), nationalIdOf('P04').reveal());
    const rail = world.rail();
    const headersFor = async (name: (typeof SOURCE_NAMES)[number]) => {
      const seen = await rail.open(consent, world.sources[name]);
      if ('refused' in seen) throw new Error('refused');
      return seen.headers;
    };
    return { world, consent, headersFor };
  }

  it.each(SOURCE_NAMES)('%s is read without drift, and NAV traces one disclosure', async (name) => {
    const { world, headersFor } = await opened();
    let counted = 0;
    const onAttempt = () => {
      counted += 1;
    };
    const read = await world.sources[name].fetch(aNavRequest({ headers: await headersFor(name), onAttempt }));
    expect(read).toMatchObject({ drift: { invalidated: 0, outside: 0, unknownCodes: [] } });
    expect(counted).toBe(1);
    expect(world.sandbox.traces()).toHaveLength(1);
  });

  it.each(SOURCE_NAMES)(
    '%s about another person than the consent’s is refused, and nothing is traced',
    async (name) => {
      const { world, headersFor } = await opened();
      const request = aNavRequest({ person: nationalIdOf('P05'), headers: await headersFor(name) });
      expect(await world.sources[name].fetch(request)).toEqual({ refused: { upstream: 'nav', status: 403 } });
      expect(world.sandbox.traces()).toHaveLength(0);
    },
  );

  it.each(SOURCE_NAMES)('%s outside the consent’s period is refused', async (name) => {
    const { world, headersFor } = await opened();
    const request = aNavRequest({
      periode: { fom: civilDate('2021-12-31'), tom: null },
      headers: await headersFor(name),
    });
    expect(await world.sources[name].fetch(request)).toEqual({ refused: { upstream: 'nav', status: 403 } });
  });

  it.each(SOURCE_NAMES)('%s with a token that has expired is NAV_REFUSED', async (name) => {
    const { world, headersFor } = await opened();
    const headers = await headersFor(name);
    world.later(121_000);
    await expect(world.sources[name].fetch(aNavRequest({ headers }))).rejects.toMatchObject({
      code: 'NAV_REFUSED',
      evidence: { status: 401 },
    });
  });

  it('AAP that does not take Altinn 3 yet refuses, while uføre reads', async () => {
    const { world, headersFor } = await opened();
    world.sandbox.switches.aapRefusesAltinn3 = true;
    expect(await world.sources.aapVedtak.fetch(aNavRequest({ headers: await headersFor('aapVedtak') }))).toHaveProperty(
      'refused',
    );
    expect(
      await world.sources.uforeopplysninger.fetch(aNavRequest({ headers: await headersFor('uforeopplysninger') })),
    ).toHaveProperty('answer');
  });

  it('NAV that cannot trace delivers nothing: unavailable after three attempts, all counted', async () => {
    const { world, headersFor } = await opened();
    world.sandbox.switches.failingTrace = true;
    let counted = 0;
    const request = aNavRequest({
      headers: await headersFor('aapVedtak'),
      onAttempt: () => {
        counted += 1;
      },
    });
    await expect(world.sources.aapVedtak.fetch(request)).rejects.toMatchObject({
      code: 'NAV_UNAVAILABLE',
      evidence: { status: 503 },
    });
    expect(counted).toBe(3);
  });

  it.each(SOURCE_NAMES)('a code nobody knows does not cost the read: %s', async (name) => {
    const { world, headersFor } = await opened();
    world.sandbox.faults.add({
      upstream: name === 'uforeopplysninger' ? 'uforeopplysninger' : 'aap',
      kind: 'unknown-code',
    });
    const read = await world.sources[name].fetch(aNavRequest({ headers: await headersFor(name) }));
    expect(read).toMatchObject({
      drift: { unknownCodes: { aapVedtak: ['aktivitetsfase'], aapMeldekort: [], uforeopplysninger: ['status'] }[name] },
    });
  });

  it('rows that NAV did not filter are dropped and cut here, and counted as drift', async () => {
    const periode = { fom: civilDate('2024-01-01'), tom: civilDate('2024-12-31') };
    const { world, headersFor } = await opened(periode);
    const request = aNavRequest({
      headers: await headersFor('aapVedtak'),
      bounds: { consentPeriode: periode, uttrekksperiode: periode },
    });
    const filtered = await world.sources.aapVedtak.fetch(request);
    world.sandbox.switches.unfilteredRows = true;
    const unfiltered = await world.sources.aapVedtak.fetch(request);
    if ('refused' in filtered || 'refused' in unfiltered) throw new Error('refused');
    expect(unfiltered.answer).toEqual(filtered.answer);
    expect(unfiltered.drift.outside + unfiltered.drift.cut).toBeGreaterThan(0);
  });
});
