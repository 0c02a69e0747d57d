import { z } from 'zod';
import type { Config } from '../config.ts';
import type { WireResponse } from '../upstream.ts';
import { parseJson } from '../upstream.ts';
import type { Bench } from './bench.ts';
import { get } from './bench.ts';
import { ALTINN, NAV, OPERATOR } from './contacts.ts';
import type { Rung, Verdict } from './findings.ts';
import { isOutOfService, noAnswer, outOfService } from './no-answer.ts';

/** Anybody may read here. That production has the same path as TT02 is not confirmed. */
const REGISTRY = '/resourceregistry/api/v1/resource/';

/** The form of `consentMetadata` is not documented: keys as members, or a list of them. Anything else is `unknown`. */
const resourceSchema = z.object({
  resourceType: z.string().optional().catch(undefined),
  consentMetadata: z
    .union([z.record(z.string(), z.unknown()).transform((members) => Object.keys(members)), z.array(z.string())])
    .optional()
    .catch(undefined),
});

type Resource = z.output<typeof resourceSchema>;

/** Asks Altinn's registry for the consent resource, and holds the metadata keys of the configuration against it. */
export async function examineResource(bench: Bench): Promise<readonly Rung[]> {
  const { baseUrl, resource } = bench.config.altinn3;
  const { host } = new URL(baseUrl);
  const altinn = { name: 'Altinn 3', address: baseUrl, contact: ALTINN };
  let found: Resource | undefined;
  const rung = await bench.examine({ rung: 'resource', host }, async (callId) => {
    const answer = await get(bench.upstream('altinn', baseUrl), callId, {
      path: `${REGISTRY}${encodeURIComponent(resource)}`,
      headers: { accept: 'application/json', 'x-request-id': callId },
    });
    if ('unanswered' in answer) return noAnswer(altinn, answer.unanswered);
    if (isOutOfService(answer.status)) return { ...outOfService(altinn, answer.status), callId };
    found = answer.status === 200 ? parseJson(answer, resourceSchema) : undefined;
    return { ...judgeResource(answer, found, bench.config.altinn3), callId };
  });
  const keys = found;
  if (rung.state === 'wrong' || keys === undefined) {
    return [
      rung,
      bench.unexamined({ rung: 'metadata' }, 'The consent resource, whose keys they are, has to be found first.'),
    ];
  }
  return [rung, await bench.examine({ rung: 'metadata' }, async () => judgeKeys(keys, bench.config))];
}

function judgeResource(
  { status }: WireResponse,
  found: Resource | undefined,
  { baseUrl, resource }: Config['altinn3'],
): Verdict {
  if (status === 404) {
    return {
      state: 'wrong',
      seen: `${new URL(baseUrl).host} knows no resource \`${resource}\` (HTTP 404): Altinn’s registry does not have it in this environment, or is not there.`,
      todo: 'Check `altinn3.baseUrl` in the configuration first: at a wrong address nothing is found. Then `altinn3.resource`: NAV’s is `nav_samtykke_dsop_aap-ufore`. If both are right, ask whether NAV has registered it in this environment.',
      ask: [OPERATOR, NAV, ALTINN],
    };
  }
  if (found === undefined) {
    return {
      state: 'warning',
      seen: `Altinn’s registry does not tell about the resource \`${resource}\` (HTTP ${status}), so whether it is there is not known.`,
      todo: 'Check the name `altinn3.resource` with NAV.',
      ask: [NAV, ALTINN],
    };
  }
  const { resourceType } = found;
  if (resourceType !== undefined && resourceType.toLowerCase() !== 'consent') {
    return {
      state: 'wrong',
      seen: `The resource \`${resource}\` is there, but is none that a consent can be given for.`,
      todo: 'Check `altinn3.resource` in the configuration: NAV’s is `nav_samtykke_dsop_aap-ufore`.',
      ask: [NAV],
    };
  }
  return { state: 'ok', seen: `\`${resource}\` is registered in this environment.` };
}

function judgeKeys({ consentMetadata: registered }: Resource, { altinn3 }: Config): Verdict {
  const sent = Object.values(altinn3.metadataKeys);
  if (registered === undefined) {
    return {
      state: 'ask',
      seen: `Altinn’s registry does not say which metadata keys the resource has. The gateway sends ${inWords(sent)}.`,
      todo: 'Ask whether these are all of them: Altinn refuses a request with a key too many or too few.',
      ask: [NAV],
    };
  }
  const flaws = [
    ...sent
      .filter((key) => !has(registered, key))
      .map((key) => `\`${key}\` is sent, and the resource does not have it`),
    ...registered.filter((key) => !has(sent, key)).map((key) => `${codeLike(key)} is mandatory, and is not sent`),
    ...sent
      .filter((key) => key !== key.toLowerCase())
      .map((key) => `\`${key}\` has capital letters, and NAV reads keys in lower case alone`),
  ];
  if (flaws.length === 0) return { state: 'ok', seen: `${inWords(sent)}: those of the resource, and all of them.` };
  return {
    state: 'wrong',
    seen: 'The metadata keys of the configuration do not suit the resource. Altinn refuses such requests for consent, or NAV the reads.',
    details: flaws,
    todo: 'Check `altinn3.metadataKeys` in the configuration: for NAV’s resource they are `fraogmed` and `tilogmed`. If they are, ask what NAV has changed.',
    ask: [OPERATOR, NAV],
  };
}

/** Altinn itself does not mind the case of a key. */
function has(keys: readonly string[], key: string): boolean {
  return keys.some((each) => each.toLowerCase() === key.toLowerCase());
}

function inWords(keys: readonly string[]): string {
  return keys.map((key) => `\`${key}\``).join(' and ');
}

/** A key from outside is shown when it looks like one. */
function codeLike(key: string): string {
  return /^[A-Za-z_-]{1,40}$/.test(key) ? `\`${key}\`` : 'another key';
}
