import type { Config } from '../config.ts';
import type { Evidence } from '../errors.ts';
import { GatewayError } from '../errors.ts';
import { readyCredential } from '../gateway-maskinporten.ts';
import type { Actor } from '../gateway-suppliers.ts';
import { rotate } from '../maskinporten/credentials.ts';
import type { TokenCache, Tokens } from '../maskinporten/tokens.ts';
import { createTokens } from '../maskinporten/tokens.ts';
import type { Secret } from '../values.ts';
import type { Bench, Timing } from './bench.ts';
import { DIGDIR, mainAdministratorOf } from './contacts.ts';
import { currentCredential } from './credential.ts';
import type { Rung, Verdict } from './findings.ts';
import { noAnswer, outOfService } from './no-answer.ts';
import { clientRefused, refusal, refusedFor, scopeRefused } from './refusals.ts';

/** What came of asking for tokens without a person. */
export interface Granted {
  readonly rungs: readonly Rung[];
  /** By scope; one that is missing was not issued. */
  readonly tokens: ReadonlyMap<string, Secret>;
}

/** For whom tokens are asked. */
export interface Asked {
  readonly dataConsumer: Config['dataConsumers'][number];
  readonly actor: Actor;
  readonly scopes: readonly string[];
}

interface Attempt extends Timing {
  readonly scope: string;
  readonly outcome: { readonly token: Secret } | { readonly refused: Evidence };
}

/**
 * Asks for one token of each scope, as the gateway would. The first answer tells whether Maskinporten takes the client at all; if not,
 * no more are sent.
 */
export async function examineGrants(bench: Bench, asked: Asked): Promise<Granted> {
  const tokens = await openTokens(bench, asked.actor);
  const attempts: Attempt[] = [];
  for (const scope of asked.scopes) {
    const { result: outcome, timing } = await bench.timed(() => tokenOf(tokens, scope, bench.newCallId()));
    attempts.push({ scope, outcome, ...timing });
    if (isStopped(outcome)) break;
  }
  return {
    rungs: rungsOf(attempts, asked, bench),
    tokens: new Map(attempts.flatMap(({ scope, outcome }) => ('token' in outcome ? [[scope, outcome.token]] : []))),
  };
}

/** The rungs of grant, delegation and scopes when no grant may be sent. */
export function withoutGrant(bench: Bench, { actor, scopes }: Asked, because: string): Granted {
  return {
    rungs: [
      bench.unexamined({ rung: 'grant' }, because),
      ...(actor.delegation === undefined ? [] : [bench.unexamined({ rung: 'delegation' }, because)]),
      ...scopes.map((scope) => bench.unexamined({ rung: 'scope', of: scope }, because)),
    ],
    tokens: new Map(),
  };
}

async function openTokens(bench: Bench, { client, delegation }: Actor): Promise<Tokens> {
  const { config, clock } = bench;
  const { issuer, tokenEndpoint, grantLifetimeSeconds } = config.maskinporten;
  const { origin, pathname } = new URL(tokenEndpoint);
  const { clientId } = client;
  const credential = await readyCredential(currentCredential(client, clock.now()), {
    clientId,
    issuer,
    lifetimeSeconds: grantLifetimeSeconds,
    clock,
  });
  return createTokens({
    client: { issuer, clientId, delegation },
    upstream: bench.upstream('maskinporten', origin),
    path: pathname,
    credentials: rotate([credential], clock),
    cache: NO_CACHE,
    clock,
  });
}

/** Each scope is asked for once, and what is kept elsewhere proves nothing. */
const NO_CACHE: TokenCache = {
  get: async () => undefined,
  set: async () => undefined,
  delete: async () => undefined,
};

async function tokenOf(tokens: Tokens, scope: string, callId: string): Promise<Attempt['outcome']> {
  try {
    return { token: await tokens.forScope(scope, { callId, signal: new AbortController().signal }) };
  } catch (error) {
    if (error instanceof GatewayError && error.evidence !== undefined) return { refused: error.evidence };
    throw error;
  }
}

/** Whether the next scope would fare the same. */
function isStopped(outcome: Attempt['outcome']): boolean {
  return 'refused' in outcome && (isUnavailable(outcome.refused) || refusedFor(outcome.refused) === 'client');
}

function isUnavailable({ failure, status = 0 }: Evidence): boolean {
  return failure !== undefined || status < 400 || status === 429 || status >= 500;
}

function rungsOf(attempts: readonly Attempt[], asked: Asked, bench: Bench): Rung[] {
  const [first] = attempts;
  const stopped = attempts.find(({ outcome }) => isStopped(outcome));
  const timing = stopped ?? first;
  const grant: Rung = {
    rung: 'grant',
    ...(stopped === undefined ? ACCEPTED : stoppedVerdict(stopped, bench)),
    at: timing?.at ?? bench.clock.now().toISOString(),
    tookMs: timing?.tookMs ?? 0,
  };
  const because = 'Maskinporten has to accept the client first.';
  const delegation = delegationRung(attempts, asked, bench);
  return [
    grant,
    ...(delegation === undefined ? [] : [delegation]),
    ...asked.scopes.map((scope) => {
      const attempt = attempts.find((each) => each.scope === scope && each !== stopped);
      return attempt === undefined
        ? bench.unexamined({ rung: 'scope', of: scope }, because)
        : scopeRung(attempt, asked, bench);
    }),
  ];
}

const ACCEPTED: Verdict = { state: 'ok', seen: 'Maskinporten accepts the client and its signature.' };

function stoppedVerdict({ outcome }: Attempt, { config }: Bench): Verdict {
  const maskinporten = { name: 'Maskinporten', address: config.maskinporten.tokenEndpoint, contact: DIGDIR };
  const evidence: Evidence = 'refused' in outcome ? outcome.refused : { upstream: 'maskinporten' };
  if (evidence.failure !== undefined) return noAnswer(maskinporten, evidence.failure);
  return isUnavailable(evidence) ? outOfService(maskinporten, evidence.status ?? 0) : clientRefused(evidence);
}

function scopeRung({ scope, outcome, at, tookMs }: Attempt, { dataConsumer }: Asked, bench: Bench): Rung {
  const rung = { rung: 'scope', of: scope } as const;
  if ('token' in outcome) return { ...rung, state: 'ok', seen: 'Maskinporten issues a token.', at, tookMs };
  if (refusedFor(outcome.refused) === 'delegation') {
    return bench.unexamined(rung, 'The scope has to be delegated first.');
  }
  return { ...rung, ...scopeRefused(scope, nameOf(dataConsumer), outcome.refused), at, tookMs };
}

/** Undefined: the data consumer acts for itself. */
function delegationRung(attempts: readonly Attempt[], asked: Asked, bench: Bench): Rung | undefined {
  const { delegation } = asked.actor;
  if (delegation === undefined) return undefined;
  const name = nameOf(asked.dataConsumer);
  const issued = attempts.filter(({ outcome }) => 'token' in outcome);
  const missing = attempts.flatMap(({ scope, outcome, ...timing }) =>
    'refused' in outcome && refusedFor(outcome.refused) === 'delegation'
      ? [{ scope, evidence: outcome.refused, ...timing }]
      : [],
  );
  const [first] = missing;
  if (first === undefined) {
    const [one] = issued;
    return one === undefined
      ? bench.unexamined({ rung: 'delegation' }, 'Only an accepted scope shows whether it is delegated.')
      : {
          rung: 'delegation',
          state: 'ok',
          seen: `${name} has delegated ${issued.length === attempts.length ? 'every scope' : `${issued.length} of ${attempts.length} scopes`} to organisation ${delegation.supplier}.`,
          at: one.at,
          tookMs: one.tookMs,
        };
  }
  return {
    rung: 'delegation',
    ...refusal(
      {
        seen: `${name} has not delegated ${missing.length === attempts.length ? 'any scope' : 'every scope'} to its supplier, organisation ${delegation.supplier}.`,
        todo: `Log in to Altinn for ${name}, in this environment, and delegate under API delegation to organisation ${delegation.supplier} what is listed here.${missing.some(({ scope }) => scope.startsWith('altinn:')) ? ` ${ALTINN_API}` : ''} It works some minutes later.`,
        ask: [mainAdministratorOf(name)],
      },
      first.evidence,
    ),
    details: missing.map(({ scope }) => scope),
    at: first.at,
    tookMs: first.tookMs,
  };
}

/** What Altinn shows to whoever delegates is the name of the API, not its scopes. */
const ALTINN_API =
  'Altinn’s own scopes are found there as «Tilgang til å administrere samtykkeforespørsler og samtykketokens».';

function nameOf({ name, organisationNumber }: Asked['dataConsumer']): string {
  return `${name.nb} (${organisationNumber})`;
}
