/**
 * A double is a function from request to response, and nothing else: the same function is served over HTTP on a port of
 * its own and handed to tests as a transport without one.
 */
export type Double = (request: DoubleRequest) => Promise<DoubleResponse>;

/** A request as it arrived. */
export interface DoubleRequest {
  readonly method: string;
  /** Absolute; the path is the real upstream's path. */
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty when there is none. */
  readonly body: string;
}

/** A response as it goes on the wire. */
export interface DoubleResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
