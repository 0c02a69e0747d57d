import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import type { World } from '../support/world.ts';
import { numberOf } from '../support/world.ts';
import type { Aim, Settled } from './faulty-world.ts';
import { BYSTANDER, FAULTED, freshTerms, later, markLog, openFaultyWorld, under } from './faulty-world.ts';
import type { Column } from './table.ts';
import { asDocumented, FAULTS } from './table.ts';

const RELINQUISH = 'mutation ($id: ID!) { relinquishConsent(id: $id) { consent { status } } }';
const AAP = 'nav:arbeid/v1/aap';
const READ_SCOPE = 'altinn:consentrequests.read';

const FIELDS = {
  consent: 'consent { status }',
  aapVedtak: 'aapVedtak { __typename ... on AapVedtaksliste { vedtaksliste { vedtakId } } }',
  uforeopplysninger: 'uforeopplysninger { __typename ... on Uforeopplysninger { statuskode } }',
} as const;
type Field = keyof typeof FIELDS;
const ALL: readonly Field[] = ['consent', 'aapVedtak', 'uforeopplysninger'];

const WHOLE: Readonly<Record<Field, object>> = {
  consent: { status: 'ACTIVE' },
  aapVedtak: { __typename: 'AapVedtaksliste' },
  uforeopplysninger: { __typename: 'Uforeopplysninger' },
};
const SOURCES: Readonly<Partial<Record<Field, string>>> = {
  aapVedtak: 'AAP_VEDTAK',
  uforeopplysninger: 'UFOREOPPLYSNINGER',
};

interface Step {
  readonly step: string;
  readonly column: Column;
  readonly aim: Aim;
  /** PENDING: the person has answered, and the gateway has yet to hear of it: nothing is read before it has. */
  readonly knows: 'PENDING' | 'ACTIVE';
  /** Where two fields lean on the same call, one is asked for: whether they share a call that fails is a matter of time. */
  readonly asks?: readonly Field[];
  /** Nobody else is in the query: the step is theirs too, or they would vouch for the ApiKey. */
  readonly isAlone?: true;
  readonly fails: readonly Field[];
}

const AT_NAV: readonly Step[] = [
  { step: 'AAP', column: 'nav', aim: { upstream: 'aap', person: FAULTED }, knows: 'ACTIVE', fails: ['aapVedtak'] },
  {
    step: 'uføreopplysninger',
    column: 'nav',
    aim: { upstream: 'uforeopplysninger', person: FAULTED },
    knows: 'ACTIVE',
    fails: ['uforeopplysninger'],
  },
];

const TOKEN_FOR_ALTINN: Step = {
  step: 'the token for Altinn',
  column: 'maskinporten',
  aim: { upstream: 'maskinporten', scope: READ_SCOPE },
  knows: 'PENDING',
  fails: ALL,
};

const STEPS: Readonly<Record<World['altinn']['rail'], readonly Step[]>> = {
  ALTINN_3: [
    TOKEN_FOR_ALTINN,
    {
      step: 'the look-up at Altinn',
      column: 'altinn',
      aim: { upstream: 'altinn3', method: 'GET', person: FAULTED },
      knows: 'PENDING',
      fails: ALL,
    },
    {
      step: 'the grant with the consent',
      column: 'maskinporten',
      aim: { upstream: 'maskinporten', scope: AAP, person: FAULTED },
      knows: 'ACTIVE',
      fails: ['aapVedtak'],
    },
    ...AT_NAV,
  ],
  ALTINN_2: [
    TOKEN_FOR_ALTINN,
    {
      step: 'the look-up at Altinn',
      column: 'altinn',
      aim: { upstream: 'altinn2', method: 'GET', path: '/api/consentRequests', person: FAULTED },
      knows: 'PENDING',
      fails: ALL,
    },
    {
      step: 'the code, exchanged to hear of the answer',
      column: 'exchange',
      aim: { upstream: 'altinn2', method: 'GET', path: '/api/authorization/token', person: FAULTED },
      knows: 'PENDING',
      isAlone: true,
      fails: ALL,
    },
    {
      step: 'the code, exchanged to read',
      column: 'exchange',
      aim: { upstream: 'altinn2', method: 'GET', path: '/api/authorization/token', person: FAULTED },
      knows: 'ACTIVE',
      asks: ['consent', 'aapVedtak'],
      isAlone: true,
      fails: ['aapVedtak'],
    },
    {
      step: 'the token for NAV',
      column: 'maskinporten',
      aim: { upstream: 'maskinporten', scope: AAP },
      knows: 'ACTIVE',
      isAlone: true,
      fails: ['aapVedtak'],
    },
    ...AT_NAV,
  ],
};

describe.each(STEPS[inject('rail')])('a read whose step is at fault: $step', (step) => {
  const { column, aim, knows, asks = ALL, isAlone = false, fails } = step;
  const people = isAlone ? [FAULTED] : [FAULTED, BYSTANDER];
  const query = `query ($ids: [ApplicantKey!]!) {
    applicants(by: $ids) { maskedNationalId ${asks.map((field) => FIELDS[field]).join(' ')} }
  }`;
  const whole = Object.fromEntries(asks.map((field) => [field, WHOLE[field]]));
  const sources = asks.flatMap((field) => SOURCES[field] ?? []);
  let world: World;
  let asked = 0;
  beforeAll(async () => {
    world = await openFaultyWorld();
    if (!isAlone) await world.grantKnown(BYSTANDER);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it.each(FAULTS)('$name', async ({ fault, [column]: [code, expectedCalls] }) => {
    const ask = knows === 'ACTIVE' ? world.grantKnown : world.grant;
    const id = await ask(FAULTED, freshTerms(++asked));
    // The next one begins without this one's consent.
    onTestFinished(async () => void (await world.query('case-handler-a', RELINQUISH, { id })));
    later(world);
    const recordedSince = await markLog(world);
    const traces = world.sandbox.traces().length;
    const read = () =>
      world.query('case-handler-a', query, { ids: people.map((person) => ({ nationalId: numberOf(person) })) });

    const { seen, calls } = await under(world, aim, fault, read);
    const [faulted, ...bystanders] = seen.data.applicants;
    const broken: readonly Field[] = code === 'ok' ? [] : fails;

    expect(calls).toBe(expectedCalls);
    expect(
      seen.errors
        .map(({ path, extensions: { code: at, retry, source } }) => ({ path, code: at, retry, source }))
        .toSorted(byPath),
    ).toEqual(
      broken
        .map((field) => ({ path: ['applicants', 0, field], ...asDocumented(code), source: SOURCES[field] }))
        .toSorted(byPath),
    );
    for (const bystander of bystanders) expect(bystander).toMatchObject(whole);
    expect(faulted).toMatchObject({
      maskedNationalId: '308174*****',
      ...whole,
      ...Object.fromEntries(broken.map((field) => [field, null])),
    });

    const settled = sources.map((source): Settled => {
      const isHit = fails.some((field) => SOURCES[field] === source);
      const attempts = isHit && column === 'nav' ? calls : 1;
      if (!isHit || code === 'ok') return { source, outcome: 'DELIVERED', errorCode: null, attempts };
      return { source, outcome: 'FAILED', errorCode: code, attempts: column === 'nav' ? calls : 0 };
    });
    expect(await recordedSince(FAULTED)).toEqual(settled);
    const untouched = sources.map((source) => ({ source, outcome: 'DELIVERED', errorCode: null, attempts: 1 }));
    if (!isAlone) expect(await recordedSince(BYSTANDER)).toEqual(untouched);
    // NAV counts what it has answered; the log never counts less.
    const seenByPerson = world.sandbox.traces().length - traces;
    const counted = settled.reduce((sum, { attempts }) => sum + attempts, isAlone ? 0 : untouched.length);
    expect(seenByPerson).toBeLessThanOrEqual(counted);

    const again = await read();
    expect(again.errors).toEqual([]);
    expect(again.data.applicants[0]).toMatchObject(whole);
  });
});

function byPath(one: { readonly path?: unknown }, other: { readonly path?: unknown }): number {
  return JSON.stringify(one.path).localeCompare(JSON.stringify(other.path));
}
