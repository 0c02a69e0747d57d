import type { Secret } from '../values.ts';
import type { Asked } from './asked.ts';
import { nameOf } from './asked.ts';
import type { Attempt } from './attempts.ts';
import { judgeGrant, openAttempts } from './attempts.ts';
import type { Bench } from './bench.ts';
import { mainAdministratorOf } from './contacts.ts';
import { currentCredential } from './credential.ts';
import type { Rung } from './findings.ts';
import type { ScopeAsked } from './refusals.ts';
import { refusal, refusedFor, scopeRefused } from './refusals.ts';
import { examineSuccessor } from './successor.ts';

/** What came of asking for tokens without a person. */
export interface Granted {
  readonly rungs: readonly Rung[];
  /** By scope; one that is missing was not issued, or for somebody else. */
  readonly tokens: ReadonlyMap<string, Secret>;
}

/**
 * Asks for one token of each scope, as the gateway would. The first answer tells whether Maskinporten takes the client at all, the first
 * token whose client it is; if either is wrong, no more are asked for.
 */
export async function examineGrants(bench: Bench, asked: Asked): Promise<Granted> {
  const attempt = await openAttempts(bench, asked, currentCredential(asked.actor.client, bench.clock.now()));
  const passed: Attempt[] = [];
  let stopped: Attempt | undefined;
  for (const scope of asked.scopes) {
    const latest = await attempt(scope);
    if (judgeGrant(latest, asked, bench).state === 'wrong') {
      stopped = latest;
      break;
    }
    passed.push(latest);
  }
  const isOfOthers = stopped !== undefined && isIssued(stopped);
  // What is refused to somebody else's client says nothing of this data consumer.
  const attempts = isOfOthers ? [] : passed;
  const because = isOfOthers
    ? 'The tokens have to be for the right organisations first.'
    : 'Maskinporten has to accept the client first.';

  const ownOrNot = attempts.some(isIssued) ? 'its own' : 'not known';
  const client = asked.actor.delegation === undefined ? ownOrNot : 'its supplier’s';
  const telling = stopped ?? attempts.find(isIssued) ?? attempts[0];
  if (telling === undefined) return withoutGrant(bench, asked, because);
  const grant: Rung = { rung: 'grant', ...judgeGrant(telling, asked, bench), ...telling.call };
  return {
    rungs: [
      grant,
      ...(await examineSuccessor(bench, asked, stopped === undefined ? undefined : because)),
      ...delegationRungs(attempts, asked, bench),
      ...asked.scopes.map((scope) => {
        const made = attempts.find((each) => each.scope === scope);
        return made === undefined
          ? bench.unexamined({ rung: 'scope', of: scope }, because)
          : scopeRung(made, { organisation: nameOf(asked), client }, bench);
      }),
    ],
    tokens: new Map(attempts.flatMap(({ scope, outcome }) => ('token' in outcome ? [[scope, outcome.token]] : []))),
  };
}

/** The rungs of grant, delegation and scopes when no grant may be sent. */
export async function withoutGrant(bench: Bench, asked: Asked, because: string): Promise<Granted> {
  return {
    rungs: [
      bench.unexamined({ rung: 'grant' }, because),
      ...(await examineSuccessor(bench, asked, because)),
      ...(asked.actor.delegation === undefined ? [] : [bench.unexamined({ rung: 'delegation' }, because)]),
      ...asked.scopes.map((scope) => bench.unexamined({ rung: 'scope', of: scope }, because)),
    ],
    tokens: new Map(),
  };
}

function isIssued({ outcome }: Attempt): boolean {
  return 'token' in outcome;
}

function scopeRung({ scope, outcome, call }: Attempt, asked: ScopeAsked, bench: Bench): Rung {
  const rung = { rung: 'scope', of: scope } as const;
  if ('token' in outcome) return { ...rung, state: 'ok', seen: 'Maskinporten issues a token.', ...call };
  if (refusedFor(outcome.refused) === 'delegation') {
    return bench.unexamined(rung, 'The scope has to be delegated first.');
  }
  return { ...rung, ...scopeRefused(scope, asked, outcome.refused), ...call };
}

/** None: the data consumer acts for itself. */
function delegationRungs(attempts: readonly Attempt[], asked: Asked, bench: Bench): readonly Rung[] {
  const { delegation } = asked.actor;
  if (delegation === undefined) return [];
  const name = nameOf(asked);
  const issued = attempts.filter(isIssued);
  const missing = attempts.flatMap(({ scope, outcome, call }) =>
    'refused' in outcome && refusedFor(outcome.refused) === 'delegation'
      ? [{ scope, evidence: outcome.refused, call }]
      : [],
  );
  const [first] = missing;
  if (first !== undefined) {
    return [
      {
        rung: 'delegation',
        ...refusal(
          {
            seen: `${name} has not delegated ${missing.length === asked.scopes.length ? 'any scope' : 'every scope'} to its supplier, organisation ${delegation.supplier}.`,
            todo: `Log in to Altinn for ${name}, in this environment, and delegate under API delegation to organisation ${delegation.supplier} what is listed here.${missing.some(({ scope }) => scope.startsWith('altinn:')) ? ` ${ALTINN_API}` : ''} It works some minutes later.`,
            ask: [mainAdministratorOf(name)],
          },
          first.evidence,
        ),
        details: missing.map(({ scope }) => scope),
        ...first.call,
      },
    ];
  }
  const [one] = issued;
  return [
    one === undefined
      ? bench.unexamined({ rung: 'delegation' }, 'Only an accepted scope shows whether it is delegated.')
      : {
          rung: 'delegation',
          state: 'ok',
          seen: `${name} has delegated ${issued.length === asked.scopes.length ? 'every scope' : `${issued.length} of ${asked.scopes.length} scopes`} to organisation ${delegation.supplier}.`,
          ...one.call,
        },
  ];
}

/** What Altinn shows to whoever delegates is the name of the API, not its scopes. */
const ALTINN_API =
  'Altinn’s own scopes are found there as «Tilgang til å administrere samtykkeforespørsler og samtykketokens».';
