import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { faultOf, judgeRefusal } from '../../src/maskinporten/outcomes.ts';
import { answer } from '../support/scripted.ts';

const PERSON = '30817429498';
const TRACE = '5f0c9a1b2c3d4e5f60718293a4b5c6d7';

it.each([
  [
    'code, error and trace id',
    {
      error: 'invalid_grant',
      error_description: `Words about ${PERSON}. (trace_id: ${TRACE})`,
      error_uri: 'https://test.maskinporten.no/errors/MP-303',
    },
    { upstreamCode: 'MP-303', error: 'invalid_grant', traceId: TRACE },
  ],
  [
    'an error that no standard knows',
    { error: 'invalid_altinn_customer_configuration' },
    { error: 'invalid_altinn_customer_configuration' },
  ],
  [
    'no code out of the description',
    { error: 'invalid_scope', error_description: 'see /errors/MP-200' },
    { error: 'invalid_scope' },
  ],
  [
    'the older trace id not at all',
    { error: 'forbidden', error_description: 'Words (correlation id: 7d0f5a4e-0000-4000-8000-000000000001)' },
    { error: 'forbidden' },
  ],
  ['an error that holds a national id as a question mark', { error: PERSON }, { error: '?' }],
  ['an error that is a sentence as a question mark', { error: 'no such thing here' }, { error: '?' }],
  [
    'the code beside members that are not as documented',
    { error: 7, error_description: null, error_uri: 'https://maskinporten.no/errors/MP-250' },
    { upstreamCode: 'MP-250' },
  ],
  ['nothing of another address', { error_uri: `https://maskinporten.no/errors/${PERSON}` }, {}],
  ['nothing of a list', [PERSON], {}],
  ['nothing of a text', `"${PERSON}"`, {}],
])('of a refusal is kept: %s', (_, body, kept) => {
  const { evidence, refusal } = judgeRefusal(answer(400, body));
  expect(evidence).toEqual({ upstream: 'maskinporten', status: 400, ...kept });
  const fault = faultOf(refusal, evidence);
  expect(fault.evidence).toBe(evidence);
  expect(inspect([fault, fault.message], { depth: 9 })).not.toContain(PERSON);
});

it('the message names the code that the operator looks up', () => {
  const { evidence, refusal } = judgeRefusal(answer(400, { error_uri: 'https://maskinporten.no/errors/MP-121' }));
  expect(faultOf(refusal, evidence).message).toContain('(MP-121)');
});
