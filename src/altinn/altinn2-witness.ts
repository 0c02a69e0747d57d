import type { Clock } from '../clock.ts';

const TEN_MINUTES_MS = 10 * 60_000;

/**
 * Remembers that consents of a data consumer can be exchanged: Altinn 2 refuses a withdrawn consent, a wrong ApiKey and a
 * delegation that is missing in the same words, so that only another of its consents, exchanged lately, tells them apart.
 */
export interface KeyWitness {
  /** A token was issued for the consent, and it is the data consumer’s own. */
  exchanged(consentId: string): void;
  /** Whether another consent than this one was exchanged within ten minutes. */
  vouchesFor(consentId: string): boolean;
}

/**
 * Makes the witness of one data consumer. Never of an ApiKey: a supplier’s serves several, and says nothing of what each of
 * them has delegated. Two consents are enough: one of them is another than any that is asked about.
 */
export function createKeyWitness(clock: Clock): KeyWitness {
  let latest: readonly { readonly consentId: string; readonly at: number }[] = [];
  return {
    exchanged(consentId) {
      const [other] = latest.filter((each) => each.consentId !== consentId);
      latest = [{ consentId, at: clock.now().getTime() }, ...(other === undefined ? [] : [other])];
    },
    vouchesFor(consentId) {
      const now = clock.now().getTime();
      return latest.some((each) => each.consentId !== consentId && now - each.at <= TEN_MINUTES_MS && each.at <= now);
    },
  };
}
