import { describe, expect, it } from 'vitest';
import { checklist } from '../../src/doctor/checklist.ts';
import { allRungs, findingsSchema } from '../../src/doctor/findings.ts';
import { unusableConfiguration } from '../../src/doctor/index.ts';
import { integrationReport } from '../../src/doctor/report.ts';
import { NUMBERS, SANDBOX_START } from '../../src/sandbox/world.ts';
import { findLeaks } from '../leaks/search.ts';
import { supplied } from '../support/supplied.ts';
import type { Fault } from './support/clinic.ts';
import { examine, patient, withCredential } from './support/clinic.ts';

const MISTAKES = [
  'nav.aap.baseUrl: is missing',
  'dataConsumers[0].client.keys[0].privateKey: names a file that cannot be read',
];

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
    const printed = `${JSON.stringify(findings, null, 2)}\n`;
    await expect(printed).toMatchFileSnapshot('expectations/healthy.json');
    expect(findingsSchema.parse(JSON.parse(printed))).toEqual(findings);
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

  it('says which key takes over, and when', async () => {
    const { findings } = await examine({
      config: (config) =>
        patient(config, ({ client }) => {
          const [first] = client?.credentials ?? [];
          if (client === undefined || first === undefined) throw new Error('insurer A has a key');
          const next = {
            ...first,
            startsAt: new Date('2026-12-01T08:00:00Z'),
            expiresAt: new Date('2027-12-01T00:00:00Z'),
          };
          return { client: { ...client, credentials: [first, next] } };
        }),
    });
    const rung = allRungs(findings).find(({ rung: { rung } }) => rung === 'credential')?.rung;
    expect(rung).toMatchObject({
      state: 'ok',
      seen: '`keys[0]` signs; `keys[1]` takes over on 2026-12-01 08:00 UTC, and is tried then. It can sign until 2027-12-01.',
    });
  });

  it('says of a key without a date how to be warned in time', async () => {
    const { findings } = await examine({
      config: (config) => patient(config, (each) => withCredential(each, { expiresAt: undefined })),
    });
    const rung = allRungs(findings).find(({ rung: { rung } }) => rung === 'credential')?.rung;
    expect(rung).toMatchObject({ state: 'ok', seen: expect.stringContaining('`registeredOn`') });
  });

  it('looks at every data consumer unless told whom to look at', async () => {
    const { findings } = await examine();
    expect(findings.dataConsumers.map(({ organisationNumber }) => organisationNumber)).toEqual([NUMBERS.A]);
  });
});
