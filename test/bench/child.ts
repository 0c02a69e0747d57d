import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';

/** A process of its own that answers questions. Disposing of it ends it. */
export interface Child extends AsyncDisposable {
  /** Asks, and waits for the answer. @throws Error when the process has died, or its answer has another form */
  ask<T>(question: string, form: z.ZodType<T>): Promise<T>;
}

const replySchema = z.object({ number: z.int(), value: z.unknown() });

/**
 * Starts a program that calls {@link answerQuestions}.
 *
 * @param args one JSON value, for the program to parse
 * @param preloads modules that are loaded first, in every thread of the process
 */
export function startChild(program: URL, args: object, preloads: readonly URL[] = []): Child {
  const child = fork(program, [JSON.stringify(args)], {
    execArgv: preloads.flatMap(({ href }) => ['--import', href]),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  let complaints = '';
  child.stderr?.on('data', (chunk) => {
    complaints = `${complaints}${String(chunk)}`.slice(-2000);
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let lastNumber = 0;
  child.on('message', (message) => {
    const { number, value } = replySchema.parse(message);
    waiting.get(number)?.resolve(value);
    waiting.delete(number);
  });
  child.once('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error(`a process of the bench has died: ${complaints}`));
    waiting.clear();
  });
  return {
    async ask(question, form) {
      if (hasEnded(child)) throw new Error(`a process of the bench has died: ${complaints}`);
      lastNumber += 1;
      const answer = Promise.withResolvers<unknown>();
      waiting.set(lastNumber, answer);
      child.send({ number: lastNumber, question });
      return form.parse(await answer.promise);
    },
    async [Symbol.asyncDispose]() {
      if (hasEnded(child)) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

const questionSchema = z.object({ number: z.int(), question: z.string() });

/** In a program started by {@link startChild}: answers each question by its name; those of a name that is not there die. */
export function answerQuestions(answers: Readonly<Record<string, () => unknown>>): void {
  process.on('message', (message) => {
    const { number, question } = questionSchema.parse(message);
    const [name = '', ...rest] = question.split(' ');
    const answer = answers[name];
    if (answer === undefined || rest.length > 0) throw new Error(`nobody answers ${name}`);
    process.send?.({ number, value: answer() ?? null });
  });
  process.once('disconnect', () => process.exit());
}
