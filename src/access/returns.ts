import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { OrganisationNumber } from '../values.ts';
import type { Consents } from './consents.ts';
import { isRegisteredReturnUrl } from './inquiry.ts';
import type { ConsentStore, DataConsumer, OpenRails } from './ports.ts';

/** What receiving people back from Altinn needs. */
export interface ReturnsOptions {
  readonly store: ConsentStore;
  readonly consents: Consents;
  readonly openRails: OpenRails;
  readonly dataConsumers: ReadonlyMap<OrganisationNumber, DataConsumer>;
  readonly clock: Clock;
}

const QUIET_MS = 10_000;

/**
 * Receives a person back: the rail is asked what happened, at most once per reference in ten seconds, and the person goes on to
 * the return address of their consent, if it is still registered. A rail that does not answer keeps nobody waiting: the next
 * read asks it again.
 */
export function createReturns(options: ReturnsOptions) {
  const { store, consents, openRails, dataConsumers, clock } = options;
  const lastAsked = new Map<string, number>();

  function mayAsk(returnReference: string): boolean {
    const now = clock.now().getTime();
    for (const [reference, at] of lastAsked) if (now - at >= QUIET_MS || at > now) lastAsked.delete(reference);
    if (lastAsked.has(returnReference)) return false;
    lastAsked.set(returnReference, now);
    return true;
  }

  return async (returnReference: string, callId: string, signal: AbortSignal): Promise<string | undefined> => {
    const consent = await store.findByReturnReference(returnReference);
    const dataConsumer = consent && dataConsumers.get(consent.applicant.dataConsumer);
    if (consent === undefined || dataConsumer === undefined) return undefined;
    if (!isRegisteredReturnUrl(consent.returnUrl, dataConsumer.returnUrls)) return undefined;
    if (mayAsk(returnReference)) {
      try {
        await consents.refresh(consent, openRails({ dataConsumer, callId, signal }));
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
      }
    }
    return withConsent(consent.returnUrl, consent.id);
  };
}

/**
 * Adds `consent=<id>` and nothing else: behind a hash route where there is one, else to the query. The rest stays letter by
 * letter, but that letters outside ASCII are escaped as a browser does it, since no header can carry them.
 */
export function withConsent(returnUrl: string, consentId: string): string {
  const route = returnUrl.indexOf('#');
  const target = route === -1 ? returnUrl : returnUrl.slice(route);
  const whole = `${returnUrl}${target.includes('?') ? '&' : '?'}consent=${consentId}`;
  return whole.toWellFormed().replaceAll(/[^\x21-\x7e]+/g, encodeURIComponent);
}
