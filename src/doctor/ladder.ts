import type { Config } from '../config.ts';
import type { Actor } from '../gateway-suppliers.ts';
import { lookAtAltinn2, lookAtAltinn3 } from './altinn.ts';
import type { Asked } from './asked.ts';
import type { Bench } from './bench.ts';
import { OPERATOR } from './contacts.ts';
import { currentCredential, judgeCredential, judgeIssuer } from './credential.ts';
import type { Rung, Verdict } from './findings.ts';
import type { Granted } from './grants.ts';
import { examineGrants, withoutGrant } from './grants.ts';
import { lookAtNav } from './nav.ts';
import { altinn2ReturnPath } from './return-path.ts';
import { sourcesOf, usesAltinn2 } from './scopes.ts';

/**
 * Climbs the ladder of one data consumer: its key or certificate, its tokens, and the doors that these open.
 *
 * @param obstacle why no grant may be sent, whoever asks; undefined: it may
 */
export async function climb(bench: Bench, asked: Asked, obstacle: string | undefined): Promise<Rung[]> {
  const { config, clock } = bench;
  const { dataConsumer, actor } = asked;
  const who = await bench.examine({ rung: 'actor' }, async () => judgeActor(asked, config));
  const age = await bench.examine({ rung: 'credential' }, async () => judgeCredential(actor.client, clock.now()));
  const origin = judgeIssuer(currentCredential(actor.client, clock.now()), config.profile);
  const issuer = origin === undefined ? [] : [await bench.examine({ rung: 'certificate' }, async () => origin)];
  const unfit = [age, ...issuer].some(isWrong) ? 'Key or certificate has to be in order first.' : undefined;
  const because = obstacle ?? (isWrong(who) ? 'The right client has to act first.' : unfit);
  const granted = because === undefined ? await examineGrants(bench, asked) : await withoutGrant(bench, asked, because);
  return [
    who,
    age,
    ...issuer,
    ...granted.rungs,
    await altinn3Rung(bench, granted),
    ...(usesAltinn2(config, actor) ? await altinn2Rungs(bench, asked, granted) : []),
    ...(await navRungs(bench, dataConsumer, granted)),
  ];
}

function isWrong({ state }: Rung): boolean {
  return state === 'wrong';
}

function judgeActor({ dataConsumer, actor }: Asked, { supplier }: Config): Verdict {
  const seen = whoActs(actor);
  if (
    supplier !== undefined &&
    supplier.client.clientId === actor.client.clientId &&
    supplier.organisationNumber !== actor.organisationNumber
  ) {
    return {
      state: 'wrong',
      seen: `Its \`client\` is the client of \`supplier\`, organisation ${supplier.organisationNumber}, which is given tokens for others by delegation alone.`,
      todo: 'Take `client` out of its entry, and `altinn2` with it: then the supplier acts for it. Whether it has delegated to the supplier in Altinn shows then.',
      ask: [OPERATOR],
    };
  }
  return dataConsumer.reads === 'STOPPED'
    ? {
        state: 'warning',
        seen: `${seen} All its reads are stopped in the configuration.`,
        todo: 'Set its `reads` to `OPEN`, or leave it out, when they may go on.',
        ask: [OPERATOR],
      }
    : { state: 'ok', seen };
}

function whoActs({ organisationNumber, delegation }: Actor): string {
  return delegation === undefined
    ? 'Acts for itself, with a client of its own at Maskinporten.'
    : `Organisation ${organisationNumber} acts for it as its supplier, by delegation in Altinn.`;
}

async function altinn3Rung(bench: Bench, { tokens }: Granted): Promise<Rung> {
  const { scopes, baseUrl } = bench.config.altinn3;
  const token = tokens.get(scopes.read);
  if (token === undefined) return bench.unexamined({ rung: 'altinn3' }, waitingFor(scopes.read));
  const { host } = new URL(baseUrl);
  return bench.examine({ rung: 'altinn3', host }, (callId) => lookAtAltinn3(bench, token, callId));
}

async function altinn2Rungs(bench: Bench, { dataConsumer, actor }: Asked, { tokens }: Granted): Promise<Rung[]> {
  const { scopes, baseUrl = '' } = bench.config.altinn2;
  const { read } = scopes;
  const token = tokens.get(read);
  const apiKey = actor.altinn2?.apiKey;
  const owner = actor.organisationNumber;
  return [
    token === undefined || apiKey === undefined
      ? bench.unexamined({ rung: 'altinn2' }, waitingFor(read))
      : await bench.examine({ rung: 'altinn2', host: new URL(baseUrl).host }, (callId) =>
          lookAtAltinn2(bench, { apiKey, owner, token }, callId),
        ),
    await bench.examine({ rung: 'altinn2ReturnPath' }, async () => altinn2ReturnPath(bench.config, dataConsumer)),
  ];
}

async function navRungs(
  bench: Bench,
  dataConsumer: Config['dataConsumers'][number],
  { tokens }: Granted,
): Promise<Rung[]> {
  const rungs: Rung[] = [];
  for (const source of sourcesOf(bench.config, dataConsumer)) {
    const rung = { rung: 'nav', of: source.name } as const;
    const token = tokens.get(source.scope);
    rungs.push(
      token === undefined
        ? bench.unexamined(rung, waitingFor(source.scope))
        : await bench.examine({ ...rung, host: new URL(source.baseUrl).host }, (callId) =>
            lookAtNav(bench, source, token, callId),
          ),
    );
  }
  return rungs;
}

function waitingFor(scope: string): string {
  return `A token with the scope ${scope} is needed first.`;
}
