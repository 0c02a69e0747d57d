import { describe, expect, it } from 'vitest';
import type { FaultInput } from '../../src/sandbox/faults.ts';
import { refuseConsentsAtAap } from '../support/altinn.ts';
import type { Seen, World } from '../support/world.ts';
import { numberOf, openWorld, sharedWorld } from '../support/world.ts';

const CONSENT = 'query ($id: ID!) { consent(id: $id) { status changedAt endedAt } }';

const AAP_DELIVERED = {
  aapVedtak: { vedtaksliste: expect.any(Array) },
  aapMeldekort: { meldekortliste: expect.any(Array) },
};

/** The record of the read of one source that an answer is about. */
async function recordOf(world: World, seen: Seen, source: string) {
  const callId = seen.headers['x-request-id'];
  return (await world.audit('a')).find((record) => record.callId === callId && record.source === source);
}

describe('while uføreopplysninger', () => {
  const upstream = 'uforeopplysninger' as const;
  const outages: readonly [what: string, fault: FaultInput, code: string, attempts: number][] = [
    ['fails', { upstream, kind: 'status', status: 500 }, 'NAV_UNAVAILABLE', 1],
    ['is not available', { upstream, kind: 'status', status: 503 }, 'NAV_UNAVAILABLE', 3],
    ['asks for patience', { upstream, kind: 'status', status: 429 }, 'NAV_UNAVAILABLE', 3],
    ['answers with a page of a load balancer', { upstream, kind: 'html' }, 'NAV_UNAVAILABLE', 1],
    ['breaks the connection', { upstream, kind: 'reset' }, 'NAV_UNAVAILABLE', 1],
    ['does not know its own token', { upstream, kind: 'status', status: 401 }, 'NAV_REFUSED', 2],
    ['answers half a document', { upstream, kind: 'truncated' }, 'NAV_UNREADABLE', 1],
    ['answers with text', { upstream, kind: 'content', body: 'ok' }, 'NAV_UNREADABLE', 1],
    ['sends one elsewhere', { upstream, kind: 'redirect' }, 'NAV_UNREADABLE', 1],
  ];

  const shared = sharedWorld((world) => world.grantKnown('P04'));

  it.each(outages)('%s, AAP is answered and one error stands beside the one null', async (_, fault, code, attempts) => {
    const world = shared();
    world.sandbox.journal.clear();
    world.sandbox.faults.add(fault);
    const seen = await world.read('P04');
    world.sandbox.faults.clear();
    expect(seen.status).toBe(200);
    expect(seen.data.applicant).toMatchObject({ ...AAP_DELIVERED, uforeopplysninger: null });
    expect(seen.errors).toEqual([
      {
        message: expect.any(String),
        locations: expect.any(Array),
        path: ['applicant', 'uforeopplysninger'],
        extensions: {
          code,
          retry: code === 'NAV_UNAVAILABLE' ? 'later' : 'never',
          callId: seen.headers['x-request-id'],
          source: 'UFOREOPPLYSNINGER',
        },
      },
    ]);
    expect(world.sandbox.journal.entries('uforeopplysninger')).toHaveLength(attempts);
    expect(await recordOf(world, seen, 'UFOREOPPLYSNINGER')).toMatchObject({
      outcome: 'FAILED',
      errorCode: code,
      attempts,
      refusedBecause: null,
    });
    expect(await recordOf(world, seen, 'AAP_VEDTAK')).toMatchObject({ outcome: 'DELIVERED' });
  });

  it('hangs beyond the deadline, the read ends and is recorded with the one call that may have reached NAV', async () => {
    await using world = await openWorld({
      config: (config) => ({ ...config, deadlines: { ...config.deadlines, nav: 150 } }),
    });
    await world.grantKnown('P04');
    world.sandbox.faults.add({ upstream, kind: 'hang' });
    const seen = await world.query(
      'case-handler-a',
      'query ($id: NationalId!) { applicant(by: { nationalId: $id }) { uforeopplysninger { __typename } } }',
      { id: numberOf('P04') },
    );
    expect(seen.errors).toMatchObject([{ extensions: { code: 'NAV_UNAVAILABLE', retry: 'later' } }]);
    expect(await world.audit('a')).toMatchObject([{ outcome: 'FAILED', errorCode: 'NAV_UNAVAILABLE', attempts: 1 }]);
  });

  it('knows a code that nobody else does, the code passes through as it is', async () => {
    await using world = await openWorld();
    await world.grantKnown('P04');
    world.sandbox.faults.add({ upstream, kind: 'unknown-code' });
    const seen = await world.query(
      'case-handler-a',
      'query ($id: NationalId!) { applicant(by: { nationalId: $id }) { uforeopplysninger { ... on Uforeopplysninger { status statuskode } } } }',
      { id: numberOf('P04') },
    );
    expect(seen.errors).toEqual([]);
    expect(seen.data.applicant.uforeopplysninger).toEqual({ status: 'UKJENT', statuskode: 'SANDKASSEKODE' });
  });
});

describe('while the way to a credential', () => {
  it.each([
    ['is closed', { upstream: 'maskinporten', kind: 'status', status: 503 }, 'MASKINPORTEN_UNAVAILABLE'],
    ['breaks', { upstream: 'maskinporten', kind: 'reset' }, 'MASKINPORTEN_UNAVAILABLE'],
  ] satisfies [string, FaultInput, string][])('%s, nothing is read and the consent stands', async (_, fault, code) => {
    await using world = await openWorld();
    const id = await world.grantKnown('P04');
    world.sandbox.faults.add(fault);
    const seen = await world.read('P04');
    expect(seen.errors.map(({ extensions }) => extensions.code)).toEqual([code, code, code]);
    expect(world.navCalls()).toBe(0);
    expect((await world.audit('a')).map(({ outcome, attempts }) => [outcome, attempts])).toEqual(
      Array.from({ length: 3 }, () => ['FAILED', 0]),
    );
    expect((await world.query('case-handler-a', CONSENT, { id })).data.consent.status).toBe('ACTIVE');
    world.sandbox.faults.clear();
    expect((await world.read('P04')).errors).toEqual([]);
  });
});

it('a service of NAV’s that does not take the consent refuses alone, and the consent stands', async () => {
  await using world = await openWorld();
  const id = await world.grantKnown('P04');
  const before = await world.query('case-handler-a', CONSENT, { id });
  refuseConsentsAtAap(world.sandbox, world.altinn.rail);
  const seen = await world.read('P04');
  expect(seen.data.applicant).toMatchObject({
    aapVedtak: null,
    aapMeldekort: null,
    uforeopplysninger: { statuskode: 'UNDER_BEHANDLING' },
  });
  expect(
    seen.errors.map(({ path, extensions }) => [path?.at(-1), extensions.code, extensions.retry, extensions.source]),
  ).toEqual(
    expect.arrayContaining([
      ['aapVedtak', 'NAV_REFUSED', 'never', 'AAP_VEDTAK'],
      ['aapMeldekort', 'NAV_REFUSED', 'never', 'AAP_MELDEKORT'],
    ]),
  );
  expect(seen.errors).toHaveLength(2);
  expect(await recordOf(world, seen, 'AAP_VEDTAK')).toMatchObject({
    outcome: 'FAILED',
    errorCode: 'NAV_REFUSED',
    attempts: 1,
  });
  expect((await world.query('case-handler-a', CONSENT, { id })).data).toEqual(before.data);
});

it('NAV delivers nothing that it cannot trace, and the person finds no entry', async () => {
  await using world = await openWorld();
  await world.grantKnown('P04');
  world.sandbox.switches.failingTrace = true;
  const seen = await world.read('P04');
  expect(seen.data.applicant).toEqual({ aapVedtak: null, aapMeldekort: null, uforeopplysninger: null });
  expect(seen.errors.map(({ extensions }) => [extensions.code, extensions.retry])).toEqual(
    Array.from({ length: 3 }, () => ['NAV_UNAVAILABLE', 'later']),
  );
  expect(world.sandbox.traces()).toEqual([]);
  expect((await world.audit('a')).every(({ outcome, attempts }) => outcome === 'FAILED' && attempts === 3)).toBe(true);
});

it('rows that NAV should not have sent are not shown, and the drift is logged without a date', async () => {
  await using world = await openWorld();
  const consented = { fom: '2025-01-01', tom: '2025-12-31' };
  await world.grantKnown('P04', { periode: consented });
  await world.grantKnown('P06', { periode: consented });
  const shown = async () => {
    const p04 = (await world.read('P04')).data.applicant;
    const p06 = (await world.read('P06')).data.applicant;
    const part = (await world.read('P04', { periode: { fom: '2025-02-01', tom: '2025-03-31' } })).data.applicant;
    return [
      p04.aapVedtak.vedtaksliste,
      part.aapVedtak.vedtaksliste,
      p04.aapMeldekort.meldekortliste,
      p06.aapVedtak.vedtaksliste,
    ];
  };
  const usual = await shown();
  expect(usual.map((rows) => rows.length)).toEqual([3, 2, 0, 0]);
  expect(world.log()).not.toContain('contract drift');
  world.sandbox.switches.unfilteredRows = true;
  expect(await shown()).toEqual(usual);
  const drift = world
    .log()
    .split('\n')
    .filter((line) => line.includes('contract drift'))
    .map((line) => JSON.stringify({ ...JSON.parse(line), time: null }));
  expect(drift.length).toBeGreaterThan(0);
  for (const line of drift) expect(line).not.toMatch(/\d{4}-\d{2}-\d{2}/);
});

it('a stans inside a grant that nobody shortened ends the right, though the grant runs on paper', async () => {
  await using world = await openWorld();
  await world.grantKnown('P13');
  const seen = await world.query(
    'case-handler-a',
    `query ($id: NationalId!) {
      applicant(by: { nationalId: $id }) {
        aapVedtak {
          ... on AapVedtaksliste {
            gjeldende { periode { fom } }
            before: harAapPaa(dato: "2026-09-06")
            after: harAapPaa(dato: "2026-09-07")
            perioder { periode { fom tom } tomErKjent stansetAv { vedtakId betydning } vedtak { vedtakId betydning } }
          }
        }
      }
    }`,
    { id: numberOf('P13') },
  );
  expect(seen.errors).toEqual([]);
  expect(seen.data.applicant.aapVedtak).toEqual({
    gjeldende: null,
    before: 'JA',
    after: 'NEI',
    perioder: [
      {
        periode: { fom: '2026-01-05', tom: '2026-09-06' },
        tomErKjent: true,
        stansetAv: { vedtakId: '37195560', betydning: 'STANSET' },
        vedtak: [{ vedtakId: '36801244', betydning: 'INNVILGET' }],
      },
    ],
  });
});
