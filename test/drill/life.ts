// One life of a gateway, to be killed: reads and requests without end, each told when it is acknowledged, and each call
// to NAV before NAV hears of it. Told by appending to a file, which outlives the process as what a caller has heard would.
import { openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import type { CastId } from '../../src/sandbox/world.ts';
import type { Transport } from '../../src/upstream.ts';
import { consentInput, ORIGINS, openWorld, REQUEST_CONSENT } from '../support/world.ts';

const [, , directory = '', stateFile = '', toldFile = '', reference = ''] = process.argv;
const PEOPLE = ['P04', 'P05', 'P06', 'P09', 'P11', 'P12'] as const satisfies readonly CastId[];
const READERS = 24;
const FIELDS = ['aapVedtak', 'aapMeldekort', 'uforeopplysninger'] as const;

let acknowledged = 0;
const told = openSync(toldFile, 'a');
const tell = (...words: readonly string[]) => void writeSync(told, `${words.join(' ')}\n`);

const listening =
  (doubles: Transport): Transport =>
  (request) => {
    const isNav = request.url.startsWith(ORIGINS.aap) || request.url.startsWith(ORIGINS.uforeopplysninger);
    if (isNav) tell('asked', request.headers['nav-call-id'] ?? '', new URL(request.url).pathname);
    return doubles(request);
  };

const world = await openWorld({
  rail: 'ALTINN_3',
  directory,
  state: JSON.parse(readFileSync(stateFile, 'utf8')),
  transport: listening,
});
if (reference === '1') {
  await Promise.all(PEOPLE.map((person) => world.grantKnown(person)));
  // The doubles of later lives know these consents, and nothing else that was ever asked.
  writeFileSync(stateFile, JSON.stringify(world.sandbox.snapshot()));
}
async function read(at: number): Promise<void> {
  const seen = await world.read(PEOPLE[at % PEOPLE.length] ?? 'P04');
  for (const field of FIELDS) {
    const { disclosureId } = seen.data?.applicant?.[field] ?? {};
    if (disclosureId === undefined) continue;
    tell('delivered', disclosureId);
    if (acknowledged++ === 0) process.stdout.write('at work\n');
  }
}

async function ask(at: number): Promise<void> {
  const input = consentInput('P03', { reference, periode: datesOf(reference, at) });
  const seen = await world.query('case-handler-a', REQUEST_CONSENT, { input });
  const id = seen.data?.requestConsent?.consent.id;
  if (id !== undefined) tell('requested', id);
}

/** Dates that are asked about once, in one life: the first day moves with the life, the last with the turn. */
function datesOf(life: string, turn: number): { fom: string; tom: string } {
  const day = (from: string, days: number) =>
    new Date(new Date(from).getTime() + days * 86_400_000).toISOString().slice(0, 10);
  return { fom: day('2022-01-01', Number(life) % 1400), tom: day('2027-12-31', -(turn % 400)) };
}

let turn = 0;
await Promise.all(
  Array.from({ length: READERS }, async (_, reader) => {
    for (;;) {
      turn += 1;
      await (turn % 40 === 0 ? ask(turn) : read(reader + turn));
    }
  }),
);
