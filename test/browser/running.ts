import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createLog } from '../../src/log.ts';
import type { CastId } from '../../src/sandbox/world.ts';
import type { Standalone } from '../../src/standalone.ts';
import { startStandalone } from '../../src/standalone.ts';
import { familyNameOf, numberOf, READ, REQUEST_CONSENT } from '../support/world.ts';

/** Gateway and sandbox on ports of their own, seeded, with a temporary directory. */
export interface Running extends AsyncDisposable {
  readonly addresses: Standalone['addresses'];
  /** As insurer A's case handler. @returns `data` of an answer without errors */
  // biome-ignore lint/suspicious/noExplicitAny: the query of each test decides the form
  query(document: string, variables: Record<string, unknown>): Promise<any>;
  /** Asks a person whom nobody has asked for the same before. */
  ask(person: CastId, input?: Record<string, unknown>): Promise<{ readonly id: string; readonly pageUrl: string }>;
  statusOf(consentId: string): Promise<string>;
  /** Type name of what comes back for a person's AAP decisions, and why nothing was delivered. */
  read(person: CastId): Promise<readonly [typename: string, reason: string | undefined]>;
}

/** Starts them. A request made on it is for a period of its own, so that no standing answer is in the way. */
export async function startRunning(newRequests: 'ALTINN_3' | 'ALTINN_2' = 'ALTINN_3'): Promise<Running> {
  const directory = await mkdtemp(join(tmpdir(), 'samtykkeporten-browser-'));
  const standalone = await startStandalone({
    port: 0,
    sandboxPort: 0,
    dataDirectory: directory,
    newRequests,
    log: createLog('silent'),
    onDefect: (error) => expect.fail(String(error)),
  });
  const { addresses } = standalone;
  const token = (await (await fetch(`${addresses.callers}/tokens/case-handler-a`)).text()).trim();
  let asked = 0;

  const query: Running['query'] = async (document, variables) => {
    const answer = await fetch(`${addresses.gateway}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: document, variables }),
    });
    const { data, errors } = (await answer.json()) as { data: unknown; errors?: unknown };
    expect(errors).toBeUndefined();
    return data;
  };

  return {
    addresses,
    query,
    async ask(person, input = {}) {
      asked += 1;
      const { requestConsent } = await query(REQUEST_CONSENT, {
        input: {
          applicant: { nationalId: numberOf(person) },
          purpose: 'DISABILITY_INSURANCE',
          periode: { fom: `2020-01-${String(asked).padStart(2, '0')}`, tom: '2026-12-31' },
          returnUrl: `${addresses.control}/`,
          familyName: familyNameOf(person),
          ...input,
        },
      });
      expect(requestConsent.created).toBe(true);
      return requestConsent.consent;
    },
    async statusOf(id) {
      return (await query('query ($id: ID!) { consent(id: $id) { status } }', { id })).consent.status;
    },
    async read(person) {
      const { applicant } = await query(READ, { id: numberOf(person), purpose: 'DISABILITY_INSURANCE' });
      return [applicant.aapVedtak.__typename, applicant.aapVedtak.reason];
    },
    async [Symbol.asyncDispose]() {
      await standalone[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
