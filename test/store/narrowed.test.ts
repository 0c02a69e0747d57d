import { expect, it } from 'vitest';
import { SYNTHETIC_NATIONAL_IDS } from '../../src/values.ts';
import { numberOf, openWorld } from '../support/world.ts';

/** A D-number, of the kind that is struck out below. */
const STRUCK_OUT = 'P09';
const CONSENTS = '{ consents { nodes { applicant { maskedNationalId } status } } }';
const IDENTIFY = 'query ($n: NationalId!) { applicant(by: { nationalId: $n }) { id } }';
const READ_BY_ID = 'query ($id: ID!) { applicant(by: { id: $id }) { maskedNationalId aapVedtak { __typename } } }';

it('a kind of national id that is no longer accepted of callers is still read in what is stored, the log of disclosures too', async () => {
  await using before = await openWorld();
  for (const person of [STRUCK_OUT, 'P04'] as const) {
    await before.grantKnown(person);
    await before.read(person);
  }
  const { id } = (await before.query('case-handler-a', IDENTIFY, { n: numberOf(STRUCK_OUT) })).data.applicant;
  const log = await before.audit('a');
  const consents = (await before.query('case-handler-a', CONSENTS)).data.consents.nodes;
  await before.gateway[Symbol.asyncDispose]();

  await using world = await openWorld({
    directory: before.directory,
    state: before.sandbox.snapshot(),
    config: (config) => ({
      ...config,
      nationalIds: SYNTHETIC_NATIONAL_IDS.filter((kind) => !kind.startsWith('dnr')),
    }),
  });
  expect(await world.audit('a')).toEqual(log);
  const seen = await world.query('case-handler-a', CONSENTS);
  expect([seen.errors, seen.data.consents.nodes]).toEqual([[], consents]);
  expect((await world.read(STRUCK_OUT)).errors.map(({ extensions }) => extensions.code)).toEqual(['INVALID_INPUT']);
  const again = await world.query('case-handler-a', READ_BY_ID, { id });
  expect([again.errors, again.data.applicant.aapVedtak.__typename]).toEqual([[], 'AapVedtaksliste']);
});
