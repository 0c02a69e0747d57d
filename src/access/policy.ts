import type { SourceName } from '../benefits/index.ts';
import { GatewayError } from '../errors.ts';
import type { Caller, Purpose, Role } from './ports.ts';

/** What a role may do. Typed, so that a permission can be searched for. */
export type Action = 'read benefits' | 'ask for consent' | 'see consents' | 'see national id' | 'see disclosures';

const PERMISSIONS = {
  CASE_HANDLER: ['read benefits', 'ask for consent', 'see consents', 'see national id'],
  PARTNER: ['read benefits', 'ask for consent', 'see consents', 'see national id'],
  ANALYST: ['read benefits', 'see consents'],
  AUDITOR: ['see consents', 'see disclosures'],
  OPERATOR: [],
} as const satisfies Record<Role, readonly Action[]>;

/** Whether the caller's role allows the action. */
export function may(caller: Caller, action: Action): boolean {
  const allowed: readonly Action[] = PERMISSIONS[caller.role];
  return allowed.includes(action);
}

/** @throws GatewayError `FORBIDDEN` when the caller's role does not allow the action */
export function assertMay(caller: Caller, action: Action): void {
  if (!may(caller, action)) {
    throw new GatewayError(
      'FORBIDDEN',
      `The role ${caller.role} may not ${action}. Ask the operator for another role if you need it.`,
    );
  }
}

/**
 * The purpose of a read or a consent: the one given, or the caller's only one.
 *
 * @throws GatewayError `FORBIDDEN` for a purpose that token and configuration do not both allow, or when there is none;
 *   `INVALID_INPUT` on `purpose` when it is left out and the caller has several
 */
export function purposeOf(caller: Caller, given: Purpose | null): Purpose {
  const purpose = given ?? onlyPurposeOf(caller);
  if (purpose !== null && caller.purposes.includes(purpose)) return purpose;
  if (purpose !== null) {
    throw new GatewayError(
      'FORBIDDEN',
      `The purpose ${purpose} is not among those this caller may ask for. See viewer { purposes }.`,
    );
  }
  if (caller.purposes.length === 0)
    throw new GatewayError('FORBIDDEN', 'This caller has no purpose to ask for. See viewer { purposes }.');
  throw new GatewayError('INVALID_INPUT', 'This caller has several purposes: say which one the request is for.', {
    field: 'purpose',
  });
}

/** The purpose that needs not be said; null: the caller has none, or several. */
export function onlyPurposeOf(caller: Caller): Purpose | null {
  const [only, ...others] = caller.purposes;
  return only !== undefined && others.length === 0 ? only : null;
}

/** @throws GatewayError `FORBIDDEN` unless the caller may read the source, now that the operator lets its data consumer read */
export function assertMayRead(caller: Caller, source: SourceName): void {
  assertMay(caller, 'read benefits');
  if (caller.dataConsumer.reads === 'STOPPED') {
    throw new GatewayError(
      'FORBIDDEN',
      'The operator has stopped all reads of this data consumer. Ask the operator when they resume.',
    );
  }
  if (!caller.sources.includes(source)) {
    throw new GatewayError(
      'FORBIDDEN',
      `The source ${source} is not among those this caller may read. See viewer { sources }.`,
    );
  }
}
