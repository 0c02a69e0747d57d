import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Measured, Size } from './figure.ts';
import { askInTurn, assertDocumented } from './load.ts';
import { openClient } from './open-loop-client.ts';
import type { Rig } from './open-loop-rig.ts';
import { openRig } from './open-loop-rig.ts';
import { median, rounded } from './statistics.ts';

const STARTS: Readonly<Record<Size, number>> = { bounded: 3, long: 15 };

/** The least that Node can do: start, listen, answer. */
const BARE = `require('node:http').createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1', function () {
  process.stdout.write(String(this.address().port));
});`;

/**
 * Starts the product over a store that exists, as after every release, until a person's data is the first answer: with the keys of
 * the callers' issuer, tokens and connections still to be fetched.
 *
 * @returns the median: in seconds; in the bounded form against a bare Node, which is as slow on a slow machine
 * @throws Error when the first answer is not the data
 */
export async function measureStart(size: Size): Promise<Measured> {
  await using rig = await openRig({ navLatencyMs: 0, callers: 1 });
  const own: number[] = [];
  const bare: number[] = [];
  for (let turn = 0; turn < STARTS[size]; turn += 1) {
    own.push(await secondsTo(() => startAndAsk(rig)));
    bare.push(await secondsTo(startBare));
  }
  const [startToAnswerS, bareNodeS] = [median(own), median(bare)];
  return {
    value: size === 'bounded' ? rounded(startToAnswerS / bareNodeS, 2) : rounded(startToAnswerS, 3),
    parts: {
      startToAnswerS: rounded(startToAnswerS, 3),
      bareNodeS: rounded(bareNodeS, 3),
      ofBareNode: rounded(startToAnswerS / bareNodeS, 2),
      fastestS: rounded(Math.min(...own), 3),
      slowestS: rounded(Math.max(...own), 3),
      starts: own.length,
    },
  };
}

async function startAndAsk(rig: Rig): Promise<() => Promise<void>> {
  const served = await rig.serve();
  const client = await openClient(served.address, 1);
  const answer = await askInTurn(client, rig, 0);
  assertDocumented([answer]);
  if (answer.kind !== 'delivered') throw new Error(`the first answer is not the data: ${answer.kind}`);
  return async () => {
    await client[Symbol.asyncDispose]();
    await served[Symbol.asyncDispose]();
  };
}

async function startBare(): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, ['-e', BARE], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const [port] = await once(child.stdout, 'data');
  const client = await openClient(`http://127.0.0.1:${port}`, 1);
  return async () => {
    await client[Symbol.asyncDispose]();
    child.kill('SIGKILL');
    await ended;
  };
}

/** How long it takes, without the clearing up. */
async function secondsTo(act: () => Promise<() => Promise<void>>): Promise<number> {
  const startedAt = performance.now();
  const clearUp = await act();
  const seconds = (performance.now() - startedAt) / 1000;
  await clearUp();
  return seconds;
}
