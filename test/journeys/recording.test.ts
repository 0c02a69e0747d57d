import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { World } from '../support/world.ts';
import { numberOf, openWorld } from '../support/world.ts';

const FIELDS = ['aapVedtak', 'aapMeldekort', 'uforeopplysninger'] as const;

/** Does something to the store behind the gateway's back, by a connection of its own. */
function sabotage(world: World, sql: string): void {
  const database = new DatabaseSync(world.databaseFile, { timeout: 5_000 });
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}

/** Ways in which rows of a table can no longer be written. */
const breakages = (table: string): readonly [how: string, sql: string, repair: string][] => [
  [
    'refuses every row',
    `CREATE TRIGGER broken BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'broken'); END`,
    'DROP TRIGGER broken',
  ],
  ['is gone', `ALTER TABLE ${table} RENAME TO hidden`, `ALTER TABLE hidden RENAME TO ${table}`],
];

describe('an intention that cannot be recorded, since its table', () => {
  it.each(breakages('disclosures'))('%s, ends the read before NAV is asked', async (_, sql, repair) => {
    await using world = await openWorld();
    await world.grantKnown('P04');
    world.sandbox.journal.clear();
    sabotage(world, sql);
    const seen = await world.read('P04');
    expect(seen.data.applicant).toEqual({ aapVedtak: null, aapMeldekort: null, uforeopplysninger: null });
    expect(
      seen.errors.map(({ path, extensions }) => [path?.at(-1), extensions.code, extensions.retry]).toSorted(),
    ).toEqual(FIELDS.map((field) => [field, 'AUDIT_UNAVAILABLE', 'later']).toSorted());
    expect(seen.errors[0]?.message).toContain('nothing was read');
    expect(world.sandbox.journal.entries('maskinporten')).toEqual([]);
    expect(world.navCalls()).toBe(0);
    expect(world.log()).toContain('"record failed"');

    sabotage(world, repair);
    expect((await world.read('P04')).errors).toEqual([]);
  });

  it('refuses every row, turns even a refusal into a fault', async () => {
    await using world = await openWorld();
    const [[, sql = ''] = []] = breakages('disclosures');
    sabotage(world, sql);
    const seen = await world.read('P04');
    expect(seen.data.applicant.aapVedtak).toBeNull();
    expect(seen.errors.map(({ extensions }) => extensions.code)).toEqual(FIELDS.map(() => 'AUDIT_UNAVAILABLE'));
  });
});

describe('an outcome that cannot be recorded, since its table', () => {
  it.each(breakages('settlements'))('%s, keeps back what NAV has answered', async (how, sql, repair) => {
    await using world = await openWorld();
    await world.grantKnown('P04');
    sabotage(world, sql);
    const seen = await world.read('P04');
    expect(seen.data.applicant).toEqual({ aapVedtak: null, aapMeldekort: null, uforeopplysninger: null });
    expect(seen.errors.map(({ extensions }) => extensions.code)).toEqual(FIELDS.map(() => 'AUDIT_UNAVAILABLE'));
    expect(seen.errors[0]?.message).toContain('what was read is not shown');
    expect(seen.text).not.toMatch(/37188420|9100401|UNDER_BEHANDLING/);
    expect(world.navCalls()).toBe(3);

    sabotage(world, repair);
    const log = await world.audit('a');
    expect(
      log.map(({ outcome, settledAt }) => [outcome, settledAt]),
      how,
    ).toEqual(FIELDS.map(() => ['UNSETTLED', null]));
  });

  it('refuses every row, hides no fault of NAV’s behind its own', async () => {
    await using world = await openWorld();
    await world.grantKnown('P04');
    const [[, sql = ''] = []] = breakages('settlements');
    sabotage(world, sql);
    world.sandbox.faults.add({ kind: 'status', upstream: 'uforeopplysninger', status: 500 });
    const seen = await world.read('P04');
    const codes = Object.fromEntries(seen.errors.map(({ path, extensions }) => [path?.at(-1), extensions.code]));
    expect(codes).toEqual({
      aapVedtak: 'AUDIT_UNAVAILABLE',
      aapMeldekort: 'AUDIT_UNAVAILABLE',
      uforeopplysninger: 'NAV_UNAVAILABLE',
    });
  });
});

describe('the log', () => {
  it('holds every read with who, what, why, under which consent, and how it ended', async () => {
    await using world = await openWorld();
    const id = await world.grantKnown('P04', { reference: 'SAK-2026-17' });
    const periode = { fom: '2025-01-01', tom: '2026-11-16' };
    const seen = await world.read('P04', { periode });
    const log = await world.audit('a');
    expect(log).toHaveLength(3);
    for (const [field, source] of [
      ['aapVedtak', 'AAP_VEDTAK'],
      ['aapMeldekort', 'AAP_MELDEKORT'],
      ['uforeopplysninger', 'UFOREOPPLYSNINGER'],
    ] as const) {
      expect(log.find((record) => record.source === source)).toEqual({
        id: seen.data.applicant[field].disclosureId,
        source,
        purpose: 'DISABILITY_INSURANCE',
        outcome: 'DELIVERED',
        refusedBecause: null,
        errorCode: null,
        attempts: 1,
        settledAt: '2026-11-16T09:00:00.000Z',
        applicant: { id: expect.stringMatching(/^p1_[\w-]{22}$/), maskedNationalId: '308174*****' },
        consent: { id },
        requestedFom: periode.fom,
        requestedTom: periode.tom,
        caller: 'case-handler-a',
        role: 'CASE_HANDLER',
        reference: 'SAK-2026-17',
        callId: seen.headers['x-request-id'],
      });
    }
    expect(JSON.stringify(log)).not.toContain(numberOf('P04'));
  });

  it('counts as many attempts as the person finds at NAV', async () => {
    await using world = await openWorld();
    for (const person of ['P04', 'P06'] as const) await world.grantKnown(person);
    await world.read('P04');
    await world.read('P04');
    await world.read('P06');
    await world.read('P05');
    const delivered = (await world.audit('a')).filter(({ outcome }) => outcome === 'DELIVERED');
    for (const person of ['P04', 'P06'] as const) {
      const masked = `${numberOf(person).slice(0, 6)}*****`;
      const own = delivered.filter(({ applicant }) => applicant.maskedNationalId === masked);
      const traces = world.sandbox.traces().filter((trace) => trace.person === numberOf(person));
      expect(own.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(traces.length);
    }
    expect(delivered).toHaveLength(9);
    expect(world.sandbox.traces()).toHaveLength(9);
  });

  it('counts the attempts that NAV turned away for a moment', async () => {
    await using world = await openWorld();
    await world.grantKnown('P04');
    world.sandbox.faults.add({ kind: 'status', upstream: 'uforeopplysninger', status: 503, times: 2 });
    const seen = await world.read('P04');
    expect(seen.errors).toEqual([]);
    const record = (await world.audit('a')).find(({ source }) => source === 'UFOREOPPLYSNINGER');
    expect(record).toMatchObject({ outcome: 'DELIVERED', attempts: 3 });
  });

  it('counts a call whose answer was lost, for NAV has traced it', async () => {
    await using world = await openWorld();
    await world.grantKnown('P04');
    world.sandbox.faults.add({ kind: 'reset', upstream: 'uforeopplysninger', afterEffect: true });
    await world.read('P04');
    const record = (await world.audit('a')).find(({ source }) => source === 'UFOREOPPLYSNINGER');
    expect(record).toMatchObject({ outcome: 'FAILED', errorCode: 'NAV_UNAVAILABLE', attempts: 1 });
    expect(world.sandbox.traces().filter(({ tema }) => tema === 'UFO')).toHaveLength(1);
  });

  it('holds a read that merged with an identical one once', async () => {
    await using world = await openWorld();
    await world.grantKnown('P04');
    const seen = await world.query(
      'case-handler-a',
      `query ($id: NationalId!) {
        one: applicant(by: { nationalId: $id }) { aapVedtak { ... on Delivered { disclosureId } } again: aapVedtak { ... on Delivered { disclosureId } } }
        other: applicant(by: { nationalId: $id }) { aapVedtak { ... on Delivered { disclosureId } } }
      }`,
      { id: numberOf('P04') },
    );
    expect(seen.data.one.aapVedtak).toEqual(seen.data.other.aapVedtak);
    expect(seen.data.one.again).toEqual(seen.data.other.aapVedtak);
    expect(await world.audit('a')).toHaveLength(1);
    expect(world.navCalls()).toBe(1);
  });

  it('is there for auditors alone', async () => {
    await using world = await openWorld();
    for (const caller of ['case-handler-a', 'analyst-a', 'partner-a'] as const) {
      const seen = await world.query(caller, '{ disclosures { nodes { id } } }');
      expect(seen.data.disclosures).toBeNull();
      expect(seen.errors).toMatchObject([{ path: ['disclosures'], extensions: { code: 'FORBIDDEN', retry: 'never' } }]);
    }
  });

  it('can be read page by page and narrowed', async () => {
    await using world = await openWorld();
    await world.grantKnown('P04', { reference: 'SAK-1' });
    await world.read('P04');
    world.clock.set(new Date('2026-11-17T09:00:00Z'));
    await world.read('P05');
    const list = async (filter: Record<string, unknown>) => {
      const seen = await world.query(
        'auditor-a',
        'query ($filter: DisclosureFilter) { disclosures(filter: $filter) { nodes { source outcome } } }',
        { filter },
      );
      expect(seen.errors).toEqual([]);
      return seen.data.disclosures.nodes.length;
    };
    expect(await list({})).toBe(6);
    expect(await list({ outcome: ['REFUSED'] })).toBe(3);
    expect(await list({ outcome: ['REFUSED', 'DELIVERED'], source: 'AAP_VEDTAK' })).toBe(2);
    expect(await list({ reference: 'SAK-1' })).toBe(3);
    expect(await list({ from: '2026-11-17T09:00:00Z' })).toBe(3);
    expect(await list({ to: '2026-11-17T09:00:00Z' })).toBe(3);
    expect(await list({ outcome: ['WITHHELD'] })).toBe(0);

    const page =
      'query ($after: String) { disclosures(first: 4, after: $after) { edges { node { id intendedAt } } pageInfo { hasNextPage endCursor } } }';
    const first = await world.query('auditor-a', page);
    const second = await world.query('auditor-a', page, { after: first.data.disclosures.pageInfo.endCursor });
    expect(
      [first, second].map(({ data }) => [data.disclosures.edges.length, data.disclosures.pageInfo.hasNextPage]),
    ).toEqual([
      [4, true],
      [2, false],
    ]);
    const seen = [first, second].flatMap(({ data }) =>
      data.disclosures.edges.map((edge: { node: { id: string } }) => edge.node.id),
    );
    expect(new Set(seen).size).toBe(6);
  });
});
