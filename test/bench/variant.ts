import { Agent } from 'undici';
import { z } from 'zod';
import { startChild } from './child.ts';
import type { gatewayArgs } from './gateway-args.ts';
import type { Scene } from './scene.ts';
import { keysOf, QUERY } from './scene.ts';
import type { Upstream } from './upstream.ts';

/** A variant that serves, in a process of its own. Disposing of it ends the process. */
export interface Served extends AsyncDisposable {
  /**
   * Asks for both benefits of these people.
   *
   * @returns the answer, letter by letter
   * @throws Error when it is another than this server gave about them before: no figure is worth a wrong answer
   */
  read(people: readonly string[]): Promise<string>;
  /** Microseconds of CPU that its process has had so far, all threads together. */
  cpu(): Promise<number>;
  /** Begins to watch how late its event loop is. */
  watchLag(): Promise<void>;
  /** How late the loop was since then: the 99th of a hundred, in milliseconds. */
  lag(): Promise<number>;
}

const addressSchema = z.object({ address: z.string(), token: z.string() });

/** @param preloads modules that the process loads first, in every thread */
export async function serve(
  variant: z.output<typeof gatewayArgs>['variant'],
  scene: Scene,
  upstream: Upstream,
  preloads: readonly URL[] = [],
): Promise<Served> {
  const { rail, stateFile } = scene;
  const args: z.output<typeof gatewayArgs> = {
    variant,
    rail,
    directory: scene.furnish(),
    stateFile,
    origins: upstream.origins,
  };
  await using starting = new AsyncDisposableStack();
  const child = starting.use(startChild(new URL('./gateway-child.ts', import.meta.url), args, preloads));
  const { address, token } = await child.ask('address', addressSchema);
  const agent = starting.adopt(new Agent(), (each) => each.destroy());
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const given = new Map<string, string>();

  async function read(people: readonly string[]): Promise<string> {
    const body = JSON.stringify({ query: QUERY, variables: { by: keysOf(people) } });
    const answer = await agent.request({ origin: address, path: '/graphql', method: 'POST', headers, body });
    const text = (await answer.body.text()).trim();
    const earlier = given.get(body) ?? text;
    given.set(body, earlier);
    if (answer.statusCode !== 200 || text !== earlier || text.includes('"errors"') || !text.includes('vedtakId')) {
      throw new Error(`${variant} gave a wrong answer, with status ${answer.statusCode}`);
    }
    return text;
  }

  const started = starting.move();
  return {
    read,
    cpu: () => child.ask('cpu', z.number()),
    async watchLag() {
      await child.ask('watchLag', z.null());
    },
    lag: () => child.ask('lag', z.number()),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** Asks one after the other in so many rows side by side, until that many queries are answered. */
export async function inRows(rows: number, queries: number, query: () => Promise<unknown>): Promise<void> {
  let left = queries;
  await Promise.all(
    Array.from({ length: rows }, async () => {
      while (left > 0) {
        left -= 1;
        await query();
      }
    }),
  );
}

/** How long it takes, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
