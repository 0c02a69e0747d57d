import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Altinn2Caller, Altinn2Deed, Altinn2Door } from './altinn2-access.ts';
import { refuse } from './altinn2-access.ts';
import { signClaims } from './altinn2-keys.ts';
import { sentMomentSchema, unixSeconds } from './altinn2-moments.ts';
import type { Altinn2Register } from './altinn2-register.ts';
import type { Altinn2Consent, Altinn2State } from './altinn2-state.ts';
import type { DoubleRequest, DoubleResponse } from './double.ts';

/** How long a consent token holds. */
const LIFETIME_SECONDS = 30;
/** The name Altinn 2 gives itself in tokens, in every environment; its metadata has a URL instead. */
const ISSUER = 'altinn.no';

/** What can be done with the code of a given consent. Anything but a usable one answers the same 403. */
export interface Altinn2Tokens {
  /** A fresh token, as often as it is asked for. */
  exchange(request: DoubleRequest, code: string): Promise<DoubleResponse>;
  /** Writes down that the consent was used; ends one that was for one use. */
  logUse(request: DoubleRequest, code: string): Promise<DoubleResponse>;
  /** The receiver gives the consent up. */
  relinquish(request: DoubleRequest, code: string): Promise<DoubleResponse>;
}

const useSchema = z.object({
  ServiceCode: z.string(),
  ServiceEditionCode: z.int(),
  UsageDateTime: sentMomentSchema,
});

/** The exchange over the double's register. */
export function createAltinn2Tokens(options: {
  readonly clock: Clock;
  readonly state: Altinn2State;
  readonly register: Altinn2Register;
  readonly door: Altinn2Door;
}): Altinn2Tokens {
  const { clock, state, register, door } = options;

  /** The consent when it stands and this caller may use it, or the refusal. */
  async function usable(
    request: DoubleRequest,
    code: string,
    deed: Altinn2Deed,
    unusableStatus = 403,
  ): Promise<{ readonly caller: Altinn2Caller; readonly consent: Altinn2Consent } | DoubleResponse> {
    const caller = await door(request, deed);
    if ('status' in caller) return caller;
    const consent = register.find(code);
    const isUsable = consent !== undefined && register.isAlive(consent) && mayUse(caller, consent, deed);
    return isUsable ? { caller, consent } : refuse(unusableStatus, 'unusableCode');
  }

  function mayUse({ organisation, bearer }: Altinn2Caller, consent: Altinn2Consent, deed: Altinn2Deed): boolean {
    const { coveredBy, handledBy } = consent;
    if (organisation === coveredBy) return true;
    if (organisation !== handledBy) return false;
    if (bearer !== null) return bearer.consumer === coveredBy;
    // Logging needs no more than the handler's own key.
    if (deed === 'writeTokens') return true;
    return state.handlers.some(({ consumer, supplier }) => consumer === coveredBy && supplier === organisation);
  }

  return {
    async exchange(request, code) {
      const found = await usable(request, code, 'readTokens');
      const [key] = state.signingKeys;
      if ('status' in found) return found;
      if (key === undefined) return refuse(500);
      const claims = claimsOf(found.consent, found.caller.organisation, clock.now());
      return {
        status: 200,
        headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
        body: JSON.stringify(await signClaims(claims, key)),
      };
    },

    async logUse(request, code) {
      const found = await usable(request, code, 'writeTokens', state.choices.logUseRefused);
      if ('status' in found) return found;
      const { caller, consent } = found;
      if (!/^application\/(hal\+)?json\b/i.test(request.headers['content-type'] ?? '')) return refuse(415);
      const use = useSchema.safeParse(parsedJson(request.body)).data;
      if (use === undefined) return refuse(400);
      const { ServiceCode, ServiceEditionCode, UsageDateTime } = use;
      const isCovered = consent.resources.some(
        (resource) => resource.code === ServiceCode && resource.edition === ServiceEditionCode,
      );
      if (!isCovered) return refuse(400);
      register.logUse(consent, {
        by: caller.organisation,
        code: ServiceCode,
        edition: ServiceEditionCode,
        usedAt: UsageDateTime.at,
      });
      return refuse(204);
    },

    async relinquish(request, code) {
      const found = await usable(request, code, 'writeTokens');
      if ('status' in found) return found;
      register.relinquish(found.consent);
      return refuse(204);
    },
  };
}

/** The claims of a consent token. `HandledBy` only when the handler fetches it; one service stands alone, several in an array. */
function claimsOf(consent: Altinn2Consent, fetchedBy: string, now: Date): Record<string, unknown> {
  const services = consent.resources.flatMap(({ code, edition, metadata }) => {
    const service = `${code}_${edition}`;
    return [service, ...Object.entries(metadata).map(([key, value]) => `${service}_${key}=${value}`)];
  });
  const issued = unixSeconds(now);
  return {
    Services: services.length === 1 ? services[0] : services,
    AuthorizationCode: consent.code,
    OfferedBy: consent.offeredBy,
    CoveredBy: consent.coveredBy,
    ...(fetchedBy === consent.handledBy ? { HandledBy: fetchedBy } : {}),
    DelegatedDate: unixSeconds(consent.delegated ?? consent.lastChanged),
    ValidToDate: unixSeconds(consent.validTo),
    iss: ISSUER,
    nbf: issued,
    exp: issued + LIFETIME_SECONDS,
    iat: issued,
  };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
