import { buildASTSchema, concatAST, parse, validate } from 'graphql';
import { afterAll, expect, it } from 'vitest';
import { readTypeDefs } from '../../src/graphql/server.ts';
import type { CallerName } from '../../src/sandbox/callers-state.ts';
import { CALLER_NAMES } from '../../src/sandbox/callers-state.ts';
import { realNumber } from '../graphql/national-ids.ts';
import type { Answer } from '../graphql/support.ts';
import { send } from '../graphql/support.ts';
import type { World } from '../support/world.ts';
import { numberOf, openWorld } from '../support/world.ts';
import { expectNowhere, expectWellFormed, logReader } from './answers.ts';
import { drawBrokenRequest } from './broken-documents.ts';
import { drawn } from './draw.ts';
import { fuzz, PATIENCE_MS, renewedAfter } from './seed.ts';
import { drawValidRequest } from './valid-documents.ts';

const schema = buildASTSchema(concatAST(readTypeDefs().map((text) => parse(text))));

let world: World;
let freshLog: () => string;
/** What only this world knows, by the names that stand for it in a case. None of it has a place in an error or in the log. */
let names: Awaited<ReturnType<typeof namesIn>>;
/** Everybody, and most often the one who may do most. */
const OFTEN_A: readonly CallerName[] = [...Array.from({ length: 8 }, () => 'case-handler-a' as const), ...CALLER_NAMES];
const tokens = new Map<CallerName, string>();

const begin = renewedAfter(600, async () => {
  await world?.[Symbol.asyncDispose]();
  world = await openWorld();
  freshLog = logReader(world.log);
  names = await namesIn(world);
  for (const name of CALLER_NAMES) tokens.set(name, await world.sandbox.callers.tokenFor(name));
});
afterAll(() => world?.[Symbol.asyncDispose]());

async function namesIn(world: World) {
  const consent = await world.grantKnown('P04');
  await world.ask('P05');
  const foreign = await world.grantKnown('P04', { purpose: 'OCCUPATIONAL_PENSION' }, 'case-handler-b');
  const seen = await world.query('case-handler-a', 'query ($id: ID!) { consent(id: $id) { applicant { id } } }', {
    id: consent,
  });
  const plant = numberOf('P10');
  return {
    consent,
    applicant: seen.data.consent.applicant.id,
    foreign,
    person: numberOf('P04'),
    another: numberOf('P05'),
    nobody: numberOf('P09'),
    real: realNumber(),
    plant,
    spaced: `${plant.slice(0, 6)} ${plant.slice(6)}`,
    dashed: `${plant.slice(0, 6)}-${plant.slice(6)}`,
    escaped: [...plant].map((digit) => `\\u003${digit}`).join(''),
    braced: [...plant].map((digit) => `\\u{3${digit}}`).join(''),
    mistyped: '30817429499',
    token: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJoZW1tZWxpZyJ9.aGVtbWVsaWc',
  };
}

/** The text with what only the world knows in its places. */
function named(text: string): string {
  return text.replaceAll(/<<([\w ]+)>>/g, (whole, name: string) => new Map(Object.entries(names)).get(name) ?? whole);
}

/** Sends a request as one of the callers; the one for both insurers asks for A. */
function sendAs(caller: CallerName, body: string, headers: Record<string, string> = {}): Promise<Answer> {
  return send(world, {
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${tokens.get(caller)}`,
      ...(caller === 'case-handler-ab' ? { 'data-consumer': '210483713' } : {}),
      ...headers,
    },
    body,
  });
}

it(
  'a document that is valid by the schema is answered with data or documented codes, whoever sends it, and is never a defect',
  async () => {
    const seen = new Set<string>();
    const cases = drawn((draw) => ({ caller: draw.of(OFTEN_A), ...drawValidRequest(draw, schema) }));
    const isUsual = await fuzz(400, cases, async ({ caller, ...request }) => {
      await begin();
      freshLog();
      expect(validate(schema, parse(named(request.query)))).toEqual([]);
      const answer = await sendAs(caller, named(JSON.stringify(request)));
      for (const code of expectSound(answer)) seen.add(code);
      if (world.navCalls() > 0) seen.add('a read at NAV');
      await renew(request.query);
    });
    if (!isUsual) return;
    // Chance has reached both what is read and what is refused.
    expect([...seen].toSorted()).toEqual([
      'FORBIDDEN',
      'INVALID_INPUT',
      'LIMIT_EXCEEDED',
      'NOT_FOUND',
      'a read at NAV',
    ]);
  },
  PATIENCE_MS,
);

it(
  'a request that is broken somewhere is answered with documented codes, never as a defect, and nothing planted in it comes back',
  async () => {
    const { plant, spaced, dashed } = names;
    const seen = new Set<string>();
    const cases = drawn((draw) => ({ caller: draw.of(OFTEN_A), ...drawBrokenRequest(draw, schema) }));
    const isUsual = await fuzz(600, cases, async ({ caller, body, headers }) => {
      await begin();
      freshLog();
      const sent = Object.entries(headers).map(([name, value]) => [name, named(value)]);
      const answer = await sendAs(caller, named(body), Object.fromEntries(sent));
      for (const code of expectSound(answer)) seen.add(code);
      expectNowhere({ plant, spaced, dashed }, answer.text, 'the answer');
      await renew(body);
    });
    if (!isUsual) return;
    expect([...seen].toSorted()).toEqual([
      'FORBIDDEN',
      'INVALID_INPUT',
      'LIMIT_EXCEEDED',
      'NATIONAL_ID_IN_DOCUMENT',
      'NOT_FOUND',
    ]);
  },
  PATIENCE_MS,
);

/** Expects what every client and operator may rely on. @returns the codes */
function expectSound(answer: Answer): readonly string[] {
  const codes = expectWellFormed(answer);
  expect(codes).not.toContain('INTERNAL');
  const log = freshLog();
  expect(log).not.toContain('"defect"');
  expectNowhere(names, log, 'the log');
  expectNowhere(names, JSON.stringify(answer.errors), 'the errors');
  return codes;
}

/** What a case has given up is given anew, so that later cases find something to read. */
async function renew(query: string): Promise<void> {
  if (!query.includes('relinquishConsent')) return;
  const seen = await world.query('case-handler-a', 'query ($id: ID!) { consent(id: $id) { status } }', {
    id: names.consent,
  });
  if (seen.data.consent.status !== 'ACTIVE') names.consent = await world.grantKnown('P04');
}
