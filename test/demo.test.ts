import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { tellStory } from '../src/demo.ts';
import { CAST } from '../src/sandbox/world.ts';
import { run } from './cli/program.ts';

type Rail = Parameters<typeof tellStory>[0]['newRequests'];

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'samtykkeporten-story-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(directory, { recursive: true, force: true });
});

async function told(newRequests: Rail): Promise<string[]> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'samtykkeporten-story-'));
  const lines: string[] = [];
  const { signal } = new AbortController();
  try {
    await tellStory({ newRequests, dataDirectory, say: (line) => lines.push(line), signal });
  } finally {
    await rm(dataDirectory, { recursive: true, force: true });
  }
  return lines;
}

/** The lines of one step, joined. */
function step(lines: readonly string[], number: number): string {
  const from = lines.findIndex((line) => line.startsWith(`${number}. `));
  const to = lines.findIndex((line) => line.startsWith(`${number + 1}. `));
  return lines.slice(from, to === -1 ? undefined : to).join('\n');
}

const callsOf = (text: string, who = '(?:gateway|person)') =>
  text.match(new RegExp(`^ {3}${who} .*$`, 'gm'))?.map((line) => line.trim()) ?? [];

describe.each([
  { rail: 'ALTINN_3', answered: 303, page: 'altinn3/accessmanagement/ui/consent' },
  { rail: 'ALTINN_2', answered: 302, page: 'altinn2/ui/AccessConsent' },
] as const)('on $rail the story', ({ rail, answered, page }) => {
  let lines: string[];
  let again: string[];
  beforeAll(async () => {
    [lines, again] = await Promise.all([told(rail), told(rail)]);
  });

  it('goes from asking to the refused second read', () => {
    expect(step(lines, 1)).toContain(`(${rail})`);
    expect(step(lines, 1)).toMatch(/gateway 201 POST altinn[23]\//);
    expect(step(lines, 3)).toMatch(/gateway 200 GET {2}aap\/api\/v1\/aap\/vedtak/);
    expect(step(lines, 3)).toMatch(/37188420 +2026-08-31 +2027-02-28 +INNVILGET/);
    expect(step(lines, 4).match(/ DELIVERED +1 /g)).toHaveLength(2);
    expect(step(lines, 6)).toContain('The answer: WITHDRAWN.');
    expect(step(lines, 6)).not.toMatch(/(aap|uforeopplysninger)\//);
    expect(step(lines, 6).match(/ REFUSED \(WITHDRAWN\) +0 /g)).toHaveLength(2);
  });

  it('shows the person at the page, answering, coming back and withdrawing', () => {
    expect(callsOf(step(lines, 2), 'person ')).toEqual([
      `person  200 GET  ${page}/request`,
      `person  ${answered} POST ${page}/request`,
      'person  303 GET  gateway/return/…',
    ]);
    expect(callsOf(step(lines, 5), 'person ').slice(0, 2)).toEqual([
      `person  200 GET  ${page}/active`,
      `person  303 POST ${page}/active`,
    ]);
  });

  it('says that the consent goes along only where it opens something', () => {
    const along = callsOf(lines.join('\n')).filter((call) => call.endsWith('+ consent'));
    expect(along.length).toBeGreaterThan(0);
    for (const call of along) {
      expect(call).toMatch(
        /maskinporten\/token {2}nav:| (aap|uforeopplysninger)\/|GET {2}altinn2\/api\/authorization\/token\/… /,
      );
    }
    const reads = callsOf(step(lines, 3)).filter((call) => / (aap|uforeopplysninger)\//.test(call));
    expect(reads).toHaveLength(2);
    for (const call of reads) expect(call).toMatch(/\+ consent$/);
  });

  it('is the same each time, but for the moments in the record', () => {
    const timeless = (text: string[]) => text.map((line) => line.replace(/\d\d:\d\d:\d\d/, 'then'));
    expect(timeless(again)).toEqual(timeless(lines));
  });

  it('tells nothing that is still under way, and fits a terminal', () => {
    for (const line of lines) {
      expect(line).not.toContain('null');
      expect(line).not.toContain('undefined');
      expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  it('holds nobody’s number, and nothing but text, so that it can be piped', () => {
    const text = lines.join('\n');
    for (const { nationalId } of CAST) expect(text).not.toContain(nationalId);
    expect(text).not.toContain('\u001b');
  });

  it('has no supplier in it', () => {
    const text = lines.join('\n');
    expect(text).not.toContain('altinn:consenttokens');
    const exchanges = callsOf(text).filter((call) => / GET {2}altinn2\/api\/authorization\/token\//.test(call));
    expect(exchanges).toHaveLength(rail === 'ALTINN_2' ? 4 : 0);
    for (const exchange of exchanges) expect(exchange).toMatch(/ApiKey alone \+ consent$/);
  });

  it('tells of each delivery where it was logged, under the step that it belongs to', () => {
    const uses = rail === 'ALTINN_2' ? 2 : 0;
    expect(callsOf(step(lines, 3)).filter((call) => call.includes('/loguse'))).toHaveLength(uses);
    expect(step(lines, 5)).not.toContain('loguse');
    expect(step(lines, 4).match(/ DELIVERED +1 +yes /g) ?? []).toHaveLength(uses);
  });
});

it('a use that Altinn is slow to log is waited for', async () => {
  const { fetch } = globalThis;
  const slow = { upstream: 'altinn2', method: 'POST', path: '/api/authorization/token', kind: 'latency', ms: 600_000 };
  let faults = '';
  let looks = 0;
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    if (faults === '' && String(input).endsWith('/journal')) {
      faults = new URL('/faults', String(input)).href;
      const headers = { 'content-type': 'application/json' };
      await fetch(faults, { method: 'POST', headers, body: JSON.stringify(slow) });
    }
    if (String(init?.body).includes('disclosures')) looks += 1;
    // Whoever looks a second time has seen that it is not logged yet.
    if (looks === 2) await fetch(faults, { method: 'DELETE' });
    return fetch(input, init);
  });
  const lines = await told('ALTINN_2');
  expect(step(lines, 3).match(/loguse/g)).toHaveLength(2);
  expect(step(lines, 4).match(/ DELIVERED +1 +yes /g)).toHaveLength(2);
});

it.each(['SIGINT', 'SIGTERM'] as const)(
  'a story that %s cuts short ends quietly and leaves nothing behind',
  async (signal) => {
    const ended = await run(['demo'], { TMPDIR: directory, NODE_OPTIONS: `--import=${interruption(signal)}` });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toContain('2. The person');
    expect(ended.stdout).not.toContain('4. The record');
    expect(await readdir(directory)).toEqual([]);
  },
);

/** Loaded before the program: the signal comes with the second step. */
function interruption(signal: NodeJS.Signals): string {
  const script = `
    const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = (line, ...rest) => {
      if (line.startsWith('2. ')) process.kill(process.pid, '${signal}');
      return write(line, ...rest);
    };`;
  return `data:text/javascript,${encodeURIComponent(script)}`;
}
