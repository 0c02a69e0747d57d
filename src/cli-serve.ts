import type { Command } from 'commander';
import { guarded, load, runProgram, untilStopped } from './cli-program.ts';
import { createGateway } from './gateway.ts';
import { createLog } from './log.ts';

/** The program with the gateway alone: it starts in a fraction of the time that all commands together take to load. */
export const main = (): Promise<void> => runProgram(addServe);

/** Adds the command that runs the gateway. */
export function addServe(program: Command): void {
  program
    .command('serve')
    .description('the gateway alone')
    .requiredOption('--config <file>', 'configuration, JSON')
    .action(({ config }: { config: string }) => guarded(() => serve(config)));
}

async function serve(file: string): Promise<void> {
  const config = load(file);
  if (config === undefined) return;
  const log = createLog(config.log.level);
  await using starting = new AsyncDisposableStack();
  const gateway = starting.use(await createGateway(config, { log }));
  const address = await gateway.listen();
  log({ event: 'started', address });
  untilStopped(starting.move(), () => log({ event: 'stopped' }));
}
