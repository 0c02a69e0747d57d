import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import type { CivilDate } from './periode.ts';
import { isOrdered, parseCivilDate } from './periode.ts';
import type { NationalIdKind } from './values.ts';
import { NationalId, Secret } from './values.ts';

/** How a list is written: comma-separated with a header, or one JSON object a line. */
export type ListFormat = 'csv' | 'ndjson';

/** A consent of Altinn 2 as a data consumer has listed it. */
export interface ListedConsent {
  readonly person: NationalId;
  /** Lower case. */
  readonly code: Secret;
  readonly validTo: Date | null;
  readonly periode: { readonly fom: CivilDate | null; readonly tom: CivilDate | null };
}

/** A line of a list: what it says, or the field that cannot be used (`line`: all of it). Never holds what was refused. */
export type ListedLine = {
  /** Counted from one, the header and empty lines included. */
  readonly number: number;
  /** Bytes up to its end. */
  readonly end: number;
} & ({ readonly consent: ListedConsent } | { readonly flaw: ListField | 'line' });

/** The columns of a CSV list, and the members of an NDJSON one; others are ignored. */
export type ListField = 'person' | 'code' | 'validTo' | 'fom' | 'tom';

const FIELDS: readonly ListField[] = ['person', 'code', 'validTo', 'fom', 'tom'];
const DELIMITERS = [';', '\t', ','];

/**
 * Reads a list line by line; no value may hold a line break. Once the signal aborts, it ends as if the list did.
 *
 * @param format told by the first character when left out
 * @throws Error, one sentence, when a CSV list has no header with `person` and `code`
 */
export async function* readList(
  input: AsyncIterable<Uint8Array | string>,
  accepted: readonly NationalIdKind[],
  signal: AbortSignal,
  format?: ListFormat,
): AsyncGenerator<ListedLine> {
  const schema = listedConsent(accepted);
  let fieldsOf: ((text: string) => unknown) | undefined;
  for await (const { text, ...place } of linesOf(input, signal)) {
    if (text.trim() === '') continue;
    if (fieldsOf !== undefined) yield { ...place, ...judge(fieldsOf(text), schema) };
    else if (format === 'ndjson' || (format === undefined && text.trimStart().startsWith('{'))) {
      fieldsOf = fromJson;
      yield { ...place, ...judge(fieldsOf(text), schema) };
    } else fieldsOf = fromCsvUnder(text);
  }
}

interface Line {
  readonly number: number;
  readonly end: number;
  readonly text: string;
}

async function* linesOf(input: AsyncIterable<Uint8Array | string>, signal: AbortSignal): AsyncGenerator<Line> {
  // A byte order mark, as spreadsheets write it, is dropped.
  const decoder = new TextDecoder();
  let rest = '';
  let number = 0;
  let end = 0;
  const line = (text: string, breakLength: number): Line => {
    number += 1;
    end += Buffer.byteLength(text) + breakLength;
    return { number, end, text };
  };
  try {
    for await (const chunk of input) {
      rest += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
      const texts = rest.split('\n');
      rest = texts.pop() ?? '';
      for (const text of texts) {
        if (signal.aborted) return;
        yield line(text, 1);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  if (!signal.aborted && rest !== '') yield line(rest, 0);
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @throws Error without the text, which may be a line with a person */
function fromCsvUnder(header: string): (text: string) => unknown {
  const delimiter = DELIMITERS.find((each) => header.includes(each)) ?? ',';
  const names = cellsOf(header, delimiter)?.map((name) => name.toLowerCase()) ?? [];
  const places = FIELDS.map((field) => [field, names.indexOf(field.toLowerCase())] as const);
  if (places.some(([field, place]) => (field === 'person' || field === 'code') && place === -1))
    throw new Error('The list needs a header with the columns person and code; validTo, fom and tom may be there too.');
  return (text) => {
    const cells = cellsOf(text, delimiter);
    if (cells === undefined || cells.length > names.length) return undefined;
    return Object.fromEntries(places.map(([field, place]) => [field, cells[place]]));
  };
}

function cellsOf(text: string, delimiter: string): readonly string[] | undefined {
  try {
    const rows: string[][] = parse(text, { delimiter, trim: true, relax_column_count: true });
    return rows[0];
  } catch {
    return undefined;
  }
}

function judge(
  fields: unknown,
  schema: ReturnType<typeof listedConsent>,
): { readonly consent: ListedConsent } | { readonly flaw: ListField | 'line' } {
  const parsed = schema.safeParse(fields);
  if (!parsed.success) {
    const at = parsed.error.issues[0]?.path[0];
    return { flaw: FIELDS.find((field) => field === at) ?? 'line' };
  }
  const { fom, tom, ...rest } = parsed.data;
  if (fom !== null && !isOrdered({ fom, tom })) return { flaw: 'fom' };
  return { consent: { ...rest, periode: { fom, tom } } };
}

function listedConsent(accepted: readonly NationalIdKind[]) {
  return z.object({
    person: z.string().transform((text, context) => {
      const nationalId = NationalId.parse(text.trim(), accepted);
      return 'flaw' in nationalId ? refused(context) : nationalId;
    }),
    code: z
      .string()
      .trim()
      .regex(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i)
      .transform((text) => new Secret(text.toLowerCase(), 'authorisation code')),
    validTo: unlessEmpty(momentIn),
    fom: unlessEmpty(parseCivilDate),
    tom: unlessEmpty(parseCivilDate),
  });
}

/** Null when the field is missing or empty. */
function unlessEmpty<T>(parseText: (text: string) => T | undefined) {
  return z
    .string()
    .nullish()
    .transform((text, context) => {
      const written = text?.trim() ?? '';
      return written === '' ? null : (parseText(written) ?? refused(context));
    });
}

const zonedMoment = z.iso.datetime({ offset: true });

/** A moment with its zone; a date, or a moment without zone, counts from the start of the day. */
function momentIn(text: string): Date | undefined {
  const zoned = zonedMoment.safeParse(text).data;
  if (zoned !== undefined) return new Date(zoned);
  const date = parseCivilDate(text);
  return date === undefined ? undefined : new Date(`${date}T00:00:00Z`);
}

function refused(context: z.core.$RefinementCtx): never {
  context.addIssue({ code: 'custom', message: 'cannot be used' });
  return z.NEVER;
}
