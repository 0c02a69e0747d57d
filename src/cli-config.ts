import type { Command } from 'commander';
import { guarded, load, note, print } from './cli-program.ts';
import { maskedConfig } from './config.ts';
import { writeNewKeys } from './gateway-keys.ts';

/** Adds the commands that look at a configuration, and make the keys that it has to name. */
export function addConfig(program: Command): void {
  const config = program.command('config').description('look at a configuration, or make the keys that it names');
  config
    .command('check')
    .description('print what will be used, secrets masked, or every mistake at once')
    .requiredOption('--config <file>', 'configuration, JSON')
    .action((options: { config: string }) => guarded(async () => check(options.config)));
  config
    .command('new-keys')
    .description('make the key file of a new store')
    .requiredOption('--to <file>', 'the key file, which must not exist yet')
    .action(({ to }: { to: string }) => guarded(async () => makeKeys(to)));
}

function check(file: string): void {
  const config = load(file);
  if (config === undefined) return;
  print(`${maskedConfig(config)}\n`);
  const { profile, dataConsumers } = config;
  const served = `${dataConsumers.length} data consumer${dataConsumers.length === 1 ? '' : 's'}`;
  note(`${file} can be used: profile ${profile}, ${served}.\n`);
}

function makeKeys(to: string): void {
  writeNewKeys(to);
  print(
    `${to} holds the keys of a new store: name it in store.encryptionKeys. Keep a copy apart from the store, which is of no use without them.\n`,
  );
}
