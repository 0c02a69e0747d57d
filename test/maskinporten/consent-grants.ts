import { decodeJwt } from 'jose';
import type { Transport, WireResponse } from '../../src/upstream.ts';

/** A network on which every grant that carries a consent is answered so, whoever says it, and everything else by the doubles. */
export function answeringConsentGrants(said: WireResponse): (doubles: Transport) => Transport {
  return (doubles) => async (request) => (carriesConsent(request.body) ? said : doubles(request));
}

function carriesConsent(body = ''): boolean {
  const grant = new URLSearchParams(body).get('assertion');
  return grant !== null && 'authorization_details' in decodeJwt(grant);
}
