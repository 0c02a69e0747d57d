import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** How a program ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running program of ours. Disposing of it kills it. */
export interface Program extends Disposable {
  readonly process: ChildProcess;
  /** Resolves when standard output holds the text; rejects when the program ends before. */
  says(text: string): Promise<string>;
  ended(): Promise<Ended>;
  /** Sends the signal and waits for the end. */
  stop(signal: 'SIGTERM' | 'SIGINT'): Promise<Ended>;
}

/** Starts the launcher as `npm` would, in an environment that holds what is given and nothing of ours. */
export function launch(args: readonly string[], env: Record<string, string> = {}): Program {
  const { PORT: _, SANDBOX_PORT: __, DATA_DIR: ___, LOG_LEVEL: ____, ...clean } = process.env;
  const child = spawn(process.execPath, ['src/start.mjs', ...args], { cwd: ROOT, env: { ...clean, ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const closed = once(child, 'close').then(([code]): Ended => ({ code, stdout, stderr }));

  return {
    process: child,
    async says(text) {
      while (!stdout.includes(text)) {
        const more = await Promise.race([once(child.stdout, 'data'), closed]);
        if (!Array.isArray(more) && !stdout.includes(text)) throw new Error(`it ended first: ${stderr}${stdout}`);
      }
      return stdout;
    },
    ended: () => closed,
    stop(signal) {
      child.kill(signal);
      return closed;
    },
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  };
}

/** Runs a command of ours to its end. */
export function run(args: readonly string[], env?: Record<string, string>): Promise<Ended> {
  return launch(args, env).ended();
}
