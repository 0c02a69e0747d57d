import { describe, expect, it } from 'vitest';
import type { CastId } from '../../src/sandbox/world.ts';
import type { World } from '../support/world.ts';
import { consentInput, numberOf, ORIGINS, openWorld, sharedWorld } from '../support/world.ts';

/** A person's id at insurer A, which resolves once they were asked. */
async function idOf(world: World, person: CastId): Promise<string> {
  const { data } = await world.query(
    'case-handler-a',
    'query ($n: NationalId!) { applicant(by: { nationalId: $n }) { id } }',
    {
      n: numberOf(person),
    },
  );
  return data.applicant.id;
}

/** A UUID may hold eleven digits in a row by chance. */
const withoutUuids = (text: string) => text.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '');

describe('the case screen', () => {
  const SCREEN = `query ($id: ID!, $dato: Date!) {
    applicant(by: { id: $id }) {
      consent { status validTo periode { fom tom } }
      aapVedtak {
        __typename ...refused
        ... on AapVedtaksliste { harAapPaa(dato: $dato) perioder { periode { fom tom } fomErKjent tomErKjent } }
      }
      uforeopplysninger {
        __typename ...refused
        ... on Uforeopplysninger { status uforegradPaa(dato: $dato) { harUforegrad uforegrad } gjeldende { uforegrad ifu } }
      }
    }
  }
  fragment refused on NotDelivered { source message }`;

  it('shows consent and benefits of one person by the gateway’s own id', async () => {
    await using world = await openWorld();
    await world.grantKnown('P06', {
      periode: { fom: '2016-01-01', tom: '2027-12-31' },
      validTo: '2028-01-01T00:00:00Z',
    });
    const seen = await world.query('case-handler-a', SCREEN, { id: await idOf(world, 'P06'), dato: '2020-06-01' });
    expect(seen.errors).toEqual([]);
    expect(seen.data.applicant).toEqual({
      consent: {
        status: 'ACTIVE',
        validTo: '2028-01-01T00:00:00.000Z',
        periode: { fom: '2016-01-01', tom: '2027-12-31' },
      },
      aapVedtak: {
        __typename: 'AapVedtaksliste',
        harAapPaa: 'JA',
        perioder: [{ periode: { fom: '2016-11-07', tom: '2021-04-30' }, fomErKjent: true, tomErKjent: true }],
      },
      uforeopplysninger: {
        __typename: 'Uforeopplysninger',
        status: 'LOPENDE',
        uforegradPaa: { harUforegrad: 'NEI', uforegrad: null },
        gjeldende: { uforegrad: 80, ifu: 534_900 },
      },
    });
  });

  it('is drawn by the same query when nothing may be shown', async () => {
    await using world = await openWorld();
    const { pageUrl } = await world.ask('P06');
    await world.citizen('P06').answer(pageUrl, 'decline');
    const seen = await world.query('case-handler-a', SCREEN, { id: await idOf(world, 'P06'), dato: '2020-06-01' });
    expect(seen.errors).toEqual([]);
    expect(seen.data.applicant).toMatchObject({
      consent: { status: 'DECLINED' },
      aapVedtak: {
        __typename: 'ConsentRequired',
        source: 'AAP_VEDTAK',
        message: expect.stringMatching(
          /^The person declined on 2026-11-16\. They can be asked again on the same terms /,
        ),
      },
      uforeopplysninger: { __typename: 'ConsentRequired', source: 'UFOREOPPLYSNINGER' },
    });
  });

  it('finds nobody under an id before they were asked or read about', async () => {
    await using world = await openWorld();
    const id = await idOf(world, 'P06');
    const before = await world.query('case-handler-a', SCREEN, { id, dato: '2020-06-01' });
    expect(before.errors).toMatchObject([{ path: ['applicant'], extensions: { code: 'NOT_FOUND', field: 'by.id' } }]);
    await world.read('P06');
    const after = await world.query('case-handler-a', SCREEN, { id, dato: '2020-06-01' });
    expect(after.errors).toEqual([]);
    expect(after.data.applicant).toMatchObject({ consent: null, aapVedtak: { source: 'AAP_VEDTAK' } });
  });
});

describe('asking', () => {
  const PAGE = { ALTINN_3: '/accessmanagement/ui/consent/request?id=', ALTINN_2: '/ui/AccessConsent/request?id=' };
  /** The request as each Altinn holds it, in its own words. */
  const REQUESTED = {
    ALTINN_3: {
      to: 'urn:altinn:organization:identifier-no:210483713',
      requiredDelegator: `urn:altinn:person:identifier-no:${numberOf('P04')}`,
      consentRights: [{ metadata: { fraogmed: '01.01.2022', tilogmed: '31.12.2027' } }],
      requestMessage: { nb: 'Vi trenger dette for saken din.' },
      portalViewMode: 'Hide',
    },
    ALTINN_2: {
      coveredBy: '210483713',
      requiredDelegator: numberOf('P04'),
      resources: [{ metadata: { fraOgMed: '01.01.2022', tilOgMed: '31.12.2027' } }],
      requestMessage: { 'no-nb': 'Vi trenger dette for saken din.' },
      portalViewMode: 'Hide',
    },
  };
  const heldFor = ({ sandbox: { altinn3, altinn2 }, altinn: { rail } }: World, person: CastId) =>
    (rail === 'ALTINN_3' ? altinn3 : altinn2).register.askedOf(numberOf(person))[0];
  const ASK = `mutation ($input: RequestConsentInput!) {
    requestConsent(input: $input) { created consent { id status pageUrl validTo rail covers periode { fom tom } purpose reference applicant { id } } }
  }`;

  it('puts the question to the person and returns the page where they answer', async () => {
    await using world = await openWorld();
    const input = consentInput('P04', { reference: 'SAK-1', message: { nb: 'Vi trenger dette for saken din.' } });
    const seen = await world.query('case-handler-a', ASK, { input });
    expect(seen.errors).toEqual([]);
    expect(seen.data.requestConsent).toEqual({
      created: true,
      consent: {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        status: 'PENDING',
        pageUrl: expect.stringContaining(`${ORIGINS[world.altinn.upstream]}${PAGE[world.altinn.rail]}`),
        validTo: '2029-11-16T09:00:00.000Z',
        rail: world.altinn.rail,
        covers: ['AAP_VEDTAK', 'AAP_MELDEKORT', 'UFOREOPPLYSNINGER'],
        periode: { fom: '2022-01-01', tom: '2027-12-31' },
        purpose: 'DISABILITY_INSURANCE',
        reference: 'SAK-1',
        applicant: { id: await idOf(world, 'P04') },
      },
    });
    expect(heldFor(world, 'P04')).toMatchObject(REQUESTED[world.altinn.rail]);
    const [request] = world.altinn.askedOf('P04');
    expect(request?.id).not.toBe(seen.data.requestConsent.consent.id);
  });

  const shared = sharedWorld();

  it.each([
    ['an end before the beginning', { periode: { fom: '2027-01-02', tom: '2027-01-01' } }, 'input.periode.fom'],
    ['more than three years', { validTo: '2029-11-16T09:00:00.001Z' }, 'input.validTo'],
    ['a moment that is past', { validTo: '2026-11-16T09:00:00Z' }, 'input.validTo'],
    ['an address that is not registered', { returnUrl: `${ORIGINS.altinn3}/` }, 'input.returnUrl'],
    ['a reference that looks like a national id', { reference: `sak ${numberOf('P05')}` }, 'input.reference'],
    [
      'a person whose check digits do not fit',
      { applicant: { nationalId: '30817429497' } },
      'input.applicant.nationalId',
    ],
    ['a person who could be real', { applicant: { nationalId: '01018012345' } }, 'input.applicant.nationalId'],
  ])('with %s asks nobody', async (_, wrong, field) => {
    const world = shared();
    const seen = await world.query('case-handler-a', ASK, { input: consentInput('P04', wrong) });
    expect(seen.data.requestConsent).toBeNull();
    expect(seen.errors).toMatchObject([
      { path: ['requestConsent'], extensions: { code: 'INVALID_INPUT', retry: 'never', field } },
    ]);
    expect(withoutUuids(seen.text)).not.toMatch(/\d{11}/);
    expect(world.altinn.calls()).toEqual([]);
    expect((await world.query('case-handler-a', '{ consents { nodes { id } } }')).data.consents.nodes).toEqual([]);
  });
});

describe('a partner’s night run', () => {
  const NIGHT = `query ($keys: [ApplicantKey!]!, $purpose: Purpose) {
    applicants(by: $keys, purpose: $purpose) {
      id
      aapVedtak { ... on Delivered { retrievedAt disclosureId } ... on AapVedtaksliste { gjeldende { periode { fom tom } } } ... on ConsentRequired { reason } }
      uforeopplysninger { ... on Delivered { retrievedAt disclosureId } ... on Uforeopplysninger { gjeldende { uforegrad } } ... on ConsentRequired { reason } }
    }
  }`;

  const CAST: readonly CastId[] = ['P04', 'P06', 'P07', 'P08', 'P10'];

  it('answers a hundred keys in their order, the bad ones failing alone', async () => {
    await using world = await openWorld();
    for (const person of CAST) await world.grantKnown(person);
    const flaws = [
      [3, { nationalId: '30817429497' }, 'INVALID_INPUT', 'by.3.nationalId'],
      [40, { nationalId: '3081742949' }, 'INVALID_INPUT', 'by.40.nationalId'],
      [41, { nationalId: '01018012345' }, 'INVALID_INPUT', 'by.41.nationalId'],
      [99, { id: 'p1_AAAAAAAAAAAAAAAAAAAAAA' }, 'NOT_FOUND', 'by.99.id'],
    ] as const;
    const person = (at: number) => CAST[at % CAST.length] ?? 'P04';
    const p04 = await idOf(world, 'P04');
    const keys: Record<string, string>[] = Array.from({ length: 100 }, (_, at) =>
      at === 5 ? { id: p04 } : { nationalId: numberOf(at === 7 ? 'P05' : person(at)) },
    );
    for (const [at, key] of flaws) keys[at] = key;

    const seen = await world.query('partner-a', NIGHT, { keys, purpose: 'DISABILITY_INSURANCE' });
    expect(seen.data.applicants).toHaveLength(100);
    expect(
      seen.errors
        .map(({ path, extensions }) => [path?.[1], path?.[0], extensions.code, extensions.field])
        .toSorted((one, other) => Number(one[0]) - Number(other[0])),
    ).toEqual(flaws.map(([at, , code, field]) => [at, 'applicants', code, field]));
    const bad = new Set<number>(flaws.map(([at]) => at));
    for (const [at, answer] of seen.data.applicants.entries()) {
      if (bad.has(at)) expect(answer).toBeNull();
      else if (at === 7) expect(answer.aapVedtak).toEqual({ reason: 'NEVER_ASKED' });
      else
        expect(answer.aapVedtak).toMatchObject({
          retrievedAt: '2026-11-16T09:00:00.000Z',
          disclosureId: expect.any(String),
        });
    }
    expect(seen.data.applicants[1].uforeopplysninger.gjeldende).toEqual({ uforegrad: 80 });
    expect(seen.data.applicants[5].id).toBe(p04);
    expect(seen.data.applicants[0].aapVedtak.gjeldende).toEqual({ periode: { fom: '2023-09-04', tom: '2027-02-28' } });
    expect(world.navCalls()).toBe(2 * CAST.length);
    expect(withoutUuids(seen.text)).not.toMatch(/\d{11}/);
  });

  const shared = sharedWorld();
  it.each([0, 101])('takes no list of %i keys', async (length) => {
    const world = shared();
    const keys = Array.from({ length }, () => ({ nationalId: numberOf('P04') }));
    const seen = await world.query('partner-a', NIGHT, { keys });
    expect(seen.data.applicants).toBeNull();
    expect(seen.errors).toMatchObject([{ path: ['applicants'], extensions: { code: 'LIMIT_EXCEEDED', field: 'by' } }]);
  });
});

describe('what runs out before New Year, and what changed since yesterday', () => {
  const EXPIRING = `query ($after: String, $before: DateTime!) {
    consents(first: 2, after: $after, orderBy: VALID_TO_ASC, filter: { status: [ACTIVE], expiresBefore: $before }) {
      edges { cursor node { id validTo } }
      pageInfo { hasNextPage endCursor }
    }
  }`;
  const CHANGED = `query ($since: DateTime!) {
    consents(orderBy: CHANGED_AT_ASC, filter: { changedAfter: $since }) { nodes { id status changedAt } }
  }`;

  it('is listed page by page, soonest first, nothing twice and nothing lost', async () => {
    await using world = await openWorld();
    const days = {
      P04: '2026-12-20',
      P05: '2026-12-01',
      P06: '2027-01-01',
      P07: '2026-12-31',
      P08: '2026-12-01',
      P10: '2026-12-24',
    } as const;
    const ids = new Map<string, string>();
    for (const [person, day] of Object.entries(days)) {
      ids.set(person, await world.grantKnown(person as CastId, { validTo: `${day}T00:00:00Z` }));
    }
    // Pending, so not in force: it runs out before anything else, but gives nothing that could be lost.
    await world.ask('P12', { validTo: '2026-11-20T00:00:00Z' });

    const pages: { id: string; validTo: string }[][] = [];
    let after: string | null = null;
    for (let more = true; more; ) {
      const seen = await world.query('case-handler-a', EXPIRING, { after, before: '2027-01-01T00:00:00Z' });
      expect(seen.errors).toEqual([]);
      const { edges, pageInfo } = seen.data.consents;
      expect(pageInfo.endCursor).toBe(edges.at(-1).cursor);
      pages.push(edges.map((edge: { node: { id: string; validTo: string } }) => edge.node));
      ({ endCursor: after, hasNextPage: more } = pageInfo);
    }
    expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
    expect(pages.flat().map(({ validTo }) => validTo.slice(0, 10))).toEqual([
      '2026-12-01',
      '2026-12-01',
      '2026-12-20',
      '2026-12-24',
      '2026-12-31',
    ]);
    expect(new Set(pages.flat().map(({ id }) => id))).toEqual(
      new Set(['P04', 'P05', 'P07', 'P08', 'P10'].map((person) => ids.get(person))),
    );
  });

  it('is what changed after the moment, oldest change first', async () => {
    await using world = await openWorld();
    await world.grantKnown('P04');
    world.clock.set(new Date('2026-11-17T09:00:00Z'));
    const declined = await world.ask('P05');
    const granted = await world.ask('P06');
    world.clock.set(new Date('2026-11-17T10:00:00Z'));
    await world.citizen('P05').answer(declined.pageUrl, 'decline');
    await world.read('P05');
    const seen = await world.query('case-handler-a', CHANGED, { since: '2026-11-16T09:00:00Z' });
    expect(seen.data.consents.nodes).toEqual([
      { id: granted.id, status: 'PENDING', changedAt: '2026-11-17T09:00:00.000Z' },
      { id: declined.id, status: 'DECLINED', changedAt: '2026-11-17T10:00:00.000Z' },
    ]);
  });

  const shared = sharedWorld();
  it.each([0, 101, -1])('is refused in pages of %i', async (first) => {
    const world = shared();
    const seen = await world.query(
      'case-handler-a',
      'query ($first: Int!) { consents(first: $first) { nodes { id } } }',
      { first },
    );
    expect(seen.data.consents).toBeNull();
    expect(seen.errors).toMatchObject([{ path: ['consents'], extensions: { code: 'LIMIT_EXCEEDED', field: 'first' } }]);
  });
});

it('an analyst reads decisions with their meaning beside meldekort with the share of work, for one period', async () => {
  await using world = await openWorld();
  await world.grantKnown('P04', { periode: { fom: '2026-01-01', tom: '2026-12-31' } });
  const seen = await world.query(
    'analyst-a',
    `query ($id: NationalId!, $periode: PeriodeInput!) {
      applicant(by: { nationalId: $id }) {
        maskedNationalId
        aapVedtak(periode: $periode) {
          ... on AapVedtaksliste {
            uttrekksperiode { fom tom }
            vedtaksliste { vedtakId virkningsperiode { fom tom } fomKanVaereKuttet tomKanVaereKuttet betydning rettighetstype { kode termnavn } }
          }
        }
        aapMeldekort(periode: $periode) {
          ... on AapMeldekortliste { meldekortliste { meldekortId antallTimerArbeidet arbeidsandel kanVaereKuttet } }
        }
      }
    }`,
    { id: numberOf('P04'), periode: { fom: '2026-08-01', tom: '2026-10-31' } },
  );
  expect(seen.errors).toEqual([]);
  const { maskedNationalId, aapVedtak, aapMeldekort } = seen.data.applicant;
  expect(maskedNationalId).toBe('308174*****');
  expect(aapVedtak.uttrekksperiode).toEqual({ fom: '2026-08-01', tom: '2026-10-31' });
  expect(
    aapVedtak.vedtaksliste.map((row: Record<string, unknown>) => [
      row['vedtakId'],
      row['virkningsperiode'],
      row['fomKanVaereKuttet'],
      row['tomKanVaereKuttet'],
      row['betydning'],
    ]),
  ).toEqual([
    ['35110201', { fom: '2026-01-01', tom: '2026-12-31' }, true, true, 'ARBEIDSEVNE_NEDSATT'],
    ['36655108', { fom: '2026-01-01', tom: '2026-08-30' }, true, false, 'INNVILGET'],
    ['37188420', { fom: '2026-08-31', tom: '2026-12-31' }, false, true, 'INNVILGET'],
  ]);
  expect(aapVedtak.vedtaksliste[1].rettighetstype.kode).toBe('AAP');
  expect(
    aapMeldekort.meldekortliste.map((card: Record<string, unknown>) => [
      card['meldekortId'],
      card['antallTimerArbeidet'],
      card['arbeidsandel'],
      card['kanVaereKuttet'],
    ]),
  ).toEqual([
    ['9100402', 30, 0.4, false],
    ['9100403', 22.5, 0.3, false],
    ['9100404', 0, 0, false],
    ['9100405', 15, 0.2, false],
    ['9100406', 30, 0.4, false],
    ['9100407', 30, 0.4, false],
    ['9100408', 30, 0.4, false],
    ['9100409', 37.5, 0.5, false],
  ]);
});
