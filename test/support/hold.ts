import type { Transport, WireRequest } from '../../src/upstream.ts';

/** Answers that wait on the wire until a test lets them go. */
export interface Hold {
  /** Stands between gateway and doubles: the double has answered, but the gateway has not heard it. */
  readonly transport: (doubles: Transport) => Transport;
  /** Resolves once the first answer is held. */
  readonly holds: Promise<void>;
  /** Lets go of every answer, held now or later. */
  release(): void;
  /** Breaks the connection of every call held, now or later: the answer is lost for good. */
  lose(): void;
}

/**
 * Holds the answers of the calls that match. `when`: `answered` once the double has done its work, `sent` before it has
 * heard of the call at all.
 */
export function hold(matches: (request: WireRequest) => boolean, when: 'answered' | 'sent' = 'answered'): Hold {
  const held = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  // Whoever loses an answer that nobody waits for loses nothing.
  gate.promise.catch(() => undefined);
  return {
    transport: (doubles) => async (request) => {
      if (!matches(request)) return doubles(request);
      if (when === 'answered') {
        const answer = await doubles(request);
        held.resolve();
        await gate.promise;
        return answer;
      }
      held.resolve();
      await gate.promise;
      return doubles(request);
    },
    holds: held.promise,
    release: () => gate.resolve(),
    lose: () => gate.reject(Object.assign(new Error('the connection broke'), { code: 'ECONNRESET' })),
  };
}

/** A read at one of NAV's services. */
export const isVedtakRead = ({ url }: WireRequest): boolean => new URL(url).pathname.endsWith('/aap/vedtak');

/** The creation of a consent request at Altinn. */
export const isConsentCreation = ({ method, url }: WireRequest): boolean =>
  method === 'POST' && new URL(url).pathname.toLowerCase().endsWith('/consentrequests');
