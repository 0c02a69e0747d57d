import type { Findings, Rung } from './findings.ts';
import { allRungs, titleOf } from './findings.ts';

const WIDTH = 110;
const MARKS = {
  ok: 'ok',
  warning: 'WARNING',
  wrong: 'WRONG',
  ask: 'ASK',
  'not examined': 'skipped',
} as const satisfies Record<Rung['state'], string>;
/** As wide as the longest mark and the space around it. */
const INDENT = 2 + 'WARNING'.length + 2;

/**
 * The findings as a checklist for a terminal: plain text without colours, so that it reads the same on a screen and in a file.
 * Ends with a line break.
 */
export function checklist(findings: Findings): string {
  const { profile, startedAt, shared, dataConsumers } = findings;
  const environment = profile === null ? '' : `Environment: ${profile}. `;
  const sections = [
    { title: 'For all data consumers', rungs: shared },
    ...dataConsumers.map(({ name, organisationNumber, ladder }) => ({
      title: `${name} (${organisationNumber})`,
      rungs: ladder,
    })),
  ];
  return [
    `${environment}Examined on ${startedAt.slice(0, 16).replace('T', ' at ')} UTC.`,
    ...sections.map(({ title, rungs }) => `${title}\n${rungs.flatMap(linesOf).join('\n')}`),
    resultOf(findings),
  ]
    .map((paragraph) => `${paragraph}\n`)
    .join('\n');
}

function linesOf(rung: Rung): string[] {
  const { state, seen, details = [], todo, ask = [], traceId } = rung;
  const [first = '', ...more] = wrapped(`${titleOf(rung)}: ${seen}`, INDENT);
  return [
    `  ${MARKS[state].padEnd(INDENT - 2)}${first}`,
    ...more.map((line) => ' '.repeat(INDENT) + line),
    ...details.flatMap((detail) => labelled('- ', detail)),
    ...(todo === undefined ? [] : labelled('To do: ', todo)),
    ...(ask.length === 0 ? [] : labelled('Ask:   ', ask.join('; '))),
    ...(traceId === undefined ? [] : labelled('Trace: ', `${traceId} (quote it when you ask)`)),
  ];
}

function labelled(label: string, text: string): string[] {
  const indent = INDENT + 2 + label.length;
  return wrapped(text, indent).map(
    (line, at) => (at === 0 ? ' '.repeat(INDENT + 2) + label : ' '.repeat(indent)) + line,
  );
}

/** Lines no longer than what the width leaves behind an indent; a longer word has one to itself. */
function wrapped(text: string, indent: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || indent + last.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

function resultOf(findings: Findings): string {
  const rungs = allRungs(findings);
  const counted = (state: Rung['state']) => rungs.filter(({ rung }) => rung.state === state).length;
  const besides = [
    ...(counted('warning') > 0 ? [`${plural(counted('warning'), 'warning')}`] : []),
    ...(counted('ask') > 0 ? [`${plural(counted('ask'), 'thing')} to ask about`] : []),
  ].join(', ');
  const first = rungs.find(({ rung }) => rung.state === 'wrong');
  if (first === undefined) return `Nothing is wrong${besides === '' ? '' : ` (${besides})`}.`;
  const wrong = counted('wrong');
  const where = `${first.whose === undefined ? '' : `${first.whose}, `}${titleOf(first.rung)}`;
  return `${plural(wrong, 'thing')} ${wrong === 1 ? 'is' : 'are'} wrong${besides === '' ? '' : `; ${besides}`}. Begin with: ${where}.`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
