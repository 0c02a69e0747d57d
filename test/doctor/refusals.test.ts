import { expect, it } from 'vitest';
import type { ScopeAsked } from '../../src/doctor/refusals.ts';
import { clientRefused, refusedFor, scopeRefused } from '../../src/doctor/refusals.ts';
import type { Actor } from '../../src/gateway-suppliers.ts';
import { MASKINPORTEN_OUTCOMES } from '../../src/maskinporten/outcomes.ts';
import { NUMBERS } from '../../src/sandbox/world.ts';

const CODES = Object.keys(MASKINPORTEN_OUTCOMES);
/** These are about a consent, which the doctor never brings. */
const OF_A_CONSENT = ['MP-301', 'MP-302', 'MP-303'];
const FOR_ITSELF = { delegation: undefined };
const OWN: ScopeAsked = { organisation: 'Fjordlund (210483713)', client: 'its own' };
const TRACE = '5f0c9a1b2c3d4e5f60718293a4b5c6d7';

function evidence(upstreamCode: string | undefined, error = 'invalid_grant') {
  return {
    upstream: 'maskinporten',
    status: 400,
    error,
    traceId: TRACE,
    ...(upstreamCode === undefined ? {} : { upstreamCode }),
  } as const;
}

it('every documented refusal of the client has words of its own', () => {
  const codes = CODES.filter((code) => refusedFor(evidence(code)) === 'client' && !OF_A_CONSENT.includes(code));
  const verdicts = codes.map((code) => clientRefused(evidence(code), FOR_ITSELF));
  expect(new Set(verdicts.map(({ seen }) => seen?.replace(/ \(MP-\d+\)/, ''))).size).toBe(codes.length);
  for (const [at, verdict] of verdicts.entries()) {
    expect(verdict).toMatchObject({ state: 'wrong', traceId: TRACE, seen: expect.stringContaining(codes[at] ?? '') });
    expect(verdict.todo).toMatch(/\.$/);
    expect(verdict.ask).not.toEqual([]);
    expect(verdict.seen).not.toContain('known code');
  }
});

it('a code that nobody has documented is shown, and said to be unknown', () => {
  expect(clientRefused(evidence('MP-999'), FOR_ITSELF).seen).toBe(
    'Maskinporten does not accept the client, and does not say by a known code why (MP-999).',
  );
});

it.each([
  ['MP-200', 'invalid_scope', 'scope'],
  ['MP-250', 'forbidden', 'scope'],
  ['MP-251', 'forbidden', 'delegation'],
  ['MP-121', 'invalid_grant', 'client'],
  [undefined, 'invalid_scope', 'scope'],
  [undefined, 'forbidden', 'scope'],
  [undefined, 'invalid_grant', 'client'],
] as const)('%s with error %s is about the %s', (code, error, about) => {
  expect(refusedFor(evidence(code, error))).toBe(about);
});

it('one’s own number as consumer_org is explained, which Maskinporten refuses by a text alone', () => {
  const delegation = { consumer: NUMBERS.A, supplier: NUMBERS.supplier };
  const seen = (error: string, by: typeof delegation | undefined) =>
    clientRefused(evidence(undefined, error), { delegation: by as Actor['delegation'] }).seen;
  expect(seen('invalid_request', delegation)).toContain('acts on behalf of itself');
  expect(seen('invalid_grant', delegation)).toContain('known code');
  expect(seen('invalid_request', undefined)).toContain('known code');
});

it('a scope is asked for at its owner', () => {
  const asked = (scope: string) => scopeRefused(scope, OWN, evidence('MP-250')).ask?.join();
  expect(asked('nav:arbeid/v1/aap')).toContain('NAV');
  expect(asked('altinn:consentrequests.read')).toContain('Digdir');
  expect(asked('ks:fiks')).toContain('owner of the API');
});

it.each([
  ['its own', false],
  ['its supplier’s', false],
  ['not known', true],
] as const)('where the client is %s, MP-250 makes one think of a supplier’s client: %s', (client, isNamed) => {
  const { seen, todo } = scopeRefused('nav:arbeid/v1/aap', { ...OWN, client }, evidence('MP-250'));
  expect(seen.includes('a supplier’s client')).toBe(isNamed);
  expect(todo?.includes('let `supplier` act')).toBe(isNamed);
});

it('a supplier is told that not every scope can be delegated', () => {
  const todo = (client: ScopeAsked['client']) =>
    scopeRefused('nav:arbeid/v1/aap', { ...OWN, client }, evidence('MP-200')).todo;
  expect(todo('its supplier’s')).toMatch(/“available to all”.*`delegation_source`/);
  expect(todo('its own')).not.toContain('delegat');
});
