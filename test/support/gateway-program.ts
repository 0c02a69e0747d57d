// A gateway in a process of its own, against a sandbox that runs elsewhere and at that sandbox's time; for tests of what
// several processes do to one store, and of what an operating system does to one process.
import { readFileSync } from 'node:fs';
import { tickingClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import { createGateway } from '../../src/gateway.ts';
import { createLog } from '../../src/log.ts';

const [, , configFile = '', moment = ''] = process.argv;
const read = readConfig({ text: readFileSync(configFile, 'utf8'), env: process.env, readFile: readFileSync });
if ('mistakes' in read) throw new Error(JSON.stringify(read.mistakes));
const gateway = await createGateway(read.config, { log: createLog('info'), clock: tickingClock(new Date(moment)) });
process.stdout.write(`listens ${await gateway.listen()}\n`);
process.on('SIGTERM', () => void gateway[Symbol.asyncDispose]());
