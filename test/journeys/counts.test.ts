import { StatementSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { personByCastId } from '../../src/sandbox/world.ts';
import { castId } from '../support/crowd.ts';
import type { World } from '../support/world.ts';
import { consentInput, numberOf, openWorld, REQUEST_CONSENT, sharedWorld } from '../support/world.ts';

vi.mock('../../src/sandbox/cast.ts', async (original) => {
  const { CAST } = await original<{ CAST: Parameters<typeof crowd>[0] }>();
  const { crowd } = await import('../support/crowd.ts');
  return { CAST: [...CAST, ...crowd(CAST, 40)] };
});

const BOTH = `query ($by: [ApplicantKey!]!) {
  applicants(by: $by) {
    consent { status }
    aapVedtak { __typename ... on Delivered { consent { id } } }
    uforeopplysninger { __typename ... on Delivered { consent { id } } }
  }
}`;

const ALL = BOTH.replace('uforeopplysninger', 'aapMeldekort { __typename } uforeopplysninger');

const SCOPES = ['nav:arbeid/v1/aap', 'nav:helse/v1/uforeopplysninger'];

/** Queries of the reading connection; the writer lives in a thread of its own. */
const queries: string[] = [];

beforeEach(() => {
  queries.length = 0;
  const { all } = StatementSync.prototype;
  vi.spyOn(StatementSync.prototype, 'all').mockImplementation(function (this: StatementSync, ...parameters) {
    queries.push(this.sourceSQL);
    return all.apply(this, parameters);
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

const consentQueries = () => queries.filter((sql) => sql.includes('from "consents"'));

/** The first people of the crowd. */
const firstPeople = (people: number) => Array.from({ length: people }, (_, at) => castId(at + 1));

const keysOf = (people: number) => firstPeople(people).map((id) => ({ nationalId: numberOf(id) }));

/** The first people have given consent, and the gateway knows. */
async function consented(world: World, people: number): Promise<void> {
  await Promise.all(firstPeople(people).map((id) => world.grantKnown(id)));
}

/** The world begins anew over the same store: no token is known any more. */
async function restarted(world: World): Promise<World> {
  const next = await openWorld({ directory: world.directory, state: world.sandbox.snapshot() });
  queries.length = 0;
  return next;
}

const grantsOf = (world: World) => world.sandbox.journal.entries('maskinporten');

it('the crowd is one of different people whom the sandbox takes for synthetic', () => {
  const numbers = Array.from({ length: 53 }, (_, at) => personByCastId(castId(at + 1))?.nationalId);
  expect(new Set(numbers).size).toBe(53);
  expect(numbers).not.toContain(undefined);
});

/**
 * What opens NAV's door for people whose consents are known. On Altinn 3 the consent is part of the token: one grant for each
 * consent and scope, and no call to Altinn. On Altinn 2 each code is exchanged, and the tokens of a scope serve everybody.
 */
function expectCredentials(world: World, people: number): void {
  expect(new Set(grantsOf(world).map(({ scope }) => scope))).toEqual(new Set(SCOPES));
  if (world.altinn.rail === 'ALTINN_3') {
    const grants = grantsOf(world).map(({ consentId, scope }) => `${consentId} ${scope}`);
    expect(grants).toHaveLength(2 * people);
    expect(new Set(grants).size).toBe(2 * people);
    expect(world.altinn.calls()).toEqual([]);
    return;
  }
  expect(grantsOf(world)).toHaveLength(SCOPES.length);
  expect(exchangesOf(world)).toHaveLength(people);
  expect(new Set(exchangesOf(world).map(({ path }) => path)).size).toBe(people);
  // Nothing else is asked but, once, for the key that Altinn signs with.
  expect(world.altinn.calls().filter(({ method }) => method === 'GET')).toHaveLength(people + 1);
}

const exchangesOf = (world: World) =>
  world.altinn.calls().filter(({ method, path }) => method === 'GET' && path.startsWith('/api/authorization/token/'));

describe.each([1, 10, 40])('for %i people with a consent, nothing cached,', (people) => {
  const shared = sharedWorld((world) => consented(world, people));

  it.each([
    ['both benefits', BOTH, 2],
    ['both benefits and meldekort', ALL, 3],
  ])(
    '%s cost one credential each and scope, one call each at NAV, and two queries for consents at most',
    async (_, document, calls) => {
      await using world = await restarted(shared());
      const by = keysOf(people);
      const seen = await world.query('partner-a', document, { by });
      expect(seen.errors).toEqual([]);
      expect(seen.data.applicants).toHaveLength(people);
      for (const applicant of seen.data.applicants) {
        expect(applicant).toMatchObject({
          aapVedtak: { __typename: 'AapVedtaksliste' },
          uforeopplysninger: { __typename: 'Uforeopplysninger' },
        });
      }
      expectCredentials(world, people);
      expect(world.navCalls()).toBe(calls * people);
      expect(world.sandbox.traces()).toHaveLength(calls * people);
      expect(consentQueries().length).toBeGreaterThan(0);
      expect(consentQueries().length).toBeLessThanOrEqual(2);
      const callId = seen.headers['x-request-id'];
      expect((await world.audit('a')).filter((record) => record.callId === callId)).toHaveLength(calls * people);
    },
  );

  it('answers that nobody had noticed cost one look-up each and the Altinn token once', async () => {
    await using before = await openWorld();
    const ids = firstPeople(people);
    await Promise.all(ids.map((id) => before.grant(id)));
    await using world = await restarted(before);
    const seen = await world.query('partner-a', BOTH, { by: keysOf(people) });
    expect(seen.errors).toEqual([]);
    expect(world.altinn.lookups()).toHaveLength(people);
    expect(grantsOf(world).filter(({ scope }) => scope === 'altinn:consentrequests.read')).toHaveLength(1);
    expect(grantsOf(world)).toHaveLength((world.altinn.rail === 'ALTINN_3' ? 2 * people : 2) + 1);
    expect(world.navCalls()).toBe(2 * people);
  });

  it('asking them all costs the Altinn token once', async () => {
    await using world = await openWorld();
    const ids = firstPeople(people);
    await Promise.all(ids.map((id) => world.ask(id)));
    expect(grantsOf(world).map(({ scope }) => scope)).toEqual(['altinn:consentrequests.write']);
  });
});

it('the same person under many keys is read once', async () => {
  await using world = await openWorld();
  await consented(world, 1);
  const [key] = keysOf(1);
  const seen = await world.query('partner-a', BOTH, { by: Array.from({ length: 100 }, () => key) });
  expect(seen.errors).toEqual([]);
  expect(world.navCalls()).toBe(2);
  expect(await world.audit('a')).toHaveLength(2);
});

it('nobody is asked about at NAV when no benefit is selected', async () => {
  await using world = await openWorld();
  await consented(world, 3);
  const by = keysOf(3);
  world.sandbox.journal.clear();
  const seen = await world.query(
    'partner-a',
    'query ($by: [ApplicantKey!]!) { applicants(by: $by) { id maskedNationalId consent { status } } }',
    { by },
  );
  expect(seen.data.applicants.map((each: { consent: unknown }) => each.consent)).toEqual(
    Array.from({ length: 3 }, () => ({ status: 'ACTIVE' })),
  );
  expect(world.sandbox.journal.entries().filter(({ upstream }) => upstream !== 'callers')).toEqual([]);
  expect(await world.audit('a')).toEqual([]);
});

it('a thousand first requests at the same moment fetch one token', async () => {
  await using world = await openWorld();
  // Twenty different requests to each of fifty people, so that none stands in for another.
  const requests = Array.from({ length: 1000 }, (_, at) =>
    consentInput(castId(1 + (at % 50)), { periode: { fom: '2022-01-01', tom: `2027-12-${10 + Math.floor(at / 50)}` } }),
  );
  const answers = await Promise.all(requests.map((input) => world.query('case-handler-a', REQUEST_CONSENT, { input })));
  expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
  expect(answers.every(({ data }) => data.requestConsent.created)).toBe(true);
  expect(world.altinn.creations()).toHaveLength(1000);
  expect(world.altinn.calls()).toHaveLength(1000);
  expect(grantsOf(world)).toHaveLength(1);
});
