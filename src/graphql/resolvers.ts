import { GraphQLError } from 'graphql';
import { endedAt, statusAt } from '../access/consent.ts';
import { may } from '../access/policy.ts';
import type { Applicant, Consent, Disclosure, Page, PageRequest, Purpose } from '../access/ports.ts';
import type { ReadResult } from '../access/read.ts';
import { betydning } from '../benefits/aap.ts';
import { aapPerioder, gjeldendeAapPeriode, harAapPaa } from '../benefits/aap-rett.ts';
import type { SourceName } from '../benefits/index.ts';
import { sourceNameOf, sourceOf } from '../benefits/index.ts';
import { gjeldendeBeregningsperiode, uforegradPaa } from '../benefits/uforeopplysninger.ts';
import { osloDate } from '../clock.ts';
import { GatewayError, invalidInput } from '../errors.ts';
import type { NationalIdFlaw } from '../values.ts';
import { NationalId, Secret } from '../values.ts';
import type { ApplicantParent } from './answers.ts';
import type { RequestContext } from './context.ts';
import type {
  ApplicantKey,
  ConsentFilter,
  DisclosureFilter,
  InputMaybe,
  PeriodeInput,
  Resolvers,
} from './generated.ts';
import { consentRequiredMessage } from './messages.ts';
import { scalars } from './scalars.ts';

/** The names of languages, as the standards write them. */
const LANGUAGES = { NB: 'nb', NN: 'nn', EN: 'en' } as const;

type Given<T> = InputMaybe<T> | undefined;

/** The contract, field by field. A field that is absent here is read off its parent under its own name. */
export const resolvers: Resolvers = {
  ...scalars,

  Query: {
    viewer: (_, __, { session }) => session.caller,
    applicant: (_, { by, purpose }, context) => applicantBy(by, 'by', purpose ?? null, context),
    applicants(_, { by, purpose }, context) {
      if (by.length < 1 || by.length > context.maxKeys) {
        throw new GatewayError('LIMIT_EXCEEDED', `Ask for 1 to ${context.maxKeys} applicants at a time.`, {
          field: 'by',
        });
      }
      return by.map((key, at) => applicantBy(key, `by.${at}`, purpose ?? null, context));
    },
    async consent(_, { id }, { session }) {
      const consent = await session.consent(id);
      if (consent === undefined) throw new GatewayError('NOT_FOUND', 'There is no such consent.', { field: 'id' });
      return consent;
    },
    consents: (_, { filter, orderBy, ...page }, context) =>
      connectionOf(page, context, (request) => context.session.consents(request, consentFilter(filter, null), orderBy)),
    disclosures: (_, { filter, ...page }, context) =>
      connectionOf(page, context, (request) => context.session.disclosures(request, disclosureFilter(filter, null))),
  },

  DataConsumer: { name: ({ name }, { language }) => name[LANGUAGES[language]] },

  Mutation: {
    async requestConsent(_, { input }, context) {
      const { applicant } = await applicantBy(input.applicant, 'input.applicant', null, context);
      const { message, familyName } = input;
      return context.session.requestConsent(
        {
          applicant,
          purpose: input.purpose ?? null,
          periode: input.periode,
          validTo: input.validTo ?? null,
          returnUrl: input.returnUrl,
          reference: input.reference ?? null,
          message: message ? { nb: message.nb, nn: message.nn ?? null, en: message.en ?? null } : null,
          portalViewMode: input.portalViewMode ?? 'HIDE',
        },
        typeof familyName === 'string' ? new Secret(familyName, 'family name') : undefined,
      );
    },
    refreshConsent: async (_, { id }, { session }) => ({ consent: await session.refreshConsent(id) }),
    relinquishConsent: async (_, { id }, { session }) => ({ consent: await session.relinquishConsent(id) }),
  },

  Viewer: {
    sources: ({ sources }) => sources.map(sourceOf),
  },

  Applicant: {
    id: ({ applicant }) => applicant.id,
    maskedNationalId: ({ applicant }) => applicant.nationalId.masked(),
    nationalId({ applicant }, _, { session }) {
      if (!may(session.caller, 'see national id')) {
        throw new GatewayError(
          'FORBIDDEN',
          `The role ${session.caller.role} may not see national ids in clear. Use maskedNationalId.`,
        );
      }
      return applicant.nationalId.reveal();
    },
    consent: ({ applicant, purpose }, { source }, { session }) =>
      session.decidingConsent(applicant, source ? sourceNameOf(source) : null, purpose),
    consents: ({ applicant }, { filter, ...page }, context) =>
      connectionOf(page, context, (request) =>
        context.session.consents(request, consentFilter(filter, applicant), 'REQUESTED_AT_DESC'),
      ),
    disclosures: ({ applicant }, { filter, ...page }, context) =>
      connectionOf(page, context, (request) =>
        context.session.disclosures(request, disclosureFilter(filter, applicant)),
      ),
    aapVedtak: benefit('aapVedtak'),
    aapMeldekort: benefit('aapMeldekort'),
    uforeopplysninger: benefit('uforeopplysninger'),
  },

  AapVedtakResult: { __resolveType: (result) => (isDelivered(result) ? 'AapVedtaksliste' : 'ConsentRequired') },
  AapMeldekortResult: { __resolveType: (result) => (isDelivered(result) ? 'AapMeldekortliste' : 'ConsentRequired') },
  UforeopplysningerResult: {
    __resolveType: (result) => (isDelivered(result) ? 'Uforeopplysninger' : 'ConsentRequired'),
  },

  ConsentRequired: {
    source: ({ source }) => sourceOf(source),
    message: (refused, _, { now, session }) => consentRequiredMessage(refused, now(), session.askAgainFrom),
  },

  AapVedtaksliste: {
    source: ({ source }) => sourceOf(source),
    vedtaksliste: ({ answer }) => answer.vedtaksliste,
    perioder: ({ answer }) => aapPerioder(answer),
    gjeldende: ({ answer, retrievedAt }) => gjeldendeAapPeriode(answer, osloDate(retrievedAt)),
    harAapPaa: ({ answer }, { dato }) => harAapPaa(answer, dato),
  },
  AapVedtak: { betydning },

  AapMeldekortliste: {
    source: ({ source }) => sourceOf(source),
    meldekortliste: ({ answer }) => answer.meldekortliste,
  },

  Uforeopplysninger: {
    source: ({ source }) => sourceOf(source),
    status: ({ answer }) => answer.status,
    statuskode: ({ answer }) => answer.statuskode,
    forsteVirkningstidspunkt: ({ answer }) => answer.forsteVirkningstidspunkt,
    beregningsperioder: ({ answer }) => answer.beregningsperioder,
    gjeldende: ({ answer, retrievedAt }) => gjeldendeBeregningsperiode(answer, osloDate(retrievedAt)),
    uforegradPaa: ({ answer }, { dato }) => uforegradPaa(answer, dato),
  },

  Consent: {
    applicant: ({ applicant, purpose }) => ({ applicant, purpose }),
    status: (consent, _, { now }) => statusAt(consent, now()),
    endedAt: (consent, _, { now }) => endedAt(consent, now()),
    covers: (consent, _, { session }) => session.covers(consent).map(sourceOf),
    pageUrl(consent, _, { now, session }) {
      // The address opens the request, so it is for those alone who send people there.
      const shown = may(session.caller, 'ask for consent') && statusAt(consent, now()) === 'PENDING';
      return shown ? (consent.pageUrl?.reveal() ?? null) : null;
    },
  },

  Disclosure: {
    source: ({ source }) => sourceOf(source),
    applicant: ({ applicant, purpose }) => (applicant === null ? null : { applicant, purpose }),
    consent: async ({ consentId }, _, { session }) =>
      consentId === null ? null : ((await session.consent(consentId)) ?? null),
    requestedFom: ({ requested }) => requested.fom,
    requestedTom: ({ requested }) => requested.tom,
  },
};

/** The resolver of a benefit field: one for every source, for they differ in name alone. */
function benefit<N extends SourceName>(source: N) {
  return async (
    { applicant, purpose }: ApplicantParent,
    { periode }: { readonly periode?: InputMaybe<PeriodeInput> },
    { session }: RequestContext,
  ): Promise<ReadResult<N>> => {
    try {
      return await session.read({
        source,
        applicant,
        purpose,
        periode: { fom: periode?.fom ?? null, tom: periode?.tom ?? null },
      });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw new GraphQLError(error.message, { originalError: error, extensions: { source: sourceOf(source) } });
    }
  };
}

function isDelivered(result: { readonly kind: 'delivered' | 'consent required' }): boolean {
  return result.kind === 'delivered';
}

async function applicantBy(
  key: ApplicantKey,
  field: string,
  purpose: Purpose | null,
  { session, nationalIds }: RequestContext,
): Promise<ApplicantParent> {
  if (typeof key.nationalId === 'string') {
    const nationalId = NationalId.parse(key.nationalId, nationalIds);
    if ('flaw' in nationalId) throw invalidInput(`${field}.nationalId`, FLAWS[nationalId.flaw]);
    return { applicant: session.identify(nationalId), purpose };
  }
  const applicant = typeof key.id === 'string' ? await session.applicant(key.id) : undefined;
  if (applicant === undefined) {
    throw new GatewayError(
      'NOT_FOUND',
      'There is no such applicant. An id resolves once a consent was asked for or a read decided.',
      {
        field: `${field}.id`,
      },
    );
  }
  return { applicant, purpose };
}

const FLAWS = {
  length: 'A national id has eleven digits and nothing else.',
  checksum: 'The check digits do not fit: the national id is mistyped.',
  date: 'The first six digits are no date: the national id is mistyped.',
  kind: 'This number belongs to another population: the sandbox and test environments take synthetic numbers only, production real ones only.',
} as const satisfies Record<NationalIdFlaw, string>;

function consentFilter(filter: Given<ConsentFilter>, applicant: Applicant | null) {
  return {
    applicant: applicant?.id ?? null,
    status: distinct(filter?.status),
    expiresBefore: filter?.expiresBefore ?? null,
    lastReadBefore: filter?.lastReadBefore ?? null,
    changedAfter: filter?.changedAfter ?? null,
    source: filter?.source ? sourceNameOf(filter.source) : null,
    reference: filter?.reference ?? null,
  };
}

function disclosureFilter(filter: Given<DisclosureFilter>, applicant: Applicant | null) {
  return {
    applicant: applicant?.id ?? null,
    outcome: distinct(filter?.outcome),
    source: filter?.source ? sourceNameOf(filter.source) : null,
    from: filter?.from ?? null,
    to: filter?.to ?? null,
    reference: filter?.reference ?? null,
  };
}

/** A list may repeat a value as often as a body is long; a store takes each once. */
function distinct<T>(values: Given<readonly T[]>): readonly T[] | null {
  return values ? [...new Set(values)] : null;
}

async function connectionOf<T extends Consent | Disclosure>(
  { first, after }: { readonly first: number; readonly after?: InputMaybe<string> },
  { nextTurn }: RequestContext,
  lookUp: (request: PageRequest) => Promise<Page<T>>,
) {
  if (first < 1 || first > 100)
    throw new GatewayError('LIMIT_EXCEEDED', 'A page has 1 to 100 rows.', { field: 'first' });
  await nextTurn();
  const page = await lookUp({ first, after: after ?? null });
  return {
    edges: page.edges,
    nodes: page.edges.map(({ node }) => node),
    pageInfo: { hasNextPage: page.hasNextPage, endCursor: page.edges.at(-1)?.cursor ?? null },
  };
}
