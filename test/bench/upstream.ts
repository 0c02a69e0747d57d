import { z } from 'zod';
import type { Child } from './child.ts';
import { startChild } from './child.ts';
import { originsSchema } from './gateway-args.ts';
import type { Scene } from './scene.ts';

const callsSchema = z.object({
  maskinporten: z.int(),
  altinn2: z.int(),
  aap: z.int(),
  uforeopplysninger: z.int(),
});

/** A process that answers as the doubles have answered once, each call the same time after it came. */
export interface Upstream extends AsyncDisposable {
  readonly origins: z.output<typeof originsSchema>;
  /** How many calls have come to each since this was last asked; those that only tell something, after the answer, do not count. */
  calls(): Promise<z.output<typeof callsSchema>>;
}

/**
 * Starts the upstream. The doubles themselves sign and verify, which would keep a core busy that the gateway's load needs, so
 * their recorded answers are given instead.
 */
export async function startUpstream(scene: Scene, delayMs: number): Promise<Upstream> {
  const { stateFile, answersFile } = scene;
  const child: Child = startChild(new URL('./upstream-child.ts', import.meta.url), { stateFile, answersFile, delayMs });
  return {
    origins: await child.ask('origins', originsSchema),
    calls: () => child.ask('calls', callsSchema),
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}
