import type { Transport, WireRequest } from '../../src/upstream.ts';

/** Calls that are kept waiting on their way, as by an upstream that is slow to answer. */
export interface Slow {
  /** Stands between gateway and doubles. A call that is given up while it waits is rejected, and never reaches its double. */
  readonly transport: (doubles: Transport) => Transport;
  /** From now on calls that match are kept waiting. */
  begin(): void;
  /** Resolves once the first call waits. */
  readonly heard: Promise<void>;
  /** Resolves once the first waiting call was given up by the gateway. */
  readonly givenUp: Promise<void>;
  /** Lets go of every call, waiting now or later. */
  end(): void;
}

/** Keeps the calls that match waiting, from `begin` to `end`, for as long as the gateway waits for them. */
export function slow(matches: (request: WireRequest) => boolean): Slow {
  const heard = Promise.withResolvers<void>();
  const givenUp = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  let isSlow = false;
  return {
    transport: (doubles) => async (request) => {
      if (!isSlow || !matches(request)) return doubles(request);
      const gone = Promise.withResolvers<never>();
      request.signal.addEventListener('abort', () => gone.reject(request.signal.reason), { once: true });
      gone.promise.catch(() => givenUp.resolve());
      heard.resolve();
      await Promise.race([over.promise, gone.promise]);
      return doubles(request);
    },
    begin: () => {
      isSlow = true;
    },
    heard: heard.promise,
    givenUp: givenUp.promise,
    end: () => over.resolve(),
  };
}
