import { GatewayError } from '../errors.ts';

/**
 * What is wrong with the storage or its keys, in one sentence for the operator: the command line prints it without a
 * stack trace. Never holds a stored value. The same call may succeed later when the cause lies outside (disk, lock);
 * after the writer has ended only a restart helps.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/** A write that was not made, or may not have been where the writer died over it, as its caller may hear of it. Its cause is the sentence for the operator. */
export function unwritten(cause: StoreError): GatewayError {
  return new GatewayError(
    'STORE_UNAVAILABLE',
    'The gateway cannot write to its store: this change was not made, or nobody can tell. Try again later; tell the operator.',
    { cause },
  );
}

/** SQLite's primary result codes (the low byte of the extended one) that an operator can do something about. */
const ADVICE = new Map([
  [5, 'is held by another process: end it and start again'],
  [8, 'cannot be written: check the permissions of the file and its folder'],
  [10, 'could not be read or written: check the disk, and that it has room'],
  [11, 'is damaged: restore it from the backup'],
  [13, 'cannot grow because the disk is full: nothing of this write was kept, free some space'],
  [14, 'cannot be opened: check that its folder exists and can be written'],
  [26, 'is not a store of Samtykkeporten: name another file'],
]);

/**
 * One sentence about a failed write or opening. SQLite's own messages name tables and columns, never values, so they
 * are kept where no advice is known.
 */
export function describeFailure(file: string, error: unknown): string {
  if (error instanceof StoreError) return error.message;
  const advice = isSqliteError(error) ? ADVICE.get(error.errcode & 0xff) : undefined;
  if (advice !== undefined) return `The store ${file} ${advice}.`;
  return `The store ${file} failed: ${error instanceof Error ? error.message : 'unknown cause'}.`;
}

function isSqliteError(error: unknown): error is { readonly errcode: number } {
  return typeof error === 'object' && error !== null && 'errcode' in error && typeof error.errcode === 'number';
}
