import type { Clock } from '../clock.ts';
import type { NationalId } from '../values.ts';
import type { Altinn2 } from './altinn2.ts';
import { CONSENT_HEADER, judgeAltinn2Consent } from './altinn2-at-nav.ts';
import type { Double, DoubleRequest, DoubleResponse } from './double.ts';
import { jsonResponse } from './double.ts';
import type { Bearer, Period, Refusal, TokenIssuer } from './nav-door.ts';
import { isRefusal, judgeBearer, judgeConsent, judgeDates, judgePeriod, judgePerson, judgeRoute } from './nav-door.ts';
import type { Person } from './person.ts';
import type { Sporingslogg } from './sporingslogg.ts';
import type { Switches } from './switches.ts';
import { personByNumber } from './world.ts';

/** What the NAV doubles are given. */
export interface NavParts {
  readonly clock: Clock;
  readonly maskinporten: TokenIssuer;
  readonly altinn2: Pick<Altinn2, 'jwks'>;
  readonly switches: Switches;
  readonly sporingslogg: Sporingslogg;
}

/** A call that was let in. */
export interface NavCall {
  readonly path: string;
  /** Undefined: NAV does not know this person, which is no error. */
  readonly person: Person | undefined;
  /** The span that the consent shows, both ends included. */
  readonly consented: Period;
  /** The span asked for; an end left out is the consent's. */
  readonly requested: Period;
}

/** What one NAV service adds to the common order of checks. */
export interface NavService {
  /** Its three letters in the sporingslogg. */
  readonly tema: 'AAP' | 'UFO';
  readonly paths: readonly string[];
  /** The whole scope of a token must be this. */
  readonly scope: string;
  /** Lower case; the first one present is read. */
  readonly personHeaders: readonly string[];
  /** Whether a consent inside the token is looked at, at this moment. */
  readonly readsTokenConsent: () => boolean;
  readonly answer: (call: NavCall) => unknown;
  readonly refuse: (refusal: Refusal, request: DoubleRequest) => DoubleResponse;
}

/**
 * A NAV service. Checks in this order, and the first that fails answers: path (404), method (405), token (401), scope
 * (403), person number (400), form of the dates (400), consent in the token or beside it, its resource, giver, receiver and
 * validity (403), period inside the consent's (403), from not after to (400). Then the answer is traced, and delivered only when
 * that succeeded (else 503). The order within NAV is not published; this one is the sandbox's own.
 *
 * Every refusal names the check in the header `x-sandbox-reason`, which the real service does not have.
 */
export function createNavDouble(service: NavService, parts: NavParts): Double {
  const { clock, sporingslogg } = parts;

  async function admit(request: DoubleRequest): Promise<Admitted | Refusal> {
    const misrouted = judgeRoute(request, service.paths);
    if (misrouted !== undefined) return misrouted;
    const bearer = await judgeBearer(request, service.scope, parts.maskinporten, clock.now());
    if (isRefusal(bearer)) return bearer;
    const nationalId = judgePerson(request, service.personHeaders);
    if (isRefusal(nationalId)) return nationalId;
    const dates = judgeDates(request);
    if (isRefusal(dates)) return dates;
    const consented = await judgeCarriedConsent(request, bearer, nationalId);
    if (isRefusal(consented)) return consented;
    const requested = judgePeriod(dates, consented);
    if (isRefusal(requested)) return requested;
    return {
      consentToken: request.headers[CONSENT_HEADER] ?? bearer.token,
      mottaker: bearer.consumer,
      leverandor: bearer.supplier,
      nationalId,
      consented,
      requested,
    };
  }

  /** A consent of Altinn 2 travels in a header of its own; with that header, the one inside the token is not looked at. */
  async function judgeCarriedConsent(
    request: DoubleRequest,
    bearer: Bearer,
    nationalId: NationalId,
  ): Promise<Period | Refusal> {
    const carried = request.headers[CONSENT_HEADER];
    if (carried === undefined) {
      const takesMigrated = !parts.switches.refusesMigrated;
      return judgeConsent(bearer, nationalId, clock.now(), {
        readsTokenConsent: service.readsTokenConsent(),
        takesMigrated,
      });
    }
    return judgeAltinn2Consent(carried, {
      keys: parts.altinn2.jwks().keys,
      person: nationalId.reveal(),
      consumer: bearer.consumer,
      lowestEdition: LOWEST_EDITION[service.tema],
      now: clock.now(),
      isExpChecked: parts.switches.altinn2ExpChecked,
    });
  }

  return async (request) => {
    const admitted = await admit(request);
    if (isRefusal(admitted)) return service.refuse(admitted, request);
    const { nationalId, consented, requested } = admitted;
    const delivered = service.answer({
      path: request.url.pathname,
      person: personByNumber(nationalId.reveal()),
      consented,
      requested,
    });
    const traced = sporingslogg.record({
      person: nationalId.reveal(),
      mottaker: admitted.mottaker,
      tema: service.tema,
      behandlingsGrunnlag: 'Samtykke gitt i Altinn',
      leverteData: delivered,
      samtykkeToken: admitted.consentToken,
      dataForespoersel: `${request.method} ${request.url.pathname}?fomDato=${requested.fom}&tomDato=${requested.tom}`,
      leverandoer: admitted.leverandor,
    });
    if (traced) return jsonResponse(200, delivered);
    const untraced = { status: 503, reason: 'trace', message: 'Feil i sporingslogg' };
    return service.refuse(untraced, request);
  };
}

/** The edition of NAV's consent service in Altinn 2 from which each reads. */
const LOWEST_EDITION = { AAP: 1, UFO: 2 } as const;

interface Admitted {
  /** Whichever token the consent came in. */
  readonly consentToken: string;
  readonly mottaker: string;
  readonly leverandor: string | null;
  readonly nationalId: NationalId;
  readonly consented: Period;
  readonly requested: Period;
}
