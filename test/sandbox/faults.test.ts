import { describe, expect, test } from 'vitest';
import type { FaultInput } from '../../src/sandbox/faults.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { CastId } from '../../src/sandbox/world.ts';
import { AAP_SCOPE, numberOf, UFORE, UFORE_SCOPE, VEDTAK } from './support/nav-world.ts';
import { consentToken, givenConsent, grantForm, ORIGINS, send, testSandbox } from './support/test-sandbox.ts';

async function withFault(fault: FaultInput): Promise<Sandbox> {
  const sandbox = await testSandbox();
  sandbox.faults.add(fault);
  return sandbox;
}

async function readVedtak(sandbox: Sandbox, person: CastId = 'P04') {
  const bearer = await consentToken(sandbox, person, AAP_SCOPE);
  return send(sandbox, `${ORIGINS.aap}${VEDTAK}`, {
    headers: { authorization: `Bearer ${bearer}`, fnr: numberOf(person) },
  });
}

describe('a fault', () => {
  test('of kind latency answers after the wait, untouched', async () => {
    const waits: number[] = [];
    const sandbox = await testSandbox({
      wait: async (ms) => {
        waits.push(ms);
      },
    });
    sandbox.faults.add({ upstream: 'aap', kind: 'latency', ms: 1500 });

    expect((await readVedtak(sandbox)).status).toBe(200);
    expect(waits).toEqual([1500]);
  });

  test('of kind latency passes by the machine’s timers, and ends early when faults are cleared', async () => {
    const sandbox = await withFault({ upstream: 'aap', kind: 'latency', ms: 1 });
    expect((await readVedtak(sandbox)).status).toBe(200);

    sandbox.faults.clear();
    sandbox.faults.add({ upstream: 'aap', kind: 'latency', ms: 600_000 });
    const slow = send(sandbox, `${ORIGINS.aap}${VEDTAK}`);
    await arrival(sandbox, 3);
    sandbox.faults.clear();
    expect((await slow).status).toBe(401);
  });

  test('of kind hang gives no answer, and a broken connection once faults are cleared', async () => {
    const sandbox = await withFault({ upstream: 'aap', kind: 'hang' });
    const hanging = send(sandbox, `${ORIGINS.aap}${VEDTAK}`);
    await arrival(sandbox, 1);
    expect(sandbox.journal.entries()).toMatchObject([{ path: VEDTAK, status: null }]);

    sandbox.faults.clear();
    await expect(hanging).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('of kind status answers with it, and with Retry-After when given', async () => {
    const plain = await readVedtak(await withFault({ upstream: 'aap', kind: 'status', status: 503 }));
    const patient = await readVedtak(await withFault({ upstream: 'aap', kind: 'status', status: 429, retryAfter: 7 }));

    expect([plain.status, plain.headers['retry-after'], plain.text]).toEqual([503, undefined, '']);
    expect([patient.status, patient.headers['retry-after']]).toEqual([429, '7']);
  });

  test('of kind html answers a page with 500', async () => {
    const { status, headers, text } = await readVedtak(await withFault({ upstream: 'aap', kind: 'html' }));

    expect([status, headers['content-type']]).toEqual([500, 'text/html; charset=utf-8']);
    expect(text).toMatch(/^<!DOCTYPE html>/);
  });

  test('of kind reset breaks the connection, and the journal has the call without a status', async () => {
    const sandbox = await withFault({ upstream: 'aap', kind: 'reset' });

    await expect(readVedtak(sandbox)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(sandbox.journal.entries('aap')).toMatchObject([{ path: VEDTAK, status: null }]);
  });

  test('of kind truncated answers JSON that breaks off', async () => {
    const { status, text } = await readVedtak(await withFault({ upstream: 'aap', kind: 'truncated' }));

    expect(status).toBe(200);
    expect(text).toMatch(/^\{"uttrekksperiode"/);
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  });

  test('of kind unknown-code puts a code nobody knows into the first row', async () => {
    const { text } = await readVedtak(await withFault({ upstream: 'aap', kind: 'unknown-code' }));
    const { vedtaksliste } = JSON.parse(text) as { vedtaksliste: { aktivitetsfase: { kode: string } }[] };

    expect(vedtaksliste.map(({ aktivitetsfase }) => aktivitetsfase.kode)).toEqual([
      'SANDKASSEKODE',
      'UA',
      'UA',
      'AU',
      'UVUP',
    ]);
  });

  test('of kind unknown-code can name the field', async () => {
    const fault = { upstream: 'aap', kind: 'unknown-code', field: 'vedtakstype' } as const;
    const { text } = await readVedtak(await withFault(fault));

    expect(JSON.parse(text).vedtaksliste[0]).toMatchObject({
      vedtakstype: { kode: 'SANDKASSEKODE' },
      aktivitetsfase: { kode: 'IKKE' },
    });
  });

  test('of kind unknown-code changes the status of uføre', async () => {
    const sandbox = await withFault({ upstream: 'uforeopplysninger', kind: 'unknown-code' });
    const bearer = await consentToken(sandbox, 'P06', UFORE_SCOPE);
    const headers = { authorization: `Bearer ${bearer}`, fnr: numberOf('P06') };
    const { text } = await send(sandbox, `${ORIGINS.uforeopplysninger}${UFORE}`, { headers });

    expect(JSON.parse(text)).toMatchObject({ status: 'SANDKASSEKODE', forsteVirkningstidspunkt: '2021-05-01' });
  });

  test('of kind success answers with that status, and without a body when it is 204', async () => {
    const whole = await readVedtak(await testSandbox());
    const partial = await readVedtak(await withFault({ upstream: 'aap', kind: 'success', status: 206 }));
    const empty = await readVedtak(await withFault({ upstream: 'aap', kind: 'success', status: 204 }));

    expect([partial.status, partial.text]).toEqual([206, whole.text]);
    expect([empty.status, empty.text]).toEqual([204, '']);
  });

  test('of kind wrong-types answers the right fields, each as another type', async () => {
    const { text } = await readVedtak(await withFault({ upstream: 'aap', kind: 'wrong-types' }));

    expect(JSON.parse(text).vedtaksliste[0]).toMatchObject({
      vedtakId: expect.stringMatching(/^\d+$/),
      virkningsperiode: { fomDato: 10 },
      vedtakstype: { kode: 1 },
    });
  });

  test('of kind members puts them in front of the double’s own, which prevail, letter by letter', async () => {
    const members = '"__proto__": {"a": 1}, "vedtaksliste": 1, "vedtaksliste": 2';
    const sandbox = await withFault({ upstream: 'aap', kind: 'members', members });
    const { text } = await readVedtak(sandbox);

    expect(text).toMatch(`{${members},"uttrekksperiode":`);
    expect(JSON.parse(text).vedtaksliste.length).toBeGreaterThan(0);
  });

  test.each(['', '"a"', '"a": 1,', '"a": 1}, {"b": 2', 'a: 1'])('of kind members is none with %s', async (members) => {
    const { faults } = await testSandbox();

    expect(() => faults.add({ upstream: 'aap', kind: 'members', members })).toThrow(/no members/);
  });

  test('of kind bom puts a byte order mark in front of the answer', async () => {
    const whole = await readVedtak(await testSandbox());
    const { body } = await readVedtak(await withFault({ upstream: 'aap', kind: 'bom' }));

    expect([...body.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(new TextDecoder().decode(body)).toBe(whole.text);
  });

  test.each(['unknown-code', 'wrong-types', 'bom'] as const)('of kind %s leaves a page alone', async (kind) => {
    const whole = await send(await testSandbox(), `${ORIGINS.nav}/innsyn`);
    const sandbox = await withFault({ upstream: 'nav', kind });

    expect((await send(sandbox, `${ORIGINS.nav}/innsyn`)).text).toBe(whole.text);
  });

  test('of kind redirect points to another host, by the status it is told', async () => {
    const { status, headers } = await readVedtak(await withFault({ upstream: 'aap', kind: 'redirect' }));
    const other = await readVedtak(await withFault({ upstream: 'aap', kind: 'redirect', status: 307 }));

    expect([status, headers['location']]).toEqual([302, 'https://elsewhere.example/']);
    expect([other.status, other.headers['location']]).toEqual([307, 'https://elsewhere.example/']);
  });

  test('of kind huge answers that many bytes of JSON', async () => {
    const { body, text } = await readVedtak(await withFault({ upstream: 'aap', kind: 'huge', bytes: 50_000 }));

    expect(body).toHaveLength(50_000);
    expect(JSON.parse(text)).toMatch(/^x+$/);
  });

  test('of kind content answers whatever it holds', async () => {
    const fault = { upstream: 'aap', kind: 'content', body: 'Vedlikehold' } as const;
    const { status, headers, text } = await readVedtak(await withFault(fault));

    expect([status, headers['content-type'], text]).toEqual([200, 'text/plain', 'Vedlikehold']);
    expect(headers).not.toHaveProperty('content-encoding');
  });

  test('of kind content can say that it is encoded', async () => {
    const fault = { upstream: 'aap', kind: 'content', body: '\u001f?', contentEncoding: 'gzip' } as const;

    expect((await readVedtak(await withFault(fault))).headers).toMatchObject({ 'content-encoding': 'gzip' });
  });
});

describe('the aim of a fault', () => {
  const down = { kind: 'status', status: 503 } as const;

  test('hits one upstream only', async () => {
    const sandbox = await withFault({ ...down, upstream: 'uforeopplysninger' });

    expect((await readVedtak(sandbox)).status).toBe(200);
  });

  test('can be one person, told from the header, the grant and the consent request', async () => {
    const sandbox = await withFault({ ...down, upstream: 'aap', person: 'P05' });
    expect((await readVedtak(sandbox, 'P04')).status).toBe(200);
    expect((await readVedtak(sandbox, 'P05')).status).toBe(503);

    sandbox.faults.add({ ...down, upstream: 'maskinporten', person: 'P05' });
    sandbox.faults.add({ ...down, upstream: 'altinn3', person: 'P05' });
    const grant = await grantForm(sandbox, 'P05', givenConsent(sandbox, 'P05'), AAP_SCOPE);
    const token = await send(sandbox, `${ORIGINS.maskinporten}/token`, { method: 'POST', body: grant });
    const from = `urn:altinn:person:identifier-no:${numberOf('P05')}`;
    const request = await send(sandbox, `${ORIGINS.altinn3}/accessmanagement/api/v1/enterprise/consentrequests`, {
      method: 'POST',
      body: JSON.stringify({ from }),
    });
    expect([token.status, request.status]).toEqual([503, 503]);
  });

  test('can be a path and a method', async () => {
    const sandbox = await withFault({ ...down, upstream: 'aap', path: '/api/v1/aap/meldekort' });
    sandbox.faults.add({ ...down, upstream: 'aap', method: 'POST' });

    expect((await readVedtak(sandbox)).status).toBe(200);
    expect((await send(sandbox, `${ORIGINS.aap}/api/v1/aap/meldekort`)).status).toBe(503);
  });

  test('can be the scope of the token asked for, so that one step of a read fails and no other', async () => {
    const sandbox = await withFault({ ...down, upstream: 'maskinporten', scope: UFORE_SCOPE });
    const consent = givenConsent(sandbox, 'P04');
    const statusFor = async (scope: string) => {
      const body = await grantForm(sandbox, 'P04', consent, scope);
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      return (await send(sandbox, `${ORIGINS.maskinporten}/token`, { method: 'POST', headers, body })).status;
    };

    expect([await statusFor(AAP_SCOPE), await statusFor(UFORE_SCOPE)]).toEqual([200, 503]);
  });

  test('can be a number of calls, after which the next fault has its turn', async () => {
    const sandbox = await withFault({ ...down, upstream: 'aap', times: 2 });
    sandbox.faults.add({ kind: 'status', status: 500, upstream: 'aap', times: 1 });
    const statuses: number[] = [];
    for (let call = 0; call < 4; call += 1) statuses.push((await send(sandbox, `${ORIGINS.aap}${VEDTAK}`)).status);

    expect(statuses).toEqual([503, 503, 500, 401]);
    expect(sandbox.faults.list()).toEqual([]);
  });

  test('must be somebody of the cast', async () => {
    const { faults } = await testSandbox();

    expect(() => faults.add({ ...down, upstream: 'aap', person: 'P14' })).toThrow(/none of the cast/);
  });
});

test('a fault after the effect loses the answer, not what was done', async () => {
  const sandbox = await withFault({ upstream: 'aap', kind: 'status', status: 503, afterEffect: true, times: 1 });
  const before = await withFault({ upstream: 'aap', kind: 'status', status: 503, times: 1 });

  expect((await readVedtak(sandbox)).status).toBe(503);
  expect((await readVedtak(before)).status).toBe(503);
  expect(sandbox.traces()).toHaveLength(1);
  expect(before.traces()).toHaveLength(0);
});

/** Resolves when the journal has that many calls, without a timer: the calls are on their way in this process. */
async function arrival(sandbox: Sandbox, calls: number): Promise<void> {
  while (sandbox.journal.entries().length < calls) await Promise.resolve();
}
