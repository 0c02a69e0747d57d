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
  OPERATOR: ['see consents'],
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
 * @throws GatewayError `FORBIDDEN` for a purpose that token and configuration do not both allow; `INVALID_INPUT` on
 *   `purpose` when it is left out and the caller has not exactly one
 */
export function purposeOf(caller: Caller, given: Purpose | null): Purpose {
  if (given !== null) {
    if (caller.purposes.includes(given)) return given;
    throw new GatewayError(
      'FORBIDDEN',
      `The purpose ${given} is not among those this caller may ask for. See viewer { purposes }.`,
    );
  }
  const [only, ...others] = caller.purposes;
  if (only !== undefined && others.length === 0) return only;
  throw new GatewayError(
    'INVALID_INPUT',
    only === undefined
      ? 'This caller has no purpose to ask for.'
      : 'This caller has several purposes: say which one the request is for.',
    { field: 'purpose' },
  );
}

/** @throws GatewayError `FORBIDDEN` unless the caller may read the source */
export function assertMayRead(caller: Caller, source: SourceName): void {
  assertMay(caller, 'read benefits');
  if (!caller.sources.includes(source)) {
    throw new GatewayError(
      'FORBIDDEN',
      `The source ${source} is not among those this caller may read. See viewer { sources }.`,
    );
  }
}
