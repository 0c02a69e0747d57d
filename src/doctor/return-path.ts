import { z } from 'zod';
import type { Config } from '../config.ts';
import type { WireResponse } from '../upstream.ts';
import { parseJson } from '../upstream.ts';
import type { Bench } from './bench.ts';
import { NAV, OPERATOR } from './contacts.ts';
import type { Rung, Verdict } from './findings.ts';

const HEALTH = '/health';
const RETURN = '/return/';
const SETTLED = 'Altinn 3 takes any address to send people back to; nothing is registered for it.';

/** What the gateway alone answers to the health check. */
const aliveSchema = z.object({ status: z.literal('alive') });
/** What the page says of itself that a reference to nobody leads to. */
const NEUTRAL_PAGE = /<title>[^<]*Samtykkeporten<\/title>/;

/**
 * Looks whether people who come back from Altinn find the gateway: the way they take below its public address, as seen from this
 * machine, with a reference that nobody has.
 */
export function examineReturnPath(bench: Bench): Promise<Rung> {
  const { publicUrl } = bench.config.server;
  if (publicUrl === undefined) {
    const seen = `${SETTLED} In the sandbox it is the address that the gateway listens on.`;
    return bench.examine({ rung: 'returnPath' }, async () => ({ state: 'ok', seen }));
  }
  return bench.examine({ rung: 'returnPath', host: new URL(publicUrl).host }, async (callId) => {
    const page = await fetched(`${publicUrl}${RETURN}${callId}`, bench);
    if (page?.status === 404 && NEUTRAL_PAGE.test(new TextDecoder().decode(page.body))) {
      return { state: 'ok', seen: `${SETTLED} The gateway answers at ${publicUrl}.` };
    }
    const health = await fetched(`${publicUrl}${HEALTH}`, bench);
    return health !== undefined && parseJson(health, aliveSchema) !== undefined
      ? {
          state: 'warning',
          seen: `${SETTLED} But the gateway answers only at ${publicUrl}${HEALTH}, and not below ${publicUrl}${RETURN}, where people come back.`,
          todo: `Let load balancer and firewall pass on every path below \`${RETURN}\` as it is.`,
          ask: [OPERATOR],
        }
      : {
          state: 'warning',
          seen: `${SETTLED} But nothing answers as the gateway at ${publicUrl}, as seen from this machine.`,
          todo: `Start the gateway, and check \`server.publicUrl\`, name server and load balancer. Seen from outside it may be in order: try ${publicUrl}${RETURN}x in a browser. The gateway answers with a page of its own.`,
          ask: [OPERATOR],
        };
  });
}

/** Undefined: nothing answers. Why is not told apart: all of it is looked into in the same places. */
async function fetched(url: string, { transport, config }: Bench): Promise<WireResponse | undefined> {
  try {
    return await transport({
      method: 'GET',
      url,
      headers: { accept: '*/*', 'accept-encoding': 'identity' },
      signal: AbortSignal.timeout(config.deadlines.altinn),
      maxBytes: config.maxAnswerBytes,
    });
  } catch {
    return undefined;
  }
}

/** The return address at Altinn 2 is registered by NAV, and no interface tells whether. */
export function altinn2ReturnPath(
  { profile, server }: Config,
  { organisationNumber }: Config['dataConsumers'][number],
): Verdict {
  if (profile === 'sandbox')
    return { state: 'ok', seen: 'The sandbox’s Altinn 2 sends people back to any address on this machine.' };
  const where = server.publicUrl === undefined ? 'of the gateway' : `\`${new URL(server.publicUrl).origin}\``;
  return {
    state: 'ask',
    seen: 'Altinn 2 sends people back only to an address that NAV has registered, and does not tell which are.',
    todo: `Ask whether organisation ${organisationNumber} is registered for the consent service with the return address ${where}. Without that, requests for consent are refused.`,
    ask: [NAV],
  };
}
