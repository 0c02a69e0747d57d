import { z } from 'zod';

/** Where the upstreams of a bench are found. */
export const originsSchema = z.object({
  control: z.string(),
  altinn3: z.string(),
  maskinporten: z.string(),
  aap: z.string(),
  uforeopplysninger: z.string(),
  callers: z.string(),
  nav: z.string(),
  altinn2: z.string(),
});

/** What a process that serves a variant is told. */
export const gatewayArgs = z.object({
  /**
   * What is measured. `gateway`: the product itself. `raw`: the same rooms behind `node:http` and graphql-js. `unrecorded`:
   * the same with a log of disclosures that keeps nothing. `naive`: another server, see naive.ts.
   */
  variant: z.enum(['gateway', 'raw', 'unrecorded', 'naive']),
  rail: z.enum(['ALTINN_3', 'ALTINN_2']),
  directory: z.string(),
  stateFile: z.string(),
  origins: originsSchema,
});
