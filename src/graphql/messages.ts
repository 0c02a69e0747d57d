import type { Consent } from '../access/ports.ts';
import type { ConsentRequired } from '../access/read.ts';
import { osloDate } from '../clock.ts';

/** What to do about a missing consent, for the person who sees the refusal on a screen. Holds dates, never who the person is. */
export function consentRequiredMessage(
  { reason, decidedBy, allowedPerioder }: ConsentRequired,
  now: Date,
  askAgainFrom: (declined: Consent) => Date,
): string {
  switch (reason) {
    case 'PENDING':
      return decidedBy?.pageUrl === null
        ? 'The request may not have reached Altinn. Call requestConsent again on the same terms; nobody is asked twice.'
        : 'The person has not answered yet. Send them to decidedBy.pageUrl, or wait.';
    case 'OUTSIDE_PERIOD':
      return `The consent does not allow these dates. It allows ${allowedPerioder.map(({ fom, tom }) => `${fom} to ${tom}`).join(' and ')}. Ask within them, or ask for a new consent.`;
    case 'SOURCE_NOT_COVERED':
      return 'The consent does not open this source. Ask for a new consent.';
    case 'UNUSABLE':
      return 'The person has given consent, but NAV does not accept it. Ask for a new consent.';
    case 'RELINQUISHED':
      return `The consent was given up by the data consumer${onDate(decidedBy?.endedAt, now)}. Ask for a new one if there is a need again.`;
    case 'WITHDRAWN':
      return `The person withdrew the consent${onDate(decidedBy?.endedAt, now)}, so NAV is not asked. If there is a need again, ask for a new consent.`;
    case 'EXPIRED':
      return 'The consent, or the request for it, has expired. Ask for a new one.';
    case 'DECLINED':
      return `The person declined${onDate(decidedBy?.answeredAt, now)}. They can be asked again${fromDate(decidedBy && askAgainFrom(decidedBy), now)}.`;
    case 'NEVER_ASKED':
      return 'The person was never asked for this purpose and these dates. Somebody who may ask for consent (CASE_HANDLER or PARTNER) can do so with requestConsent.';
  }
}

/** Terms matter as long as the refusal does. */
function fromDate(moment: Date | null, now: Date): string {
  return moment && moment > now ? ` on the same terms from ${osloDate(moment)}` : '';
}

function onDate(moment: Date | null | undefined, now: Date): string {
  return moment && moment <= now ? ` on ${osloDate(moment)}` : '';
}
