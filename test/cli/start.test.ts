import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ALTINN2_PAGES } from '../../src/sandbox/altinn2-pages.ts';
import { createCitizen } from '../../src/sandbox/citizen.ts';
import type { Transport } from '../../src/sandbox/transport.ts';
import { numberOf } from '../support/world.ts';
import type { Program } from './program.ts';
import { launch } from './program.ts';

const bash = promisify(execFile);
let dataDirectory: string;

beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'samtykkeporten-cli-'));
});
afterAll(() => rm(dataDirectory, { recursive: true, force: true }));

/** What the block says after a start. */
interface Block {
  readonly curl: string;
  readonly graphql: string;
  readonly control: string;
  readonly altinn3: string;
  readonly callers: string;
}

async function start(...args: string[]): Promise<{ program: Program; block: Block; said: string }> {
  const program = launch(['start', ...args], { PORT: '0', SANDBOX_PORT: '0', DATA_DIR: dataDirectory });
  const said = await program.says('Ctrl-C');
  const found = (pattern: RegExp) => pattern.exec(said)?.[1] ?? `nothing like ${pattern}`;
  const block = {
    curl: found(/^ {2}(curl [\s\S]+?')$/m),
    graphql: found(/GraphQL +(\S+)/),
    control: found(/Sandbox +(\S+)/),
    altinn3: found(/open (\S+?)\/accessmanagement/),
    callers: found(/curl -s (\S+)\/tokens/),
  };
  return { program, block, said };
}

/** Runs the printed command in a shell, letter by letter. */
async function runCurl({ curl }: Block): Promise<string> {
  const { stdout } = await bash('bash', ['-c', curl]);
  return stdout;
}

async function journal(
  { control }: Block,
  upstream: string,
): Promise<{ method: string; path: string; status: number | null }[]> {
  const response = await fetch(`${control}journal?upstream=${upstream}`);
  const { calls } = (await response.json()) as { calls: { method: string; path: string; status: number | null }[] };
  return calls;
}

const navCalls = async (block: Block) =>
  (await journal(block, 'aap')).length + (await journal(block, 'uforeopplysninger')).length;

async function query({ graphql, callers }: Block, document: string, variables: Record<string, unknown>) {
  const token = (await (await fetch(`${callers}/tokens/case-handler-a`)).text()).trim();
  const response = await fetch(graphql, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: document, variables }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: the query of each test decides the form
  return (await response.json()) as { data: any; errors?: unknown };
}

const READ =
  'query ($id: NationalId!) { applicant(by: { nationalId: $id }) { aapVedtak { __typename ... on ConsentRequired { reason } } } }';

/** The network as a browser has it. */
const browser: Transport = async ({ method, url, headers, body, signal }) => {
  const response = await fetch(url, {
    method,
    headers,
    signal,
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
  });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: new Uint8Array(await response.arrayBuffer()),
  };
};

describe('start, from nothing to withdrawn and back', () => {
  it('prints a block whose command works as it stands; once the person has withdrawn, the same command answers so and NAV hears nothing', async () => {
    const { program, block, said } = await start();
    using _ = program;
    expect(said).toMatch(
      /^\nSamtykkeporten is running[\s\S]+Data +\S+ \(npm start -- --fresh begins anew\)\n[\s\S]+Stop +Ctrl-C\n\n$/,
    );
    for (const address of [block.graphql, block.control, block.altinn3, block.callers])
      expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+/);

    const first = JSON.parse(await runCurl(block));
    expect(first.errors).toBeUndefined();
    expect(first.data.applicant.aapVedtak).toMatchObject({
      __typename: 'AapVedtaksliste',
      perioder: [{ periode: { fom: '2023-09-04' } }],
    });
    expect(first.data.applicant.aapVedtak.vedtaksliste.length).toBeGreaterThan(1);

    expect(await createCitizen('P04', block.altinn3, browser).withdrawAll()).toBe(1);
    const calls = await navCalls(block);
    const second = JSON.parse(await runCurl(block));
    expect(second.data.applicant.aapVedtak).toMatchObject({
      __typename: 'ConsentRequired',
      reason: 'WITHDRAWN',
      message: expect.stringContaining('withdrew'),
    });
    expect(await navCalls(block)).toBe(calls);

    // SIGTERM, while NAV lets somebody wait for ever. Code 0 also says: within two seconds, since a longer stop ends with 1.
    await fetch(`${block.control}faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ upstream: 'aap', kind: 'hang' }),
    });
    const cutOff = query(block, READ, { id: numberOf('P05') }).then(
      () => 'answered',
      () => 'cut off',
    );
    await vi.waitFor(async () => expect((await journal(block, 'aap')).at(-1)).toMatchObject({ status: null }), {
      timeout: 10_000,
      interval: 20,
    });
    expect(await program.stop('SIGTERM')).toMatchObject({ code: 0, stderr: '' });
    expect(await cutOff).toBe('cut off');
  });

  it('keeps what it stores to its owner', async () => {
    const secrets = (await readdir(dataDirectory)).filter((file) => !file.endsWith('.log'));
    expect(secrets).toEqual(expect.arrayContaining(['keys.json', 'samtykkeporten.db', 'sandbox.json']));
    for (const file of secrets) {
      const { mode } = await stat(join(dataDirectory, file));
      expect([file, mode & 0o077]).toEqual([file, 0]);
    }
  });

  it('a second start agrees with itself: withdrawn stays withdrawn, others can be read, nobody is asked again', async () => {
    const { program, block } = await start();
    using _ = program;
    expect(JSON.parse(await runCurl(block)).data.applicant.aapVedtak).toMatchObject({ reason: 'WITHDRAWN' });
    expect(await navCalls(block)).toBe(0);
    const other = await query(block, READ, { id: numberOf('P05') });
    expect(other.data.applicant.aapVedtak).toEqual({ __typename: 'AapVedtaksliste' });
    const asked = (await journal(block, 'altinn3')).filter(
      ({ method, path }) => method === 'POST' && path.includes('consentrequests'),
    );
    expect(asked).toEqual([]);
    expect(await program.stop('SIGINT')).toMatchObject({ code: 0, stderr: '' });
  });

  it('--rail altinn2 asks on Altinn 2, and there the same command and the same withdrawal do', async () => {
    const { program, block, said } = await start('--fresh', '--rail', 'altinn2');
    using _ = program;
    const altinn2 = /open (\S+?)\/ui\/AccessConsent\/active/.exec(said)?.[1] ?? '';
    expect(JSON.parse(await runCurl(block)).data.applicant.aapVedtak).toMatchObject({ __typename: 'AapVedtaksliste' });
    expect(await journal(block, 'altinn3')).toEqual([]);
    expect(await createCitizen('P04', altinn2, browser, ALTINN2_PAGES).withdrawAll()).toBe(1);
    expect(JSON.parse(await runCurl(block)).data.applicant.aapVedtak).toMatchObject({ reason: 'WITHDRAWN' });
    expect(await program.stop('SIGTERM')).toMatchObject({ code: 0, stderr: '' });
  });

  it('--fresh begins anew, and leaves what is not its own', async () => {
    const foreign = join(dataDirectory, 'notes.txt');
    await writeFile(foreign, 'mine');
    const { program, block } = await start('--fresh');
    using _ = program;
    expect(JSON.parse(await runCurl(block)).data.applicant.aapVedtak).toMatchObject({ __typename: 'AapVedtaksliste' });
    expect((await stat(foreign)).size).toBe(4);

    const port = new URL(block.graphql).port;
    const sandboxPort = new URL(block.control).port;
    const elsewhere = join(dataDirectory, 'elsewhere');
    const refused = launch(['start'], { PORT: port, SANDBOX_PORT: '0', DATA_DIR: elsewhere });
    expect(await refused.ended()).toEqual({
      code: 2,
      stdout: '',
      stderr: `Port ${port} is taken: set PORT to another one, or to 0 for a free one.\n`,
    });
    const refusedToo = launch(['start'], { PORT: '0', SANDBOX_PORT: sandboxPort, DATA_DIR: elsewhere });
    expect(await refusedToo.ended()).toEqual({
      code: 2,
      stdout: '',
      stderr: `Port ${sandboxPort} is taken: set SANDBOX_PORT to another first port, or to 0 for free ones.\n`,
    });
    expect(await program.stop('SIGTERM')).toMatchObject({ code: 0, stderr: '' });
  });
});
