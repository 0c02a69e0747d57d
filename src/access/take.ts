import type { Answers, Reading, SourceName } from '../benefits/index.ts';
import { abandoned, GatewayError } from '../errors.ts';
import { effectivePeriode, isEnded, isUntried } from './consent.ts';
import { railOf, unknownToRail } from './consents.ts';
import type { Consent, ConsentRequiredReason, Lookup, NavSource, Opened } from './ports.ts';
import type { ReadContext, ReadRequest } from './read.ts';

/** A consent that allows nothing any more. */
export interface SpentConsent {
  readonly refusedBecause: ConsentRequiredReason;
  /** Stores why. */
  readonly remember: () => Promise<void>;
}

/**
 * Steps d and e of the staircase: credentials, then NAV. `refusedBecause`: the consent no longer stands, or has turned out
 * to be of no use.
 *
 * @param counter counts the calls that may have reached NAV, also when this fails
 * @throws GatewayError of any upstream; `ABANDONED` when the caller has gone
 */
export async function take<N extends SourceName>(
  request: ReadRequest<N>,
  context: ReadContext,
  consent: Consent,
  source: NavSource<N>,
  counter: { attempts: number },
): Promise<Reading<Answers[N]> | SpentConsent> {
  const rail = railOf(consent.rail, context.rails);
  const opened = await context.open(consent, source);
  if ('refused' in opened) return endedBy(opened.refused, consent, context);
  if (opened.word !== undefined) await context.confirm(consent, opened.word);
  const answer = await context.laneTo(request.source)(async () => {
    // While this read waited for a place, its caller may have gone, and the credential grown old; the rail knows.
    if (context.signal.aborted) throw abandoned('nav');
    const current = await rail.open(consent, source);
    if ('refused' in current) return endedBy(current.refused, consent, context);
    const ask = ({ headers }: Opened) =>
      source.fetch({
        person: request.applicant.nationalId,
        periode: request.periode,
        bounds: { consentPeriode: consent.periode, uttrekksperiode: effectivePeriode(consent, request.periode) },
        headers,
        callId: context.callId,
        signal: context.signal,
        onAttempt: () => {
          counter.attempts += 1;
        },
      });
    const said = await ask(current).catch(unlessUnauthorized);
    // On its way to NAV, behind a long Retry-After, the credential may have grown old too; or it never was any good.
    const isOfCredential = said === undefined || ('refused' in said && current.hasGrownOld?.() === true);
    if (!isOfCredential) return said;
    const renewed = await rail.open(consent, source, current);
    if ('refused' in renewed) return endedBy(renewed.refused, consent, context);
    return ask(renewed);
  });
  if (!('refused' in answer)) return answer;
  // NAV's 403 has a dozen reasons that look alike, so it decides nothing alone: the rail is the second witness.
  const seen = await rail.lookup(consent);
  if (seen === undefined) throw unknownToRail();
  if (seen.status !== 'ACTIVE') return endedBy(seen, consent, context);
  if (isUntried(consent)) return { refusedBecause: 'UNUSABLE', remember: () => context.reject(consent) };
  throw new GatewayError(
    'NAV_REFUSED',
    'NAV refuses the read although Altinn says that the consent stands. The operator must ask NAV, giving time and call id.',
    { evidence: answer.refused },
  );
}

/**
 * A rail's word that a consent has ended.
 * @throws GatewayError when the word is no end: it would be asked for again and again
 */
function endedBy(word: Lookup, consent: Consent, context: ReadContext): SpentConsent {
  const { status } = word;
  if (isEnded(status)) return { refusedBecause: status, remember: () => context.confirm(consent, word) };
  throw new GatewayError(
    'ALTINN_REJECTED',
    'Altinn says of a consent that was given, and is refused, that it has not ended. The operator must ask Altinn, giving time and call id.',
  );
}

/** A credential that NAV does not accept is no answer yet. */
function unlessUnauthorized(error: unknown): undefined {
  if (error instanceof GatewayError && error.evidence?.status === 401) return;
  throw error;
}
