import type { Config } from './config.ts';
import type { GatewayParts } from './gateway.ts';
import { ALTINN2_PAGES } from './sandbox/altinn2-pages.ts';
import type { CallerName } from './sandbox/callers-state.ts';
import { CALLERS } from './sandbox/callers-state.ts';
import { returnUrlFor } from './sandbox/control-return.ts';
import { INNSYN_PATH } from './sandbox/innsyn.ts';
import type { SeededAnswer } from './sandbox/seed.ts';
import { familyNameOf, STORY } from './sandbox/seed.ts';
import type { Origins } from './sandbox/upstreams.ts';
import type { CastId } from './sandbox/world.ts';
import { CAST, organisationByNumber } from './sandbox/world.ts';

/** Whose view of the cast is shown: nearly all that were asked were asked by them. */
const VIEWER = 'case-handler-a';

const AT_START: Readonly<Record<SeededAnswer, string>> = {
  approve: 'Consents',
  decline: 'Declined',
  wait: 'Pending',
  withdraw: 'Withdrawn',
};

/**
 * The sandbox as the gateway's own pages show it: plain data, since the gateway knows nothing of the sandbox.
 *
 * @param newRequests the consent system whose pages come first
 */
export function guideOf(
  origins: Origins,
  newRequests: Config['consent']['newRequests'],
): NonNullable<GatewayParts['guide']> {
  const altinns = [
    {
      name: 'Altinn 3: answer and withdraw consents as the person does',
      address: `${origins.altinn3}/accessmanagement/ui/consent/active`,
    },
    {
      name: 'Altinn 2: answer and withdraw consents as the person does',
      address: `${origins.altinn2}${ALTINN2_PAGES.active}`,
    },
  ];
  return {
    people: CAST.map((person) => ({
      id: person.id,
      name: person.name,
      story: person.story,
      atStart: atStart(person.id),
      nationalId: person.nationalId,
      familyName: familyNameOf(person),
      returnUrl: returnUrlFor(person.id, origins),
    })),
    viewer: { caller: VIEWER, organisation: organisationOf(VIEWER) },
    places: [
      { name: 'The sandbox: addresses, organisations, clock and faults', address: `${origins.control}/` },
      ...(newRequests === 'ALTINN_2' ? altinns.toReversed() : altinns),
      { name: 'NAV: who has looked', address: `${origins.nav}${INNSYN_PATH}` },
    ],
  };
}

/** How it stands with a person's consent once the sandbox is seeded. */
function atStart(id: CastId): string {
  const asked = STORY.filter(([, person]) => person === id);
  const seen = asked.find(([asker]) => asker === VIEWER);
  const others = asked.filter(([asker, , answer]) => asker !== VIEWER && answer === 'approve');
  const known = seen === undefined ? 'Never asked' : AT_START[seen[2]];
  return [known, ...others.map(([asker]) => `also to ${organisationOf(asker)}`)].join(', ');
}

function organisationOf(caller: CallerName): string {
  return organisationByNumber(CALLERS[caller].organisations[0])?.name ?? '';
}
