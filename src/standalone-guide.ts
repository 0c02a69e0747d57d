import type { GatewayParts } from './gateway.ts';
import { INNSYN_PATH } from './sandbox/innsyn.ts';
import type { Origins } from './sandbox/upstreams.ts';
import { CAST } from './sandbox/world.ts';

/** The sandbox as the gateway's own pages show it: plain data, since the gateway knows nothing of the sandbox. */
export function guideOf(origins: Origins): NonNullable<GatewayParts['guide']> {
  return {
    people: CAST.map(({ id, name, story, nationalId }) => ({ id, name, story, nationalId })),
    places: [
      { name: 'The sandbox: addresses, organisations, clock and faults', address: `${origins.control}/` },
      {
        name: 'Altinn: answer and withdraw consents as the person does',
        address: `${origins.altinn3}/accessmanagement/ui/consent/active`,
      },
      { name: 'NAV: who has looked', address: `${origins.nav}${INNSYN_PATH}` },
    ],
    returnUrl: `${origins.control}/`,
  };
}
