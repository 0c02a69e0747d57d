import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pass } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { newSandboxState } from '../../src/sandbox/state.ts';
import { storeFileIn } from '../../src/store/embedded.ts';
import { openWorld } from '../support/world.ts';

const LIFE = fileURLToPath(new URL('./life.ts', import.meta.url));

/** How often a gateway is killed, and how long it works before that. */
export interface CrashDrill {
  readonly kills: number;
  /** Chooses the moments: the same number chooses the same. */
  readonly seed: number;
  /** Milliseconds that a life works at most, from its first acknowledgement, before it is killed. */
  readonly longestLifeMs: number;
  /** Told after each tenth life. */
  readonly onTenth?: (life: number, sofar: Omit<CrashResult, 'shownUnsettled'>) => void;
}

/** What was found after the last life. */
export interface CrashResult {
  /** Deliveries and requests that a caller had been told of. */
  readonly acknowledged: number;
  /** Of these, how many are not there any more. */
  readonly lost: number;
  /** Calls that went out to NAV. */
  readonly navCalls: number;
  /** Of these, how many no intention tells of. */
  readonly unintended: number;
  /** Intentions that no outcome followed. */
  readonly withoutOutcome: number;
  /** How many reads the log itself shows as UNSETTLED; the same, or the log is wrong. */
  readonly shownUnsettled: number;
}

const SOURCES: Readonly<Record<string, string>> = {
  '/api/v1/aap/vedtak': 'aapVedtak',
  '/api/v1/aap/meldekort': 'aapMeldekort',
  '/dsop-ufo/uforeopplysninger': 'uforeopplysninger',
};

/** Kills a gateway with SIGKILL in the middle of its work, over and over, each time over the same store. */
export async function drillCrashes({ kills, seed, longestLifeMs, onTenth }: CrashDrill): Promise<CrashResult> {
  const directory = mkdtempSync(join(tmpdir(), 'samtykkeporten-drill-'));
  try {
    const stateFile = join(directory, 'state.json');
    const toldFile = join(directory, 'told');
    writeFileSync(stateFile, JSON.stringify(await newSandboxState()));
    writeFileSync(toldFile, '');
    const random = randomFrom(seed);
    for (let life = 1; life <= kills; life += 1) {
      await liveAndDie([directory, stateFile, toldFile, String(life)], Math.ceil(random() * longestLifeMs));
      if (life % 10 === 0) onTenth?.(life, compared(directory, toldFile));
    }
    return { ...compared(directory, toldFile), shownUnsettled: await unsettledIn(directory) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function liveAndDie(args: readonly string[], afterMs: number): Promise<void> {
  const child = spawn(process.execPath, [LIFE, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (chunk) => {
    complaints += String(chunk);
  });
  const died = once(child, 'close');
  const [said] = await Promise.race([once(child.stdout, 'data'), died]);
  if (!String(said).includes('at work')) throw new Error(`the gateway did not come to work: ${complaints}`);
  await pass(afterMs);
  child.kill('SIGKILL');
  const [, signal] = await died;
  if (signal !== 'SIGKILL') throw new Error(`the gateway ended by itself: ${complaints}`);
}

function compared(directory: string, toldFile: string): Omit<CrashResult, 'shownUnsettled'> {
  const told = readFileSync(toldFile, 'utf8')
    .split('\n')
    .map((line) => line.split(' '));
  const of = (word: string) => told.filter(([first]) => first === word);
  using store = new DatabaseSync(storeFileIn(directory), { readOnly: true });
  const all = (sql: string) =>
    new Set(
      store
        .prepare(sql)
        .all()
        .map((row) => String(Object.values(row)[0])),
    );
  const delivered = all("SELECT disclosure FROM settlements WHERE outcome = 'DELIVERED'");
  const consents = all('SELECT id FROM consents');
  const intended = all("SELECT call_id || ' ' || source FROM disclosures");
  const withoutOutcome = all(
    'SELECT id FROM disclosures LEFT JOIN settlements s ON s.data_consumer = disclosures.data_consumer AND s.disclosure = id WHERE s.disclosure IS NULL',
  );
  const acknowledged = [
    ...of('delivered').map(([, id = '']) => delivered.has(id)),
    ...of('requested').map(([, id = '']) => consents.has(id)),
  ];
  const asked = of('asked').map(([, callId = '', path = '']) => intended.has(`${callId} ${SOURCES[path]}`));
  return {
    acknowledged: acknowledged.length,
    lost: acknowledged.filter((isThere) => !isThere).length,
    navCalls: asked.length,
    unintended: asked.filter((isThere) => !isThere).length,
    withoutOutcome: withoutOutcome.size,
  };
}

/** As an auditor sees it, in a gateway that starts over the same store. */
async function unsettledIn(directory: string): Promise<number> {
  await using world = await openWorld({ rail: 'ALTINN_3', directory });
  return (await world.audit('a')).filter(({ outcome }) => outcome === 'UNSETTLED').length;
}

function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
