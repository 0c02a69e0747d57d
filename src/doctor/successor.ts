import type { Asked } from './asked.ts';
import { judgeGrant, openAttempts } from './attempts.ts';
import type { Bench } from './bench.ts';
import { successorOf } from './credential.ts';
import type { Rung } from './findings.ts';

/**
 * Asks for one token by the key or certificate that will take over, while the one in use still serves: Maskinporten takes it
 * from the day it is registered or valid, and knows nothing of our `startsAt`. Any scope will do.
 *
 * @param because why no grant may be sent, a sentence; undefined: it may
 * @returns no rung where nothing takes over
 */
export async function examineSuccessor(bench: Bench, asked: Asked, because?: string): Promise<readonly Rung[]> {
  const successor = successorOf(asked.actor.client, bench.clock.now());
  const [scope] = asked.scopes;
  if (successor === undefined || scope === undefined) return [];
  const { place, takesOver, credential, obstacle } = successor;
  const rung = { rung: 'grant', of: place } as const;
  const unexamined = because ?? obstacle;
  if (unexamined !== undefined) return [bench.unexamined(rung, unexamined)];

  const attempt = await openAttempts(bench, asked, credential);
  const tried = await attempt(scope);
  const verdict = judgeGrant(tried, asked, bench);
  if (verdict.state !== 'wrong') {
    const seen = `Takes over on ${takesOver}. Maskinporten accepts it already.`;
    return [{ ...rung, state: 'ok', seen, ...tried.call }];
  }
  return [
    {
      ...rung,
      ...verdict,
      state: 'warning',
      seen: `Takes over on ${takesOver}, and a grant signed with it fails as yet. ${verdict.seen}`,
      todo: `Put it right before then: from then on no other is tried. ${verdict.todo ?? ''}`,
      ...tried.call,
    },
  ];
}
