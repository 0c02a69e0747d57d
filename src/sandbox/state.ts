import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Altinn2State } from './altinn2-state.ts';
import { newAltinn2State } from './altinn2-state.ts';
import type { Altinn3State } from './altinn3-state.ts';
import { newAltinn3State } from './altinn3-state.ts';
import type { CallersState } from './callers-state.ts';
import { newCallersState } from './callers-state.ts';
import { claim } from './claim.ts';
import type { MaskinportenState } from './maskinporten-state.ts';
import { newMaskinportenState } from './maskinporten-state.ts';
import type { Altinn2Code } from './migrated.ts';
import type { Trace } from './sporingslogg.ts';
import { traceSchema } from './sporingslogg.ts';
import { SANDBOX_START } from './world.ts';

/**
 * All that the sandbox remembers, as plain JSON: consents, sessions, keys, spent grants, traces and what its clock last
 * showed. Faults, journal and switches are not part of it: a second start begins without them.
 */
export interface SandboxState {
  /** Grows when older files can no longer be read. */
  readonly version: typeof VERSION;
  /** ISO moment, UTC. */
  now: string;
  readonly maskinporten: MaskinportenState;
  readonly altinn3: Altinn3State;
  readonly altinn2: Altinn2State;
  readonly callers: CallersState;
  /** NAV's records of disclosures, oldest first. */
  readonly traces: Trace[];
  /** The insurers' own lists of what they held in Altinn 2: no upstream knows them. */
  readonly altinn2Codes: Altinn2Code[];
}

const VERSION = 3;
const FILE = 'sandbox.json';
/** Several changes within this many milliseconds are written once. */
const SETTLE_MS = 50;

/** A fresh world at {@link SANDBOX_START}, with new keys. */
export async function newSandboxState(): Promise<SandboxState> {
  return {
    version: VERSION,
    now: SANDBOX_START.toISOString(),
    maskinporten: await newMaskinportenState(),
    altinn3: newAltinn3State(),
    altinn2: await newAltinn2State(),
    callers: await newCallersState(),
    traces: [],
    altinn2Codes: [],
  };
}

/** The state on disk, this process's alone. Dispose of it to write the last of it down and let go of it. */
export interface StateFile extends AsyncDisposable {
  readonly state: SandboxState;
  /** Writes the state down soon; calls close to each other share one write. */
  save(): void;
  /** Writes the state down now. @throws what made the write fail */
  flush(): Promise<void>;
}

/**
 * Opens `sandbox.json` in a directory, which is made when missing; without the file, a fresh world. The file holds
 * private keys and is readable by its owner alone. It is replaced whole, so that a crash leaves the old one or the new.
 *
 * @throws Error with one sentence when there is a file that cannot be read as one of this version, or another process has it
 */
export async function openStateFile(directory: string): Promise<StateFile> {
  using claiming = new DisposableStack();
  claiming.use(await claim(directory));
  const path = join(directory, FILE);
  const state = await readState(path);
  let timer: NodeJS.Timeout | undefined;
  let written = Promise.resolve();
  const claimed = claiming.move();

  function write(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    written = written.catch(() => undefined).then(() => replaceFile(path, JSON.stringify(state)));
    return written;
  }

  return {
    state,
    save: () => {
      // A write that fails is made good by the next one, which writes everything; disposing is the last of them.
      timer ??= setTimeout(() => void write().catch(() => undefined), SETTLE_MS);
    },
    flush: write,
    async [Symbol.asyncDispose]() {
      using _ = claimed;
      await write();
    },
  };
}

async function readState(path: string): Promise<SandboxState> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (text === undefined) return newSandboxState();
  const stored = parsedJson(text);
  if (isSandboxState(stored)) return stored;
  throw new Error(`${path} is not a state this sandbox can read: begin anew with --fresh, or move the file away.`);
}

async function replaceFile(path: string, text: string): Promise<void> {
  const next = `${path}.next`;
  await writeFile(next, text, { mode: 0o600, flush: true });
  await rename(next, path);
}

/** The outline of a state. The doubles' own parts are taken as they wrote them: no other program writes this file. */
const outlineSchema = z.object({
  version: z.literal(VERSION),
  now: z.iso.datetime(),
  maskinporten: z.looseObject({ signingKeys: z.array(z.unknown()), clients: z.array(z.unknown()) }),
  altinn3: z.looseObject({ consents: z.record(z.string(), z.unknown()) }),
  altinn2: z.looseObject({ consents: z.record(z.string(), z.unknown()), signingKeys: z.array(z.unknown()) }),
  callers: z.looseObject({}),
  traces: z.array(traceSchema),
  altinn2Codes: z.array(z.unknown()),
});

function isSandboxState(stored: unknown): stored is SandboxState {
  return outlineSchema.safeParse(stored).success;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
