import type { MaskinportenState, ScopeDelegation } from './maskinporten-state.ts';
import { sandboxScopes } from './maskinporten-state.ts';

/** Who delegates to whom; organisation numbers. */
export type DelegationParties = Pick<ScopeDelegation, 'consumer' | 'supplier'>;

/** Whether the supplier may use the scope on behalf of the consumer. */
export function isDelegated(
  { delegations }: Pick<MaskinportenState, 'delegations'>,
  parties: DelegationParties,
  scope: string,
): boolean {
  return delegations.some((delegation) => isBetween(delegation, parties) && delegation.scope === scope);
}

/** Adds what is not delegated yet. */
export function delegate(
  state: Pick<MaskinportenState, 'delegations'>,
  { consumer, supplier }: DelegationParties,
  scopes: readonly string[] = sandboxScopes(),
): void {
  const missing = scopes.filter((scope) => !isDelegated(state, { consumer, supplier }, scope));
  state.delegations.push(...missing.map((scope) => ({ consumer, supplier, scope })));
}

/** Removes the delegations between the two, of these scopes or of all. */
export function revokeDelegation(
  state: Pick<MaskinportenState, 'delegations'>,
  parties: DelegationParties,
  scopes?: readonly string[],
): void {
  state.delegations = state.delegations.filter(
    (delegation) => !isBetween(delegation, parties) || scopes?.includes(delegation.scope) === false,
  );
}

function isBetween(delegation: ScopeDelegation, { consumer, supplier }: DelegationParties): boolean {
  return delegation.consumer === consumer && delegation.supplier === supplier;
}
