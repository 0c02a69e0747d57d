import { describe, expect, it } from 'vitest';
import { actorFor } from '../../src/gateway-suppliers.ts';
import { changed, configOf, example, mistakesOf } from './files.ts';

const A = '210483713';
const B = '313772403';
const SUPPLIER = '310990183';

/** Who acts for the data consumer at that place of the configuration. */
function actorOf(json: unknown, at: number) {
  const config = configOf(json);
  const dataConsumer = config.dataConsumers[at];
  if (dataConsumer === undefined) throw new Error(`no data consumer ${at}`);
  return actorFor(config, dataConsumer);
}

describe('a data consumer', () => {
  it('without a client is acted for by the supplier, with its client and ApiKey', () => {
    const config = configOf(example('supplier'));
    const { client, altinn2, delegation, organisationNumber } = actorOf(example('supplier'), 0);
    expect(organisationNumber).toBe(SUPPLIER);
    expect(client).toEqual(config.supplier?.client);
    expect(altinn2).toEqual(config.supplier?.altinn2);
    expect(delegation).toEqual({ consumer: B, supplier: SUPPLIER });
  });

  it('with a client acts for itself, whoever acts for others', () => {
    const { organisationNumber, altinn2, delegation } = actorOf(example('supplier'), 1);
    expect(organisationNumber).toBe(A);
    expect(altinn2?.apiKey.reveal()).toBe('api-key-of-forsikring-a');
    expect(delegation).toBeUndefined();
  });

  it('that is the supplier itself acts for itself: nobody delegates to itself', () => {
    const { organisationNumber, delegation } = actorOf(
      changed('supplier', 'dataConsumers[0].organisationNumber', SUPPLIER),
      0,
    );
    expect(organisationNumber).toBe(SUPPLIER);
    expect(delegation).toBeUndefined();
  });

  it.each([
    ['one name in every language', 'Pensjon B', { nb: 'Pensjon B', nn: 'Pensjon B', en: 'Pensjon B' }],
    ['a name for each', { nb: 'B', nn: 'C', en: 'D' }, { nb: 'B', nn: 'C', en: 'D' }],
    ['bokmål where a language is left out', { nb: 'B', en: 'D' }, { nb: 'B', nn: 'B', en: 'D' }],
  ])('has %s', (_, name, expected) => {
    expect(configOf(changed('supplier', 'dataConsumers[0].name', name)).dataConsumers[0]?.name).toEqual(expected);
  });

  it.each([
    ['no name', undefined, 'is missing'],
    ['an empty name', '', 'must be a name, or {"nb", "nn", "en"} of which nb is mandatory'],
    ['a name without bokmål', { en: 'B' }, 'must be a name, or {"nb", "nn", "en"} of which nb is mandatory'],
  ])('with %s is reported', (_, name, message) => {
    expect(mistakesOf(changed('supplier', 'dataConsumers[0].name', name))).toEqual([
      { path: 'dataConsumers[0].name', message },
    ]);
  });

  it('without a client is reported where nobody acts for it, beside every other mistake', () => {
    const json = changed('supplier', 'supplier', undefined);
    Object.assign(json, { maxAnswerBytes: 1 });
    expect(mistakesOf(json)).toEqual([
      { path: 'maxAnswerBytes', message: 'must be at least 1024' },
      { path: 'dataConsumers[0].client', message: 'is missing, and so is a supplier that acts for it' },
    ]);
  });

  it('without a client has no use for an ApiKey of its own', () => {
    const json = changed('supplier', 'dataConsumers[0].altinn2', { apiKey: { env: 'FORSIKRING_A_API_KEY' } });
    expect(mistakesOf(json)).toEqual([
      { path: 'dataConsumers[0].altinn2', message: 'must be left out: the supplier acts for it, with its own ApiKey' },
    ]);
  });
});

describe('new requests on Altinn 2', () => {
  const onAltinn2 = (path: string, value: unknown) => ({
    ...changed('supplier', path, value),
    consent: { newRequests: 'ALTINN_2' },
  });

  it('go with the supplier’s ApiKey for those it acts for', () => {
    expect(mistakesOf(onAltinn2('nav.bound', 8))).toEqual([]);
  });

  it.each(['supplier.altinn2', 'dataConsumers[1].altinn2'])('need %s', (path) => {
    expect(mistakesOf(onAltinn2(path, undefined))).toEqual([
      { path, message: 'is missing: new requests go to Altinn 2' },
    ]);
  });
});

describe('the keys of a client', () => {
  const [path, key] = ['supplier.client.keys', { kid: 'k', privateKey: { env: 'SUPPLIER_KEY_2026' } }] as const;
  const next = { ...key, kid: 'l', startsAt: '2026-12-15T08:00:00+01:00' };
  const AT_ONCE = 'must start at different moments: give the one that takes over its own startsAt';

  it('each have a start, and an end a year after they were registered', () => {
    expect(configOf(example('supplier')).supplier?.client.credentials).toMatchObject([
      { kid: 'brobygger-2026', startsAt: undefined, expiresAt: new Date('2027-01-12T00:00:00Z') },
      {
        kid: 'brobygger-2027',
        startsAt: new Date('2026-12-15T07:00:00Z'),
        expiresAt: new Date('2027-12-14T00:00:00Z'),
      },
    ]);
  });

  it.each([
    ['none', [], '', 'must not be empty'],
    [
      'three',
      [key, next, { ...next, kid: 'm', startsAt: '2027-12-15T08:00:00+01:00' }],
      '',
      'must not be more than two: the one in use, and the one that takes over',
    ],
    ['one twice', [key, { ...next, kid: key.kid }], '', 'has one kid twice'],
    ['two of which none takes over', [key, { ...next, startsAt: undefined }], '', AT_ONCE],
    ['two that take over at once', [{ ...next, kid: 'k', startsAt: '2026-12-15T07:00:00Z' }, next], '', AT_ONCE],
    [
      'one registered some time',
      [{ ...key, registeredOn: 'i fjor' }],
      '[0].registeredOn',
      'must be a date, such as 2026-11-16',
    ],
    [
      'one that starts nobody knows where',
      [{ ...key, startsAt: '2026-11-16T08:00:00' }],
      '[0].startsAt',
      'must be a moment with its time zone, such as 2026-11-16T08:00:00+01:00',
    ],
  ])('that are %s are reported', (_, keys, at, message) => {
    expect(mistakesOf(changed('supplier', path, keys))).toEqual([{ path: `${path}${at}`, message }]);
  });
});
