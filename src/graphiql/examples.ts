/** What an example is filled in with. Empty outside the sandbox. */
export interface Filling {
  /** The person it is about: eleven digits, or empty. */
  readonly nationalId: string;
  /** Theirs, or empty. Altinn 2 alone asks for it. */
  readonly familyName: string;
  /** The whole cast: eleven digits each. */
  readonly nationalIds: readonly string[];
  /** `yyyy-MM-dd`, or empty. */
  readonly today: string;
  readonly returnUrl: string;
}

/** A query that a newcomer needs, ready to run. */
export interface Example {
  /** Part of addresses: `/graphiql?example=case-screen`. Never changed. */
  readonly name: string;
  /** Cast id of the person it is about unless the address names another. */
  readonly person: string;
  readonly query: string;
  variables(filling: Filling): Readonly<Record<string, unknown>>;
}

const PURPOSE = 'DISABILITY_INSURANCE';

/** The examples, in the order of their tabs. */
export const EXAMPLES: readonly Example[] = [
  {
    name: 'case-screen',
    person: 'P04',
    query: `# The case screen, for case handlers:
# a person's consent and benefits in one query.
# Without a consent it answers why, and what
# to do next.
query CaseScreen($id: NationalId!, $purpose: Purpose, $dato: Date!) {
  applicant(by: { nationalId: $id }, purpose: $purpose) {
    id
    maskedNationalId
    consent {
      status
      validTo
      periode { fom tom }
      pageUrl
    }
    aapVedtak {
      __typename
      ...refused
      ... on AapVedtaksliste {
        harAapPaa(dato: $dato)
        perioder {
          periode { fom tom }
          fomErKjent
          tomErKjent
        }
      }
    }
    uforeopplysninger {
      __typename
      ...refused
      ... on Uforeopplysninger {
        status
        uforegradPaa(dato: $dato) { harUforegrad uforegrad }
      }
    }
  }
}

fragment refused on NotDelivered {
  source
  message
}
`,
    variables: ({ nationalId, today }) => ({ id: nationalId, purpose: PURPOSE, dato: today }),
  },
  {
    name: 'ask-for-consent',
    person: 'P10',
    query: `# Ask for consent, for case handlers. Open the
# pageUrl of the answer (Ctrl and a click) to be
# the person.
# periode: which dates may be seen; validTo:
# until when NAV may be asked (three years if
# left out); familyName: for Altinn 2 alone.
mutation AskForConsent($input: RequestConsentInput!) {
  requestConsent(input: $input) {
    created
    consent {
      id
      status
      pageUrl
      validTo
      covers
    }
  }
}
`,
    variables: ({ nationalId, familyName, today, returnUrl }) => ({
      input: {
        applicant: { nationalId },
        familyName,
        purpose: PURPOSE,
        periode: { fom: '2022-01-01', tom: `${Number(today.slice(0, 4)) + 1}-12-31` },
        returnUrl,
        message: { nb: 'Vi trenger opplysningene for å behandle saken din.' },
        reference: 'SAK-1',
        // The editor takes what has a default for missing.
        portalViewMode: 'HIDE',
      },
    }),
  },
  {
    name: 'night-run',
    person: 'P04',
    query: `# The night run, for partners: up to a hundred
# people. A key that cannot be used fails
# alone; the others are answered, in order.
query NightRun($keys: [ApplicantKey!]!, $purpose: Purpose) {
  applicants(by: $keys, purpose: $purpose) {
    id
    maskedNationalId
    aapVedtak {
      ... on Delivered { retrievedAt disclosureId }
      ... on AapVedtaksliste { gjeldende { periode { fom tom } } }
      ... on ConsentRequired { reason }
    }
    uforeopplysninger {
      ... on Delivered { retrievedAt disclosureId }
      ... on Uforeopplysninger { gjeldende { uforegrad } }
      ... on ConsentRequired { reason }
    }
  }
}
`,
    variables: ({ nationalIds }) => ({ keys: nationalIds.map((nationalId) => ({ nationalId })), purpose: PURPOSE }),
  },
  {
    name: 'what-runs-out',
    person: 'P04',
    query: `# What runs out, for everyone: consents in
# force that end before a moment.
query WhatRunsOut($before: DateTime!, $after: String) {
  consents(
    first: 25
    after: $after
    orderBy: VALID_TO_ASC
    filter: { status: [ACTIVE], expiresBefore: $before }
  ) {
    nodes {
      id
      status
      validTo
      reference
      applicant { id maskedNationalId }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
    variables: ({ today }) => ({ before: `${Number(today.slice(0, 4)) + 4}-01-01T00:00:00Z`, after: null }),
  },
  {
    name: 'vedtak-and-meldekort',
    person: 'P04',
    query: `# Vedtak and meldekort, for analysts: decisions
# with their meaning beside the share of work.
query VedtakAndMeldekort($id: NationalId!, $purpose: Purpose, $periode: PeriodeInput) {
  applicant(by: { nationalId: $id }, purpose: $purpose) {
    maskedNationalId
    aapVedtak(periode: $periode) {
      __typename
      ... on NotDelivered { message }
      ... on AapVedtaksliste {
        uttrekksperiode { fom tom }
        vedtaksliste {
          vedtakId
          betydning
          virkningsperiode { fom tom }
          fomKanVaereKuttet
          tomKanVaereKuttet
          rettighetstype { kode termnavn }
        }
      }
    }
    aapMeldekort(periode: $periode) {
      __typename
      ... on NotDelivered { message }
      ... on AapMeldekortliste {
        meldekortliste {
          meldekortId
          periode { fom tom }
          antallTimerArbeidet
          arbeidsandel
          kanVaereKuttet
        }
      }
    }
  }
}
`,
    variables: ({ nationalId, today }) => ({
      id: nationalId,
      purpose: PURPOSE,
      periode: { fom: `${today.slice(0, 4)}-01-01`, tom: `${today.slice(0, 4)}-12-31` },
    }),
  },
  {
    name: 'life-of-a-consent',
    person: 'P04',
    query: `# The life of a consent, in three operations.
# Press Execute and choose.
# 1. Consents: a person's consents. Put the id
#    of one into the variables.
# 2. RefreshConsent: asks Altinn what has become
#    of it. Withdrawing is the person's own
#    business, on Altinn's pages.
# 3. RelinquishConsent: the insurer gives it up,
#    for good.
query Consents($person: NationalId!) {
  applicant(by: { nationalId: $person }) {
    consents(first: 10) {
      nodes { id status confirmedAt validTo reference }
    }
  }
}

mutation RefreshConsent($id: ID!) {
  refreshConsent(id: $id) {
    consent { id status confirmedAt answeredAt endedAt }
  }
}

mutation RelinquishConsent($id: ID!) {
  relinquishConsent(id: $id) {
    consent { id status endedAt }
  }
}
`,
    variables: ({ nationalId }) => ({ person: nationalId, id: '' }),
  },
  {
    name: 'disclosures',
    person: 'P04',
    query: `# Disclosures, for auditors: every read that was
# attempted, never what was found.
query Disclosures($after: String, $filter: DisclosureFilter) {
  disclosures(first: 25, after: $after, filter: $filter) {
    nodes {
      id
      intendedAt
      settledAt
      source
      outcome
      refusedBecause
      errorCode
      attempts
      useLogged
      caller
      role
      reference
      applicant { id maskedNationalId }
      consent { id status }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
    variables: () => ({ after: null, filter: {} }),
  },
];
