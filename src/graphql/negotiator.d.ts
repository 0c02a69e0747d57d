// What is published about its types is of an older edition.
declare module 'negotiator' {
  /** Judges the headers by which a client says what it takes. */
  export default class Negotiator {
    constructor(request: { readonly headers: { readonly accept: string } });
    /** The one of these that the client likes best; undefined: it takes none. */
    mediaType(available: readonly string[]): string | undefined;
  }
}
