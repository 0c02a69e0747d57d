import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { note } from './cli-program.ts';
import { systemClock } from './clock.ts';
import type { Config, readConfig } from './config.ts';
import { describeMistake } from './config.ts';
import { namedDataConsumer } from './config-data-consumer.ts';
import { checklist } from './doctor/checklist.ts';
import type { Findings } from './doctor/findings.ts';
import { runDoctor, unusableConfiguration } from './doctor/index.ts';
import { integrationReport } from './doctor/report.ts';
import { createLog } from './log.ts';
import { openExaminedSandbox } from './standalone-examined.ts';

/** What the command `doctor` was told. */
export interface DoctorOptions {
  /** The configuration to examine; a sandbox of its own, if left out. */
  readonly config?: string;
  /** Organisation number of the one data consumer to examine. */
  readonly dataConsumer?: string;
  /** Print the findings as JSON instead of a checklist. */
  readonly json?: boolean;
  /** Where to write the report of the integration test. */
  readonly report?: string;
}

/** What the command leans on. */
export interface DoctorSurroundings {
  /** @throws Error, one sentence, when the file cannot be read */
  readonly read: (file: string) => ReturnType<typeof readConfig>;
  /** Takes what is to be printed: whole lines. */
  readonly say: (text: string) => void;
}

/**
 * Examines a configuration, or a sandbox of its own, and prints what was found.
 *
 * @returns whether nothing is wrong
 * @throws Error, one sentence, when it was not told what it can do
 */
export async function doctor(options: DoctorOptions, { read, say }: DoctorSurroundings): Promise<boolean> {
  const tell = async (findings: Findings, before = '', after = ''): Promise<boolean> => {
    say(options.json ? `${JSON.stringify(findings, null, 2)}\n` : `${before}${checklist(findings)}${after}`);
    if (options.report !== undefined) {
      await write(options.report, integrationReport(findings));
      note(`The report of the integration test is in ${options.report}.\n`);
    }
    return findings.isHealthy;
  };
  if (options.config === undefined) return examineSandbox(options.dataConsumer, tell);
  const found = read(options.config);
  return 'config' in found
    ? tell(await runDoctor(found.config, {}, chosen(found.config, options.dataConsumer)))
    : tell(unusableConfiguration(found.mistakes.map(describeMistake), { clock: systemClock }));
}

async function examineSandbox(
  dataConsumer: string | undefined,
  tell: (findings: Findings, before: string, after: string) => Promise<boolean>,
): Promise<boolean> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'samtykkeporten-doctor-'));
  try {
    const onDefect = (error: unknown) => {
      throw error;
    };
    await using sandbox = await openExaminedSandbox({ dataDirectory, log: createLog('silent'), onDefect });
    const { config, clock, planted } = sandbox;
    const sound = config.dataConsumers.filter(({ organisationNumber }) => !isOneOf(planted, organisationNumber));
    const only = chosen(config, dataConsumer) ?? sound.map(({ organisationNumber }) => organisationNumber);
    const before = 'No configuration was named (--config FILE): this is a sandbox of the doctor’s own.\n';
    return await tell(
      await runDoctor(config, { clock }, only),
      before,
      dataConsumer === undefined ? hint(planted) : '',
    );
  } finally {
    await rm(dataDirectory, { recursive: true, force: true });
  }
}

type Planted = readonly { readonly organisationNumber: string; readonly name: string; readonly story: string }[];

function isOneOf(planted: Planted, organisation: string): boolean {
  return planted.some(({ organisationNumber }) => organisationNumber === organisation);
}

function hint(planted: Planted): string {
  const commands = planted.map(
    ({ organisationNumber, name, story }) =>
      `  npm run doctor -- --data-consumer ${organisationNumber}\n    ${name}. ${story}\n`,
  );
  return `\nWith some insurers of the sandbox something is wrong on purpose. What the doctor says of them:\n${commands.join('')}`;
}

/** The data consumers to examine; undefined: whichever there are. */
function chosen(config: Config, dataConsumer: string | undefined): readonly string[] | undefined {
  return dataConsumer === undefined ? undefined : [namedDataConsumer(config, dataConsumer).organisationNumber];
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch {
    throw new Error(`The report cannot be written to ${file}.`);
  }
}
