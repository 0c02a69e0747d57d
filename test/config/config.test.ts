import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it, test } from 'vitest';
import { maskedConfig, readConfig } from '../../src/config.ts';
import { changed, configOf, example, keyFile, mistakesOf, pem, privateKey, secrets } from './files.ts';

const PROFILES = ['sandbox', 'test', 'production'];

const ONE_CLIENT_TWICE =
  'is there twice: a client belongs to one organisation, so leave out `client` where `supplier` is to act with its own';

describe('an example', () => {
  it.each(PROFILES)('for profile %s is sound', (profile) => {
    expect(mistakesOf(example(profile))).toEqual([]);
    expect(configOf(example(profile)).profile).toBe(profile);
  });

  it('for a supplier is sound', () => {
    expect(mistakesOf(example('supplier'))).toEqual([]);
  });

  it('gets the documented hosts of the test environments', () => {
    const config = configOf(example('test'));
    expect(config.altinn3.baseUrl).toBe('https://platform.tt02.altinn.no');
    expect(config.maskinporten.issuer).toBe('https://test.maskinporten.no/');
    expect(config.maskinporten.tokenEndpoint).toBe('https://test.maskinporten.no/token');
    expect(config.nav.uforeopplysninger.baseUrl).toBe('https://pensjon-gw.ekstern.dev.nav.no/dsop-ufo');
    expect(config.nationalIds).not.toContain('fnr');
  });

  it('gets the documented hosts of production', () => {
    const config = configOf(example('production'));
    expect(config.altinn3.baseUrl).toBe('https://platform.altinn.no');
    expect(config.maskinporten.issuer).toBe('https://maskinporten.no/');
    expect(config.maskinporten.tokenEndpoint).toBe('https://maskinporten.no/token');
    expect(config.nav.uforeopplysninger.baseUrl).toBe('https://pensjon-gw.nav.no/dsop-ufo');
    expect(config.nationalIds).toEqual(['fnr', 'dnr']);
  });

  it('keeps several data consumers apart', () => {
    const { dataConsumers } = configOf(example('test'));
    expect(dataConsumers.map(({ organisationNumber, sources }) => [organisationNumber, sources])).toEqual([
      ['210483713', ['AAP_VEDTAK', 'AAP_MELDEKORT', 'UFOREOPPLYSNINGER']],
      ['313772403', ['UFOREOPPLYSNINGER']],
    ]);
  });

  it('lets every documented host be overridden', () => {
    const { altinn3, maskinporten, nav } = configOf({
      ...example('production'),
      altinn3: { baseUrl: 'https://altinn.example/' },
      maskinporten: { issuer: 'https://maskinporten.example/', tokenEndpoint: 'https://maskinporten.example/t' },
      nav: {
        aap: { baseUrl: 'https://aap.example/arbeid/' },
        uforeopplysninger: { baseUrl: 'https://ufore.example' },
        bound: 7,
      },
    });
    expect(altinn3.baseUrl).toBe('https://altinn.example');
    expect(maskinporten).toMatchObject({
      issuer: 'https://maskinporten.example/',
      tokenEndpoint: 'https://maskinporten.example/t',
    });
    expect(nav.aap.baseUrl).toBe('https://aap.example/arbeid');
    expect(nav.uforeopplysninger.baseUrl).toBe('https://ufore.example');
    expect(nav.bound).toBe(7);
  });
});

describe('mistakes', () => {
  it('are all in one report, in the order of the file', () => {
    const json = {
      ...example('test'),
      nav: { aap: { vedtakPath: 'vedtak' }, bound: 0 },
      deadlines: { nav: 5, altinn: 'long' },
      dataConsumers: [
        { ...Object(example('test')['dataConsumers'])[0], organisationNumber: '210483714', purposes: [] },
        { ...Object(example('test')['dataConsumers'])[1], returnUrls: ['http://pensjon-b.example'] },
        { ...Object(example('test')['dataConsumers'])[1], name: undefined, extra: 1 },
      ],
      store: {},
      server: { publicUrl: 'https://samtykke.example/under' },
    };
    expect(mistakesOf(json)).toEqual([
      { path: 'nav.aap.baseUrl', message: 'is missing' },
      {
        path: 'nav.aap.vedtakPath',
        message: 'must be a path such as /api/v1/name, without query or trailing slash',
      },
      { path: 'nav.bound', message: 'must be at least 1' },
      { path: 'deadlines.altinn', message: 'must be a number' },
      { path: 'deadlines.nav', message: 'must be at least 10' },
      { path: 'dataConsumers[0].organisationNumber', message: 'must be nine digits with a right check digit' },
      { path: 'dataConsumers[0].purposes', message: 'must not be empty' },
      { path: 'dataConsumers[1].returnUrls[0]', message: 'must be https in profile test' },
      { path: 'dataConsumers[2].name', message: 'is missing' },
      { path: 'dataConsumers[2].extra', message: 'is not a setting' },
      { path: 'store.encryptionKeys', message: 'is missing' },
      { path: 'server.publicUrl', message: 'must be scheme, host and port, without a path' },
      {
        path: 'dataConsumers[2].organisationNumber',
        message: 'is there twice: one entry for each data consumer',
      },
      { path: 'dataConsumers[2].client.clientId', message: ONE_CLIENT_TWICE },
    ]);
  });

  it('say what every profile would say when the profile itself is wrong', () => {
    const json = { ...example('test'), profile: 'prod', nonsense: true, deadlines: { nav: 1 } };
    expect(mistakesOf(json)).toEqual([
      { path: 'profile', message: 'must be one of sandbox, test, production' },
      { path: 'deadlines.nav', message: 'must be at least 10' },
      { path: 'nonsense', message: 'is not a setting' },
    ]);
    expect(mistakesOf({})).toContainEqual({ path: 'profile', message: 'is missing' });
  });

  it.each([
    ['a file that ends too early', '{"profile": ', 'is not valid JSON: see line 1, column 13'],
    ['a word too many', '{"secret": "hemmelig" hemmelig}', 'is not valid JSON: see line 1, column 23'],
    ['a comma too many', '{\n  "profile": "test",,\n}', 'is not valid JSON: see line 2, column 21'],
    ['a comma before the end', '{"profile": "test"\n  ,\n}', 'is not valid JSON: see line 3, column 1'],
    ['a comment', '{\r\n  "profile": "test", // hemmelig\r\n}', 'is not valid JSON: see line 2, column 22'],
    ['a text without its end', '{"profile": "hemmelig\n}', 'is not valid JSON: see line 1, column 13'],
    ['an empty file', '', 'is empty'],
    ['a file of blanks', ' \n', 'is empty'],
  ])('are found in %s, and nothing of it is quoted', (_, text, message) => {
    expect(mistakesOf(text)).toEqual([{ path: '', message }]);
  });

  it('are not made of the mark that some editors put before a file', () => {
    expect(mistakesOf(`\uFEFF${JSON.stringify(example('test'))}`)).toEqual([]);
    expect(mistakesOf('\uFEFF')).toEqual([{ path: '', message: 'is empty' }]);
  });

  it.each([
    ['altin3', '', 'has a key outside all sections that is not a setting (did you mean altinn3?)'],
    ['Profil', 'Profil', 'is not a setting (did you mean profile?)'],
    ['port', 'port', 'is not a setting'],
    ['nav.aap.base_url', 'nav.aap', 'has a key that is not a setting (did you mean baseUrl?)'],
    [
      'dataConsumers[1].client.client-id',
      'dataConsumers[1].client',
      'has a key that is not a setting (did you mean clientId?)',
    ],
    [
      'dataConsumers[1].client.keys[0].kidd',
      'dataConsumers[1].client.keys[0].kidd',
      'is not a setting (did you mean kid?)',
    ],
    ['server.hemmelig-1', 'server', 'has a key that is not a setting'],
  ])('name the setting that was meant by %s', (key, path, message) => {
    expect(mistakesOf(changed('test', key, 'hemmelig'))).toEqual([{ path, message }]);
  });

  it.each([['[]'], ['"hemmelig"'], ['null'], ['7']])('refuse a file that is no object: %s', (text) => {
    expect(mistakesOf(text)).toEqual([{ path: '', message: 'must be an object' }]);
  });

  it('name the environment variable that is at fault, not the setting it stands for', () => {
    const env = { ...secrets.env, PORT: 'many', LOG_LEVEL: 'loud' };
    expect(mistakesOf(example('test'), { env })).toEqual([
      { path: 'PORT', message: 'must be a number' },
      { path: 'LOG_LEVEL', message: 'must be one of fatal, error, warn, info, debug, trace, silent' },
    ]);
  });

  const cases: [setting: string, profile: string, path: string, value: unknown, message: string][] = [
    ['the AAP host, which is documented nowhere', 'production', 'nav.aap.baseUrl', undefined, 'is missing'],
    ['the upstreams of the sandbox', 'sandbox', 'altinn3', undefined, 'is missing'],
    ['a data consumer at least', 'test', 'dataConsumers', [], 'must not be empty'],
    ['an issuer at least', 'test', 'callers.issuers', [], 'must not be empty'],
    [
      'a known purpose',
      'test',
      'dataConsumers[0].purposes[0]',
      'CURIOSITY',
      'must be one of OCCUPATIONAL_PENSION, DISABILITY_INSURANCE',
    ],
    [
      'a known source',
      'test',
      'dataConsumers[1].sources[0]',
      'SYKEPENGER',
      'must be one of AAP_VEDTAK, AAP_MELDEKORT, UFOREOPPLYSNINGER',
    ],
    ['a grant short enough', 'test', 'maskinporten.grantLifetimeSeconds', 121, 'must be at most 120'],
    ['a hundred keys at most', 'test', 'graphql.limits.maxKeys', 101, 'must be at most 100'],
    ['a header name', 'test', 'nav.aap.personHeader', 'NAV: x', 'must be the name of an HTTP header'],
    ['whole numbers', 'test', 'deadlines.nav', 10.5, 'must be a whole number'],
    ['at most three years', 'test', 'consent.defaultValidityDays', 1096, 'must be at most 1095'],
    [
      'a loopback host in the sandbox',
      'sandbox',
      'server.host',
      '0.0.0.0',
      'must be this machine (such as 127.0.0.1) in profile sandbox',
    ],
    [
      'an organisation for the sandbox',
      'sandbox',
      'dataConsumers[0].organisationNumber',
      '999999999',
      'may be a real organisation, which profile sandbox refuses: use one that starts with 2 or 3',
    ],
    [
      'a role',
      'test',
      'callers.issuers[0].roles.saksbehandler',
      'KING',
      'must be one of CASE_HANDLER, ANALYST, PARTNER, AUDITOR, OPERATOR',
    ],
    [
      'https for callers’ keys',
      'test',
      'callers.issuers[0].jwksUri',
      'http://127.0.0.1:1/jwks',
      'must be https in profile test',
    ],
    [
      'a return address without user',
      'test',
      'dataConsumers[0].returnUrls[0]',
      'https://u:p@a.example/x',
      'must not carry a user or a password',
    ],
    [
      'a return address without fragment',
      'test',
      'dataConsumers[0].returnUrls[0]',
      'https://a.example/x#y',
      'must not carry a query or a fragment',
    ],
    [
      'a return address on the web',
      'test',
      'dataConsumers[0].returnUrls[0]',
      'javascript:alert(1)',
      'must be an https address',
    ],
    [
      'a return address that is absolute',
      'test',
      'dataConsumers[0].returnUrls[0]',
      '/samtykke',
      'must be an absolute address, such as https://host.example/path',
    ],
    [
      'a return address off this network',
      'sandbox',
      'dataConsumers[0].returnUrls[0]',
      'http://a.example',
      'must be https, or http on this machine',
    ],
  ];
  it.each(cases)('insist on %s', (_, profile, path, value, message) => {
    const mistakes = mistakesOf(changed(profile, path, value));
    expect(mistakes).toContainEqual({ path: path === 'altinn3' ? 'altinn3.baseUrl' : path, message });
    expect(mistakes).toHaveLength(1);
  });

  it.each(['none', 'HS256', 'HS512', 'dir'])('refuse signatures that anyone could make: %s', (algorithm) => {
    const path = 'callers.issuers[0].algorithms[0]';
    expect(mistakesOf(changed('test', path, algorithm)).map((mistake) => mistake.path)).toEqual([path]);
  });

  it.each([
    'https://test.maskinporten.no/',
    'https://maskinporten.no/',
    'https://platform.altinn.no/authentication/api/v1/openid/',
  ])('refuse an issuer whose tokens are not for callers: %s', (issuer) => {
    expect(mistakesOf(changed('test', 'callers.issuers[0].issuer', issuer)).map(({ message }) => message)).toEqual([
      'must not be Maskinporten or Altinn: their tokens are for the upstreams, not for callers of this gateway',
    ]);
  });

  it.each([
    ['two data consumers', 'test', 'dataConsumers[0]', 'dataConsumers[1]'],
    ['a data consumer and the supplier', 'supplier', 'supplier', 'dataConsumers[1]'],
  ])('refuse one client for %s, whatever else is wrong with them', (_, profile, first, second) => {
    const one = '5b0e4a1c-3f0d-4a35-9d55-6a1f0c2b7e90';
    const json = changed(profile, `${first}.client.clientId`, one, changed(profile, `${second}.client.clientId`, one));
    const mistake = { path: `${second}.client.clientId`, message: ONE_CLIENT_TWICE };
    expect(mistakesOf(json)).toEqual([mistake]);
    const flawed = changed(profile, `${second}.organisationNumber`, undefined, json);
    expect(mistakesOf(flawed)).toEqual([{ path: `${second}.organisationNumber`, message: 'is missing' }, mistake]);
  });

  it('refuse one issuer twice', () => {
    const [issuer] = Object(example('test')['callers']).issuers;
    expect(mistakesOf({ ...example('test'), callers: { issuers: [issuer, issuer] } })).toEqual([
      { path: 'callers.issuers[1].issuer', message: 'is there twice: one entry for each issuer' },
    ]);
  });
});

describe('profile production', () => {
  it.each([
    'http://aap.example',
    'http://127.0.0.1:4103',
    'https://127.0.0.1',
    'https://127.9.9.9',
    'https://localhost',
    'https://localhost.',
    'https://nav.localhost',
    'https://[::1]',
    'https://[::ffff:127.0.0.1]',
    'https://0.0.0.0',
    'https://[::]',
    'https://aap.ekstern.dev.nav.no',
    'https://platform.tt02.altinn.no',
    'https://test.maskinporten.no',
  ])('refuses an upstream at %s', (address) => {
    for (const path of ['nav.aap.baseUrl', 'altinn3.baseUrl', 'maskinporten.issuer', 'maskinporten.tokenEndpoint']) {
      expect(mistakesOf(changed('production', path, address)).map((mistake) => mistake.path)).toEqual([path]);
    }
  });

  it.each([
    ['dataConsumers[0].client.clientId', 'sandbox-client'],
    ['dataConsumers[0].client.keys[0].kid', 'Sandbox-1'],
    ['dataConsumers[0].organisationNumber', '210483713'],
    ['dataConsumers[0].returnUrls[0]', 'http://localhost:4000/retur'],
    ['callers.issuers[0].audience', 'https://samtykkeporten.sandbox'],
    ['callers.issuers[0].issuer', 'http://127.0.0.1:4105'],
    ['callers.issuers[0].jwksUri', 'https://localhost/jwks'],
    ['server.publicUrl', 'https://127.0.0.1:4000'],
    ['store.encryptionKeys', undefined],
  ])('refuses what belongs to the sandbox in %s', (path, value) => {
    expect(mistakesOf(changed('production', path, value)).map((mistake) => mistake.path)).toEqual([path]);
  });

  it('refuses people who do not exist, and the sandbox those who may', () => {
    const refused = { test: [], production: ['nationalIds[1]'], sandbox: ['nationalIds[0]'] };
    for (const [profile, paths] of Object.entries(refused)) {
      expect(mistakesOf(changed(profile, 'nationalIds', ['fnr', 'tnr'])).map(({ path }) => path)).toEqual(paths);
    }
  });

  it('refuses every line of the sandbox’s example that points to the sandbox', () => {
    const paths = mistakesOf({ ...example('sandbox'), profile: 'production' }).map(({ path }) => path);
    expect(paths).toEqual([
      'nav.aap.baseUrl',
      'nav.uforeopplysninger.baseUrl',
      'altinn3.baseUrl',
      'maskinporten.issuer',
      'maskinporten.tokenEndpoint',
      'dataConsumers[0].organisationNumber',
      'dataConsumers[0].client.clientId',
      'dataConsumers[0].client.keys[0].kid',
      'dataConsumers[0].returnUrls[0]',
      'callers.issuers[0].issuer',
      'callers.issuers[0].audience',
      'callers.issuers[0].jwksUri',
      'store',
      'server',
    ]);
  });

  it('refuses a key file of the sandbox', () => {
    const sandboxKeys = { ...keyFile, active: 'sandbox-1', keys: [{ ...keyFile.keys[0], id: 'sandbox-1' }] };
    const files = { ...secrets.files, '/run/secrets/store-keys.json': JSON.stringify(sandboxKeys) };
    expect(mistakesOf(example('production'), { files }).map(({ path }) => path)).toEqual(['store.encryptionKeys']);
  });
});

describe('the environment', () => {
  it('wins over the file where it is documented to', () => {
    const env = { ...secrets.env, PORT: '0', DATA_DIR: '/tmp/elsewhere', LOG_LEVEL: 'silent' };
    const { server, store, log } = configOf(example('production'), { env });
    expect([server.port, store.directory, log.level]).toEqual([0, '/tmp/elsewhere', 'silent']);
  });

  it('counts an empty value as absent', () => {
    const { server, store } = configOf(example('production'), { env: { ...secrets.env, PORT: '', DATA_DIR: '' } });
    expect([server.port, store.directory]).toEqual([4000, '/var/lib/samtykkeporten']);
    expect(mistakesOf(example('test'), { env: { ...secrets.env, PENSJON_B_KEY: '' } })).toEqual([
      {
        path: 'dataConsumers[1].client.keys[0].privateKey',
        message: 'names PENSJON_B_KEY, which is empty',
      },
    ]);
  });
});

describe('a secret', () => {
  const path = 'dataConsumers[0].client.keys[0].privateKey';
  const problem = (value: unknown, from?: Parameters<typeof mistakesOf>[1]) =>
    mistakesOf(changed('test', path, value), from);

  it.each([
    ['a literal', 'hemmelig-nøkkel'],
    ['a literal key', pem],
    ['a literal in an object', { value: 'hemmelig-nøkkel' }],
    ['a number', 4711],
    ['a file and a variable', { file: 'keys/store.json', env: 'FORSIKRING_A_KEY' }],
  ])('is refused without echo when it is %s', (_, value) => {
    expect(problem(value)).toEqual([
      {
        path,
        message: 'must be a reference, {"file": "path"} or {"env": "NAME"}: a secret is never written into this file',
      },
    ]);
  });

  it.each([
    ['file', 'keys/a.pem', 'names keys/a.pem, which does not exist (looked in /srv/gateway)'],
    ['file', '/run/secrets/nøkkel 2.pem', 'names /run/secrets/nøkkel 2.pem, which does not exist'],
    ['env', 'FORSIKRING_B_KEY', 'names FORSIKRING_B_KEY, which is not set'],
    ['env', 'constructor', 'names a variable of the environment, which is not set'],
  ])('that cannot be found by %s %s is reported with where it was looked for', (kind, where, message) => {
    expect(problem({ [kind]: where })).toEqual([{ path, message }]);
  });

  it.each([
    ['EACCES', 'this user may not read'],
    ['EISDIR', 'is a folder'],
    ['EMFILE', 'cannot be read'],
  ])('whose file fails with %s is told why', (code, why) => {
    const answer = readConfig({
      text: JSON.stringify(changed('test', path, { file: '/run/secrets/a.pem' })),
      env: secrets.env,
      readFile: (file) => {
        if (file !== '/run/secrets/a.pem') return JSON.stringify(keyFile);
        throw Object.assign(new Error(`${code}: open '${file}'`), { code });
      },
    });
    expect(answer).toEqual({ mistakes: [{ path, message: `names /run/secrets/a.pem, which ${why}` }] });
  });

  it('whose file or variable holds nothing is told so', () => {
    const files = { ...secrets.files, 'keys/a.pem': '\n' };
    expect(problem({ file: 'keys/a.pem' }, { files })).toEqual([{ path, message: 'names keys/a.pem, which is empty' }]);
  });

  it('that stands itself where its file or variable is due is not shown', () => {
    const line = pem.replaceAll('\n', '');
    for (const hidden of [
      pem,
      line,
      keyFile.identityKey,
      `/${keyFile.identityKey.slice(1)}`,
      'JBSWY3DPEHPK3PXPJBSWY3DP',
      'Sommer.2026',
      '3f0c7a4e-5a51-4b7e-9d59-0a55b6f1f0d2',
      'correct-horse',
    ]) {
      expect(problem({ env: hidden })).toEqual([
        { path, message: 'names a variable of the environment, which is not set' },
      ]);
      expect(problem({ file: hidden })).toEqual([{ path, message: 'names a file, which does not exist' }]);
    }
  });

  it('that is no key, or too weak a one, is reported without its text', () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    const curved = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    const tooWeak = 'must lead to an RSA key of at least 2048 bits, which is what Maskinporten takes';
    const noKey = 'does not lead to a private key (PEM PKCS#8, or a JWK as JSON)';
    for (const [text, message] of [
      [String(weak), tooWeak],
      [String(curved), tooWeak],
      ['hemmelig', noKey],
      ['{"kty":"RSA"}', noKey],
      ['"hemmelig"', noKey],
    ] as const) {
      expect(problem({ env: 'X' }, { env: { ...secrets.env, X: text } })).toEqual([{ path, message }]);
    }
  });

  it('is one key, whether it is kept as PEM or as JWK', () => {
    const jwk = JSON.stringify(privateKey.export({ format: 'jwk' }));
    for (const text of [pem, jwk]) {
      const [consumer] = configOf(changed('test', path, { env: 'X' }), {
        env: { ...secrets.env, X: text },
      }).dataConsumers;
      expect(consumer?.client?.credentials[0]?.privateKey.reveal()).toBe(pem);
    }
  });

  it('never appears in what is printed', () => {
    const config = configOf(example('production'));
    const printed = [maskedConfig(config), JSON.stringify(config), inspect(config, { depth: null })];
    for (const text of printed) {
      expect(text).toContain('[signing key]');
      expect(text).toContain('[encryption keys]');
      for (const secret of [keyFile.identityKey, ...keyFile.keys.map(({ key }) => key), pem.split('\n')[1] ?? '']) {
        expect(secret).not.toBe('');
        expect(text).not.toContain(secret);
      }
    }
    expect(JSON.parse(maskedConfig(config))).toMatchObject({ altinn3: { baseUrl: 'https://platform.altinn.no' } });
  });

  it('never appears in a mistake, wherever it was put by error', () => {
    const json = example('production');
    const everywhere = JSON.parse(
      JSON.stringify(json, (key, value) => (typeof value === 'object' || key === 'profile' ? value : 'hemmelig 1')),
    );
    const told = JSON.stringify(mistakesOf({ ...everywhere, 'hemmelig 1': 1, hemmelig1: 2 }));
    expect(told).toContain('has a key outside all sections that is not a setting');
    expect(told).not.toContain('hemmelig');
  });
});

describe('the key file of the store', () => {
  test.each([
    ['is no JSON', 'hemmelig'],
    ['has an unknown key', JSON.stringify({ ...keyFile, extra: 1 })],
    ['has a key too short', JSON.stringify({ ...keyFile, identityKey: 'aGVtbWVsaWc=' })],
    ['has no keys', JSON.stringify({ ...keyFile, keys: [] })],
    ['has an id that is no name', JSON.stringify({ ...keyFile, active: 'hemmelig nøkkel' })],
    ['names an active key it does not have', JSON.stringify({ ...keyFile, active: 'k9' })],
    ['has one id twice', JSON.stringify({ ...keyFile, keys: [keyFile.keys[1], keyFile.keys[1]] })],
    ['has one key twice', JSON.stringify({ ...keyFile, identityKey: keyFile.keys[0]?.key })],
  ])('is refused when it %s', (_, text) => {
    const mistakes = mistakesOf(example('test'), { files: { ...secrets.files, 'keys/store.json': text } });
    expect(mistakes.map(({ path }) => path)).toEqual(['store.encryptionKeys']);
    expect(JSON.stringify(mistakes)).not.toMatch(/hemmelig|aGVtb|k9/);
  });

  it('may be left out in the sandbox, which makes its own', () => {
    expect(configOf(example('sandbox')).store.encryptionKeys).toBeUndefined();
    expect(configOf(example('production')).store.encryptionKeys?.reveal()).toBe(JSON.stringify(keyFile));
  });
});
