import { decodeJwt } from 'jose';
import { describe, expect, it, vi } from 'vitest';
import { newSandboxState } from '../../src/sandbox/state.ts';
import type { Transport } from '../../src/upstream.ts';
import { supplied } from '../support/supplied.ts';
import type { WorldOptions } from '../support/world.ts';
import { consentInput, openWorld, REQUEST_CONSENT } from '../support/world.ts';

const A = '210483713';
const B = '313772403';
const SUPPLIER = '310990183';
const PURPOSE = 'DISABILITY_INSURANCE';
const FIELDS = ['aapVedtak', 'aapMeldekort', 'uforeopplysninger'] as const;

const state = await newSandboxState();

/** A world in which the supplier acts for both insurers, with what it sends to Maskinporten and what may be revoked. */
async function openSuppliedWorld(options: WorldOptions = {}) {
  const own = structuredClone(state);
  const grants: Record<string, unknown>[] = [];
  const headers = new Set<string>();
  const listening =
    (doubles: Transport): Transport =>
    (request) => {
      const grant = new URLSearchParams(request.body ?? '').get('assertion');
      if (grant !== null) grants.push(decodeJwt(grant));
      for (const name of Object.keys(request.headers)) headers.add(name);
      return doubles(request);
    };
  const world = await openWorld({ state: own, transport: listening, config: supplied, ...options });
  return { world, grants, headers, delegations: own.maskinporten.delegations };
}

const VIEWER = '{ viewer { dataConsumer { organisationNumber supplier } } }';
const RECORDS = '{ disclosures(first: 9) { nodes { outcome errorCode supplier attempts } } }';

describe('a supplier that acts for two insurers', () => {
  it('names the insurer in every grant, and in no header', async () => {
    const { world, grants, headers } = await openSuppliedWorld();
    await using _ = world;
    for (const caller of ['case-handler-a', 'case-handler-b'] as const) {
      await world.grant('P04', { purpose: PURPOSE }, caller);
      const seen = await world.read('P04', { caller, purpose: PURPOSE });
      expect(seen.errors).toEqual([]);
      for (const field of FIELDS) expect(seen.data.applicant[field].__typename).not.toBe('ConsentRequired');
    }
    expect(new Set(grants.map((claims) => claims['consumer_org']))).toEqual(new Set([A, B]));
    const scopesFor = (insurer: string) =>
      new Set(grants.filter((claims) => claims['consumer_org'] === insurer).map((claims) => claims['scope']));
    // What was fetched for one insurer serves no other; Altinn 2 is told of the use after the answer.
    await vi.waitFor(() => expect(scopesFor(B)).toEqual(scopesFor(A)), 30_000);
    expect([...headers].filter((name) => /consumer|supplier|org/i.test(name))).toEqual([]);
  });

  it('stands beside the insurer at NAV, in the record and in what callers see', async () => {
    const { world } = await openSuppliedWorld();
    await using _ = world;
    await world.grantKnown('P04');
    await world.read('P04');
    expect(world.sandbox.traces().map(({ mottaker, leverandoer }) => [mottaker, leverandoer])).toEqual(
      FIELDS.map(() => [A, SUPPLIER]),
    );
    const { data } = await world.query('auditor-a', RECORDS);
    expect(data.disclosures.nodes).toMatchObject(FIELDS.map(() => ({ outcome: 'DELIVERED', supplier: SUPPLIER })));
    const viewer = await world.query('case-handler-b', VIEWER);
    expect(viewer.data.viewer.dataConsumer).toEqual({ organisationNumber: B, supplier: SUPPLIER });
  });

  it('is named to the person who is asked', async () => {
    const { world } = await openSuppliedWorld();
    await using _ = world;
    await world.ask('P04');
    const [request] = world.altinn.askedOf('P04');
    expect(request?.handledBy).toBe(SUPPLIER);
  });

  it('whose delegation is revoked between two reads reads nothing more, says who must do what, and leaves the other insurer alone', async () => {
    const { world, delegations } = await openSuppliedWorld();
    await using _ = world;
    const id = await world.grantKnown('P04');
    await world.grantKnown('P04', { purpose: PURPOSE }, 'case-handler-b');
    expect((await world.read('P04')).errors).toEqual([]);

    const revoked = delegations.splice(0).filter(({ consumer }) => consumer === B);
    const given = delegations.push(...revoked);
    world.clock.set(new Date('2026-11-16T09:03:00Z'));
    const calls = world.navCalls();
    const refused = await world.read('P04');
    expect(refused.data.applicant).toEqual({ aapVedtak: null, aapMeldekort: null, uforeopplysninger: null });
    for (const error of refused.errors) {
      expect(error.extensions).toMatchObject({ code: 'DELEGATION_MISSING', retry: 'never' });
      expect(error.message).toMatch(
        new RegExp(`^Organisation ${A} has not delegated the scope (nav|altinn):\\S+ to its supplier ${SUPPLIER}\\.`),
      );
      expect(error.message).toContain('in Altinn, under API delegation');
    }
    expect(refused.errors).toHaveLength(3);
    expect(world.navCalls()).toBe(calls);
    const { data } = await world.query('auditor-a', RECORDS);
    expect(data.disclosures.nodes.slice(0, 3)).toEqual(
      FIELDS.map(() => ({ outcome: 'FAILED', errorCode: 'DELEGATION_MISSING', supplier: SUPPLIER, attempts: 0 })),
    );
    const consent = await world.query('case-handler-a', 'query ($id: ID!) { consent(id: $id) { status } }', { id });
    expect(consent.data.consent.status).toBe('ACTIVE');
    expect((await world.read('P04', { caller: 'case-handler-b', purpose: PURPOSE })).errors).toEqual([]);

    expect(given).toBeGreaterThan(0);
    delegations.push(...revoked.map((each) => ({ ...each, consumer: A })));
    // A refusal that a delegation cures is held back for ten seconds.
    world.clock.set(new Date('2026-11-16T09:03:11Z'));
    expect((await world.read('P04')).errors).toEqual([]);
  });

  it('without a delegation from an insurer asks nobody, and with one asks once', async () => {
    const { world, delegations } = await openSuppliedWorld();
    await using _ = world;
    const all = delegations.splice(0);
    const input = consentInput('P04');
    const refused = await world.query('case-handler-a', REQUEST_CONSENT, { input });
    expect(refused.errors).toMatchObject([{ extensions: { code: 'DELEGATION_MISSING' } }]);
    const asked = () => world.altinn.askedOf('P04');
    expect(asked()).toEqual([]);
    delegations.push(...all);
    world.clock.set(new Date('2026-11-16T09:00:11Z'));
    expect((await world.query('case-handler-a', REQUEST_CONSENT, { input })).errors).toEqual([]);
    expect(asked()).toHaveLength(1);
  });
});

it('an insurer that is the supplier of others acts for itself without naming itself, and for others only where they delegate', async () => {
  const { world, grants } = await openSuppliedWorld({
    config: (config) => {
      const [own] = config.dataConsumers;
      if (own?.client === undefined) throw new Error('insurer A has a client of its own');
      const { organisationNumber, client, altinn2 } = own;
      return supplied({ ...config, supplier: { organisationNumber, client, altinn2 } });
    },
  });
  await using _ = world;
  await world.grantKnown('P04');
  expect((await world.read('P04')).errors).toEqual([]);
  expect(grants.length).toBeGreaterThan(0);
  for (const claims of grants) expect(claims).not.toHaveProperty('consumer_org');
  const { data } = await world.query('case-handler-a', VIEWER);
  expect(data.viewer.dataConsumer).toEqual({ organisationNumber: A, supplier: null });
  const other = await world.query('case-handler-b', REQUEST_CONSENT, {
    input: consentInput('P04', { purpose: PURPOSE }),
  });
  expect(other.errors).toMatchObject([
    { message: expect.stringContaining(`its supplier ${A}`), extensions: { code: 'DELEGATION_MISSING' } },
  ]);
});

it('a data consumer whose reads the operator has stopped is refused each, on the record, and the other reads on', async () => {
  await using world = await openWorld({
    config: (config) => ({
      ...config,
      dataConsumers: config.dataConsumers.map((each) =>
        String(each.organisationNumber) === A ? { ...each, reads: 'STOPPED' } : each,
      ),
    }),
  });
  await world.grantKnown('P04');
  await world.grantKnown('P04', { purpose: PURPOSE }, 'case-handler-b');
  world.sandbox.journal.clear();
  const stopped = await world.read('P04');
  expect(stopped.errors.map(({ extensions, message }) => [extensions.code, message])).toEqual(
    FIELDS.map(() => [
      'FORBIDDEN',
      'The operator has stopped all reads of this data consumer. Ask the operator when they resume.',
    ]),
  );
  expect(world.sandbox.journal.entries('maskinporten')).toEqual([]);
  expect(world.navCalls()).toBe(0);
  expect((await world.audit('a')).map(({ outcome, errorCode }) => [outcome, errorCode])).toEqual(
    FIELDS.map(() => ['REFUSED', 'FORBIDDEN']),
  );
  expect((await world.read('P04', { caller: 'case-handler-b', purpose: PURPOSE })).errors).toEqual([]);
});

it('a data consumer has its name in the language it is asked for in', async () => {
  await using world = await openWorld({
    config: (config) => ({
      ...config,
      dataConsumers: config.dataConsumers.map((each) => ({ ...each, name: { nb: 'b', nn: 'n', en: 'e' } })),
    }),
  });
  const { data } = await world.query(
    'case-handler-a',
    '{ viewer { dataConsumer { name nb: name(language: NB) nn: name(language: NN) en: name(language: EN) } } }',
  );
  expect(data.viewer.dataConsumer).toEqual({ name: 'b', nb: 'b', nn: 'n', en: 'e' });
});
