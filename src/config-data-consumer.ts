import { z } from 'zod';
import type { Altinn2Access } from './config-altinn2.ts';
import { altinn2Access } from './config-altinn2.ts';
import type { ConfiguredClient } from './config-client.ts';
import { hasItsOwnCertificates, maskinportenClient } from './config-client.ts';
import type { Profile } from './config-profiles.ts';
import type { SecretReader } from './config-values.ts';
import * as value from './config-values.ts';
import { PURPOSES, SOURCES } from './config-vocabulary.ts';
import type { OrganisationNumber } from './values.ts';

/** An insurer or pension company as configured. */
export interface ConfiguredDataConsumer {
  readonly organisationNumber: OrganisationNumber;
  /** Its name in bokmål, nynorsk and English; the same in all three where only one is given. */
  readonly name: { readonly nb: string; readonly nn: string; readonly en: string };
  /** Its own; undefined: the supplier's, by delegation. */
  readonly client?: ConfiguredClient | undefined;
  /** Its own; undefined: the supplier's where the supplier acts for it, and otherwise it is not served on Altinn 2. */
  readonly altinn2?: Altinn2Access | undefined;
  readonly purposes: readonly (typeof PURPOSES)[number][];
  readonly sources: readonly (typeof SOURCES)[number][];
  readonly returnUrls: readonly string[];
  readonly reads: 'OPEN' | 'STOPPED';
}

/** A company that runs the gateway and acts for data consumers that have delegated to it. */
export interface ConfiguredSupplier {
  readonly organisationNumber: OrganisationNumber;
  readonly client: ConfiguredClient;
  /** Undefined: it serves nobody on Altinn 2. */
  readonly altinn2?: Altinn2Access | undefined;
}

/** An entry of `dataConsumers`. */
export function dataConsumer(profile: Profile, read: SecretReader) {
  return z
    .strictObject({
      organisationNumber: value.organisationNumber(profile).describe('Organisation number of the data consumer.'),
      name: name().describe(
        'Its name, as people know it: a text, or `{"nb", "nn", "en"}` where it differs from language to language.',
      ),
      client: maskinportenClient(profile, read)
        .optional()
        .describe('Its own client at Maskinporten; if left out, `supplier` acts for it by delegation.'),
      altinn2: altinn2Access(profile, read).describe(
        'Its own access to Altinn 2; without it the data consumer is not served there, unless by the supplier.',
      ),
      purposes: z.array(z.enum(PURPOSES)).min(1).describe('What it may ask for: an agreement with NAV for each.'),
      sources: z
        .array(z.enum(SOURCES))
        .min(1)
        .default([...SOURCES])
        .describe('Sources it may read.'),
      returnUrls: z
        .array(value.address(profile))
        .min(1)
        .describe('Addresses a person may be sent back to: this origin, and this path or one below it.'),
      reads: z
        .enum(['OPEN', 'STOPPED'])
        .default('OPEN')
        .describe('`STOPPED` refuses every read of this data consumer, whatever its consents say.'),
    })
    .refine(hasItsOwnCertificates, OF_ANOTHER_ORGANISATION);
}

/**
 * The data consumer with that organisation number.
 *
 * @throws Error, one sentence that names those there are, when there is none
 */
export function namedDataConsumer(
  { dataConsumers }: { readonly dataConsumers: readonly ConfiguredDataConsumer[] },
  organisation: string,
): ConfiguredDataConsumer {
  const found = dataConsumers.find(({ organisationNumber }) => organisationNumber === organisation);
  if (found !== undefined) return found;
  const all = dataConsumers.map(({ organisationNumber }) => organisationNumber).join(', ');
  throw new Error(`There is no such data consumer in the configuration. There are: ${all}.`);
}

/** The section `supplier`. */
export function supplier(profile: Profile, read: SecretReader) {
  return z
    .strictObject({
      organisationNumber: value.organisationNumber(profile).describe('Organisation number of the supplier.'),
      client: maskinportenClient(profile, read).describe(
        'Its client at Maskinporten, used for every data consumer without a client of its own.',
      ),
      altinn2: altinn2Access(profile, read).describe(
        'Its access to Altinn 2, where one ApiKey serves every data consumer it acts for.',
      ),
    })
    .refine(hasItsOwnCertificates, OF_ANOTHER_ORGANISATION)
    .optional()
    .describe('Who acts for the data consumers that have no client of their own, by delegation in Altinn.');
}

const OF_ANOTHER_ORGANISATION = {
  path: ['client', 'certificates'],
  error: 'must be issued to the organisation they are configured for',
  // Judged whatever else is wrong with the entry.
  when: () => true,
};

function name() {
  const words = value.words();
  return z.union(
    [
      words.transform((text) => ({ nb: text, nn: text, en: text })),
      z
        .strictObject({ nb: words, nn: words.optional(), en: words.optional() })
        .transform(({ nb, nn = nb, en = nb }) => ({ nb, nn, en })),
    ],
    {
      error: ({ input }) =>
        input === undefined ? undefined : 'must be a name, or {"nb", "nn", "en"} of which nb is mandatory',
    },
  );
}

// Read leniently beside the schema: what is missing is told whatever else is wrong.
const whatever = z.unknown().optional();
const outline = z.object({
  supplier: whatever,
  dataConsumers: z
    .array(z.object({ client: whatever, altinn2: whatever }).catch({ client: null, altinn2: undefined }))
    .catch([]),
});

/** What data consumers without a client of their own lack, or have that is of no use to them. */
export function supplierGaps(input: unknown): { path: string; message: string }[] {
  const { supplier: actor, dataConsumers = [] } = outline.safeParse(input).data ?? {};
  return dataConsumers.flatMap(({ client, altinn2 }, at) => {
    if (client !== undefined) return [];
    const gaps = [];
    if (actor === undefined) gaps.push({ path: `dataConsumers[${at}].client`, message: NOBODY_ACTS });
    if (altinn2 !== undefined) gaps.push({ path: `dataConsumers[${at}].altinn2`, message: OF_NO_USE });
    return gaps;
  });
}

const NOBODY_ACTS = 'is missing, and so is a supplier that acts for it';
const OF_NO_USE = 'must be left out: the supplier acts for it, with its own ApiKey';
