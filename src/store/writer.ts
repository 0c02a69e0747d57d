import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MessagePort } from 'node:worker_threads';
import { parentPort, workerData } from 'node:worker_threads';
import { describeFailure } from './failure.ts';
import type { Job, WritableStore } from './group-commit.ts';
import { commitTogether } from './group-commit.ts';
import { openWritable } from './opening.ts';

/**
 * The thread that alone writes to the file. `writer-thread.ts` starts it; it first says whether the file could be opened,
 * then answers jobs until it is told to close.
 */
function run(port: MessagePort, { file }: { readonly file: string }): void {
  let store: WritableStore;
  try {
    store = openWritable(file);
  } catch (error) {
    port.postMessage({ refused: describeFailure(file, error) });
    port.close();
    return;
  }
  serve(port, store);
  port.postMessage('open');
}

/** Whatever has arrived while one group was committed makes up the next. */
function serve(port: MessagePort, store: WritableStore): void {
  let waiting: Job[] = [];
  let isClosing = false;
  let isCommitting = false;

  const commitWaiting = async (): Promise<void> => {
    if (isCommitting) return;
    isCommitting = true;
    // One turn of the event loop delivers all messages that have arrived.
    await nextTurn();
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      const replies = await commitTogether(store, group);
      // What fails the whole group is told once, however many were in it.
      for (const failed of new Set(replies.flatMap((reply) => ('failure' in reply ? [reply.failure] : [])))) {
        port.postMessage({ failed });
      }
      port.postMessage({ replies });
      await nextTurn();
    }
    isCommitting = false;
    if (isClosing) {
      store.database.close();
      port.close();
    }
  };

  port.on('message', (message: readonly Job[] | 'close') => {
    if (message === 'close') isClosing = true;
    else waiting.push(...message);
    void commitWaiting();
  });
}

if (parentPort === null) throw new Error('the writer is started as a worker thread');
run(parentPort, workerData);
