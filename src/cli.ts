import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { Config } from './config.ts';
import { maskedConfig, readConfig } from './config.ts';
import { tellStory } from './demo.ts';
import { createGateway } from './gateway.ts';
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
  const started = await startStandalone({ port, sandboxPort, dataDirectory, log, onDefect });
  await started.seed();
  process.stdout.write(welcome(started.addresses, dataDirectory, logFile));
  untilStopped(started);
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

function check(file: string): void {
  const config = load(file);
  if (config !== undefined) process.stdout.write(`${maskedConfig(config)}\n`);
}

/** Reads a configuration; undefined after every mistake in it was reported. */
function load(file: string): Config | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Error(`The configuration ${file} cannot be read.`);
  }
  const read = readConfig({ text, env: process.env, readFile: (path) => readFileSync(path) });
  if ('config' in read) return read.config;
  const lines = read.mistakes.map((mistake) => `  ${describeMistake(mistake)}`);
  process.stderr.write(`${file} cannot be used:\n${lines.join('\n')}\n`);
  process.exitCode = MISTAKE;
  return undefined;
}

/** A failure at start is one sentence for the person who started it; its stack helps nobody there. */
async function guarded(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : 'Something went wrong.'}\n`);
    process.exitCode = MISTAKE;
  }
}

/** Ends on Ctrl-C and SIGTERM: finishes what is in flight, and in any case within two seconds. */
function untilStopped(running: AsyncDisposable, stopped: () => void = () => undefined): void {
  const stop = () => {
    setTimeout(() => process.exit(1), LONGEST_STOP_MS).unref();
    running[Symbol.asyncDispose]().then(stopped, () => {
      process.exitCode = 1;
    });
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function portFrom(name: string, usual: number, last: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return usual;
  if (/^\d{1,5}$/.test(text) && Number(text) <= last) return Number(text);
  throw new Error(`${name} must be a port: a whole number from 0 to ${last}.`);
}
