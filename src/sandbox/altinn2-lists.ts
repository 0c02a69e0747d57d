import type { DoubleResponse } from './double.ts';
import type { Altinn2Code } from './migrated.ts';
import { organisationByNumber } from './world.ts';

/** Where an insurer's own list of its Altinn 2 consents is found; organisation number and form follow. */
export const LISTS_PATH = '/altinn2-codes/';

const COLUMNS = ['person', 'code', 'validTo', 'fom', 'tom'] as const;

/**
 * An insurer's list as it would come out of its own system: `<organisation number>.csv`, with a header, or `.ndjson`, one
 * object a line. Undefined when there is no such organisation or form. Holds national ids, synthetic ones alone.
 *
 * @param file what follows {@link LISTS_PATH}
 */
export function altinn2List(file: string, codes: readonly Altinn2Code[]): DoubleResponse | undefined {
  const [, organisation = '', form] = /^(\d{9})\.(csv|ndjson)$/.exec(file) ?? [];
  if (organisationByNumber(organisation) === undefined) return undefined;
  const held = codes.filter((code) => code.organisation === organisation);
  const lines =
    form === 'csv'
      ? [COLUMNS.join(), ...held.map((code) => COLUMNS.map((column) => code[column]).join())]
      : held.map((code) => JSON.stringify(Object.fromEntries(COLUMNS.map((column) => [column, code[column]]))));
  return {
    status: 200,
    headers: { 'content-type': form === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/x-ndjson' },
    body: lines.map((line) => `${line}\n`).join(''),
  };
}
