import { fstatSync, mkdtempSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { DoctorOptions } from './cli-doctor.ts';
import { doctor } from './cli-doctor.ts';
import { importInSandbox } from './cli-import.ts';
import type { Config } from './config.ts';
import { maskedConfig, readConfig } from './config.ts';
import { PURPOSES } from './config-vocabulary.ts';
import { tellStory } from './demo.ts';
import { createGateway } from './gateway.ts';
import { backUpStore } from './gateway-backup.ts';
import type { ImportOptions } from './import-consents.ts';
import { importConsents } from './import-consents.ts';
import { createLog, framesOf } from './log.ts';
import { SANDBOX_PORTS, startStandalone, wipe } from './standalone.ts';
import { describeMistake } from './standalone-config.ts';
import { welcome } from './welcome.ts';

/** Exit code for a mistake of the person who started the command: configuration, arguments, a taken port. */
const MISTAKE = 2;
const LAST_PORT = 65_535;
/** How long a stop may take before the process ends by itself. */
const LONGEST_STOP_MS = 1_900;

/** Parses the command line and runs the command. Sets the exit code; never throws. */
export async function main(): Promise<void> {
  process.on('uncaughtException', lastWords);
  const program = new Command('samtykkeporten')
    .description('GraphQL gateway over consent-gated NAV data')
    .exitOverride();
  program
    .command('start')
    .description('gateway and sandbox together, seeded: PORT, SANDBOX_PORT and DATA_DIR say where')
    .option('--fresh', 'forget what earlier starts have stored')
    .action((options: { fresh?: boolean }) => guarded(() => start(options.fresh ?? false)));
  program
    .command('demo')
    .description('the whole story, told step by step')
    .addOption(new Option('--rail <name>', 'consent system').choices(['altinn3', 'altinn2']).default('altinn3'))
    .action(({ rail }: { rail: string }) => guarded(() => demo(rail)));
  program
    .command('serve')
    .description('the gateway alone')
    .requiredOption('--config <file>', 'configuration, JSON')
    .action(({ config }: { config: string }) => guarded(() => serve(config)));
  program
    .command('backup')
    .description('copy the store while the gateway runs; the keys are not in it')
    .requiredOption('--config <file>', 'configuration, JSON')
    .requiredOption('--to <file>', 'the copy, which must not exist yet')
    .action(({ config, to }: { config: string; to: string }) => guarded(() => copy(config, to)));
  program
    .command('doctor')
    .description('examine every step to NAV, and say what is wrong, what to do and whom to ask: exit code 0 or 1')
    .option('--config <file>', 'configuration, JSON; a sandbox of its own, if left out')
    .option('--data-consumer <number>', 'organisation number of the one to examine')
    .option('--json', 'print the findings as JSON')
    .option('--report <file>', 'write the report of the integration test there, Markdown')
    .action((options: DoctorOptions) => guarded(() => examine(options)));
  program
    .command('import-consents')
    .description(
      'take over consents given in Altinn 2, listed on standard input; what becomes of each goes to standard output',
    )
    .option('--config <file>', 'configuration, JSON; a sandbox of its own with a list of its own, if left out')
    .option('--data-consumer <number>', 'organisation number of the one they were given to')
    .addOption(new Option('--purpose <purpose>', 'what they were given for, where there are several').choices(PURPOSES))
    .addOption(
      new Option('--format <format>', 'of the list, if not told by its first character').choices(['csv', 'ndjson']),
    )
    .option('--request', 'ask people anew whose consent is of no use')
    .option('--return-url <address>', 'where those are sent after answering')
    .action((options: Partial<ImportOptions> & { config?: string }) => guarded(() => importList(options)));
  program
    .command('config')
    .description('look at a configuration')
    .command('check')
    .description('print what will be used, secrets masked, or every mistake at once')
    .requiredOption('--config <file>', 'configuration, JSON')
    .action(({ config }: { config: string }) => guarded(async () => check(config)));
  try {
    await program.parseAsync(process.argv);
  } catch (error) {
    // Commander has said what is wrong with the arguments.
    process.exitCode = error instanceof Error && 'exitCode' in error && error.exitCode === 0 ? 0 : MISTAKE;
  }
}

async function start(fresh: boolean): Promise<void> {
  const dataDirectory = process.env['DATA_DIR'] || '.data';
  const port = portFrom('PORT', 4000, LAST_PORT);
  const sandboxPort = portFrom('SANDBOX_PORT', 4100, LAST_PORT + 1 - SANDBOX_PORTS);
  if (fresh) await wipe(dataDirectory);
  const logFile = join(dataDirectory, 'gateway.log');
  const log = createLog('info', logFile);
  const onDefect = (error: unknown) => log({ event: 'defect', callId: 'sandbox', ...framesOf(error) });
  await using starting = new AsyncDisposableStack();
  const started = starting.use(await startStandalone({ port, sandboxPort, dataDirectory, log, onDefect }));
  await started.seed();
  process.stdout.write(welcome(started.addresses, dataDirectory, logFile));
  untilStopped(starting.move());
}

async function demo(rail: string): Promise<void> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'samtykkeporten-demo-'));
  try {
    await tellStory({
      newRequests: rail === 'altinn2' ? 'ALTINN_2' : 'ALTINN_3',
      dataDirectory,
      say: (line) => process.stdout.write(`${line}\n`),
    });
  } finally {
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

async function serve(file: string): Promise<void> {
  const config = load(file);
  if (config === undefined) return;
  const log = createLog(config.log.level);
  const gateway = await createGateway(config, { log });
  const address = await gateway.listen();
  log({ event: 'started', address });
  untilStopped(gateway, () => log({ event: 'stopped' }));
}

async function copy(file: string, to: string): Promise<void> {
  const config = load(file);
  if (config === undefined) return;
  await backUpStore(config, to);
  process.stdout.write(
    `${to} holds the store as it stood now. Keep it apart from the key file, without which it is of no use.\n`,
  );
}

async function importList({ config: file, ...given }: Partial<ImportOptions> & { config?: string }): Promise<void> {
  if (file === undefined) return importInSandbox(given, { output: process.stdout, messages: process.stderr });
  const { dataConsumer } = given;
  if (dataConsumer === undefined) throw new Error('Say with --data-consumer whose consents they are.');
  const options = { ...given, dataConsumer };
  const config = load(file);
  if (config === undefined) return;
  const { stdin: input, stdout: output, stderr: messages } = process;
  const stopping = new AbortController();
  // npm passes Ctrl-C on to a process that has heard it already: the second one must not end it.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());
  const list = fstatSync(input.fd);
  const surroundings = { input, inputBytes: list.isFile() ? list.size : null, output, messages };
  const isDone = await importConsents(config, options, { ...surroundings, signal: stopping.signal });
  process.exitCode = isDone ? 0 : 1;
}

async function examine(options: DoctorOptions): Promise<void> {
  const isHealthy = await doctor(options, { read, say: (text) => process.stdout.write(text) });
  process.exitCode = isHealthy ? 0 : 1;
}

function check(file: string): void {
  const config = load(file);
  if (config !== undefined) process.stdout.write(`${maskedConfig(config)}\n`);
}

/** Reads a configuration; undefined after every mistake in it was reported. */
function load(file: string): Config | undefined {
  const found = read(file);
  if ('config' in found) return found.config;
  const lines = found.mistakes.map((mistake) => `  ${describeMistake(mistake)}`);
  process.stderr.write(`${file} cannot be used:\n${lines.join('\n')}\n`);
  process.exitCode = MISTAKE;
  return undefined;
}

/** @throws Error, one sentence, when there is no such file */
function read(file: string): ReturnType<typeof readConfig> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Error(`The configuration ${file} cannot be read.`);
  }
  return readConfig({ text, env: process.env, readFile: (path) => readFileSync(path) });
}

/** A failure at start is one sentence for the person who started it; its stack helps nobody there. */
async function guarded(command: () => Promise<void>): Promise<void> {
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

/** Where stopping failed as well, what made it stop is what has to be told. */
function sentenceOf(error: unknown): string {
  if (error instanceof SuppressedError) return sentenceOf(error.suppressed);
  return error instanceof Error ? error.message : 'Something went wrong.';
}

/** Ends on Ctrl-C and SIGTERM: finishes what is in flight, and in any case within two seconds. */
function untilStopped(running: AsyncDisposable, stopped: () => void = () => undefined): void {
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

function portFrom(name: string, usual: number, last: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return usual;
  if (/^\d{1,5}$/.test(text) && Number(text) <= last) return Number(text);
  throw new Error(`${name} must be a port: a whole number from 0 to ${last}.`);
}
