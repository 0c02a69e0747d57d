import { randomUUID } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { addAbortSignal } from 'node:stream';
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { namedDataConsumer } from './config-data-consumer.ts';
import { GatewayError } from './errors.ts';
import type { Gateway } from './gateway.ts';
import { createGateway } from './gateway.ts';
import type { ListedLine, ListFormat } from './import-consents-lines.ts';
import { readList } from './import-consents-lines.ts';
import type { Progress } from './import-consents-progress.ts';
import { openProgress } from './import-consents-progress.ts';
import type { LineResult } from './import-consents-tally.ts';
import { createTally } from './import-consents-tally.ts';
import { createLog } from './log.ts';

/** What the command `import-consents` was told. */
export interface ImportOptions {
  /** Organisation number of whose consents they are. */
  readonly dataConsumer: string;
  /** May be left out when the data consumer has one. */
  readonly purpose?: string;
  /** Told by the first character when left out. */
  readonly format?: ListFormat;
  /** Ask people anew whose consent is of no use. */
  readonly request?: boolean;
  /** Where people who are asked are sent after answering. */
  readonly returnUrl?: string;
}

/** Where the list comes from and the results go to. */
export interface ImportSurroundings {
  readonly input: Readable;
  /** Size of the list in bytes; null: unknown. */
  readonly inputBytes: number | null;
  /** Takes a line of CSV for each line of the list. */
  readonly output: Writable;
  /** Takes progress, the log and the summary. */
  readonly messages: Writable & { readonly isTTY?: boolean };
  /** Aborts: no further line is begun, and those under way are finished. */
  readonly signal: AbortSignal;
  /** The machine's when left out. */
  readonly clock?: Clock;
}

type Migration = ReturnType<Gateway['openMigration']>;
type Migrated = Awaited<ReturnType<Migration['migrate']>>;

/** Rows under way at once: enough not to wait for each call by itself, few enough to be no burden on Altinn. */
const AT_ONCE = 16;

const HEADER = 'line,result,reason,consent\n';
const AGAIN = 'Run it again with the same list: what is done is not done twice.\n';
const NOW_ASKING = 'The whole list is taken over. Now whoever needs it is asked.\n';

/**
 * Takes the consents of a list over, with a gateway of its own beside the one that may be running.
 *
 * @returns whether every line was dealt with
 * @throws Error, one sentence, when it was told what it cannot do, or can no longer write
 */
export async function importConsents(
  config: Config,
  options: ImportOptions,
  surroundings: ImportSurroundings,
): Promise<boolean> {
  const wish = wishOf(config, options);
  const { messages, inputBytes, clock = systemClock } = surroundings;
  const progress = openProgress(messages, inputBytes);
  try {
    const log = createLog(config.log.level, { write: (line) => progress.say(line) });
    const quiet: Config = { ...config, graphiql: { ...config.graphiql, enabled: false } };
    await using gateway = await createGateway(quiet, { log, clock });
    const migration = gateway.openMigration(wish);
    const accepted = config.nationalIds;
    return await importList(migration, { ...surroundings, accepted, format: options.format, progress });
  } finally {
    progress.end();
  }
}

/** How a list is read, and who is told. */
export interface ListOptions extends Omit<ImportSurroundings, 'inputBytes' | 'messages' | 'clock'> {
  readonly accepted: Config['nationalIds'];
  readonly format: ListFormat | undefined;
  readonly progress: Progress;
}

/**
 * Takes the consents of a list over, and writes `line,result,reason,consent` for each of its lines, in their order. Nobody is asked
 * before the last line is taken over, since a later one may be the person's consent that stands: until then results wait from
 * the first of a person who may have to be asked. Nothing of the list is kept but in the store, or written anywhere. May be
 * broken off at any point and begun again with the same list.
 *
 * @returns whether every line was dealt with
 * @throws Error, one sentence, when the list has no header, or the store or the results cannot be written
 */
export async function importList(migration: Migration, options: ListOptions): Promise<boolean> {
  const { accepted, format, progress, signal } = options;
  const lines = readList(addAbortSignal(signal, options.input), accepted, signal, format);
  const write = writerTo(options.output);
  const tally = createTally();
  const tell = async (done: LineResult) => {
    const { line, result, reason, consent } = done;
    await write(`${line},${result},${reason ?? ''},${consent ?? ''}\n`);
    tally.add(done);
  };
  const waiting: TakenOver[] = [];
  await write(HEADER);
  for await (const line of inOrder(lines, (each) => takenOver(each, migration))) {
    if (waiting.length > 0 || line.ask !== undefined) waiting.push(line);
    else await tell(line.done);
    progress.dealtWith(tally.lines() + waiting.length, line.done.end);
  }
  if (waiting.length > 0 && !signal.aborted) progress.say(NOW_ASKING);
  for await (const done of inOrder(waiting, (each) => asked(each, signal))) {
    await tell(done);
    progress.dealtWith(tally.lines(), done.end);
  }
  const isDone = tally.failures() === 0 && !signal.aborted;
  const stopped = signal.aborted ? 'Stopped before the end of the list.\n' : '';
  progress.say(`${tally.summary()}${stopped}${isDone ? '' : AGAIN}`);
  return isDone;
}

/** A line that was taken over, and how its person is asked; undefined: not at all. */
interface TakenOver {
  readonly done: LineResult;
  readonly ask: Migrated['ask'] | undefined;
}

async function takenOver(listed: ListedLine, migration: Migration): Promise<TakenOver> {
  const { number: line, end } = listed;
  if ('consent' in listed) return resultOf({ line, end }, migration.migrate(listed.consent, randomUUID()));
  return { done: { line, end, result: 'BAD_LINE', reason: listed.flaw, consent: null }, ask: undefined };
}

/** Once stopped, nobody is asked: what stands may lie in the part of the list that was not read. */
async function asked({ done, ask }: TakenOver, signal: AbortSignal): Promise<LineResult> {
  return ask === undefined || signal.aborted ? done : (await resultOf(done, ask(randomUUID()))).done;
}

async function resultOf({ line, end }: Pick<LineResult, 'line' | 'end'>, work: Promise<Migrated>): Promise<TakenOver> {
  try {
    const { outcome, reason, consent, ask } = await work;
    return { done: { line, end, result: outcome, reason, consent }, ask };
  } catch (error) {
    // Without a store no later line fares better.
    if (!(error instanceof GatewayError) || error.code === 'STORE_UNAVAILABLE') throw error;
    const failed = { result: 'FAILED', reason: error.code, consent: null, advice: error.message };
    return { done: { line, end, ...failed }, ask: undefined };
  }
}

/** Works on several at once, and gives the results in the order of what is worked on. What was begun is finished. */
async function* inOrder<T, R>(all: AsyncIterable<T> | Iterable<T>, work: (each: T) => Promise<R>): AsyncGenerator<R> {
  const underWay: Promise<R>[] = [];
  try {
    for await (const each of all) {
      const begun = work(each);
      // Its failure is met when its turn comes.
      begun.catch(() => undefined);
      underWay.push(begun);
      const first = underWay.length < AT_ONCE ? undefined : underWay.shift();
      if (first !== undefined) yield await first;
    }
    for (let first = underWay.shift(); first !== undefined; first = underWay.shift()) yield await first;
  } finally {
    await Promise.allSettled(underWay);
  }
}

/** Writes, and waits until it is written. @throws Error, one sentence, when nobody takes it any more */
function writerTo(output: Writable): (text: string) => Promise<void> {
  // Whoever closes their end is met at the write; the event says it once more.
  output.on('error', () => undefined);
  return (text) =>
    new Promise((resolve, reject) => {
      output.write(text, (error) => {
        if (error) reject(new Error(`The results cannot be written, so the import has stopped. ${AGAIN.trim()}`));
        else resolve();
      });
    });
}

/** @throws Error, one sentence, for the first thing that does not fit the configuration */
function wishOf(config: Config, options: ImportOptions): Parameters<Gateway['openMigration']>[0] {
  const { organisationNumber, purposes } = namedDataConsumer(config, options.dataConsumer);
  const [only, ...others] = purposes;
  const purpose =
    options.purpose === undefined && others.length === 0 ? only : purposes.find((each) => each === options.purpose);
  if (purpose === undefined) throw new Error(`Say with --purpose which one it is: ${purposes.join(' or ')}.`);
  const returnUrl = options.request === true ? returnUrlOf(config, options) : null;
  return { dataConsumer: organisationNumber, purpose, returnUrl };
}

function returnUrlOf({ consent, server }: Config, { returnUrl }: ImportOptions): string {
  if (returnUrl === undefined)
    throw new Error('Say with --return-url where people who are asked are sent after answering.');
  if (consent.newRequests === 'ALTINN_2')
    throw new Error(
      'New requests go to Altinn 2, which wants each person’s family name: ask them with requestConsent.',
    );
  if (server.publicUrl === undefined)
    throw new Error('Configure server.publicUrl: people who are asked come back to it, and on from there.');
  return returnUrl;
}
