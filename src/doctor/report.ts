import type { Findings, Rung } from './findings.ts';
import { titleOf } from './findings.ts';

const RESULTS = {
  ok: 'ok',
  warning: 'warning',
  wrong: '**wrong**',
  ask: 'to be asked',
  'not examined': 'not examined',
} as const satisfies Record<Rung['state'], string>;

/**
 * The findings as the report of an integration test, in Markdown: each step with its result, the host it went to, its time and the id
 * under which it can be found in the logs of the others. It names organisations by name and number, and holds no other identifier.
 */
export function integrationReport(findings: Findings): string {
  const { gatewayVersion, profile, startedAt, endedAt, isHealthy, shared, dataConsumers } = findings;
  return [
    '# Integration test: consent-based data from NAV (DSOP, SSU)',
    [
      `- Gateway: Samtykkeporten ${gatewayVersion}`,
      `- Environment: ${profile ?? 'not known, since the configuration cannot be used'}`,
      `- Begun: ${startedAt}`,
      `- Ended: ${endedAt}`,
      `- Result: ${isHealthy ? 'nothing is wrong' : '**not in order**'}`,
    ].join('\n'),
    'Made by `samtykkeporten doctor`. No person was asked about and no consent used. Times are UTC. Calls to Altinn and NAV carry the id shown ' +
      'here as `x-request-id` (at NAV as `Nav-Call-Id` too); Maskinporten names a trace id only when it refuses.',
    section('For all data consumers', shared),
    ...dataConsumers.map(({ name, organisationNumber, supplier, ladder }) =>
      section(
        `${name}, organisation ${organisationNumber}${supplier === null ? '' : `, through supplier ${supplier}`}`,
        ladder,
      ),
    ),
  ]
    .map((paragraph) => `${paragraph}\n`)
    .join('\n');
}

function section(title: string, rungs: readonly Rung[]): string {
  const notes = rungs.filter(({ state }) => state === 'warning' || state === 'wrong' || state === 'ask');
  return [
    `## ${title}`,
    '',
    '| Step | Result | Host | Time | Took | Call or trace id |',
    '|---|---|---|---|---|---|',
    ...rungs.map(rowOf),
    ...(notes.length === 0 ? [] : ['', ...notes.flatMap(noteOf)]),
  ].join('\n');
}

function rowOf(rung: Rung): string {
  const { state, host = '', at, tookMs, callId, traceId } = rung;
  const when = state === 'not examined' ? ['', ''] : [at, `${tookMs} ms`];
  return `| ${[titleOf(rung), RESULTS[state], host, ...when, traceId ?? callId ?? ''].map(cell).join(' | ')} |`;
}

function noteOf(rung: Rung): string[] {
  return [`- ${titleOf(rung)}: ${rung.seen}`, ...(rung.details ?? []).map((detail) => `  - ${detail}`)];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
