import { describe, expect, it } from 'vitest';
import { EXAMPLES } from '../src/graphiql/examples.ts';
import { prepareTabs } from '../src/graphiql/prepared-tabs.ts';
import type { Settings } from '../src/graphiql/settings.ts';
import type { CallerName } from '../src/sandbox/callers-state.ts';
import { guideOf } from '../src/standalone-guide.ts';
import { ORIGINS, openWorld } from './support/world.ts';

const SANDBOX: Settings = {
  signIn: null,
  sandbox: { today: '2026-11-16', people: [...guideOf(ORIGINS, 'ALTINN_3').people] },
};
const OUTSIDE: Settings = { signIn: null, sandbox: null };

/** Who runs each example, and what must be seen in the answer. */
const RUNS: Readonly<Record<string, readonly [caller: CallerName, ...seen: string[]]>> = {
  'case-screen': ['case-handler-a', '"harAapPaa":"JA"'],
  'ask-for-consent': ['case-handler-a', '"created":true'],
  'night-run': ['partner-a', '"gjeldende":{"periode":'],
  'what-runs-out': ['analyst-a', '"status":"ACTIVE"'],
  'vedtak-and-meldekort': ['analyst-a', '"arbeidsandel":'],
  'life-of-a-consent': ['case-handler-a', '"status":"ACTIVE"'],
  disclosures: ['auditor-a', '"caller":"case-handler-a"', '"useLogged":'],
};

it('every example has a run below', () => {
  expect(EXAMPLES.map(({ name }) => name)).toEqual(Object.keys(RUNS));
});

describe.each(['ALTINN_3', 'ALTINN_2'] as const)('an example, on %s,', (rail) => {
  it.each(EXAMPLES.map(({ name }) => name))('%s runs as it stands', async (name) => {
    await using world = await openWorld({ rail });
    await world.grantKnown('P04');
    await world.read('P04');
    const [caller, ...texts] = RUNS[name] ?? ['case-handler-a'];
    const [tab] = prepareTabs(`?example=${name}`, SANDBOX, '').tabs;
    const query = tab?.query ?? '';
    // One with several operations is run by the name that GraphiQL offers.
    const first = /^(?:query|mutation) \w+[\s\S]*?\n}\n/m.exec(query)?.[0] ?? '';
    const document = name === 'life-of-a-consent' ? first : query;
    const seen = await world.query(caller, document, JSON.parse(tab?.variables ?? '{}'));
    expect(seen.errors).toEqual([]);
    for (const text of texts) expect(seen.text).toContain(text);
  });

  it('to refresh a consent and to give it up runs with the id of one', async () => {
    await using world = await openWorld({ rail });
    const id = await world.grantKnown('P04');
    const query = EXAMPLES.find(({ name }) => name === 'life-of-a-consent')?.query ?? '';
    const [refresh = '', relinquish = ''] = [...query.matchAll(/^mutation[\s\S]*?\n}\n/gm)].map(([text]) => text);
    const refreshed = await world.query('case-handler-a', refresh, { id });
    expect(refreshed.data).toMatchObject({ refreshConsent: { consent: { id, status: 'ACTIVE' } } });
    const relinquished = await world.query('case-handler-a', relinquish, { id });
    expect(relinquished.data).toMatchObject({ relinquishConsent: { consent: { id, status: 'RELINQUISHED' } } });
  });
});

describe('the tabs', () => {
  it('are all the examples, the one that the address names first and about the person it names', () => {
    const { tabs, flaw } = prepareTabs('?example=vedtak-and-meldekort&person=P06', SANDBOX, '');
    expect(flaw).toBeUndefined();
    expect(tabs).toHaveLength(EXAMPLES.length);
    expect(tabs[0]?.query).toContain('query VedtakAndMeldekort');
    expect(JSON.parse(tabs[0]?.variables ?? '')).toMatchObject({ id: '09926835189', periode: { fom: '2026-01-01' } });
  });

  it.each([
    ['?example=nothing', 'There is no example of that name. The tabs hold all there are.'],
    ['?example=case-screen&person=30817429498', 'There is no such person here: fill in the variables yourself.'],
  ])('of the address %s tell what could not be followed', (search, flaw) => {
    const prepared = prepareTabs(search, SANDBOX, '');
    expect(prepared.flaw).toBe(flaw);
    expect(prepared.tabs[0]?.query).toBe(EXAMPLES[0]?.query);
    expect(JSON.parse(prepared.tabs[0]?.variables ?? '')).toMatchObject({ id: '30817429498' });
  });

  it('hold nobody outside the sandbox, and today’s date', () => {
    const { tabs } = prepareTabs('', OUTSIDE, '2027-02-03');
    for (const { query, variables } of tabs) expect(`${query}${variables}`).not.toMatch(/\d{11}|127\.0\.0\.1/);
    expect(tabs[1]?.variables).toContain('"familyName": ""');
    expect(JSON.parse(tabs[0]?.variables ?? '')).toMatchObject({ id: '', dato: '2027-02-03' });
  });
});
