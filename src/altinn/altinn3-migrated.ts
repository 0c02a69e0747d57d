import { z } from 'zod';
import type { Applicant, RequestedPeriode } from '../access/ports.ts';
import type { CivilDate } from '../periode.ts';
import { parseCivilDate } from '../periode.ts';
import { consentRequest, organisationUrn, personUrn } from './altinn3-wire.ts';

/**
 * What is read of a consent that was migrated from Altinn 2: what every request has, the two parties, and the metadata, which
 * may be missing or empty. Resource, actions and redirect are another's and not read.
 */
export const migratedRequest = consentRequest.extend({
  from: z.string(),
  to: z.string(),
  consentRights: z
    .array(z.object({ metadata: z.record(z.string(), z.string().nullable()).nullish() }))
    .nullish()
    .transform((rights) => rights ?? []),
});

type MigratedRequest = z.output<typeof migratedRequest>;

/** Whether the consent was given by this person to the data consumer that knows the person so. */
export function isBetween({ from, to }: MigratedRequest, applicant: Applicant): boolean {
  return from === personUrn(applicant).reveal() && to === organisationUrn(applicant.dataConsumer);
}

/** When the request was made, as its history has it; null: it does not say. */
export function requestedAt({ consentRequestEvents }: MigratedRequest): Date | null {
  return consentRequestEvents.find(({ eventType }) => eventType.toLowerCase() === 'created')?.created ?? null;
}

/**
 * The dates in the metadata, whatever the case of its keys: an end that is missing or empty is null, and undefined when
 * there is something that is no date.
 */
export function periodeIn(
  { consentRights }: MigratedRequest,
  keys: { readonly fom: string; readonly tom: string },
): RequestedPeriode | undefined {
  const metadata = consentRights.flatMap((right) => Object.entries(right.metadata ?? {}));
  const dateUnder = (key: string): CivilDate | null | undefined => {
    const values = metadata.flatMap(([name, value]) =>
      name.toLowerCase() === key.toLowerCase() && value !== null && value.trim() !== '' ? [value.trim()] : [],
    );
    const [written] = values;
    return written === undefined ? null : parseCivilDate(written);
  };
  const [fom, tom] = [dateUnder(keys.fom), dateUnder(keys.tom)];
  return fom === undefined || tom === undefined ? undefined : { fom, tom };
}
