import { describe, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { NUMBERS, ORGANISATIONS } from '../../src/sandbox/world.ts';
import { numberOf, VEDTAK } from './support/nav-world.ts';
import { ORIGINS, send, testSandbox } from './support/test-sandbox.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

async function control(sandbox: Sandbox, method: string, path: string, body?: unknown) {
  const { status, headers, text } = await send(sandbox, `${ORIGINS.control}${path}`, {
    method,
    ...(body === undefined ? {} : { headers: JSON_TYPE, body: JSON.stringify(body) }),
  });
  const json = headers['content-type'] === 'application/json' ? JSON.parse(text) : undefined;
  return { status, json, text, headers };
}

describe('control', () => {
  test('shows and sets the clock', async () => {
    const sandbox = await testSandbox();
    expect((await control(sandbox, 'GET', '/clock')).json).toEqual({ now: '2026-11-16T09:00:00.000Z' });

    const set = await control(sandbox, 'PUT', '/clock', { now: '2027-01-01T00:00:00+01:00' });
    expect(set.json).toEqual({ now: '2026-12-31T23:00:00.000Z' });
    expect(sandbox.clock.now().toISOString()).toBe('2026-12-31T23:00:00.000Z');
  });

  test('adds, lists and removes faults', async () => {
    const sandbox = await testSandbox();
    const fault = { upstream: 'aap', person: 'P04', kind: 'status', status: 503, retryAfter: 2, times: 1 };
    const added = await control(sandbox, 'POST', '/faults', fault);
    expect([added.status, added.json]).toEqual([201, { ...fault, afterEffect: false }]);
    expect((await control(sandbox, 'GET', '/faults')).json).toEqual({ faults: [{ ...fault, afterEffect: false }] });

    const removed = await control(sandbox, 'DELETE', '/faults');
    expect([removed.status, removed.text]).toEqual([204, '']);
    expect((await control(sandbox, 'GET', '/faults')).json).toEqual({ faults: [] });
  });

  test('shows the journal, whole or of one upstream, and empties it', async () => {
    const sandbox = await testSandbox();
    await send(sandbox, `${ORIGINS.aap}${VEDTAK}`);
    await send(sandbox, `${ORIGINS.nav}/innsyn`);

    expect((await control(sandbox, 'GET', '/journal')).json.calls).toHaveLength(2);
    expect((await control(sandbox, 'GET', '/journal?upstream=aap')).json).toEqual({
      calls: [{ at: '2026-11-16T09:00:00.000Z', upstream: 'aap', method: 'GET', path: VEDTAK, status: 401 }],
    });
    expect((await control(sandbox, 'DELETE', '/journal')).status).toBe(204);
    expect((await control(sandbox, 'GET', '/journal')).json).toEqual({ calls: [] });
  });

  test('shows the switches, and turns those that are named', async () => {
    const sandbox = await testSandbox();
    const rest = {
      aapRefusesAltinn3: false,
      unfilteredRows: false,
      uforeCut: false,
      hoursByRequest: false,
      emptyUforeErrorBody: false,
      failingTrace: false,
      altinn2ExpChecked: true,
      refusesMigrated: false,
      maskinportenAheadSeconds: 0,
    };
    expect((await control(sandbox, 'GET', '/switches')).json).toEqual(rest);

    const turned = await control(sandbox, 'PUT', '/switches', { failingTrace: true });
    expect(turned.json).toEqual({ ...rest, failingTrace: true });
    expect(sandbox.switches.failingTrace).toBe(true);
  });

  test('has a front page with every address, the cast, and links to where a person answers and looks', async () => {
    const { status, text } = await control(await testSandbox(), 'GET', '/');

    expect(status).toBe(200);
    for (const origin of Object.values(ORIGINS)) expect(text).toContain(`<code>${origin}</code>`);
    expect(text).toContain('Standhaftig Orrhøne');
    expect(text).toContain(`<code>${numberOf('P13')}</code>`);
    expect(text).toContain(`href="${ORIGINS.nav}/innsyn?person=P04"`);
    expect(text).not.toContain('<script');
  });

  test('has on its front page what is special about each organisation', async () => {
    const { text } = await control(await testSandbox(), 'GET', '/');

    for (const { name, organisationNumber, story } of ORGANISATIONS) {
      for (const part of [name, `<code>${organisationNumber}</code>`, story]) expect(text).toContain(part);
    }
  });

  test('has an insurer’s page for people who come back, which leads on to the case and believes nothing', async () => {
    const gateway = 'http://127.0.0.1:4000';
    const sandbox = await testSandbox({ gateway: () => gateway });
    const back = async (query: string) => (await control(sandbox, 'GET', `/?${query}`)).text;
    const before = JSON.stringify(sandbox.snapshot());

    const known = await back('person=P13&consent=x&lang=en');
    expect(known).toContain('<h1>You are back at the insurer</h1>');
    expect(known).toContain(`href="${gateway}/graphiql?example=case-screen&amp;person=P13"`);
    expect(known).toContain('(Munter Linerle)');
    const unknown = await back('person=%22%3E%3Cscript&consent=%3Cb%3E');
    expect(unknown).toContain('<h1>Du er tilbake hos forsikringsselskapet</h1>');
    expect(unknown).toContain(`href="${gateway}/graphiql?example=case-screen"`);
    expect(unknown).not.toMatch(/<script|<b>/);
    expect(await back('consent=x&lang=nn')).toContain('Har du gitt samtykke, hentar selskapet');

    expect(sandbox.journal.entries()).toEqual([]);
    expect(JSON.stringify(sandbox.snapshot())).toBe(before);
    expect(await back('person=P13')).toContain('The sandbox of Samtykkeporten');
  });

  test('links to the gateway once there is one', async () => {
    let gateway: string | undefined;
    const sandbox = await testSandbox({ gateway: () => gateway });
    const pages = async () => [
      (await control(sandbox, 'GET', '/')).text,
      (await control(sandbox, 'GET', '/?person=P13&consent=x')).text,
    ];
    for (const page of await pages()) expect(page).not.toContain('graphiql');
    gateway = 'http://127.0.0.1:4000';
    for (const page of await pages()) expect(page).toContain(`href="${gateway}/`);
  });

  test('links to a page that Altinn has', async () => {
    const sandbox = await testSandbox();
    const { text } = await control(sandbox, 'GET', '/');
    const link = new RegExp(`href="(${ORIGINS.altinn3}/[^"]*)"`).exec(text)?.[1] ?? '';

    expect((await send(sandbox, link)).status).toBeLessThan(400);
  });
});

describe('the delegations', () => {
  const parties = { consumer: NUMBERS.D, supplier: NUMBERS.supplier };
  const ofD = async (sandbox: Sandbox) => {
    const { json } = await control(sandbox, 'GET', '/delegations');
    return json.delegations.filter(({ consumer }: { consumer: string }) => consumer === NUMBERS.D);
  };

  test('are made and ended as the consumer would in Altinn, of all scopes or of some', async () => {
    const sandbox = await testSandbox();
    expect(await ofD(sandbox)).toEqual([]);
    await control(sandbox, 'PUT', '/delegations', { ...parties, isDelegated: true });
    expect(await ofD(sandbox)).toHaveLength(6);
    await control(sandbox, 'PUT', '/delegations', { ...parties, isDelegated: true });
    expect(await ofD(sandbox)).toHaveLength(6);

    const scopes = ['nav:arbeid/v1/aap'];
    await control(sandbox, 'PUT', '/delegations', { ...parties, scopes, isDelegated: false });
    expect(await ofD(sandbox)).toHaveLength(5);
    await control(sandbox, 'PUT', '/delegations', { ...parties, isDelegated: false });
    expect(await ofD(sandbox)).toEqual([]);
    await control(sandbox, 'PUT', '/delegations', { ...parties, scopes, isDelegated: true });
    expect(await ofD(sandbox)).toEqual([{ ...parties, scope: 'nav:arbeid/v1/aap' }]);
  });
});

describe('a control request that cannot be used', () => {
  test.each<[string, string, string, unknown, string, string?]>([
    ['a clock without a moment', 'PUT', '/clock', {}, 'now'],
    ['a moment without a zone', 'PUT', '/clock', { now: '2027-01-01T00:00:00' }, 'now'],
    ['an unknown kind of fault', 'POST', '/faults', { upstream: 'aap', kind: 'quake' }, 'kind'],
    ['an unknown upstream', 'POST', '/faults', { upstream: 'control', kind: 'hang' }, 'upstream'],
    ['a stranger', 'POST', '/faults', { upstream: 'aap', kind: 'hang', person: '30817429498' }, 'person'],
    ['a latency without a length', 'POST', '/faults', { upstream: 'aap', kind: 'latency' }, 'ms'],
    ['a status that is no failure', 'POST', '/faults', { upstream: 'aap', kind: 'status', status: 200 }, 'status'],
    [
      'a delegation by a stranger',
      'PUT',
      '/delegations',
      { consumer: '30817429498', supplier: NUMBERS.supplier, isDelegated: true },
      'consumer',
    ],
    ['a clock two days off', 'PUT', '/switches', { maskinportenAheadSeconds: 172_800 }, 'maskinportenAheadSeconds'],
    ['a switch of the wrong type', 'PUT', '/switches', { uforeCut: 'yes' }, 'uforeCut'],
  ])('gets 400 that names the property: %s', async (_, method, path, body, property) => {
    const { status, json } = await control(await testSandbox(), method, path, body);

    expect(status).toBe(400);
    expect(json.problems).toMatchObject([{ property }]);
    expect(JSON.stringify(json)).not.toContain('30817429498');
  });

  test('gets 400 without an echo for a property that is not known', async () => {
    const { status, json } = await control(await testSandbox(), 'PUT', '/switches', { '30817429498': true });

    expect([status, json.problems]).toEqual([
      400,
      [{ property: '', problem: 'holds a property that is not known here' }],
    ]);
  });

  test('gets 400 for a body that is no JSON, and 415 for one that does not say it is', async () => {
    const sandbox = await testSandbox();
    const url = `${ORIGINS.control}/clock`;
    const broken = await send(sandbox, url, { method: 'PUT', headers: JSON_TYPE, body: '{' });
    const plain = await send(sandbox, url, { method: 'PUT', headers: { 'content-type': 'text/plain' }, body: '{}' });

    expect([broken.status, plain.status]).toEqual([400, 415]);
  });

  test('gets 404, 405 with what is allowed, and 400 for an unknown upstream in the journal', async () => {
    const sandbox = await testSandbox();
    const elsewhere = await control(sandbox, 'GET', '/clocks');
    const wrongMethod = await control(sandbox, 'POST', '/clock', {});
    const unknown = await control(sandbox, 'GET', '/journal?upstream=skatt');

    expect([elsewhere.status, wrongMethod.status, unknown.status]).toEqual([404, 405, 400]);
    expect(wrongMethod.headers['allow']).toBe('GET, PUT');
  });
});
