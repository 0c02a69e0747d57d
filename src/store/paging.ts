import { timingSafeEqual } from 'node:crypto';
import type { Page, PageRequest } from '../access/ports.ts';
import { invalidInput } from '../errors.ts';
import type { OrganisationNumber } from '../values.ts';
import type { KeyRing } from './keys.ts';

/** A place in a list: the moment it is sorted by (milliseconds) and the id that decides between equals. */
export interface Position {
  readonly at: number;
  readonly id: string;
}

/** Makes and reads the cursors of one list: one data consumer, one filter, one order. */
export interface Cursors {
  write(position: Position): string;
  /** @throws GatewayError INVALID_INPUT on `after` when the cursor was not made here for this very list */
  read(cursor: string): Position;
}

const MAC_BYTES = 16;
const LONGEST_CURSOR = 200;

/** @param list what makes the list this one and no other: its name, order and filter, as JSON can hold them */
export function cursorsOf(keys: KeyRing, dataConsumer: OrganisationNumber, list: readonly unknown[]): Cursors {
  const macOf = (body: string) => keys.cursorMac(dataConsumer, JSON.stringify([...list, body])).subarray(0, MAC_BYTES);
  const write = ({ at, id }: Position): string => {
    const body = `${at} ${id}`;
    return Buffer.concat([macOf(body), Buffer.from(body)]).toString('base64url');
  };
  return {
    write,
    read: (cursor) => {
      const bytes = Buffer.from(cursor.slice(0, LONGEST_CURSOR), 'base64url');
      const body = bytes.subarray(MAC_BYTES).toString();
      const mac = bytes.subarray(0, MAC_BYTES);
      const [at = '', id = ''] = body.split(' ');
      // Decoding skips what is not base64url, so a cursor counts only in the one form that is handed out.
      if (mac.length < MAC_BYTES || !timingSafeEqual(mac, macOf(body)) || write({ at: Number(at), id }) !== cursor) {
        throw invalidInput('after', 'Not a cursor of this list. Use one that was given for the same filter and order.');
      }
      return { at: Number(at), id };
    },
  };
}

/** The page that `rows` hold; they were fetched with one more than asked for, which tells whether another page follows. */
export function cutPage<Row, Node>(
  rows: readonly Row[],
  { first }: PageRequest,
  edge: (row: Row) => { readonly cursor: string; readonly node: Node },
): Page<Node> {
  return { edges: rows.slice(0, first).map(edge), hasNextPage: rows.length > first };
}
