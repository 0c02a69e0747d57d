/** Whom to ask about configuration, keys and network, as the checklist names them. */
export const OPERATOR = 'whoever runs this gateway and its network';
/** Whom to ask about clients, keys and scopes at Maskinporten. */
export const DIGDIR = 'Digdir (servicedesk@digdir.no)';
/** Whom to ask about Altinn's own services. */
export const ALTINN = 'Altinn';
/** Whom to ask about NAV's scopes, addresses, resource and registered return addresses. */
export const NAV = 'NAV (its contact for DSOP)';
/** Whom to ask for an ApiKey of Altinn 2. */
export const BITS = 'Bits (orders ApiKeys for DSOP’s members)';
/** Whom to ask about an enterprise certificate. */
export const CERTIFICATE_ISSUER = 'Buypass or Commfides, whoever issued the certificate';

/** Who may delegate on behalf of an organisation. */
export function mainAdministratorOf(organisation: string): string {
  return `the main administrator of ${organisation} in Altinn`;
}

/** Who opens a scope for organisations: the owner of the API behind it. */
export function ownerOf(scope: string): { readonly name: string; readonly contact: string } {
  if (scope.startsWith('nav:')) return { name: 'NAV', contact: NAV };
  return scope.startsWith('altinn:')
    ? { name: 'Digdir', contact: DIGDIR }
    : { name: 'The owner of the API', contact: 'the owner of the API that the scope belongs to' };
}
