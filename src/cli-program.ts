import { readFileSync, writeSync } from 'node:fs';
import { Command } from 'commander';
import type { Config } from './config.ts';
import { describeMistake, readConfig } from './config.ts';
import { gatewayVersion } from './doctor/version.ts';
import { GatewayError } from './errors.ts';
import { framesOf } from './log.ts';

/** Exit code for a mistake of the person who started the command: configuration, arguments, a taken port. */
const MISTAKE = 2;
/** How long a stop may take before the process ends by itself. */
const LONGEST_STOP_MS = 1_900;
/** Aborted once nobody takes what is printed, or somebody has stopped it. */
const unheard = new AbortController();

/** Parses the command line and runs the command it names, of those that `add` adds. Sets the exit code; never throws. */
export async function runProgram(add: (program: Command) => void): Promise<void> {
  process.on('uncaughtException', lastWords);
  process.stdout.on('error', loseOutput);
  // Whoever would be told of it listens there.
  process.stderr.on('error', () => undefined);
  const program = new Command('npm run')
    .description('GraphQL gateway over consent-gated NAV data')
    .version(gatewayVersion(), '--version', 'print the version')
    .configureHelp({ commandUsage })
    .addHelpText('afterAll', '\nExamples of configurations are in docs/config.')
    .showHelpAfterError()
    .helpCommand(false)
    .exitOverride();
  add(program);
  try {
    await program.parseAsync(process.argv);
  } catch (error) {
    // Commander has said what is wrong with the arguments.
    process.exitCode = error instanceof Error && 'exitCode' in error && error.exitCode === 0 ? 0 : MISTAKE;
  }
}

/** How a command is typed: `npm run config -- check --config <file> [options]`. */
function commandUsage(command: Command): string {
  const names = command.commands.length > 0 ? ['<command>'] : [];
  for (let at = command; at.parent !== null; at = at.parent) names.unshift(at.name());
  const [script, ...inner] = names;
  const mandatory = command.options.filter((option) => option.mandatory).map(({ flags }) => flags);
  return ['npm run', script, '--', ...inner, ...mandatory, '[options]'].join(' ');
}

/** Prints what a command is run for. */
export function print(text: string): void {
  process.stdout.write(text);
}

/** Tells the person at the terminal what does not belong to what is printed, which a program may read. */
export function note(text: string): void {
  process.stderr.write(text);
}

/** Reads a configuration; undefined after every mistake in it was reported. */
export function load(file: string): Config | undefined {
  const found = read(file);
  if ('config' in found) return found.config;
  const lines = found.mistakes.map((mistake) => `  ${describeMistake(mistake)}`);
  process.stderr.write(`${file} cannot be used:\n${lines.join('\n')}\n`);
  process.exitCode = MISTAKE;
  return undefined;
}

/** @throws Error, one sentence, when there is no such file */
export function read(file: string): ReturnType<typeof readConfig> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Error(`The configuration ${file} cannot be read.`);
  }
  return readConfig({ text, env: process.env, readFile: (path) => readFileSync(path), directory: process.cwd() });
}

/** A failure at start is one sentence for the person who started it; its stack helps nobody there. */
export async function guarded(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`);
    process.exitCode = MISTAKE;
  }
}

/**
 * Ends a process whose state nobody can vouch for any more: says where the defect is and nothing of what was worked on, which
 * Node itself would print with the error.
 */
function lastWords(error: unknown): never {
  const { name, stack } = framesOf(error);
  writeSync(process.stderr.fd, `A defect ends the process (${name}). The store is safe. Tell the makers:\n${stack}\n`);
  process.exit(1);
}

/**
 * Whoever has heard enough (`| head`) closes their end, which is no mistake; that a disk is full is one sentence. Either way the
 * command goes on to its ordinary end.
 */
function loseOutput({ code }: NodeJS.ErrnoException): void {
  if (unheard.signal.aborted) return;
  unheard.abort();
  if (code === 'EPIPE') return;
  const why = code === 'ENOSPC' ? 'the disk it goes to is full' : `the system says ${code}`;
  process.stderr.write(`What is printed cannot be written: ${why}.\n`);
  // Whatever else the command comes to.
  process.once('exit', () => {
    process.exitCode = MISTAKE;
  });
}

/** Where stopping failed as well, what made it stop is what has to be told. */
function sentenceOf(error: unknown): string {
  if (error instanceof SuppressedError) return sentenceOf(error.suppressed);
  // What a caller hears of a store that cannot be written holds less than the operator needs.
  if (error instanceof GatewayError && error.cause instanceof Error) return error.cause.message;
  return error instanceof Error ? error.message : 'Something went wrong.';
}

/** Ends on Ctrl-C and SIGTERM: finishes what is in flight, and in any case within two seconds. */
export function untilStopped(running: AsyncDisposable, stopped: () => void = () => undefined): void {
  let isStopping = false;
  const stop = () => {
    // npm passes Ctrl-C on to a program that the terminal has told already; the second must not cut the first short.
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(1), LONGEST_STOP_MS).unref();
    running[Symbol.asyncDispose]().then(stopped, () => {
      process.exitCode = 1;
    });
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

/**
 * Carries out what is of no use unheard: Ctrl-C, SIGTERM and a listener who has gone end it by its ordinary way out. That is no
 * failure.
 *
 * @param work rejects soon after the signal aborts
 */
export async function untilUnheard(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => unheard.abort());
  try {
    await work(unheard.signal);
  } catch (error) {
    if (!unheard.signal.aborted) throw error;
  }
}
