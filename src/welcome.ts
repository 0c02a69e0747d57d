/** Where everything is found after a start. */
export interface Addresses {
  readonly gateway: string;
  readonly control: string;
  readonly altinn3: string;
  readonly callers: string;
  readonly nav: string;
}

const QUERY =
  'query Vedtak($id: NationalId!) { applicant(by: {nationalId: $id}) { aapVedtak { __typename ... on AapVedtaksliste { perioder { periode { fom tom } } vedtaksliste { vedtakId betydning virkningsperiode { fom tom } } } ... on NotDelivered { message } ... on ConsentRequired { reason } } } }';

/** P04 of the cast: AAP in extensions, now considered for uføretrygd. Synthetic, as everyone here. */
const SOMEBODY = { number: '30817429498', name: 'Standhaftig Orrhøne', id: 'P04' };

/** What `npm start` says: where things are, one command that works as it stands, and how to withdraw. */
export function welcome(addresses: Addresses, dataDirectory: string, logFile: string): string {
  const { gateway, control, altinn3, callers, nav } = addresses;
  const body = JSON.stringify({ query: QUERY, variables: { id: SOMEBODY.number } });
  return `
Samtykkeporten is running, with a sandbox of everything it talks to. Every person in it is invented.

  Begin here  ${gateway}/
  GraphiQL    ${gateway}/graphiql
  GraphQL     ${gateway}/graphql
  Sandbox     ${control}/

Read a person's AAP vedtak (${SOMEBODY.name}, who has given consent):

  curl -s ${gateway}/graphql \\
    -H 'content-type: application/json' \\
    -H "authorization: Bearer $(curl -s ${callers}/tokens/case-handler-a)" \\
    -d '${body}'

Withdraw the consent: open ${altinn3}/accessmanagement/ui/consent/active,
choose ${SOMEBODY.name}, press «Trekk samtykke», and run the same command again: the answer is WITHDRAWN.
Who has looked, as the person sees it at NAV: ${nav}/innsyn?person=${SOMEBODY.id}

  Data        ${dataDirectory} (npm start -- --fresh begins anew)
  Log         ${logFile}
  Stop        Ctrl-C

`;
}
