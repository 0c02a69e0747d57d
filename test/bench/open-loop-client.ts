import { Client as Connection } from 'undici';
import { z } from 'zod';
import { ERROR_CODES } from '../../src/errors.ts';
import type { CastId } from '../../src/sandbox/world.ts';
import { numberOf } from '../support/world.ts';

/**
 * What came back: everything delivered; turned away at the door with a time to come back at; an error that the documentation
 * knows; no answer within a client's patience; or something that nobody has documented.
 */
export interface Heard {
  readonly kind: 'delivered' | 'shed' | 'failed' | 'unheard' | 'undocumented';
  /** The error's code, or why there is none; empty where all is delivered. */
  readonly says: string;
  /** What was delivered all the same, beside an error too. */
  readonly disclosures: readonly string[];
}

/** Somebody's browser or program, with a connection for each request under way. */
export interface Client extends AsyncDisposable {
  /** Asks as one of the case handlers for both benefits of these people. Never rejects. */
  ask(token: string, people: readonly CastId[]): Promise<Heard>;
}

/** A client that waits longer than any deadline of the gateway has lost patience with a hanging one. */
const PATIENCE_MS = 60_000;

/** Two reads for each person, at two hosts of NAV, under two credentials. */
const QUERY = `query ($by: [ApplicantKey!]!) {
  applicants(by: $by) {
    aapVedtak { __typename ... on Delivered { disclosureId } ... on AapVedtaksliste { vedtaksliste { vedtakId virkningsperiode { fom tom } } } }
    uforeopplysninger { __typename ... on Delivered { disclosureId } ... on Uforeopplysninger { statuskode beregningsperioder { fom tom } } }
  }
}`;

const read = z.object({ __typename: z.string(), disclosureId: z.string().optional() }).nullable();
const body = z.object({
  data: z
    .object({ applicants: z.array(z.object({ aapVedtak: read, uforeopplysninger: read }).nullable()).nullable() })
    .nullish(),
  errors: z
    .array(
      z.object({
        extensions: z.object({ code: z.string(), retry: z.enum(['never', 'later']), callId: z.uuid() }),
      }),
    )
    .optional(),
});

/**
 * Opens a client with that many connections, as a proxy in front of the gateway keeps them: a busy gateway lets in no more than
 * one new connection in each turn of Node's loop. The one that has rested longest is used next, so that none is closed for
 * resting.
 */
export async function openClient(address: string, connections: number): Promise<Client> {
  const patience = { connectTimeout: PATIENCE_MS, headersTimeout: PATIENCE_MS, bodyTimeout: PATIENCE_MS };
  const open = Array.from({ length: connections }, () => new Connection(address, patience));
  const idle = [...open];
  const waiting: ((connection: Connection) => void)[] = [];
  await Promise.all(open.map(isAlive));

  /** Does it on a connection of its own, as soon as one is free. */
  async function onOne<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = idle.shift() ?? (await new Promise<Connection>((free) => waiting.push(free)));
    try {
      return await work(connection);
    } finally {
      const next = waiting.shift();
      if (next === undefined) idle.push(connection);
      else next(connection);
    }
  }

  return {
    async ask(token, people) {
      try {
        return await onOne(async (connection) => {
          const answer = await connection.request({
            method: 'POST',
            path: '/graphql',
            headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
            body: JSON.stringify({
              query: QUERY,
              variables: { by: people.map((person) => ({ nationalId: numberOf(person) })) },
            }),
          });
          const text = await answer.body.text();
          return judged(answer.statusCode, answer.headers['retry-after'], text);
        });
      } catch (error) {
        const says = error instanceof Error && 'code' in error ? String(error.code) : String(error);
        return { kind: 'unheard', says, disclosures: [] };
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(open.map((connection) => connection.destroy()));
    },
  };
}

/**
 * Asks whether the process lives, on a new connection, as whoever watches over it does.
 * @returns milliseconds until it says so
 */
export async function timeToLife(address: string): Promise<number> {
  const startedAt = performance.now();
  const connection = new Connection(address, { connectTimeout: PATIENCE_MS });
  await isAlive(connection);
  await connection.destroy();
  return performance.now() - startedAt;
}

async function isAlive(connection: Connection): Promise<void> {
  const answer = await connection.request({ method: 'GET', path: '/health' });
  await answer.body.dump();
}

function judged(status: number, retryAfter: unknown, text: string): Heard {
  const parsed = body.safeParse(parsedJson(text)).data;
  if (parsed === undefined) return { kind: 'undocumented', says: `another form, status ${status}`, disclosures: [] };
  const fields = parsed.data?.applicants?.flatMap((each) => [each?.aapVedtak, each?.uforeopplysninger]) ?? [];
  const disclosures = fields.flatMap((field) => field?.disclosureId ?? []);
  const [first] = parsed.errors ?? [];
  if (first === undefined) {
    const isWhole = status === 200 && fields.length > 0 && disclosures.length === fields.length;
    return isWhole
      ? { kind: 'delivered', says: '', disclosures }
      : { kind: 'undocumented', says: `neither data nor error, status ${status}`, disclosures };
  }
  const says = first.extensions.code;
  if (!Object.hasOwn(ERROR_CODES, says)) return { kind: 'undocumented', says, disclosures };
  if (status === 200) return { kind: 'failed', says, disclosures };
  const saysWhen = typeof retryAfter === 'string' && /^[1-9]\d*$/.test(retryAfter);
  const isShed = (status === 429 || status === 503) && says === 'LIMIT_EXCEEDED' && saysWhen;
  return isShed
    ? { kind: 'shed', says, disclosures }
    : { kind: 'undocumented', says: `${says}, status ${status}`, disclosures };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
