import { describe, expect, it } from 'vitest';
import type { CallerName } from '../../src/sandbox/callers-state.ts';
import type { CastId } from '../../src/sandbox/world.ts';
import { consentInput, numberOf, openWorld, REQUEST_CONSENT, sharedWorld } from '../support/world.ts';

describe('a refused read tells its next step', () => {
  const world = sharedWorld();
  async function told(person: CastId, caller: CallerName = 'case-handler-a'): Promise<string> {
    const seen = await world().query(
      caller,
      'query ($id: NationalId!) { applicant(by: { nationalId: $id }) { aapVedtak { ... on ConsentRequired { message } } } }',
      { id: numberOf(person) },
    );
    return seen.data.applicant.aapVedtak.message;
  }

  it('after a withdrawal: who ended it and when, and that there may be another consent', async () => {
    await world().grantKnown('P04');
    await world().withdraw('P04');
    expect(await told('P04')).toBe(
      'The person withdrew the consent on 2026-11-16, so NAV is not asked. If there is a need again, ask for a new consent.',
    );
  });

  it('after a refusal: when it was, and from when the person can be asked again', async () => {
    const { pageUrl } = await world().ask('P06');
    await world().citizen('P06').answer(pageUrl, 'decline');
    expect(await told('P06')).toBe(
      'The person declined on 2026-11-16. They can be asked again on the same terms from 2026-11-23.',
    );
  });

  it('to a caller who may not ask for consent: who may', async () => {
    const message = await told('P05', 'analyst-a');
    expect(message).toMatch(/^The person was never asked for this purpose and these dates\. Somebody who may ask /);
    const asking = await world().query('analyst-a', REQUEST_CONSENT, { input: consentInput('P05') });
    expect(asking.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    for (const caller of ['case-handler-a', 'partner-a'] as const) {
      const { role } = (await world().query(caller, '{ viewer { role } }')).data.viewer;
      expect(message).toContain(role);
      const asked = await world().query(caller, REQUEST_CONSENT, { input: consentInput('P05') });
      expect(asked.errors).toEqual([]);
    }
  });
});

describe('after a refusal, when a person can be asked again', () => {
  it.each([
    ['is as many days later as are set', 3, '2026-11-16T09:00:00Z', /again on the same terms from 2026-11-19\.$/],
    ['is the date in Norway', 3, '2026-11-16T23:30:00Z', /again on the same terms from 2026-11-20\.$/],
    ['is now when no days are set', 0, '2026-11-16T09:00:00Z', /They can be asked again\.$/],
  ])('%s', async (_, askAgainAfterDeclinedDays, moment, says) => {
    await using world = await openWorld({
      config: (config) => ({ ...config, consent: { ...config.consent, askAgainAfterDeclinedDays } }),
    });
    world.clock.set(new Date(moment));
    const { pageUrl } = await world.ask('P06');
    await world.citizen('P06').answer(pageUrl, 'decline');
    const { aapVedtak } = (await world.read('P06')).data.applicant;
    expect(aapVedtak.message).toMatch(says);
  });

  it('is when asking makes a new request, and said no longer once it has come', async () => {
    await using world = await openWorld();
    const { pageUrl } = await world.ask('P06');
    await world.citizen('P06').answer(pageUrl, 'decline');
    await world.read('P06');
    const ask = async () =>
      (await world.query('case-handler-a', REQUEST_CONSENT, { input: consentInput('P06') })).data.requestConsent;
    world.clock.set(new Date('2026-11-23T08:59:59Z'));
    expect(await ask()).toMatchObject({ created: false, consent: { status: 'DECLINED' } });
    world.clock.set(new Date('2026-11-23T09:00:00Z'));
    expect((await world.read('P06')).data.applicant.aapVedtak.message).toMatch(/They can be asked again\.$/);
    expect(await ask()).toMatchObject({ created: true, consent: { status: 'PENDING' } });
  });
});
