import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningSandbox } from '../../src/sandbox/server.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { example, keyFile, pem } from '../config/files.ts';
import type { Program } from './program.ts';
import { launch, run } from './program.ts';

let directory: string;
const at = (name: string) => join(directory, name);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'samtykkeporten-cli-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function configFile(name: string, json: unknown): Promise<string> {
  await writeFile(at(name), typeof json === 'string' ? json : JSON.stringify(json));
  return at(name);
}

/** One or more sentences for the person at the terminal, and nothing of a program's insides. */
function expectMistake(ended: { code: number | null; stdout: string; stderr: string }): void {
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toMatch(/\S\n$/);
  expect(ended.stderr).not.toMatch(/^ +at |node:internal|\.ts:\d|Error:/m);
}

describe('a command that cannot be carried out ends with code 2 and says why', () => {
  it.each<[string, string[], Record<string, string>, RegExp]>([
    ['an unknown command', ['begin'], {}, /unknown command 'begin'/],
    ['serve without a file', ['serve'], {}, /Usage: npm run serve -- --config <file> .*docs\/config\.\n$/s],
    [
      'config check without a file',
      ['config', 'check'],
      {},
      /Usage: npm run config -- check --config <file> .*docs\/config\.\n$/s,
    ],
    [
      'a file that is missing',
      ['serve', '--config', '/nowhere/config.json'],
      {},
      /^The configuration \/nowhere\/config\.json cannot be read\.\n$/,
    ],
    [
      'a port that is no number',
      ['start'],
      { PORT: 'many' },
      /^PORT must be a port: a whole number from 0 to 65535\.\n$/,
    ],
    ['a port that is too large', ['start'], { PORT: '65536' }, /^PORT must be/],
    [
      'first ports that leave no room',
      ['start'],
      { PORT: '0', SANDBOX_PORT: '65530' },
      /^SANDBOX_PORT must be .*65528/,
    ],
    ['a directory that is none', ['start'], { PORT: '0', SANDBOX_PORT: '0', DATA_DIR: '/dev/null' }, /\/dev\/null/],
  ])('%s', { concurrent: true }, async (_, args, env, says) => {
    const ended = await run(args, env);
    expectMistake(ended);
    expect(ended.stderr).toMatch(says);
  });

  it('no command shows what there is', async () => {
    const ended = await run([]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/^Usage: npm run <command> -- \[options\]\n/);
  });
});

it('help is no mistake', async () => {
  const ended = await run(['serve', '--help']);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout).toContain('--config <file>');
});

it('the version can be asked for, as the package has it', async () => {
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(await run(['start', '--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

describe('a configuration with mistakes', () => {
  it('is told all of them at once, without a value', async () => {
    const secret = 'hunter2-hunter2';
    const json = {
      ...example('test'),
      nav: { aap: { baseUrl: `ftp://${secret}` }, bound: secret },
      store: { directory: '.data', encryptionKeys: secret },
      [secret]: 1,
    };
    const file = await configFile('broken.json', json);
    const ended = await run(['serve', '--config', file], {
      FORSIKRING_A_KEY: secret,
      PORT: 'many',
    });
    expectMistake(ended);
    for (const path of [
      'nav.aap.baseUrl',
      'nav.bound',
      'store.encryptionKeys',
      'dataConsumers[0].client.keys[0].privateKey',
      'dataConsumers[1].client.keys[0].privateKey',
      'PORT',
    ]) {
      expect(ended.stderr).toContain(`\n  ${path}: `);
    }
    expect(ended.stderr).not.toContain(secret);
  });

  it('that is no JSON says so', async () => {
    const ended = await run(['config', 'check', '--config', await configFile('text.json', '{"profile": "hunter2"')]);
    expectMistake(ended);
    expect(ended.stderr).toBe(`${at('text.json')} cannot be used:\n  is not valid JSON: see line 1, column 22\n`);
  });
});

it('doctor says beside its findings where the report is', async () => {
  const file = await configFile('unusable.json', {});
  const ended = await run(['doctor', '--config', file, '--json', '--report', at('report.md')]);
  expect(ended).toMatchObject({ code: 1, stderr: `The report of the integration test is in ${at('report.md')}.\n` });
  expect(JSON.parse(ended.stdout)).toMatchObject({ isHealthy: false });
  expect(await readFile(at('report.md'), 'utf8')).toMatch(/^# Integration test/);
});

describe('config check', () => {
  it('prints what will be used, defaults and all, with every secret masked', async () => {
    await writeFile(at('store.json'), JSON.stringify(keyFile));
    const json = { ...example('test'), store: { directory: at('data'), encryptionKeys: { file: at('store.json') } } };
    const ended = await run(['config', 'check', '--config', await configFile('good.json', json)], {
      FORSIKRING_A_KEY: pem,
      PENSJON_B_KEY: pem,
      PORT: '4711',
    });
    expect(ended).toMatchObject({
      code: 0,
      stderr: `${at('good.json')} can be used: profile test, 2 data consumers.\n`,
    });
    const printed = JSON.parse(ended.stdout);
    expect(printed).toMatchObject({
      profile: 'test',
      altinn3: { baseUrl: 'https://platform.tt02.altinn.no' },
      server: { port: 4711 },
      store: { encryptionKeys: expect.stringMatching(/^\[.+\]$/) },
      dataConsumers: [
        { client: { credentials: [{ privateKey: expect.stringMatching(/^\[.+\]$/) }] } },
        { client: { credentials: [{ privateKey: expect.stringMatching(/^\[.+\]$/) }] } },
      ],
    });
    for (const secret of ['PRIVATE KEY', pem.split('\n')[1] ?? pem, keyFile.identityKey, keyFile.keys[0]?.key ?? pem]) {
      expect(ended.stdout).not.toContain(secret);
    }
  });
});

describe('config new-keys', () => {
  it('makes a key file that a configuration can name, for its owner alone', async () => {
    const made = await run(['config', 'new-keys', '--to', at('new-keys.json')]);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toMatch(/new-keys\.json holds the keys of a new store.* store\.encryptionKeys\. .*\n$/);
    expect((await stat(at('new-keys.json'))).mode & 0o777).toBe(0o600);
    const { identityKey } = JSON.parse(await readFile(at('new-keys.json'), 'utf8'));
    expect(made.stdout).not.toContain(identityKey);

    const json = { ...example('production'), store: { encryptionKeys: { file: at('new-keys.json') } } };
    const checked = await run(['config', 'check', '--config', await configFile('keyed.json', json)]);
    expect(checked.stderr).not.toContain('store.encryptionKeys');
  });

  it('never overwrites one, and leaves nothing where it cannot write', async () => {
    const file = await configFile('old-keys.json', keyFile);
    const refused = await run(['config', 'new-keys', '--to', file]);
    expectMistake(refused);
    expect(refused.stderr).toBe(`${file} exists already and is not overwritten: name another file.\n`);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(keyFile);

    const nowhere = await run(['config', 'new-keys', '--to', at('nowhere/keys.json')]);
    expectMistake(nowhere);
    expect(nowhere.stderr).toMatch(/^The keys cannot be written to .*nowhere: check that this folder exists, .*\.\n$/);
  });
});

describe('serve', () => {
  let running: RunningSandbox;
  beforeAll(async () => {
    running = await startSandbox({ port: 0, onDefect: (error) => expect.fail(String(error)) });
  });
  afterAll(() => running[Symbol.asyncDispose]());

  /** Serves insurer A over a store of that name. */
  async function serve(store: string, server: object): Promise<Program> {
    const { origins, sandbox } = running;
    const [client] = sandbox.clients;
    if (client === undefined) throw new Error('no client');
    const file = await configFile(`${store}.json`, {
      profile: 'sandbox',
      nav: { aap: { baseUrl: origins.aap }, uforeopplysninger: { baseUrl: `${origins.uforeopplysninger}/dsop-ufo` } },
      altinn3: { baseUrl: origins.altinn3 },
      maskinporten: { issuer: `${origins.maskinporten}/`, tokenEndpoint: `${origins.maskinporten}/token` },
      dataConsumers: [
        {
          organisationNumber: client.organisation,
          name: 'Fjordlund Forsikring',
          client: { clientId: client.clientId, keys: [{ kid: client.kid, privateKey: { env: 'THE_KEY' } }] },
          purposes: ['DISABILITY_INSURANCE'],
          returnUrls: [`${origins.control}/`],
        },
      ],
      callers: {
        issuers: [
          { issuer: origins.callers, audience: 'https://samtykkeporten.sandbox', jwksUri: `${origins.callers}/jwks` },
        ],
      },
      store: { directory: at(store) },
      server,
    });
    return launch(['serve', '--config', file], { THE_KEY: JSON.stringify(client.privateJwk) });
  }

  it('answers alone, against a sandbox that runs elsewhere, and stops on SIGTERM', async () => {
    using program = await serve('served', { port: 0 });
    const line = (await program.says('"event":"started"')).split('\n').find((each) => each.includes('"started"'));
    const { address } = JSON.parse(line ?? '');
    const ready = await fetch(`${address}/ready`);
    expect(await ready.json()).toMatchObject({ status: 'ready' });
    const answer = await fetch(`${address}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await running.sandbox.callers.tokenFor('case-handler-a')}`,
      },
      body: JSON.stringify({ query: '{ viewer { dataConsumer { name } } consents { nodes { id } } }' }),
    });
    expect(await answer.json()).toEqual({
      data: { viewer: { dataConsumer: { name: 'Fjordlund Forsikring' } }, consents: { nodes: [] } },
    });

    const ended = await program.stop('SIGTERM');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout.trim().split('\n').at(-1)).toContain('"event":"stopped"');
    expect(JSON.parse(await readFile(at('served/keys.json'), 'utf8'))).toHaveProperty('identityKey');
  });

  it('ends with one sentence, for whoever would start it again, where its port is taken', async () => {
    const { port } = new URL(running.origins.altinn3);
    using program = await serve('taken', { port: Number(port) });
    expect(await program.ended()).toMatchObject({
      code: 2,
      stderr: `Port ${port} is taken: set PORT to another one, or to 0 for a free one.\n`,
    });
  });
});
