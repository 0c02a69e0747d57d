/**
 * A double is a function from request to response, and nothing else: the same function is served over HTTP on a port of
 * its own and handed to tests as a transport without one. It rejects only where a real connection would break.
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
  /** The reason phrase, where the upstream says something in it; else the status' own. */
  readonly statusText?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Further `set-cookie` values; each goes on the wire as a header of its own. */
  readonly cookies?: readonly string[];
}

/** A JSON answer. `contentType` only where the upstream uses another JSON type. */
export function jsonResponse(status: number, body: unknown, contentType = 'application/json'): DoubleResponse {
  return { status, headers: { 'content-type': contentType }, body: JSON.stringify(body) };
}

/** What a broken connection throws: an error with the `code` that Node gives to the same mishap. */
export type NetworkError = Error & { readonly code: string };

/** An error as the network throws it: `ECONNRESET`, `ENOTFOUND`, `UND_ERR_RES_EXCEEDED_MAX_SIZE`. */
export function networkError(code: string, message: string): NetworkError {
  return Object.assign(new Error(message), { code });
}
