import type { Evidence } from '../errors.ts';
import type { Actor } from '../gateway-suppliers.ts';
import type { MASKINPORTEN_OUTCOMES } from '../maskinporten/outcomes.ts';
import { CERTIFICATE_ISSUER, DIGDIR, OPERATOR, ownerOf } from './contacts.ts';
import type { Verdict } from './findings.ts';

/** What a refusal of Maskinporten is about. */
export type RefusedFor = 'client' | 'scope' | 'delegation';

/** For whom a scope was asked, and by whose client, as far as that is known: the first token tells. */
export interface ScopeAsked {
  readonly organisation: string;
  readonly client: 'its own' | 'its supplier’s' | 'not known';
}

type Code = keyof typeof MASKINPORTEN_OUTCOMES;
type Advice = Required<Pick<Verdict, 'seen' | 'todo' | 'ask'>>;

const CLIENT_ID = '`clientId` in the configuration with the client in Digdir’s self-service';

/** Documented refusals of whoever asks, whatever the scope. */
const OF_THE_CLIENT: Readonly<Partial<Record<Code, Advice>>> = {
  'MP-011': {
    seen: 'Maskinporten cannot read the grant.',
    todo: `Compare ${CLIENT_ID}. If it is right, this is a defect of the gateway.`,
    ask: [OPERATOR, DIGDIR],
  },
  'MP-012': {
    seen: 'Maskinporten takes the grant for one that was used before, though it is signed anew each time.',
    todo: 'Run the doctor again. If it stays so, check whether a proxy sends calls twice.',
    ask: [OPERATOR, DIGDIR],
  },
  'MP-100': {
    seen: 'Maskinporten does not know the client, or it is switched off.',
    todo: `Compare ${CLIENT_ID}, in the same environment: test and production have clients of their own. It is the client’s id, not the key’s.`,
    ask: [OPERATOR, DIGDIR],
  },
  'MP-110': {
    seen: 'Maskinporten does not accept the name that the grant is addressed to.',
    todo: 'Write `maskinporten.issuer` as Maskinporten does, slash and all, of the same environment as the client.',
    ask: [OPERATOR],
  },
  'MP-120': {
    seen: 'Maskinporten does not accept the certificate: it has expired, is revoked, or is not for this environment.',
    todo: 'Check with the issuer that the certificate stands, and that it is an enterprise certificate for this environment.',
    ask: [CERTIFICATE_ISSUER, DIGDIR],
  },
  'MP-121': {
    seen: 'The key has expired at Maskinporten: it lives a year from its last upload.',
    todo: 'Upload a new key to the client in Digdir’s self-service, add it to `keys`, and set `registeredOn` to the date. Uploading the same key again renews it too.',
    ask: [OPERATOR, DIGDIR],
  },
  'MP-122': {
    seen: 'The certificate is another organisation’s than the client.',
    todo: `Use a client that belongs to the organisation of the certificate. Compare ${CLIENT_ID}.`,
    ask: [OPERATOR, DIGDIR],
  },
  'MP-123': {
    seen: 'Maskinporten cannot read the certificates that go along with the grant.',
    todo: 'Try `send: "leaf"` for the certificate in the configuration. If that is refused too, this is a defect of the gateway.',
    ask: [OPERATOR, DIGDIR],
  },
  'MP-124': {
    seen: 'The signature does not fit: the private key is not the one that Maskinporten has, or the certificate has expired.',
    todo: 'Check that `privateKey` belongs to the key registered under this `kid`, or to the certificate.',
    ask: [OPERATOR],
  },
  'MP-130': {
    seen: 'Maskinporten finds the grant too old.',
    todo: 'Check the clock of this machine, and how long a call to Maskinporten takes.',
    ask: [OPERATOR],
  },
};

/** Some refusals of the client come without a code; and a code may be new. */
const UNEXPLAINED: Advice = {
  seen: 'Maskinporten does not accept the client, and does not say by a known code why.',
  todo: `Check that \`kid\` is a key registered on this client, and that a client with keys is not used with a certificate. Compare ${CLIENT_ID}.`,
  ask: [OPERATOR, DIGDIR],
};

/**
 * One's own number as `consumer_org` is documented to be refused by a text without a code; that it comes as `invalid_request` is not
 * confirmed. Texts are not read, and no other refusal without a code is known to come so.
 */
const OF_ITSELF: Advice = {
  seen: 'Maskinporten does not accept the grant, as it does when an organisation acts on behalf of itself: the client of `supplier` may belong to the data consumer.',
  todo: 'Compare `supplier.client` and `supplier.organisationNumber` with the client in Digdir’s self-service. A client that is the data consumer’s own stands as `client` in its entry; the supplier needs one of its own.',
  ask: [OPERATOR, DIGDIR],
};

/** Tells what was refused: the scope for this organisation, its delegation, or the client as such. */
export function refusedFor({ upstreamCode, error }: Evidence): RefusedFor {
  if (upstreamCode === 'MP-251') return 'delegation';
  const isOfScope =
    upstreamCode === undefined ? error === 'invalid_scope' || error === 'forbidden' : OF_A_SCOPE.has(upstreamCode);
  return isOfScope ? 'scope' : 'client';
}

const OF_A_SCOPE: ReadonlySet<string> = new Set(['MP-200', 'MP-201', 'MP-250'] satisfies Code[]);

/** The verdict on a refused client. */
export function clientRefused(evidence: Evidence, { delegation }: Pick<Actor, 'delegation'>): Verdict {
  const { upstreamCode: code = '', error } = evidence;
  if (isKnown(code)) return refusal(OF_THE_CLIENT[code] ?? UNEXPLAINED, evidence);
  const isOfItself = delegation !== undefined && code === '' && error === 'invalid_request';
  return refusal(isOfItself ? OF_ITSELF : UNEXPLAINED, evidence);
}

function isKnown(code: string): code is Code {
  return Object.hasOwn(OF_THE_CLIENT, code);
}

const TERMS = 'Digdir wants the terms for end user systems signed and a registration form sent in first.';

/** The verdict on a scope that is refused to an organisation. */
export function scopeRefused(scope: string, { organisation, client }: ScopeAsked, evidence: Evidence): Verdict {
  const owner = ownerOf(scope);
  switch (evidence.upstreamCode) {
    case 'MP-200':
      return refusal(
        {
          seen: 'The scope is not registered on the client.',
          todo: `Add it to the client in Digdir’s self-service. ${client === 'its supplier’s' ? DELEGABLE : OPENED} A change works some minutes later.`,
          ask: [OPERATOR, owner.contact],
        },
        evidence,
      );
    case 'MP-201':
      return refusal(
        {
          seen: 'The scope is not meant for clients of Maskinporten.',
          todo: 'Check how the scope is written in the configuration.',
          ask: [OPERATOR, owner.contact],
        },
        evidence,
      );
    default:
      return refusal(
        {
          seen: `${owner.name} has not opened the scope for ${organisation}${client === 'not known' ? ', or this is a supplier’s client' : ''}.`,
          todo: `Ask for it to be opened for ${organisation}, in this environment: for the insurer, never for its supplier.${scope.startsWith('altinn:consentrequests.') ? ` ${TERMS}` : ''} A change works some minutes later.${client === 'not known' ? ` ${OF_A_SUPPLIER}` : ''}`,
          ask: [owner.contact],
        },
        evidence,
      );
  }
}

const OPENED = 'If it cannot be found there, it may not be opened yet: ask its owner.';
const DELEGABLE =
  'For a supplier it stands there under “available to all”. If it does not, it may have no `delegation_source`, and then it cannot be delegated: ask its owner.';
const OF_A_SUPPLIER = 'But if this client belongs to a supplier: leave `client` out, and let `supplier` act.';

/** The verdict on a refusal, with what Maskinporten's support asks for. */
export function refusal({ seen, todo, ask }: Advice, { upstreamCode, traceId }: Evidence): Verdict {
  return {
    state: 'wrong',
    seen: upstreamCode === undefined ? seen : seen.replace(/\.$/, ` (${upstreamCode}).`),
    todo,
    ask,
    ...(traceId === undefined ? {} : { traceId }),
  };
}
