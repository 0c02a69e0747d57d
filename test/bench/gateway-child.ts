// A gateway of a bench, or what it is compared with, in a process of its own; see variant.ts.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { stillClock } from '../../src/clock.ts';
import type { Config } from '../../src/config.ts';
import { createGateway } from '../../src/gateway.ts';
import { createLog } from '../../src/log.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { SANDBOX_START } from '../../src/sandbox/world.ts';
import { sandboxConfig } from '../../src/standalone-config.ts';
import { answerQuestions } from './child.ts';
import { gatewayArgs } from './gateway-args.ts';
import { naiveHandler } from './naive.ts';
import { rawHandler } from './raw.ts';
import { furnish, noDisclosures } from './rooms.ts';

const { variant, rail, directory, stateFile, origins } = gatewayArgs.parse(JSON.parse(process.argv[2] ?? ''));

// The moment at which everything was recorded: tokens and consents never grow old.
const clock = stillClock(SANDBOX_START);
const log = createLog('info');
const sandbox = await createSandbox({ clock, origins, state: JSON.parse(readFileSync(stateFile, 'utf8')) });
const config = benchConfig(
  sandboxConfig(sandbox, { port: 0, dataDirectory: directory, newRequests: rail, insurers: 'A_AND_B' }),
);
const token = await sandbox.callers.tokenFor('case-handler-a');

/** A bench asks more often than the limits of one caller allow; all else is as it comes. */
function benchConfig(usual: Config): Config {
  const limits = { ...usual.graphql.limits, requestsPerMinute: 1_000_000, concurrentRequests: 1000 };
  return { ...usual, graphql: { ...usual.graphql, limits } };
}

async function open(): Promise<string> {
  switch (variant) {
    case 'gateway':
      return (await createGateway(config, { log, clock })).listen();
    case 'unrecorded': {
      const { app } = await (await furnish(config, { clock, log, disclosures: noDisclosures })).host();
      return app.listen({ port: 0, host: '127.0.0.1' });
    }
    case 'raw':
      return serve(await rawHandler((await furnish(config, { clock, log })).graphql));
    case 'naive':
      return serve(await naiveHandler(config, clock));
  }
}

async function serve(handler: (request: IncomingMessage, response: ServerResponse) => Promise<void>): Promise<string> {
  const server = createServer((request, response) => {
    handler(request, response).catch(() => response.writeHead(500).end('{}'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no address');
  return `http://127.0.0.1:${address.port}`;
}

const RESOLUTION_MS = 1;
const lag = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
const address = await open();

answerQuestions({
  address: () => ({ address, token }),
  /** Microseconds of CPU that all threads of this process have had. */
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  watchLag: () => {
    lag.reset();
    lag.enable();
  },
  /** Milliseconds by which the loop was late, 99th of a hundred, since it was watched. */
  lag: () => {
    lag.disable();
    return Math.max(0, lag.percentile(99) / 1e6 - RESOLUTION_MS);
  },
});
