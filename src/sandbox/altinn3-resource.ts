import type { ConsentResource } from './world.ts';

/**
 * A resource as its registry shows it to everybody. `consentMetadata` holds the keys that a consent request must come with,
 * `consentTemplate` what requests with several resources must share. Altinn's guides name these two, the flags `optional` (which
 * a request is not judged by) and `isOneTimeConsent`; the form of `consentMetadata` and all else are the sandbox's choice.
 */
export function resourceView({ id, title, consentTemplate, metadataKeys }: ConsentResource): object {
  return {
    identifier: id,
    title: { nb: title },
    resourceType: 'Consent',
    consentTemplate,
    consentMetadata: Object.fromEntries(metadataKeys.map((key) => [key, { optional: false }])),
    isOneTimeConsent: false,
  };
}
