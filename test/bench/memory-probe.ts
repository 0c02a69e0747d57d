// Loaded before the gateway's own program (`node --expose-gc --import`): says how much memory it holds when its parent asks.
import { memoryUsage } from 'node:process';

process.on('message', () => {
  globalThis.gc?.();
  // What the first turn released may hold more that the second can.
  setImmediate(() => {
    globalThis.gc?.();
    const { heapUsed, rss, external } = memoryUsage();
    process.send?.({ heapBytes: heapUsed, rssBytes: rss, externalBytes: external });
  });
});
// The question must not keep the program from ending.
process.channel?.unref();
