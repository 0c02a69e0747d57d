const LEAST = [24, 11];

/**
 * What to tell whoever runs this on too old a Node, or undefined when it is new enough. Plain JavaScript: an older Node
 * cannot load the TypeScript that the rest is written in.
 *
 * @param {string} version as in `process.version`: `v24.11.0`
 * @returns {string | undefined} one line: what is too old, and two ways to mend it. The packages bring a Node for Linux (x64,
 * arm64), but npm before 11 installs it without putting it where scripts find it.
 */
export function nodeVersionFlaw(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  if (major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1])) return undefined;
  return `Samtykkeporten needs Node ${LEAST.join('.')} or newer, but this is Node ${version.replace(/^v/, '')}. Install one; or, on Linux with Node 20.17 or newer, \`npm install -g npm@11 && npm ci\`, which brings one for \`npm start\` and \`npm run …\`.`;
}
