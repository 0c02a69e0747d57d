import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createGateway } from '../../src/gateway.ts';
import { createLog } from '../../src/log.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import type { CastId } from '../../src/sandbox/world.ts';
import { sandboxConfig } from '../../src/standalone-config.ts';
import type { Transport, WireRequest } from '../../src/upstream.ts';
import { isVedtakRead } from '../support/hold.ts';
import { slow } from '../support/slow.ts';
import { consentInput, numberOf, ORIGINS, openWorld, REQUEST_CONSENT } from '../support/world.ts';

const onAltinn2 = ({ url }: WireRequest) => url.startsWith(ORIGINS.altinn2);
const isUse = ({ url }: WireRequest) => url.endsWith('/loguse');

const PATIENCE = { timeout: 30_000, interval: 5 };

const UFORE = 'query ($id: NationalId!) { applicant(by: { nationalId: $id }) { uforeopplysninger { __typename } } }';

/** The aliases of one document, each a read about other dates: the limit on aliases allows no more. */
const THIRTY = `query ($id: NationalId!) { applicant(by: { nationalId: $id }) {
  ${Array.from({ length: 30 }, (_, at) => `d${at}: aapVedtak(periode: { fom: "2022-01-${10 + (at % 20)}", tom: "2023-01-${at < 20 ? 10 : 11}" }) { __typename }`).join('\n')}
} }`;

describe('an Altinn 2 that hangs', () => {
  it('holds up nobody who reads under a consent on Altinn 3', async () => {
    await using before = await openWorld({ rail: 'ALTINN_2' });
    const people: readonly CastId[] = ['P02', 'P04', 'P05'];
    for (const person of people) await before.grantKnown(person);
    await before.gateway[Symbol.asyncDispose]();
    const altinn2 = slow(onAltinn2);
    await using world = await openWorld({
      rail: 'ALTINN_3',
      directory: before.directory,
      state: before.sandbox.snapshot(),
      transport: altinn2.transport,
    });
    await world.grantKnown('P06');
    altinn2.begin();
    const stuck = people.map((person) => world.query('case-handler-a', THIRTY, { id: numberOf(person) }));
    await altinn2.heard;
    await vi.waitFor(async () => expect((await world.audit('a')).length).toBe(30 * people.length), PATIENCE);
    expect((await world.read('P06')).errors).toEqual([]);
    altinn2.end();
    expect((await Promise.all(stuck)).flatMap(({ errors }) => errors)).toEqual([]);
  });

  it('is told of eight uses at once, and the others wait for their turn without standing in anybody’s way', async () => {
    const uses: string[] = [];
    const telling = slow((wire) => isUse(wire) && uses.push(wire.url) > 0);
    await using world = await openWorld({ rail: 'ALTINN_2', transport: telling.transport });
    const people: readonly CastId[] = ['P02', 'P04', 'P05', 'P06'];
    for (const person of people) await world.grantKnown(person);
    telling.begin();
    for (const person of people) expect((await world.read(person)).errors).toEqual([]);
    expect(uses).toHaveLength(8);
    telling.end();
    await vi.waitFor(() => expect(uses).toHaveLength(3 * people.length), PATIENCE);
  });

  it('gives up with a NAV that hangs as well when the gateway ends, and no later', async () => {
    const isHeld = (wire: WireRequest) => isUse(wire) || isVedtakRead(wire);
    const both = slow(isHeld);
    const givenUp: string[] = [];
    const watched = (doubles: Transport): Transport => {
      const held = both.transport(doubles);
      return (wire) => {
        if (isHeld(wire)) wire.signal.addEventListener('abort', () => givenUp.push(isUse(wire) ? 'use' : 'read'));
        return held(wire);
      };
    };
    await using world = await openWorld({ rail: 'ALTINN_2', transport: watched });
    for (const person of ['P04', 'P05'] as const) await world.grantKnown(person);
    both.begin();
    expect((await world.query('case-handler-a', UFORE, { id: numberOf('P05') })).errors).toEqual([]);
    await both.heard;
    const address = await world.gateway.listen();
    const cutOff = fetch(`${address}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await world.sandbox.callers.tokenFor('case-handler-a')}`,
      },
      body: JSON.stringify({ query: THIRTY, variables: { id: numberOf('P04') } }),
    });
    await vi.waitFor(async () => expect(await world.audit('a')).toHaveLength(31), PATIENCE);
    await Promise.all([world.gateway[Symbol.asyncDispose](), expect(cutOff).rejects.toThrow()]);
    expect(givenUp[0]).toBe('use');
    expect(givenUp).toContain('read');
  });
});

describe('an Altinn 3 that hangs', () => {
  it('for one who asks, leaves connections to everybody else, however few calls to NAV there may be', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'samtykkeporten-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    await using running = await startSandbox({ port: 0, onDefect: (defect) => expect.fail(String(defect)) });
    const { sandbox, origins, clock } = running;
    const config = sandboxConfig(sandbox, { port: 0, dataDirectory: directory, insurers: 'A_AND_B' });
    await using gateway = await createGateway(
      { ...config, nav: { ...config.nav, bound: 1 }, deadlines: { ...config.deadlines, altinn: 60_000 } },
      { log: createLog('error', { write: () => undefined }), clock },
    );
    await gateway.listen();
    const authorization = `Bearer ${await sandbox.callers.tokenFor('case-handler-a')}`;
    const request = (person: CastId) =>
      gateway.app.inject({
        method: 'POST',
        url: '/graphql',
        headers: { host: 'localhost', authorization },
        payload: {
          query: REQUEST_CONSENT,
          variables: { input: consentInput(person, { returnUrl: `${origins.control}/` }) },
        },
      });
    sandbox.faults.add({ upstream: 'altinn3', method: 'POST', person: 'P04', kind: 'hang' });
    const hanging = request('P04');
    await vi.waitFor(() => expect(sandbox.journal.entries('altinn3')).toHaveLength(1), PATIENCE);
    const { data } = (await request('P05')).json();
    expect(data.requestConsent.consent.status).toBe('PENDING');
    sandbox.faults.clear();
    await hanging;
  });
});
