// `npm run drill`: the long form of the crash drill, told on standard output. Exits with 1 when anything was lost.
import { parseArgs } from 'node:util';
import { drillCrashes } from './crash.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    'longest-life-ms': { type: 'string', default: '1500' },
  },
});
const kills = Number(values.kills);
const found = await drillCrashes({
  kills,
  seed: Number(values.seed),
  longestLifeMs: Number(values['longest-life-ms']),
  onTenth: (life, { acknowledged, lost, unintended }) => {
    process.stdout.write(
      `${life} of ${kills} kills: ${acknowledged} acknowledged, ${lost} lost, ${unintended} unintended\n`,
    );
  },
});
process.stdout.write(`${JSON.stringify({ kills, seed: Number(values.seed), ...found }, null, 2)}\n`);
process.exitCode = found.lost + found.unintended === 0 && found.shownUnsettled === found.withoutOutcome ? 0 : 1;
