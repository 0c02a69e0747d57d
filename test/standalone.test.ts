import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../src/log.ts';
import { CAST } from '../src/sandbox/cast.ts';
import { openStateFile } from '../src/sandbox/state.ts';
import { startStandalone, wipe } from '../src/standalone.ts';
import { ownKeyFile } from '../src/store/key-file.ts';
import { parseKeyFile } from '../src/store/keys.ts';
import { welcome } from '../src/welcome.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'samtykkeporten-standalone-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const quiet = {
  log: createLog('silent'),
  onDefect: (error: unknown) => expect.fail(String(error)),
};

interface Listed {
  readonly id: string;
  readonly reference: string;
  readonly status: string;
  readonly rail: string;
}

const TELLING: Readonly<Record<string, string>> = {
  ACTIVE: 'Consents',
  DECLINED: 'Declined',
  PENDING: 'Pending',
  WITHDRAWN: 'Withdrawn',
};

/** What the front page should tell of a person, by the consents that there are. */
function tellingOf(person: string, consents: readonly Listed[]): string {
  const status = consents.find(({ reference }) => reference === `SAK-${person}`)?.status;
  const telling = status === undefined ? 'Never asked' : (TELLING[status] ?? status);
  return person === 'P06' ? `${telling}, also to Tindesol Pensjon` : telling;
}

/** Each person on the front page, and how it stands with their consent at the start. */
function toldAtStart(page: string): (string | undefined)[][] {
  return [...page.matchAll(/<th scope="row">(P\d\d) .+?<td class="start">(.*?)<\/td>/gs)].map(([, ...told]) => told);
}

describe('gateway and sandbox together', () => {
  it.each([
    ['ALTINN_3', 'ALTINN_2'],
    ['ALTINN_2', 'ALTINN_3'],
  ] as const)(
    'are seeded on %s through GraphQL and the pages, and live on where new requests go to %s',
    async (first, second) => {
      const live = async (newRequests: typeof first) => {
        const options = { port: 0, sandboxPort: 0, dataDirectory: directory, newRequests, ...quiet };
        await using started = await startStandalone(options);
        const rail = await started.seed();
        const { gateway, callers, control } = started.addresses;
        const token = (await (await fetch(`${callers}/tokens/case-handler-a`)).text()).trim();
        const ask = async <T>(query: string, variables = {}): Promise<T> => {
          const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
          const body = JSON.stringify({ query, variables });
          const answer = await fetch(`${gateway}/graphql`, { method: 'POST', headers, body });
          return ((await answer.json()) as { data: T }).data;
        };
        const { consents } = await ask<{ consents: { nodes: Listed[] } }>(
          '{ consents { nodes { id reference status rail } } }',
        );
        const { calls } = (await (await fetch(`${control}/journal`)).json()) as { calls: { method: string }[] };
        const read = await ask<{ applicant: { aapVedtak: object } }>(
          'query ($id: NationalId!) { applicant(by: { nationalId: $id }) { aapVedtak { __typename } } }',
          { id: CAST.find(({ id }) => id === 'P04')?.nationalId },
        );
        return {
          rail,
          consents: consents.nodes.toSorted((a, b) => a.reference.localeCompare(b.reference)),
          posts: calls.filter(({ method }) => method === 'POST').length,
          read: read.applicant.aapVedtak,
          page: await (await fetch(gateway)).text(),
        };
      };

      const before = await live(first);
      expect(before.rail).toBe(first);
      expect(before.consents.map(({ reference, status, rail }) => `${reference} ${status} ${rail}`)).toEqual(
        [
          'SAK-P03 DECLINED',
          'SAK-P04 ACTIVE',
          'SAK-P05 ACTIVE',
          'SAK-P06 ACTIVE',
          'SAK-P07 WITHDRAWN',
          'SAK-P08 PENDING',
          'SAK-P09 ACTIVE',
          'SAK-P11 ACTIVE',
          'SAK-P12 ACTIVE',
        ].map((known) => `${known} ${first}`),
      );
      expect(before.posts).toBeGreaterThan(0);
      expect(before.read).toEqual({ __typename: 'AapVedtaksliste' });
      expect(toldAtStart(before.page)).toEqual(CAST.map(({ id }) => [id, tellingOf(id, before.consents)]));

      const after = await live(second);
      expect(after).toEqual({ ...before, posts: 0, page: expect.any(String) });
    },
  );

  it('serve every insurer as its story says', async () => {
    await using started = await startStandalone({ port: 0, sandboxPort: 0, dataDirectory: directory, ...quiet });
    const { gateway, callers, control } = started.addresses;
    const ask = async (caller: string, document: string, input?: object) => {
      const token = (await (await fetch(`${callers}/tokens/${caller}`)).text()).trim();
      const answer = await fetch(`${gateway}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: document, variables: { input } }),
      });
      return answer.json() as Promise<{
        data: { viewer?: { dataConsumer: { name: string; supplier: string | null } } };
        errors?: { extensions: { code: string } }[];
      }>;
    };
    const told = [];
    for (const letter of ['a', 'b', 'c', 'd', 'e']) {
      const caller = `case-handler-${letter}`;
      const { data } = await ask(caller, '{ viewer { dataConsumer { name supplier } } }');
      const { errors = [] } = await ask(
        caller,
        'mutation ($input: RequestConsentInput!) { requestConsent(input: $input) { created } }',
        {
          applicant: { nationalId: CAST.find(({ id }) => id === 'P02')?.nationalId },
          purpose: 'DISABILITY_INSURANCE',
          periode: { fom: '2022-01-01', tom: '2027-12-31' },
          returnUrl: `${control}/`,
        },
      );
      const { name = '', supplier = null } = data.viewer?.dataConsumer ?? {};
      told.push([name, supplier, errors.map(({ extensions }) => extensions.code).join()]);
    }
    expect(told).toEqual([
      ['Fjordlund Forsikring', '310990183', ''],
      ['Tindesol Pensjon', '310990183', ''],
      ['Lyngtopp Livsforsikring', null, ''],
      ['Soldogg Forsikring', '310990183', 'DELEGATION_MISSING'],
      ['Siljebris Pensjon', null, 'MASKINPORTEN_REJECTED'],
    ]);
    const ready = (await (await fetch(`${gateway}/ready`)).json()) as { credentialsRunningOut: unknown };
    expect(ready.credentialsRunningOut).toEqual([{ age: 'expired', lastsUntil: '2026-09-01T00:00:00.000Z' }]);
  });

  it('tell of a first start that was cut off, for half a story is none', async () => {
    await using started = await startStandalone({ port: 0, sandboxPort: 0, dataDirectory: directory, ...quiet });
    const { gateway, callers, control } = started.addresses;
    const token = (await (await fetch(`${callers}/tokens/case-handler-a`)).text()).trim();
    const input = {
      applicant: { nationalId: CAST.find(({ id }) => id === 'P04')?.nationalId },
      periode: { fom: '2022-01-01', tom: '2027-12-31' },
      purpose: 'DISABILITY_INSURANCE',
      returnUrl: `${control}/`,
    };
    const answer = await fetch(`${gateway}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({
        query: 'mutation ($input: RequestConsentInput!) { requestConsent(input: $input) { created } }',
        variables: { input },
      }),
    });
    expect(await answer.json()).toEqual({ data: { requestConsent: { created: true } } });
    await expect(started.seed()).rejects.toThrow(/^The first start was cut off [^\n]+ --fresh\.$/);
  });

  it('leave no port taken when the gateway cannot be made', async () => {
    await writeFile(join(directory, 'keys.json'), 'no keys');
    const failing = startStandalone({ port: 0, sandboxPort: 0, dataDirectory: directory, ...quiet });
    await expect(failing).rejects.toThrow(/^[A-Z][^\n]+\.$/);
  });
});

describe('wipe', () => {
  it('removes what was stored and nothing else', async () => {
    const ours = ['samtykkeporten.db', 'samtykkeporten.db-wal', 'samtykkeporten.db-shm', 'keys.json', 'sandbox.json'];
    for (const file of [...ours, 'notes.txt']) await writeFile(join(directory, file), 'x');
    await wipe(directory);
    expect((await readdir(directory)).toSorted()).toEqual(['notes.txt', 'sandbox.lock']);
  });

  it('takes nothing from a sandbox that runs', async () => {
    await using running = await openStateFile(directory);
    await writeFile(join(directory, 'samtykkeporten.db'), 'x');
    await expect(wipe(directory)).rejects.toThrow(/^Another sandbox runs on [^\n]+\.$/);
    expect(running.state.traces).toEqual([]);
    expect(await readdir(directory)).toContain('samtykkeporten.db');
  });

  it('of an empty directory, or of none, is nothing', async () => {
    await wipe(directory);
    await wipe(join(directory, 'nowhere'));
  });
});

describe('the sandbox’s own key file', () => {
  it('is made once, and read again ever after', () => {
    const made = ownKeyFile(join(directory, 'new'));
    expect(() => parseKeyFile(made)).not.toThrow();
    expect(ownKeyFile(join(directory, 'new'))).toBe(made);
    expect(ownKeyFile(join(directory, 'other'))).not.toBe(made);
  });
});

describe('the welcome', () => {
  const addresses = {
    gateway: 'http://g',
    control: 'http://c',
    altinn3: 'http://a',
    altinn2: 'http://b',
    callers: 'http://i',
    nav: 'http://n',
  };
  const files = { today: '2026-11-16', dataDirectory: '/data', logFile: '/data/gateway.log' };
  const text = welcome({ addresses, rail: 'ALTINN_3', ...files });
  const onAltinn2 = welcome({ addresses, rail: 'ALTINN_2', ...files });

  it('names every address a newcomer needs, the data and the log', () => {
    for (const part of [
      'http://g/graphql',
      'http://c/',
      'http://i/tokens/case-handler-a',
      'http://n/innsyn?person=P04',
      '2026-11-16',
      '/data ',
      '/data/gateway.log',
      '--fresh',
      'Ctrl-C',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('leads to the Altinn at which the person has consented, and on Altinn 2 says what tells a withdrawal', () => {
    expect(text).toContain('open http://a/accessmanagement/ui/consent/active,');
    expect(text).not.toContain('http://b');
    expect(onAltinn2).toContain('open http://b/ui/AccessConsent/active,');
    const other = CAST.find(({ id }) => id === 'P05');
    expect(onAltinn2).toContain(`ALTINN_REJECTED, run the command with ${other?.nationalId} (${other?.name})`);
  });

  it('speaks of somebody in the cast, by the right number and name', () => {
    const person = CAST.find(({ id }) => id === 'P04');
    expect(text).toContain(`"id":"${person?.nationalId}"`);
    expect(text).toContain(person?.name);
  });
});
