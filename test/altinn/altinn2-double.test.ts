import { expect } from 'vitest';
import { createConsentKeys } from '../../src/altinn/altinn2-token.ts';
import { createRails } from '../../src/altinn/index.ts';
import { personByCastId } from '../../src/sandbox/world.ts';
import { Secret } from '../../src/values.ts';
import type { RailWorld } from '../contracts/consent-rail.ts';
import { consentRailContract } from '../contracts/consent-rail.ts';
import {
  AAP,
  aConsent,
  aNavRequest,
  aScope,
  aWish,
  dataConsumer,
  openWayOut,
  READ,
  WRITE,
} from '../support/way-out.ts';

// The same contract over the sandbox's Altinn 2, Maskinporten and NAV, which were read from the documents by somebody else.

const PERSON = personByCastId('P04')?.nationalId ?? '';
const FAMILY_NAME = personByCastId('P04')?.name.split(' ').at(-1) ?? '';

consentRailContract(async (): Promise<RailWorld> => {
  const urls: string[] = [];
  const world = await openWayOut({
    through: (doubles) => (request) => {
      urls.push(request.url);
      return doubles(request);
    },
  });
  const { sandbox, clock, tokens, altinn3, upstreamTo } = world;
  const { register } = sandbox.altinn2;
  const upstream = upstreamTo('altinn', sandbox.origins.altinn2);
  const { organisationNumber } = dataConsumer();
  const rails = createRails({
    altinn3,
    altinn2: {
      service: {
        code: '5252',
        edition: 2,
        metadataKeys: { fom: 'fraOgMed', tom: 'tilOgMed', name: 'Navn' },
      },
      scopes: {
        read: READ,
        write: WRITE,
        readTokens: 'altinn:consenttokens.read',
        writeTokens: 'altinn:consenttokens.write',
      },
      apiKeys: new Map([[organisationNumber, new Secret(sandbox.apiKeys[organisationNumber] ?? '', 'ApiKey')]]),
      keys: createConsentKeys(upstream, sandbox.origins.altinn2),
      baseUrl: sandbox.origins.altinn2,
      upstream,
      clock,
      afterwards: async (note, work) => note(await work(new AbortController().signal)),
    },
    tokensFor: () => tokens,
  });

  const rail: RailWorld['rail'] = (change) => {
    const own = rails(aScope(change)).ALTINN_2;
    if (own === undefined) throw new Error('not served');
    return {
      ...own,
      request: ({ consent }) =>
        own.request(
          aWish(consent, {
            redirectUrl: `https://gateway.example/return/${consent.returnReference}`,
            familyName: new Secret(FAMILY_NAME, 'family name'),
          }),
        ),
    };
  };
  const consent = () => aConsent({ rail: 'ALTINN_2' });

  const answer: RailWorld['answer'] = async (asked, what) => {
    if (what === 'withdraw') {
      // Another consent works: the ApiKey is seen to be the right one.
      const other = consent();
      await rail().request(aWish(other));
      await rail().open(await answer(other, 'approve'), { name: 'aapVedtak', scope: AAP });
      expect(register.revoke(asked.railId.reveal(), PERSON)).toBe(true);
      return asked;
    }
    const before = await rail().lookup(asked);
    const railId = before?.railId ?? asked.railId;
    expect(register.answer(railId.reveal(), PERSON, what === 'approve' ? 'Accepted' : 'Rejected')).toBe(true);
    const now = clock.now();
    const lookup = await rail().lookup({ ...asked, railId, confirmedAt: now });
    if (lookup === undefined) throw new Error('Altinn does not know the request');
    return { ...asked, railId, confirmedAt: now, status: lookup.status, answeredAt: lookup.answeredAt };
  };

  return {
    name: 'ALTINN_2',
    rail,
    consent,
    answer,
    expire: ({ validTo }) => clock.set(validTo),
    requestsHeld: () => register.askedOf(PERSON).length,
    credentialsIssued: () => urls.filter((url) => url.includes('/api/authorization/token/')).length,
    breakDown: () => {
      for (const upstream of ['altinn2', 'maskinporten'] as const)
        sandbox.faults.add({ upstream, kind: 'status', status: 503 });
    },
    source: { name: 'aapVedtak', scope: AAP },
    opensNav: async (headers) => !('refused' in (await world.sources.aapVedtak.fetch(aNavRequest({ headers })))),
    urls: () => urls,
  };
});
