import { decodeJwt } from 'jose';
import { z } from 'zod';
import type { Secret } from '../values.ts';
import type { Asked } from './asked.ts';
import { nameOf } from './asked.ts';
import { DIGDIR, OPERATOR } from './contacts.ts';
import type { Verdict } from './findings.ts';

/** ISO 6523 with the Norwegian register of organisations. The number is the second element: what may follow names a part of it. */
const partySchema = z
  .object({ ID: z.string().regex(/^0192:\d{9}(?::|$)/) })
  .transform(({ ID }) => ID.split(':')[1] ?? '');

const claimsSchema = z.object({ consumer: partySchema, supplier: partySchema.optional() });

/** The verdict on a grant that was accepted. */
export const ACCEPTED: Verdict = { state: 'ok', seen: 'Maskinporten accepts the client and its signature.' };

/**
 * Judges whether a token was issued for the organisations of the configuration: `wrong` when it names others, `ask` when it does
 * not say. It is read without being verified: it is our own, fresh from Maskinporten. Since a token is declared opaque to clients,
 * nothing but this diagnosis may rest on what is in it.
 */
export function judgeParties(token: Secret, asked: Asked): Verdict {
  const found = claimsSchema.safeParse(payloadOf(token)).data;
  const name = nameOf(asked);
  const consumer = asked.dataConsumer.organisationNumber;
  const supplier = asked.actor.delegation?.supplier;
  if (found === undefined) {
    return {
      state: 'ask',
      seen: `${ACCEPTED.seen} But its token does not say whom it was issued for, so that could not be compared.`,
      todo: `Check in Digdir’s self-service that the client belongs to organisation ${supplier ?? consumer}.`,
      ask: [OPERATOR, DIGDIR],
    };
  }
  if (found.consumer !== consumer) {
    return {
      state: 'wrong',
      seen: `Maskinporten issues the tokens for organisation ${found.consumer}, to which the client belongs, and not for ${name}.`,
      todo: `Use a client of ${name}, with its key: compare \`clientId\` and \`organisationNumber\` with the client in Digdir’s self-service. If organisation ${found.consumer} is its supplier, leave \`client\` out and let \`supplier\` act.`,
      ask: [OPERATOR, DIGDIR],
    };
  }
  if (supplier !== undefined && found.supplier !== supplier) {
    return {
      state: 'wrong',
      seen: `Maskinporten names ${found.supplier === undefined ? 'nobody' : `organisation ${found.supplier}`} as the supplier, and the configuration organisation ${supplier}.`,
      todo: `Correct \`supplier.organisationNumber\`, or use the client and the key of organisation ${supplier}. Do so before the first read: what the log of disclosures says of the supplier stays.`,
      ask: [OPERATOR, DIGDIR],
    };
  }
  return ACCEPTED;
}

/** Undefined for what is no JWT. */
function payloadOf(token: Secret): unknown {
  try {
    return decodeJwt(token.reveal());
  } catch {
    return undefined;
  }
}
