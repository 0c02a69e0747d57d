import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Disclosure, DisclosureFilter } from '../../src/access/ports.ts';
import type { Store } from '../../src/store/embedded.ts';
import { A, ALL_DISCLOSURES, activeConsent, intention, person, settlement } from '../contracts/remembered.ts';
import { freshFile, openStore, setBack } from './support.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

async function look(store: Store, filter: Partial<DisclosureFilter>): Promise<readonly Disclosure[]> {
  const { edges } = await store.disclosures.page(A, { first: 100, after: null }, { ...ALL_DISCLOSURES, ...filter });
  return edges.map(({ node }) => node);
}

const OUTCOMES: readonly Disclosure['outcome'][] = ['DELIVERED', 'REFUSED', 'FAILED', 'WITHHELD', 'UNSETTLED'];

it('records from before there were lists of outcomes are found by theirs, and settled like all others', async () => {
  const file = freshFile();
  const store = await openStore(file);
  const consent = await activeConsent(store, store.consents.identify(A, person()), { reference: 'SAK-1' });
  const record = async (outcome: Disclosure['outcome']) => {
    const intended = intention(consent.applicant, { consent });
    await store.disclosures.intend(intended);
    if (outcome !== 'UNSETTLED') await store.disclosures.settle(intended, settlement({ outcome, payload: null }));
    return intended;
  };
  for (const outcome of OUTCOMES) await record(outcome);
  const late = await record('UNSETTLED');
  await store.close();
  setBack(file, 4);

  await using again = await openStore(file);
  await again.disclosures.settle(late, settlement());
  const found = await Promise.all(OUTCOMES.map((outcome) => look(again, { outcome: [outcome] })));
  expect(found.map((records) => records.map(({ outcome }) => outcome))).toEqual([
    ['DELIVERED', 'DELIVERED'],
    ['REFUSED'],
    ['FAILED'],
    ['WITHHELD'],
    ['UNSETTLED'],
  ]);
  expect(await look(again, { reference: 'SAK-1' })).toHaveLength(6);
});

describe('of a long log', () => {
  /** How SQLite goes about what a look asks of it. */
  async function planOf(filter: Partial<DisclosureFilter>): Promise<string> {
    const file = freshFile();
    await using store = await openStore(file);
    const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare');
    await look(store, filter);
    const [sql = ''] = prepare.mock.lastCall ?? [];
    prepare.mockRestore();
    using database = new DatabaseSync(file, { readOnly: true });
    return database
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => String(detail))
      .join('\n');
  }

  // What these ways save shows over half a million records only: looking each of them up takes more than a second.
  it.each<[what: string, filter: Partial<DisclosureFilter>, step: string]>([
    [
      'what was never settled is found by its list',
      { outcome: ['UNSETTLED'] },
      'SEARCH undelivered USING PRIMARY KEY (data_consumer=? AND outcome=?)',
    ],
    [
      'all that went wrong is found by its list',
      { outcome: ['FAILED', 'WITHHELD', 'UNSETTLED'] },
      'SEARCH undelivered USING PRIMARY KEY (data_consumer=? AND outcome=?)',
    ],
    [
      'one case is found by its reference',
      { reference: 'SAK-1' },
      'SEARCH disclosures USING INDEX disclosures_by_reference (data_consumer=? AND reference=?)',
    ],
  ])('%s', async (_, filter, step) => {
    const plan = await planOf(filter);
    expect(plan).toContain(step);
    expect(plan).not.toMatch(/SCAN (disclosures|settlements)/);
  });
});
