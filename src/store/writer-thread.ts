import { Worker } from 'node:worker_threads';
import type { GatewayError } from '../errors.ts';
import { StoreError, unwritten } from './failure.ts';
import type { Operation, OperationName, Operations, Write } from './writes.ts';

/** The one way to write to a file. */
export interface Writer {
  readonly write: Write;
  /** Has everything accepted so far committed, then ends the thread. Writes asked for from now on are refused. */
  close(): Promise<void>;
}

/** What the thread sends. A value is of the type that its asker expects, which is known where the question was put. */
type Message =
  | 'open'
  | { readonly refused: string }
  | { readonly failed: string }
  | { readonly replies: readonly Reply[] };

type Reply = { readonly number: number; readonly value: never } | { readonly number: number; readonly failure: string };

interface Asker {
  resolve(value: never): void;
  reject(reason: GatewayError): void;
}

/**
 * Starts the thread that writes to `file`, which it makes and migrates where needed.
 *
 * @param onFailure told why writes failed, in one sentence for the operator: once for all that failed together
 * @throws StoreError when the file cannot be opened. When the thread dies later, pending and later writes are rejected;
 *   whether a pending one was committed is then not known.
 */
export function startWriter(file: string, onFailure: (sentence: string) => void): Promise<Writer> {
  const worker = new Worker(new URL('./writer.ts', import.meta.url), { workerData: { file }, name: 'store writer' });
  const askers = new Map<number, Asker>();
  const exit = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<Writer>();
  const leaving: { readonly number: number; readonly operation: { readonly name: OperationName } }[] = [];
  let lastNumber = 0;
  let ended: StoreError | undefined;

  const end = (reason: StoreError): void => {
    ended ??= reason;
    opened.reject(ended);
    for (const asker of askers.values()) asker.reject(unwritten(ended));
    askers.clear();
  };

  const lose = (details?: ErrorOptions): void => {
    const lost = new StoreError(`The store ${file} lost its writer: restart the gateway.`, details);
    if (ended === undefined) onFailure(lost.message);
    end(lost);
  };

  const write = <N extends OperationName>(operation: Operation<N>): Promise<Operations[N]['gives']> =>
    new Promise((resolve, reject) => {
      if (ended !== undefined) return reject(unwritten(ended));
      const number = ++lastNumber;
      if (leaving.push({ number, operation }) === 1) queueMicrotask(send);
      askers.set(number, { resolve, reject });
    });

  /** What one turn asks for goes in one message. */
  const send = (): void => {
    if (leaving.length > 0) worker.postMessage(leaving.splice(0));
  };

  const close = (): Promise<void> => {
    if (ended === undefined) {
      ended = new StoreError('The store is closed.');
      send();
      worker.postMessage('close');
    }
    return exit.promise;
  };

  worker.on('message', (message: Message) => {
    if (message === 'open') return opened.resolve({ write, close });
    if ('refused' in message) return end(new StoreError(message.refused));
    if ('failed' in message) return onFailure(message.failed);
    for (const reply of message.replies) {
      const asker = askers.get(reply.number);
      askers.delete(reply.number);
      if ('failure' in reply) asker?.reject(unwritten(new StoreError(reply.failure)));
      else asker?.resolve(reply.value);
    }
  });
  worker.on('error', (cause) => lose({ cause }));
  worker.on('exit', () => {
    lose();
    exit.resolve();
  });
  return opened.promise;
}
