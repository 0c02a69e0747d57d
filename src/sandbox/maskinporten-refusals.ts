/** Why no token is issued: what the error body says. `code` is the operator's number, absent where it publishes none. */
export interface Refusal {
  readonly status: 400 | 403;
  readonly error: string;
  readonly description: string;
  readonly code?: `MP-${number}`;
}

/** Something that was accepted, or the refusal of it. */
export type Judged<T> = { readonly accepted: T } | { readonly refused: Refusal };

/** Wraps what passed. */
export function accepted<T>(value: T): { readonly accepted: T } {
  return { accepted: value };
}

/** Wraps what did not pass. */
export function refused(refusal: Refusal): { readonly refused: Refusal } {
  return { refused: refusal };
}

const AUTHENTICATION_FAILED = 'Invalid assertion. Client authentication failed.';

function unauthenticated(reason: string, code?: `MP-${number}`): Refusal {
  return {
    status: 400,
    error: 'invalid_grant',
    description: `${AUTHENTICATION_FAILED}${reason}`,
    ...(code === undefined ? {} : { code }),
  };
}

/**
 * Every refusal of the token endpoint whose text is fixed. Client authentication fails as `invalid_grant` 400, never as
 * 401. Statuses of MP-012, 122, 123, 130 and 301 to 303 are not published; 400 is assumed.
 */
export const REFUSALS = {
  unsupportedGrantType: {
    status: 400,
    error: 'unsupported_grant_type',
    description: 'The grant_type must be urn:ietf:params:oauth:grant-type:jwt-bearer.',
  },
  notAForm: {
    status: 400,
    error: 'invalid_request',
    description: 'The body must be application/x-www-form-urlencoded and hold grant_type and assertion once each.',
  },
  malformed: {
    status: 400,
    error: 'invalid_request',
    description: 'Invalid assertion. Invalid parameter value',
    code: 'MP-011',
  },
  realPerson: {
    status: 400,
    error: 'invalid_request',
    description:
      'Invalid assertion. Invalid parameter value: pid is no synthetic national id, the sandbox takes no other',
    code: 'MP-011',
  },
  usedBefore: { status: 400, error: 'invalid_grant', description: 'Grant is used before', code: 'MP-012' },
  unknownClient: unauthenticated('', 'MP-100'),
  wrongAudience: unauthenticated(' Invalid JWT claim aud', 'MP-110'),
  untrustedCertificate: unauthenticated(' The JWT is signed with an invalid certificate.', 'MP-120'),
  expiredKey: unauthenticated(' Expired key.', 'MP-121'),
  certificateOfOther: {
    status: 400,
    error: 'invalid_grant',
    description: 'Invalid JWT. Invalid organization number for client. Does not match certificate orgno',
    code: 'MP-122',
  },
  malformedChain: { status: 400, error: 'invalid_grant', description: 'Invalid JWT header x5c', code: 'MP-123' },
  invalidSignature: unauthenticated(' Invalid JWT signature.', 'MP-124'),
  unknownKey: unauthenticated(' Unknown key identifier (kid) for client.'),
  keyIdMissing: unauthenticated(
    ' Invalid JWT. The client requires pre-registered jwk and no key identifier (kid) provided',
  ),
  expired: { status: 400, error: 'invalid_grant', description: 'JWT is expired', code: 'MP-130' },
  issuedInTheFuture: { status: 400, error: 'invalid_grant', description: 'Issue time is after now' },
  tooLongLifetime: { status: 400, error: 'invalid_grant', description: 'JWT has too long lifetime.' },
  scopeOfOtherIntegration: {
    status: 400,
    error: 'invalid_scope',
    description: 'Token request contains scopes not allowed for maskinporten',
    code: 'MP-201',
  },
  consumerIsSelf: {
    status: 400,
    error: 'invalid_request',
    description:
      'Validation of JWT claim failed: The combination consumer_org in claim and delegation scope on client is invalid',
  },
  unknownDetailsType: {
    status: 400,
    error: 'invalid_authorization_details',
    description: 'Unknown authorization details type',
    code: 'MP-301',
  },
  unknownDetailsField: {
    status: 400,
    error: 'invalid_authorization_details',
    description: 'Unknown fields in the authorization details',
    code: 'MP-302',
  },
  unknownSystemUser: {
    status: 400,
    error: 'invalid_altinn_customer_configuration',
    description: 'Invalid authorization details values: no such system user',
    code: 'MP-303',
  },
} as const satisfies Record<string, Refusal>;

/** MP-200: a scope that is not registered on the client. */
export function scopeNotOnClient(scope: string): Refusal {
  return {
    status: 400,
    error: 'invalid_scope',
    description: `Token request contains invalid scopes for client, ${scope}`,
    code: 'MP-200',
  };
}

/** MP-250: the API's owner has not opened the scope for the consumer. Also what a supplier meets that left out `consumer_org`. */
export function scopeNotGranted(scope: string): Refusal {
  return {
    status: 403,
    error: 'forbidden',
    description: `Consumer has not been granted access to the scope ${scope}.`,
    code: 'MP-250',
  };
}

/** MP-251: the consumer has not delegated the scope to the client's owner. */
export function scopeNotDelegated(scope: string, consumer: string, supplier: string): Refusal {
  return {
    status: 403,
    error: 'forbidden',
    description: `Consumer ${consumer} has not delegated access to the scope ${scope} to supplier ${supplier}.`,
    code: 'MP-251',
  };
}

/**
 * MP-303 for a consent. Which `error` and status the real one answers with is unpublished, so `error` is a setting.
 *
 * @param reason what is wrong, without any value from the request
 */
export function consentRefused(error: string, reason: string): Refusal {
  return { status: 400, error, description: `Invalid authorization details values: ${reason}`, code: 'MP-303' };
}
