import { expect, test } from 'vitest';
import { SANDBOX_START } from '../../src/sandbox/world.ts';
import { AAP_SCOPE, INSURER_A, numberOf, UFORE, UFORE_SCOPE, VEDTAK } from './support/nav-world.ts';
import { consentToken, givenConsent, grantForm, ORIGINS, send, testSandbox } from './support/test-sandbox.ts';

test('a consent given in Altinn opens both NAV services through Maskinporten', async () => {
  const sandbox = await testSandbox();
  const consentId = givenConsent(sandbox, 'P06');
  const fnr = numberOf('P06');

  const aap = await send(sandbox, `${ORIGINS.aap}${VEDTAK}`, {
    headers: { Authorization: `Bearer ${await consentToken(sandbox, 'P06', AAP_SCOPE, consentId)}`, fnr },
  });
  const ufore = await send(sandbox, `${ORIGINS.uforeopplysninger}${UFORE}`, {
    headers: { Authorization: `Bearer ${await consentToken(sandbox, 'P06', UFORE_SCOPE, consentId)}`, fnr },
  });

  expect(JSON.parse(aap.text)).toMatchObject({ vedtaksliste: [] });
  expect(JSON.parse(ufore.text)).toMatchObject({ status: 'LOPENDE' });
  expect(sandbox.traces()).toMatchObject([
    { person: fnr, mottaker: INSURER_A, tema: 'AAP' },
    { person: fnr, mottaker: INSURER_A, tema: 'UFO' },
  ]);
});

test('a consent that is withdrawn gives no further token', async () => {
  const sandbox = await testSandbox();
  const consentId = givenConsent(sandbox, 'P04');
  sandbox.altinn3.register.revoke(consentId, numberOf('P04'));

  const response = await send(sandbox, `${ORIGINS.maskinporten}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: await grantForm(sandbox, 'P04', consentId, AAP_SCOPE),
  });

  expect(response.status).toBeGreaterThanOrEqual(400);
});

test('the journal tells who, under which consent, with which token, and holds no number and no token', async () => {
  const sandbox = await testSandbox();
  const consentId = givenConsent(sandbox, 'P04');
  const bearer = await consentToken(sandbox, 'P04', AAP_SCOPE, consentId);
  const headers = { authorization: `Bearer ${bearer}`, 'nav-personident': numberOf('P04') };
  await send(sandbox, `${ORIGINS.aap}${VEDTAK}?fomDato=2025-01-01`, { headers });
  await send(sandbox, `${ORIGINS.aap}/${numberOf('P04')}`, { headers });
  await send(sandbox, `${ORIGINS.altinn3}/accessmanagement/api/v1/enterprise/consentrequests/${consentId}`);

  const calls = sandbox.journal.entries();
  expect(calls).toMatchObject([
    {
      upstream: 'maskinporten',
      method: 'POST',
      path: '/token',
      status: 200,
      person: 'P04',
      consentId,
      scope: AAP_SCOPE,
    },
    {
      at: SANDBOX_START.toISOString(),
      upstream: 'aap',
      method: 'GET',
      path: VEDTAK,
      status: 200,
      person: 'P04',
      consumer: INSURER_A,
      consentId,
      scope: AAP_SCOPE,
      tokenDigest: expect.stringMatching(/^[0-9a-f]{16}$/),
      fomDato: '2025-01-01',
    },
    { upstream: 'aap', path: '/[digits]', status: 404 },
    { upstream: 'altinn3', status: 401, consentId, person: 'P04' },
  ]);
  expect(calls[1]?.tokenDigest).toBe(calls[2]?.tokenDigest);
  const printed = JSON.stringify(calls);
  expect(printed).not.toContain(numberOf('P04'));
  expect(printed).not.toContain(bearer);
});

test('the journal hides eleven digits in a row, and not those that chance put into the id of a consent', async () => {
  const sandbox = await testSandbox();
  const id = '3f0a4d55-9a1e-4c05-b5a7-550123456789';
  await send(sandbox, `${ORIGINS.altinn3}/accessmanagement/api/v1/enterprise/consentrequests/${id}`);
  await send(sandbox, `${ORIGINS.altinn3}/${id}/55012345678`);
  expect(sandbox.journal.entries().map(({ path, consentId }) => [path.split('/').slice(-2), consentId])).toEqual([
    [['consentrequests', id], id],
    [[id, '[digits]'], id],
  ]);
});

test('the journal can be read by upstream and emptied', async () => {
  const sandbox = await testSandbox();
  await send(sandbox, `${ORIGINS.aap}${VEDTAK}`);
  await send(sandbox, `${ORIGINS.nav}/innsyn?person=P04`);

  expect(sandbox.journal.entries('nav')).toMatchObject([{ path: '/innsyn', person: 'P04', status: 200 }]);
  sandbox.journal.clear();
  expect(sandbox.journal.entries()).toEqual([]);
});

test('callers get a token without a port, and their keys over the transport', async () => {
  const sandbox = await testSandbox();
  const token = await sandbox.callers.tokenFor('case-handler-a');
  const discovery = await send(sandbox, `${ORIGINS.callers}/.well-known/openid-configuration`);
  const { issuer, jwks_uri } = JSON.parse(discovery.text) as { issuer: string; jwks_uri: string };
  const keys = await send(sandbox, jwks_uri);

  expect(token.split('.')).toHaveLength(3);
  expect(issuer).toBe(sandbox.callers.issuer);
  expect(JSON.parse(keys.text)).toMatchObject({ keys: [{ kty: 'RSA' }] });
});

test('the transport knows no other hosts', async () => {
  const sandbox = await testSandbox();

  await expect(send(sandbox, 'https://nav.no/')).rejects.toMatchObject({ code: 'ENOTFOUND' });
});

test('the transport takes no more bytes than its caller wants', async () => {
  const sandbox = await testSandbox();

  await expect(send(sandbox, `${ORIGINS.control}/`, { maxBytes: 100 })).rejects.toMatchObject({
    code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE',
  });
});

test('the transport ends with the reason its caller gave', async () => {
  const sandbox = await testSandbox();
  const reason = new Error('no longer interested');
  const before = AbortSignal.abort(reason);
  await expect(send(sandbox, `${ORIGINS.aap}${VEDTAK}`, { signal: before })).rejects.toBe(reason);

  sandbox.faults.add({ upstream: 'aap', kind: 'hang' });
  const leaving = new AbortController();
  const hanging = send(sandbox, `${ORIGINS.aap}${VEDTAK}`, { signal: leaving.signal });
  leaving.abort(reason);
  await expect(hanging).rejects.toBe(reason);
  sandbox.faults.clear();
});

test('a change of state is told once the request is done, whether or not its answer arrives', async () => {
  let changes = 0;
  const sandbox = await testSandbox({
    onChange: () => {
      changes += 1;
    },
  });
  await send(sandbox, `${ORIGINS.aap}${VEDTAK}`);
  expect(changes).toBe(0);

  sandbox.faults.add({ upstream: 'altinn3', kind: 'reset', afterEffect: true });
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
  await expect(
    send(sandbox, `${ORIGINS.altinn3}/accessmanagement/api/v1/enterprise/consentrequests`, post),
  ).rejects.toThrow();
  expect(changes).toBe(1);
});

test('a snapshot makes a second sandbox that agrees with the first', async () => {
  const first = await testSandbox();
  const consentId = givenConsent(first, 'P04');
  const bearer = await consentToken(first, 'P04', AAP_SCOPE, consentId);
  const headers = { authorization: `Bearer ${bearer}`, fnr: numberOf('P04') };
  await send(first, `${ORIGINS.aap}${VEDTAK}`, { headers });

  const second = await testSandbox({ state: JSON.parse(JSON.stringify(first.snapshot())) });

  expect((await send(second, `${ORIGINS.aap}${VEDTAK}`, { headers })).status).toBe(200);
  expect(second.altinn3.register.find(consentId)?.status).toBe('Accepted');
  expect(second.traces()).toHaveLength(2);
  expect(first.traces()).toHaveLength(1);
});
