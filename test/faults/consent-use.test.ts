import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { World } from '../support/world.ts';
import { numberOf } from '../support/world.ts';
import { FAULTED, later, openFaultyWorld, under } from './faulty-world.ts';
import { FAULTS } from './table.ts';

const AIM = { upstream: 'altinn2', method: 'POST', path: '/api/authorization/token' } as const;
const READ = `query ($id: NationalId!) { applicant(by: { nationalId: $id }) {
  aapVedtak { ... on AapVedtaksliste { disclosureId vedtaksliste { vedtakId } } }
} }`;

describe('Altinn 2 being told of a use', () => {
  let world: World;
  beforeAll(async () => {
    world = await openFaultyWorld({ rail: 'ALTINN_2' });
    await world.grantKnown(FAULTED);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const uses = () =>
    world.sandbox.altinn2.register.askedOf(numberOf(FAULTED)).flatMap((consent) => consent.uses).length;

  /** What the record of the newest disclosure says of it; null: nothing yet. */
  async function isLogged(): Promise<{ readonly id: string; readonly useLogged: boolean | null }> {
    const seen = await world.query('auditor-a', '{ disclosures(first: 1) { nodes { id useLogged } } }');
    return seen.data.disclosures.nodes[0];
  }

  const failuresIn = ({ log }: World) => log().split('"upstream failed"').length;

  it.each(FAULTS)(
    '$name: the read is whole, and its record says no more than is known',
    async ({ fault, nav: [, expectedCalls] }) => {
      later(world);
      const usesBefore = uses();
      let useLogged: boolean | null = null;
      const { seen, calls } = await under(world, AIM, fault, async () => {
        const failures = failuresIn(world);
        const read = await world.query('case-handler-a', READ, { id: numberOf(FAULTED) });
        await vi.waitFor(async () => {
          const record = await isLogged();
          expect(record.id).toBe(read.data.applicant.aapVedtak.disclosureId);
          ({ useLogged } = record);
          // It has been told, or it is in the log that it could not be; of a refusal both.
          expect(useLogged === true || failuresIn(world) > failures).toBe(true);
        }, 10_000);
        return read;
      });
      expect(seen.errors).toEqual([]);
      expect(seen.data.applicant.aapVedtak.vedtaksliste).not.toEqual([]);
      // Made again as carefully as a call to NAV: each that arrives is another use.
      // Its token is no consent's, and nobody waits: another one is not fetched.
      const isRefusedToken = fault.kind === 'status' && fault.status === 401;
      expect(calls).toBe(isRefusedToken ? 1 : expectedCalls);
      if (useLogged !== null) expect(uses()).toBe(usesBefore + (useLogged ? 1 : 0));
    },
  );
});
