import type { Figure } from './figure.ts';
import type { Scene } from './scene.ts';
import { sceneOn } from './scene.ts';
import { median, rounded } from './statistics.ts';
import type { Upstream } from './upstream.ts';
import { startUpstream } from './upstream.ts';
import { inRows, serve, timed } from './variant.ts';

/** In the bounded form the disk is much slower, so that a busy machine's own lateness is small against it. */
const EXTENT = { bounded: { diskMs: 100, queries: 80 }, long: { diskMs: 5, queries: 4000 } } as const;
const UPSTREAM_MS = 50;
const ROWS = 8;

/** How late the event loop is while every commit waits for a slow disk: not at all, if no commit is waited for on it. */
export const slowDisk: Figure = {
  name: 'slow-disk',
  says: 'milliseconds that the event loop is late, p99, while each commit waits 5 ms for the disk',
  rail: 'ALTINN_3',
  bound: { atMost: 2 },
  looseBound: { atMost: 60 },
  async measure(size) {
    const { diskMs, queries } = EXTENT[size];
    const scene = await sceneOn('ALTINN_3');
    await using upstream = await startUpstream(scene, UPSTREAM_MS);
    const usual = await lagOver(scene, upstream, queries, []);
    const disk = new URL('./slow-disk.ts', import.meta.url);
    disk.searchParams.set('ms', String(diskMs));
    const slow = await lagOver(scene, upstream, queries, [disk]);
    // Two calls and two commits, one after the other: no machine is fast enough to answer sooner.
    if (slow.fastestMs < 2 * (UPSTREAM_MS - 1 + diskMs)) throw new Error('the slow disk was not felt');
    return {
      // A machine that is kept from its work is as late with the usual disk.
      value: size === 'bounded' ? Math.max(0, slow.lagMs - usual.lagMs) : slow.lagMs,
      parts: {
        diskMs,
        usualLagMs: rounded(usual.lagMs, 2),
        usualQueryMs: rounded(usual.queryMs, 1),
        slowQueryMs: rounded(slow.queryMs, 1),
      },
    };
  },
};

async function lagOver(scene: Scene, upstream: Upstream, queries: number, preloads: readonly URL[]) {
  await using gateway = await serve('gateway', scene, upstream, preloads);
  const people = scene.people.slice(0, 1);
  const query = () => gateway.read(people);
  await inRows(ROWS, Math.ceil(queries / 4), query);
  await gateway.watchLag();
  const times: number[] = [];
  await inRows(ROWS, queries, async () => void times.push(await timed(query)));
  return { lagMs: await gateway.lag(), queryMs: median(times), fastestMs: Math.min(...times) };
}
