import Negotiator from 'negotiator';

/** The forms of an answer, as Apollo names them. */
const FORMS = ['application/json; charset=utf-8', 'application/graphql-response+json; charset=utf-8'];

/**
 * Whether a client takes an answer in any form it can have. Apollo judges by the same library, but not before the answer is
 * there: NAV would have been asked for what nobody gets to see.
 *
 * @param accept the header of that name; absent or empty: whatever there is
 */
export function takesAnswer(accept: string | undefined): boolean {
  return (
    accept === undefined || accept === '' || new Negotiator({ headers: { accept } }).mediaType(FORMS) !== undefined
  );
}
