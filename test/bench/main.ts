// `npm run bench -- [names] [--bounded]`: measures the figures and prints them as a table. Exits with 1 when a bound is missed.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { FIGURES } from './figures.ts';
import { removeScenes } from './scene.ts';
import { meets, rowOf, TABLE_HEAD } from './table.ts';

const { values, positionals } = parseArgs({
  options: { bounded: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => FIGURES.every((figure) => figure.name !== name));
if (unknown.length > 0)
  throw new Error(`no such figure: ${unknown.join(', ')}; there are ${FIGURES.map(({ name }) => name).join(', ')}`);
const size = values.bounded ? 'bounded' : 'long';

const [cpu, ...others] = cpus();
process.stdout.write(
  `${new Date().toISOString().slice(0, 10)}, ${others.length + 1} cores of ${cpu?.model ?? 'an unknown kind'}, Node ${process.version}, ${size} form.\n\n${TABLE_HEAD}\n`,
);
try {
  for (const figure of FIGURES) {
    if (positionals.length > 0 && !positionals.includes(figure.name)) continue;
    const measured = await figure.measure(size);
    const bound = values.bounded ? figure.looseBound : figure.bound;
    process.stdout.write(`${rowOf(figure, measured, bound)}\n`);
    if (!meets(measured.value, bound)) process.exitCode = 1;
  }
} finally {
  removeScenes();
}
