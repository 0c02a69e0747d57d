import { fstatSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { Option } from 'commander';
import { addConfig } from './cli-config.ts';
import type { DoctorOptions } from './cli-doctor.ts';
import { doctor } from './cli-doctor.ts';
import { importInSandbox } from './cli-import.ts';
import { guarded, load, read, runProgram, untilStopped, untilUnheard } from './cli-program.ts';
import { addServe } from './cli-serve.ts';
import { PURPOSES } from './config-vocabulary.ts';
import { tellStory } from './demo.ts';
import { backUpStore } from './gateway-backup.ts';
import type { ImportOptions } from './import-consents.ts';
import { importConsents } from './import-consents.ts';
import { createLog, framesOf } from './log.ts';
import { SANDBOX_PORTS, startStandalone, wipe } from './standalone.ts';
import { welcome } from './welcome.ts';

const LAST_PORT = 65_535;

/** Runs the command that the command line names. Sets the exit code; never throws. */
export const main = (): Promise<void> => runProgram(addCommands);

function addCommands(program: Command): void {
  program
    .command('start')
    .description('gateway and sandbox together, seeded: PORT, SANDBOX_PORT and DATA_DIR say where')
    .option('--fresh', 'forget what earlier starts have stored')
    .addOption(railOption())
    .action((options: StartOptions) => guarded(() => start(options)));
  program
    .command('demo')
    .description('the whole story, told step by step')
    .addOption(railOption())
    .action(({ rail }: { rail: string }) => guarded(() => demo(rail)));
  addServe(program);
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
  addConfig(program);
}

interface StartOptions {
  readonly fresh?: boolean;
  readonly rail: string;
}

async function start({ fresh = false, rail }: StartOptions): Promise<void> {
  const dataDirectory = process.env['DATA_DIR'] || '.data';
  const port = portFrom('PORT', 4000, LAST_PORT);
  const sandboxPort = portFrom('SANDBOX_PORT', 4100, LAST_PORT + 1 - SANDBOX_PORTS);
  if (fresh) await wipe(dataDirectory);
  const logFile = join(dataDirectory, 'gateway.log');
  const log = createLog('info', logFile);
  const onDefect = (error: unknown) => log({ event: 'defect', callId: 'sandbox', ...framesOf(error) });
  await using starting = new AsyncDisposableStack();
  const newRequests = newRequestsOn(rail);
  const started = starting.use(await startStandalone({ port, sandboxPort, dataDirectory, newRequests, log, onDefect }));
  const { addresses } = started;
  process.stdout.write(
    welcome({ addresses, rail: await started.seed(), today: started.today(), dataDirectory, logFile }),
  );
  untilStopped(starting.move());
}

async function demo(rail: string): Promise<void> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'samtykkeporten-demo-'));
  try {
    await untilUnheard((signal) =>
      tellStory({
        newRequests: newRequestsOn(rail),
        dataDirectory,
        say: (line) => process.stdout.write(`${line}\n`),
        signal,
      }),
    );
  } finally {
    rmSync(dataDirectory, { recursive: true, force: true });
  }
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

function railOption(): Option {
  return new Option('--rail <name>', 'consent system of new requests')
    .choices(['altinn3', 'altinn2'])
    .default('altinn3');
}

function newRequestsOn(rail: string): 'ALTINN_3' | 'ALTINN_2' {
  return rail === 'altinn2' ? 'ALTINN_2' : 'ALTINN_3';
}

function portFrom(name: string, usual: number, last: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return usual;
  if (/^\d{1,5}$/.test(text) && Number(text) <= last) return Number(text);
  throw new Error(`${name} must be a port: a whole number from 0 to ${last}.`);
}
