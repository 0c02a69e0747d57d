import { DatabaseSync } from 'node:sqlite';
import { GraphQLError } from 'graphql';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SettableClock } from '../../src/clock.ts';
import { stillClock } from '../../src/clock.ts';
import type { ErrorCode } from '../../src/errors.ts';
import { GatewayError } from '../../src/errors.ts';
import { formatError } from '../../src/graphql/errors.ts';
import { SANDBOX_START } from '../../src/sandbox/world.ts';
import type { Transport } from '../../src/upstream.ts';
import type { Seen, World } from '../support/world.ts';
import { consentInput, numberOf, openWorld, REQUEST_CONSENT } from '../support/world.ts';

const P04 = numberOf('P04');
const READ = `query ($id: NationalId!) {
  applicant(by: { nationalId: $id }) { aapVedtak { __typename } uforeopplysninger { __typename } }
  viewer { role }
}`;
const STATUS = '{ consents { nodes { status } } viewer { role } }';

/** What is wrong with the world, switched on once consent is given. */
const trouble: { maskinporten: string | null; clock: { readonly thrown: unknown; spared: number } | null } = {
  maskinporten: null,
  clock: null,
};

function troubledClock(): SettableClock {
  const clock = stillClock(SANDBOX_START);
  return {
    set: clock.set,
    now() {
      // The gate looks at the clock before a request is begun.
      if (trouble.clock !== null && trouble.clock.spared-- <= 0) throw trouble.clock.thrown;
      return clock.now();
    },
  };
}

function troubledTransport(doubles: Transport): Transport {
  return async (request) => {
    if (trouble.maskinporten === null || !request.url.endsWith('/token')) return doubles(request);
    const error_uri = `https://docs.digdir.no/${trouble.maskinporten}`;
    const body = JSON.stringify({ error: 'forbidden', error_description: `not for ${P04}`, error_uri });
    return { status: 403, headers: { 'content-type': 'application/json' }, body: new TextEncoder().encode(body) };
  };
}

/** One world for every test but those that leave a mark on it. */
let shared: World;
beforeAll(async () => {
  shared = await openTroubled();
});
afterAll(() => shared[Symbol.asyncDispose]());
afterEach(() => {
  trouble.maskinporten = null;
  trouble.clock = null;
  shared.sandbox.faults.clear();
  shared.sandbox.switches.aapRefusesAltinn3 = false;
});

async function openTroubled(): Promise<World> {
  const world = await openWorld({ clock: troubledClock(), transport: troubledTransport });
  await world.grant('P04');
  return world;
}

const read = (world: World) => world.query('case-handler-a', READ, { id: P04 });
const ask = (world: World) => world.query('case-handler-a', REQUEST_CONSENT, { input: consentInput('P05') });

/** Nobody is there to be answered that they have gone. */
type Met = Exclude<ErrorCode, 'ABANDONED'>;

function breakInserts(world: World, table: 'consents' | 'disclosures'): void {
  using file = new DatabaseSync(world.databaseFile);
  file.exec(`CREATE TRIGGER full BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'no room'); END`);
}

/** A way to each code from outside. */
const WAYS: Readonly<Record<Met, (world: World) => Promise<Seen>>> = {
  UNAUTHENTICATED: (world) => world.query(null, '{ viewer { role } }'),
  FORBIDDEN: (world) => world.query('auditor-a', READ, { id: P04 }),
  INVALID_INPUT: (world) => world.query('case-handler-a', READ, { id: '1' }),
  NOT_FOUND: (world) => world.query('case-handler-a', '{ consent(id: "x") { id } }'),
  LIMIT_EXCEEDED: (world) => world.query('case-handler-a', '{ consents(first: 101) { nodes { id } } }'),
  DELEGATION_MISSING: (world) => {
    trouble.maskinporten = 'MP-251';
    return read(world);
  },
  ALTINN_UNAVAILABLE: (world) => {
    world.sandbox.faults.add({ upstream: 'altinn3', kind: 'status', status: 503 });
    return ask(world);
  },
  ALTINN_REJECTED: (world) => {
    world.sandbox.faults.add({ upstream: 'altinn3', kind: 'status', status: 403 });
    return ask(world);
  },
  MASKINPORTEN_UNAVAILABLE: (world) => {
    world.sandbox.faults.add({ upstream: 'maskinporten', kind: 'status', status: 503 });
    return read(world);
  },
  MASKINPORTEN_REJECTED: (world) => {
    trouble.maskinporten = 'MP-110';
    return read(world);
  },
  NAV_UNAVAILABLE: (world) => {
    world.sandbox.faults.add({ upstream: 'aap', kind: 'reset' });
    return read(world);
  },
  NAV_REFUSED: (world) => {
    world.sandbox.switches.aapRefusesAltinn3 = true;
    return read(world);
  },
  NAV_UNREADABLE: (world) => {
    world.sandbox.faults.add({ upstream: 'aap', kind: 'truncated' });
    return read(world);
  },
  NATIONAL_ID_IN_DOCUMENT: (world) => world.query('case-handler-a', `{ viewer { role } } # ${P04}`),
  AUDIT_UNAVAILABLE: (world) => {
    breakInserts(world, 'disclosures');
    return read(world);
  },
  STORE_UNAVAILABLE: (world) => {
    breakInserts(world, 'consents');
    return ask(world);
  },
  INTERNAL: (world) => {
    trouble.clock = { thrown: new Error('planted'), spared: 1 };
    return world.query('case-handler-a', STATUS);
  },
};

describe('every code can be met from outside', () => {
  const codes = Object.keys(WAYS) as Met[];

  it.each(codes)('%s', async (code) => {
    await using fresh =
      code === 'AUDIT_UNAVAILABLE' || code === 'STORE_UNAVAILABLE' || code === 'DELEGATION_MISSING'
        ? await openTroubled()
        : undefined;
    const world = fresh ?? shared;
    const seen = await WAYS[code](world);
    expect(seen.errors.map(({ extensions }) => extensions.code)).toContain(code);
    for (const { message, extensions } of seen.errors) {
      expect(extensions).toMatchObject({
        retry: expect.stringMatching(/^(never|later)$/),
        callId: seen.headers['x-request-id'],
      });
      expect(message).toMatch(/\S.*\.$/);
    }
    expect(seen.text).not.toContain(P04);
    expect(world.log()).not.toContain(P04);
    if (seen.errors.some(({ path }) => path?.[0] === 'applicant'))
      expect(seen.data.viewer).toEqual({ role: expect.any(String) });
  });
});

it('one failing source costs the caller nothing of the other', async () => {
  shared.sandbox.faults.add({ upstream: 'aap', kind: 'html' });
  const seen = await read(shared);
  expect(seen.data.applicant).toEqual({ aapVedtak: null, uforeopplysninger: { __typename: 'Uforeopplysninger' } });
  expect(seen.errors).toMatchObject([
    { path: ['applicant', 'aapVedtak'], extensions: { code: 'NAV_UNAVAILABLE', source: 'AAP_VEDTAK' } },
  ]);
});

describe('a defect', () => {
  const secret = `tried ${P04} with token abc.def.ghi`;
  it.each<[string, unknown]>([
    ['an error that tells too much', Object.assign(new TypeError(secret), { token: secret, cause: new Error(secret) })],
    [
      'an error of GraphQL’s own class',
      new GraphQLError(secret, { extensions: { code: secret, stacktrace: [secret] } }),
    ],
    ['a text', secret],
    ['nothing at all', undefined],
    ['an object', { message: secret, toString: () => secret }],
  ])('that throws %s is masked, and the operator finds its frames but not its words', async (_, thrown) => {
    const before = shared.log().length;
    trouble.clock = { thrown, spared: 1 };
    const seen = await shared.query('case-handler-a', STATUS);
    trouble.clock = null;
    const log = shared.log().slice(before);
    expect(seen.status).toBe(200);
    expect(seen.data.viewer).toEqual({ role: 'CASE_HANDLER' });
    expect(seen.errors).toEqual([
      {
        message: 'Something went wrong in the gateway. Give the operator the callId.',
        locations: expect.anything(),
        path: expect.arrayContaining(['consents']),
        extensions: { code: 'INTERNAL', retry: 'later', callId: seen.headers['x-request-id'] },
      },
    ]);
    const defects = log
      .split('\n')
      .filter((line) => line.includes('"event":"defect"'))
      .map((line) => JSON.parse(line));
    expect(defects).toMatchObject([
      { callId: seen.headers['x-request-id'], stack: expect.stringMatching(/^ +at .+:\d+/) },
    ]);
    for (const word of [P04, 'abc.def.ghi', 'tried']) {
      expect(seen.text).not.toContain(word);
      expect(log).not.toContain(word);
    }
    expect(seen.text).not.toContain('node_modules');
  });

  it('before GraphQL begins is masked too, with status 500', async () => {
    await using broken = await openWorld({
      transport: (doubles) => (request) => {
        if (request.url.endsWith('/jwks')) throw Object.assign(new Error(secret), { stack: secret });
        return doubles(request);
      },
    });
    const seen = await broken.query('case-handler-a', STATUS);
    expect(seen.status).toBe(500);
    expect(seen.errors).toMatchObject([
      { extensions: { code: 'INTERNAL', retry: 'later', callId: seen.headers['x-request-id'] } },
    ]);
    expect(seen.text).not.toContain(P04);
    expect(broken.log()).not.toContain(P04);
  });
});

describe('formatError', () => {
  it('keeps of our own error what is meant for the caller, however deep it lies', () => {
    const ours = new GatewayError('NAV_UNAVAILABLE', 'NAV is away. Try later.', {
      retry: 'never',
      evidence: { upstream: 'nav', status: 503, traceId: 'secret' },
      cause: new Error('secret'),
    });
    const wrapped = new GraphQLError('other words', {
      originalError: new GraphQLError('more', { originalError: ours }),
    });
    const shown = formatError(
      {
        message: 'other words',
        path: ['a', 0],
        locations: [{ line: 1, column: 2 }],
        extensions: { source: 'AAP_VEDTAK', secret: 1 },
      },
      wrapped,
    );
    expect(shown).toEqual({
      message: 'NAV is away. Try later.',
      path: ['a', 0],
      locations: [{ line: 1, column: 2 }],
      extensions: { code: 'NAV_UNAVAILABLE', retry: 'never', source: 'AAP_VEDTAK' },
    });
  });

  it.each(['INTERNAL', 'NOT_FOUND', 'UNAUTHENTICATED'])(
    'does not take the word of an error that only calls itself %s',
    (code) => {
      const shown = formatError(
        { message: 'secret', extensions: { code } },
        new GraphQLError('secret', { extensions: { code } }),
      );
      expect(shown).toMatchObject({ message: expect.not.stringContaining('secret'), extensions: { code: 'INTERNAL' } });
    },
  );
});
