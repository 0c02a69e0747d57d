import { describe, expect, it } from 'vitest';
import { checklist } from '../../src/doctor/checklist.ts';
import type { Findings, Rung, RungName } from '../../src/doctor/findings.ts';
import { allRungs, findingsSchema, titleOf } from '../../src/doctor/findings.ts';
import { unusableConfiguration } from '../../src/doctor/index.ts';
import { integrationReport } from '../../src/doctor/report.ts';
import { newTestCa } from '../../src/sandbox/test-ca.ts';
import { NUMBERS, SANDBOX_START } from '../../src/sandbox/world.ts';
import type { Transport } from '../../src/upstream.ts';
import { Secret } from '../../src/values.ts';
import { findLeaks } from '../leaks/search.ts';
import { derOf, enterpriseCertificate } from '../support/certificates.ts';
import { supplied } from '../support/supplied.ts';
import type { Fault } from './support/clinic.ts';
import { answer, clientOf, examine, PUBLIC_URL, patient, withNext } from './support/clinic.ts';
import { FAULTS } from './support/faults.ts';

const MISTAKES = [
  'nav.aap.baseUrl: is missing',
  'dataConsumers[0].client.keys[0].privateKey: names a file that cannot be read',
];

/** The rung of the first data consumer, or of all. */
function found(findings: Findings, name: RungName, of?: string): Rung | undefined {
  return allRungs(findings).find(({ rung }) => rung.rung === name && rung.of === of)?.rung;
}

/** Maskinporten with other tokens. */
function changingTokens(change: (token: string) => string): (doubles: Transport) => Transport {
  return (doubles) => async (request) => {
    const answered = await doubles(request);
    const text = new TextDecoder().decode(answered.body);
    return {
      ...answered,
      body: new TextEncoder().encode(text.replace(/(?<="access_token":")[^"]+/, (token) => change(token))),
    };
  };
}

/** The token with other claims, under a signature that no longer fits. */
function withClaims(token: string, claims: object): string {
  const [header, payload = '', signature] = token.split('.');
  const changed = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), ...claims };
  return [header, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.');
}

describe('where nothing is wrong the doctor says so', () => {
  it.each<[string, Fault]>([
    ['insurer-with-a-key', {}],
    ['insurer-with-a-certificate', { whom: 'C' }],
    ['insurer-with-a-supplier', { config: supplied }],
  ])('of an %s', async (name, patientOf) => {
    const { findings, printed } = await examine(patientOf);
    await expect(printed).toMatchFileSnapshot(`expectations/healthy-${name}.txt`);
    expect(findings.isHealthy).toBe(true);
    expect(allRungs(findings).map(({ rung }) => rung.state)).toEqual(allRungs(findings).map(() => 'ok'));
  });

  it('in JSON of the documented form, too', async () => {
    const { findings } = await examine();
    const printed = `${JSON.stringify({ ...findings, gatewayVersion: '<version>' }, null, 2)}\n`;
    await expect(printed).toMatchFileSnapshot('expectations/healthy.json');
    expect(findingsSchema.parse(JSON.parse(JSON.stringify(findings)))).toEqual(findings);
  });

  it('in the report that onboarding ends in', async () => {
    const { report, secrets } = await examine({ config: supplied });
    await expect(report).toMatchFileSnapshot('expectations/report.md');
    expect(findLeaks([{ where: 'the report', text: report }], secrets)).toEqual([]);
  });
});

describe('a configuration with mistakes', () => {
  const findings = unusableConfiguration(MISTAKES, { clock: { now: () => SANDBOX_START } });

  it('is the first rung, and keeps all others from being examined', async () => {
    await expect(checklist(findings)).toMatchFileSnapshot('expectations/configuration-has-mistakes.txt');
    expect(findings).toMatchObject({ isHealthy: false, profile: null, dataConsumers: [] });
    expect(findingsSchema.parse(findings)).toEqual(findings);
  });

  it('is reported as well', () => {
    expect(integrationReport(findings)).toContain('| Configuration | **wrong** |');
  });
});

describe('the doctor', () => {
  it('asks about nobody, uses no consent and changes nothing', async () => {
    const calls: { url: string; method: string; headers: string[] }[] = [];
    const { sandbox } = await examine({
      config: supplied,
      transport: (doubles) => (request) => {
        calls.push({ url: request.url, method: request.method, headers: Object.keys(request.headers) });
        return doubles(request);
      },
    });
    const navs = calls.filter(({ url }) =>
      [sandbox.origins.aap, sandbox.origins.uforeopplysninger].some((origin) => url.startsWith(origin)),
    );
    expect(navs).toHaveLength(3);
    for (const { headers } of navs) {
      expect(headers.map((name) => name.toLowerCase())).not.toContain('fnr');
      expect(headers.map((name) => name.toLowerCase())).not.toContain('nav-personident');
    }
    expect(
      calls
        .filter(({ method }) => method !== 'GET')
        .every(({ url }) => url === `${sandbox.origins.maskinporten}/token`),
    ).toBe(true);
    expect(sandbox.traces()).toEqual([]);
    expect(sandbox.state.altinn3.consents).toEqual({});
    expect(sandbox.state.altinn2.consents).toEqual({});
  });

  it('sends no grant to an address that Maskinporten does not name', async () => {
    const { findings } = await examine({
      config: (config) => ({
        ...config,
        maskinporten: { ...config.maskinporten, tokenEndpoint: 'http://127.0.0.1:4999/token' },
      }),
      transport: (doubles) => async (request) => {
        expect(request.url).not.toContain(':4999');
        return doubles(request);
      },
    });
    expect(findings.isHealthy).toBe(false);
  });

  it('examines what does not rest on the rung that is wrong', async () => {
    const { findings } = await examine({
      world: ({ state }) => {
        state.maskinporten.access[NUMBERS.A] = ['nav:arbeid/v1/aap'];
      },
    });
    const [ladder] = findings.dataConsumers.map((each) => each.ladder);
    const found = Object.fromEntries(ladder?.map(({ rung, of = '', state }) => [`${rung} ${of}`.trim(), state]) ?? []);
    expect(found).toMatchObject({
      grant: 'ok',
      'scope altinn:consentrequests.read': 'wrong',
      'scope nav:arbeid/v1/aap': 'ok',
      altinn3: 'not examined',
      'nav AAP_VEDTAK': 'ok',
      'nav UFOREOPPLYSNINGER': 'not examined',
    });
  });

  it('says which key takes over and when, and tries it before', async () => {
    const next = { startsAt: new Date('2026-12-01T08:00:00Z'), expiresAt: new Date('2027-12-01T00:00:00Z') };
    const { findings } = await examine({
      config: (config) => patient(config, () => ({ client: withNext(clientOf(config, 'A'), next) })),
    });
    expect(found(findings, 'credential')).toMatchObject({
      state: 'ok',
      seen: '`keys[0]` signs; `keys[1]` takes over on 2026-12-01 08:00 UTC. It can sign until 2027-12-01.',
    });
    expect(found(findings, 'grant', 'keys[1]')).toMatchObject({
      state: 'ok',
      seen: 'Takes over on 2026-12-01 08:00 UTC. Maskinporten accepts it already.',
    });
  });

  it('tries a certificate that takes over once it is valid, and says of another that it cannot be tried', async () => {
    const tried = await examine({
      whom: 'C',
      config: (config) => {
        const next = { startsAt: new Date('2026-12-01T08:00:00Z') };
        return patient(config, () => ({ client: withNext(clientOf(config, 'C'), next) }), 'C');
      },
    });
    expect(found(tried.findings, 'grant', 'certificates[1]')).toMatchObject({ state: 'ok' });

    const startsAt = new Date('2026-12-24T00:00:00Z');
    const { certificate: pem } = enterpriseCertificate(newTestCa(SANDBOX_START), { from: startsAt });
    const certificate = {
      organisationNumber: NUMBERS.C,
      send: 'leaf',
      chain: [new Secret(derOf(pem), 'certificate')],
    };
    const notYet = await examine({
      whom: 'C',
      config: (config) =>
        patient(config, () => ({ client: withNext(clientOf(config, 'C'), { startsAt, certificate }) }), 'C'),
    });
    expect(found(notYet.findings, 'grant', 'certificates[1]')).toMatchObject({
      state: 'not examined',
      seen: expect.stringContaining('It is valid from 2026-12-24 00:00 UTC on'),
    });
  });

  it('does not try what takes over while the client itself is refused', async () => {
    const { findings } = await examine({
      config: (config) =>
        patient(config, () => {
          const client = withNext(clientOf(config, 'A'), { startsAt: new Date('2026-12-01T08:00:00Z') });
          return { client: { ...client, clientId: 'nobodys' } };
        }),
    });
    expect(found(findings, 'grant')).toMatchObject({ state: 'wrong' });
    expect(found(findings, 'grant', 'keys[1]')).toMatchObject({ state: 'not examined' });
  });

  it.each([
    ['no JWT', () => 'opaque'],
    ['a JWT of another form', (token: string) => withClaims(token, { consumer: { ID: '9908:312000016' } })],
  ])('cannot tell whose client it is from %s, and says so', async (_, change) => {
    const { findings } = await examine({ transport: changingTokens(change) });
    expect(found(findings, 'grant')).toMatchObject({
      state: 'ask',
      seen: expect.stringContaining('does not say whom it was issued for'),
    });
  });

  it('takes a part of the organisation for the organisation', async () => {
    const { findings } = await examine({
      transport: changingTokens((token) =>
        withClaims(token, { consumer: { ID: `0192:${NUMBERS.A}:ER//315000001:1` } }),
      ),
    });
    expect(found(findings, 'grant')).toMatchObject({ state: 'ok' });
  });

  it('says nothing of delegation or scopes by tokens for somebody else, and takes them nowhere', async () => {
    const { findings } = await examine(FAULTS['supplier-is-another-organisation']);
    const [first] = findings.dataConsumers;
    const examined = first?.ladder.filter(({ state }) => state !== 'not examined').map(({ rung }) => rung);
    expect(examined).toEqual(['actor', 'credential', 'grant', 'altinn2ReturnPath']);
  });

  it('counts as delegated what was asked for alone', async () => {
    let asked = 0;
    const { findings } = await examine({
      config: supplied,
      transport: (doubles) => async (request) => {
        if (request.method === 'POST') asked += 1;
        return asked > 2 && request.method === 'POST' ? answer(503, '') : doubles(request);
      },
    });
    expect(found(findings, 'delegation')?.seen).toContain('has delegated 2 of 6 scopes');
  });

  it('says of every step that it took to which host it went', async () => {
    const { findings, sandbox } = await examine();
    const hosts = Object.fromEntries(
      allRungs(findings).map(({ rung }) => [
        titleOf(rung),
        rung.host === undefined ? undefined : `http://${rung.host}`,
      ]),
    );
    const { maskinporten, altinn3, altinn2, aap, uforeopplysninger } = sandbox.origins;
    expect(hosts).toMatchObject({
      Configuration: undefined,
      Maskinporten: maskinporten,
      Clock: maskinporten,
      'Consent resource': altinn3,
      'Return path': PUBLIC_URL,
      Grant: maskinporten,
      'Scope nav:arbeid/v1/aap': maskinporten,
      'Altinn 3': altinn3,
      'Altinn 2, ApiKey': altinn2,
      'Altinn 2, return path': undefined,
      'NAV AAP_VEDTAK': aap,
      'NAV UFOREOPPLYSNINGER': uforeopplysninger,
    });
  });

  it('looks at every data consumer unless told whom to look at', async () => {
    const { findings } = await examine();
    expect(findings.dataConsumers.map(({ organisationNumber }) => organisationNumber)).toEqual([NUMBERS.A]);
  });
});
