import { randomBytes, randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stillClock } from '../../src/clock.ts';
import { civilDate } from '../../src/periode.ts';
import { newSandboxState } from '../../src/sandbox/state.ts';
import { CAST, NUMBERS, SANDBOX_START } from '../../src/sandbox/world.ts';
import { openEmbeddedStore, storeFileIn } from '../../src/store/embedded.ts';
import { ownKeyFile } from '../../src/store/key-file.ts';
import { parseKeyFile } from '../../src/store/keys.ts';
import type { Transport } from '../../src/upstream.ts';
import { isOrganisationNumber, NationalId, Secret, SYNTHETIC_NATIONAL_IDS } from '../../src/values.ts';
import { castId, crowd } from '../support/crowd.ts';
import { numberOf, openWorld } from '../support/world.ts';
import { answerKeyOf } from './answer-key.ts';

/** Whose calls are made. */
export type BenchRail = 'ALTINN_3' | 'ALTINN_2';

/** What a gateway and the upstream of a bench start from. */
export interface Scene {
  readonly rail: BenchRail;
  /** File with the state of the sandbox, which holds every key. */
  readonly stateFile: string;
  /** File with what the doubles have answered, by {@link answerKeyOf}. */
  readonly answersFile: string;
  /** National ids of people whose consent stands in the store; those of the doubles' cast first, who alone serve on Altinn 2. */
  readonly people: readonly string[];
  /** A store of its own for one gateway: these consents, and no disclosure of this one's. */
  furnish(): string;
}

/** Whose answers NAV gives about everybody: the one with many decisions, and the one with calculation periods. */
const MANY_VEDTAK = 'P04';
const MANY_PERIODER = 'P06';
const ONE_SOURCE = {
  aap: 'query ($by: ApplicantKey!) { applicant(by: $by) { aapVedtak { __typename } } }',
  ufore: 'query ($by: ApplicantKey!) { applicant(by: $by) { uforeopplysninger { __typename } } }',
};

/** People whom the doubles themselves know. */
const KNOWN = 10;
const CROWD = 1000;

/** Both benefits of each applicant: two scopes, so two consent tokens on Altinn 3, and two calls to NAV. */
export const QUERY = `query ($by: [ApplicantKey!]!) {
  applicants(by: $by) {
    aapVedtak {
      __typename
      ... on AapVedtaksliste { vedtaksliste { vedtakId virkningsperiode { fom tom } utfall { kode termnavn } } }
    }
    uforeopplysninger {
      __typename
      ... on Uforeopplysninger { statuskode beregningsperioder { fom tom uforegrad } }
    }
  }
}`;

const known = new Map<BenchRail, Promise<Scene>>();
const directories: string[] = [];

/** Removes every scene that was made; nothing may be served from them any more. */
export function removeScenes(): void {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
  known.clear();
}

/** The scene of a rail, made once in a process, see {@link removeScenes}. @throws Error when the doubles do not answer */
export function sceneOn(rail: BenchRail): Promise<Scene> {
  const scene = known.get(rail) ?? makeScene(rail);
  known.set(rail, scene);
  return scene;
}

async function makeScene(rail: BenchRail): Promise<Scene> {
  const directory = mkdtempSync(join(tmpdir(), 'samtykkeporten-figures-'));
  directories.push(directory);
  const stateFile = join(directory, 'state.json');
  const answersFile = join(directory, 'answers.json');
  const original = join(directory, 'original');
  const state = await newSandboxState();
  writeFileSync(stateFile, JSON.stringify(state), { mode: 0o600 });
  const cast = CAST.slice(0, KNOWN).map((_, at) => castId(at + 1));

  const answers: Record<string, string> = {};
  const recording =
    (doubles: Transport): Transport =>
    async (request) => {
      const answer = await doubles(request);
      // Of several answers under one key the last is kept: that to the person who is read last.
      if (answer.status === 200) {
        answers[answerKeyOf(request.method, request.url, request.body)] = new TextDecoder().decode(answer.body);
      }
      return answer;
    };
  {
    await using world = await openWorld({ rail, state, directory: original, transport: recording });
    for (const person of cast) await world.grantKnown(person);
    const all = await world.query('case-handler-a', QUERY, { by: keysOf(cast.map(numberOf)) });
    const vedtak = await world.query('case-handler-a', ONE_SOURCE.aap, { by: { nationalId: numberOf(MANY_VEDTAK) } });
    const perioder = await world.query('case-handler-a', ONE_SOURCE.ufore, {
      by: { nationalId: numberOf(MANY_PERIODER) },
    });
    if ([all, vedtak, perioder].some(({ errors }) => errors.length > 0)) throw new Error('the doubles do not answer');
  }
  writeFileSync(answersFile, JSON.stringify(answers), { mode: 0o600 });
  const others = rail === 'ALTINN_3' ? crowd(CAST, CROWD).map(({ nationalId }) => nationalId) : [];
  await consentOfEach(others, original);

  let furnished = 0;
  return {
    rail,
    stateFile,
    answersFile,
    people: [...cast.map(numberOf), ...others],
    furnish() {
      furnished += 1;
      const own = join(directory, String(furnished));
      cpSync(original, own, { recursive: true });
      return own;
    },
  };
}

/** The keys of a query about these people. */
export function keysOf(people: readonly string[]): readonly { readonly nationalId: string }[] {
  return people.map((nationalId) => ({ nationalId }));
}

/** Gives each of them a consent in force, as if asked for and answered long ago. */
async function consentOfEach(people: readonly string[], directory: string): Promise<void> {
  await using store = await openEmbeddedStore({
    file: storeFileIn(directory),
    keys: parseKeyFile(ownKeyFile(directory)),
    clock: stillClock(SANDBOX_START),
  });
  const dataConsumer = NUMBERS.A;
  if (!isOrganisationNumber(dataConsumer)) throw new Error('the insurer of the sandbox has no sound number');
  const answeredAt = new Date(SANDBOX_START.getTime() - 86_400_000);
  await Promise.all(
    people.map(async (digits) => {
      const nationalId = NationalId.parse(digits, SYNTHETIC_NATIONAL_IDS);
      if ('flaw' in nationalId) throw new Error('a number of the crowd is not sound');
      const { consent } = await store.consents.insert({
        id: randomUUID(),
        applicant: store.consents.identify(dataConsumer, nationalId),
        rail: 'ALTINN_3',
        railId: new Secret(randomUUID(), 'rail id'),
        periode: { fom: civilDate('2022-01-01'), tom: civilDate('2027-12-31') },
        validTo: new Date('2027-12-31T12:00:00Z'),
        purpose: 'DISABILITY_INSURANCE',
        requestedAt: answeredAt,
        reference: null,
        returnUrl: 'http://127.0.0.1:4100/',
        returnReference: randomBytes(16).toString('base64url'),
      });
      await store.consents.change(consent, { status: 'ACTIVE', confirmedAt: answeredAt, answeredAt, pageUrl: null });
    }),
  );
}
