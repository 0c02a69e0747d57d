/** Whom to ask, as the checklist names them. */
export const OPERATOR = 'whoever runs this gateway and its network';
export const DIGDIR = 'Digdir (servicedesk@digdir.no)';
export const ALTINN = 'Altinn';
export const NAV = 'NAV (its contact for DSOP)';
export const BITS = 'Bits (orders ApiKeys for DSOP’s members)';
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
