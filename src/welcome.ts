/** Where everything is found after a start. */
export interface Addresses {
  readonly gateway: string;
  readonly control: string;
  readonly altinn3: string;
  readonly altinn2: string;
  readonly callers: string;
  readonly nav: string;
}

/** What a start has come to. */
export interface Start {
  readonly addresses: Addresses;
  /** The consent system on which the person has consented whom the welcome is about. */
  readonly rail: 'ALTINN_3' | 'ALTINN_2';
  /** The day by the sandbox's own clock. */
  readonly today: string;
  readonly dataDirectory: string;
  readonly logFile: string;
}

const QUERY =
  'query Vedtak($id: NationalId!) { applicant(by: {nationalId: $id}) { aapVedtak { __typename ... on AapVedtaksliste { perioder { periode { fom tom } } vedtaksliste { vedtakId betydning virkningsperiode { fom tom } } } ... on NotDelivered { message } ... on ConsentRequired { reason } } } }';

/** P04 of the cast: AAP in extensions, now considered for uføretrygd. Synthetic, as everyone here. */
const SOMEBODY = { number: '30817429498', name: 'Standhaftig Orrhøne', id: 'P04' };

/** P05 of the cast, who has consented as well. */
const WITNESS = `Altinn 2 says the same of a withdrawn consent as of a wrong key, and only another consent that was used within ten minutes
tells them apart. Is the answer ALTINN_REJECTED, run the command with 17868340584 (Rask Fjellrype), and then again.
`;

/** What `npm start` says: where things are, one command that works as it stands, and how to withdraw. */
export function welcome({ addresses, rail, today, dataDirectory, logFile }: Start): string {
  const { gateway, control, altinn3, altinn2, callers, nav } = addresses;
  const isAltinn2 = rail === 'ALTINN_2';
  const page = isAltinn2 ? `${altinn2}/ui/AccessConsent/active` : `${altinn3}/accessmanagement/ui/consent/active`;
  const body = JSON.stringify({ query: QUERY, variables: { id: SOMEBODY.number } });
  return `
Samtykkeporten is running, with a sandbox of everything it talks to. Every person in it is invented.

  Begin here  ${gateway}/
  GraphiQL    ${gateway}/graphiql
  GraphQL     ${gateway}/graphql
  Sandbox     ${control}/
  Today       ${today}: the sandbox has a clock of its own

Read a person's AAP vedtak (${SOMEBODY.name}, who has given consent):

  curl -s ${gateway}/graphql \\
    -H 'content-type: application/json' \\
    -H "authorization: Bearer $(curl -s ${callers}/tokens/case-handler-a)" \\
    -d '${body}'

Withdraw the consent: open ${page},
choose ${SOMEBODY.name}, press «Trekk samtykke», and run the same command again: the answer is WITHDRAWN.
${isAltinn2 ? WITNESS : ''}Who has looked, as the person sees it at NAV: ${nav}/innsyn?person=${SOMEBODY.id}

  Data        ${dataDirectory} (npm start -- --fresh begins anew)
  Log         ${logFile}
  Stop        Ctrl-C

`;
}
