const LEAST = [24, 11];

/**
 * What to tell whoever runs this on too old a Node, or undefined when it is new enough. Plain JavaScript: an older Node
 * cannot load the TypeScript that the rest is written in.
 *
 * @param {string} version as in `process.version`: `v24.11.0`
 * @returns {string | undefined} one sentence
 */
export function nodeVersionFlaw(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  if (major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1])) return undefined;
  return `Samtykkeporten needs Node ${LEAST.join('.')} or newer, but this is Node ${version.replace(/^v/, '')}: use \`npm start\` and \`npm run …\`, which bring their own, or install a newer Node.`;
}
