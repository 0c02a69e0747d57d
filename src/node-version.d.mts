/**
 * What to tell whoever runs this on too old a Node, or undefined when it is new enough.
 *
 * @param version as in `process.version`: `v24.11.0`
 * @returns one sentence
 */
export function nodeVersionFlaw(version: string): string | undefined;
