import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import type { MigratedConsent } from '../../src/sandbox/migrated.ts';
import { MIGRATED } from '../../src/sandbox/migrated-set.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { CastId } from '../../src/sandbox/world.ts';
import { judgeNumber, NUMBERS } from '../../src/sandbox/world.ts';
import { manyMigrated } from './support/many-migrated.ts';
import { AAP_SCOPE, numberOf, UFORE, UFORE_SCOPE, VEDTAK } from './support/nav-world.ts';
import { consentToken, grantForm, ORIGINS, send, testSandbox } from './support/test-sandbox.ts';

const { A, B } = NUMBERS;

async function migratedSandbox(consents: readonly MigratedConsent[] = MIGRATED): Promise<Sandbox> {
  const sandbox = await testSandbox();
  sandbox.plantMigrated(consents);
  return sandbox;
}

/** The code that insurer A holds of somebody. */
function codeOf(person: CastId): string {
  const found = MIGRATED.find((consent) => consent.organisation === A && consent.person === numberOf(person));
  if (found === undefined) throw new Error(`A holds nothing of ${person}`);
  return found.code;
}

/** Whether Maskinporten puts the consent into a token of A's. */
async function tokenStatus(sandbox: Sandbox, person: CastId): Promise<number> {
  const response = await send(sandbox, `${ORIGINS.maskinporten}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: await grantForm(sandbox, person, codeOf(person), AAP_SCOPE),
  });
  return response.status;
}

async function atNav(sandbox: Sandbox, person: CastId) {
  const bearer = (scope: string) => consentToken(sandbox, person, scope, codeOf(person));
  const fnr = numberOf(person);
  const aap = await send(sandbox, `${ORIGINS.aap}${VEDTAK}`, {
    headers: { authorization: `Bearer ${await bearer(AAP_SCOPE)}`, fnr },
  });
  const ufore = await send(sandbox, `${ORIGINS.uforeopplysninger}${UFORE}`, {
    headers: { authorization: `Bearer ${await bearer(UFORE_SCOPE)}`, fnr },
  });
  return { aap, ufore };
}

async function read(sandbox: Sandbox, id: string) {
  const client = sandbox.clients.find(({ organisation }) => organisation === A);
  if (client === undefined) throw new Error('no such client');
  const form = await grantForm(sandbox, 'P13', codeOf('P13'), 'altinn:consentrequests.read');
  const { access_token } = JSON.parse(
    (
      await send(sandbox, `${ORIGINS.maskinporten}/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: form,
      })
    ).text,
  );
  return send(sandbox, `${ORIGINS.altinn3}/accessmanagement/api/v1/enterprise/consentrequests/${id}`, {
    headers: { authorization: `Bearer ${access_token}` },
  });
}

describe('a consent that came from Altinn 2', () => {
  it('is not in a world that nobody planted it in', async () => {
    const sandbox = await testSandbox();
    expect([sandbox.state.altinn3.consents, sandbox.state.altinn2Codes]).toEqual([{}, []]);
  });

  it('is read under its old code, with the old resource, its own actions and what had happened to it', async () => {
    const { status, text } = await read(await migratedSandbox(), codeOf('P10'));
    expect([status, JSON.parse(text)]).toMatchObject([
      200,
      {
        id: codeOf('P10'),
        from: `urn:altinn:person:identifier-no:${numberOf('P10')}`,
        to: `urn:altinn:organization:identifier-no:${A}`,
        requiredDelegator: null,
        requestMessage: null,
        status: 'Accepted',
        consented: '2025-09-01T09:30:00+00:00',
        validTo: '2028-08-31T21:59:59+00:00',
        consentRights: [
          {
            action: ['read'],
            resource: [{ type: 'urn:altinn:resource', value: 'nav_5252_2' }],
            metadata: { navn: 'Fjordlund Forsikring', fraogmed: '01.01.2022', tilogmed: '31.12.2027' },
          },
        ],
        consentRequestEvents: [
          { eventType: 'Created', created: '2025-09-01T09:30:00+00:00' },
          { eventType: 'Accepted' },
          { eventType: 'Used', created: '2025-11-03T10:12:00+00:00' },
          { eventType: 'Used' },
        ],
      },
    ]);
  });

  it.each<[CastId, string, object]>([
    ['P13', 'an empty return address', { redirectUrl: '', status: 'Accepted' }],
    ['P02', 'its dates lost', { consentRights: [{ metadata: { navn: '', fraogmed: '' } }] }],
    ['P01', 'withdrawn', { status: 'Revoked', consentRequestEvents: [{}, {}, { eventType: 'Revoked' }] }],
    ['P08', 'run out', { status: 'Accepted', consentRequestEvents: [{}, {}, { eventType: 'Expired' }] }],
  ])('of %s is shown as it is: %s', async (person, _, expected) => {
    expect(JSON.parse((await read(await migratedSandbox(), codeOf(person))).text)).toMatchObject(expected);
  });

  it('is found in the feed of events, in the order of the migration', async () => {
    const sandbox = await migratedSandbox();
    const ids = Object.values(sandbox.state.altinn3.consents).flatMap(({ events }) => events.map(({ id }) => id));
    expect(ids).toEqual(ids.toSorted());
    expect(new Set(ids).size).toBe(ids.length);
    expect(sandbox.state.altinn3.lastEventId).toBe(ids.at(-1));
  });

  it.each<[CastId, number]>([
    ['P10', 200],
    ['P13', 200],
    ['P02', 200],
    ['P01', 400],
    ['P08', 400],
    ['P07', 400],
  ])('of %s is put into a token as long as it is in force: %i', async (person, status) => {
    expect(await tokenStatus(await migratedSandbox(), person)).toBe(status);
  });

  it('opens NAV, whatever its action', async () => {
    const sandbox = await migratedSandbox();
    for (const person of ['P10', 'P13'] as const) {
      const { aap, ufore } = await atNav(sandbox, person);
      expect([aap.status, ufore.status]).toEqual([200, 200]);
      expect(JSON.parse(aap.text).vedtaksliste).not.toEqual([]);
    }
    expect(sandbox.traces()).toHaveLength(4);
  });

  it('opens nothing when NAV takes its own resource alone, or when it says not which dates', async () => {
    const sandbox = await migratedSandbox();
    const lost = await atNav(sandbox, 'P02');
    expect(lost.aap).toMatchObject({ status: 403, headers: { 'x-sandbox-reason': 'consent-period' } });
    sandbox.switches.refusesMigrated = true;
    const { aap, ufore } = await atNav(sandbox, 'P13');
    for (const { status, headers } of [aap, ufore]) {
      expect([status, headers['x-sandbox-reason']]).toEqual([403, 'consent-resource']);
    }
  });

  it('can be withdrawn by its person, and is refused from then on', async () => {
    const sandbox = await migratedSandbox();
    expect(await tokenStatus(sandbox, 'P13')).toBe(200);
    sandbox.altinn3.register.revoke(codeOf('P13'), numberOf('P13'));
    expect(await tokenStatus(sandbox, 'P13')).toBe(400);
  });

  it('given through a supplier says so in Altinn, and not in tokens', async () => {
    const sandbox = await migratedSandbox();
    const held = Object.values(sandbox.state.altinn3.consents).find(({ handledBy }) => handledBy !== null);
    expect(held).toMatchObject({ handledBy: `urn:altinn:organization:identifier-no:${NUMBERS.supplier}` });
    const [detail] = decodeJwt<{ authorization_details: object[] }>(
      await consentToken(sandbox, 'P10', AAP_SCOPE, codeOf('P10')),
    ).authorization_details;
    expect(detail).not.toHaveProperty('handledBy');
  });

  it('is told on the person’s page in the words of NAV’s own resource, without the name the insurer gave itself', async () => {
    const sandbox = await migratedSandbox();
    const pages = `${ORIGINS.altinn3}/accessmanagement/ui`;
    const login = await send(sandbox, `${pages}/consent/active?lang=en`);
    const cookie = login.headers['set-cookie']?.split(';')[0] ?? '';
    const form_token = /name="form_token" value="([^"]+)"/.exec(login.text)?.[1] ?? '';
    const loggedIn = await send(sandbox, `${pages}/login`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ form_token, person: 'P02', request: '' }).toString(),
    });
    const own = loggedIn.headers['set-cookie']?.split(';')[0] ?? '';
    const { text } = await send(sandbox, `${pages}/consent/active?lang=en`, { headers: { cookie: own } });
    expect(text).toContain('Fjordlund Forsikring');
    expect(text).not.toContain('nav_5252_2');
    expect(text).not.toContain('navn');
    expect(text).toContain('– up to and including –');
  });
});

describe('an insurer’s own list', () => {
  const list = (sandbox: Sandbox, file: string) => send(sandbox, `${ORIGINS.control}/altinn2-codes/${file}`);

  it('comes as CSV with a header, one code among them that Altinn does not know', async () => {
    const sandbox = await migratedSandbox();
    const { status, headers, text } = await list(sandbox, `${A}.csv`);
    expect([status, headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8; header=present']);
    const [header, ...lines] = text.trimEnd().split('\n');
    expect(header).toBe('person,code,validTo,fom,tom');
    expect(lines).toHaveLength(6);
    expect(lines).toContain(`${numberOf('P10')},${codeOf('P10')},2028-08-31T21:59:59Z,2022-01-01,2027-12-31`);
    const unknown = lines
      .map((line) => line.split(',')[1] ?? '')
      .filter((code) => !sandbox.altinn3.register.find(code));
    expect(unknown).toEqual([codeOf('P07')]);
  });

  it('comes as one JSON object a line, each insurer’s with its own', async () => {
    const sandbox = await migratedSandbox();
    const { headers, text } = await list(sandbox, `${B}.ndjson`);
    expect(headers['content-type']).toBe('application/x-ndjson');
    const rows = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows).toHaveLength(6);
    expect(Object.keys(rows[0])).toEqual(['person', 'code', 'validTo', 'fom', 'tom']);
    expect(text).not.toContain(codeOf('P10'));
  });

  it('is empty for whoever held nothing, and not there for strangers or other forms', async () => {
    const sandbox = await migratedSandbox();
    expect(await list(sandbox, `${NUMBERS.C}.csv`)).toMatchObject({ text: 'person,code,validTo,fom,tom\n' });
    expect(await list(sandbox, `${NUMBERS.C}.ndjson`)).toMatchObject({ status: 200, text: '' });
    for (const file of ['312000016.csv', `${A}.xlsx`, `${A}`, '']) {
      expect((await list(sandbox, file)).status).toBe(404);
    }
    const posted = await send(sandbox, `${ORIGINS.control}/altinn2-codes/${A}.csv`, { method: 'POST' });
    expect([posted.status, posted.headers['allow']]).toEqual([405, 'GET']);
  });
});

describe('planting', () => {
  it('tells that the state has changed, and is kept in it', async () => {
    let changes = 0;
    const first = await testSandbox({
      onChange: () => {
        changes += 1;
      },
    });
    first.plantMigrated(MIGRATED);
    expect(changes).toBe(1);
    const second = await testSandbox({ state: JSON.parse(JSON.stringify(first.snapshot())) });
    expect(await tokenStatus(second, 'P10')).toBe(200);
    expect(second.state.altinn2Codes).toHaveLength(12);
  });

  it('of the same again changes nothing', async () => {
    const sandbox = await migratedSandbox();
    sandbox.altinn3.register.revoke(codeOf('P13'), numberOf('P13'));
    const before = sandbox.snapshot();
    sandbox.plantMigrated(MIGRATED);
    expect(sandbox.snapshot()).toEqual(before);
  });

  it('takes thousands, each of a synthetic person', async () => {
    const many = manyMigrated(B, 2_000);
    const sandbox = await migratedSandbox(many);
    expect(Object.keys(sandbox.state.altinn3.consents)).toHaveLength(2_000);
    expect(new Set(many.map(({ person }) => person)).size).toBe(2_000);
    expect(many.every(({ person }) => !('refused' in judgeNumber(person)))).toBe(true);
    const { text } = await send(sandbox, `${ORIGINS.control}/altinn2-codes/${B}.csv`);
    expect(text.trimEnd().split('\n')).toHaveLength(2_001);
  });
});
